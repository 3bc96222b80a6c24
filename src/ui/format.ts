// Every number that the page shows leaves through here, with its unit. Sizes are binary, as famfs counts them; hex is
// lower case with 0x, so that it can be searched in the reference's own output.

import { GIB, KIB, MIB } from '../core/base/align.ts'
import { listed } from '../playground/spoken.ts'

/** "4.0 MiB", "6 B". */
export function sizeText(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`
  if (bytes >= KIB) return `${(bytes / KIB).toFixed(1)} KiB`
  return `${bytes} B`
}

/** "4,194,304". */
export function countText(value: number | bigint): string {
  return value.toLocaleString('en-US')
}

/** "1 entry", "2 entries". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** A device address: "0x00a00000". */
export function addressText(offsetBytes: number): string {
  return `0x${offsetBytes.toString(16).padStart(8, '0')}`
}

export function hexText(value: number | bigint): string {
  return `0x${value.toString(16)}`
}

/** "0644". */
export function octalText(mode: number): string {
  return `0${(mode & 0o7777).toString(8).padStart(3, '0')}`
}

/** With a final stop, which failures come without, and a capital, unless the first word may be somebody's file. */
export function sentence(text: string): string {
  const first = FIRST_WORD.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/** "a, b and c". */
export function listText(items: readonly string[], most = 3): string {
  return listed(items, most)
}

const FIRST_WORD = /^(the|this|these|there|that|a|an|only|one|it|its|byte|bytes|host|another|nothing|something|log|unit|units|formatting|no|whoever)\b(?![./])/
