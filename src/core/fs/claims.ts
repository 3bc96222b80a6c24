// What a logged map takes of a device, whoever logged it: numbers are checked before anything is claimed. Whoever only looks
// at a log needs this and no more.

import { toSafeNumber, unitsOf } from '../base/align.ts'
import type { UnitBitmap } from '../alloc/bitmap.ts'
import type { Extent } from '../fmap/fmap.ts'
import type { LogFileMeta } from '../omf/log.ts'

/** Units of an extent: those on its device, and how many of them would be behind its end. */
export interface UnitSpan {
  first: number
  count: number
  beyondCount: number
}

/** Undefined for an extent on another device, which takes nothing here. */
export function spanOf(extent: Extent, unitBytes: number, unitCount: number, devindex = 0): UnitSpan | undefined {
  if (extent.devindex !== devindex) return undefined
  const first = Math.floor(extent.offsetBytes / unitBytes)
  const wantedCount = unitsOf(extent.lengthBytes, unitBytes)
  const count = Math.max(0, Math.min(wantedCount, unitCount - first))
  return { first, count, beyondCount: wantedCount - count }
}

/** Extents or strips of a valid file entry, numbers checked; those that no number can hold are counted as `lost`. */
export function extentsOfMeta(meta: LogFileMeta): { extents: Extent[]; lostCount: number } {
  const { list } = meta.fm_fmap
  const records = list.se ?? (list.ie ?? []).flatMap((interleaved) => interleaved.ie_strips)
  const extents: Extent[] = []
  for (const record of records) {
    const devindex = toSafeNumber(record.se_devindex)
    const offsetBytes = toSafeNumber(record.se_offset)
    const lengthBytes = toSafeNumber(record.se_len)
    if (devindex === undefined || offsetBytes === undefined || lengthBytes === undefined) continue
    extents.push({ devindex, offsetBytes, lengthBytes })
  }
  return { extents, lostCount: records.length - extents.length }
}

/**
 * What a logged map takes on one device, whoever logged it. An extent that reaches beyond the device still keeps what it
 * has on it from being given to another file.
 */
export function claimExtents(bitmap: UnitBitmap, extents: Extent[], unitBytes: number, devindex = 0): void {
  for (const extent of extents) {
    const span = spanOf(extent, unitBytes, bitmap.unitCount, devindex)
    if (span && span.count > 0) bitmap.claim(span.first, span.count)
  }
}
