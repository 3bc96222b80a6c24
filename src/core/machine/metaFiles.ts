// Superblocks and log as files of a mount: maps of the device like any file's, in no log, and writable for no client.

import type { Role } from '../fs/role.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { FileFacts, Fmap } from '../fmap/fmap.ts'
import { LOG_OFFSET_BYTES, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'

export function addMetaFiles(kernel: KernelMount, logLengthBytes: number, role: Role, daxdevs: readonly { devindex: number }[] = []): void {
  kernel.addDirectory({ path: '.meta', mode: 0o755, uid: 0, gid: 0, entryIndex: -1 })
  const superblocks = daxdevs.map(({ devindex }) => superblockFile(devindex))
  for (const file of [...metaFileFacts(logLengthBytes, role), ...superblocks]) kernel.addFile({ ...file, entryIndex: -1 })
}

export function metaFileFacts(logLengthBytes: number, role: Role): FileFacts[] {
  const logMode = role === 'master' ? 0o644 : 0o444
  return [
    { path: '.meta/.superblock', mode: 0o444, uid: 0, gid: 0, map: piece(0, SUPERBLOCK_REGION_BYTES) },
    { path: '.meta/.log', mode: logMode, uid: 0, gid: 0, map: piece(LOG_OFFSET_BYTES, logLengthBytes) },
  ]
}

/** Of a device that the log adds. */
export function superblockFile(devindex: number): FileFacts {
  return { path: `.meta/.superblock.${devindex}`, mode: 0o444, uid: 0, gid: 0, map: piece(0, SUPERBLOCK_REGION_BYTES, devindex) }
}

function piece(offsetBytes: number, lengthBytes: number, devindex = 0): Fmap {
  return { kind: 'simple', sizeBytes: lengthBytes, extents: [{ devindex, offsetBytes, lengthBytes }] }
}
