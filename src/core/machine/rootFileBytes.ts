// The bytes of one file in the root file system. Appending copies each byte a bounded number of times, a hole costs
// nothing, and what lies behind the end of the file is zero, so that growing shows zeros.

import { isOffset } from './pathText.ts'

/** How much all files of one root file system may store together. */
export interface Budget {
  usedBytes: number
  readonly limitBytes: number
}

const CHUNK_BYTES = 256 * 1024
const FIRST_BYTES = 64

export class RootFileBytes {
  readonly #budget: Budget
  /** By number. A chunk shorter than CHUNK_BYTES, or missing, goes on with zeros. */
  readonly #chunks = new Map<number, Uint8Array<ArrayBuffer>>()
  #sizeBytes = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** @returns bytes read; 0 at the end */
  read(offsetBytes: number, target: Uint8Array): number {
    if (!isOffset(offsetBytes)) return 0
    const lengthBytes = Math.max(0, Math.min(target.length, this.#sizeBytes - offsetBytes))
    eachPart(offsetBytes, lengthBytes, (index, within, at, count) => {
      const stored = this.#chunks.get(index)?.subarray(within, within + count)
      const storedBytes = stored?.length ?? 0
      if (stored) target.set(stored, at)
      if (storedBytes < count) target.fill(0, at + storedBytes, at + count)
    })
    return lengthBytes
  }

  /** All or nothing. @returns false where the budget doesn't allow it */
  write(offsetBytes: number, source: Uint8Array): boolean {
    if (source.length === 0) return true
    if (!this.#reserve(offsetBytes, source.length)) return false
    eachPart(offsetBytes, source.length, (index, within, at, count) => {
      this.#chunk(index, within + count).set(source.subarray(at, at + count), within)
    })
    this.#sizeBytes = Math.max(this.#sizeBytes, offsetBytes + source.length)
    return true
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) this.#cut(sizeBytes)
    this.#sizeBytes = sizeBytes
  }

  #cut(sizeBytes: number): void {
    const lastIndex = Math.floor(sizeBytes / CHUNK_BYTES)
    for (const [index, chunk] of this.#chunks) {
      if (index < lastIndex) continue
      if (index === lastIndex && sizeBytes % CHUNK_BYTES > 0) {
        chunk.fill(0, sizeBytes % CHUNK_BYTES)
        continue
      }
      this.#budget.usedBytes -= chunk.length
      this.#chunks.delete(index)
    }
  }

  #reserve(offsetBytes: number, lengthBytes: number): boolean {
    let moreBytes = 0
    eachPart(offsetBytes, lengthBytes, (index, within, _, count) => {
      const there = this.#chunks.get(index)?.length ?? 0
      if (within + count > there) moreBytes += capacityFor(within + count) - there
    })
    const { usedBytes, limitBytes } = this.#budget
    if (usedBytes + moreBytes > limitBytes) return false
    this.#budget.usedBytes += moreBytes
    return true
  }

  /** The chunk, grown where it is too short: by doubling, so that small appends stay cheap. */
  #chunk(index: number, neededBytes: number): Uint8Array<ArrayBuffer> {
    const there = this.#chunks.get(index)
    if (there && there.length >= neededBytes) return there
    const grown = new Uint8Array(capacityFor(neededBytes))
    if (there) grown.set(there)
    this.#chunks.set(index, grown)
    return grown
  }
}

function eachPart(offsetBytes: number, lengthBytes: number, use: (index: number, within: number, at: number, count: number) => void): void {
  for (let at = 0; at < lengthBytes; ) {
    const within = (offsetBytes + at) % CHUNK_BYTES
    const count = Math.min(CHUNK_BYTES - within, lengthBytes - at)
    use(Math.floor((offsetBytes + at) / CHUNK_BYTES), within, at, count)
    at += count
  }
}

function capacityFor(neededBytes: number): number {
  let capacityBytes = FIRST_BYTES
  while (capacityBytes < neededBytes) capacityBytes *= 2
  return capacityBytes
}
