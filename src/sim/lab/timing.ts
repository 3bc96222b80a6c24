// How long one resolve takes on maps that are there: the timed loop resolves and does nothing else. A sample in which the
// daemon was asked, or a place wasn't found, is no sample; then fewer places are looked at, until what the kernel keeps is
// enough for them. Measuring ends in time, with fewer samples where it must.

import { newAnswer, OFFSET, type Resolver } from '../../core/fmap/resolve.ts'
import type { Accesses } from './accesses.ts'
import type { Spread } from './types.ts'

const SAMPLE_COUNT = 9
/** The fastest of so many is a sample: whatever else the machine does only adds to it. */
const STRETCHES = 3
const STRETCH_LEAST_US = 500
/** One pass over all places, at most: a long walk looks at fewer of them. */
const PASS_MOST_US = 20_000
const PLACES_MOST = 10_000
/** A first pass is slower than others; one that takes so much longer isn't made a second time. */
const FIRST_PASS_MOST_US = 3 * PASS_MOST_US
/** Looking for places that are found. */
const SEARCH_MOST_US = 150_000
/** Before anything counts: code that has just been loaded is slower. */
const WARM_UP_US = 20_000
/** After that, no sample is begun. */
const RESOLVES_MOST_US = 1_000_000
const OPENS_MOST_US = 600_000
const OPENS_A_SAMPLE_MOST = 50

interface TimingOutside {
  nowUs(): number
  /** Requests that the daemon has answered so far. */
  callCount(): number
}

/** @returns nanoseconds; undefined where no place was found without asking */
export function resolveSpread(resolvers: readonly (Resolver | undefined)[], accesses: Accesses, outside: TimingOutside): Spread | undefined {
  const endUs = outside.nowUs() + RESOLVES_MOST_US
  const places = foundPlaces(resolvers, accesses, outside)
  const pass = passOver(resolvers, accesses, places)
  for (let placeCount = places.length; placeCount >= 1 && outside.nowUs() < endUs; ) {
    // What it asks for in the first pass it has in the second one, if it has room.
    const first = passOnce(pass, placeCount, outside)
    const us = first.isTooLong ? first.us : timed(pass, placeCount, 1, outside)
    const before = first.callCount
    const hasAsked = outside.callCount() !== before
    if (hasAsked || (us > PASS_MOST_US && placeCount > 1)) {
      // How long a walk takes goes by the number of places, and whether they are held doesn't.
      placeCount = Math.floor(hasAsked ? placeCount / 2 : Math.min(placeCount / 2, Math.max(1, (placeCount * PASS_MOST_US) / us)))
      continue
    }
    const passCount = Math.max(1, Math.ceil(STRETCH_LEAST_US / Math.max(us, 1)))
    const stretch = (): number => (timed(pass, placeCount, passCount, outside) * 1000) / (placeCount * passCount)
    for (const warmUs = outside.nowUs() + WARM_UP_US; outside.nowUs() < warmUs; ) stretch()
    const samples: number[] = []
    do samples.push(Math.min(...Array.from({ length: STRETCHES }, stretch)))
    while (samples.length < SAMPLE_COUNT && outside.nowUs() < endUs)
    if (outside.callCount() === before) return spreadOf(samples)
  }
  return undefined
}

/**
 * Of opening, again and again; where the clock is too coarse for one, of several at once.
 * @param open false where there was nothing to open
 * @returns microseconds; undefined where it failed
 */
export function openSpread(open: () => boolean, { nowUs }: Pick<TimingOutside, 'nowUs'>): Spread | undefined {
  const endUs = nowUs() + OPENS_MOST_US
  const once = (count: number): number | undefined => {
    const startUs = nowUs()
    for (let i = 0; i < count; i++) if (!open()) return undefined
    return (nowUs() - startUs) / count
  }
  const firstUs = once(1)
  if (firstUs === undefined) return undefined
  const count = Math.min(OPENS_A_SAMPLE_MOST, Math.max(1, Math.ceil(STRETCH_LEAST_US / Math.max(firstUs, 1))))
  const samples: number[] = []
  while (samples.length < SAMPLE_COUNT && nowUs() < endUs) {
    const us = once(count)
    if (us === undefined) return undefined
    samples.push(us)
  }
  // One that took all the time there was is all there is.
  return spreadOf(samples.length > 0 ? samples : [firstUs])
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [least = Number.NaN] = sorted
  return { least, median: sorted[Math.floor(sorted.length / 2)] ?? least, most: sorted.at(-1) ?? least, sampleCount: sorted.length }
}

/** @returns which accesses, in their order: those whose place the resolvers find */
function foundPlaces(resolvers: readonly (Resolver | undefined)[], { count, fileIndices, offsets }: Accesses, { nowUs }: TimingOutside): number[] {
  const endUs = nowUs() + SEARCH_MOST_US
  const answer = newAnswer()
  const found: number[] = []
  for (let i = 0; i < count && found.length < PLACES_MOST; i++) {
    if (resolvers[fileIndices[i] as number]?.resolve(offsets[i] as number, answer)) found.push(i)
    if (nowUs() >= endUs) break
  }
  return found
}

type Pass = (placeCount: number) => number

/** @returns a sum of what was found, so that nobody may leave the work out */
function passOver(resolvers: readonly (Resolver | undefined)[], { fileIndices, offsets }: Accesses, places: readonly number[]): Pass {
  const answer = newAnswer()
  const placed = places.map((place) => fileIndices[place] as number)
  const at = Float64Array.from(places, (place) => offsets[place] as number)
  return (placeCount) => {
    let sum = 0
    for (let i = 0; i < placeCount; i++) {
      resolvers[placed[i] as number]?.resolve(at[i] as number, answer)
      sum += answer[OFFSET] as number
    }
    return sum
  }
}

/** The first one; far too long where it is so without anybody's having been asked. */
function passOnce(pass: Pass, placeCount: number, outside: TimingOutside): { us: number; isTooLong: boolean; callCount: number } {
  const before = outside.callCount()
  const us = timed(pass, placeCount, 1, outside)
  const callCount = outside.callCount()
  return { us, isTooLong: callCount === before && us > FIRST_PASS_MOST_US && placeCount > 1, callCount }
}

function timed(pass: Pass, placeCount: number, passCount: number, { nowUs }: TimingOutside): number {
  const startUs = nowUs()
  for (let i = 0; i < passCount; i++) pass(placeCount)
  return nowUs() - startUs
}
