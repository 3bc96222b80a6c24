// Files of the media by entry and by path, made once for each list that a snapshot carries: rows look up, and never search.

import type { MediaFile } from '../playground/types.ts'

export interface MediaIndex {
  byEntry: ReadonlyMap<number, MediaFile>
  byPath: ReadonlyMap<string, MediaFile>
}

const known = new WeakMap<readonly MediaFile[], MediaIndex>()

export function mediaIndex(files: readonly MediaFile[]): MediaIndex {
  const found = known.get(files)
  if (found) return found
  const byPath = new Map<string, MediaFile>()
  for (const file of files) if (!byPath.has(file.path)) byPath.set(file.path, file)
  const made = { byEntry: new Map(files.map((file) => [file.entryIndex, file])), byPath }
  known.set(files, made)
  return made
}
