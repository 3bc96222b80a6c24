// What a session is made of: devices, hosts, storage and trace, and the rules that every action keeps. Each change ends in a
// new snapshot; trouble that can be expected becomes a trace event and a failed Result, never an exception.

import type { Reason } from '../core/base/failure.ts'
import { stumble } from '../core/base/mistake.ts'
import { normalizedPath } from '../core/base/path.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import { makeUuid } from '../core/base/uuid.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import type { ImageStore } from '../store/imageStore.ts'
import type { ImageFacts } from '../store/manifest.ts'
import type { DeviceFacts, Known } from './acts.ts'
import { Announcer } from './announcer.ts'
import type { Engine } from './engine.ts'
import { History, type Operation, type Outcome, type Sealer } from './history.ts'
import { MediaReader, type MediaState } from './media.ts'
import { DEVICE_BYTES, NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import { Pool, sizeOf } from './pool.ts'
import { Problems } from './problems.ts'
import { type Host, Roster } from './roster.ts'
import { Saver } from './saver.ts'
import { commands, sentences } from './sentences.ts'
import { Tasks } from './tasks.ts'
import { Trace } from './trace.ts'
import type { Extent, FormatOptions, Snapshot, TraceKind } from './types.ts'
import { snapshotOf } from './view.ts'

/** A shell on a host, as far as the world has to do with it. */
export interface OpenShell {
  /** Ends it, and resolves when what it ran has stopped. */
  end(why: string): Promise<unknown>
}

/** Failures of work that may have written before it failed, and whether where is known; all others are refused before anything is made. */
const MAY_HAVE_WRITTEN: ReadonlyMap<Reason, Outcome> = new Map([
  ['cancelled', 'partly'], ['source_short', 'partly'], ['source_unreadable', 'partly'], ['host_down', 'unknown'], ['host_failed', 'unknown'],
  // The file is logged before its bytes are touched.
  ['memory_failed', 'partly'], ['mount_failed', 'partly'], ['device_missing', 'partly'], ['device_twice', 'partly'], ['device_unfit', 'partly'],
])

/** changes: the device. plays: what a host knows. reads: nothing. A session that may change nothing may do the last two. */
type Deed = 'changes' | 'plays' | 'reads'

/** Work on a host. What it says of the operation counts where all went well. */
type Work<T> = (host: Host, operation: Operation | undefined) => Promise<Result<T>>

export class World {
  readonly trace = new Trace()
  readonly saver: Saver
  readonly history: History
  readonly roster: Roster
  readonly shells = new Set<OpenShell>()
  readonly #engine: Engine
  readonly #announcer = new Announcer()
  readonly tasks: Tasks
  #pool: Pool
  /** Of the pool's health, as it was last seen. */
  #healthCount = 0
  /** As they were last seen. */
  #hosts = ''
  #reader: MediaReader
  #media: MediaState
  #snapshot: Snapshot | undefined
  #version = 0
  #deviceVersion = 0
  /** Moves when another device is put in place: what was begun before is nobody's business after. */
  #epoch = 0
  readonly #turns = new OneByOne()
  readonly #problems = new Problems(() => this.touch())
  #preparing = false
  ready = false

  /** @param sealer loads what keeps bytes for the history */
  constructor(engine: Engine, store: ImageStore, sealer: (world: World) => Promise<Sealer>) {
    this.#engine = engine
    // Nothing is allocated before it is known whether an image is stored, and how large it is.
    this.#pool = new Pool(new ArrayBuffer(0), [{ uuid: newUuid(), sizeBytes: DEVICE_BYTES }])
    this.#reader = new MediaReader(this.#pool.seen)
    this.#media = this.#reader.read()
    this.tasks = new Tasks(this.touch, () => this.touchDevice())
    this.roster = new Roster(engine.driver, this.#heard, this.#hostWentDown, (act) => this.history.did(act))
    this.saver = new Saver(store, this.#current, this.touch)
    this.history = new History({
      now: () => this.known(),
      leaves: () => ({ fsUuid: this.#media.filesystem?.uuid, entryCount: this.#media.filesystem?.entryCount ?? 0, health: JSON.stringify(this.#pool.health) }),
      nextEvent: () => this.trace.nextIndex,
      claim: (step, operations) => this.trace.claim(step, operations),
      dropFrom: (step) => this.trace.dropFrom(step),
      release: () => this.trace.release(),
      sealer: () => sealer(this),
      stumbled: (error) => this.stumbled(error),
    })
  }

  get pool(): Pool {
    return this.#pool
  }

  get reader(): MediaReader {
    return this.#reader
  }

  get media(): MediaState {
    return this.#media
  }

  get mayChange(): boolean {
    return this.#preparing || this.saver.mayChange
  }

  subscribe(listener: () => void): () => void {
    this.#announcer.listeners.add(listener)
    return () => this.#announcer.listeners.delete(listener)
  }

  snapshot(): Snapshot {
    this.#snapshot ??= this.#newSnapshot()
    return this.#snapshot
  }

  newPool(devices: readonly DeviceFacts[]): Result<Pool, 'no_memory'> {
    const buffer = this.#engine.newBuffer(sizeOf(devices))
    return buffer.ok ? ok(new Pool(buffer.value, devices)) : buffer
  }

  /** Other memory in place of what there was, with no hosts yet. */
  use(pool: Pool): void {
    this.adopt(pool, [])
  }

  /** Other memory with hosts that run on it already. */
  adopt(pool: Pool, hosts: readonly Host[]): void {
    this.#epoch++
    this.tasks.stopAll()
    this.roster.replaceAll(hosts)
    this.#pool = pool
    this.#healthCount = pool.healthCount
    this.#reader = new MediaReader(pool.seen)
    this.touchDevice()
  }

  /** Bytes there are others, and not only because the log has grown. */
  changed(ranges: readonly Extent[]): void {
    this.#reader.changed(ranges)
    this.mark(ranges)
    this.touchDevice()
  }

  /** Device and hosts, as the history compares them. */
  known(): Known {
    const { facts, health } = this.#pool
    return { devices: facts, health, hosts: this.roster.all().map((host) => host.state(this.#media)) }
  }

  /** Bytes there may have changed: they are to be saved, and the history knows where. */
  mark(ranges: readonly Extent[]): void {
    this.saver.mark(ranges)
    this.history.touched(ranges)
  }

  /** Actions that make, replace or end hosts and devices come one after the other. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work)
  }

  /** While the session prepares itself it may change a device that it only looks at afterwards. */
  async prepare(work: () => Promise<void>): Promise<void> {
    this.#preparing = true
    try {
      await work()
    } finally {
      this.#preparing = false
    }
  }

  hostFacts(): ImageFacts['hosts'] {
    return this.roster.all().map(({ name, systemUuid, lacks, mountedAs }) => ({ name, systemUuid, ...(lacks.length > 0 ? { lacks: [...lacks] } : {}), ...(mountedAs && { mount: mountedAs }) }))
  }

  greet(host: Host): void {
    const { kind } = this.#engine.view
    this.trace.add('host', kind === 'parallel' ? sentences.hostUp(host.name) : sentences.hostTurns(host.name), { host: host.name })
    this.touch()
  }

  #hostOf(name: string | undefined): Result<Host, 'no_host'> {
    return name === undefined ? this.roster.master(this.#media.filesystem?.ownerUuid) : this.roster.find(name)
  }

  /** Where the host that will act has the file system. */
  mountpointOf(hostName: string | undefined): string {
    const host = this.#hostOf(hostName)
    return host.ok ? host.value.mountpoint : NAMES.mountpoint
  }

  /** @param within the operation that it is a part of */
  async act<T>(hostName: string | undefined, command: string | undefined, work: Work<T>, deed: Deed = 'changes', within?: Operation): Promise<Result<T>> {
    if (deed === 'changes' && !this.mayChange) return this.refuse(fail('read_only_session'))
    if (deed === 'reads' || within) return this.#actOn(hostName, command, (host) => work(host, within))
    const ready = await this.mayBegin()
    if (!ready.ok) return ready
    const named = this.#hostOf(hostName)
    return this.operation(named.ok ? named.value.name : hostName, async (operation) => {
      const done = await this.#actOn(hostName, command, (host) => work(host, operation))
      // Without a valid superblock and log the page can't tell where it was written.
      if (operation.outcome === 'done' && !this.#media.filesystem) operation.outcome = 'unknown'
      return done
    })
  }

  /** What the page does to devices by itself. */
  async change(command: string | undefined, work: (operation: Operation) => Promise<Result<undefined>>): Promise<Result<undefined>> {
    if (!this.mayChange) return this.refuse(fail('read_only_session'))
    const ready = await this.mayBegin()
    if (!ready.ok) return ready
    return this.operation(undefined, async (operation) => {
      const done = await work(operation)
      return done.ok ? done : this.refuse(done, undefined, command)
    })
  }

  /** Resolves when the device may be changed: the caller begins at once, or asks again. */
  async mayBegin(): Promise<Result<undefined>> {
    try {
      while (!this.history.isReady) await this.history.ready()
      return ok()
    } catch (error) {
      return this.refuse(stumble(error))
    }
  }

  /** One after the other; a failure is told where it happens and leaves the others their turn. What stops all that runs ends it. */
  async each<T>(items: readonly T[], within: Operation | undefined, work: (item: T) => Promise<Result<undefined>>): Promise<Result<undefined>> {
    let outcome: Result<undefined> = ok()
    let stopCount: number | undefined
    for (const item of items) {
      const ready = within ? ok() : await this.mayBegin()
      if (!ready.ok) return ready
      stopCount ??= this.tasks.stopCount
      if (stopCount !== this.tasks.stopCount) return outcome.ok ? fail('cancelled') : outcome
      const done = await work(item)
      if (outcome.ok) outcome = done
    }
    return outcome
  }

  /** Whatever changes the device or a host is an operation: what came of it can be undone. */
  async operation<T>(hostName: string | undefined, work: (operation: Operation) => Promise<Result<T>>): Promise<Result<T>> {
    const epoch = this.#epoch
    const wasHandmade = this.#isHandmade(hostName)
    const operation = this.history.begin(hostName)
    // It stays so only where work stumbles: by our own mistake, and others must not wait for it for ever.
    let outcome: Outcome = 'unknown'
    try {
      const done = await work(operation)
      const kept = operation.outcome === 'done' && (wasHandmade || this.#isHandmade(hostName)) ? 'unknown' : operation.outcome
      outcome = done.ok ? kept : (MAY_HAVE_WRITTEN.get(done.failure.reason) ?? 'nothing')
      return done
    } finally {
      if (epoch !== this.#epoch && !operation.replaces) this.history.drop(operation)
      else {
        await this.history.end(operation, outcome)
        this.touch()
      }
    }
  }

  async #actOn<T>(hostName: string | undefined, command: string | undefined, work: (host: Host) => Promise<Result<T>>): Promise<Result<T>> {
    const epoch = this.#epoch
    const host = this.#hostOf(hostName)
    if (!host.ok) return this.refuse(host)
    const done = await work(host.value)
    // It was ended with its device: that is no news from the one that is there now.
    if (epoch !== this.#epoch) return done
    return done.ok ? done : this.refuse(done, host.value.name, command)
  }

  #isHandmade(hostName: string | undefined): boolean {
    return hostName !== undefined && this.roster.all().some(({ name, handmade }) => handmade && name === hostName)
  }

  /** Stops everything that runs, and waits until it has stopped and is recorded. */
  async endTasks(why: string): Promise<void> {
    this.tasks.stopAll()
    const shells = [...this.shells].map((shell) => shell.end(why))
    await Promise.allSettled([...shells, this.tasks.ended()])
    await this.history.settled()
  }

  /** After work on a file's data: its bytes have changed, or may have before the work failed. */
  dataChanged(host: Host, path: string, outcome: Result<unknown>): void {
    this.touchDevice()
    if (!outcome.ok && !MAY_HAVE_WRITTEN.has(outcome.failure.reason)) return
    // As it was typed, a path may be spelled otherwise than it was logged; and the log may name it twice.
    const logged = normalizedPath(path)
    const seen = host.files.find((candidate) => candidate.path === logged)
    const file = this.#media.files.findLast((candidate) => candidate.path === logged)
    this.mark([...(seen?.extents ?? []), ...(file?.extents ?? [])])
  }

  happened(kind: TraceKind, host: Host, sentence: string, command?: string, bytes?: Extent): void {
    this.trace.add(kind, sentence, { host: host.name, ...(command === undefined ? {} : { command }), ...(bytes ? { bytes } : {}) })
    this.touchDevice()
  }

  /** mkfs has ended well on the host. */
  formatted(host: Host, options: FormatOptions): void {
    this.touchDevice()
    const { slotCount = 0, logOffsetBytes = 0, logLengthBytes = 0 } = this.#media.filesystem ?? {}
    const others = this.#pool.devices.slice(1).map(({ baseBytes }) => ({ offsetBytes: baseBytes, lengthBytes: logOffsetBytes }))
    this.mark([{ offsetBytes: 0, lengthBytes: logOffsetBytes + logLengthBytes }, ...others])
    const names = this.#pool.othersOn(host.name)
    this.happened('format', host, sentences.formatted(host.name, this.#pool.sizeBytes, slotCount, names), commands.mkfs(options, names), { offsetBytes: 0, lengthBytes: 200 })
  }

  refuse<F extends { ok: false; failure: Failure }>(refused: F, host?: string, command?: string): F {
    this.trace.fail(refused.failure, host, command)
    this.touch()
    return refused
  }

  entryBytes(index: number): Extent | undefined {
    const { filesystem } = this.#media
    return filesystem && { offsetBytes: filesystem.logOffsetBytes + LOG_HEADER_BYTES + LOG_ENTRY_BYTES * index, lengthBytes: LOG_ENTRY_BYTES }
  }

  /** Reads the media again: what the log has grown by is there to be saved, whoever appended it. */
  touchDevice(): void {
    this.#deviceVersion++
    this.#media = this.#reader.read()
    if (this.#media.grown.length > 0) this.mark(this.#media.grown)
    this.#lookAtHealth()
    // A device that is still being set up has no problems yet.
    if (this.ready) this.#problems.deviceChanged(this.#reader.memory, this.#reader.others)
    this.touch()
  }

  /** How hosts are mounted comes back with the image, as they themselves do. */
  #lookAtHosts(): void {
    const hosts = JSON.stringify(this.hostFacts())
    if (hosts === this.#hosts) return
    this.#hosts = hosts
    // What is on its way to its first state is no change: half of it must not take the place of what is stored.
    if (this.ready) this.saver.mark([])
  }

  /** Whoever changed it, a command on a host or the page: it is there to be saved. */
  #lookAtHealth(): void {
    const { healthCount } = this.#pool
    if (healthCount === this.#healthCount) return
    this.#healthCount = healthCount
    this.saver.mark([])
  }

  readonly #heard = (): void => {
    this.#lookAtHealth()
    this.#lookAtHosts()
    this.touch()
  }

  readonly touch = (): void => {
    for (const host of this.roster.all()) host.seated(this.trace.nextIndex)
    this.#version++
    this.#snapshot = undefined
    this.#announcer.announce()
  }

  /** What was thrown, said where everything else is said. */
  stumbled(error: unknown): void {
    this.refuse(stumble(error))
  }

  /** Resolves when nothing of it runs any more: whatever is on its way to have hosts gets none. */
  async dispose(): Promise<void> {
    this.saver.stop()
    this.#problems.stop()
    this.tasks.stopAll()
    this.roster.end()
    this.#announcer.listeners.clear()
    await this.exclusive(() => Promise.resolve())
  }

  readonly #hostWentDown = (host: Host, why: string): void => {
    if (this.history.isTravelling) {
      // It matters only if the session stays where it is.
      void this.history.arrival().then(() => this.roster.all().includes(host) && this.#hostWentDown(host, why))
      return
    }
    // A reboot is one operation, and this is a part of it.
    const operation = host.isRebooting ? undefined : this.history.begin(host.name)
    this.trace.add('host', sentences.hostDown(host.name, why), { host: host.name })
    this.history.did({ act: 'down', host: host.name, why })
    this.touchDevice()
    if (operation) void this.history.end(operation, 'done').then(this.touch)
  }

  readonly #current = () => {
    const { devices, buffer, uuid, sizeBytes, isSound } = this.#pool
    const parts = devices.map((device) => ({ uuid: device.uuid, sizeBytes: device.sizeBytes, poison: device.health.poison, isStopped: device.health.isStopped }))
    // What one sound device is, the rest says.
    const more = parts.length === 1 && isSound ? {} : { devices: parts }
    return { facts: { device: { name: NAMES.device, uuid, sizeBytes }, ...more, hosts: this.hostFacts() }, buffer }
  }

  #newSnapshot(): Snapshot {
    const counts = { version: this.#version, deviceVersion: this.#deviceVersion }
    return snapshotOf(this, counts, this.#engine.view, (hosts, devices) => this.#problems.view(hosts, devices))
  }
}

export function newUuid(): string {
  return makeUuid((target) => target.set(crypto.getRandomValues(new Uint8Array(target.length))))
}
