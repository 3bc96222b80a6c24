// The two forms of the top bar, inline and never modal. A mistake is said where it was made; what will be lost is said before it is.

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { MIB } from '../core/base/align.ts'
import { LOG_LEAST_BYTES } from '../core/omf/constants.ts'
import type { Snapshot } from '../playground/types.ts'
import { listText, parseSize, plural, sentence, sizeText } from './format.ts'
import { putNoteAway, useLookStore } from './look.tsx'
import { Choice, Field, Note } from './parts.tsx'
import { useAction, usePlayground, useSnapshot } from './session.tsx'
import type { Trouble } from './trouble.ts'

const KINDS = ['file', 'directory'] as const

export function NewFilePanel({ onClose }: { onClose: () => void }) {
  const playground = usePlayground()
  const look = useLookStore()
  const snapshot = useSnapshot()
  const making = useAction()
  const [kind, setKind] = useState<(typeof KINDS)[number]>('file')
  const [path, setPath] = useState('data.bin')
  const [size, setSize] = useState('4m')
  const [seeded, setSeeded] = useState(true)
  const [seed, setSeed] = useState('1')
  const [host, setHost] = useState(() => masterOf(snapshot))
  const [mistake, setMistake] = useState<{ field: 'path' | 'size' | 'seed'; says: string }>()
  const [failure, setFailure] = useState<Trouble>()
  const first = useFocusOnce()
  const formId = useId()

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setMistake(undefined)
    setFailure(undefined)
    const sizeBytes = parseSize(size)
    const seedValue = Number(seed)
    const trimmed = path.trim()
    if (trimmed === '') return setMistake({ field: 'path', says: 'Give a path inside the mount, such as data.bin.' })
    if (kind === 'file' && sizeBytes === undefined) return setMistake({ field: 'size', says: 'Give a size such as 4m, 64k or 100.' })
    if (kind === 'file' && seeded && !(Number.isInteger(seedValue) && seedValue > 0)) {
      return setMistake({ field: 'seed', says: 'Give a whole number above 0.' })
    }
    const where = host && { host }
    const failed = await making.run(() =>
      kind === 'directory'
        ? playground.newDirectory({ ...where, path: trimmed, parents: true })
        : playground.newFile({ ...where, path: trimmed, sizeBytes: sizeBytes ?? 0, ...(seeded && { seed: seedValue }) }),
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
        <Field label="Path in the mount" hint={wrong('path')}>
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

const LOG_LENGTHS = [LOG_LEAST_BYTES, 16 * MIB, 32 * MIB, 64 * MIB]

export function FormatPanel({ onClose }: { onClose: () => void }) {
  const playground = usePlayground()
  const look = useLookStore()
  const snapshot = useSnapshot()
  const formatting = useAction()
  const [logLengthBytes, setLogLength] = useState(LOG_LEAST_BYTES)
  const [failure, setFailure] = useState<Trouble>()
  const keep = useFocusOnce<HTMLButtonElement>()
  const formatted = snapshot.device.filesystem !== undefined

  const format = async (): Promise<void> => {
    setFailure(undefined)
    const failed = await formatting.run(() => playground.format({ force: formatted, logLengthBytes }))
    if (!failed) return onClose()
    setFailure(failed)
    for (const place of ['', ...snapshot.hosts.map((host) => host.name)]) putNoteAway(look, place, playground.snapshot().trace.at(-1)?.index ?? 0)
  }

  return (
    <section className="panel" aria-label="Format the device">
      <p>{lossText(snapshot)}</p>
      <div className="panel-fields">
        <Field label="Log length">
          {(id) => (
            <select id={id} value={logLengthBytes} onChange={(event) => setLogLength(Number(event.target.value))}>
              {LOG_LENGTHS.map((bytes) => (
                <option key={bytes} value={bytes}>{sizeText(bytes)}</option>
              ))}
            </select>
          )}
        </Field>
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
  return `Formatting writes a new superblock and an empty log on ${device.name}. ${plural(files.length, 'file')} will be forgotten: ${names}. Every host mounts again. This can't be undone.`
}
