// Finding bytes on the device and entries in its log. The device is read in pieces, and the page lives between them; a
// place that straddles two pieces is found like any other.

import type { Memory } from '../core/mem/memory.ts'
import { EntryWindow } from '../core/log/entries.ts'
import { ENTRY_ADD_DAXDEV } from '../core/omf/constants.ts'
import { Turns } from '../host/turns.ts'
import type { MediaState } from './media.ts'
import type { EntryQuery } from './types.ts'

/** A few milliseconds' worth. */
const PIECE_BYTES = 2 * 1024 * 1024
/** A hit that is none costs about as much as looking through so many bytes; a few are always fine. */
const MISS_BYTES = 64
const MISSES_LEAST = 1000

export interface Stretch {
  fromBytes: number
  /** The place found ends at or before it; what is here, if undefined. */
  endBytes?: number | undefined
  signal?: AbortSignal | undefined
}

/** @returns undefined where nothing is found, or when the signal stops it */
export async function findBytes(memory: Memory, wanted: Uint8Array, { fromBytes, endBytes: limit = Infinity, signal }: Stretch): Promise<number | undefined> {
  const endBytes = Math.min(limit, memory.presentBytes)
  if (wanted.length === 0) return undefined
  const turns = new Turns()
  try {
    for (let at = fromBytes; at + wanted.length <= endBytes; at += PIECE_BYTES) {
      const window = memory.window(at, Math.min(PIECE_BYTES + wanted.length - 1, endBytes - at))
      const found = indexOf(window, wanted)
      if (found >= 0) return at + found
      await turns.take()
      if (signal?.aborted) return undefined
    }
    return undefined
  } finally {
    turns.close()
  }
}

/** By paths where that is enough; damaged entries, and those of devices, are looked for anew, on the media. */
export function findEntries(memory: Memory, { filesystem, files, paths }: MediaState, { text, kind }: EntryQuery): number[] {
  if (!filesystem) return []
  const wanted = text.trim().toLowerCase()
  const fits = (index: number): boolean => wanted === '' || (paths[index] ?? '').toLowerCase().includes(wanted)
  const all = Array.from({ length: filesystem.entryCount }, (_, index) => index)
  if (kind === 'all') return all.filter(fits)
  if (kind === 'bad') return entriesBy(memory, filesystem, (window, index) => window.troubleOf(index) !== undefined).filter(fits)
  if (kind === 'device') return entriesBy(memory, filesystem, (window, index) => window.troubleOf(index) === undefined && window.typeOf(index) === ENTRY_ADD_DAXDEV).filter(fits)
  const isFile = new Set(files.map(({ entryIndex }) => entryIndex))
  return all.filter((index) => paths[index] !== undefined && isFile.has(index) === (kind === 'file') && fits(index))
}

function entriesBy(memory: Memory, { logOffsetBytes, entryCount }: NonNullable<MediaState['filesystem']>, isWanted: (window: EntryWindow, index: number) => boolean): number[] {
  const window = new EntryWindow(memory, { logOffsetBytes })
  const found: number[] = []
  for (let index = 0; index < entryCount; ) {
    const end = index + window.load(index, entryCount)
    for (; index < end; index++) if (isWanted(window, index)) found.push(index)
  }
  return found
}

/**
 * Looks for one byte with the engine's own search, and then at what is around it. Devices are full of zeros: the byte
 * is one that is likely to be rare. A byte that turns out not to be is given up for steps as long as what is wanted.
 */
function indexOf(window: Uint8Array, wanted: Uint8Array): number {
  const rare = rareIndex(wanted)
  const first = wanted[rare] as number
  let missCount = 0
  for (let at = window.indexOf(first, rare); at >= 0; at = window.indexOf(first, at + 1)) {
    const start = at - rare
    if (start + wanted.length > window.length) return -1
    if (isAt(window, start, wanted)) return start
    missCount++
    if (missCount * MISS_BYTES > start + MISS_BYTES * MISSES_LEAST) return indexByLeaps(window, wanted, start + 1)
  }
  return -1
}

/** Boyer and Moore's way, after Horspool: the byte under the end of what is wanted says how far on it may stand. */
function indexByLeaps(window: Uint8Array, wanted: Uint8Array, fromBytes: number): number {
  const lastIndex = wanted.length - 1
  const leaps = new Int32Array(256).fill(wanted.length)
  for (let i = 0; i < lastIndex; i++) leaps[wanted[i] as number] = lastIndex - i
  for (let start = fromBytes; start + lastIndex < window.length; start += leaps[window[start + lastIndex] as number] as number) {
    if (isAt(window, start, wanted)) return start
  }
  return -1
}

function isAt(window: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = wanted.length - 1; i >= 0; i--) if (window[start + i] !== wanted[i]) return false
  return true
}

function rareIndex(wanted: Uint8Array): number {
  const index = wanted.findIndex((byte) => byte !== 0 && byte !== 0xff && byte !== 0x20)
  return index < 0 ? Math.max(0, wanted.findIndex((byte) => byte !== 0)) : index
}
