// How a file lies on the device, in both directions and in words. Chunk k of an interleaved file is on strip k mod n, and
// strips are filled row by row; a file of extents simply goes on from one to the next.

import type { MediaFile } from '../../playground/types.ts'
import { countText, sizeText } from '../format.ts'

/** So many chunks are listed. */
const FEW = 4

/** As much of a file as its map says: hosts and media have it alike. */
export type Mapped = Pick<MediaFile, 'path' | 'sizeBytes' | 'extents' | 'chunkBytes'>

export interface Spot {
  /** Byte of the file; at or behind its size where the space is the file's and no byte of it. */
  fileBytes: number
  /** Extent or strip. */
  piece: number
  chunk: number | undefined
}

/** @param piece the extent or strip that holds the byte */
export function spotOf(file: Mapped, piece: number, offsetBytes: number): Spot {
  const within = offsetBytes - (file.extents[piece]?.offsetBytes ?? 0)
  if (file.chunkBytes === undefined) {
    const before = file.extents.slice(0, piece).reduce((sum, extent) => sum + extent.lengthBytes, 0)
    return { fileBytes: before + within, piece, chunk: undefined }
  }
  const chunk = chunkAt(file, piece, within)
  return { fileBytes: chunk * file.chunkBytes + (within % file.chunkBytes), piece, chunk }
}

/** Number of the chunk, in file order; 0 for a file of extents. */
export function chunkAt({ extents, chunkBytes }: Mapped, strip: number, offsetInStrip: number): number {
  return chunkBytes === undefined ? 0 : Math.floor(offsetInStrip / chunkBytes) * extents.length + strip
}

/** Where a byte of the file is on the device. */
export function deviceOffsetOf(file: Mapped, fileBytes: number): number | undefined {
  if (file.chunkBytes !== undefined) {
    const chunk = Math.floor(fileBytes / file.chunkBytes)
    const strip = file.extents[chunk % file.extents.length]
    return strip && strip.offsetBytes + Math.floor(chunk / file.extents.length) * file.chunkBytes + (fileBytes % file.chunkBytes)
  }
  let rest = fileBytes
  for (const extent of file.extents) {
    if (rest < extent.lengthBytes) return extent.offsetBytes + rest
    rest -= extent.lengthBytes
  }
  return undefined
}

/** "chunks 0, 4, 8 … 60": which part of the file a strip holds. */
export function chunksText(file: Mapped, strip: number): string {
  const count = file.extents.length
  const chunkCount = Math.ceil(file.sizeBytes / (file.chunkBytes ?? 1))
  if (strip >= chunkCount) return 'no chunk: the file ends before'
  const last = strip + Math.floor((chunkCount - 1 - strip) / count) * count
  const few = Array.from({ length: FEW }, (_, i) => strip + i * count).filter((chunk) => chunk <= last)
  if (last === strip) return `chunk ${countText(strip)}`
  if (last === few.at(-1)) return `chunks ${few.map(countText).join(', ')}`
  return `chunks ${few.slice(0, -1).map(countText).join(', ')} … ${countText(last)}`
}

/** "bytes 0 to 4,095": which part of the file an extent holds. */
export function extentText(file: Mapped, index: number): string {
  const { fileBytes } = spotOf(file, index, file.extents[index]?.offsetBytes ?? 0)
  const end = Math.min(file.sizeBytes, fileBytes + (file.extents[index]?.lengthBytes ?? 0))
  return end <= fileBytes ? 'no byte: the file ends before' : `bytes ${countText(fileBytes)} to ${countText(end - 1)}`
}

/** One sentence on the byte that is selected. */
export function spotText(file: Mapped, { fileBytes, piece, chunk }: Spot): string {
  if (fileBytes >= file.sizeBytes) return `Behind the end of ${file.path}, which has ${countText(file.sizeBytes)} bytes: its last unit is not full.`
  const place = chunk === undefined ? (file.extents.length > 1 ? ` is on extent ${piece}` : ' is here') : ` is on strip ${piece}, chunk ${countText(chunk)}`
  return `Byte ${countText(fileBytes)} of ${file.path}${place}.`
}

/** How the whole file is laid out, in one sentence. */
export function layoutText(file: Mapped): string {
  const count = file.extents.length
  if (file.chunkBytes !== undefined) {
    return `${file.path} is striped: chunks of ${sizeText(file.chunkBytes)} go to ${count} strips in turn, so that ${count === 1 ? 'one strip takes' : `${count} strips share`} the load.`
  }
  return count === 1 ? `${file.path} lies in one piece.` : `${file.path} lies in ${count} extents, one after the other.`
}
