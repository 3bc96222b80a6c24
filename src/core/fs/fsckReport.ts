// The text of fsck, label for label (famfs-cli.md, section 5). With `reference` it repeats what the reference prints,
// known errors included, byte for byte; without, the bucket figures are true and extents outside the device are errors.

import { GIB } from '../base/align.ts'
import { bucketUnitsOf } from '../alloc/allocate.ts'
import type { UnitBitmap } from '../alloc/bitmap.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../omf/log.ts'
import type { FsckScan } from './fsck.ts'
import type { Role } from './role.ts'

export interface ReportOptions {
  role: Role
  /** 0 leaves the bucket report out. */
  bucketCount?: number
  human?: boolean
  reference?: boolean
}

export function fsckReport(scan: FsckScan, options: ReportOptions): string {
  return [
    superblockBlock(scan, options.role),
    logStats(scan),
    capacity(scan, options),
    options.reference ? '' : outsideBlock(scan),
    logBlock(scan),
    buckets(scan, options),
  ].join('')
}

function superblockBlock({ superblock }: FsckScan, role: Role): string {
  const { dd_daxdev, dd_size } = superblock.ts_daxdev
  return `Famfs Superblock:
  Filesystem UUID:   ${superblock.ts_uuid}
  Device UUID:       ${superblock.ts_dev_uuid}
  System UUID:       ${superblock.ts_system_uuid}
  role of this node: ${role === 'master' ? 'Owner' : 'Client'}
  alloc_unit:        0x${superblock.ts_alloc_unit.toString(16)}
  OMF major version: ${superblock.ts_omf_ver_major}
  OMF minor version: ${superblock.ts_omf_ver_minor}
  sizeof superblock: 200
  log size (bytes):  ${superblock.ts_log_len}
  primary: ${dd_daxdev}   ${dd_size}

`
}

function logStats(scan: FsckScan): string {
  const usedBytes = BigInt(LOG_HEADER_BYTES) + BigInt(LOG_ENTRY_BYTES) * scan.entryCount
  return `Log stats:
  # of log entries in use: ${scan.entryCount} of ${scan.slotCount}
  Log size in use:          ${usedBytes}
  Log size (total bytes)    ${scan.header.famfs_log_len}
`
}

function capacity(scan: FsckScan, { human = false, reference = false }: ReportOptions): string {
  if (scan.collisionCount > 0) return `ERROR: ${scan.collisionCount} ALLOCATION COLLISIONS FOUND\n`
  const deviceBytes = scan.superblock.ts_daxdev.dd_size
  const bitmapBytes = BigInt(scan.bitmap.unitCount) * BigInt(scan.unitBytes)
  // The reference counts units that no device has as allocated too, so that more than all can be in use.
  const allocatedBytes = scan.allocatedBytes + (reference ? scan.beyondBytes : 0n)
  const show = (bytes: bigint): string => (human ? gibText(bytes, 'G') : String(bytes))
  const verdict = scan.outsideCount > 0 && !reference ? 'No unit is claimed twice' : 'No allocation errors found'
  return `  ${verdict}

Capacity:
  Device capacity:        ${show(deviceBytes)}
  Bitmap capacity:        ${show(bitmapBytes)}
  Sum of file sizes:      ${show(scan.fileBytes)}
  Allocated ${human ? 'space:' : 'bytes:'}        ${show(allocatedBytes)}
  Free space:             ${show(bitmapBytes - allocatedBytes)}
  Space amplification:     ${fixed(floatRatio(allocatedBytes, scan.fileBytes), 2)}
  Percent used:            ${fixed(Math.fround(floatRatio(allocatedBytes, bitmapBytes) * 100), 1)}%

`
}

function outsideBlock(scan: FsckScan): string {
  if (scan.outsideCount === 0) return ''
  const shown = scan.outside.map((sentence) => `  ${sentence}\n`).join('')
  const more = scan.outsideCount - scan.outside.length
  return `ERROR: ${scan.outsideCount} EXTENTS OUTSIDE THE DEVICE\n${shown}${more > 0 ? `  and ${more} more\n` : ''}\n`
}

function logBlock(scan: FsckScan): string {
  return `Famfs log:
  ${scan.entryCount} of ${scan.slotCount} entries used
  ${scan.badEntries.length} bad log entries detected
  ${scan.fileCount} files
  ${scan.directoryCount} directories

`
}

function buckets(scan: FsckScan, { bucketCount = 0, human = false, reference = false }: ReportOptions): string {
  if (bucketCount <= 0) return ''
  const { bitmap, unitBytes } = scan
  const deviceBytes = Number(scan.superblock.ts_daxdev.dd_size)
  const bucketUnits = bucketUnitsOf(deviceBytes, unitBytes, bucketCount)
  // What the reference calls overhang is a remainder of the bucket count. What no bucket has stands in a line of our own.
  const overhangBytes = deviceBytes % bucketCount
  const leftBytes = deviceBytes - bucketUnits * bucketCount * unitBytes
  const show = (units: number, unit = 'G'): string => (human ? gibText(BigInt(units) * BigInt(unitBytes), unit) : String(units * unitBytes))
  const lines = [`Stripe bucket info:\n  Wasted overhang: ${overhangBytes} bytes (${Math.floor(overhangBytes / unitBytes)} au)\n`]
  if (!reference) lines.push(`  In no bucket: ${leftBytes} bytes (${Math.floor(leftBytes / unitBytes)} au)\n`)
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const { freeUnits, fragments, largest, smallest } = bucketFigures(bitmap, bucket * bucketUnits, (bucket + 1) * bucketUnits)
    const usedUnits = bucketUnits - freeUnits
    lines.push(`  Bitmap range ${bucket}
    Size:   ${show(bucketUnits)}
    In use: ${show(reference ? 2 * usedUnits : usedUnits, 'g')}
    Free:   ${show(freeUnits)}
    Free fragments: ${fragments}
    Largest frag:   ${show(reference ? freeUnits : largest)}
    Smallest frag:  ${show(reference ? 0 : smallest)}
`)
  }
  return lines.join('')
}

function bucketFigures(bitmap: UnitBitmap, from: number, to: number): { freeUnits: number; fragments: number; largest: number; smallest: number } {
  let freeUnits = 0
  let fragments = 0
  let largest = 0
  let smallest = Number.MAX_SAFE_INTEGER
  for (const [, count] of bitmap.freeRuns(from, to)) {
    freeUnits += count
    fragments++
    largest = Math.max(largest, count)
    smallest = Math.min(smallest, count)
  }
  return { freeUnits, fragments, largest, smallest: fragments === 0 ? 0 : smallest }
}

/** Single precision, as the reference computes; division by nothing is infinite. */
function floatRatio(part: bigint, whole: bigint): number {
  return Math.fround(Math.fround(Number(part)) / Math.fround(Number(whole)))
}

function gibText(bytes: bigint, unit: string): string {
  return `${fixed(Math.fround(Number(bytes) / GIB), 2)}${unit}`
}

/** C's %.Nf: exact ties go to the even digit, where toFixed goes up. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '-nan' : 'inf'
  const scaled = value * 10 ** digits
  const below = Math.floor(scaled)
  const tie = scaled - below === 0.5 && (below + 0.5) / 10 ** digits === value
  return tie && below % 2 === 0 ? (below / 10 ** digits).toFixed(digits) : value.toFixed(digits)
}
