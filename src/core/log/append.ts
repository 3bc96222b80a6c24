// Publication order: the entry, flush; then next_seqnum, then next_index, flush. A reader that sees the counter sees the
// entry. If power fails between the two counters they differ, and only the owner repairs that, under the lock.

import { assert } from '../base/assert.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Memory } from '../mem/memory.ts'
import { logEntryCrc } from '../omf/check.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, LogEntry, NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET } from '../omf/log.ts'
import { type FileFacts, logFileMetaOf } from '../fmap/fmap.ts'
import { EntryWindow } from './entries.ts'
import { entryOffset, type Layout, readCounters } from './layout.ts'

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

export function fileEntry(index: number, file: FileFacts): Uint8Array {
  return sealed(index, ENTRY_FILE, { famfs_fm: logFileMetaOf(file) })
}

export function mkdirEntry(index: number, directory: DirectoryFacts): Uint8Array {
  const { path, mode, uid, gid } = directory
  return sealed(index, ENTRY_MKDIR, { famfs_md: { md_uid: uid, md_gid: gid, md_mode: mode, md_relpath: path } })
}

export function addDaxdevEntry(index: number, daxdev: DaxdevFacts): Uint8Array {
  return sealed(index, ENTRY_ADD_DAXDEV, { famfs_dd: { dd_size: daxdev.sizeBytes, dd_uuid: daxdev.uuid, dd_index: daxdev.devindex } })
}

/** @param index the slot, already known to be free; @param entry 544 bytes made for that slot */
export function appendEntry(memory: Memory, layout: Layout, index: number, entry: Uint8Array): void {
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
  const bad = fail('log_counters', { nextSeqnum, nextIndex, slotCount: layout.slotCount })
  if (nextIndex < 0n || nextIndex > BigInt(layout.slotCount)) return bad
  const index = Number(nextIndex)
  if (nextSeqnum === nextIndex) return ok(index)
  if (nextSeqnum !== nextIndex + 1n || index >= layout.slotCount) return bad
  const window = new EntryWindow(memory, layout)
  window.load(index, index + 1)
  const next = window.troubleOf(index) === undefined ? index + 1 : index
  publish(memory, BigInt(next))
  return ok(next)
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
