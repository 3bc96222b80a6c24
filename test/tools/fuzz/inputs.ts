// Fuzz inputs: images cut short, so that one costs microseconds, and now and then a whole one. They lie in buffers that
// are used again: an input is gone when the next one is made.

import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { toSafeNumber } from '../../../src/core/base/align.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { logHeaderCrc, superblockCrc } from '../../../src/core/omf/check.ts'
import { ALLOC_UNIT_BYTES, LOG_MAGIC, LOG_OFFSET_BYTES, SMALL_ALLOC_UNIT_BYTES, SUPERBLOCK_MAGIC, SUPERBLOCK_VERSION } from '../../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES, LOG_HEADER_CRC_OFFSET, LogHeader, slotCountOf } from '../../../src/core/omf/log.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../../../src/core/omf/superblock.ts'
import { Chance } from './chance.ts'
import { mutateEntry, sealEntry, someEntry } from './entries.ts'

export type Kind = 'image' | 'entry'
export const OWNER = 'c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61'

const SHORT_SLOTS = 6
const WHOLE_EVERY = 250
const FULL_EVERY = 5000
const SHORT_BYTES = LOG_OFFSET_BYTES + LOG_HEADER_BYTES + SHORT_SLOTS * LOG_ENTRY_BYTES
const WHOLE_BYTES = LOG_OFFSET_BYTES + 8 * 2 ** 20
/** Lengths at which structs are cut in two. */
const CUTS = [0, 1, 7, 96, 199, 200, 4096, LOG_OFFSET_BYTES, LOG_OFFSET_BYTES + 1, LOG_OFFSET_BYTES + 47, LOG_OFFSET_BYTES + 48, LOG_OFFSET_BYTES + 600]

const shortBuffer = new ArrayBuffer(SHORT_BYTES)
let wholeBuffer: ArrayBuffer | undefined

/** @param run the number of the input: with the seed it says everything about it */
export function makeInput(kind: Kind, seed: number, run: number): Memory {
  const chance = new Chance(seed, run)
  return kind === 'image' ? imageInput(chance, run) : entryInput(chance)
}

/** A sound short image whose second entry is anything. */
function entryInput(chance: Chance): Memory {
  const bytes = new Uint8Array(shortBuffer)
  reset(bytes, chance, 3, chance.pick([2 ** 28, 2 ** 30, 2 ** 36]))
  const entry = entryAt(bytes, 1)
  entry.set(someEntry(chance, 1, true))
  const changes = chance.below(4)
  for (let i = 0; i < changes; i++) mutateEntry(chance, entry)
  if (chance.oneIn(2)) sealEntry(entry, 1)
  return memoryOf(bytes)
}

function imageInput(chance: Chance, run: number): Memory {
  const whole = run % WHOLE_EVERY === WHOLE_EVERY - 1
  const bytes = whole ? wholeBytes() : new Uint8Array(shortBuffer)
  const most = whole ? (run % FULL_EVERY === FULL_EVERY - 1 ? slotCountOf(8 * 2 ** 20) : 300) : SHORT_SLOTS
  const count = whole ? most - chance.below(3) : chance.below(most + 1)
  reset(bytes, chance, count, chance.pick([2 ** 26, 2 ** 30, 2 ** 36, 2 ** 46]))
  const changes = chance.below(6)
  for (let i = 0; i < changes; i++) mutateImage(chance, bytes, Math.max(1, count))
  if (chance.oneIn(2)) refresh(chance, bytes, count)
  if (chance.oneIn(100)) chance.fill(bytes.subarray(0, 200))
  return memoryOf(cut(chance, bytes))
}

function wholeBytes(): Uint8Array<ArrayBuffer> {
  wholeBuffer ??= new ArrayBuffer(WHOLE_BYTES)
  return new Uint8Array(wholeBuffer)
}

/** A sound image with `count` entries, some of them wild. */
function reset(bytes: Uint8Array<ArrayBuffer>, chance: Chance, count: number, deviceBytes: number): void {
  bytes.fill(0, 0, 4096)
  bytes.fill(0, LOG_OFFSET_BYTES)
  const logLength = BigInt(bytes.length - LOG_OFFSET_BYTES)
  const unit = chance.oneIn(4) ? SMALL_ALLOC_UNIT_BYTES : ALLOC_UNIT_BYTES
  const superblock: Superblock = {
    ts_magic: SUPERBLOCK_MAGIC,
    ts_version: SUPERBLOCK_VERSION,
    ts_log_offset: BigInt(LOG_OFFSET_BYTES),
    ts_log_len: logLength,
    ts_alloc_unit: BigInt(unit),
    ts_omf_ver_major: 2,
    ts_omf_ver_minor: 2,
    ts_uuid: OWNER.replace('c', 'd'),
    ts_dev_uuid: OWNER.replace('c', 'e'),
    ts_system_uuid: OWNER,
    ts_crc: 0n,
    ts_sb_flags: 0,
    ts_daxdev: { dd_size: BigInt(deviceBytes), dd_uuid: NIL_UUID, dd_daxdev: '/dev/dax0.0' },
  }
  Superblock.encodeAt(superblock, bytes)
  const counters = { famfs_log_next_seqnum: BigInt(count), famfs_log_next_index: BigInt(count) }
  const lastIndex = BigInt(slotCountOf(Number(logLength)) - 1)
  LogHeader.encodeAt({ famfs_log_magic: LOG_MAGIC, famfs_log_len: logLength, famfs_log_last_index: lastIndex, famfs_log_crc: 0n, ...counters }, bytes, LOG_OFFSET_BYTES)
  const wildness = chance.below(3)
  for (let i = 0; i < count; i++) entryAt(bytes, i).set(someEntry(chance, i, chance.below(3) < wildness))
  sealSuperblock(bytes)
  sealHeader(bytes)
}

function mutateImage(chance: Chance, bytes: Uint8Array<ArrayBuffer>, count: number): void {
  const view = new DataView(bytes.buffer)
  switch (chance.below(8)) {
    case 0:
      bytes[chance.below(Superblock.sizeBytes)] = chance.below(256)
      return
    case 1:
      view.setBigUint64(chance.pick([8, 16, 24, 32, 112]), chance.u64(), true)
      return
    case 2:
      bytes[LOG_OFFSET_BYTES + chance.below(LOG_HEADER_BYTES)] = chance.below(256)
      return
    case 3:
      view.setBigUint64(LOG_OFFSET_BYTES + 8 * (1 + chance.below(5)), chance.u64(), true)
      return
    case 4: {
      // One entry over another: sequence numbers and names come twice.
      entryAt(bytes, chance.below(count)).set(entryAt(bytes, chance.below(count)).slice())
      return
    }
    case 5:
      // More entries counted than were written, or fewer.
      view.setBigUint64(LOG_OFFSET_BYTES + 40, BigInt(chance.below(count + 3)), true)
      return
    default:
      mutateEntry(chance, entryAt(bytes, chance.below(count)))
  }
}

/** Checksums and lengths as they should be, so that damage lies deeper than the first check. */
function refresh(chance: Chance, bytes: Uint8Array<ArrayBuffer>, count: number): void {
  const view = new DataView(bytes.buffer)
  const logLength = bytes.length - LOG_OFFSET_BYTES
  view.setBigUint64(0, SUPERBLOCK_MAGIC, true)
  view.setBigUint64(8, SUPERBLOCK_VERSION, true)
  if (!chance.oneIn(3)) {
    view.setBigUint64(24, BigInt(logLength), true)
    view.setBigUint64(32, BigInt(chance.pick([ALLOC_UNIT_BYTES, SMALL_ALLOC_UNIT_BYTES])), true)
    view.setBigUint64(LOG_OFFSET_BYTES, LOG_MAGIC, true)
    view.setBigUint64(LOG_OFFSET_BYTES + 8, BigInt(logLength), true)
    view.setBigUint64(LOG_OFFSET_BYTES + 32, BigInt(count), true)
    view.setBigUint64(LOG_OFFSET_BYTES + 40, BigInt(count), true)
  }
  for (let i = 0; i < count; i++) sealEntry(entryAt(bytes, i), i)
  sealSuperblock(bytes)
  sealHeader(bytes)
}

function cut(chance: Chance, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (!chance.oneIn(12)) return bytes
  const length = chance.oneIn(2) ? chance.pick(CUTS) : chance.below(bytes.length + 1)
  return bytes.slice(0, Math.min(length, bytes.length))
}

/** As a loader does it: the device is as large as its superblock says, and never smaller than what is here. */
function memoryOf(bytes: Uint8Array<ArrayBuffer>): Memory {
  const claimedBytes = toSafeNumber(Superblock.decode(bytes).ts_daxdev.dd_size) ?? 0
  return coherentMemory(daxdev({ name: 'image', uuid: NIL_UUID, buffer: bytes.buffer, sizeBytes: Math.max(bytes.length, claimedBytes) }))
}

function sealSuperblock(bytes: Uint8Array<ArrayBuffer>): void {
  new DataView(bytes.buffer).setBigUint64(SUPERBLOCK_CRC_OFFSET, superblockCrc(bytes), true)
}

function sealHeader(bytes: Uint8Array<ArrayBuffer>): void {
  new DataView(bytes.buffer).setBigUint64(LOG_OFFSET_BYTES + LOG_HEADER_CRC_OFFSET, logHeaderCrc(bytes.subarray(LOG_OFFSET_BYTES)), true)
}

function entryAt(bytes: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const at = LOG_OFFSET_BYTES + LOG_HEADER_BYTES + index * LOG_ENTRY_BYTES
  return bytes.subarray(at, at + LOG_ENTRY_BYTES)
}
