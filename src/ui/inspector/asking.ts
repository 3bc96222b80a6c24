// What people type to find their way: an offset to go to, bytes to search for. Either it is understood, or a sentence says
// what to type instead.

import { bytesOfText } from '../../core/base/plain.ts'
import { deviceMeant, devicesWords } from '../../playground/spoken.ts'
import type { Devices } from '../addresses.ts'
import { sizeText } from '../format.ts'
import { parseOffset } from '../parse.ts'

export const FIND_KINDS = ['text', 'hex'] as const
export type FindKind = (typeof FIND_KINDS)[number]

export type Understood<T> = { value: T } | { mistake: string }

/** "0x200000", "2097152", "2m", and from where one is: "+0x40", "-4k". On one of several devices: "2:0x200000", or "dax3.0:0x200000". */
export function offsetAsked(text: string, from: number, endBytes: number, devices: Devices = []): Understood<number> {
  const [, which, onIt = ''] = /^([^:]*):(.*)$/.exec(text) ?? []
  if (which !== undefined && devices.length > 1) return onDevice(which, onIt, devices)
  const [, sign = '', rest = ''] = /^\s*([+-]?)(.*)$/.exec(text) ?? []
  const given = parseOffset(rest)
  const offset = given === undefined ? undefined : sign === '+' ? from + given : sign === '-' ? from - given : given
  if (offset === undefined || offset < 0 || offset >= endBytes) {
    return { mistake: `Give 0x…, a number, a size such as 4m, or + or − and one of these; below ${sizeText(endBytes)}.` }
  }
  return { value: offset }
}

function onDevice(which: string, text: string, devices: Devices): Understood<number> {
  const device = deviceMeant(devices, which)
  if (!device) return { mistake: `No device is called “${which.trim()}”: there are ${devicesWords(devices.toSorted((a, b) => (a.fsDevindex ?? Infinity) - (b.fsDevindex ?? Infinity)))}.` }
  const within = offsetAsked(text, 0, device.sizeBytes)
  return 'value' in within ? { value: device.baseBytes + within.value } : within
}

export function bytesAsked(text: string, kind: FindKind): Understood<Uint8Array<ArrayBuffer>> {
  if (kind === 'hex') return hexBytes(text)
  return text === '' ? { mistake: 'Type what to look for.' } : { value: bytesOfText(text) }
}

/** Pairs of hex digits in the order of the bytes; blanks, commas, colons and 0x between them say nothing. */
export function hexBytes(text: string): Understood<Uint8Array<ArrayBuffer>> {
  const parts = text.trim().split(/[\s,:]+/).map((part) => part.replace(/^0x/i, ''))
  const digits = parts.map((part) => (part.length === 1 ? `0${part}` : part)).join('')
  if (digits === '' || digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) return { mistake: 'Give pairs of hex digits, such as ff 82 b2 87.' }
  return { value: Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)) }
}
