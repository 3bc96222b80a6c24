// The memory of one mount's programs: the box at its start, then parts that are given out and taken back. No two parts
// share a byte. It grows to twice what it is, or to what is needed, and never shrinks. Growing it makes another buffer, so
// views are asked for and not kept.

import { Holes } from '../../base/holes.ts'
import { BOX_CELLS, CELL_BYTES } from './mailbox.ts'
import { PAGE_BYTES, type Sandbox } from './sandbox.ts'

export class Room {
  readonly #sandbox: Sandbox
  readonly #holes = new Holes()
  #endBytes: number
  #box: Float64Array
  #bytes: Uint8Array

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox
    this.#endBytes = sandbox.buffer.byteLength
    const startBytes = BOX_CELLS * CELL_BYTES
    this.#holes.add(startBytes, this.#endBytes - startBytes)
    this.#box = new Float64Array(sandbox.buffer, 0, BOX_CELLS)
    this.#bytes = new Uint8Array(sandbox.buffer)
  }

  get box(): Float64Array {
    return this.#box
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** @returns where the part begins, in bytes; undefined where there is no more memory. What it holds is anything. */
  take(cellCount: number): number | undefined {
    const lengthBytes = cellCount * CELL_BYTES
    return this.#holes.take(lengthBytes) ?? (this.#grow(lengthBytes) ? this.take(cellCount) : undefined)
  }

  giveBack(startBytes: number, cellCount: number): void {
    this.#holes.add(startBytes, cellCount * CELL_BYTES)
  }

  #grow(leastBytes: number): boolean {
    const leastPages = Math.ceil(leastBytes / PAGE_BYTES)
    const doubledPages = this.#endBytes / PAGE_BYTES
    if (!this.#sandbox.grow(Math.max(leastPages, doubledPages)) && !this.#sandbox.grow(leastPages)) return false
    const { buffer } = this.#sandbox
    this.#holes.add(this.#endBytes, buffer.byteLength - this.#endBytes)
    this.#endBytes = buffer.byteLength
    this.#box = new Float64Array(buffer, 0, BOX_CELLS)
    this.#bytes = new Uint8Array(buffer)
    return true
  }
}
