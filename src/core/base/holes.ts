// Numbers of which parts are given out and taken back: what is free, in order, and no two free parts touch. A part is where
// there is room first, so that what is in use stays near the beginning.

import { assert } from './assert.ts'

interface Hole {
  start: number
  length: number
}

export class Holes {
  readonly #holes: Hole[] = []

  /** @returns where the part begins; undefined where none is long enough */
  take(length: number): number | undefined {
    assert(length > 0, 'a part has a length')
    const found = this.#holes.findIndex((hole) => hole.length >= length)
    const hole = this.#holes[found]
    if (!hole) return undefined
    const { start } = hole
    hole.start += length
    hole.length -= length
    if (hole.length === 0) this.#holes.splice(found, 1)
    return start
  }

  /** What was taken, or was never there before. */
  add(start: number, length: number): void {
    if (length === 0) return
    const holes = this.#holes
    const behind = holes.findIndex((hole) => hole.start > start)
    const at = behind < 0 ? holes.length : behind
    holes.splice(at, 0, { start, length })
    this.#join(at)
    if (at > 0) this.#join(at - 1)
  }

  /** With the one behind it, where they touch. */
  #join(at: number): void {
    const hole = this.#holes[at]
    const next = this.#holes[at + 1]
    if (!hole || !next || hole.start + hole.length !== next.start) return
    hole.length += next.length
    this.#holes.splice(at + 1, 1)
  }
}
