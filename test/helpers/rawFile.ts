// Log entries with extents as given, without allocating, and under any path: what no command logs, and what an image made by
// hand has.

import { fail, ok, type Result } from '../../src/core/base/result.ts'
import { checked, piecesOf } from '../../src/core/fmap/fmap.ts'
import { claimLogged, type LogLock } from '../../src/core/fs/volume.ts'
import { appendEntry, fileEntry } from '../../src/core/log/append.ts'
import type { PlayedFile } from '../../src/core/log/replay.ts'

export function logRawFile(lock: LogLock, given: Omit<PlayedFile, 'entryIndex'>): Result<PlayedFile, 'bad_map'> {
  const sound = checked(given.map)
  if ('trouble' in sound) return fail('bad_map', { path: given.path, what: sound.trouble })
  const file = { ...given, entryIndex: lock.nextIndex }
  claimLogged(lock.kept, piecesOf(file.map))
  appendEntry(lock.memory, lock.layout, file.entryIndex, fileEntry(file.entryIndex, file))
  lock.nextIndex++
  lock.kept.seenCount = lock.nextIndex
  return ok(file)
}
