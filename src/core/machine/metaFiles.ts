// Superblock and log as files of a mount: maps of the device like any file's, in no log, and writable for no client.

import type { Role } from '../fs/role.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { FileFacts, Fmap } from '../fmap/fmap.ts'
import { LOG_OFFSET_BYTES, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'

export function addMetaFiles(kernel: KernelMount, logLengthBytes: number, role: Role): void {
  kernel.addDirectory({ path: '.meta', mode: 0o755, uid: 0, gid: 0, entryIndex: -1 })
  for (const file of metaFileFacts(logLengthBytes, role)) kernel.addFile({ ...file, entryIndex: -1 })
}

export function metaFileFacts(logLengthBytes: number, role: Role): FileFacts[] {
  const logMode = role === 'master' ? 0o644 : 0o444
  return [
    { path: '.meta/.superblock', mode: 0o444, uid: 0, gid: 0, map: piece(0, SUPERBLOCK_REGION_BYTES) },
    { path: '.meta/.log', mode: logMode, uid: 0, gid: 0, map: piece(LOG_OFFSET_BYTES, logLengthBytes) },
  ]
}

function piece(offsetBytes: number, lengthBytes: number): Fmap {
  return { kind: 'simple', sizeBytes: lengthBytes, extents: [{ devindex: 0, offsetBytes, lengthBytes }] }
}
