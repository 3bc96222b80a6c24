// The hand that writes: whose it is, that no check stops it, and the field for many bytes or for one value. Nobody writes
// by accident: it is off until it is pressed.

import { PencilLine } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { placeText } from '../addresses.ts'
import { useDevices } from '../session.tsx'
import { Field } from '../controls.tsx'
import type { EditField, Editing } from './useEditing.ts'

export function EditToggle({ editing }: { editing: Editing }) {
  const { on, hosts, host, toggle, choose } = editing
  return (
    <span className="edit-toggle">
      <button type="button" aria-pressed={on} aria-disabled={host === undefined} onClick={() => host && toggle()}>
        <PencilLine aria-hidden /> Edit bytes
      </button>
      {on && host && (
        <Field label="as host">
          {(id) => (
            <select id={id} value={host.name} onChange={(event) => choose(event.target.value)}>
              {hosts.map((candidate) => <option key={candidate.name} value={candidate.name}>{candidate.name}</option>)}
            </select>
          )}
        </Field>
      )}
    </span>
  )
}

export function EditFieldForm({ editing, field, onDone }: { editing: Editing; field: EditField; onDone: () => void }) {
  const [text, setText] = useState(field.text)
  const [mistake, setMistake] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const devices = useDevices()
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const wrong = await editing.submit(field, text)
    setMistake(wrong)
    if (wrong === undefined) onDone()
  }
  const cancel = (): void => {
    editing.closeField()
    onDone()
  }
  const kind = field.column === 'hex' ? 'Bytes' : field.column
  return (
    <form className="edit-field" aria-label="Edit bytes" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={`${kind} at ${placeText(devices, field.offsetBytes)}`}>
        {(id) => (
          <input id={id} ref={input} className="mono" value={text} size={field.column === 'hex' ? 32 : 22} spellCheck={false} autoCapitalize="off" aria-invalid={mistake !== undefined}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') cancel()
            }} />
        )}
      </Field>
      <button type="submit">Store as {editing.host?.name}</button>
      <button type="button" onClick={cancel}>Cancel</button>
      {mistake && <small className="wrong" role="status">{mistake}</small>}
    </form>
  )
}
