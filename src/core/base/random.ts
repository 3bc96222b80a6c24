// xoroshiro128+ with the 2016 constants (55, 36, 14), seeded by two steps of splitmix64 (golden/README.md, "Seeded
// random data"). 64-bit words live as pairs of 32-bit halves: no bigint after seeding, so a fill runs at memory pace.

const MASK64 = (1n << 64n) - 1n

export class SeededRandom {
  #s0lo: number
  #s0hi: number
  #s1lo: number
  #s1hi: number

  /** The seed is cut to its low 32 bits. */
  constructor(seed: number | bigint) {
    let x = BigInt.asUintN(32, BigInt(seed))
    const next = (): bigint => {
      x = (x + 0x9e3779b97f4a7c15n) & MASK64
      let z = x
      z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK64
      z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK64
      return z ^ (z >> 31n)
    }
    const s0 = next()
    const s1 = next()
    this.#s0lo = Number(s0 & 0xffffffffn) | 0
    this.#s0hi = Number(s0 >> 32n) | 0
    this.#s1lo = Number(s1 & 0xffffffffn) | 0
    this.#s1hi = Number(s1 >> 32n) | 0
  }

  /** The low 32 bits of the next draw, unsigned. */
  next32(): number {
    this.#one[0] = 0
    this.#draw(this.#one, 0, 1)
    return this.#one[0]
  }
  readonly #one = new Uint32Array(1)

  /** A whole number from 0 to `limit` - 1, without bias; limit at most 2^32. */
  below(limit: number): number {
    const range = 0x1_0000_0000
    const unbiased = range - (range % limit)
    for (;;) {
      const draw = this.next32()
      if (draw < unbiased) return draw % limit
    }
  }

  /** Fills bytes from draws: 4 bytes each, little-endian; a short tail takes the first bytes of one more draw. */
  fillBytes(target: Uint8Array): void {
    const words = Math.floor(target.length / 4)
    if (target.byteOffset % 4 === 0) {
      this.#draw(new Uint32Array(target.buffer, target.byteOffset, words), 0, words)
    } else {
      const whole = new Uint32Array(words)
      this.#draw(whole, 0, words)
      target.set(new Uint8Array(whole.buffer))
    }
    const tail = target.length % 4
    if (tail === 0) return
    const word = this.next32()
    for (let i = 0; i < tail; i++) target[words * 4 + i] = (word >>> (8 * i)) & 0xff
  }

  #draw(target: Uint32Array, from: number, to: number): void {
    let s0lo = this.#s0lo
    let s0hi = this.#s0hi
    let s1lo = this.#s1lo
    let s1hi = this.#s1hi
    for (let i = from; i < to; i++) {
      target[i] = (s0lo + s1lo) | 0
      const tlo = s1lo ^ s0lo
      const thi = s1hi ^ s0hi
      // s0 = rotl(s0, 55) ^ t ^ (t << 14); rotl by 55 is rotr by 9
      const rlo = (s0lo >>> 9) | (s0hi << 23)
      const rhi = (s0hi >>> 9) | (s0lo << 23)
      s0lo = rlo ^ tlo ^ (tlo << 14)
      s0hi = rhi ^ thi ^ ((thi << 14) | (tlo >>> 18))
      // s1 = rotl(t, 36): swap the halves, then rotl by 4
      s1lo = (thi << 4) | (tlo >>> 28)
      s1hi = (tlo << 4) | (thi >>> 28)
    }
    this.#s0lo = s0lo
    this.#s0hi = s0hi
    this.#s1lo = s1lo
    this.#s1hi = s1hi
  }
}

/** Fisher-Yates over 0 .. count - 1. */
export function shuffledIndices(count: number, random: SeededRandom): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}
