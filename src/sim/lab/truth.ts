// Where a file's bytes really are and what stands there, worked out from the lab's own map by other code than any kernel's:
// what both kernels have to find.

import { type Extent } from '../../core/fmap/fmap.ts'
import type { WideMap } from '../../core/fmap/wide.ts'
import type { Memories } from '../../core/mem/memory.ts'

/** What stands at a byte of a file: differs from byte to byte, from page to page and from file to file. */
function byteAt(fileIndex: number, offsetBytes: number): number {
  return (offsetBytes * 31 + (offsetBytes >>> 8) * 7 + (offsetBytes >>> 16) * 13 + fileIndex * 113) & 0xff
}

export function fillExpected(target: Uint8Array, fileIndex: number, offsetBytes: number): void {
  for (let i = 0; i < target.length; i++) target[i] = byteAt(fileIndex, offsetBytes + i)
}

/** Puts a range's bytes where the file's map says they are. */
export class Truth {
  readonly #map: WideMap
  readonly #starts: Float64Array

  constructor(map: WideMap) {
    this.#map = map
    const count = map.kind === 'simple' ? map.columns.count : 0
    this.#starts = new Float64Array(count)
    if (map.kind === 'interleaved') return
    for (let i = 1; i < count; i++) this.#starts[i] = (this.#starts[i - 1] as number) + (map.columns.lengths[i - 1] as number)
  }

  store(memories: Memories, fileOffsetBytes: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const { devindex, offsetBytes, lengthBytes } = this.#placeOf(fileOffsetBytes + at)
      const part = bytes.subarray(at, at + lengthBytes)
      memories.at(devindex)?.write(offsetBytes, part)
      at += part.length
    }
  }

  #placeOf(fileOffsetBytes: number): Extent {
    const map = this.#map
    if (map.kind === 'interleaved') {
      const { chunkBytes = 1, strips = [] } = map.interleaved[0] ?? {}
      const chunk = Math.floor(fileOffsetBytes / chunkBytes)
      const strip = strips[chunk % strips.length] as Extent
      const within = fileOffsetBytes % chunkBytes
      return { devindex: strip.devindex, offsetBytes: strip.offsetBytes + Math.floor(chunk / strips.length) * chunkBytes + within, lengthBytes: chunkBytes - within }
    }
    const { devindices, offsets, lengths } = map.columns
    const index = this.#indexOf(fileOffsetBytes)
    const within = fileOffsetBytes - (this.#starts[index] as number)
    return { devindex: devindices[index] as number, offsetBytes: (offsets[index] as number) + within, lengthBytes: (lengths[index] as number) - within }
  }

  #indexOf(fileOffsetBytes: number): number {
    let from = 0
    let to = this.#starts.length
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2)
      if ((this.#starts[middle] as number) > fileOffsetBytes) to = middle
      else from = middle
    }
    return from
  }
}
