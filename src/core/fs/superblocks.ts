// How a device gets its superblock, primary or secondary: the magic is cleared and flushed first and written last, so that
// power may fail at any write and leaves a device that has one, or none. Whether it may get one is asked before.

import { GIB, unitsOf } from '../base/align.ts'
import { bytesOfText } from '../base/plain.ts'
import { fail, type Failure } from '../base/result.ts'
import { runNow, type Task } from '../base/task.ts'
import { NIL_UUID } from '../base/uuid.ts'
import { UNITS_MOST } from '../alloc/bitmap.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { zero } from '../mem/zero.ts'
import { checkSuperblock, isUnit, superblockCrc } from '../omf/check.ts'
import {
  DEVNAME_FIELD_BYTES, OMF_VERSION_MAJOR, OMF_VERSION_MINOR, SECONDARY_FLAG, SUPERBLOCK_MAGIC, SUPERBLOCK_REGION_BYTES, SUPERBLOCK_VERSION,
} from '../omf/constants.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../omf/superblock.ts'
import { readSuperblockBytes } from '../log/layout.ts'

const DEVICE_LEAST_BYTES = 4 * GIB

/** Who formats, and how careful it is. */
export interface Formatting {
  /** This host's, which becomes the owner. */
  systemUuid: string
  force?: boolean
  /** Lifts the 4 GiB minimum, which no browser page can meet by default. */
  relaxed?: boolean
}

export type FormatReason = 'owned_by_other' | 'superblock_crc' | 'device_too_small' | 'already_formatted' | 'bad_path' | 'not_on_image' | 'bad_geometry' | 'device_failed'

type Refused = { ok: false; failure: Failure<FormatReason> } | undefined

/** @param isOurs a superblock that may be overwritten without force */
export function refuseDevice(memory: Memory, unitBytes: number, options: Formatting, isOurs: (there: Superblock) => boolean = () => false): Refused {
  const { force = false } = options
  const deviceBytes = memory.device.sizeBytes
  if (bytesOfText(memory.device.name).length >= DEVNAME_FIELD_BYTES) return fail('bad_path', { path: memory.device.name, what: 'a superblock holds 63 bytes of device name' })
  const trouble = memoryTrouble(memory, 0, force ? 0 : Superblock.sizeBytes)
  if (trouble) return trouble
  memory.invalidate(0, Superblock.sizeBytes)
  const there = checkSuperblock(readSuperblockBytes(memory))
  const owner = there.ok ? there.value.ts_system_uuid : undefined
  if (owner !== undefined && owner !== options.systemUuid && !force) return fail('owned_by_other', { device: memory.device.name, owner })
  if (deviceBytes < DEVICE_LEAST_BYTES && !options.relaxed) return fail('device_too_small', { deviceBytes, leastBytes: DEVICE_LEAST_BYTES })
  const formatted = there.ok ? !isOurs(there.value) : there.failure.reason === 'other_version'
  if (formatted && !force) return fail('already_formatted', { device: memory.device.name })
  if (!force && damagedSuperblock(memory)?.ts_sb_flags === SECONDARY_FLAG) return fail('superblock_crc')
  return unitsOf(deviceBytes, unitBytes) > UNITS_MOST ? fail('bad_geometry', { what: `${deviceBytes} bytes in units of ${unitBytes}; use units of 2 MiB` }) : undefined
}

/** A secondary device keeps 2 MiB for its superblock, and has a unit for files at least. */
export function refuseSecondary(memory: Memory, unitBytes: number, options: Formatting, isOurs?: (there: Superblock) => boolean): Refused {
  const refused = refuseDevice(memory, unitBytes, options, isOurs)
  if (refused) return refused
  if (!options.force && damagedSuperblock(memory)) return fail('superblock_crc')
  const { presentBytes, device: { sizeBytes } } = memory
  const leastBytes = SUPERBLOCK_REGION_BYTES + unitBytes
  if (sizeBytes < leastBytes) return fail('device_too_small', { deviceBytes: sizeBytes, leastBytes })
  return presentBytes < SUPERBLOCK_REGION_BYTES ? fail('not_on_image', { offsetBytes: presentBytes, presentBytes }) : undefined
}

/** What is left of a superblock that something happened to: the device may be somebody's. One that was cleared isn't damaged. */
export function damagedSuperblock(memory: Memory): Superblock | undefined {
  if (memoryTrouble(memory, 0, Superblock.sizeBytes)) return undefined
  memory.invalidate(0, Superblock.sizeBytes)
  const bytes = readSuperblockBytes(memory)
  const there = Superblock.decode(bytes)
  const { ts_magic, ts_version, ts_alloc_unit } = there
  const isLike = ts_magic === SUPERBLOCK_MAGIC || (ts_magic !== 0n && ts_version === SUPERBLOCK_VERSION && isUnit(ts_alloc_unit))
  return isLike && !checkSuperblock(bytes).ok ? there : undefined
}

interface SuperblockFacts {
  fsUuid: string
  deviceUuid: string
  systemUuid: string
  unitBytes: number
  logOffsetBytes: number
  logLengthBytes: number
  flags: number
}

export function newSuperblock({ device }: Memory, facts: SuperblockFacts): Superblock {
  const superblock: Superblock = {
    ts_magic: SUPERBLOCK_MAGIC,
    ts_version: SUPERBLOCK_VERSION,
    ts_log_offset: BigInt(facts.logOffsetBytes),
    ts_log_len: BigInt(facts.logLengthBytes),
    ts_alloc_unit: BigInt(facts.unitBytes),
    ts_omf_ver_major: OMF_VERSION_MAJOR,
    ts_omf_ver_minor: OMF_VERSION_MINOR,
    ts_uuid: facts.fsUuid,
    ts_dev_uuid: facts.deviceUuid,
    ts_system_uuid: facts.systemUuid,
    ts_crc: 0n,
    ts_sb_flags: facts.flags,
    ts_daxdev: { dd_size: BigInt(device.sizeBytes), dd_uuid: NIL_UUID, dd_daxdev: device.name },
  }
  return { ...superblock, ts_crc: superblockCrc(Superblock.encode(superblock).subarray(0, SUPERBLOCK_CRC_OFFSET)) }
}

/** A device without a magic: body first, magic last. */
export function writeSuperblock(memory: Memory, superblock: Superblock): void {
  const bytes = Superblock.encode(superblock)
  memory.write(8, bytes.subarray(8))
  memory.flush(8, bytes.length - 8)
  memory.write(0, bytes.subarray(0, 8))
  memory.flush(0, 8)
}

/** mkfs --kill --force: destroys the superblock, whoever owns it. Works on a blank device too. */
export function killSuperblock(memory: Memory): void {
  memory.write(0, new Uint8Array(8))
  memory.flush(0, 8)
}

/** Poison goes as it does when it is cleared: its lines are zeros, and poisoned to the last. */
export function* mend(memory: Memory): Task<void> {
  for (const { offsetBytes, lengthBytes } of memory.health.poison) {
    const lengthHere = Math.min(lengthBytes, Math.max(0, memory.presentBytes - offsetBytes))
    yield* zero(memory, offsetBytes, lengthHere)
    memory.flush(offsetBytes, lengthHere)
  }
  memory.health.mend()
}

/** Makes a device part of a file system whose log says so next. */
export function writeSecondary(memory: Memory, facts: Pick<SuperblockFacts, 'fsUuid' | 'deviceUuid' | 'systemUuid' | 'unitBytes'>): void {
  killSuperblock(memory)
  runNow(mend(memory))
  writeSuperblock(memory, newSuperblock(memory, { ...facts, logOffsetBytes: 0, logLengthBytes: 0, flags: SECONDARY_FLAG }))
}
