// Tools that map a file: the first byte of a fresh mapping is tried, and they tell that it isn't readable; memory that fails
// later ends them, as SIGBUS ends a process.

import type { Reason } from '../base/failure.ts'
import { type Failure, ok, type Result } from '../base/result.ts'
import { BusError } from '../kernel/mappedFile.ts'
import type { User } from '../kernel/user.ts'
import type { Machine } from './machine.ts'

const MEMORY_REASONS: ReadonlySet<Reason> = new Set<Reason>(['memory_failed', 'mount_failed', 'file_invalid'])

/** Maps a file and touches its first byte. */
export function tryMapping(machine: Machine, path: string, user: User): Result<undefined> {
  const mapping = machine.mmap(path, { read: true }, user)
  if (!mapping.ok) return mapping
  const touched = mapping.value.copyTo(new Uint8Array(Math.min(1, mapping.value.sizeBytes)))
  if (touched.ok) return ok()
  const { failure } = touched
  return { ok: false, failure: { ...failure, says: `${path} is not readable: ${failure.says}` } }
}

/** For what was done through a mapping that could be touched. @throws BusError */
export function orBusError<T>(result: Result<T>): Result<T> {
  if (!result.ok && MEMORY_REASONS.has(result.failure.reason)) throw new BusError(result.failure as Failure<'memory_failed'>)
  return result
}
