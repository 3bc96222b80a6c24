// Judges decoded bytes; changes nothing. The order of judgements is the reference's (golden/README.md, "Judging"), and
// a checksum is compared as the whole 8-byte field: a set upper bit is an error.

import { crc32, crc32At, Zeros } from '../base/crc32.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { ALLOC_UNIT_BYTES, LOG_MAGIC, SMALL_ALLOC_UNIT_BYTES, SUPERBLOCK_MAGIC, SUPERBLOCK_VERSION } from './constants.ts'
import { LOG_ENTRY_CRC_OFFSET, LOG_ENTRY_TAIL_OFFSET, LOG_HEADER_CRC_OFFSET, LogHeader } from './log.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from './superblock.ts'

export type SuperblockReason = 'not_famfs' | 'other_version' | 'superblock_crc' | 'bad_alloc_unit'
export type LogHeaderReason = 'log_magic' | 'log_crc'

export function superblockCrc(bytes: Uint8Array): bigint {
  return BigInt(crc32(bytes.subarray(0, SUPERBLOCK_CRC_OFFSET)))
}

export function logHeaderCrc(bytes: Uint8Array): bigint {
  return BigInt(crc32(bytes.subarray(0, LOG_HEADER_CRC_OFFSET)))
}

/** @param bytes begin with the entry */
export function logEntryCrc(bytes: Uint8Array): bigint {
  return BigInt(crc32(bytes.subarray(0, LOG_ENTRY_CRC_OFFSET)))
}

const TAIL = new Zeros(LOG_ENTRY_CRC_OFFSET - LOG_ENTRY_TAIL_OFFSET)

/** The same, for who asks it of every entry: a tail of zeros, which most have, costs a look. */
export function entrySum(view: DataView, at: number): number {
  const tailAt = at + LOG_ENTRY_TAIL_OFFSET
  const endAt = at + LOG_ENTRY_CRC_OFFSET
  return isZero(view, tailAt, endAt) ? TAIL.behind(crc32At(view, at, tailAt)) : crc32At(view, at, endAt)
}

function isZero(view: DataView, start: number, end: number): boolean {
  for (let i = start; i < end; i += 8) if ((view.getInt32(i, true) | view.getInt32(i + 4, true)) !== 0) return false
  return true
}

/** @param bytes the first 200 bytes of the device */
export function checkSuperblock(bytes: Uint8Array): Result<Superblock, SuperblockReason> {
  const superblock = Superblock.decode(bytes)
  if (superblock.ts_magic !== SUPERBLOCK_MAGIC) return fail('not_famfs', { magic: superblock.ts_magic })
  if (superblock.ts_version !== SUPERBLOCK_VERSION) return fail('other_version', { version: superblock.ts_version })
  if (superblock.ts_crc !== superblockCrc(bytes)) return fail('superblock_crc')
  const unit = superblock.ts_alloc_unit
  return isUnit(unit) ? ok(superblock) : fail('bad_alloc_unit', { unit })
}

export function isUnit(unit: bigint): boolean {
  return unit === BigInt(ALLOC_UNIT_BYTES) || unit === BigInt(SMALL_ALLOC_UNIT_BYTES)
}

/** @param bytes the first 48 bytes of the log */
export function checkLogHeader(bytes: Uint8Array): Result<LogHeader, LogHeaderReason> {
  const header = LogHeader.decode(bytes)
  if (header.famfs_log_magic !== LOG_MAGIC) return fail('log_magic', { magic: header.famfs_log_magic })
  if (header.famfs_log_crc !== logHeaderCrc(bytes)) return fail('log_crc')
  return ok(header)
}

interface EntryVerdict {
  seqnumGood: boolean
  crcGood: boolean
}

/**
 * Each wrong half is one error. 32-bit halves instead of bigint: replay runs this for every entry.
 * @param view has the 544 bytes of the entry at `at`
 */
export function checkLogEntry(view: DataView, at: number, index: number): EntryVerdict {
  const crcAt = at + LOG_ENTRY_CRC_OFFSET
  return {
    seqnumGood: view.getUint32(at, true) === index % 0x1_0000_0000 && view.getUint32(at + 4, true) === Math.floor(index / 0x1_0000_0000),
    crcGood: view.getUint32(crcAt + 4, true) === 0 && view.getUint32(crcAt, true) === entrySum(view, at),
  }
}
