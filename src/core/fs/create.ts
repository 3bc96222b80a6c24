// Only the master makes files and directories. Path, slot and space are checked before anything is made, and whoever makes a
// file knows it before its entry is written: an operation that fails leaves log, bitmap, cursors and tree as they were.

import { toSafeNumber } from '../base/align.ts'
import type { Reason } from '../base/failure.ts'
import { fail, ok, type Failure, type Result } from '../base/result.ts'
import {
  allocateContiguous,
  allocateInterleaved,
  type BucketOrder,
  checkInterleave,
  type Interleave,
  type Space,
} from '../alloc/allocate.ts'
import { type Fmap, piecesOf } from '../fmap/fmap.ts'
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
  interleave?: Interleave | undefined
}

/** Takes note of what is about to be logged, whole, or says why it can't and has nothing of it. */
export type Learn<T, R extends Reason> = (made: T) => Refused<R>
type Refused<R extends Reason> = { ok: false; failure: Failure<R> } | undefined

export interface FileOptions<R extends Reason = never> {
  bucketOrder: BucketOrder
  relaxed: boolean
  learn?: Learn<PlayedFile, R>
}

type CreateReason = 'bad_path' | 'path_too_long' | 'log_full' | 'bad_size' | 'size_zero' | 'no_space' | 'no_strips' | 'bad_interleave'

/** Allocates and logs. Whether the name is free is the caller's to know: it has the tree. */
export function createFile<R extends Reason = never>(lock: LogLock, spec: FileSpec, options: FileOptions<R>): Result<PlayedFile, CreateReason | R> {
  const path = loggablePath(spec.path)
  if (!path.ok) return path
  if (spec.sizeBytes === 0) return fail('size_zero', { path: path.value })
  if (!Number.isSafeInteger(spec.sizeBytes) || spec.sizeBytes < 0) return fail('bad_size', { sizeBytes: spec.sizeBytes })
  const full = refuseFullLog(lock)
  if (full) return full
  const cursors = lock.spaces.map(({ cursorUnit }) => cursorUnit)
  const map = allocate(lock, spec, options)
  if (!map.ok) return map
  const { mode, uid, gid } = spec
  const file = { path: path.value, mode, uid, gid, map: map.value, entryIndex: lock.nextIndex }
  const refused = options.learn?.(file)
  if (refused) giveBack(lock, map.value, cursors)
  return refused ?? ok(logFile(lock, file))
}

export function createDirectory<R extends Reason = never>(
  lock: LogLock,
  spec: { path: string; mode: number; uid: number; gid: number },
  learn?: Learn<PlayedDirectory, R>,
): Result<PlayedDirectory, 'bad_path' | 'path_too_long' | 'log_full' | R> {
  const path = loggablePath(spec.path)
  if (!path.ok) return path
  const full = refuseFullLog(lock)
  if (full) return full
  const directory = { ...spec, path: path.value, entryIndex: lock.nextIndex }
  const refused = learn?.(directory)
  if (refused) return refused
  append(lock, mkdirEntry(lock.nextIndex, directory))
  return ok(directory)
}

/** A second file over the same extents. From then on fsck counts collisions: it is for tests, as the reference's is. */
export function cloneFile<R extends Reason = never>(
  lock: LogLock,
  source: PlayedFile,
  target: string,
  learn?: Learn<PlayedFile, R>,
): Result<PlayedFile, 'bad_path' | 'path_too_long' | 'log_full' | 'cloned_interleaved' | R> {
  const path = loggablePath(target)
  if (!path.ok) return path
  if (source.map.kind !== 'simple') return fail('cloned_interleaved', { path: source.path })
  const full = refuseFullLog(lock)
  if (full) return full
  const { mode, uid, gid, map } = source
  const file = { path: path.value, mode, uid, gid, map, entryIndex: lock.nextIndex }
  return learn?.(file) ?? ok(logFile(lock, file))
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

function allocate(lock: LogLock, spec: FileSpec, options: Omit<FileOptions, 'learn'>): Result<Fmap, 'no_space' | 'no_strips' | 'bad_interleave'> {
  const { spaces } = lock
  if (!spec.interleave) return allocateContiguous(spaces, spec.sizeBytes)
  const { deviceBytes, unitBytes } = lock.space
  const interleave = checkInterleave(spec.interleave, { deviceBytes, unitBytes, relaxed: options.relaxed })
  if (!interleave.ok) return interleave
  if (!interleave.value) return allocateContiguous(spaces, spec.sizeBytes)
  return allocateInterleaved(spaces, spec.sizeBytes, interleave.value, { order: options.bucketOrder, relaxed: options.relaxed })
}

/** What was allocated last, for a file that there won't be. */
function giveBack({ spaces }: LogLock, map: Fmap, cursors: readonly number[]): void {
  for (const { devindex, offsetBytes, lengthBytes } of piecesOf(map)) {
    const { bitmap, unitBytes } = spaces.find((space) => space.devindex === devindex) as Space
    bitmap.release(offsetBytes / unitBytes, lengthBytes / unitBytes)
  }
  for (const [i, space] of spaces.entries()) space.cursorUnit = cursors[i] as number
}

function refuseFullLog(lock: LogLock): { ok: false; failure: Failure<'log_full'> } | undefined {
  const { slotCount } = lock.layout
  return lock.nextIndex < slotCount ? undefined : fail('log_full', { slotCount })
}

function logFile(lock: LogLock, file: PlayedFile): PlayedFile {
  append(lock, fileEntry(file.entryIndex, file))
  return file
}

function append(lock: LogLock, entry: Uint8Array): void {
  appendEntry(lock.memory, lock.layout, lock.nextIndex, entry)
  lock.nextIndex++
  lock.kept.seenCount = lock.nextIndex
}

