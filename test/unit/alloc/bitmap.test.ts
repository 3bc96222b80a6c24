// The bitmap is a row of flags, whatever it does to be quick: every operation is held against a plain array of booleans,
// across the borders of its words (32 units) and blocks (2^10, 2^15 and 2^20 units).

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnitBitmap, UNITS_MOST } from '../../../src/core/alloc/bitmap.ts'
import { propertyRuns } from '../../counts.ts'

const WORD = 32
const SMALL_BLOCK = 1024
const BLOCK = 1024 * WORD
const COUNTS = [1, 31, 32, 33, 1000, SMALL_BLOCK, 3 * SMALL_BLOCK + 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 40, 3 * BLOCK - 7]

/** Borders and their neighbours, as well as any unit. */
const unit = (unitCount: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.nat({ max: unitCount }),
    fc.constantFrom(0, 1, 31, 32, 33, 63, 64, SMALL_BLOCK - 1, SMALL_BLOCK, SMALL_BLOCK + 1, 2 * SMALL_BLOCK, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, unitCount - 1, unitCount).map((at) => Math.min(Math.max(at, 0), unitCount)),
  )

const range = (unitCount: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(unit(unitCount), unit(unitCount)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)])

interface Step {
  claims: [number, number]
  /** Where among the claimed runs one is given back, as a fraction. */
  release: number
  search: { from: number; limit: number; count: number }
}

const scenario = fc.constantFrom(...COUNTS).chain((unitCount) => {
  const short = fc.tuple(unit(unitCount), fc.nat({ max: 70 })).map(([first, count]): [number, number] => [first, Math.min(unitCount, first + count)])
  const step = fc.record({
    claims: fc.oneof({ arbitrary: short, weight: 3 }, { arbitrary: range(unitCount), weight: 1 }),
    release: fc.double({ min: 0, max: 0.999, noNaN: true }),
    search: fc.record({ from: unit(unitCount), limit: fc.oneof(unit(unitCount), fc.constant(unitCount + 5)), count: fc.integer({ min: 1, max: 80 }) }),
  })
  return fc.record({ unitCount: fc.constant(unitCount), steps: fc.array(step, { minLength: 1, maxLength: 6 }) })
})

class Model {
  readonly flags: Uint8Array
  constructor(unitCount: number) {
    this.flags = new Uint8Array(unitCount)
  }
  claim(from: number, to: number): number {
    let already = 0
    for (let unitAt = from; unitAt < to; unitAt++) already += this.flags[unitAt] as number
    this.flags.fill(1, from, to)
    return already
  }
  runs(from: number, limit: number): [number, number][] {
    const found: [number, number][] = []
    for (let at = from; at < Math.min(limit, this.flags.length); at++) {
      const last = found.at(-1)
      if (this.flags[at]) continue
      if (last && last[0] + last[1] === at) last[1]++
      else found.push([at, 1])
    }
    return found
  }
}

describe('the bitmap does what a row of flags does', () => {
  it('claim, release, findRun, freeRuns, usedCount, equals', () => {
    fc.assert(fc.property(scenario, runScenario), { numRuns: propertyRuns.usual })
  })

  it.each([[BLOCK], [2 * BLOCK + 40]])('%i units, claimed one by one and given back from the end', (unitCount) => {
    const bitmap = new UnitBitmap(unitCount)
    for (let at = 0; at < unitCount; at++) bitmap.claim(at, 1)
    expect([bitmap.usedCount, bitmap.findRun(1, 0, unitCount), [...bitmap.freeRuns(0, unitCount)]]).toEqual([unitCount, -1, []])
    for (let at = unitCount - 1; at >= 0; at--) bitmap.release(at, 1)
    expect([bitmap.usedCount, bitmap.findRun(unitCount, 0, unitCount)]).toEqual([0, 0])
  })
})

describe('a bitmap of the largest device', () => {
  const MILLION = 2 ** 20
  const bitmap = new UnitBitmap(UNITS_MOST)

  it('counts across its largest blocks', () => {
    expect(bitmap.claim(MILLION + 5, 3 * MILLION)).toBe(0)
    expect(bitmap.claim(0, UNITS_MOST)).toBe(3 * MILLION)
    expect([bitmap.usedCount, bitmap.findRun(1, 0, UNITS_MOST)]).toEqual([UNITS_MOST, -1])
    bitmap.release(7 * MILLION - 1, 3)
    expect([...bitmap.freeRuns(0, UNITS_MOST)]).toEqual([[7 * MILLION - 1, 3]])
    expect(bitmap.findRun(3, 0, UNITS_MOST)).toBe(7 * MILLION - 1)
    expect(bitmap.claim(6 * MILLION, 2 * MILLION)).toBe(2 * MILLION - 3)
    expect([bitmap.usedCount, [...bitmap.freeRuns(0, UNITS_MOST)]]).toEqual([UNITS_MOST, []])
  })

  it('is claimed over and over by a hostile log', () => {
    // Some 250,000 extents, as many as a full log holds, each over nearly all of it.
    let collisions = 0
    for (let i = 0; i < 246_720; i++) collisions += bitmap.claim(6, UNITS_MOST - 13)
    expect(collisions).toBe(246_720 * (UNITS_MOST - 13))
  })
})

describe('the bitmap asserts', () => {
  const bitmap = new UnitBitmap(100)
  bitmap.claim(10, 5)

  it.each([
    ['a claim beyond its end', () => bitmap.claim(99, 2)],
    ['a claim before its start', () => bitmap.claim(-1, 2)],
    ['a negative count', () => bitmap.claim(5, -1)],
    ['the release of what is free', () => bitmap.release(50, 1)],
    ['a look beyond its end', () => bitmap.isUsed(100)],
    ['a device that nobody measured', () => new UnitBitmap(UNITS_MOST + 1)],
  ])('%s', (_, act) => {
    expect(act).toThrow('broken assumption')
  })

  it('and is none the worse for it', () => {
    const fresh = new UnitBitmap(100)
    fresh.claim(10, 5)
    expect([bitmap.usedCount, [...bitmap.freeRuns(0, 100)]]).toEqual([5, [...fresh.freeRuns(0, 100)]])
  })
})

function runScenario({ unitCount, steps }: { unitCount: number; steps: Step[] }): void {
  const bitmap = new UnitBitmap(unitCount)
  const model = new Model(unitCount)
  for (const { claims: [from, to], release, search } of steps) {
    expect(bitmap.claim(from, to - from)).toBe(model.claim(from, to))
    giveBack(bitmap, model, release)
    const runs = model.runs(search.from, search.limit)
    expect(bitmap.findRun(search.count, search.from, search.limit)).toBe(runs.find(([, length]) => length >= search.count)?.[0] ?? -1)
    expect([...bitmap.freeRuns(search.from, search.limit)]).toEqual(runs)
  }
  expect(bitmap.usedCount).toBe(model.flags.reduce((sum, flag) => sum + flag, 0))
  expect(Buffer.compare(flagsOf(bitmap), model.flags)).toBe(0)
  const again = new UnitBitmap(unitCount)
  for (let at = unitCount - 1; at >= 0; at--) if (model.flags[at]) again.claim(at, 1)
  expect(again.equals(bitmap) && bitmap.equals(again)).toBe(true)
  const other = Math.floor(steps[0]!.release * unitCount)
  if (again.claim(other, 1) === 1) again.release(other, 1)
  expect(again.equals(bitmap) || bitmap.equals(again)).toBe(false)
}

/** Some claimed run, or nothing where nothing is claimed. */
function giveBack(bitmap: UnitBitmap, model: Model, fraction: number): void {
  const start = Math.floor(fraction * model.flags.length)
  const from = model.flags.indexOf(1, start)
  if (from < 0) return
  const end = model.flags.indexOf(0, from)
  const count = Math.min((end < 0 ? model.flags.length : end) - from, 1 + Math.floor(fraction * 5000))
  bitmap.release(from, count)
  model.flags.fill(0, from, from + count)
}

function flagsOf(bitmap: UnitBitmap): Uint8Array {
  return Uint8Array.from({ length: bitmap.unitCount }, (_, at) => Number(bitmap.isUsed(at)))
}
