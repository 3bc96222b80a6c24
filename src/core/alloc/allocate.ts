// Space comes in whole allocation units and is never freed. Nothing is allocated beyond the device or, for a strip, out
// of its bucket; a request that fails leaves the bitmap as it was.

import { GIB, isPowerOfTwo, unitsOf } from '../base/align.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Extent, Fmap } from '../fmap/fmap.ts'
import { BUCKETS_MOST, STRIPS_MOST } from '../omf/constants.ts'
import type { UnitBitmap } from './bitmap.ts'

export const BUCKET_LEAST_BYTES = GIB

export interface Interleave {
  bucketCount: number
  stripCount: number
  chunkBytes: number
}

/** What stays the same for all allocations under one hold of the log lock, and the cursor that moves with them. */
export interface Space {
  bitmap: UnitBitmap
  unitBytes: number
  deviceBytes: number
  /** Where the next contiguous search begins; 0 when the lock is taken. */
  cursorUnit: number
}

/** In which order buckets are tried: a permutation of 0 .. bucketCount - 1. Random on a real host, so it is handed in. */
export type BucketOrder = (bucketCount: number) => number[]

/** Contiguous first fit from the cursor, which moves behind what was found. */
export function allocateContiguous(space: Space, sizeBytes: number): Result<Fmap, 'no_space'> {
  const { bitmap, unitBytes } = space
  const count = unitsOf(sizeBytes, unitBytes)
  const limit = wholeUnits(space)
  const first = bitmap.findRun(count, space.cursorUnit, limit)
  if (first < 0) {
    const { freeCount, longestCount } = freeSpace(space)
    return fail('no_space', { wantedBytes: sizeBytes, freeBytes: freeCount * unitBytes, longestBytes: longestCount * unitBytes })
  }
  bitmap.claim(first, count)
  space.cursorUnit = first + count
  return ok({ kind: 'simple', sizeBytes, extents: [{ devindex: 0, offsetBytes: first * unitBytes, lengthBytes: count * unitBytes }] })
}

/** One strip in each of `stripCount` buckets. A file smaller than a chunk is contiguous instead, from the device's start. */
export function allocateInterleaved(
  space: Space,
  sizeBytes: number,
  interleave: Interleave,
  order: BucketOrder,
): Result<Fmap, 'no_space' | 'no_strips'> {
  const { bitmap, unitBytes } = space
  const { bucketCount, stripCount, chunkBytes } = interleave
  if (sizeBytes < chunkBytes) {
    const cursorUnit = space.cursorUnit
    space.cursorUnit = 0
    const found = allocateContiguous(space, sizeBytes)
    if (!found.ok) space.cursorUnit = cursorUnit
    return found
  }
  const chunkUnits = chunkBytes / unitBytes
  const stripeCount = Math.ceil(unitsOf(sizeBytes, unitBytes) / (chunkUnits * stripCount))
  const stripUnits = stripeCount * chunkUnits
  const bucketUnits = bucketUnitsOf(space.deviceBytes, unitBytes, bucketCount)

  const strips: Extent[] = []
  for (const bucket of order(bucketCount)) {
    if (strips.length === stripCount) break
    const first = bitmap.findRun(stripUnits, bucket * bucketUnits, (bucket + 1) * bucketUnits)
    if (first < 0) continue
    bitmap.claim(first, stripUnits)
    strips.push({ devindex: 0, offsetBytes: first * unitBytes, lengthBytes: stripUnits * unitBytes })
  }
  if (strips.length === stripCount) return ok({ kind: 'interleaved', sizeBytes, chunkBytes, strips })
  for (const strip of strips) bitmap.release(strip.offsetBytes / unitBytes, stripUnits)
  return fail('no_strips', { wanted: stripCount, found: strips.length, stripBytes: stripUnits * unitBytes })
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

export function freeSpace(space: Space): { freeCount: number; longestCount: number } {
  let freeCount = 0
  let longestCount = 0
  for (const [, count] of space.bitmap.freeRuns(0, wholeUnits(space))) {
    freeCount += count
    longestCount = Math.max(longestCount, count)
  }
  return { freeCount, longestCount }
}

/** The bitmap rounds the device up; a unit that the device holds only in part is never given out. */
function wholeUnits(space: Space): number {
  return Math.floor(space.deviceBytes / space.unitBytes)
}
