// fsck's questions, answered by name: which bytes, which entry, and with which other one. The order and the judgements are
// those of core's fsck; what it only counts is said here. Nothing on the media is believed before it has been judged.

import { toSafeNumber, unitsOf } from '../core/base/align.ts'
import { UNITS_MOST } from '../core/alloc/bitmap.ts'
import { EntryWindow } from '../core/log/entries.ts'
import { entryOffset, readCounters, readLayout, readLogHeaderBytes, readSuperblockBytes } from '../core/log/layout.ts'
import type { Memory } from '../core/mem/memory.ts'
import { checkLogHeader, checkSuperblock } from '../core/omf/check.ts'
import { LOG_OFFSET_BYTES, SECONDARY_FLAG } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES, NEXT_SEQNUM_OFFSET, slotCountOf } from '../core/omf/log.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { EntryJudge } from './problemEntries.ts'
import type { Findings } from './problemFindings.ts'

/** Entries between two looks at the clock: a fraction of a millisecond. */
const PIECE_ENTRIES = 100
const LOG = { logOffsetBytes: LOG_OFFSET_BYTES }
const SUPERBLOCK_PLACE = { bytes: { offsetBytes: 0, lengthBytes: Superblock.sizeBytes } }
const HEADER_PLACE = { bytes: { offsetBytes: LOG_OFFSET_BYTES, lengthBytes: LOG_HEADER_BYTES } }
const COUNTERS_PLACE = { bytes: { offsetBytes: LOG_OFFSET_BYTES + NEXT_SEQNUM_OFFSET, lengthBytes: 16 } }

/** @returns one sentence: what was looked at and, where all is well, that it is */
export function* scanDevice(memory: Memory, findings: Findings, others: readonly Memory[] = []): Generator<undefined, string, void> {
  const superblockBytes = readSuperblockBytes(memory)
  if (superblockBytes.every((byte) => byte === 0)) {
    findings.add('warning', 'blank', `there is no file system on ${memory.device.name}: where the superblock would be, all bytes are zero`, 'Format the device.', SUPERBLOCK_PLACE)
    return 'fsck: there is nothing to check.'
  }
  const superblock = checkSuperblock(superblockBytes)
  if (!superblock.ok) findings.fail(superblock.failure, SUPERBLOCK_PLACE)
  if (superblock.ok && superblock.value.ts_sb_flags === SECONDARY_FLAG) {
    findings.add('note', 'secondary', `${memory.device.name} is a secondary device of file system ${superblock.value.ts_uuid}: superblock and log are on its primary`, 'In a terminal: famfs fsck of its mount, or of its primary.', SUPERBLOCK_PLACE)
    return 'fsck: there is no log on this device.'
  }
  const header = checkLogHeader(readLogHeaderBytes(memory))
  if (!header.ok) findings.fail(header.failure, HEADER_PLACE)
  if (!superblock.ok || !header.ok) return 'fsck read superblock and log header; without both nothing says where entries are.'

  const { ts_alloc_unit, ts_daxdev, ts_log_len } = superblock.value
  const unitBytes = Number(ts_alloc_unit)
  const deviceBytes = toSafeNumber(ts_daxdev.dd_size) ?? 0
  const logLengthBytes = toSafeNumber(ts_log_len) ?? Number.MAX_SAFE_INTEGER
  checkGeometry(memory, logLengthBytes, findings)
  const slots = header.value.famfs_log_last_index + 1n
  const slotCount = Math.min(toSafeNumber(slots) ?? Number.MAX_SAFE_INTEGER, slotCountOf(logLengthBytes))
  const presentCount = slotCountOf(Math.min(logLengthBytes, memory.presentBytes - LOG_OFFSET_BYTES))
  const counted = checkCounters(memory, slotCount, presentCount, findings)
  const entryCount = Math.min(counted, presentCount)
  if (counted > entryCount) {
    findings.add('warning', 'cut', `only ${entryCount.toLocaleString('en')} of ${counted.toLocaleString('en')} log entries are in these bytes`, 'Open more of the device: 2 MiB and the whole log.', HEADER_PLACE)
  }

  const unitCount = Math.min(UNITS_MOST, unitsOf(deviceBytes, unitBytes))
  const judge = new EntryJudge({ memory, others, superblock: superblock.value, unitBytes, deviceBytes, unitCount, entryCount, reservedCount: unitsOf(LOG_OFFSET_BYTES + logLengthBytes, unitBytes) }, findings)
  const window = new EntryWindow(memory, LOG)
  for (let index = 0; index < entryCount; ) {
    const endIndex = index + window.load(index, Math.min(entryCount, index + PIECE_ENTRIES))
    for (; index < endIndex; index++) judge.judge(window, index)
    yield
  }
  yield* judge.findPartners()
  const isSound = findings.list().every(({ severity }) => severity === 'note')
  // A full log is no damage.
  checkFill(slotCount, counted, judge, findings)
  return isSound ? soundText(entryCount) : `fsck read superblock, log header and ${entriesText(entryCount)}.`
}

/** A sum over all that fsck reads: while it is the same, so is fsck's answer. */
export function* mediaSum(memory: Memory, others: readonly Memory[] = []): Generator<undefined, number, void> {
  const { presentBytes } = memory
  let sum = presentBytes
  for (const each of [memory, ...others]) sum = sumOf(each, 0, Math.min(Superblock.sizeBytes, each.presentBytes), sum)
  if (LOG_OFFSET_BYTES + LOG_HEADER_BYTES > presentBytes) return sum
  sum = sumOf(memory, LOG_OFFSET_BYTES, LOG_HEADER_BYTES, sum)
  const { nextIndex, nextSeqnum } = readCounters(memory)
  const presentCount = slotCountOf(presentBytes - LOG_OFFSET_BYTES)
  // The entry that a crash left uncounted is judged, too.
  const count = Math.min(presentCount, toSafeNumber(nextSeqnum > nextIndex ? nextSeqnum : nextIndex) ?? presentCount)
  for (let index = 0; index < count; index += PIECE_ENTRIES) {
    sum = sumOf(memory, entryOffset(LOG, index), Math.min(PIECE_ENTRIES, count - index) * LOG_ENTRY_BYTES, sum)
    yield
  }
  return sum
}

/** Every word moves it, and so does the order of words. */
function sumOf(memory: Memory, offsetBytes: number, lengthBytes: number, from: number): number {
  const { buffer, byteOffset } = memory.window(offsetBytes, lengthBytes)
  const words = new Int32Array(buffer, byteOffset, Math.floor(lengthBytes / 4))
  let sum = from | 0
  for (let i = 0; i < words.length; i++) sum = (Math.imul(sum, 31) + (words[i] as number)) | 0
  return sum
}

function checkGeometry(memory: Memory, logLengthBytes: number, findings: Findings): void {
  // Of a dump whose end is missing, nothing is wrong with the device.
  if (memory.presentBytes < memory.device.sizeBytes && LOG_OFFSET_BYTES + logLengthBytes > memory.presentBytes) return
  const layout = readLayout(memory)
  if (!layout.ok && layout.failure.reason === 'bad_geometry') findings.fail(layout.failure, SUPERBLOCK_PLACE)
}

/** @returns entries that the log counts, as far as it has slots for them */
function checkCounters(memory: Memory, slotCount: number, presentCount: number, findings: Findings): number {
  const { nextSeqnum, nextIndex } = readCounters(memory)
  const count = toSafeNumber(nextIndex)
  const where = `next_seqnum is ${nextSeqnum}, next_index ${nextIndex}`
  if (count === undefined || count > slotCount) {
    findings.add('error', 'counters', `the log header counts more entries than the log has slots: ${where}, and there are ${slotCount.toLocaleString('en')} slots`,
      'Nothing repairs that: no host mounts it. What the log holds can still be looked at here; then format again.', COUNTERS_PLACE)
    return slotCount
  }
  if (nextSeqnum === nextIndex) return count
  if (nextSeqnum === nextIndex + 1n && count < slotCount) {
    findings.add('warning', 'uncounted', `the two counters of the log header differ by one, as a crash in the midst of an append leaves them: ${where}`, uncountedAdvice(memory, count, presentCount), {
      bytes: { offsetBytes: entryOffset(LOG, count), lengthBytes: LOG_ENTRY_BYTES },
    })
    return count
  }
  findings.add('error', 'counters', `the two counters of the log header disagree: ${where}`, 'Hosts still play what is counted, and no master can append. Copy the files out, then format again.', COUNTERS_PLACE)
  return count
}

function uncountedAdvice(memory: Memory, index: number, presentCount: number): string {
  if (index >= presentCount) return 'Only the master repairs it, when it next appends.'
  const window = new EntryWindow(memory, LOG)
  window.load(index, index + 1)
  return window.troubleOf(index) === undefined
    ? `Entry ${index} is whole. Make a file on the master: before it appends, it counts entry ${index} as well.`
    : `Slot ${index} holds no whole entry. Make a file on the master: before it appends, it sets next_seqnum back to ${index}.`
}

function checkFill(slotCount: number, counted: number, judge: EntryJudge, findings: Findings): void {
  if (slotCount > 0 && counted >= slotCount) {
    findings.add('warning', 'log-full', `the log is full: all ${slotCount.toLocaleString('en')} slots are used, and no file or directory can be made`, 'Format again with a longer log: mkfs.famfs --force --loglen 16m DEVICE.', HEADER_PLACE)
  }
  if (judge.freeUnitCount === 0 && judge.hasUnits) {
    findings.add('note', 'device-full', 'every unit of the device is used, and no file can be made', 'famfs never takes space back: to have some again, format.', SUPERBLOCK_PLACE)
  }
}

function soundText(entryCount: number): string {
  if (entryCount === 0) return 'fsck: superblock and log header are sound; the log is empty.'
  return `fsck: superblock, log header and ${entriesText(entryCount)} are sound.`
}

function entriesText(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`
}

