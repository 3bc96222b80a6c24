// How far in one is: from the whole device over units and pages to bytes. A level says how much a cell is; a grid says where
// cells stand in a box. Every offset is on the grid of its level, and the last cell may be cut short by the device's end.

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

export interface Grid {
  columns: number
  rows: number
  stepXPx: number
  stepYPx: number
  cellBytes: number
  cellCount: number
}

export const BLOCK_BYTES = 64 * KIB
export const PAGE_BYTES = 4 * KIB

const SMALLEST_REM = 0.5
const LARGEST_REM = 4
const CELL_REM = 1.5
const BYTE_REM = 1.5
const MOST_COLUMNS = 64

/** From far to near. Everything fits at the first, and each of the others shows less than the one before. */
export function levelsFor(sizeBytes: number, unitBytes: number, box: Box): Level[] {
  const least = SMALLEST_REM * box.remPx
  const room = Math.max(1, Math.floor(box.widthPx / least) * Math.floor(box.heightPx / least))
  let whole = unitBytes
  while (Math.ceil(sizeBytes / whole) > room) whole *= 2
  const levels: Level[] = [{ name: 'device', cellBytes: whole }]
  const nearer: Level[] = [{ name: 'units', cellBytes: unitBytes }, { name: 'blocks', cellBytes: BLOCK_BYTES }, { name: 'pages', cellBytes: PAGE_BYTES }, { name: 'bytes', cellBytes: 1 }]
  // Where a unit is a page, blocks come before units.
  nearer.sort((a, b) => b.cellBytes - a.cellBytes)
  for (const level of nearer) if (level.cellBytes < (levels.at(-1)?.cellBytes ?? 0)) levels.push(level)
  return levels
}

export function gridFor(level: Level, sizeBytes: number, box: Box): Grid {
  const cellCount = Math.ceil(sizeBytes / level.cellBytes)
  const { columns, stepXPx, stepYPx } = level.name === 'device' ? wholeSteps(cellCount, box) : nearSteps(level, box)
  return { columns, rows: Math.max(1, Math.ceil(cellCount / columns)), stepXPx, stepYPx, cellBytes: level.cellBytes, cellCount }
}

/** Cells as large as fit and about square. */
function wholeSteps(cellCount: number, { widthPx, heightPx, remPx }: Box) {
  let best = { columns: 1, stepXPx: 1, stepYPx: 1 }
  let bestSide = 0
  const guess = Math.sqrt((Math.max(1, cellCount) * widthPx) / Math.max(1, heightPx))
  const to = Math.min(Math.ceil(guess * 1.5) + 1, Math.max(1, cellCount))
  for (let columns = Math.max(1, Math.floor(guess / 1.5)); columns <= to; columns++) {
    const stepXPx = Math.min(widthPx / columns, LARGEST_REM * remPx)
    const stepYPx = Math.min(heightPx / Math.max(1, Math.ceil(cellCount / columns)), LARGEST_REM * remPx)
    const side = Math.min(stepXPx, stepYPx)
    if (side <= bestSide) continue
    best = { columns, stepXPx: Math.min(stepXPx, side * 1.5), stepYPx: Math.min(stepYPx, side * 1.5) }
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
  return Math.min(Math.max(0, Math.floor(offsetBytes / grid.cellBytes)), Math.max(0, grid.cellCount - 1))
}

/**
 * The byte at a point, as finely as pixels tell; undefined where no cell is.
 * @param topPx how far the grid is scrolled
 */
export function offsetAt(grid: Grid, sizeBytes: number, xPx: number, yPx: number, topPx: number): number | undefined {
  const row = Math.floor((yPx + topPx) / grid.stepYPx)
  const column = xPx / grid.stepXPx
  if (row < 0 || row >= grid.rows || column < 0 || column >= grid.columns) return undefined
  const offset = Math.floor((row * grid.columns + column) * grid.cellBytes)
  return offset < sizeBytes ? offset : undefined
}

/** Cursor keys by their names: the offset that they lead to, or undefined for another key. */
export function moved(key: string, grid: Grid, cell: number, pageRows: number): number | undefined {
  const last = Math.max(0, grid.cellCount - 1)
  const page = Math.max(1, pageRows) * grid.columns
  const steps: Record<string, number> = {
    ArrowRight: 1, ArrowLeft: -1, ArrowDown: grid.columns, ArrowUp: -grid.columns, PageDown: page, PageUp: -page, Home: -last, End: last,
  }
  const step = steps[key]
  return step === undefined ? undefined : Math.min(Math.max(0, cell + step), last)
}

/** Part of one row, in CSS pixels of the whole grid. */
export interface Span {
  row: number
  fromPx: number
  toPx: number
}

/**
 * Where a stretch of the device stands, row by row, for the rows given.
 * @param whole rounded out to whole cells
 */
export function spansOf(grid: Grid, startBytes: number, endBytes: number, firstRow: number, endRow: number, whole = false): Span[] {
  const { cellBytes, columns, stepXPx } = grid
  const start = whole ? Math.floor(startBytes / cellBytes) : startBytes / cellBytes
  const end = whole ? Math.ceil(endBytes / cellBytes) : endBytes / cellBytes
  const spans: Span[] = []
  if (end <= start) return spans
  for (let row = Math.max(firstRow, Math.floor(start / columns)); row < endRow && row * columns < end; row++) {
    const fromPx = Math.max(0, start - row * columns) * stepXPx
    const toPx = Math.min(columns, end - row * columns) * stepXPx
    spans.push({ row, fromPx, toPx })
  }
  return spans
}
