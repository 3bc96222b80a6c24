// The device as a grid of cells, one per allocation unit, or per several where there are more units than one can see.
// From the snapshot alone: superblock, log and file extents say what every unit is.

import { ALLOC_UNIT_BYTES } from '../core/omf/constants.ts'
import type { Snapshot } from '../playground/types.ts'
import { addressText, countText, plural, sizeText } from './format.ts'
import { mediaIndex } from './mediaIndex.ts'
import { logOffsetOf } from './overlay.ts'

const CELLS_MOST = 4096

export interface Cell {
  kind: 'superblock' | 'log' | 'file' | 'free'
  entryIndex: number | undefined
  colour: number
  /** Number of the strip, for its pattern; undefined where the map isn't interleaved. */
  strip: number | undefined
  /** How much of a log cell holds entries: 0 to 1. */
  fill: number
}

export interface CellMap {
  cells: Cell[]
  cellBytes: number
  unitBytes: number
}

export function cellsOf(snapshot: Pick<Snapshot, 'device' | 'files'>): CellMap {
  const { filesystem, sizeBytes } = snapshot.device
  const unitBytes = filesystem?.unitBytes ?? ALLOC_UNIT_BYTES
  const unitCount = Math.ceil(sizeBytes / unitBytes)
  const cellBytes = unitBytes * Math.max(1, Math.ceil(unitCount / CELLS_MOST))
  const free: Cell = { kind: 'free', entryIndex: undefined, colour: 0, strip: undefined, fill: 0 }
  const cells = Array.from({ length: Math.ceil(sizeBytes / cellBytes) }, () => free)
  if (!filesystem) return { cells, cellBytes, unitBytes }

  const paint = (offsetBytes: number, lengthBytes: number, make: (index: number) => Cell): void => {
    const end = Math.min(Math.ceil((offsetBytes + lengthBytes) / cellBytes), cells.length)
    for (let i = Math.max(0, Math.floor(offsetBytes / cellBytes)); i < end; i++) cells[i] = make(i)
  }
  const logOffset = logOffsetOf(snapshot)
  const entriesEnd = logOffset + (filesystem.logLengthBytes * filesystem.entryCount) / Math.max(1, filesystem.slotCount)
  for (const file of snapshot.files) {
    const interleaved = file.chunkBytes !== undefined
    for (const [i, extent] of file.extents.entries()) {
      const cell: Cell = { kind: 'file', entryIndex: file.entryIndex, colour: file.colour, strip: interleaved ? i : undefined, fill: 1 }
      paint(extent.offsetBytes, extent.lengthBytes, () => cell)
    }
  }
  paint(logOffset, filesystem.logLengthBytes, (i) => ({ ...free, kind: 'log', fill: clamp((entriesEnd - i * cellBytes) / cellBytes) }))
  paint(0, logOffset, () => ({ ...free, kind: 'superblock', fill: 1 }))
  return { cells, cellBytes, unitBytes }
}

/** One sentence on a cell, for caption and screen reader. */
export function cellText(snapshot: Snapshot, map: CellMap, index: number): string {
  const cell = map.cells[index]
  if (!cell) return ''
  const units = map.cellBytes / map.unitBytes
  const where = `${units === 1 ? `unit ${countText(index)}` : `units ${countText(index * units)} to ${countText((index + 1) * units - 1)}`} at ${addressText(index * map.cellBytes)}`
  if (cell.kind === 'file') {
    const file = cell.entryIndex === undefined ? undefined : mediaIndex(snapshot.files).byEntry.get(cell.entryIndex)
    return `${where}: ${file?.path ?? 'a file'}${cell.strip === undefined ? '' : `, strip ${cell.strip}`}`
  }
  if (cell.kind === 'log') {
    const log = snapshot.device.filesystem
    return `${where}: log${log ? `, ${plural(log.entryCount, 'entry', 'entries')} of ${countText(log.slotCount)} slots` : ''}`
  }
  return `${where}: ${cell.kind === 'free' ? `free, ${sizeText(map.cellBytes)}` : 'superblock'}`
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1)
}
