// The device as structure, fields, hex and values: four views of one selection. Everything follows from the current byte:
// which struct it lies in, which field, which node of the tree. Nothing here keeps bytes longer than they are shown.

import { type KeyboardEvent as Key, type RefObject, useEffect, useRef, useState } from 'react'
import { CELLS } from '../../playground/cells.ts'
import type { Snapshot } from '../../playground/types.ts'
import { type Devices, logOffsetOf, placeText } from '../addresses.ts'
import { useBytes } from '../bytes.ts'
import { CrcVerdict, FieldTable } from '../FieldTable.tsx'
import { hexText, plural, sizeText } from '../format.ts'
import { byteText } from '../byteText.ts'
import { type Column, HexView } from '../HexView.tsx'
import { useLook, useLookStore } from '../look.tsx'
import { partAt } from '../map/levels.ts'
import { partsOf } from '../map/model.ts'
import { checksumOf, fieldsOf, type FieldView, overlayLength, type Place, placeAt } from '../overlay.ts'
import { Note } from '../parts.tsx'
import { useSnapshot } from '../session.tsx'
import { READINGS } from '../values.ts'
import { AtByte } from './AtByte.tsx'
import { COPY_FORMS } from './copying.ts'
import { EditFieldForm, EditToggle } from './EditBar.tsx'
import { layoutText, spotOf, spotText } from './fileMap.ts'
import { Find, type FindControl, GoTo } from './FindBar.tsx'
import { FIRST_FIELD_BYTES, PlaceLinks } from './PlaceLinks.tsx'
import type { Mark } from './range.ts'
import { StructTree } from './StructTree.tsx'
import type { Told } from './told.ts'
import type { TreeNode } from './tree.ts'
import { useCopy } from './useCopy.ts'
import { useEditing } from './useEditing.ts'
import { type Selection, useSelection } from './useSelection.ts'

export function BytesView() {
  const snapshot = useSnapshot()
  const selection = useSelection()
  const [told, tell] = useState<Told>()
  const root = useRef<HTMLDivElement>(null)
  const find = useRef<FindControl>(null)
  const { cursor } = selection
  const { sizeBytes } = snapshot.device
  const presentBytes = Math.min(sizeBytes, snapshot.dump?.presentBytes ?? sizeBytes)
  useFindKeys(root, find)
  // What was told of one place would soon stand beside another.
  useEffect(() => {
    if (told === undefined || 'trouble' in told) return
    const timer = setTimeout(() => tell(undefined), TOLD_MS)
    return () => clearTimeout(timer)
  }, [told])
  return (
    <div className="bytes-view" ref={root}>
      <div className="inspector-tools">
        <GoTo cursor={cursor} endBytes={sizeBytes} onShow={selection.show} />
        <Find cursor={cursor} endBytes={presentBytes} onShow={selection.show} tell={tell} control={find} />
      </div>
      {sizeBytes > 0 && <Linked snapshot={snapshot} presentBytes={presentBytes} selection={selection} told={told} tell={tell} />}
    </div>
  )
}

/** As in any editor, but only while the focus is among the bytes: elsewhere the browser's own search is wanted. */
function useFindKeys(root: RefObject<HTMLElement | null>, find: RefObject<FindControl | null>): void {
  useEffect(() => {
    const element = root.current
    const onKeys = (event: KeyboardEvent): void => {
      const asksToFind = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'f'
      if (!asksToFind && event.key !== 'F3') return
      event.preventDefault()
      if (asksToFind) find.current?.focus()
      else find.current?.next()
    }
    element?.addEventListener('keydown', onKeys)
    return () => element?.removeEventListener('keydown', onKeys)
  }, [root, find])
}

function Linked({ snapshot, presentBytes, selection, told, tell }: {
  snapshot: Snapshot
  presentBytes: number
  selection: Selection
  told: Told | undefined
  tell: (told: Told | undefined) => void
}) {
  const look = useLookStore()
  const asked = useLook((state) => state.asked)
  const beside = useLook((state) => state.beside)
  const [hoveredBytes, setHovered] = useState<Mark>()
  const grid = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLElement>(null)
  const editing = useEditing(snapshot.hosts, snapshot.dump !== undefined, tell)
  const copy = useCopy(tell)
  const { cursor, mark } = selection
  const place = placeAt(snapshot, cursor)
  const seen = useBytes(DEVICE, Math.min(place.startBytes, presentBytes), Math.max(0, Math.min(overlayLength(place), presentBytes - place.startBytes)), snapshot.deviceVersion)
  const bytes = seen.offsetBytes === place.startBytes ? seen.bytes : NO_BYTES
  const fields = fieldsOf(place, bytes)
  const checksum = checksumOf(place, bytes)
  // Fields of a file are extents, and say device addresses themselves.
  const base = place.kind === 'file' ? 0 : place.startBytes
  const current = fieldAt(fields, cursor - base)
  const hovered = hoveredBytes === undefined ? -1 : fieldAt(fields, hoveredBytes.startBytes - base)
  const markOfField = (field: FieldView | undefined): Mark | undefined => field && { startBytes: base + field.offsetBytes, lengthBytes: field.sizeBytes }
  const says = placeSays(place, snapshot)
  const marked = mark.lengthBytes > 1 ? mark : place.kind === 'file' ? mark : (markOfField(fields[current]) ?? mark)

  const openField = (column: Column): void => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null
    const start = column === 'hex' ? mark.startBytes : cursor - (cursor % valueBytes(column))
    void editing.openField(column, { startBytes: start, lengthBytes: column === 'hex' ? mark.lengthBytes : valueBytes(column) })
  }
  const onKey = (event: Key, column: Column): boolean => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      // Text that somebody has marked with the mouse is theirs to copy.
      if (getSelection()?.isCollapsed === false) return false
      void copy(mark, 'hex')
      return true
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'Escape') {
      if (editing.digit === '') selection.drop()
      editing.dropDigit()
      return true
    }
    const asksToEdit = event.key === 'Enter' || event.key === 'F2' || (column === 'hex' && /^[0-9a-f]$/i.test(event.key))
    if (!asksToEdit) return false
    if (!editing.on) tell({ text: snapshot.dump ? 'A dump is only looked at: nothing can be written to it.' : 'Nothing was written. Press Edit bytes first: then keys change bytes.' })
    else if (event.key === 'Enter' || event.key === 'F2') openField(column)
    else if (editing.type(event.key.toLowerCase(), cursor)) selection.move(Math.min(cursor + 1, presentBytes - 1))
    return true
  }

  return (
    <div className="linked">
      <StructTree snapshot={snapshot} cursor={cursor} onChoose={(node) => selection.show(entered(node))} />
      <div className="struct">
        <div className="struct-title">
          <h3>{place.title}</h3>
          <span className="num quiet">{whereText(place, snapshot.device.devices)}</span>
          {checksum && <span className="num quiet">crc {hexText(checksum.stored)} <CrcVerdict checksum={checksum} /></span>}
          <PlaceLinks place={place} snapshot={snapshot} onShow={selection.show} />
        </div>
        {says !== '' && <p className="struct-says">{says}</p>}
        {fields.length > 0 && (
          <FieldTable place={place} fields={fields} checksum={checksum} current={current} hovered={hovered}
            onChoose={(index) => {
              const field = markOfField(fields[index])
              if (field) selection.take({ startBytes: field.startBytes, lengthBytes: place.kind === 'file' ? 1 : field.lengthBytes })
            }}
            onHover={(index) => setHovered(index === undefined ? undefined : markOfField(fields[index]))} />
        )}
      </div>
      <div className="hex-pane">
        <div className="hex-tools">
          <label className="beside-choice">
            <span className="quiet">hex, as</span>
            <select value={beside} aria-label="Beside the hex" onChange={(event) => look.set({ beside: READINGS.find((each) => each === event.target.value) ?? 'text' })}>
              {['text', ...READINGS.filter((each) => each !== 'text')].map((each) => <option key={each} value={each}>{each}</option>)}
            </select>
          </label>
          <div className="choice copy" role="group" aria-label={`Copy ${plural(mark.lengthBytes, 'selected byte')}`}>
            <span className="quiet">Copy</span>
            {COPY_FORMS.map((form) => <button key={form} type="button" aria-label={`Copy as ${form}`} onClick={() => void copy(mark, form)}>{form}</button>)}
          </div>
          {!snapshot.dump && <EditToggle editing={editing} />}
          {!snapshot.dump && <button type="button" aria-label="Poison this range" title={`Poison ${plural(mark.lengthBytes, 'byte')} from ${placeText(snapshot.device.devices, mark.startBytes)} on`} onClick={() => look.set({ sheet: 'poison range' })}>Poison</button>}
        </div>
        <HexView sizeBytes={snapshot.device.sizeBytes} presentBytes={presentBytes} cursor={cursor} marked={marked} hovered={hovered >= 0 ? markOfField(fields[hovered]) : undefined} asked={asked}
          place={place} version={snapshot.deviceVersion} beside={beside} digit={editing.digit} focusHex={grid} onMove={selection.move} onKey={onKey}
          onHover={(offset) => setHovered((now) => hoveredNow(now, offset === undefined ? undefined : markOfField(fields[fieldAt(fields, offset - base)])))} />
        {editing.field && <EditFieldForm key={`${editing.field.column}${editing.field.offsetBytes}`} editing={editing} field={editing.field} onDone={() => (opener.current ?? grid.current)?.focus()} />}
        <div className="hex-says">
          <p className="caption num">{captionOf(snapshot, cursor, mark, bytes, place, fields[current], presentBytes)}</p>
          <p role="status" className="told">{told && 'text' in told && (told.at ?? cursor) === cursor && told.text}</p>
        </div>
        {editing.on && editing.host && <p className="struct-says">Keys write as root of {editing.host.name}, past every mapping and check. A step back undoes it.</p>}
        {told && 'trouble' in told && <Note trouble={told.trouble} onDismiss={() => tell(undefined)} />}
        <AtByte cursor={cursor} endBytes={presentBytes} version={snapshot.deviceVersion} />
      </div>
    </div>
  )
}

/** The same field stays the same object: a pointer that moves within it changes nothing. */
function hoveredNow(now: Mark | undefined, next: Mark | undefined): Mark | undefined {
  return now?.startBytes === next?.startBytes ? now : next
}

function valueBytes(column: Exclude<Column, 'hex'>): number {
  return CELLS[column].bytes
}

function fieldAt(fields: FieldView[], offset: number): number {
  return fields.findIndex((field) => offset >= field.offsetBytes && offset < field.offsetBytes + field.sizeBytes)
}

function whereText(place: Place, devices: Devices): string {
  return place.lengthBytes > 1 ? `${sizeText(place.lengthBytes)} at ${placeText(devices, place.startBytes)}` : ''
}

/** In the middle of a sentence; a path stays as it is. */
function nameOf({ title, file }: Place): string {
  return file ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`
}

/** What no struct says of a place. */
function placeSays(place: Place, { device }: Snapshot): string {
  const { filesystem } = device
  if (place.kind === 'file' && place.file) return layoutText(place.file)
  if (place.kind === 'log_entry' && filesystem && (place.entryIndex ?? 0) >= filesystem.entryCount) return 'No entry yet: the log header counts none here, whatever the bytes are.'
  if (place.kind !== 'rest') return ''
  if (partAt(partsOf({ device }), place.startBytes)?.role === 'other' && filesystem) return 'The log of the file system knows nothing of this device: no file lies on it.'
  if (place.startBytes < logOffsetOf({ device }) || place.title.startsWith('Rest of')) return 'The superblock has this region to itself, and nothing is stored behind its 200 bytes.'
  return filesystem ? 'No file has these bytes. The next file may get them, and famfs never takes space back.' : ''
}

/** What the hardware says of a byte; empty where all is well. */
function failedText({ device: { devices } }: Snapshot, offsetBytes: number): string {
  const on = devices.findLast(({ baseBytes }) => baseBytes <= offsetBytes)?.health
  if (on?.isStopped) return ' The device does not answer: no host reaches it.'
  return on?.poison.some((range) => offsetBytes >= range.offsetBytes && offsetBytes < range.offsetBytes + range.lengthBytes) ? ' It is poisoned: a host that touches it gets an error.' : ''
}

function captionOf(snapshot: Snapshot, cursor: number, mark: Mark, bytes: Uint8Array, place: Place, field: FieldView | undefined, presentBytes: number): string {
  const { devices } = snapshot.device
  const at = devices.length > 1 ? placeText(devices, cursor).replace(/^device/, 'Device') : `Byte ${placeText(devices, cursor)}`
  if (cursor >= presentBytes) return `${at} is not here: the dump ends at ${placeText(devices, presentBytes)}, and what is behind it stayed on the device.`
  const range = mark.lengthBytes > 1 ? `${plural(mark.lengthBytes, 'byte')} from ${placeText(devices, mark.startBytes)} on. ` : ''
  if (place.file && place.kind === 'file') return `${range}${spotText(place.file, spotOf(place.file, place.piece ?? 0, cursor))}${failedText(snapshot, cursor)}`
  const byte = bytes[cursor - place.startBytes]
  const value = byte === undefined ? '' : ` is 0x${byteText(byte)}`
  return `${range}${at}${value}, in ${field ? field.path.replace(/^body\./, '') : nameOf(place)}.${failedText(snapshot, cursor)}`
}

/** A struct is entered at its first field, file data at its first byte. */
function entered({ key, startBytes }: TreeNode): Mark {
  return { startBytes, lengthBytes: /^(superblock|header|entries:)/.test(key) ? FIRST_FIELD_BYTES : 1 }
}

const TOLD_MS = 8000
const DEVICE = { kind: 'device' } as const
const NO_BYTES = new Uint8Array(0)
