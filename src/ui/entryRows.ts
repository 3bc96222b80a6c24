// Log entries that show, decoded: read from the device in as few pieces as their places allow, again when bytes may have
// changed, at most once per frame, and never while nobody can see them. A row stays the same object while its bytes do.

import { useEffect, useState } from 'react'
import { LOG_ENTRY_BYTES } from '../core/omf/log.ts'
import { PEEK_MOST_BYTES, type Playground } from '../playground/types.ts'
import type { Devices } from './addresses.ts'
import { runsOf } from './logFilter.ts'
import { type LogRow, logRowsOf } from './logRows.ts'
import { usePlayground } from './session.tsx'

interface Read {
  bytes: Uint8Array
  row: LogRow
  devices: Devices
}

type Rows = ReadonlyMap<number, Read>

const DEVICE = { kind: 'device' } as const
const RUN_MOST = Math.floor(PEEK_MOST_BYTES / LOG_ENTRY_BYTES)
const NONE: Rows = new Map()

/**
 * @param indices of entries, ascending
 * @param startBytes where entry 0 is
 * @param version entries are read again when it moves
 * @param devices that are here; the same list for the same devices
 */
export function useEntryRows(indices: readonly number[], startBytes: number, version: number, devices: Devices): Rows {
  const playground = usePlayground()
  const [rows, setRows] = useState(NONE)
  const wanted = indices.join()

  useEffect(() => {
    let over = false
    let frame = 0
    const list = wanted === '' ? [] : wanted.split(',').map(Number)
    const read = async (): Promise<void> => {
      if (document.hidden) return
      const bytes = await entryBytes(playground, list, startBytes)
      if (!over) setRows((now) => merged(now, bytes, devices))
    }
    const again = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => void read())
    }
    again()
    document.addEventListener('visibilitychange', again)
    return () => {
      over = true
      cancelAnimationFrame(frame)
      document.removeEventListener('visibilitychange', again)
    }
  }, [playground, wanted, startBytes, version, devices])
  return rows
}

/** What can't be read is left out: its row shows no more than its number. */
async function entryBytes(playground: Playground, indices: readonly number[], startBytes: number): Promise<Map<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>()
  const runs = runsOf(indices, RUN_MOST)
  const pieces = await Promise.all(runs.map(({ first, count }) => playground.peek(DEVICE, startBytes + first * LOG_ENTRY_BYTES, count * LOG_ENTRY_BYTES)))
  for (const index of indices) {
    const at = runs.findIndex(({ first, count }) => index >= first && index < first + count)
    const piece = pieces[at]
    if (!piece?.ok) continue
    const offset = (index - (runs[at]?.first ?? 0)) * LOG_ENTRY_BYTES
    const bytes = piece.value.subarray(offset, offset + LOG_ENTRY_BYTES)
    if (bytes.length === LOG_ENTRY_BYTES) found.set(index, bytes)
  }
  return found
}

function merged(now: Rows, bytes: ReadonlyMap<number, Uint8Array>, devices: Devices): Rows {
  let changed = now.size !== bytes.size
  const next = new Map<number, Read>()
  for (const [index, read] of bytes) {
    const known = now.get(index)
    if (known && known.devices === devices && sameBytes(known.bytes, read)) {
      next.set(index, known)
      continue
    }
    const [row] = logRowsOf(read, index, devices)
    if (row) next.set(index, { bytes: read, row, devices })
    changed = true
  }
  return changed ? next : now
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}
