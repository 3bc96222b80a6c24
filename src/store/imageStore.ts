// A stored image is what its manifest says, and nothing else: chunks are written under keys of a new generation, the
// manifest with the last of them, then what it no longer names is deleted. Killed anywhere, the old image or the new one is
// there, whole. Only chunks that may have been written are looked at, and between a few of them the page has a turn.

import { createStore, del, delMany, get, keys, promisifyRequest, setMany, type UseStore } from 'idb-keyval'
import { stumble } from '../core/base/mistake.ts'
import { toPlain } from '../core/base/plain.ts'
import { fail, ok, type Failure, type Result } from '../core/base/result.ts'
import { CHUNK_BYTES, FORMAT } from './chunks.ts'
import type { ImageFacts, Manifest } from './manifest.ts'

/** Chunks in one transaction: more is no faster, and a failed one loses less. */
const BATCH_CHUNKS = 8
/** So many are looked at in one go: a few milliseconds' worth. */
export const PIECE_CHUNKS = 4
const MANIFEST_KEY = 'manifest'

export type StoreReason = 'no_storage' | 'storage_failed' | 'storage_full' | 'stored_image_damaged' | 'not_fetched' | 'page_failed'

export class ImageStore {
  readonly #db: UseStore
  readonly #owned: boolean
  #manifest: Manifest | undefined
  /** Comes where something is stored. */
  #isManifest: ((stored: unknown) => stored is Manifest) | undefined

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
      const judged = await this.#judge(stored)
      if (judged) return judged
      const { device, devices, hosts } = this.#manifest as Manifest
      return ok({ device, ...(devices ? { devices } : {}), hosts })
    })
  }

  /** Keeps the manifest if it is one. What can't be judged is left alone. */
  async #judge(stored: unknown): Promise<{ ok: false; failure: Failure<StoreReason> } | undefined> {
    try {
      this.#isManifest = (await import('./manifest.ts')).isManifest
    } catch (error) {
      return stumble(error)
    }
    if (!this.#isManifest(stored)) return fail('stored_image_damaged', { what: 'its manifest is of another make' })
    this.#manifest = stored
    return undefined
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
      if (!this.#isManifest?.(manifest) || manifest.device.sizeBytes !== target.length) return fail('stored_image_damaged', { what: 'its manifest is not the one that was opened' })
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
