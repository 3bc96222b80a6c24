// Where file systems are mounted on one host. A path belongs to the mount with the longest mount point above it; the log
// lock of a mount is held by one operation at a time; whoever wants it waits by yielding, and gets it in turn.

import type { Reason } from '../base/failure.ts'
import { normalizedPath, parentOf } from '../base/path.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { type Task, WAITING } from '../base/task.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { Layout } from '../log/layout.ts'
import { logplay, type ReplayReport, type ReplayTarget, withoutBits } from '../log/replay.ts'
import { WRITE_BITS } from '../kernel/user.ts'
import type { Role } from '../fs/role.ts'
import type { LogLock, Volume } from '../fs/volume.ts'
import type { MountDaxdevs } from './mountDaxdevs.ts'
import type { MountOptions, MountStatus } from './types.ts'

const SLASH = 47
/** As /proc/mounts shows a standalone mount. */
export const V1_OPTIONS = ['rw', 'nosuid', 'nodev', 'noexec', 'noatime'] as const

export interface Mount {
  mountpoint: string
  deviceName: string
  volume: Volume
  kernel: KernelMount
  /** What the log adds to the device that was mounted. */
  daxdevs: MountDaxdevs
  /** The file system that was mounted; the device may hold another one by now. */
  fsUuid: string
  layout: Layout
  role: Role
  /** Log entries that this host has played: where the next replay goes on. */
  playedCount: number
  options: MountOptions
  /** Who learns what the log says: the kernel, and on a fuse mount the shadow tree with it. */
  target: ReplayTarget
  /** How often something of the log went here: plain tools removed or renamed it, or replay had no room for it in the shadow tree. */
  lostCount: number
  /** Of these, as many as a replay from the first entry has brought back since. */
  regainedCount: number
  /** Operations that hold or want the log lock, in the order they came. The first one holds it. */
  lockQueue: object[]
  /** Tasks that read or write its files, or play its log: while there are any, it stays mounted. */
  userCount: number
}

export interface Place {
  mount: Mount
  /** Relative to the mount point, normalized; '' is the mount point. */
  relpath: string
}

export class MountTable {
  readonly #mounts: Mount[] = []

  all(): readonly Mount[] {
    return this.#mounts
  }

  add(mount: Mount): void {
    this.#mounts.push(mount)
    this.#mounts.sort((a, b) => b.mountpoint.length - a.mountpoint.length)
  }

  /** Mappings of its files end with it. */
  remove(mount: Mount): void {
    this.#mounts.splice(this.#mounts.indexOf(mount), 1)
    mount.kernel.devices.end()
  }

  at(mountpoint: string): Mount | undefined {
    return this.#mounts.find((mount) => mount.mountpoint === mountpoint)
  }

  /** Primary or not. */
  ofDevice(deviceName: string): Mount | undefined {
    return this.#mounts.find((mount) => mount.deviceName === deviceName || mount.daxdevs.has(deviceName))
  }

  /** @param path absolute */
  place(path: string): Result<Place, 'not_in_famfs' | 'bad_path'> {
    for (const mount of this.#mounts) {
      const { mountpoint } = mount
      if (!path.startsWith(mountpoint)) continue
      if (path.length !== mountpoint.length && path.charCodeAt(mountpoint.length) !== SLASH) continue
      const relpath = normalizedPath(path.slice(mountpoint.length + 1))
      return relpath === undefined ? fail('bad_path', { path, what: 'it leaves the mount' }) : ok({ mount, relpath })
    }
    return fail('not_in_famfs', { path })
  }
}

/** Holds the mount's log lock for as long as the operation runs, and lets it go however that ends. */
export function* underLogLock<T, R extends Reason, L extends Reason>(
  mount: Mount,
  lock: () => Result<LogLock, L>,
  work: (held: LogLock) => Result<T, R> | Task<Result<T, R>>,
): Task<Result<T, R | L>> {
  const ticket = {}
  mount.lockQueue.push(ticket)
  try {
    while (mount.lockQueue[0] !== ticket) yield WAITING
    const held = lock()
    if (!held.ok) return held
    const outcome = work(held.value)
    return 'ok' in outcome ? outcome : yield* outcome
  } finally {
    mount.lockQueue.splice(mount.lockQueue.indexOf(ticket), 1)
  }
}

/** Counts a task as a user of the mount for as long as it runs. */
export function* inUse<T>(mount: Mount, task: Task<T>): Task<T> {
  mount.userCount++
  try {
    return yield* task
  } finally {
    mount.userCount--
  }
}

/** The path and those of its ancestors that don't exist, from the top. */
export function missingLevels({ kernel }: Mount, relpath: string): string[] {
  const levels: string[] = []
  for (let level = relpath; level !== '' && !kernel.lookup(level); level = parentOf(level)) levels.unshift(level)
  return levels
}


export function statusOf(mount: Mount): MountStatus {
  const { mountpoint, deviceName, role, playedCount, fsUuid, kernel } = mount
  const { fuse, generation = 'first', options = [], recipe } = mount.options
  const kind = fuse ? 'fuse' : 'v1'
  return { mountpoint, deviceName, kind, kernel: kernel.way.kernel, daemon: fuse?.daemon, generation, shadowPath: fuse?.shadowPath, options, recipe, role, playedCount, fsUuid, daxdevs: mount.daxdevs.list(), changeCount: kernel.changeCount, rogue: !fuse && isRogue(mount) }
}

/** What replay plays into. Files of a fuse mount have the mode of their shadow file: no umask touches them. */
export function maskedTarget(mount: Mount, { umask = 0, asClient = false }: { umask?: number; asClient?: boolean }): ReplayTarget {
  const { fuse } = mount.options
  return withoutBits(fuse ? counted(mount) : mount.target, (fuse ? 0 : umask) | (asClient ? WRITE_BITS : 0), umask)
}

/** What is logged and finds no room in the shadow tree counts as lost; what creat has no room for is not logged, and nobody lost it. */
function counted(mount: Mount): ReplayTarget {
  return {
    ...mount.target,
    addFile(file) {
      const played = mount.target.addFile(file)
      if (typeof played === 'object') mount.lostCount++
      return played
    },
  }
}

/** Something of the log is missing here: the next replay begins at the first entry, and brings it back. */
export function isRogue({ lostCount, regainedCount }: Mount): boolean {
  return lostCount > regainedCount
}

/**
 * Plays the log into what knows this mount, and remembers how far. Others go on meanwhile: what they wrote, played or removed
 * stays counted.
 */
export function* playInto(mount: Mount, fromIndex: number, target: ReplayTarget): Task<Result<ReplayReport, 'log_counters' | 'log_shrank'>> {
  const { playedCount, lostCount } = mount
  const played = yield* logplay(mount.volume.memory, mount.layout, target, fromIndex)
  if (!played.ok) return played
  mount.daxdevs.resolveAgain()
  const { nextIndex } = played.value
  mount.playedCount = mount.playedCount === playedCount ? nextIndex : Math.max(mount.playedCount, nextIndex)
  if (fromIndex === 0) mount.regainedCount = Math.max(mount.regainedCount, lostCount)
  return played
}
