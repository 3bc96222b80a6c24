// The memory of one mount's programs: the box at its start, then parts that are given out and taken back. No two parts
// share a byte. Growing it makes another buffer, so views are asked for and not kept.

import { assert } from '../../base/assert.ts'
import { BOX_CELLS, CELL_BYTES } from './mailbox.ts'
import { PAGE_BYTES, type Sandbox } from './sandbox.ts'

/** Grown at once, so that many files don't grow it many times. */
const GROWTH_PAGES = 16

interface Hole {
  startBytes: number
  lengthBytes: number
}

export class Room {
  readonly #sandbox: Sandbox
  /** By where they begin; no two touch. */
  readonly #holes: Hole[]
  #endBytes: number
  #usedBytes = 0
  #box: Float64Array
  #bytes: Uint8Array

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox
    this.#endBytes = sandbox.buffer.byteLength
    const startBytes = BOX_CELLS * CELL_BYTES
    this.#holes = [{ startBytes, lengthBytes: this.#endBytes - startBytes }]
    this.#box = new Float64Array(sandbox.buffer, 0, BOX_CELLS)
    this.#bytes = new Uint8Array(sandbox.buffer)
  }

  get box(): Float64Array {
    return this.#box
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Given out, without the box. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** @returns where the part begins, in bytes; undefined where there is no more memory. What it holds is anything. */
  take(cellCount: number): number | undefined {
    assert(cellCount > 0, 'a part has a cell')
    const lengthBytes = cellCount * CELL_BYTES
    const found = this.#holes.findIndex((hole) => hole.lengthBytes >= lengthBytes)
    if (found < 0) return this.#grow(lengthBytes) ? this.take(cellCount) : undefined
    const hole = this.#holes[found] as Hole
    const { startBytes } = hole
    hole.startBytes += lengthBytes
    hole.lengthBytes -= lengthBytes
    if (hole.lengthBytes === 0) this.#holes.splice(found, 1)
    this.#usedBytes += lengthBytes
    return startBytes
  }

  giveBack(startBytes: number, cellCount: number): void {
    const lengthBytes = cellCount * CELL_BYTES
    this.#usedBytes -= lengthBytes
    this.#addHole(startBytes, lengthBytes)
  }

  #grow(leastBytes: number): boolean {
    const pageCount = Math.max(GROWTH_PAGES, Math.ceil(leastBytes / PAGE_BYTES))
    if (!this.#sandbox.grow(pageCount)) return false
    const { buffer } = this.#sandbox
    this.#addHole(this.#endBytes, buffer.byteLength - this.#endBytes)
    this.#endBytes = buffer.byteLength
    this.#box = new Float64Array(buffer, 0, BOX_CELLS)
    this.#bytes = new Uint8Array(buffer)
    return true
  }

  #addHole(startBytes: number, lengthBytes: number): void {
    if (lengthBytes === 0) return
    const holes = this.#holes
    const behind = holes.findIndex((hole) => hole.startBytes > startBytes)
    const at = behind < 0 ? holes.length : behind
    holes.splice(at, 0, { startBytes, lengthBytes })
    this.#join(at)
    if (at > 0) this.#join(at - 1)
  }

  /** With the one behind it, where they touch. */
  #join(at: number): void {
    const hole = this.#holes[at]
    const next = this.#holes[at + 1]
    if (!hole || !next || hole.startBytes + hole.lengthBytes !== next.startBytes) return
    hole.lengthBytes += next.lengthBytes
    this.#holes.splice(at + 1, 1)
  }
}
