// What the command line shows of core's rooms below machine: reports, fields and YAML as text, and the defaults file that a
// mount holds. It only looks.

import { ok, type Result } from '../base/result.ts'
import { textOf } from '../base/plain.ts'
import { PIECE_ENTRIES, type Task } from '../base/task.ts'
import { checkInterleave, type Interleave } from '../alloc/allocate.ts'
import { ALLOC_CONFIG_SHAPE, parseAllocConfig } from '../fs/allocConfig.ts'
import type { FsckScan } from '../fs/fsck.ts'
import { fsckReport } from '../fs/fsckReport.ts'
import { fsckVerbose } from '../fs/fsckVerbose.ts'
import { logFileMetaOf } from '../fmap/fmap.ts'
import { roleOf } from '../fs/role.ts'
import { shadowYaml } from '../fs/shadowYaml.ts'
import type { FileInode } from '../kernel/mount.ts'
import { EntryWindow } from '../log/entries.ts'
import { readLayout } from '../log/layout.ts'
import { ENTRY_FILE, ENTRY_MKDIR, LOG_MAGIC, LOG_OFFSET_BYTES, SUPERBLOCK_MAGIC } from '../omf/constants.ts'
import { LogHeader } from '../omf/log.ts'
import { Superblock } from '../omf/superblock.ts'
import type { Machine } from './machine.ts'

export function fsckText(machine: Machine, scan: FsckScan, options: { human: boolean; bucketCount: number; verbose: number }): string {
  const role = roleOf(scan.superblock, machine.systemUuid)
  return fsckReport(scan, { role, human: options.human, bucketCount: options.bucketCount }) + fsckVerbose(scan, options.verbose)
}

/** Superblock or log header as chkread shows them; undefined where the bytes are none. */
export function fieldsOf(kind: 'superblock' | 'log', bytes: Uint8Array): [string, string][] | undefined {
  if (kind === 'superblock') {
    const { ts_magic, ts_version, ts_log_offset, ts_log_len } = Superblock.decode(bytes)
    if (ts_magic !== SUPERBLOCK_MAGIC) return undefined
    return [['magic', hex(ts_magic)], ['version', String(ts_version)], ['log offset', String(ts_log_offset)], ['log len', String(ts_log_len)]]
  }
  const header = LogHeader.decode(bytes)
  if (header.famfs_log_magic !== LOG_MAGIC) return undefined
  return [
    ['magic', hex(header.famfs_log_magic)],
    ['len', String(header.famfs_log_len)],
    ['last index', String(header.famfs_log_last_index)],
    ['next index', String(header.famfs_log_next_index)],
  ]
}

/** The shadow file of a file that has a map. */
export function yamlOf(inode: FileInode): string {
  const { path, mode, uid, gid, map } = inode
  if (!map) return ''
  return shadowYaml(logFileMetaOf({ path, mode, uid, gid, map }))
}

interface EntryLine {
  index: number
  kind: 'file' | 'mkdir' | 'other' | 'bad'
  path: string
  sizeBytes: bigint
  mode: number
}

/** The log's entries in order, up to the first bad one: what replay will see. */
export function* logEntries(machine: Machine, deviceName: string, look: (entry: EntryLine) => void): Task<void> {
  const memory = machine.memory(deviceName)
  const layout = memory.ok ? readLayout(memory.value) : memory
  if (!memory.ok || !layout.ok) return
  const header = LogHeader.decode(memory.value.window(LOG_OFFSET_BYTES, LogHeader.sizeBytes))
  const count = Math.min(layout.value.slotCount, Number(header.famfs_log_next_index))
  const window = new EntryWindow(memory.value, layout.value)
  for (let index = 0; index < count; ) {
    const end = index + window.load(index, count)
    for (; index < end; index++) {
      const entry = entryLine(window, index)
      look(entry)
      if (entry.kind === 'bad') return
    }
    if (index % PIECE_ENTRIES === 0) yield { doneCount: index, totalCount: count, unit: 'entries' }
  }
}

/** Defaults for new files, from .meta/.alloc.cfg; a document that can't be used is told and leaves plain allocation. */
export function allocDefaults(machine: Machine, mountpoint: string): { interleave?: Interleave; warning?: { says: string; next: string } } {
  const path = `${mountpoint}/.meta/.alloc.cfg`
  const mount = machine.mounts().find((each) => each.mountpoint === mountpoint)
  const text = textAt(machine, path)
  if (!text.ok || !mount) return {}
  const config = parseAllocConfig(text.value)
  const next = `Files are made in one piece meanwhile. Expected is ${ALLOC_CONFIG_SHAPE}.`
  if ('trouble' in config) return { warning: { says: `${path} can't be read: ${config.trouble}`, next } }
  const memory = machine.memory(mount.deviceName)
  const layout = memory.ok ? readLayout(memory.value) : memory
  if (!layout.ok) return {}
  const { deviceBytes, unitBytes } = layout.value
  const checked = checkInterleave(config.interleave, { deviceBytes, unitBytes, relaxed: machine.relaxed })
  if (!checked.ok) return { warning: { says: `${path} is ignored: ${checked.failure.says}`, next } }
  return checked.value ? { interleave: checked.value } : {}
}

const CONFIG_MOST_BYTES = 16 * 1024

function textAt(machine: Machine, path: string): Result<string> {
  const mapped = machine.mmap(path, { read: true }, { uid: 0, gid: 0 })
  if (!mapped.ok) return mapped
  const bytes = new Uint8Array(Math.min(mapped.value.sizeBytes, CONFIG_MOST_BYTES))
  const copied = mapped.value.copyTo(bytes)
  return copied.ok ? ok(textOf(bytes)) : copied
}

function entryLine(window: EntryWindow, index: number): EntryLine {
  const nothing = { index, path: '', sizeBytes: 0n, mode: 0 }
  if (window.troubleOf(index) !== undefined) return { ...nothing, kind: 'bad' }
  const type = window.typeOf(index)
  if (type !== ENTRY_FILE && type !== ENTRY_MKDIR) return { ...nothing, kind: 'other' }
  const { famfs_fm, famfs_md } = window.decode(index).body
  if (famfs_fm) return { index, kind: 'file', path: famfs_fm.fm_relpath, sizeBytes: famfs_fm.fm_size, mode: famfs_fm.fm_mode }
  return famfs_md ? { ...nothing, kind: 'mkdir', path: famfs_md.md_relpath, mode: famfs_md.md_mode } : { ...nothing, kind: 'other' }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
