// What is drawn, and where in the box a row of cells stands: the same for cells, marks and captions.

import type { Box, Grid, Level } from './levels.ts'
import { rowTopPx } from './levels.ts'
import type { MapModel } from './model.ts'
import type { Palette } from './palette.ts'

export interface Scene {
  model: MapModel
  level: Level
  grid: Grid
  box: Box
  /** How far the grid is scrolled. */
  topPx: number
  palette: Palette
}

export interface Rows {
  first: number
  end: number
}

const WIDE_GAP_FROM_PX = 10

/** Rows stand on whole pixels, so that their gaps are all alike. */
export function yOf({ grid, topPx }: Pick<Scene, 'grid' | 'topPx'>, row: number): number {
  return Math.round(rowTopPx(grid, row)) - Math.round(topPx)
}

/** Where a cell begins: the pixel in which two cells meet goes with the gap before. */
export function edgeOf(xPx: number): number {
  const ratio = devicePixelRatio || 1
  return Math.ceil(xPx * ratio - 0.01) / ratio
}

export function sideOf(grid: Grid, stepPx: number): number {
  return Math.floor(stepPx) - gapOf(Math.min(grid.stepXPx, stepPx))
}

export function gapOf(stepPx: number): number {
  return stepPx >= WIDE_GAP_FROM_PX ? 2 : 1
}
