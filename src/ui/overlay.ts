// What stands at a device address, and what its bytes mean: names, kinds and meaning come from the tables of omf, never
// from here. Nothing is believed: an address is described by where it lies, its bytes are judged by their checksum.

import { crc32 } from '../core/base/crc32.ts'
import { textOf } from '../core/base/plain.ts'
import { uuidText } from '../core/base/uuid.ts'
import { SUPERBLOCK_REGION_BYTES } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, LOG_HEADER_CRC_OFFSET, LogEntry, LogHeader } from '../core/omf/log.ts'
import type { Row } from '../core/omf/struct.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../core/omf/superblock.ts'
import { deviceWords } from '../playground/spoken.ts'
import type { MediaFile } from '../playground/types.ts'
import { entryOffset, logOffsetOf } from './addresses.ts'
import { countText, hexText, octalText, sizeText } from './format.ts'
import { chunksText, extentText } from './inspector/fileMap.ts'
import { gapAround, pieceAt } from './inspector/pieces.ts'
import { partAt } from './map/levels.ts'
import { type Media, partsOf } from './map/model.ts'

export type PlaceKind = 'superblock' | 'log_header' | 'log_entry' | 'file' | 'rest'

/** A piece of the device that is one thing. */
export interface Place {
  kind: PlaceKind
  title: string
  startBytes: number
  lengthBytes: number
  /** Of a log entry, or of the file's. */
  entryIndex: number | undefined
  file: MediaFile | undefined
  /** Extent or strip of the file. */
  piece: number | undefined
}

export interface FieldView extends Row {
  value: string
  meaning: string
}

export interface Checksum {
  stored: bigint
  computed: number
  right: boolean
  /** First byte after what it covers. */
  coversBytes: number
}

export function placeAt(snapshot: Media, offsetBytes: number): Place {
  const place = (kind: PlaceKind, title: string, startBytes: number, lengthBytes: number): Place =>
    ({ kind, title, startBytes, lengthBytes, entryIndex: undefined, file: undefined, piece: undefined })
  const filesystem = snapshot.device.filesystem
  const logOffset = logOffsetOf(snapshot)
  if (offsetBytes < Superblock.sizeBytes) return place('superblock', 'Superblock', 0, Superblock.sizeBytes)
  if (offsetBytes < logOffset) {
    return place('rest', 'Rest of the superblock region', Superblock.sizeBytes, SUPERBLOCK_REGION_BYTES - Superblock.sizeBytes)
  }
  if (offsetBytes < logOffset + LOG_HEADER_BYTES) return place('log_header', 'Log header', logOffset, LOG_HEADER_BYTES)
  if (filesystem && offsetBytes < logOffset + filesystem.logLengthBytes) {
    const index = Math.floor((offsetBytes - logOffset - LOG_HEADER_BYTES) / LOG_ENTRY_BYTES)
    if (index >= filesystem.slotCount) {
      const start = entryOffset(snapshot, filesystem.slotCount)
      return place('rest', 'End of the log, too short for an entry', start, logOffset + filesystem.logLengthBytes - start)
    }
    const title = index < filesystem.entryCount ? `Log entry ${index}` : `Free log slot ${countText(index)}`
    return { ...place('log_entry', title, entryOffset(snapshot, index), LOG_ENTRY_BYTES), entryIndex: index }
  }
  const piece = pieceAt(snapshot, offsetBytes)
  if (piece) {
    const { file, index, startBytes, endBytes } = piece
    const word = file.extents.length < 2 ? 'data' : `${pieceWord(file)} ${index}`
    return { ...place('file', `${file.path}, ${word}`, startBytes, endBytes - startBytes), entryIndex: file.entryIndex, file, piece: index }
  }
  const on = filesystem && partAt(partsOf(snapshot), offsetBytes)
  if (on && on.startBytes > 0) {
    const { startBytes, reservedEndBytes } = on
    if (on.role === 'other') return place('rest', `${on.name}, in no file system`, startBytes, on.endBytes - startBytes)
    if (offsetBytes < startBytes + Superblock.sizeBytes) return place('superblock', `Superblock of ${deviceWords(on)}`, startBytes, Superblock.sizeBytes)
    if (offsetBytes < reservedEndBytes) return place('rest', 'Rest of the superblock region', startBytes + Superblock.sizeBytes, SUPERBLOCK_REGION_BYTES - Superblock.sizeBytes)
  }
  if (!filesystem) return place('rest', 'No file system says what this is', offsetBytes, 1)
  const gap = gapAround(snapshot, offsetBytes)
  return place('rest', 'Free space', gap.offsetBytes, gap.lengthBytes)
}

function pieceWord(file: MediaFile): string {
  return file.chunkBytes === undefined ? 'extent' : 'strip'
}

/** Bytes to read for the overlay: whole structs, and nothing of file data. */
export function overlayLength(place: Place): number {
  return place.kind === 'superblock' || place.kind === 'log_header' || place.kind === 'log_entry' ? place.lengthBytes : 0
}

/** @param bytes the whole struct; for files and free space they aren't needed */
export function fieldsOf(place: Place, bytes: Uint8Array): FieldView[] {
  const table = tableOf(place)
  if (!table) return place.file ? extentsOf(place.file) : []
  if (bytes.length < table.sizeBytes) return []
  return viewsOf(table.rows(bytes), bytes)
}

/** @param bytes that the rows' offsets count in */
export function viewsOf(rows: readonly Row[], bytes: Uint8Array): FieldView[] {
  return rows.map((row) => ({ ...row, value: valueOf(row, bytes), meaning: meaningOf(row, bytes) }))
}

export function checksumOf(place: Place, bytes: Uint8Array): Checksum | undefined {
  const table = tableOf(place)
  if (!table || bytes.length < table.sizeBytes) return undefined
  const coversBytes = place.kind === 'superblock' ? SUPERBLOCK_CRC_OFFSET : place.kind === 'log_header' ? LOG_HEADER_CRC_OFFSET : LOG_ENTRY_CRC_OFFSET
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(coversBytes, true)
  const computed = crc32(bytes.subarray(0, coversBytes))
  return { stored, computed, right: stored === BigInt(computed), coversBytes }
}

function tableOf(place: Place) {
  if (place.kind === 'superblock') return Superblock
  if (place.kind === 'log_header') return LogHeader
  return place.kind === 'log_entry' ? LogEntry : undefined
}

/** A file has no struct of its own on the device: its fields are where its bytes lie. Offsets are of the device here. */
function extentsOf(file: MediaFile): FieldView[] {
  const piecesText = file.chunkBytes === undefined ? extentText : chunksText
  return file.extents.map((extent, i) => ({
    path: `${pieceWord(file)} ${i}`,
    offsetBytes: extent.offsetBytes,
    sizeBytes: extent.lengthBytes,
    kind: 'bytes',
    doc: '',
    value: sizeText(extent.lengthBytes),
    meaning: piecesText(file, i),
  }))
}

function valueOf(row: Row, bytes: Uint8Array): string {
  const raw = bytes.subarray(row.offsetBytes, row.offsetBytes + row.sizeBytes)
  if (row.kind === 'uuid') return uuidText(raw)
  if (row.kind === 'text') {
    const end = raw.indexOf(0)
    return `“${textOf(raw.subarray(0, end < 0 ? raw.length : end))}”`
  }
  if (row.kind === 'unused' || row.kind === 'bytes') return raw.every((byte) => byte === 0) ? 'zero' : 'not zero'
  const value = numberOf(row, bytes)
  if (row.path.endsWith('mode')) return octalText(Number(value))
  return /magic|crc|offset/.test(row.path) ? hexText(value) : countText(value)
}

function meaningOf(row: Row, bytes: Uint8Array): string {
  if (!isNumber(row) || !/(len|size|unit|offset)$/.test(row.path)) return row.doc
  const value = numberOf(row, bytes)
  return value >= 1024n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? `${sizeText(Number(value))}: ${row.doc}` : row.doc
}

function isNumber(row: Row): boolean {
  return row.kind === 'u64' || row.kind === 'u32' || row.kind === 'u16' || row.kind === 'u8'
}

function numberOf(row: Row, bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = row.sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[row.offsetBytes + i] ?? 0)
  return value
}
