// A client sees files only by playing the log: entry by entry, in order, each judged first. Replay stops at the first
// bad entry (after one look at the media itself), never removes, never changes what exists, and never zeroes memory.

import { fail, type Failure, type Result } from '../base/result.ts'
import { PIECE_ENTRIES, type Task } from '../base/task.ts'
import { type FileFacts, fmapOf } from '../fmap/fmap.ts'
import type { Memory } from '../mem/memory.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR } from '../omf/constants.ts'
import type { LogEntry } from '../omf/log.ts'
import type { DirectoryFacts } from './append.ts'
import { daxdevOf, type PlayedDaxdev } from './daxdevs.ts'
import { EntryWindow } from './entries.ts'
import { type LogPlace, readEntryCount } from './layout.ts'
import { isMetaPath } from './path.ts'

export interface PlayedFile extends FileFacts {
  entryIndex: number
}

export interface PlayedDirectory extends DirectoryFacts {
  entryIndex: number
}

export type Played = 'made' | 'existed' | 'error'
/** A failure where the kernel refused the file's map: the entry counts as an error, and the report says why. */
export type PlayedAs = Played | Failure

/** Who learns of files, directories and devices: a shadow tree, a kernel, or both. */
export interface ReplayTarget {
  addFile(file: PlayedFile): PlayedAs
  addDirectory(directory: PlayedDirectory): Played
  /** A device that doesn't fit is an error that nobody counts: the files on it will say so. */
  addDaxdev?(daxdev: PlayedDaxdev): Played
}

export interface ReplayReport {
  /** Where the next replay goes on. */
  nextIndex: number
  entriesPlayed: number
  newFiles: number
  newDirectories: number
  existingFiles: number
  existingDirectories: number
  fileErrors: number
  directoryErrors: number
  /** The first few errors in words; the counts say how many there were. */
  troubles: string[]
  /** Why replay stopped before the end of the log. */
  stopped: Failure<'bad_log_entry'> | undefined
}

const TROUBLES_MOST = 20

/**
 * @param target undefined for a dry run
 * @param fromIndex where the last replay stopped; 0 plays the whole log
 */
export function* logplay(
  memory: Memory,
  layout: LogPlace,
  target: ReplayTarget | undefined,
  fromIndex = 0,
): Task<Result<ReplayReport, 'log_counters' | 'log_shrank'>> {
  const counted = readEntryCount(memory, layout)
  if (!counted.ok) return counted
  const endIndex = counted.value
  if (fromIndex > endIndex) return fail('log_shrank', { played: fromIndex, count: endIndex })
  const report = emptyReport(fromIndex)
  if (fromIndex === endIndex) return { ok: true, value: report }

  const window = new EntryWindow(memory, layout)
  while (report.nextIndex < endIndex && !report.stopped) {
    const loadedCount = window.load(report.nextIndex, endIndex)
    playWindow(window, report, target, report.nextIndex + loadedCount)
    if (loadedCount === PIECE_ENTRIES) yield { doneCount: report.nextIndex - fromIndex, totalCount: endIndex - fromIndex, unit: 'entries' }
  }
  return { ok: true, value: report }
}

export function errorCountOf(report: ReplayReport): number {
  return report.fileErrors + report.directoryErrors
}

/** The same target, where some permission bits don't arrive: a client's write bits, or the umask of whoever plays. */
export function withoutBits(target: ReplayTarget, fileBits: number, directoryBits: number): ReplayTarget {
  if (fileBits === 0 && directoryBits === 0) return target
  return {
    addFile: (file) => target.addFile({ ...file, mode: file.mode & ~fileBits }),
    addDirectory: (directory) => target.addDirectory({ ...directory, mode: directory.mode & ~directoryBits }),
    addDaxdev: (daxdev) => target.addDaxdev?.(daxdev) ?? 'existed',
  }
}

function playWindow(window: EntryWindow, report: ReplayReport, target: ReplayTarget | undefined, endIndex: number): void {
  for (; report.nextIndex < endIndex; report.nextIndex++) {
    const index = report.nextIndex
    if (window.troubleOf(index) !== undefined) {
      window.reload(index)
      const what = window.troubleOf(index)
      if (what !== undefined) {
        report.stopped = fail('bad_log_entry', { index, what }).failure
        return
      }
    }
    report.entriesPlayed++
    const type = window.typeOf(index)
    if (type === ENTRY_FILE) playFile(window, index, report, target)
    else if (type === ENTRY_MKDIR) playDirectory(window.decode(index), index, report, target)
    else if (type === ENTRY_ADD_DAXDEV && target?.addDaxdev) playDaxdev(window.decode(index), index, report, target)
  }
}

function playFile(window: EntryWindow, index: number, report: ReplayReport, target: ReplayTarget | undefined): void {
  const plain = window.plainFile(index)
  if (plain) {
    countFile(report, target?.addFile(plain), plain.path)
    return
  }
  const meta = window.decode(index).body.famfs_fm
  if (!meta) return
  const path = meta.fm_relpath
  // Each violation counts as one error, and one entry can have several: so does the reference.
  const { se = [], ie = [] } = meta.fm_fmap.list
  const zeroOffsets = [...se, ...ie.flatMap(({ ie_strips }) => ie_strips)].filter((extent) => extent.se_offset === 0n).length
  report.fileErrors += zeroOffsets
  if (zeroOffsets > 0) note(report, `entry ${index}: ${path} has ${zeroOffsets} ${se.length > 0 ? 'extents' : 'strips'} at offset 0, where the superblock is`)
  const pathWords = pathTrouble(path)
  if (pathWords !== undefined) {
    report.fileErrors++
    note(report, `entry ${index}: “${path}” ${pathWords}`)
  }
  if (zeroOffsets > 0 || pathWords !== undefined) return
  const made = fmapOf(meta)
  if ('trouble' in made) {
    report.fileErrors++
    note(report, `entry ${index}: ${path} has a map that can't be: ${made.trouble}`)
    return
  }
  const file = { path, mode: meta.fm_mode, uid: meta.fm_uid, gid: meta.fm_gid, map: made.map, entryIndex: index }
  countFile(report, target?.addFile(file), path)
}

function playDirectory(entry: LogEntry, index: number, report: ReplayReport, target: ReplayTarget | undefined): void {
  const meta = entry.body.famfs_md
  if (!meta) return
  const pathWords = pathTrouble(meta.md_relpath)
  if (pathWords !== undefined) {
    report.directoryErrors++
    note(report, `entry ${index}: “${meta.md_relpath}” ${pathWords}`)
    return
  }
  const directory = { path: meta.md_relpath, mode: meta.md_mode, uid: meta.md_uid, gid: meta.md_gid, entryIndex: index }
  countDirectory(report, target?.addDirectory(directory), directory.path)
}

function playDaxdev(entry: LogEntry, index: number, report: ReplayReport, target: ReplayTarget): void {
  const daxdev = daxdevOf(entry, index)
  if (daxdev && target.addDaxdev?.(daxdev) !== 'error') return
  note(report, `entry ${index}: the device that it adds is out of order, or none that can be`)
}

/** Why nothing can be made there, in a few words behind the path. */
function pathTrouble(path: string): string | undefined {
  if (!isRelative(path)) return 'is not a relative path'
  return isMetaPath(path) ? 'is the name of a superblock or of the log, which are in no log' : undefined
}

function isRelative(path: string): boolean {
  return path !== '' && path[0] !== '/'
}

function countFile(report: ReplayReport, played: PlayedAs | undefined, path: string): void {
  if (played === undefined) return
  if (played === 'made') report.newFiles++
  else if (played === 'existed') report.existingFiles++
  else {
    report.fileErrors++
    if (played === 'error') noteUnmade(report, path)
    else note(report, `entry ${report.nextIndex}: ${played.says}`)
  }
}

function countDirectory(report: ReplayReport, played: Played | undefined, path: string): void {
  if (played === undefined) return
  if (played === 'made') report.newDirectories++
  else if (played === 'existed') report.existingDirectories++
  else {
    report.directoryErrors++
    noteUnmade(report, path)
  }
}

function noteUnmade(report: ReplayReport, path: string): void {
  note(report, `entry ${report.nextIndex}: ${path} could not be made: its directory is missing, or something is in the way`)
}

function note(report: ReplayReport, trouble: string): void {
  if (report.troubles.length < TROUBLES_MOST) report.troubles.push(trouble)
}

/** Of a replay that has nothing to play. */
export function emptyReport(nextIndex: number): ReplayReport {
  return {
    nextIndex,
    entriesPlayed: 0,
    newFiles: 0,
    newDirectories: 0,
    existingFiles: 0,
    existingDirectories: 0,
    fileErrors: 0,
    directoryErrors: 0,
    troubles: [],
    stopped: undefined,
  }
}
