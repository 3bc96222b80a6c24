// A cache of mappings that is filled as files are touched: a miss asks the server, the server may push mappings or take
// them back, and each change moves the file's validity cookie. Who resolved under an older cookie must resolve again before
// a byte is stored. The cookie is kept by this cache, or by the server in memory that both see: then a change needs no
// message, and whatever is held of that file is void. Each mapping lies on devices that are known, behind superblock and log,
// and no two that are held contradict each other; of what was dropped nothing is remembered, so that with a cache smaller
// than a file's mappings a server may say of those what it likes.

import { errnos } from '../../base/errno.ts'
import { failLate } from '../../base/late.ts'
import { fail, type Failure, ok } from '../../base/result.ts'
import { type Answer, BEFORE, DEVINDEX, inside, LENGTH, OFFSET, type Resolver } from '../../fmap/resolve.ts'
import { cookieIn } from '../../fuse/iomapCookies.ts'
import { decodeIomapEntries, decodeIomapInval, encodeIomapBegin, type IomapEntries } from '../../fuse/iomapMessages.ts'
import type { DaemonLink, Notice } from '../../fuse/wire.ts'
import type { FileAsk, MapReason, MapWay, WayContext, WayMaker } from '../way.ts'
import { type CachedFile, IomapCache } from './iomapCache.ts'
import { troubleOfEntries } from './iomapChecks.ts'
import { NONE } from './iomapOrder.ts'
import { ask as askDaemon } from './pull.ts'

interface IomapOptions {
  /** For mappings of all files. */
  cacheCapBytes?: number
  /** Windows of so many bytes: a miss asks for all that follows in its own, as a page fault looks around. */
  aheadBytes?: number
  /** Where the server keeps the cookies; the kernel keeps them where this is missing. */
  cookies?: Int32Array | undefined
}

const IOMAP_CACHE_BYTES = 1024 * 1024
export const AHEAD_BYTES = 64 * 1024
/** Answers that a change overtook, before the file is given up. */
const TRIES_MOST = 8

export function iomapWay(link: DaemonLink, { cacheCapBytes = IOMAP_CACHE_BYTES, aheadBytes = AHEAD_BYTES, cookies }: IomapOptions = {}): WayMaker {
  const kernel = cookies ? 'fuse-iomap-shared' : 'fuse-iomap'
  return {
    kernel,
    make(context: WayContext): MapWay {
      const maps = new IomapMaps(link, context, new IomapCache(cacheCapBytes), aheadBytes, cookies)
      link.hear((notice, node, bytes) => maps.hear(notice, node, bytes))
      return {
        kernel,
        open: (ask) => ok(new IomapResolver(maps, ask)),
        forget: (node) => maps.forget(node),
        residentBytes: () => maps.residentBytes,
      }
    },
  }
}

interface IomapFile extends CachedFile {
  readonly ask: FileAsk
  /** Under which all that is held of it was told. */
  cookie: number
  /** The kernel let go of it: notices don't find it any more, so that nothing may be held of it. */
  isForgotten: boolean
}

class IomapMaps {
  readonly cache: IomapCache
  readonly #link: DaemonLink
  readonly #context: WayContext
  readonly #aheadBytes: number
  readonly #cookies: Int32Array | undefined
  readonly #files = new Map<number, IomapFile>()
  /** No notice comes any more. */
  #isCutOff = false
  /** What went wrong in the last `ask`. */
  trouble: Failure<MapReason> | undefined

  constructor(link: DaemonLink, context: WayContext, cache: IomapCache, aheadBytes: number, cookies: Int32Array | undefined) {
    this.#link = link
    this.#context = context
    this.cache = cache
    this.#aheadBytes = aheadBytes
    this.#cookies = cookies
  }

  get residentBytes(): number {
    return this.cache.residentBytes
  }

  file(ask: FileAsk): IomapFile {
    const there = this.#files.get(ask.node)
    if (there && there.ask.sizeBytes === ask.sizeBytes) return there
    this.forget(ask.node)
    const cookie = this.#cookies ? cookieIn(this.#cookies, ask.node) : 0
    const file: IomapFile = { ask, byOffset: NONE, byPlace: NONE, count: 0, cookie, isForgotten: false }
    this.#files.set(ask.node, file)
    return file
  }

  forget(node: number): void {
    const file = this.#files.get(node)
    if (!file) return
    this.cache.clear(file)
    file.isForgotten = true
    this.#files.delete(node)
  }

  /** Takes in what the server told, by notice or by cookie, before anything that is held is relied on. */
  refresh(file: IomapFile): void {
    this.#link.poll()
    if (this.#link.failed !== undefined) return this.#cutOff()
    if (!this.#cookies) return
    const cookie = cookieIn(this.#cookies, file.ask.node)
    if (cookie === file.cookie) return
    this.cache.clear(file)
    file.cookie = cookie
  }

  /** What is held could be taken back, and nobody would hear of it: nothing is, from now on. */
  #cutOff(): void {
    if (this.#isCutOff) return
    this.#isCutOff = true
    for (const file of this.#files.values()) {
      this.cache.clear(file)
      file.cookie++
    }
  }

  /** @returns the slot of the mapping that holds the byte; NONE where `trouble` says why */
  ask(file: IomapFile, fileOffsetBytes: number): number {
    const { ask } = file
    const { path, sizeBytes } = ask
    const lengthBytes = Math.min(this.#aheadEnd(fileOffsetBytes), sizeBytes) - fileOffsetBytes
    for (let tries = 0; tries < TRIES_MOST; tries++) {
      const { cookie } = file
      const answered = askDaemon(this.#link, 'IOMAP_BEGIN', ask, encodeIomapBegin({ fileOffsetBytes, lengthBytes, cookie }))
      if (!answered.ok) return this.#failed(answered.failure)
      const entries = decodeIomapEntries(answered.value)
      if (!entries) return this.#failed(badMap(path, `mappings in ${answered.value.length} bytes`))
      const trouble = troubleOfEntries(this.#context, ask, entries, this.#link)
      if (trouble) return this.#failed(trouble)
      // What it answered may be from before a change that is known meanwhile.
      this.refresh(file)
      if (file.isForgotten) return this.#failed(daemonFailed(path, 'it let go of the file while it was asked'))
      if (file.cookie === cookie && areOf(entries, cookie)) return this.#take(file, entries, fileOffsetBytes)
    }
    return this.#failed(daemonFailed(path, `${TRIES_MOST} answers in a row that were outdated when they came`))
  }

  /** To the end of the window that a byte is in. */
  #aheadEnd(fileOffsetBytes: number): number {
    const windowBytes = Math.max(this.#aheadBytes, 1)
    return (Math.floor(fileOffsetBytes / windowBytes) + 1) * windowBytes
  }

  /** @returns 0, or a positive errno: then nothing is held of the file, since something did change */
  hear(notice: Notice, node: number, bytes: Uint8Array): number {
    const file = this.#files.get(node)
    if (!file) return errnos.ENOENT[0]
    if (!this.#cookies) file.cookie++
    else this.#refreshByCookie(file, this.#cookies)
    const errno = notice === 'UPSERT' ? this.#upsert(file, bytes) : notice === 'INVAL' ? this.#inval(file, bytes) : errnos.ENOSYS[0]
    if (errno !== 0) this.cache.clear(file)
    return errno
  }

  #refreshByCookie(file: IomapFile, cookies: Int32Array): void {
    const cookie = cookieIn(cookies, file.ask.node)
    if (cookie !== file.cookie) this.cache.clear(file)
    file.cookie = cookie
  }

  #inval(file: IomapFile, bytes: Uint8Array): number {
    const range = decodeIomapInval(bytes)
    if (!range) return errnos.EINVAL[0]
    this.cache.removeRange(file, range.fileOffsetBytes, range.lengthBytes)
    return 0
  }

  /** What is pushed is newer than whatever is held in its way. A device that isn't known yet is asked for on a miss. */
  #upsert(file: IomapFile, bytes: Uint8Array): number {
    const entries = decodeIomapEntries(bytes)
    if (!entries || troubleOfEntries(this.#context, file.ask, entries, undefined)) return errnos.EINVAL[0]
    if (this.#cookies && !areOf(entries, file.cookie)) return errnos.ESTALE[0]
    const { cache } = this
    for (let i = 0; i < entries.count; i++) cache.removeRange(file, entries.fileOffsets[i] as number, entries.lengths[i] as number)
    for (let i = 0; i < entries.count; i++) {
      for (let slot = this.#inPlaceOf(file, entries, i); slot !== NONE; slot = this.#inPlaceOf(file, entries, i)) cache.remove(slot)
      this.#add(file, entries, i)
    }
    return 0
  }

  /**
   * What is held is said again, or the answer isn't taken; with what was dropped nothing can be compared. The mapping that
   * was asked for is added last, so that no other one of the answer pushes it out.
   */
  #take(file: IomapFile, entries: IomapEntries, fileOffsetBytes: number): number {
    const { cache } = this
    let asked = -1
    for (let i = 0; i < entries.count; i++) {
      const startBytes = entries.fileOffsets[i] as number
      const lengthBytes = entries.lengths[i] as number
      if (startBytes <= fileOffsetBytes && fileOffsetBytes < startBytes + lengthBytes) asked = i
      const known = cache.overlapping(file, startBytes, lengthBytes)
      if (known !== this.#inPlaceOf(file, entries, i) || (known !== NONE && !this.#isSame(known, entries, i))) {
        return this.#failed(daemonFailed(file.ask.path, `mappings at byte ${startBytes} that contradict each other under one cookie`))
      }
    }
    if (asked < 0) return this.#failed(badMap(file.ask.path, `no mapping of byte ${fileOffsetBytes}`))
    for (let i = entries.count - 1; i >= 0; i--) if (i !== asked) this.#addNew(file, entries, i)
    return this.#addNew(file, entries, asked)
  }

  #addNew(file: IomapFile, entries: IomapEntries, i: number): number {
    const known = this.cache.find(file, entries.fileOffsets[i] as number)
    return known === NONE ? this.#add(file, entries, i) : known
  }

  #add(file: IomapFile, entries: IomapEntries, i: number): number {
    const { fileOffsets, lengths, devindices, offsets } = entries
    return this.cache.add(file, fileOffsets[i] as number, lengths[i] as number, devindices[i] as number, offsets[i] as number)
  }

  #inPlaceOf(file: IomapFile, { devindices, offsets, lengths }: IomapEntries, i: number): number {
    return this.cache.overlappingPlace(file, devindices[i] as number, offsets[i] as number, lengths[i] as number)
  }

  #isSame(slot: number, { fileOffsets, lengths, offsets, devindices }: IomapEntries, i: number): boolean {
    const { cache } = this
    return cache.startOf(slot) === fileOffsets[i] && cache.lengthOf(slot) === lengths[i] && cache.offsetOf(slot) === offsets[i] && cache.devindexOf(slot) === devindices[i]
  }

  #failed(failure: Failure<MapReason>): number {
    this.trouble = failure
    return NONE
  }
}

class IomapResolver implements Resolver {
  readonly sizeBytes: number
  trouble: Failure<MapReason> | undefined
  readonly #maps: IomapMaps
  readonly #ask: FileAsk
  #file: IomapFile
  /** Moves beyond those of the files that were let go. */
  #movedCount = 0

  constructor(maps: IomapMaps, ask: FileAsk) {
    this.sizeBytes = ask.sizeBytes
    this.#maps = maps
    this.#ask = ask
    this.#file = maps.file(ask)
  }

  resolve(fileOffsetBytes: number, answer: Answer): boolean {
    this.trouble = undefined
    if (!inside(fileOffsetBytes, this.sizeBytes)) return false
    const file = this.#current()
    const { cache } = this.#maps
    let slot = cache.find(file, fileOffsetBytes)
    if (slot === NONE) slot = this.#maps.ask(file, fileOffsetBytes)
    if (slot === NONE) {
      this.trouble = this.#maps.trouble
      return false
    }
    const within = fileOffsetBytes - cache.startOf(slot)
    answer[DEVINDEX] = cache.devindexOf(slot)
    answer[OFFSET] = cache.offsetOf(slot) + within
    answer[LENGTH] = Math.min(cache.lengthOf(slot) - within, this.sizeBytes - fileOffsetBytes)
    answer[BEFORE] = within
    return true
  }

  validity(): number {
    return this.#current().cookie + this.#movedCount
  }

  /** A mapping that outlives what the kernel held of its file starts again. */
  #current(): IomapFile {
    if (this.#file.isForgotten) {
      this.#movedCount += this.#file.cookie + 1
      this.#file = this.#maps.file(this.#ask)
    }
    this.#maps.refresh(this.#file)
    return this.#file
  }
}

function areOf({ cookies, count }: IomapEntries, cookie: number): boolean {
  for (let i = 0; i < count; i++) if (cookies[i] !== cookie) return false
  return true
}

function daemonFailed(path: string, what: string): Failure<MapReason> {
  return failLate('daemon_failed', { path, what }).failure
}

function badMap(path: string, what: string): Failure<MapReason> {
  return fail('bad_map', { path, what }).failure
}
