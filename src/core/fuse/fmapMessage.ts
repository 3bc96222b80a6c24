// The answer to GET_FMAP as bytes: a header and whole records, nothing behind them. Decoding takes any bytes and gives a map
// of exact numbers or a few words on why it is none; whether the map makes sense is for checks.ts of the kernel.

import { assert } from '../base/assert.ts'
import type { Extent } from '../fmap/fmap.ts'
import { type Columns, type Interleaved, newColumns, pushExtent, type WideMap } from '../fmap/wide.ts'
import { EXT_INTERLEAVED, EXT_SIMPLE } from '../omf/constants.ts'
import { FILE_TYPE_REGULAR, FMAP_VERSION, FmapHeader, FmapInterleaved } from './messages.ts'
import { EXTENT_BYTES, newExtent, putExtent, readExtent, reservedCheck } from './records.ts'
import { RESERVED_TROUBLE } from './reserved.ts'

const HEADER_BYTES = FmapHeader.sizeBytes
const RECORD_BYTES = FmapInterleaved.sizeBytes
const isHeaderClean = reservedCheck(FmapHeader)
const isRecordClean = reservedCheck(FmapInterleaved)

type Header = Parameters<typeof FmapHeader.encode>[0]

export type Decoded = { map: WideMap } | { trouble: string }

/** How long the message of a map is. */
function fmapBytesOf(map: WideMap): number {
  if (map.kind === 'simple') return sizedBytesOf(map.columns.count)
  return map.interleaved.reduce((sum, { strips }) => sum + RECORD_BYTES + strips.length * EXTENT_BYTES, HEADER_BYTES)
}

export function encodeFmap(map: WideMap): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fmapBytesOf(map))
  bytes.set(FmapHeader.encode(headerOf(map, 0)))
  if (map.kind === 'simple') putColumns(bytes, map.columns)
  else putInterleaved(bytes, map.interleaved)
  return bytes
}

/** As the size probe answers: the header says how long the message is. */
export function encodeSized(map: WideMap & { kind: 'simple' }): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fmapBytesOf(map))
  bytes.set(FmapHeader.encode(headerOf(map, bytes.length)))
  putColumns(bytes, map.columns)
  return bytes
}

/** What the size probe answers where the buffer is too small. */
export function headerAlone(sizeBytes: number, extentCount: number): Uint8Array<ArrayBuffer> {
  return FmapHeader.encode(headerFor(sizeBytes, EXT_SIMPLE, extentCount, sizedBytesOf(extentCount)))
}

/** How long the message of a simple list is. */
export function sizedBytesOf(extentCount: number): number {
  return HEADER_BYTES + extentCount * EXTENT_BYTES
}

/** @param sized the header says how long the message is */
export function decodeFmap(bytes: Uint8Array, sized = false): Decoded {
  if (bytes.length < HEADER_BYTES) return { trouble: `a message of ${bytes.length} bytes has no whole header` }
  const { file_type, fmap_version, ext_type, nextents, fmap_bytes, file_size } = FmapHeader.decode(bytes)
  if (fmap_version !== FMAP_VERSION) return { trouble: `version ${fmap_version}` }
  if (file_type !== FILE_TYPE_REGULAR) return { trouble: `file type ${file_type}` }
  if (ext_type !== EXT_SIMPLE && ext_type !== EXT_INTERLEAVED) return { trouble: `extent type ${ext_type}` }
  if (fmap_bytes !== (sized ? bytes.length : 0)) return { trouble: `a message of ${bytes.length} bytes that says it has ${fmap_bytes}` }
  if (!isHeaderClean(bytes)) return { trouble: `a header with ${RESERVED_TROUBLE}` }
  const sizeBytes = Number(file_size)
  if (!Number.isSafeInteger(sizeBytes)) return { trouble: `a size of ${file_size} bytes` }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return ext_type === EXT_SIMPLE ? simpleOf(view, nextents, sizeBytes) : interleavedOf(view, nextents, sizeBytes)
}

/** What the header alone says the whole message has; undefined where it isn't one. */
export function sizeOfWhole(bytes: Uint8Array): number | undefined {
  return bytes.length < HEADER_BYTES ? undefined : FmapHeader.decode(bytes).fmap_bytes
}

function headerOf(map: WideMap, fmapBytes: number): Header {
  if (map.kind === 'simple') return headerFor(map.sizeBytes, EXT_SIMPLE, map.columns.count, fmapBytes)
  return headerFor(map.sizeBytes, EXT_INTERLEAVED, map.interleaved.length, fmapBytes)
}

function headerFor(sizeBytes: number, extType: number, extentCount: number, fmapBytes: number): Header {
  return { file_type: FILE_TYPE_REGULAR, fmap_version: FMAP_VERSION, ext_type: extType, nextents: extentCount, fmap_bytes: fmapBytes, file_size: BigInt(sizeBytes) }
}

function putColumns(bytes: Uint8Array<ArrayBuffer>, { count, devindices, offsets, lengths }: Columns): void {
  const view = new DataView(bytes.buffer)
  for (let i = 0, at = HEADER_BYTES; i < count; i++, at += EXTENT_BYTES) {
    putExtent(view, at, devindices[i] as number, offsets[i] as number, lengths[i] as number)
  }
}

function putInterleaved(bytes: Uint8Array<ArrayBuffer>, interleaved: readonly Interleaved[]): void {
  const view = new DataView(bytes.buffer)
  let at = HEADER_BYTES
  for (const { sizeBytes, chunkBytes, strips } of interleaved) {
    assert(chunkBytes < 2 ** 32, 'a chunk has room in its field')
    bytes.set(FmapInterleaved.encode({ ie_nstrips: strips.length, ie_chunk_size: chunkBytes, ie_nbytes: BigInt(sizeBytes) }), at)
    at += RECORD_BYTES
    for (const { devindex, offsetBytes, lengthBytes } of strips) {
      putExtent(view, at, devindex, offsetBytes, lengthBytes)
      at += EXTENT_BYTES
    }
  }
}

function simpleOf(view: DataView, count: number, sizeBytes: number): Decoded {
  // Held against the message's length first: a count is no reason to make room for what isn't there.
  if (view.byteLength !== HEADER_BYTES + count * EXTENT_BYTES) return { trouble: `${count} extents in a message of ${view.byteLength} bytes` }
  const columns = newColumns(count)
  const extent = newExtent()
  for (let i = 0, at = HEADER_BYTES; i < count; i++, at += EXTENT_BYTES) {
    const what = readExtent(view, at, extent)
    if (what !== undefined) return { trouble: `extent ${i} ${what}` }
    pushExtent(columns, extent.devindex, extent.offsetBytes, extent.lengthBytes)
  }
  return { map: { kind: 'simple', sizeBytes, columns } }
}

function interleavedOf(view: DataView, count: number, sizeBytes: number): Decoded {
  const interleaved: Interleaved[] = []
  let at = HEADER_BYTES
  while (interleaved.length < count) {
    if (at + RECORD_BYTES > view.byteLength) return { trouble: `${count} interleaved extents in a message of ${view.byteLength} bytes` }
    const record = new Uint8Array(view.buffer, view.byteOffset + at, RECORD_BYTES)
    const { ie_nstrips, ie_chunk_size, ie_nbytes } = FmapInterleaved.decode(record)
    if (!isRecordClean(record)) return { trouble: `an interleaved extent with ${RESERVED_TROUBLE}` }
    at += RECORD_BYTES
    if (at + ie_nstrips * EXTENT_BYTES > view.byteLength) return { trouble: `${ie_nstrips} strips in a message of ${view.byteLength} bytes` }
    const partBytes = Number(ie_nbytes)
    if (!Number.isSafeInteger(partBytes)) return { trouble: `an interleaved extent of ${ie_nbytes} bytes` }
    const strips: Extent[] = []
    for (; strips.length < ie_nstrips; at += EXTENT_BYTES) {
      const strip = newExtent()
      const what = readExtent(view, at, strip)
      if (what !== undefined) return { trouble: `strip ${strips.length} ${what}` }
      strips.push(strip)
    }
    interleaved.push({ sizeBytes: partBytes, chunkBytes: ie_chunk_size, strips })
  }
  return at === view.byteLength ? { map: { kind: 'interleaved', sizeBytes, interleaved } } : { trouble: `${view.byteLength - at} bytes behind the last record` }
}
