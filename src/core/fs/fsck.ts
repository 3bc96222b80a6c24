// fsck reads superblock and log, never the mounted tree, and changes nothing. Every sum is exact (bigint), whatever the
// media say; a bad entry is counted and left out of all sums.

import { toSafeNumber, unitsOf } from '../base/align.ts'
import { fail, type Failure, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { UnitBitmap, UNITS_MOST } from '../alloc/bitmap.ts'
import type { Extent } from '../fmap/fmap.ts'
import { checkLogHeader, checkSuperblock } from '../omf/check.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES, SECONDARY_FLAG } from '../omf/constants.ts'
import { type LogEntry, LogHeader, slotCountOf } from '../omf/log.ts'
import type { Superblock } from '../omf/superblock.ts'
import type { DeviceRefusal } from '../base/lack.ts'
import type { Memory } from '../mem/memory.ts'
import { daxdevOf, DaxdevTable, lookForDaxdev, secondaryReservedUnits } from '../log/daxdevs.ts'
import { EntryWindow } from '../log/entries.ts'
import { readLogHeaderBytes, readSuperblockBytes } from '../log/layout.ts'
import { extentsOfMeta, spanOf, type UnitSpan } from './claims.ts'

/** A device that the log adds. */
interface FsckDaxdev {
  devindex: number
  uuid: string
  sizeBytes: number
  /** What it is called here; undefined where it isn't here. */
  deviceName: string | undefined
  /** Why what says here that it is this device isn't taken for it. */
  refusal: DeviceRefusal | undefined
  collisionCount: number
  allocatedBytes: bigint
  bitmap: UnitBitmap
}

export interface FsckScan {
  /** What the primary device is called here. */
  deviceName: string
  superblock: Superblock
  header: LogHeader
  /** Slots by the header, entries that it counts, and those of them whose bytes are here. */
  slotCount: bigint
  entryCount: bigint
  scannedCount: number
  badEntries: number[]
  fileCount: number
  directoryCount: number
  /** On all devices. */
  collisionCount: number
  /** Extents or strips that don't lie wholly on a device of the file system, as "entry N: ..." */
  outside: string[]
  outsideCount: number
  fileBytes: bigint
  /** On the primary device, as are bitmap and units beyond its end. */
  allocatedBytes: bigint
  /** Units that extents have behind the device's end, made a bitmap of when there are any. */
  beyond: UnitBitmap | undefined
  beyondBytes: bigint
  bitmap: UnitBitmap
  unitBytes: number
  /** None on a file system of one device. */
  daxdevs: FsckDaxdev[]
}

export interface FsckVerdict {
  superblockFailure: Failure | undefined
  headerFailure: Failure | undefined
  /** Undefined where superblock or header can't be trusted: then there is nothing to scan by. */
  scan: FsckScan | undefined
}

const OUTSIDE_SHOWN = 20

/** @param memories this host's devices, among which are those that the log adds */
export function* fsck(memory: Memory, memories: Iterable<Memory> = []): Task<FsckVerdict> {
  const superblock = primarySuperblock(memory)
  const header = checkLogHeader(readLogHeaderBytes(memory))
  const verdict: FsckVerdict = {
    superblockFailure: superblock.ok ? undefined : superblock.failure,
    headerFailure: header.ok ? undefined : header.failure,
    scan: undefined,
  }
  if (superblock.ok && header.ok) verdict.scan = yield* scanLog(memory, memories, superblock.value, header.value)
  return verdict
}

function primarySuperblock(memory: Memory): Result<Superblock> {
  const judged = checkSuperblock(readSuperblockBytes(memory))
  return judged.ok && judged.value.ts_sb_flags === SECONDARY_FLAG ? fail('secondary_device', { fsUuid: judged.value.ts_uuid }) : judged
}

/** Of all devices. */
export function totalsOf({ superblock, bitmap, unitBytes, allocatedBytes, daxdevs }: FsckScan): { deviceBytes: bigint; bitmapBytes: bigint; allocatedBytes: bigint } {
  return {
    deviceBytes: daxdevs.reduce((sum, { sizeBytes }) => sum + BigInt(sizeBytes), superblock.ts_daxdev.dd_size),
    bitmapBytes: daxdevs.reduce((sum, other) => sum + BigInt(other.bitmap.unitCount), BigInt(bitmap.unitCount)) * BigInt(unitBytes),
    allocatedBytes: daxdevs.reduce((sum, other) => sum + other.allocatedBytes, allocatedBytes),
  }
}

function* scanLog(memory: Memory, memories: Iterable<Memory>, superblock: Superblock, header: LogHeader): Task<FsckScan> {
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
    deviceName: memory.device.name,
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
    daxdevs: [],
  }
  const table = new DaxdevTable({ superblock, unitBytes, deviceBytes: bitmap.unitCount * unitBytes })
  const window = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  for (let index = 0; index < scannedCount; ) {
    const endIndex = index + window.load(index, scannedCount)
    for (; index < endIndex; index++) scanEntry(scan, window, index, table)
    yield { doneCount: index, totalCount: scannedCount, unit: 'entries' }
  }
  for (const daxdev of scan.daxdevs) {
    const found = lookForDaxdev(memories, { fsUuid: superblock.ts_uuid, unitBytes }, daxdev)
    daxdev.deviceName = found.memory?.device.name
    daxdev.refusal = found.refusal
  }
  return scan
}

function scanEntry(scan: FsckScan, window: EntryWindow, index: number, table: DaxdevTable): void {
  if (window.troubleOf(index) !== undefined) {
    scan.badEntries.push(index)
    return
  }
  const type = window.typeOf(index)
  if (type === ENTRY_MKDIR) scan.directoryCount++
  if (type === ENTRY_ADD_DAXDEV) scanDaxdev(scan, window.decode(index), index, table)
  if (type !== ENTRY_FILE) return
  scan.fileCount++
  const meta = window.decode(index).body.famfs_fm
  if (!meta) return
  scan.fileBytes += meta.fm_size
  const { extents, lostCount } = extentsOfMeta(meta)
  for (const extent of extents) {
    const span = claimExtent(scan, extent)
    if (span?.beyondCount === 0) continue
    reportOutside(scan, `entry ${index}: ${meta.fm_relpath} has ${extent.lengthBytes} bytes at ${extent.offsetBytes} of device ${extent.devindex}`)
    if (span && extent.devindex === 0) claimBeyond(scan, span)
  }
  for (let i = 0; i < lostCount; i++) reportOutside(scan, `entry ${index}: ${meta.fm_relpath} has an extent beyond 2^53 bytes`)
}

/** One that doesn't fit adds nothing, and whatever is on it is outside. */
function scanDaxdev({ daxdevs, unitBytes }: FsckScan, entry: LogEntry, index: number, table: DaxdevTable): void {
  const daxdev = daxdevOf(entry, index)
  if (!daxdev || table.take(daxdev) !== 'made') return
  const { devindex, uuid, sizeBytes } = daxdev
  const bitmap = new UnitBitmap(unitsOf(sizeBytes, unitBytes))
  const reserved = Math.min(bitmap.unitCount, secondaryReservedUnits(unitBytes))
  bitmap.claim(0, reserved)
  daxdevs.push({ devindex, uuid, sizeBytes, deviceName: undefined, refusal: undefined, collisionCount: 0, allocatedBytes: BigInt(reserved) * BigInt(unitBytes), bitmap })
}

/** @returns undefined for an extent on a device that the log doesn't know */
function claimExtent(scan: FsckScan, extent: Extent): UnitSpan | undefined {
  const daxdev = scan.daxdevs[extent.devindex - 1]
  const device = extent.devindex === 0 ? scan : daxdev
  const span = device && spanOf(extent, scan.unitBytes, device.bitmap.unitCount, extent.devindex)
  if (!device || !span) return undefined
  const collisionCount = span.count > 0 ? device.bitmap.claim(span.first, span.count) : 0
  scan.collisionCount += collisionCount
  if (daxdev) daxdev.collisionCount += collisionCount
  device.allocatedBytes += BigInt(span.count - collisionCount) * BigInt(scan.unitBytes)
  return span
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
