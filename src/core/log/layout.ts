// Where superblock and log of a device are, from bytes that have been judged. Nothing derived from the media is used for
// arithmetic before it has been held against the device: every slot that `slotCount` counts lies on it.

import { unitsOf, toSafeNumber } from '../base/align.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { UNITS_MOST } from '../alloc/bitmap.ts'
import type { Memory } from '../mem/memory.ts'
import { checkLogHeader, checkSuperblock, type LogHeaderReason, type SuperblockReason } from '../omf/check.ts'
import { LOG_OFFSET_BYTES, SECONDARY_FLAG } from '../omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES, NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET, slotCountOf } from '../omf/log.ts'
import { Superblock } from '../omf/superblock.ts'
import { metadataTrouble } from './metadata.ts'

export interface Layout {
  superblock: Superblock
  /** The file system: another mkfs makes another one. */
  fsUuid: string
  unitBytes: number
  deviceBytes: number
  logOffsetBytes: number
  logLengthBytes: number
  slotCount: number
}

/** All that is needed to read entries. */
export type LogPlace = Pick<Layout, 'logOffsetBytes' | 'slotCount'>

export type LayoutReason = SuperblockReason | LogHeaderReason | 'bad_geometry' | 'secondary_device' | 'device_failed'

export function readSuperblockBytes(memory: Memory): Uint8Array<ArrayBuffer> {
  return readBytes(memory, 0, Superblock.sizeBytes)
}

export function readLogHeaderBytes(memory: Memory): Uint8Array<ArrayBuffer> {
  return readBytes(memory, LOG_OFFSET_BYTES, LOG_HEADER_BYTES)
}

/** What a layout was judged from: while these bytes are the same, so is the judgement. */
export interface KnownLayout {
  words: Uint32Array
  layout: Layout
}

/**
 * Superblock first, then log header: what any use of a file system begins with. The media are read each time; only
 * judging bytes that were judged before is spared.
 */
export function readLayoutAgain(memory: Memory, known: KnownLayout | undefined): Result<KnownLayout, LayoutReason> {
  const trouble = metadataTrouble(memory)
  if (trouble) return trouble
  if (known) {
    memory.invalidate(0, Superblock.sizeBytes)
    memory.invalidate(LOG_OFFSET_BYTES, LOG_HEADER_BYTES)
    memory.read(0, SEEN_SUPERBLOCK)
    memory.read(LOG_OFFSET_BYTES, SEEN_HEADER)
    if (sameWords(SEEN_WORDS, known.words)) return ok(known)
  }
  // Bytes first: if they change before they are judged, the next look differs from them and judges again.
  const bytes = new Uint8Array(SEEN.length)
  bytes.set(readSuperblockBytes(memory))
  bytes.set(readLogHeaderBytes(memory).subarray(0, SEEN_HEADER.length), Superblock.sizeBytes)
  const read = readLayout(memory)
  return read.ok ? ok({ words: new Uint32Array(bytes.buffer), layout: read.value }) : read
}

export function readLayout(memory: Memory): Result<Layout, LayoutReason> {
  const trouble = metadataTrouble(memory)
  if (trouble) return trouble
  memory.invalidate(0, Superblock.sizeBytes)
  const judged = checkSuperblock(readSuperblockBytes(memory))
  if (!judged.ok) return judged
  const superblock = judged.value
  if (superblock.ts_sb_flags === SECONDARY_FLAG) return fail('secondary_device', { fsUuid: superblock.ts_uuid })
  const deviceBytes = toSafeNumber(superblock.ts_daxdev.dd_size)
  const logLengthBytes = toSafeNumber(superblock.ts_log_len)
  if (deviceBytes === undefined || deviceBytes !== memory.device.sizeBytes) {
    return fail('bad_geometry', { what: `a device of ${superblock.ts_daxdev.dd_size} bytes, where this one has ${memory.device.sizeBytes}` })
  }
  const unitBytes = Number(superblock.ts_alloc_unit)
  if (unitsOf(deviceBytes, unitBytes) > UNITS_MOST) {
    return fail('bad_geometry', { what: `a device of ${deviceBytes} bytes in units of ${unitBytes}, more than ${UNITS_MOST} of them` })
  }
  if (logLengthBytes !== undefined && logLengthBytes < LOG_HEADER_BYTES) {
    return fail('bad_geometry', { what: `a log of ${logLengthBytes} bytes, shorter than its header` })
  }
  if (logLengthBytes === undefined || LOG_OFFSET_BYTES + logLengthBytes > Math.min(deviceBytes, memory.presentBytes)) {
    return fail('bad_geometry', { what: `a log of ${superblock.ts_log_len} bytes, which ends beyond the bytes that are here` })
  }
  memory.invalidate(LOG_OFFSET_BYTES, LOG_HEADER_BYTES)
  const header = checkLogHeader(readLogHeaderBytes(memory))
  if (!header.ok) return header
  const slotCount = Math.min(slotCountOf(logLengthBytes), lastIndexOf(header.value.famfs_log_last_index) + 1)
  return ok({
    superblock,
    fsUuid: superblock.ts_uuid,
    unitBytes,
    deviceBytes,
    logOffsetBytes: LOG_OFFSET_BYTES,
    logLengthBytes,
    slotCount,
  })
}

/** Used again for each look: creat takes the lock for each file. Only the header's invariant part is compared. */
const SEEN = new Uint8Array(Superblock.sizeBytes + NEXT_SEQNUM_OFFSET)
const SEEN_SUPERBLOCK = SEEN.subarray(0, Superblock.sizeBytes)
const SEEN_HEADER = SEEN.subarray(Superblock.sizeBytes)
const SEEN_WORDS = new Uint32Array(SEEN.buffer)

interface Counters {
  nextSeqnum: bigint
  nextIndex: bigint
}

/** Re-reads the media: the master may have appended since this host last looked. */
export function readCounters(memory: Memory): Counters {
  memory.invalidate(LOG_OFFSET_BYTES, LOG_HEADER_BYTES)
  return { nextSeqnum: counterAt(memory, NEXT_SEQNUM_OFFSET), nextIndex: counterAt(memory, NEXT_INDEX_OFFSET) }
}

/** An image that ends before its counters counts nothing. */
function counterAt(memory: Memory, offsetInLog: number): bigint {
  const offsetBytes = LOG_OFFSET_BYTES + offsetInLog
  return offsetBytes + 8 <= memory.presentBytes ? memory.load64(offsetBytes) : 0n
}

/** Entries that the log counts, as far as they can exist. */
export function readEntryCount(memory: Memory, layout: LogPlace): Result<number, 'log_counters'> {
  const { nextSeqnum, nextIndex } = readCounters(memory)
  const count = toSafeNumber(nextIndex)
  if (count === undefined || count > layout.slotCount) return fail('log_counters', { nextSeqnum, nextIndex, slotCount: layout.slotCount })
  return ok(count)
}

export function entryOffset(layout: Pick<Layout, 'logOffsetBytes'>, index: number): number {
  return layout.logOffsetBytes + LOG_HEADER_BYTES + index * LOG_ENTRY_BYTES
}

/** Units that superblock and log take, from the start of the device. */
export function reservedUnits(layout: Pick<Layout, 'logLengthBytes' | 'unitBytes'>): number {
  return unitsOf(LOG_OFFSET_BYTES + layout.logLengthBytes, layout.unitBytes)
}

function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}

function lastIndexOf(value: bigint): number {
  return toSafeNumber(value) ?? Number.MAX_SAFE_INTEGER - 1
}

/** Bytes behind the end of a short image read as zero. */
function readBytes(memory: Memory, offsetBytes: number, lengthBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthBytes)
  const presentBytes = Math.max(0, Math.min(lengthBytes, memory.presentBytes - offsetBytes))
  if (presentBytes > 0) memory.read(offsetBytes, bytes.subarray(0, presentBytes))
  return bytes
}
