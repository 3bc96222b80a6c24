// What is asked of maps only where kernels pull them: whether two are the same, what they are as lists, and how much of a
// kernel's memory they take. The page's own kernel asks for none of it, so hosts start without.

import { areSameExtents, type Extent } from './fmap.ts'
import { type Columns, newColumns, pushExtent, type WideMap } from './wide.ts'

/** At once where it is the very same. */
export function isSameWideMap(a: WideMap, b: WideMap): boolean {
  if (a === b) return true
  if (a.sizeBytes !== b.sizeBytes) return false
  if (a.kind === 'simple') return b.kind === 'simple' && areSameColumns(a.columns, b.columns)
  return b.kind === 'interleaved' && a.interleaved.length === b.interleaved.length && a.interleaved.every((part, i) => {
    const other = b.interleaved[i]
    return other?.sizeBytes === part.sizeBytes && other.chunkBytes === part.chunkBytes && areSameExtents(part.strips, other.strips)
  })
}

function areSameColumns(a: Columns, b: Columns): boolean {
  if (a.count !== b.count) return false
  for (let i = 0; i < a.count; i++) {
    if (a.devindices[i] !== b.devindices[i] || a.offsets[i] !== b.offsets[i] || a.lengths[i] !== b.lengths[i]) return false
  }
  return true
}

/** How many simple extents the same file has when its striping is unrolled. */
export function unrolledCount(map: WideMap): number {
  if (map.kind === 'simple') return map.columns.count
  return map.interleaved.reduce((sum, { sizeBytes, chunkBytes }) => sum + Math.ceil(sizeBytes / chunkBytes), 0)
}

/** The same bytes as a list of simple extents: one for each chunk. The file's last one is whole, as space is. */
export function unrolled(map: WideMap): Columns {
  if (map.kind === 'simple') return map.columns
  const columns = newColumns(unrolledCount(map))
  for (const part of map.interleaved) {
    const { sizeBytes, chunkBytes, strips } = part
    const chunkCount = Math.ceil(sizeBytes / chunkBytes)
    for (let chunk = 0; chunk < chunkCount; chunk++) {
      const strip = strips[chunk % strips.length] as Extent
      const row = Math.floor(chunk / strips.length)
      // Behind any other part the next one begins at once.
      const lengthBytes = part === map.interleaved.at(-1) ? chunkBytes : Math.min(chunkBytes, sizeBytes - chunk * chunkBytes)
      pushExtent(columns, strip.devindex, strip.offsetBytes + row * chunkBytes, lengthBytes)
    }
  }
  return columns
}

/** What a kernel keeps of such a map, in bytes: columns as they are, an interleaved extent as its record on the wire. */
export function residentBytesOf(map: WideMap): number {
  if (map.kind === 'simple') return columnBytes(map.columns)
  return map.interleaved.reduce((sum, { strips }) => sum + 24 + strips.length * 24, 0)
}

export function columnBytes({ devindices, offsets, lengths }: Columns): number {
  return devindices.byteLength + offsets.byteLength + lengths.byteLength
}
