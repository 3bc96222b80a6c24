// From a file offset to a device by one shift, for lists of extents of one length: it doesn't grow with the list, and allocates
// nothing per call.

import { isPowerOfTwo } from '../base/align.ts'
import { inside, type Resolver } from './resolve.ts'
import type { Columns } from './wide.ts'
import { answerAt } from './wideResolve.ts'

/** Undefined unless all extents but the last are of one length, a power of two, and the last isn't longer. */
export function shiftResolver(sizeBytes: number, columns: Columns): Resolver | undefined {
  const extentBytes = columns.lengths[0] as number
  if (columns.count === 0 || !isUniform(columns, extentBytes)) return undefined
  return {
    sizeBytes,
    resolve(fileOffsetBytes, answer) {
      if (!inside(fileOffsetBytes, sizeBytes)) return false
      const index = Math.floor(fileOffsetBytes / extentBytes)
      answerAt(columns, index, fileOffsetBytes - index * extentBytes, sizeBytes - fileOffsetBytes, answer)
      return true
    },
  }
}

function isUniform({ lengths, count }: Columns, extentBytes: number): boolean {
  if (!isPowerOfTwo(extentBytes)) return false
  for (let i = 1; i < count - 1; i++) if (lengths[i] !== extentBytes) return false
  return count === 1 || (lengths[count - 1] as number) <= extentBytes
}
