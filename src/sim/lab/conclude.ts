// Two plain sentences on a run: what came of it first, then where the two kernels differ most. Every number in them is a
// number of the run, and a difference that a second run might turn around isn't called one.

import type { LabRun, LabSide } from './types.ts'

/** Counts are exact; times are not: below this they count as equal. */
const CLEAR_RATIO = 1.5

export function concludes({ sides, agrees, setup }: Pick<LabRun, 'sides' | 'agrees' | 'setup'>): [string, string] {
  const [a, b] = sides
  if (a.failure && b.failure) return [`Neither kernel can read these files: ${refusal(a)}; ${refusal(b)}.`, 'A setup with fewer extents or strips is within reach of more kernels.']
  if (a.failure) return oneFailed(a, b)
  if (b.failure) return oneFailed(b, a)
  if (!agrees) return [`${a.kernel} and ${b.kernel} did not read the same bytes, which is a mistake of ours.`, `Their checksums are ${hex(a.checksum)} and ${hex(b.checksum)}.`]
  return [asking(a, b, setup.accessCount), difference(a, b)]
}

function oneFailed(failed: LabSide, other: LabSide): [string, string] {
  const first = `${failed.kernel} can't read all of these files: ${refusal(failed)}.`
  return [first, `${other.kernel} read every byte with ${rounds(other.roundTripCount)} and kept ${bytes(other.residentMostBytes)} of maps at most.`]
}

function refusal({ kernel, failure, failedCount }: LabSide): string {
  return `${kernel} says ${failure?.errno ?? ''} (${failure?.says ?? ''}), ${count(failedCount, 'access', 'accesses')} failed`
}

/** How often each had to ask, which is what an open and a fault wait for. */
function asking(a: LabSide, b: LabSide, accessCount: number): string {
  if (a.roundTripCount === b.roundTripCount) {
    const same = a.roundTripCount === 0 ? 'Neither kernel asked anybody for a map' : `Both kernels made ${rounds(a.roundTripCount)} for these files`
    if (a.copiedBytes === b.copiedBytes) return `${same}, and both copied ${bytes(a.copiedBytes)} of messages.`
    const [less, more] = a.copiedBytes < b.copiedBytes ? [a, b] : [b, a]
    if (more.copiedBytes < less.copiedBytes * CLEAR_RATIO) return `${same}; they copied ${bytes(a.copiedBytes)} and ${bytes(b.copiedBytes)} of messages.`
    return `${same}, but ${more.kernel} copied ${bytes(more.copiedBytes)} of messages where ${less.kernel} copied ${bytes(less.copiedBytes)}.`
  }
  const [less, more] = a.roundTripCount < b.roundTripCount ? [a, b] : [b, a]
  const isClose = more.roundTripCount < less.roundTripCount * CLEAR_RATIO
  const [slim, wide] = a.copiedBytes < b.copiedBytes ? [a, b] : [b, a]
  if (isClose && wide.copiedBytes >= slim.copiedBytes * CLEAR_RATIO) {
    return `With ${rounds(a.roundTripCount)} on ${a.kernel} and ${b.roundTripCount.toLocaleString('en-GB')} on ${b.kernel}, ${wide.kernel} copied ${bytes(wide.copiedBytes)} of messages where ${slim.kernel} copied ${bytes(slim.copiedBytes)}.`
  }
  const often = less.roundTripCount === 0 ? 'never asked' : `made ${rounds(less.roundTripCount)}`
  return `${more.kernel} made ${rounds(more.roundTripCount)} in ${count(accessCount, 'access', 'accesses')}, where ${less.kernel} ${often}.`
}

/** The largest clear difference, of those that a reader would choose a kernel by. */
function difference(a: LabSide, b: LabSide): string {
  const candidates = [
    { what: (m: LabSide, l: LabSide) => `${m.kernel} kept ${bytes(m.residentMostBytes)} of maps at most, where ${l.kernel} kept ${bytes(l.residentMostBytes)}`, of: (side: LabSide) => side.residentMostBytes },
    { what: (m: LabSide, l: LabSide) => `A resolve took ${time(m.nsPerResolve ?? 0)} on ${m.kernel}, and ${time(l.nsPerResolve ?? 0)} on ${l.kernel}`, of: (side: LabSide) => side.nsPerResolve ?? 0 },
    { what: (m: LabSide, l: LabSide) => `The first access of a file took ${time((m.openUs ?? 0) * 1000)} on ${m.kernel}, and ${time((l.openUs ?? 0) * 1000)} on ${l.kernel}`, of: (side: LabSide) => side.openUs ?? 0 },
  ]
  let best = { ratio: CLEAR_RATIO, says: undefined as string | undefined }
  for (const { what, of } of candidates) {
    const [less, more] = of(a) <= of(b) ? [a, b] : [b, a]
    const ratio = of(more) / of(less)
    // Nothing against something is told apart, not as a ratio.
    if (of(less) > 0 && ratio >= best.ratio) best = { ratio, says: `${what(more, less)}: ${times(ratio)} as much.` }
    if (of(less) === 0 && of(more) > 0 && best.says === undefined) best = { ratio: CLEAR_RATIO, says: `${what(more, less)}.` }
  }
  return best.says ?? 'In memory for maps, time per resolve and time of a first access the two differ by less than 1.5 times.'
}

function rounds(roundTripCount: number): string {
  return count(roundTripCount, 'round trip', 'round trips')
}

function count(value: number, one: string, many: string): string {
  return `${value.toLocaleString('en-GB')} ${value === 1 ? one : many}`
}

function bytes(value: number): string {
  return count(value, 'byte', 'bytes')
}

function time(ns: number): string {
  if (ns < 1000) return `${number(ns)} ns`
  return ns < 1_000_000 ? `${number(ns / 1000)} µs` : `${number(ns / 1_000_000)} ms`
}

/** Three digits, as many as a clock is good for. */
function number(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-GB')
}

function times(ratio: number): string {
  return `${Number(ratio.toPrecision(2)).toLocaleString('en-GB')} times`
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
