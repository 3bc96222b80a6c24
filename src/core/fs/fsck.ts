// fsck reads superblock and log, never the mounted tree, and changes nothing. Every sum is exact (bigint), whatever the
// media say; a bad entry is counted and left out of all sums.

import { toSafeNumber, unitsOf } from '../base/align.ts'
import type { Failure } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { UnitBitmap, UNITS_MOST } from '../alloc/bitmap.ts'
import { checkLogHeader, checkSuperblock } from '../omf/check.ts'
import { ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { LogHeader, slotCountOf } from '../omf/log.ts'
import type { Superblock } from '../omf/superblock.ts'
import type { Memory } from '../mem/memory.ts'
import { EntryWindow } from '../log/entries.ts'
import { readLogHeaderBytes, readSuperblockBytes } from '../log/layout.ts'
import { extentsOfMeta, spanOf, type UnitSpan } from './claims.ts'

export interface FsckScan {
  superblock: Superblock
  header: LogHeader
  /** Slots by the header, entries that it counts, and those of them whose bytes are here. */
  slotCount: bigint
  entryCount: bigint
  scannedCount: number
  badEntries: number[]
  fileCount: number
  directoryCount: number
  collisionCount: number
  /** Extents or strips that don't lie wholly on the primary device, as "entry N: ..." */
  outside: string[]
  outsideCount: number
  fileBytes: bigint
  allocatedBytes: bigint
  /** Units that extents have behind the device's end, made a bitmap of when there are any. */
  beyond: UnitBitmap | undefined
  beyondBytes: bigint
  bitmap: UnitBitmap
  unitBytes: number
}

export interface FsckVerdict {
  superblockFailure: Failure | undefined
  headerFailure: Failure | undefined
  /** Undefined where superblock or header can't be trusted: then there is nothing to scan by. */
  scan: FsckScan | undefined
}

const OUTSIDE_SHOWN = 20

export function* fsck(memory: Memory): Task<FsckVerdict> {
  const superblock = checkSuperblock(readSuperblockBytes(memory))
  const header = checkLogHeader(readLogHeaderBytes(memory))
  const verdict: FsckVerdict = {
    superblockFailure: superblock.ok ? undefined : superblock.failure,
    headerFailure: header.ok ? undefined : header.failure,
    scan: undefined,
  }
  if (superblock.ok && header.ok) verdict.scan = yield* scanLog(memory, superblock.value, header.value)
  return verdict
}

/** 0 for clean; superblock, header, entries and allocation must all be good. Not the command's exit code. */
export function verdictExit(verdict: FsckVerdict): 0 | 1 {
  const { scan } = verdict
  return scan && scan.badEntries.length === 0 && scan.collisionCount === 0 ? 0 : 1
}

function* scanLog(memory: Memory, superblock: Superblock, header: LogHeader): Task<FsckScan> {
  const unitBytes = Number(superblock.ts_alloc_unit)
  const deviceBytes = toSafeNumber(superblock.ts_daxdev.dd_size) ?? 0
  const logLengthBytes = toSafeNumber(superblock.ts_log_len) ?? Number.MAX_SAFE_INTEGER
  const bitmap = new UnitBitmap(Math.min(UNITS_MOST, unitsOf(deviceBytes, unitBytes)))
  const reserved = Math.min(bitmap.unitCount, unitsOf(LOG_OFFSET_BYTES + logLengthBytes, unitBytes))
  bitmap.claim(0, reserved)

  const slotCount = header.famfs_log_last_index + 1n
  const presentSlots = slotCountOf(Math.min(logLengthBytes, memory.presentBytes - LOG_OFFSET_BYTES))
  const scannedCount = Number([header.famfs_log_next_index, slotCount, BigInt(presentSlots)].reduce((a, b) => (a < b ? a : b)))
  const scan: FsckScan = {
    superblock,
    header,
    slotCount,
    entryCount: header.famfs_log_next_index,
    scannedCount,
    badEntries: [],
    fileCount: 0,
    directoryCount: 0,
    collisionCount: 0,
    outside: [],
    outsideCount: 0,
    fileBytes: 0n,
    allocatedBytes: BigInt(reserved) * BigInt(unitBytes),
    beyond: undefined,
    beyondBytes: 0n,
    bitmap,
    unitBytes,
  }
  const window = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  for (let index = 0; index < scannedCount; ) {
    const endIndex = index + window.load(index, scannedCount)
    for (; index < endIndex; index++) scanEntry(scan, window, index)
    yield { doneCount: index, totalCount: scannedCount, unit: 'entries' }
  }
  return scan
}

function scanEntry(scan: FsckScan, window: EntryWindow, index: number): void {
  if (window.troubleOf(index) !== undefined) {
    scan.badEntries.push(index)
    return
  }
  const type = window.typeOf(index)
  if (type === ENTRY_MKDIR) scan.directoryCount++
  if (type !== ENTRY_FILE) return
  scan.fileCount++
  const meta = window.decode(index).body.famfs_fm
  if (!meta) return
  scan.fileBytes += meta.fm_size
  const { extents, lostCount } = extentsOfMeta(meta)
  const { bitmap, unitBytes } = scan
  for (const extent of extents) {
    const span = spanOf(extent, unitBytes, bitmap.unitCount)
    const collisionCount = span && span.count > 0 ? bitmap.claim(span.first, span.count) : 0
    scan.collisionCount += collisionCount
    scan.allocatedBytes += BigInt((span?.count ?? 0) - collisionCount) * BigInt(unitBytes)
    if (span?.beyondCount === 0) continue
    reportOutside(scan, `entry ${index}: ${meta.fm_relpath} has ${extent.lengthBytes} bytes at ${extent.offsetBytes} of device ${extent.devindex}`)
    if (span) claimBeyond(scan, span)
  }
  for (let i = 0; i < lostCount; i++) reportOutside(scan, `entry ${index}: ${meta.fm_relpath} has an extent beyond 2^53 bytes`)
}

/** Units that no device has: claimed twice they collide as others do, and the reference counts them as allocated. */
function claimBeyond(scan: FsckScan, { first, count, beyondCount }: UnitSpan): void {
  scan.beyond ??= new UnitBitmap(UNITS_MOST)
  const start = first + count - scan.bitmap.unitCount
  const known = Math.max(0, Math.min(beyondCount, scan.beyond.unitCount - start))
  const collisionCount = known > 0 ? scan.beyond.claim(start, known) : 0
  scan.collisionCount += collisionCount
  scan.beyondBytes += BigInt(beyondCount - collisionCount) * BigInt(scan.unitBytes)
}

function reportOutside(scan: FsckScan, sentence: string): void {
  scan.outsideCount++
  if (scan.outside.length < OUTSIDE_SHOWN) scan.outside.push(sentence)
}
