// What a session is made of: device, hosts, storage and trace, and the rules that every action keeps. Each change ends in a
// new snapshot; trouble that can be expected becomes a trace event and a failed Result, never an exception.

import type { Reason } from '../core/base/failure.ts'
import { normalizedPath } from '../core/base/path.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import { makeUuid } from '../core/base/uuid.ts'
import { daxdev, type Daxdev } from '../core/mem/daxdev.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import type { CallOptions } from '../host/driver.ts'
import type { ReplaySummary } from '../host/protocol.ts'
import type { ImageFacts, ImageStore } from '../store/imageStore.ts'
import type { Known } from './acts.ts'
import { Announcer } from './announcer.ts'
import type { Engine } from './engine.ts'
import { History, type Operation, type Outcome, type Sealer } from './history.ts'
import { MediaReader, type MediaState } from './media.ts'
import { DEVICE_BYTES, NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import { Problems } from './problems.ts'
import { type Host, Roster } from './roster.ts'
import { Saver } from './saver.ts'
import { commands, sentences } from './sentences.ts'
import { Trace } from './trace.ts'
import type { Extent, FormatOptions, Snapshot, TaskView, TraceKind } from './types.ts'

/** A shell on a host, as far as the world has to do with it. */
export interface OpenShell {
  /** Ends it, and resolves when what it ran has stopped. */
  end(why: string): Promise<unknown>
}

interface RunningTask {
  view: TaskView
  stop: AbortController
  ended: Promise<unknown>
}

/** Failures of work that may have written before it failed, and whether where is known; all others are refused before anything is made. */
const MAY_HAVE_WRITTEN: ReadonlyMap<Reason, Outcome> = new Map([
  ['cancelled', 'partly'], ['source_short', 'partly'], ['source_unreadable', 'partly'], ['host_down', 'unknown'], ['host_failed', 'unknown'],
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
  readonly #tasks = new Map<number, RunningTask>()
  #device: Daxdev
  #reader: MediaReader
  #media: MediaState
  #snapshot: Snapshot | undefined
  #version = 0
  #deviceVersion = 0
  #nextTaskId = 1
  /** Moves when another device is put in place: what was begun before is nobody's business after. */
  #epoch = 0
  /** Moves when everything that runs is stopped. */
  #stopCount = 0
  readonly #turns = new OneByOne()
  readonly #problems = new Problems(() => this.touch())
  #preparing = false
  ready = false

  /** @param sealer loads what keeps bytes for the history */
  constructor(engine: Engine, store: ImageStore, sealer: (world: World) => Promise<Sealer>) {
    this.#engine = engine
    // Nothing is allocated before it is known whether an image is stored, and how large it is.
    this.#device = daxdev({ name: NAMES.device, uuid: newUuid(), buffer: new ArrayBuffer(0), sizeBytes: DEVICE_BYTES })
    this.#reader = new MediaReader(this.#device)
    this.#media = this.#reader.read()
    this.roster = new Roster(engine.driver, this.touch, this.#hostWentDown, (act) => this.history.did(act))
    this.saver = new Saver(store, this.#current, this.touch)
    this.history = new History({
      now: () => this.known(),
      leaves: () => ({ fsUuid: this.#media.filesystem?.uuid, entryCount: this.#media.filesystem?.entryCount ?? 0 }),
      nextEvent: () => this.trace.nextIndex,
      claim: (step, operations) => this.trace.claim(step, operations),
      dropFrom: (step) => this.trace.dropFrom(step),
      release: () => this.trace.release(),
      sealer: () => sealer(this),
      stumbled: (error) => this.stumbled(error),
    })
  }

  get device(): Daxdev {
    return this.#device
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

  newDevice(sizeBytes: number, uuid: string): Result<Daxdev, 'no_memory'> {
    const buffer = this.#engine.newBuffer(sizeBytes)
    return buffer.ok ? ok(daxdev({ name: NAMES.device, uuid, buffer: buffer.value })) : buffer
  }

  /** Another device in place of the one there was, with no hosts yet. */
  use(device: Daxdev): void {
    this.#epoch++
    this.#stopTasks()
    this.roster.removeAll()
    this.#device = device
    this.#reader = new MediaReader(device)
    this.touchDevice()
  }

  /** Another device with hosts that run on it already. */
  adopt(device: Daxdev, hosts: readonly Host[]): void {
    this.#epoch++
    this.#stopTasks()
    this.roster.replaceAll(hosts)
    this.#device = device
    this.#reader = new MediaReader(device)
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
    const { uuid, sizeBytes } = this.#device
    return { device: { uuid, sizeBytes }, hosts: this.roster.all().map((host) => host.state(this.#media)) }
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
    return this.roster.all().map(({ name, systemUuid }) => ({ name, systemUuid }))
  }

  async mount(host: Host): Promise<void> {
    const mounted = await host.call('mount', { device: NAMES.device, mountpoint: NAMES.mountpoint })
    if (!mounted.ok) {
      host.mountTrouble = `${mounted.failure.says}. ${mounted.failure.next}`
      this.refuse(mounted, host.name, commands.mount())
      return
    }
    host.mountTrouble = undefined
    this.happened('mount', host, sentences.mounted(host.name, host.mount?.role ?? 'client', mounted.value.entriesPlayed), commands.mount())
    this.tellTroubles(host, mounted.value)
  }

  tellTroubles(host: Host, summary: ReplaySummary): void {
    const { stopped, errorCount, troubles } = summary
    if (stopped) this.trace.fail(stopped, host.name, commands.logplay(host.mountpoint))
    if (errorCount > 0) this.trace.fail(fail('replay_errors', { count: errorCount, first: troubles[0] ?? 'not told' }).failure, host.name, commands.logplay(host.mountpoint))
    this.touch()
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

  /** Resolves when the device may be changed: the caller begins at once, or asks again. */
  async mayBegin(): Promise<Result<undefined>> {
    try {
      while (!this.history.isReady) await this.history.ready()
      return ok()
    } catch (error) {
      return this.refuse(fail('page_failed', { what: whatOf(error) }))
    }
  }

  /** One after the other; a failure is told where it happens and leaves the others their turn. What stops all that runs ends it. */
  async each<T>(items: readonly T[], within: Operation | undefined, work: (item: T) => Promise<Result<undefined>>): Promise<Result<undefined>> {
    let outcome: Result<undefined> = ok()
    let stopCount: number | undefined
    for (const item of items) {
      const ready = within ? ok() : await this.mayBegin()
      if (!ready.ok) return ready
      stopCount ??= this.#stopCount
      if (stopCount !== this.#stopCount) return outcome.ok ? fail('cancelled') : outcome
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

  /** Work that shows its progress and can be stopped. */
  async task<T>(host: Host, label: string, work: (call: CallOptions) => Promise<Result<T>>): Promise<Result<T>> {
    const id = this.#nextTaskId++
    const stop = new AbortController()
    const view: TaskView = { id, host: host.name, label, doneCount: 0, totalCount: 0, unit: 'bytes' }
    const onProgress: CallOptions['onProgress'] = (progress) => {
      const running = this.#tasks.get(id)
      if (!running) return
      this.#tasks.set(id, { ...running, view: { ...view, ...progress } })
      this.touchDevice()
    }
    const working = work({ onProgress, signal: stop.signal })
    this.#tasks.set(id, { view, stop, ended: working })
    this.touch()
    try {
      return await working
    } finally {
      this.#tasks.delete(id)
      this.touch()
    }
  }

  stopTask(id: number): void {
    this.#tasks.get(id)?.stop.abort()
  }

  /** Stops everything that runs, and waits until it has stopped and is recorded. */
  async endTasks(why: string): Promise<void> {
    this.#stopTasks()
    const shells = [...this.shells].map((shell) => shell.end(why))
    await Promise.allSettled([...shells, ...[...this.#tasks.values()].map((task) => task.ended)])
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
    this.saver.markAll()
    this.touchDevice()
    const { slotCount = 0, logOffsetBytes = 0, logLengthBytes = 0 } = this.#media.filesystem ?? {}
    this.history.touched([{ offsetBytes: 0, lengthBytes: logOffsetBytes + logLengthBytes }])
    this.happened('format', host, sentences.formatted(host.name, this.#device.sizeBytes, slotCount), commands.mkfs(options), { offsetBytes: 0, lengthBytes: 200 })
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
    // A device that is still being set up has no problems yet.
    if (this.ready) this.#problems.deviceChanged(this.#reader.memory)
    this.touch()
  }

  readonly touch = (): void => {
    this.#version++
    this.#snapshot = undefined
    this.#announcer.announce()
  }

  /** Our own mistake, said where everything else is said. */
  stumbled(error: unknown): void {
    this.refuse(fail('page_failed', { what: whatOf(error) }))
  }

  dispose(): void {
    this.saver.stop()
    this.#problems.stop()
    this.#stopTasks()
    this.roster.removeAll()
    this.#announcer.listeners.clear()
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

  #stopTasks(): void {
    this.#stopCount++
    for (const { stop } of this.#tasks.values()) stop.abort()
  }

  readonly #current = () => {
    const { name, uuid, sizeBytes, buffer } = this.#device
    return { facts: { device: { name, uuid, sizeBytes }, hosts: this.hostFacts() }, buffer }
  }

  #newSnapshot(): Snapshot {
    const { filesystem, verdict, files } = this.#media
    const hosts = this.roster.all()
    const views = hosts.map((host) => host.view(this.#media))
    const ownerName = hosts.find((host) => host.systemUuid === filesystem?.ownerUuid)?.name
    return {
      version: this.#version,
      deviceVersion: this.#deviceVersion,
      engine: this.#engine.view,
      device: { name: this.#device.name, sizeBytes: this.#device.sizeBytes, verdict, trouble: this.#media.failure, filesystem: filesystem && { ...filesystem, ownerName } },
      files,
      hosts: views,
      trace: this.trace.events,
      tasks: [...this.#tasks.values()].map((task) => task.view),
      storage: this.saver.view,
      history: this.history.view,
      problems: this.#problems.view(views),
      dump: undefined,
      ready: this.ready,
    }
  }
}

function whatOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function newUuid(): string {
  return makeUuid((target) => target.set(crypto.getRandomValues(new Uint8Array(target.length))))
}
