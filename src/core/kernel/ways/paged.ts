// Maps in pages: when a file is opened all pages are fetched once and checked, and a book remembers where each begins. All
// pages but the last are full, so that a daemon can't make the book long; it is under the cap too, and stays until the kernel
// lets go of the file: a mapping that outlives it opens the file anew. A page that doesn't fit under the cap is fetched again
// when it is needed, and must then say what it said before: a checksum is in the book whose key the daemon doesn't know.

import { failLate } from '../../base/late.ts'
import { type Failure, fail, ok, type Result } from '../../base/result.ts'
import { type Answer, BEFORE, DEVINDEX, inside, LENGTH, OFFSET, type Resolver } from '../../fmap/resolve.ts'
import { lastAtOrBefore } from '../../fmap/mapResolve.ts'
import type { Columns } from '../../fmap/wide.ts'
import { decodePage, encodePageRequest, type FmapPage, mappingBytes, PAGE_MAPPINGS_MOST } from '../../fuse/pagedMessages.ts'
import type { DaemonLink } from '../../fuse/wire.ts'
import { refusePlace, troubleOfPiece } from '../checks.ts'
import type { FileAsk, MapReason, MapWay, WayContext, WayMaker } from '../way.ts'
import { ClaimedUnits } from './claimedUnits.ts'
import { CHECK_KEY_BYTES, keyedCheck, type KeyedCheck } from './keyedCheck.ts'
import { type MapPage, type PageBook, PageCache } from './pagedCache.ts'
import { ask as askDaemon, pullDevice } from './pull.ts'

interface PagedOptions {
  /** Mappings that the kernel takes in one reply. */
  mappingsPerReply?: number
  /** For pages and what is remembered of them, of all files. */
  cacheCapBytes?: number
  /** Makes the key of checksums, one for each mount; without it the key is known to whoever knows this code. */
  random?: ((target: Uint8Array<ArrayBuffer>) => void) | undefined
}

type Opened<T> = Result<T, MapReason>

const PAGED_CACHE_BYTES = 1024 * 1024
const CHECK_WORDS = 2
/** Of a book: where a page begins, its checksum, and a reference to it. */
const BOOK_PAGE_BYTES = 8 + 4 * CHECK_WORDS + 8
const END_BYTES = 8
const PAGES_AT_FIRST = 4

export function pagedWay(link: DaemonLink, { mappingsPerReply = PAGE_MAPPINGS_MOST, cacheCapBytes = PAGED_CACHE_BYTES, random }: PagedOptions = {}): WayMaker {
  const kernel = 'fuse-paged'
  return {
    kernel,
    make(context: WayContext): MapWay {
      const key = new Uint8Array(CHECK_KEY_BYTES)
      random?.(key)
      const maps = new PagedMaps(new PageSource(link, context, mappingsPerReply, keyedCheck(key)), new PageCache(cacheCapBytes), context.unitBytes)
      return {
        kernel,
        open(ask) {
          const opened = maps.open(ask)
          return opened.ok ? ok(new PagedResolver(maps, ask, opened.value)) : opened
        },
        forget: (node) => maps.forget(node),
        residentBytes: () => maps.residentBytes,
      }
    },
  }
}

/** The files that are open, one for each node. */
class PagedMaps {
  readonly #source: PageSource
  readonly #cache: PageCache
  readonly #unitBytes: number
  readonly #files = new Map<number, PagedFile>()

  constructor(source: PageSource, cache: PageCache, unitBytes: number) {
    this.#source = source
    this.#cache = cache
    this.#unitBytes = unitBytes
  }

  get residentBytes(): number {
    return this.#cache.residentBytes
  }

  /** As the daemon says now; whoever uses what was open goes on with this. */
  open(ask: FileAsk): Opened<PagedFile> {
    this.forget(ask.node)
    const opened = openPaged(ask, this.#source, this.#cache, this.#unitBytes)
    if (opened.ok) this.#files.set(ask.node, opened.value)
    return opened
  }

  /** For a mapping that outlived what was open. */
  current(ask: FileAsk): Opened<PagedFile> {
    const there = this.#files.get(ask.node)
    if (!there) return this.open(ask)
    // Two sizes of one file would open it in turns.
    return there.sizeBytes === ask.sizeBytes ? ok(there) : badMap(ask.path, `it is of ${there.sizeBytes} bytes, and the file has ${ask.sizeBytes}`)
  }

  forget(node: number): void {
    this.#files.get(node)?.close()
    this.#files.delete(node)
  }
}

/** One mapping's way to its file. */
class PagedResolver implements Resolver {
  readonly sizeBytes: number
  trouble: Failure<MapReason> | undefined
  readonly #maps: PagedMaps
  readonly #ask: FileAsk
  #file: PagedFile
  #movedCount = 0

  constructor(maps: PagedMaps, ask: FileAsk, file: PagedFile) {
    this.sizeBytes = ask.sizeBytes
    this.#maps = maps
    this.#ask = ask
    this.#file = file
  }

  resolve(fileOffsetBytes: number, answer: Answer): boolean {
    this.trouble = undefined
    if (!inside(fileOffsetBytes, this.sizeBytes)) return false
    if (this.#file.isClosed && !this.#openAgain()) return false
    if (this.#file.resolve(fileOffsetBytes, answer)) return true
    this.trouble = this.#file.trouble
    return false
  }

  /** What was found before may be elsewhere as soon as the file must be opened anew. */
  validity(): number {
    return this.#movedCount + (this.#file.isClosed ? 1 : 0)
  }

  #openAgain(): boolean {
    const opened = this.#maps.current(this.#ask)
    this.trouble = opened.ok ? undefined : opened.failure
    if (!opened.ok) return false
    this.#file = opened.value
    this.#movedCount++
    return true
  }
}

interface Fetched {
  page: FmapPage
  /** So many words, which are others after the next fetch. */
  check: Uint32Array
}

/** Asks for pages and holds them against the file and the devices, one by one. */
class PageSource {
  readonly #link: DaemonLink
  readonly #context: WayContext
  readonly #checkOf: KeyedCheck
  readonly #check = new Uint32Array(CHECK_WORDS)
  /** Mappings of each page but the last. */
  readonly mostCount: number

  constructor(link: DaemonLink, context: WayContext, mostCount: number, checkOf: KeyedCheck) {
    this.#link = link
    this.#context = context
    this.mostCount = mostCount
    this.#checkOf = checkOf
  }

  fetch(ask: FileAsk, firstIndex: number): Opened<Fetched> {
    const { path, sizeBytes } = ask
    const answered = askDaemon(this.#link, 'GET_FMAP', ask, encodePageRequest(firstIndex))
    if (!answered.ok) return answered
    const decoded = decodePage(answered.value)
    if ('trouble' in decoded) return badMap(path, decoded.trouble)
    const { page } = decoded
    const { count } = page.mappings
    if (page.sizeBytes !== sizeBytes) return badMap(path, `it is of ${page.sizeBytes} bytes, and the file has ${sizeBytes}`)
    if (count === 0 || count > this.mostCount) return badMap(path, `${count} mappings in a reply, where 1 to ${this.mostCount} are taken`)
    // Whole mappings, one page behind the other: else a daemon could send its kernel round in circles.
    const afterIndex = firstIndex + count
    if (page.nextIndex !== undefined && page.nextIndex !== afterIndex) return badMap(path, `mapping ${page.nextIndex} where ${afterIndex} comes next`)
    if (page.nextIndex !== undefined && count < this.mostCount) return badMap(path, `${count} mappings in a page that isn’t the last, where ${this.mostCount} fit`)
    const refused = this.#refuse(path, page.mappings)
    if (refused) return { ok: false, failure: refused }
    this.#checkOf(mappingBytes(answered.value), this.#check, 0)
    return ok({ page, check: this.#check })
  }

  #refuse(path: string, { count, devindices, offsets, lengths }: Columns): Failure<MapReason> | undefined {
    const context = this.#context
    for (let i = 0; i < count; i++) {
      const devindex = devindices[i] as number
      const offsetBytes = offsets[i] as number
      const lengthBytes = lengths[i] as number
      const what = troubleOfPiece(offsetBytes, lengthBytes, context.unitBytes)
      if (what !== undefined) return badMap(path, what).failure
      const refused = pullDevice(context, this.#link, path, devindex) ?? refusePlace(context, path, devindex, offsetBytes, lengthBytes)
      if (refused) return refused
    }
    return undefined
  }
}

/**
 * All pages once. No two mappings of the file share a unit: a bit per unit, kept only while it opens, finds that in one
 * look at each mapping, where sorting would have to hold all of them, which is what pages are there to avoid.
 */
function openPaged(ask: FileAsk, source: PageSource, cache: PageCache, unitBytes: number): Opened<PagedFile> {
  const { path, sizeBytes } = ask
  const claimed = new ClaimedUnits(unitBytes)
  const book = new PagedFile(ask, source, cache)
  let heldBytes = 0
  let nextIndex: number | undefined = 0
  while (nextIndex !== undefined) {
    const fetched: Opened<Fetched> = source.fetch(ask, nextIndex)
    const claims = fetched.ok && claimAll(claimed, fetched.value.page.mappings)
    if (!fetched.ok || !claims) {
      book.close()
      return fetched.ok ? badMap(path, 'two of its mappings share bytes of a device') : fetched
    }
    const { page, check } = fetched.value
    const kept = pageOf(book, book.pageCount, heldBytes, page.mappings)
    heldBytes = endOf(kept)
    nextIndex = page.nextIndex
    const refused = book.add(kept, check) ? troubleOfHeld(heldBytes, sizeBytes, nextIndex === undefined) : book.tooLong()
    if (refused !== undefined) {
      book.close()
      return typeof refused === 'string' ? badMap(path, refused) : { ok: false, failure: refused }
    }
  }
  book.bind()
  return ok(book)
}

/** Of the bytes that its pages hold so far. */
function troubleOfHeld(heldBytes: number, sizeBytes: number, isLast: boolean): string | undefined {
  if (isLast === heldBytes >= sizeBytes) return undefined
  return isLast ? `mappings of ${heldBytes} bytes for a file of ${sizeBytes}` : `more mappings behind the file’s ${sizeBytes} bytes`
}

/** One open file: its book, and the way from a byte of it to a device. */
class PagedFile implements PageBook {
  readonly sizeBytes: number
  readonly pages: (MapPage | undefined)[] = []
  last: MapPage | undefined
  trouble: Failure<MapReason> | undefined
  readonly #ask: FileAsk
  readonly #source: PageSource
  readonly #cache: PageCache
  /** Where each page begins in the file; one more says where the last one ends. */
  #starts = new Float64Array(1)
  #checks = new Uint32Array(0)
  #pageCount = 0
  /** Of the book, as the cache knows. */
  #bookBytes = 0
  #isClosed = false

  constructor(ask: FileAsk, source: PageSource, cache: PageCache) {
    this.sizeBytes = ask.sizeBytes
    this.#ask = ask
    this.#source = source
    this.#cache = cache
  }

  get pageCount(): number {
    return this.#pageCount
  }

  /** Nothing of it is kept any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The next one, as it was fetched first. @returns false where the book has no room for it: nothing changed */
  add(page: MapPage, check: Uint32Array): boolean {
    const { index, starts } = page
    if (index + 1 === this.#starts.length && !this.#makeRoom()) return false
    this.#checks.set(check, index * CHECK_WORDS)
    this.#starts[index] = starts[0] as number
    this.#starts[index + 1] = endOf(page)
    this.#pageCount++
    // Files in use stay: only its first page makes room for itself.
    if (index === 0 || this.#cache.hasRoomFor(page)) this.#cache.add(page)
    return true
  }

  tooLong(): Failure<MapReason> {
    const what = `the list of its pages alone is longer than the ${this.#bookBytes + this.#cache.roomForBooksBytes} bytes that there are for it`
    return failLate('map_limit', { path: this.#ask.path, kernel: 'fuse-paged', what }).failure
  }

  /** All pages are known. */
  bind(): void {
    this.#resize(this.#pageCount)
  }

  close(): void {
    this.#isClosed = true
    for (const page of this.pages) if (page) this.#cache.drop(page)
    this.#setBookBytes(0)
  }

  /** @param fileOffsetBytes inside of the file, which is open; @returns false where `trouble` says why */
  resolve(fileOffsetBytes: number, answer: Answer): boolean {
    const page = this.#pageAt(fileOffsetBytes)
    if (!page) return false
    const { starts, offsets, devindices } = page
    const index = lastAtOrBefore(starts, offsets.length, fileOffsetBytes)
    const within = fileOffsetBytes - (starts[index] as number)
    answer[DEVINDEX] = devindices[index] as number
    answer[OFFSET] = (offsets[index] as number) + within
    answer[LENGTH] = Math.min((starts[index + 1] as number), this.sizeBytes) - fileOffsetBytes
    answer[BEFORE] = within
    return true
  }

  /** As many more pages as there are, as far as the cap has room. */
  #makeRoom(): boolean {
    const most = Math.floor((this.#bookBytes + this.#cache.roomForBooksBytes - END_BYTES) / BOOK_PAGE_BYTES)
    const capacity = Math.min(most, Math.max(this.#pageCount * 2, PAGES_AT_FIRST))
    if (capacity <= this.#pageCount) return false
    this.#resize(capacity)
    return true
  }

  #resize(capacity: number): void {
    const starts = new Float64Array(capacity + 1)
    const checks = new Uint32Array(capacity * CHECK_WORDS)
    starts.set(this.#starts.subarray(0, capacity + 1))
    checks.set(this.#checks.subarray(0, checks.length))
    this.#starts = starts
    this.#checks = checks
    this.#setBookBytes(capacity * BOOK_PAGE_BYTES + END_BYTES)
  }

  #setBookBytes(bytes: number): void {
    const changeBytes = bytes - this.#bookBytes
    this.#bookBytes = bytes
    this.#cache.addBookBytes(changeBytes)
  }

  #pageAt(fileOffsetBytes: number): MapPage | undefined {
    const { last } = this
    if (last && fileOffsetBytes >= (last.starts[0] as number) && fileOffsetBytes < endOf(last)) {
      this.#cache.touch(last)
      return last
    }
    const index = lastAtOrBefore(this.#starts, this.#pageCount, fileOffsetBytes)
    const kept = this.pages[index]
    if (kept) this.#cache.touch(kept)
    const page = kept ?? this.#fetchAgain(index)
    if (page) this.last = page
    return page
  }

  #fetchAgain(index: number): MapPage | undefined {
    const fetched = this.#source.fetch(this.#ask, index * this.#source.mostCount)
    if (!fetched.ok) return this.#failed(fetched.failure)
    const { page: { mappings, nextIndex }, check } = fetched.value
    const page = pageOf(this, index, this.#starts[index] as number, mappings)
    const isSame = check.every((word, i) => word === this.#checks[index * CHECK_WORDS + i]) && nextIndex === this.#nextOf(index) && endOf(page) === this.#starts[index + 1]
    if (!isSame) {
      const what = `mappings from number ${index * this.#source.mostCount} on are not what they were`
      return this.#failed(failLate('daemon_failed', { path: this.#ask.path, what }).failure)
    }
    this.#cache.add(page)
    return page
  }

  #nextOf(index: number): number | undefined {
    return index + 1 < this.#pageCount ? (index + 1) * this.#source.mostCount : undefined
  }

  #failed(failure: Failure<MapReason>): undefined {
    this.trouble = failure
    return undefined
  }
}

function pageOf(book: PageBook, index: number, startBytes: number, { count, devindices, offsets, lengths }: Columns): MapPage {
  const starts = new Float64Array(count + 1)
  starts[0] = startBytes
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i] as number) + (lengths[i] as number)
  return { book, index, starts, offsets, devindices, older: undefined, newer: undefined }
}

function endOf({ starts }: MapPage): number {
  return starts[starts.length - 1] as number
}

function claimAll(claimed: ClaimedUnits, { count, devindices, offsets, lengths }: Columns): boolean {
  for (let i = 0; i < count; i++) {
    if (!claimed.claim(devindices[i] as number, offsets[i] as number, lengths[i] as number)) return false
  }
  return true
}

function badMap(path: string, what: string): { ok: false; failure: Failure<MapReason> } {
  return fail('bad_map', { path, what })
}
