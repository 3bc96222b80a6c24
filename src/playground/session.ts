// One session, as the page sees it: the actions. Each is done by a host, and each can be done by keyboard, mouse or code
// alike; what they have in common, and what they leave behind, is the world's business.

import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { Daxdev } from '../core/mem/daxdev.ts'
import type { ImageFacts, ImageStore } from '../store/imageStore.ts'
import type { Ownership } from '../store/ownership.ts'
import type { Engine } from './engine.ts'
import type { Operation } from './history.ts'
import { playFirstScene } from './firstScene.ts'
import { DEVICE_BYTES, freeHostName, NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import { peekDevice, peekFile, placeOf } from './peek.ts'
import { commands, sentences } from './sentences.ts'
import { type CellKind, type EntryQuery, type FormatOptions, type HostFile, HOSTS_MOST, type NewFileOptions, type PeekSource, type Playground, type Shell, type Snapshot } from './types.ts'
import { newUuid, World } from './world.ts'

export class Session implements Playground {
  readonly #store: ImageStore
  readonly #ownership: Ownership
  readonly #world: World
  /** Typed one after the other, quickly: each is a step of its own. */
  readonly #stores = new OneByOne()

  constructor(engine: Engine, store: ImageStore, ownership: Ownership) {
    this.#store = store
    this.#ownership = ownership
    this.#world = new World(engine, store, async (world) => (await import('./sealer.ts')).sealerOf(world))
  }

  /** The stored image, or else the first scene. A mistake of ours on the way is shown, and the page stays. */
  start(): Promise<void> {
    return this.#world.exclusive(() => this.#world.prepare(() => this.#start())).catch((error: unknown) => this.#world.stumbled(error))
  }

  subscribe(listener: () => void): () => void {
    return this.#world.subscribe(listener)
  }

  snapshot(): Snapshot {
    return this.#world.snapshot()
  }

  peek(source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const { memory } = this.#world.reader
    if (source.kind === 'device') return Promise.resolve(peekDevice(memory, offsetBytes, lengthBytes))
    const file = this.#fileOn(source.host, source.path)
    return Promise.resolve(file.ok ? peekFile(memory, file.value, offsetBytes, lengthBytes) : file)
  }

  async search({ fromBytes, endBytes, bytes, signal }: { fromBytes: number; endBytes?: number; bytes: Uint8Array<ArrayBuffer>; signal?: AbortSignal }): Promise<Result<number | undefined>> {
    const { findBytes } = await import('./search.ts')
    return ok(await findBytes(this.#world.reader.memory, bytes, { fromBytes, endBytes, signal }))
  }

  async findEntries(query: EntryQuery): Promise<number[]> {
    const { findEntries } = await import('./search.ts')
    return findEntries(this.#world.reader.memory, this.#world.media, query)
  }

  async takeFile(hostName: string, path: string): Promise<Result<Blob>> {
    const file = this.#fileOn(hostName, path)
    if (!file.ok) return file
    const { memory } = this.#world.reader
    const { fileBlob } = await import('./takeFile.ts')
    return fileBlob(memory, file.value)
  }

  #fileOn(hostName: string, path: string): Result<HostFile> {
    const host = this.#world.roster.find(hostName)
    if (!host.ok) return host
    const file = host.value.files.find((node) => node.path === path && node.kind === 'file')
    return file ? ok(file) : fail('no_such_path', { path })
  }

  // what is done to the device

  format(options: FormatOptions = {}): Promise<Result<undefined>> {
    return this.#world.exclusive(() => this.#formatAlone(options))
  }

  async #formatAlone(options: FormatOptions): Promise<Result<undefined>> {
    const world = this.#world
    if (!world.mayChange) return world.refuse(fail('read_only_session'))
    const ready = await world.mayBegin()
    if (!ready.ok) return ready
    return world.history.hold(async () => {
      // Whoever still wrote into a file of the old one would write into a file of the new.
      await world.endTasks(`${NAMES.device} is being formatted`)
      const { deviceBytes = world.device.sizeBytes } = options
      if (deviceBytes === world.device.sizeBytes) return world.operation(undefined, (operation) => this.#format(options, operation))
      const { formatAnother } = await import('./anotherDevice.ts')
      return formatAnother(world, deviceBytes, options)
    })
  }

  #format(options: FormatOptions, within: Operation): Promise<Result<undefined>> {
    const { force = false, logLengthBytes, unitBytes } = options
    return this.#world.act(options.host, commands.mkfs(options), async (host) => {
      const world = this.#world
      const wasMounted = host.mount !== undefined
      const unmounted = wasMounted ? await host.call('umount', { mountpoint: host.mountpoint }) : ok()
      if (!unmounted.ok) return unmounted
      const sizes = { ...(logLengthBytes === undefined ? {} : { logLengthBytes }), ...(unitBytes === undefined ? {} : { unitBytes }) }
      const made = await host.call('mkfs', { device: NAMES.device, force, ...sizes, uuids: [newUuid(), newUuid()] })
      if (!made.ok) {
        if (wasMounted) await world.mount(host)
        return made
      }
      world.formatted(host, options)
      for (const other of world.roster.all()) {
        if (other !== host && other.mount) await other.call('umount', { mountpoint: other.mountpoint })
        if (other.status === 'up') await world.mount(other)
      }
      return ok()
    }, 'changes', within)
  }

  newFile(options: NewFileOptions): Promise<Result<undefined>> {
    const mountpoint = this.#world.mountpointOf(options.host)
    const path = relative(options.path, mountpoint)
    const { sizeBytes, seed, striped } = options
    const interleave = striped && { ...striped, bucketCount: striped.stripCount }
    const command = commands.creat(`${mountpoint}/${path}`, sizeBytes, seed, interleave)
    return this.#world.act(options.host, command, (host, operation) =>
      this.#world.task(host, `${host.name} fills ${path}`, async (call) => {
        const given = { path: `${mountpoint}/${path}`, sizeBytes, owner: NAMES.user, ...(seed === undefined ? {} : { seed }), ...(interleave ? { interleave } : {}) }
        // Buckets are taken by the host's own chance: what came of it is kept, and not how.
        if (interleave && operation) operation.outcome = 'partly'
        const made = await host.call('creat', given, call)
        const isUntouched = made.ok && !made.value.isNew && !seed
        if (isUntouched && operation) operation.outcome = 'nothing'
        else this.#world.dataChanged(host, path, made)
        if (!made.ok) return made
        const { node, isNew } = made.value
        const at = node.extents[0]?.offsetBytes ?? 0
        const old = seed ? sentences.rewritten(host.name, node.path) : sentences.existed(host.name, node.path)
        const sentence = isNew ? sentences.created(host.name, node.path, sizeBytes, at, node.entryIndex) : old
        this.#world.happened('create', host, sentence, command, this.#world.entryBytes(node.entryIndex))
        return ok()
      }),
    )
  }

  newDirectory(options: { host?: string; path: string; parents?: boolean }): Promise<Result<undefined>> {
    const mountpoint = this.#world.mountpointOf(options.host)
    const path = relative(options.path, mountpoint)
    const parents = options.parents ?? false
    const command = commands.mkdir(`${mountpoint}/${path}`, parents)
    return this.#world.act(options.host, command, async (host) => {
      const made = await host.call('mkdir', { path: `${mountpoint}/${path}`, parents, owner: NAMES.user })
      this.#world.touchDevice()
      if (!made.ok) return made
      this.#world.happened('mkdir', host, sentences.madeDirectory(host.name, path), command)
      return ok()
    })
  }

  dropFiles(hostName: string, files: File[], within?: Operation): Promise<Result<undefined>> {
    return this.#world.each(files, within, (file) => {
      const path = `${this.#world.mountpointOf(hostName)}/${file.name}`
      const command = commands.cp(file.name, path)
      return this.#world.act(hostName, command, (host, operation) =>
        this.#world.task(host, `${host.name} copies ${file.name} in`, async (call) => {
          const given = { path, blob: file, owner: NAMES.user }
          // Its source may be gone later: what it leaves is kept.
          if (operation) operation.outcome = 'partly'
          const copied = await host.copies.run(() => host.call('copyIn', given, call))
          this.#world.dataChanged(host, file.name, copied)
          if (!copied.ok) return copied
          const { node, isNew } = copied.value
          const sentence = isNew ? sentences.copied(host.name, file.name, file.size, node.entryIndex) : sentences.rewritten(host.name, file.name)
          this.#world.happened('copy', host, sentence, command, this.#world.entryBytes(node.entryIndex))
          return ok()
        }), 'changes', within)
    })
  }

  poke(options: { host: string; path: string; index: number; cell: CellKind; value: number | bigint }): Promise<Result<undefined>> {
    const mountpoint = this.#world.mountpointOf(options.host)
    const path = relative(options.path, mountpoint)
    const { index, cell, value } = options
    return this.#stores.run(() => this.#world.act(options.host, undefined, async (host) => {
      const { bytesOfCell } = await import('./cells.ts')
      const bytes = bytesOfCell(cell, value)
      if (!bytes.ok) return bytes
      const offsetBytes = index * bytes.value.length
      const poked = await host.call('poke', { path: `${mountpoint}/${path}`, offsetBytes, bytes: bytes.value, user: NAMES.user })
      this.#world.dataChanged(host, path, poked)
      if (!poked.ok) return poked
      const file = this.#fileOn(host.name, path)
      const at = file.ok ? placeOf(file.value, offsetBytes) : undefined
      const place = at === undefined ? undefined : { offsetBytes: at, lengthBytes: bytes.value.length }
      this.#world.happened('write', host, sentences.poked(host.name, path, cell, index, value), undefined, place)
      return ok()
    }))
  }

  edit({ host: hostName, offsetBytes, bytes }: { host: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer> }): Promise<Result<undefined>> {
    return this.#stores.run(() => this.#world.act(hostName, undefined, async (host) => {
      const stored = await host.call('store', { device: NAMES.device, offsetBytes, bytes })
      if (!stored.ok) return stored
      const extent = { offsetBytes, lengthBytes: bytes.length }
      this.#world.changed([extent])
      this.#world.happened('edit', host, sentences.edited(host.name, offsetBytes, bytes.length), undefined, extent)
      return ok()
    }))
  }

  stepTo(position: number): Promise<Result<undefined>> {
    return this.#world.exclusive(async () => {
      // Loaded only here: who never goes back needs none of it.
      const { travel } = await import('./travel.ts')
      return travel(this.#world, position)
    })
  }

  /** Resolves when everything that was done is recorded: what a shell's line changed is found a moment after it. */
  settled(): Promise<void> {
    return this.#world.history.settled()
  }

  // what every host does

  playLog(hostName: string): Promise<Result<undefined>> {
    const command = commands.logplay(this.#world.mountpointOf(hostName))
    return this.#world.act(hostName, command, (host, operation) =>
      this.#world.task(host, `${host.name} plays the log`, async (call) => {
        if (operation) operation.outcome = 'nothing'
        const played = await host.call('logplay', { path: host.mountpoint }, call)
        if (!played.ok) return played
        const { stopped, entriesPlayed } = played.value
        // What stopped it before it began is all there is to tell.
        if (!stopped || entriesPlayed > 0) this.#world.happened('logplay', host, sentences.played(host.name, played.value), command)
        this.#world.tellTroubles(host, played.value)
        return ok()
      }), 'plays')
  }

  sha256(hostName: string, path: string): Promise<Result<string>> {
    const mountpoint = this.#world.mountpointOf(hostName)
    const relpath = relative(path, mountpoint)
    const whole = `${mountpoint}/${relpath}`
    return this.#world.act(hostName, commands.sha256(whole), (host) =>
      this.#world.task(host, `${host.name} reads ${relpath}`, async (call) => {
        const hashed = await host.call('sha256', { path: whole, user: NAMES.user }, call)
        if (hashed.ok) this.#world.happened('read', host, sentences.hashed(host.name, relpath, hashed.value), commands.sha256(whole))
        return hashed
      }), 'reads')
  }

  // hosts

  addHost(): Promise<Result<string>> {
    return this.#world.exclusive(async () => {
      const taken = this.#world.roster.all().map((host) => host.name)
      if (taken.length >= HOSTS_MOST) return this.#world.refuse(fail('too_many_hosts', { limit: HOSTS_MOST }))
      const name = freeHostName(taken)
      const started = await this.#startHost(name)
      if (started.ok) this.#world.saver.mark([])
      return started.ok ? ok(name) : started
    })
  }

  removeHost(name: string): Promise<Result<undefined>> {
    return this.#world.exclusive(async (): Promise<Result<undefined>> => {
      const host = this.#world.roster.find(name)
      if (!host.ok) return this.#world.refuse(host)
      if (this.#world.roster.all().length === 1) return this.#world.refuse(fail('last_host'), name)
      return this.#world.operation(undefined, () => {
        this.#world.roster.remove(host.value)
        this.#world.history.did({ act: 'remove', host: name })
        this.#world.trace.add('host', sentences.hostRemoved(name), { host: name })
        this.#world.saver.mark([])
        this.#world.touch()
        return Promise.resolve(ok())
      })
    })
  }

  async killHost(name: string): Promise<Result<undefined>> {
    while (this.#world.history.isTravelling) await this.#world.history.arrival()
    const host = this.#world.roster.find(name)
    if (!host.ok) return this.#world.refuse(host)
    host.value.handle?.kill()
    return ok()
  }

  rebootHost(name: string): Promise<Result<undefined>> {
    return this.#world.exclusive(async () => {
      const found = this.#world.roster.find(name)
      if (!found.ok) return this.#world.refuse(found)
      const host = found.value
      return this.#world.operation(undefined, async () => {
        host.isRebooting = true
        host.handle?.kill('it was rebooted')
        host.isRebooting = false
        const started = await this.#world.roster.start(host, this.#world.device)
        if (!started.ok) return this.#world.refuse(started, name)
        this.#world.greet(host)
        if (this.#world.media.filesystem) await this.#world.mount(host)
        return ok()
      })
    })
  }

  cancelTask(id: number): void {
    this.#world.stopTask(id)
  }

  async openShell(hostName: string): Promise<Result<Shell>> {
    if (!this.#world.mayChange) return this.#world.refuse(fail('read_only_session'), hostName)
    // Loaded only here: a page without terminals needs none of it.
    const { openShell } = await import('./shells.ts')
    return openShell(this.#world, hostName)
  }

  // the image

  async save(): Promise<Result<undefined>> {
    if (!this.#world.saver.mayChange) return this.#world.refuse(fail('read_only_session'))
    const saved = await this.#world.saver.save()
    if (!saved.ok) this.#world.trace.fail(saved.failure, undefined)
    this.#world.touch()
    return saved
  }

  /** For a page that goes out of sight; the mark tells how it went. */
  saveIfMarked(): void {
    void this.#world.saver.save()
  }

  startOver(): Promise<Result<undefined>> {
    return this.#world.exclusive(async () => {
      const world = this.#world
      if (!world.mayChange) return world.refuse(fail('read_only_session'))
      const device = world.newDevice(DEVICE_BYTES, newUuid())
      if (!device.ok) return world.refuse(device)
      const ready = await world.mayBegin()
      if (!ready.ok) return ready
      return world.history.hold(() => this.#startOver(device.value))
    })
  }

  async #startOver(device: Daxdev): Promise<Result<undefined>> {
    const world = this.#world
    await world.endTasks('the session starts over')
    return world.operation(undefined, async (operation) => {
      const { uuid, sizeBytes } = device
      operation.replaces = true
      world.use(device)
      world.saver.replace()
      world.history.did({ act: 'device', uuid, sizeBytes })
      world.trace.add('page', sentences.startedOver())
      await world.prepare(() => this.#firstScene(operation))
      return ok()
    })
  }

  dispose(): Promise<void> {
    this.#world.dispose()
    return Promise.resolve()
  }

  async #start(): Promise<void> {
    const world = this.#world
    if (this.#ownership === 'other_tab') {
      world.saver.switchOff('read_only')
      world.trace.add('storage', sentences.readOnly())
    }
    const stored = await this.#store.open()
    if (!stored.ok) this.#cannotSave(stored.failure)
    const restored = stored.ok && stored.value !== undefined && (await this.#restore(stored.value))
    if (!restored) await this.#newScene()
    world.ready = true
    world.touchDevice()
  }

  async #newScene(): Promise<void> {
    const device = this.#world.newDevice(DEVICE_BYTES, newUuid())
    if (!device.ok) {
      this.#world.refuse(device)
      return
    }
    this.#world.use(device.value)
    this.#world.history.beginHere(true)
    await this.#firstScene()
  }

  /** @param within one operation for all of it; else each part is one of its own */
  #firstScene(within?: Operation): Promise<void> {
    return playFirstScene({
      startHost: (name) => this.#startHost(name, newUuid(), within),
      format: (options = {}) => (within ? this.#format(options, within) : this.#formatAlone(options)),
      dropFiles: (host, files) => this.dropFiles(host, files, within),
    })
  }

  /** A new host, mounted if there is something to mount. */
  #startHost(name: string, systemUuid = newUuid(), within?: Operation): Promise<Result<undefined>> {
    const start = async (): Promise<Result<undefined>> => {
      const added = await this.#world.roster.add(name, systemUuid, this.#world.device)
      if (!added.ok) return this.#world.refuse(added, name)
      this.#world.greet(added.value)
      if (this.#world.media.filesystem) await this.#world.mount(added.value)
      return ok()
    }
    return within ? start() : this.#world.operation(undefined, start)
  }

  async #restore(facts: ImageFacts): Promise<boolean> {
    const { sizeBytes, uuid } = facts.device
    const made = this.#world.newDevice(sizeBytes, uuid)
    if (!made.ok) {
      this.#cannotSave(made.failure)
      return false
    }
    const device = made.value
    const loaded = await this.#store.load(device.buffer)
    if (!loaded.ok) {
      this.#cannotSave(loaded.failure)
      return false
    }
    this.#world.use(device)
    const operation = this.#world.history.begin(undefined)
    try {
      for (const { name, systemUuid } of facts.hosts) await this.#startHost(name, systemUuid, operation)
    } finally {
      this.#world.history.drop(operation)
    }
    this.#world.history.beginHere(false)
    this.#world.trace.add('storage', sentences.restored(this.#world.media.files.length))
    if (this.#world.saver.mayChange) this.#world.saver.isStored()
    return true
  }

  #cannotSave(failure: Failure): void {
    // No storage at all is a state of affairs and no event: the mark says it.
    if (failure.reason !== 'no_storage') this.#world.trace.fail(failure, undefined)
    if (!this.#world.saver.mayChange) return
    this.#world.saver.switchOff('off', failure.reason === 'no_storage' ? undefined : `Not saved: ${failure.says}. ${failure.next}`, failure.reason === 'stored_image_damaged')
  }
}

/** Paths may be typed with or without the mount point. */
function relative(path: string, mountpoint: string): string {
  const inMount = path.startsWith(`${mountpoint}/`) ? path.slice(mountpoint.length) : path
  return inMount.replace(/^\/+/, '')
}
