// What daemon and kernel say to each other: little-endian, natural alignment, reserved fields zero, no trailing bytes
// (golden/README.md, "File-map message"). The tables use the same makers as the on-media format.

import type { LogFileMeta, SimpleExtent } from '../omf/log.ts'
import { EXT_INTERLEAVED } from '../omf/constants.ts'
import { type Infer, pad, struct, u16, u32, u64, u8 } from '../omf/struct.ts'

export const FMAP_VERSION = 1
const FILE_TYPE_REGULAR = 0

export const FmapHeader = struct('famfs_fmap_header', 32, {
  file_type: u8('0 regular, used for all files'),
  pad0: pad(1),
  fmap_version: u16('1'),
  ext_type: u32('0 simple, 1 interleaved'),
  nextents: u32('records that follow, without strips'),
  pad1: pad(4),
  file_size: u64('file length in bytes'),
  pad2: pad(8),
})

export const FmapExtent = struct('famfs_fmap_extent', 24, {
  se_devindex: u32('device index'),
  pad0: pad(4),
  se_offset: u64('byte offset on that device'),
  se_len: u64('length in bytes'),
})

export const FmapInterleaved = struct('famfs_fmap_interleaved', 24, {
  ie_nstrips: u32('strips that follow'),
  ie_chunk_size: u32('interleave unit in bytes'),
  ie_nbytes: u64('file length in bytes'),
  pad0: pad(8),
})

/** The whole reply to GET_FMAP for a file entry. */
export function fmapMessage(meta: LogFileMeta): Uint8Array<ArrayBuffer> {
  const { fmap_ext_type, fmap_nextents, list } = meta.fm_fmap
  const header: Infer<typeof FmapHeader> = {
    file_type: FILE_TYPE_REGULAR,
    fmap_version: FMAP_VERSION,
    ext_type: fmap_ext_type,
    nextents: fmap_nextents,
    file_size: meta.fm_size,
  }
  const parts = [FmapHeader.encode(header)]
  for (const extent of list.se ?? []) parts.push(extentRecord(extent))
  if (fmap_ext_type === EXT_INTERLEAVED) {
    for (const interleaved of list.ie ?? []) {
      const { ie_nstrips, ie_chunk_size, ie_strips } = interleaved
      const record = { ie_nstrips: low32(ie_nstrips), ie_chunk_size: low32(ie_chunk_size), ie_nbytes: meta.fm_size }
      parts.push(FmapInterleaved.encode(record), ...ie_strips.map(extentRecord))
    }
  }
  return joined(parts)
}

function extentRecord(extent: SimpleExtent): Uint8Array<ArrayBuffer> {
  return FmapExtent.encode({ se_devindex: low32(extent.se_devindex), se_offset: extent.se_offset, se_len: extent.se_len })
}

function low32(value: bigint): number {
  return Number(BigInt.asUintN(32, value))
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
