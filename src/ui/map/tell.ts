// What stands where, in words: one sentence on a cell for caption and screen reader, and the way in from the device to where
// one is. The same words at every level.

import { deviceWords } from '../../playground/spoken.ts'
import type { MediaFile } from '../../playground/types.ts'
import { addressText, countText, listText, plural, sizeText } from '../format.ts'
import { asciiText, byteText } from '../byteText.ts'
import { chunkAt } from '../inspector/fileMap.ts'
import { alignedAt, type Level, PAGE_BYTES, partAt } from './levels.ts'
import { entryAt, fileOfEntry, fileOffset, type MapModel, partOf, slotAt, type Thing, thingAt } from './model.ts'
import { firstEndingAfter } from './segments.ts'

export interface Crumb {
  text: string
  /** Position of the level that shows what is inside. */
  level: number
}

const CHUNKS_TOLD = 3

/**
 * @param offsetBytes of what is pointed at; the cell around it is told, and what is pointed at comes first
 * @param byte its value, at the level of bytes and once it is read
 */
export function cellText(model: MapModel, level: Level, offsetBytes: number, byte?: number): string {
  if (offsetBytes >= model.sizeBytes) return ''
  const start = alignedAt(model.devices, offsetBytes, level.cellBytes)
  const where = whereText(model, level, start)
  const failed = failedText(model, start, start + level.cellBytes)
  if (level.cellBytes === 1) return `${where}${byte === undefined ? '' : ` is 0x${byteText(byte)}${byte >= 0x20 && byte < 0x7f ? ` “${asciiText(byte)}”` : ''}`}: ${thingText(model, level, start)}${failed}`
  const end = Math.min(start + level.cellBytes, partAt(model.devices, start)?.endBytes ?? model.sizeBytes)
  return `${where}: ${[thingText(model, level, Math.max(start, offsetBytes)), ...othersIn(model, start, end, offsetBytes)].join('; also ')}${failed}`
}

/** What the hardware says of the cell; empty where all is well. */
function failedText({ devices }: MapModel, start: number, end: number): string {
  const health = partAt(devices, start)?.health
  if (health?.isStopped) return '; the device does not answer'
  const bytes = (health?.poison ?? []).reduce((sum, { offsetBytes, lengthBytes }) => sum + Math.max(0, Math.min(end, offsetBytes + lengthBytes) - Math.max(start, offsetBytes)), 0)
  if (bytes === 0) return ''
  return bytes === end - start ? '; poisoned' : `; ${sizeText(bytes)} of it poisoned`
}

/** Whose it is, and how it is laid out; undefined for a file in one piece. */
export function layoutText(file: MediaFile): string | undefined {
  const count = file.extents.length
  if (file.chunkBytes === undefined) return count > 1 ? `${file.path} is in ${plural(count, 'extent')}, one after the other in file order` : undefined
  const told = Array.from({ length: Math.min(count, CHUNKS_TOLD) }, (_, k) => `chunk ${k} on strip ${k}`)
  const round = count > 1 ? `, and chunk ${count} on strip 0 again` : ''
  return `${file.path} has ${plural(count, 'strip')}, chunks of ${roundText(file.chunkBytes)}: ${told.join(', ')}${count > CHUNKS_TOLD ? ', ...' : ''}${round}`
}

/** The way in, the device first; the last one is where we are. */
export function crumbsOf(model: MapModel, levels: readonly Level[], index: number, offsetBytes: number): Crumb[] {
  const inside = levels.slice(0, index).map((level, i) => {
    const start = alignedAt(model.devices, offsetBytes, level.cellBytes)
    const name = level.cellBytes === model.unitBytes ? nameAt(model, start) : undefined
    return { text: `${whereText(model, level, start, true)}${name === undefined ? '' : `, ${name}`}`, level: i + 1 }
  })
  return [{ text: model.devices.length > 1 ? plural(model.devices.length, 'device') : 'Device', level: 0 }, ...inside]
}

/** How much a cell is, for the end of the way in, and for who only hears of it. */
export function levelText(model: MapModel, level: Level): string {
  if (level.cellBytes === 1) return 'bytes'
  if (level.cellBytes === model.unitBytes) return `units of ${roundText(level.cellBytes)}`
  return level.cellBytes === PAGE_BYTES ? 'pages of 4 KiB' : `cells of ${roundText(level.cellBytes)}`
}

/** The same as a sentence: its first word is never somebody's name. */
export function cellSentence(model: MapModel, level: Level, offsetBytes: number, byte?: number): string {
  const text = cellText(model, level, offsetBytes, byte)
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function whereText(model: MapModel, level: Level, start: number, brief = false): string {
  const { cellBytes } = level
  const device = partOf(model, start)
  const on = device ? `${deviceWords(device)}, ` : ''
  const offset = start - (device?.startBytes ?? 0)
  const address = addressText(offset)
  if (cellBytes === 1) return `${on}byte ${address}`
  if (cellBytes < model.unitBytes) return cellBytes === PAGE_BYTES ? `${on}page ${address}` : `${on}${roundText(cellBytes)} at ${address}`
  const sizeBytes = device ? device.endBytes - device.startBytes : model.sizeBytes
  const first = offset / model.unitBytes
  const last = Math.min(Math.ceil(sizeBytes / model.unitBytes), (offset + cellBytes) / model.unitBytes) - 1
  const units = first === last ? `unit ${countText(first)}` : `units ${countText(first)} to ${countText(last)}`
  return brief ? `${on}${units}` : `${on}${units} at ${address}`
}

function thingText(model: MapModel, level: Level, offset: number): string {
  const thing = thingAt(model, offset)
  const isFine = level.cellBytes < model.unitBytes
  if (thing.file) return fileText(thing.file, thing, offset, level, isFine, cellAround(model, offset, level))
  const { log } = model
  if (log && (thing.kind === 'log_used' || thing.kind === 'log_free') && level.cellBytes <= PAGE_BYTES) return slotText(model, level, offset)
  if (log && thing.kind.startsWith('log_')) {
    if (isFine && thing.kind === 'log_header') return `log header; ${plural(log.entryCount, 'entry', 'entries')} of ${countText(log.slotCount)} slots`
    return `log, ${plural(log.entryCount, 'entry', 'entries')} of ${countText(log.slotCount)} slots`
  }
  const words: Partial<Record<Thing['kind'], string>> = {
    superblock: 'superblock',
    superblock_rest: isFine ? 'rest of the superblock region' : 'superblock',
    free: isFine ? 'free' : `free, ${sizeText(Math.min(level.cellBytes, thing.endBytes - thing.startBytes))}`,
  }
  return words[thing.kind] ?? (partOf(model, offset)?.role === 'other' && log ? 'no part of the file system' : 'no file system says what this is')
}

/** @param isFine where in the file is told too; of larger cells, which chunks they hold */
function fileText(file: MediaFile, thing: Thing, offset: number, level: Level, isFine: boolean, cell: Cell): string {
  const parts = [file.path]
  if (file.extents.length > 1) parts.push(`${file.chunkBytes === undefined ? 'extent' : 'strip'} ${thing.extent}`)
  if (isFine) parts.push(...placeInFile(file, thing, offset, level))
  else parts.push(...chunksIn(file, thing.extent, cell))
  if (thing.rival) parts.push(`claimed by ${thing.rival.path} too`)
  return parts.join(', ')
}

function placeInFile(file: MediaFile, thing: Thing, offset: number, { cellBytes }: Level): string[] {
  const own = file.extents[thing.extent]
  const at = fileOffset(file, thing.extent, offset)
  if (!own || at === undefined || at >= file.sizeBytes) return ['past the end of the file']
  const { chunkBytes } = file
  // Where what the cell shows of it begins.
  const start = Math.max(Math.floor(offset / cellBytes) * cellBytes, thing.startBytes, chunkBytes === undefined ? 0 : offset - (at % chunkBytes))
  return [...chunksIn(file, thing.extent, { startBytes: offset, endBytes: offset + 1 }), `${cellBytes === 1 ? 'byte' : 'from byte'} ${countText(at - (offset - start))} of the file`]
}

interface Cell {
  startBytes: number
  endBytes: number
}

function cellAround({ devices }: MapModel, offset: number, { cellBytes }: Level): Cell {
  const startBytes = alignedAt(devices, offset, cellBytes)
  return { startBytes, endBytes: startBytes + cellBytes }
}

/** "chunk 4", "chunks 0 and 4", "chunks 0, 4 … 60": what of the strip is there. Nothing of a file without chunks. */
function chunksIn(file: MediaFile, strip: number, { startBytes, endBytes }: Cell): string[] {
  const own = file.extents[strip]
  if (file.chunkBytes === undefined || !own) return []
  const first = chunkAt(file, strip, Math.max(0, startBytes - own.offsetBytes))
  const last = chunkAt(file, strip, Math.min(own.lengthBytes, endBytes - own.offsetBytes) - 1)
  const count = file.extents.length
  if (last === first) return [`chunk ${countText(first)}`]
  return [last === first + count ? `chunks ${countText(first)} and ${countText(last)}` : `chunks ${countText(first)}, ${countText(first + count)} … ${countText(last)}`]
}

function slotText(model: MapModel, level: Level, offset: number): string {
  const slot = slotAt(model, offset) ?? 0
  const used = model.log?.entryCount ?? 0
  if (slot >= used) return `free log slot ${countText(slot)}`
  const index = entryAt(model, offset)
  const path = index === undefined ? undefined : fileOfEntry(model, index)?.path
  const of = path === undefined ? '' : `, for ${path}`
  const last = Math.min(used - 1, slotAt(model, offset + level.cellBytes - 1) ?? used - 1)
  return level.cellBytes > 1 && last > slot ? `log entry ${countText(slot)}${of}, up to entry ${countText(last)}` : `log entry ${countText(slot)}${of}`
}

function nameAt(model: MapModel, offset: number): string | undefined {
  const { kind, file } = thingAt(model, offset)
  if (file) return file.path
  if (kind === 'unknown') return undefined
  return kind.startsWith('log_') ? 'log' : kind === 'free' ? 'free' : 'superblock'
}

/** What else a cell of many things holds, in short. */
function othersIn(model: MapModel, start: number, end: number, pointedAt: number): string[] {
  const { segments, log } = model
  const pointed = thingAt(model, pointedAt)
  const said: string[] = []
  if (log && start < log.startBytes && !pointed.kind.startsWith('superblock')) said.push('superblock')
  if (log && log.startBytes < end && start < log.endBytes && !pointed.kind.startsWith('log_')) said.push('log')
  const others = new Set<MediaFile>()
  for (let i = firstEndingAfter(segments, start); i < segments.count && (segments.startBytes[i] ?? end) < end; i++) {
    const file = segments.files[segments.owner[i] ?? -1]
    if (file && file !== pointed.file) others.add(file)
  }
  const names = Array.from(others, (file) => file.path)
  if (names.length > 0) said.push(listText(names))
  return said
}

/** How far in the view is, for who doesn't see it. */
export function zoomSentence(model: MapModel, level: Level): string {
  return level.name === 'device' ? `${model.devices.length > 1 ? 'All devices' : 'Whole device'}, ${levelText(model, level)}.` : `Zoomed to ${levelText(model, level)}.`
}

/** What stands where nothing is pointed at. */
export function restText(model: MapModel, level: Level): string {
  const zoom = level.cellBytes === 1 ? 'Escape or - zooms out' : 'Press + or Enter, or turn the wheel with Ctrl, to zoom in'
  return `One cell is ${level.cellBytes === 1 ? 'a byte' : roundText(level.cellBytes)}${level.cellBytes === model.unitBytes ? ', one allocation unit' : ''}. ${zoom}.`
}

/** A size that is a power of two has nothing after the point. */
function roundText(bytes: number): string {
  return sizeText(bytes).replace('.0 ', ' ')
}
