// A UUID is 16 raw bytes in the order they are written as text; no field is swapped.

import { fail, ok, type Result } from './result.ts'

export const UUID_BYTES = 16
export const NIL_UUID = '00000000-0000-0000-0000-000000000000'

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case text of the 16 bytes at `offset`. */
export function uuidText(bytes: Uint8Array, offset = 0): string {
  let hex = ''
  for (let i = 0; i < UUID_BYTES; i++) hex += HEX[bytes[offset + i] ?? 0]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function parseUuid(text: string): Result<string, 'bad_uuid'> {
  const trimmed = text.trim()
  return TEXT.test(trimmed) ? ok(trimmed.toLowerCase()) : fail('bad_uuid', { text })
}

/** @param text a UUID that parseUuid has accepted */
export function uuidBytes(text: string): Uint8Array<ArrayBuffer> {
  const hex = text.replaceAll('-', '')
  const bytes = new Uint8Array(UUID_BYTES)
  for (let i = 0; i < UUID_BYTES; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** A version 4 (random) UUID; `random` fills the array it is given. */
export function makeUuid(random: (target: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(UUID_BYTES)
  random(bytes)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return uuidText(bytes)
}
