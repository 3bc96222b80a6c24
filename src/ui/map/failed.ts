// What the hardware says, drawn over the cells: poisoned memory by a pattern with a border, so large that one byte of it
// shows; a device that doesn't answer under a veil; and over each device its caption, in words.

import { deviceWords } from '../../playground/spoken.ts'
import { sizeText } from '../format.ts'
import { healthText } from '../health.ts'
import { spansOf } from './levels.ts'
import { type DevicePart, ROLES } from './model.ts'
import { edgeOf, gapOf, type Rows, type Scene, sideOf, yOf } from './scene.ts'

const POISON_LEAST_PX = 12
const FRAMED_LEAST_PX = 12
/** At the level of bytes the pattern stands under the digits. */
const FOOT_PX = 5
const VEIL = 0.6

export function paintFailed(context: CanvasRenderingContext2D, scene: Scene, rows: Rows): void {
  for (const { startBytes, endBytes, health: { poison, isStopped } } of scene.model.devices) {
    if (isStopped) paintStopped(context, scene, rows, startBytes, endBytes)
    for (const { offsetBytes, lengthBytes } of poison) paintPoison(context, scene, rows, offsetBytes, offsetBytes + lengthBytes)
  }
}

function paintPoison(context: CanvasRenderingContext2D, scene: Scene, rows: Rows, startBytes: number, endBytes: number): void {
  const { grid, palette, level } = scene
  const side = sideOf(grid, grid.stepYPx)
  const gridPx = grid.columns * grid.stepXPx
  for (const { row, fromPx, toPx } of spansOf(grid, startBytes, endBytes, rows.first, rows.end)) {
    const width = Math.max(Math.min(POISON_LEAST_PX, gridPx), edgeOf(toPx) - edgeOf(fromPx) - gapOf(grid.stepXPx))
    const left = Math.min(edgeOf(fromPx), gridPx - width)
    const top = yOf(scene, row)
    const isBytes = level.name === 'bytes'
    fillWith(context, palette.poison, left, isBytes ? top + side - FOOT_PX : top, width, isBytes ? FOOT_PX : side)
    // In paper round about, so that it is seen on every colour; in a low row that would leave nothing of the pattern.
    const frames = [[palette.paper, 3, 1.5], [palette.alarm, 1.5, 0.75]] as const
    for (const [stroke, lineWidth, inset] of side < FRAMED_LEAST_PX ? [[palette.alarm, 1, 0.5]] as const : frames) {
      context.strokeStyle = stroke
      context.lineWidth = lineWidth
      context.strokeRect(left + inset, top + inset, Math.max(1, width - 2 * inset), Math.max(1, side - 2 * inset))
    }
  }
}

function paintStopped(context: CanvasRenderingContext2D, scene: Scene, rows: Rows, startBytes: number, endBytes: number): void {
  const { grid, palette } = scene
  const side = sideOf(grid, grid.stepYPx)
  for (const { row, fromPx, toPx } of spansOf(grid, startBytes, endBytes, rows.first, rows.end, true)) {
    context.globalAlpha = VEIL
    context.fillStyle = palette.paper
    context.fillRect(fromPx, yOf(scene, row), toPx - fromPx, side)
    context.globalAlpha = 1
    fillWith(context, palette.stopped, fromPx, yOf(scene, row), toPx - fromPx, side)
  }
}

/** Tiles are in device pixels. */
function fillWith(context: CanvasRenderingContext2D, tile: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
  const pattern = context.createPattern(tile, 'repeat')
  if (!pattern) return
  const ratio = devicePixelRatio || 1
  context.save()
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.fillStyle = pattern
  context.fillRect(Math.round(x * ratio), Math.round(y * ratio), Math.round(width * ratio), Math.round(height * ratio))
  context.restore()
}

/** "device 1" in bold, what is wrong with it, then what it is; a line over it is where the device before ends. */
export function paintCaptions(context: CanvasRenderingContext2D, scene: Scene): void {
  const { grid, model, palette, box, topPx } = scene
  for (const [i, part] of grid.parts.entries()) {
    const device = model.devices[i]
    const top = Math.round(part.topPx) - Math.round(topPx)
    if (!device || top + grid.captionPx < 0 || top > box.heightPx) continue
    context.clearRect(0, top, box.widthPx, grid.captionPx)
    if (i > 0) {
      context.fillStyle = palette.edge
      context.fillRect(0, top, box.widthPx, 1)
    }
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    const y = top + grid.captionPx / 2 + 1
    let x = 0
    for (const { text, weight, colour } of wordsOf(device, scene)) {
      context.font = `${weight} ${0.75 * box.remPx}px ${palette.sans}`
      context.fillStyle = colour
      const fitting = cut(context, text, box.widthPx - x)
      context.fillText(fitting, x, y)
      x += context.measureText(fitting).width + 0.5 * box.remPx
    }
  }
}

function wordsOf({ fsDevindex, name, role, startBytes, endBytes, health }: DevicePart, { palette }: Scene) {
  const state = healthText(health)
  return [
    { text: deviceWords({ name, fsDevindex }), weight: 600, colour: palette.ink },
    ...(state === '' ? [] : [{ text: state, weight: 600, colour: palette.alarm }]),
    { text: `${name}, ${ROLES[role]}, ${sizeText(endBytes - startBytes)}`, weight: 400, colour: palette.quiet },
  ]
}

function cut(context: CanvasRenderingContext2D, text: string, roomPx: number): string {
  if (context.measureText(text).width <= roomPx) return text
  let length = text.length
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > roomPx) length--
  return length === 0 ? '' : `${text.slice(0, length)}…`
}
