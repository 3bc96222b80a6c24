// What a kernel holds a map against before the first byte of memory is reached by it, whoever sent it: its numbers fit each
// other and the file, no two pieces of it share a byte, and all of it lies on devices that are known, behind their superblock
// and log. A map never gives access outside of the file's devices. Numbers are exact already: decoding refuses others.

import { isPowerOfTwo } from '../base/align.ts'
import { fail, type Failure } from '../base/result.ts'
import type { Extent, Fmap } from '../fmap/fmap.ts'
import { type Columns, columnsOf, type Interleaved, type WideMap, wideOf } from '../fmap/wide.ts'
import type { FileAsk, MapReason, WayContext } from './way.ts'

/** @returns undefined for a map that can be used */
export function refuseMap(context: WayContext, ask: FileAsk, map: WideMap): Failure<MapReason> | undefined {
  return refuseShape(ask, map, context.unitBytes) ?? refuseDevices(context, ask.path, map)
}

/** All that can be said of a map without looking at devices. */
export function refuseShape({ path, sizeBytes }: FileAsk, map: WideMap, unitBytes: number): Failure<MapReason> | undefined {
  if (map.sizeBytes !== sizeBytes) return refused(path, `it is of ${map.sizeBytes} bytes, and the file has ${sizeBytes}`)
  const what = map.kind === 'simple' ? troubleOfColumns(map.columns, sizeBytes, unitBytes) : troubleOfInterleaved(map.interleaved, sizeBytes, unitBytes)
  return what === undefined ? undefined : refused(path, what)
}

/** The same for a map from the log, as the module takes it: for each file of a replay, and most have one extent. */
export function refusePushed(ask: FileAsk, map: Fmap, unitBytes: number): Failure<MapReason> | undefined {
  if (map.kind !== 'simple' || map.extents.length !== 1) return refuseShape(ask, wideOf(map), unitBytes)
  const { offsetBytes, lengthBytes } = map.extents[0] as Extent
  const isSound = map.sizeBytes === ask.sizeBytes && lengthBytes >= map.sizeBytes && troubleOfPiece(offsetBytes, lengthBytes, unitBytes) === undefined
  // The long way says what is wrong.
  return isSound ? undefined : refuseShape(ask, wideOf(map), unitBytes)
}

/** Whether all of it is on devices that this mount has. */
export function refuseDevices(context: WayContext, path: string, map: WideMap): Failure<MapReason> | undefined {
  if (map.kind === 'simple') return refuseColumns(context, path, map.columns)
  for (const { strips } of map.interleaved) {
    for (const { devindex, offsetBytes, lengthBytes } of strips) {
      const failure = refusePlace(context, path, devindex, offsetBytes, lengthBytes)
      if (failure) return failure
    }
  }
  return undefined
}

export function refusePlace({ devices, isReserved }: WayContext, path: string, devindex: number, offsetBytes: number, lengthBytes: number): Failure<MapReason> | undefined {
  const memory = devices.at(devindex)
  if (!memory) return devices.missing(devindex, path)
  const { presentBytes, device } = memory
  const endBytes = offsetBytes + lengthBytes
  if (isReserved(path, devindex, offsetBytes, lengthBytes)) return refused(path, `byte ${offsetBytes} of device ${devindex} is in its superblock or log`)
  if (endBytes <= presentBytes) return undefined
  if (endBytes > device.sizeBytes) return refused(path, `it ends at byte ${endBytes} of a device of ${device.sizeBytes}`)
  return fail('not_on_image', { offsetBytes, presentBytes }).failure
}

/** One piece by itself: whole allocation units. */
export function troubleOfPiece(offsetBytes: number, lengthBytes: number, unitBytes: number): string | undefined {
  if (lengthBytes > 0 && offsetBytes % unitBytes === 0 && lengthBytes % unitBytes === 0) return undefined
  return `${lengthBytes} bytes at ${offsetBytes} are no whole units of ${unitBytes}`
}

/** Whether two pieces share a byte of a device. Lists in order cost one look at each; others are sorted. */
export function haveOverlap(columns: Columns): boolean {
  return !isAscending(columns) && sharesBytes(columns)
}

function troubleOfColumns(columns: Columns, sizeBytes: number, unitBytes: number): string | undefined {
  const { count, offsets, lengths } = columns
  let heldBytes = 0
  for (let i = 0; i < count; i++) {
    const lengthBytes = lengths[i] as number
    const what = troubleOfPiece(offsets[i] as number, lengthBytes, unitBytes)
    if (what !== undefined) return what
    heldBytes += lengthBytes
  }
  if (count === 0 || heldBytes < sizeBytes) return `extents of ${heldBytes} bytes for a file of ${sizeBytes}`
  return haveOverlap(columns) ? OVERLAP : undefined
}

const OVERLAP = 'two of its pieces share bytes of a device'

function troubleOfInterleaved(interleaved: readonly Interleaved[], sizeBytes: number, unitBytes: number): string | undefined {
  let heldBytes = 0
  for (const part of interleaved) {
    // Else what follows would begin inside of a unit.
    if (heldBytes % unitBytes !== 0) return `an interleaved extent begins at byte ${heldBytes} of the file`
    const what = troubleOfPart(part, unitBytes)
    if (what !== undefined) return what
    heldBytes += part.sizeBytes
  }
  if (interleaved.length === 0 || heldBytes < sizeBytes) return `interleaved extents of ${heldBytes} bytes for a file of ${sizeBytes}`
  return haveOverlap(columnsOf(interleaved.flatMap(({ strips }) => strips))) ? OVERLAP : undefined
}

function troubleOfPart({ sizeBytes, chunkBytes, strips }: Interleaved, unitBytes: number): string | undefined {
  if (!isPowerOfTwo(chunkBytes) || chunkBytes % unitBytes !== 0) return `a chunk of ${chunkBytes} bytes`
  if (strips.length === 0) return 'no strips'
  const neededBytes = Math.ceil(sizeBytes / (chunkBytes * strips.length)) * chunkBytes
  for (const { offsetBytes, lengthBytes } of strips) {
    const what = troubleOfPiece(offsetBytes, lengthBytes, unitBytes)
    if (what !== undefined) return what
    if (lengthBytes < neededBytes) return `a strip of ${lengthBytes} bytes where ${neededBytes} are needed`
  }
  return undefined
}

function refuseColumns(context: WayContext, path: string, { count, devindices, offsets, lengths }: Columns): Failure<MapReason> | undefined {
  for (let i = 0; i < count; i++) {
    const failure = refusePlace(context, path, devindices[i] as number, offsets[i] as number, lengths[i] as number)
    if (failure) return failure
  }
  return undefined
}

/** On one device, each behind the one before. */
function isAscending({ count, devindices, offsets, lengths }: Columns): boolean {
  for (let i = 1; i < count; i++) {
    if (devindices[i] !== devindices[0]) return false
    if ((offsets[i] as number) < (offsets[i - 1] as number) + (lengths[i - 1] as number)) return false
  }
  return true
}

/**
 * Per device, starts and ends are sorted apart, as plain numbers: pieces are disjoint if each end comes before the next
 * start, since then no byte has more starts than one beyond the ends before it.
 */
function sharesBytes({ count, devindices, offsets, lengths }: Columns): boolean {
  const perDevice = new Map<number, number[]>()
  for (let i = 0; i < count; i++) {
    const devindex = devindices[i] as number
    const rows = perDevice.get(devindex)
    if (rows) rows.push(i)
    else perDevice.set(devindex, [i])
  }
  for (const rows of perDevice.values()) {
    const begins = Float64Array.from(rows, (i) => offsets[i] as number).sort()
    const ends = Float64Array.from(rows, (i) => (offsets[i] as number) + (lengths[i] as number)).sort()
    for (let i = 1; i < rows.length; i++) if ((ends[i - 1] as number) > (begins[i] as number)) return true
  }
  return false
}

function refused(path: string, what: string): Failure<MapReason> {
  return fail('bad_map', { path, what }).failure
}
