// Which extent or strip holds a byte, and what lies between them, read off the map's own segments: map and inspector never
// disagree, and what 160,000 strips cost is paid once for each list of files.

import type { Extent, MediaFile } from '../../playground/types.ts'
import { partAt } from '../map/levels.ts'
import { type Media, partsOf, segmentsFor } from '../map/model.ts'
import { firstEndingAfter, pieceAt as segmentAt, type Segments } from '../map/segments.ts'

export interface Piece {
  startBytes: number
  endBytes: number
  file: MediaFile
  /** The file's place in the list, and the piece's in the file. */
  position: number
  index: number
}

export interface Free {
  gaps: readonly Extent[]
  totalBytes: number
}

const known = new WeakMap<Segments, Free>()

/** What is claimed twice (a damaged log) is the file's that claims it from further ahead. */
export function pieceAt(media: Media, offsetBytes: number): Piece | undefined {
  const segments = segmentsFor(media)
  const i = segmentAt(segments, offsetBytes)
  if (i < 0) return undefined
  const position = segments.owner[i] ?? 0
  const index = segments.extent[i] ?? 0
  const file = segments.files[position]
  const extent = file?.extents[index]
  if (!file || !extent) return undefined
  // A unit that is begun is the file's to its end.
  const endBytes = Math.max(extent.offsetBytes + extent.lengthBytes, segments.endBytes[i] ?? 0)
  return { startBytes: extent.offsetBytes, endBytes, file, position, index }
}

/** What no file has, behind the log. */
export function freeOf(media: Media): Free {
  const segments = segmentsFor(media)
  const found = known.get(segments)
  if (found) return found
  const gaps: Extent[] = []
  let at = segments.room.startBytes
  const devices = partsOf(media).filter(({ role }) => role !== 'other')
  const gapTo = (toBytes: number): void => {
    if (toBytes <= at) return
    for (const { reservedEndBytes, endBytes } of devices) {
      const from = Math.max(at, reservedEndBytes)
      const to = Math.min(toBytes, endBytes)
      if (to > from) gaps.push({ offsetBytes: from, lengthBytes: to - from })
    }
  }
  for (let i = 0; i < segments.count; i++) {
    gapTo(segments.startBytes[i] ?? 0)
    at = segments.endBytes[i] ?? at
  }
  gapTo(segments.room.endBytes)
  const free = { gaps, totalBytes: gaps.reduce((sum, gap) => sum + gap.lengthBytes, 0) }
  known.set(segments, free)
  return free
}

/** The gap around a byte that no file has. */
export function gapAround(media: Media, offsetBytes: number): Extent {
  const segments = segmentsFor(media)
  const next = firstEndingAfter(segments, offsetBytes)
  const on = partAt(partsOf(media), offsetBytes)
  const start = Math.max(segments.endBytes[next - 1] ?? segments.room.startBytes, on?.reservedEndBytes ?? 0)
  const end = Math.min(next < segments.count ? (segments.startBytes[next] ?? 0) : segments.room.endBytes, on?.endBytes ?? Infinity)
  return { offsetBytes: start, lengthBytes: end - start }
}
