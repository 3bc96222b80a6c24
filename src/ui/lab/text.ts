// Numbers of the lab as people read them: each with its unit, and no more digits than a measurement bears.

import { errnos } from '../../core/base/errno.ts'
import type { KernelMemory, LabKernel, LabSide, MemoryPart, Spread } from '../../playground/lab/types.ts'
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

/** Of a hundred. All is only what is all, and none only what is none. */
export function percentText(percent: number): string {
  if (percent < 100 && percent > 99.9) return 'over 99.9 %'
  return percent > 0 && percent < 0.01 ? 'under 0.01 %' : `${threeDigits(percent)} %`
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
  texts: readonly [string, string]
  /** Beneath each: how far to trust it, or why there is none. */
  notes: readonly [string, string]
  /** Parts of the larger of the two, 0 .. 1. */
  parts: readonly [number, number]
  /** What such bytes are made of is told beneath it. */
  isMemory: boolean
}

/** What stands where nothing could be measured: 0 would be a very good figure. */
export const NONE = '–'

interface Row {
  name: string
  means: string
  read: (side: LabSide) => number | undefined
  textOf: (value: number) => string
  noteOf?: (side: LabSide) => string
  isMemory?: boolean
}

const ofAll = (part: number, { resolveCount }: LabSide): number | undefined => (resolveCount > 0 ? (100 * part) / resolveCount : undefined)
const asks = ({ kernel }: LabSide): boolean => otherEnd(kernel) === 'daemon'

const ROWS: readonly Row[] = [
  { name: 'Round trips', means: 'requests that waited for an answer', read: (side) => side.roundTripCount, textOf: countText },
  { name: 'Bytes copied', means: 'of all messages, without fuse’s own headers', read: (side) => side.copiedBytes, textOf: sizeText },
  { name: 'Map memory now', means: 'what the kernel keeps of all maps', read: (side) => side.residentBytes, textOf: sizeText },
  { name: 'Map memory at most', means: 'at any time of the run', read: (side) => side.residentMostBytes, textOf: sizeText, isMemory: true },
  { name: 'Served without asking', means: 'faults answered from what the kernel held', read: (side) => ofAll(side.servedCount, side), textOf: percentText, noteOf: (side) => (side.resolveCount > 0 ? '' : 'no fault came to an end') },
  { name: 'Time per resolve', means: 'from an offset in the file to a place in memory', read: (side) => side.nsPerResolve, textOf: nsText, noteOf: (side) => (side.nsPerResolve === undefined ? 'nothing was resolved from what it held' : spreadText(side.resolveSpread, nsText)) },
  { name: 'Time to open', means: 'a file’s first access', read: (side) => side.openUs, textOf: usText, noteOf: openNote },
  { name: 'Waited in all', means: 'from each request to its answer', read: (side) => (asks(side) ? side.waitedUs : undefined), textOf: usText, noteOf: (side) => (asks(side) ? '' : 'it has nobody to ask') },
  { name: 'Failed', means: 'accesses that ended in an error', read: (side) => side.failedCount, textOf: countText },
]

/** Only where something changed while the run went on. */
const CHANGE_ROWS: readonly Row[] = [
  { name: 'Notices', means: 'messages that nobody asked for, during the accesses', read: (side) => side.noticeCount, textOf: countText },
  { name: 'Looked again', means: 'accesses that found a map changed under them', read: (side) => side.revalidationCount, textOf: countText },
  { name: 'Wrong bytes', means: 'accesses that were told no error, and read what isn’t the file’s', read: (side) => side.wrongCount, textOf: countText },
]

export function figuresOf(sides: readonly [LabSide, LabSide]): Figure[] {
  const changed = CHANGE_ROWS.filter(({ read }) => sides.some((side) => (read(side) ?? 0) > 0))
  return [...ROWS, ...changed].map(({ name, means, read, textOf, noteOf = () => '', isMemory = false }) => {
    const [left, right] = sides
    const values = [read(left), read(right)] as const
    const most = Math.max(...values.map((value) => value ?? 0))
    const part = (value = 0): number => (most > 0 ? value / most : 0)
    const text = (value: number | undefined): string => (value === undefined ? NONE : textOf(value))
    return { name, means, texts: [text(values[0]), text(values[1])], notes: [noteOf(left), noteOf(right)], parts: [part(values[0]), part(values[1])], isMemory }
  })
}

/** "11.9 to 14.2 ns in 9 samples"; nothing where it was measured once. */
export function spreadText(spread: Spread | undefined, textOf: (value: number) => string): string {
  const range = rangeText(spread, textOf)
  return spread && range !== '' ? `${range} in ${plural(spread.sampleCount, 'sample')}` : ''
}

/** "11.9 to 14.2 ns", "850 ns to 1.20 µs". */
export function rangeText(spread: Spread | undefined, textOf: (value: number) => string): string {
  if (!spread || spread.sampleCount < 2) return ''
  const [least = '', most = ''] = [textOf(spread.least), textOf(spread.most)]
  const unit = / \S+$/.exec(most)?.[0] ?? ''
  return `${least.endsWith(unit) ? least.slice(0, least.length - unit.length) : least} to ${most}`
}

function openNote(side: LabSide): string {
  if (side.openUs === undefined) return 'no file could be opened'
  const is = side.openIs === 'pushed' || !asks(side) ? 'its map is there: it was pushed when the file was made' : 'its map is asked for, checked and kept'
  const spread = side.openSpread?.sampleCount === 1 ? 'measured once, it takes so long' : spreadText(side.openSpread, usText)
  return spread === '' ? is : `${is}; ${spread}`
}

/** What a refusal says to people: "E2BIG, more than it takes". Its number stands beside it for whoever knows that. */
export function errnoText(errno: number): string {
  const name = (Object.keys(errnos) as (keyof typeof errnos)[]).find((each) => errnos[each][0] === errno)
  if (name === undefined) return `errno ${errno}`
  const [, says] = errnos[name]
  return `${name}, ${REFUSALS[name] ?? `“${says}”`}`
}

/** Linux's own words for them are of other trades: E2BIG is an “Argument list too long”. */
const REFUSALS: Partial<Record<keyof typeof errnos, string>> = {
  E2BIG: 'more pieces than it takes',
  EFBIG: 'a longer message than it takes',
  EINVAL: 'a form that it doesn’t take',
  ENOENT: 'it knows no such file',
  ENODEV: 'it knows no such device',
  EIO: 'it couldn’t',
}

/** What there is to say of one side before anybody looks at its figures. */
export function sideText({ kernel, messageCount, roundTripCount, copiedBytes }: LabSide): string {
  return `${KERNEL_TITLES[kernel]}: ${plural(messageCount, 'message')}, ${plural(roundTripCount, 'round trip')}, ${sizeText(copiedBytes)} copied`
}

/** "20 B for each extent (device 4, offset 8, length 8)". */
export function partText({ bytes, of, made }: MemoryPart): string {
  return `${bytes} B for ${of} (${made})`
}

/** The same for all of them. */
export const NOT_COUNTED = 'As this model’s arrays have them; what a kernel keeps of every file and device anyway isn’t in it.'

/** In one line: "of files that were opened: 20 B for each extent, 24 B for each strip". */
export function countedText({ whose, parts }: KernelMemory): string {
  return `${whose}: ${parts.map(({ bytes, of }) => `${bytes} B for ${of}`).join(', ')}`
}
