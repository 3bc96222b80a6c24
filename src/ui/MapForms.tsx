// What one can do with a mapped file: write one value through a host's own mapping, and hash it on a host. A client's
// write is refused by its kernel, and the refusal is shown with its advice: that is the lesson, so the button stays.

import { PencilLine } from 'lucide-react'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { CellKind } from '../playground/types.ts'
import { countText } from './format.ts'
import { putNoteAway, useLookStore } from './look.tsx'
import { Note } from './parts.tsx'
import { Field } from './controls.tsx'
import { useAction, usePlayground, useSnapshot } from './session.tsx'
import type { Trouble } from './trouble.ts'
import { parseValue } from './values.ts'

export function WriteForm({ path, cell, index, valueCount, onIndex, given }: {
  path: string
  cell: CellKind
  index: number
  valueCount: number
  onIndex: (index: number) => void
  /** Moves when somebody wants to write the current value: then its text is put here, to be changed. */
  given: { text: string; asked: number }
}) {
  const playground = usePlayground()
  const look = useLookStore()
  const { hosts } = useSnapshot()
  const writing = useAction()
  const [chosen, setChosen] = useState<string>()
  const [value, setValue] = useState('42')
  const [mistake, setMistake] = useState<string>()
  const [failure, setFailure] = useState<Trouble>()
  const mistakeId = useId()
  const input = useRef<HTMLInputElement>(null)
  const { text: givenText, asked } = given
  const answered = useRef(0)
  useEffect(() => {
    if (asked === answered.current) return
    answered.current = asked
    setValue(givenText)
    setMistake(undefined)
    input.current?.focus()
  }, [asked, givenText])
  const host = hosts.find((candidate) => candidate.name === chosen) ?? hosts.find((candidate) => candidate.role === 'master') ?? hosts[0]
  if (!host) return null

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setFailure(undefined)
    const parsed = index >= valueCount ? { mistake: `The last index is ${countText(valueCount - 1)}.` } : parseValue(value, cell)
    setMistake('mistake' in parsed ? parsed.mistake : undefined)
    if ('mistake' in parsed) return
    const failed = await writing.run(() => playground.poke({ host: host.name, path, index, cell, value: parsed.value }))
    setFailure(failed)
    if (failed) putNoteAway(look, host.name, playground.snapshot().trace.at(-1)?.index ?? 0)
  }

  return (
    <form className="write" aria-label="Write a value" onSubmit={(event) => void submit(event)} noValidate>
      <div className="write-fields">
        <Field label="Host">
          {(id) => (
            <select id={id} value={host.name} onChange={(event) => setChosen(event.target.value)}>
              {hosts.map((candidate) => <option key={candidate.name} value={candidate.name}>{`${candidate.name} (${candidate.role === 'none' ? candidate.status : candidate.role})`}</option>)}
            </select>
          )}
        </Field>
        <Field label="Index">
          {(id) => (
            <input id={id} className="mono" inputMode="numeric" size={7} value={index} onChange={(event) => onIndex(Math.max(0, Math.trunc(Number(event.target.value)) || 0))} />
          )}
        </Field>
        <Field label="Value">
          {(id) => (
            <input id={id} ref={input} className="mono" size={cell === 'BigInt64' || cell === 'BigUint64' ? 20 : 8} value={value} aria-invalid={mistake !== undefined} aria-describedby={mistake ? mistakeId : undefined} onFocus={(event) => event.target.select()} onChange={(event) => setValue(event.target.value)} />
          )}
        </Field>
        <button type="submit" aria-disabled={writing.busy}>
          <PencilLine aria-hidden /> Write on {host.name}
        </button>
      </div>
      {mistake && <small id={mistakeId} className="wrong" role="status">{mistake}</small>}
      {failure && <Note trouble={failure} onDismiss={() => setFailure(undefined)} />}
    </form>
  )
}

export function HashForm({ host, path }: { host: string; path: string }) {
  const playground = usePlayground()
  const look = useLookStore()
  const { bytesVersion } = useSnapshot()
  const hashing = useAction()
  const [hashes, setHashes] = useState<Record<string, { hash: string; version: number }>>({})
  const [failure, setFailure] = useState<Trouble>()

  const hash = async (): Promise<void> => {
    setFailure(undefined)
    const version = playground.snapshot().bytesVersion
    const failed = await hashing.run(async () => {
      const result = await playground.sha256(host, path)
      if (result.ok) setHashes((now) => ({ ...now, [host]: { hash: result.value, version } }))
      return result
    })
    setFailure(failed)
    if (failed) putNoteAway(look, host, playground.snapshot().trace.at(-1)?.index ?? 0)
  }

  const all = Object.entries(hashes)
  const equal = all.length > 1 && all.every(([, known]) => known.hash === all[0]?.[1].hash)
  return (
    <div className="hashes">
      <button type="button" aria-disabled={hashing.busy} onClick={() => void hash()}>SHA-256 on {host}</button>
      {hashing.busy && <span className="quiet">{host} is reading {path}</span>}
      <div role="status">
        {all.map(([name, known]) => (
          <p key={name}>
            <strong>{name}</strong> <code className="hash">{known.hash}</code>
            {known.version !== bytesVersion && <span className="quiet"> before the device last changed</span>}
          </p>
        ))}
        {equal && <p>The same bytes on {all.map(([name]) => name).join(' and ')}.</p>}
      </div>
      {failure && <Note trouble={failure} onDismiss={() => setFailure(undefined)} />}
    </div>
  )
}
