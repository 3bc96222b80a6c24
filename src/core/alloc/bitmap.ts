// One flag per allocation unit. Every unit below `lowestFree` is in use, `usedCount` counts the flags, and so do `levels`
// for blocks of 1,024 units, of 2^15 and of 2^20: they always agree with the words. Nothing outside 0 .. unitCount - 1 is
// ever touched. The levels keep a scan of hostile media short: a large extent, even over a full device, takes some 200
// steps at most, and not one for each word.

import { assert } from '../base/assert.ts'

const FULL_WORD = 0xffff_ffff
const WORD_UNITS = 32
const LEVEL_SHIFTS = [10, 15, 20] as const
const SMALLEST_BLOCK_MASK = 2 ** 10 - 1

/** A superblock may claim any device; a bitmap is only made for one that can be. 64 TiB in 2 MiB units, 128 GiB in 4096. */
export const UNITS_MOST = 2 ** 25

/** Flags that are set, block by block. */
interface Level {
  /** log2 of `units`: a unit's block is found by shifting, which is quicker than dividing. */
  shift: number
  units: number
  used: Uint32Array
}

export class UnitBitmap {
  readonly unitCount: number
  readonly #words: Uint32Array
  /** From small blocks to large ones. */
  readonly #levels: Level[]
  #lowestFree = 0
  #usedCount = 0

  constructor(unitCount: number) {
    assert(unitCount >= 0 && unitCount <= UNITS_MOST, 'a device was measured before it gets a bitmap')
    this.unitCount = unitCount
    this.#words = new Uint32Array(Math.ceil(unitCount / WORD_UNITS))
    this.#levels = LEVEL_SHIFTS.map((shift) => ({ shift, units: 2 ** shift, used: new Uint32Array(Math.ceil(unitCount / 2 ** shift)) }))
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
      const fullEnd = this.#fullEnd(unit)
      if (fullEnd > unit) {
        collisionCount += Math.min(fullEnd, end) - unit
        unit = fullEnd
        continue
      }
      const blockUnits = this.#blockAt(unit, end)
      const stop = blockUnits > 0 ? unit + blockUnits : Math.min(end, (unit | SMALLEST_BLOCK_MASK) + 1)
      collisionCount += blockUnits > 0 ? this.#claimBlock(unit, blockUnits) : this.#claimInBlock(unit, stop)
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
      this.#words[unit >>> 5] = this.#word(unit >>> 5) & ~(1 << (unit & 31))
      this.#count(unit, -1)
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
    const [lowest, theirs] = [this.#levels[0] as Level, other.#levels[0] as Level]
    return lowest.used.every((used, block) => used === theirs.used[block] && this.#sameBlock(other, lowest.units, block, used))
  }

  /** Units of the largest block that begins at `unit` and ends by `end`; 0 where none does. */
  #blockAt(unit: number, end: number): number {
    let found = 0
    for (const { units } of this.#levels) {
      if ((unit & (units - 1)) !== 0 || unit + units > end) break
      found = units
    }
    return found
  }

  /** @returns how many of its flags were set already */
  #claimBlock(unit: number, blockUnits: number): number {
    const { used } = this.#levels.find(({ units }) => units === blockUnits) as Level
    const already = used[unit / blockUnits] as number
    this.#words.fill(FULL_WORD, unit >>> 5, (unit + blockUnits) >>> 5)
    for (const level of this.#levels) {
      if (level.units <= blockUnits) level.used.fill(level.units, unit / level.units, (unit + blockUnits) / level.units)
      else addTo(level, unit, blockUnits - already)
    }
    return already
  }

  /** A part of one smallest block, word by word. */
  #claimInBlock(firstUnit: number, end: number): number {
    let already = 0
    for (let unit = firstUnit; unit < end; ) {
      const stop = Math.min(end, (unit | 31) + 1)
      const mask = maskOf(unit & 31, stop - unit)
      const word = this.#word(unit >>> 5)
      already += bitCount(word & mask)
      this.#words[unit >>> 5] = word | mask
      unit = stop
    }
    if (already < end - firstUnit) this.#count(firstUnit, end - firstUnit - already)
    return already
  }

  #count(unit: number, change: number): void {
    for (const level of this.#levels) addTo(level, unit, change)
  }

  #nextFree(from: number, end: number): number {
    let unit = from
    while (unit < end) {
      const fullEnd = this.#fullEnd(unit)
      if (fullEnd > unit) unit = fullEnd
      else if ((unit & 31) === 0 && this.#word(unit >>> 5) === FULL_WORD) unit += WORD_UNITS
      else if (this.isUsed(unit)) unit++
      else return unit
    }
    return Math.max(from, end)
  }

  #nextUsed(from: number, end: number): number {
    let unit = from
    while (unit < end) {
      const emptyEnd = this.#emptyEnd(unit)
      if (emptyEnd > unit) unit = emptyEnd
      else if ((unit & 31) === 0 && this.#word(unit >>> 5) === 0) unit += WORD_UNITS
      else if (!this.isUsed(unit)) unit++
      else return unit
    }
    return Math.max(from, end)
  }

  /** The end of the largest full block that `unit` is in; `unit` itself where there is none. */
  #fullEnd(unit: number): number {
    let end = unit
    for (const { shift, units, used } of this.#levels) {
      const block = unit >>> shift
      if (used[block] !== units) break
      end = (block + 1) * units
    }
    return end
  }

  /** The same for blocks without a flag. */
  #emptyEnd(unit: number): number {
    let end = unit
    for (const { shift, units, used } of this.#levels) {
      const block = unit >>> shift
      if (used[block] !== 0) break
      end = (block + 1) * units
    }
    return end
  }

  /** Of blocks with equally many flags set. */
  #sameBlock(other: UnitBitmap, blockUnits: number, block: number, used: number): boolean {
    if (used === 0 || used === blockUnits) return true
    const wordCount = blockUnits / WORD_UNITS
    const end = Math.min((block + 1) * wordCount, this.#words.length)
    for (let i = block * wordCount; i < end; i++) if (this.#words[i] !== other.#words[i]) return false
    return true
  }

  #word(index: number): number {
    return this.#words[index] as number
  }

  #assertRange(firstUnit: number, count: number): void {
    assert(firstUnit >= 0 && count >= 0 && firstUnit + count <= this.unitCount, 'a range of units is on the device')
  }
}

function addTo({ shift, used }: Level, unit: number, change: number): void {
  const block = unit >>> shift
  used[block] = (used[block] as number) + change
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
