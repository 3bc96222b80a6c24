// Writing bytes past every check, as root of a host that is up. Off until somebody asks for it; digit by digit on the
// current byte, or in a field that takes many bytes or one value. What is typed and not yet whole is dropped by any move.

import { useState } from 'react'
import { bytesOfCell } from '../../playground/cells.ts'
import type { HostView } from '../../playground/types.ts'
import { placeText } from '../addresses.ts'
import { plural } from '../format.ts'
import { byteText } from '../byteText.ts'
import type { Column } from '../HexView.tsx'
import { usePlayground } from '../session.tsx'
import { mistakeOf } from '../trouble.ts'
import { exactText, parseValue, valuesOf } from '../values.ts'
import { hexBytes, type Understood } from './asking.ts'
import { hexOf } from './copying.ts'
import type { Mark } from './range.ts'
import type { Tell } from './told.ts'

/** As many bytes as a field shows at once; more can be typed. */
const FIELD_MOST_BYTES = 64

export interface EditField {
  column: Column
  offsetBytes: number
  text: string
}

export interface Editing {
  on: boolean
  /** Hosts that can write, and the one that does. */
  hosts: readonly HostView[]
  host: HostView | undefined
  /** The first digit of the current byte, until the second comes. */
  digit: string
  field: EditField | undefined
  toggle: () => void
  choose: (host: string) => void
  /** One hex digit; true when it completed the byte. */
  type: (digit: string, offsetBytes: number) => boolean
  openField: (column: Column, mark: Mark) => Promise<void>
  closeField: () => void
  dropDigit: () => void
  /** A sentence if the text is no such value; otherwise it is written, and trouble is told. */
  submit: (field: EditField, text: string) => Promise<string | undefined>
}

export function useEditing(hosts: readonly HostView[], readOnly: boolean, tell: Tell): Editing {
  const playground = usePlayground()
  const [wanted, setWanted] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const [pending, setPending] = useState({ digit: '', offsetBytes: -1 })
  const [field, setField] = useState<EditField>()
  const up = hosts.filter((candidate) => candidate.status === 'up')
  const host = up.find((candidate) => candidate.name === chosen) ?? up[0]
  const on = wanted && !readOnly && host !== undefined

  const write = async (offsetBytes: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    if (!host) return false
    try {
      // Every byte that is typed counts, also while the one before is on its way: the session takes them in turn.
      const edited = await playground.edit({ host: host.name, offsetBytes, bytes })
      const what = bytes.length === 1 ? `0x${byteText(bytes[0] ?? 0)}` : plural(bytes.length, 'byte')
      tell(edited.ok ? { text: `${host.name} stored ${what} at ${placeText(playground.snapshot().device.devices, offsetBytes)}.` } : { trouble: edited.failure })
      return edited.ok
    } catch (error) {
      tell({ trouble: mistakeOf(error) })
      return false
    }
  }
  return {
    on, hosts: up, host, digit: on ? pending.digit : '', field: on ? field : undefined,
    toggle() {
      setWanted(!on)
      setField(undefined)
      setPending({ digit: '', offsetBytes: -1 })
    },
    choose: setChosen,
    type(digit, offsetBytes) {
      const first = pending.offsetBytes === offsetBytes ? pending.digit : ''
      if (first === '') {
        setPending({ digit, offsetBytes })
        return false
      }
      setPending({ digit: '', offsetBytes: -1 })
      void write(offsetBytes, Uint8Array.of(Number.parseInt(first + digit, 16)))
      return true
    },
    async openField(column, mark) {
      const peeked = await playground.peek({ kind: 'device' }, mark.startBytes, Math.min(mark.lengthBytes, FIELD_MOST_BYTES))
      if (!peeked.ok) return tell({ trouble: peeked.failure })
      setPending({ digit: '', offsetBytes: -1 })
      setField({ column, offsetBytes: mark.startBytes, text: fieldText(peeked.value, column) })
    },
    closeField: () => setField(undefined),
    dropDigit: () => setPending({ digit: '', offsetBytes: -1 }),
    async submit({ column, offsetBytes }, text) {
      const understood = bytesTyped(text, column)
      if ('mistake' in understood) return understood.mistake
      if (await write(offsetBytes, understood.value)) setField(undefined)
      return undefined
    },
  }
}

function fieldText(bytes: Uint8Array, column: Column): string {
  if (column === 'hex') return hexOf(bytes)
  const [value] = valuesOf(bytes, column)
  return value === undefined ? '' : exactText(value, column)
}

function bytesTyped(text: string, column: Column): Understood<Uint8Array<ArrayBuffer>> {
  if (column === 'hex') return hexBytes(text)
  const parsed = parseValue(text, column)
  if ('mistake' in parsed) return parsed
  const bytes = bytesOfCell(column, parsed.value)
  return bytes.ok ? { value: bytes.value } : { mistake: bytes.failure.says }
}
