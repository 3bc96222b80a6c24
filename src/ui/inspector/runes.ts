// Bytes as text, one place for each byte, so that a character stands where its bytes do. What can't be shown is a dot; a
// character of several bytes stands at its first, and the others are empty.

import { textOf } from '../../core/base/plain.ts'

const DOT = '·'

export function runesOf(bytes: Uint8Array): string[] {
  const runes: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(bytes, at)
    const text = length === 1 ? plain(bytes[at] ?? 0) : textOf(bytes.subarray(at, at + length))
    const shown = length === 1 || !/\p{C}|\uFFFD/u.test(text)
    for (let i = 0; i < length; i++) runes.push(shown ? (i === 0 ? text : '') : DOT)
    at += length
  }
  return runes
}

/** So many places from there on; blanks where nothing is known yet, as before the first. */
export function rowOf(runes: readonly string[], from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => runes[from + i] ?? ' ')
}

function plain(byte: number): string {
  if (byte === 0x0a) return '↵'
  if (byte === 0x09) return '→'
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : DOT
}

/** Of the UTF-8 sequence at this byte; 1 for what is none. */
function lengthOf(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 1
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 1
  return length
}
