// A file system on a memory, as one host works with it. The owner's bitmap is always what rebuilding from the log would
// give: it is kept with the file system's UUID and the entries it has seen, extended by new ones, dropped by another mkfs.

import { unitsOf } from '../base/align.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Space } from '../alloc/allocate.ts'
import { UnitBitmap } from '../alloc/bitmap.ts'
import type { Memory } from '../mem/memory.ts'
import { ENTRY_FILE } from '../omf/constants.ts'
import { soundNextIndex } from '../log/append.ts'
import { EntryWindow } from '../log/entries.ts'
import { type KnownLayout, type Layout, type LayoutReason, readLayoutAgain, reservedUnits } from '../log/layout.ts'
import { claimExtents, extentsOfMeta } from './claims.ts'
import { roleOf } from './role.ts'

export interface KeptBitmap {
  fsUuid: string
  seenCount: number
  bitmap: UnitBitmap
}

export interface Volume {
  readonly memory: Memory
  kept: KeptBitmap | undefined
  known: KnownLayout | undefined
}

/** What one hold of the log lock has checked and works with. */
export interface LogLock {
  readonly memory: Memory
  readonly layout: Layout
  readonly space: Space
  readonly kept: KeptBitmap
  /** The next free slot; equal to slotCount when the log is full. */
  nextIndex: number
}

export type LockReason = LayoutReason | 'mount_failed' | 'not_master' | 'log_counters' | 'other_filesystem'

export function newVolume(memory: Memory): Volume {
  return { memory, kept: undefined, known: undefined }
}

/**
 * Superblock, role and counters, then the bitmap. The caller holds the host's flock.
 * @param what completes "only the master may ..."
 * @param fsUuid the file system that the host has mounted: another one is refused
 */
export function lockLog(
  volume: Volume,
  given: { systemUuid: string | undefined; fsUuid?: string; what: string },
): Result<LogLock, LockReason> {
  const read = readLayoutAgain(volume.memory, volume.known)
  if (!read.ok) return read
  volume.known = read.value
  const { layout } = read.value
  if (given.fsUuid !== undefined && given.fsUuid !== layout.fsUuid) return fail('other_filesystem')
  if (roleOf(layout.superblock, given.systemUuid) !== 'master') return fail('not_master', { what: given.what })
  const sound = soundNextIndex(volume.memory, layout)
  if (!sound.ok) return sound
  const kept = extendedBitmap(volume, layout, sound.value)
  volume.kept = kept
  const space = { bitmap: kept.bitmap, unitBytes: layout.unitBytes, deviceBytes: layout.deviceBytes, cursorUnit: 0 }
  return ok({ memory: volume.memory, layout, space, kept, nextIndex: sound.value })
}

/** A bitmap from nothing: superblock and log first, then every valid file entry. */
export function buildBitmap(memory: Memory, layout: Layout, entryCount: number): KeptBitmap {
  const bitmap = new UnitBitmap(unitsOf(layout.deviceBytes, layout.unitBytes))
  bitmap.claim(0, reservedUnits(layout))
  const kept = { fsUuid: layout.fsUuid, seenCount: 0, bitmap }
  extend(kept, memory, layout, entryCount)
  return kept
}

function extendedBitmap(volume: Volume, layout: Layout, entryCount: number): KeptBitmap {
  const { kept } = volume
  if (!kept || kept.fsUuid !== layout.fsUuid || kept.seenCount > entryCount) return buildBitmap(volume.memory, layout, entryCount)
  extend(kept, volume.memory, layout, entryCount)
  return kept
}

function extend(kept: KeptBitmap, memory: Memory, layout: Layout, entryCount: number): void {
  if (kept.seenCount === entryCount) return
  const window = new EntryWindow(memory, layout)
  while (kept.seenCount < entryCount) {
    const endIndex = kept.seenCount + window.load(kept.seenCount, entryCount)
    for (let index = kept.seenCount; index < endIndex; index++) claimEntry(kept.bitmap, window, index, layout.unitBytes)
    kept.seenCount = endIndex
  }
}

function claimEntry(bitmap: UnitBitmap, window: EntryWindow, index: number, unitBytes: number): void {
  if (window.troubleOf(index) !== undefined || window.typeOf(index) !== ENTRY_FILE) return
  const plain = window.plainFile(index)
  const meta = plain ? undefined : window.decode(index).body.famfs_fm
  const extents = plain?.map.kind === 'simple' ? plain.map.extents : meta ? extentsOfMeta(meta).extents : []
  claimExtents(bitmap, extents, unitBytes)
}
