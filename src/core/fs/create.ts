// Only the master makes files and directories. Path, slot and space are checked before anything is made: an operation
// that fails leaves log, bitmap and tree as they were.

import { toSafeNumber } from '../base/align.ts'
import { fail, ok, type Failure, type Result } from '../base/result.ts'
import {
  allocateContiguous,
  allocateInterleaved,
  type BucketOrder,
  checkInterleave,
  type Interleave,
} from '../alloc/allocate.ts'
import type { Fmap } from '../fmap/fmap.ts'
import { addDaxdevEntry, appendEntry, type DaxdevFacts, fileEntry, mkdirEntry } from '../log/append.ts'
import { loggablePath } from '../log/path.ts'
import type { PlayedDirectory, PlayedFile } from '../log/replay.ts'
import { keepDaxdev, type LogLock } from './volume.ts'

export interface FileSpec {
  path: string
  sizeBytes: number
  mode: number
  uid: number
  gid: number
  interleave?: Interleave
}

export interface FileOptions {
  bucketOrder: BucketOrder
  relaxed: boolean
}

type CreateReason = 'bad_path' | 'path_too_long' | 'log_full' | 'bad_size' | 'size_zero' | 'no_space' | 'no_strips' | 'bad_interleave'

/** Allocates and logs. Whether the name is free is the caller's to know: it has the tree. */
export function createFile(lock: LogLock, spec: FileSpec, options: FileOptions): Result<PlayedFile, CreateReason> {
  const path = loggablePath(spec.path)
  if (!path.ok) return path
  if (spec.sizeBytes === 0) return fail('size_zero', { path: path.value })
  if (!Number.isSafeInteger(spec.sizeBytes) || spec.sizeBytes < 0) return fail('bad_size', { sizeBytes: spec.sizeBytes })
  const full = refuseFullLog(lock)
  if (full) return full
  const map = allocate(lock, spec, options)
  if (!map.ok) return map
  const { mode, uid, gid } = spec
  return ok(logFile(lock, { path: path.value, mode, uid, gid, map: map.value }))
}

export function createDirectory(
  lock: LogLock,
  spec: { path: string; mode: number; uid: number; gid: number },
): Result<PlayedDirectory, 'bad_path' | 'path_too_long' | 'log_full'> {
  const path = loggablePath(spec.path)
  if (!path.ok) return path
  const full = refuseFullLog(lock)
  if (full) return full
  const directory = { ...spec, path: path.value, entryIndex: lock.nextIndex }
  append(lock, mkdirEntry(lock.nextIndex, directory))
  return ok(directory)
}

/** A second file over the same extents. From then on fsck counts collisions: it is for tests, as the reference's is. */
export function cloneFile(
  lock: LogLock,
  source: PlayedFile,
  target: string,
): Result<PlayedFile, 'bad_path' | 'path_too_long' | 'log_full' | 'cloned_interleaved'> {
  const path = loggablePath(target)
  if (!path.ok) return path
  if (source.map.kind !== 'simple') return fail('cloned_interleaved', { path: source.path })
  const full = refuseFullLog(lock)
  if (full) return full
  const { mode, uid, gid, map } = source
  return ok(logFile(lock, { path: path.value, mode, uid, gid, map }))
}

export function logDaxdev(lock: LogLock, daxdev: DaxdevFacts): Result<undefined, 'log_full'> {
  const full = refuseFullLog(lock)
  if (full) return full
  const entryIndex = lock.nextIndex
  append(lock, addDaxdevEntry(entryIndex, daxdev))
  const sizeBytes = toSafeNumber(daxdev.sizeBytes)
  if (sizeBytes !== undefined) keepDaxdev(lock.kept, { ...daxdev, sizeBytes, entryIndex })
  return ok()
}

function allocate(lock: LogLock, spec: FileSpec, options: FileOptions): Result<Fmap, 'no_space' | 'no_strips' | 'bad_interleave'> {
  const { spaces } = lock
  if (!spec.interleave) return allocateContiguous(spaces, spec.sizeBytes)
  const { deviceBytes, unitBytes } = lock.space
  const interleave = checkInterleave(spec.interleave, { deviceBytes, unitBytes, relaxed: options.relaxed })
  if (!interleave.ok) return interleave
  if (!interleave.value) return allocateContiguous(spaces, spec.sizeBytes)
  return allocateInterleaved(spaces, spec.sizeBytes, interleave.value, { order: options.bucketOrder, relaxed: options.relaxed })
}

function refuseFullLog(lock: LogLock): { ok: false; failure: Failure<'log_full'> } | undefined {
  const { slotCount } = lock.layout
  return lock.nextIndex < slotCount ? undefined : fail('log_full', { slotCount })
}

function logFile(lock: LogLock, file: Omit<PlayedFile, 'entryIndex'>): PlayedFile {
  const entryIndex = lock.nextIndex
  append(lock, fileEntry(entryIndex, file))
  return { ...file, entryIndex }
}

function append(lock: LogLock, entry: Uint8Array): void {
  appendEntry(lock.memory, lock.layout, lock.nextIndex, entry)
  lock.nextIndex++
  lock.kept.seenCount = lock.nextIndex
}

