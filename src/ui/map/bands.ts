// The device as a line of pixels: what each pixel of a row of cells shows. A row of cells is one stretch of the device, so a
// picture of any level is such lines and nothing else. Whatever is there at all shows, however small: a file beats free space,
// and the larger of two files in one pixel wins.

import type { MediaFile } from '../../playground/types.ts'
import { fixedOf, type MapModel } from './model.ts'
import { firstEndingAfter } from './segments.ts'

/** What a pixel can be. Files follow: FILE + colour, then the same for every second chunk, then for what lies past the file's end. */
export const NOTHING = 0
export const FREE = 1
export const SUPERBLOCK = 2
export const LOG_USED = 3
export const LOG_FREE = 4
export const RIVALS = 5
export const UNKNOWN = 6
export const FILE = 8
export const SECOND_CHUNK = 8
export const PAST_END = 16
export const CODE_COUNT = 32

/** In the place of a strip's number: what two files claim has a pattern of its own. */
export const CLASH = 255

export interface Line {
  codes: Uint8Array
  /** Strip of an interleaved file plus one, for its pattern, or CLASH; 0 for all else. */
  strips: Uint8Array
  weights: Float32Array
}

export interface Stretch {
  startBytes: number
  bytesPerPixel: number
  pixelCount: number
  /** Finer than units: what lies past a file's end shows. */
  isFine: boolean
  /** Below this many pixels something would be lost that must not be: the entries of a log that is nearly empty. */
  leastPixels: number
  /** Where what there is ends; the end of all, unless said. */
  limitBytes?: number
}

const CHUNK_LEAST_PIXELS = 3
// Weights of what must show, each with up to one more for how much of the pixel it covers.
const WEIGHTS = { free: 0, file: 2, log: 4 }

export function makeLine(pixelCount: number): Line {
  return { codes: new Uint8Array(pixelCount), strips: new Uint8Array(pixelCount), weights: new Float32Array(pixelCount) }
}

/** Fills the line from its first pixel on. */
export function fillLine(model: MapModel, stretch: Stretch, line: Line): void {
  const { startBytes, bytesPerPixel, pixelCount } = stretch
  const { codes, strips, weights } = line
  const { limitBytes = model.sizeBytes } = stretch
  const there = Math.min(pixelCount, Math.ceil((limitBytes - startBytes) / bytesPerPixel))
  codes.fill(model.log ? FREE : UNKNOWN, 0, Math.max(0, there))
  codes.fill(NOTHING, Math.max(0, there), pixelCount)
  strips.fill(0, 0, pixelCount)
  weights.fill(WEIGHTS.free, 0, pixelCount)
  const endBytes = Math.min(startBytes + pixelCount * bytesPerPixel, limitBytes)
  const put = (from: number, to: number, code: number, weight: number, strip = 0, least = 0): void => {
    const first = (Math.max(from, startBytes) - startBytes) / bytesPerPixel
    const last = Math.max((Math.min(to, endBytes) - startBytes) / bytesPerPixel, from >= startBytes ? Math.min(first + least, pixelCount) : 0)
    for (let x = Math.floor(first); x < last && x < pixelCount; x++) {
      const covered = weight + Math.min(x + 1, last) - Math.max(x, first)
      if (covered <= (weights[x] ?? 0)) continue
      weights[x] = covered
      codes[x] = code
      strips[x] = strip
    }
  }
  putFiles(model, stretch, endBytes, put)
  for (const { role, startBytes: from, endBytes: to, reservedEndBytes } of model.log ? model.devices : []) {
    if (to <= startBytes || from >= endBytes) continue
    if (role === 'secondary' && reservedEndBytes > startBytes) put(from, reservedEndBytes, SUPERBLOCK, WEIGHTS.log)
    if (role === 'other') put(from, to, UNKNOWN, WEIGHTS.log)
  }
  if (!model.log || startBytes >= model.log.endBytes) return
  for (const { kind, startBytes: from, endBytes: to } of fixedOf(model.log)) {
    if (to <= startBytes || from >= endBytes) continue
    const isUsed = kind === 'log_used' || kind === 'log_header'
    const code = kind.startsWith('superblock') ? SUPERBLOCK : isUsed ? LOG_USED : LOG_FREE
    put(from, to, code, WEIGHTS.log + (isUsed ? 1 : 0), 0, kind === 'log_header' ? stretch.leastPixels : 0)
  }
}

type Put = (from: number, to: number, code: number, weight: number, strip?: number) => void

function putFiles({ segments }: MapModel, stretch: Stretch, endBytes: number, put: Put): void {
  const { files, owner, rival, extent, startBytes, endBytes: ends } = segments
  for (let i = firstEndingAfter(segments, stretch.startBytes); i < segments.count; i++) {
    const from = startBytes[i] ?? 0
    if (from >= endBytes) return
    const to = ends[i] ?? 0
    const file = files[owner[i] ?? -1]
    if (!file) continue
    const strip = file.chunkBytes === undefined ? 0 : (extent[i] ?? 0) + 1
    if ((rival[i] ?? -1) >= 0) put(from, to, RIVALS, WEIGHTS.file, CLASH)
    else if (isBanded(file, stretch.bytesPerPixel)) putChunks(file, extent[i] ?? 0, Math.max(from, stretch.startBytes), Math.min(to, endBytes), stretch, put)
    else putPlain(file, extent[i] ?? 0, from, to, stretch.isFine, put, strip)
  }
}

/** The chunks of an interleaved file are large enough to be told apart. */
export function isBanded(file: MediaFile, bytesPerPixel: number): boolean {
  return file.chunkBytes !== undefined && file.chunkBytes / bytesPerPixel >= CHUNK_LEAST_PIXELS
}

function putPlain(file: MediaFile, extent: number, from: number, to: number, isFine: boolean, put: Put, strip: number): void {
  const code = FILE + file.colour
  const end = isFine && file.chunkBytes === undefined ? Math.min(Math.max(dataEnd(file, extent), from), to) : to
  if (from < end) put(from, end, code, WEIGHTS.file, strip)
  if (end < to) put(end, to, code + PAST_END, WEIGHTS.file, strip)
}

function putChunks(file: MediaFile, strip: number, from: number, to: number, { isFine }: Stretch, put: Put): void {
  const start = file.extents[strip]?.offsetBytes ?? 0
  const chunkBytes = file.chunkBytes ?? 1
  for (let row = Math.floor((from - start) / chunkBytes); start + row * chunkBytes < to; row++) {
    const chunkStart = start + row * chunkBytes
    const isPast = isFine && (row * file.extents.length + strip) * chunkBytes >= file.sizeBytes
    const code = FILE + file.colour + (isPast ? PAST_END : row % 2 === 1 ? SECOND_CHUNK : 0)
    put(Math.max(from, chunkStart), Math.min(to, chunkStart + chunkBytes), code, WEIGHTS.file, strip + 1)
  }
}

/** First byte of the extent that the file doesn't reach. */
function dataEnd(file: MediaFile, extent: number): number {
  let rest = file.sizeBytes
  for (let i = 0; i < extent; i++) rest -= file.extents[i]?.lengthBytes ?? 0
  return (file.extents[extent]?.offsetBytes ?? 0) + Math.max(0, rest)
}
