// Slots of a table in an order: a search tree for each root, all in the same two columns. Each slot has a height of its own
// by chance (a hash of its number), which keeps a tree of n slots about log n deep whatever comes in whatever order.

export const NONE = -1

export class SlotOrder {
  left = new Int32Array(0)
  right = new Int32Array(0)
  readonly #isBefore: (a: number, b: number) => boolean
  /** What the last split left on either side. */
  #low = NONE
  #high = NONE

  /** @param isBefore no two slots of one tree are equal */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore
  }

  get byteLength(): number {
    return this.left.byteLength + this.right.byteLength
  }

  resize(capacity: number): void {
    this.left = resized(this.left, new Int32Array(capacity))
    this.right = resized(this.right, new Int32Array(capacity))
  }

  /** @returns the root from now on */
  insert(root: number, slot: number): number {
    if (root === NONE || heightOf(slot) > heightOf(root)) {
      this.#split(root, slot)
      this.left[slot] = this.#low
      this.right[slot] = this.#high
      return slot
    }
    if (this.#isBefore(slot, root)) this.left[root] = this.insert(this.left[root] as number, slot)
    else this.right[root] = this.insert(this.right[root] as number, slot)
    return root
  }

  /** @param slot that is in it; @returns the root from now on */
  remove(root: number, slot: number): number {
    if (root === slot) return this.#joined(this.left[slot] as number, this.right[slot] as number)
    if (this.#isBefore(slot, root)) this.left[root] = this.remove(this.left[root] as number, slot)
    else this.right[root] = this.remove(this.right[root] as number, slot)
    return root
  }

  /** A tree in two, those before a slot and those behind it. */
  #split(root: number, slot: number): void {
    if (root === NONE) {
      this.#low = NONE
      this.#high = NONE
    } else if (this.#isBefore(root, slot)) {
      this.#split(this.right[root] as number, slot)
      this.right[root] = this.#low
      this.#low = root
    } else {
      this.#split(this.left[root] as number, slot)
      this.left[root] = this.#high
      this.#high = root
    }
  }

  /** All of `low` is before all of `high`. */
  #joined(low: number, high: number): number {
    if (low === NONE) return high
    if (high === NONE) return low
    if (heightOf(low) > heightOf(high)) {
      this.right[low] = this.#joined(this.right[low] as number, high)
      return low
    }
    this.left[high] = this.#joined(low, this.left[high] as number)
    return high
  }
}

/** The same numbers at the start of a longer array; of an empty one none. */
export function resized<T extends Int32Array | Uint32Array | Float64Array>(from: T, into: T): T {
  if (into.length > 0) into.set(from)
  return into
}

/** Distinct for distinct slots: each step can be undone. */
function heightOf(slot: number): number {
  let bits = slot + 1
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
