// The log's entries, decoded and judged, and who has played them. Only the rows that show are read and drawn, and a row
// that leaves at one end comes in again at the other. One row is the current one; arrows move it, and its bytes show in the inspector.

import { Check, X } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, memo, useCallback, useEffect, useRef } from 'react'
import { LOG_ENTRY_BYTES } from '../core/omf/log.ts'
import type { EntryQuery, HostView, MediaFile } from '../playground/types.ts'
import { entryOffset } from './addresses.ts'
import { useEntryRows } from './entryRows.ts'
import { listText } from './format.ts'
import { between, indicesAt } from './logFilter.ts'
import { LogPlaces } from './LogPlaces.tsx'
import type { LogRow } from './logRows.ts'
import { type Look, lighting, useLook, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { Swatch } from './parts.tsx'
import { useDevices, useSnapshot } from './session.tsx'
import { useTallRows } from './tallRows.ts'

const ROW_REM = 1.75
// The head stays while rows scroll under it.
const HEAD_REM = 1.5
const HEADS = ['Entry', 'Type', 'Path', 'Size', 'Mode', 'Owner', 'Map', 'CRC', 'Seqnum', 'Played by']

/** @param found indices of the entries that show; undefined for all; @param query what was looked for: another one begins at the top */
export function LogGrid({ found, query }: { found: readonly number[] | undefined; query: EntryQuery }) {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const current = useLook((state) => state.entryIndex)
  const start = entryOffset(snapshot, 0)
  // The inspector may have gone elsewhere since.
  const isShown = useLook((state) => Math.floor((state.selectedBytes - start) / LOG_ENTRY_BYTES) === state.entryIndex)
  const entryCount = snapshot.device.filesystem?.entryCount ?? 0
  const count = found?.length ?? entryCount
  const { scroller, onScroll, spacerPx, topRow: first, visibleCount: shown, reveal, goTo } = useTallRows(count, ROW_REM, undefined, HEAD_REM)
  const visible = indicesAt(found, first, shown)
  // Some more than shows, so that a row is there before it comes into sight.
  const spare = Math.ceil(shown / 2)
  const from = Math.max(0, first - spare)
  const rows = useEntryRows(indicesAt(found, from, Math.min(count, first + shown + spare) - from), entryOffset(snapshot, 0), snapshot.deviceVersion, useDevices())
  const byEntry = mediaIndex(snapshot.files).byEntry
  const positionOf = (index: number): number => (found ? found.indexOf(index) : index)

  // The newest entry is what just happened: it stays in sight.
  const counted = useRef(entryCount)
  useEffect(() => {
    if (entryCount > counted.current && !found) reveal(entryCount - 1)
    counted.current = entryCount
  }, [entryCount, found, reveal])
  useEffect(() => goTo(0), [query, goTo])
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
  // With rows on either side of it.
  const goAround = useCallback((playedCount: number) => goTo(nearest(found, playedCount) - Math.floor(shown / 2)), [goTo, found, shown])

  return (
    <div className="log-body">
      <div className="log-scroll" ref={scroller} onScroll={onScroll} role="grid" tabIndex={0} aria-label="Log entries" aria-rowcount={count + 1} data-devices={snapshot.dump || snapshot.device.devices.length > 1 ? true : undefined} style={{ '--hosts': snapshot.hosts.length } as CSSProperties}
        aria-activedescendant={visible.includes(current) && rows.has(current) ? `log-${current}` : undefined} onKeyDown={onKey}
        onClick={(event) => {
          const entry = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-entry]')?.dataset['entry'] : undefined
          if (entry !== undefined) choose(positionOf(Number(entry)), true)
        }}>
        <div className="log-row log-head" role="row" aria-rowindex={1}>
          {HEADS.slice(0, snapshot.hosts.length > 0 ? HEADS.length : -1).map((head) => <span key={head} role="columnheader">{head}</span>)}
        </div>
        <div role="presentation" style={{ height: spacerPx }}>
          <div className="log-window" role="presentation">
            {visible.map((index, i) => (
              <LogLine key={(first + i) % shown} index={index} row={rows.get(index)?.row} position={first + i} media={byEntry.get(index)} hosts={snapshot.hosts} look={look} current={index === current} chosen={index === current && isShown}
                newest={index === entryCount - 1} marks={between(snapshot.hosts, indicesAt(found, first + i - 1, 1)[0], index).join()} top={i === 0} />
            ))}
          </div>
        </div>
      </div>
      {entryCount > shown && <LogPlaces hosts={snapshot.hosts} onGo={goAround} />}
    </div>
  )
}

/** Position of the first row at or behind an entry. */
function nearest(found: readonly number[] | undefined, index: number): number {
  if (!found) return index
  const position = found.findIndex((candidate) => candidate >= index)
  return position < 0 ? found.length : position
}

const LogLine = memo(function LogLine({ index, row, position, media, hosts, look, current, chosen, newest, marks, top }: {
  index: number
  /** Undefined until it has been read. */
  row: LogRow | undefined
  position: number
  media: MediaFile | undefined
  hosts: readonly HostView[]
  look: Look
  /** The keyboard's row, and whether its bytes are the ones in the inspector. */
  current: boolean
  chosen: boolean
  newest: boolean
  /** Names of the hosts that stand right above this entry, with commas. */
  marks: string
  top: boolean
}) {
  const lit = useLook((state) => state.lit === index)
  const names = marks === '' ? [] : marks.split(',')
  return (
    <div id={`log-${index}`} className="log-row" role="row" aria-rowindex={position + 2} aria-selected={chosen} data-current={current || undefined} data-lit={lit || undefined} data-mark={marks || undefined} data-top={top || undefined}
      data-arrived={newest || undefined} data-entry={index} data-unread={row ? undefined : true} {...lighting(look, index)}>
      <span role="gridcell" className="num">{index}</span>
      <span role="gridcell">{row?.type}</span>
      <span role="gridcell" className="path mono" title={row?.path}>
        {media && <Swatch colour={media.colour} strips={media.chunkBytes !== undefined} />}
        <span className="clip">{row?.path}</span>
      </span>
      <span role="gridcell" className="num">{row?.size}</span>
      <span role="gridcell" className="num">{row?.mode}</span>
      <span role="gridcell" className="num">{row?.owner}</span>
      <span role="gridcell" className="num clip" title={row?.map}>{row?.map}</span>
      <span role="gridcell"><Verdict right={row?.crcRight ?? true} wrong="wrong" /></span>
      <span role="gridcell"><Verdict right={row?.seqnumRight ?? true} wrong={`is ${row?.seqnum ?? ''}`} /></span>
      {hosts.length > 0 && <span role="gridcell" className="players">
        {hosts.map((host) => <Player key={host.name} host={host} index={index} />)}
        {names.length > 0 && <span className="log-mark">{listText(names, names.length)} {names.length === 1 ? 'has' : 'have'} played up to here</span>}
      </span>}
    </div>
  )
})

/** Filled where the host has played this entry; the last one it played carries its position. */
function Player({ host, index }: { host: HostView; index: number }) {
  const played = host.status === 'up' && !host.stale && host.elsewhere === undefined && index < host.playedCount
  return (
    <span className="player" title={`${host.name} has ${played ? '' : 'not '}played entry ${index}`} data-played={played || undefined} data-last={(played && index === host.playedCount - 1) || undefined}>
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
