// A path in the log is relative to the mount point, has no empty, "." or ".." part, and fits its field with its NUL. It
// names no meta file: superblocks and log are files of each host's own, and in no log.

import { normalizedPath } from '../base/path.ts'
import { bytesOfText } from '../base/plain.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { PATH_MOST_BYTES } from '../omf/constants.ts'

/** Of the primary's superblock; those of other devices have their index behind it. */
export const SUPERBLOCK_PATH = '.meta/.superblock'
export const LOG_PATH = '.meta/.log'

/** @param path as it was logged, or normalized */
export function isMetaPath(path: string): boolean {
  const normalized = normalizedPath(path)
  return normalized !== undefined && (normalized.startsWith(SUPERBLOCK_PATH) || normalized === LOG_PATH)
}

/** A path that may be logged, normalized; judged before anything is made. */
export function loggablePath(given: string): Result<string, 'bad_path' | 'path_too_long'> {
  if (given.includes('\0')) return fail('bad_path', { path: given, what: 'it has a NUL' })
  const path = normalizedPath(given)
  if (path === undefined) return fail('bad_path', { path: given, what: 'it leaves the mount' })
  if (isMetaPath(path)) return fail('bad_path', { path: given, what: 'it is the name of a superblock or of the log' })
  if (path === '') return fail('bad_path', { path: given === '' ? '/' : given, what: 'it is the mount point itself' })
  // A letter has three bytes at most: what is short is not encoded to be measured.
  if (path.length * 3 <= PATH_MOST_BYTES) return ok(path)
  const lengthBytes = bytesOfText(path).length
  return lengthBytes <= PATH_MOST_BYTES ? ok(path) : fail('path_too_long', { path, lengthBytes })
}
