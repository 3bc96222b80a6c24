// What happened, newest first so that it is always in sight. Each event is one sentence, the same for eye and ear. A row
// leads to the bytes behind it; a failure can be called back to the place where it happened.

import { ArrowRight, CircleAlert } from 'lucide-react'
import { memo } from 'react'
import type { TraceEvent } from '../playground/types.ts'
import { addressText, plural, sentence } from './format.ts'
import { callNoteBack, type Look, showBytes, useLookStore } from './look.tsx'
import { useSnapshot } from './session.tsx'

export function Trace() {
  const { trace } = useSnapshot()
  const look = useLookStore()
  return (
    <section className="trace" aria-labelledby="trace-heading">
      <header className="section-head">
        <h2 id="trace-heading">Trace</h2>
        <span className="quiet num">{plural(trace.length, 'event')}, newest first</span>
      </header>
      <ol className="trace-list" aria-label="What happened, newest first" reversed>
        {trace.toReversed().map((event) => <TraceRow key={event.index} event={event} look={look} />)}
      </ol>
    </section>
  )
}

const TraceRow = memo(function TraceRow({ event, look }: { event: TraceEvent; look: Look }) {
  const { bytes, failure } = event
  const id = `event-${event.index}`
  return (
    <li className="trace-row" data-kind={event.kind} value={event.index}>
      <span className="num quiet trace-index" aria-hidden>{event.index}</span>
      <span className="trace-host">{event.kind === 'failure' ? <CircleAlert aria-label="Failed" /> : undefined}{event.host ?? 'page'}</span>
      <div className="trace-words">
        <p id={id}>{sentence(event.sentence)}</p>
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
          <button type="button" className="link num" onClick={() => showBytes(look, bytes.offsetBytes, bytes.lengthBytes)} aria-label={`Bytes at ${addressText(bytes.offsetBytes)}`} aria-describedby={id}>
            {addressText(bytes.offsetBytes)} <ArrowRight aria-hidden />
          </button>
        )}
      </span>
    </li>
  )
})

/** Says the latest event to those who can't see it appear. */
export function Announcer() {
  const { trace } = useSnapshot()
  const latest = trace.at(-1)
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {latest && `${sentence(latest.sentence)}${latest.failure ? ` ${sentence(latest.failure.next)}` : ''}`}
    </div>
  )
}
