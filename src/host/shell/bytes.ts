// Bytes as the shell library carries them: a string with one character for each byte.

const PIECE_CHARS = 8192
const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

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
  return encoder.encode(text)
}

/** Text for people: UTF-8 where it is that, else byte by byte. The bytes are private. */
export function textForPeople(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return strict.decode(bytes)
  } catch {
    return latin1Of(bytes)
  }
}
