// Publication order: the entry, flush; then next_seqnum, then next_index, flush. A reader that sees the counter sees the
// entry. If power fails between the two counters they differ, and only the owner repairs that, under the lock.

import { assert } from '../base/assert.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Memory } from '../mem/memory.ts'
import { entrySum, logEntryCrc } from '../omf/check.ts'
import {
  ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, EXT_SIMPLE, FLAG_ALL_HOSTS_RW, LOG_OFFSET_BYTES, PATH_MOST_BYTES,
} from '../omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, LogEntry, NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET } from '../omf/log.ts'
import { type FileFacts, logFileMetaOf } from '../fmap/fmap.ts'
import { EntryWindow, PLAIN } from './entries.ts'
import { entryOffset, type Layout, type LogPlace, readCounters } from './layout.ts'

const SCRATCH = newScratch()

export interface DirectoryFacts {
  path: string
  mode: number
  uid: number
  gid: number
}

export interface DaxdevFacts {
  sizeBytes: bigint
  uuid: string
  devindex: number
}

/** @returns 544 bytes; valid until the next call, which may use them again */
export function fileEntry(index: number, file: FileFacts): Uint8Array {
  return plainFileEntry(index, file) ?? sealed(index, ENTRY_FILE, { famfs_fm: logFileMetaOf(file) })
}

export function mkdirEntry(index: number, directory: DirectoryFacts): Uint8Array {
  const { path, mode, uid, gid } = directory
  return sealed(index, ENTRY_MKDIR, { famfs_md: { md_uid: uid, md_gid: gid, md_mode: mode, md_relpath: path } })
}

export function addDaxdevEntry(index: number, daxdev: DaxdevFacts): Uint8Array {
  return sealed(index, ENTRY_ADD_DAXDEV, { famfs_dd: { dd_size: daxdev.sizeBytes, dd_uuid: daxdev.uuid, dd_index: daxdev.devindex } })
}

/** @param index the slot, already known to be free; @param entry 544 bytes made for that slot */
export function appendEntry(memory: Memory, layout: LogPlace, index: number, entry: Uint8Array): void {
  assert(index < layout.slotCount, 'the slot was checked before anything was made')
  assert(entry.length === LOG_ENTRY_BYTES, 'an entry fills its slot')
  const offsetBytes = entryOffset(layout, index)
  memory.write(offsetBytes, entry)
  memory.flush(offsetBytes, LOG_ENTRY_BYTES)
  publish(memory, BigInt(index + 1))
}

/**
 * The owner's look at the counters before it appends. After a crash between the two, the entry is complete (it was
 * flushed first), so it is counted; if its bytes say otherwise, the sequence number steps back.
 * @returns the next free slot, which may be one behind the last
 */
export function soundNextIndex(memory: Memory, layout: Layout): Result<number, 'log_counters'> {
  const { nextSeqnum, nextIndex } = readCounters(memory)
  const { slotCount } = layout
  const index = Number(nextIndex)
  if (nextSeqnum === nextIndex && index <= slotCount) return ok(index)
  if (nextSeqnum !== nextIndex + 1n || index >= slotCount) return fail('log_counters', { nextSeqnum, nextIndex, slotCount })
  const window = new EntryWindow(memory, layout)
  window.load(index, index + 1)
  const next = window.troubleOf(index) === undefined ? index + 1 : index
  publish(memory, BigInt(next))
  return ok(next)
}

/** The usual file, one extent and an ASCII path, without the general encoder: creat is a hot path. */
function plainFileEntry(index: number, { path, mode, uid, gid, map }: FileFacts): Uint8Array | undefined {
  const extent = map.kind === 'simple' && map.extents.length === 1 ? map.extents[0] : undefined
  if (!extent || path.length > PATH_MOST_BYTES) return undefined
  const { bytes, view } = SCRATCH
  bytes.fill(0)
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code >= 0x80) return undefined
    bytes[PLAIN.path + i] = code
  }
  set64(view, 0, index)
  view.setUint32(PLAIN.type, ENTRY_FILE, true)
  set64(view, PLAIN.size, map.sizeBytes)
  view.setUint32(PLAIN.flags, FLAG_ALL_HOSTS_RW, true)
  view.setUint32(PLAIN.uid, uid, true)
  view.setUint32(PLAIN.gid, gid, true)
  view.setUint32(PLAIN.mode, mode, true)
  view.setUint32(PLAIN.extType, EXT_SIMPLE, true)
  view.setUint32(PLAIN.extCount, 1, true)
  set64(view, PLAIN.devindex, extent.devindex)
  set64(view, PLAIN.offset, extent.offsetBytes)
  set64(view, PLAIN.length, extent.lengthBytes)
  view.setUint32(LOG_ENTRY_CRC_OFFSET, entrySum(view, 0), true)
  return bytes
}

function set64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 0x1_0000_0000, true)
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
}

function publish(memory: Memory, next: bigint): void {
  memory.store64(LOG_OFFSET_BYTES + NEXT_SEQNUM_OFFSET, next)
  memory.store64(LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, next)
  memory.flush(LOG_OFFSET_BYTES, LOG_HEADER_BYTES)
}

function sealed(index: number, type: number, body: LogEntry['body']): Uint8Array {
  const entry = LogEntry.encode({
    famfs_log_entry_seqnum: BigInt(index),
    famfs_log_entry_type: type,
    body,
    famfs_log_entry_crc: 0n,
  })
  new DataView(entry.buffer).setBigUint64(LOG_ENTRY_CRC_OFFSET, logEntryCrc(entry), true)
  return entry
}

function newScratch(): { bytes: Uint8Array<ArrayBuffer>; view: DataView } {
  const bytes = new Uint8Array(LOG_ENTRY_BYTES)
  return { bytes, view: new DataView(bytes.buffer) }
}
