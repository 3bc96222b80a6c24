// Where two kernels that both read everything differ: how often they asked, what they copied and kept, how long they waited.

import type { LabRun, LabSide, Spread } from './types.ts'
import { countWords, numberWords, sizeWords, timesWords, timeWords } from './words.ts'

/** What a run says of itself. */
export type Facts = Pick<LabRun, 'sides' | 'setup' | 'daemon' | 'movedCount' | 'aheadBytes'>

/** What differs by less counts as about the same. */
const CLEAR_RATIO = 1.5
/** Fewer samples say nothing on how steady a time is. */
const SAMPLES_LEAST = 3

/** How often each had to ask, which is what an open and a fault wait for. */
export function asking({ sides: [a, b], setup: { accessCount }, aheadBytes }: Facts): string {
  const copied = `${copies(a)}, ${copies(b)}${ahead([a, b], aheadBytes)}`
  if (a.roundTripCount === b.roundTripCount) {
    const same = a.roundTripCount === 0 ? 'Neither kernel asked anybody for a map' : `Both kernels made ${rounds(a)} for these files`
    return a.copiedBytes === b.copiedBytes ? `${same}, and each copied ${sizeWords(a.copiedBytes)} of messages.` : `${same}; ${copied}.`
  }
  const [less, more] = a.roundTripCount < b.roundTripCount ? [a, b] : [b, a]
  const often = less.roundTripCount === 0 ? 'never asked' : `made ${rounds(less)}`
  return `${more.kernel} made ${rounds(more)} in ${countWords(accessCount, 'access', 'accesses')}, where ${less.kernel} ${often}; ${copied}.`
}

function copies({ kernel, copiedBytes }: LabSide): string {
  return copiedBytes === 0 ? `${kernel} copied no messages` : `${kernel} copied ${sizeWords(copiedBytes)} of messages`
}

/** What a miss asks for decides how much is copied. */
function ahead(sides: readonly LabSide[], aheadBytes: number | undefined): string {
  if (aheadBytes === undefined || !sides.some(({ kernel }) => kernel.startsWith('fuse-iomap'))) return ''
  return ` (with each miss it asks for all that follows in a window of ${sizeWords(aheadBytes)})`
}

/** Of a daemon in a worker: what the round trips took. */
export function waiting(a: LabSide, b: LabSide): string {
  const [more, less] = a.waitedUs >= b.waitedUs ? [a, b] : [b, a]
  return `Waiting for the daemon in its worker: ${waits(more)}; ${waits(less)}.`
}

function waits({ kernel, waitedUs, roundTripCount }: LabSide): string {
  if (roundTripCount === 0) return `${kernel} never waited`
  const each = roundTripCount === 1 ? 'for one round trip' : `for ${numberWords(roundTripCount)} round trips, ${timeWords((waitedUs * 1000) / roundTripCount)} each on average`
  return `${kernel} ${timeWords(waitedUs * 1000)} ${each}`
}

/** A cap that is smaller than what the other one keeps: what it saves in memory, and what is paid for that. */
export function pressing({ sides: [a, b], setup: { cacheCapBytes, accessCount }, aheadBytes }: Facts): [string, string] | undefined {
  const [capped, free] = isCapped(a) && !isCapped(b) ? [a, b] : [b, a]
  if (!isCapped(capped) || isCapped(free) || free.residentMostBytes <= cacheCapBytes) return undefined
  const first = `With a cap of ${sizeWords(cacheCapBytes)}, ${capped.kernel} kept ${sizeWords(capped.residentMostBytes)} of maps at most, where ${free.kernel} kept ${sizeWords(free.residentMostBytes)}.`
  return [first, `In ${countWords(accessCount, 'access', 'accesses')} ${capped.kernel} made ${rounds(capped)} and copied ${sizeWords(capped.copiedBytes)} of messages${ahead([capped], aheadBytes)}; ${free.kernel} made ${rounds(free)} and copied ${sizeWords(free.copiedBytes)}.`]
}

function isCapped({ kernel }: LabSide): boolean {
  return kernel === 'fuse-paged' || kernel === 'fuse-iomap' || kernel === 'fuse-iomap-shared'
}

/** The largest clear difference, of those that a reader would choose a kernel by. */
export function difference(a: LabSide, b: LabSide): string {
  const found = [memory(a, b), resolveTime(a, b), openTime(a, b)].filter((each) => each !== undefined)
  const [first, ...others] = found
  if (!first) return 'In memory for maps, time per resolve and time to open, nothing tells the two apart clearly.'
  return others.reduce((best, each) => (each.ratio > best.ratio ? each : best), first).says
}

interface Difference {
  ratio: number
  says: string
}

function memory(a: LabSide, b: LabSide): Difference | undefined {
  const [less, more] = a.residentMostBytes <= b.residentMostBytes ? [a, b] : [b, a]
  const [small, large] = [less.residentMostBytes, more.residentMostBytes]
  if (large < CLEAR_RATIO * small || large === 0) return undefined
  // Nothing against something is told, and no ratio.
  if (small === 0) return { ratio: CLEAR_RATIO, says: `${more.kernel} kept ${sizeWords(large)} of maps at most, and ${less.kernel} none.` }
  return { ratio: large / small, says: `${more.kernel} kept ${timesWords(large / small)} as much memory for maps as ${less.kernel}: ${sizeWords(large)} at most, against ${sizeWords(small)}.` }
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
  const isClear = less.median > 0 && ratio >= CLEAR_RATIO && more.least > less.most
  return isClear ? { isFirstMore, ratio, small: less.median, large: more.median } : undefined
}

function rounds({ roundTripCount }: LabSide): string {
  return countWords(roundTripCount, 'round trip')
}
