// Finding bytes on the device and entries in its log. The device is read in pieces, and the page lives between them; a
// place that straddles two pieces is found like any other.

import type { Memory } from '../core/mem/memory.ts'
import { EntryWindow } from '../core/log/entries.ts'
import { Turns } from '../host/turns.ts'
import type { MediaState } from './media.ts'
import type { EntryQuery } from './types.ts'

/** A few milliseconds' worth. */
const PIECE_BYTES = 4 * 1024 * 1024

/** @returns undefined where nothing is found, or when the signal stops it */
export async function findBytes(memory: Memory, wanted: Uint8Array, fromBytes: number, signal?: AbortSignal): Promise<number | undefined> {
  const endBytes = memory.presentBytes
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

/** By paths where that is enough; damaged entries are judged anew, from the media. */
export function findEntries(memory: Memory, { filesystem, files, paths }: MediaState, { text, kind }: EntryQuery): number[] {
  if (!filesystem) return []
  const wanted = text.trim().toLowerCase()
  const fits = (index: number): boolean => wanted === '' || (paths[index] ?? '').toLowerCase().includes(wanted)
  const all = Array.from({ length: filesystem.entryCount }, (_, index) => index)
  if (kind === 'all') return all.filter(fits)
  if (kind === 'bad') return badEntries(memory, filesystem).filter(fits)
  const isFile = new Set(files.map(({ entryIndex }) => entryIndex))
  return all.filter((index) => paths[index] !== undefined && isFile.has(index) === (kind === 'file') && fits(index))
}

function badEntries(memory: Memory, { logOffsetBytes, entryCount }: NonNullable<MediaState['filesystem']>): number[] {
  const window = new EntryWindow(memory, { logOffsetBytes })
  const bad: number[] = []
  for (let index = 0; index < entryCount; ) {
    const end = index + window.load(index, entryCount)
    for (; index < end; index++) if (window.troubleOf(index) !== undefined) bad.push(index)
  }
  return bad
}

function indexOf(window: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] as number
  for (let at = window.indexOf(first); at >= 0 && at + wanted.length <= window.length; at = window.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => window[at + i] === byte)) return at
  }
  return -1
}
