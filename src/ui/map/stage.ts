// The map in motion: where one is, what is under pointer and cursor, and when to draw. At most one picture and one set of marks
// per frame, however many events come; who shows words about it hears of a change once per frame, too.

import { type Look, showBytes } from '../look.tsx'
import { onThemeChange } from '../paint.ts'
import { onRemChange, rootRemPx } from '../rem.ts'
import { alignedAt, type Box, cellOf, cellStart, type Grid, gridFor, type Level, levelsFor, moved, offsetAt, rowOf, rowStretch, rowTopPx } from './levels.ts'
import { lotOf, type MapModel, thingAt } from './model.ts'
import { type Palette, paletteOf } from './palette.ts'
import { type Beyond, beyondOf, entryUnder, Lighting } from './pointing.ts'
import { Painter, paintMarks, rowsShown, type SeenBytes } from './picture.ts'
import type { Scene } from './scene.ts'
import { pixelsOf, Scroll } from './scroll.ts'

/** What words are about. Replaced, never changed. */
export interface MapView {
  levels: readonly Level[]
  /** Which level. */
  index: number
  cursorBytes: number
  cursorCell: number
  cellCount: number
  /** A byte in sight, for the way in: the cursor's, or the first that shows. */
  hereBytes: number
  /** Under the pointer, or under the cursor that has the focus. */
  pointedBytes: number | undefined
  /** Bytes that show one by one; none at other levels. */
  windowBytes: number
  windowLength: number
  /** Devices that are scrolled away, where the picture is one of all devices. */
  above: Beyond | undefined
  below: Beyond | undefined
  /** Counts changes of level. */
  zooms: number
  /** Another one when bytes were read. */
  seen: SeenBytes
}

export interface StageParts {
  scroller: HTMLElement
  spacer: HTMLElement
  cells: HTMLCanvasElement
  marks: HTMLCanvasElement
}

const stages = new WeakMap<Look, MapStage>()

/** One for all times that the map is shown: who looks elsewhere and comes back is where they were. */
export function stageOf(look: Look): MapStage {
  const stage = stages.get(look) ?? new MapStage(look)
  stages.set(look, stage)
  return stage
}

const NO_BYTES: SeenBytes = { offsetBytes: 0, bytes: new Uint8Array(0) }
// Pixels of wheel to a level: less than one notch of a wheel, and a small pinch.
const WHEEL_STEP_PX = 60
const WHEEL_PAUSE_MS = 250
// Bytes are read by whole pages, so that a scroll of some rows has them already.
const WINDOW_BYTES = 4096
const WHOLE: Level = { name: 'device', cellBytes: 1 }

export class MapStage {
  readonly #look: Look
  readonly #listeners = new Set<() => void>()
  readonly #painter = new Painter()
  readonly #lighting: Lighting
  #model: MapModel | undefined
  #parts: StageParts | undefined
  #scroll: Scroll | undefined
  #palette: Palette | undefined
  #box: Box = { widthPx: 0, heightPx: 0, remPx: 16 }
  #levels: Level[] = [WHOLE]
  #grid: Grid = gridFor(WHOLE, 0, this.#box)
  #level: Level = WHOLE
  #cursorBytes = 0
  #keptBytes = 0
  #asked = 0
  #zooms = 0
  #pointer: { clientX: number; clientY: number } | undefined
  #isFocused = false
  #seen = NO_BYTES
  #frame = 0
  #cellsStale = true
  #view: MapView
  #wheelPx = 0
  #wheelAt = 0

  constructor(look: Look) {
    this.#look = look
    this.#lighting = new Lighting(look)
    this.#view = this.#newView()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly view = (): MapView => this.#view

  attach(parts: StageParts): () => void {
    this.#parts = parts
    const { scroller } = parts
    const scroll = new Scroll(scroller, parts.spacer, () => this.#redraw())
    this.#scroll = scroll
    const measure = (): void => this.#measure()
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    const forgetRem = onRemChange(measure)
    const forgetTheme = onThemeChange(() => this.#retheme())
    const forgetLook = this.#look.subscribe(() => this.#follow())
    scroller.addEventListener('wheel', this.#onWheel, { passive: false })
    this.#follow()
    this.#retheme()
    this.#measure()
    this.#toTop(this.#keptBytes)
    return () => {
      this.#keptBytes = this.#first()
      observer.disconnect()
      forgetRem()
      forgetTheme()
      forgetLook()
      scroll.dispose()
      scroller.removeEventListener('wheel', this.#onWheel)
      cancelAnimationFrame(this.#frame)
      this.#frame = 0
      this.#parts = undefined
      this.#scroll = undefined
      this.#pointer = undefined
      this.#isFocused = false
      this.#point(undefined)
    }
  }

  setModel(model: MapModel): void {
    const before = this.#model
    this.#model = model
    if (before && isLaidOutAs(before, model)) return this.#redraw()
    this.#cursorBytes = Math.min(this.#cursorBytes, Math.max(0, model.sizeBytes - 1))
    this.#layout()
    this.#follow()
  }

  setBytes(seen: SeenBytes): void {
    this.#seen = seen
    this.#redraw()
  }

  point(at: { clientX: number; clientY: number }): void {
    this.#pointer = { clientX: at.clientX, clientY: at.clientY }
    this.#remark()
  }

  unpoint(): void {
    this.#pointer = undefined
    if (!this.#isFocused) this.#point(undefined)
    this.#remark()
  }

  focus(isFocused: boolean): void {
    this.#isFocused = isFocused
    if (!isFocused && !this.#pointer) this.#point(undefined)
    this.#remark()
  }

  /** Selects what is under the point. */
  press(at: { clientX: number; clientY: number }): void {
    const { offset } = this.#under(at)
    if (offset === undefined || !this.#model) return
    // The cell's beginning, or the beginning of the thing in it.
    const start = this.#cellStart(offset)
    this.#cursorBytes = Math.max(start, Math.min(thingAt(this.#model, offset).startBytes, offset))
    this.#remark()
    showBytes(this.#look, this.#cursorBytes)
  }

  zoomAt(at: { clientX: number; clientY: number }, steps: number): void {
    const { offset, yPx } = this.#under(at)
    if (offset !== undefined) this.#goTo(this.#index + steps, offset, yPx)
  }

  /** In or out around the cursor, or around what shows if the cursor doesn't. */
  zoom(steps: number): void {
    this.show(this.#index + steps, this.#here())
  }

  /** Brings what is scrolled away into sight, and the cursor with it. */
  goTo(offsetBytes: number): void {
    this.#cursorBytes = offsetBytes
    this.#reveal()
  }

  show(index: number, offsetBytes: number): void {
    const yPx = rowTopPx(this.#grid, rowOf(this.#grid, offsetBytes)) + 0.5 * this.#grid.stepYPx - (this.#scroll?.topPx ?? 0)
    this.#goTo(index, offsetBytes, Math.min(Math.max(yPx, 0), this.#box.heightPx))
  }

  /** True if the key meant something here. */
  key(key: string): boolean {
    const pageRows = Math.floor(this.#box.heightPx / this.#grid.stepYPx) - 1
    const cell = moved(key, this.#grid, cellOf(this.#grid, this.#cursorBytes), pageRows)
    if (cell !== undefined) {
      this.#cursorBytes = cellStart(this.#grid, cell)
      this.#pointer = undefined
      this.#reveal()
      return true
    }
    if (key === ' ' || (key === 'Enter' && this.#index === this.#levels.length - 1)) showBytes(this.#look, this.#cursorBytes)
    else if (key === 'Enter' || key === '+' || key === '=') this.#goToCursor(1)
    else if ((key === 'Escape' || key === 'Backspace' || key === '-') && this.#index > 0) this.#goToCursor(-1)
    else return false
    return true
  }

  /** Value of a byte that shows. */
  byteAt(offsetBytes: number): number | undefined {
    return this.#level.cellBytes === 1 ? this.#seen.bytes[offsetBytes - this.#seen.offsetBytes] : undefined
  }

  /** No room at all: what was shown last stays what it was. */
  get #isHidden(): boolean {
    return this.#box.widthPx === 0 || this.#box.heightPx === 0
  }

  get #index(): number {
    return Math.max(0, this.#levels.indexOf(this.#level))
  }

  #goToCursor(steps: number): void {
    this.#reveal()
    this.show(this.#index + steps, this.#cursorBytes)
  }

  #goTo(index: number, offsetBytes: number, yPx: number): void {
    const level = this.#levels[Math.min(Math.max(index, 0), this.#levels.length - 1)]
    if (!level || !this.#model || level === this.#level) return
    this.#level = level
    this.#zooms += 1
    this.#cursorBytes = Math.min(offsetBytes, Math.max(0, this.#model.sizeBytes - 1))
    this.#layout()
    // To a whole row, as near to where it was as that goes.
    this.#scroll?.to(rowTopPx(this.#grid, rowOf(this.#grid, this.#cursorBytes)) - Math.floor(yPx / this.#grid.stepYPx) * this.#grid.stepYPx)
    this.#reveal()
  }

  #measure(): void {
    const scroller = this.#parts?.scroller
    if (!scroller) return
    const here = this.#first()
    this.#box = { widthPx: scroller.clientWidth, heightPx: scroller.clientHeight, remPx: rootRemPx() }
    this.#layout()
    // The row that was at the top stays there, as wide as rows may be now.
    if (!this.#isHidden) this.#toTop(here)
  }

  #toTop(offsetBytes: number): void {
    const row = rowOf(this.#grid, offsetBytes)
    this.#scroll?.to(rowTopPx(this.#grid, row))
    this.#redraw()
  }

  #layout(): void {
    const model = this.#model
    const scroller = this.#parts?.scroller
    if (!model || !scroller || this.#isHidden) return
    const lot = lotOf(model)
    this.#levels = levelsFor(model.sizeBytes, model.unitBytes, this.#box, lot)
    this.#level = this.#levels.find(({ name }) => name === this.#level.name) ?? this.#levels[0] ?? WHOLE
    this.#grid = gridFor(this.#level, model.sizeBytes, this.#box, lot)
    // All of it shows at first, unless captions of many devices leave too little room.
    const isWhole = this.#level.name === 'device' && this.#grid.heightPx <= this.#box.heightPx + 1
    this.#scroll?.layout(isWhole ? 0 : this.#grid.heightPx, this.#box.heightPx)
    // A scrollbar that came or went has made the box narrower or wider.
    if (scroller.clientWidth !== this.#box.widthPx) {
      this.#box = { ...this.#box, widthPx: scroller.clientWidth }
      this.#grid = gridFor(this.#level, model.sizeBytes, this.#box, lot)
    }
    this.#redraw()
  }

  #reveal(): void {
    const scroll = this.#scroll
    if (!scroll) return
    const top = rowTopPx(this.#grid, rowOf(this.#grid, this.#cursorBytes))
    if (top < scroll.topPx) scroll.to(top)
    else if (top + this.#grid.stepYPx > scroll.topPx + this.#box.heightPx) scroll.to(top + this.#grid.stepYPx - this.#box.heightPx)
    this.#redraw()
  }

  readonly #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) {
      if (this.#scroll?.wheel(event)) event.preventDefault()
      return
    }
    event.preventDefault()
    if (event.timeStamp - this.#wheelAt > WHEEL_PAUSE_MS) this.#wheelPx = 0
    this.#wheelAt = event.timeStamp
    this.#wheelPx += pixelsOf(event, this.#box.heightPx)
    if (Math.abs(this.#wheelPx) < WHEEL_STEP_PX) return
    this.zoomAt(event, this.#wheelPx < 0 ? 1 : -1)
    this.#wheelPx = 0
  }

  #under({ clientX, clientY }: { clientX: number; clientY: number }): { offset: number | undefined; yPx: number } {
    const box = this.#parts?.scroller.getBoundingClientRect()
    if (!box || !this.#model) return { offset: undefined, yPx: 0 }
    const yPx = clientY - box.top
    return { offset: offsetAt(this.#grid, clientX - box.left, yPx, this.#scroll?.topPx ?? 0), yPx }
  }

  #cellStart(offsetBytes: number): number {
    return alignedAt(this.#grid.parts, offsetBytes, this.#grid.cellBytes)
  }

  #first(): number {
    return rowStretch(this.#grid, this.#shown().first).startBytes
  }

  #shown(): { first: number; end: number } {
    return rowsShown({ grid: this.#grid, topPx: this.#scroll?.topPx ?? 0, box: this.#box })
  }

  #here(): number {
    const { first, end } = this.#shown()
    const row = rowOf(this.#grid, this.#cursorBytes)
    return row >= first && row < end ? this.#cursorBytes : this.#first()
  }

  /** Bytes that were asked for elsewhere are where the cursor is, and where + leads in. */
  #follow(): void {
    const { asked, selectedBytes } = this.#look.get()
    this.#remark()
    if (!this.#model || asked === this.#asked) return
    this.#asked = asked
    if (selectedBytes < this.#model.sizeBytes) this.#cursorBytes = selectedBytes
  }

  #redraw(): void {
    this.#cellsStale = true
    this.#remark()
  }

  #remark(): void {
    if (this.#frame === 0 && this.#parts) this.#frame = requestAnimationFrame(this.#draw)
  }

  #retheme(): void {
    this.#palette = undefined
    this.#redraw()
  }

  readonly #draw = (): void => {
    this.#frame = 0
    const { cells, marks } = this.#parts ?? {}
    const model = this.#model
    if (!cells || !marks || !model || this.#isHidden) return
    this.#palette ??= paletteOf(cells)
    const scene: Scene = { model, level: this.#level, grid: this.#grid, box: this.#box, topPx: this.#scroll?.topPx ?? 0, palette: this.#palette }
    const hovered = this.#pointer && this.#under(this.#pointer).offset
    const cursor = this.#isFocused ? this.#cursorBytes : undefined
    this.#point(hovered ?? (this.#pointer ? undefined : cursor))
    if (this.#cellsStale) this.#painter.paint(cells, scene, this.#seen)
    this.#cellsStale = false
    const { lit, selectedBytes: selected } = this.#look.get()
    paintMarks(marks, scene, { lit, hovered, cursor, selected })
    this.#tell(this.#newView(hovered ?? cursor))
    // What was just lit asked for another frame, and this one has shown it.
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #point(offsetBytes: number | undefined): void {
    const model = this.#model
    this.#lighting.light(offsetBytes === undefined || !model ? undefined : entryUnder(model, this.#level, this.#grid, offsetBytes, this.#pointer !== undefined))
  }

  #newView(pointedBytes?: number): MapView {
    const { first, end } = this.#shown()
    const isBytes = this.#level.name === 'bytes'
    const windowBytes = isBytes ? Math.floor(rowStretch(this.#grid, first).startBytes / WINDOW_BYTES) * WINDOW_BYTES : 0
    const windowEnd = Math.min(Math.ceil(rowStretch(this.#grid, end - 1).endBytes / WINDOW_BYTES) * WINDOW_BYTES, this.#model?.sizeBytes ?? 0)
    const container = this.#levels[this.#index - 1]?.cellBytes ?? 1
    return {
      levels: this.#levels,
      index: this.#index,
      cursorBytes: this.#cursorBytes,
      cursorCell: cellOf(this.#grid, this.#cursorBytes),
      cellCount: this.#grid.cellCount,
      hereBytes: alignedAt(this.#grid.parts, this.#here(), container),
      pointedBytes,
      windowBytes,
      windowLength: isBytes ? Math.max(0, windowEnd - windowBytes) : 0,
      above: this.#beyond('above'),
      below: this.#beyond('below'),
      zooms: this.#zooms,
      seen: this.#seen,
    }
  }

  /** The same object for as long as it says the same. */
  #beyond(side: 'above' | 'below'): Beyond | undefined {
    if (!this.#model || this.#level.name !== 'device') return undefined
    const now = beyondOf(this.#model, this.#grid, this.#scroll?.topPx ?? 0, this.#box, side)
    const before = this.#view[side]
    return JSON.stringify(now) === JSON.stringify(before) ? before : now
  }

  #tell(view: MapView): void {
    const keys = Object.keys(view) as (keyof MapView)[]
    if (keys.every((key) => view[key] === this.#view[key])) return
    this.#view = view
    for (const listener of this.#listeners) listener()
  }
}

function isLaidOutAs(a: MapModel, b: MapModel): boolean {
  const keyOf = (model: MapModel): string => JSON.stringify([model.unitBytes, lotOf(model).isCaptioned, model.devices.map(({ startBytes, endBytes }) => [startBytes, endBytes])])
  return keyOf(a) === keyOf(b)
}
