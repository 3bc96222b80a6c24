// Draws what a map shows: the cells, which change with device, size and zoom, and on a canvas of its own the marks, which
// change with every move of a pointer. Only what shows is drawn, and how much that is follows from the box alone.

import { LOG_ENTRY_BYTES } from '../../core/omf/log.ts'
import { byteText } from '../byteText.ts'
import { chunkAt } from '../inspector/fileMap.ts'
import { CLASH, fillLine, isBanded, type Line, makeLine } from './bands.ts'
import { cellOf, cellStart, rowOf, rowsBetween, rowStretch, type Span, spansOf } from './levels.ts'
import { paintCaptions, paintFailed } from './failed.ts'
import { fileOfEntry } from './model.ts'
import { edgeOf, gapOf, type Rows, type Scene, sideOf, yOf } from './scene.ts'
import { firstEndingAfter } from './segments.ts'

/** Bytes of the device that have been read, for the cells that show one each. */
export interface SeenBytes {
  offsetBytes: number
  bytes: Uint8Array
}

interface Marks {
  /** Log entry of the file that is lit. */
  lit: number | undefined
  /** Cells under pointer and cursor, by a byte in them. */
  hovered: number | undefined
  cursor: number | undefined
  /** What the inspector has. */
  selected: number
}

// Less than a tile of the pattern shows no pattern.
const HATCH_LEAST_PX = 10
const NUMBER_LEAST_PX = 14
const NUMBER_HIGH_REM = 0.75
const LIT_LEAST_PX = 3
const VEIL = 0.55
const TINT = 0.3

/** Keeps what it draws with from one picture to the next. */
export class Painter {
  #line: Line = makeLine(0)
  #image: ImageData | undefined
  readonly #band = document.createElement('canvas')

  paint(canvas: HTMLCanvasElement, scene: Scene, seen: SeenBytes): void {
    const context = readyContext(canvas, scene)
    if (!context || scene.grid.cellCount === 0) return
    const rows = rowsShown(scene)
    this.#paintRows(context, scene, rows)
    if (scene.level.name !== 'bytes') paintNumbers(context, scene, rows)
    paintGaps(context, scene, rows)
    paintFailed(context, scene, rows)
    if (scene.level.name === 'bytes') paintBytes(context, scene, rows, seen)
    if (scene.grid.gutterPx > 0) paintCaptions(context, scene, rows)
  }

  /** Each row is one line of pixels, made in one go and drawn as high as a row is. */
  #paintRows(context: CanvasRenderingContext2D, scene: Scene, { first, end }: Rows): void {
    const { model, level, grid, palette } = scene
    const ratio = devicePixelRatio || 1
    const width = Math.max(1, Math.round(grid.columns * grid.stepXPx * ratio))
    const height = Math.max(1, end - first)
    if (this.#image?.width !== width || this.#image.height !== height) this.#image = new ImageData(width, height)
    if (this.#line.codes.length !== width) this.#line = makeLine(width)
    const band = this.#band
    band.width = width
    band.height = height
    const pixels = new Uint32Array(this.#image.data.buffer)
    const rowBytes = grid.columns * grid.cellBytes
    const stretch = { bytesPerPixel: rowBytes / width, pixelCount: width, isFine: level.cellBytes < model.unitBytes, leastPixels: Math.ceil(2 * ratio) }
    const hatched: { row: number; strips: Uint8Array }[] = []
    for (let row = first; row < end; row++) {
      const { startBytes, endBytes: limitBytes } = rowStretch(grid, row)
      fillLine(model, { ...stretch, startBytes, limitBytes }, this.#line)
      const base = (row - first) * width
      for (let x = 0; x < width; x++) pixels[base + x] = palette.pixels[this.#line.codes[x] ?? 0] ?? 0
      if (level.name !== 'bytes' && this.#line.strips.some((strip) => strip > 0)) hatched.push({ row, strips: this.#line.strips.slice() })
    }
    const bandContext = band.getContext('2d')
    bandContext?.putImageData(this.#image, 0, 0)
    context.imageSmoothingEnabled = false
    const side = sideOf(grid, grid.stepYPx)
    for (let row = first; row < end; row++) {
      const y = yOf(scene, row)
      const put = (fromPx: number, heightPx: number): void => context.drawImage(band, 0, row - first, width, 1, 0, y + fromPx, width / ratio, heightPx)
      if (level.name === 'bytes') {
        context.globalAlpha = TINT
        put(0, side)
        context.globalAlpha = 1
        put(side - 3, 3)
      } else put(0, side)
    }
    const [clash, ...patterns] = [palette.clash, ...palette.hatches].map((tile) => context.createPattern(tile, 'repeat'))
    const patternOf = (strip: number): CanvasPattern | null | undefined => (strip === CLASH ? clash : patterns[(strip - 1) % patterns.length])
    for (const { row, strips } of hatched) paintHatches(context, scene, row, strips, patternOf)
  }
}

/** On a canvas over the cells. */
export function paintMarks(canvas: HTMLCanvasElement, scene: Scene, { lit, hovered, cursor, selected }: Marks): void {
  const context = readyContext(canvas, scene)
  if (!context || scene.grid.cellCount === 0) return
  const { palette, model } = scene
  if (lit !== undefined) paintLit(context, scene, lit)
  context.lineJoin = 'round'
  if (hovered !== undefined) ringCell(context, scene, hovered, palette.ink, 1.5)
  if (cursor !== undefined) ringCell(context, scene, cursor, palette.accent, 2.5)
  if (selected < model.sizeBytes) paintPin(context, scene, selected)
}

export function rowsShown({ grid, topPx, box }: Pick<Scene, 'grid' | 'topPx' | 'box'>): Rows {
  return rowsBetween(grid, topPx, topPx + box.heightPx)
}

/** Cells count from where the gutter ends. */
function readyContext(canvas: HTMLCanvasElement, { box: { widthPx, heightPx }, grid: { gutterPx } }: Scene): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1
  const width = Math.round(widthPx * ratio)
  const height = Math.round(heightPx * ratio)
  const context = canvas.getContext('2d') ?? undefined
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  context?.setTransform(ratio, 0, 0, ratio, 0, 0)
  context?.clearRect(0, 0, widthPx, heightPx)
  context?.translate(gutterPx, 0)
  return context
}

function paintHatches(context: CanvasRenderingContext2D, scene: Scene, row: number, strips: Uint8Array, patternOf: (strip: number) => CanvasPattern | null | undefined): void {
  const { grid } = scene
  const ratio = devicePixelRatio || 1
  const y = yOf(scene, row)
  const side = sideOf(grid, grid.stepYPx)
  context.save()
  // The tiles are in device pixels.
  context.setTransform(1, 0, 0, 1, grid.gutterPx * ratio, 0)
  for (let x = 0; x < strips.length; ) {
    const strip = strips[x] ?? 0
    let end = x + 1
    while (end < strips.length && strips[end] === strip) end++
    const isWide = strip > 0 && end - x >= HATCH_LEAST_PX * ratio
    const pattern = isWide ? patternOf(strip) : undefined
    if (pattern) {
      context.fillStyle = pattern
      context.fillRect(x, Math.round(y * ratio), end - x, Math.round(side * ratio))
    }
    x = end
  }
  context.restore()
}

/** Which chunk of its file begins here, counted in file order. */
function paintNumbers(context: CanvasRenderingContext2D, scene: Scene, { first, end }: Rows): void {
  const { model: { segments }, grid, palette, box } = scene
  // A number that is cut off is none.
  if (sideOf(grid, grid.stepYPx) < NUMBER_HIGH_REM * box.remPx) return
  const pxPerByte = grid.stepXPx / grid.cellBytes
  const from = rowStretch(grid, first).startBytes
  const to = rowStretch(grid, end - 1).endBytes
  context.font = `600 ${0.6875 * box.remPx}px ${palette.sans}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  const digitPx = context.measureText('0').width
  for (let i = firstEndingAfter(segments, from); i < segments.count && (segments.startBytes[i] ?? to) < to; i++) {
    const file = segments.files[segments.owner[i] ?? -1]
    const strip = segments.extent[i] ?? 0
    const start = file?.extents[strip]?.offsetBytes ?? 0
    if (!file?.chunkBytes || !isBanded(file, 1 / pxPerByte) || file.chunkBytes * pxPerByte < NUMBER_LEAST_PX) continue
    const pieceStart = Math.max(from, segments.startBytes[i] ?? 0)
    const pieceEnd = Math.min(to, segments.endBytes[i] ?? 0)
    for (let row = Math.ceil((pieceStart - start) / file.chunkBytes); start + row * file.chunkBytes < pieceEnd; row++) {
      paintNumber(context, scene, start + row * file.chunkBytes, chunkAt(file, strip, row * file.chunkBytes), file.chunkBytes * pxPerByte, digitPx)
    }
  }
}

function paintNumber(context: CanvasRenderingContext2D, scene: Scene, offsetBytes: number, chunk: number, roomPx: number, digitPx: number): void {
  const { grid, box, palette } = scene
  // No separators, and no measuring: there may be a thousand of these.
  const text = String(chunk)
  const widthPx = text.length * digitPx
  const row = rowOf(grid, offsetBytes)
  const fromPx = ((offsetBytes - rowStretch(grid, row).startBytes) / grid.cellBytes) * grid.stepXPx
  if (widthPx + 6 > Math.min(roomPx, grid.columns * grid.stepXPx - fromPx)) return
  const heightPx = NUMBER_HIGH_REM * box.remPx
  const y = yOf(scene, row) + (sideOf(grid, grid.stepYPx) - heightPx) / 2
  context.fillStyle = palette.paper
  context.fillRect(fromPx + 2, y, widthPx + 4, heightPx)
  context.fillStyle = palette.ink
  context.fillText(text, fromPx + 4, y + heightPx / 2 + 0.5)
}

function paintGaps(context: CanvasRenderingContext2D, scene: Scene, { first, end }: Rows): void {
  const { grid } = scene
  const gap = gapOf(grid.stepXPx)
  const top = yOf(scene, first)
  const height = yOf(scene, end - 1) + grid.stepYPx - top
  for (let column = 1; column <= grid.columns; column++) context.clearRect(edgeOf(column * grid.stepXPx) - gap, top, gap, height)
}

function paintBytes(context: CanvasRenderingContext2D, scene: Scene, { first, end }: Rows, seen: SeenBytes): void {
  const { grid, palette, box, model: { log } } = scene
  context.font = `${0.75 * box.remPx}px ${palette.mono}`
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  context.fillStyle = palette.ink
  const half = (sideOf(grid, grid.stepYPx) - 2) / 2
  for (let row = first; row < end; row++) {
    const y = yOf(scene, row)
    const { startBytes, endBytes } = rowStretch(grid, row)
    for (let column = 0; startBytes + column < endBytes; column++) {
      const offset = startBytes + column
      const byte = seen.bytes[offset - seen.offsetBytes]
      const x = edgeOf(column * grid.stepXPx)
      context.fillText(byte === undefined ? '··' : byteText(byte), x + (grid.stepXPx - gapOf(grid.stepXPx)) / 2, y + half)
      // Where a log slot begins.
      if (log && offset >= log.entriesBytes && offset < log.slotsEndBytes && (offset - log.entriesBytes) % LOG_ENTRY_BYTES === 0) context.fillRect(x, y, 2, half * 2 + 2)
    }
  }
}

/** The file's units as they are, ringed, and a veil over the rest. */
function paintLit(context: CanvasRenderingContext2D, scene: Scene, entryIndex: number): void {
  const { model, grid, box, palette } = scene
  const log = model.log
  // A directory has an entry, and nothing else.
  const extents = fileOfEntry(model, entryIndex)?.extents ?? []
  const { first, end } = rowsShown(scene)
  const entryBytes = log && entryIndex < log.entryCount ? log.entriesBytes + entryIndex * LOG_ENTRY_BYTES : undefined
  const exact = extents.flatMap(({ offsetBytes, lengthBytes }) => spansOf(grid, offsetBytes, Math.min(offsetBytes + lengthBytes, model.sizeBytes), first, end))
  if (entryBytes !== undefined) exact.push(...spansOf(grid, entryBytes, entryBytes + LOG_ENTRY_BYTES, first, end))
  // Nothing of it is in sight: then a veil would say nothing.
  if (exact.length === 0) return
  context.globalAlpha = VEIL
  context.fillStyle = palette.paper
  context.fillRect(0, 0, box.widthPx, box.heightPx)
  context.globalAlpha = 1
  const side = sideOf(grid, grid.stepYPx)
  for (const span of exact) context.clearRect(span.fromPx, yOf(scene, span.row), Math.max(LIT_LEAST_PX, span.toPx - span.fromPx), side)
  context.strokeStyle = palette.ink
  context.lineWidth = 1.5
  for (const { offsetBytes, lengthBytes } of extents) {
    const whole = grid.cellBytes > 1
    for (const span of spansOf(grid, offsetBytes, Math.min(offsetBytes + lengthBytes, model.sizeBytes), first, end, whole)) ringSpan(context, scene, span)
  }
  if (entryBytes !== undefined) for (const span of spansOf(grid, entryBytes, entryBytes + LOG_ENTRY_BYTES, first, end)) ringSpan(context, scene, span)
}

function ringSpan(context: CanvasRenderingContext2D, scene: Scene, { row, fromPx, toPx }: Span): void {
  const { grid } = scene
  const left = edgeOf(fromPx)
  const width = Math.max(LIT_LEAST_PX, edgeOf(toPx) - left - gapOf(grid.stepXPx))
  context.strokeRect(left + 0.75, yOf(scene, row) + 0.75, Math.max(1, width - 1.5), Math.max(1, sideOf(grid, grid.stepYPx) - 1.5))
}

function ringCell(context: CanvasRenderingContext2D, scene: Scene, offsetBytes: number, colour: string, widthPx: number): void {
  const { grid, palette } = scene
  const cell = cellOf(grid, offsetBytes)
  const start = cellStart(grid, cell)
  const row = rowOf(grid, start)
  const column = Math.round((start - rowStretch(grid, row).startBytes) / grid.cellBytes)
  const x = edgeOf(column * grid.stepXPx)
  const y = yOf(scene, row)
  const width = edgeOf((column + 1) * grid.stepXPx) - x - gapOf(grid.stepXPx)
  const height = sideOf(grid, grid.stepYPx)
  // In paper round about, so that it is seen on every colour.
  for (const [stroke, lineWidth] of [[palette.paper, widthPx + 2], [colour, widthPx]] as const) {
    context.strokeStyle = stroke
    context.lineWidth = lineWidth
    context.strokeRect(x + widthPx / 2, y + widthPx / 2, Math.max(1, width - widthPx), Math.max(1, height - widthPx))
  }
}

/** A small pin with its point at the byte. */
function paintPin(context: CanvasRenderingContext2D, scene: Scene, offsetBytes: number): void {
  const { grid, palette, box } = scene
  const [span] = spansOf(grid, offsetBytes, offsetBytes + 1, 0, grid.rows)
  if (!span) return
  const size = 0.25 * box.remPx
  const x = Math.min(Math.max(span.fromPx + (grid.cellBytes === 1 ? grid.stepXPx / 2 : 0), size), box.widthPx - grid.gutterPx - size)
  const y = yOf(scene, span.row)
  context.beginPath()
  context.moveTo(x - size, y)
  context.lineTo(x + size, y)
  context.lineTo(x, y + size * 1.5)
  context.closePath()
  context.strokeStyle = palette.paper
  context.lineWidth = 2
  context.stroke()
  context.fillStyle = palette.accent
  context.fill()
}
