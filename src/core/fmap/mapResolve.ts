// From a byte of a file to a byte of a device, by the file's map as the log has it: by halves, or by arithmetic. For those who look
// at a file without a kernel.

import { assert } from '../base/assert.ts'
import { type Fmap, piecesOf } from './fmap.ts'
import { BEFORE, DEVINDEX, inside, LENGTH, OFFSET, type Resolver } from './resolve.ts'

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

function at(column: Float64Array, index: number): number {
  return column[index] as number
}
