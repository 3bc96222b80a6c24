// A mapped file as text: the characters that its bytes are, row by row, read again a few times a second while they can be
// seen, because other hosts write without an event. Arrows move by bytes, as in the grids of values.

import { type KeyboardEvent, type MouseEvent, useEffect, useMemo } from 'react'
import { useBytes } from '../bytes.ts'
import { countText } from '../format.ts'
import { Note } from '../parts.tsx'
import { useSnapshot } from '../session.tsx'
import { useTallRows } from '../tallRows.ts'
import { walked } from './range.ts'
import { rowOf, runesOf } from './runes.ts'

const LOOK_EVERY_MS = 250
const ROW_REM = 1.375
const INDEX_REM = 5.5
const LETTER_REM = 0.47
const CHOICES = [64, 32, 16]
/** The longest sequence of UTF-8 may begin so far before a row. */
const LEAD_BYTES = 3

export function TextGrid({ host, path, sizeBytes, index, onIndex }: {
  host: string
  path: string
  sizeBytes: number
  index: number
  onIndex: (index: number) => void
}) {
  const { deviceVersion } = useSnapshot()
  const { scroller, onScroll, columns, spacerPx, topRow, visibleCount, reveal } = useTallRows(sizeBytes, ROW_REM, columnsFor)
  const first = topRow * columns
  const from = Math.max(0, first - LEAD_BYTES)
  const seen = useBytes({ kind: 'file', host, path }, from, Math.min(visibleCount * columns + 2 * LEAD_BYTES, sizeBytes - from), deviceVersion, LOOK_EVERY_MS)
  const runes = useMemo(() => runesOf(seen.bytes), [seen])
  useEffect(() => reveal(Math.floor(index / columns)), [index, columns, reveal])

  const onKey = (event: KeyboardEvent): void => {
    const to = walked(event.key, index, { rowBytes: columns, pageBytes: Math.max(1, visibleCount - 2) * columns, endBytes: sizeBytes, unitBytes: 1, far: event.ctrlKey || event.metaKey })
    if (to === undefined) return
    event.preventDefault()
    onIndex(to)
  }
  const onClick = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-from]') : null
    const letters = row?.querySelector('.letters')?.getBoundingClientRect()
    if (!row || !letters) return
    const letterPx = letters.width / columns
    onIndex(Math.min(Number(row.dataset['from']) + Math.min(Math.max(0, Math.floor((event.clientX - letters.left) / letterPx)), columns - 1), sizeBytes - 1))
  }

  const rows = []
  for (let row = topRow; row < topRow + visibleCount; row++) {
    const start = row * columns
    const count = Math.min(columns, sizeBytes - start)
    const known = rowOf(runes, start - seen.offsetBytes, count)
    const at = index - start
    const isCurrent = at >= 0 && at < count
    rows.push(
      <div key={row} id={isCurrent ? 'text-current' : undefined} className="text-row" role="row" aria-rowindex={row + 1} aria-selected={isCurrent} data-from={start}>
        <span role="rowheader" className="value-index">{countText(start)}</span>
        <span role="gridcell" className="letters" style={{ width: `${columns}ch` }}>
          {isCurrent ? <>{known.slice(0, at).join('')}<mark>{known[at] || ' '}</mark>{known.slice(at + 1).join('')}</> : known.join('')}
        </span>
      </div>,
    )
  }
  const inSight = index >= first && index < first + visibleCount * columns
  return (
    <>
      {seen.trouble && <Note trouble={seen.trouble} />}
      <div className="values mono" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label={`${path} on ${host} as text`} aria-rowcount={Math.ceil(sizeBytes / columns)}
        aria-activedescendant={inSight ? 'text-current' : undefined} onKeyDown={onKey} onClick={onClick}>
        <div role="presentation" style={{ height: spacerPx }}>
          <div className="values-window" role="presentation">{rows}</div>
        </div>
      </div>
    </>
  )
}

function columnsFor(widthRem: number): number {
  return CHOICES.find((columns) => INDEX_REM + columns * LETTER_REM <= widthRem) ?? 16
}
