// How far in one is: from all devices over units and pages to bytes. A level says how much a cell is; a grid says where
// cells stand in a box. Each device begins a row, beside its caption where there are several: captions have a gutter to the
// left, so that rows stay high enough to be read. The last cell of each may be cut short by the device's end.

import { KIB } from '../../core/base/align.ts'

export type LevelName = 'device' | 'units' | 'blocks' | 'pages' | 'bytes'

export interface Level {
  name: LevelName
  cellBytes: number
}

/** Of what is drawn into, in CSS pixels. */
export interface Box {
  widthPx: number
  heightPx: number
  remPx: number
}

/** A stretch that begins a row of its own: one device. */
export interface Part {
  startBytes: number
  endBytes: number
}

interface GridPart extends Part {
  firstCell: number
  cellCount: number
  firstRow: number
  rowCount: number
  /** Where its rows begin in the whole picture. */
  topPx: number
}

export interface Grid {
  columns: number
  rows: number
  stepXPx: number
  stepYPx: number
  cellBytes: number
  cellCount: number
  /** Room to the left of all cells, for captions; 0 where nothing needs to be said. */
  gutterPx: number
  /** Between two parts. */
  gapPx: number
  heightPx: number
  parts: readonly GridPart[]
}

/** What lies in the picture, and whether each part of it has a caption. */
export interface Lot {
  parts: readonly Part[]
  isCaptioned: boolean
}

export const BLOCK_BYTES = 64 * KIB
export const PAGE_BYTES = 4 * KIB

const SMALLEST_REM = 0.5
const LARGEST_REM = 4
const CELL_REM = 1.5
const BYTE_REM = 1.5
const MOST_COLUMNS = 64
/** A row in which a chunk's number can be read; where several parts have less room than that, rows are as low as a caption. */
const READABLE_REM = 1
const CAPTION_REM = 0.75
const GUTTER_REM = 5
const NARROW_GUTTER_REM = 4
const NARROW_REM = 32
const GAP_PX = 2

function oneLot(sizeBytes: number): Lot {
  return { parts: [{ startBytes: 0, endBytes: sizeBytes }], isCaptioned: false }
}

/** From far to near. Everything fits at the first, and each of the others shows less than the one before. */
export function levelsFor(sizeBytes: number, unitBytes: number, box: Box, lot: Lot = oneLot(sizeBytes)): Level[] {
  const least = SMALLEST_REM * box.remPx
  const room = roomFor(box, lot)
  const columns = Math.max(1, Math.floor(room.widthPx / least))
  const rows = Math.max(lot.parts.length, Math.floor(room.heightPx / leastRowPx(box, lot)))
  let whole = unitBytes
  while (rowCountOf(countsOf(lot, whole), columns) > rows) whole *= 2
  const levels: Level[] = [{ name: 'device', cellBytes: whole }]
  const nearer: Level[] = [{ name: 'units', cellBytes: unitBytes }, { name: 'blocks', cellBytes: BLOCK_BYTES }, { name: 'pages', cellBytes: PAGE_BYTES }, { name: 'bytes', cellBytes: 1 }]
  // Where a unit is a page, blocks come before units.
  nearer.sort((a, b) => b.cellBytes - a.cellBytes)
  for (const level of nearer) if (level.cellBytes < (levels.at(-1)?.cellBytes ?? 0)) levels.push(level)
  return levels
}

export function gridFor(level: Level, sizeBytes: number, box: Box, lot: Lot = oneLot(sizeBytes)): Grid {
  const { cellBytes } = level
  const counts = countsOf(lot, cellBytes)
  const room = roomFor(box, lot)
  const { columns, stepXPx, stepYPx } = level.name === 'device' ? wholeSteps(counts, room, leastRowPx(box, lot)) : nearSteps(level, room)
  const gutterPx = gutterOf(box, lot)
  const gapPx = lot.parts.length > 1 ? GAP_PX : 0
  const parts: GridPart[] = []
  let firstCell = 0
  let firstRow = 0
  for (const [i, { startBytes, endBytes }] of lot.parts.entries()) {
    const cellCount = counts[i] ?? 0
    const rowCount = Math.max(1, Math.ceil(cellCount / columns))
    parts.push({ startBytes, endBytes, firstCell, cellCount, firstRow, rowCount, topPx: i * gapPx + firstRow * stepYPx })
    firstCell += cellCount
    firstRow += rowCount
  }
  return { columns, rows: firstRow, stepXPx, stepYPx, cellBytes, cellCount: firstCell, gutterPx, gapPx, heightPx: firstRow * stepYPx + Math.max(0, parts.length - 1) * gapPx, parts }
}

function countsOf({ parts }: Lot, cellBytes: number): number[] {
  return parts.map(({ startBytes, endBytes }) => Math.ceil((endBytes - startBytes) / cellBytes))
}

function rowCountOf(counts: readonly number[], columns: number): number {
  return counts.reduce((sum, count) => sum + Math.ceil(count / columns), 0)
}

/** By four pixels, which are whole ones of any screen. */
function gutterOf({ widthPx, remPx }: Box, { isCaptioned }: Lot): number {
  return isCaptioned ? Math.round(((widthPx < NARROW_REM * remPx ? NARROW_GUTTER_REM : GUTTER_REM) * remPx) / 4) * 4 : 0
}

/** What captions and gaps leave; where that is nothing, rows as low as they may be, and the picture is scrolled. */
function roomFor(box: Box, lot: Lot): Box {
  const { length } = lot.parts
  const heightPx = Math.max(box.heightPx - (length - 1) * GAP_PX, length > 1 ? length * CAPTION_REM * box.remPx : 0)
  return { ...box, widthPx: Math.max(1, box.widthPx - gutterOf(box, lot)), heightPx }
}

function leastRowPx({ remPx }: Box, { parts }: Lot): number {
  return (parts.length > 1 ? READABLE_REM : SMALLEST_REM) * remPx
}

/** Cells as large as fit and about square. */
function wholeSteps(counts: readonly number[], { widthPx, heightPx, remPx }: Box, leastYPx: number) {
  let best = { columns: 1, stepXPx: 1, stepYPx: 1 }
  let bestSide = 0
  const guess = Math.sqrt((Math.max(1, ...counts) * counts.length * widthPx) / Math.max(1, heightPx))
  // Rows that several parts end in the middle of make the best count hard to guess.
  const to = Math.min(counts.length > 1 ? Math.max(1, Math.floor(widthPx)) : Math.ceil(guess * 1.5) + 1, Math.max(1, ...counts))
  for (let columns = Math.max(1, Math.floor(guess / 1.5 / counts.length)); columns <= to; columns++) {
    const stepXPx = Math.min(widthPx / columns, LARGEST_REM * remPx)
    const stepYPx = Math.min(heightPx / Math.max(1, rowCountOf(counts, columns)), LARGEST_REM * remPx)
    const side = Math.min(stepXPx, stepYPx)
    if (side <= bestSide) continue
    best = { columns, stepXPx: Math.min(stepXPx, side * 1.5), stepYPx: Math.min(stepYPx, Math.max(side * 1.5, leastYPx)) }
    bestSide = side
  }
  return best
}

/** A power of two of cells to a row, so that units, chunks and pages stand under one another. */
function nearSteps(level: Level, { widthPx, remPx }: Box) {
  const least = (level.name === 'bytes' ? BYTE_REM : CELL_REM) * remPx
  const columns = Math.min(MOST_COLUMNS, 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, widthPx) / least))))
  return { columns, stepXPx: Math.max(1, widthPx) / columns, stepYPx: least }
}

/** The cell that a byte is in. */
export function cellOf(grid: Grid, offsetBytes: number): number {
  const part = partAt(grid.parts, offsetBytes)
  if (!part) return 0
  return part.firstCell + Math.min(Math.max(0, Math.floor((offsetBytes - part.startBytes) / grid.cellBytes)), Math.max(0, part.cellCount - 1))
}

/** The cell's first byte. */
export function cellStart(grid: Grid, cell: number): number {
  const part = grid.parts.findLast(({ firstCell }) => firstCell <= cell)
  return part ? part.startBytes + (cell - part.firstCell) * grid.cellBytes : 0
}

export function partAt<P extends Part>(parts: readonly P[], offsetBytes: number): P | undefined {
  return parts.findLast(({ startBytes }) => startBytes <= offsetBytes) ?? parts[0]
}

/** Where the cell of that size begins that holds the byte: cells are counted from where their part begins. */
export function alignedAt(parts: readonly Part[], offsetBytes: number, cellBytes: number): number {
  const { startBytes } = partAt(parts, offsetBytes) ?? { startBytes: 0 }
  return startBytes + Math.floor((offsetBytes - startBytes) / cellBytes) * cellBytes
}

export function rowOf(grid: Grid, offsetBytes: number): number {
  const part = partAt(grid.parts, offsetBytes)
  return part ? part.firstRow + Math.floor((cellOf(grid, offsetBytes) - part.firstCell) / grid.columns) : 0
}

/** What a row shows; it may end before the row does. */
export function rowStretch(grid: Grid, row: number): Part {
  const part = grid.parts.findLast(({ firstRow }) => firstRow <= row)
  if (!part) return { startBytes: 0, endBytes: 0 }
  const startBytes = part.startBytes + (row - part.firstRow) * grid.columns * grid.cellBytes
  return { startBytes, endBytes: Math.min(startBytes + grid.columns * grid.cellBytes, part.endBytes) }
}

/** Of a row, in the whole picture. */
export function rowTopPx({ parts, gapPx, stepYPx }: Grid, row: number): number {
  const before = parts.findLastIndex(({ firstRow }) => firstRow <= row)
  return row * stepYPx + Math.max(0, before) * gapPx
}

/** Rows of which something shows. */
export function rowsBetween(grid: Grid, fromPx: number, toPx: number): { first: number; end: number } {
  const at = (yPx: number, round: (rows: number) => number): number => {
    const part = grid.parts.findLast(({ topPx }) => topPx <= yPx)
    if (!part) return 0
    return part.firstRow + Math.min(Math.max(0, round((yPx - part.topPx) / grid.stepYPx)), part.rowCount)
  }
  return { first: Math.min(at(fromPx, Math.floor), Math.max(0, grid.rows - 1)), end: at(toPx, Math.ceil) }
}

/**
 * The byte at a point, as finely as pixels tell; undefined where no cell is. A caption stands for the row that it is beside.
 * @param topPx how far the grid is scrolled
 */
export function offsetAt(grid: Grid, xPx: number, yPx: number, topPx: number): number | undefined {
  const part = grid.parts.findLast((candidate) => candidate.topPx <= yPx + topPx)
  if (!part) return undefined
  const row = Math.floor((yPx + topPx - part.topPx) / grid.stepYPx)
  const column = xPx >= 0 && xPx < grid.gutterPx ? 0 : (xPx - grid.gutterPx) / grid.stepXPx
  if (row < 0 || row >= part.rowCount || column < 0 || column >= grid.columns) return undefined
  const offset = part.startBytes + Math.floor((row * grid.columns + column) * grid.cellBytes)
  return offset < part.endBytes ? offset : undefined
}

/** Cursor keys by their names: the cell that they lead to, or undefined for another key. */
export function moved(key: string, grid: Grid, cell: number, pageRows: number): number | undefined {
  const last = Math.max(0, grid.cellCount - 1)
  const page = Math.max(1, pageRows)
  const sideways: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -last, End: last }
  const step = sideways[key]
  if (step !== undefined) return Math.min(Math.max(0, cell + step), last)
  const rows: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }
  const by = rows[key]
  return by === undefined ? undefined : cellBelow(grid, cell, by)
}

/** In the same column, or the last cell of a row that is shorter. */
function cellBelow(grid: Grid, cell: number, by: number): number {
  const start = cellStart(grid, cell)
  const row = rowOf(grid, start) + by
  if (row < 0) return 0
  if (row >= grid.rows) return Math.max(0, grid.cellCount - 1)
  const from = grid.parts.findLast(({ firstCell }) => firstCell <= cell)
  const to = grid.parts.findLast(({ firstRow }) => firstRow <= row)
  if (!from || !to) return cell
  const column = (cell - from.firstCell) % grid.columns
  return to.firstCell + Math.min((row - to.firstRow) * grid.columns + column, to.cellCount - 1)
}

/** Part of one row, in CSS pixels of the whole grid. */
export interface Span {
  row: number
  fromPx: number
  toPx: number
}

/**
 * Where a stretch of memory stands, row by row, for the rows given.
 * @param whole rounded out to whole cells
 */
export function spansOf(grid: Grid, startBytes: number, endBytes: number, firstRow: number, endRow: number, whole = false): Span[] {
  const { cellBytes, columns, stepXPx } = grid
  const spans: Span[] = []
  for (const part of grid.parts) {
    const from = (Math.max(startBytes, part.startBytes) - part.startBytes) / cellBytes
    const to = (Math.min(endBytes, part.endBytes) - part.startBytes) / cellBytes
    const start = whole ? Math.floor(from) : from
    const end = whole ? Math.ceil(to) : to
    if (end <= start) continue
    for (let row = Math.max(firstRow - part.firstRow, Math.floor(start / columns)); row < endRow - part.firstRow && row * columns < end; row++) {
      const fromPx = Math.max(0, start - row * columns) * stepXPx
      const toPx = Math.min(columns, end - row * columns) * stepXPx
      spans.push({ row: part.firstRow + row, fromPx, toPx })
    }
  }
  return spans
}
