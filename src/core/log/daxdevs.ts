// The devices that a log adds to a file system, each by an index and a UUID: what it is called differs from host to host.
// An index is given once and in order, a UUID once; whatever doesn't fit is passed over by everyone, at the same entry.

import { toSafeNumber, unitsOf } from '../base/align.ts'
import { UNITS_MOST } from '../alloc/bitmap.ts'
import type { DeviceRefusal } from '../base/lack.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { checkSuperblock } from '../omf/check.ts'
import { DAXDEVS_MOST, SECONDARY_FLAG, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'
import type { LogEntry } from '../omf/log.ts'
import { Superblock } from '../omf/superblock.ts'
import { type Layout, readSuperblockBytes } from './layout.ts'

export interface PlayedDaxdev {
  devindex: number
  uuid: string
  sizeBytes: number
  entryIndex: number
}

/** Undefined for an entry that adds nothing which can be. */
export function daxdevOf({ body }: LogEntry, entryIndex: number): PlayedDaxdev | undefined {
  const sizeBytes = body.famfs_dd && toSafeNumber(body.famfs_dd.dd_size)
  return body.famfs_dd && sizeBytes ? { devindex: body.famfs_dd.dd_index, uuid: body.famfs_dd.dd_uuid, sizeBytes, entryIndex } : undefined
}

export class DaxdevTable {
  readonly #list: PlayedDaxdev[] = []
  readonly #layout: Pick<Layout, 'superblock' | 'unitBytes' | 'deviceBytes'>
  /** Of all devices: what bitmaps are made of stays bounded, whatever a log says. */
  #unitCount: number

  constructor(layout: Pick<Layout, 'superblock' | 'unitBytes' | 'deviceBytes'>) {
    this.#layout = layout
    this.#unitCount = unitsOf(layout.deviceBytes, layout.unitBytes)
  }

  /** In the order of their index, which begins at 1. */
  get list(): readonly PlayedDaxdev[] {
    return this.#list
  }

  take(daxdev: PlayedDaxdev): 'made' | 'existed' | 'error' {
    const there = this.#list[daxdev.devindex - 1]
    if (there) return there.uuid === daxdev.uuid ? 'existed' : 'error'
    if (this.refusalOf(daxdev) !== undefined) return 'error'
    this.#list.push(daxdev)
    this.#unitCount += unitsOf(daxdev.sizeBytes, this.#layout.unitBytes)
    return 'made'
  }

  /** To try out what would be. */
  copy(): DaxdevTable {
    const copy = new DaxdevTable(this.#layout)
    for (const daxdev of this.#list) copy.take(daxdev)
    return copy
  }

  /** Why a device can't be the next one, in a few words. */
  refusalOf({ devindex, uuid, sizeBytes }: Omit<PlayedDaxdev, 'entryIndex'>): string | undefined {
    const { superblock, unitBytes } = this.#layout
    if (devindex !== this.#list.length + 1) return `its index is ${devindex} where ${this.#list.length + 1} comes next`
    if (devindex > DAXDEVS_MOST) return `${DAXDEVS_MOST} devices beside the primary are the most`
    if (uuid === superblock.ts_dev_uuid || this.#list.some((known) => known.uuid === uuid)) return 'it is one of its devices already'
    if (sizeBytes < SUPERBLOCK_REGION_BYTES) return `${sizeBytes} bytes have no room for a superblock`
    return this.#unitCount + unitsOf(sizeBytes, unitBytes) > UNITS_MOST ? `all devices together would have more than ${UNITS_MOST} units` : undefined
  }
}

/** Units that a secondary device keeps for its superblock. */
export function secondaryReservedUnits(unitBytes: number): number {
  return unitsOf(SUPERBLOCK_REGION_BYTES, unitBytes)
}

/** The superblock of a secondary device, of whichever file system; none where it can't be read. */
export function secondarySuperblock(memory: Memory): Superblock | undefined {
  if (memoryTrouble(memory, 0, Superblock.sizeBytes)) return undefined
  memory.invalidate(0, Superblock.sizeBytes)
  const judged = checkSuperblock(readSuperblockBytes(memory))
  return judged.ok && judged.value.ts_sb_flags === SECONDARY_FLAG ? judged.value : undefined
}

/** A device whose superblock says that it is one of a file system's secondary ones. Two may say that they are the same. */
interface Claimant {
  memory: Memory
  superblock: Superblock
}

/** A host's devices that say that they belong to a file system: known by their superblocks, whatever their names. */
export function secondariesOf(memories: Iterable<Memory>, fsUuid: string): Claimant[] {
  const found: Claimant[] = []
  for (const memory of memories) {
    const superblock = secondarySuperblock(memory)
    if (superblock?.ts_uuid === fsUuid) found.push({ memory, superblock })
  }
  return found
}

/** The one device that can be it, or why none of those that say so is. Neither where nothing here says so. */
interface DaxdevLook {
  memory?: Memory
  refusal?: DeviceRefusal
}

type WantedDaxdev = Pick<PlayedDaxdev, 'uuid' | 'sizeBytes'>

/** @param unitBytes of the file system; not compared where it isn't known */
export function chosenDaxdev(claimants: readonly Claimant[], { unitBytes }: { unitBytes?: number }, daxdev: WantedDaxdev): DaxdevLook {
  const claiming = claimants.filter(({ superblock }) => superblock.ts_dev_uuid === daxdev.uuid)
  const fitting = claiming.filter((claimant) => unfitWords(claimant, unitBytes, daxdev) === undefined)
  const [memory, ...others] = fitting.map((claimant) => claimant.memory)
  // A copy has every byte of the original: which of them other hosts use can't be seen from here.
  if (memory) return others.length === 0 ? { memory } : { refusal: { kind: 'twice', names: [memory, ...others].map(({ device }) => device.name) } }
  const [unfit] = claiming
  const what = unfit && unfitWords(unfit, unitBytes, daxdev)
  return unfit && what !== undefined ? { refusal: { kind: 'unfit', name: unfit.memory.device.name, what } } : {}
}

export function lookForDaxdev(memories: Iterable<Memory>, fs: { fsUuid: string; unitBytes?: number }, daxdev: WantedDaxdev): DaxdevLook {
  return chosenDaxdev(secondariesOf(memories, fs.fsUuid), fs, daxdev)
}

function unfitWords({ memory: { device }, superblock }: Claimant, unitBytes: number | undefined, { sizeBytes }: WantedDaxdev): string | undefined {
  const { ts_log_offset, ts_log_len, ts_alloc_unit, ts_daxdev: { dd_size } } = superblock
  if (device.sizeBytes !== sizeBytes) return `it has ${device.sizeBytes} bytes, where the log says ${sizeBytes}`
  if (dd_size !== BigInt(device.sizeBytes)) return `its superblock is of a device of ${dd_size} bytes, and it has ${device.sizeBytes}`
  if (ts_log_offset !== 0n || ts_log_len !== 0n) return 'its superblock has a log, which only the primary device has'
  if (unitBytes !== undefined && ts_alloc_unit !== BigInt(unitBytes)) return `its superblock has units of ${ts_alloc_unit} bytes, where the file system has units of ${unitBytes}`
  return undefined
}
