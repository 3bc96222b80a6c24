// What the media say, read by the page itself straight from the devices: the truth that hosts see more or less of. New
// entries are added to what was read before; another mkfs, or a log that shrank, starts over. Places count from where the
// first device begins in the memory that all of them lie in.

import { unitsOf } from '../core/base/align.ts'
import { assert } from '../core/base/assert.ts'
import type { Failure } from '../core/base/result.ts'
import { UnitBitmap } from '../core/alloc/bitmap.ts'
import { type Fmap, fmapOf, piecesOf } from '../core/fmap/fmap.ts'
import { claimExtents, extentsOfMeta } from '../core/fs/claims.ts'
import { type PlayedDaxdev, DaxdevTable, daxdevOf, lookForDaxdev, secondaryReservedUnits } from '../core/log/daxdevs.ts'
import { EntryWindow } from '../core/log/entries.ts'
import { entryOffset, type Layout, readEntryCount, readLayout, reservedUnits } from '../core/log/layout.ts'
import { coherentMemory, type Memory } from '../core/mem/memory.ts'
import type { Daxdev } from '../core/mem/daxdev.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, SUPERBLOCK_REGION_BYTES } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import { overlap } from './memoryFaults.ts'
import { placedExtents } from './places.ts'
import type { Extent, FilesystemView, MediaFile } from './types.ts'

export interface MediaState {
  /** Why there is no file system to speak of, or that all is well. */
  verdict: string
  failure: Failure | undefined
  filesystem: Omit<FilesystemView, 'ownerName'> | undefined
  files: MediaFile[]
  /** Paths of all valid entries by index: what a host that hasn't played them can't see. */
  paths: (string | undefined)[]
  /** Devices of the file system by their index. */
  devices: readonly MediaDevice[]
  /** Device ranges that are new since the last look: log header, entries, and the files that they name. */
  grown: Extent[]
}

/** A device of the file system, as its log has it. */
interface MediaDevice {
  /** Undefined for one that isn't here. */
  memory: Memory | undefined
  bitmap: UnitBitmap
  /** The log entry that added it; undefined for the primary. */
  entryIndex: number | undefined
}

const COLOURS = 8

export class MediaReader {
  /** The primary device. */
  readonly memory: Memory
  /** All devices: one memory, as long as all of them. */
  readonly whole: Memory
  readonly others: readonly Memory[]
  #layout: Layout | undefined
  #table: DaxdevTable | undefined
  #devices: MediaDevice[] = []
  #seenCount = 0
  #badCount = 0
  #firstBad: number | undefined
  #files: MediaFile[] = []
  #paths: (string | undefined)[] = []
  /** Checksums of the entries that were read, -1 for a bad one: they tell whether an entry is still the same. */
  #sums: number[] = []
  /** What was seen last, whatever has become of it since; undefined before the first look. */
  #last: { fsUuid: string | undefined; entryCount: number } | undefined

  /** @param devices the primary first, all in one buffer */
  constructor([primary, ...others]: readonly Daxdev[]) {
    assert(primary, 'there is always a device')
    this.memory = coherentMemory(primary)
    this.others = others.map(coherentMemory)
    this.whole = others.length === 0 ? this.memory : coherentMemory({ ...primary, sizeBytes: primary.buffer.byteLength })
  }

  read(): MediaState {
    const read = readLayout(this.memory)
    if (!read.ok) return this.#nothing(read.failure)
    const layout = read.value
    const counted = readEntryCount(this.memory, layout)
    if (!counted.ok) return this.#nothing(counted.failure)
    if (layout.fsUuid !== this.#layout?.fsUuid || counted.value < this.#seenCount) this.#startOver(layout)
    this.#layout = layout
    this.#readNew(layout, counted.value)
    const grown = this.#grown(layout)
    return { verdict: this.#verdict(), failure: undefined, filesystem: this.#filesystem(layout), files: this.#files, paths: this.#paths, devices: this.#devices, grown }
  }

  /** Bytes there are others: entries that were read already, perhaps, or what tells which device one of them is. Then the next look reads them all. */
  changed(ranges: readonly Extent[]): void {
    const layout = this.#layout
    // The primary's superblock and the header are read with each look, the others' with the entries that add them.
    if (layout && ranges.some((range) => this.#differs(layout, range) || this.others.some((memory) => overlap(range, superblockOf(memory))))) this.#layout = undefined
  }

  #differs(layout: Layout, { offsetBytes, lengthBytes }: Extent): boolean {
    const firstBytes = entryOffset(layout, 0)
    const endIndex = Math.min(this.#seenCount, Math.ceil((offsetBytes + lengthBytes - firstBytes) / LOG_ENTRY_BYTES))
    const window = new EntryWindow(this.memory, layout)
    for (let index = Math.max(0, Math.floor((offsetBytes - firstBytes) / LOG_ENTRY_BYTES)); index < endIndex; ) {
      const end = index + window.load(index, endIndex)
      for (; index < end; index++) if (window.sumOf(index) !== this.#sums[index]) return true
    }
    return false
  }

  #nothing(failure: Failure): MediaState {
    this.#last ??= { fsUuid: undefined, entryCount: 0 }
    this.#layout = undefined
    return { verdict: verdictOf(failure), failure, filesystem: undefined, files: [], paths: [], devices: [], grown: [] }
  }

  /** What is there at the first look has not grown, and what comes back after damage hasn't either. */
  #grown(layout: Layout): Extent[] {
    const { fsUuid } = layout
    const last = this.#last
    const entryCount = this.#seenCount
    this.#last = { fsUuid, entryCount }
    const fromIndex = last === undefined ? entryCount : last.fsUuid === fsUuid ? last.entryCount : 0
    if (fromIndex >= entryCount) return []
    const fromFile = this.#files.findLastIndex((file) => file.entryIndex < fromIndex) + 1
    const header = { offsetBytes: layout.logOffsetBytes, lengthBytes: LOG_HEADER_BYTES }
    const entries = { offsetBytes: entryOffset(layout, fromIndex), lengthBytes: (entryCount - fromIndex) * LOG_ENTRY_BYTES }
    const added = this.#devices.filter(({ entryIndex = -1 }) => entryIndex >= fromIndex).flatMap(({ memory }) => (memory ? [superblockOf(memory)] : []))
    return [header, entries, ...added, ...this.#files.slice(fromFile).flatMap((file) => file.extents)]
  }

  #startOver(layout: Layout): void {
    this.#table = new DaxdevTable(layout)
    const bitmap = new UnitBitmap(unitsOf(layout.deviceBytes, layout.unitBytes))
    bitmap.claim(0, reservedUnits(layout))
    this.#devices = [{ memory: this.memory, bitmap, entryIndex: undefined }]
    this.#seenCount = 0
    this.#badCount = 0
    this.#firstBad = undefined
    this.#files = []
    this.#paths = []
  }

  #readNew(layout: Layout, entryCount: number): void {
    if (this.#seenCount === entryCount) return
    const window = new EntryWindow(this.memory, layout)
    const files = [...this.#files]
    const paths = [...this.#paths]
    this.#devices = [...this.#devices]
    while (this.#seenCount < entryCount) {
      const endIndex = this.#seenCount + window.load(this.#seenCount, entryCount)
      for (let index = this.#seenCount; index < endIndex; index++) this.#readEntry(window, index, layout, files, paths)
      this.#seenCount = endIndex
    }
    this.#files = files
    this.#paths = paths
  }

  #readEntry(window: EntryWindow, index: number, layout: Layout, files: MediaFile[], paths: (string | undefined)[]): void {
    paths[index] = undefined
    const sum = window.sumOf(index)
    this.#sums[index] = sum
    if (sum < 0) {
      this.#badCount++
      this.#firstBad ??= index
      return
    }
    const type = window.typeOf(index)
    if (type === ENTRY_ADD_DAXDEV) this.#addDevice(daxdevOf(window.decode(index), index), layout)
    if (type !== ENTRY_FILE && type !== ENTRY_MKDIR) return
    const { famfs_fm: file, famfs_md: directory } = window.decode(index).body
    paths[index] = file?.fm_relpath ?? directory?.md_relpath
    if (!file) return
    const { extents } = extentsOfMeta(file)
    for (const [devindex, { bitmap }] of this.#devices.entries()) claimExtents(bitmap, extents, layout.unitBytes, devindex)
    const made = fmapOf(file)
    if ('map' in made) files.push(mediaFile(index, file.fm_relpath, made.map, (devindex) => this.#devices[devindex]?.memory?.device.baseBytes))
  }

  /** As every host that plays the log has it: what can't be is passed over. */
  #addDevice(daxdev: PlayedDaxdev | undefined, layout: Layout): void {
    if (daxdev === undefined || this.#table?.take(daxdev) !== 'made') return
    const bitmap = new UnitBitmap(unitsOf(daxdev.sizeBytes, layout.unitBytes))
    bitmap.claim(0, secondaryReservedUnits(layout.unitBytes))
    this.#devices[daxdev.devindex] = { memory: lookForDaxdev(this.others, layout, daxdev).memory, bitmap, entryIndex: daxdev.entryIndex }
  }

  #verdict(): string {
    const bad = this.#badCount
    const entries = this.#seenCount === 1 ? '1 entry' : `${this.#seenCount} entries`
    return bad === 0 ? `Superblock and log header are valid; ${entries} in the log, all good.` : `Superblock and log header are valid; ${bad} of ${entries} in the log are damaged.`
  }

  #filesystem(layout: Layout): Omit<FilesystemView, 'ownerName'> {
    return {
      uuid: layout.fsUuid,
      ownerUuid: layout.superblock.ts_system_uuid,
      unitBytes: layout.unitBytes,
      logOffsetBytes: layout.logOffsetBytes,
      logLengthBytes: layout.logLengthBytes,
      slotCount: layout.slotCount,
      entryCount: this.#seenCount,
      usedUnitCount: sumOf(this.#devices, ({ bitmap }) => bitmap.usedCount),
      unitCount: sumOf(this.#devices, ({ bitmap }) => bitmap.unitCount),
      badEntryCount: this.#badCount,
      firstBadIndex: this.#firstBad,
    }
  }
}

function verdictOf({ reason, says, next }: Failure): string {
  if (reason === 'secondary_device') return `Not shown: ${says}.`
  // Anything else was a famfs, and is damaged.
  return `${reason === 'not_famfs' ? 'Not a famfs' : 'Damaged'}: ${says}. ${next}`
}

function sumOf(devices: readonly MediaDevice[], count: (device: MediaDevice) => number): number {
  return devices.reduce((sum, device) => sum + count(device), 0)
}

/** A device without room for it is no secondary. */
function superblockOf({ device: { baseBytes } }: Memory): Extent {
  return { offsetBytes: baseBytes, lengthBytes: SUPERBLOCK_REGION_BYTES }
}

function mediaFile(entryIndex: number, path: string, map: Fmap, baseOf: (devindex: number) => number | undefined): MediaFile {
  const extents = placedExtents(piecesOf(map), baseOf)
  return {
    entryIndex,
    path,
    sizeBytes: map.sizeBytes,
    colour: entryIndex % COLOURS,
    extents: extents ?? [],
    chunkBytes: map.kind === 'interleaved' ? map.chunkBytes : undefined,
    ...(extents ? {} : { fault: 'missing' as const }),
  }
}
