// GET_FMAP in pages: the request says from which mapping on, the reply holds as many whole mappings as the daemon cares to
// send, and where to go on (golden/README.md, "Other messages"; ours). All mappings are simple extents.

import { u64At } from '../base/u64.ts'
import { EXT_SIMPLE } from '../omf/constants.ts'
import { struct, u64 } from '../omf/struct.ts'
import { type Columns, newColumns, pushExtent } from '../fmap/wide.ts'
import { FILE_TYPE_REGULAR, FMAP_VERSION, FmapHeader } from './messages.ts'
import { EXTENT_BYTES, newExtent, putExtent, readExtent, reservedCheck } from './records.ts'
import { RESERVED_TROUBLE } from './reserved.ts'

/** Mappings in one reply, unless said otherwise. */
export const PAGE_MAPPINGS_MOST = 1000

export const FmapPageRequest = struct('famfs_fmap_page_request', 8, {
  fmap_offset: u64('index of the first mapping that is asked for'),
})

/** Behind the last mapping of a page. */
export const FmapPageEnd = struct('famfs_fmap_page_end', 8, {
  next_offset: u64('index to ask for next, all ones when there is no more'),
})

export interface FmapPage {
  /** Of the whole file. */
  sizeBytes: number
  mappings: Columns
  /** Undefined when there is no more. */
  nextIndex: number | undefined
}

const ALL_ONES = (1n << 64n) - 1n
const LEAST_BYTES = FmapHeader.sizeBytes + FmapPageEnd.sizeBytes
const isHeaderClean = reservedCheck(FmapHeader)

export function encodePageRequest(firstIndex: number): Uint8Array<ArrayBuffer> {
  return FmapPageRequest.encode({ fmap_offset: BigInt(firstIndex) })
}

/** @returns undefined for what is no such request */
export function decodePageRequest(bytes: Uint8Array): number | undefined {
  if (bytes.length !== FmapPageRequest.sizeBytes) return undefined
  const index = u64At(viewOf(bytes), 0)
  return index < 0 ? undefined : index
}

export function encodePage({ sizeBytes, mappings, nextIndex }: FmapPage): Uint8Array<ArrayBuffer> {
  const { count, devindices, offsets, lengths } = mappings
  const bytes = new Uint8Array(LEAST_BYTES + count * EXTENT_BYTES)
  const file_size = BigInt(sizeBytes)
  const header = { file_type: FILE_TYPE_REGULAR, fmap_version: FMAP_VERSION, ext_type: EXT_SIMPLE, nextents: count, fmap_bytes: 0, file_size }
  bytes.set(FmapHeader.encode(header))
  const view = viewOf(bytes)
  for (let i = 0, at = FmapHeader.sizeBytes; i < count; i++, at += EXTENT_BYTES) {
    putExtent(view, at, devindices[i] as number, offsets[i] as number, lengths[i] as number)
  }
  const next_offset = nextIndex === undefined ? ALL_ONES : BigInt(nextIndex)
  bytes.set(FmapPageEnd.encode({ next_offset }), bytes.length - FmapPageEnd.sizeBytes)
  return bytes
}

/** The part of a page that says where bytes are: what must not change when it is asked for again. */
export function mappingBytes(page: Uint8Array): Uint8Array {
  return page.subarray(FmapHeader.sizeBytes, page.length - FmapPageEnd.sizeBytes)
}

/** Numbers are exact where this gives a page; whether they make sense is for whoever relies on them. */
export function decodePage(bytes: Uint8Array): { page: FmapPage } | { trouble: string } {
  if (bytes.length < LEAST_BYTES) return { trouble: `a reply of ${bytes.length} bytes` }
  const { fmap_version, file_type, ext_type, nextents, fmap_bytes, file_size } = FmapHeader.decode(bytes)
  if (fmap_version !== FMAP_VERSION) return { trouble: `version ${fmap_version}` }
  if (file_type !== FILE_TYPE_REGULAR) return { trouble: `file type ${file_type}` }
  if (ext_type !== EXT_SIMPLE) return { trouble: `extent type ${ext_type}` }
  if (fmap_bytes !== 0) return { trouble: `a page that says it has ${fmap_bytes} bytes` }
  if (!isHeaderClean(bytes)) return { trouble: `a header with ${RESERVED_TROUBLE}` }
  const wholeBytes = LEAST_BYTES + nextents * EXTENT_BYTES
  if (bytes.length !== wholeBytes) return { trouble: `a reply of ${bytes.length} bytes where ${nextents} mappings need ${wholeBytes}` }
  const view = viewOf(bytes)
  const sizeBytes = u64At(view, FmapHeader.offsetOf('file_size'))
  if (sizeBytes < 0) return { trouble: `a file of ${file_size} bytes` }
  const mappings = newColumns(nextents)
  const extent = newExtent()
  for (let at = FmapHeader.sizeBytes; at < bytes.length - FmapPageEnd.sizeBytes; at += EXTENT_BYTES) {
    const what = readExtent(view, at, extent)
    if (what !== undefined) return { trouble: `mapping ${mappings.count} ${what}` }
    pushExtent(mappings, extent.devindex, extent.offsetBytes, extent.lengthBytes)
  }
  const { next_offset } = FmapPageEnd.decode(bytes, bytes.length - FmapPageEnd.sizeBytes)
  const nextIndex = next_offset === ALL_ONES ? undefined : u64At(view, bytes.length - FmapPageEnd.sizeBytes)
  return nextIndex === -1 ? { trouble: `the next mapping is number ${next_offset}` } : { page: { sizeBytes, mappings, nextIndex } }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
