// How long one resolve takes on maps that are there: the timed loop resolves and does nothing else. A sample in which the
// daemon was asked is no sample; then fewer places are looked at, until what the kernel keeps is enough for them.

import { newAnswer, OFFSET, type Resolver } from '../../core/fmap/resolve.ts'
import type { Accesses } from './accesses.ts'

const SAMPLE_COUNT = 9
/** The fastest of so many is a sample: whatever else the machine does only adds to it. */
const STRETCHES = 3
const STRETCH_LEAST_US = 500
/** One pass over all places, at most: a long walk looks at fewer of them. */
const PASS_MOST_US = 20_000
const PLACES_MOST = 10_000
const PLACES_LEAST = 64
/** Opens that take long are done less often. */
const OPEN_SAMPLES = { least: 3, most: 9, us: 500_000 }

interface TimingOutside {
  nowUs(): number
  /** Requests that the daemon has answered so far. */
  callCount(): number
}

/** @returns NaN where no place was found without asking */
export function nsPerResolve(resolvers: readonly (Resolver | undefined)[], accesses: Accesses, outside: TimingOutside): number {
  const pass = passOver(resolvers, accesses)
  for (let placeCount = startingCount(pass, accesses, outside); placeCount >= 1; placeCount = Math.floor(placeCount / 2)) {
    // What it asks for in the first pass it has in the second one, if it has room.
    pass(placeCount)
    const before = outside.callCount()
    const us = timed(pass, placeCount, 1, outside)
    if (outside.callCount() !== before) continue
    const passCount = Math.max(1, Math.ceil(STRETCH_LEAST_US / Math.max(us, 1)))
    const stretch = (): number => (timed(pass, placeCount, passCount, outside) * 1000) / (placeCount * passCount)
    const samples = Array.from({ length: SAMPLE_COUNT }, () => Math.min(...Array.from({ length: STRETCHES }, stretch)))
    if (outside.callCount() === before) return median(samples)
  }
  return Number.NaN
}

/** The time of opening, again and again; where the clock is too coarse for one, of several at once. */
export function usPerOpen(open: () => void, { nowUs }: Pick<TimingOutside, 'nowUs'>): number {
  const once = (count: number): number => {
    const startUs = nowUs()
    for (let i = 0; i < count; i++) open()
    return (nowUs() - startUs) / count
  }
  const firstUs = once(1)
  const count = Math.min(50, Math.max(1, Math.ceil(500 / Math.max(firstUs, 1))))
  const { least, most, us } = OPEN_SAMPLES
  const length = Math.min(most, Math.max(least, Math.floor(us / Math.max(firstUs, 1))))
  return median(Array.from({ length }, () => once(count)))
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

type Pass = (placeCount: number) => number

/** @returns a sum of what was found, so that nobody may leave the work out */
function passOver(resolvers: readonly (Resolver | undefined)[], { fileIndices, offsets }: Accesses): Pass {
  const answer = newAnswer()
  return (placeCount) => {
    let sum = 0
    for (let i = 0; i < placeCount; i++) {
      resolvers[fileIndices[i] as number]?.resolve(offsets[i] as number, answer)
      sum += answer[OFFSET] as number
    }
    return sum
  }
}

function startingCount(pass: Pass, { count }: Accesses, outside: TimingOutside): number {
  const least = Math.min(count, PLACES_LEAST)
  pass(least)
  const us = timed(pass, least, 1, outside)
  return Math.min(count, PLACES_MOST, Math.max(least, Math.floor((PASS_MOST_US / Math.max(us, 1)) * least)))
}

function timed(pass: Pass, placeCount: number, passCount: number, { nowUs }: TimingOutside): number {
  const startUs = nowUs()
  for (let i = 0; i < passCount; i++) pass(placeCount)
  return nowUs() - startUs
}
