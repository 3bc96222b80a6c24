// Which file lies where, as sorted pieces that never overlap: any byte is found by bisection, and what shows is a slice. Built
// once for a list of files; a list that only grew adds what is new. Extents are the media's word and may be anything: what is
// outside the room for files is cut off, and what two files claim is a piece with both.

import type { MediaFile } from '../../playground/types.ts'

/** Where files may lie, and in what portions. */
export interface FileRoom {
  startBytes: number
  endBytes: number
  unitBytes: number
}

/** Columns of a table; piece i is the i-th of each. */
export interface Pieces {
  count: number
  startBytes: Float64Array
  endBytes: Float64Array
  /** Position in the list of files. */
  owner: Int32Array
  /** Which of the file's extents. */
  extent: Int32Array
  /** A second file that claims the same bytes; -1 as a rule. */
  rival: Int32Array
}

export interface Segments extends Pieces {
  files: readonly MediaFile[]
  room: FileRoom
  /** As the media have it, overlaps and all: what the next, longer list starts from. */
  claims: Pieces
}

export function segmentsOf(files: readonly MediaFile[], room: FileRoom, before?: Segments): Segments {
  const known = before && grewFrom(before, files, room) ? before : undefined
  if (known?.files.length === files.length) return { ...known, files }
  const added = claimsOf(files, known?.files.length ?? 0, room)
  const claims = known ? merged(known.claims, added) : added
  return { ...resolved(claims), files, room, claims }
}

/** The piece that holds the byte, or -1. */
export function pieceAt(pieces: Pieces, offsetBytes: number): number {
  const i = firstEndingAfter(pieces, offsetBytes)
  return i < pieces.count && at(pieces.startBytes, i) <= offsetBytes ? i : -1
}

/** The first piece that isn't wholly before the byte. */
export function firstEndingAfter(pieces: Pieces, offsetBytes: number): number {
  let low = 0
  let high = pieces.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(pieces.endBytes, middle) > offsetBytes) high = middle
    else low = middle + 1
  }
  return low
}

/** Where the next free unit begins, at or after the byte; undefined if all is taken. */
export function firstFree(segments: Segments): number | undefined {
  let free = segments.room.startBytes
  for (let i = 0; i < segments.count && at(segments.startBytes, i) <= free; i++) free = Math.max(free, at(segments.endBytes, i))
  return free < segments.room.endBytes ? free : undefined
}

function grewFrom(before: Segments, files: readonly MediaFile[], room: FileRoom): boolean {
  const { startBytes, endBytes, unitBytes } = before.room
  if (startBytes !== room.startBytes || endBytes !== room.endBytes || unitBytes !== room.unitBytes) return false
  return files.length >= before.files.length && before.files.every((file, i) => file === files[i])
}

function claimsOf(files: readonly MediaFile[], from: number, { startBytes, endBytes, unitBytes }: FileRoom): Pieces {
  let most = 0
  for (let owner = from; owner < files.length; owner++) most += files[owner]?.extents.length ?? 0
  const pieces = makePieces(most)
  for (let owner = from; owner < files.length; owner++) {
    for (const [extent, { offsetBytes, lengthBytes }] of (files[owner]?.extents ?? []).entries()) {
      const start = Math.max(offsetBytes, startBytes)
      // A unit that is begun is taken whole.
      const end = Math.min(Math.ceil((offsetBytes + lengthBytes) / unitBytes) * unitBytes, endBytes)
      if (start < end) push(pieces, start, end, owner, extent, -1)
    }
  }
  return sorted(pieces)
}

function sorted(pieces: Pieces): Pieces {
  const { count, startBytes } = pieces
  let inOrder = true
  for (let i = 1; i < count && inOrder; i++) inOrder = at(startBytes, i - 1) <= at(startBytes, i)
  if (inOrder) return pieces
  const order = orderOf(startBytes.subarray(0, count))
  const result = makePieces(count)
  for (const i of order) copyPiece(pieces, i, result)
  return result
}

/**
 * Positions by value. Value and position in one number, so that the engine's own sort of numbers does the work: with a
 * comparing function, 100,000 extents would stop the page for longer than one may.
 */
function orderOf(values: Float64Array): number[] {
  const largest = values.reduce((most, value) => Math.max(most, value), 0)
  const scale = 2 ** Math.max(0, Math.ceil(Math.log2(largest + 1) + Math.log2(values.length + 1)) - 52)
  const keys = values.map((value, i) => Math.floor(value / scale) * values.length + i).sort()
  const order = Array.from(keys, (key) => key % values.length)
  // Nothing to do but on devices so large that the key had to leave low bits out.
  if (scale > 1) order.sort((a, b) => at(values, a) - at(values, b))
  return order
}

function merged(a: Pieces, b: Pieces): Pieces {
  const result = makePieces(a.count + b.count)
  let i = 0
  let j = 0
  while (i < a.count || j < b.count) {
    if (j >= b.count || (i < a.count && at(a.startBytes, i) <= at(b.startBytes, j))) copyPiece(a, i++, result)
    else copyPiece(b, j++, result)
  }
  return result
}

/** The claims without overlaps. Sound media have none, and then they are the pieces. */
function resolved(claims: Pieces): Pieces {
  let sound = true
  for (let i = 1; i < claims.count && sound; i++) sound = at(claims.startBytes, i) >= at(claims.endBytes, i - 1)
  if (sound) return claims
  const result = makePieces(claims.count * 3)
  // What is claimed, and not yet known to be claimed by nobody else.
  let start = 0
  let end = 0
  let holder = -1
  const settle = (to: number, rival = -1): void => {
    const owner = at(claims.owner, holder)
    if (holder >= 0 && to > start) push(result, start, to, owner, at(claims.extent, holder), rival === owner ? -1 : rival)
    start = Math.max(start, to)
  }
  for (let i = 0; i < claims.count; i++) {
    const claimEnd = at(claims.endBytes, i)
    settle(Math.min(end, at(claims.startBytes, i)))
    if (start < end) settle(Math.min(end, claimEnd), at(claims.owner, i))
    if (claimEnd <= end) continue
    start = Math.max(end, at(claims.startBytes, i))
    end = claimEnd
    holder = i
  }
  settle(end)
  return result
}

function makePieces(most: number): Pieces {
  return { count: 0, startBytes: new Float64Array(most), endBytes: new Float64Array(most), owner: new Int32Array(most), extent: new Int32Array(most), rival: new Int32Array(most) }
}

function copyPiece(from: Pieces, i: number, to: Pieces): void {
  push(to, at(from.startBytes, i), at(from.endBytes, i), at(from.owner, i), at(from.extent, i), at(from.rival, i))
}

function push(pieces: Pieces, start: number, end: number, owner: number, extent: number, rival: number): void {
  const i = pieces.count++
  pieces.startBytes[i] = start
  pieces.endBytes[i] = end
  pieces.owner[i] = owner
  pieces.extent[i] = extent
  pieces.rival[i] = rival
}

function at(values: Float64Array | Int32Array, i: number): number {
  return values[i] ?? 0
}
