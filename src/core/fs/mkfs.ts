// mkfs: the primary's magic is cleared and flushed first and written last, so that power may fail at any write: there is a
// file system with all its devices, or none. The others' goes right behind it, before any task is let in: a mount of the file
// system that a device was of would find it by its superblock, and make files where those of the new one will be. The log is
// zeroed only where it isn't zero, so a fresh device stays uncommitted. Formatting mends poison, on a device that answers: what
// was poisoned is zeros then.

import { isPowerOfTwo } from '../base/align.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import type { Memory } from '../mem/memory.ts'
import { zero } from '../mem/zero.ts'
import { logHeaderCrc } from '../omf/check.ts'
import { ALLOC_UNIT_BYTES, LOG_LEAST_BYTES, LOG_MAGIC, LOG_OFFSET_BYTES, PRIMARY_FLAG, SMALL_ALLOC_UNIT_BYTES } from '../omf/constants.ts'
import { LOG_HEADER_CRC_OFFSET, LogHeader, slotCountOf } from '../omf/log.ts'
import type { Superblock } from '../omf/superblock.ts'
import { addDaxdevEntry, appendEntry } from '../log/append.ts'
import { DaxdevTable } from '../log/daxdevs.ts'
import { type FormatReason, type Formatting, killSuperblock, mend, newSuperblock, refuseDevice, refuseSecondary, writeSecondary, writeSuperblock } from './superblocks.ts'

export interface MkfsOptions extends Formatting {
  /** Random UUIDs: the first is the file system's, the second the device's, then one for each secondary device. */
  newUuid: () => string
  logLengthBytes?: number
  /** 2 MiB, or 4096: our declared extension of what mkfs offers. */
  unitBytes?: number
  /** More devices for files, in the order of their index. */
  secondaries?: readonly Memory[]
}

export type MkfsReason = FormatReason | 'bad_log_length' | 'log_too_long' | 'bad_alloc_unit' | 'daxdev_refused'

interface Secondary {
  memory: Memory
  devindex: number
  uuid: string
  sizeBytes: number
}

/** In the reference's order of checks; nothing is touched before the last of them has passed. */
export function* mkfs(memory: Memory, options: MkfsOptions): Task<Result<Superblock, MkfsReason>> {
  const { systemUuid, logLengthBytes = LOG_LEAST_BYTES, unitBytes = ALLOC_UNIT_BYTES, newUuid, secondaries = [] } = options
  const refused = refusalOf(memory, options)
  if (refused) return refused
  const facts = { fsUuid: newUuid(), deviceUuid: newUuid(), systemUuid, unitBytes }
  const flags = secondaries.length === 0 ? 0 : PRIMARY_FLAG
  const superblock = newSuperblock(memory, { ...facts, logOffsetBytes: LOG_OFFSET_BYTES, logLengthBytes, flags })
  const others = secondaries.map((other, i): Secondary => ({ memory: other, devindex: i + 1, uuid: newUuid(), sizeBytes: other.device.sizeBytes }))
  const unfit = unfitOf(memory, superblock, others, unitBytes)
  if (unfit) return unfit

  const all = [memory, ...secondaries]
  all.forEach(killSuperblock)
  for (const each of all) yield* mend(each)
  const header = encodeLogHeader(logLengthBytes)
  yield* zero(memory, LOG_OFFSET_BYTES, logLengthBytes)
  memory.write(LOG_OFFSET_BYTES, header)
  memory.flush(LOG_OFFSET_BYTES, logLengthBytes)
  const log = { logOffsetBytes: LOG_OFFSET_BYTES, slotCount: slotCountOf(logLengthBytes) }
  for (const { memory: other, devindex, uuid, sizeBytes } of others) {
    writeSecondary(other, { ...facts, deviceUuid: uuid })
    appendEntry(memory, log, devindex - 1, addDaxdevEntry(devindex - 1, { devindex, uuid, sizeBytes: BigInt(sizeBytes) }))
  }
  writeSuperblock(memory, superblock)
  return ok(superblock)
}

export function checkLogLength(lengthBytes: number, device: string): Result<undefined, 'bad_log_length'> {
  return isPowerOfTwo(lengthBytes) && lengthBytes >= LOG_LEAST_BYTES ? ok() : fail('bad_log_length', { lengthBytes, device })
}

type Refused = { ok: false; failure: Failure<MkfsReason> } | undefined

function refusalOf(memory: Memory, options: MkfsOptions): Refused {
  const { logLengthBytes = LOG_LEAST_BYTES, unitBytes = ALLOC_UNIT_BYTES, secondaries = [] } = options
  const deviceBytes = memory.device.sizeBytes
  const length = checkLogLength(logLengthBytes, memory.device.name)
  if (!length.ok) return length
  if (unitBytes !== ALLOC_UNIT_BYTES && unitBytes !== SMALL_ALLOC_UNIT_BYTES) return fail('bad_alloc_unit', { unit: BigInt(unitBytes) })
  const refused = refuseDevice(memory, unitBytes, options)
  if (refused) return refused
  if (LOG_OFFSET_BYTES + logLengthBytes + unitBytes > deviceBytes) return fail('log_too_long', { lengthBytes: logLengthBytes, deviceBytes })
  if (LOG_OFFSET_BYTES + logLengthBytes > memory.presentBytes) return fail('not_on_image', { offsetBytes: memory.presentBytes, presentBytes: memory.presentBytes })
  for (const other of secondaries) {
    const unfit = refuseSecondary(other, unitBytes, options)
    if (unfit) return unfit
  }
  return undefined
}

/** Each device once, and not more of them than the log may add. */
function unfitOf(memory: Memory, superblock: Superblock, others: readonly Secondary[], unitBytes: number): Refused {
  const names = [memory, ...others.map((other) => other.memory)].map(({ device }) => device.name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) return fail('daxdev_refused', { device: twice, what: 'it is named twice' })
  const table = new DaxdevTable({ superblock, unitBytes, deviceBytes: memory.device.sizeBytes })
  for (const other of others) {
    const what = table.refusalOf(other)
    if (what !== undefined) return fail('daxdev_refused', { device: other.memory.device.name, what })
    table.take({ ...other, entryIndex: other.devindex - 1 })
  }
  return undefined
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
