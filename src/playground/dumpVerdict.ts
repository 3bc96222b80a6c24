// What the bytes of a dump say: one sentence on their soundness, what fsck says, and what only the log knows (directories,
// other devices). Whatever the bytes, there is an answer.

import { toSafeNumber } from '../core/base/align.ts'
import type { Failure } from '../core/base/result.ts'
import { type FsckScan, type FsckVerdict } from '../core/fs/fsck.ts'
import { fsckReport } from '../core/fs/fsckReport.ts'
import { EntryWindow } from '../core/log/entries.ts'
import { readSuperblockBytes } from '../core/log/layout.ts'
import type { Memory } from '../core/mem/memory.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import { Superblock } from '../core/omf/superblock.ts'
import type { MediaState } from './media.ts'
import type { DumpView } from './types.ts'

export interface LogFacts {
  directories: DumpView['directories']
  /** By index: other devices that the log names, or that a file lies on. */
  otherDevices: Set<bigint>
  /** Files with extents elsewhere. */
  filesElsewhere: number[]
  /** What is wrong with the first damaged entry. */
  trouble: string | undefined
}

const BAD_SHOWN = 3

/** @param entryCount entries whose bytes are here */
export function factsOfLog(memory: Memory, entryCount: number, { devices, files }: MediaState): LogFacts {
  const facts: LogFacts = { directories: [], otherDevices: new Set(), filesElsewhere: [], trouble: undefined }
  const window = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  for (let index = 0; index < entryCount; ) {
    const end = index + window.load(index, entryCount)
    for (; index < end; index++) addEntry(facts, window, index)
  }
  // Of several devices that are here, nothing is elsewhere.
  for (const [devindex, { memory: here }] of devices.entries()) if (here) facts.otherDevices.delete(BigInt(devindex))
  const placed = new Set(files.flatMap(({ entryIndex, fault }) => (fault === undefined ? [entryIndex] : [])))
  facts.filesElsewhere = facts.filesElsewhere.filter((entryIndex) => !placed.has(entryIndex))
  return facts
}

function addEntry(facts: LogFacts, window: EntryWindow, index: number): void {
  const trouble = window.troubleOf(index)
  if (trouble !== undefined) {
    facts.trouble ??= trouble
    return
  }
  const type = window.typeOf(index)
  if (type === ENTRY_FILE) return addFile(facts, window, index)
  const { famfs_md: directory, famfs_dd: device } = window.decode(index).body
  if (type === ENTRY_MKDIR && directory) facts.directories.push({ entryIndex: index, path: directory.md_relpath })
  if (type === ENTRY_ADD_DAXDEV && device && device.dd_index !== 0) facts.otherDevices.add(BigInt(device.dd_index))
}

function addFile(facts: LogFacts, window: EntryWindow, index: number): void {
  const plain = window.plainFile(index)
  if (plain?.map.kind === 'simple' && plain.map.extents.every(({ devindex }) => devindex === 0)) return
  const list = window.decode(index).body.famfs_fm?.fm_fmap.list
  const records = list?.se ?? (list?.ie ?? []).flatMap(({ ie_strips }) => ie_strips)
  const elsewhere = records.filter(({ se_devindex }) => se_devindex !== 0n)
  for (const { se_devindex } of elsewhere) facts.otherDevices.add(se_devindex)
  if (elsewhere.length > 0) facts.filesElsewhere.push(index)
}

/** What stands in the way of a look at files: superblock, header, or a layout that can't be. */
export interface Judged {
  verdict: FsckVerdict
  layoutFailure: Failure | undefined
  facts: LogFacts
  /** Devices beside the primary that are here. */
  othersCount: number
  /** Entries that the header counts and that the dump doesn't hold. */
  missingCount: number
  /** The dump ends before the log does. */
  cutAt: number | undefined
  /** Files that end before superblock or log header do. */
  cuts: readonly string[]
}

export function stateOf({ verdict: { scan }, layoutFailure, missingCount, cuts }: Judged): DumpView['state'] {
  if (!scan || layoutFailure || scan.badEntries.length > 0 || scan.collisionCount > 0 || scan.outsideCount > 0) return 'damaged'
  return missingCount > 0 || cuts.length > 0 ? 'cut' : 'sound'
}

export function sentenceOf(judged: Judged): string {
  const { verdict, layoutFailure, facts, missingCount, cutAt, cuts } = judged
  const { superblockFailure, headerFailure, scan } = verdict
  const failures = [superblockFailure, headerFailure, scan ? layoutFailure : undefined].flatMap((failure) => (failure ? [failure.says] : []))
  if (!scan && failures.length === 1) failures.push(superblockFailure ? 'the log header is valid' : 'the superblock is valid')
  if (failures.length > 0 || !scan) return `Not sound: ${[...failures, ...cuts].join('; ')}.`
  const wrong = [...cuts, ...badEntriesText(scan, facts.trouble), ...allocationText(scan)]
  if (missingCount > 0) wrong.push(`the dump ends after byte ${counted(cutAt ?? 0)}, and ${counted(missingCount)} of the ${counted(scan.entryCount)} log entries are behind that`)
  if (wrong.length > 0) return `${stateOf(judged) === 'cut' ? 'Cut off' : 'Not sound'}: ${wrong.join('; ')}.`
  if (scan.entryCount === 0n) return 'Sound: superblock and log header are valid, and the log has no entries yet.'
  const entries = scan.entryCount === 1n ? 'the one log entry' : `all ${counted(scan.entryCount)} log entries`
  return `Sound: superblock, log header and ${entries} are valid, and no unit is claimed twice.`
}

function badEntriesText({ badEntries, entryCount }: FsckScan, trouble = 'wrong'): string[] {
  const [first] = badEntries
  if (first === undefined) return []
  const stops = first === 0 ? 'a host that plays this log sees nothing' : `a host that plays this log stops after entry ${counted(first - 1)}`
  if (badEntries.length === 1) return [`log entry ${counted(first)} of ${counted(entryCount)} has a ${trouble}; ${stops}`]
  const shown = badEntries.slice(0, BAD_SHOWN).map(counted).join(', ')
  return [`${counted(badEntries.length)} of ${counted(entryCount)} log entries are wrong (${shown}${badEntries.length > BAD_SHOWN ? ', …' : ''}); ${stops}`]
}

function allocationText({ collisionCount, outsideCount }: FsckScan): string[] {
  const texts: string[] = []
  if (collisionCount > 0) texts.push(collisionCount === 1 ? '1 allocation unit is claimed twice' : `${counted(collisionCount)} allocation units are claimed more than once`)
  if (outsideCount > 0) texts.push(outsideCount === 1 ? '1 extent lies outside the device' : `${counted(outsideCount)} extents lie outside the device`)
  return texts
}

/** As `famfs fsck` prints it on a host that doesn't own the file system, what went to stderr included. */
export function fsckTextOf({ superblockFailure, headerFailure, scan }: FsckVerdict): string {
  const failures = [superblockFailure, headerFailure].flatMap((failure) => (failure ? [`famfs fsck: ${failure.says}\n  ${failure.next}\n`] : []))
  return scan ? fsckReport(scan, { role: 'client' }) : failures.join('')
}

/** What is not here, and what is odd about it. */
export function notesOf(memory: Memory, { verdict, facts, othersCount, cutAt, missingCount, cuts }: Judged, advice: string): string[] {
  const superblock = Superblock.decode(readSuperblockBytes(memory))
  const { sizeBytes } = memory.device
  const notes: string[] = []
  const logEndBytes = BigInt(LOG_OFFSET_BYTES) + superblock.ts_log_len
  if (memory.presentBytes < sizeBytes) {
    const isMore = BigInt(memory.presentBytes) > logEndBytes && verdict.superblockFailure === undefined
    notes.push(isMore ? `Of file data only what lies before byte ${counted(memory.presentBytes)} is here.` : 'File data is not here: only superblock and log are.')
  }
  if (cutAt !== undefined) {
    const what = missingCount > 0 || cuts.length > 0 ? '' : ' Nothing that is counted is missing.'
    notes.push(`The dump ends after byte ${counted(cutAt)}, before the log does.${what} ${advice}`)
  }
  if (verdict.superblockFailure === undefined && superblock.ts_log_offset !== BigInt(LOG_OFFSET_BYTES)) {
    notes.push(`ts_log_offset says ${superblock.ts_log_offset}; famfs reads the log at ${LOG_OFFSET_BYTES} whatever stands there, and so does this page.`)
  }
  const { scan } = verdict
  if (scan && scan.header.famfs_log_len !== superblock.ts_log_len) {
    notes.push(`The superblock says that the log has ${counted(superblock.ts_log_len)} bytes, the log says ${counted(scan.header.famfs_log_len)}: they may not belong together.`)
  }
  if (othersCount > 0) notes.push(`The file holds ${othersCount + 1} devices of the file system, one behind the other.`)
  const count = facts.otherDevices.size
  if (count > 0 || (othersCount === 0 && verdict.superblockFailure === undefined && superblock.ts_sb_flags === 1)) {
    const devices = count === 0 ? 'Other devices belong' : count === 1 ? '1 other device belongs' : `${count} other devices belong`
    notes.push(`${devices} to this file system, and ${count === 1 ? 'is' : 'are'} not here; this is the primary one.${elsewhereText(facts.filesElsewhere.length)}`)
  }
  if (toSafeNumber(superblock.ts_daxdev.dd_size) === undefined) notes.push('The size of the device is no number that can be; the dump’s own length stands in for it.')
  return notes
}

function elsewhereText(count: number): string {
  if (count === 0) return ''
  return count === 1 ? ' 1 file has extents there.' : ` ${count} files have extents there.`
}

function counted(count: number | bigint): string {
  return count.toLocaleString('en-US')
}
