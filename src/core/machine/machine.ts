// One host, whole: its devices, mounts, kernel and users, and the only face of core for the rooms above. Everything it
// knows of a file system is in its own memory and dies with it; the bytes are on the device. Whoever asks for something
// is a user, and what can take long is a task. Here is what makes and mounts file systems, and what only a master does; what
// is done with files that are there is in machineFiles.ts.

import type { Reason } from '../base/failure.ts'
import { SeededRandom } from '../base/random.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { makeUuid } from '../base/uuid.ts'
import type { Source } from '../fs/data.ts'
import { checkLogLength, mkfs, type MkfsReason } from '../fs/mkfs.ts'
import { killSuperblock } from '../fs/superblocks.ts'
import { lockLog, type LockReason, type LogLock } from '../fs/volume.ts'
import type { MountDevices } from '../kernel/devices.ts'
import type { FileInode, Inode } from '../kernel/mount.ts'
import { ROOT, type User } from '../kernel/user.ts'
import { type LayoutReason, readLayoutAgain } from '../log/layout.ts'
import { loggablePath } from '../log/path.ts'
import { logplay, type ReplayReport } from '../log/replay.ts'
import type { Daxdev } from '../mem/daxdev.ts'
import { coherentMemory, type Memory, waitForChange } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { NEXT_INDEX_OFFSET } from '../omf/log.ts'
import type { Superblock } from '../omf/superblock.ts'
import { cloneHere, copyHere, createHere, existing, type HeldLog, heldLog, mkdirHere } from './making.ts'
import { type DownReason, metadataDown } from './metadata.ts'
import { addMetaFiles } from './metaFiles.ts'
import { MachineFiles } from './machineFiles.ts'
import { newMount, playDevices } from './mounting.ts'
import { inUse, isRogue, maskedTarget, type Mount, type Place, playInto, statusOf, underLogLock } from './mounts.ts'
import type {
  Created, CreateSpec, DaxdevStatus, LogplayOptions, MachineSpec, MkdirOptions, MkfsSpec, MountOptions, MountStatus, Outside,
} from './types.ts'

/** Why a device can't be worked on as a whole. */
export type RawReason = 'not_root' | 'no_device' | 'device_busy' | 'mounted' | 'device_failed'

export class Machine extends MachineFiles {
  readonly name: string
  #identity: () => string | undefined
  readonly relaxed: boolean
  readonly rawDevices: boolean
  readonly #outside: Outside
  readonly #memories = new Map<string, Memory>()
  /** Names of devices that a task writes all over: they are nobody else's until it ends. Who only reads holds none. */
  readonly #busy = new Set<string>()
  readonly #maker: { bucketRandom: SeededRandom; relaxed: boolean }

  constructor(spec: MachineSpec, outside: Outside) {
    super()
    this.name = spec.name
    this.#identity = () => spec.systemUuid
    this.relaxed = spec.relaxed
    this.rawDevices = spec.rawDevices ?? false
    this.#outside = outside
    for (const device of spec.devices) this.#memories.set(device.name, coherentMemory(device))
    const seed = new Uint8Array(4)
    outside.random(seed)
    this.#maker = { bucketRandom: new SeededRandom(new DataView(seed.buffer).getUint32(0)), relaxed: spec.relaxed }
  }

  /** Who this host is: the owner of what it formats. Undefined where it can't tell, which makes it a client. */
  get systemUuid(): string | undefined {
    return this.#identity()
  }

  /** From now on it is looked up, as the tools look into /opt/famfs/system_uuid. */
  identifyBy(lookUp: () => string | undefined): void {
    this.#identity = lookUp
  }

  // devices and mounts

  /** What a format refuses whatever the device is like. */
  checkLogLength(lengthBytes: number, deviceName: string): Result<undefined, 'bad_log_length'> {
    return checkLogLength(lengthBytes, deviceName)
  }

  *mkfs(
    deviceName: string,
    spec: MkfsSpec,
    user: User = ROOT,
  ): Task<Result<Superblock, MkfsReason | RawReason | 'no_system_uuid'>> {
    const names = [deviceName, ...(spec.secondaries ?? [])]
    const memories = this.rawMemories(names, user, 'format a device')
    if (!memories.ok) return memories
    const { systemUuid } = this
    if (systemUuid === undefined) return fail('no_system_uuid')
    const [memory, ...secondaries] = memories.value
    return yield* this.alone(names, mkfs(memory as Memory, { ...spec, secondaries, systemUuid, newUuid: this.uuidsFrom(spec.uuids), relaxed: this.relaxed }))
  }

  /** Looks again for devices of a mount that weren't here. */
  resolveDaxdevs(path: string): Result<readonly DaxdevStatus[], 'not_in_famfs' | 'bad_path'> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const { daxdevs } = place.value.mount
    daxdevs.resolveAgain()
    return ok(daxdevs.list())
  }

  /** mkfs --kill --force */
  kill(deviceName: string, user: User = ROOT): Result<undefined, RawReason> {
    const memory = this.#rawDevice(deviceName, user, 'kill a superblock')
    if (!memory.ok) return memory
    killSuperblock(memory.value)
    return ok()
  }

  /**
   * Mounts and plays the whole log. Replay errors leave it mounted, and stand in the report; so does whoever stops it: the mount
   * has what was played until then, and the next replay begins at the first entry.
   */
  *mount(
    deviceName: string,
    mountpoint: string,
    user: User = ROOT,
    options: MountOptions = {},
  ): Task<Result<ReplayReport>> {
    const memory = this.#rawDevice(deviceName, user, 'mount')
    if (!memory.ok) return memory
    if (this.mountTable.at(mountpoint)) return fail('mountpoint_busy', { path: mountpoint })
    const { systemUuid } = this
    const site = { mountpoint, memory: memory.value, memories: this.#memories, systemUuid, now: this.#outside.now }
    const made = newMount(site, options)
    if (!made.ok) return made
    const mount = made.value
    this.mountTable.add(mount)
    const { plays = true } = options
    const played = yield* inUse(mount, plays ? playInto(mount, 0, maskedTarget(mount, options)) : playDevices(mount))
    if (!played.ok) this.mountTable.remove(mount)
    return played
  }

  umount(mountpoint: string, user: User = ROOT): Result<undefined, 'not_root' | 'not_mounted' | 'mount_busy'> {
    if (user.uid !== 0) return fail('not_root', { what: 'unmount' })
    const mount = this.mountTable.at(mountpoint)
    if (!mount) return fail('not_mounted', { path: mountpoint })
    if (this.openFiles.anyOf(mount.kernel) || mount.lockQueue.length > 0 || mount.userCount > 0) return fail('mount_busy', { path: mountpoint })
    this.mountTable.remove(mount)
    mount.options.fuse?.end()
    return ok()
  }

  mounts(): MountStatus[] {
    return this.mountTable.all().map(statusOf)
  }

  /** Inodes of a mount in the order they were made; `from` skips those already seen. */
  inodes(mountpoint: string, from = 0): readonly Inode[] {
    return this.mountTable.at(mountpoint)?.kernel.inodes(from) ?? []
  }

  /** The devices of a mount, and what the hardware reported of them since. */
  mountDevices(mountpoint: string): MountDevices | undefined {
    return this.mountTable.at(mountpoint)?.kernel.devices
  }

  /** The mount that a path is in. */
  place(path: string): Result<Place, 'not_in_famfs' | 'bad_path'> {
    return this.mountTable.place(path)
  }

  // what only the master does

  /** Runs work under the log lock of the mount that a path is in: one hold for all of it. */
  *holdLog<T, R extends Reason>(path: string, what: string, work: (held: HeldLog) => Task<Result<T, R>>): Task<Result<T, R | LockReason | 'not_in_famfs' | 'bad_path'>> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const { mount } = place.value
    return yield* this.locked(mount, what, (held) => work(heldLog(this.#maker, held, mount, (name) => this.mountTable.place(name), (name) => this.#newPlace(name))))
  }

  *creat(path: string, spec: CreateSpec): Task<Result<Created>> {
    const place = this.#newPlace(path)
    if (!place.ok) return place
    const there = existing(place.value, path, spec.sizeBytes)
    if (there) return there
    // Looked at again under the lock: whoever held it may have made the file.
    return yield* this.locked(place.value.mount, 'create files', (held) =>
      existing(place.value, path, spec.sizeBytes) ?? createHere(this.#maker, held, place.value, path, spec))
  }

  /** Copies a local source in: creates and logs the file first, then its data. Over a file of the same size it writes in place. */
  *cp(source: Source, path: string, spec: Omit<CreateSpec, 'sizeBytes'> = {}): Task<Result<Created>> {
    const place = this.#newPlace(path)
    if (!place.ok) return place
    return yield* this.locked(place.value.mount, 'copy files in', (held) => copyHere(this.#maker, held, place.value, path, source, spec))
  }

  *mkdir(path: string, options: MkdirOptions = {}): Task<Result<undefined>> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const made = yield* this.locked(place.value.mount, 'make directories', (held) => mkdirHere(held, place.value, path, options))
    return made.ok ? ok() : made
  }

  *clone(source: string, target: string): Task<Result<FileInode>> {
    const from = this.fileAt(source)
    if (!from.ok) return from
    const place = this.#newPlace(target)
    if (!place.ok) return place
    const { mount } = place.value
    if (mount !== from.value.mount) return fail('not_in_famfs', { path: target })
    return yield* this.locked(mount, 'clone files', (held) => cloneHere(held, from.value.inode, place.value, target))
  }

  // what every host does

  /** Plays what the log has more than this host knows; all of it where something was removed here. */
  *logplay(
    path: string,
    options: LogplayOptions = {},
  ): Task<Result<ReplayReport, LayoutReason | DownReason | 'not_in_famfs' | 'bad_path' | 'other_filesystem' | 'log_counters' | 'log_shrank'>> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const { mount } = place.value
    const down = metadataDown(mount)
    if (down) return down
    const read = readLayoutAgain(mount.volume.memory, mount.volume.known)
    if (!read.ok) return read
    mount.volume.known = read.value
    if (read.value.layout.fsUuid !== mount.fsUuid) return fail('other_filesystem')
    const { whole = false, dryRun = false } = options
    const fromIndex = options.fromIndex ?? (whole || isRogue(mount) ? 0 : mount.playedCount)
    const isApart = options.fromIndex !== undefined && fromIndex !== mount.playedCount
    if (isApart) return yield* inUse(mount, logplay(mount.volume.memory, mount.layout, maskedTarget(mount, options), fromIndex))
    // A dry run, or another tree, leaves what this mount has played as it is.
    if (dryRun || options.target) return yield* inUse(mount, logplay(mount.volume.memory, mount.layout, dryRun ? undefined : options.target, fromIndex))
    return yield* inUse(mount, playInto(mount, fromIndex, maskedTarget(mount, options)))
  }

  /** Makes the missing meta files of a v1 mount again. */
  makeMeta(deviceName: string): Result<undefined, 'no_device' | 'device_not_mounted' | 'standalone_only'> {
    if (!this.#memories.has(deviceName)) return fail('no_device', { name: deviceName })
    const mount = this.mountTable.ofDevice(deviceName)
    if (!mount) return fail('device_not_mounted', { device: deviceName })
    if (mount.options.fuse) return fail('standalone_only', { what: 'making meta files' })
    addMetaFiles(mount.kernel, mount.layout.logLengthBytes, mount.role, mount.daxdevs.list())
    return ok()
  }

  devices(): readonly Daxdev[] {
    return [...this.#memories.values()].map(({ device }) => device)
  }

  /** The memory of a device, for reading it raw where that is allowed. */
  memory(deviceName: string): Result<Memory, 'no_device'> {
    const memory = this.#memories.get(deviceName)
    return memory ? ok(memory) : fail('no_device', { name: deviceName })
  }

  /**
   * Blocks until the log has entries that this host hasn't played; for workers only. An extension: famfs replays by hand.
   * @returns false where the time ran out
   */
  watch(path: string, timeoutMs: number): Result<boolean, 'not_in_famfs' | 'bad_path'> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    const { volume, playedCount } = place.value.mount
    return ok(waitForChange(volume.memory.device, LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, BigInt(playedCount), timeoutMs))
  }

  /** Work of a master on a mount's log. */
  locked<T, R extends Reason>(mount: Mount, what: string, work: (held: LogLock) => Result<T, R> | Task<Result<T, R>>): Task<Result<T, R | LockReason>> {
    const lock = (): Result<LogLock, LockReason> => {
      // A file is placed only where this mount reaches it: a device that came back is found first.
      mount.daxdevs.resolveAgain()
      return metadataDown(mount) ?? lockLog(mount.volume, { systemUuid: this.systemUuid, fsUuid: mount.fsUuid, what })
    }
    return underLogLock(mount, lock, work)
  }

  /** Those that are handed in first, then new ones. */
  uuidsFrom(uuids: readonly string[] = []): () => string {
    const handed = [...uuids]
    return () => handed.shift() ?? makeUuid(this.#outside.random)
  }

  /** @param what they are wanted for, for the refusal */
  rawMemories(deviceNames: readonly string[], user: User, what: string): Result<Memory[], RawReason> {
    const memories: Memory[] = []
    for (const name of deviceNames) {
      const memory = this.#rawDevice(name, user, what)
      if (!memory.ok) return memory
      memories.push(memory.value)
    }
    return ok(memories)
  }

  /** Of devices that were free right before: while the task runs, each of the others would work in bytes that aren't its own. */
  *alone<T>(deviceNames: readonly string[], task: Task<T>): Task<T> {
    for (const name of deviceNames) this.#busy.add(name)
    try {
      return yield* task
    } finally {
      for (const name of deviceNames) this.#busy.delete(name)
    }
  }

  /** Whether a task writes all over it. */
  refuseBusy(device: string): { ok: false; failure: Failure<'device_busy'> } | undefined {
    return this.#busy.has(device) ? fail('device_busy', { device }) : undefined
  }

  #rawDevice(deviceName: string, user: User, what: string): Result<Memory, RawReason> {
    if (user.uid !== 0) return fail('not_root', { what })
    const memory = this.#memories.get(deviceName)
    if (!memory) return fail('no_device', { name: deviceName })
    const busy = this.refuseBusy(deviceName)
    if (busy) return busy
    const mount = this.mountTable.ofDevice(deviceName)
    // Of no bytes: one that answers can be formatted, whatever else it is.
    return mount ? fail('mounted', { device: deviceName, mountpoint: mount.mountpoint }) : memoryTrouble(memory, 0, 0) ?? ok(memory)
  }

  /** A path that may be logged, in a mount. */
  #newPlace(path: string): Result<Place, 'not_in_famfs' | 'bad_path' | 'path_too_long'> {
    const place = this.mountTable.place(path)
    if (!place.ok) return place
    if (path.endsWith('/')) return fail('bad_path', { path, what: 'a file has no slash at its end' })
    const fits = loggablePath(place.value.relpath)
    return fits.ok ? place : fits
  }
}
