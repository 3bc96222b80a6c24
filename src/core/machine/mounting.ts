// How a mount comes about: its kernel, its devices, and who learns what the log says. Nothing is in the table of mounts yet.

import { ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { roleOf } from '../fs/role.ts'
import { newVolume } from '../fs/volume.ts'
import { KernelMount } from '../kernel/mount.ts'
import type { OpenDevice } from '../kernel/way.ts'
import { readLayout } from '../log/layout.ts'
import { emptyReport, logplay, type ReplayReport, type ReplayTarget } from '../log/replay.ts'
import type { Memory } from '../mem/memory.ts'
import { addMetaFiles, reservedWhere, superblockFile } from './metaFiles.ts'
import { MountDaxdevs } from './mountDaxdevs.ts'
import type { Mount } from './mounts.ts'
import type { MountOptions } from './types.ts'

interface MountSite {
  mountpoint: string
  memory: Memory
  /** All of this host's, by name. */
  memories: ReadonlyMap<string, Memory>
  systemUuid: string | undefined
  now: () => number
}

/** Fails before anything is kept. */
export function newMount({ mountpoint, memory, memories, systemUuid, now }: MountSite, options: MountOptions): Result<Mount> {
  const read = readLayout(memory)
  if (!read.ok) return read
  const layout = read.value
  const role = roleOf(layout.superblock, systemUuid)
  const { fuse, way } = options
  const shadowed = fuse ? fuse.addMeta(layout.logLengthBytes, role) : ok()
  if (!shadowed.ok) return shadowed
  const side = fuse ? { source: fuse.source, timeoutMs: fuse.timeoutMs } : {}
  // A daemon may name any device of this host: only the log's own count, and while the kernel is made none is known.
  let known: MountDaxdevs | undefined
  const openDevice: OpenDevice = (devindex, name) => known?.own(devindex, memories.get(name))
  const isReserved = reservedWhere(layout.logLengthBytes)
  const kernel = new KernelMount(memory, { dropWriteBits: role !== 'master', now, unitBytes: layout.unitBytes, isReserved, openDevice, ...side, ...(way ? { way } : {}) })
  if (!fuse) addMetaFiles(kernel, layout.logLengthBytes, role)
  const here = (): Iterable<Memory> => memories.values()
  // A kernel that nothing is pushed into asks its daemon where a device is.
  const daxdevs: MountDaxdevs = new MountDaxdevs(layout, here, kernel.devices, kernel.way.push !== undefined)
  known = daxdevs
  const told = fuse ? fuse.target(kernel) : kernel
  const mount: Mount = {
    mountpoint,
    deviceName: memory.device.name,
    volume: newVolume(memory, () => daxdevs.usable()),
    kernel,
    daxdevs,
    fsUuid: layout.fsUuid,
    layout,
    role,
    playedCount: 0,
    options,
    target: learning(told, daxdevs, (devindex) => {
      if (fuse) fuse.addMetaFile(superblockFile(devindex))
      else kernel.addFile({ ...superblockFile(devindex), entryIndex: -1 })
    }),
    lostCount: 0,
    regainedCount: 0,
    lockQueue: [],
    userCount: 0,
  }
  return ok(mount)
}

/** What the log adds to the mount, and a meta file for each device's superblock: again where someone removed it. */
function learning(told: ReplayTarget, daxdevs: MountDaxdevs, addSuperblock: (devindex: number) => void): ReplayTarget {
  return {
    addFile: (file) => told.addFile(file),
    addDirectory: (directory) => told.addDirectory(directory),
    addDaxdev(daxdev) {
      const played = daxdevs.add(daxdev)
      if (played !== 'error') addSuperblock(daxdev.devindex)
      return played
    },
  }
}

/** For a mount that shows what its shadow has: it plays no files, but their devices are in the log alone. */
export function* playDevices(mount: Mount): Task<Result<ReplayReport>> {
  const target: ReplayTarget = { ...mount.target, addFile: () => 'existed', addDirectory: () => 'existed' }
  // Files of one device need none of it: such a mount is good even where the log can't be played.
  yield* logplay(mount.volume.memory, mount.layout, target)
  return ok(emptyReport(0))
}
