// What the facts of golden images call the exit code of fsck: not the command's.

import type { FsckVerdict } from '../../src/core/fs/fsck.ts'

/** 0 for clean; superblock, header, entries and allocation must all be good. */
export function verdictExit(verdict: FsckVerdict): 0 | 1 {
  const { scan } = verdict
  return scan && scan.badEntries.length === 0 && scan.collisionCount === 0 ? 0 : 1
}
