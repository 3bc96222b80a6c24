// What the log view says and where it puts hosts, without a browser: words of filter and fill, marks between rows, marks
// beside the whole log, and how few pieces scattered entries are read in.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostView } from '../../../src/playground/types.ts'
import { between, EVERYTHING, fillText, foundText, indicesAt, isFilter, runsOf, standsOf } from '../../../src/ui/logFilter.ts'
import { propertyRuns } from '../../counts.ts'

function host(name: string, playedCount: number, entryCount: number, more: Partial<HostView> = {}): HostView {
  return {
    name, systemUuid: '', status: 'up', why: undefined, role: 'client', mountpoint: '/mnt/famfs', mountTrouble: undefined, playedCount, entryCount, seatedFrom: 0,
    files: [], lacks: [], lost: [], unseen: [], removed: [], appending: false, stale: false, stranded: false, ...more,
  }
}

describe('words', () => {
  it('say what a filter found, and that nothing is filtered', () => {
    expect(foundText(12, 10_002)).toBe('12 of 10,002 entries')
    expect(foundText(0, 1)).toBe('0 of 1 entry')
    expect([EVERYTHING, { text: '  ', kind: 'all' as const }].map(isFilter)).toEqual([false, false])
    expect([{ text: 'a', kind: 'all' as const }, { text: '', kind: 'bad' as const }].map(isFilter)).toEqual([true, true])
  })

  it('say how full the log is, and plainly that it is full', () => {
    expect(fillText(2, 15_420)).toBe('2 entries, 15,418 of 15,420 slots free')
    expect(fillText(1, 15_420)).toBe('1 entry, 15,419 of 15,420 slots free')
    expect(fillText(15_420, 15_420)).toBe('full: all 15,420 slots are used')
  })
})

describe('rows', () => {
  it('are the entries themselves, or those that a filter found', () => {
    expect(indicesAt(undefined, 100, 3)).toEqual([100, 101, 102])
    expect(indicesAt([4, 8, 15, 16, 23, 42], 2, 3)).toEqual([15, 16, 23])
    expect(indicesAt([4, 8], 1, 5)).toEqual([8])
    expect(indicesAt([4, 8], -1, 1)).not.toContain(4)
  })

  it('are read in pieces that hold them all, and no piece is longer than it may be', () => {
    expect(runsOf([0, 1, 2, 9], 10)).toEqual([{ first: 0, count: 10 }])
    expect(runsOf([0, 10, 11, 5000], 10)).toEqual([{ first: 0, count: 1 }, { first: 10, count: 2 }, { first: 5000, count: 1 }])
    expect(runsOf([], 10)).toEqual([])
    const indices = fc.uniqueArray(fc.nat(15_419), { maxLength: 60 }).map((list) => list.sort((a, b) => a - b))
    fc.assert(fc.property(indices, fc.integer({ min: 1, max: 120 }), (list, most) => {
      const runs = runsOf(list, most)
      expect(runs.every(({ count }) => count <= most)).toBe(true)
      expect(list.every((index) => runs.some(({ first, count }) => index >= first && index < first + count))).toBe(true)
      expect(runs.length).toBeLessThanOrEqual(Math.max(list.length, 0))
    }), { numRuns: propertyRuns.usual })
  })
})

describe('a mark between two rows', () => {
  const hosts = [host('A', 10, 10), host('B', 4, 10), host('C', 4, 10), host('D', 0, 10), host('E', 7, 10, { status: 'down' }), host('F', 7, 10, { stale: true }), host('G', 7, 10, { mountpoint: undefined })]

  it('names the hosts that have played the upper entry and not the lower; who has played all is nowhere between', () => {
    expect(between(hosts, 3, 4)).toEqual(['B', 'C'])
    expect(between(hosts, 4, 5)).toEqual([])
    expect(between(hosts, undefined, 0)).toEqual(['D'])
    expect(between(hosts, 9, 10)).toEqual([])
  })

  it('also stands right where rows between are filtered out', () => {
    expect(between(hosts, 1, 8)).toEqual(['B', 'C'])
    expect(between(hosts, undefined, 8)).toEqual(['B', 'C', 'D'])
  })

  it('each host that is behind has exactly one place among all rows', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), fc.uniqueArray(fc.nat(49), { minLength: 1 }), (entryCount, played, list) => {
      const rows = list.filter((index) => index < entryCount).sort((a, b) => a - b)
      const one = [host('B', Math.min(played, entryCount), entryCount)]
      const places = rows.filter((index, i) => between(one, rows[i - 1], index).length > 0)
      const isAbove = rows.some((index) => index >= Math.min(played, entryCount))
      expect(places.length).toBe(played < entryCount && isAbove ? 1 : 0)
    }), { numRuns: propertyRuns.usual })
  })
})

describe('marks beside the log', () => {
  it('stand where hosts do, and say so', () => {
    const stands = standsOf([host('B', 7002, 15_420), host('A', 15_420, 15_420)], 0.05)
    expect(stands.map(({ names, playedCount, says }) => ({ names, playedCount, says }))).toEqual([
      { names: ['B'], playedCount: 7002, says: 'B has played 7,002 of 15,420 entries' },
      { names: ['A'], playedCount: 15_420, says: 'A has played 15,420 of 15,420 entries' },
    ])
    expect(stands.map(({ at }) => at)).toEqual([7002 / 15_420, 1])
  })

  it('that would cover each other are one, with each host’s position in words', () => {
    const [same] = standsOf([host('A', 2, 2), host('C', 2, 2)], 0.1)
    expect(same).toMatchObject({ names: ['A', 'C'], says: 'A and C have played 2 of 2 entries' })
    const [near, ...others] = standsOf([host('A', 100, 100), host('B', 99, 100), host('C', 98, 100)], 0.05)
    expect(others).toEqual([])
    expect(near?.says).toBe('C has played 98, B has played 99 and A has played 100 of 100 entries')
  })

  it('a log without entries has everybody at its start', () => {
    expect(standsOf([host('A', 0, 0)], 0.1)).toEqual([{ names: ['A'], playedCount: 0, at: 0, says: 'A has played 0 of 0 entries' }])
    expect(standsOf([host('A', 0, 0, { status: 'down' })], 0.1)).toEqual([])
  })
})
