// What kernel and daemon said to each other, as arrows between two lanes; each message is an option, and the one that is
// chosen is shown as bytes beneath. The arrows are drawn, the words are text: they are read, selected and enlarged as such.

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { LabMessage, LabRun, LabSide } from '../../playground/lab/types.ts'
import { countText, sizeText } from '../format.ts'
import { useSize } from '../size.ts'
import type { Side } from './choices.ts'
import { drawn, endUs, ladderOf, type Rung, stripOf } from './ladder.ts'
import { errnoText, KERNEL_TITLES, otherEnd, sideText, usText } from './text.ts'
import { useChoices, useChooser } from './useChoices.ts'

const ROW_REM = 1.875
const TIMES_REM = 4.5
const EDGE_REM = 1
/** In less, words would be cut: then it scrolls sideways in its box. */
const LEAST_REM = 18
/** More than anybody reads at once; the rest is a press away. */
const SHOWN_FIRST = 60
const SHOWN_MORE = 240

export function Messages({ run }: { run: LabRun }) {
  const wholeUs = Math.max(endUs(run.sides[0].messages), endUs(run.sides[1].messages))
  return (
    <section aria-labelledby="lab-messages-heading">
      <h3 id="lab-messages-heading">Messages</h3>
      <p className="quiet">In the order they were sent, from top to bottom; each arrow is one message, and whoever asked waits for the answer. Choose one to see its bytes.</p>
      <div className="lab-sides">
        {run.sides.map((side, i) => <Ladder key={i === 0 ? 'left' : 'right'} side={side} at={i === 0 ? 0 : 1} wholeUs={wholeUs} />)}
      </div>
    </section>
  )
}

function Ladder({ side, at, wholeUs }: { side: LabSide; at: Side; wholeUs: number }) {
  const { messages, messageCount, kernel } = side
  const [shownCount, setShownCount] = useState(SHOWN_FIRST)
  const shown = messages.slice(0, shownCount)
  const missing = messageCount - shown.length
  return (
    <div className="lab-ladder" data-side={at}>
      <p className="lab-ladder-head"><span className="side-mark" aria-hidden />{sideText(side)}</p>
      {messages.length === 0 ? <p className="lab-silence quiet">No message at all.</p> : (
        <>
          <Strip messages={messages} wholeUs={wholeUs} />
          <Rungs messages={shown} side={at} label={`Messages of ${KERNEL_TITLES[kernel]}`} otherEnd={otherEnd(kernel)} />
        </>
      )}
      {missing > 0 && (
        <p className="lab-more">
          <span className="quiet">{countText(missing)} more.</span>{' '}
          {shown.length < messages.length && <button type="button" className="link" onClick={() => setShownCount(shownCount + SHOWN_MORE)}>Show {countText(Math.min(SHOWN_MORE, messages.length - shown.length))} of them</button>}
          {shown.length === messages.length && <span className="quiet">They are counted, and were not kept.</span>}
        </p>
      )}
    </div>
  )
}

/** All of them along one line, to scale; the same scale for both kernels. */
function Strip({ messages, wholeUs }: { messages: readonly LabMessage[]; wholeUs: number }) {
  return (
    <div className="lab-strip" role="img" aria-label={`To scale: the last answer came after ${usText(endUs(messages))}`}>
      {stripOf(messages, wholeUs).map(({ index, leftPercent, widthPercent }) => <i key={index} style={{ left: `${leftPercent}%`, width: `max(1px, ${widthPercent}%)` }} />)}
      <span className="quiet" aria-hidden>0</span>
      <span className="quiet" aria-hidden>{usText(wholeUs)}</span>
    </div>
  )
}

function Rungs({ messages, side, label, otherEnd: other }: { messages: readonly LabMessage[]; side: Side; label: string; otherEnd: string }) {
  const chooser = useChooser()
  const { chosen } = useChoices()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const { widthPx: seenPx, remPx } = useSize(list)
  const widthPx = Math.max(seenPx, LEAST_REM * remPx)
  const { rungs, rowCount } = ladderOf(messages)
  const current = chosen?.side === side ? chosen.index : undefined
  const rowPx = ROW_REM * remPx
  const leftPx = (TIMES_REM + EDGE_REM) * remPx
  const rightPx = Math.max(leftPx + 1, widthPx - EDGE_REM * remPx)

  // Only inside its own scroller.
  useEffect(() => {
    const option = list.current?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (!option || !list.current) return
    const { scrollTop, clientHeight } = list.current
    if (option.offsetTop < scrollTop) list.current.scrollTop = option.offsetTop
    else if (option.offsetTop + option.offsetHeight > scrollTop + clientHeight) list.current.scrollTop = option.offsetTop + option.offsetHeight - clientHeight
  }, [current])

  const onKey = (event: KeyboardEvent): void => {
    const last = messages.length - 1
    const at = current ?? -1
    const to: Record<string, number> = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last, Enter: Math.max(at, 0), ' ': Math.max(at, 0) }
    const index = to[event.key]
    if (index === undefined) return
    event.preventDefault()
    chooser.choose({ side, index })
  }
  return (
    <>
      <div className="lab-lanes quiet" aria-hidden><span>kernel</span><span>{other}</span></div>
      <div ref={list} className="lab-rungs" role="listbox" tabIndex={0} aria-label={label} aria-activedescendant={current === undefined ? undefined : `${id}-${current}`} onKeyDown={onKey}>
        <svg width={widthPx} height={rowCount * rowPx} aria-hidden>
          {current !== undefined && rungs[current] && <rect className="chosen" x={0} y={rungs[current].topRow * rowPx} width={widthPx} height={rungs[current].rowCount * rowPx} />}
          <line className="lane" x1={leftPx} x2={leftPx} y1={0} y2={rowCount * rowPx} />
          <line className="lane" x1={rightPx} x2={rightPx} y1={0} y2={rowCount * rowPx} />
          {rungs.map((rung) => <Arrows key={rung.index} rung={rung} leftPx={leftPx} rightPx={rightPx} rowPx={rowPx} />)}
        </svg>
        {rungs.map(({ index, message, rowCount: rows }) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the list has the focus and the keys
          <div key={index} id={`${id}-${index}`} role="option" aria-selected={index === current} className="lab-rung" style={{ height: `${rows * ROW_REM}rem`, minWidth: `${LEAST_REM}rem` }} onClick={() => chooser.choose({ side, index })}>
            <RungText message={message} />
          </div>
        ))}
      </div>
    </>
  )
}

function Arrows({ rung: { arrows, waits }, leftPx, rightPx, rowPx }: { rung: Rung; leftPx: number; rightPx: number; rowPx: number }) {
  return (
    <>
      {waits && arrows[0] && <rect className="waits" x={(arrows[0].toRight ? leftPx : rightPx) - 2.5} width={5} y={waits.fromRow * rowPx} height={(waits.toRow - waits.fromRow) * rowPx} />}
      {arrows.map((arrow) => {
        const { head, ...line } = drawn(arrow, leftPx, rightPx, rowPx)
        return (
          <g key={arrow.isAnswer ? 'answer' : 'request'} className="arrow" data-answer={arrow.isAnswer || undefined} data-failed={arrow.failed || undefined}>
            <line {...line} />
            <polygon points={head} />
          </g>
        )
      })}
    </>
  )
}

function RungText({ message: { name, node, request, answer, sentUs, answeredUs } }: { message: LabMessage }) {
  return (
    <>
      <span className="lab-rung-row">
        <span className="num quiet">{usText(sentUs)}</span>
        <span className="lab-words"><code>{name}</code>{node > 0 && ` node ${node}`}{request.length > 0 && `, ${sizeText(request.length)}`}</span>
      </span>
      {answer && (
        <span className="lab-rung-row">
          <span className="num quiet">{answeredUs > sentUs ? `+${usText(answeredUs - sentUs)}` : '+~0 µs'}</span>
          <span className="lab-words">{answer.errno === 0 ? `answer, ${sizeText(answer.bytes.length)}` : <span className="wrong">{`refused, ${errnoText(answer.errno)}`}</span>}</span>
        </span>
      )}
    </>
  )
}
