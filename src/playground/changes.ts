// Which pages of a device have changed without a word, and their bytes. Every page has a sum; a look compares, in pieces
// between which the page lives. What is kept is the very copy that was summed, so sums and kept bytes never disagree, even
// where someone writes meanwhile. A device is taken to be all zeros when it is first seen, as a new one is.

import { toPlain } from '../core/base/plain.ts'
import { Turns } from '../host/turns.ts'
import type { Pages } from './acts.ts'
import type { Extent } from './types.ts'

export const PAGE_BYTES = 4096
/** A few milliseconds' worth. */
const PIECE_PAGES = 4096
/** To copy a page takes as long as to sum so many. */
const COPY_COST = 8
/** So many pages are in one Blob. */
const COPY_PAGES = 256

type DeviceBuffer = SharedArrayBuffer | ArrayBuffer

/** What is known of one device. */
interface Seen {
  sums: Int32Array
  /** Pages that acts have written since they were summed. */
  unlearnt: Uint8Array
  unlearntCount: number
}

export class ChangeFinder {
  /** Each device has its own: another may be put in place while a look at the one before is under way. */
  readonly #seen = new WeakMap<DeviceBuffer, Seen>()
  #last: Promise<unknown> = Promise.resolve()

  /** These pages were written by acts: not a change, and to be summed anew. */
  expect(buffer: DeviceBuffer, ranges: Iterable<Extent>): void {
    const seen = this.#see(buffer)
    for (const [first, end] of pageRuns(ranges, buffer.byteLength)) {
      for (let page = first; page < end; page++) {
        if (seen.unlearnt[page] === 0) seen.unlearntCount++
        seen.unlearnt[page] = 1
      }
    }
  }

  /** Sums what acts have written, while nobody is at work: what is unlearnt after all counts as changed. */
  learn(buffer: DeviceBuffer, isQuiet: () => boolean): Promise<void> {
    return this.#inTurn(async (turns) => {
      const seen = this.#see(buffer)
      let left = PIECE_PAGES
      for (let page = 0; page < seen.sums.length && seen.unlearntCount > 0; page++) {
        if (seen.unlearnt[page] === 0) continue
        if (!isQuiet()) return
        seen.sums[page] = sumOf(pageWords(buffer, page))
        settle(seen, page)
        if (--left > 0) continue
        left = PIECE_PAGES
        await turns.take()
      }
    })
  }

  /** Pages that are others than they were, in these ranges or anywhere; undefined where all are as they were. */
  take(buffer: DeviceBuffer, ranges?: Iterable<Extent>): Promise<Pages | undefined> {
    return this.#inTurn(async (turns) => {
      const seen = this.#see(buffer)
      const copies = new Copies()
      let left = PIECE_PAGES
      for (const [first, end] of pageRuns(ranges ?? [{ offsetBytes: 0, lengthBytes: buffer.byteLength }], buffer.byteLength)) {
        for (let page = first; page < end; page++) {
          const sum = sumOf(pageWords(buffer, page))
          const changed = seen.sums[page] !== sum || seen.unlearnt[page] === 1
          if (changed) seen.sums[page] = copies.add(buffer, page)
          settle(seen, page)
          left -= changed ? COPY_COST : 1
          if (left > 0) continue
          left = PIECE_PAGES
          await turns.take()
        }
      }
      return copies.all()
    })
  }

  /** One number for the whole device, as it was last looked at; undefined while something is unlearnt. */
  sum(buffer: DeviceBuffer): number | undefined {
    const { sums, unlearntCount } = this.#see(buffer)
    return unlearntCount > 0 ? undefined : sumOf(sums)
  }

  #see(buffer: DeviceBuffer): Seen {
    const known = this.#seen.get(buffer)
    if (known) return known
    const pageCount = Math.ceil(buffer.byteLength / PAGE_BYTES)
    const sums = new Int32Array(pageCount).fill(sumOf(new Int32Array(PAGE_BYTES / 4)))
    if (pageCount > 0) sums[pageCount - 1] = sumOf(new Int32Array(Math.ceil(pageBytes(buffer, pageCount - 1) / 4)))
    const seen = { sums, unlearnt: new Uint8Array(pageCount), unlearntCount: 0 }
    this.#seen.set(buffer, seen)
    return seen
  }

  #inTurn<T>(work: (turns: Turns) => Promise<T>): Promise<T> {
    const turns = new Turns()
    const done = this.#last.then(() => work(turns)).finally(() => turns.close())
    this.#last = done.catch(() => undefined)
    return done
  }
}

function settle(seen: Seen, page: number): void {
  seen.unlearntCount -= seen.unlearnt[page] as number
  seen.unlearnt[page] = 0
}

/** Private copies of pages, with neighbours in one run. */
class Copies {
  readonly #runs: Extent[] = []
  readonly #parts: Blob[] = []
  #part = new Uint8Array(0)
  #used = 0

  /** @returns the sum of what was copied */
  add(buffer: DeviceBuffer, page: number): number {
    const offsetBytes = page * PAGE_BYTES
    const lengthBytes = pageBytes(buffer, page)
    if (this.#used + PAGE_BYTES > this.#part.length) {
      this.#next()
      this.#part = new Uint8Array(COPY_PAGES * PAGE_BYTES)
    }
    const copy = this.#part.subarray(this.#used, this.#used + lengthBytes)
    copy.set(new Uint8Array(buffer, offsetBytes, lengthBytes))
    this.#used += lengthBytes
    const last = this.#runs.at(-1)
    if (last && last.offsetBytes + last.lengthBytes === offsetBytes) last.lengthBytes += lengthBytes
    else this.#runs.push({ offsetBytes, lengthBytes })
    // Behind a page that is shorter than the others the part is still zeros, as pageWords has it.
    const sum = sumOf(new Int32Array(copy.buffer, copy.byteOffset, Math.ceil(lengthBytes / 4)))
    // Words want their places: nothing is put behind a page that is shorter than the others.
    if (lengthBytes < PAGE_BYTES) this.#next()
    return sum
  }

  all(): Pages | undefined {
    this.#next()
    return this.#runs.length === 0 ? undefined : { runs: this.#runs, bytes: this.#parts }
  }

  #next(): void {
    if (this.#used > 0) this.#parts.push(new Blob([toPlain(this.#part.subarray(0, this.#used))]))
    this.#part = new Uint8Array(0)
    this.#used = 0
  }
}

/** First page and the one behind the last, of each range. */
function* pageRuns(ranges: Iterable<Extent>, sizeBytes: number): Iterable<[number, number]> {
  for (const { offsetBytes, lengthBytes } of ranges) {
    const endBytes = Math.min(offsetBytes + lengthBytes, sizeBytes)
    if (endBytes > offsetBytes) yield [Math.floor(offsetBytes / PAGE_BYTES), Math.ceil(endBytes / PAGE_BYTES)]
  }
}

function pageBytes(buffer: DeviceBuffer, page: number): number {
  return Math.min(PAGE_BYTES, buffer.byteLength - page * PAGE_BYTES)
}

/** The last word of a device may be short: zeros fill it up. */
function pageWords(buffer: DeviceBuffer, page: number): Int32Array {
  const lengthBytes = pageBytes(buffer, page)
  if (lengthBytes % 4 === 0) return new Int32Array(buffer, page * PAGE_BYTES, lengthBytes / 4)
  const words = new Int32Array(Math.ceil(lengthBytes / 4))
  new Uint8Array(words.buffer).set(new Uint8Array(buffer, page * PAGE_BYTES, lengthBytes))
  return words
}

/** Two sums that know nothing of one another go on at once, for speed; each word counts by its place. */
function sumOf(words: Int32Array): number {
  let even = 1
  let odd = 2
  const end = words.length & ~1
  for (let i = 0; i < end; i += 2) {
    even = Math.imul(even ^ (words[i] as number), 0x01000193)
    odd = Math.imul(odd ^ (words[i + 1] as number), 0x01000193)
    // Without this a bit would never move down, and two changed signs would cancel one another.
    even ^= even >>> 15
    odd ^= odd >>> 15
  }
  if (end < words.length) even = Math.imul(even ^ (words[end] as number), 0x01000193)
  return even ^ Math.imul(odd, 0x9e3779b1 | 0)
}
