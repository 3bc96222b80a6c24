// The ioctls of the standalone module as tables, for those who describe bytes (golden/README.md, "Other messages"). A
// pointer is a byte offset into the message.

import { array, pad, struct, u32, u64 } from '../omf/struct.ts'

const Extent42 = struct('famfs_extent', 16, {
  offset: u64('byte offset on the device'),
  len: u64('length in bytes'),
})

/** ABI 42: MAP_CREATE and MAP_GET. */
export const IoctlMap42 = struct('famfs_ioc_map', 56, {
  extent_type: u32('0 simple; there is no other'),
  file_type: u32('0 regular, used for all files'),
  file_size: u64('file length in bytes'),
  ext_list_count: u64('extents in use'),
  ext_list: array(Extent42, 2),
})

/** ABI 43: MAP_CREATE v2 and MAP_GET v2. */
export const IoctlMap43 = struct('famfs_ioc_fmap', 32, {
  fioc_file_size: u64('file length in bytes'),
  fioc_file_type: u32('0 regular, used for all files'),
  fioc_ext_type: u32('0 simple, 1 interleaved'),
  fioc_nextents: u32('extents, or interleaved extents'),
  pad0: pad(4),
  fioc_pointer: u64('where they begin'),
})

export const IoctlExtent = struct('famfs_ioc_simple_extent', 24, {
  devindex: u64('device index'),
  offset: u64('byte offset on that device'),
  len: u64('length in bytes'),
})

export const IoctlInterleaved = struct('famfs_ioc_interleaved_ext', 32, {
  ie_nstrips: u64('strips'),
  ie_chunk_size: u64('interleave unit in bytes'),
  ie_nbytes: u64('file length in bytes'),
  ie_pointer: u64('where the strips begin'),
})
