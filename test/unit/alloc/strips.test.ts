// Strips of a file that has more of them than there are devices: every order of the buckets spreads them over all devices,
// and no strip is in a bucket that is too small.

import { expect, it } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { SeededRandom, shuffledIndices } from '../../../src/core/base/random.ts'
import { must, type Result } from '../../../src/core/base/result.ts'
import { allocateInterleaved, type Space, type Spaces } from '../../../src/core/alloc/allocate.ts'
import { UnitBitmap } from '../../../src/core/alloc/bitmap.ts'
import type { Extent, Fmap } from '../../../src/core/fmap/fmap.ts'

const UNIT = 2 * MIB
const space = (devindex: number, gib: number): Space => ({ devindex, bitmap: new UnitBitmap((gib * GIB) / UNIT), unitBytes: UNIT, deviceBytes: gib * GIB, cursorUnit: 0 })

function striped(sizes: readonly [number, ...number[]], bucketCount: number, stripCount: number, seed: number, relaxed = false): Result<Fmap> {
  const [first, ...others] = sizes
  const spaces: Spaces = [space(0, first), ...others.map((gib, i) => space(i + 1, gib))]
  const random = new SeededRandom(seed)
  return allocateInterleaved(spaces, 64 * UNIT, { bucketCount, stripCount, chunkBytes: UNIT }, { order: (count) => shuffledIndices(count, random), relaxed })
}

const stripsOf = (map: Fmap): Extent[] => (map.kind === 'interleaved' ? map.strips : [])
const countsOf = (map: Fmap, deviceCount: number): number[] => Array.from({ length: deviceCount }, (_, devindex) => stripsOf(map).filter((strip) => strip.devindex === devindex).length)

it('are on all devices, as many on each as on the others', () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(countsOf(must(striped([8, 8], 8, 4, seed)), 2)).toEqual([2, 2])
    expect(countsOf(must(striped([8, 8, 8], 8, 16, seed)), 3).toSorted()).toEqual([5, 5, 6])
    // One in every bucket that there is.
    expect(countsOf(must(striped([16, 8], 8, 16, seed)), 2)).toEqual([8, 8])
  }
})

it('are in no bucket of less than 1 GiB, unless that is lifted', () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(countsOf(must(striped([8, 4], 8, 4, seed)), 2)).toEqual([4, 0])
    expect(countsOf(must(striped([8, 4], 8, 4, seed, true)), 2)).toEqual([2, 2])
    expect(striped([8, 4], 8, 9, seed)).toMatchObject({ failure: { reason: 'no_strips' } })
    const firsts = stripsOf(must(striped([8, 4, 8], 8, 16, seed))).map(({ devindex, offsetBytes }) => `${devindex} ${Math.floor(offsetBytes / GIB)}`)
    expect(new Set(firsts).size).toBe(16)
    expect(firsts.every((place) => !place.startsWith('1'))).toBe(true)
  }
})
