// Values of a mapped file, read again a few times a second while they can be seen. What has changed since the last look is
// marked for a moment. Only what shows, and the stretch around it that the plot draws, is ever read.

import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { CELLS } from '../playground/cells.ts'
import type { CellKind } from '../playground/types.ts'
import { type Seen, useBytes } from './bytes.ts'
import { countText } from './format.ts'
import { walked } from './inspector/range.ts'
import { onThemeChange, paintPlot } from './paint.ts'
import { Note } from './parts.tsx'
import { useSnapshot } from './session.tsx'
import { useSize } from './size.ts'
import { useTallRows } from './tallRows.ts'
import { CELL_REM, exactText, extremesOf, numbersOf, type Values, valuesOf, valueText } from './values.ts'

const LOOK_EVERY_MS = 250
const MARK_MS = 1500
const PLOT_HEIGHT_REM = 4.5
const ROW_REM = 1.375
const INDEX_REM = 5.5
/** The plot shows this many values; they start at a multiple of half of it, so that it stands still while one scrolls. */
const PLOT_COUNT = 4096

export function ValueGrid({ host, path, sizeBytes, cell, index, onIndex, onWrite }: {
  host: string
  path: string
  sizeBytes: number
  cell: CellKind
  index: number
  onIndex: (index: number) => void
  /** Somebody wants to write the current value, which is this now. */
  onWrite: (text: string) => void
}) {
  const { deviceVersion } = useSnapshot()
  const size = CELLS[cell].bytes
  const valueCount = Math.floor(sizeBytes / size)
  const { scroller, onScroll, columns, spacerPx, topRow, visibleCount, reveal } = useTallRows(valueCount, ROW_REM, (widthRem) => columnsFor(widthRem, cell))
  const first = topRow * columns
  const from = Math.floor(first / (PLOT_COUNT / 2)) * (PLOT_COUNT / 2)
  const seen = useBytes({ kind: 'file', host, path }, from * size, Math.min(PLOT_COUNT, valueCount - from) * size, deviceVersion, LOOK_EVERY_MS)
  const values = useMemo(() => valuesOf(seen.bytes, cell), [seen, cell])
  const start = seen.offsetBytes / size
  const changed = useChanged(seen, values, start)

  useEffect(() => reveal(Math.floor(index / columns)), [index, columns, reveal])

  const onKey = (event: KeyboardEvent): void => {
    const value = values[index - start]
    const to = walked(event.key, index, { rowBytes: columns, pageBytes: Math.max(1, visibleCount - 2) * columns, endBytes: valueCount, unitBytes: 1, far: event.ctrlKey || event.metaKey })
    if (to !== undefined) onIndex(to)
    else if ((event.key === 'Enter' || event.key === 'F2') && value !== undefined) onWrite(exactText(value, cell))
    else return
    event.preventDefault()
  }

  const rows = []
  for (let row = topRow; row < topRow + visibleCount; row++) {
    const cells = []
    for (let i = row * columns; i < Math.min((row + 1) * columns, valueCount); i++) {
      const tick = changed.get(i)
      cells.push(
        <span key={tick === undefined ? i : `${i}:${tick}`} id={`value-${i}`} data-value={i} role="gridcell" className="value" data-current={i === index || undefined}
          aria-selected={i === index} data-changed={tick === undefined ? undefined : true}>
          {valueText(values[i - start], cell)}
        </span>,
      )
    }
    rows.push(
      <div key={row} className="value-row" role="row" aria-rowindex={row + 1}>
        <span role="rowheader" className="value-index">{countText(row * columns)}</span>
        {cells}
      </div>,
    )
  }

  return (
    <>
      {seen.trouble && <Note trouble={seen.trouble} />}
      {!seen.trouble && <Plot values={values} start={start} cell={cell} />}
      <div className="values mono" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label={`${path} on ${host} as ${cell}`} aria-rowcount={Math.ceil(valueCount / columns)}
        aria-activedescendant={index >= first && index < first + visibleCount * columns ? `value-${index}` : undefined} onKeyDown={onKey}
        onDoubleClick={() => {
          const value = values[index - start]
          if (value !== undefined) onWrite(exactText(value, cell))
        }}
        onClick={(event) => {
          const at = event.target instanceof HTMLElement ? event.target.dataset['value'] : undefined
          if (at !== undefined) onIndex(Number(at))
        }}>
        <div role="presentation" style={{ height: spacerPx }}>
          <div className="values-window" role="presentation" data-cell={cell} style={{ '--columns': columns } as CSSProperties}>{rows}</div>
        </div>
      </div>
    </>
  )
}

function Plot({ values, start, cell }: { values: Values; start: number; cell: CellKind }) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const { widthPx, remPx } = useSize(frame)
  const heightPx = PLOT_HEIGHT_REM * remPx
  const numbers = useMemo(() => numbersOf(values), [values])
  const extremes = useMemo(() => extremesOf(values), [values])
  useEffect(() => {
    const paint = (): void => {
      if (canvas.current && widthPx > 0) paintPlot(canvas.current, numbers, widthPx, heightPx)
    }
    paint()
    return onThemeChange(paint)
  }, [numbers, widthPx, heightPx])
  const words = `${countText(values.length)} ${cell} values from index ${countText(start)}: ${extremes ? `lowest ${valueText(extremes.low, cell)}, highest ${valueText(extremes.high, cell)}` : 'none is finite'}`
  return (
    <figure className="plot">
      <div ref={frame}>
        <canvas ref={canvas} role="img" aria-label={values.length === 0 ? 'Line plot' : `Line plot of ${words}`} style={{ width: widthPx, height: heightPx }} />
      </div>
      <figcaption className="caption num">{values.length === 0 ? 'Nothing is read yet' : words}.</figcaption>
    </figure>
  )
}

/** Indices of values that differ from the look before, each with the number of that look; forgotten after a moment. */
function useChanged(seen: Seen, values: Values, start: number): ReadonlyMap<number, number> {
  const [last, setLast] = useState({ seen, values, looks: 0, changed: NONE })
  if (last.seen !== seen) {
    const looks = last.looks + 1
    const comparable = last.seen.offsetBytes === seen.offsetBytes && last.values.length === values.length
    setLast({ seen, values, looks, changed: comparable ? differing(last.values, values, start, looks) : NONE })
  }
  const { changed } = last
  useEffect(() => {
    if (changed.size === 0) return
    const timer = setTimeout(() => setLast((now) => (now.changed === changed ? { ...now, changed: NONE } : now)), MARK_MS)
    return () => clearTimeout(timer)
  }, [changed])
  return changed
}

function differing(before: Values, after: Values, start: number, look: number): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (let i = 0; i < after.length; i++) if (!Object.is(after[i], before[i])) found.set(start + i, look)
  return found
}

/** A power of two, so that indices at the start of rows are round. */
function columnsFor(widthRem: number, cell: CellKind): number {
  const fitting = Math.floor((widthRem - INDEX_REM) / CELL_REM[cell])
  return 2 ** Math.floor(Math.log2(Math.min(Math.max(fitting, 1), 16)))
}

const NONE: ReadonlyMap<number, number> = new Map()
