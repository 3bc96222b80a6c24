// Which bytes a run reads, one access after the other: made from setup and seed alone, the same for both kernels. An
// access never leaves its file; the last one of a file may be shorter. Where they jump, they begin at any byte: nothing is
// aligned in their favour.

import { SeededRandom } from '../../core/base/random.ts'
import type { LabSetup } from './types.ts'

export interface Accesses {
  count: number
  fileIndices: Uint32Array
  offsets: Float64Array
  lengths: Uint32Array
}

/** From one access to the next where they stride: more than a page, and no whole number of pages or lines. */
export const STRIDE_BYTES = 5 * 1024 + 24

/** @param sizes of all files, in bytes */
export function accessesOf({ pattern, accessCount, accessBytes, seed }: LabSetup, sizes: readonly number[]): Accesses {
  const made: Accesses = {
    count: accessCount,
    fileIndices: new Uint32Array(accessCount),
    offsets: new Float64Array(accessCount),
    lengths: new Uint32Array(accessCount),
  }
  const random = new SeededRandom(seed ^ 0x5eed)
  let fileIndex = 0
  let offsetBytes = 0
  for (let i = 0; i < accessCount; i++) {
    if (pattern === 'random') {
      fileIndex = random.below(sizes.length)
      offsetBytes = random.below(Math.max(1, (sizes[fileIndex] as number) - accessBytes + 1))
    }
    const sizeBytes = sizes[fileIndex] as number
    made.fileIndices[i] = fileIndex
    made.offsets[i] = offsetBytes
    made.lengths[i] = Math.min(accessBytes, sizeBytes - offsetBytes)
    if (pattern === 'random') continue
    offsetBytes += pattern === 'in_order' ? accessBytes : Math.max(STRIDE_BYTES, accessBytes)
    if (offsetBytes < sizeBytes) continue
    fileIndex = (fileIndex + 1) % sizes.length
    offsetBytes = 0
  }
  return made
}
