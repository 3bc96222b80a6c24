// At byte 0 of each daxdev of a file system; written once, ts_magic last: without the magic nothing else counts. That of a
// secondary device has no log, and is the primary's otherwise: same file system, a UUID of its own.

import { DEVNAME_FIELD_BYTES } from './constants.ts'
import { type Infer, nested, pad, struct, text, u32, u64, uuid } from './struct.ts'

export const DaxdevRecord = struct('famfs_daxdev', 88, {
  dd_size: u64('device size in bytes'),
  dd_uuid: uuid('not written by mkfs: zero on a new device'),
  dd_daxdev: text(DEVNAME_FIELD_BYTES, 'device path as given to mkfs'),
})

export const Superblock = struct('famfs_superblock', 200, {
  ts_magic: u64('always 0x87b282ff'),
  ts_version: u64('48; judged before the checksum'),
  ts_log_offset: u64('byte offset of the log: 0x200000; 0 on a secondary device'),
  ts_log_len: u64('log length in bytes; 0 on a secondary device'),
  ts_alloc_unit: u64('allocation unit in bytes: 2097152, or 4096'),
  ts_omf_ver_major: u32('on-media format, major: 2'),
  ts_omf_ver_minor: u32('on-media format, minor: 2'),
  ts_uuid: uuid('the file system; random at each mkfs'),
  ts_dev_uuid: uuid('the device; random at each mkfs'),
  ts_system_uuid: uuid('system UUID of the host that ran mkfs: the owner'),
  ts_crc: u64('crc32 of bytes 0..95; flags and device record are outside it'),
  ts_sb_flags: u32('1 primary, 2 secondary, 0 single device'),
  pad0: pad(4),
  ts_daxdev: nested(DaxdevRecord, 'the device when it was formatted'),
})
export type Superblock = Infer<typeof Superblock>

export const SUPERBLOCK_CRC_OFFSET = Superblock.offsetOf('ts_crc')
