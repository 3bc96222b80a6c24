// One message as fields and as hex, linked both ways as in the inspector. A long one is shown a window at a time; choosing a
// byte or a field never leaves the message.

import { type KeyboardEvent, memo, type MouseEvent, useMemo, useRef, useState } from 'react'
import { textOf } from '../../core/base/plain.ts'
import type { LabKernel, LabMessage } from '../../playground/lab/types.ts'
import { FieldTable } from '../FieldTable.tsx'
import { addressText, countText, sizeText } from '../format.ts'
import { binaryOf } from '../inspector/copying.ts'
import { HexRow } from '../inspector/HexRows.tsx'
import { columnsOf, walked } from '../inspector/range.ts'
import type { Place } from '../overlay.ts'
import { Choice } from '../controls.tsx'
import { useSize } from '../size.ts'
import { bytesOf, fieldAt, fieldsIn, type Half, isText, runsOf, structsText } from './decode.ts'
import { errnoText, usText } from './text.ts'

/** Of which the rows and fields show at once. */
const WINDOW_BYTES = 512
const TEXT_MOST_BYTES = 8192
/** Sixteen bytes, their address and their letters side by side. */
const WIDE_REM = 38

export const MessageBytes = memo(function MessageBytes({ kernel, message }: { kernel: LabKernel; message: LabMessage }) {
  const { name, node, request, answer, sentUs, answeredUs, from } = message
  const [asked, setAsked] = useState<Half>()
  // Which half was asked for of one message is said of the next as well, but a notice has only one.
  const half = answer ? (asked ?? (answer.bytes.length >= request.length ? 'answer' : 'request')) : 'request'
  const bytes = bytesOf(message, half)
  const who = half === 'request' ? from : from === 'kernel' ? 'daemon' : 'kernel'
  return (
    <section className="lab-message" aria-labelledby="lab-message-heading">
      <header className="section-head">
        <h3 id="lab-message-heading"><code>{name}</code>{node > 0 && ` for node ${node}`}</h3>
        <span className="quiet">
          {`sent after ${usText(sentUs)}`}{answer ? `, answered ${usText(answeredUs - sentUs)} later` : '; nobody answers a notice'}
        </span>
        {answer && <Choice label="Which half" options={['request', 'answer'] as const} value={half} textOf={(option) => (option === 'request' ? 'Request' : 'Answer')} onChange={setAsked} />}
      </header>
      {bytes.length === 0 ? (
        <p className="quiet">{half === 'answer' && answer && answer.errno !== 0 ? `Refused with ${errnoText(answer.errno)} (errno ${answer.errno}): no bytes come with it.` : half === 'answer' ? 'The answer has no bytes: errno 0 is all that it says.' : `The request has no bytes of its own: its header names node ${node}, and that says which file is meant.`}</p>
      ) : (
        <Bytes kernel={kernel} message={message} half={half} bytes={bytes} who={who} />
      )}
    </section>
  )
})

interface At {
  message: LabMessage
  half: Half
  cursor: number
  hovered: number | undefined
}

function Bytes({ kernel, message, half, bytes, who }: { kernel: LabKernel; message: LabMessage; half: Half; bytes: Uint8Array; who: string }) {
  // Of this half of this message, and of no other: those begin at their first byte.
  const [at, setAt] = useState<At>()
  const isHere = at?.message === message && at.half === half
  const cursor = isHere ? at.cursor : 0
  const hovered = isHere ? at.hovered : undefined
  const setCursor = (to: number): void => setAt({ message, half, cursor: to, hovered })
  const setHovered = (over: number | undefined): void => setAt({ message, half, cursor, hovered: over })
  const runs = useMemo(() => runsOf(kernel, message, half), [kernel, message, half])
  const start = cursor - (cursor % WINDOW_BYTES)
  const end = Math.min(bytes.length, start + WINDOW_BYTES)
  const fields = useMemo(() => fieldsIn(runs, bytes, start, end), [runs, bytes, start, end])
  const current = fieldAt(fields, cursor)
  const title = `${message.name} ${half}`
  const place: Place = { kind: 'rest', title, startBytes: start, lengthBytes: bytes.length, entryIndex: undefined, file: undefined, piece: undefined }
  return (
    <>
      <p className="quiet">
        {`From the ${who}, ${bytes.length < 1024 ? `${bytes.length} bytes` : `${countText(bytes.length)} bytes (${sizeText(bytes.length)})`}`}{runs.length > 0 && <>: <span className="mono">{structsText(runs)}</span></>}
      </p>
      {bytes.length > WINDOW_BYTES && (
        <p className="lab-window">
          <button type="button" disabled={start === 0} onClick={() => setCursor(Math.max(0, start - WINDOW_BYTES))}>Earlier bytes</button>
          <button type="button" disabled={end === bytes.length} onClick={() => setCursor(end)}>Later bytes</button>
          <span className="quiet num">{`${countText(start)} to ${countText(end - 1)} of ${countText(bytes.length)}`}</span>
        </p>
      )}
      {isText(message, half) && <pre className="lab-text mono">{textOf(bytes.subarray(0, TEXT_MOST_BYTES))}</pre>}
      <div className="lab-linked">
        {fields.length > 0 && (
          <div className="struct">
            <FieldTable place={place} fields={fields} checksum={undefined} current={current} hovered={hovered === undefined ? -1 : fieldAt(fields, hovered)}
              onChoose={(index) => setCursor(fields[index] ? Math.max(start, fields[index].offsetBytes) : cursor)} onHover={(index) => setHovered(index === undefined ? undefined : fields[index]?.offsetBytes)} />
          </div>
        )}
        <Hex title={title} bytes={bytes} start={start} end={end} cursor={cursor} marked={fields[current]} hovered={hovered === undefined ? undefined : fields[fieldAt(fields, hovered)]} onMove={setCursor} onHover={setHovered} />
      </div>
    </>
  )
}

interface Span {
  offsetBytes: number
  sizeBytes: number
}

function Hex({ title, bytes, start, end, cursor, marked, hovered, onMove, onHover }: {
  title: string
  bytes: Uint8Array
  start: number
  end: number
  cursor: number
  marked: Span | undefined
  hovered: Span | undefined
  onMove: (offsetBytes: number) => void
  onHover: (offsetBytes: number | undefined) => void
}) {
  const root = useRef<HTMLDivElement>(null)
  const { widthPx, remPx } = useSize(root)
  const columns = widthPx > 0 && widthPx < WIDE_REM * remPx ? 8 : 16
  const markOf = (span: Span | undefined) => span && { startBytes: span.offsetBytes, lengthBytes: span.sizeBytes }
  const press = (event: KeyboardEvent): void => {
    const to = walked(event.key, cursor, { rowBytes: columns, pageBytes: WINDOW_BYTES, endBytes: bytes.length, unitBytes: 1, far: event.ctrlKey || event.metaKey })
    if (to === undefined) return
    event.preventDefault()
    onMove(to)
  }
  const rows = []
  for (let from = start; from < end; from += columns) {
    const present = Math.min(columns, bytes.length - from)
    rows.push(
      <HexRow key={from} row={from / columns} columns={columns} present={present} content={binaryOf(bytes.subarray(from, from + present))} current={cursor >= from && cursor < from + columns ? cursor - from : -1}
        marked={columnsOf(markOf(marked), from, columns)} hovered={columnsOf(markOf(hovered), from, columns)} placed="" digit="" withText />,
    )
  }
  return (
    <div className="lab-hex mono" ref={root} onPointerLeave={() => onHover(undefined)} onPointerMove={(event) => onHover(byteUnder(event, columns))}>
      <div className="hex-window" data-columns={columns}>
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- arrows move the byte */}
        <div className="hex-grid" role="grid" tabIndex={0} aria-label={`Bytes of ${title}`} aria-rowcount={Math.ceil(bytes.length / columns)} aria-activedescendant="byte-current" onKeyDown={press}
          onClick={(event) => onMove(byteUnder(event, columns) ?? cursor)}>
          {rows}
        </div>
      </div>
      <p className="visually-hidden" role="status">{marked === undefined ? addressText(cursor) : ''}</p>
    </div>
  )
}

function byteUnder({ target }: MouseEvent, columns: number): number | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-col]') : null
  const row = cell?.closest<HTMLElement>('[data-row]')
  return cell && row ? Number(row.dataset['row']) * columns + Number(cell.dataset['col']) : undefined
}
