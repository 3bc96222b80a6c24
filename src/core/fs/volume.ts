// A file system on its devices, as one host works with it. The owner's bitmaps, one for each device, are always what
// rebuilding from the log would give: they are kept with the file system's UUID and the entries that they have seen,
// extended by new ones, dropped by another mkfs. Space is given out only on devices that this host has.

import { unitsOf } from '../base/align.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Space, Spaces } from '../alloc/allocate.ts'
import { UnitBitmap } from '../alloc/bitmap.ts'
import type { Extent } from '../fmap/fmap.ts'
import type { Memory } from '../mem/memory.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE } from '../omf/constants.ts'
import { soundNextIndex } from '../log/append.ts'
import { chosenDaxdev, daxdevOf, DaxdevTable, type PlayedDaxdev, secondariesOf, secondaryReservedUnits } from '../log/daxdevs.ts'
import { EntryWindow } from '../log/entries.ts'
import { type KnownLayout, type Layout, type LayoutReason, readLayoutAgain, reservedUnits } from '../log/layout.ts'
import { claimExtents, extentsOfMeta } from './claims.ts'
import { roleOf } from './role.ts'

interface KeptBitmap {
  fsUuid: string
  seenCount: number
  unitBytes: number
  /** Of the primary device. */
  bitmap: UnitBitmap
  daxdevs: DaxdevTable
  /** Of the devices that the log adds, by their index, whether they are here or not. */
  others: Map<number, UnitBitmap>
}

export interface Volume {
  /** The primary device. */
  readonly memory: Memory
  /** Devices that can be used, among which the others are found. */
  readonly memories: () => Iterable<Memory>
  kept: KeptBitmap | undefined
  known: KnownLayout | undefined
}

/** What one hold of the log lock has checked and works with. */
export interface LogLock {
  readonly memory: Memory
  readonly layout: Layout
  /** Of the primary device. */
  readonly space: Space
  /** Of all devices that are here. */
  readonly spaces: Spaces
  readonly kept: KeptBitmap
  /** The next free slot; equal to slotCount when the log is full. */
  nextIndex: number
}

export type LockReason = LayoutReason | 'mount_failed' | 'unmounted' | 'not_master' | 'log_counters' | 'other_filesystem'

export function newVolume(memory: Memory, memories: () => Iterable<Memory> = () => []): Volume {
  return { memory, memories, kept: undefined, known: undefined }
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
  const { bitmap, unitBytes } = kept
  const space = { devindex: 0, bitmap, unitBytes, deviceBytes: layout.deviceBytes, cursorUnit: 0 }
  const spaces: Spaces = kept.others.size === 0 ? [space] : [space, ...otherSpaces(volume, kept)]
  return ok({ memory: volume.memory, layout, space, spaces, kept, nextIndex: sound.value })
}

/** Bitmaps from nothing: superblocks and log first, then every valid file entry. */
export function buildBitmap(memory: Memory, layout: Layout, entryCount: number): KeptBitmap {
  const bitmap = new UnitBitmap(unitsOf(layout.deviceBytes, layout.unitBytes))
  bitmap.claim(0, reservedUnits(layout))
  const kept: KeptBitmap = { fsUuid: layout.fsUuid, seenCount: 0, unitBytes: layout.unitBytes, bitmap, daxdevs: new DaxdevTable(layout), others: new Map() }
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
    for (let index = kept.seenCount; index < endIndex; index++) seeEntry(kept, window, index)
    kept.seenCount = endIndex
  }
}

function seeEntry(kept: KeptBitmap, window: EntryWindow, index: number): void {
  if (window.troubleOf(index) !== undefined) return
  const type = window.typeOf(index)
  if (type === ENTRY_FILE) {
    const plain = window.plainFile(index)
    const meta = plain ? undefined : window.decode(index).body.famfs_fm
    claimLogged(kept, plain?.map.kind === 'simple' ? plain.map.extents : meta ? extentsOfMeta(meta).extents : [])
  } else if (type === ENTRY_ADD_DAXDEV) {
    const daxdev = daxdevOf(window.decode(index), index)
    if (daxdev) keepDaxdev(kept, daxdev)
  }
}

/** What a logged device brings: its space, less its superblock. One that doesn't fit brings nothing. */
export function keepDaxdev({ daxdevs, others, unitBytes }: KeptBitmap, daxdev: PlayedDaxdev): void {
  if (daxdevs.take(daxdev) !== 'made') return
  const bitmap = new UnitBitmap(unitsOf(daxdev.sizeBytes, unitBytes))
  bitmap.claim(0, secondaryReservedUnits(unitBytes))
  others.set(daxdev.devindex, bitmap)
}

/** What a logged map takes on all devices. */
export function claimLogged({ bitmap, others, unitBytes }: KeptBitmap, extents: Extent[]): void {
  claimExtents(bitmap, extents, unitBytes)
  for (const [devindex, other] of others) claimExtents(other, extents, unitBytes, devindex)
}

/** Looked at anew at each lock: a device may be gone since, or another's. */
function otherSpaces(volume: Volume, { daxdevs, others, unitBytes, fsUuid }: KeptBitmap): Space[] {
  const here = secondariesOf(volume.memories(), fsUuid)
  const spaces: Space[] = []
  for (const daxdev of daxdevs.list) {
    const { devindex, sizeBytes } = daxdev
    const bitmap = others.get(devindex)
    if (bitmap && chosenDaxdev(here, { unitBytes }, daxdev).memory) spaces.push({ devindex, bitmap, unitBytes, deviceBytes: sizeBytes, cursorUnit: 0 })
  }
  return spaces
}
