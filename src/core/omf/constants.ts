// Facts of the format, version 48 / 2.2 (golden/README.md, layout.json). A number that stands on the media stands here.

import { MIB } from '../base/align.ts'

export const SUPERBLOCK_MAGIC = 0x87b282ffn
export const SUPERBLOCK_VERSION = 48n
export const OMF_VERSION_MAJOR = 2
export const OMF_VERSION_MINOR = 2
export const SUPERBLOCK_REGION_BYTES = 2 * MIB

/** ts_sb_flags where a file system has several devices; 0 where it has one. */
export const PRIMARY_FLAG = 1
export const SECONDARY_FLAG = 2

export const LOG_MAGIC = 0xbadcafef00dn
export const LOG_OFFSET_BYTES = SUPERBLOCK_REGION_BYTES
export const LOG_LEAST_BYTES = 8 * MIB

export const ALLOC_UNIT_BYTES = 2 * MIB
export const SMALL_ALLOC_UNIT_BYTES = 4096

export const ENTRY_FILE = 0
export const ENTRY_MKDIR = 1
export const ENTRY_DELETE = 2
export const ENTRY_ADD_DAXDEV = 3
export const ENTRY_INVALID = 4
export const ENTRY_TYPE_NAMES: Record<number, string> = {
  [ENTRY_FILE]: 'file',
  [ENTRY_MKDIR]: 'mkdir',
  [ENTRY_DELETE]: 'delete',
  [ENTRY_ADD_DAXDEV]: 'add_daxdev',
  [ENTRY_INVALID]: 'invalid',
}

export const EXT_SIMPLE = 0
export const EXT_INTERLEAVED = 1

/** fm_flags: always written as "all hosts read-write". */
export const FLAG_ALL_HOSTS_RW = 2

export const PATH_FIELD_BYTES = 80
export const PATH_MOST_BYTES = PATH_FIELD_BYTES - 1
export const DEVNAME_FIELD_BYTES = 64
export const EXTENTS_MOST = 16
export const STRIPS_MOST = 16
export const BUCKETS_MOST = 64
/** Beside the primary; a limit of ours. */
export const DAXDEVS_MOST = 32
