// Numbers of the lab as people read them: each with its unit, and no more digits than a measurement bears.

import type { LabKernel, LabSide } from '../../playground/lab/types.ts'
import { countText, plural, sizeText } from '../format.ts'

/** "0.42 ns", "17 ns", "1.3 µs", "2.4 ms". */
export function nsText(ns: number): string {
  if (ns >= 1e9) return `${threeDigits(ns / 1e9)} s`
  if (ns >= 1e6) return `${threeDigits(ns / 1e6)} ms`
  if (ns >= 1e3) return `${threeDigits(ns / 1e3)} µs`
  return `${threeDigits(ns)} ns`
}

export function usText(us: number): string {
  return us === 0 ? '0 µs' : nsText(us * 1000)
}

/** "1,234", "12.3", "1.23", "0.12". */
export function threeDigits(exact: number): string {
  if (exact === 0) return '0'
  if (exact >= 100) return countText(Math.round(exact))
  // 9.999 is 10.0, and not 10.00.
  const value = Number(exact.toPrecision(3))
  return value.toFixed(value >= 10 ? 1 : 2)
}

/** "4 KiB" where sizeText says "4.0 KiB"; what somebody sets is a whole number. */
export function capText(bytes: number): string {
  return sizeText(bytes).replace('.0 ', ' ')
}

export const KERNEL_TITLES: Record<LabKernel, string> = {
  v1: 'v1, the module',
  'v1-abi42': 'v1, ABI 42',
  fuse: 'fuse',
  'fuse-paged': 'fuse-paged',
  'fuse-iomap': 'fuse-iomap',
  'fuse-iomap-shared': 'fuse-iomap, shared cookie',
  program: 'program',
  'fuse-unrolled': 'fuse-unrolled',
}

/** Who talks with the kernel: tools push, a daemon is asked. */
export function otherEnd(kernel: LabKernel): 'logplay' | 'daemon' {
  return kernel === 'v1' || kernel === 'v1-abi42' ? 'logplay' : 'daemon'
}

/** One figure of a run, for both kernels; the bar of the larger one is whole. */
export interface Figure {
  name: string
  /** What it counts, where the name alone doesn't say it. */
  means: string
  values: readonly [number, number]
  texts: readonly [string, string]
  /** Parts of the larger of the two, 0 .. 1. */
  parts: readonly [number, number]
}

type Read = (side: LabSide) => number

export function figuresOf(sides: readonly [LabSide, LabSide]): Figure[] {
  const figure = (name: string, means: string, read: Read, textOf: (value: number) => string): Figure => {
    const values = [read(sides[0]), read(sides[1])] as const
    const most = Math.max(...values)
    const part = (value: number): number => (most > 0 ? value / most : 0)
    return { name, means, values, texts: [textOf(values[0]), textOf(values[1])], parts: [part(values[0]), part(values[1])] }
  }
  const ofAll = (read: Read): Read => (side) => (side.resolveCount > 0 ? (100 * read(side)) / side.resolveCount : 0)
  return [
    figure('Round trips', 'requests that waited for an answer', (side) => side.roundTripCount, countText),
    figure('Bytes copied', 'of all messages together', (side) => side.copiedBytes, sizeText),
    figure('Map memory now', 'what the kernel keeps of all maps', (side) => side.residentBytes, sizeText),
    figure('Map memory at most', 'at any time of the run', (side) => side.residentMostBytes, sizeText),
    figure('Served without asking', 'faults answered from what the kernel held', ofAll((side) => side.servedCount), (value) => `${threeDigits(value)} %`),
    figure('Time per resolve', 'from an offset in the file to a place in memory', (side) => side.nsPerResolve ?? 0, nsText),
    figure('Time to open', 'a file’s first access: its map is asked for, checked and kept', (side) => side.openUs ?? 0, usText),
    figure('Waited in all', 'for the daemon to answer', (side) => side.waitedUs, usText),
    figure('Failed', 'accesses that ended in an error', (side) => side.failedCount, countText),
  ]
}

/** What there is to say of one side before anybody looks at its figures. */
export function sideText({ kernel, messageCount, roundTripCount, copiedBytes }: LabSide): string {
  return `${KERNEL_TITLES[kernel]}: ${plural(messageCount, 'message')}, ${plural(roundTripCount, 'round trip')}, ${sizeText(copiedBytes)} copied`
}
