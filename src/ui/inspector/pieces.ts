// The extents and strips of all files in the order of the device, made once for each list of files: which one holds a
// byte, and what lies between them. Files that overlap (a damaged log) are kept; the older one answers.

import type { Extent, MediaFile } from '../../playground/types.ts'

export interface Piece {
  startBytes: number
  endBytes: number
  file: MediaFile
  /** The file's place in the list, and the piece's in the file. */
  position: number
  index: number
}

interface Sorted {
  pieces: readonly Piece[]
  /** Highest end of this piece and all before it. */
  reach: Float64Array
}

const known = new WeakMap<readonly MediaFile[], Sorted>()

export function pieceAt(files: readonly MediaFile[], offsetBytes: number): Piece | undefined {
  const { pieces, reach } = sortedOf(files)
  let found: Piece | undefined
  for (let i = lastStarting(pieces, offsetBytes); i >= 0 && (reach[i] ?? 0) > offsetBytes; i--) {
    const piece = pieces[i]
    if (piece && piece.endBytes > offsetBytes && (!found || piece.position < found.position)) found = piece
  }
  return found
}

/** What no file has, between two offsets. */
export function gapsOf(files: readonly MediaFile[], fromBytes: number, toBytes: number): Extent[] {
  const gaps: Extent[] = []
  let at = fromBytes
  for (const { startBytes, endBytes } of sortedOf(files).pieces) {
    if (startBytes >= toBytes) break
    if (startBytes > at) gaps.push({ offsetBytes: at, lengthBytes: startBytes - at })
    at = Math.max(at, endBytes)
  }
  if (at < toBytes) gaps.push({ offsetBytes: at, lengthBytes: toBytes - at })
  return gaps
}

/** The gap around a byte that no file has. */
export function gapAround(files: readonly MediaFile[], offsetBytes: number, fromBytes: number, toBytes: number): Extent {
  const { pieces, reach } = sortedOf(files)
  const before = lastStarting(pieces, offsetBytes)
  const start = Math.max(fromBytes, before < 0 ? 0 : (reach[before] ?? 0))
  const end = Math.min(toBytes, pieces[before + 1]?.startBytes ?? toBytes)
  return { offsetBytes: start, lengthBytes: end - start }
}

/** Index of the last piece that starts at or before the offset; -1 for none. */
function lastStarting(pieces: readonly Piece[], offsetBytes: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pieces[middle]?.startBytes ?? Infinity) <= offsetBytes) low = middle + 1
    else high = middle
  }
  return low - 1
}

function sortedOf(files: readonly MediaFile[]): Sorted {
  const found = known.get(files)
  if (found) return found
  const pieces = files
    .flatMap((file, position) => file.extents.map((extent, index) => ({ startBytes: extent.offsetBytes, endBytes: extent.offsetBytes + extent.lengthBytes, file, position, index })))
    .sort((a, b) => a.startBytes - b.startBytes)
  const reach = new Float64Array(pieces.length)
  let most = 0
  pieces.forEach((piece, i) => {
    most = Math.max(most, piece.endBytes)
    reach[i] = most
  })
  const sorted = { pieces, reach }
  known.set(files, sorted)
  return sorted
}
