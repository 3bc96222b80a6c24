// Messages in the corner: what happened out of sight, for a few seconds, and for as long as a pointer or the focus is on
// them. They never take the focus. What the trace's own live region says isn't said here again.

import './toasts.css'
import { Check, CircleAlert, Info, X } from 'lucide-react'
import { type SyntheticEvent, useEffect, useRef, useState } from 'react'
import { sentence } from './format.ts'
import { callNoteBack, type Look, showBytes, useLookStore } from './look.tsx'
import { type Message, type Messages, useMessages, useMessageStore } from './messages.ts'
import { putAway, toast } from './toast.ts'
import { type Known, type News, newsOf } from './news.ts'
import { usePlayground } from './session.tsx'

const STAY_MS = 6000
/** A form that shows its own failure puts it away within this time; then there is nothing to add. */
const SETTLE_MS = 150
/** A note whose first lines don't fit into the window isn't in sight. */
const NOTE_ROOM_PX = 96

export function Toasts() {
  const { all, shown } = useMessages()
  useNews()
  const standing = all.filter(({ index }) => shown.includes(index))
  const unspoken = standing.findLast(({ isSpoken }) => !isSpoken)
  return (
    <>
      {standing.length > 0 && <Standing list={standing} />}
      <div className="visually-hidden" role="status">{unspoken && unspoken.kind !== 'failure' && <Words key={unspoken.index} message={unspoken} />}</div>
      <div className="visually-hidden" role="alert">{unspoken?.kind === 'failure' && <Words key={unspoken.index} message={unspoken} />}</div>
    </>
  )
}

function Standing({ list }: { list: readonly Message[] }) {
  const messages = useMessageStore()
  const [held, setHeld] = useState(false)
  const hold = (): void => setHeld(true)
  const release = ({ currentTarget }: SyntheticEvent): void => {
    // The focus isn't yet where it goes.
    requestAnimationFrame(() => setHeld(currentTarget.matches(':hover') || currentTarget.contains(document.activeElement)))
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- to be read at leisure, not to be used
    <section className="toasts" aria-label="Messages" onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      <ol>
        {list.map((message) => <Toast key={message.index} message={message} held={held} messages={messages} />)}
      </ol>
    </section>
  )
}

function Words({ message: { says, next } }: { message: Message }) {
  return <p>{`${sentence(says)}${next === undefined ? '' : ` ${sentence(next)}`}`}</p>
}

const ICONS = { failure: CircleAlert, done: Check, note: Info }
const KIND_WORDS = { failure: 'Failed', done: 'Done', note: 'Note' }

function Toast({ message, held, messages }: { message: Message; held: boolean; messages: Messages }) {
  const { index, kind, says, next, act } = message
  const Icon = ICONS[kind]
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => putAway(messages, index), STAY_MS)
    return () => clearTimeout(timer)
  }, [held, messages, index])
  return (
    <li className="toast" data-kind={kind}>
      <Icon aria-label={KIND_WORDS[kind]} />
      <div className="toast-words">
        <p>{sentence(says)}</p>
        {next !== undefined && <p className="quiet">{sentence(next)}</p>}
        {act && <button type="button" className="link" onClick={() => { putAway(messages, index); act.run() }}>{act.label}</button>}
      </div>
      <button type="button" className="icon" aria-label="Dismiss" onClick={() => putAway(messages, index)}><X aria-hidden /></button>
    </li>
  )
}

/** Looks at every snapshot without drawing anything for it. */
function useNews(): void {
  const playground = usePlayground()
  const messages = useMessageStore()
  const look = useLookStore()
  const known = useRef<Known>(undefined)
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>()
    const onChange = (): void => {
      const snapshot = playground.snapshot()
      if (!snapshot.ready) return
      const { known: next, news } = newsOf(known.current, snapshot, performance.now())
      known.current = next
      if (news.length === 0) return
      const timer = setTimeout(() => {
        timers.delete(timer)
        for (const item of news) tell(messages, look, item)
      }, SETTLE_MS)
      timers.add(timer)
    }
    onChange()
    const stop = playground.subscribe(onChange)
    return () => {
      stop()
      for (const timer of timers) clearTimeout(timer)
    }
  }, [playground, messages, look])
}

function tell(messages: Messages, look: Look, news: News): void {
  if (news.kind === 'gave way') return void toast(messages, { kind: 'note', says: news.says })
  if (news.kind === 'finished') {
    const bytes = news.event?.bytes
    const act = bytes && { label: 'show where', run: () => showBytes(look, bytes.offsetBytes, bytes.lengthBytes) }
    return void toast(messages, { kind: 'done', says: news.says, act, isSpoken: news.event !== undefined })
  }
  const { event } = news
  const place = event.host ?? ''
  if (!event.failure || (look.get().putAway[place] ?? -1) >= event.index || isInSight(place)) return
  toast(messages, { kind: 'failure', says: event.sentence, next: event.failure.next, act: { label: 'show where', run: () => callNoteBack(look, place, event.index) }, isSpoken: true })
}

/** The failure's note stands where the person can see it: in the host's lane, or above all lanes. */
function isInSight(place: string): boolean {
  const lane = place === '' ? null : document.querySelector(`[data-lane="${CSS.escape(place)}"]`)
  const box = (lane ?? document.querySelector('.guide'))?.getBoundingClientRect()
  if (!box || box.width === 0 || box.height === 0) return false
  // Notes stand near the top of either.
  return box.top >= 0 && box.top < innerHeight - NOTE_ROOM_PX && box.right > 0 && box.left < innerWidth
}

