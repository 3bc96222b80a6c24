// From a file offset to a device for maps as kernels hold them, allocating nothing per call. The walk grows with the list; the
// interleave doesn't, nor does the shift (shiftResolve.ts).

import { assert } from '../base/assert.ts'
import { type Answer, BEFORE, DEVINDEX, inside, LENGTH, OFFSET, type Resolver } from './resolve.ts'
import type { Columns, Interleaved, WideMap } from './wide.ts'

/** As a kernel does it that takes a map as it comes: by walking the list. */
export function walkingResolver(map: WideMap): Resolver {
  return map.kind === 'simple' ? walk(map.sizeBytes, map.columns) : interleavedWalk(map.sizeBytes, map.interleaved)
}

function walk(sizeBytes: number, columns: Columns): Resolver {
  const { lengths, count } = columns
  return {
    sizeBytes,
    resolve(fileOffsetBytes, answer) {
      if (!inside(fileOffsetBytes, sizeBytes)) return false
      let within = fileOffsetBytes
      for (let i = 0; i < count; i++) {
        const lengthBytes = lengths[i] as number
        if (within < lengthBytes) {
          answerAt(columns, i, within, sizeBytes - fileOffsetBytes, answer)
          return true
        }
        within -= lengthBytes
      }
      return false
    },
  }
}

/** Which interleaved extent: a walk, of one step on all maps that famfs makes. Which strip: arithmetic. */
function interleavedWalk(sizeBytes: number, interleaved: readonly Interleaved[]): Resolver {
  return {
    sizeBytes,
    resolve(fileOffsetBytes, answer) {
      if (!inside(fileOffsetBytes, sizeBytes)) return false
      let within = fileOffsetBytes
      for (let i = 0; i < interleaved.length; i++) {
        const part = interleaved[i] as Interleaved
        if (within < part.sizeBytes) {
          answerInStrip(part, within, Math.min(part.sizeBytes - within, sizeBytes - fileOffsetBytes), answer)
          return true
        }
        within -= part.sizeBytes
      }
      return false
    },
  }
}

/** Chunk k = x / c is in strip k mod n, (k / n) x c into it (golden/README.md, "Allocation seen in these images"). */
function answerInStrip({ chunkBytes, strips }: Interleaved, within: number, mostBytes: number, answer: Answer): void {
  const chunk = Math.floor(within / chunkBytes)
  const inChunk = within - chunk * chunkBytes
  const row = Math.floor(chunk / strips.length)
  const strip = strips[chunk - row * strips.length]
  assert(strip, 'a striped extent has strips')
  answer[DEVINDEX] = strip.devindex
  answer[OFFSET] = strip.offsetBytes + row * chunkBytes + inChunk
  answer[LENGTH] = Math.min(chunkBytes - inChunk, mostBytes)
  answer[BEFORE] = inChunk
}

export function answerAt(columns: Columns, index: number, within: number, mostBytes: number, answer: Answer): void {
  answer[DEVINDEX] = columns.devindices[index] as number
  answer[OFFSET] = (columns.offsets[index] as number) + within
  answer[LENGTH] = Math.min((columns.lengths[index] as number) - within, mostBytes)
  answer[BEFORE] = within
}
