// The checksum of pages is HalfSipHash-2-4 of 64 bits, as its reference computes it; its key is made anew for each mount.

import { expect, it } from 'vitest'
import { CHECK_KEY_BYTES, keyedCheck } from '../../../src/core/kernel/ways/keyedCheck.ts'
import { pagedWay } from '../../../src/core/kernel/ways/paged.ts'
import { Bench, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i)

// Of the reference's vectors: the key is 0 1 .. 7, the message of n bytes 0 1 .. n - 1.
it.each([[0, '218d1f59b9b83cc8'], [1, 'be552412f8387315'], [2, '064f39ef7c50eb57'], [4, 'd5e78a175be52ea1'], [7, 'ff202728b07bc684'], [8, 'edfee820bce4858c']])('of %i bytes', (length, hex) => {
  const into = new Uint32Array(3)
  // Wherever they lie.
  keyedCheck(counted(CHECK_KEY_BYTES))(Uint8Array.of(9, ...counted(length)).subarray(1), into, 1)
  expect(Buffer.from(into.buffer, 4).toString('hex')).toBe(hex)
})

it('is another one under another key, in any bit of it', () => {
  const key = counted(CHECK_KEY_BYTES)
  const checks = Array.from({ length: 65 }, (_, bit) => {
    const other = key.slice()
    if (bit < 64) other[bit >> 3]! ^= 1 << (bit & 7)
    const into = new Uint32Array(2)
    keyedCheck(other)(counted(24), into, 0)
    return into.join(' ')
  })
  expect(new Set(checks).size).toBe(65)
})

it('is asked for once by each mount', () => {
  const bench = new Bench(1, 8 * UNIT_BYTES)
  const keys: number[] = []
  const maker = pagedWay(bench.direct.link, { random: (target) => void keys.push(target.length) })
  for (let mounts = 0; mounts < 2; mounts++) bench.make(maker)
  expect(keys).toEqual([CHECK_KEY_BYTES, CHECK_KEY_BYTES])
})
