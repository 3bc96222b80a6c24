// The lab's files are sound maps, the same from the same setup; accesses stay inside of them; and numbers out of range, or
// more bytes than memory, are refused with words.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { unrolled } from '../../../src/core/fmap/widePulled.ts'
import { accessesOf } from '../../../src/sim/lab/accesses.ts'
import { deviceName, fmapOfWide, LAB_FIRST_NODE, labFiles, labStore, movedMap } from '../../../src/sim/lab/files.ts'
import { LAB_DATA_BYTES, LAB_UNIT_BYTES, refuseSetup } from '../../../src/sim/lab/setup.ts'
import { propertyRuns } from '../../counts.ts'
import type { LabSetup } from '../../../src/sim/lab/types.ts'
import { anySetup, setupOf } from '../../helpers/lab.ts'

describe('files of the lab', () => {
  it('have as many extents or chunks as asked, inside of their devices, no unit used twice', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        expect(refuseSetup(setup)).toBeUndefined()
        const made = labFiles(setup)
        expect(made).toEqual(labFiles(setup))
        const used = new Set<string>()
        for (const { map } of made.files) {
          const { count, devindices, offsets, lengths } = unrolled(map)
          expect(count).toBe(setup.extentCount)
          let heldBytes = 0
          for (let i = 0; i < count; i++) {
            const devindex = devindices[i] ?? -1
            const start = offsets[i] ?? -1
            const lengthBytes = lengths[i] ?? 0
            heldBytes += lengthBytes
            expect(start).toBeGreaterThanOrEqual(LAB_DATA_BYTES)
            expect(start + lengthBytes).toBeLessThanOrEqual(made.deviceBytes[devindex] ?? 0)
            for (let unit = start; unit < start + lengthBytes; unit += LAB_UNIT_BYTES) {
              expect(unit % LAB_UNIT_BYTES).toBe(0)
              expect(used.has(`${devindex}:${unit}`)).toBe(false)
              used.add(`${devindex}:${unit}`)
            }
          }
          expect(map.sizeBytes).toBeGreaterThan(heldBytes - LAB_UNIT_BYTES)
          expect(map.sizeBytes).toBeLessThanOrEqual(heldBytes)
          // The tools' form of a map says the same.
          expect(wideOf(fmapOfWide(map)).sizeBytes).toBe(map.sizeBytes)
        }
      }),
      { numRuns: propertyRuns.dear },
    )
  })

  it('lie scattered: no extent goes on where the one before it ended', () => {
    const [file] = labFiles(setupOf({ extentCount: 1000 })).files
    if (file?.map.kind !== 'simple') throw new Error('a simple file')
    const { offsets, lengths } = file.map.columns
    const following = Array.from({ length: 999 }, (_, i) => offsets[i + 1] === (offsets[i] ?? 0) + (lengths[i] ?? 0))
    expect(following.filter(Boolean)).toEqual([])
  })

  it('are on all devices, which the daemon knows by name', () => {
    const made = labFiles(setupOf({ shape: 'striped', deviceCount: 4, stripCount: 4, fileCount: 2 }))
    const store = labStore(made)
    expect(made.files.map(({ map }) => [...new Set(unrolled(map).devindices)].sort())).toEqual([[0, 1, 2, 3], [0, 1, 2, 3]])
    expect([0, 3, 4].map((devindex) => store.daxdev(devindex))).toEqual([deviceName(0), deviceName(3), undefined])
    expect(store.map(LAB_FIRST_NODE + 1)).toBe(made.files[1]?.map)
    expect(store.map(LAB_FIRST_NODE + 2)).toBeUndefined()
    expect(store.map(1)).toBeUndefined()
  })
})

describe('a file that moves', () => {
  it('has the same pieces on the same devices, at places that nobody had', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const made = labFiles(setup)
        const endBytes = [...made.deviceBytes]
        const [file] = made.files
        if (!file) throw new Error('a file')
        const before = unrolled(file.map)
        const map = movedMap(file.map, made.deviceBytes)
        const after = unrolled(map)
        expect(map.sizeBytes).toBe(file.map.sizeBytes)
        expect(after).toMatchObject({ count: before.count, lengths: before.lengths, devindices: before.devindices })
        const pieces = Array.from({ length: after.count }, (_, i) => [after.devindices[i] ?? -1, after.offsets[i] ?? -1, after.lengths[i] ?? 0] as const)
        for (const [devindex, start, lengthBytes] of pieces) {
          expect(start).toBeGreaterThanOrEqual(endBytes[devindex] ?? 0)
          expect(start + lengthBytes).toBeLessThanOrEqual(made.deviceBytes[devindex] ?? 0)
        }
        const sorted = pieces.toSorted((one, other) => one[0] - other[0] || one[1] - other[1])
        const overlapping = sorted.filter(([devindex, start], i) => i > 0 && sorted[i - 1]?.[0] === devindex && start < (sorted[i - 1]?.[1] ?? 0) + (sorted[i - 1]?.[2] ?? 0))
        expect(overlapping).toEqual([])
      }),
      { numRuns: propertyRuns.dear },
    )
  })
})

describe('accesses', () => {
  it('stay inside of their file and are the same from the same seed', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const sizes = labFiles(setup).files.map(({ map }) => map.sizeBytes)
        const accesses = accessesOf(setup, sizes)
        expect(accesses).toEqual(accessesOf(setup, sizes))
        for (let i = 0; i < setup.accessCount; i++) {
          const offsetBytes = accesses.offsets[i] ?? -1
          const lengthBytes = accesses.lengths[i] ?? 0
          expect(offsetBytes).toBeGreaterThanOrEqual(0)
          expect(lengthBytes).toBeGreaterThan(0)
          expect(lengthBytes).toBeLessThanOrEqual(setup.accessBytes)
          expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(sizes[accesses.fileIndices[i] ?? -1] ?? -1)
        }
      }),
      { numRuns: propertyRuns.usual },
    )
  })

  it('in order read every byte of every file once, then begin again', () => {
    const setup = setupOf({ extentCount: 1, fileCount: 2, pattern: 'in_order', accessBytes: 1000, accessCount: 9 })
    const { offsets, lengths, fileIndices } = accessesOf(setup, [3996, 3996])
    expect([...offsets]).toEqual([0, 1000, 2000, 3000, 0, 1000, 2000, 3000, 0])
    expect([...lengths]).toEqual([1000, 1000, 1000, 996, 1000, 1000, 1000, 996, 1000])
    expect([...fileIndices]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0])
  })
})

describe('a setup', () => {
  it.each([
    [{ extentCount: 0 }, '0 extents: 1 to 1,000,000'],
    [{ extentCount: 1_000_001 }, '1,000,001 extents: 1 to 1,000,000'],
    [{ stripCount: 17 }, '17 strips: 1 to 16'],
    [{ accessBytes: 1.5 }, '1.5 B for each access: 1 B to 1.0 MiB'],
    [{ cacheCapBytes: 100 }, '100 B of cache cap: 4.0 KiB to 1.0 GiB'],
    [{ seed: -1 }, '-1 as a seed'],
    [{ moveCount: 101 }, '101 moves of files: 0 to 100'],
    [{ aheadBytes: 0 }, '0 B to look ahead: 1 B to 1.0 GiB'],
    [{ extentCount: 1_000_000, fileCount: 2 }, '7.6 GiB of files: at most 3.9 GiB, so set fewer extents or files'],
    [{ extentCount: 1_000_000, isUniform: false }, '6.1 GiB of files: at most 3.9 GiB, so set fewer extents or files'],
    [{ extentCount: 1_000_000, moveCount: 1 }, '7.6 GiB of files: at most 3.9 GiB, so set fewer extents or files, or fewer moves'],
    [{ extentCount: 1_000_000, fileCount: 1000 }, '3.7 TiB of files: at most 3.9 GiB, so set fewer extents or files'],
    [{ accessCount: 1_000_000, accessBytes: 65_536 }, '61.0 GiB to read: at most 1.0 GiB, so set fewer accesses, or fewer bytes for each'],
    [{ kernels: ['v1', 'fuse-iomap'], extentCount: 100_000, cacheCapBytes: 4096, accessCount: 1_000_000, daemon: 'worker' }, 'about 2 minutes of work: at most about one, so set fewer accesses, or the daemon beside its kernel, or a larger cache cap'],
    [{ extentCount: 9000, accessCount: 16_000, accessBytes: 65_536, moveCount: 100 }, 'about 6 minutes of work: at most about one, so set fewer accesses, or fewer moves, or a larger cache cap'],
  ] satisfies [Partial<LabSetup>, string][])('%j is refused', (other, says) => {
    expect(refuseSetup(setupOf(other))).toMatchObject({ reason: 'lab_setup', says: expect.stringContaining(says) })
  })

  it('that moves nothing and looks ahead as usual needn’t say so', () => {
    expect(refuseSetup(setupOf({ moveCount: undefined, aheadBytes: undefined }))).toBeUndefined()
    expect(refuseSetup(setupOf({ moveCount: 0, aheadBytes: 1 }))).toBeUndefined()
  })

  it('of a million extents is not', () => {
    expect(refuseSetup(setupOf({ extentCount: 1_000_000 }))).toBeUndefined()
  })
})
