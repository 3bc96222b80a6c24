// Numbers as the reference's tools read them (C's strtoull with base 0), less its silence: junk, signs and numbers that
// don't fit are refused. What the documented suffix rules ignore is taken as they say, and told.

import { GIB, KIB, MIB } from '../core/base/align.ts'

/** What went wrong, and what to do now: a Failure is one too. */
export interface Trouble {
  says: string
  next: string
}

export type Reading<V> = { ok: true; value: V; ignored?: string } | { ok: false; trouble: Trouble }

const NUMBER = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(.*)$/s
const UNITS: Record<string, number> = { k: KIB, m: MIB, g: GIB }
const U64_MOST = (1n << 64n) - 1n

const FORMS = 'Give a whole number: decimal, hexadecimal (0x10) or octal (010).'
const SIZE_FORMS = 'Give a whole number of bytes, or one with a single k, m or g behind it: 4096, 0x1000, 4k, 2m, 1g.'

/** One letter of k, m, g (either case) multiplies; one other character counts as 1; two or more void the suffix. */
export function readSize(text: string): Reading<number> {
  const parts = partsOf(text)
  if (!parts) return refuse(`“${text}” is not a size`, SIZE_FORMS)
  const factor = UNITS[parts.rest.toLowerCase()]
  const bytes = parts.value * BigInt(factor ?? 1)
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) return refuse(`${text} is more bytes than any device has`, 'Give a smaller size.')
  const value = Number(bytes)
  if (parts.rest === '' || factor !== undefined) return { ok: true, value }
  return { ok: true, value, ignored: `“${parts.rest}” in ${text} is not a unit, so this is ${value} bytes; units are k, m and g alone` }
}

/** @param most the largest that makes sense */
export function readNumber(text: string, most = Number.MAX_SAFE_INTEGER): Reading<number> {
  const parts = partsOf(text)
  if (!parts || parts.rest !== '') return refuse(`“${text}” is not a number`, FORMS)
  if (parts.value > BigInt(most)) return refuse(`${text} is too large`, `Give a number from 0 to ${most}.`)
  return { ok: true, value: Number(parts.value) }
}

/** All 64 bits; of a seed the low 32 count. */
export function readSeed(text: string): Reading<bigint> {
  const parts = partsOf(text)
  if (!parts || parts.rest !== '') return refuse(`“${text}” is not a seed`, FORMS)
  return parts.value > U64_MOST ? refuse(`${text} is too large for a seed`, 'Give a number below 2^64.') : { ok: true, value: parts.value }
}

/** Permission bits are octal, with or without a leading 0. */
export function readMode(text: string): Reading<number> {
  const mode = /^0*[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : undefined
  return mode === undefined ? refuse(`“${text}” is not a mode`, 'Give permission bits in octal, such as 644 or 0755.') : { ok: true, value: mode }
}

export function readId(text: string): Reading<number> {
  return readNumber(text, 0xffff_fffe)
}

/** Threads to work with; 0 means in the caller's own. */
export function readThreads(text: string): Reading<number> {
  return readNumber(text, 256)
}

export function readText(text: string): Reading<string> {
  return text === '' ? refuse('an empty name names nothing', 'Give a name.') : { ok: true, value: text }
}

/** The part between commas, as C's strtok cuts: empty fields don't count. */
export function fieldsOf(text: string): string[] {
  return text.split(',').filter((field) => field !== '')
}

export function refuse(says: string, next: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { says, next } }
}

function partsOf(text: string): { value: bigint; rest: string } | undefined {
  const [, digits, rest = ''] = NUMBER.exec(text) ?? []
  // A digit left over is one that the base doesn't have, such as the 9 of 09.
  if (digits === undefined || /^\d/.test(rest)) return undefined
  const octal = digits.length > 1 && /^0[0-7]/.test(digits)
  return { value: BigInt(octal ? `0o${digits.slice(1)}` : digits), rest }
}

/** "1 error", "2 errors". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
