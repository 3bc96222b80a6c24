// The device as hex, with text or values of the same bytes beside it, any place of it, reading only what shows. One byte is
// the current one. Hex and values are two grids over one selection: each is one stop of the tab key and has its own arrows.

import { type CSSProperties, type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject, useEffect, useMemo, useRef } from 'react'
import { CELLS } from '../playground/cells.ts'
import type { CellKind } from '../playground/types.ts'
import { briefPlace } from './addresses.ts'
import { useBytes } from './bytes.ts'
import { BESIDE_REM, columnsFor } from './inspector/columns.ts'
import { binaryOf } from './inspector/copying.ts'
import { HexRow, type RowProps, ValueRow } from './inspector/HexRows.tsx'
import { columnsOf, type Mark, walked } from './inspector/range.ts'
import type { Reading } from './look.tsx'
import { useSnapshot } from './session.tsx'
import { useTallRows } from './tallRows.ts'

const ROW_REM = 1.375
/** Bytes that are read before and after what shows, so that a few rows on there is something to see at once. */
const MARGIN_BYTES = 1024

/** Where a key was pressed or a cell was meant. */
export type Column = 'hex' | CellKind

export interface Move {
  /** Shift was held, or the pointer is dragged. */
  extend: boolean
  unitBytes: number
}

export function HexView({ sizeBytes, presentBytes, cursor, marked, hovered, place, asked, version, beside, digit, focusHex, onMove, onHover, onKey }: {
  sizeBytes: number
  /** Bytes that are here: all of them, unless this is a dump. */
  presentBytes: number
  cursor: number
  /** The field or range that is selected, and the one under pointer or focus elsewhere. */
  marked: Mark | undefined
  hovered: Mark | undefined
  /** The struct or extent that the current byte lies in. */
  place: Mark
  /** Moves when somebody asks for bytes from elsewhere: then the view goes there, even if they are selected already. */
  asked: number
  version: number
  beside: Reading
  /** What has been typed of the current byte. */
  digit: string
  focusHex: RefObject<HTMLDivElement | null>
  onMove: (offsetBytes: number, move: Move) => void
  onHover: (offsetBytes: number | undefined) => void
  /** Keys other than those that move; true if it meant something. */
  onKey: (event: KeyboardEvent, column: Column) => boolean
}) {
  const { devices } = useSnapshot().device
  const addressLetters = devices.length < 2 ? undefined : Math.max(...devices.map(({ baseBytes }) => briefPlace(devices, baseBytes).length))
  const { scroller, onScroll, columns, spacerPx, topRow, visibleCount, reveal, goTo } = useTallRows(sizeBytes, ROW_REM, (widthRem) => columnsFor(widthRem, beside, addressLetters))
  const start = topRow * columns
  const readFrom = Math.max(0, start - (start % MARGIN_BYTES) - MARGIN_BYTES)
  const readTo = Math.min(presentBytes, readFrom + visibleCount * columns + 3 * MARGIN_BYTES)
  const seen = useBytes(DEVICE, Math.min(readFrom, presentBytes), Math.max(0, readTo - readFrom), version)
  const content = useMemo(() => binaryOf(seen.bytes), [seen])

  const cursorNow = useRef(cursor)
  useEffect(() => {
    cursorNow.current = cursor
  })
  useEffect(() => reveal(Math.floor(cursor / columns)), [cursor, columns, reveal])
  // What was asked for stands at the top, with one line before it, and not squeezed in at the edge where the way there ended.
  useEffect(() => goTo(Math.floor(cursorNow.current / columns) - 1), [asked, columns, goTo])

  const cell = beside === 'text' ? undefined : beside
  const press = (event: KeyboardEvent, column: Column): void => {
    const unitBytes = column === 'hex' ? 1 : CELLS[column].bytes
    const pageBytes = Math.max(1, visibleCount - 2) * columns
    const to = walked(event.key, cursor, { rowBytes: columns, pageBytes, endBytes: sizeBytes, unitBytes, far: event.ctrlKey || event.metaKey })
    if (to !== undefined) onMove(to, { extend: event.shiftKey, unitBytes })
    else if (!onKey(event, column)) return
    event.preventDefault()
  }
  const pointing = usePointing({ columns, sizeBytes }, cell, onMove, onHover)

  const poison = devices.flatMap(({ health }) => health.poison)
  const rows = []
  const values = []
  for (let row = topRow; row < topRow + visibleCount; row++) {
    const from = row * columns
    const at = from - seen.offsetBytes
    const props: RowProps = {
      row, columns, present: Math.max(0, Math.min(columns, sizeBytes - from)), content: at < 0 ? '' : content.slice(at, at + columns), current: cursor >= from && cursor < from + columns ? cursor - from : -1,
      marked: columnsOf(marked, from, columns), hovered: columnsOf(hovered, from, columns), placed: columnsOf(place, from, columns),
    }
    // Rows that scroll out of sight come back as those that scroll in: their cells only change what they say.
    const slot = row % visibleCount
    const failed = poison.find(({ offsetBytes, lengthBytes }) => offsetBytes < from + columns && offsetBytes + lengthBytes > from)
    const poisoned = columnsOf(failed && { startBytes: failed.offsetBytes, lengthBytes: failed.lengthBytes }, from, columns)
    rows.push(<HexRow key={slot} {...props} address={briefPlace(devices, from)} poisoned={poisoned} digit={props.current < 0 ? '' : digit} withText={cell === undefined} />)
    if (cell) values.push(<ValueRow key={slot} {...props} cell={cell} />)
  }
  const inSight = cursor >= start && cursor < start + visibleCount * columns
  const rowCount = Math.ceil(sizeBytes / columns)

  return (
    <div className="hex mono" ref={scroller} onScroll={onScroll} {...pointing}>
      <div role="presentation" style={{ height: spacerPx }}>
        <div className="hex-window" role="presentation" data-columns={columns}>
          <div className="hex-grid" role="grid" tabIndex={0} ref={focusHex} aria-label="Bytes of the device" aria-rowcount={rowCount} aria-multiselectable
            aria-activedescendant={inSight ? 'byte-current' : undefined} onKeyDown={(event) => press(event, 'hex')}>
            {rows}
          </div>
          {cell && (
            <div className="hex-grid" role="grid" tabIndex={0} aria-label={`The same bytes as ${cell}`} aria-rowcount={rowCount} aria-multiselectable
              aria-activedescendant={inSight ? 'value-current' : undefined} style={{ '--value': `${BESIDE_REM[cell]}rem` } as CSSProperties} onKeyDown={(event) => press(event, cell)}>
              {values}
            </div>
          )}
        </div>
      </div>
    </div>
  )
}

/** Press, drag and hover over either grid. A finger drags the rows, and only taps select. */
function usePointing(grid: Grid, cell: CellKind | undefined, onMove: (offsetBytes: number, move: Move) => void, onHover: (offsetBytes: number | undefined) => void) {
  const dragging = useRef<number>(undefined)
  const answered = useRef(false)
  const choose = (event: MouseEvent | PointerEvent, extend: boolean): number | undefined => {
    const spot = spotUnder(event, grid)
    if (!spot) return undefined
    const unitBytes = spot.isValue && cell ? CELLS[cell].bytes : 1
    onMove(spot.offsetBytes, { extend, unitBytes })
    return spot.offsetBytes
  }
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0 || event.pointerType === 'touch') return
      dragging.current = choose(event, event.shiftKey)
      answered.current = true
    },
    onClick(event: MouseEvent) {
      if (!answered.current) choose(event, event.shiftKey)
      answered.current = false
    },
    onPointerMove(event: PointerEvent) {
      const spot = spotUnder(event, grid)
      onHover(spot?.offsetBytes)
      if ((event.buttons & 1) === 0) dragging.current = undefined
      if (dragging.current === undefined || !spot || spot.offsetBytes === dragging.current) return
      dragging.current = choose(event, true)
    },
    onPointerLeave: () => onHover(undefined),
  }
}

interface Grid {
  columns: number
  sizeBytes: number
}

/** Which byte is under the pointer: a cell's row and column say it; in the text it follows from how far along it is. */
function spotUnder(event: MouseEvent | PointerEvent, { columns, sizeBytes }: Grid): { offsetBytes: number; isValue: boolean } | undefined {
  if (!(event.target instanceof Element)) return undefined
  const row = event.target.closest<HTMLElement>('[data-row]')?.dataset['row']
  if (row === undefined) return undefined
  const from = Number(row) * columns
  const cell = event.target.closest<HTMLElement>('[data-col]')
  if (cell) return { offsetBytes: from + Number(cell.dataset['col']), isValue: cell.className === 'beside' }
  const letters = event.target.closest('.hex-text')?.querySelector('.hex-letters')
  if (!letters) return undefined
  const box = letters.getBoundingClientRect()
  const column = Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * columns)
  return { offsetBytes: Math.min(from + Math.min(Math.max(column, 0), columns - 1), sizeBytes - 1), isValue: false }
}

const DEVICE = { kind: 'device' } as const
