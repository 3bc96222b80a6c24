// What is timed: places that are found without asking, by a clock that the test turns; and measuring ends however long one
// resolve takes.

import { describe, expect, it } from 'vitest'
import { OFFSET, type Resolver } from '../../../src/core/fmap/resolve.ts'
import type { Accesses } from '../../../src/sim/lab/accesses.ts'
import { openSpread, resolveSpread, spreadOf } from '../../../src/sim/lab/timing.ts'

class Machine {
  us = 0
  calls = 0
  resolves = 0
  nowUs = (): number => this.us
  callCount = (): number => this.calls

  /** @param findsUs how long a place takes; undefined where it isn't found; negative where the daemon is asked */
  resolver(findsUs: (offsetBytes: number) => number | undefined): Resolver {
    return {
      sizeBytes: 1_000_000,
      resolve: (offsetBytes, answer) => {
        this.resolves++
        const us = findsUs(offsetBytes)
        this.us += Math.abs(us ?? 1)
        if (us === undefined) return false
        if (us < 0) this.calls++
        answer[OFFSET] = offsetBytes
        return true
      },
    }
  }
}

function accesses(count: number): Accesses {
  return { count, fileIndices: new Uint32Array(count), offsets: Float64Array.from({ length: count }, (_, i) => i), lengths: new Uint32Array(count).fill(1) }
}

describe('time per resolve', () => {
  it('is that of places which are found', () => {
    const machine = new Machine()
    const spread = resolveSpread([machine.resolver((at) => (at % 2 === 0 ? 3 : undefined))], accesses(200), machine)
    expect(spread).toEqual({ least: 3000, median: 3000, most: 3000, sampleCount: 9 })
  })

  it('is nothing where no place is found, where no file was opened, and where each place is asked for', () => {
    const machine = new Machine()
    expect(resolveSpread([machine.resolver(() => undefined)], accesses(200), machine)).toBeUndefined()
    expect(resolveSpread([undefined], accesses(200), machine)).toBeUndefined()
    expect(resolveSpread([machine.resolver(() => -2)], accesses(200), machine)).toBeUndefined()
  })

  it.each([
    [10, 10_000],
    [3000, 3_000_000],
    [400_000, 400_000_000],
    // Nothing is begun after that.
    [5_000_000, undefined],
  ])('is measured in two seconds and a few resolves more, if one takes %i µs', (us, ns) => {
    const machine = new Machine()
    const spread = resolveSpread([machine.resolver(() => us)], accesses(10_000), machine)
    // Each step that isn't looked at in between is a few passes of one place at least.
    expect(machine.us).toBeLessThan(2_000_000 + 8 * us)
    expect(spread?.median).toBe(ns)
  })
})

describe('a long walk', () => {
  it('is measured nine times in the time there is: how many places fit is reckoned and not tried', () => {
    const machine = new Machine()
    const spread = resolveSpread([machine.resolver(() => 400)], accesses(2000), machine)
    expect(spread).toEqual({ least: 400_000, median: 400_000, most: 400_000, sampleCount: 9 })
  })
})

describe('time to open', () => {
  it('is a median of several', () => {
    const machine = new Machine()
    let count = 0
    const open = (): boolean => {
      machine.us += 1000 + (count++ % 3)
      return true
    }
    expect(openSpread(open, machine)).toMatchObject({ least: 1000, median: 1001, most: 1002, sampleCount: 9 })
  })

  it('is one sample where that takes all the time there is, and nothing where opening fails', () => {
    const machine = new Machine()
    const slow = (): boolean => {
      machine.us += 3_000_000
      return true
    }
    expect(openSpread(slow, machine)).toEqual({ least: 3_000_000, median: 3_000_000, most: 3_000_000, sampleCount: 1 })
    expect(openSpread(() => false, machine)).toBeUndefined()
  })
})

it('a spread is of least, median and most', () => {
  expect(spreadOf([5, 1, 9])).toEqual({ least: 1, median: 5, most: 9, sampleCount: 3 })
  expect(spreadOf([4])).toEqual({ least: 4, median: 4, most: 4, sampleCount: 1 })
})
