// The resolver answers for every byte what a plain walk over the map answers, never reaches past extent, chunk or file, and
// allocates nothing.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Extent, type Fmap, checked, fmapOf, logFileMetaOf } from '../../../src/core/fmap/fmap.ts'
import { BEFORE, DEVINDEX, LENGTH, newAnswer, OFFSET } from '../../../src/core/fmap/resolve.ts'
import { resolverOf } from '../../../src/core/fmap/mapResolve.ts'
import { printCount, propertyRuns } from '../../counts.ts'
import { collectionsOf } from '../../helpers/collections.ts'

/** For each byte of a file: device, offset there, and the number of the run that it belongs to. */
type Places = [devindex: number, offsetBytes: number, run: number][]

function walk(map: Fmap): Places {
  const places: Places = []
  if (map.kind === 'simple') {
    map.extents.forEach((extent, run) => {
      for (let at = 0; at < extent.lengthBytes && places.length < map.sizeBytes; at++) places.push([extent.devindex, extent.offsetBytes + at, run])
    })
    return places
  }
  // Chunk after chunk, strip after strip, each strip from its start.
  const used = map.strips.map(() => 0)
  for (let chunk = 0; places.length < map.sizeBytes; chunk++) {
    const strip = chunk % map.strips.length
    const { devindex, offsetBytes } = map.strips[strip] as Extent
    for (let at = 0; at < map.chunkBytes && places.length < map.sizeBytes; at++) places.push([devindex, offsetBytes + (used[strip] as number) + at, chunk])
    used[strip] = (used[strip] as number) + map.chunkBytes
  }
  return places
}

const extent = (lengthBytes: fc.Arbitrary<number>): fc.Arbitrary<Extent> =>
  fc.record({ devindex: fc.nat({ max: 3 }), offsetBytes: fc.nat({ max: 2 ** 40 }), lengthBytes })

const simple: fc.Arbitrary<Fmap> = fc.array(extent(fc.nat({ max: 40 })), { minLength: 1, maxLength: 16 }).chain((extents) => {
  const heldBytes = extents.reduce((sum, each) => sum + each.lengthBytes, 0)
  return fc.nat({ max: heldBytes }).map((sizeBytes): Fmap => ({ kind: 'simple', sizeBytes, extents }))
})

const interleaved: fc.Arbitrary<Fmap> = fc
  .record({ chunkBits: fc.nat({ max: 5 }), rows: fc.integer({ min: 1, max: 4 }), strips: fc.array(extent(fc.constant(0)), { minLength: 1, maxLength: 16 }) })
  .chain(({ chunkBits, rows, strips }) => {
    const chunkBytes = 2 ** chunkBits
    const whole = strips.map((strip) => ({ ...strip, lengthBytes: rows * chunkBytes }))
    const most = rows * chunkBytes * strips.length
    return fc.integer({ min: 0, max: most }).map((sizeBytes): Fmap => ({ kind: 'interleaved', sizeBytes, chunkBytes, strips: whole }))
  })

let bytesResolved = 0

function expectResolved(map: Fmap): void {
  expect(checked(map)).toEqual({ map })
  const places = walk(map)
  const resolver = resolverOf(map)
  const answer = newAnswer()
  const answers = places.map((_, at) => (resolver.resolve(at, answer) ? [answer[DEVINDEX], answer[OFFSET], answer[BEFORE], answer[LENGTH]] : 'none'))
  const ends = places.map(([, , run], at) => [places.findIndex((place) => place[2] === run), places.findLastIndex((place) => place[2] === run), at])
  expect(answers).toEqual(places.map(([devindex, offset], at) => [devindex, offset, at - (ends[at]![0] as number), (ends[at]![1] as number) - at + 1]))
  const beyond = [-1, map.sizeBytes, map.sizeBytes + 1, 2 ** 53, 0.5, Number.NaN, Infinity, -Infinity]
  expect(beyond.map((at) => resolver.resolve(at, answer))).toEqual(beyond.map(() => false))
  bytesResolved += places.length
}

describe('every byte of a file is where a plain walk finds it', () => {
  it('with extents one after the other', () => {
    fc.assert(fc.property(simple, expectResolved), { numRuns: propertyRuns.usual })
    expect(bytesResolved).toBeGreaterThan(1000)
  })

  it('with chunks in turn over strips', () => {
    fc.assert(fc.property(interleaved, expectResolved), { numRuns: propertyRuns.usual })
    printCount('bytes resolved and walked', bytesResolved)
    expect(bytesResolved).toBeGreaterThan(2000)
  })

  it('far out, where a file is terabytes long', () => {
    const tib = 2 ** 40
    const strips = Array.from({ length: 3 }, (_, i) => ({ devindex: i, offsetBytes: i * 7 * tib, lengthBytes: 5 * tib }))
    const resolver = resolverOf({ kind: 'interleaved', sizeBytes: 15 * tib - 1, chunkBytes: 4096, strips })
    const answer = newAnswer()
    const offset = 14 * tib + 12_345
    expect(resolver.resolve(offset, answer)).toBe(true)
    const chunk = BigInt(offset) / 4096n
    expect([answer[DEVINDEX], BigInt(answer[OFFSET] as number)]).toEqual([Number(chunk % 3n), (chunk % 3n) * 7n * BigInt(tib) + (chunk / 3n) * 4096n + BigInt(offset % 4096)])
  })
})

describe('no call allocates', () => {
  const pieces = Array.from({ length: 16 }, (_, i) => ({ devindex: 0, offsetBytes: (i * 2 + 1) * 2 ** 33, lengthBytes: 2 ** 26 }))

  it.each([
    ['simple', { kind: 'simple', sizeBytes: 2 ** 30, extents: pieces } satisfies Fmap],
    ['interleaved', { kind: 'interleaved', sizeBytes: 2 ** 30, chunkBytes: 2 ** 21, strips: pieces } satisfies Fmap],
  ])('%s', (_, map) => {
    const resolver = resolverOf(map)
    const answer = newAnswer()
    // Offsets stay small integers: a larger number would be boxed for the call itself, whatever the resolver does.
    const run = (): number => {
      let found = 0
      for (let i = 0; i < 3_000_000; i++) if (resolver.resolve((i * 104_729) % 2 ** 30, answer)) found++
      return found
    }
    expect(run()).toBe(3_000_000)
    // One object a call would be some 50 MB, and several collections.
    expect(collectionsOf(run)).toBeLessThanOrEqual(1)
  })
})

describe('a map from the media', () => {
  const base = { path: 'a', mode: 0, uid: 0, gid: 0 }
  const one = (sizeBytes: number, extents: Extent[]) => logFileMetaOf({ ...base, map: { kind: 'simple', sizeBytes, extents } })

  it('is the one that was logged', () => {
    const property = fc.property(fc.oneof(simple, interleaved), (map) => {
      expect(fmapOf(logFileMetaOf({ ...base, map }))).toEqual({ map })
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it.each([
    ['whose extents are short', one(9, [{ devindex: 0, offsetBytes: 0, lengthBytes: 8 }]), 'extents of 8 bytes for a file of 9'],
    ['that ends beyond exact numbers', one(1, [{ devindex: 0, offsetBytes: 2 ** 53 - 1, lengthBytes: 1 }]), 'an extent beyond any device'],
    ['with no extent', { ...one(0, []) }, '0 extents'],
    ['with too many', { ...one(0, []), fm_fmap: { fmap_ext_type: 0, fmap_nextents: 17, list: { se: [] } } }, '17 extents'],
    ['of another type', { ...one(0, []), fm_fmap: { fmap_ext_type: 2, fmap_nextents: 1, list: {} } }, 'extent type 2'],
    ['of a size beyond numbers', { ...one(0, []), fm_size: 2n ** 53n }, 'a size of 9007199254740992 bytes'],
    ['with an odd chunk', strips(3n, 3n), 'a chunk of 3 bytes'],
    ['with a chunk one below a power of two', strips(2n ** 53n - 1n, 1n), 'a chunk of 9007199254740991 bytes'],
    ['with short strips', strips(4n, 9n), 'a strip of 4 bytes where 8 are needed'],
    ['with no strips', { ...strips(4n, 1n), fm_fmap: { fmap_ext_type: 1, fmap_nextents: 1, list: { ie: [{ ie_nstrips: 0n, ie_chunk_size: 4n, ie_strips: [] }] } } }, '0 strips'],
    ['with two interleaved extents', { ...strips(4n, 1n), fm_fmap: { ...strips(4n, 1n).fm_fmap, fmap_nextents: 2 } }, '2 interleaved extents'],
  ])('%s is refused', (_, meta, trouble) => {
    expect(fmapOf(meta)).toEqual({ trouble })
  })

  function strips(chunk: bigint, size: bigint) {
    const strip = { se_devindex: 0n, se_offset: 0n, se_len: 4n }
    const ie = [{ ie_nstrips: 2n, ie_chunk_size: chunk, ie_strips: [strip, strip] }]
    return { ...one(0, []), fm_size: size, fm_fmap: { fmap_ext_type: 1, fmap_nextents: 1, list: { ie } } }
  }
})
