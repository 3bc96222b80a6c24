// Selected bytes as text for the clipboard. What is given is a private copy, never the device's own memory.

import { textOf } from '../../core/base/plain.ts'
import { byteText } from '../byteText.ts'

export const COPY_FORMS = ['hex', 'base64', 'text'] as const
export type CopyForm = (typeof COPY_FORMS)[number]

/** So many characters at once are sure to fit on any engine's stack. */
const PIECE = 8192

export function copyText(bytes: Uint8Array, form: CopyForm): string {
  if (form === 'hex') return hexOf(bytes)
  return form === 'base64' ? btoa(binaryOf(bytes)) : textOf(bytes)
}

/** "ff 82 b2 87", as the hex view shows it and the search takes it. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byteText).join(' ')
}

/** One character for each byte. */
export function binaryOf(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return text
}
