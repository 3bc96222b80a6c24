// The two forms of the top bar, inline and never modal. A mistake is said where it was made; what will be lost is said before it is.

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { GIB, KIB, MIB } from '../core/base/align.ts'
import { LOG_LEAST_BYTES } from '../core/omf/constants.ts'
import type { Snapshot } from '../playground/types.ts'
import { listText, parseSize, plural, sentence, sizeText } from './format.ts'
import { putNoteAway, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { Choice, Field, Note } from './parts.tsx'
import { useAction, usePlayground, useSnapshot } from './session.tsx'
import type { Trouble } from './trouble.ts'

const KINDS = ['file', 'directory'] as const

export function NewFilePanel({ initialKind, onClose }: { initialKind: (typeof KINDS)[number]; onClose: () => void }) {
  const playground = usePlayground()
  const look = useLookStore()
  const snapshot = useSnapshot()
  const making = useAction()
  const [kind, setKind] = useState(initialKind)
  const [path, setPath] = useState('data.bin')
  const [size, setSize] = useState('4m')
  const [seeded, setSeeded] = useState(true)
  const [seed, setSeed] = useState('1')
  const [stripCount, setStripCount] = useState(0)
  const [chunk, setChunk] = useState(() => chunkText(snapshot))
  const [host, setHost] = useState(() => masterOf(snapshot))
  const [mistake, setMistake] = useState<{ field: 'path' | 'size' | 'chunk' | 'seed'; says: string }>()
  const [failure, setFailure] = useState<Trouble>()
  const first = useFocusOnce()
  const formId = useId()

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setMistake(undefined)
    setFailure(undefined)
    const sizeBytes = parseSize(size)
    const chunkBytes = parseSize(chunk)
    const seedValue = Number(seed)
    const trimmed = path.trim()
    if (trimmed === '') return setMistake({ field: 'path', says: 'Give a path inside the mount, such as data.bin.' })
    if (kind === 'file' && sizeBytes === undefined) return setMistake({ field: 'size', says: 'Give a size such as 4m, 64k or 100.' })
    if (kind === 'file' && stripCount > 0 && chunkBytes === undefined) return setMistake({ field: 'chunk', says: `Give a size such as ${chunkText(snapshot)}.` })
    if (kind === 'file' && seeded && !(Number.isInteger(seedValue) && seedValue > 0)) {
      return setMistake({ field: 'seed', says: 'Give a whole number above 0.' })
    }
    const where = host && { host }
    const failed = await making.run(() =>
      kind === 'directory'
        ? playground.newDirectory({ ...where, path: trimmed, parents: true })
        : playground.newFile({ ...where, path: trimmed, sizeBytes: sizeBytes ?? 0, ...(seeded && { seed: seedValue }), ...(stripCount > 0 && { striped: { stripCount, chunkBytes: chunkBytes ?? 0 } }) }),
    )
    if (!failed) return onClose()
    setFailure(failed)
    // The form says it; the lane needn't say it a second time.
    if (host) putNoteAway(look, host, playground.snapshot().trace.at(-1)?.index ?? 0)
  }
  const wrong = (field: string): ReactNode =>
    mistake?.field === field && <small id={`${formId}-${field}-wrong`} className="wrong">{mistake.says}</small>
  const says = (field: string) => (mistake?.field === field ? { 'aria-invalid': true, 'aria-describedby': `${formId}-${field}-wrong` } : {})

  return (
    <form className="panel" aria-label="New file" onSubmit={(event) => void submit(event)} noValidate>
      <div className="panel-fields">
        <Choice label="Kind" options={KINDS} value={kind} onChange={setKind} />
        <Field label="Path in the mount" hint={wrong('path') || (kind === 'file' && mediaIndex(snapshot.files).byPath.has(path.trim()) && <small>exists: it is written anew, in place</small>)}>
          {(id) => (
            <input id={id} ref={first} className="mono" value={path} onChange={(event) => setPath(event.target.value)} size={18} spellCheck={false} autoCapitalize="off" {...says('path')} />
          )}
        </Field>
        {kind === 'file' && (
          <>
            <Field label="Size" hint={wrong('size') || <small>{sizeHint(size, snapshot)}</small>}>
              {(id) => (
                <input id={id} className="mono" value={size} onChange={(event) => setSize(event.target.value)} size={7} spellCheck={false} {...says('size')} />
              )}
            </Field>
            <Field label="Striped" hint={stripCount > 0 && <small>{stripsText(stripCount, snapshot)}</small>}>
              {(id) => (
                <select id={id} value={stripCount} onChange={(event) => setStripCount(Number(event.target.value))}>
                  {stripCounts(snapshot).map((count) => <option key={count} value={count}>{count === 0 ? 'no' : `${count} strips`}</option>)}
                </select>
              )}
            </Field>
            {stripCount > 0 && (
              <Field label="Chunk" hint={wrong('chunk') || <small>{`a multiple of the unit; strip ${stripCount - 1} has every ${ordinal(stripCount)} chunk`}</small>}>
                {(id) => <input id={id} className="mono" value={chunk} onChange={(event) => setChunk(event.target.value)} size={7} spellCheck={false} {...says('chunk')} />}
              </Field>
            )}
            <label className="check">
              <input type="checkbox" checked={seeded} onChange={(event) => setSeeded(event.target.checked)} />
              Fill with seeded random data
            </label>
            {seeded && (
              <Field label="Seed" hint={wrong('seed')}>
                {(id) => (
                  <input id={id} className="mono" value={seed} inputMode="numeric" onChange={(event) => setSeed(event.target.value)} size={5} {...says('seed')} />
                )}
              </Field>
            )}
          </>
        )}
        <Field label="On host">
          {(id) => (
            <select id={id} value={host} onChange={(event) => setHost(event.target.value)}>
              {snapshot.hosts.map((candidate) => (
                <option key={candidate.name} value={candidate.name}>{`${candidate.name} (${candidate.role === 'none' ? candidate.status : candidate.role})`}</option>
              ))}
            </select>
          )}
        </Field>
        <div className="panel-buttons">
          <button type="submit" className="primary" aria-disabled={making.busy}>
            {kind === 'file' ? 'Create file' : 'Make directory'}
          </button>
          <button type="button" onClick={onClose}>Close</button>
        </div>
      </div>
      {failure && <Note trouble={failure} onDismiss={() => setFailure(undefined)} />}
    </form>
  )
}

const STRIP_COUNTS = [0, 2, 4, 8]
const DEVICE_COUNTS = [1, 2, 3, 4, 5, 6, 7, 8]
const DEVICE_SIZES = [256 * MIB, GIB, 4 * GIB]
const UNITS = [2 * MIB, 4 * KIB]
const LOG_LENGTHS = [LOG_LEAST_BYTES, 16 * MIB, 32 * MIB, 64 * MIB]

export function FormatPanel({ onClose }: { onClose: () => void }) {
  const playground = usePlayground()
  const look = useLookStore()
  const snapshot = useSnapshot()
  const formatting = useAction()
  const [logLengthBytes, setLogLength] = useState(LOG_LEAST_BYTES)
  const [unitBytes, setUnit] = useState(UNITS[0] ?? MIB)
  const eachBytes = snapshot.device.devices[0]?.sizeBytes ?? 0
  const [deviceBytes, setDeviceBytes] = useState(eachBytes)
  const countNow = snapshot.device.devices.length
  const [deviceCount, setDeviceCount] = useState(countNow)
  const [failure, setFailure] = useState<Trouble>()
  const keep = useFocusOnce<HTMLButtonElement>()
  const formatted = snapshot.device.filesystem !== undefined

  const format = async (): Promise<void> => {
    setFailure(undefined)
    const failed = await formatting.run(() => playground.format({ force: formatted, logLengthBytes, unitBytes, ...(deviceBytes !== eachBytes && { deviceBytes }), ...(deviceCount !== countNow && { deviceCount }) }))
    if (!failed) return onClose()
    setFailure(failed)
    for (const place of ['', ...snapshot.hosts.map((host) => host.name)]) putNoteAway(look, place, playground.snapshot().trace.at(-1)?.index ?? 0)
  }

  return (
    <section className="panel" aria-label="Format the device">
      <p>{lossText(snapshot)}</p>
      <p>{willText(snapshot, deviceCount, deviceBytes)}</p>
      <div className="panel-fields">
        <Field label="Number of devices" hint={<small>{deviceCount === 1 ? 'the primary alone' : `one primary, ${plural(deviceCount - 1, 'secondary', 'secondaries')}`}</small>}>
          {(id) => (
            <select id={id} value={deviceCount} onChange={(event) => setDeviceCount(Number(event.target.value))}>
              {DEVICE_COUNTS.map((count) => <option key={count} value={count}>{count}</option>)}
            </select>
          )}
        </Field>
        <SizeChoice label={deviceCount === 1 ? 'Device' : 'Size of each'} sizes={[...new Set([...DEVICE_SIZES, eachBytes])]} value={deviceBytes} onChange={setDeviceBytes} hint="untouched memory costs nothing" />
        <SizeChoice label="Allocation unit" sizes={UNITS} value={unitBytes} onChange={setUnit} hint="4 KiB: ours alone, for many small files" />
        <SizeChoice label="Log length" sizes={LOG_LENGTHS} value={logLengthBytes} onChange={setLogLength} hint="8 MiB holds 15,420 entries" />
        <div className="panel-buttons">
          <button type="button" className={formatted ? 'grave' : 'primary'} aria-disabled={formatting.busy} onClick={() => void format()}>
            {formatted ? 'Forget everything and format' : 'Make a file system'}
          </button>
          <button type="button" ref={keep} onClick={onClose}>{formatted ? 'Keep everything' : 'Close'}</button>
        </div>
      </div>
      {failure && <Note trouble={failure} onDismiss={() => setFailure(undefined)} />}
    </section>
  )
}

/** What pressing it will make. */
function willText({ device: { name, devices } }: Snapshot, count: number, eachBytes: number): string {
  const isSame = devices.length === count && devices.every(({ sizeBytes }) => sizeBytes === eachBytes)
  const size = sizeText(eachBytes)
  if (count === 1) return isSame ? `The file system will have one device of ${size}.` : `There will be another device of ${size}, in place of ${devices.length === 1 ? 'this one' : `these ${devices.length}`}; every host starts anew on it.`
  const what = `one file system on ${count} devices of ${size} each: ${name} is the primary, with superblock and log, and files may lie on all of them`
  return isSame ? `There will be ${what}.` : `There will be other devices, and ${what}; every host starts anew.`
}

/** Also as many as there are devices: then each has one. */
function stripCounts(snapshot: Snapshot): number[] {
  const count = memberCount(snapshot)
  return [...new Set([...STRIP_COUNTS, ...(count > 1 ? [count] : [])])].sort((a, b) => a - b)
}

function stripsText(count: number, snapshot: Snapshot): string {
  const members = memberCount(snapshot)
  if (members < 2) return 'each in a part of the device'
  const all = `devices 0 to ${members - 1}`
  if (count === members) return `one on each of ${all}`
  return count < members ? `on ${count} of ${all}` : `over ${all}`
}

/** Devices that the file system has. */
function memberCount({ device: { devices } }: Snapshot): number {
  return devices.filter(({ fsDevindex }) => fsDevindex !== undefined).length
}

function SizeChoice({ label, sizes, value, onChange, hint }: { label: string; sizes: number[]; value: number; onChange: (bytes: number) => void; hint: string }) {
  return (
    <Field label={label} hint={<small>{hint}</small>}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChange(Number(event.target.value))}>
          {sizes.map((bytes) => <option key={bytes} value={bytes}>{sizeText(bytes)}</option>)}
        </select>
      )}
    </Field>
  )
}

/** As large as a chunk may be small: a unit. */
function chunkText({ device }: Snapshot): string {
  const unitBytes = device.filesystem?.unitBytes ?? 2 * MIB
  return unitBytes >= MIB ? `${unitBytes / MIB}m` : `${unitBytes / KIB}k`
}

function ordinal(count: number): string {
  return count === 2 ? 'second' : `${count}th`
}

/** A panel opens because a button was pressed: the focus goes where the next key is wanted, once. */
function useFocusOnce<T extends HTMLElement = HTMLInputElement>() {
  const element = useRef<T>(null)
  useEffect(() => element.current?.focus(), [])
  return element
}

function masterOf(snapshot: Snapshot): string {
  return (snapshot.hosts.find((host) => host.role === 'master') ?? snapshot.hosts[0])?.name ?? ''
}

function sizeHint(text: string, snapshot: Snapshot): string {
  const bytes = parseSize(text)
  const unit = snapshot.device.filesystem?.unitBytes
  if (bytes === undefined) return 'such as 4m, 64k or 100'
  if (unit === undefined) return sizeText(bytes)
  return `takes ${plural(Math.ceil(bytes / unit), 'unit')} of ${sizeText(unit)}`
}

function lossText({ device, files }: Snapshot): string {
  if (!device.filesystem) return sentence(`${device.name} holds no famfs: ${device.verdict}`)
  if (files.length === 0) return `Formatting writes a new superblock and an empty log on ${device.name}. It holds no file now.`
  const names = listText(files.map((file) => file.path))
  return `Formatting writes a new superblock and an empty log on ${device.name}. ${plural(files.length, 'file')} will be forgotten: ${names}. Every host mounts again. A step back brings it all back, as long as this page is open.`
}
