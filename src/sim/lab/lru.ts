// A cache that drops what was used longest ago, for millions of touches: keys in a table with open addressing, their order
// in two columns of links. A touch allocates nothing, and takes as long however much was dropped before.

import { assert } from '../../core/base/assert.ts'

const NONE = -1

export class LruCache {
  readonly #mostCount: number
  /** Slots of entries, by hash; NONE where there is no entry. */
  readonly #table: Int32Array
  readonly #keys: Float64Array
  /** Towards what was used earlier, and later. */
  readonly #earlier: Int32Array
  readonly #later: Int32Array
  #count = 0
  #oldest = NONE
  #newest = NONE
  touchCount = 0
  hitCount = 0
  movedCount = 0

  constructor(mostCount: number) {
    assert(Number.isInteger(mostCount) && mostCount >= 1, 'a cache holds something')
    this.#mostCount = mostCount
    let tableCount = 4
    while (tableCount < 2 * mostCount) tableCount *= 2
    this.#table = new Int32Array(tableCount).fill(NONE)
    this.#keys = new Float64Array(mostCount)
    this.#earlier = new Int32Array(mostCount)
    this.#later = new Int32Array(mostCount)
  }

  /** @returns whether it was there */
  touch(key: number): boolean {
    this.touchCount++
    const slot = this.#table[this.#find(key)] as number
    if (slot === NONE) {
      this.#add(key)
      return false
    }
    this.hitCount++
    this.#unlink(slot)
    this.#linkNewest(slot)
    return true
  }

  /** From the device, unless it is there: then it isn't used by that. */
  bring(key: number): void {
    if (this.#table[this.#find(key)] === NONE) this.#add(key)
  }

  #add(key: number): void {
    this.movedCount++
    const slot = this.#count < this.#mostCount ? this.#count++ : this.#dropOldest()
    this.#keys[slot] = key
    this.#table[this.#find(key)] = slot
    this.#linkNewest(slot)
  }

  /** @returns its slot */
  #dropOldest(): number {
    const slot = this.#oldest
    this.#unlink(slot)
    this.#remove(this.#find(this.#keys[slot] as number))
    return slot
  }

  /** @returns where it is in the table, or where it would be put */
  #find(key: number): number {
    const mask = this.#table.length - 1
    for (let at = this.#home(key); ; at = (at + 1) & mask) {
      const slot = this.#table[at] as number
      if (slot === NONE || this.#keys[slot] === key) return at
    }
  }

  #home(key: number): number {
    const mixed = Math.imul(key >>> 0, 0x9e37_79b1) ^ Math.imul(Math.floor(key / 2 ** 32), 0x85eb_ca6b)
    return (mixed ^ (mixed >>> 15)) & (this.#table.length - 1)
  }

  /** What stands behind the gap moves up, where its own place isn't behind the gap. */
  #remove(at: number): void {
    const table = this.#table
    const mask = table.length - 1
    let gap = at
    for (let next = (gap + 1) & mask; table[next] !== NONE; next = (next + 1) & mask) {
      const home = this.#home(this.#keys[table[next] as number] as number)
      if (((next - home) & mask) < ((next - gap) & mask)) continue
      table[gap] = table[next] as number
      gap = next
    }
    table[gap] = NONE
  }

  #linkNewest(slot: number): void {
    this.#earlier[slot] = this.#newest
    this.#later[slot] = NONE
    if (this.#newest === NONE) this.#oldest = slot
    else this.#later[this.#newest] = slot
    this.#newest = slot
  }

  #unlink(slot: number): void {
    const earlier = this.#earlier[slot] as number
    const later = this.#later[slot] as number
    if (earlier === NONE) this.#oldest = later
    else this.#later[earlier] = later
    if (later === NONE) this.#newest = earlier
    else this.#earlier[later] = earlier
  }
}
