// Bytes as the shell library carries them: a string with one character for each byte.

import { bytesOfText, textOf } from '../core/base/plain.ts'

const PIECE_CHARS = 8192

export function latin1Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE_CHARS) text += String.fromCharCode(...bytes.subarray(at, at + PIECE_CHARS))
  return text
}

export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

export function utf8Of(text: string): Uint8Array<ArrayBuffer> {
  return bytesOfText(text)
}

/** Text for people: UTF-8 where it is that, else byte by byte. */
export function textForPeople(bytes: Uint8Array): string {
  const text = textOf(bytes)
  return text.includes('\uFFFD') ? latin1Of(bytes) : text
}
