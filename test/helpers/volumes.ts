// Devices, file systems and locks for tests, with as few words as possible. Nothing random: UUIDs count up.

import { createHash } from 'node:crypto'
import { must } from '../../src/core/base/result.ts'
import { SeededRandom, shuffledIndices } from '../../src/core/base/random.ts'
import { MIB } from '../../src/core/base/align.ts'
import { runNow } from '../../src/core/base/task.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import type { FileOptions, FileSpec } from '../../src/core/fs/create.ts'
import { type MkfsOptions, mkfs } from '../../src/core/fs/mkfs.ts'
import { lockLog, type LogLock, newVolume, type Volume } from '../../src/core/fs/volume.ts'
import { appendEntry } from '../../src/core/log/append.ts'
import { readCounters } from '../../src/core/log/layout.ts'
import { logplay, type ReplayReport } from '../../src/core/log/replay.ts'
import { ShadowTree } from './shadowTree.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../src/core/mem/memory.ts'
import { logEntryCrc } from '../../src/core/omf/check.ts'
import { LOG_LEAST_BYTES, LOG_OFFSET_BYTES } from '../../src/core/omf/constants.ts'
import { LogEntry, LOG_ENTRY_CRC_OFFSET } from '../../src/core/omf/log.ts'
import type { Superblock } from '../../src/core/omf/superblock.ts'

export const OWNER = 'c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61'
export const OTHER = '11111111-2222-4333-8444-555555555555'
export const METADATA_BYTES = LOG_OFFSET_BYTES + LOG_LEAST_BYTES

let uuidCount = 0

export function nextUuid(): string {
  uuidCount++
  return `00000000-0000-4000-8000-${String(uuidCount).padStart(12, '0')}`
}

/** Backed by superblock region and log only: no test here needs file data. */
export function newMemory(sizeBytes = 256 * MIB, buffer = new ArrayBuffer(Math.min(sizeBytes, METADATA_BYTES))): Memory {
  return coherentMemory(daxdev({ name: '/dev/dax0.0', uuid: NIL_UUID, buffer, sizeBytes }))
}

export function format(memory: Memory, options: Partial<MkfsOptions> = {}): Superblock {
  return must(runNow(mkfs(memory, { systemUuid: OWNER, newUuid: nextUuid, relaxed: true, force: true, ...options })))
}

export function newFormatted(sizeBytes?: number, options: Partial<MkfsOptions> = {}): Volume {
  const memory = newMemory(sizeBytes)
  format(memory, options)
  return newVolume(memory)
}

export function lock(volume: Volume): LogLock {
  return must(lockLog(volume, { systemUuid: OWNER, what: 'make files' }))
}

export function file(path: string, sizeBytes: number, more: Partial<FileSpec> = {}): FileSpec {
  return { path, sizeBytes, mode: 0o644, uid: 0, gid: 0, ...more }
}

export function directory(path: string) {
  return { path, mode: 0o755, uid: 0, gid: 0 }
}

export function fileOptions(random = new SeededRandom(1)): FileOptions {
  return { relaxed: true, bucketOrder: (count) => shuffledIndices(count, random) }
}

/** Appends any body at all, well sealed: what only a hostile or strange master writes. */
export function appendBody(held: LogLock, type: number, body: LogEntry['body']): void {
  const entry = LogEntry.encode({ famfs_log_entry_seqnum: BigInt(held.nextIndex), famfs_log_entry_type: type, body, famfs_log_entry_crc: 0n })
  new DataView(entry.buffer).setBigUint64(LOG_ENTRY_CRC_OFFSET, logEntryCrc(entry), true)
  appendEntry(held.memory, held.layout, held.nextIndex, entry)
  held.nextIndex++
}

export function replayed(memory: Memory, slotCount = 15_420): { tree: ShadowTree; report: ReplayReport } {
  const tree = new ShadowTree()
  return { tree, report: must(runNow(logplay(memory, { logOffsetBytes: LOG_OFFSET_BYTES, slotCount }, tree))) }
}

/** Every node as one line, in the order they were made. */
export function listing(tree: ShadowTree): string[] {
  return [...tree.nodes()].map((node) => `${node.kind} ${node.path} ${node.mode.toString(8)} ${node.uid}:${node.gid} ${node.kind === 'file' ? JSON.stringify(node.map) : ''}`)
}

/** Of superblock region and log: the whole of what metadata operations may change. */
export function metadataHash(memory: Memory): string {
  return createHash('sha256').update(memory.window(0, Math.min(memory.presentBytes, METADATA_BYTES))).digest('hex')
}

export function countersOf(memory: Memory): [seqnum: number, index: number] {
  const { nextSeqnum, nextIndex } = readCounters(memory)
  return [Number(nextSeqnum), Number(nextIndex)]
}
