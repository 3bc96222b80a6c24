// A host: a machine that answers calls. Several calls may be under way; each long one is a task that lets the others in
// between its pieces and stops when it is cancelled. The same code runs in a worker and in the calling thread.

import { assert, unreachable } from '../core/base/assert.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import { type Progress, type Task, WAITING } from '../core/base/task.ts'
import { piecesOf } from '../core/fmap/fmap.ts'
import type { FileInode, Inode } from '../core/kernel/mount.ts'
import { modeText } from '../core/kernel/user.ts'
import { errorCountOf, type ReplayReport } from '../core/log/replay.ts'
import { Machine } from '../core/machine/machine.ts'
import type { MappedFile } from '../core/kernel/mappedFile.ts'
import { BlobFeeder } from './feeder.ts'
import type { CallMessage, Calls, HostNews, HostNode, HostReply, HostSpec, HostWire, ReplaySummary } from './protocol.ts'
import { Turns } from './turns.ts'

/** How long a task runs before others are let in, and how often its progress is told. */
const TURN_MS = 8
const REPORT_MS = 40

export class HostServer implements HostWire {
  #machine: Machine | undefined
  #report: (callId: number, progress: Progress) => void = () => undefined
  readonly #cancelled = new Set<number>()
  readonly #running = new Set<number>()
  readonly #turns = new Turns()
  /** What the driver has been told: the mount by its file system and place, and how many inodes of it. */
  #told = { mount: '', inodeCount: 0 }

  boot(spec: HostSpec, report: (callId: number, progress: Progress) => void): void {
    const random = (target: Uint8Array<ArrayBuffer>): void => target.set(crypto.getRandomValues(new Uint8Array(target.length)))
    this.#machine = new Machine(spec, { random, now: () => Date.now() })
    this.#report = report
  }

  async call(message: CallMessage): Promise<HostReply> {
    this.#running.add(message.callId)
    try {
      const result = await this.#dispatch(message)
      return { result, news: this.#news() }
    } finally {
      this.#running.delete(message.callId)
      this.#cancelled.delete(message.callId)
      if (this.#running.size === 0) this.#turns.close()
    }
  }

  cancel(callId: number): void {
    if (this.#running.has(callId)) this.#cancelled.add(callId)
  }

  ping(): void {}

  /** Ends every task where it stands, as a power cut would. */
  stop(): void {
    for (const callId of this.#running) this.#cancelled.add(callId)
  }

  #dispatch(message: CallMessage): Promise<HostReply['result']> {
    const { callId } = message
    const machine = this.#booted()
    switch (message.name) {
      case 'mkfs': {
        const { device, ...options } = message.given
        return this.#run(callId, mapped(machine.mkfs(device, options), () => undefined))
      }
      case 'mount':
        return this.#run(callId, mapped(machine.mount(message.given.device, message.given.mountpoint), summaryOf))
      case 'umount':
        return Promise.resolve(machine.umount(message.given.mountpoint))
      case 'creat':
        return this.#run(callId, this.#creat(machine, message.given))
      case 'copyIn':
        return this.#copyIn(machine, callId, message.given)
      case 'mkdir': {
        const { path, owner, ...options } = message.given
        return this.#run(callId, machine.mkdir(path, { ...options, ...owner }))
      }
      case 'logplay':
        return this.#run(callId, mapped(machine.logplay(message.given.path), summaryOf))
      case 'poke': {
        const { path, offsetBytes, bytes, user } = message.given
        const mapping = machine.mmap(path, { write: true }, user)
        return Promise.resolve(mapping.ok ? mapping.value.write(offsetBytes, bytes) : mapping)
      }
      case 'peek': {
        const { path, offsetBytes, lengthBytes, user } = message.given
        const mapping = machine.mmap(path, { read: true }, user)
        return Promise.resolve(mapping.ok ? copyOf(mapping.value, offsetBytes, lengthBytes) : mapping)
      }
      case 'sha256':
        return this.#sha256(machine, callId, message.given)
      case 'verify':
        if (!Number.isSafeInteger(message.given.seed)) return Promise.resolve(fail('bad_seed', { seed: message.given.seed }))
        return this.#run(callId, machine.verify(message.given.path, message.given.seed, message.given.user))
      default:
        return unreachable(message)
    }
  }

  *#creat(machine: Machine, given: Calls['creat']['given']): Task<Result<Calls['creat']['gives']>> {
    const { path, sizeBytes, owner, mode, interleave, seed } = given
    if (seed !== undefined && !Number.isSafeInteger(seed)) return fail('bad_seed', { seed })
    const spec = { sizeBytes, ...owner, ...(mode === undefined ? {} : { mode }), ...(interleave ? { interleave } : {}) }
    const created = yield* machine.creat(path, spec)
    if (!created.ok) return created
    // A seed of zero fills nothing: the file shows what the memory held.
    const filled = seed ? yield* machine.fill(path, seed, owner) : ok()
    return filled.ok ? ok({ node: nodeOf(created.value.inode), isNew: created.value.isNew }) : filled
  }

  async #copyIn(machine: Machine, callId: number, given: Calls['copyIn']['given']): Promise<Result<Calls['copyIn']['gives']>> {
    const { path, blob, owner, mode } = given
    const feeder = new BlobFeeder(blob, path)
    // The first piece is at hand before anything is made: what can't be read makes no file.
    const begun = blob.size > 0 ? await feeder.load(0) : ok()
    if (!begun.ok) return begun
    const task = machine.cp(feeder, path, { ...owner, ...(mode === undefined ? {} : { mode }) })
    const copied = await this.#run(callId, task, (progress) => feeder.load(progress.doneCount))
    return copied.ok ? ok({ node: nodeOf(copied.value.inode), isNew: copied.value.isNew }) : copied
  }

  async #sha256(machine: Machine, callId: number, given: Calls['sha256']['given']): Promise<Result<string>> {
    // Loaded when first needed: a host starts without it.
    const { createSHA256 } = await import('hash-wasm')
    const hasher = await createSHA256()
    hasher.init()
    const scanned = await this.#run(callId, machine.scan(given.path, (window) => void hasher.update(window), given.user))
    return scanned.ok ? ok(hasher.digest('hex')) : scanned
  }

  /** @param before awaited between a pause of the task and its going on; a failure there ends the task where it stands */
  async #run<T extends Result<unknown>>(
    callId: number,
    task: Task<T>,
    before?: (progress: Progress) => Promise<Result<undefined>>,
  ): Promise<T | { ok: false; failure: Failure }> {
    let turnStart = performance.now()
    let reportedAt = 0
    try {
      for (;;) {
        if (this.#cancelled.has(callId)) return fail('cancelled')
        const step = task.next()
        if (step.done) return step.value
        // A task that only waits does so in the others' turns, and has no progress to tell.
        const waits = step.value === WAITING
        const now = performance.now()
        if (!waits && now - reportedAt > REPORT_MS) {
          reportedAt = now
          this.#report(callId, step.value)
        }
        if (before && !waits) {
          const ready = await before(step.value)
          if (!ready.ok) return ready
        }
        if (!waits && performance.now() - turnStart < TURN_MS) continue
        await this.#turns.take()
        turnStart = performance.now()
      }
    } finally {
      // However it ended, what it held is let go.
      task.return(undefined as never)
    }
  }

  #news(): HostNews {
    const machine = this.#booted()
    const mount = machine.mounts()[0]
    const identity = mount ? `${mount.fsUuid} ${mount.mountpoint} ${mount.changeCount}` : ''
    const reset = identity !== this.#told.mount
    const from = reset ? 0 : this.#told.inodeCount
    const inodes = mount ? machine.inodes(mount.mountpoint, from) : []
    this.#told = { mount: identity, inodeCount: from + inodes.length }
    return { mount, reset, made: inodes.map(nodeOf) }
  }

  #booted(): Machine {
    assert(this.#machine, 'a host is booted before it is called')
    return this.#machine
  }
}

function* mapped<A, B>(task: Task<Result<A>>, change: (value: A) => B): Task<Result<B>> {
  const result = yield* task
  return result.ok ? ok(change(result.value)) : result
}

function summaryOf(report: ReplayReport): ReplaySummary {
  const { nextIndex, entriesPlayed, newFiles, newDirectories, troubles, stopped } = report
  return { playedCount: nextIndex, entriesPlayed, newFiles, newDirectories, errorCount: errorCountOf(report), troubles, stopped }
}

function nodeOf(inode: Inode): HostNode {
  const { kind, path, mode, uid, gid, entryIndex } = inode
  const common = { path, modeText: modeText(kind, mode), uid, gid, entryIndex }
  return inode.kind === 'file' ? { kind: 'file', ...common, ...mapFacts(inode) } : { kind: 'directory', ...common, sizeBytes: 0, extents: [], chunkBytes: undefined }
}

function mapFacts({ map, sizeBytes }: FileInode): Pick<HostNode, 'sizeBytes' | 'extents' | 'chunkBytes'> {
  const extents = (map ? piecesOf(map) : []).map(({ offsetBytes, lengthBytes }) => ({ offsetBytes, lengthBytes }))
  return { sizeBytes, extents, chunkBytes: map?.kind === 'interleaved' ? map.chunkBytes : undefined }
}

function copyOf(mapping: MappedFile, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>> {
  // An offset outside of the file is copyTo's to refuse, and makes no array.
  const leftBytes = offsetBytes >= 0 ? mapping.sizeBytes - offsetBytes : 0
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, leftBytes)))
  const copied = mapping.copyTo(bytes, offsetBytes)
  return copied.ok ? ok(bytes) : copied
}
