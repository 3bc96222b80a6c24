// A file's map as the standalone module takes it, by ioctl: written and read by hand, since replay does so for each file of
// the log; ioctlMessages.ts has the same layout as tables. A pointer is a byte offset into the message.

import { u64At, putU64 } from '../base/u64.ts'
import { type Extent, type Fmap, piecesOf } from '../fmap/fmap.ts'
import { RESERVED_TROUBLE } from './reserved.ts'
import type { Ioctl } from './wire.ts'

/** As much as the module takes, and the ioctl that brings it; the one that asks for it has the same layout. */
export interface MapAbi {
  readonly create: Ioctl
  /** Why tools can't even say it in this form. */
  unsayable(map: Fmap): string | undefined
  /** @returns how many bytes of the message are in use */
  encode(map: Fmap, message: DataView): number
  decode(message: DataView, lengthBytes: number): DecodedIoctl
}

export type DecodedIoctl = { map: Fmap } | { trouble: string; isLimit: boolean }

/** What ABI 43 takes: as many as a log entry holds. */
export const ABI43_MOST = { extents: 16, interleaved: 1, strips: 16 } as const
/** Room for any message that tools send: a map of the log has at most 16 pieces. */
export const IOCTL_BYTES_MOST = 1024

const SIMPLE = 0
const INTERLEAVED = 1
const REGULAR = 0
const HEADER_BYTES = 32
const RECORD_BYTES = 32
const EXTENT_BYTES = 24
const U32_MOST = 0xffff_ffff

export const abi43: MapAbi = {
  create: 'MAP_CREATE_V2',
  unsayable: () => undefined,
  encode(map, view) {
    const isSimple = map.kind === 'simple'
    const pieces = piecesOf(map)
    putU64(view, 0, map.sizeBytes)
    view.setUint32(8, REGULAR, true)
    view.setUint32(12, isSimple ? SIMPLE : INTERLEAVED, true)
    view.setUint32(16, isSimple ? pieces.length : 1, true)
    view.setUint32(20, 0, true)
    putU64(view, 24, HEADER_BYTES)
    if (isSimple) return putExtents(view, HEADER_BYTES, pieces)
    putU64(view, HEADER_BYTES, pieces.length)
    putU64(view, HEADER_BYTES + 8, map.chunkBytes)
    putU64(view, HEADER_BYTES + 16, map.sizeBytes)
    putU64(view, HEADER_BYTES + 24, HEADER_BYTES + RECORD_BYTES)
    return putExtents(view, HEADER_BYTES + RECORD_BYTES, pieces)
  },
  decode(view, lengthBytes) {
    if (lengthBytes < HEADER_BYTES) return bad(`an ioctl of ${lengthBytes} bytes`)
    const sizeBytes = u64At(view, 0)
    const fileType = view.getUint32(8, true)
    const extType = view.getUint32(12, true)
    const count = view.getUint32(16, true)
    const at = u64At(view, 24)
    if (sizeBytes < 0) return bad('a size beyond any device')
    if (view.getUint32(20, true) !== 0) return bad(RESERVED_TROUBLE)
    if (fileType !== REGULAR) return bad(`file type ${fileType}`)
    if (extType !== SIMPLE && extType !== INTERLEAVED) return bad(`extent type ${extType}`)
    return extType === SIMPLE ? simpleAt(view, at, count, sizeBytes, lengthBytes) : interleavedAt(view, at, count, sizeBytes, lengthBytes)
  },
}

function simpleAt(view: DataView, at: number, count: number, sizeBytes: number, lengthBytes: number): DecodedIoctl {
  if (count > ABI43_MOST.extents) return tooMany(count, 'extents', ABI43_MOST.extents)
  const extents = extentsAt(view, at, count, lengthBytes)
  return typeof extents === 'string' ? bad(extents) : { map: { kind: 'simple', sizeBytes, extents } }
}

function interleavedAt(view: DataView, at: number, count: number, sizeBytes: number, lengthBytes: number): DecodedIoctl {
  if (count > ABI43_MOST.interleaved) return tooMany(count, 'interleaved extents', ABI43_MOST.interleaved)
  if (count === 0 || !isThere(at, RECORD_BYTES, lengthBytes)) return bad('no interleaved extent')
  const stripCount = u64At(view, at)
  const chunkBytes = u64At(view, at + 8)
  if (stripCount > ABI43_MOST.strips) return tooMany(stripCount, 'strips', ABI43_MOST.strips)
  if (stripCount < 0 || chunkBytes < 0 || u64At(view, at + 16) !== sizeBytes) return bad('an interleaved extent of another size than the file')
  const strips = extentsAt(view, u64At(view, at + 24), stripCount, lengthBytes)
  return typeof strips === 'string' ? bad(strips) : { map: { kind: 'interleaved', sizeBytes, chunkBytes, strips } }
}

function extentsAt(view: DataView, start: number, count: number, lengthBytes: number): Extent[] | string {
  if (!isThere(start, count * EXTENT_BYTES, lengthBytes)) return `${count} extents at byte ${start} of ${lengthBytes}`
  // The usual file has one. A list that grows has room for seventeen, and the maps of all files stay.
  if (count === 1) {
    const extent = extentAt(view, start)
    return extent ? [extent] : beyond(0)
  }
  const extents: Extent[] = []
  for (let at = start; extents.length < count; at += EXTENT_BYTES) {
    const extent = extentAt(view, at)
    if (!extent) return beyond(extents.length)
    extents.push(extent)
  }
  return extents
}

/** Undefined where a byte of it has no number of its own. */
function extentAt(view: DataView, at: number): Extent | undefined {
  const devindex = u64At(view, at)
  const offsetBytes = u64At(view, at + 8)
  const lengthBytes = u64At(view, at + 16)
  if (devindex < 0 || devindex > U32_MOST || offsetBytes < 0 || lengthBytes < 0 || !Number.isSafeInteger(offsetBytes + lengthBytes)) return undefined
  return { devindex, offsetBytes, lengthBytes }
}

/** Behind the header, and inside of the message. */
function isThere(at: number, neededBytes: number, lengthBytes: number): boolean {
  return at >= HEADER_BYTES && at + neededBytes <= lengthBytes
}

/** @returns where they end */
function putExtents(view: DataView, start: number, extents: readonly Extent[]): number {
  let at = start
  for (let i = 0; i < extents.length; i++, at += EXTENT_BYTES) {
    const { devindex, offsetBytes, lengthBytes } = extents[i] as Extent
    putU64(view, at, devindex)
    putU64(view, at + 8, offsetBytes)
    putU64(view, at + 16, lengthBytes)
  }
  return at
}

function beyond(index: number): string {
  return `extent ${index} is beyond any device`
}

function bad(trouble: string): DecodedIoctl {
  return { trouble, isLimit: false }
}

export function tooMany(count: number, what: string, most: number): DecodedIoctl {
  return { trouble: `${count} ${what}, and ${most} are the most`, isLimit: true }
}
