// What fsck adds when asked for more: sizes of the structures, and the bitmap (famfs-cli.md, section 5).

import type { UnitBitmap } from '../alloc/bitmap.ts'
import { EXTENTS_MOST, LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { FileMeta, InterleavedExtent, LogEntry, LogFmap, LogHeader, MkdirMeta, SimpleExtent } from '../omf/log.ts'
import type { FsckScan } from './fsck.ts'

const UNITS_PER_LINE = 64

/** @param verbose 0 for nothing, 1 for the block of sizes, 2 for the bitmap with it */
export function fsckVerbose(scan: FsckScan, verbose: number): string {
  if (verbose === 0) return ''
  const { header } = scan
  const usableBytes = scan.slotCount * BigInt(LogEntry.sizeBytes)
  const others = scan.daxdevs.map(({ bitmap, devindex }) => bitmapText(bitmap, ` of device ${devindex}`))
  const bitmap = verbose > 1 ? [bitmapText(scan.bitmap, ''), ...others].join('') : ''
  return `Verbose:
  log_offset:        ${LOG_OFFSET_BYTES}
  log_len:           ${header.famfs_log_len}
  log_entry components:
    sizeof(log header) ${LogHeader.sizeBytes}
    sizeof(log_entry)  ${LogEntry.sizeBytes}
    sizeof(mkdir)      ${MkdirMeta.sizeBytes}
    sizeof(file_meta)  ${FileMeta.sizeBytes}
    sizeof(fmap)       ${LogFmap.sizeBytes}
    sizeof(interleaved_ext[1])   ${InterleavedExtent.sizeBytes}
    sizeof(famfs_simple_ext[${EXTENTS_MOST}]) ${SimpleExtent.sizeBytes}
  last_log_index:    ${header.famfs_log_last_index}
  usable log size:   ${usableBytes}
  sizeof(struct famfs_log_file_meta): ${FileMeta.sizeBytes}
${bitmap}`
}

/** Full lines only where something changes: a device of a terabyte has half a million units. */
function bitmapText(bitmap: UnitBitmap, which: string): string {
  const lines = [`  bitmap${which}, ${UNITS_PER_LINE} units a line, # in use and . free:`]
  const free = new Uint8Array(bitmap.unitCount)
  for (const [first, count] of bitmap.freeRuns(0, bitmap.unitCount)) free.fill(1, first, first + count)
  let last = ''
  let repeated = false
  for (let first = 0; first < bitmap.unitCount; first += UNITS_PER_LINE) {
    const line = Array.from(free.subarray(first, first + UNITS_PER_LINE), (isFree) => (isFree === 1 ? '.' : '#')).join('')
    if (line !== last) lines.push(`  ${String(first).padStart(8)}  ${line}`)
    else if (!repeated) lines.push('         *')
    repeated = line === last
    last = line
  }
  return `${lines.join('\n')}\n`
}
