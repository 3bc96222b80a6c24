// What daemon and kernel say to each other about a file's map and its devices: little-endian, natural alignment, reserved
// fields zero, no trailing bytes (golden/README.md). The tables use the same makers as the on-media format.

import { DAXDEVS_MOST } from '../omf/constants.ts'
import { pad, struct, text, u16, u32, u64, u8 } from '../omf/struct.ts'

export const FMAP_VERSION = 1
export const FILE_TYPE_REGULAR = 0

/** Of GET_FMAP's answer. What the size probe answers has the same header. */
export const FmapHeader = struct('famfs_fmap_header', 32, {
  file_type: u8('0 regular, used for all files'),
  pad0: pad(1),
  fmap_version: u16('1'),
  ext_type: u32('0 simple, 1 interleaved'),
  nextents: u32('records that follow, without strips'),
  fmap_bytes: u32('size probe: bytes of the whole message; 0 else'),
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
  ie_nbytes: u64('bytes of the file in this extent'),
  pad0: pad(8),
})

/** GET_FMAP with size probe: what the kernel has room for. */
export const FmapProbe = struct('famfs_fmap_probe', 8, {
  buffer_bytes: u32('size of the buffer for the answer'),
  pad0: pad(4),
})

export const DaxdevRequest = struct('famfs_get_daxdev_in', 4, {
  devindex: u32('device index'),
})

export const DAXDEV_NAME_BYTES = 256
/** Of a mount: the primary, and as many beside it as a log takes. No index is beyond. */
export const DEVICES_MOST = 1 + DAXDEVS_MOST

export const DaxdevReply = struct('famfs_daxdev_out', 280, {
  index: u16('device index'),
  pad0: pad(6),
  pad1: pad(16),
  name: text(DAXDEV_NAME_BYTES, 'the device, as this host names it'),
})
