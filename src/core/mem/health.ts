// What the hardware says of a device: poisoned ranges, whether it answers, and which configuration it is in. It lies in
// memory that every host shares, beside the device and not on it, so that all hosts learn of it at once. `changeCount`
// moves after each change: who has seen a count needn't look again until it moves.

import { assert } from '../base/assert.ts'

const CHANGES = 0
const STOPPED = 1
const CONFIGURATION = 2
const POISONED = 3
const WORD_COUNT = 4
export const POISON_RANGES_MOST = 256
/** Four 32-bit words, then pairs of Float64: offset and length in bytes. */
export const HEALTH_BYTES = WORD_COUNT * 4 + POISON_RANGES_MOST * 16

export interface PoisonRange {
  offsetBytes: number
  lengthBytes: number
}

export class Health {
  readonly #words: Int32Array
  readonly #ranges: Float64Array

  /** @param buffer of HEALTH_BYTES, zero when new */
  constructor(buffer: SharedArrayBuffer | ArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, WORD_COUNT)
    this.#ranges = new Float64Array(buffer, WORD_COUNT * 4, POISON_RANGES_MOST * 2)
  }

  get changeCount(): number {
    return Atomics.load(this.#words, CHANGES)
  }

  /** A plain load: an access that is under way meanwhile may miss a change, as it may on a real machine. */
  hasMovedSince(changeCount: number): boolean {
    return this.#words[CHANGES] !== changeCount
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOPPED) === 1
  }

  /** Another number after each reconfiguration. */
  get configuration(): number {
    return Atomics.load(this.#words, CONFIGURATION)
  }

  get poison(): PoisonRange[] {
    const count = Atomics.load(this.#words, POISONED)
    return Array.from({ length: count }, (_, i) => ({ offsetBytes: this.#range(i * 2), lengthBytes: this.#range(i * 2 + 1) }))
  }

  /** The first poisoned byte of a range; -1 for none. */
  firstPoisoned(offsetBytes: number, lengthBytes: number): number {
    let first = -1
    for (let i = 0; i < Atomics.load(this.#words, POISONED); i++) {
      const start = Math.max(this.#range(i * 2), offsetBytes)
      const end = Math.min(this.#range(i * 2) + this.#range(i * 2 + 1), offsetBytes + lengthBytes)
      if (start < end && (first < 0 || start < first)) first = start
    }
    return first
  }

  /** @returns false where no more ranges fit */
  addPoison(offsetBytes: number, lengthBytes: number): boolean {
    assert(offsetBytes >= 0 && lengthBytes > 0, 'poison is on a device')
    const count = Atomics.load(this.#words, POISONED)
    if (count === POISON_RANGES_MOST) return false
    this.#ranges[count * 2] = offsetBytes
    this.#ranges[count * 2 + 1] = lengthBytes
    Atomics.store(this.#words, POISONED, count + 1)
    this.#changed()
    return true
  }

  stop(): void {
    Atomics.store(this.#words, STOPPED, 1)
    this.#changed()
  }

  start(): void {
    Atomics.store(this.#words, STOPPED, 0)
    this.#changed()
  }

  /** Whoever has it mounted has another device under it from now on. */
  reconfigure(): void {
    Atomics.add(this.#words, CONFIGURATION, 1)
    this.#changed()
  }

  /** The memory was initialised again: no poison, and it answers. */
  mend(): void {
    Atomics.store(this.#words, POISONED, 0)
    Atomics.store(this.#words, STOPPED, 0)
    this.#changed()
  }

  #range(index: number): number {
    return this.#ranges[index] as number
  }

  #changed(): void {
    Atomics.add(this.#words, CHANGES, 1)
  }
}
