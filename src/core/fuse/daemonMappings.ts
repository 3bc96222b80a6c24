// A file's mappings one by one, by their number or by the byte of the file that they hold. Striping is unrolled as it is
// asked for: a file of a million chunks costs its daemon no list of a million mappings.

import { assert } from '../base/assert.ts'
import { lastAtOrBefore } from '../fmap/mapResolve.ts'
import type { Columns, Interleaved, WideMap } from '../fmap/wide.ts'

/** Filled in by `read`, so that reading many makes no garbage. */
export interface Mapping {
  fileOffsetBytes: number
  devindex: number
  offsetBytes: number
  lengthBytes: number
}

export interface Mappings {
  readonly count: number
  /** The mapping that holds a byte of the file; -1 where none does. */
  indexAt(fileOffsetBytes: number): number
  /** @param index from 0 to count - 1 */
  read(index: number, into: Mapping): void
}

export function newMapping(): Mapping {
  return { fileOffsetBytes: 0, devindex: 0, offsetBytes: 0, lengthBytes: 0 }
}

/** What was worked out once for a list; whoever holds the list holds this. */
const known = new WeakMap<Columns, Mappings>()

export function mappingsOf(map: WideMap): Mappings {
  if (map.kind === 'interleaved') return striped(map.interleaved)
  const there = known.get(map.columns) ?? listed(map.columns)
  known.set(map.columns, there)
  return there
}

function listed({ count, devindices, offsets, lengths }: Columns): Mappings {
  const starts = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i] as number) + (lengths[i] as number)
  return {
    count,
    indexAt(fileOffsetBytes) {
      if (fileOffsetBytes < 0 || fileOffsetBytes >= (starts[count] as number)) return -1
      return lastAtOrBefore(starts, count, fileOffsetBytes)
    },
    read(index, into) {
      into.fileOffsetBytes = starts[index] as number
      into.devindex = devindices[index] as number
      into.offsetBytes = offsets[index] as number
      into.lengthBytes = lengths[index] as number
    },
  }
}

/** Which striped part: a walk over the few that there are. Which chunk of it: arithmetic. */
function striped(parts: readonly Interleaved[]): Mappings {
  const count = parts.reduce((sum, part) => sum + chunkCountOf(part), 0)
  return {
    count,
    indexAt(fileOffsetBytes) {
      let index = 0
      let within = fileOffsetBytes
      for (const part of parts) {
        if (within >= 0 && within < part.sizeBytes) return index + Math.floor(within / part.chunkBytes)
        within -= part.sizeBytes
        index += chunkCountOf(part)
      }
      return -1
    },
    read(index, into) {
      let chunk = index
      let startBytes = 0
      for (const part of parts) {
        const { chunkBytes, strips, sizeBytes } = part
        if (chunk < chunkCountOf(part)) {
          const row = Math.floor(chunk / strips.length)
          const strip = strips[chunk - row * strips.length]
          assert(strip, 'a striped part has strips')
          into.fileOffsetBytes = startBytes + chunk * chunkBytes
          into.devindex = strip.devindex
          into.offsetBytes = strip.offsetBytes + row * chunkBytes
          // Space is whole chunks, also where the file ends within one.
          into.lengthBytes = part === parts.at(-1) ? chunkBytes : Math.min(chunkBytes, sizeBytes - chunk * chunkBytes)
          return
        }
        chunk -= chunkCountOf(part)
        startBytes += sizeBytes
      }
    },
  }
}

function chunkCountOf({ sizeBytes, chunkBytes }: Interleaved): number {
  return Math.ceil(sizeBytes / chunkBytes)
}
