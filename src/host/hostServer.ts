// A host: a machine that answers calls. Several calls may be under way; each long one is a task that lets the others in
// between its pieces and stops when it is cancelled. The same code runs in a worker and in the calling thread.

import { assert, unreachable } from '../core/base/assert.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import { type Progress, type Task, WAITING } from '../core/base/task.ts'
import { piecesOf } from '../core/fmap/fmap.ts'
import type { MountDevices } from '../core/kernel/devices.ts'
import type { FileInode, Inode } from '../core/kernel/mount.ts'
import { modeText, ROOT } from '../core/kernel/user.ts'
import { errorCountOf, type ReplayReport } from '../core/log/replay.ts'
import { Machine } from '../core/machine/machine.ts'
import { V1_OPTIONS } from '../core/machine/mounts.ts'
import type { System } from '../core/machine/system.ts'
import type { MountStatus } from '../core/machine/types.ts'
import { BusError } from '../core/kernel/mappedFile.ts'
import { BlobFeeder } from './feeder.ts'
import type { LaterCall } from './laterCalls.ts'
import type { CallMessage, CallNote, Calls, HostNews, HostNode, HostReply, HostSpec, HostWire, MountedDevice, ReplaySummary } from './protocol.ts'
import type { OnHost } from './shell/shellHost.ts'
import type { Shells } from './shell/shells.ts'
import { Turns } from './turns.ts'

/** How long a task runs before others are let in, and how often its progress is told. */
const TURN_MS = 8
const REPORT_MS = 40
const RANDOM_MOST_BYTES = 65_536
/** As in a shell of root: the page mounts and plays as someone there would. */
const UMASK = 0o022

export class HostServer implements HostWire {
  #machine: Machine | undefined
  #spec: HostSpec | undefined
  #system: Promise<System> | undefined
  #shells: Promise<Shells> | undefined
  #report: (callId: number, progress: Progress) => void = () => undefined
  #note: (callId: number, note: CallNote) => void | Promise<void> = () => undefined
  readonly #onHost: OnHost | undefined
  readonly #stops = new Map<number, AbortController>()
  readonly #cancelled = new Set<number>()
  readonly #running = new Set<number>()
  readonly #turns = new Turns()
  /** What the driver has been told: the mount, by itself and by what may have become of it, and how many inodes of it. */
  #told: { devices: MountDevices | undefined; mountCount: number; mount: string; inodeCount: number } = { devices: undefined, mountCount: 0, mount: '', inodeCount: 0 }

  constructor(onHost?: OnHost) {
    this.#onHost = onHost
  }

  boot(spec: HostSpec, report: (callId: number, progress: Progress) => void, note: (callId: number, note: CallNote) => void | Promise<void> = () => undefined): void {
    this.#machine = new Machine(spec, { random: fillRandom, now: () => Date.now() })
    this.#spec = spec
    this.#report = report
    this.#note = note
  }

  async call(message: CallMessage): Promise<HostReply> {
    this.#running.add(message.callId)
    try {
      const result = await this.#dispatch(message)
      return { result, news: this.#news() }
    } catch (error) {
      // Whatever stopped it, what it did until then is done, and is told. Memory that failed is nobody's mistake.
      const failure = error instanceof BusError ? error.failure : fail('host_failed', { name: this.#booted().name, what: error instanceof Error ? error.message : String(error) }).failure
      return { result: { ok: false, failure }, news: this.#news() }
    } finally {
      this.#running.delete(message.callId)
      this.#cancelled.delete(message.callId)
      this.#stops.delete(message.callId)
      if (this.#running.size === 0) this.#turns.close()
    }
  }

  cancel(callId: number): void {
    if (this.#running.has(callId)) this.#cancelled.add(callId)
    this.#stops.get(callId)?.abort()
  }

  ping(): void {}

  /** Ends every task where it stands, as a power cut would. */
  stop(): void {
    for (const callId of this.#running) this.cancel(callId)
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
        return this.#mount(machine, callId, message.given)
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
      case 'logplay': {
        const { path, ...options } = message.given
        return this.#run(callId, mapped(machine.logplay(path, { umask: UMASK, ...options }), summaryOf))
      }
      case 'recall':
      case 'poke':
      case 'store':
      case 'unlink':
      case 'peek':
      case 'sha256':
      case 'verify':
        return this.#later(machine, message)
      case 'shellRun':
      case 'shellComplete':
      case 'shellPut':
      case 'shellTake':
        return this.#shell(message)
      default:
        return unreachable(message)
    }
  }

  /** Anything but the page's own way and place is a matter of the host's system, which is loaded for it; and so is every mount where it is there. */
  async #mount(machine: Machine, callId: number, given: Calls['mount']['given']): Promise<Result<ReplaySummary>> {
    const { device, mountpoint, kernel, recipe } = given
    if (!kernel && !recipe && !this.#system && mountpoint === '/mnt/famfs') return this.#run(callId, mapped(machine.mount(device, mountpoint, ROOT, { umask: UMASK, options: V1_OPTIONS }), summaryOf))
    const { mountWith } = await import('./hostSystem.ts')
    const task = mountWith(await this.#systemHere(), given)
    return this.#run(callId, mapped(task, ({ report }) => summaryOf(report)))
  }

  /** One for all that asks for it. Of one that doesn't come nothing is kept: a mount needs none, and the next one that does asks again. */
  #systemHere(): Promise<System> {
    return (this.#system ??= import('./hostSystem.ts').then(({ systemOf }) => systemOf(this.#booted(), this.#spec ?? { name: '' }, fillRandom)).catch((error: unknown) => {
      this.#system = undefined
      throw error
    }))
  }

  async #later(machine: Machine, message: LaterCall): Promise<HostReply['result']> {
    const { callLater } = await import('./laterCalls.ts')
    return callLater(machine, message, (task) => this.#run(message.callId, task))
  }

  /** Shells are loaded when the first is asked for: a host starts without them. */
  async #shell(message: Extract<CallMessage, { name: `shell${string}` }>): Promise<HostReply['result']> {
    const { callId } = message
    const stop = new AbortController()
    this.#stops.set(callId, stop)
    let told: unknown
    const tell = (note: CallNote): void => void (told = this.#note(callId, note))
    const shells = await (this.#shells ??= this.#openShells().catch((error: unknown) => {
      this.#shells = undefined
      throw error
    }))
    try {
      switch (message.name) {
        case 'shellRun':
          return ok(await shells.run(message.given, stop.signal, tell))
        case 'shellComplete':
          return ok(shells.complete(message.given.shell, message.given.line, message.given.cursor))
        case 'shellPut':
          return await shells.put(message.given.shell, message.given.name, message.given.blob, stop.signal, tell)
        case 'shellTake':
          return await shells.take(message.given.shell, message.given.path)
        default:
          return unreachable(message)
      }
    } finally {
      // Between workers notes travel on a way of their own, in order: the result waits until the last has arrived.
      await told
    }
  }

  async #openShells(): Promise<Shells> {
    const [{ Shells }, system] = await Promise.all([import('./shell/shells.ts'), this.#systemHere()])
    return await Shells.open(system, this.#onHost)
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
    // One line may unmount and mount again: then all of it is another.
    const devices = mount && machine.mountDevices(mount.mountpoint)
    const reset = identity !== this.#told.mount || devices !== this.#told.devices
    const from = reset ? 0 : this.#told.inodeCount
    const inodes = mount ? machine.inodes(mount.mountpoint, from) : []
    const mountCount = this.#told.mountCount + (devices === this.#told.devices ? 0 : 1)
    this.#told = { devices, mountCount, mount: identity, inodeCount: from + inodes.length }
    return { mount, mountCount, devices: mount && devices ? devicesOf(devices, mount) : [], reset, made: inodes.map(nodeOf) }
  }

  #booted(): Machine {
    assert(this.#machine, 'a host is booted before it is called')
    return this.#machine
  }
}

function fillRandom(target: Uint8Array<ArrayBuffer>): void {
  // At most so many bytes at once.
  for (let at = 0; at < target.length; at += RANDOM_MOST_BYTES) target.set(crypto.getRandomValues(new Uint8Array(Math.min(RANDOM_MOST_BYTES, target.length - at))), at)
}

function* mapped<A, B>(task: Task<Result<A>>, change: (value: A) => B): Task<Result<B>> {
  const result = yield* task
  return result.ok ? ok(change(result.value)) : result
}

function summaryOf(report: ReplayReport): ReplaySummary {
  const { nextIndex, entriesPlayed, newFiles, newDirectories, troubles, stopped } = report
  return { playedCount: nextIndex, entriesPlayed, newFiles, newDirectories, errorCount: errorCountOf(report), troubles, stopped }
}

/** A kernel that asks for devices where it needs them may not have asked yet. */
function devicesOf(devices: MountDevices, { daxdevs }: MountStatus): MountedDevice[] {
  return devices.list().map(({ devindex, uuid, sizeBytes, memory, refusal, configuration, failed }) =>
    ({ devindex, uuid, sizeBytes, refusal, name: memory?.device.name ?? daxdevs.find((known) => known.devindex === devindex)?.deviceName, configuration, failed, endsMount: devices.failed?.devindex === devindex }))
}

function nodeOf(inode: Inode): HostNode {
  const { kind, path, mode, uid, gid, entryIndex } = inode
  const common = { path, modeText: modeText(kind, mode), uid, gid, entryIndex }
  return inode.kind === 'file' ? { kind: 'file', ...common, ...mapFacts(inode) } : { kind: 'directory', ...common, sizeBytes: 0, extents: [], chunkBytes: undefined }
}

function mapFacts({ map, sizeBytes }: FileInode): Pick<HostNode, 'sizeBytes' | 'extents' | 'chunkBytes' | 'fault'> {
  const extents = (map ? piecesOf(map) : []).map(({ devindex, offsetBytes, lengthBytes }) => ({ devindex, offsetBytes, lengthBytes }))
  const chunkBytes = map?.kind === 'interleaved' ? map.chunkBytes : undefined
  const fault = !map ? 'no_map' : map.sizeBytes === sizeBytes ? undefined : 'resized'
  return { sizeBytes, extents, chunkBytes, ...(fault ? { fault } : {}) }
}
