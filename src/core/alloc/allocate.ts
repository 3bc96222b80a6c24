// Space comes in whole allocation units and is never freed. Nothing is allocated beyond a device or, for a strip, out of
// its bucket; a request that fails leaves bitmaps and cursors as they were. With one device, strips fall as they do in the
// reference: one in each bucket that comes up. With several, the devices take turns, and one whose buckets would be too
// small takes none.

import { GIB, isPowerOfTwo, unitsOf } from '../base/align.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Extent, Fmap } from '../fmap/fmap.ts'
import { BUCKETS_MOST, STRIPS_MOST } from '../omf/constants.ts'
import type { UnitBitmap } from './bitmap.ts'

const BUCKET_LEAST_BYTES = GIB

export interface Interleave {
  bucketCount: number
  stripCount: number
  chunkBytes: number
}

/** What stays the same on a device for all allocations under one hold of the log lock, and the cursor that moves. */
export interface Space {
  devindex: number
  bitmap: UnitBitmap
  unitBytes: number
  deviceBytes: number
  /** Where the next contiguous search begins; 0 when the lock is taken. */
  cursorUnit: number
}

/** The devices that are here, in the order of their index: the primary, and others where the file system has some. */
export type Spaces = readonly [Space, ...Space[]]

/** In which order places are tried: a permutation of 0 .. count - 1. Random on a real host, so it is handed in. */
export type BucketOrder = (count: number) => number[]

/** Contiguous first fit from the cursor, on the first device that has room. The cursor moves behind what was found. */
export function allocateContiguous(spaces: Spaces, sizeBytes: number): Result<Fmap, 'no_space'> {
  const [{ unitBytes }] = spaces
  const count = unitsOf(sizeBytes, unitBytes)
  for (const space of spaces) {
    const first = space.bitmap.findRun(count, space.cursorUnit, wholeUnits(space))
    if (first < 0) continue
    space.cursorUnit = first + count
    return ok({ kind: 'simple', sizeBytes, extents: [claimed(space, first, count)] })
  }
  const { freeCount, longestCount } = freeSpace(spaces)
  return fail('no_space', { wantedBytes: sizeBytes, freeBytes: freeCount * unitBytes, longestBytes: longestCount * unitBytes })
}

/**
 * One strip in each of `stripCount` buckets; with several devices, on as many devices where that many have room. A file
 * smaller than a chunk is contiguous instead, from the start of the devices.
 * @param relaxed lifts the 1 GiB minimum of a bucket
 */
export function allocateInterleaved(
  spaces: Spaces,
  sizeBytes: number,
  interleave: Interleave,
  { order, relaxed }: { order: BucketOrder; relaxed: boolean },
): Result<Fmap, 'no_space' | 'no_strips'> {
  const [{ unitBytes }] = spaces
  const { bucketCount, stripCount, chunkBytes } = interleave
  if (sizeBytes < chunkBytes) return allocateFromStart(spaces, sizeBytes)
  const chunkUnits = chunkBytes / unitBytes
  const stripeCount = Math.ceil(unitsOf(sizeBytes, unitBytes) / (chunkUnits * stripCount))
  const stripUnits = stripeCount * chunkUnits

  const apart = spaces.length < Math.max(2, stripCount) ? undefined : stripsOf(devicePlaces(spaces, order), stripCount, stripUnits)
  const strips = apart?.length === stripCount ? apart : stripsOf(bucketPlaces(spaces, bucketCount, order, relaxed ? 0 : BUCKET_LEAST_BYTES), stripCount, stripUnits)
  if (strips.length === stripCount) return ok({ kind: 'interleaved', sizeBytes, chunkBytes, strips })
  return fail('no_strips', { wanted: stripCount, found: strips.length, stripBytes: stripUnits * unitBytes })
}

/** A part of a device that takes one strip of a file. */
interface StripPlace {
  space: Space
  firstUnit: number
  limitUnit: number
}

function devicePlaces(spaces: Spaces, order: BucketOrder): StripPlace[] {
  return order(spaces.length).map((index) => {
    const space = spaces[index] as Space
    return { space, firstUnit: 0, limitUnit: wholeUnits(space) }
  })
}

/** Round the devices, so that strips are on as many of them as have buckets; on each, its buckets as they come up. */
function bucketPlaces(spaces: Spaces, bucketCount: number, order: BucketOrder, leastBytes: number): StripPlace[] {
  const rounds: StripPlace[][] = []
  const seenCounts = new Map<Space, number>()
  for (const index of order(spaces.length * bucketCount)) {
    const space = spaces[Math.floor(index / bucketCount)] as Space
    // Of the primary that was asked before; others may be smaller.
    if (space.deviceBytes / bucketCount < leastBytes) continue
    const bucketUnits = bucketUnitsOf(space.deviceBytes, space.unitBytes, bucketCount)
    const firstUnit = (index % bucketCount) * bucketUnits
    const round = seenCounts.get(space) ?? 0
    seenCounts.set(space, round + 1)
    ;(rounds[round] ??= []).push({ space, firstUnit, limitUnit: firstUnit + bucketUnits })
  }
  return rounds.flat()
}

/** Strips in the order of the places. Where there are fewer than wanted, what was claimed for them is given back. */
function stripsOf(places: readonly StripPlace[], stripCount: number, stripUnits: number): Extent[] {
  const found: { space: Space; first: number; strip: Extent }[] = []
  for (const { space, firstUnit, limitUnit } of places) {
    if (found.length === stripCount) break
    const first = space.bitmap.findRun(stripUnits, firstUnit, limitUnit)
    if (first >= 0) found.push({ space, first, strip: claimed(space, first, stripUnits) })
  }
  if (found.length < stripCount) for (const { space, first } of found) space.bitmap.release(first, stripUnits)
  return found.map(({ strip }) => strip)
}

function claimed({ devindex, bitmap, unitBytes }: Space, first: number, count: number): Extent {
  bitmap.claim(first, count)
  return { devindex, offsetBytes: first * unitBytes, lengthBytes: count * unitBytes }
}

/** The cursors go back first, and stay where they were if that fails. */
function allocateFromStart(spaces: Spaces, sizeBytes: number): Result<Fmap, 'no_space'> {
  const cursors = spaces.map(({ cursorUnit }) => cursorUnit)
  for (const space of spaces) space.cursorUnit = 0
  const found = allocateContiguous(spaces, sizeBytes)
  if (!found.ok) for (const [i, space] of spaces.entries()) space.cursorUnit = cursors[i] as number
  return found
}

/** All three 0 asks for a plain file. `relaxed` lifts the 1 GiB minimum of a bucket. */
export function checkInterleave(
  given: Interleave,
  where: { deviceBytes: number; unitBytes: number; relaxed: boolean },
): Result<Interleave | undefined, 'bad_interleave'> {
  const { bucketCount, stripCount, chunkBytes } = given
  if (bucketCount === 0 && stripCount === 0 && chunkBytes === 0) return ok(undefined)
  const bad = (what: string) => fail('bad_interleave', { what })
  if (!isPowerOfTwo(chunkBytes)) return bad(`a chunk of ${chunkBytes} bytes is not a power of two`)
  if (chunkBytes % where.unitBytes !== 0) return bad(`a chunk of ${chunkBytes} bytes is not a multiple of the ${where.unitBytes} byte unit`)
  if (!Number.isInteger(stripCount) || stripCount < 1 || stripCount > STRIPS_MOST) return bad(`${stripCount} strips; 1 to ${STRIPS_MOST} are possible`)
  if (!Number.isInteger(bucketCount) || bucketCount > BUCKETS_MOST) return bad(`${bucketCount} buckets; at most ${BUCKETS_MOST} are possible`)
  if (bucketCount < stripCount) return bad(`${stripCount} strips need as many buckets, not ${bucketCount}`)
  if (!where.relaxed && where.deviceBytes / bucketCount < BUCKET_LEAST_BYTES) {
    return bad(`${bucketCount} buckets on ${where.deviceBytes} bytes are smaller than 1 GiB each`)
  }
  return ok(given)
}

/** Units of a bucket; what is left at the device's end belongs to none. */
export function bucketUnitsOf(deviceBytes: number, unitBytes: number, bucketCount: number): number {
  return Math.floor(Math.floor(deviceBytes / unitBytes) / bucketCount)
}

function freeSpace(spaces: Spaces): { freeCount: number; longestCount: number } {
  let freeCount = 0
  let longestCount = 0
  for (const space of spaces) {
    for (const [, count] of space.bitmap.freeRuns(0, wholeUnits(space))) {
      freeCount += count
      longestCount = Math.max(longestCount, count)
    }
  }
  return { freeCount, longestCount }
}

/** The bitmap rounds the device up; a unit that the device holds only in part is never given out. */
function wholeUnits(space: Space): number {
  return Math.floor(space.deviceBytes / space.unitBytes)
}
