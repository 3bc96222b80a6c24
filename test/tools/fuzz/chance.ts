// Everything that a fuzz input is comes from a seed and its number, so that one number brings it back.

import { SeededRandom } from '../../../src/core/base/random.ts'

const U64 = (1n << 64n) - 1n
/** Where arithmetic tends to break: ends of ranges, sizes of things, and their neighbours. */
const EDGES = [0n, 1n, 47n, 48n, 544n, 592n, 4096n, 1n << 21n, (1n << 21n) + 48n, 1n << 23n, 1n << 26n, 1n << 31n, 1n << 32n, 1n << 46n, 1n << 52n, 1n << 53n, 1n << 63n, U64]

export class Chance {
  readonly #random: SeededRandom

  constructor(seed: number, run: number) {
    this.#random = new SeededRandom((Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) + Math.imul(run + 1, 0xc2b2_ae35)) >>> 0)
  }

  below(limit: number): number {
    return this.#random.below(limit)
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  u64(): bigint {
    switch (this.below(4)) {
      case 0:
        return BigInt(this.below(256))
      case 1:
        return (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32))
      case 2:
        // A unit somewhere on a device of up to 64 GiB, now and then one byte beside it.
        return BigInt(this.below(2 ** 15)) * BigInt(1 << 21) + BigInt(this.below(8) === 0 ? 1 : 0)
      default:
        return (this.pick(EDGES) + BigInt(this.below(3)) - 1n) & U64
    }
  }

  u32(): number {
    return Number(this.u64() & 0xffff_ffffn)
  }

  fill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.below(256)
  }
}
