// A file as one host has mapped it: the same memory on every host, so a value written on one shows here with no message
// between them. That is why this view looks again a few times a second, and not only when the session says something.

import { useState } from 'react'
import { CELLS } from '../playground/cells.ts'
import type { CellKind, HostFile, HostView, Snapshot } from '../playground/types.ts'
import { useBytes } from './bytes.ts'
import { FileChoice } from './FileChoice.tsx'
import { placeText } from './addresses.ts'
import { countText, plural, sizeText } from './format.ts'
import { deviceOffsetOf } from './inspector/fileMap.ts'
import { TextGrid } from './inspector/TextGrid.tsx'
import { showBytes, useLook, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { mapText, Note, Swatch } from './parts.tsx'
import { Choice, Field } from './controls.tsx'
import { useDevices, useSnapshot } from './session.tsx'
import { HashForm, WriteForm } from './MapForms.tsx'
import { ValueGrid } from './ValueGrid.tsx'
import { likelyCell, READINGS } from './values.ts'

export function MapView() {
  const snapshot = useSnapshot()
  const look = useLookStore()
  const asked = useLook((state) => state.mapped)
  const chosenCell = useLook((state) => state.cell)
  const [index, setIndex] = useState(0)
  const [given, setGiven] = useState({ text: '', asked: 0 })
  const isThere = snapshot.hosts.some(({ name }) => name === asked?.host)
  const mapped = isThere && asked ? asked : firstMapped(snapshot)
  const host = snapshot.hosts.find((candidate) => candidate.name === mapped?.host)
  const file = host?.files.find((candidate) => candidate.path === mapped?.path)
  if (snapshot.dump) return <p className="empty">A dump holds superblock and log, and no file data: no file can be mapped. Where its files lie is under Bytes.</p>
  if (!mapped || !host) return <p className="empty">No host sees a file yet. Make one with New file, or drop one on the master.</p>

  const reading = chosenCell ?? likelyCell(mapped.path)
  const cell = reading === 'text' ? 'Uint8' : reading
  const choose = (change: Partial<typeof mapped>): void => {
    if (change.path !== undefined) setIndex(0)
    look.set({ mapped: { ...mapped, ...change }, ...(change.path !== undefined && { cell: undefined }) })
  }
  const valueBytes = CELLS[cell].bytes
  const { byEntry, byPath } = mediaIndex(snapshot.files)
  return (
    <div className="mmap">
      <div className="mmap-head">
        <Field label="File">
          {(id) => (
            <FileChoice id={id} path={mapped.path} known={byPath} onChoose={(path) => choose({ path })} />
          )}
        </Field>
        <Field label="mapped on">
          {(id) => (
            <select id={id} value={mapped.host} onChange={(event) => choose({ host: event.target.value })}>
              {snapshot.hosts.map((candidate) => <option key={candidate.name} value={candidate.name}>{candidate.name}</option>)}
            </select>
          )}
        </Field>
        <Choice label="Values" options={READINGS} value={reading} onChange={(kind) => {
          setIndex(Math.floor((index * CELLS[cell].bytes) / (kind === 'text' ? 1 : CELLS[kind].bytes)))
          look.set({ cell: kind })
        }} />
      </div>
      {file && file.kind === 'file' ? (
        <>
          <p className="mmap-facts quiet num">
            <Swatch colour={byEntry.get(file.entryIndex)?.colour ?? file.entryIndex % 8} strips={file.chunkBytes !== undefined} />
            {sizeText(file.sizeBytes)}, {plural(Math.floor(file.sizeBytes / valueBytes), reading === 'text' ? 'byte' : `${cell} value`)}, {mapText(file.extents, file.chunkBytes, snapshot.device.devices)}
          </p>
          {UNREACHED.has(file.fault) ? (
            <Unreached host={mapped.host} path={mapped.path} version={snapshot.version} />
          ) : file.sizeBytes < valueBytes ? (
            <p className="empty">{shortText(file, cell)}</p>
          ) : reading === 'text' ? (
            <TextGrid key={`${mapped.host}:${mapped.path}`} host={mapped.host} path={mapped.path} sizeBytes={file.sizeBytes} index={index} onIndex={setIndex} />
          ) : (
            <ValueGrid key={`${mapped.host}:${mapped.path}:${cell}`} host={mapped.host} path={mapped.path} sizeBytes={file.sizeBytes} cell={cell} index={index} onIndex={setIndex}
              onWrite={(text) => setGiven({ text, asked: given.asked + 1 })} />
          )}
          <OnDevice file={file} fileBytes={index * valueBytes} lengthBytes={valueBytes} />
          {file.sizeBytes >= valueBytes && <WriteForm key={mapped.path} path={mapped.path} cell={cell} index={index} valueCount={Math.floor(file.sizeBytes / valueBytes)} onIndex={setIndex} given={given} />}
          <HashForm key={`hash ${mapped.path}`} host={host.name} path={mapped.path} />
        </>
      ) : (
        <p className="empty">{unseenText(host, mapped.path)}</p>
      )}
    </div>
  )
}

/** A host that can't reach the bytes has no values of them, only why: by what its mount has met so far. */
const UNREACHED: ReadonlySet<HostFile['fault']> = new Set(['memory', 'failing', 'missing'] as const)

function Unreached({ host, path, version }: { host: string; path: string; version: number }) {
  const { trouble } = useBytes({ kind: 'file', host, path }, 0, 1, version)
  return trouble ? <Note trouble={trouble} /> : null
}

/** Of a file that holds no value. */
function shortText({ path, sizeBytes }: HostFile, cell: CellKind): string {
  return sizeBytes === 0 ? `${path} has no bytes.` : `${path} is shorter than one ${cell} value, which takes ${CELLS[cell].bytes} bytes. Choose Uint8.`
}

/** The way from a value to its bytes. */
function OnDevice({ file, fileBytes, lengthBytes }: { file: HostFile; fileBytes: number; lengthBytes: number }) {
  const look = useLookStore()
  const devices = useDevices()
  const offsetBytes = deviceOffsetOf(file, fileBytes)
  if (offsetBytes === undefined || fileBytes >= file.sizeBytes) return null
  return (
    <p className="caption num">
      Byte {countText(fileBytes)} of the file is {devices.length > 1 ? '' : 'byte '}<button type="button" className="link mono" aria-label={`Show ${placeText(devices, offsetBytes)} on the device`} onClick={() => showBytes(look, offsetBytes, lengthBytes)}>{placeText(devices, offsetBytes)}</button>{devices.length > 1 ? '.' : ' of the device.'}
    </p>
  )
}

/** What is worth a first look: a file on a client, because there the sharing shows. */
function firstMapped(snapshot: Snapshot): { host: string; path: string } | undefined {
  const seeing = snapshot.hosts.filter((host) => host.files.some((file) => file.kind === 'file'))
  const host = seeing.find((candidate) => candidate.role === 'client') ?? seeing[0]
  let largest: HostFile | undefined
  for (const file of host?.files ?? []) if (file.kind === 'file' && (!largest || file.sizeBytes > largest.sizeBytes)) largest = file
  return host && largest && { host: host.name, path: largest.path }
}

function unseenText(host: HostView, path: string): string {
  if (host.status === 'down') return `${host.name} is down, so it maps nothing. Reboot it.`
  return host.unseen.includes(path)
    ? `${host.name} can't map ${path}: its log entry was not played there. Play the log on ${host.name}.`
    : `${host.name} sees no file ${path}.`
}
