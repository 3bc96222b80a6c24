// Which parts of a device have changed since the last look. A shell's line may write anywhere without a word, and saving
// needs to know where: so every chunk has a sum, and a look compares. It is done in pieces, between which the page lives.

import { Turns } from '../host/turns.ts'
import { CHUNK_BYTES } from '../store/imageStore.ts'
import type { Extent } from './types.ts'

/** A few milliseconds' worth. */
const PIECE_BYTES = 8 * CHUNK_BYTES

export class ChangeFinder {
  #buffer: SharedArrayBuffer | ArrayBuffer | undefined
  #sums = new Int32Array(0)
  #last: Promise<unknown> = Promise.resolve()

  /** What changed since the look before, also while that went on; the first look at a device only learns what is there. */
  look(buffer: SharedArrayBuffer | ArrayBuffer): Promise<Extent[]> {
    const looked = this.#last.then(() => this.#look(buffer))
    this.#last = looked
    return looked
  }

  async #look(buffer: SharedArrayBuffer | ArrayBuffer): Promise<Extent[]> {
    const isNew = this.#buffer !== buffer
    if (isNew) this.#sums = new Int32Array(Math.ceil(buffer.byteLength / CHUNK_BYTES))
    this.#buffer = buffer
    const changed: Extent[] = []
    const turns = new Turns()
    for (let at = 0; at < buffer.byteLength; at += CHUNK_BYTES) {
      if (at > 0 && at % PIECE_BYTES === 0) await turns.take()
      const lengthBytes = Math.min(CHUNK_BYTES, buffer.byteLength - at)
      const sum = sumOf(new Int32Array(buffer, at, lengthBytes >>> 2))
      const index = at / CHUNK_BYTES
      if (!isNew && this.#sums[index] !== sum) changed.push({ offsetBytes: at, lengthBytes })
      this.#sums[index] = sum
    }
    turns.close()
    return changed
  }
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
