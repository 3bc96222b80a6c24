// mkfs: the magic is cleared and flushed first and written last, so that power may fail at any write: a device is
// formatted, or it isn't famfs. The log is zeroed only where it isn't zero, so a fresh device stays uncommitted. Formatting
// mends poison, on a device that answers.

import { GIB, isPowerOfTwo, unitsOf } from '../base/align.ts'
import { bytesOfText } from '../base/plain.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import { PIECE_BYTES, type Task } from '../base/task.ts'
import { NIL_UUID } from '../base/uuid.ts'
import { UNITS_MOST } from '../alloc/bitmap.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { checkSuperblock, logHeaderCrc, superblockCrc } from '../omf/check.ts'
import {
  ALLOC_UNIT_BYTES,
  DEVNAME_FIELD_BYTES,
  LOG_LEAST_BYTES,
  LOG_MAGIC,
  LOG_OFFSET_BYTES,
  OMF_VERSION_MAJOR,
  OMF_VERSION_MINOR,
  SMALL_ALLOC_UNIT_BYTES,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_VERSION,
} from '../omf/constants.ts'
import { LOG_HEADER_CRC_OFFSET, LogHeader, slotCountOf } from '../omf/log.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../omf/superblock.ts'
import { readSuperblockBytes } from '../log/layout.ts'

export const DEVICE_LEAST_BYTES = 4 * GIB

export interface MkfsOptions {
  /** This host's, which becomes the owner. */
  systemUuid: string
  /** Random UUIDs: the first is the file system's, the second the device's. */
  newUuid: () => string
  logLengthBytes?: number
  /** 2 MiB, or 4096: our declared extension of what mkfs offers. */
  unitBytes?: number
  force?: boolean
  /** Lifts the 4 GiB minimum, which no browser page can meet by default. */
  relaxed?: boolean
}

export type MkfsReason =
  | 'bad_log_length' | 'owned_by_other' | 'device_too_small' | 'already_formatted' | 'log_too_long' | 'bad_alloc_unit' | 'bad_path' | 'not_on_image' | 'bad_geometry' | 'device_failed'

/** In the reference's order of checks; nothing is touched before the last of them has passed. */
export function* mkfs(memory: Memory, options: MkfsOptions): Task<Result<Superblock, MkfsReason>> {
  const refused = refusalOf(memory, options)
  if (refused) return refused
  const logLengthBytes = options.logLengthBytes ?? LOG_LEAST_BYTES

  memory.health.mend()
  const magicBytes = new Uint8Array(8)
  memory.write(0, magicBytes)
  memory.flush(0, magicBytes.length)

  const header = encodeLogHeader(logLengthBytes)
  yield* zero(memory, LOG_OFFSET_BYTES, logLengthBytes)
  memory.write(LOG_OFFSET_BYTES, header)
  memory.flush(LOG_OFFSET_BYTES, logLengthBytes)

  const superblock = newSuperblock(memory, options, logLengthBytes)
  const bytes = Superblock.encode(superblock)
  memory.write(8, bytes.subarray(8))
  memory.flush(8, bytes.length - 8)
  memory.write(0, bytes.subarray(0, 8))
  memory.flush(0, 8)
  return ok(superblock)
}

/** mkfs --kill --force: destroys the superblock, whoever owns it. Works on a blank device too. */
export function killSuperblock(memory: Memory): void {
  memory.write(0, new Uint8Array(8))
  memory.flush(0, 8)
}

export function checkLogLength(lengthBytes: number): Result<undefined, 'bad_log_length'> {
  return isPowerOfTwo(lengthBytes) && lengthBytes >= LOG_LEAST_BYTES ? ok() : fail('bad_log_length', { lengthBytes })
}

function refusalOf(memory: Memory, options: MkfsOptions): { ok: false; failure: Failure<MkfsReason> } | undefined {
  const { force = false, logLengthBytes = LOG_LEAST_BYTES, unitBytes = ALLOC_UNIT_BYTES } = options
  const deviceBytes = memory.device.sizeBytes
  const length = checkLogLength(logLengthBytes)
  if (!length.ok) return length
  if (unitBytes !== ALLOC_UNIT_BYTES && unitBytes !== SMALL_ALLOC_UNIT_BYTES) return fail('bad_alloc_unit', { unit: BigInt(unitBytes) })
  if (bytesOfText(memory.device.name).length >= DEVNAME_FIELD_BYTES) return fail('bad_path', { path: memory.device.name, what: 'a superblock holds 63 bytes of device name' })
  const trouble = memoryTrouble(memory, 0, force ? 0 : Superblock.sizeBytes)
  if (trouble) return trouble
  memory.invalidate(0, Superblock.sizeBytes)
  const there = checkSuperblock(readSuperblockBytes(memory))
  const owner = there.ok ? there.value.ts_system_uuid : undefined
  if (owner !== undefined && owner !== options.systemUuid && !force) return fail('owned_by_other', { owner })
  if (deviceBytes < DEVICE_LEAST_BYTES && !options.relaxed) return fail('device_too_small', { deviceBytes, leastBytes: DEVICE_LEAST_BYTES })
  const formatted = there.ok || there.failure.reason === 'other_version'
  if (formatted && !force) return fail('already_formatted')
  if (unitsOf(deviceBytes, unitBytes) > UNITS_MOST) return fail('bad_geometry', { what: `${deviceBytes} bytes in units of ${unitBytes}; use units of 2 MiB` })
  if (LOG_OFFSET_BYTES + logLengthBytes + unitBytes > deviceBytes) return fail('log_too_long', { lengthBytes: logLengthBytes, deviceBytes })
  if (LOG_OFFSET_BYTES + logLengthBytes > memory.presentBytes) return fail('not_on_image', { offsetBytes: memory.presentBytes, presentBytes: memory.presentBytes })
  return undefined
}

function newSuperblock(memory: Memory, options: MkfsOptions, logLengthBytes: number): Superblock {
  const superblock: Superblock = {
    ts_magic: SUPERBLOCK_MAGIC,
    ts_version: SUPERBLOCK_VERSION,
    ts_log_offset: BigInt(LOG_OFFSET_BYTES),
    ts_log_len: BigInt(logLengthBytes),
    ts_alloc_unit: BigInt(options.unitBytes ?? ALLOC_UNIT_BYTES),
    ts_omf_ver_major: OMF_VERSION_MAJOR,
    ts_omf_ver_minor: OMF_VERSION_MINOR,
    ts_uuid: options.newUuid(),
    ts_dev_uuid: options.newUuid(),
    ts_system_uuid: options.systemUuid,
    ts_crc: 0n,
    ts_sb_flags: 0,
    ts_daxdev: { dd_size: BigInt(memory.device.sizeBytes), dd_uuid: NIL_UUID, dd_daxdev: memory.device.name },
  }
  return { ...superblock, ts_crc: superblockCrc(Superblock.encode(superblock).subarray(0, SUPERBLOCK_CRC_OFFSET)) }
}

function encodeLogHeader(logLengthBytes: number): Uint8Array<ArrayBuffer> {
  const header = LogHeader.encode({
    famfs_log_magic: LOG_MAGIC,
    famfs_log_len: BigInt(logLengthBytes),
    famfs_log_last_index: BigInt(slotCountOf(logLengthBytes) - 1),
    famfs_log_crc: 0n,
    famfs_log_next_seqnum: 0n,
    famfs_log_next_index: 0n,
  })
  new DataView(header.buffer).setBigUint64(LOG_HEADER_CRC_OFFSET, logHeaderCrc(header), true)
  return header
}

/** Reads 64 KiB at a time and writes only where something isn't zero. */
function* zero(memory: Memory, offsetBytes: number, lengthBytes: number): Task<void> {
  const stepBytes = 64 * 1024
  const seen = new Uint8Array(stepBytes)
  const words = new Int32Array(seen.buffer)
  const zeros = new Uint8Array(stepBytes)
  for (let done = 0; done < lengthBytes; done += stepBytes) {
    const part = Math.min(stepBytes, lengthBytes - done)
    memory.read(offsetBytes + done, seen.subarray(0, part))
    if (words.some((word) => word !== 0)) memory.write(offsetBytes + done, zeros.subarray(0, part))
    if ((done + part) % PIECE_BYTES === 0) yield { doneCount: done + part, totalCount: lengthBytes, unit: 'bytes' }
  }
}
