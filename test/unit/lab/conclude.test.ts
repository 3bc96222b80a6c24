// Sentences say what the numbers say: each branch with made-up numbers, and never a number that the run doesn't have.

import { describe, expect, it } from 'vitest'
import { failLate } from '../../../src/core/base/late.ts'
import type { Facts } from '../../../src/sim/lab/compare.ts'
import { concludes } from '../../../src/sim/lab/conclude.ts'
import type { LabSide, Spread } from '../../../src/sim/lab/types.ts'
import { setupOf } from '../../helpers/lab.ts'

const setup = setupOf({ accessCount: 1000 })

function steady(median: number, other: Partial<Spread> = {}): Spread {
  return { least: median * 0.95, median, most: median * 1.05, sampleCount: 9, ...other }
}

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
    resolveSpread: steady(20),
    openUs: 50,
    openSpread: steady(50),
    openIs: 'asked',
    checksum: 7,
    expectedChecksum: 7,
    wrongCount: 0,
    noticeCount: 0,
    revalidationCount: 0,
    ...other,
  }
}

const a = side({ kernel: 'fuse' })
const b = side({ kernel: 'fuse-unrolled' })
const tooLong = failLate('map_limit', { path: 'file0', kernel: 'fuse', what: '40 extents, and 32 are the most' }).failure
const said = (one: Partial<LabSide>, other: Partial<LabSide>, facts: Partial<Facts> = {}) => concludes({ sides: [{ ...a, ...one }, { ...b, ...other }], daemon: 'beside', setup, ...facts })

describe('the first sentence says who asked how often, and who copied what', () => {
  it.each([
    [{ roundTripCount: 1 }, { roundTripCount: 1204 }, 'fuse-unrolled made 1,204 round trips in 1,000 accesses, where fuse made 1; each copied 400 B of messages.'],
    [{ roundTripCount: 5 }, { kernel: 'v1', openIs: 'pushed', roundTripCount: 0, copiedBytes: 0 }, 'fuse made 5 round trips in 1,000 accesses, where v1 never asked, since maps are pushed to it; fuse copied 400 B of messages, v1 copied no messages.'],
    [{ copiedBytes: 2_400_000 }, { copiedBytes: 2_400_100 }, 'Both kernels made 4 round trips for this file, and each copied about 2.3 MiB of messages.'],
    [{ copiedBytes: 400 }, { copiedBytes: 240_000 }, 'Both kernels made 4 round trips for this file; fuse copied 400 B of messages, fuse-unrolled copied 234.4 KiB of messages.'],
    [{}, {}, 'Both kernels made 4 round trips for this file, and each copied 400 B of messages.'],
    [{ roundTripCount: 0 }, { roundTripCount: 0, copiedBytes: 1 }, 'Neither kernel asked anybody for a map; fuse copied 400 B of messages, fuse-unrolled copied 1 B of messages.'],
  ] satisfies [Partial<LabSide>, Partial<LabSide>, string][])('of %j and %j', (one, other, says) => {
    expect(said(one, other)[0]).toBe(says)
  })

  it('of several files, too', () => {
    expect(said({}, {}, { setup: { ...setup, fileCount: 2 } })[0]).toBe('Both kernels made 4 round trips for these files, and each copied 400 B of messages.')
  })

  it('with what each miss asks for, where that decides what is copied', () => {
    expect(said({}, { kernel: 'fuse-iomap', copiedBytes: 9000 }, { aheadBytes: 65_536 })[0]).toBe(
      'Both kernels made 4 round trips for this file; fuse copied 400 B of messages, fuse-iomap copied 8.8 KiB of messages (each miss asks for all that follows in its window of 64.0 KiB).',
    )
    // Behind the kernel that it is said of, whichever is first.
    expect(said({ kernel: 'fuse-iomap', copiedBytes: 9000 }, {}, { aheadBytes: 65_536 })[0]).toMatch(/fuse-iomap copied 8\.8 KiB of messages \(each miss asks .*\), fuse-unrolled copied 400 B of messages\.$/)
  })
})

describe('the second sentence is on the largest difference', () => {
  const NOTHING = 'Both kept less than 4.0 KiB of maps, and in time per resolve and time to open nothing tells the two apart clearly.'
  it.each([
    [{ residentMostBytes: 1000 }, { residentMostBytes: 10_000 }, 'fuse-unrolled kept 10 times as much memory for maps as fuse: 9.8 KiB at most, against 1000 B.'],
    [{ openedCount: 3 }, { kernel: 'v1', openIs: 'pushed', residentMostBytes: 240_000 }, 'v1 kept 240 times as much memory for maps as fuse: 234.4 KiB at most, of all 10 files, against 1000 B of the 3 that were opened.'],
    [{ openedCount: 1, residentMostBytes: 20_000 }, { kernel: 'v1', openIs: 'pushed' }, 'fuse kept 20 times as much memory for maps as v1: 19.5 KiB at most, of the 1 file that was opened, against 1000 B of all 10.'],
    [{ residentMostBytes: 2000 }, { kernel: 'program', residentMostBytes: 70_000 }, 'program kept 68.4 KiB of maps at most with the first page of program’s sandbox (64.0 KiB), where fuse kept 2.0 KiB.'],
    [{ residentMostBytes: 2000 }, { kernel: 'program', residentMostBytes: 200_000 }, 'program kept 100 times as much memory for maps as fuse: 195.3 KiB at most, against 2.0 KiB.'],
    [{ residentMostBytes: 20 }, { kernel: 'program', residentMostBytes: 65_600 }, 'Both kept less than 4.0 KiB of maps beside the first page of program’s sandbox (64.0 KiB), and in time per resolve and time to open nothing tells the two apart clearly.'],
    [{ residentMostBytes: 9000 }, { residentMostBytes: 8000 }, 'In memory for maps, time per resolve and time to open, nothing tells the two apart clearly.'],
    [{ residentMostBytes: 600 }, { resolveSpread: steady(1234.5) }, 'A resolve took 62 times as long on fuse-unrolled as on fuse: 1.23 µs against 20 ns.'],
    [{ openSpread: steady(4000) }, {}, 'From a file that nobody opened to its first byte, fuse took 80 times as long as fuse-unrolled: 4 ms against 50 µs, medians of several opens.'],
    [{ openSpread: steady(4000) }, { kernel: 'v1', openIs: 'pushed' }, 'From a file that nobody opened to its first byte, fuse took 80 times as long as v1, which was given the map before: 4 ms against 50 µs, medians of several opens.'],
    [{ residentMostBytes: 0 }, { residentMostBytes: 5000 }, 'fuse-unrolled kept 4.9 KiB of maps at most, and fuse none.'],
    [{ residentMostBytes: 0 }, { residentMostBytes: 5000, resolveSpread: steady(60) }, 'A resolve took 3 times as long on fuse-unrolled as on fuse: 60 ns against 20 ns.'],
    [{ residentMostBytes: 20 }, { resolveSpread: steady(49), openSpread: steady(124) }, NOTHING],
    [{ residentMostBytes: 0 }, { residentMostBytes: 0 }, NOTHING],
  ] satisfies [Partial<LabSide>, Partial<LabSide>, string][])('of %j and %j', (one, other, says) => {
    expect(said(one, other, { setup: { ...setup, fileCount: 10 } })[1]).toBe(says)
  })

  it.each([
    ['one sample', { openSpread: steady(6000, { sampleCount: 1 }) }],
    ['samples that overlap', { openSpread: { least: 45, median: 6000, most: 9000, sampleCount: 9 } }],
    ['nothing that was measured', { openSpread: undefined, openUs: undefined, resolveSpread: undefined, nsPerResolve: undefined }],
  ] satisfies [string, Partial<LabSide>][])('and compares no times by %s', (_, one) => {
    expect(said(one, {})[1]).toBe(NOTHING)
  })
})

describe('a run that is about something says that', () => {
  it('a daemon in a worker: what waiting took', () => {
    const trips = { roundTripCount: 1204, waitedUs: 66_000 }
    expect(said(trips, { roundTripCount: 10, waitedUs: 1500, resolveSpread: steady(9000) }, { daemon: 'worker' })[1]).toBe(
      'Measured once, with the daemon in a worker and its work included: fuse waited 66 ms for 1,204 round trips (54.8 µs each on average); fuse-unrolled waited 1.5 ms for 10 round trips (150 µs each on average).',
    )
    expect(said(trips, { kernel: 'v1', roundTripCount: 0, waitedUs: 0 }, { daemon: 'worker' })[1]).toMatch(/each on average\); v1 never waited\.$/)
    expect(said({ roundTripCount: 9, waitedUs: 900 }, {}, { daemon: 'worker' })[1]).toMatch(/: fuse waited 900 µs for 9 round trips; /)
    expect(said({ roundTripCount: 1 }, { roundTripCount: 0, waitedUs: 0 }, { daemon: 'worker' })[1]).toMatch(/: fuse waited 100 µs for 1 round trip; fuse-unrolled never waited\.$/)
  })

  it('a cap that is smaller than the maps: memory, and the round trips that it costs', () => {
    const capped = { kernel: 'fuse-iomap', residentMostBytes: 16_384, roundTripCount: 9500, copiedBytes: 5_000_000 } as const
    const facts = { setup: { ...setup, cacheCapBytes: 16_384 }, aheadBytes: 4096 }
    const says = [
      'With a cap of 16.0 KiB, fuse-iomap kept 16.0 KiB of maps at most, where fuse kept 195.3 KiB.',
      'In 1,000 accesses fuse-iomap made 9,500 round trips and copied 4.8 MiB of messages (each miss asks for all that follows in its window of 4.0 KiB); fuse made 4 round trips and copied 400 B.',
    ]
    expect(said({ residentMostBytes: 200_000 }, capped, facts)).toEqual(says)
    expect(said({ residentMostBytes: 200_000 }, capped, { ...facts, setup: { ...setup, cacheCapBytes: 300_000 } })[0]).not.toContain('cap')
    // A page that is in use is larger than this cap: nothing may look as if the cap didn't hold for no reason.
    const paged = { kernel: 'fuse-paged', residentMostBytes: 20_000 } as const
    const small = { setup: { ...setup, cacheCapBytes: 4096 } }
    expect(said({ residentMostBytes: 200_000 }, paged, small)[0]).toBe('With a cap of 4.0 KiB, fuse-paged kept 19.5 KiB of maps at most (a page in use stays, however small the cap), where fuse kept 195.3 KiB.')
    expect(said({ residentMostBytes: 10_000 }, paged, small)[0]).not.toContain('cap')
  })
})

describe('a kernel beside itself', () => {
  const same = { kernel: 'fuse-unrolled' } as const

  it('is the same kernel: what it counted is told once, and no time is told apart', () => {
    expect(said({ ...same, openSpread: steady(4000), resolveSpread: steady(900) }, {})).toEqual([
      'Both kernels made 4 round trips for this file, and each copied 400 B of messages.',
      'Both sides are fuse-unrolled, so whatever their times differ by is chance.',
    ])
    expect(said({ ...same, roundTripCount: 5 }, {}, { daemon: 'worker' })[0]).toBe('Both sides are fuse-unrolled, and made 5 and 4 round trips.')
  })

  it('fails once, and reads stale bytes once', () => {
    const out = { failure: tooLong, failedCount: 1000 }
    expect(said({ ...same, ...out }, out)).toEqual([
      'fuse-unrolled read nothing, with E2BIG (the fuse kernel takes no such map for file0: 40 extents, and 32 are the most).',
      'Both sides are fuse-unrolled: the note beneath says what it takes at most, or what failed.',
    ])
    const stale = { wrongCount: 7, checksum: 1 }
    expect(said({ ...same, ...stale }, stale, { movedCount: 2, setup: { ...setup, fileCount: 3 } })).toEqual([
      'Files moved 2 times while they were used: on both sides fuse-unrolled read stale bytes in 7 of 1,000 accesses without being told of it.',
      'Neither kernel can be told, and both rely on the map that they were given.',
    ])
    const wrong = said({ kernel: 'program', ...stale }, { kernel: 'program', ...stale }, { setup: { ...setup, program: 'resolve {}' } })
    expect(wrong[0]).toBe('program was told no error and got wrong bytes in 7 of 1,000 accesses.')
  })
})

describe('of a run that failed', () => {
  const refused = "with E2BIG (the fuse kernel takes no such map for file0: 40 extents, and 32 are the most)"

  it('on one side, who read nothing and who couldn’t read all are told apart, and what the other did', () => {
    const [first, second] = said({ failure: tooLong, failedCount: 1000 }, { roundTripCount: 30, residentMostBytes: 640 })
    expect(first).toBe(`fuse read nothing, ${refused}.`)
    expect(second).toBe('fuse-unrolled read every byte as it stands in the files, with 30 round trips; it kept 640 B of maps at most.')
    expect(said({ failure: tooLong, failedCount: 1000 }, { kernel: 'v1', roundTripCount: 0 })[1]).toBe('v1 read every byte as it stands in the files, and asked nobody for a map; it kept 1000 B of maps at most.')
    expect(said({}, { failure: tooLong, failedCount: 1 })[0]).toBe(`fuse-unrolled could not read 1 of 1,000 accesses, ${refused}.`)
  })

  it('on one side, while the other read other bytes, nobody says that it read them all', () => {
    const failing = { failure: tooLong, failedCount: 400 }
    expect(said(failing, { wrongCount: 3, checksum: 0xbad })[1]).toMatch(/^fuse-unrolled was told no error and got wrong bytes in 3 of 1,000 accesses, with 4 round trips/)
    expect(said(failing, { checksum: 0xbad })[1]).not.toContain('every byte')
  })

  it('on both sides, both refusals are told', () => {
    const whole = { failure: tooLong, failedCount: 1000 }
    expect(said(whole, whole)[0]).toBe(`Neither kernel read anything: fuse read nothing, ${refused}; fuse-unrolled read nothing, ${refused}.`)
    expect(said(whole, { failure: tooLong, failedCount: 2 })[0]).toMatch(/^Neither kernel could read all: fuse read nothing, .*; fuse-unrolled could not read 2 of 1,000 accesses, /)
  })

  it('by reading other bytes, that is what is told: a mistake of ours, or of a program that somebody wrote', () => {
    expect(said({}, { wrongCount: 12, checksum: 0xabc })).toEqual(['fuse-unrolled was told no error and got wrong bytes in 12 of 1,000 accesses.', 'That is a mistake of ours.'])
    expect(said({}, { kernel: 'program', wrongCount: 12, checksum: 0xabc }, { setup: { ...setup, program: 'resolve {}' } })[1]).toMatch(/^Its program answers with places of the file’s own/)
  })
})

describe('a run of files that moved', () => {
  it('tells who read stale bytes, who didn’t, and how they heard of it', () => {
    expect(said({ wrongCount: 361, checksum: 1 }, { kernel: 'fuse-iomap', noticeCount: 10, revalidationCount: 5 }, { movedCount: 5 })).toEqual([
      'A file moved 5 times while it was used: fuse read stale bytes in 361 of 1,000 accesses without being told of it; fuse-iomap read every byte as it stands in the files.',
      'fuse can’t be told, and relies on the map that it was given; fuse-iomap was told with 10 notices and looked again 5 times.',
    ])
    const told = { noticeCount: 1, revalidationCount: 1 }
    expect(said({ kernel: 'program', ...told }, { kernel: 'fuse-iomap-shared', revalidationCount: 1 }, { movedCount: 1 })).toEqual([
      'A file moved while it was used: both kernels read every byte as it stands in the files.',
      'program was told with 1 notice and looked again once; fuse-iomap-shared needs no notice: the file’s cookie lies in memory that both see, and it looked again once.',
    ])
    expect(said({ failure: tooLong, failedCount: 2, wrongCount: 7, checksum: 1 }, {}, { movedCount: 2 })[0]).toContain('fuse read stale bytes in 7 of 1,000 accesses without being told of it and failed in 2 with E2BIG; ')
  })

  it('says first if one of them read nothing at all', () => {
    expect(said({ failure: tooLong, failedCount: 1000 }, {}, { movedCount: 2 })[0]).toMatch(/^fuse read nothing, with E2BIG/)
  })
})

describe('a run with a program that was changed half-way', () => {
  const changed = { setup: { ...setup, programChange: 'resolve {}' } }

  it('tells what became of the accesses', () => {
    expect(said({}, { kernel: 'program', noticeCount: 1, revalidationCount: 3 }, changed)).toEqual([
      'Half-way, with its files open, program was given another program by a notice, and it read every byte as it stands in the files.',
      'fuse read every byte as it stands in the files.',
    ])
    expect(said({}, { kernel: 'program', noticeCount: 1 }, changed)[0]).toBe(
      'Half-way, with its files open, program was given another program by a notice; it went on with the one before, and read every byte as it stands in the files.',
    )
    expect(said({}, { kernel: 'program', failure: tooLong, failedCount: 500 }, changed)[0]).toMatch(/^Half-way, .*; program could not read 500 of 1,000 accesses, with E2BIG /)
    expect(said({}, { kernel: 'program', wrongCount: 5, checksum: 1 }, changed)[0]).toMatch(/; program was told no error and got wrong bytes in 5 of 1,000 accesses\.$/)
  })

  it('is no matter where no kernel runs one', () => {
    expect(said({}, {}, changed)).toEqual(said({}, {}))
  })
})
