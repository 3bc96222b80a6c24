// Checksums, chance, UUIDs and text are the same everywhere: each is held against a known value or a slower, plainer model.

import * as fc from 'fast-check'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isPowerOfTwo, toSafeNumber, unitsOf } from '../../../src/core/base/align.ts'
import { crc32, crc32At, Zeros } from '../../../src/core/base/crc32.ts'
import { bytesOfText, textOf, toPlain } from '../../../src/core/base/plain.ts'
import { SeededRandom, shuffledIndices } from '../../../src/core/base/random.ts'
import { makeUuid, NIL_UUID, parseUuid, uuidBytes, uuidText } from '../../../src/core/base/uuid.ts'
import { propertyRuns } from '../../counts.ts'

describe('crc32', () => {
  it('has the known check value', () => {
    expect(crc32(bytesOfText('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array(0))).toBe(0)
  })

  it('is zlib’s, of any view', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat({ max: 9 }), (bytes, skip) => {
      expect(crc32(bytes.subarray(skip))).toBe(zlibCrc32(bytes.subarray(skip)))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('is zlib’s of a part of a view, and of a part with zeros behind it', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat({ max: 20 }), fc.nat({ max: 400 }), (bytes, skip, zeroCount) => {
      const start = Math.min(skip, bytes.length)
      const sum = crc32At(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, bytes.length)
      expect(sum).toBe(zlibCrc32(bytes.subarray(start)))
      const whole = new Uint8Array(bytes.length - start + zeroCount)
      whole.set(bytes.subarray(start))
      expect(new Zeros(zeroCount).behind(sum)).toBe(zlibCrc32(whole))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })
})

/** xoroshiro128+ as it is written in golden/README.md, in whole 64-bit words. */
function modelBytes(seed: bigint, length: number): Uint8Array {
  const mask = (1n << 64n) - 1n
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (64n - k))) & mask
  let x = seed & 0xffff_ffffn
  const mix = (): bigint => {
    x = (x + 0x9e3779b97f4a7c15n) & mask
    let z = x
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask
    return z ^ (z >> 31n)
  }
  let s0 = mix()
  let s1 = mix()
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 4) {
    const word = Number((s0 + s1) & 0xffff_ffffn)
    const t = s1 ^ s0
    s0 = rotl(s0, 55n) ^ t ^ ((t << 14n) & mask)
    s1 = rotl(t, 36n)
    for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = (word >>> (8 * i)) & 0xff
  }
  return bytes
}

describe('seeded random', () => {
  const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

  it('fills as the model does, whatever the length and alignment', () => {
    const property = fc.property(seeds, fc.nat({ max: 300 }), fc.nat({ max: 7 }), (seed, length, shift) => {
      const target = new Uint8Array(length + 8).subarray(shift, shift + length)
      new SeededRandom(seed).fillBytes(target)
      expect(target).toEqual(modelBytes(seed, length))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('is one stream over pieces of whole words', () => {
    const whole = new Uint8Array(64)
    new SeededRandom(9).fillBytes(whole)
    const random = new SeededRandom(9)
    const pieces = [new Uint8Array(12), new Uint8Array(52)]
    for (const piece of pieces) random.fillBytes(piece)
    expect([...pieces[0]!, ...pieces[1]!]).toEqual([...whole])
  })

  it('takes the low 32 bits of its seed', () => {
    expect(new SeededRandom(0x1_0000_0001n).next32()).toBe(new SeededRandom(1).next32())
    expect(new SeededRandom(2).next32()).not.toBe(new SeededRandom(1).next32())
  })

  it('below() stays below, and reaches every number', () => {
    const random = new SeededRandom(5)
    const seen = new Set(Array.from({ length: 500 }, () => random.below(10)))
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(Array.from({ length: 100 }, () => random.below(2 ** 32)).every((value) => value >= 0 && value < 2 ** 32)).toBe(true)
  })

  it('shuffles: every index once, and not always alike', () => {
    const property = fc.property(fc.nat({ max: 64 }), seeds, (count, seed) => {
      const order = shuffledIndices(count, new SeededRandom(seed))
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    const random = new SeededRandom(1)
    const firsts = new Set(Array.from({ length: 200 }, () => shuffledIndices(8, random)[0]))
    expect(firsts.size).toBe(8)
  })
})

describe('uuid', () => {
  it('text and bytes keep one order', () => {
    const text = '00112233-4455-6677-8899-aabbccddeeff'
    expect([...uuidBytes(text)].map((byte) => byte / 0x11)).toEqual([...Array(16).keys()])
    expect(uuidText(uuidBytes(text))).toBe(text)
    const property = fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      expect(uuidBytes(uuidText(bytes, 4))).toEqual(bytes.slice(4))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('is parsed from text as people give it, and else refused', () => {
    expect(parseUuid(' C2F0A3DE-5b1e-4a6f-9b53-7d1f0e2a4c61\n')).toEqual({ ok: true, value: 'c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61' })
    for (const bad of ['', 'x', 'c2f0a3de5b1e4a6f9b537d1f0e2a4c61', 'c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c6', 'g2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61']) {
      expect(parseUuid(bad)).toMatchObject({ ok: false, failure: { reason: 'bad_uuid' } })
    }
  })

  it('is made at random, of version 4', () => {
    expect(makeUuid((target) => void target.fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(makeUuid((target) => void target.fill(0))).toBe('00000000-0000-4000-8000-000000000000')
    expect(NIL_UUID).toBe(uuidText(new Uint8Array(16)))
  })
})

describe('numbers', () => {
  it('a u64 becomes a number only where a number holds it', () => {
    expect([0n, 5n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n, -1n].map(toSafeNumber)).toEqual([0, 5, 2 ** 53 - 1, undefined, undefined, undefined])
  })

  it('sizes are rounded up to units', () => {
    expect([0, 1, 4096, 4097].map((size) => unitsOf(size, 4096))).toEqual([0, 1, 1, 2])
  })

  it('powers of two, and none of their neighbours', () => {
    for (let exponent = 0; exponent < 53; exponent++) {
      const power = 2 ** exponent
      expect([power, isPowerOfTwo(power)]).toEqual([power, true])
      expect([power + 1, isPowerOfTwo(power + 1)]).toEqual([power + 1, exponent === 0])
      expect([power - 1, isPowerOfTwo(power - 1)]).toEqual([power - 1, exponent === 1])
    }
    expect([2 ** 53 - 1, 2 ** 53, 0.5, -2, Number.NaN, Infinity].some(isPowerOfTwo)).toBe(false)
  })
})

describe('text and shared views', () => {
  it('a shared view is copied, a private one is not', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(65)
    const plain = toPlain(shared)
    expect(plain.buffer).toBeInstanceOf(ArrayBuffer)
    expect(textOf(shared)).toBe('AAAA')
    const own = new Uint8Array(3)
    expect(toPlain(own)).toBe(own)
  })

  it('any bytes become text', () => {
    expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff))).toBe('\ufeffA\ufffd')
  })
})
