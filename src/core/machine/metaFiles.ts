// Superblocks and log as files of a mount: maps of the device like any file's, and writable for no client. No other file has
// a byte of them, whatever a map says. They are known by their names: no log has those, replay refuses them, and on a fuse
// mount the daemon makes them.

import type { Role } from '../fs/role.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { IsReserved } from '../kernel/way.ts'
import type { FileFacts, Fmap } from '../fmap/fmap.ts'
import { LOG_PATH, SUPERBLOCK_PATH } from '../log/path.ts'
import { LOG_OFFSET_BYTES, SUPERBLOCK_REGION_BYTES } from '../omf/constants.ts'

export function addMetaFiles(kernel: KernelMount, logLengthBytes: number, role: Role, daxdevs: readonly { devindex: number }[] = []): void {
  kernel.addDirectory({ path: '.meta', mode: 0o755, uid: 0, gid: 0, entryIndex: -1 })
  const superblocks = daxdevs.map(({ devindex }) => superblockFile(devindex))
  for (const file of [...metaFileFacts(logLengthBytes, role), ...superblocks]) kernel.addFile({ ...file, entryIndex: -1 })
}

export function metaFileFacts(logLengthBytes: number, role: Role): FileFacts[] {
  const logMode = role === 'master' ? 0o644 : 0o444
  return [
    { path: SUPERBLOCK_PATH, mode: 0o444, uid: 0, gid: 0, map: piece(0, SUPERBLOCK_REGION_BYTES) },
    { path: LOG_PATH, mode: logMode, uid: 0, gid: 0, map: piece(LOG_OFFSET_BYTES, logLengthBytes) },
  ]
}

/** Of a device that the log adds. */
export function superblockFile(devindex: number): FileFacts {
  return { path: superblockPath(devindex), mode: 0o444, uid: 0, gid: 0, map: piece(0, SUPERBLOCK_REGION_BYTES, devindex) }
}

/** On a mount's devices, the first of which has a log of that length. */
export function reservedWhere(logLengthBytes: number): IsReserved {
  return (path, devindex, offsetBytes, lengthBytes) => {
    const reservedBytes = devindex === 0 ? LOG_OFFSET_BYTES + logLengthBytes : SUPERBLOCK_REGION_BYTES
    if (offsetBytes >= reservedBytes) return false
    if (path === LOG_PATH) return devindex !== 0 || offsetBytes < LOG_OFFSET_BYTES || offsetBytes + lengthBytes > reservedBytes
    return path !== superblockPath(devindex) || offsetBytes + lengthBytes > SUPERBLOCK_REGION_BYTES
  }
}

function superblockPath(devindex: number): string {
  return devindex === 0 ? SUPERBLOCK_PATH : `${SUPERBLOCK_PATH}.${devindex}`
}

function piece(offsetBytes: number, lengthBytes: number, devindex = 0): Fmap {
  return { kind: 'simple', sizeBytes: lengthBytes, extents: [{ devindex, offsetBytes, lengthBytes }] }
}
