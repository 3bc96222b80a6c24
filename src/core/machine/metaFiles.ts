// Superblock and log as files of a mount: maps of the device like any file's, in no log, and writable for no client.

import type { Role } from '../fs/role.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { Fmap } from '../fmap/fmap.ts'
import { LOG_OFFSET_BYTES, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'

export function addMetaFiles(kernel: KernelMount, logLengthBytes: number, role: Role): void {
  const owner = { uid: 0, gid: 0, entryIndex: -1 }
  kernel.addDirectory({ path: '.meta', mode: 0o755, ...owner })
  kernel.addFile({ path: '.meta/.superblock', mode: 0o444, ...owner, map: piece(0, SUPERBLOCK_REGION_BYTES) })
  kernel.addFile({ path: '.meta/.log', mode: role === 'master' ? 0o644 : 0o444, ...owner, map: piece(LOG_OFFSET_BYTES, logLengthBytes) })
}

function piece(offsetBytes: number, lengthBytes: number): Fmap {
  return { kind: 'simple', sizeBytes: lengthBytes, extents: [{ devindex: 0, offsetBytes, lengthBytes }] }
}
