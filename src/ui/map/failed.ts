// What the hardware says, drawn over the cells: poisoned memory by a pattern with a border, so large that one byte of it
// shows; a device that doesn't answer under a veil; and beside each device its caption, in words.

import { deviceKey } from '../../playground/spoken.ts'
import type { HealthView } from '../../playground/types.ts'
import { sizeText } from '../format.ts'
import { isFailing } from '../health.ts'
import { spansOf } from './levels.ts'
import type { DevicePart } from './model.ts'
import { edgeOf, gapOf, type Rows, type Scene, sideOf, yOf } from './scene.ts'

const POISON_LEAST_PX = 12
const FRAMED_LEAST_PX = 12
/** At the level of bytes the pattern stands under the digits. */
const FOOT_PX = 5
const VEIL = 0.6
// Of captions.
const LINE_REM = 0.9375
const TEXT_REM = 0.6875
const MARK_REM = 0.6875
const MARK_GAP_PX = 4

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
  const { e: left } = context.getTransform()
  context.save()
  context.setTransform(1, 0, 0, 1, left, 0)
  context.fillStyle = pattern
  context.fillRect(Math.round(x * ratio), Math.round(y * ratio), Math.round(width * ratio), Math.round(height * ratio))
  context.restore()
}

/** Beside the first row of each device that shows: its number, a mark where something is wrong, and as much more as there is room for. */
export function paintCaptions(context: CanvasRenderingContext2D, scene: Scene, rows: Rows): void {
  const { grid, model, palette, box } = scene
  const linePx = LINE_REM * box.remPx
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const [i, part] of grid.parts.entries()) {
    const device = model.devices[i]
    const first = Math.max(part.firstRow, rows.first)
    const end = Math.min(part.firstRow + part.rowCount, rows.end)
    if (!device || end <= first) continue
    const top = Math.max(0, yOf(scene, first))
    const roomPx = yOf(scene, end - 1) + grid.stepYPx - top
    const isMarked = isFailing(device.health)
    const widthPx = grid.gutterPx - MARK_GAP_PX
    const [name, ...more] = wordsOf(device, scene)
    const markPx = Math.min(MARK_REM * box.remPx, roomPx - 2)
    const y = top + Math.min(roomPx, linePx) / 2
    if (name) putWords(context, scene, name, y, widthPx - (isMarked ? markPx + MARK_GAP_PX : 0))
    if (isMarked) paintMark(context, scene, device, widthPx - markPx - grid.gutterPx, y - markPx / 2, markPx)
    more.slice(0, Math.max(0, Math.floor(roomPx / linePx) - 1)).forEach((words, k) => putWords(context, scene, words, y + (k + 1) * linePx, widthPx))
    if (i === 0 || first > part.firstRow) continue
    context.fillStyle = palette.edge
    context.fillRect(-grid.gutterPx, top - grid.gapPx / 2 - 0.5, grid.gutterPx - MARK_GAP_PX, 1)
  }
}

interface Words {
  text: string
  weight: number
  colour: string
}

function putWords(context: CanvasRenderingContext2D, { grid, palette, box }: Scene, { text, weight, colour }: Words, y: number, widthPx: number): void {
  context.font = `${weight} ${TEXT_REM * box.remPx}px ${palette.sans}`
  context.fillStyle = colour
  context.fillText(cut(context, text, widthPx), -grid.gutterPx, y)
}

/** As on the cells: who doesn't answer is hatched, and poison has its pattern. */
function paintMark(context: CanvasRenderingContext2D, { palette }: Scene, { health }: DevicePart, x: number, y: number, sidePx: number): void {
  fillWith(context, health.isStopped ? palette.stopped : palette.poison, x, y, sidePx, sidePx)
  context.strokeStyle = palette.alarm
  context.lineWidth = 1
  context.strokeRect(x + 0.5, y + 0.5, sidePx - 1, sidePx - 1)
}

function wordsOf(device: DevicePart, { palette }: Scene): Words[] {
  const { name, fsDevindex, startBytes, endBytes, health } = device
  return [
    { text: fsDevindex === undefined ? deviceKey(device) : `dev ${fsDevindex}`, weight: 600, colour: palette.ink },
    ...stateOf(health).map((text) => ({ text, weight: 600, colour: palette.alarm })),
    ...(fsDevindex === undefined ? [{ text: 'no famfs', weight: 400, colour: palette.quiet }] : [{ text: name.replace('/dev/', ''), weight: 400, colour: palette.quiet }]),
    { text: briefSize(endBytes - startBytes), weight: 400, colour: palette.quiet },
  ]
}

/** As short as it must be there; in full it stands under Devices, and for who doesn't see it. */
function stateOf({ poison, isStopped }: HealthView): string[] {
  const bytes = poison.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  return [...(isStopped ? ['no answer'] : []), ...(bytes > 0 ? [`bad ${briefSize(bytes)}`] : [])]
}

/** "256 MiB": a caption on a phone has no room for what says nothing. */
function briefSize(bytes: number): string {
  return sizeText(bytes).replace('.0 ', ' ')
}

function cut(context: CanvasRenderingContext2D, text: string, roomPx: number): string {
  if (context.measureText(text).width <= roomPx) return text
  let length = text.length
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > roomPx) length--
  return length === 0 ? '' : `${text.slice(0, length)}…`
}
