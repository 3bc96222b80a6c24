// Slots of a table in an order: a search tree for each root, all in the same columns. The two sides of each slot differ in
// height by one at most, so that a tree of n slots is never deeper than 1.45 log2(n), whatever comes in whatever order:
// who chooses what is put in gains nothing. A walk that calls itself is as deep as the tree.

export const NONE = -1

export class SlotOrder {
  left = new Int32Array(0)
  right = new Int32Array(0)
  /** Of the tree below each slot, with the slot. */
  #heights = new Uint8Array(0)
  readonly #isBefore: (a: number, b: number) => boolean

  /** @param isBefore no two slots of one tree are equal */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore
  }

  resize(capacity: number): void {
    this.left = resized(this.left, new Int32Array(capacity))
    this.right = resized(this.right, new Int32Array(capacity))
    this.#heights = resized(this.#heights, new Uint8Array(capacity))
  }

  #heightOf(slot: number): number {
    return slot === NONE ? 0 : (this.#heights[slot] as number)
  }

  /** @returns the root from now on */
  insert(root: number, slot: number): number {
    if (root === NONE) {
      this.left[slot] = NONE
      this.right[slot] = NONE
      this.#heights[slot] = 1
      return slot
    }
    if (this.#isBefore(slot, root)) this.left[root] = this.insert(this.left[root] as number, slot)
    else this.right[root] = this.insert(this.right[root] as number, slot)
    return this.#balanced(root)
  }

  /** @param slot that is in it; @returns the root from now on */
  remove(root: number, slot: number): number {
    if (root === slot) return this.#joined(this.left[slot] as number, this.right[slot] as number)
    if (this.#isBefore(slot, root)) this.left[root] = this.remove(this.left[root] as number, slot)
    else this.right[root] = this.remove(this.right[root] as number, slot)
    return this.#balanced(root)
  }

  /** What was on either side of a slot that is no more. */
  #joined(low: number, high: number): number {
    if (high === NONE) return low
    let first = high
    while (this.left[first] !== NONE) first = this.left[first] as number
    const rest = this.#withoutFirst(high)
    this.left[first] = low
    this.right[first] = rest
    return this.#balanced(first)
  }

  #withoutFirst(root: number): number {
    const low = this.left[root] as number
    if (low === NONE) return this.right[root] as number
    this.left[root] = this.#withoutFirst(low)
    return this.#balanced(root)
  }

  /** One of its sides may be higher than the other by two; below they are as they should be. @returns the root from now on */
  #balanced(root: number): number {
    const { left, right } = this
    const low = left[root] as number
    const high = right[root] as number
    const lean = this.#heightOf(high) - this.#heightOf(low)
    if (lean > 1) {
      if (this.#heightOf(left[high] as number) > this.#heightOf(right[high] as number)) right[root] = this.#lowUp(high)
      return this.#highUp(root)
    }
    if (lean < -1) {
      if (this.#heightOf(right[low] as number) > this.#heightOf(left[low] as number)) left[root] = this.#highUp(low)
      return this.#lowUp(root)
    }
    this.#measure(root)
    return root
  }

  #lowUp(root: number): number {
    const low = this.left[root] as number
    this.left[root] = this.right[low] as number
    this.right[low] = root
    this.#measure(root)
    this.#measure(low)
    return low
  }

  #highUp(root: number): number {
    const high = this.right[root] as number
    this.right[root] = this.left[high] as number
    this.left[high] = root
    this.#measure(root)
    this.#measure(high)
    return high
  }

  #measure(slot: number): void {
    this.#heights[slot] = 1 + Math.max(this.#heightOf(this.left[slot] as number), this.#heightOf(this.right[slot] as number))
  }
}

/** The same numbers at the start of a longer array; of an empty one none. */
export function resized<T extends Uint8Array | Int32Array | Uint32Array | Float64Array>(from: T, into: T): T {
  if (into.length > 0) into.set(from)
  return into
}
