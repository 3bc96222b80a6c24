// What a session is made of: device, hosts, storage and trace, and the rules that every action keeps. Each change ends in a
// new snapshot; trouble that can be expected becomes a trace event and a failed Result, never an exception.

import { fail, type Failure, type Result } from '../core/base/result.ts'
import { makeUuid } from '../core/base/uuid.ts'
import { daxdev, type Daxdev } from '../core/mem/daxdev.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import type { CallOptions } from '../host/driver.ts'
import type { HostNode, ReplaySummary } from '../host/protocol.ts'
import type { ImageFacts, ImageStore } from '../store/imageStore.ts'
import type { Engine } from './engine.ts'
import { MediaReader, type MediaState } from './media.ts'
import { DEVICE_BYTES, NAMES } from './names.ts'
import { type Host, Roster } from './roster.ts'
import { Saver } from './saver.ts'
import { commands, sentences } from './sentences.ts'
import { Trace } from './trace.ts'
import type { Extent, Snapshot, TaskView, TraceKind } from './types.ts'

export class World {
  readonly trace = new Trace()
  readonly saver: Saver
  readonly roster: Roster
  readonly #engine: Engine
  readonly #listeners = new Set<() => void>()
  readonly #tasks = new Map<number, { view: TaskView; stop: AbortController }>()
  #device: Daxdev
  #reader: MediaReader
  #media: MediaState
  #snapshot: Snapshot | undefined
  #version = 0
  #deviceVersion = 0
  #nextTaskId = 1
  #announced = false
  /** Set while the session prepares itself: then it may change a device that it only looks at afterwards. */
  preparing = false
  ready = false
  canUndo = false

  constructor(engine: Engine, store: ImageStore) {
    this.#engine = engine
    this.#device = this.newDevice(DEVICE_BYTES, newUuid())
    this.#reader = new MediaReader(this.#device)
    this.#media = this.#reader.read()
    this.roster = new Roster(engine.driver, this.touch, this.#hostWentDown)
    this.saver = new Saver(store, this.#current, this.touch)
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
    return this.preparing || this.saver.mayChange
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot(): Snapshot {
    this.#snapshot ??= this.#newSnapshot()
    return this.#snapshot
  }

  newDevice(sizeBytes: number, uuid: string): Daxdev {
    return daxdev({ name: NAMES.device, uuid, buffer: this.#engine.newBuffer(sizeBytes) })
  }

  /** Another device in place of the one there was, with no hosts yet. */
  use(device: Daxdev): void {
    this.stopTasks()
    this.roster.removeAll()
    this.#device = device
    this.#reader = new MediaReader(device)
    this.touchDevice()
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
    if (stopped) this.trace.fail(stopped, host.name, commands.logplay())
    if (errorCount > 0) this.trace.fail(fail('replay_errors', { count: errorCount, first: troubles[0] ?? 'not told' }).failure, host.name, commands.logplay())
    this.touch()
  }

  greet(host: Host): void {
    const { kind } = this.#engine.view
    this.trace.add('host', kind === 'parallel' ? sentences.hostUp(host.name) : sentences.hostTurns(host.name), { host: host.name })
    this.touch()
  }

  /** @param looksOnly what a session that may change nothing may do as well */
  async act<T>(
    hostName: string | undefined,
    command: string | undefined,
    work: (host: Host) => Promise<Result<T>>,
    looksOnly = false,
  ): Promise<Result<T>> {
    if (!looksOnly && !this.mayChange) return this.refuse(fail('read_only_session'))
    const host = hostName === undefined ? this.roster.master(this.#media.filesystem?.ownerUuid) : this.roster.find(hostName)
    if (!host.ok) return this.refuse(host)
    const done = await work(host.value)
    return done.ok ? done : this.refuse(done, host.value.name, command)
  }

  /** Work that shows its progress and can be stopped. */
  async task<T>(host: Host, label: string, work: (call: CallOptions) => Promise<Result<T>>): Promise<Result<T>> {
    const id = this.#nextTaskId++
    const stop = new AbortController()
    const view: TaskView = { id, host: host.name, label, doneCount: 0, totalCount: 0, unit: 'bytes' }
    this.#tasks.set(id, { view, stop })
    const onProgress: CallOptions['onProgress'] = (progress) => {
      this.#tasks.set(id, { view: { ...view, ...progress }, stop })
      this.touchDevice()
    }
    try {
      return await work({ onProgress, signal: stop.signal })
    } finally {
      this.#tasks.delete(id)
      this.touch()
    }
  }

  stopTask(id: number): void {
    this.#tasks.get(id)?.stop.abort()
  }

  stopTasks(): void {
    for (const { stop } of this.#tasks.values()) stop.abort()
  }

  /** The log has grown, perhaps, and the file's data has changed. */
  wrote(node: HostNode | undefined): void {
    const { filesystem } = this.#media
    if (filesystem) this.saver.mark([{ offsetBytes: filesystem.logOffsetBytes, lengthBytes: filesystem.logLengthBytes }])
    this.saver.mark(node?.extents ?? [])
    this.touchDevice()
  }

  /** Whatever is in use may have changed: nobody knows how far it got. */
  wroteSomewhere(): void {
    this.saver.mark(this.#reader.usedRanges())
    this.touchDevice()
  }

  happened(kind: TraceKind, host: Host, sentence: string, command?: string, bytes?: Extent): void {
    this.trace.add(kind, sentence, { host: host.name, ...(command === undefined ? {} : { command }), ...(bytes ? { bytes } : {}) })
    this.touchDevice()
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

  touchDevice(): void {
    this.#deviceVersion++
    this.#media = this.#reader.read()
    this.touch()
  }

  /** A burst of changes is one announcement: listeners hear of it when the burst is over. */
  readonly touch = (): void => {
    this.#version++
    this.#snapshot = undefined
    if (this.#announced) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      for (const listener of this.#listeners) listener()
    })
  }

  dispose(): void {
    this.saver.stop()
    this.stopTasks()
    this.roster.removeAll()
    this.#listeners.clear()
  }

  readonly #hostWentDown = (host: Host, why: string): void => {
    this.trace.add('host', sentences.hostDown(host.name, why), { host: host.name })
    this.wroteSomewhere()
  }

  readonly #current = () => {
    const { name, uuid, sizeBytes, buffer } = this.#device
    return { facts: { device: { name, uuid, sizeBytes }, hosts: this.hostFacts() }, buffer }
  }

  #newSnapshot(): Snapshot {
    const { filesystem, verdict, files } = this.#media
    const hosts = this.roster.all()
    const ownerName = hosts.find((host) => host.systemUuid === filesystem?.ownerUuid)?.name
    return {
      version: this.#version,
      deviceVersion: this.#deviceVersion,
      engine: this.#engine.view,
      device: { name: this.#device.name, sizeBytes: this.#device.sizeBytes, verdict, filesystem: filesystem && { ...filesystem, ownerName } },
      files,
      hosts: hosts.map((host) => host.view(this.#media)),
      trace: this.trace.events,
      tasks: [...this.#tasks.values()].map((task) => task.view),
      storage: this.saver.view,
      canUndoStartOver: this.canUndo,
      ready: this.ready,
    }
  }
}

export function newUuid(): string {
  return makeUuid((target) => target.set(crypto.getRandomValues(new Uint8Array(target.length))))
}
