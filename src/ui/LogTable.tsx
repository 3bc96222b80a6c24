// The metadata log as the media has it: every entry decoded and judged, and who has played it. Only the rows that show are
// read and drawn. One row is the current one; arrows move it, and its bytes show in the inspector.

import { Check, X } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, memo, useEffect, useRef, useState } from 'react'
import type { HostView, MediaFile } from '../playground/types.ts'
import { useEntryRows } from './entryRows.ts'
import { listText } from './format.ts'
import { LogFilter, useFound } from './LogFilter.tsx'
import { between, EVERYTHING, fillText, foundText, indicesAt, isFilter } from './logFilter.ts'
import { LogPlaces } from './LogPlaces.tsx'
import type { LogRow } from './logRows.ts'
import { type Look, lighting, useLook, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { entryOffset } from './overlay.ts'
import { PanelHead } from './PanelHead.tsx'
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
  const [query, setQuery] = useState(EVERYTHING)
  const found = useFound(query, snapshot.deviceVersion)
  const filesystem = snapshot.device.filesystem
  const entryCount = filesystem?.entryCount ?? 0
  const count = found?.length ?? entryCount
  const { scroller, onScroll, spacerPx, topRow: first, visibleCount: shown, reveal, goTo } = useTallRows(count, ROW_REM, undefined, HEAD_REM)
  const visible = indicesAt(found, first, shown)
  // Some more than shows, so that a row is there before it comes into sight.
  const spare = Math.ceil(shown / 2)
  const from = Math.max(0, first - spare)
  const rows = useEntryRows(indicesAt(found, from, Math.min(count, first + shown + spare) - from), entryOffset(snapshot, 0), snapshot.deviceVersion)
  const byEntry = mediaIndex(snapshot.files).byEntry
  const positionOf = (index: number): number => (found ? found.indexOf(index) : index)

  // The newest entry is what just happened: it stays in sight.
  const counted = useRef(entryCount)
  useEffect(() => {
    if (entryCount > counted.current && !found) reveal(entryCount - 1)
    counted.current = entryCount
  }, [entryCount, found, reveal])
  // An entry that was asked for elsewhere comes into sight.
  const sought = positionOf(current)
  useEffect(() => {
    if (sought >= 0) reveal(sought)
  }, [sought, reveal])

  const choose = (position: number, open: boolean): void => {
    const [index] = indicesAt(found, position, 1)
    if (index === undefined) return
    look.set({ entryIndex: index, inspector: 'bytes', selectedBytes: entryOffset(snapshot, index), selectedLength: 8, asked: look.get().asked + 1, ...(open && { pane: 'inspector' }) })
    reveal(position)
  }
  const onKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, shown - 1)
    const at = Math.max(0, sought)
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -at, End: count - 1 - at, Enter: 0, ' ': 0 }
    const step = steps[event.key]
    if (step === undefined || count === 0) return
    event.preventDefault()
    // Where the current entry doesn't show, the first key goes to what does.
    choose(sought < 0 ? first : Math.min(Math.max(at + step, 0), count - 1), step === 0)
  }

  return (
    <section className="log" aria-labelledby="log-heading">
      <PanelHead id="log-heading" topic="log" summary={<LogFill filesystem={filesystem} />}>
        {isFilter(query) && <span className="found num" role="status">{foundText(count, entryCount)}</span>}
        <LogFilter query={query} onQuery={setQuery} />
      </PanelHead>
      <div className="log-body">
        <div className="log-scroll" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label="Log entries" aria-rowcount={count + 1} style={{ '--hosts': snapshot.hosts.length } as CSSProperties}
          aria-activedescendant={visible.includes(current) && rows.has(current) ? `log-${current}` : undefined} onKeyDown={onKey}
          onClick={(event) => {
            const entry = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-entry]')?.dataset['entry'] : undefined
            if (entry !== undefined) choose(positionOf(Number(entry)), true)
          }}>
          <div className="log-row log-head" role="row" aria-rowindex={1}>
            {HEADS.map((head) => <span key={head} role="columnheader">{head}</span>)}
          </div>
          <div role="presentation" style={{ height: spacerPx }}>
            <div className="log-window" role="presentation">
              {visible.map((index, i) => {
                const row = rows.get(index)?.row
                const position = first + i
                return row ? (
                  <LogLine key={index} row={row} position={position} media={byEntry.get(index)} hosts={snapshot.hosts} look={look} current={index === current} newest={index === entryCount - 1}
                    marks={between(snapshot.hosts, indicesAt(found, position - 1, 1)[0], index).join()} top={i === 0} />
                ) : (
                  <div key={index} className="log-row" role="row" aria-rowindex={position + 2}><span role="gridcell" className="num">{index}</span></div>
                )
              })}
            </div>
          </div>
        </div>
        {entryCount > 0 && <LogPlaces hosts={snapshot.hosts} onGo={(playedCount) => goTo(nearest(found, playedCount) - Math.floor(shown / 2))} />}
      </div>
    </section>
  )
}

/** Position of the first row at or behind an entry. */
function nearest(found: readonly number[] | undefined, index: number): number {
  if (!found) return index
  const position = found.findIndex((candidate) => candidate >= index)
  return position < 0 ? found.length : position
}

function LogFill({ filesystem }: { filesystem: { entryCount: number; slotCount: number } | undefined }) {
  if (!filesystem) return 'no log on the device'
  const { entryCount, slotCount } = filesystem
  const text = fillText(entryCount, slotCount)
  return entryCount < slotCount ? text : <strong className="wrong">{text}</strong>
}

const LogLine = memo(function LogLine({ row, position, media, hosts, look, current, newest, marks, top }: {
  row: LogRow
  position: number
  media: MediaFile | undefined
  hosts: readonly HostView[]
  look: Look
  current: boolean
  newest: boolean
  /** Names of the hosts that stand right above this entry, with commas. */
  marks: string
  top: boolean
}) {
  const lit = useLook((state) => state.lit === row.index)
  const names = marks === '' ? [] : marks.split(',')
  return (
    <div id={`log-${row.index}`} className="log-row" role="row" aria-rowindex={position + 2} aria-selected={current} data-lit={lit || undefined} data-mark={marks || undefined} data-top={top || undefined}
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
        {hosts.map((host) => <Player key={host.name} host={host} index={row.index} />)}
        {names.length > 0 && <span className="log-mark">{listText(names, names.length)} {names.length === 1 ? 'has' : 'have'} played up to here</span>}
      </span>
    </div>
  )
})

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
