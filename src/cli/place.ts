// Where a path is: its famfs mount, and whether this caller may take the log's lock there. Commands that change a file
// system all come through here, so that they refuse in the same words.

import { failLate } from '../core/base/late.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { Caller } from '../core/machine/systemTypes.ts'
import type { MountStatus } from '../core/machine/types.ts'
import type { Io } from './program.ts'

/** Whether the files can be reached at all; who may is judged elsewhere. */
const ROOT: Caller = { user: { uid: 0, gid: 0 }, umask: 0, cwd: '/' }

export interface Place {
  mount: MountStatus
  /** Absolute, without links, ".", ".." or doubled slashes. */
  path: string
}

/** Superblock and log are reached through their files: both must be there. */
export function placeOf(io: Io, given: string): Result<Place> {
  const place = io.system.placeOf(given, io.caller)
  if (!place.ok) return place
  const { mountpoint, deviceName } = place.value.mount
  for (const name of ['.superblock', '.log']) {
    const path = `${mountpoint}/.meta/${name}`
    if (!io.system.stat(path, io.caller).ok) return failLate('no_meta_file', { path, device: deviceName })
    const unreadable = refuseUnreadable(io, path)
    if (unreadable) return unreadable
  }
  return place
}

/** Someone who changed the size of such a file has cut this host off from what it stands for. */
function refuseUnreadable(io: Io, path: string): { ok: false; failure: Failure } | undefined {
  const opened = io.system.open(path, { read: true }, ROOT)
  if (!opened.ok) return opened
  const read = opened.value.read(0, new Uint8Array(1))
  opened.value.close()
  return read.ok ? undefined : read
}

/** The log is writable for root on the owner; clients are told by the role check that they are clients. */
export function lockable(io: Io, path: string): Result<Place> {
  const place = placeOf(io, path)
  if (!place.ok) return place
  const { mount } = place.value
  if (mount.role !== 'master') return place
  const allowed = io.system.access(`${mount.mountpoint}/.meta/.log`, { read: true, write: true }, io.caller)
  return allowed.ok ? place : allowed
}

/** A famfs file that exists: undefined where nothing is there. */
export function existingFile(io: Io, path: string): Result<{ sizeBytes: number } | undefined> {
  const { system, caller } = io
  const stat = system.stat(path, caller)
  if (!stat.ok) return stat.failure.errno === 'ENOENT' ? ok(undefined) : stat
  if (stat.value.kind === 'directory') return fail('is_a_directory', { path })
  if (stat.value.mountpoint === undefined || stat.value.kind !== 'file') return fail('not_in_famfs', { path })
  return ok({ sizeBytes: stat.value.sizeBytes })
}

/** Superblock and log are files like others, and data written over them would be the end of the file system. */
export function refuseMeta(path: string): ReturnType<typeof failLate<'meta_file'>> | undefined {
  return /\/\.meta\/\.(superblock(\.\d+)?|log)$/.test(path) ? failLate('meta_file', { path }) : undefined
}

/** The same file's canonical path, for machine. */
export function canonical(io: Io, path: string): Result<string> {
  return io.system.realpath(path, io.caller)
}

/** A file that is in famfs and exists, by its canonical path. */
export function famfsFile(io: Io, path: string): Result<{ path: string; sizeBytes: number }> {
  const real = canonical(io, path)
  if (!real.ok) return real
  const there = existingFile(io, real.value)
  if (!there.ok) return there
  return there.value ? ok({ path: real.value, sizeBytes: there.value.sizeBytes }) : fail('no_such_path', { path })
}
