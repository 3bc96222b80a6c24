// Two ways to bytes that one can't see: by their offset, and by what they are. A search runs in pieces and can be stopped;
// it starts behind what is selected, goes around at the end up to where it began, and says so.

import { Search, X } from 'lucide-react'
import { type FormEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { briefPlace, placeText } from '../addresses.ts'
import { sizeText } from '../format.ts'
import { useLook } from '../look.tsx'
import { Field } from '../controls.tsx'
import { useDevices, usePlayground } from '../session.tsx'
import { mistakeOf } from '../trouble.ts'
import { bytesAsked, FIND_KINDS, type FindKind, offsetAsked } from './asking.ts'
import type { Mark } from './range.ts'
import type { Tell } from './told.ts'

export interface FindControl {
  focus: () => void
  next: () => void
}

interface Props {
  cursor: number
  endBytes: number
  onShow: (mark: Mark) => void
  tell: Tell
}

export function GoTo({ cursor, endBytes, onShow }: Omit<Props, 'tell'>) {
  // What was typed gives way as soon as the selection moves.
  const [typed, setTyped] = useState({ text: '', at: -1 })
  const devices = useDevices()
  const text = typed.at === cursor ? typed.text : briefPlace(devices, cursor)
  const asked = offsetAsked(text, cursor, endBytes, devices)
  const mistake = endBytes > 0 && 'mistake' in asked ? asked.mistake : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if ('value' in asked) onShow({ startBytes: asked.value, lengthBytes: 1 })
  }
  return (
    <form className="goto" onSubmit={submit}>
      <Field label="Offset">
        {(id) => (
          <input id={id} className="mono" value={text} size={devices.length < 2 ? 10 : devices.every(({ fsDevindex }) => fsDevindex !== undefined) ? 13 : 18} spellCheck={false} autoCapitalize="off" aria-invalid={mistake !== undefined} aria-describedby={mistake ? `${id}-wrong` : undefined}
            onFocus={(event) => event.target.select()} onChange={(event) => setTyped({ text: event.target.value, at: cursor })} />
        )}
      </Field>
      <button type="submit">Go</button>
      {mistake && <small className="wrong" role="status">{mistake}</small>}
    </form>
  )
}

export function Find({ cursor, endBytes, onShow, tell, control }: Props & { control: Ref<FindControl> }) {
  const [text, setText] = useState('')
  const [kind, setKind] = useState<FindKind>('text')
  const [mistake, setMistake] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const { searching, search, stop } = useSearch(cursor, endBytes, onShow, tell)
  const finding = useLook((state) => state.finding)
  const focusedFor = useRef(finding)
  const focus = (): void => {
    input.current?.focus()
    input.current?.select()
  }
  useEffect(() => {
    if (focusedFor.current === finding) return
    focusedFor.current = finding
    focus()
  }, [finding])
  const next = (): void => {
    const wanted = bytesAsked(text, kind)
    setMistake('mistake' in wanted ? wanted.mistake : undefined)
    tell(undefined)
    if ('value' in wanted) void search(wanted.value, kind === 'text' ? `“${text}”` : text.trim())
    else focus()
  }
  useImperativeHandle(control, () => ({ focus, next }))

  return (
    <form className="find" role="search" aria-label="Bytes of the device" onSubmit={(event) => {
      event.preventDefault()
      next()
    }}>
      <Field label="Find">
        {(id) => (
          <input id={id} ref={input} className="mono" value={text} size={13} spellCheck={false} autoCapitalize="off" placeholder={kind === 'hex' ? 'ff 82 b2 87' : ''} aria-invalid={mistake !== undefined}
            onChange={(event) => {
              setText(event.target.value)
              setMistake(undefined)
            }} />
        )}
      </Field>
      <select aria-label="Find as" value={kind} onChange={(event) => setKind(FIND_KINDS.find((each) => each === event.target.value) ?? 'text')}>
        <option value="text">text</option>
        <option value="hex">hex bytes</option>
      </select>
      {searching ? (
        <button type="button" onClick={stop}><X aria-hidden /> Stop</button>
      ) : (
        <button type="submit" title="Enter in the field, or F3"><Search aria-hidden /> Next</button>
      )}
      {mistake && <small className="wrong" role="status">{mistake}</small>}
    </form>
  )
}

function useSearch(cursor: number, endBytes: number, onShow: (mark: Mark) => void, tell: Tell) {
  const playground = usePlayground()
  const running = useRef<AbortController>(undefined)
  const [searching, setSearching] = useState(false)
  useEffect(() => () => running.current?.abort(), [])

  const search = async (bytes: Uint8Array<ArrayBuffer>, words: string): Promise<void> => {
    running.current?.abort()
    const mine = new AbortController()
    const { signal } = mine
    running.current = mine
    setSearching(true)
    tell({ text: `Searching for ${words} from ${placeText(playground.snapshot().device.devices, cursor)} on.` })
    try {
      const ahead = await playground.search({ fromBytes: cursor + 1, bytes, signal })
      const around = ahead.ok && ahead.value === undefined && !signal.aborted ? await playground.search({ fromBytes: 0, endBytes: cursor + bytes.length, bytes, signal }) : ahead
      if (running.current !== mine) return
      if (signal.aborted) return tell({ text: 'The search was stopped.' })
      if (!around.ok) return tell({ trouble: around.failure })
      if (around.value === undefined) return tell({ text: `${words} is nowhere on the device: all ${sizeText(endBytes)} were looked through.`, at: cursor })
      onShow({ startBytes: around.value, lengthBytes: bytes.length })
      const again = around === ahead ? '' : around.value === cursor ? ' That is the only place.' : ' The search went around the end of the device.'
      tell({ text: `${words} is at ${placeText(playground.snapshot().device.devices, around.value)}.${again}`, at: around.value })
    } catch (error) {
      if (running.current === mine) tell({ trouble: mistakeOf(error) })
    } finally {
      if (running.current === mine) setSearching(false)
    }
  }
  const stop = (): void => running.current?.abort()
  return { searching, search, stop }
}
