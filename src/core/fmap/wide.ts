// Maps as the kernels hold them: as many extents as a message brings, in columns of numbers instead of objects, and more
// than one interleaved extent. Numbers are exact, offsets and lengths are in bytes; whether they make sense is checked by
// whoever takes them from a message.

import type { Extent, Fmap } from './fmap.ts'

/** Extents, one behind the other in the file. `count` of each column are in use. */
export interface Columns {
  count: number
  devindices: Uint32Array
  offsets: Float64Array
  lengths: Float64Array
}

/** One interleaved extent: a part of the file, striped. */
export interface Interleaved {
  /** Of the file, in this extent. */
  sizeBytes: number
  chunkBytes: number
  strips: Extent[]
}

export type WideMap =
  | { kind: 'simple'; sizeBytes: number; columns: Columns }
  | { kind: 'interleaved'; sizeBytes: number; interleaved: Interleaved[] }

export function newColumns(capacity: number): Columns {
  return { count: 0, devindices: new Uint32Array(capacity), offsets: new Float64Array(capacity), lengths: new Float64Array(capacity) }
}

export function columnsOf(extents: readonly Extent[]): Columns {
  const columns = newColumns(extents.length)
  for (const { devindex, offsetBytes, lengthBytes } of extents) pushExtent(columns, devindex, offsetBytes, lengthBytes)
  return columns
}

/** The columns have room for it. */
export function pushExtent(columns: Columns, devindex: number, offsetBytes: number, lengthBytes: number): void {
  const i = columns.count++
  columns.devindices[i] = devindex
  columns.offsets[i] = offsetBytes
  columns.lengths[i] = lengthBytes
}

/** A map from the log or a shadow file. */
export function wideOf(map: Fmap): WideMap {
  const { sizeBytes } = map
  if (map.kind === 'simple') return { kind: 'simple', sizeBytes, columns: columnsOf(map.extents) }
  return { kind: 'interleaved', sizeBytes, interleaved: [{ sizeBytes, chunkBytes: map.chunkBytes, strips: map.strips }] }
}
