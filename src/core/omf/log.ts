// The log starts at byte 2 MiB: a header, then entries of 544 bytes. An entry's seqnum equals its index. The header's
// checksum covers what never changes; the two counters at its end grow with each append and are outside it.

import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, EXT_INTERLEAVED, EXT_SIMPLE, EXTENTS_MOST, PATH_FIELD_BYTES, STRIPS_MOST } from './constants.ts'
import { array, choice, type Infer, nested, pad, struct, text, u32, u64, uuid } from './struct.ts'

export const LogHeader = struct('famfs_log', 48, {
  famfs_log_magic: u64('always 0xbadcafef00d'),
  famfs_log_len: u64('log length in bytes, this header included'),
  famfs_log_last_index: u64('highest usable index: (length - 48) / 544 - 1'),
  famfs_log_crc: u64('crc32 of bytes 0..23; the two counters are outside it'),
  famfs_log_next_seqnum: u64('seqnum of the next entry'),
  famfs_log_next_index: u64('slot of the next entry = entries in use'),
})
export type LogHeader = Infer<typeof LogHeader>

export const SimpleExtent = struct('famfs_simple_extent', 24, {
  se_devindex: u64('device index; 0 is the primary'),
  se_offset: u64('byte offset on that device'),
  se_len: u64('length in bytes, whole allocation units'),
})

export const InterleavedExtent = struct('famfs_interleaved_ext', 400, {
  ie_nstrips: u64('strips in use, at most 16'),
  ie_chunk_size: u64('interleave unit in bytes, a power of two'),
  ie_strips: array(SimpleExtent, STRIPS_MOST, 'ie_nstrips'),
})

export const LogFmap = struct('famfs_log_fmap', 416, {
  fmap_ext_type: u32('0 simple, 1 interleaved'),
  pad0: pad(4),
  fmap_nextents: u32('extents in use; also called fmap_niext, and then 1'),
  pad1: pad(4),
  list: choice(400, 'fmap_ext_type', {
    [EXT_SIMPLE]: ['se', array(SimpleExtent, EXTENTS_MOST, 'fmap_nextents')],
    [EXT_INTERLEAVED]: ['ie', array(InterleavedExtent, 1)],
  }),
})

export const FileMeta = struct('famfs_log_file_meta', 520, {
  fm_size: u64('file length in bytes, exact'),
  fm_flags: u32('always written as 2: all hosts read-write'),
  fm_uid: u32('owner'),
  fm_gid: u32('group'),
  fm_mode: u32('permission bits'),
  fm_relpath: text(PATH_FIELD_BYTES, 'path relative to the mount point, at most 79 bytes and NUL'),
  fm_fmap: nested(LogFmap, 'where the bytes are'),
})

export const MkdirMeta = struct('famfs_log_mkdir', 92, {
  md_uid: u32('owner'),
  md_gid: u32('group'),
  md_mode: u32('permission bits'),
  md_relpath: text(PATH_FIELD_BYTES, 'path relative to the mount point, at most 79 bytes and NUL'),
})

export const AddDaxdevMeta = struct('famfs_log_add_daxdev', 32, {
  dd_size: u64('device size in bytes'),
  dd_uuid: uuid('the device'),
  dd_index: u32('its index in extents'),
  pad0: pad(4),
})

export const LogEntry = struct('famfs_log_entry', 544, {
  famfs_log_entry_seqnum: u64('equal to the index of the entry'),
  famfs_log_entry_type: u32('0 file, 1 mkdir, 2 delete (never written), 3 add-daxdev, 4 invalid'),
  pad0: pad(4),
  body: choice(520, 'famfs_log_entry_type', {
    [ENTRY_FILE]: ['famfs_fm', nested(FileMeta, 'a file')],
    [ENTRY_MKDIR]: ['famfs_md', nested(MkdirMeta, 'a directory')],
    [ENTRY_ADD_DAXDEV]: ['famfs_dd', nested(AddDaxdevMeta, 'a device')],
  }),
  famfs_log_entry_crc: u64('crc32 of bytes 0..535, padding and unused slots included'),
})
export type LogEntry = Infer<typeof LogEntry>
export type LogFileMeta = Infer<typeof FileMeta>
export type LogFmap = Infer<typeof LogFmap>
export type SimpleExtent = Infer<typeof SimpleExtent>

export const LOG_HEADER_BYTES = LogHeader.sizeBytes
export const LOG_HEADER_CRC_OFFSET = LogHeader.offsetOf('famfs_log_crc')
export const NEXT_SEQNUM_OFFSET = LogHeader.offsetOf('famfs_log_next_seqnum')
export const NEXT_INDEX_OFFSET = LogHeader.offsetOf('famfs_log_next_index')
export const LOG_ENTRY_BYTES = LogEntry.sizeBytes
export const LOG_ENTRY_CRC_OFFSET = LogEntry.offsetOf('famfs_log_entry_crc')
/** Behind the first extent: a file with one has zeros from here to its checksum, a directory or a device too. */
export const LOG_ENTRY_TAIL_OFFSET = LogEntry.offsetOf('famfs_fm.fm_fmap.se[0]') + SimpleExtent.sizeBytes

/** Slots of a log of `lengthBytes`. */
export function slotCountOf(lengthBytes: number): number {
  return Math.max(0, Math.floor((lengthBytes - LOG_HEADER_BYTES) / LOG_ENTRY_BYTES))
}
