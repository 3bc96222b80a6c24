// The dump has the keys of NAME.dump.json, in their order, and what the manifest calls the verdicts. Integers keep all
// their digits: a u64 that no number holds is printed in full.

import { PIECE_ENTRIES, runNow } from '../../../src/core/base/task.ts'
import { fsck } from '../../../src/core/fs/fsck.ts'
import { verdictExit } from '../../helpers/verdictExit.ts'
import { EntryWindow } from '../../../src/core/log/entries.ts'
import { readLogHeaderBytes, readSuperblockBytes } from '../../../src/core/log/layout.ts'
import { errorCountOf, logplay, type ReplayTarget } from '../../../src/core/log/replay.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { checkLogHeader, checkSuperblock, logEntryCrc, logHeaderCrc, superblockCrc } from '../../../src/core/omf/check.ts'
import { ENTRY_TYPE_NAMES, EXT_INTERLEAVED, LOG_MAGIC, LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { type LogEntry, LogHeader, type LogFileMeta, type SimpleExtent, slotCountOf } from '../../../src/core/omf/log.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'

type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

export function dumpOf(name: string, memory: Memory): Json {
  const entries = entriesOf(memory)
  const verdict = runNow(fsck(memory))
  return {
    name,
    superblock: superblockDump(memory),
    log: logDump(memory),
    entries,
    collisions: verdict.scan ? verdict.scan.collisionCount : null,
    bad_entries: entries.filter((entry) => entry.valid === false).map((entry) => entry.index as number),
    fsck_exit: verdictExit(verdict),
    dry_logplay_exit: logplayExit(memory),
  }
}

export function jsonLine(value: Json): string {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(',')}]`
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${jsonLine(item)}`).join(',')}}`
}

/** Decoded entries that are here, whatever their verdict. */
export function* entriesHere(memory: Memory): Generator<{ index: number; entry: LogEntry; bytes: Uint8Array; trouble: string | undefined }> {
  const header = LogHeader.decode(readLogHeaderBytes(memory))
  if (header.famfs_log_magic !== LOG_MAGIC) return
  const presentCount = slotCountOf(memory.presentBytes - LOG_OFFSET_BYTES)
  const next = header.famfs_log_next_index
  const count = next < BigInt(presentCount) ? Number(next) : presentCount
  const window = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  for (let index = 0; index < count; index++) {
    if (index % PIECE_ENTRIES === 0) window.load(index, count)
    yield { index, entry: window.decode(index), bytes: window.bytes(index), trouble: window.troubleOf(index) }
  }
}

function superblockDump(memory: Memory): Json {
  const bytes = readSuperblockBytes(memory)
  const sb = Superblock.decode(bytes)
  const computed = superblockCrc(bytes)
  const judged = checkSuperblock(bytes)
  return {
    magic: hex(sb.ts_magic),
    version: sb.ts_version,
    log_offset: sb.ts_log_offset,
    log_len: sb.ts_log_len,
    alloc_unit: sb.ts_alloc_unit,
    omf_ver_major: sb.ts_omf_ver_major,
    omf_ver_minor: sb.ts_omf_ver_minor,
    fs_uuid: sb.ts_uuid,
    dev_uuid: sb.ts_dev_uuid,
    system_uuid: sb.ts_system_uuid,
    crc: hex(sb.ts_crc),
    crc_computed: hex(computed),
    crc_ok: sb.ts_crc === computed,
    sb_flags: sb.ts_sb_flags,
    daxdev: { size: sb.ts_daxdev.dd_size, uuid: sb.ts_daxdev.dd_uuid, devname: sb.ts_daxdev.dd_daxdev },
    check_super_rc: judged.ok ? 0 : judged.failure.reason === 'other_version' ? 1 : -1,
  }
}

function logDump(memory: Memory): Json {
  const bytes = readLogHeaderBytes(memory)
  const header = LogHeader.decode(bytes)
  const computed = logHeaderCrc(bytes)
  return {
    magic: hex(header.famfs_log_magic),
    len: header.famfs_log_len,
    last_index: header.famfs_log_last_index,
    crc: hex(header.famfs_log_crc),
    crc_computed: hex(computed),
    crc_ok: header.famfs_log_crc === computed,
    next_seqnum: header.famfs_log_next_seqnum,
    next_index: header.famfs_log_next_index,
    header_rc: checkLogHeader(bytes).ok ? 0 : -1,
  }
}

function entriesOf(memory: Memory): { [key: string]: Json }[] {
  const dumps: { [key: string]: Json }[] = []
  for (const { index, entry, bytes, trouble } of entriesHere(memory)) {
    const computed = logEntryCrc(bytes)
    const crcGood = entry.famfs_log_entry_crc === computed
    dumps.push({
      index,
      seqnum: entry.famfs_log_entry_seqnum,
      type: entry.famfs_log_entry_type,
      type_name: ENTRY_TYPE_NAMES[entry.famfs_log_entry_type] ?? 'unknown',
      crc: hex(entry.famfs_log_entry_crc),
      crc_ok: crcGood,
      valid: trouble === undefined,
      ...(crcGood ? {} : { crc_computed: hex(computed) }),
      ...bodyDump(entry),
    })
  }
  return dumps
}

function bodyDump({ body }: LogEntry): { [key: string]: Json } {
  const { famfs_fm: file, famfs_md: directory, famfs_dd: device } = body
  if (file) {
    return { path: file.fm_relpath, size: file.fm_size, flags: file.fm_flags, uid: file.fm_uid, gid: file.fm_gid, mode: octal(file.fm_mode), ...fmapDump(file) }
  }
  if (directory) return { path: directory.md_relpath, uid: directory.md_uid, gid: directory.md_gid, mode: octal(directory.md_mode) }
  return device ? { dd_size: device.dd_size, dd_uuid: device.dd_uuid, dd_index: device.dd_index } : {}
}

function fmapDump({ fm_fmap }: LogFileMeta): { [key: string]: Json } {
  const { fmap_ext_type: ext_type, fmap_nextents: count, list } = fm_fmap
  if (ext_type !== EXT_INTERLEAVED) return { ext_type, nextents: count, extents: (list.se ?? []).map(extentDump) }
  const interleaved = (list.ie ?? []).map((ie) => ({ nstrips: ie.ie_nstrips, chunk_size: ie.ie_chunk_size, strips: ie.ie_strips.map(extentDump) }))
  return { ext_type, niext: count, interleaved }
}

function extentDump(extent: SimpleExtent): Json {
  return { devindex: extent.se_devindex, offset: extent.se_offset, len: extent.se_len }
}

/** Judges the log alone: neither the superblock nor collisions matter to replay. */
export function logplayExit(memory: Memory, target?: ReplayTarget): number {
  const header = checkLogHeader(readLogHeaderBytes(memory))
  if (!header.ok) return 1
  const slotCount = slotCountOf(memory.presentBytes - LOG_OFFSET_BYTES)
  const played = runNow(logplay(memory, { logOffsetBytes: LOG_OFFSET_BYTES, slotCount }, target))
  if (!played.ok || played.value.stopped) return 1
  return Math.min(127, errorCountOf(played.value))
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`
}
