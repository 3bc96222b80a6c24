// The text of fsck, label for label (famfs-cli.md, section 5). With `reference` it repeats what the reference prints,
// known errors included, byte for byte; without, the bucket figures are true, extents outside the device are errors, and
// a file system of several devices is shown as a whole and device by device.

import { GIB } from '../base/align.ts'
import { bucketUnitsOf } from '../alloc/allocate.ts'
import type { UnitBitmap } from '../alloc/bitmap.ts'
import { lackWords } from '../base/lack.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../omf/log.ts'
import { type FsckScan, totalsOf } from './fsck.ts'
import type { Role } from './role.ts'

export interface ReportOptions {
  role: Role
  /** 0 leaves the bucket report out. */
  bucketCount?: number
  human?: boolean
  reference?: boolean
}

export function fsckReport(given: FsckScan, options: ReportOptions): string {
  // The reference knows of one device.
  const scan = options.reference ? { ...given, daxdevs: [] } : given
  return [
    superblockBlock(scan, options.role),
    logStats(scan),
    capacity(scan, options),
    options.reference ? '' : outsideBlock(scan),
    deviceBlocks(scan, options),
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
  const { deviceBytes, bitmapBytes, allocatedBytes: knownBytes } = totalsOf(scan)
  // The reference counts units that no device has as allocated too, so that more than all can be in use.
  const allocatedBytes = knownBytes + (reference ? scan.beyondBytes : 0n)
  const show = (bytes: bigint): string => bytesText(bytes, human)
  const verdict = scan.outsideCount > 0 && !reference ? 'No unit is claimed twice' : 'No allocation errors found'
  return `  ${verdict}

Capacity:
  Device capacity:        ${show(deviceBytes)}
  Bitmap capacity:        ${show(bitmapBytes)}
  Sum of file sizes:      ${show(scan.fileBytes)}
  Allocated ${human ? 'space:' : 'bytes:'}        ${show(allocatedBytes)}
  Free space:             ${show(bitmapBytes - allocatedBytes)}
  Space amplification:     ${fixed(floatRatio(allocatedBytes, scan.fileBytes), 2)}
  Percent used:            ${percentText(allocatedBytes, bitmapBytes)}

`
}

function outsideBlock(scan: FsckScan): string {
  if (scan.outsideCount === 0) return ''
  const shown = scan.outside.map((sentence) => `  ${sentence}\n`).join('')
  const more = scan.outsideCount - scan.outside.length
  return `ERROR: ${scan.outsideCount} EXTENTS OUTSIDE THE DEVICE\n${shown}${more > 0 ? `  and ${more} more\n` : ''}\n`
}

/** What each device has of the sums above; nothing where there is one. */
function deviceBlocks(scan: FsckScan, { human = false }: ReportOptions): string {
  const { daxdevs, superblock, collisionCount } = scan
  if (daxdevs.length === 0) return ''
  const others = daxdevs.reduce((sum, daxdev) => sum + daxdev.collisionCount, 0)
  const primary = { ...scan, devindex: 0, refusal: undefined, uuid: superblock.ts_dev_uuid, sizeBytes: superblock.ts_daxdev.dd_size, collisionCount: collisionCount - others }
  const missingCount = daxdevs.filter(({ deviceName }) => deviceName === undefined).length
  const blocks = [primary, ...daxdevs].map(({ devindex, uuid, deviceName, refusal, sizeBytes, bitmap, allocatedBytes, collisionCount: claimedTwice }) => {
    const bitmapBytes = BigInt(bitmap.unitCount) * BigInt(scan.unitBytes)
    return `  device ${devindex}: ${deviceName ?? (refusal ? lackWords(refusal) : 'NOT ON THIS HOST')}
    Device UUID:          ${uuid}
    Device capacity:      ${bytesText(BigInt(sizeBytes), human)}
    Allocated ${human ? 'space:' : 'bytes:'}      ${bytesText(allocatedBytes, human)}
    Free space:           ${bytesText(bitmapBytes - allocatedBytes, human)}
    Percent used:         ${percentText(allocatedBytes, bitmapBytes)}
${claimedTwice > 0 ? `    ERROR: ${claimedTwice} allocation collisions\n` : ''}`
  })
  return `Devices: ${daxdevs.length + 1}, of which ${missingCount} ${missingCount === 1 ? 'is' : 'are'} not on this host\n${blocks.join('')}\n`
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
  const primary = { bitmap: scan.bitmap, deviceBytes: Number(scan.superblock.ts_daxdev.dd_size) }
  const others = scan.daxdevs.map(({ bitmap, sizeBytes }) => ({ bitmap, deviceBytes: sizeBytes }))
  return [primary, ...others].map((device, index) => deviceBuckets(device, scan.unitBytes, index === 0 ? '' : ` of device ${index}`, { bucketCount, human, reference })).join('')
}

function deviceBuckets(
  { bitmap, deviceBytes }: { bitmap: UnitBitmap; deviceBytes: number },
  unitBytes: number,
  which: string,
  { bucketCount, human, reference }: { bucketCount: number; human: boolean; reference: boolean },
): string {
  const bucketUnits = bucketUnitsOf(deviceBytes, unitBytes, bucketCount)
  // What the reference calls overhang is a remainder of the bucket count. What no bucket has stands in a line of our own.
  const overhangBytes = deviceBytes % bucketCount
  const leftBytes = deviceBytes - bucketUnits * bucketCount * unitBytes
  const show = (units: number, unit = 'G'): string => (human ? gibText(BigInt(units) * BigInt(unitBytes), unit) : String(units * unitBytes))
  const lines = [`Stripe bucket info${which}:\n  Wasted overhang: ${overhangBytes} bytes (${Math.floor(overhangBytes / unitBytes)} au)\n`]
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

function bytesText(bytes: bigint, human: boolean): string {
  return human ? gibText(bytes, 'G') : String(bytes)
}

function percentText(part: bigint, whole: bigint): string {
  return `${fixed(Math.fround(floatRatio(part, whole) * 100), 1)}%`
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
