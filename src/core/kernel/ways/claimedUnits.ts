// Which allocation units the pieces of one map take: a bit for each, in blocks that exist once something in them is taken.
// It lives while a map comes in, where sorting would need the whole map at once: a map that comes in pages is never whole.

import { assert } from '../../base/assert.ts'

const WORDS = 1024
const BLOCK_UNITS = WORDS * 32
/** More blocks than any device has; devices by their index above it. */
const BLOCKS_MOST = 2 ** 21

export class ClaimedUnits {
  readonly #unitBytes: number
  readonly #blocks = new Map<number, Uint32Array>()

  constructor(unitBytes: number) {
    this.#unitBytes = unitBytes
  }

  /**
   * Takes whole units on a device.
   * @returns false where one of them was taken before; some of the others are taken then
   */
  claim(devindex: number, offsetBytes: number, lengthBytes: number): boolean {
    const endUnit = (offsetBytes + lengthBytes) / this.#unitBytes
    for (let unit = offsetBytes / this.#unitBytes; unit < endUnit; ) {
      const block = Math.floor(unit / BLOCK_UNITS)
      const from = unit - block * BLOCK_UNITS
      const to = Math.min(endUnit - block * BLOCK_UNITS, BLOCK_UNITS)
      if (!claimBits(this.#block(devindex, block), from, to)) return false
      unit += to - from
    }
    return true
  }

  #block(devindex: number, block: number): Uint32Array {
    assert(block < BLOCKS_MOST, 'a device is not that large')
    const key = devindex * BLOCKS_MOST + block
    const there = this.#blocks.get(key)
    if (there) return there
    const made = new Uint32Array(WORDS)
    this.#blocks.set(key, made)
    return made
  }
}

function claimBits(words: Uint32Array, from: number, to: number): boolean {
  for (let bit = from; bit < to; ) {
    const index = bit >>> 5
    const low = bit & 31
    const high = Math.min(to - (index << 5), 32)
    const mask = (high === 32 ? -1 : (1 << high) - 1) & (-1 << low)
    const word = words[index] as number
    if ((word & mask) !== 0) return false
    words[index] = word | mask
    bit += high - low
  }
  return true
}
