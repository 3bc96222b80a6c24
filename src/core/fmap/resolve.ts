// From a byte of a file to a byte of a device, in arithmetic alone: no allocation per call. An answer never reaches past
// the file's end, its extent, or its chunk.

import { assert } from '../base/assert.ts'
import type { Failure } from '../base/result.ts'
import { type Fmap, piecesOf } from './fmap.ts'

/**
 * Where an answer goes: [devindex, offset on that device in bytes, bytes from there that are contiguous, bytes of the
 * same extent or chunk that come before].
 */
export type Answer = Float64Array
export const DEVINDEX = 0
export const OFFSET = 1
export const LENGTH = 2
export const BEFORE = 3

/** How often bytes may move while they are looked for, before the file is given up. */
export const MOVES_MOST = 8

export function newAnswer(): Answer {
  return new Float64Array(4)
}

export interface Resolver {
  readonly sizeBytes: number
  /** @returns false at and after the end of the file, for anything that is not a whole offset from 0, and where `trouble` says why */
  resolve(fileOffsetBytes: number, answer: Answer): boolean
  /** Why the last resolve inside of the file failed: only where maps are asked for, or computed, at each fault. */
  readonly trouble?: Failure | undefined
  /** Another number once bytes that were resolved before may lie elsewhere; missing where they never move. */
  validity?(): number
}

/** The last of so many ascending ones that isn't larger; the first one isn't. */
export function lastAtOrBefore(starts: Float64Array, count: number, value: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}

export function resolverOf(map: Fmap): Resolver {
  return map.kind === 'simple' ? simpleResolver(map) : interleavedResolver(map)
}

function simpleResolver(map: Fmap & { kind: 'simple' }): Resolver {
  const { sizeBytes } = map
  const { devindices, offsets, lengths } = columnsOf(map)
  const starts = new Float64Array(lengths.length)
  for (let i = 1; i < starts.length; i++) starts[i] = at(starts, i - 1) + at(lengths, i - 1)
  return {
    sizeBytes,
    resolve(fileOffsetBytes, answer) {
      if (!inside(fileOffsetBytes, sizeBytes)) return false
      const low = lastAtOrBefore(starts, starts.length, fileOffsetBytes)
      const within = fileOffsetBytes - at(starts, low)
      answer[DEVINDEX] = at(devindices, low)
      answer[OFFSET] = at(offsets, low) + within
      answer[LENGTH] = Math.min(at(lengths, low) - within, sizeBytes - fileOffsetBytes)
      answer[BEFORE] = within
      return true
    },
  }
}

/** Chunk k = x / c is in strip k mod n, (k / n) x c into it (golden/README.md, "Allocation seen in these images"). */
function interleavedResolver(map: Fmap & { kind: 'interleaved' }): Resolver {
  const { sizeBytes, chunkBytes } = map
  const { devindices, offsets } = columnsOf(map)
  const stripCount = offsets.length
  return {
    sizeBytes,
    resolve(fileOffsetBytes, answer) {
      if (!inside(fileOffsetBytes, sizeBytes)) return false
      const chunk = Math.floor(fileOffsetBytes / chunkBytes)
      const within = fileOffsetBytes - chunk * chunkBytes
      const row = Math.floor(chunk / stripCount)
      const strip = chunk - row * stripCount
      answer[DEVINDEX] = at(devindices, strip)
      answer[OFFSET] = at(offsets, strip) + row * chunkBytes + within
      answer[LENGTH] = Math.min(chunkBytes - within, sizeBytes - fileOffsetBytes)
      answer[BEFORE] = within
      return true
    },
  }
}

function columnsOf(map: Fmap): { devindices: Float64Array; offsets: Float64Array; lengths: Float64Array } {
  const pieces = piecesOf(map)
  assert(pieces.length > 0, 'a map has a piece')
  // An extent without bytes never answers, and would only break the search for the one that does.
  const used = map.kind === 'simple' ? pieces.filter((piece) => piece.lengthBytes > 0) : pieces
  return {
    devindices: Float64Array.from(used, (piece) => piece.devindex),
    offsets: Float64Array.from(used, (piece) => piece.offsetBytes),
    lengths: Float64Array.from(used, (piece) => piece.lengthBytes),
  }
}

export function inside(offsetBytes: number, sizeBytes: number): boolean {
  return offsetBytes >= 0 && offsetBytes < sizeBytes && Number.isSafeInteger(offsetBytes)
}

function at(column: Float64Array, index: number): number {
  return column[index] as number
}
