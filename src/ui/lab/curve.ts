// What the curves show, and where each point stands: pure numbers, drawn by Curves.tsx.

import type { LabCurve, LabKernel } from '../../playground/lab/types.ts'
import { countText, sizeText } from '../format.ts'
import { type LogAxis, logAxis } from './scales.ts'
import { KERNEL_TITLES, nsText, threeDigits, usText } from './text.ts'

type Point = LabCurve['points'][number]

export interface Measure {
  id: 'resolve' | 'open' | 'memory' | 'trips'
  title: string
  read: (point: Point) => number
  textOf: (value: number) => string
}

export const MEASURES: readonly Measure[] = [
  { id: 'resolve', title: 'Time per resolve', read: (point) => point.nsPerResolve ?? 0, textOf: nsText },
  { id: 'open', title: 'Time to open', read: (point) => point.openUs ?? 0, textOf: usText },
  { id: 'memory', title: 'Map memory', read: (point) => point.residentBytes, textOf: sizeText },
  { id: 'trips', title: 'Round trips', read: (point) => point.roundTripCount, textOf: (value) => countText(Math.round(value)) },
]

export interface Plot {
  x: LogAxis
  y: LogAxis
  /** In parts of the plot, from the lower left corner. */
  lines: { kernel: LabKernel; points: { x: number; y: number }[] }[]
}

export function plotOf(curves: readonly LabCurve[], read: Measure['read']): Plot {
  const points = curves.flatMap((curve) => curve.points)
  const x = logAxis(points.map(({ extentCount }) => extentCount))
  const y = logAxis(points.map(read))
  return { x, y, lines: curves.map((curve) => ({ kernel: curve.kernel, points: curve.points.map((point) => ({ x: x.at(point.extentCount), y: y.at(read(point)) })) })) }
}

/** Numbers of extents that any of them was measured at. */
export function countsOf(curves: readonly LabCurve[]): number[] {
  return [...new Set(curves.flatMap((curve) => curve.points.map(({ extentCount }) => extentCount)))].sort((a, b) => a - b)
}

/** "fuse: from 12 ns at 1 to 1.3 µs at 32, then E2BIG". */
export function curveText({ kernel, points, endsBecause }: LabCurve, { read, textOf }: Measure): string {
  const [first] = points
  const last = points.at(-1)
  const ends = endsBecause ? `, then ${endsBecause.errno}` : ''
  if (!first || !last) return `${KERNEL_TITLES[kernel]}: no map at all${ends}`
  return `${KERNEL_TITLES[kernel]}: from ${textOf(read(first))} at ${countText(first.extentCount)} to ${textOf(read(last))} at ${countText(last.extentCount)}${ends}`
}

/** Whether it grew, in words that the numbers bear: twice between two ends is growth, less may be chance. */
export function growthText(curve: LabCurve, { read }: Measure): string {
  const [first] = curve.points
  const last = curve.points.at(-1)
  if (!first || !last || first === last) return 'one point only'
  const times = read(last) / Math.max(read(first), Number.MIN_VALUE)
  if (times >= 2) return read(first) === 0 ? 'grows' : `grows ${threeDigits(times)}-fold from end to end`
  return times <= 0.5 ? `falls to ${threeDigits(100 * times)} %` : 'does not grow'
}
