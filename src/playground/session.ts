// One session, as the page sees it: the actions. Each is done by a host, and each can be done by keyboard, mouse or code
// alike; what they have in common, and what they leave behind, is the world's business.

import type { Reason } from '../core/base/failure.ts'
import { stumble } from '../core/base/mistake.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { ImageStore } from '../store/imageStore.ts'
import type { ImageFacts } from '../store/manifest.ts'
import type { Ownership } from '../store/ownership.ts'
import type { DeviceFacts } from './acts.ts'
import type { Engine } from './engine.ts'
import type { Operation } from './history.ts'
import { playFirstScene } from './firstScene.ts'
import { poisonOf } from './memoryFaults.ts'
import { mount, tellTroubles } from './mounting.ts'
import { DEVICE_BYTES, NAMES } from './names.ts'
import { OneByOne } from './oneByOne.ts'
import { mkfsGiven, readableOn, startHost } from './ours.ts'
import { peekDevice } from './peek.ts'
import { Pool } from './pool.ts'
import { commands, sentences } from './sentences.ts'
import { type CellKind, type EntryQuery, type FormatOptions, type NewFileOptions, type PeekSource, type Playground, type Shell, type Snapshot } from './types.ts'
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

  /** The stored image, or else the first scene. A mistake of ours on the way is shown, the page stays, and what is stored, too. */
  start(): Promise<void> {
    return this.#world.exclusive(() => this.#world.prepare(() => this.#start())).catch((error: unknown) => this.#cannotSave(stumble(error).failure))
  }

  subscribe(listener: () => void): () => void {
    return this.#world.subscribe(listener)
  }

  snapshot(): Snapshot {
    return this.#world.snapshot()
  }

  async peek(source: PeekSource, offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const { whole } = this.#world.reader
    if (source.kind === 'device') return peekDevice(whole, offsetBytes, lengthBytes)
    const file = await readableOn(this.#world, source.host, source.path)
    if (!file.ok) return file
    // One look is many of these: whoever looks says what is wrong, and says it once.
    const loaded = await arrived(filePeeks)
    return loaded.ok ? loaded.value.peekFile(whole, file.value, offsetBytes, lengthBytes) : loaded
  }

  async search({ fromBytes, endBytes, bytes, signal }: { fromBytes: number; endBytes?: number; bytes: Uint8Array<ArrayBuffer>; signal?: AbortSignal }): Promise<Result<number | undefined>> {
    const loaded = await arrived(() => import('./search.ts'))
    return loaded.ok ? ok(await loaded.value.findBytes(this.#world.reader.whole, bytes, { fromBytes, endBytes, signal })) : loaded
  }

  async findEntries(query: EntryQuery): Promise<number[]> {
    const { findEntries } = await import('./search.ts')
    return findEntries(this.#world.reader.memory, this.#world.media, query)
  }

  async takeFile(hostName: string, path: string): Promise<Result<Blob>> {
    const { whole } = this.#world.reader
    const file = await readableOn(this.#world, hostName, path)
    if (!file.ok) return file
    const loaded = await arrived(() => import('./takeFile.ts'))
    return loaded.ok ? loaded.value.fileBlob(whole, file.value) : loaded
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
      const { devices } = world.pool
      const { deviceBytes = devices[0]?.sizeBytes ?? DEVICE_BYTES, deviceCount = devices.length } = options
      const isSame = devices.length === deviceCount && devices.every(({ sizeBytes }) => sizeBytes === deviceBytes)
      if (isSame) return world.operation(undefined, (operation) => this.#format(options, operation))
      return this.#late(() => import('./anotherDevice.ts'), ({ formatAnother }) => formatAnother(world, { deviceBytes, deviceCount }, options))
    })
  }

  #format(options: FormatOptions, within: Operation): Promise<Result<undefined>> {
    const world = this.#world
    return world.act(options.host, commands.mkfs(options), async (host) => {
      const was = host.mount
      const unmounted = was ? await host.call('umount', { mountpoint: was.mountpoint }) : ok()
      if (!unmounted.ok) return unmounted
      // Formatting makes zeros of it.
      const poisoned = world.pool.devices.flatMap(poisonOf)
      const made = await host.call('mkfs', mkfsGiven(world.pool, host.name, options))
      world.mark(poisoned)
      if (!made.ok) {
        if (was) await mount(world, host, host.mountedAs)
        return made
      }
      world.formatted(host, options)
      for (const other of world.roster.all()) {
        if (other !== host && other.mount) await other.call('umount', { mountpoint: other.mountpoint })
        if (other.status === 'up') await mount(world, other)
      }
      return ok()
    }, 'changes', within)
  }

  newFile(options: NewFileOptions): Promise<Result<undefined>> {
    return this.#late(deeds, ({ newFile }) => newFile(this.#world, options))
  }

  newDirectory(options: { host?: string; path: string; parents?: boolean }): Promise<Result<undefined>> {
    return this.#late(deeds, ({ newDirectory }) => newDirectory(this.#world, options))
  }

  poke(options: { host: string; path: string; index: number; cell: CellKind; value: number | bigint }): Promise<Result<undefined>> {
    return this.#stores.run(() => this.#late(deeds, ({ poke }) => poke(this.#world, options)))
  }

  edit(options: { host: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer> }): Promise<Result<undefined>> {
    return this.#stores.run(() => this.#late(deeds, ({ edit }) => edit(this.#world, options)))
  }

  poison(devindex: number, offsetBytes: number, lengthBytes: number): Promise<Result<undefined>> {
    return this.#late(memoryDeeds, ({ poison }) => poison(this.#world, devindex, offsetBytes, lengthBytes))
  }

  stopDevice(devindex: number): Promise<Result<undefined>> {
    return this.#late(memoryDeeds, ({ stopDevice }) => stopDevice(this.#world, devindex))
  }

  startDevice(devindex: number): Promise<Result<undefined>> {
    return this.#late(memoryDeeds, ({ startDevice }) => startDevice(this.#world, devindex))
  }

  reconfigureDevice(devindex: number): Promise<Result<undefined>> {
    return this.#late(memoryDeeds, ({ reconfigureDevice }) => reconfigureDevice(this.#world, devindex))
  }

  clearPoison(devindex: number): Promise<Result<undefined>> {
    return this.#late(memoryDeeds, ({ clearPoisonOf }) => clearPoisonOf(this.#world, devindex))
  }

  dropFiles(hostName: string, files: File[], within?: Operation): Promise<Result<undefined>> {
    return this.#world.each(files, within, (file) => {
      const path = `${this.#world.mountpointOf(hostName)}/${file.name}`
      const command = commands.cp(file.name, path)
      return this.#world.act(hostName, command, (host, operation) =>
        this.#world.tasks.run(host.name, `${host.name} copies ${file.name} in`, async (call) => {
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

  stepTo(position: number): Promise<Result<undefined>> {
    // Loaded only here: who never goes back needs none of it.
    return this.#world.exclusive(() => this.#late(() => import('./travel.ts'), ({ travel }) => travel(this.#world, position)))
  }

  /** Resolves when everything that was done is recorded: what a shell's line changed is found a moment after it. */
  settled(): Promise<void> {
    return this.#world.history.settled()
  }

  // what every host does

  playLog(hostName: string): Promise<Result<undefined>> {
    const command = commands.logplay(this.#world.mountpointOf(hostName))
    return this.#world.act(hostName, command, (host, operation) =>
      this.#world.tasks.run(host.name, `${host.name} plays the log`, async (call) => {
        if (operation) operation.outcome = 'nothing'
        const played = await host.call('logplay', { path: host.mountpoint }, call)
        if (!played.ok) return played
        const { stopped, entriesPlayed } = played.value
        // What stopped it before it began is all there is to tell.
        if (!stopped || entriesPlayed > 0) this.#world.happened('logplay', host, sentences.played(host.name, played.value), command)
        tellTroubles(this.#world, host, played.value)
        return ok()
      }), 'plays')
  }

  sha256(hostName: string, path: string): Promise<Result<string>> {
    return this.#late(deeds, ({ sha256 }) => sha256(this.#world, hostName, path))
  }

  // hosts

  addHost(): Promise<Result<string>> {
    return this.#inTurn(({ addHost }) => addHost(this.#world))
  }

  removeHost(name: string): Promise<Result<undefined>> {
    return this.#inTurn(({ removeHost }) => removeHost(this.#world, name))
  }

  killHost(name: string): Promise<Result<undefined>> {
    return this.#late(hostDeeds, ({ killHost }) => killHost(this.#world, name))
  }

  rebootHost(name: string): Promise<Result<undefined>> {
    return this.#inTurn(({ rebootHost }) => rebootHost(this.#world, name))
  }

  detachDevice(host: string, devindex: number): Promise<Result<undefined>> {
    return this.#inTurn(({ detachDevice }) => detachDevice(this.#world, host, devindex))
  }

  attachDevice(host: string, devindex: number): Promise<Result<undefined>> {
    return this.#inTurn(({ attachDevice }) => attachDevice(this.#world, host, devindex))
  }

  cancelTask(id: number): void {
    this.#world.tasks.stop(id)
  }

  async openShell(hostName: string): Promise<Result<Shell>> {
    if (!this.#world.mayChange) return this.#world.refuse(fail('read_only_session'), hostName)
    // Loaded only here: a page without terminals needs none of it.
    return this.#late(() => import('./shells.ts'), async ({ openShell }) => openShell(this.#world, hostName))
  }

  // the image

  async save(): Promise<Result<undefined>> {
    if (!this.#world.saver.mayChange) return this.#world.refuse(fail('read_only_session'))
    // What is on its way to its first state is no image yet.
    if (!this.#world.ready) await this.#world.exclusive(() => Promise.resolve())
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
      const pool = world.newPool(oneDevice())
      if (!pool.ok) return world.refuse(pool)
      const ready = await world.mayBegin()
      if (!ready.ok) return ready
      return world.history.hold(() => this.#startOver(pool.value))
    })
  }

  async #startOver(pool: Pool): Promise<Result<undefined>> {
    const world = this.#world
    await world.endTasks('the session starts over')
    return world.operation(undefined, async (operation) => {
      operation.replaces = true
      world.use(pool)
      world.saver.replace()
      world.history.did({ act: 'devices', devices: pool.facts })
      world.trace.add('page', sentences.startedOver())
      await world.prepare(() => this.#firstScene(operation))
      return ok()
    })
  }

  dispose(): Promise<void> {
    return this.#world.dispose()
  }

  /** Hosts come and go in the order in which it was asked for, whatever has to be loaded first. */
  #inTurn<T>(deed: (loaded: typeof import('./hostDeeds.ts')) => Promise<Result<T>>): Promise<Result<T>> {
    return this.#world.exclusive(() => this.#late(hostDeeds, deed))
  }

  /** What isn't needed for the first picture comes when it is first asked for. */
  async #late<M, T>(load: () => Promise<M>, deed: (loaded: M) => Promise<Result<T>>): Promise<Result<T>> {
    const loaded = await arrived(load)
    return loaded.ok ? deed(loaded.value) : this.#world.refuse(loaded)
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
    world.saver.begin()
    // While the person looks, what they may do next is fetched; where that fails, it is tried again when it is asked for.
    void Promise.all([deeds(), hostDeeds(), filePeeks()]).catch(() => undefined)
  }

  async #newScene(): Promise<void> {
    const pool = this.#world.newPool(oneDevice())
    if (!pool.ok) {
      this.#cannotSave(pool.failure)
      return
    }
    this.#world.use(pool.value)
    this.#world.history.beginHere(true)
    await this.#firstScene()
  }

  /** @param within one operation for all of it; else each part is one of its own */
  #firstScene(within?: Operation): Promise<void> {
    return playFirstScene({
      startHost: (name) => (within ? startHost(this.#world, name) : this.#world.operation(undefined, () => startHost(this.#world, name))),
      format: (options = {}) => (within ? this.#format(options, within) : this.#formatAlone(options)),
      dropFiles: (host, files) => this.dropFiles(host, files, within),
    })
  }

  async #restore(facts: ImageFacts): Promise<boolean> {
    try {
      // Loaded only here: there may be nothing to bring back.
      const { restore } = await import('./restore.ts')
      const restored = await restore(this.#world, this.#store, facts)
      if (!restored.ok) this.#cannotSave(restored.failure)
      return restored.ok
    } catch (error) {
      this.#cannotSave(stumble(error).failure)
      return false
    }
  }

  /** What is stored stays as it is. Where a reload won't bring it back either, another device may replace it. */
  #cannotSave({ reason, says, next: usual, ...rest }: Failure): void {
    const { saver } = this.#world
    const isDamaged = reason === 'stored_image_damaged' || reason === 'page_failed'
    const next = NEXT_TO_STORED.get(reason) ?? usual
    // No storage at all is a state of affairs and no event: the mark says it.
    if (reason !== 'no_storage') this.#world.refuse({ ok: false, failure: { ...rest, reason, says, next } })
    // What stopped it first is the reason.
    if (!saver.mayChange || saver.view.state === 'off') return
    saver.switchOff('off', reason === 'no_storage' ? undefined : `Not saved: ${says}. ${next}`, isDamaged)
  }
}

/** What to do where nothing could be brought back, if it is other than elsewhere. */
const NEXT_TO_STORED: ReadonlyMap<Reason, string> = new Map([
  ['storage_failed', 'Reload to look for it again. What is stored is untouched.'],
  ['not_fetched', 'Reload when the network answers. What is stored is untouched.'],
  ['page_failed', 'Reload, and tell us what you did. What is stored is untouched; start over to replace it.'],
])

/** Code that is loaded late. */
async function arrived<M>(load: () => Promise<M>): Promise<Result<M, 'not_fetched' | 'page_failed'>> {
  try {
    return ok(await load())
  } catch (error) {
    return stumble(error)
  }
}

function oneDevice(): DeviceFacts[] {
  return [{ uuid: newUuid(), sizeBytes: DEVICE_BYTES }]
}

const deeds = (): Promise<typeof import('./deeds.ts')> => import('./deeds.ts')
const hostDeeds = (): Promise<typeof import('./hostDeeds.ts')> => import('./hostDeeds.ts')
const memoryDeeds = (): Promise<typeof import('./memoryDeeds.ts')> => import('./memoryDeeds.ts')
const filePeeks = (): Promise<typeof import('./peekFile.ts')> => import('./peekFile.ts')
