// Rows of hex, of text and of values. A row gets all it shows as short strings, so that one that stays the same is not
// drawn again; text is one node with marks beneath it. Where a cell is, its row and its column say: no cell knows.

import { memo } from 'react'
import { CELLS } from '../../playground/cells.ts'
import type { CellKind } from '../../playground/types.ts'
import { addressText } from '../format.ts'
import { asciiText, byteText } from '../byteText.ts'
import { valuesOf, valueText } from '../values.ts'
import { columnRange } from './range.ts'

export interface RowProps {
  row: number
  columns: number
  /** Columns that are of the device: fewer in its last row. */
  present: number
  /** One character for each byte that is known; others are absent. */
  content: string
  /** Column of the current byte, or -1. */
  current: number
  /** Ranges of columns as "from-to". */
  marked: string
  hovered: string
  placed: string
}

export const HexRow = memo(function HexRow({ row, columns, present, content, current, marked, hovered, placed, digit, withText, address = addressText(row * columns), poisoned = '' }: RowProps & {
  /** Where it is, if that isn't its number. */
  address?: string
  /** Columns of memory that failed, as "from-to". */
  poisoned?: string
  /** What has been typed of the current byte. */
  digit: string
  withText: boolean
}) {
  const [markedFrom, markedTo] = columnRange(marked)
  const [hoveredFrom, hoveredTo] = columnRange(hovered)
  const [placedFrom, placedTo] = columnRange(placed)
  const [poisonedFrom, poisonedTo] = columnRange(poisoned)
  const cells = []
  for (let i = 0; i < present; i++) {
    const byte = content.charCodeAt(i)
    const isCurrent = i === current
    cells.push(
      <span key={i} role="gridcell" className="byte" data-col={i} id={isCurrent ? 'byte-current' : undefined} aria-selected={isCurrent || (i >= markedFrom && i < markedTo)}
        data-current={isCurrent || undefined} data-marked={(i >= markedFrom && i < markedTo) || undefined} data-hovered={(i >= hoveredFrom && i < hoveredTo) || undefined}
        data-placed={(i >= placedFrom && i < placedTo) || undefined} data-zero={byte === 0 || undefined} data-poisoned={(i >= poisonedFrom && i < poisonedTo) || undefined}>
        {isCurrent && digit !== '' ? `${digit}_` : Number.isNaN(byte) ? '··' : byteText(byte)}
      </span>,
    )
  }
  return (
    <div className="hex-row" role="row" aria-rowindex={row + 1} data-row={row}>
      <span className="hex-address" role="rowheader">{address}</span>
      {cells}
      {present < columns && <Blanks count={columns - present} className="byte" />}
      {withText && (
        <span className="hex-text" aria-hidden>
          <Band columns={placed} kind="placed" />
          <Band columns={hovered} kind="hovered" />
          <Band columns={marked} kind="marked" />
          {current >= 0 && <Band columns={`${current}-${current + 1}`} kind="current" />}
          <span className="hex-letters">{textOfRow(content, columns)}</span>
        </span>
      )}
    </div>
  )
})

function Band({ columns, kind }: { columns: string; kind: string }) {
  if (columns === '') return null
  const [from, to] = columnRange(columns)
  return <i className="band" data-kind={kind} style={{ left: `${from}ch`, width: `${to - from}ch` }} />
}

export const ValueRow = memo(function ValueRow({ row, columns, present, content, current, marked, hovered, placed, cell }: RowProps & { cell: CellKind }) {
  const size = CELLS[cell].bytes
  const [markedFrom, markedTo] = columnRange(marked)
  const [hoveredFrom, hoveredTo] = columnRange(hovered)
  const [placedFrom, placedTo] = columnRange(placed)
  const values = valuesOf(Uint8Array.from(content, (letter) => letter.charCodeAt(0)), cell)
  const cells = []
  for (let at = 0; at + size <= present; at += size) {
    const isCurrent = current >= at && current < at + size
    const value = values[at / size]
    const isMarked = markedTo > at && markedFrom < at + size
    cells.push(
      <span key={at} role="gridcell" className="beside" data-col={at} id={isCurrent ? 'value-current' : undefined} aria-selected={isCurrent || isMarked}
        data-current={isCurrent || undefined} data-marked={isMarked || undefined} data-hovered={(hoveredTo > at && hoveredFrom < at + size) || undefined}
        data-placed={(placedTo > at && placedFrom < at + size) || undefined} data-zero={value === 0 || value === 0n || undefined}>
        {value === undefined ? '··' : valueText(value, cell)}
      </span>,
    )
  }
  return (
    <div className="hex-row" role="row" aria-rowindex={row + 1} data-row={row}>
      {cells}
      <Blanks count={columns / size - cells.length} className="beside" />
    </div>
  )
})

/** Room of what would be behind the end of the device. */
function Blanks({ count, className }: { count: number; className: string }) {
  const blanks = []
  for (let i = 0; i < count; i++) blanks.push(<span key={i} className={className} aria-hidden>{'\u00a0\u00a0'}</span>)
  return blanks
}

function textOfRow(content: string, columns: number): string {
  let text = ''
  for (let i = 0; i < columns; i++) text += i < content.length ? asciiText(content.charCodeAt(i)) : ' '
  return text
}
