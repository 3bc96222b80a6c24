// Numbers in the lab's sentences, written as the page writes them in its tables, so that one can be found in the other.

import { GIB, KIB, MIB } from '../../core/base/align.ts'

const TIB = 1024 * GIB

/** "1000 B", "234.4 KiB", "6.1 GiB", "3.7 TiB". */
export function sizeWords(bytes: number): string {
  if (bytes >= TIB) return `${(bytes / TIB).toFixed(1)} TiB`
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`
  return bytes >= KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${bytes} B`
}

export function countWords(value: number, one: string, many = `${one}s`): string {
  return `${numberWords(value)} ${value === 1 ? one : many}`
}

export function numberWords(value: number): string {
  return value.toLocaleString('en-GB')
}

export function timeWords(ns: number): string {
  if (ns < 1000) return `${digits(ns, 3)} ns`
  if (ns < 1_000_000) return `${digits(ns / 1000, 3)} µs`
  return ns < 1_000_000_000 ? `${digits(ns / 1_000_000, 3)} ms` : `${digits(ns / 1_000_000_000, 3)} s`
}

export function timesWords(ratio: number): string {
  return `${digits(ratio, 2)} times`
}

/** As many digits as a measurement bears. */
function digits(value: number, count: number): string {
  return Number(value.toPrecision(count)).toLocaleString('en-GB')
}
