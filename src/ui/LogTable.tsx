// The metadata log as the media has it: every entry decoded and judged, and who has played it. Only the rows that show are
// read and drawn. One row is the current one; arrows move it, and its bytes show in the inspector.

import { Check, X } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { LOG_ENTRY_BYTES } from '../core/omf/log.ts'
import type { HostView, Snapshot } from '../playground/types.ts'
import { useBytes } from './bytes.ts'
import { countText, plural } from './format.ts'
import { type LogRow, logRowsOf } from './logRows.ts'
import { lighting, useLook, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { entryOffset } from './overlay.ts'
import { Swatch } from './parts.tsx'
import { useSnapshot } from './session.tsx'
import { useTallRows } from './tallRows.ts'

const ROW_REM = 1.75
// The head stays while rows scroll under it.
const HEAD_REM = 1.5
const HEADS = ['Entry', 'Type', 'Path', 'Size', 'Mode', 'Owner', 'Map', 'CRC', 'Seqnum', 'Played by']

export function LogTable() {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const current = useLook((state) => state.entryIndex)
  const filesystem = snapshot.device.filesystem
  const count = filesystem?.entryCount ?? 0
  const { scroller, onScroll, spacerPx, topRow: first, visibleCount: shown, reveal } = useTallRows(count, ROW_REM, undefined, HEAD_REM)
  const seen = useBytes(DEVICE, entryOffset(snapshot, first), shown * LOG_ENTRY_BYTES, snapshot.deviceVersion)
  const start = entryOffset(snapshot, 0)
  const rows = useMemo(() => {
    const firstIndex = Math.round((seen.offsetBytes - start) / LOG_ENTRY_BYTES)
    return new Map(logRowsOf(seen.bytes, firstIndex).map((row) => [row.index, row]))
  }, [seen, start])

  // The newest entry is what just happened: it stays in sight.
  const counted = useRef(count)
  useEffect(() => {
    if (count > counted.current) reveal(count - 1)
    counted.current = count
  }, [count, reveal])

  const choose = (index: number, open: boolean): void => {
    look.set({ entryIndex: index, inspector: 'bytes', selectedBytes: entryOffset(snapshot, index), selectedLength: 8, asked: look.get().asked + 1, ...(open && { pane: 'inspector' }) })
    reveal(index)
  }
  const onKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, shown - 1)
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -current, End: count - 1 - current, Enter: 0, ' ': 0 }
    const step = steps[event.key]
    if (step === undefined || count === 0) return
    event.preventDefault()
    choose(Math.min(Math.max(current + step, 0), count - 1), step === 0)
  }

  return (
    <section className="log" aria-labelledby="log-heading">
      <header className="section-head">
        <h2 id="log-heading">Log</h2>
        <span className="num quiet">
          {filesystem ? `${plural(count, 'entry', 'entries')}, ${countText(filesystem.slotCount - count)} free slots` : 'no log on the device'}
        </span>
      </header>
      <div className="log-scroll" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label="Log entries" aria-rowcount={count + 1} style={{ '--hosts': snapshot.hosts.length } as CSSProperties}
        aria-activedescendant={rows.has(current) ? `log-${current}` : undefined} onKeyDown={onKey}
        onClick={(event) => {
          const entry = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-entry]')?.dataset['entry'] : undefined
          if (entry !== undefined) choose(Number(entry), true)
        }}>
        <div className="log-row log-head" role="row" aria-rowindex={1}>
          {HEADS.map((head) => <span key={head} role="columnheader">{head}</span>)}
        </div>
        <div role="presentation" style={{ height: spacerPx }}>
          <div className="log-window" role="presentation">
            {Array.from({ length: shown }, (_, i) => {
              const index = first + i
              const row = rows.get(index)
              return row ? (
                <LogLine key={index} row={row} snapshot={snapshot} current={index === current} newest={index === count - 1} />
              ) : (
                <div key={index} className="log-row" role="row" aria-rowindex={index + 2}><span role="gridcell" className="num">{index}</span></div>
              )
            })}
          </div>
        </div>
      </div>
    </section>
  )
}

function LogLine({ row, snapshot, current, newest }: {
  row: LogRow
  snapshot: Snapshot
  current: boolean
  newest: boolean
}) {
  const look = useLookStore()
  const lit = useLook((state) => state.lit === row.index)
  const media = mediaIndex(snapshot.files).byEntry.get(row.index)
  return (
    <div id={`log-${row.index}`} className="log-row" role="row" aria-rowindex={row.index + 2} aria-selected={current} data-lit={lit || undefined}
      data-arrived={newest || undefined} data-entry={row.index} {...lighting(look, row.index)}>
      <span role="gridcell" className="num">{row.index}</span>
      <span role="gridcell">{row.type}</span>
      <span role="gridcell" className="path mono" title={row.path}>
        {media && <Swatch colour={media.colour} strips={media.chunkBytes !== undefined} />}
        <span className="clip">{row.path}</span>
      </span>
      <span role="gridcell" className="num">{row.size}</span>
      <span role="gridcell" className="num">{row.mode}</span>
      <span role="gridcell" className="num">{row.owner}</span>
      <span role="gridcell" className="num clip" title={row.map}>{row.map}</span>
      <span role="gridcell"><Verdict right={row.crcRight} wrong="wrong" /></span>
      <span role="gridcell"><Verdict right={row.seqnumRight} wrong={`is ${row.seqnum}`} /></span>
      <span role="gridcell" className="players">
        {snapshot.hosts.map((host) => <Player key={host.name} host={host} index={row.index} />)}
      </span>
    </div>
  )
}

/** Filled where the host has played this entry; the last one it played carries its position. */
function Player({ host, index }: { host: HostView; index: number }) {
  const played = host.status === 'up' && index < host.playedCount
  return (
    <span className="player" data-played={played || undefined} data-last={(played && index === host.playedCount - 1) || undefined}>
      {host.name}
      <span className="visually-hidden">{played ? ' played' : ' not played'}</span>
    </span>
  )
}

function Verdict({ right, wrong }: { right: boolean; wrong: string }) {
  return right ? (
    <span className="verdict" data-right><Check aria-hidden /> ok</span>
  ) : (
    <span className="verdict"><X aria-hidden /> {wrong}</span>
  )
}

const DEVICE = { kind: 'device' } as const
