// What the hardware says of a device: poisoned ranges, whether it answers, and which configuration it is in. It lies in
// memory that every host shares, beside the device and not on it, so that all hosts learn of it at once. `changeCount`
// moves with each change: who has seen a count needn't look again until it moves. It is odd while ranges are rewritten, so
// that one host changes them at a time, and nobody takes half a change for poison. Ranges are sorted and don't touch.

import { assert } from '../base/assert.ts'
import { POISON_RANGES_MOST } from '../base/poison.ts'

const CHANGES = 0
const STOPPED = 1
const CONFIGURATION = 2
const POISONED = 3
const WORD_COUNT = 4
/** Four 32-bit words, then pairs of Float64: offset and length in bytes. */
export const HEALTH_BYTES = WORD_COUNT * 4 + POISON_RANGES_MOST * 16

/** How long anyone waits for a change. Who waited so long ends it: a worker that died in the middle of one holds up the others once, and no more. */
const TRIES_MOST = 1_000_000

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

  get isPoisoned(): boolean {
    return Atomics.load(this.#words, POISONED) > 0
  }

  /** It answers, and no byte of it is poisoned. Plain loads, for whoever asks often. */
  get isSound(): boolean {
    return this.#words[STOPPED] === 0 && this.#words[POISONED] === 0
  }

  get poison(): PoisonRange[] {
    return this.#settled(() => this.#list())
  }

  /** The first poisoned byte of a range; -1 for none. */
  firstPoisoned(offsetBytes: number, lengthBytes: number): number {
    return this.#settled(() => {
      const count = Atomics.load(this.#words, POISONED)
      for (let i = 0; i < count; i++) {
        const start = Math.max(this.#range(i * 2), offsetBytes)
        const end = Math.min(this.#range(i * 2) + this.#range(i * 2 + 1), offsetBytes + lengthBytes)
        if (start < end) return start
      }
      return -1
    })
  }

  /** @returns false where no more ranges fit: then nothing changed */
  addPoison(offsetBytes: number, lengthBytes: number): boolean {
    assert(offsetBytes >= 0 && lengthBytes > 0, 'poison is on a device')
    return this.#replaced((ranges) => {
      const touching = ranges.filter((range) => range.offsetBytes <= offsetBytes + lengthBytes && endOf(range) >= offsetBytes)
      const start = Math.min(offsetBytes, ...touching.map((range) => range.offsetBytes))
      const end = Math.max(offsetBytes + lengthBytes, ...touching.map(endOf))
      return [...ranges.filter((range) => !touching.includes(range)), { offsetBytes: start, lengthBytes: end - start }]
    })
  }

  /** What is poisoned around the range stays so. @returns false where no more ranges fit: then nothing changed */
  clearPoison(offsetBytes: number, lengthBytes: number): boolean {
    const end = offsetBytes + lengthBytes
    return this.#replaced((ranges) => ranges.flatMap((range) => {
      const before = { offsetBytes: range.offsetBytes, lengthBytes: Math.min(endOf(range), offsetBytes) - range.offsetBytes }
      const from = Math.max(range.offsetBytes, end)
      return [before, { offsetBytes: from, lengthBytes: endOf(range) - from }].filter((rest) => rest.lengthBytes > 0)
    }))
  }

  stop(): void {
    this.#change(() => Atomics.store(this.#words, STOPPED, 1))
  }

  start(): void {
    this.#change(() => Atomics.store(this.#words, STOPPED, 0))
  }

  /** Whoever has it mounted has another device under it from now on. */
  reconfigure(): void {
    this.#change(() => Atomics.add(this.#words, CONFIGURATION, 1))
  }

  /** The memory was initialised again: no poison, and it answers. */
  mend(): void {
    this.#change(() => {
      Atomics.store(this.#words, POISONED, 0)
      Atomics.store(this.#words, STOPPED, 0)
    })
  }

  #list(): PoisonRange[] {
    const count = Atomics.load(this.#words, POISONED)
    return Array.from({ length: count }, (_, i) => ({ offsetBytes: this.#range(i * 2), lengthBytes: this.#range(i * 2 + 1) }))
  }

  #range(index: number): number {
    return this.#ranges[index] as number
  }

  #replaced(next: (ranges: PoisonRange[]) => PoisonRange[]): boolean {
    let fits = false
    this.#change(() => {
      const ranges = next(this.#list()).toSorted((a, b) => a.offsetBytes - b.offsetBytes)
      fits = ranges.length <= POISON_RANGES_MOST
      if (!fits) return
      for (const [i, range] of ranges.entries()) this.#ranges.set([range.offsetBytes, range.lengthBytes], i * 2)
      Atomics.store(this.#words, POISONED, ranges.length)
    })
    return fits
  }

  #change(work: () => void): void {
    let even: number
    let tries = 0
    do {
      if (++tries > TRIES_MOST) this.#endChange()
      even = this.changeCount & ~1
    } while (Atomics.compareExchange(this.#words, CHANGES, even, even + 1) !== even)
    work()
    // Unless someone waited too long for it: then it is ended already, and may be another's by now.
    Atomics.compareExchange(this.#words, CHANGES, even + 1, even + 2)
  }

  /** What a look gives that no change fell into. */
  #settled<T>(look: () => T): T {
    for (let tries = 0; ; tries++) {
      const before = this.changeCount
      const seen = look()
      if ((before & 1) === 0 && this.changeCount === before) return seen
      if (tries >= TRIES_MOST) {
        this.#endChange()
        return seen
      }
    }
  }

  /** In place of whoever began it. */
  #endChange(): void {
    const count = this.changeCount
    if ((count & 1) === 1) Atomics.compareExchange(this.#words, CHANGES, count, count + 1)
  }
}

/** Behind a device's name. */
export const DEVICE_WORDS = {
  poison: 'reported poisoned memory',
  stopped: 'does not answer',
  reconfigured: 'was reconfigured under the mount',
} as const

function endOf({ offsetBytes, lengthBytes }: PoisonRange): number {
  return offsetBytes + lengthBytes
}
