// Drawing on canvas: sharp at any pixel ratio, in the colours that CSS holds, so that theme and files look the same everywhere.

import type { CellMap } from './cells.ts'

const MOST_STEP_PX = 40

export interface Grid {
  columns: number
  rows: number
  /** Side of a cell with its gap, in CSS pixels. */
  stepPx: number
}

/** The largest cells that fit into the width and about the height. */
export function gridFor(count: number, widthPx: number, heightPx: number): Grid {
  if (widthPx <= 0 || count <= 0) return { columns: 1, rows: 1, stepPx: 1 }
  const stepPx = Math.max(4, Math.min(MOST_STEP_PX, Math.floor(Math.sqrt((widthPx * heightPx) / count)), Math.floor(widthPx / 8)))
  const columns = Math.max(1, Math.floor(widthPx / stepPx))
  return { columns, rows: Math.ceil(count / columns), stepPx }
}

/** Sets the canvas to its size in device pixels and returns its context in CSS pixels, cleared. */
function freshContext(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1
  canvas.width = Math.round(widthPx * ratio)
  canvas.height = Math.round(heightPx * ratio)
  const context = canvas.getContext('2d') ?? undefined
  context?.scale(ratio, ratio)
  return context
}

export function paintCells(canvas: HTMLCanvasElement, map: CellMap, grid: Grid, lit: number | undefined, cursor: number | undefined): void {
  const context = freshContext(canvas, grid.columns * grid.stepPx, grid.rows * grid.stepPx)
  if (!context) return
  const colour = coloursOf(canvas)
  const gap = grid.stepPx >= 10 ? 2 : 1
  const side = grid.stepPx - gap
  map.cells.forEach((cell, i) => {
    const x = (i % grid.columns) * grid.stepPx + gap / 2
    const y = Math.floor(i / grid.columns) * grid.stepPx + gap / 2
    context.globalAlpha = lit !== undefined && cell.kind === 'file' && cell.entryIndex !== lit ? 0.35 : 1
    if (cell.kind === 'free') {
      context.fillStyle = colour('--free')
      context.fillRect(x, y, side, side)
    } else if (cell.kind === 'log') {
      context.fillStyle = colour('--log-free')
      context.fillRect(x, y, side, side)
      context.fillStyle = colour('--log')
      // A log of three entries fills a hair of its first unit: it must still be seen.
      if (cell.fill > 0) context.fillRect(x, y, Math.max(2, side * cell.fill), side)
    } else {
      context.fillStyle = colour(cell.kind === 'file' ? `--file-${cell.colour}` : '--superblock')
      context.fillRect(x, y, side, side)
      if (cell.strip !== undefined) hatch(context, x, y, side, cell.strip, colour('--hatch'))
    }
    context.globalAlpha = 1
    if ((lit !== undefined && cell.entryIndex === lit) || i === cursor) {
      context.strokeStyle = colour('--ink')
      context.lineWidth = i === cursor ? 2 : 1.5
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
    }
  })
}

/** A line through the values, as lowest and highest per pixel, so that no spike is lost. */
export function paintPlot(canvas: HTMLCanvasElement, values: ArrayLike<number>, widthPx: number, heightPx: number): void {
  const context = freshContext(canvas, widthPx, heightPx)
  if (!context || values.length < 2) return
  const { low, high } = rangeOf(values)
  const span = high - low || 1
  const yOf = (value: number): number => heightPx - 2 - ((value - low) / span) * (heightPx - 4)
  context.strokeStyle = coloursOf(canvas)('--accent')
  context.lineWidth = 1.25
  context.beginPath()
  const perPixel = values.length / widthPx
  if (perPixel <= 1) {
    for (let i = 0; i < values.length; i++) context.lineTo((i / (values.length - 1)) * widthPx, yOf(finite(values[i])))
  } else {
    for (let x = 0; x < widthPx; x++) {
      const from = Math.floor(x * perPixel)
      const { low: least, high: most } = rangeOf(values, from, Math.max(from + 1, Math.floor((x + 1) * perPixel)))
      context.lineTo(x, yOf(least))
      context.lineTo(x, yOf(most))
    }
  }
  context.stroke()
}

/** Over the finite values; 0 to 0 where there are none. */
export function rangeOf(values: ArrayLike<number>, from = 0, to = values.length): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = from; i < to; i++) {
    const value = values[i]
    if (value === undefined || !Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low > high ? { low: 0, high: 0 } : { low, high }
}

function coloursOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(name).trim()
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, side: number, strip: number, colour: string): void {
  context.save()
  context.beginPath()
  context.rect(x, y, side, side)
  context.clip()
  context.strokeStyle = colour
  context.lineWidth = Math.max(1, side / 12)
  context.beginPath()
  const step = Math.max(3, side / 3)
  for (let d = -side; d < side * 2; d += step) {
    if (strip % 4 === 0) line(context, x + d, y, x + d + side, y + side)
    else if (strip % 4 === 1) line(context, x + d + side, y, x + d, y + side)
    else if (strip % 4 === 2) line(context, x, y + d, x + side, y + d)
    else line(context, x + d, y, x + d, y + side)
  }
  context.stroke()
  context.restore()
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0
}
