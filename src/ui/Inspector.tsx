// Bytes and what they mean, or a file as a host has mapped it. Everything in the bytes view follows from one number, the
// selected device byte: which struct it lies in, which field, which tab is lit.

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Snapshot } from '../playground/types.ts'
import { useBytes } from './bytes.ts'
import { CrcVerdict, FieldTable } from './FieldTable.tsx'
import { addressText, countText, hexText, parseOffset, sizeText } from './format.ts'
import { HexView, type Mark } from './HexView.tsx'
import { showBytes, useLook, useLookStore } from './look.tsx'
import { MapView } from './MapView.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { checksumOf, entryOffset, fieldsOf, type FieldView, logOffsetOf, overlayLength, type Place, placeAt } from './overlay.ts'
import { Choice, Field } from './parts.tsx'
import { useSnapshot } from './session.tsx'

const VIEWS = ['bytes', 'mmap'] as const
const VIEW_WORDS = { bytes: 'Bytes', mmap: 'mmap of a file' }

export function Inspector() {
  const look = useLookStore()
  const view = useLook((state) => state.inspector)
  return (
    <section className="inspector" aria-labelledby="inspector-heading">
      <header className="section-head">
        <h2 id="inspector-heading">Inspector</h2>
        <Choice label="View" options={VIEWS} value={view} onChange={(inspector) => look.set({ inspector })} textOf={(option) => VIEW_WORDS[option]} />
      </header>
      {view === 'bytes' ? <BytesView /> : <MapView />}
    </section>
  )
}

function BytesView() {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const selected = useLook((state) => state.selectedBytes)
  const selectedLength = useLook((state) => state.selectedLength)
  const asked = useLook((state) => state.asked)
  const [hoveredBytes, setHovered] = useState<Mark>()
  const place = placeAt(snapshot, selected)
  const seen = useBytes(DEVICE, place.startBytes, overlayLength(place), snapshot.deviceVersion)
  const bytes = seen.offsetBytes === place.startBytes ? seen.bytes : NO_BYTES
  const fields = fieldsOf(place, bytes)
  const checksum = checksumOf(place, bytes)
  // Fields of a file are extents, and say device addresses themselves.
  const base = place.kind === 'file' ? 0 : place.startBytes
  const current = fieldAt(fields, selected - base)
  const hovered = hoveredBytes === undefined ? -1 : fieldAt(fields, hoveredBytes.startBytes - base)
  const markOf = (field: FieldView | undefined): Mark | undefined => field && { startBytes: base + field.offsetBytes, lengthBytes: field.sizeBytes }
  const select = (offset: number): void => look.set({ selectedBytes: offset, selectedLength: 1, ...entryOf(snapshot, offset) })
  const marked = selectedLength > 1 ? { startBytes: selected, lengthBytes: selectedLength } : markOf(fields[current])

  return (
    <>
      <Jumps snapshot={snapshot} place={place} selected={selected} />
      <div className="inspector-split">
        <div className="struct">
          <div className="struct-title">
            <h3>{place.title}</h3>
            <span className="num quiet">{placeText(place)}</span>
            {checksum && <span className="num quiet">crc {hexText(checksum.stored)} <CrcVerdict checksum={checksum} /></span>}
          </div>
          {fields.length > 0 && (
            <FieldTable place={place} fields={fields} checksum={checksum} current={current} hovered={hovered}
              onChoose={(index) => {
                const mark = markOf(fields[index])
                if (mark) look.set({ selectedBytes: mark.startBytes, selectedLength: place.kind === 'file' ? 1 : mark.lengthBytes })
              }}
              onHover={(index) => setHovered(index === undefined ? undefined : markOf(fields[index]))} />
          )}
        </div>
        {snapshot.device.sizeBytes > 0 && (
          <HexView sizeBytes={snapshot.device.sizeBytes} selected={selected} marked={marked} hovered={hovered >= 0 ? markOf(fields[hovered]) : undefined}
            asked={asked} place={place} version={snapshot.deviceVersion} onSelect={select}
            onHover={(offset) => setHovered(offset === undefined || fieldAt(fields, offset - base) < 0 ? undefined : { startBytes: offset, lengthBytes: 1 })} />
        )}
        <p className="caption num">{byteCaption(selected, bytes, place, fields[current])}</p>
      </div>
    </>
  )
}

/** Where one looks most, one press away. */
function Jumps({ snapshot, place, selected }: { snapshot: Snapshot; place: Place; selected: number }) {
  const look = useLookStore()
  const chosen = useLook((state) => state.entryIndex)
  const last = Math.max(0, (snapshot.device.filesystem?.entryCount ?? 0) - 1)
  const entry = Math.min(place.kind === 'log_entry' ? (place.entryIndex ?? 0) : chosen, place.kind === 'log_entry' ? Infinity : last)
  const toEntry = (index: number): void => {
    look.set({ entryIndex: index })
    showBytes(look, entryOffset(snapshot, index), 8)
  }
  const file = place.file ?? mediaIndex(snapshot.files).byEntry.get(chosen) ?? snapshot.files.at(-1)
  return (
    <div className="jumps">
      <div className="choice" role="group" aria-label="Show">
        <Jump pressed={place.kind === 'superblock'} onPress={() => showBytes(look, 0, 8)}>Superblock</Jump>
        <Jump pressed={place.kind === 'log_header'} onPress={() => showBytes(look, logOffsetOf(snapshot), 8)}>Log header</Jump>
        <Jump pressed={place.kind === 'log_entry'} onPress={() => toEntry(entry)}>Entry {countText(entry)}</Jump>
        {file && <Jump pressed={place.kind === 'file'} onPress={() => showBytes(look, file.extents[0]?.offsetBytes ?? 0)}>File data</Jump>}
      </div>
      {place.kind === 'log_entry' && (
        <div className="choice" role="group" aria-label="Log entry">
          <button type="button" className="icon" aria-label="Previous log entry" aria-disabled={entry === 0} onClick={() => toEntry(Math.max(0, entry - 1))}><ChevronLeft aria-hidden /></button>
          <button type="button" className="icon" aria-label="Next log entry" aria-disabled={entry >= last} onClick={() => toEntry(Math.min(entry + 1, last))}><ChevronRight aria-hidden /></button>
        </div>
      )}
      <GoTo selected={selected} most={snapshot.device.sizeBytes} />
    </div>
  )
}

function Jump({ pressed, onPress, children }: { pressed: boolean; onPress: () => void; children: ReactNode }) {
  return <button type="button" aria-pressed={pressed} onClick={onPress}>{children}</button>
}

function GoTo({ selected, most }: { selected: number; most: number }) {
  const look = useLookStore()
  // What was typed gives way as soon as the selection moves.
  const [typed, setTyped] = useState({ text: '', at: -1 })
  const text = typed.at === selected ? typed.text : addressText(selected)
  const offset = parseOffset(text)
  const wrong = offset === undefined || offset >= most
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!wrong) showBytes(look, offset)
  }
  return (
    <form className="goto" onSubmit={submit}>
      <Field label="Offset">
        {(id) => (
          <input id={id} className="mono" value={text} size={10} spellCheck={false} aria-invalid={wrong && most > 0} onChange={(event) => setTyped({ text: event.target.value, at: selected })} />
        )}
      </Field>
      <button type="submit">Go</button>
      {wrong && most > 0 && <small className="wrong" role="status">Give 0x… or a size, below {sizeText(most)}.</small>}
    </form>
  )
}

function fieldAt(fields: FieldView[], offset: number): number {
  return fields.findIndex((field) => offset >= field.offsetBytes && offset < field.offsetBytes + field.sizeBytes)
}

function entryOf(snapshot: Snapshot, offset: number): { entryIndex?: number } {
  const { kind, entryIndex } = placeAt(snapshot, offset)
  return kind === 'log_entry' && entryIndex !== undefined ? { entryIndex } : {}
}

function placeText(place: Place): string {
  return place.lengthBytes > 1 ? `${sizeText(place.lengthBytes)} at ${addressText(place.startBytes)}` : ''
}

function byteCaption(selected: number, bytes: Uint8Array, place: Place, field: FieldView | undefined): string {
  const byte = bytes[selected - place.startBytes]
  const value = byte === undefined ? '' : ` is 0x${byte.toString(16).padStart(2, '0')}`
  return `Byte ${addressText(selected)}${value}${field && place.kind !== 'file' ? `, in ${field.path.replace(/^body\./, '')}` : `, ${place.title}`}`
}

const DEVICE = { kind: 'device' } as const
const NO_BYTES = new Uint8Array(0)
