// What kernel and daemon said to each other, as arrows between two lanes; each message is an option, and the one that is
// chosen is shown as bytes beneath. The arrows are drawn, the words are text: they are read, selected and enlarged as such.

import { type KeyboardEvent, memo, useCallback, useEffect, useId, useMemo, useRef } from 'react'
import type { LabMessage, LabRun, LabSide } from '../../playground/lab/types.ts'
import { countText, sizeText } from '../format.ts'
import { useSize } from '../size.ts'
import { useTallRows } from '../tallRows.ts'
import type { Side } from './choices.ts'
import { drawn, endUs, ladderOf, type Rung, rungsIn, stripOf, stripPath } from './ladder.ts'
import { errnoText, KERNEL_TITLES, otherEnd, sideText, usText } from './text.ts'
import { useChoice, useChooser } from './useChoices.ts'

const ROW_REM = 1.875
const TIMES_REM = 4.5
const EDGE_REM = 1
/** In less, words would be cut: then it scrolls sideways in its box. */
const LEAST_REM = 18
const STRIP_REM = 0.75
/** Rows on either side of those in sight: they are there before they come into it. */
const SPARE_ROWS = 8

export const Messages = memo(function Messages({ run }: { run: LabRun }) {
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
})

function Ladder({ side, at, wholeUs }: { side: LabSide; at: Side; wholeUs: number }) {
  const { messages, messageCount, kernel } = side
  const missing = messageCount - messages.length
  return (
    <div className="lab-ladder" data-side={at}>
      <p className="lab-ladder-head"><span className="side-mark" aria-hidden />{sideText(side)}</p>
      {messages.length === 0 ? <p className="lab-silence quiet">No message at all.</p> : (
        <>
          <Strip messages={messages} wholeUs={wholeUs} />
          <Rungs messages={messages} side={at} label={`Messages of ${KERNEL_TITLES[kernel]}`} otherEnd={otherEnd(kernel)} />
        </>
      )}
      {missing > 0 && <p className="lab-more quiet">{`${countText(missing)} more are counted, and were not kept.`}</p>}
    </div>
  )
}

/** All of them along one line, to scale; the same scale for both kernels. */
function Strip({ messages, wholeUs }: { messages: readonly LabMessage[]; wholeUs: number }) {
  const root = useRef<HTMLDivElement>(null)
  const { widthPx, remPx } = useSize(root)
  const heightPx = STRIP_REM * remPx
  const path = useMemo(() => stripPath(stripOf(messages, wholeUs), widthPx, heightPx), [messages, wholeUs, widthPx, heightPx])
  return (
    <div ref={root} className="lab-strip" role="img" aria-label={`To scale: the last answer came after ${usText(endUs(messages))}`}>
      <svg width={widthPx} height={heightPx} aria-hidden><path d={path} /></svg>
      <span className="quiet" aria-hidden>0</span>
      <span className="quiet" aria-hidden>{usText(wholeUs)}</span>
    </div>
  )
}

/** Only the rungs in sight are there, and of them only those that change are drawn again. */
function Rungs({ messages, side, label, otherEnd: other }: { messages: readonly LabMessage[]; side: Side; label: string; otherEnd: string }) {
  const chooser = useChooser()
  const current = useChoice(({ chosen }) => (chosen?.side === side ? chosen.index : undefined))
  const id = useId()
  const { rungs, rowCount } = useMemo(() => ladderOf(messages), [messages])
  const { scroller, onScroll, spacerPx, topRow, visibleCount, reveal } = useTallRows(rowCount, ROW_REM)
  const { widthPx: seenPx, remPx } = useSize(scroller)
  const widthPx = Math.max(seenPx, LEAST_REM * remPx)
  const shown = rungsIn(rungs, topRow - SPARE_ROWS, topRow + visibleCount + SPARE_ROWS)
  const isShown = shown.some(({ index }) => index === current)
  const choose = useCallback((index: number) => chooser.choose({ side, index }), [chooser, side])

  // Only inside its own scroller.
  useEffect(() => {
    const rung = current === undefined ? undefined : rungs[current]
    if (!rung) return
    reveal(rung.topRow + rung.rowCount - 1)
    reveal(rung.topRow)
  }, [current, rungs, reveal])

  const onKey = (event: KeyboardEvent): void => {
    const last = messages.length - 1
    const at = current ?? -1
    const to: Record<string, number> = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last, Enter: Math.max(at, 0), ' ': Math.max(at, 0) }
    const index = to[event.key]
    if (index === undefined) return
    event.preventDefault()
    choose(index)
  }
  return (
    <>
      <div className="lab-lanes quiet" aria-hidden><span>kernel</span><span>{other}</span></div>
      <div ref={scroller} className="lab-rungs" role="listbox" tabIndex={0} aria-label={label} aria-activedescendant={isShown ? `${id}-${current}` : undefined} onKeyDown={onKey} onScroll={onScroll}>
        <div role="presentation" style={{ height: spacerPx, minWidth: `${LEAST_REM}rem` }}>
          {shown.map((rung) => <RungLine key={rung.index} id={`${id}-${rung.index}`} rung={rung} ofCount={messages.length} isChosen={rung.index === current} widthPx={widthPx} remPx={remPx} onChoose={choose} />)}
        </div>
      </div>
    </>
  )
}

const RungLine = memo(function RungLine({ id, rung, ofCount, isChosen, widthPx, remPx, onChoose }: { id: string; rung: Rung; ofCount: number; isChosen: boolean; widthPx: number; remPx: number; onChoose: (index: number) => void }) {
  const { index, message, topRow, rowCount, arrows, waits } = rung
  const rowPx = ROW_REM * remPx
  const heightPx = rowCount * rowPx
  const leftPx = (TIMES_REM + EDGE_REM) * remPx
  const rightPx = Math.max(leftPx + 1, widthPx - EDGE_REM * remPx)
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the list has the focus and the keys
    <div id={id} role="option" aria-selected={isChosen} aria-posinset={index + 1} aria-setsize={ofCount} className="lab-rung" style={{ top: topRow * rowPx, height: heightPx }} onClick={() => onChoose(index)}>
      <svg width={widthPx} height={heightPx} aria-hidden>
        <line className="lane" x1={leftPx} x2={leftPx} y1={0} y2={heightPx} />
        <line className="lane" x1={rightPx} x2={rightPx} y1={0} y2={heightPx} />
        {waits && arrows[0] && <rect className="waits" x={(arrows[0].toRight ? leftPx : rightPx) - 2.5} width={5} y={(waits.fromRow - topRow) * rowPx} height={(waits.toRow - waits.fromRow) * rowPx} />}
        {arrows.map(({ fromRow, toRow, toRight, isAnswer, failed }) => {
          const { head, ...line } = drawn({ fromRow: fromRow - topRow, toRow: toRow - topRow, toRight }, leftPx, rightPx, rowPx)
          return (
            <g key={isAnswer ? 'answer' : 'request'} className="arrow" data-answer={isAnswer || undefined} data-failed={failed || undefined}>
              <line {...line} />
              <polygon points={head} />
            </g>
          )
        })}
      </svg>
      <RungText message={message} />
    </div>
  )
})

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
