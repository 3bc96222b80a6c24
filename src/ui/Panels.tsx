// The form that makes files and directories, inline and never modal. A mistake is said where it was made.

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { KIB, MIB } from '../core/base/align.ts'
import type { Snapshot } from '../playground/types.ts'
import { plural, sizeText } from './format.ts'
import { parseSize } from './parse.ts'
import { putNoteAway, useLookStore } from './look.tsx'
import { mediaIndex } from './mediaIndex.ts'
import { Note } from './parts.tsx'
import { Choice, Field } from './controls.tsx'
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
