// A stored image is what its manifest says, and nothing else: chunks are written under keys of a new generation, the
// manifest with the last of them, then what it no longer names is deleted. Killed anywhere, the old image or the new one is
// there, whole. Only chunks that may have been written are looked at, and between a few of them the page has a turn.

import { createStore, del, delMany, get, keys, promisifyRequest, setMany, type UseStore } from 'idb-keyval'
import { GIB, MIB } from '../core/base/align.ts'
import { toPlain } from '../core/base/plain.ts'
import { fail, ok, type Failure, type Result } from '../core/base/result.ts'

export const CHUNK_BYTES = 2 * MIB
/** Chunks in one transaction: more is no faster, and a failed one loses less. */
const BATCH_CHUNKS = 8
/** So many are looked at in one go: a few milliseconds' worth. */
export const PIECE_CHUNKS = 4
const MANIFEST_KEY = 'manifest'
const FORMAT = 1
/** More than any session has. */
const DEVICES_MOST = 64
const POISON_RANGES_MOST = 256
/** More than any browser gives one buffer. */
const DEVICE_MOST_BYTES = 16 * GIB

/** What is kept beside the bytes: enough to start the same hosts on the same device again. */
export interface ImageFacts {
  /** All of the memory, by its first device. */
  device: { name: string; uuid: string; sizeBytes: number }
  /** Its parts, one behind the other, and what the hardware says of them; left out where it is one, and sound. */
  devices?: StoredDevice[]
  /** `lacks`: devices that a host is started without, by their place. `mount`: what makes the mount again that it had last; who mounts knows what is in it. */
  hosts: { name: string; systemUuid: string; lacks?: number[]; mount?: object }[]
}

interface StoredDevice {
  uuid: string
  sizeBytes: number
  poison: { offsetBytes: number; lengthBytes: number }[]
  isStopped: boolean
}

interface Manifest extends ImageFacts {
  format: typeof FORMAT
  generation: number
  /** [chunk index, generation that it was written in]; a chunk that isn't listed is all zeros. */
  chunks: [number, number][]
}

export type StoreReason = 'no_storage' | 'storage_failed' | 'storage_full' | 'stored_image_damaged'

export class ImageStore {
  readonly #db: UseStore
  readonly #owned: boolean
  #manifest: Manifest | undefined

  /** @param owned nobody else writes here: only then is what no manifest names nobody's */
  constructor(name = 'famfs-playground', owned = true) {
    this.#db = createStore(name, 'image')
    this.#owned = owned
  }

  /** What is stored, without its bytes. Undefined where nothing is. */
  async open(): Promise<Result<ImageFacts | undefined, StoreReason>> {
    return attempt(async () => {
      const stored = await get<unknown>(MANIFEST_KEY, this.#db)
      if (stored === undefined) return ok(undefined)
      if (!isManifest(stored)) return fail('stored_image_damaged', { what: 'its manifest is of another make' })
      this.#manifest = stored
      const { device, devices, hosts } = stored
      return ok({ device, ...(devices ? { devices } : {}), hosts })
    })
  }

  /** Copies the stored chunks into a device that is all zeros. Call after open(). */
  async load(buffer: SharedArrayBuffer | ArrayBuffer): Promise<Result<undefined, StoreReason>> {
    if (!this.#manifest) return fail('stored_image_damaged', { what: 'there is no manifest' })
    return attempt(async () => {
      const loaded = await this.#loadAtOnce(new Uint8Array(buffer))
      if (loaded.ok && this.#owned) await this.#deleteUnnamed(loaded.value)
      return loaded.ok ? ok() : loaded
    })
  }

  /** Manifest and chunks in one transaction: another tab's save comes before or after it, never between. */
  #loadAtOnce(target: Uint8Array): Promise<Result<Manifest, StoreReason>> {
    return this.#db('readonly', async (store) => {
      const manifest = await promisifyRequest<unknown>(store.get(MANIFEST_KEY))
      if (!isManifest(manifest) || manifest.device.sizeBytes !== target.length) return fail('stored_image_damaged', { what: 'its manifest is not the one that was opened' })
      this.#manifest = manifest
      for (let at = 0; at < manifest.chunks.length; at += BATCH_CHUNKS) {
        const batch = manifest.chunks.slice(at, at + BATCH_CHUNKS)
        const found = await Promise.all(batch.map((chunk) => promisifyRequest<unknown>(store.get(chunkKey(chunk)))))
        for (const [i, [index]] of batch.entries()) {
          const bytes = found[i]
          const lengthBytes = Math.min(CHUNK_BYTES, target.length - index * CHUNK_BYTES)
          if (!(bytes instanceof Uint8Array) || bytes.length !== lengthBytes) {
            return fail('stored_image_damaged', { what: `chunk ${index} is missing or of the wrong length` })
          }
          target.set(bytes, index * CHUNK_BYTES)
        }
      }
      return ok(manifest)
    })
  }

  /**
   * @param dirty indices of the chunks that may have changed since the last save
   * @param whole for another device: all chunks that aren't dirty are zeros
   * @param turn resolves when the page had one
   */
  async save(
    facts: ImageFacts,
    buffer: SharedArrayBuffer | ArrayBuffer,
    dirty: Iterable<number>,
    whole = false,
    turn: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Result<undefined, StoreReason>> {
    const before = this.#manifest
    const generation = (before?.generation ?? 0) + 1
    const chunks = new Map(whole ? [] : before?.chunks)
    const device = new Uint8Array(buffer)
    const written: [number, number][] = []
    const saved = await attempt(async () => {
      let batch: [string, Uint8Array<ArrayBuffer>][] = []
      let left = PIECE_CHUNKS
      // Ascending: a log header is copied before the entries that it counts, so none is missing.
      for (const index of [...dirty].sort((a, b) => a - b)) {
        if (left-- === 0) {
          left = PIECE_CHUNKS - 1
          await turn()
        }
        const bytes = device.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
        chunks.delete(index)
        if (isZero(bytes)) continue
        if (batch.length === BATCH_CHUNKS) {
          await setMany(batch, this.#db)
          batch = []
        }
        chunks.set(index, generation)
        written.push([index, generation])
        // A slice of its own even where the device isn't shared: the copy is what is stored.
        batch.push([chunkKey([index, generation]), toPlain(bytes).slice()])
      }
      const manifest: Manifest = { format: FORMAT, generation, ...facts, chunks: [...chunks] }
      await this.#putAtOnce([...batch, [MANIFEST_KEY, manifest]])
      this.#manifest = manifest
      return ok()
    })
    if (!saved.ok) await attempt(async () => ok(await delMany(written.map(chunkKey), this.#db)))
    else if (before) await attempt(async () => ok(await delMany(before.chunks.filter(([index, of]) => chunks.get(index) !== of).map(chunkKey), this.#db)))
    return saved
  }

  /** Asked for to the last word before anyone has a turn: a page that goes away needn't wait for it. */
  #putAtOnce(entries: readonly [string, unknown][]): Promise<void> {
    return this.#db('readwrite', (store) => {
      for (const [key, value] of entries) store.put(value, key)
      store.transaction.commit()
      return promisifyRequest(store.transaction)
    })
  }

  /** Forgets the stored image. */
  async clear(): Promise<Result<undefined, StoreReason>> {
    return attempt(async () => {
      await del(MANIFEST_KEY, this.#db)
      this.#manifest = undefined
      await delMany(await keys(this.#db), this.#db)
      return ok()
    })
  }

  /** What a save that was killed left behind. */
  async #deleteUnnamed(manifest: Manifest): Promise<void> {
    const named = new Set<IDBValidKey>([MANIFEST_KEY, ...manifest.chunks.map(chunkKey)])
    const unnamed = (await keys(this.#db)).filter((key) => !named.has(key))
    if (unnamed.length > 0) await delMany(unnamed, this.#db)
  }
}

/** Runs storage work; what the browser throws there is trouble that can be expected. */
async function attempt<T>(work: () => Promise<Result<T, StoreReason>>): Promise<Result<T, StoreReason>> {
  try {
    return await work()
  } catch (error) {
    return { ok: false, failure: storageFailure(error) }
  }
}

function storageFailure(error: unknown): Failure<StoreReason> {
  if (typeof indexedDB === 'undefined') return fail('no_storage').failure
  const name = error instanceof Error ? error.name : ''
  if (name === 'QuotaExceededError') return fail('storage_full').failure
  return fail('storage_failed', { what: error instanceof Error ? error.message : String(error) }).failure
}

function chunkKey([index, generation]: [number, number]): string {
  return `chunk ${index} of ${generation}`
}

function isZero(bytes: Uint8Array): boolean {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4))
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false
  return bytes.subarray(words.length * 4).every((byte) => byte === 0)
}

function isManifest(stored: unknown): stored is Manifest {
  const manifest = stored as Partial<Manifest> | null
  if (manifest?.format !== FORMAT || !isWhole(manifest.generation)) return false
  const { device, devices, hosts, chunks } = manifest
  const sizeBytes = device?.sizeBytes
  if (!isWhole(sizeBytes) || sizeBytes === 0 || sizeBytes > DEVICE_MOST_BYTES || !isText(device?.name) || !isText(device?.uuid)) return false
  const chunkCount = Math.ceil(sizeBytes / CHUNK_BYTES)
  if (!Array.isArray(chunks) || !chunks.every((chunk) => Array.isArray(chunk) && isWhole(chunk[0]) && chunk[0] < chunkCount && isWhole(chunk[1]))) return false
  if (devices !== undefined && !isDevices(devices, sizeBytes)) return false
  return Array.isArray(hosts) && hosts.every((host) => isText(host?.name) && isText(host.systemUuid) && (host.lacks === undefined || (Array.isArray(host.lacks) && host.lacks.every(isWhole))))
}

/** They are all of the memory, and what is poisoned is on them. */
function isDevices(devices: unknown, sizeBytes: number): devices is StoredDevice[] {
  if (!Array.isArray(devices) || devices.length === 0 || devices.length > DEVICES_MOST) return false
  const list = devices as Partial<StoredDevice | null>[]
  const sum = list.reduce((bytes, device) => bytes + (isWhole(device?.sizeBytes) ? device.sizeBytes : Number.NaN), 0)
  return sum === sizeBytes && list.every((device) => isText(device?.uuid) && typeof device.isStopped === 'boolean' && isWhole(device.sizeBytes) && device.sizeBytes % 8 === 0 && isPoison(device.poison, device.sizeBytes))
}

function isPoison(ranges: unknown, sizeBytes: number): boolean {
  if (!Array.isArray(ranges) || ranges.length > POISON_RANGES_MOST) return false
  const list = ranges as Partial<StoredDevice['poison'][number] | null>[]
  return list.every((range) => isWhole(range?.offsetBytes) && isWhole(range.lengthBytes) && range.lengthBytes > 0 && range.offsetBytes + range.lengthBytes <= sizeBytes)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
