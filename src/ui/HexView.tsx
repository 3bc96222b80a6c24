// The device as hex and text, any byte of it, reading only what shows. One byte is the current one: arrows, PageUp and
// PageDown move it, and the caller says what it means.

import { type KeyboardEvent, memo, useEffect, useRef } from 'react'
import { useBytes } from './bytes.ts'
import { addressText, asciiText, byteText } from './format.ts'
import { useTallRows } from './tallRows.ts'

export interface Mark {
  startBytes: number
  lengthBytes: number
}

const ROW_REM = 1.375
// Narrower than this, sixteen bytes with their text don't fit on a line.
const SIXTEEN_REM = 35

export function HexView({ sizeBytes, selected, marked, hovered, place, asked, version, onSelect, onHover }: {
  sizeBytes: number
  selected: number
  /** The field or range that is selected, and the one under pointer or focus elsewhere. */
  marked: Mark | undefined
  hovered: Mark | undefined
  /** The struct or extent that the selected byte lies in. */
  place: Mark
  /** Moves when somebody asks for bytes from elsewhere: then the view goes there, even if they are selected already. */
  asked: number
  version: number
  onSelect: (offsetBytes: number) => void
  onHover: (offsetBytes: number | undefined) => void
}) {
  const { scroller, onScroll, columns, spacerPx, topRow, visibleCount, reveal, goTo } = useTallRows(sizeBytes, ROW_REM, columnsFor)
  const start = topRow * columns
  const seen = useBytes(DEVICE, start, Math.min(visibleCount * columns, sizeBytes - start), version)

  const selectedNow = useRef(selected)
  useEffect(() => {
    selectedNow.current = selected
  })
  useEffect(() => reveal(Math.floor(selected / columns)), [selected, columns, reveal])
  // What was asked for stands at the top, with one line before it, and not squeezed in at the edge where the way there ended.
  useEffect(() => goTo(Math.floor(selectedNow.current / columns) - 1), [asked, columns, goTo])

  const onKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, visibleCount - 2) * columns
    const steps: Record<string, number> = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: page, PageUp: -page,
      Home: event.ctrlKey ? -selected : -(selected % columns), End: event.ctrlKey ? sizeBytes : columns - 1 - (selected % columns),
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    onSelect(Math.min(Math.max(selected + step, 0), sizeBytes - 1))
  }

  const rows = []
  for (let row = topRow; row < topRow + visibleCount; row++) {
    const from = row * columns
    const at = from - seen.offsetBytes
    rows.push(
      <HexRow key={row} row={row} columns={columns} bytes={at >= 0 && at < seen.bytes.length ? seen.bytes : undefined} at={at}
        selected={within(selected, from, columns)} marked={slice(marked, from, columns)} hovered={slice(hovered, from, columns)} placed={slice(place, from, columns)} />,
    )
  }
  const offsetOf = (target: EventTarget): number | undefined => {
    const data = target instanceof HTMLElement ? target.dataset['at'] : undefined
    return data === undefined ? undefined : Number(data)
  }

  return (
    <div className="hex mono" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label="Bytes of the device" aria-rowcount={Math.ceil(sizeBytes / columns)}
      aria-activedescendant={selected >= start && selected < start + visibleCount * columns ? `byte-${selected}` : undefined} onKeyDown={onKey}
      onClick={(event) => {
        const offset = offsetOf(event.target)
        if (offset !== undefined) onSelect(offset)
      }}
      onPointerOver={(event) => onHover(offsetOf(event.target))} onPointerLeave={() => onHover(undefined)}>
      <div role="presentation" style={{ height: spacerPx }}>
        <div className="hex-window" role="presentation" data-columns={columns}>{rows}</div>
      </div>
    </div>
  )
}

interface HexRowProps {
  row: number
  columns: number
  bytes: Uint8Array | undefined
  /** Where the row starts in `bytes`. */
  at: number
  /** Column of the current byte. */
  selected: number | undefined
  /** Ranges of columns as "from-to", so that a row compares them cheaply. */
  marked: string
  hovered: string
  placed: string
}

const HexRow = memo(function HexRow({ row, columns, bytes, at, selected, marked, hovered, placed }: HexRowProps) {
  const from = row * columns
  const hexes = []
  const texts = []
  for (let i = 0; i < columns; i++) {
    const byte = bytes?.[at + i]
    const state = {
      'data-at': from + i,
      'data-current': selected === i || undefined,
      'data-marked': inRange(marked, i) || undefined,
      'data-hovered': inRange(hovered, i) || undefined,
      'data-zero': byte === 0 || undefined,
      'data-placed': inRange(placed, i) || undefined,
    }
    hexes.push(
      <span key={i} id={`byte-${from + i}`} role="gridcell" aria-selected={selected === i} className="byte" {...state}>
        {byte === undefined ? '··' : byteText(byte)}
      </span>,
    )
    texts.push(<span key={i} {...state}>{byte === undefined ? ' ' : asciiText(byte)}</span>)
  }
  return (
    <div className="hex-row" role="row" aria-rowindex={row + 1}>
      <span className="hex-address" role="rowheader">{addressText(from)}</span>
      {hexes}
      <span className="hex-text" aria-hidden>{texts}</span>
    </div>
  )
})

function columnsFor(widthRem: number): number {
  return widthRem > 0 && widthRem < SIXTEEN_REM ? 8 : 16
}

function within(offset: number, from: number, columns: number): number | undefined {
  return offset >= from && offset < from + columns ? offset - from : undefined
}

function slice(mark: Mark | undefined, from: number, columns: number): string {
  if (!mark || mark.startBytes >= from + columns || mark.startBytes + mark.lengthBytes <= from) return ''
  return `${Math.max(0, mark.startBytes - from)}-${Math.min(columns, mark.startBytes + mark.lengthBytes - from)}`
}

function inRange(range: string, column: number): boolean {
  if (range === '') return false
  const [from = 0, to = 0] = range.split('-').map(Number)
  return column >= from && column < to
}

const DEVICE = { kind: 'device' } as const
