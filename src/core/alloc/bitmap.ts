// One flag per allocation unit. Every unit below `lowestFree` is in use, `usedCount` counts the flags, and so does
// `blockUsed` for each block of 1,024 words: they always agree with the words. Nothing outside 0 .. unitCount - 1 is ever
// touched. The blocks keep a scan of hostile media short: a full block is never walked again.

import { assert } from '../base/assert.ts'

const FULL_WORD = 0xffff_ffff
const WORD_UNITS = 32
const BLOCK_WORDS = 1024
const BLOCK_UNITS = BLOCK_WORDS * WORD_UNITS

/** A superblock may claim any device; a bitmap is only made for one that can be. 64 TiB in 2 MiB units, 128 GiB in 4096. */
export const UNITS_MOST = 2 ** 25

export class UnitBitmap {
  readonly unitCount: number
  readonly #words: Uint32Array
  readonly #blockUsed: Uint16Array
  #lowestFree = 0
  #usedCount = 0

  constructor(unitCount: number) {
    assert(unitCount >= 0 && unitCount <= UNITS_MOST, 'a device was measured before it gets a bitmap')
    this.unitCount = unitCount
    this.#words = new Uint32Array(Math.ceil(unitCount / WORD_UNITS))
    this.#blockUsed = new Uint16Array(Math.ceil(unitCount / BLOCK_UNITS))
  }

  get usedCount(): number {
    return this.#usedCount
  }

  isUsed(unit: number): boolean {
    assert(unit >= 0 && unit < this.unitCount, 'a unit is on the device')
    return ((this.#word(unit >>> 5) >>> (unit & 31)) & 1) === 1
  }

  /** Sets the flags of a range and answers how many were set already. */
  claim(firstUnit: number, count: number): number {
    this.#assertRange(firstUnit, count)
    const end = firstUnit + count
    let collisionCount = 0
    for (let unit = firstUnit; unit < end; ) {
      const block = Math.floor(unit / BLOCK_UNITS)
      if (unit % BLOCK_UNITS === 0 && unit + BLOCK_UNITS <= end) {
        collisionCount += this.#blockUsed[block] as number
        if (this.#blockUsed[block] !== BLOCK_UNITS) this.#words.fill(FULL_WORD, unit >>> 5, (unit + BLOCK_UNITS) >>> 5)
        this.#blockUsed[block] = BLOCK_UNITS
        unit += BLOCK_UNITS
        continue
      }
      const stop = Math.min(end, (unit | 31) + 1)
      const mask = maskOf(unit & 31, stop - unit)
      const word = this.#word(unit >>> 5)
      const already = bitCount(word & mask)
      this.#words[unit >>> 5] = word | mask
      this.#blockUsed[block] = (this.#blockUsed[block] as number) + (stop - unit) - already
      collisionCount += already
      unit = stop
    }
    this.#usedCount += count - collisionCount
    if (firstUnit <= this.#lowestFree && firstUnit + count > this.#lowestFree) {
      this.#lowestFree = this.#nextFree(firstUnit + count, this.unitCount)
    }
    return collisionCount
  }

  /** Gives back a range that is claimed, whole. */
  release(firstUnit: number, count: number): void {
    this.#assertRange(firstUnit, count)
    for (let unit = firstUnit; unit < firstUnit + count; unit++) {
      assert(this.isUsed(unit), 'only what was claimed is given back')
      const block = Math.floor(unit / BLOCK_UNITS)
      this.#words[unit >>> 5] = this.#word(unit >>> 5) & ~(1 << (unit & 31))
      this.#blockUsed[block] = (this.#blockUsed[block] as number) - 1
    }
    this.#usedCount -= count
    if (count > 0) this.#lowestFree = Math.min(this.#lowestFree, firstUnit)
  }

  /** The first run of `count` free units inside from .. limit - 1, or -1. */
  findRun(count: number, from: number, limit: number): number {
    const end = Math.min(limit, this.unitCount)
    let start = this.#nextFree(Math.max(from, this.#lowestFree), end)
    while (start + count <= end) {
      const stop = this.#nextUsed(start, Math.min(start + count, end))
      if (stop - start >= count) return start
      start = this.#nextFree(stop, end)
    }
    return -1
  }

  /** Maximal runs of free units inside from .. limit - 1, as [first unit, count]. */
  *freeRuns(from: number, limit: number): Generator<[number, number], void, void> {
    const end = Math.min(limit, this.unitCount)
    let start = this.#nextFree(from, end)
    while (start < end) {
      const stop = this.#nextUsed(start, end)
      yield [start, stop - start]
      start = this.#nextFree(stop, end)
    }
  }

  equals(other: UnitBitmap): boolean {
    if (this.unitCount !== other.unitCount || this.#usedCount !== other.#usedCount) return false
    return this.#blockUsed.every((used, block) => used === other.#blockUsed[block] && this.#sameBlock(other, block, used))
  }

  #nextFree(from: number, end: number): number {
    let unit = from
    while (unit < end) {
      if (unit % BLOCK_UNITS === 0 && this.#blockUsed[unit / BLOCK_UNITS] === BLOCK_UNITS) unit += BLOCK_UNITS
      else if ((unit & 31) === 0 && this.#word(unit >>> 5) === FULL_WORD) unit += WORD_UNITS
      else if (this.isUsed(unit)) unit++
      else return unit
    }
    return Math.max(from, end)
  }

  #nextUsed(from: number, end: number): number {
    let unit = from
    while (unit < end) {
      if (unit % BLOCK_UNITS === 0 && this.#blockUsed[unit / BLOCK_UNITS] === 0) unit += BLOCK_UNITS
      else if ((unit & 31) === 0 && this.#word(unit >>> 5) === 0) unit += WORD_UNITS
      else if (!this.isUsed(unit)) unit++
      else return unit
    }
    return Math.max(from, end)
  }

  /** Of blocks with equally many flags set. */
  #sameBlock(other: UnitBitmap, block: number, used: number): boolean {
    if (used === 0 || used === BLOCK_UNITS) return true
    const end = Math.min((block + 1) * BLOCK_WORDS, this.#words.length)
    for (let i = block * BLOCK_WORDS; i < end; i++) if (this.#words[i] !== other.#words[i]) return false
    return true
  }

  #word(index: number): number {
    return this.#words[index] as number
  }

  #assertRange(firstUnit: number, count: number): void {
    assert(firstUnit >= 0 && count >= 0 && firstUnit + count <= this.unitCount, 'a range of units is on the device')
  }
}

/** `count` set bits from bit `from`; count is 1 .. 32 - from. */
function maskOf(from: number, count: number): number {
  return count === WORD_UNITS ? FULL_WORD : ((2 ** count - 1) << from) >>> 0
}

function bitCount(word: number): number {
  let v = word - ((word >>> 1) & 0x5555_5555)
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333)
  return (((v + (v >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24
}
