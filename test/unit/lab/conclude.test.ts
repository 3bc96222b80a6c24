// Sentences say what the numbers say: each branch with made-up numbers, and never a number that the run doesn't have.

import { describe, expect, it } from 'vitest'
import { failLate } from '../../../src/core/base/late.ts'
import { concludes } from '../../../src/sim/lab/conclude.ts'
import type { LabSide } from '../../../src/sim/lab/types.ts'
import { setupOf } from '../../helpers/lab.ts'

const setup = setupOf({ accessCount: 1000 })

function side(other: Partial<LabSide>): LabSide {
  return {
    kernel: 'fuse',
    failure: undefined,
    failedCount: 0,
    messages: [],
    messageCount: 4,
    roundTripCount: 4,
    waitedUs: 100,
    copiedBytes: 400,
    residentBytes: 1000,
    residentMostBytes: 1000,
    resolveCount: 1000,
    servedCount: 1000,
    nsPerResolve: 20,
    openUs: 50,
    checksum: 7,
    ...other,
  }
}

const a = side({ kernel: 'fuse' })
const b = side({ kernel: 'fuse-iomap' })
const tooLong = failLate('map_limit', { path: 'file0', kernel: 'fuse', what: '40 extents, and 32 are the most' }).failure
const said = (one: Partial<LabSide>, other: Partial<LabSide>, agrees = true) => concludes({ sides: [{ ...a, ...one }, { ...b, ...other }], daemon: 'beside', setup })

describe('the first sentence', () => {
  it.each([
    [{ roundTripCount: 1 }, { roundTripCount: 1204 }, 'fuse-iomap made 1,204 round trips in 1,000 accesses, where fuse made 1 round trip.'],
    [{ roundTripCount: 5 }, { roundTripCount: 0 }, 'fuse made 5 round trips in 1,000 accesses, where fuse-iomap never asked.'],
    [{ roundTripCount: 1000 }, { roundTripCount: 1204, copiedBytes: 9000 }, 'With 1,000 round trips on fuse and 1,204 on fuse-iomap, fuse-iomap copied 9,000 bytes of messages where fuse copied 400 bytes.'],
    [{ roundTripCount: 1000 }, { roundTripCount: 1204, copiedBytes: 599 }, 'fuse-iomap made 1,204 round trips in 1,000 accesses, where fuse made 1,000 round trips.'],
    [{ copiedBytes: 400 }, { copiedBytes: 9000 }, 'Both kernels made 4 round trips for these files, but fuse-iomap copied 9,000 bytes of messages where fuse copied 400 bytes.'],
    [{ copiedBytes: 400 }, { copiedBytes: 599 }, 'Both kernels made 4 round trips for these files; they copied 400 bytes and 599 bytes of messages.'],
    [{}, {}, 'Both kernels made 4 round trips for these files, and both copied 400 bytes of messages.'],
    [{ roundTripCount: 0 }, { roundTripCount: 0, copiedBytes: 1 }, 'Neither kernel asked anybody for a map, but fuse copied 400 bytes of messages where fuse-iomap copied 1 byte.'],
  ])('of %j and %j', (one, other, says) => {
    expect(said(one, other)[0]).toBe(says)
  })
})

describe('the second sentence', () => {
  it.each([
    [{ residentMostBytes: 100 }, { nsPerResolve: 25 }, 'fuse-iomap kept 1,000 bytes of maps at most, where fuse kept 100 bytes: 10 times as much.'],
    [{ residentMostBytes: 600 }, { nsPerResolve: 1234.5 }, 'A resolve took 1.23 µs on fuse-iomap, and 20 ns on fuse: 62 times as much.'],
    [{ openUs: 4000 }, {}, 'The first access of a file took 4 ms on fuse, and 50 µs on fuse-iomap: 80 times as much.'],
    [{ residentMostBytes: 0 }, {}, 'fuse-iomap kept 1,000 bytes of maps at most, where fuse kept 0 bytes.'],
    [{ residentMostBytes: 0 }, { nsPerResolve: 40 }, 'A resolve took 40 ns on fuse-iomap, and 20 ns on fuse: 2 times as much.'],
    [{ residentMostBytes: 1400 }, { nsPerResolve: 29 }, 'In memory for maps, time per resolve and time of a first access the two differ by less than 1.5 times.'],
  ])('of %j and %j', (one, other, says) => {
    expect(said(one, other)[1]).toBe(says)
  })
})

describe('of a run that failed', () => {
  it('on one side, the refusal is told and what the other did', () => {
    const [first, second] = said({ failure: tooLong, failedCount: 1000 }, { roundTripCount: 30, residentMostBytes: 640 })
    expect(first).toBe(
      "fuse can't read all of these files: fuse says E2BIG (the fuse kernel takes no such map for file0: 40 extents, and 32 are the most), 1,000 accesses failed.",
    )
    expect(second).toBe('fuse-iomap read every byte with 30 round trips and kept 640 bytes of maps at most.')
    expect(said({}, { failure: tooLong, failedCount: 1 })[0]).toMatch(/^fuse-iomap can't read all of these files: .*, 1 access failed\.$/)
  })

  it('on both sides, both refusals are told', () => {
    expect(said({ failure: tooLong }, { failure: tooLong })[0]).toMatch(/^Neither kernel can read these files: fuse says E2BIG .*; fuse-iomap says E2BIG /)
  })

  it('by reading other bytes, that is what is told', () => {
    expect(said({}, { checksum: 0xabc }, false)).toEqual([
      'fuse and fuse-iomap did not read the same bytes, which is a mistake of ours.',
      'Their checksums are 0x00000007 and 0x00000abc.',
    ])
  })
})
