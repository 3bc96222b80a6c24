// The lab's address: whatever is set comes back out of it, and whatever somebody else wrote there is set or told, and never
// thrown.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LabSetup } from '../../../src/playground/lab/types.ts'
import { isLabHash } from '../../../src/ui/lab/address.ts'
import { KERNELS } from '../../../src/ui/lab/cards.ts'
import { isWhole, linkOf, readLink, SOURCE_MOST, troubleOf } from '../../../src/ui/lab/link.ts'
import { ACCESS_BYTES, ACCESSES_MOST, CAP_LEAST_BYTES, CAP_MOST_BYTES, DEVICES_MOST, EXTENTS_MOST, FILES_MOST, firstSetup, MOVES_MOST, PLAIN, PRESETS, STRIPS_MOST } from '../../../src/ui/lab/presets.ts'
import { propertyRuns } from '../../counts.ts'
import { EXAMPLES } from '../../helpers/labRuns.ts'

const [works, fails] = EXAMPLES
const example = works?.source ?? ''

const anything: fc.Arbitrary<LabSetup> = fc.record({
  kernels: fc.tuple(fc.constantFrom(...KERNELS), fc.constantFrom(...KERNELS)),
  shape: fc.constantFrom('simple' as const, 'striped' as const),
  extentCount: fc.integer({ min: 1, max: EXTENTS_MOST }),
  stripCount: fc.integer({ min: 1, max: STRIPS_MOST }),
  isUniform: fc.boolean(),
  fileCount: fc.integer({ min: 1, max: FILES_MOST }),
  deviceCount: fc.integer({ min: 1, max: DEVICES_MOST }),
  cacheCapBytes: fc.integer({ min: CAP_LEAST_BYTES, max: CAP_MOST_BYTES }),
  pattern: fc.constantFrom('in_order' as const, 'random' as const, 'stride' as const),
  accessCount: fc.integer({ min: 1, max: ACCESSES_MOST }),
  accessBytes: fc.constantFrom(...ACCESS_BYTES),
  daemon: fc.constantFrom('beside' as const, 'worker' as const),
  moveCount: fc.integer({ min: 0, max: MOVES_MOST }),
  seed: fc.constant(PLAIN.seed),
})

const set = (setup: LabSetup, source: string) => ({ setup, source, isHalfWay: false })

/** As a browser hands it back. */
const through = (hash: string): string => new URL(hash, 'http://localhost/').hash

describe('what is set', () => {
  it('comes back out of the address, with the program that stands in the editor', () => {
    const holds = fc.property(anything, fc.option(fc.string({ unit: 'grapheme', maxLength: 200 }), { nil: undefined }), fc.boolean(), (setup, own, half) => {
      const source = own ?? example
      const isHalfWay = half && setup.kernels.includes('program')
      const hash = through(linkOf({ setup, source, isHalfWay }, EXAMPLES))
      expect(isLabHash(hash)).toBe(true)
      expect(readLink(hash)).toEqual({ setup, example: undefined, source: own === undefined || own === '' || own === example ? undefined : own, isHalfWay, wrong: [] })
    })
    fc.assert(holds, { numRuns: propertyRuns.cheap })
  })

  it.each(PRESETS)('is short for $id', ({ setup }) => {
    const hash = linkOf(set(setup, example), EXAMPLES)
    expect(hash.length).toBeLessThan(160)
    expect(readLink(through(hash))).toEqual({ setup, example: undefined, source: undefined, isHalfWay: false, wrong: [] })
  })

  it('is the lab alone at first, and says no more than what is different', () => {
    expect(linkOf(set(firstSetup(), example), EXAMPLES)).toBe('#lab')
    expect(linkOf(set({ ...PLAIN, kernels: ['fuse', 'program'], extentCount: 1000, cacheCapBytes: 16_384 }, example), EXAMPLES)).toBe('#lab?left=fuse&right=program&extents=1000&cap=16k')
    expect(linkOf(set(firstSetup(), fails?.source ?? ''), EXAMPLES)).toBe('#lab?program=endless+loop')
    expect(readLink('#lab?program=endless+loop')).toEqual({ setup: firstSetup(), example: 'endless loop', source: undefined, isHalfWay: false, wrong: [] })
  })

  it('says that a program was uploaded half-way', () => {
    const setup: LabSetup = { ...PLAIN, kernels: ['fuse', 'program'], fileCount: 3 }
    const hash = linkOf({ setup, source: fails?.source ?? '', isHalfWay: true }, EXAMPLES)
    expect(hash).toBe('#lab?left=fuse&right=program&files=3&program=endless+loop&upload=half')
    expect(readLink(hash)).toEqual({ setup, example: 'endless loop', source: undefined, isHalfWay: true, wrong: [] })
  })

  it('goes without a program that no address takes', () => {
    const long = 'x'.repeat(SOURCE_MOST + 1)
    expect(linkOf(set(firstSetup(), long), EXAMPLES)).toBe('#lab')
    expect([isWhole(long, EXAMPLES), isWhole(long.slice(1), EXAMPLES), isWhole(example, EXAMPLES)]).toEqual([false, true, true])
  })
})

describe('what somebody wrote', () => {
  it.each([
    ['extents=0', 'extents=“0”, where a number from 1 to 1,000,000 is wanted'],
    ['extents=12x', 'extents=“12x”, where a number from 1 to 1,000,000 is wanted'],
    ['files=', 'files=“”, where a number from 1 to 1,000 is wanted'],
    ['left=btrfs', 'left=“btrfs”, where v1, v1-abi42, fuse, fuse-paged, fuse-iomap, fuse-iomap-shared, program or fuse-unrolled is wanted'],
    ['equal=maybe', 'equal=“maybe”, where yes or no is wanted'],
    ['cap=1', 'cap=“1”, where a size from 4 KiB to 64 MiB is wanted'],
    ['bytes=100', 'bytes=“100”, where 1, 8, 64, 512, 4k or 64k is wanted'],
    ['daemon=__proto__', 'daemon=“__proto__”, where beside or worker is wanted'],
    ['upload=all', 'upload=“all”, where half is wanted, and a kernel that is program'],
    ['toString=1', '“toString”, which is nothing that can be set'],
  ])('%s is told, and the rest is set', (wrong, says) => {
    const linked = readLink(`#lab?right=program&${wrong}&moves=3`)
    expect(linked.wrong).toEqual([says])
    expect(linked.setup).toEqual({ ...PLAIN, kernels: [PLAIN.kernels[0], 'program'], moveCount: 3 })
  })

  it('no program is uploaded where no kernel runs one', () => {
    expect(readLink('#lab?right=fuse&upload=half')).toMatchObject({ isHalfWay: false, wrong: ['upload=“half”, where half is wanted, and a kernel that is program'] })
  })

  it('is told in one note, shortened', () => {
    expect(troubleOf([])).toBeUndefined()
    expect(troubleOf(readLink(`#lab?files=0&moves=101&${'y'.repeat(99)}=1&strips=17`).wrong)).toEqual({
      says: 'the address of this page says strips=“17”, where a number from 1 to 16 is wanted, files=“0”, where a number from 1 to 1,000 is wanted and 2 more',
      next: 'That is set as usual, and the rest as the address has it. Set it here: the address follows',
    })
  })

  it('may be anything', () => {
    const holds = fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { setup, isHalfWay } = readLink(through(`#lab?${text}`))
      expect(readLink(linkOf({ setup, source: '', isHalfWay }, EXAMPLES))).toMatchObject({ setup, isHalfWay, wrong: [] })
    })
    fc.assert(holds, { numRuns: propertyRuns.cheap })
    expect(['#lab', '#lab?', '#labs', '#', '', '#lab/x'].map(isLabHash)).toEqual([true, true, false, false, false, false])
  })
})
