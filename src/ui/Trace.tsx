// What happened, newest first so that it is always in sight, and what was undone above it. Each event is one sentence, the
// same for eye and ear; why it happened opens beneath it. A row leads to the bytes behind it, and to the state after it.

import { ArrowRight, CircleAlert, Redo2, Undo2 } from 'lucide-react'
import { type Dispatch, type KeyboardEvent, memo, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react'
import { causes } from '../playground/causes.ts'
import type { TraceEvent } from '../playground/types.ts'
import { briefPlace, type Devices, placeText } from './addresses.ts'
import { countText, plural, sentence } from './format.ts'
import { callNoteBack, type Look, showBytes, useLookStore } from './look.tsx'
import { PanelHead } from './PanelHead.tsx'
import { useDevices, useGo, usePlayground, useSnapshot } from './session.tsx'
import { Steps } from './Steps.tsx'
import { ALL_EVENTS, fitsTrace, hereText, isTraceFilter, lastOfSteps, PAGE, partsOf, type TraceQuery } from './traceFilter.ts'

export function Trace() {
  const { trace, history, hosts } = useSnapshot()
  const look = useLookStore()
  const devices = useDevices()
  const [query, setQuery] = useState(ALL_EVENTS)
  const travel = useTravel()
  const filtered = isTraceFilter(query)
  const shown = filtered ? trace.filter((event) => fitsTrace(event, query)) : trace
  const { undone, done } = partsOf(shown, history.position)
  const last = lastOfSteps(shown)
  // Whoever goes back or forth sees where that is.
  const here = useRef<HTMLLIElement>(null)
  const seen = useRef({ position: history.position, undone: undone.length })
  useEffect(() => {
    const { position, undone: before } = seen.current
    seen.current = { position: history.position, undone: undone.length }
    if (position === history.position && before === undone.length) return
    return inSight(here.current)
  }, [history.position, undone.length])
  const rowOf = (event: TraceEvent, isUndone: boolean) => {
    const { step, index } = event
    const leads = step !== undefined && last.get(step) === index && step + 1 !== history.position
    return <TraceRow key={index} event={event} look={look} devices={devices} undone={isUndone} stepTo={leads ? step + 1 : undefined} onStep={travel} />
  }

  return (
    <section className="trace" aria-labelledby="trace-heading">
      <PanelHead id="trace-heading" topic="trace" summary={<span role={filtered ? 'status' : undefined}>{filtered ? `${countText(shown.length)} of ${plural(trace.length, 'event')}` : plural(trace.length, 'event')}</span>}>
        <TraceFilter query={query} onQuery={setQuery} names={hosts.map(({ name }) => name)} />
        <Steps slider />
      </PanelHead>
      {filtered && shown.length === 0 && <p className="quiet">No event fits. Escape in the field shows all again.</p>}
      <ol className="trace-list" aria-label="What happened, newest first">
        {undone.map((event) => rowOf(event, true))}
        {history.position < history.stepCount && <li ref={here} className="trace-here" style={HERE_ROOM} aria-current="step">{hereText(history.position, history.stepCount)}</li>}
        {done.map((event) => rowOf(event, false))}
      </ol>
    </section>
  )
}

/** Rows out of sight have no height yet, only a guess: once the row is there, it may have to be brought in again. */
function inSight(row: HTMLElement | null): () => void {
  const bring = (): void => void row?.scrollIntoView({ block: 'nearest' })
  bring()
  const frame = requestAnimationFrame(bring)
  return () => cancelAnimationFrame(frame)
}

/** Goes to a position; while one is on the way already, it does nothing. */
function useTravel(): (position: number) => void {
  const playground = usePlayground()
  const go = useGo()
  return useCallback((position: number) => {
    if (!playground.snapshot().history.travelling) void go(() => playground.stepTo(position))
  }, [playground, go])
}

/** Its borders show too. */
const HERE_ROOM = { scrollMarginBlock: '0.25rem' }

const KINDS: Record<TraceQuery['kind'], string> = { all: 'all events', failures: 'failures', changes: 'changes to the device' }

function TraceFilter({ query, onQuery, names }: { query: TraceQuery; onQuery: Dispatch<SetStateAction<TraceQuery>>; names: string[] }) {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isTraceFilter(query)) return
    event.stopPropagation()
    onQuery(ALL_EVENTS)
  }
  return (
    <span className="filter" role="search" aria-label="Filter the trace">
      <input type="search" size={6} aria-label="Events that say" placeholder="says" spellCheck={false} autoCapitalize="off" value={query.text} onKeyDown={onKey}
        onChange={(event) => onQuery({ ...query, text: event.target.value })} />
      <select aria-label="Events of host" value={query.host} onChange={(event) => onQuery({ ...query, host: event.target.value })}>
        <option value="">all hosts</option>
        {names.map((name) => <option key={name} value={name}>host {name}</option>)}
        {query.host !== '' && query.host !== PAGE && !names.includes(query.host) && <option value={query.host}>host {query.host}</option>}
        <option value={PAGE}>the page</option>
      </select>
      <select aria-label="Kind of event" value={query.kind} onChange={(event) => onQuery({ ...query, kind: event.target.value as TraceQuery['kind'] })}>
        {Object.entries(KINDS).map(([kind, text]) => <option key={kind} value={kind}>{text}</option>)}
      </select>
    </span>
  )
}

const TraceRow = memo(function TraceRow({ event, look, devices, undone, stepTo, onStep }: {
  event: TraceEvent
  look: Look
  devices: Devices
  undone: boolean
  /** Position that the row leads to; undefined where it leads nowhere, or to where we are. */
  stepTo: number | undefined
  onStep: (position: number) => void
}) {
  const { bytes, failure } = event
  const cause = causes[event.kind]
  const [open, setOpen] = useState(false)
  const id = `event-${event.index}`
  return (
    <li className="trace-row" data-kind={event.kind} data-undone={undone || undefined} value={event.index}>
      <span className="num quiet trace-index" aria-hidden>{event.index}</span>
      <span className="trace-host">{event.kind === 'failure' ? <CircleAlert aria-label="Failed" /> : undefined}{event.host ?? 'page'}</span>
      <div className="trace-words">
        <p>
          <span id={id}>{undone && <span className="undone">undone</span>} {sentence(event.sentence)}</span>{' '}
          {cause && <button type="button" className="link why" aria-expanded={open} aria-controls={open ? `${id}-cause` : undefined} aria-describedby={id} onClick={() => setOpen(!open)}>why</button>}
        </p>
        {open && cause && <p id={`${id}-cause`} className="cause">{sentence(cause)}</p>}
        {failure && <p className="quiet">{sentence(failure.next)}</p>}
        {event.command && <code className="command">{event.command}</code>}
      </div>
      <span className="trace-acts">
        {failure && (
          <button type="button" className="link" aria-describedby={id} onClick={() => callNoteBack(look, event.host ?? '', event.index)}>
            show where
          </button>
        )}
        {bytes && (
          <button type="button" className="link num" onClick={() => showBytes(look, bytes.offsetBytes, bytes.lengthBytes)} aria-label={`Bytes at ${placeText(devices, bytes.offsetBytes)}`} aria-describedby={id}>
            {briefPlace(devices, bytes.offsetBytes)} <ArrowRight aria-hidden />
          </button>
        )}
        {stepTo !== undefined && <StepLink to={stepTo} forth={undone} describedBy={id} onStep={onStep} />}
      </span>
    </li>
  )
})

function StepLink({ to, forth, describedBy, onStep }: { to: number; forth: boolean; describedBy: string; onStep: (position: number) => void }) {
  const name = forth ? 'go forth to after this' : 'go back to after this'
  return (
    <button type="button" className="icon trace-step" aria-label={name} title={name} aria-describedby={describedBy} onClick={() => onStep(to)}>
      {forth ? <Redo2 aria-hidden /> : <Undo2 aria-hidden />}
    </button>
  )
}
