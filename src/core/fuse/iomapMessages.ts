// What fills and empties a kernel's mapping cache: the kernel asks on a miss (IOMAP_BEGIN), the server pushes mappings
// (UPSERT) or takes a range back (INVAL). Entries lie one behind the other (golden/README.md, "Other messages"; ours).

import { putU64, u64At } from '../base/u64.ts'
import { pad, struct, u16, u32, u64 } from '../omf/struct.ts'
import { reservedCheck } from './records.ts'

/** Entries in one message. */
export const IOMAP_ENTRIES_MOST = 1000

/** As Linux numbers it; famfs has no holes, so no other type is ever taken. */
export const IOMAP_MAPPED = 2

export const IomapBegin = struct('famfs_iomap_begin', 32, {
  pos: u64('byte of the file that must be mapped'),
  length: u64('bytes from there that are wanted with it: to the end of the window it is in'),
  flags: u32('1 for a write; this kernel says 0: no write allocates, so that a mapping serves both'),
  pad0: pad(4),
  cookie: u64('validity cookie that the kernel goes by'),
})

export const IomapEntry = struct('famfs_iomap', 40, {
  addr: u64('byte offset on the device'),
  offset: u64('i64: byte of the file, never negative'),
  length: u64('length in bytes'),
  type: u16('2 mapped'),
  flags: u16('0'),
  devindex: u32('device index'),
  cookie: u64('validity cookie that the entry was made under'),
})

export const IomapInval = struct('famfs_iomap_inval', 16, {
  offset: u64('first byte of the file whose mapping is no more'),
  length: u64('bytes from there'),
})

/** Entries of one message. `count` of each column are in use; an offset of -1 stands for one that no number holds. */
export interface IomapEntries {
  count: number
  fileOffsets: Float64Array
  lengths: Float64Array
  offsets: Float64Array
  devindices: Uint32Array
  types: Uint16Array
  flags: Uint16Array
  cookies: Float64Array
}

interface IomapAsk {
  fileOffsetBytes: number
  lengthBytes: number
  cookie: number
}

interface IomapRange {
  fileOffsetBytes: number
  lengthBytes: number
}

const isBeginClean = reservedCheck(IomapBegin)
const ADDR_AT = IomapEntry.offsetOf('addr')
const OFFSET_AT = IomapEntry.offsetOf('offset')
const LENGTH_AT = IomapEntry.offsetOf('length')
const TYPE_AT = IomapEntry.offsetOf('type')
const FLAGS_AT = IomapEntry.offsetOf('flags')
const DEVINDEX_AT = IomapEntry.offsetOf('devindex')
const COOKIE_AT = IomapEntry.offsetOf('cookie')

export function encodeIomapBegin({ fileOffsetBytes, lengthBytes, cookie }: IomapAsk): Uint8Array<ArrayBuffer> {
  return IomapBegin.encode({ pos: BigInt(fileOffsetBytes), length: BigInt(lengthBytes), flags: 0, cookie: BigInt(cookie) })
}

/** @returns undefined for what is no such request */
export function decodeIomapBegin(bytes: Uint8Array): IomapAsk | undefined {
  if (bytes.length !== IomapBegin.sizeBytes || !isBeginClean(bytes)) return undefined
  const view = viewOf(bytes)
  const fileOffsetBytes = u64At(view, IomapBegin.offsetOf('pos'))
  const lengthBytes = u64At(view, IomapBegin.offsetOf('length'))
  const cookie = u64At(view, IomapBegin.offsetOf('cookie'))
  return fileOffsetBytes < 0 || lengthBytes < 0 || cookie < 0 ? undefined : { fileOffsetBytes, lengthBytes, cookie }
}

export function encodeIomapInval({ fileOffsetBytes, lengthBytes }: IomapRange): Uint8Array<ArrayBuffer> {
  return IomapInval.encode({ offset: BigInt(fileOffsetBytes), length: BigInt(lengthBytes) })
}

/** @returns undefined for what is no such notice */
export function decodeIomapInval(bytes: Uint8Array): IomapRange | undefined {
  if (bytes.length !== IomapInval.sizeBytes) return undefined
  const { offset, length } = IomapInval.decode(bytes)
  // Whatever is larger than any file takes back all of it.
  return { fileOffsetBytes: Number(offset), lengthBytes: Number(length) }
}

export function newIomapEntries(capacity: number): IomapEntries {
  return {
    count: 0,
    fileOffsets: new Float64Array(capacity),
    lengths: new Float64Array(capacity),
    offsets: new Float64Array(capacity),
    devindices: new Uint32Array(capacity),
    types: new Uint16Array(capacity),
    flags: new Uint16Array(capacity),
    cookies: new Float64Array(capacity),
  }
}

export function encodeIomapEntries(entries: IomapEntries): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(entries.count * IomapEntry.sizeBytes)
  const view = viewOf(bytes)
  for (let i = 0, at = 0; i < entries.count; i++, at += IomapEntry.sizeBytes) {
    putU64(view, at + ADDR_AT, entries.offsets[i] as number)
    putU64(view, at + OFFSET_AT, entries.fileOffsets[i] as number)
    putU64(view, at + LENGTH_AT, entries.lengths[i] as number)
    view.setUint16(at + TYPE_AT, entries.types[i] as number, true)
    view.setUint16(at + FLAGS_AT, entries.flags[i] as number, true)
    view.setUint32(at + DEVINDEX_AT, entries.devindices[i] as number, true)
    putU64(view, at + COOKIE_AT, entries.cookies[i] as number)
  }
  return bytes
}

/** @returns undefined for what isn't at least one whole entry, or too many of them */
export function decodeIomapEntries(bytes: Uint8Array): IomapEntries | undefined {
  const count = bytes.length / IomapEntry.sizeBytes
  if (!Number.isInteger(count) || count < 1 || count > IOMAP_ENTRIES_MOST) return undefined
  const entries = newIomapEntries(count)
  const view = viewOf(bytes)
  for (let i = 0, at = 0; i < count; i++, at += IomapEntry.sizeBytes) {
    entries.offsets[i] = u64At(view, at + ADDR_AT)
    entries.fileOffsets[i] = u64At(view, at + OFFSET_AT)
    entries.lengths[i] = u64At(view, at + LENGTH_AT)
    entries.types[i] = view.getUint16(at + TYPE_AT, true)
    entries.flags[i] = view.getUint16(at + FLAGS_AT, true)
    entries.devindices[i] = view.getUint32(at + DEVINDEX_AT, true)
    entries.cookies[i] = u64At(view, at + COOKIE_AT)
  }
  entries.count = count
  return entries
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
