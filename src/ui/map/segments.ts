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

const COLUMNS = ['startBytes', 'endBytes', 'owner', 'extent', 'rival'] as const
const ALIGNED_BYTES = 4096
const DIGIT_BITS = 11
const PART = 2 ** (2 * DIGIT_BITS)

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
export function firstFree(segments: Segments, fromBytes = 0): number | undefined {
  let free = Math.max(segments.room.startBytes, fromBytes)
  for (let i = 0; i < segments.count && at(segments.startBytes, i) <= free; i++) free = Math.max(free, at(segments.endBytes, i))
  return free < segments.room.endBytes ? free : undefined
}

function grewFrom(before: Segments, files: readonly MediaFile[], room: FileRoom): boolean {
  if (!sameRoom(before.room, room)) return false
  return files.length >= before.files.length && before.files.every((file, i) => file === files[i])
}

export function sameRoom(a: FileRoom, b: FileRoom): boolean {
  return a.startBytes === b.startBytes && a.endBytes === b.endBytes && a.unitBytes === b.unitBytes
}

function claimsOf(files: readonly MediaFile[], from: number, { startBytes, endBytes, unitBytes }: FileRoom): Pieces {
  let most = 0
  for (let owner = from; owner < files.length; owner++) most += files[owner]?.extents.length ?? 0
  const pieces = makePieces(most)
  for (let owner = from; owner < files.length; owner++) {
    const extents = files[owner]?.extents ?? []
    for (let extent = 0; extent < extents.length; extent++) {
      const { offsetBytes = 0, lengthBytes = 0 } = extents[extent] ?? {}
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
 * Positions by value, sorted digit by digit: with a comparing function, 100,000 extents would stop the page for longer than
 * one may.
 */
function orderOf(values: Float64Array): Uint32Array {
  const count = values.length
  // Sound extents are whole pages from each other: that is a digit less.
  let step = ALIGNED_BYTES
  for (let i = 0; i < count && step > 1; i++) if (!Number.isInteger(at(values, i) / step)) step = 1
  const rest = new Float64Array(count)
  for (let i = 0; i < count; i++) rest[i] = at(values, i) / step
  let order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  const part = new Uint32Array(count)
  for (let isMore = true; isMore; ) {
    isMore = false
    for (let i = 0; i < count; i++) {
      const higher = Math.floor(at(rest, i) / PART)
      part[i] = at(rest, i) - higher * PART
      rest[i] = higher
      isMore ||= higher > 0
    }
    order = orderedBy(part, 0, order)
    order = orderedBy(part, DIGIT_BITS, order)
  }
  return order
}

/** By one digit of the keys; equal ones stay as they were. */
function orderedBy(keys: Uint32Array, shift: number, order: Uint32Array): Uint32Array<ArrayBuffer> {
  const mask = (1 << DIGIT_BITS) - 1
  const starts = new Uint32Array(mask + 2)
  for (let i = 0; i < keys.length; i++) {
    const next = ((at(keys, i) >>> shift) & mask) + 1
    starts[next] = at(starts, next) + 1
  }
  for (let d = 1; d <= mask; d++) starts[d] = at(starts, d) + at(starts, d - 1)
  const result = new Uint32Array(order.length)
  for (let j = 0; j < order.length; j++) {
    const i = at(order, j)
    const d = (at(keys, i) >>> shift) & mask
    const to = at(starts, d)
    result[to] = i
    starts[d] = to + 1
  }
  return result
}

/** What is new is little: all between is copied in blocks. */
function merged(a: Pieces, b: Pieces): Pieces {
  const result = makePieces(a.count + b.count)
  let from = 0
  for (let j = 0; j < b.count; j++) {
    const to = firstStartingAfter(a, at(b.startBytes, j))
    copyBlock(a, from, to, result)
    copyPiece(b, j, result)
    from = Math.max(from, to)
  }
  copyBlock(a, from, a.count, result)
  return result
}

function firstStartingAfter(pieces: Pieces, offsetBytes: number): number {
  let low = 0
  let high = pieces.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(pieces.startBytes, middle) > offsetBytes) high = middle
    else low = middle + 1
  }
  return low
}

function copyBlock(from: Pieces, start: number, end: number, to: Pieces): void {
  if (end <= start) return
  for (const column of COLUMNS) to[column].set(from[column].subarray(start, end), to.count)
  to.count += end - start
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

function at(values: Float64Array | Int32Array | Uint32Array, i: number): number {
  return values[i] ?? 0
}
