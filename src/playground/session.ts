// One session: a device, its hosts, and what happened. Every change ends in a new snapshot; device bytes are only ever
// copied out by peek. Trouble that can be expected becomes a trace event and a failed Result, never an exception.

import { makeUuid } from '../core/base/uuid.ts'
import { fail, ok, type Failure, type Result } from '../core/base/result.ts'
import { daxdev, type Daxdev } from '../core/mem/daxdev.ts'
import type { CallOptions } from '../host/driver.ts'
import type { HostNode, ReplaySummary } from '../host/protocol.ts'
import type { ImageFacts, ImageStore } from '../store/imageStore.ts'
import type { Ownership } from '../store/ownership.ts'
import { bytesOfCell } from './cells.ts'
import type { Engine } from './engine.ts'
import { playFirstScene } from './firstScene.ts'
import { MediaReader, type MediaState } from './media.ts'
import { DEVICE_BYTES, freeHostName, NAMES } from './names.ts'
import { peekDevice, peekFile } from './peek.ts'
import { type Host, Roster } from './roster.ts'
import { Saver } from './saver.ts'
import { commands, sentences } from './sentences.ts'
import { Trace } from './trace.ts'
import {
  type CellKind, type Extent, HOSTS_MOST, type PeekSource, type Playground, type Snapshot, type TaskView, type TraceKind,
} from './types.ts'

interface Before {
  device: Daxdev
  hosts: ImageFacts['hosts']
}

export class Session implements Playground {
  readonly #engine: Engine
  readonly #store: ImageStore
  readonly #ownership: Ownership
  readonly #trace = new Trace()
  readonly #saver: Saver
  readonly #listeners = new Set<() => void>()
  readonly #tasks = new Map<number, { view: TaskView; stop: AbortController }>()
  #device: Daxdev
  #reader: MediaReader
  #roster: Roster
  #before: Before | undefined
  #media: MediaState
  #snapshot: Snapshot | undefined
  #version = 0
  #deviceVersion = 0
  #nextTaskId = 1
  #ready = false
  /** Set while the session prepares itself: then it may change a device that it only looks at afterwards. */
  #preparing = false
  #announced = false

  constructor(engine: Engine, store: ImageStore, ownership: Ownership) {
    this.#engine = engine
    this.#store = store
    this.#ownership = ownership
    this.#device = this.#newDevice(DEVICE_BYTES, newUuid())
    this.#reader = new MediaReader(this.#device)
    this.#media = this.#reader.read()
    this.#roster = new Roster(engine.driver, this.#touch, this.#hostWentDown)
    this.#saver = new Saver(store, this.#current, this.#touch)
  }

  /** The stored image, or else the first scene. */
  async start(): Promise<void> {
    this.#preparing = true
    if (this.#ownership === 'other_tab') {
      this.#saver.switchOff('read_only')
      this.#trace.add('storage', sentences.readOnly())
    }
    const stored = await this.#store.open()
    if (!stored.ok) {
      this.#trace.fail(stored.failure, undefined)
      this.#saver.switchOff('off', `Not saved: ${stored.failure.says}. ${stored.failure.next}`)
    }
    const restored = stored.ok && stored.value !== undefined && (await this.#restore(stored.value))
    if (!restored) await playFirstScene(this)
    this.#preparing = false
    this.#ready = true
    this.#touch()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot(): Snapshot {
    this.#snapshot ??= this.#newSnapshot()
    return this.#snapshot
  }

  peek(source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const { memory } = this.#reader
    if (source.kind === 'device') return Promise.resolve(peekDevice(memory, offsetBytes, lengthBytes))
    const host = this.#roster.find(source.host)
    if (!host.ok) return Promise.resolve(host)
    const file = host.value.files.find((node) => node.path === source.path && node.kind === 'file')
    if (!file) return Promise.resolve(fail('no_such_path', { path: source.path }))
    return Promise.resolve(peekFile(memory, file, offsetBytes, lengthBytes))
  }

  // what is done to the device

  format(options: { host?: string; force?: boolean; logLengthBytes?: number } = {}): Promise<Result<undefined>> {
    return this.#act(options.host, commands.mkfs(options.force ?? false), async (host) => {
      const { force = false, logLengthBytes } = options
      const wasMounted = host.mount !== undefined
      if (wasMounted) await host.call('umount', { mountpoint: NAMES.mountpoint })
      const made = await host.call('mkfs', { device: NAMES.device, force, ...(logLengthBytes === undefined ? {} : { logLengthBytes }) })
      if (!made.ok) {
        if (wasMounted) await this.#mount(host)
        return made
      }
      this.#saver.markAll()
      this.#touchDevice()
      const slotCount = this.#media.filesystem?.slotCount ?? 0
      this.#happened('format', host, sentences.formatted(host.name, this.#device.sizeBytes, slotCount), commands.mkfs(force), { offsetBytes: 0, lengthBytes: 200 })
      for (const other of this.#roster.all()) {
        if (other !== host && other.mount) await other.call('umount', { mountpoint: NAMES.mountpoint })
        if (other.status === 'up') await this.#mount(other)
      }
      return ok()
    })
  }

  newFile(options: { host?: string; path: string; sizeBytes: number; seed?: number }): Promise<Result<undefined>> {
    const path = relative(options.path)
    const { sizeBytes, seed } = options
    const command = commands.creat(path, sizeBytes, seed)
    return this.#act(options.host, command, (host) =>
      this.#task(host, `${host.name} fills ${path}`, async (call) => {
        const given = { path: full(path), sizeBytes, owner: NAMES.user, ...(seed === undefined ? {} : { seed }) }
        const made = await host.call('creat', given, call)
        if (!made.ok) return made
        const { node, isNew } = made.value
        this.#wrote(node)
        const at = node.extents[0]?.offsetBytes ?? 0
        const old = seed ? sentences.rewritten(host.name, path) : sentences.existed(host.name, path)
        this.#happened('create', host, isNew ? sentences.created(host.name, path, sizeBytes, at, node.entryIndex) : old, command, this.#entryBytes(node.entryIndex))
        return ok()
      }),
    )
  }

  newDirectory(options: { host?: string; path: string; parents?: boolean }): Promise<Result<undefined>> {
    const path = relative(options.path)
    const parents = options.parents ?? false
    const command = commands.mkdir(path, parents)
    return this.#act(options.host, command, async (host) => {
      const made = await host.call('mkdir', { path: full(path), parents, owner: NAMES.user })
      if (!made.ok) return made
      this.#wrote(undefined)
      this.#happened('mkdir', host, sentences.madeDirectory(host.name, path), command)
      return ok()
    })
  }

  dropFiles(hostName: string, files: File[]): Promise<Result<undefined>> {
    return this.#each(files, (file) => {
      const command = commands.cp(file.name, file.name)
      return this.#act(hostName, command, (host) =>
        this.#task(host, `${host.name} copies ${file.name} in`, async (call) => {
          const copied = await host.call('copyIn', { path: full(file.name), blob: file, owner: NAMES.user }, call)
          // Whatever stopped it, the file may be there with part of its data.
          this.#wrote(copied.ok ? copied.value.node : undefined)
          if (!copied.ok) {
            this.#saver.mark(this.#reader.usedRanges())
            return copied
          }
          const { node, isNew } = copied.value
          const sentence = isNew ? sentences.copied(host.name, file.name, file.size, node.entryIndex) : sentences.rewritten(host.name, file.name)
          this.#happened('copy', host, sentence, command, this.#entryBytes(node.entryIndex))
          return ok()
        }),
      )
    })
  }

  poke(options: { host: string; path: string; index: number; cell: CellKind; value: number }): Promise<Result<undefined>> {
    const path = relative(options.path)
    const { index, cell, value } = options
    return this.#act(options.host, undefined, async (host) => {
      const bytes = bytesOfCell(cell, value)
      if (!bytes.ok) return bytes
      const offsetBytes = index * bytes.value.length
      const poked = await host.call('poke', { path: full(path), offsetBytes, bytes: bytes.value, user: NAMES.user })
      if (!poked.ok) return poked
      const file = host.files.find((node) => node.path === path)
      this.#saver.mark(file?.extents ?? this.#reader.usedRanges())
      this.#touchDevice()
      this.#happened('write', host, sentences.poked(host.name, path, cell, index, value))
      return ok()
    })
  }

  // what every host does

  playLog(hostName: string): Promise<Result<undefined>> {
    return this.#act(hostName, commands.logplay(), (host) =>
      this.#task(host, `${host.name} plays the log`, async (call) => {
        const played = await host.call('logplay', { path: NAMES.mountpoint }, call)
        if (!played.ok) return played
        this.#happened('logplay', host, sentences.played(host.name, played.value), commands.logplay())
        this.#tellTroubles(host, played.value)
        return ok()
      }), true)
  }

  sha256(hostName: string, path: string): Promise<Result<string>> {
    const relpath = relative(path)
    return this.#act(hostName, commands.sha256(relpath), (host) =>
      this.#task(host, `${host.name} reads ${relpath}`, async (call) => {
        const hashed = await host.call('sha256', { path: full(relpath), user: NAMES.user }, call)
        if (hashed.ok) this.#happened('read', host, sentences.hashed(host.name, relpath, hashed.value), commands.sha256(relpath))
        return hashed
      }), true)
  }

  // hosts

  async addHost(): Promise<Result<string>> {
    const taken = this.#roster.all().map((host) => host.name)
    if (taken.length >= HOSTS_MOST) return this.#refuse(fail('too_many_hosts', { limit: HOSTS_MOST }))
    const name = freeHostName(taken)
    const started = await this.startHost(name)
    if (started.ok) this.#saver.mark([])
    return started.ok ? ok(name) : started
  }

  /** A new host, mounted if there is something to mount. */
  async startHost(name: string, systemUuid = newUuid()): Promise<Result<undefined>> {
    const added = await this.#roster.add(name, systemUuid, this.#device)
    if (!added.ok) return this.#refuse(added, name)
    this.#greet(added.value)
    if (this.#media.filesystem) await this.#mount(added.value)
    return ok()
  }

  removeHost(name: string): Promise<Result<undefined>> {
    const host = this.#roster.find(name)
    if (!host.ok) return Promise.resolve(this.#refuse(host))
    if (this.#roster.all().length === 1) return Promise.resolve(this.#refuse(fail('last_host'), name))
    this.#roster.remove(host.value)
    this.#trace.add('host', sentences.hostRemoved(name), { host: name })
    this.#saver.mark([])
    this.#touch()
    return Promise.resolve(ok())
  }

  killHost(name: string): Promise<Result<undefined>> {
    const host = this.#roster.find(name)
    if (!host.ok) return Promise.resolve(this.#refuse(host))
    host.value.handle?.kill()
    return Promise.resolve(ok())
  }

  async rebootHost(name: string): Promise<Result<undefined>> {
    const host = this.#roster.find(name)
    if (!host.ok) return this.#refuse(host)
    if (host.value.handle) host.value.handle.kill('it was rebooted')
    const started = await this.#roster.start(host.value, this.#device)
    if (!started.ok) return this.#refuse(started, name)
    this.#greet(host.value)
    if (this.#media.filesystem) await this.#mount(host.value)
    return ok()
  }

  cancelTask(id: number): void {
    this.#tasks.get(id)?.stop.abort()
  }

  // the image

  async save(): Promise<Result<undefined>> {
    const saved = await this.#saver.save()
    if (!saved.ok) this.#trace.fail(saved.failure, undefined)
    this.#touch()
    return saved
  }

  async startOver(): Promise<Result<undefined>> {
    if (!this.#mayChange()) return this.#refuse(fail('read_only_session'))
    this.#before = { device: this.#device, hosts: this.#hostFacts() }
    this.#use(this.#newDevice(DEVICE_BYTES, newUuid()))
    this.#trace.add('page', sentences.startedOver())
    await playFirstScene(this)
    return ok()
  }

  async undoStartOver(): Promise<Result<undefined>> {
    const before = this.#before
    if (!before) return ok()
    this.#before = undefined
    this.#use(before.device)
    for (const { name, systemUuid } of before.hosts) await this.startHost(name, systemUuid)
    this.#trace.add('page', sentences.undone())
    this.#touch()
    return ok()
  }

  dispose(): Promise<void> {
    this.#saver.stop()
    for (const { stop } of this.#tasks.values()) stop.abort()
    this.#roster.removeAll()
    this.#listeners.clear()
    return Promise.resolve()
  }

  // inside

  async #restore(facts: ImageFacts): Promise<boolean> {
    const { sizeBytes, uuid } = facts.device
    const device = this.#newDevice(sizeBytes, uuid)
    const loaded = await this.#store.load(device.buffer)
    if (!loaded.ok) {
      this.#trace.fail(loaded.failure, undefined)
      this.#saver.switchOff('off', `Not saved: ${loaded.failure.says}. ${loaded.failure.next}`)
      return false
    }
    this.#device = device
    this.#reader = new MediaReader(device)
    this.#touchDevice()
    for (const { name, systemUuid } of facts.hosts) await this.startHost(name, systemUuid)
    this.#trace.add('storage', sentences.restored(this.#media.files.length))
    if (this.#saver.mayChange) this.#saver.isStored()
    return true
  }

  /** Another device in place of the one there was, with no hosts yet. */
  #use(device: Daxdev): void {
    for (const { stop } of this.#tasks.values()) stop.abort()
    this.#roster.removeAll()
    this.#device = device
    this.#reader = new MediaReader(device)
    this.#saver.markAll()
    this.#touchDevice()
  }

  async #mount(host: Host): Promise<void> {
    const mounted = await host.call('mount', { device: NAMES.device, mountpoint: NAMES.mountpoint })
    if (!mounted.ok) {
      host.mountTrouble = `${mounted.failure.says}. ${mounted.failure.next}`
      this.#trace.fail(mounted.failure, host.name, commands.mount())
      this.#touch()
      return
    }
    host.mountTrouble = undefined
    this.#happened('mount', host, sentences.mounted(host.name, host.mount?.role ?? 'client', mounted.value.entriesPlayed), commands.mount())
    this.#tellTroubles(host, mounted.value)
  }

  #tellTroubles(host: Host, summary: ReplaySummary): void {
    if (summary.stopped !== undefined) this.#trace.add('failure', `${host.name}: ${summary.stopped}.`, { host: host.name })
    if (summary.errorCount > 0) this.#trace.add('failure', sentences.playTroubles(host.name, summary), { host: host.name })
    this.#touch()
  }

  /** @param looksOnly what a session that may change nothing may do as well */
  async #act<T>(
    hostName: string | undefined,
    command: string | undefined,
    work: (host: Host) => Promise<Result<T>>,
    looksOnly = false,
  ): Promise<Result<T>> {
    if (!looksOnly && !this.#mayChange()) return this.#refuse(fail('read_only_session'))
    const host = hostName === undefined ? this.#roster.master(this.#media.filesystem?.ownerUuid) : this.#roster.find(hostName)
    if (!host.ok) return this.#refuse(host)
    const done = await work(host.value)
    return done.ok ? done : this.#refuse(done, host.value.name, command)
  }

  async #task<T>(host: Host, label: string, work: (call: CallOptions) => Promise<Result<T>>): Promise<Result<T>> {
    const id = this.#nextTaskId++
    const stop = new AbortController()
    const view: TaskView = { id, host: host.name, label, doneCount: 0, totalCount: 0, unit: 'bytes' }
    this.#tasks.set(id, { view, stop })
    const onProgress: CallOptions['onProgress'] = (progress) => {
      this.#tasks.set(id, { view: { ...view, ...progress }, stop })
      this.#touchDevice()
    }
    try {
      return await work({ onProgress, signal: stop.signal })
    } finally {
      this.#tasks.delete(id)
      this.#touch()
    }
  }

  async #each<T>(items: T[], work: (item: T) => Promise<Result<undefined>>): Promise<Result<undefined>> {
    for (const item of items) {
      const done = await work(item)
      if (!done.ok) return done
    }
    return ok()
  }

  /** The log has grown, perhaps, and the file's data has changed. */
  #wrote(node: HostNode | undefined): void {
    const { filesystem } = this.#media
    if (filesystem) {
      const { logOffsetBytes, logLengthBytes } = filesystem
      this.#saver.mark([{ offsetBytes: logOffsetBytes, lengthBytes: logLengthBytes }])
    }
    this.#saver.mark(node?.extents ?? [])
    this.#touchDevice()
  }

  #entryBytes(index: number): Extent | undefined {
    const { filesystem } = this.#media
    return filesystem && { offsetBytes: filesystem.logOffsetBytes + 48 + 544 * index, lengthBytes: 544 }
  }

  #happened(kind: TraceKind, host: Host, sentence: string, command?: string, bytes?: Extent): void {
    this.#trace.add(kind, sentence, { host: host.name, ...(command === undefined ? {} : { command }), ...(bytes ? { bytes } : {}) })
    this.#touchDevice()
  }

  #refuse<F extends { ok: false; failure: Failure }>(refused: F, host?: string, command?: string): F {
    this.#trace.fail(refused.failure, host, command)
    this.#touch()
    return refused
  }

  #greet(host: Host): void {
    const { kind } = this.#engine.view
    this.#trace.add('host', kind === 'parallel' ? sentences.hostUp(host.name) : sentences.hostTurns(host.name), { host: host.name })
    this.#touch()
  }

  readonly #hostWentDown = (host: Host, why: string): void => {
    this.#trace.add('host', sentences.hostDown(host.name, why), { host: host.name })
    // Nobody knows how far it got with what it was doing.
    this.#saver.mark(this.#reader.usedRanges())
    this.#touchDevice()
  }

  #mayChange(): boolean {
    return this.#preparing || this.#saver.mayChange
  }

  #newDevice(sizeBytes: number, uuid: string): Daxdev {
    return daxdev({ name: NAMES.device, uuid, buffer: this.#engine.newBuffer(sizeBytes) })
  }

  #hostFacts(): ImageFacts['hosts'] {
    return this.#roster.all().map(({ name, systemUuid }) => ({ name, systemUuid }))
  }

  readonly #current = () => {
    const { name, uuid, sizeBytes, buffer } = this.#device
    return { facts: { device: { name, uuid, sizeBytes }, hosts: this.#hostFacts() }, buffer }
  }

  #touchDevice(): void {
    this.#deviceVersion++
    this.#media = this.#reader.read()
    this.#touch()
  }

  /** A burst of changes is one announcement: listeners hear of it when the burst is over. */
  readonly #touch = (): void => {
    this.#version++
    this.#snapshot = undefined
    if (this.#announced) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      for (const listener of this.#listeners) listener()
    })
  }

  #newSnapshot(): Snapshot {
    const { filesystem, verdict, files } = this.#media
    const hosts = this.#roster.all()
    const ownerName = hosts.find((host) => host.systemUuid === filesystem?.ownerUuid)?.name
    return {
      version: this.#version,
      deviceVersion: this.#deviceVersion,
      engine: this.#engine.view,
      device: { name: this.#device.name, sizeBytes: this.#device.sizeBytes, verdict, filesystem: filesystem && { ...filesystem, ownerName } },
      files,
      hosts: hosts.map((host) => host.view(this.#media)),
      trace: this.#trace.events,
      tasks: [...this.#tasks.values()].map((task) => task.view),
      storage: this.#saver.view,
      canUndoStartOver: this.#before !== undefined,
      ready: this.#ready,
    }
  }
}

function newUuid(): string {
  return makeUuid((target) => void crypto.getRandomValues(target))
}

/** Paths may be typed with or without the mount point. */
function relative(path: string): string {
  const inMount = path.startsWith(`${NAMES.mountpoint}/`) ? path.slice(NAMES.mountpoint.length) : path
  return inMount.replace(/^\/+/, '')
}

function full(path: string): string {
  return `${NAMES.mountpoint}/${path}`
}
