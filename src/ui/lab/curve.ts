// What the curves show, and where each point stands: pure numbers, drawn by Curves.tsx. A point that couldn't be measured
// isn't drawn, and a kernel without one has no line: 0 would say that it is fastest.

import { CURVE_ACCESSES, type LabCurve, type LabKernel, type Spread } from '../../playground/lab/types.ts'
import { countText, sizeText } from '../format.ts'
import { type LogAxis, logAxis } from './scales.ts'
import { KERNEL_TITLES, nsText, threeDigits, usText } from './text.ts'

type Point = LabCurve['points'][number]

export interface Measure {
  id: 'resolve' | 'open' | 'memory' | 'trips'
  title: string
  /** What stands at the upright axis. */
  axis: string
  /** One step of it is so many times as much. Sizes are told in binary units, and stand at their powers. */
  base: 10 | 16
  read: (point: Point) => number | undefined
  spread: (point: Point) => Spread | undefined
  textOf: (value: number) => string
  /** It is counted and not measured: the same each time. */
  isCounted?: boolean
}

const exact = (): undefined => undefined
const LOOKUPS = `${countText(CURVE_ACCESSES)} lookups at random`

export const MEASURES: readonly Measure[] = [
  { id: 'resolve', title: 'Time per resolve', axis: 'Time per resolve', base: 10, read: (point) => point.nsPerResolve, spread: (point) => point.resolveSpread, textOf: nsText },
  { id: 'open', title: 'Time to open', axis: 'Time to open, to the first byte', base: 10, read: (point) => point.openUs, spread: (point) => point.openSpread, textOf: usText },
  { id: 'memory', title: 'Map memory', axis: `Map memory after ${LOOKUPS}`, base: 16, read: (point) => point.residentBytes, spread: exact, textOf: sizeText, isCounted: true },
  { id: 'trips', title: 'Round trips', axis: `Round trips in ${LOOKUPS}`, base: 10, read: (point) => point.roundTripCount, spread: exact, textOf: (value) => countText(Math.round(value)), isCounted: true },
]

export interface PlacedPoint {
  extentCount: number
  x: number
  y: number
  /** From the least to the most of its samples. */
  range: { least: number; most: number } | undefined
}

export interface Plot {
  x: LogAxis
  y: LogAxis
  /** In parts of the plot, from the lower left corner; only kernels that have a point. */
  lines: { kernel: LabKernel; points: PlacedPoint[] }[]
}

export function plotOf(curves: readonly LabCurve[], { read, spread, base }: Pick<Measure, 'read' | 'spread' | 'base'>): Plot {
  const series = curves.map((curve) => ({ kernel: curve.kernel, points: curve.points.flatMap((point) => valueAt(point, read, spread)) })).filter(({ points }) => points.length > 0)
  const all = series.flatMap(({ points }) => points)
  const x = logAxis(all.map(({ extentCount }) => extentCount))
  const y = logAxis(all.flatMap(({ value, spread: range }) => (range ? [value, range.least, range.most] : [value])), base)
  const placed = ({ extentCount, value, spread: range }: Valued): PlacedPoint => ({ extentCount, x: x.at(extentCount), y: y.at(value), range: range && { least: y.at(range.least), most: y.at(range.most) } })
  return { x, y, lines: series.map(({ kernel, points }) => ({ kernel, points: points.map(placed) })) }
}

interface Valued {
  extentCount: number
  value: number
  spread: Spread | undefined
}

function valueAt(point: Point, read: Measure['read'], spread: Measure['spread']): Valued[] {
  const value = read(point)
  return value === undefined ? [] : [{ extentCount: point.extentCount, value, spread: spread(point) }]
}

/** Numbers of extents that any of them was measured at. */
export function countsOf(curves: readonly LabCurve[]): number[] {
  return [...new Set(curves.flatMap((curve) => curve.points.map(({ extentCount }) => extentCount)))].sort((a, b) => a - b)
}

/** A striped file has chunks, and one extent: what the axis counts is said by its name. */
export function countsWord(curves: readonly LabCurve[], striped: boolean): 'extents' | 'chunks' {
  return curves.find(({ counts }) => counts !== undefined)?.counts ?? (striped ? 'chunks' : 'extents')
}

/** "fuse: from 12 ns at 1 to 1.3 µs at 32, then E2BIG". */
export function curveText(curve: LabCurve, measure: Measure): string {
  const { kernel, endsBecause } = curve
  const [first, last] = endsOf(curve, measure)
  const ends = endsBecause ? `, then ${endsBecause.errno}` : ''
  if (!first || !last) return `${KERNEL_TITLES[kernel]}: nothing to measure${ends}`
  const { textOf } = measure
  return `${KERNEL_TITLES[kernel]}: from ${textOf(first.value)} at ${countText(first.extentCount)} to ${textOf(last.value)} at ${countText(last.extentCount)}${ends}`
}

/** So much more or less at the other end is nothing to speak of, where time was measured. */
const EVEN = 1.25
/** What is counted is exact, and less than this is left out in writing, too. */
const COUNTED_EVEN = 1.005

/**
 * Whether it grew, in words that the numbers bear. Where the samples of both ends overlap it may be chance, and where there are
 * no samples to tell, less than twice as much may be.
 */
export function growthText(curve: LabCurve, measure: Measure): string {
  const [first, last] = endsOf(curve, measure)
  if (!first || !last) return 'nothing to measure'
  if (first === last) return 'one point only'
  if (first.value === last.value) return first.value === 0 ? 'stays at none' : 'does not grow'
  if (first.value === 0) return 'grows'
  const times = last.value / first.value
  const either = Math.max(times, 1 / times)
  if (either < (measure.isCounted ? COUNTED_EVEN : EVEN)) return 'does not grow'
  if (overlap(first.spread, last.spread)) return 'does not grow beyond what its samples differ by'
  const isSure = measure.isCounted || (isSampled(first.spread) && isSampled(last.spread))
  if (!isSure && either < 2) return `stays within a factor of ${threeDigits(either)}`
  return times > 1 ? `grows ${threeDigits(times)}-fold from end to end` : `falls to ${threeDigits(100 * times)} %`
}

function isSampled(spread: Spread | undefined): boolean {
  return spread !== undefined && spread.sampleCount > 1
}

function overlap(one: Spread | undefined, other: Spread | undefined): boolean {
  return one !== undefined && other !== undefined && one.least <= other.most && other.least <= one.most
}

function endsOf({ points }: LabCurve, { read, spread }: Measure): [Valued | undefined, Valued | undefined] {
  const valued = points.flatMap((point) => valueAt(point, read, spread))
  return [valued[0], valued.at(-1)]
}
