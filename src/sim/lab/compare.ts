// Where two kernels that both read everything differ: how often they asked, what they copied and kept, how long they waited.

import { PAGE_BYTES } from '../../core/kernel/program/sandbox.ts'
import type { LabRun, LabSide, Spread } from './types.ts'
import { countWords, numberWords, sizeWords, timesWords, timeWords } from './words.ts'

/** What a run says of itself. */
export type Facts = Pick<LabRun, 'sides' | 'setup' | 'daemon' | 'movedCount' | 'aheadBytes'>

/** What differs by less counts as about the same. */
const CLEAR_RATIO = 1.5
/** Of times: the same kernel, run twice, can differ by nearly two, all samples of it. */
const CLEAR_TIMES = 2.5
/** Fewer samples say nothing on how steady a time is. */
const SAMPLES_LEAST = 3
const AVERAGE_LEAST = 10
/** Nobody chooses a kernel by less memory; what a table has room for at first is more than a map of one extent. */
const MEMORY_LEAST_BYTES = 4096

/** How often each had to ask, which is what an open and a fault wait for. */
export function asking({ sides: [a, b], setup: { accessCount, fileCount }, aheadBytes }: Facts): string {
  const copied = copying(a, b, aheadBytes)
  if (a.roundTripCount === b.roundTripCount) {
    const same = a.roundTripCount === 0 ? 'Neither kernel asked anybody for a map' : `Both kernels made ${rounds(a)} for ${fileCount === 1 ? 'this file' : 'these files'}`
    return copied.startsWith('each') ? `${same}, and ${copied}.` : `${same}; ${copied}.`
  }
  const [less, more] = a.roundTripCount < b.roundTripCount ? [a, b] : [b, a]
  const often = less.roundTripCount > 0 ? `made ${numberWords(less.roundTripCount)}` : less.openIs === 'pushed' ? 'never asked, since maps are pushed to it' : 'never asked'
  return `${more.kernel} made ${rounds(more)} in ${countWords(accessCount, 'access', 'accesses')}, where ${less.kernel} ${often}; ${copied}.`
}

/** What reads the same is said once. */
function copying(a: LabSide, b: LabSide, aheadBytes: number | undefined): string {
  const words = sizeWords(a.copiedBytes)
  if (a.copiedBytes === b.copiedBytes) return `each copied ${words} of messages`
  if (words === sizeWords(b.copiedBytes)) return `each copied about ${words} of messages`
  const [first, second] = [ahead(a, aheadBytes), ahead(b, aheadBytes)]
  return `${copies(a)}${first}, ${copies(b)}${first === '' ? second : ''}`
}

function copies({ kernel, copiedBytes }: LabSide): string {
  return copiedBytes === 0 ? `${kernel} copied no messages` : `${kernel} copied ${sizeWords(copiedBytes)} of messages`
}

/** What a miss asks for decides how much is copied. It stands right behind what that kernel copied. */
function ahead({ kernel }: LabSide, aheadBytes: number | undefined): string {
  return aheadBytes !== undefined && kernel.startsWith('fuse-iomap') ? ` (each miss asks for all that follows in its window of ${sizeWords(aheadBytes)})` : ''
}

/** Of a daemon in a worker: what the round trips took. */
export function waiting(a: LabSide, b: LabSide): string {
  const [more, less] = a.waitedUs >= b.waitedUs ? [a, b] : [b, a]
  return `Measured once, with the daemon in a worker and its work included: ${waits(more)}; ${waits(less)}.`
}

function waits({ kernel, waitedUs, roundTripCount }: LabSide): string {
  if (roundTripCount === 0) return `${kernel} never waited`
  // Of few, an average is of a short question and a long one.
  const each = roundTripCount < AVERAGE_LEAST ? '' : ` (${timeWords((waitedUs * 1000) / roundTripCount)} each on average)`
  return `${kernel} waited ${timeWords(waitedUs * 1000)} for ${countWords(roundTripCount, 'round trip')}${each}`
}

/** A cap that is smaller than what the other one keeps: what it saves in memory, and what is paid for that. */
export function pressing({ sides: [a, b], setup: { cacheCapBytes, accessCount }, aheadBytes }: Facts): [string, string] | undefined {
  const [capped, free] = isCapped(a) && !isCapped(b) ? [a, b] : [b, a]
  if (!isCapped(capped) || isCapped(free) || free.residentMostBytes <= Math.max(cacheCapBytes, capped.residentMostBytes)) return undefined
  // What is in use stays, whatever the cap.
  const beyond = capped.residentMostBytes > cacheCapBytes ? ' (a page in use stays, however small the cap)' : ''
  const first = `With a cap of ${sizeWords(cacheCapBytes)}, ${capped.kernel} kept ${sizeWords(capped.residentMostBytes)} of maps at most${beyond}, where ${free.kernel} kept ${sizeWords(free.residentMostBytes)}.`
  return [first, `In ${countWords(accessCount, 'access', 'accesses')} ${trips(capped)} and copied ${sizeWords(capped.copiedBytes)} of messages${ahead(capped, aheadBytes)}; ${trips(free)} and copied ${sizeWords(free.copiedBytes)}.`]
}

function trips(side: LabSide): string {
  return side.roundTripCount === 0 ? `${side.kernel} asked nobody` : `${side.kernel} made ${rounds(side)}`
}

function isCapped({ kernel }: LabSide): boolean {
  return kernel === 'fuse-paged' || kernel === 'fuse-iomap' || kernel === 'fuse-iomap-shared'
}

/** The largest clear difference, of those that a reader would choose a kernel by. */
export function difference({ sides: [a, b], setup: { fileCount } }: Facts): string {
  const found = [memory(a, b, fileCount), resolveTime(a, b), openTime(a, b)].filter((each) => each !== undefined)
  const [first, ...others] = found
  if (first) return others.reduce((best, each) => (each.ratio > best.ratio ? each : best), first).says
  const beside = [a, b].some((side) => mapBytes(side) < side.residentMostBytes) ? ` beside ${FIRST_PAGE}` : ''
  if (areSmall(a, b)) return `Both kept less than ${sizeWords(MEMORY_LEAST_BYTES)} of maps${beside}, and in time per resolve and time to open nothing tells the two apart clearly.`
  return 'In memory for maps, time per resolve and time to open, nothing tells the two apart clearly.'
}

/** Sides of one kernel: what is counted is the same on both, unless something came between. */
export function sameKernel(facts: Facts): [string, string] {
  const [a, b] = facts.sides
  const isSame = a.roundTripCount === b.roundTripCount && a.copiedBytes === b.copiedBytes
  const first = isSame ? asking(facts) : `Both sides are ${a.kernel}, and made ${numberWords(a.roundTripCount)} and ${countWords(b.roundTripCount, 'round trip')}.`
  return [first, `Both sides are ${a.kernel}, so whatever their times differ by is chance.`]
}

interface Difference {
  ratio: number
  says: string
}

/** However small the maps are, a program has it. */
const FIRST_PAGE = `the first page of program’s sandbox (${sizeWords(PAGE_BYTES)})`

function mapBytes({ kernel, residentMostBytes }: LabSide): number {
  return kernel === 'program' ? Math.max(0, residentMostBytes - PAGE_BYTES) : residentMostBytes
}

function areSmall(a: LabSide, b: LabSide): boolean {
  return Math.max(mapBytes(a), mapBytes(b)) < MEMORY_LEAST_BYTES
}

function memory(a: LabSide, b: LabSide, fileCount: number): Difference | undefined {
  const [less, more] = a.residentMostBytes <= b.residentMostBytes ? [a, b] : [b, a]
  const [small, large] = [less.residentMostBytes, more.residentMostBytes]
  if (large < CLEAR_RATIO * small || areSmall(a, b)) return undefined
  // Nothing against something is told, and no ratio.
  if (small === 0) return { ratio: CLEAR_RATIO, says: `${more.kernel} kept ${sizeWords(large)} of maps at most, and ${less.kernel} none.` }
  // A page that is there for any map at all makes no ratio of maps.
  if (large - mapBytes(more) > large / 2) return { ratio: CLEAR_RATIO, says: `${more.kernel} kept ${sizeWords(large)} of maps at most with ${FIRST_PAGE}, where ${less.kernel} kept ${sizeWords(small)}.` }
  const [ofMore, ofLess] = ofWhichFiles(more, less, fileCount)
  return { ratio: large / small, says: `${more.kernel} kept ${timesWords(large / small)} as much memory for maps as ${less.kernel}: ${sizeWords(large)} at most${ofMore}, against ${sizeWords(small)}${ofLess}.` }
}

/** One that is given all maps and one that asks for some of them don't keep maps of the same files. */
function ofWhichFiles(more: LabSide, less: LabSide, fileCount: number): [string, string] {
  const opened = [more, less].find(({ openIs }) => openIs === 'asked')?.openedCount
  if (more.openIs === less.openIs || opened === undefined || opened >= fileCount) return ['', '']
  const [all, some] = [`, of all ${countWords(fileCount, 'file')}`, ` of the ${numberWords(opened)} that were opened`]
  return more.openIs === 'pushed' ? [all, some] : [`, of the ${countWords(opened, 'file')} that ${opened === 1 ? 'was' : 'were'} opened`, ` of all ${numberWords(fileCount)}`]
}

function resolveTime(a: LabSide, b: LabSide): Difference | undefined {
  const found = clearly(a.resolveSpread, b.resolveSpread)
  if (!found) return undefined
  const [less, more] = found.isFirstMore ? [b, a] : [a, b]
  return { ratio: found.ratio, says: `A resolve took ${timesWords(found.ratio)} as long on ${more.kernel} as on ${less.kernel}: ${timeWords(found.large)} against ${timeWords(found.small)}.` }
}

function openTime(a: LabSide, b: LabSide): Difference | undefined {
  const found = clearly(a.openSpread, b.openSpread)
  if (!found) return undefined
  const [less, more] = found.isFirstMore ? [b, a] : [a, b]
  const there = less.openIs === 'pushed' && more.openIs === 'asked' ? ', which was given the map before' : ''
  return { ratio: found.ratio, says: `From a file that nobody opened to its first byte, ${more.kernel} took ${timesWords(found.ratio)} as long as ${less.kernel}${there}: ${timeWords(found.large * 1000)} against ${timeWords(found.small * 1000)}, medians of several opens.` }
}

/** Whether every sample of the one is larger than every sample of the other, by medians that differ enough. */
function clearly(a: Spread | undefined, b: Spread | undefined): { isFirstMore: boolean; ratio: number; small: number; large: number } | undefined {
  if (!a || !b || a.sampleCount < SAMPLES_LEAST || b.sampleCount < SAMPLES_LEAST) return undefined
  const isFirstMore = a.median > b.median
  const [less, more] = isFirstMore ? [b, a] : [a, b]
  const ratio = more.median / less.median
  const isClear = less.median > 0 && ratio >= CLEAR_TIMES && more.least > less.most
  return isClear ? { isFirstMore, ratio, small: less.median, large: more.median } : undefined
}

function rounds({ roundTripCount }: LabSide): string {
  return countWords(roundTripCount, 'round trip')
}
