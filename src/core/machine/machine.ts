// One host, whole: its devices, mounts, kernel and users, and the only face of core for the rooms above. Everything it
// knows of a file system is in its own memory and dies with it; the bytes are on the device. Whoever asks for something
// is a user, and what can take long is a task.

import type { Reason } from '../base/failure.ts'
import { parentOf } from '../base/path.ts'
import { SeededRandom, shuffledIndices } from '../base/random.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { makeUuid } from '../base/uuid.ts'
import { cloneFile, createDirectory, createFile } from '../fs/create.ts'
import { copyIn, type DataFile, type DataReason, fillSeeded, scan, type Source, verifySeeded } from '../fs/data.ts'
import { fsck, type FsckVerdict } from '../fs/fsck.ts'
import { killSuperblock, mkfs, type MkfsReason } from '../fs/mkfs.ts'
import { roleOf } from '../fs/role.ts'
import { lockLog, type LockReason, type LogLock, newVolume } from '../fs/volume.ts'
import { MappedFile } from '../kernel/mappedFile.ts'
import { type AccessReason, type FileInode, type Inode, KernelMount } from '../kernel/mount.ts'
import { checkAccess, OpenFile, type OpenMode } from '../kernel/openFile.ts'
import { ROOT, type User } from '../kernel/user.ts'
import { type LayoutReason, readLayout, readLayoutAgain } from '../log/layout.ts'
import { loggablePath } from '../log/path.ts'
import { logplay, type ReplayReport } from '../log/replay.ts'
import { coherentMemory, type Memory, waitForChange } from '../mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { NEXT_INDEX_OFFSET } from '../omf/log.ts'
import type { Superblock } from '../omf/superblock.ts'
import { addMetaFiles } from './metaFiles.ts'
import { inUse, missingLevels, type Mount, MountTable, type Place, underLogLock } from './mounts.ts'
import type {
  CopyReason, Created, CreateSpec, CreatReason, FileReason, MachineSpec, MountStatus, NewReason, Outside, PathReason, Stat,
} from './types.ts'

type MountedFile = DataFile & { mount: Mount }

const DEFAULT_FILE_MODE = 0o644
const DEFAULT_DIRECTORY_MODE = 0o755

export class Machine {
  readonly name: string
  readonly systemUuid: string
  readonly #relaxed: boolean
  readonly #outside: Outside
  readonly #memories = new Map<string, Memory>()
  readonly #mounts = new MountTable()
  readonly #open = new Map<number, OpenFile>()
  readonly #bucketRandom: SeededRandom
  #nextFd = 3

  constructor(spec: MachineSpec, outside: Outside) {
    this.name = spec.name
    this.systemUuid = spec.systemUuid
    this.#relaxed = spec.relaxed
    this.#outside = outside
    for (const device of spec.devices) this.#memories.set(device.name, coherentMemory(device))
    const seed = new Uint8Array(4)
    outside.random(seed)
    this.#bucketRandom = new SeededRandom(new DataView(seed.buffer).getUint32(0))
  }

  // devices and mounts

  *mkfs(
    deviceName: string,
    options: { force?: boolean; logLengthBytes?: number; unitBytes?: number },
    user: User = ROOT,
  ): Task<Result<Superblock, MkfsReason | 'not_root' | 'no_device' | 'mounted'>> {
    const memory = this.#rawDevice(deviceName, user, 'format a device')
    if (!memory.ok) return memory
    const newUuid = (): string => makeUuid(this.#outside.random)
    return yield* mkfs(memory.value, { ...options, systemUuid: this.systemUuid, newUuid, relaxed: this.#relaxed })
  }

  /** mkfs --kill --force */
  kill(deviceName: string, user: User = ROOT): Result<undefined, 'not_root' | 'no_device' | 'mounted'> {
    const memory = this.#rawDevice(deviceName, user, 'kill a superblock')
    if (!memory.ok) return memory
    killSuperblock(memory.value)
    return ok()
  }

  /** Mounts and plays the whole log. Replay errors leave it mounted, and stand in the report. */
  *mount(
    deviceName: string,
    mountpoint: string,
    user: User = ROOT,
  ): Task<Result<ReplayReport, LayoutReason | 'not_root' | 'no_device' | 'mounted' | 'mountpoint_busy' | 'log_counters' | 'log_shrank'>> {
    const memory = this.#rawDevice(deviceName, user, 'mount')
    if (!memory.ok) return memory
    if (this.#mounts.at(mountpoint)) return fail('mountpoint_busy', { path: mountpoint })
    const read = readLayout(memory.value)
    if (!read.ok) return read
    const layout = read.value
    const role = roleOf(layout.superblock, this.systemUuid)
    const kernel = new KernelMount(memory.value, role !== 'master')
    addMetaFiles(kernel, layout.logLengthBytes, role)
    const mount: Mount = {
      mountpoint,
      deviceName,
      volume: newVolume(memory.value),
      kernel,
      fsUuid: layout.fsUuid,
      layout,
      role,
      playedCount: 0,
      locked: false,
      userCount: 0,
    }
    this.#mounts.add(mount)
    const played = yield* this.#play(mount)
    if (!played.ok) this.#mounts.remove(mount)
    return played
  }

  umount(mountpoint: string, user: User = ROOT): Result<undefined, 'not_root' | 'not_mounted' | 'mount_busy'> {
    if (user.uid !== 0) return fail('not_root', { what: 'unmount' })
    const mount = this.#mounts.at(mountpoint)
    if (!mount) return fail('not_mounted', { path: mountpoint })
    if (mount.locked || mount.userCount > 0) return fail('mount_busy', { path: mountpoint })
    this.#mounts.remove(mount)
    return ok()
  }

  mounts(): MountStatus[] {
    return this.#mounts.all().map(({ mountpoint, deviceName, role, playedCount, fsUuid }) => ({ mountpoint, deviceName, role, playedCount, fsUuid }))
  }

  /** Inodes of a mount in the order they were made; `from` skips those already seen. */
  inodes(mountpoint: string, from = 0): readonly Inode[] {
    return this.#mounts.at(mountpoint)?.kernel.inodes(from) ?? []
  }

  /** Superblock and log of a device, as this host sees them. Anyone may look. */
  *fsck(deviceName: string): Task<Result<FsckVerdict, 'no_device'>> {
    const memory = this.#memories.get(deviceName)
    return memory ? ok(yield* fsck(memory)) : fail('no_device', { name: deviceName })
  }

  // what only the master does

  *creat(path: string, spec: CreateSpec): Task<Result<Created, CreatReason>> {
    const place = this.#newPlace(path)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    const there = this.#existing(place.value, path, spec.sizeBytes)
    if (there) return there
    // Looked at again under the lock: whoever held it may have made the file.
    return yield* this.#locked(mount, 'create files', (held) =>
      this.#existing(place.value, path, spec.sizeBytes) ?? this.#createHere(held, mount, path, relpath, spec))
  }

  /** Copies a local source in: creates and logs the file first, then its data. Over a file of the same size it writes in place. */
  *cp(source: Source, path: string, spec: Omit<CreateSpec, 'sizeBytes'> = {}): Task<Result<Created, CopyReason>> {
    const place = this.#newPlace(path)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    return yield* this.#locked(mount, 'copy files in', (held) => this.#copyHere(held, mount, path, relpath, source, spec))
  }

  /** @param options.parents makes missing levels too, and accepts a directory that is there */
  *mkdir(
    path: string,
    options: { parents?: boolean; mode?: number; uid?: number; gid?: number } = {},
  ): Task<Result<undefined, NewReason | LockReason | 'exists' | 'log_full'>> {
    const place = this.#mounts.place(path)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    return yield* this.#locked(mount, 'make directories', (held) => this.#mkdirHere(held, mount, path, relpath, options))
  }

  *clone(source: string, target: string): Task<Result<FileInode, CreatReason | FileReason | 'exists' | 'cloned_interleaved'>> {
    const from = this.#file(source)
    if (!from.ok) return from
    const place = this.#newPlace(target)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    if (mount !== from.value.mount) return fail('not_in_famfs', { path: target })
    return yield* this.#locked(mount, 'clone files', (held): Result<FileInode, CreatReason | 'exists' | 'cloned_interleaved'> => {
      if (mount.kernel.lookup(relpath)) return fail('exists', { path: target })
      const { inode } = from.value
      const made = cloneFile(held, inode, relpath)
      return made.ok ? ok(this.#learn(mount, made.value)) : made
    })
  }

  // what every host does

  /** Plays what the log has more than this host knows. */
  *logplay(path: string): Task<Result<ReplayReport, LayoutReason | 'not_in_famfs' | 'bad_path' | 'other_filesystem' | 'log_counters' | 'log_shrank'>> {
    const place = this.#mounts.place(path)
    if (!place.ok) return place
    const { mount } = place.value
    const read = readLayoutAgain(mount.volume.memory, mount.volume.known)
    if (!read.ok) return read
    mount.volume.known = read.value
    if (read.value.layout.fsUuid !== mount.fsUuid) return fail('other_filesystem')
    return yield* inUse(mount, this.#play(mount))
  }

  /**
   * Blocks until the log has entries that this host hasn't played; for workers only. An extension: famfs replays by hand.
   * @returns false where the time ran out
   */
  watch(path: string, timeoutMs: number): Result<boolean, 'not_in_famfs' | 'bad_path'> {
    const place = this.#mounts.place(path)
    if (!place.ok) return place
    const { volume, playedCount } = place.value.mount
    return ok(waitForChange(volume.memory.device, LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, BigInt(playedCount), timeoutMs))
  }

  stat(path: string): Result<Stat, PathReason> {
    const found = this.#inode(path)
    if (!found.ok) return found
    const { inode } = found.value
    const { kind, ino, mode, uid, gid } = inode
    return ok({ kind, ino, mode, uid, gid, sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0 })
  }

  readdir(path: string): Result<readonly Inode[], PathReason | 'not_a_directory'> {
    const found = this.#inode(path)
    if (!found.ok) return found
    const { inode } = found.value
    return inode.kind === 'directory' ? ok(inode.children) : fail('not_a_directory', { path })
  }

  open(path: string, mode: OpenMode, user: User): Result<number, FileReason> {
    const found = this.#file(path, mode, user)
    if (!found.ok) return found
    const { mount, inode } = found.value
    const access = mount.kernel.access(inode)
    if (!access.ok) return access
    const fd = this.#nextFd++
    this.#open.set(fd, new OpenFile(mount.kernel, inode, mode))
    return ok(fd)
  }

  close(fd: number): Result<undefined, 'bad_descriptor'> {
    return this.#open.delete(fd) ? ok() : fail('bad_descriptor', { fd })
  }

  /** @returns bytes read; 0 at the end of the file */
  read(fd: number, offsetBytes: number, target: Uint8Array): Result<number, AccessReason | 'bad_descriptor' | 'wrong_open_mode' | 'out_of_file'> {
    return this.#open.get(fd)?.read(offsetBytes, target) ?? fail('bad_descriptor', { fd })
  }

  write(
    fd: number,
    offsetBytes: number,
    source: Uint8Array,
  ): Result<number, AccessReason | 'bad_descriptor' | 'wrong_open_mode' | 'out_of_file'> {
    return this.#open.get(fd)?.write(offsetBytes, source) ?? fail('bad_descriptor', { fd })
  }

  mmap(path: string, mode: OpenMode, user: User): Result<MappedFile, FileReason> {
    const found = this.#file(path, { ...mode, read: true }, user)
    if (!found.ok) return found
    const { mount, inode } = found.value
    const access = mount.kernel.access(inode)
    return access.ok ? ok(new MappedFile(path, mount.kernel.memory, access.value, mode.write ?? false)) : access
  }

  /** What truncate does to a famfs file: on this host alone, its size and its map now disagree. */
  truncate(path: string, sizeBytes: number, user: User): Result<undefined, PathReason | 'is_a_directory' | 'no_access' | 'bad_size'> {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return fail('bad_size', { sizeBytes })
    const found = this.#file(path, { write: true }, user)
    if (!found.ok) return found
    found.value.mount.kernel.setSize(found.value.inode, sizeBytes)
    return ok()
  }

  /** Fills the whole file with the seed's data. */
  *fill(path: string, seed: number | bigint, user: User): Task<Result<undefined, FileReason | DataReason>> {
    const data = this.#data(path, { write: true }, user)
    return data.ok ? yield* inUse(data.value.mount, fillSeeded(data.value, seed)) : data
  }

  *verify(path: string, seed: number | bigint, user: User): Task<Result<undefined, FileReason | DataReason | 'data_differs' | 'no_seed'>> {
    const data = this.#data(path, { read: true }, user)
    return data.ok ? yield* inUse(data.value.mount, verifySeeded(data.value, seed)) : data
  }

  /** The file's bytes in order, as they are in memory, at most 4 MiB at a time. */
  *scan(path: string, look: (window: Uint8Array, fileOffsetBytes: number) => void, user: User): Task<Result<undefined, FileReason | DataReason>> {
    const data = this.#data(path, { read: true }, user)
    return data.ok ? yield* inUse(data.value.mount, scan(data.value, look)) : data
  }

  #createHere(held: LogLock, mount: Mount, path: string, relpath: string, spec: CreateSpec): Result<Created, CreatReason> {
    const parent = this.#parent(mount, path, relpath)
    if (!parent.ok) return parent
    const { sizeBytes, mode = DEFAULT_FILE_MODE, uid = 0, gid = 0, interleave } = spec
    const bucketOrder = (count: number): number[] => shuffledIndices(count, this.#bucketRandom)
    const file = { path: relpath, sizeBytes, mode, uid, gid, ...(interleave ? { interleave } : {}) }
    const made = createFile(held, file, { bucketOrder, relaxed: this.#relaxed })
    return made.ok ? ok({ inode: this.#learn(mount, made.value), isNew: true }) : made
  }

  *#copyHere(
    held: LogLock,
    mount: Mount,
    path: string,
    relpath: string,
    source: Source,
    spec: Omit<CreateSpec, 'sizeBytes'>,
  ): Task<Result<Created, CopyReason>> {
    const { sizeBytes } = source
    const created = this.#existing({ mount, relpath }, path, sizeBytes) ?? this.#createHere(held, mount, path, relpath, { ...spec, sizeBytes })
    if (!created.ok) return created
    const data = this.#dataOf(mount, created.value.inode)
    if (!data.ok) return data
    const copied = yield* copyIn(data.value, source)
    return copied.ok ? created : copied
  }

  #mkdirHere(
    held: LogLock,
    mount: Mount,
    path: string,
    relpath: string,
    options: { parents?: boolean; mode?: number; uid?: number; gid?: number },
  ): Result<undefined, NewReason | 'exists' | 'log_full'> {
    const there = mount.kernel.lookup(relpath)
    if (there) return options.parents && there.kind === 'directory' ? ok() : fail('exists', { path })
    const fits = loggablePath(relpath)
    if (!fits.ok) return fits
    const levels = missingLevels(mount, relpath)
    const top = levels[0] ?? relpath
    const parent = this.#parent(mount, path, options.parents ? top : relpath)
    if (!parent.ok) return parent
    const { slotCount } = held.layout
    // All levels or none: their slots are counted before the first is made.
    if (held.nextIndex + levels.length > slotCount) return fail('log_full', { slotCount })
    const { mode = DEFAULT_DIRECTORY_MODE, uid = 0, gid = 0 } = options
    for (const level of levels) {
      const made = createDirectory(held, { path: level, mode, uid, gid })
      if (!made.ok) return made
      mount.kernel.addDirectory(made.value)
      this.#advance(mount, made.value.entryIndex)
    }
    return ok()
  }

  /** The host that appends knows its entry without playing it. */
  #learn(mount: Mount, file: Parameters<KernelMount['addFile']>[0]): FileInode {
    mount.kernel.addFile(file)
    this.#advance(mount, file.entryIndex)
    return mount.kernel.lookup(file.path) as FileInode
  }

  #advance(mount: Mount, entryIndex: number): void {
    if (mount.playedCount === entryIndex) mount.playedCount = entryIndex + 1
  }

  *#play(mount: Mount): Task<Result<ReplayReport, 'log_counters' | 'log_shrank'>> {
    const played = yield* logplay(mount.volume.memory, mount.layout, mount.kernel, mount.playedCount)
    if (played.ok) mount.playedCount = played.value.nextIndex
    return played
  }

  #locked<T, R extends Reason>(mount: Mount, what: string, work: (held: LogLock) => Result<T, R> | Task<Result<T, R>>): Task<Result<T, R | LockReason>> {
    const lock = (): Result<LogLock, LockReason> => lockLog(mount.volume, { systemUuid: this.systemUuid, fsUuid: mount.fsUuid, what })
    return underLogLock(mount, lock, work)
  }

  #rawDevice(deviceName: string, user: User, what: string): Result<Memory, 'not_root' | 'no_device' | 'mounted'> {
    if (user.uid !== 0) return fail('not_root', { what })
    const memory = this.#memories.get(deviceName)
    if (!memory) return fail('no_device', { name: deviceName })
    return this.#mounts.ofDevice(deviceName) ? fail('mounted', { device: deviceName }) : ok(memory)
  }

  /** A path that may be logged, in a mount. */
  #newPlace(path: string): Result<Place, 'not_in_famfs' | 'bad_path' | 'path_too_long'> {
    const place = this.#mounts.place(path)
    if (!place.ok) return place
    if (path.endsWith('/')) return fail('bad_path', { path, what: 'a file has no slash at its end' })
    const fits = loggablePath(place.value.relpath)
    return fits.ok ? place : fits
  }

  #parent(mount: Mount, path: string, relpath: string): Result<undefined, 'no_parent' | 'not_a_directory'> {
    const parent = mount.kernel.lookup(parentOf(relpath))
    if (!parent) return fail('no_parent', { path: parentOf(path) })
    return parent.kind === 'directory' ? ok() : fail('not_a_directory', { path: parentOf(path) })
  }

  #existing({ mount, relpath }: Place, path: string, sizeBytes: number): Result<Created, 'is_a_directory' | 'size_differs'> | undefined {
    const there = mount.kernel.lookup(relpath)
    if (!there) return undefined
    if (there.kind === 'directory') return fail('is_a_directory', { path })
    if (there.sizeBytes !== sizeBytes) return fail('size_differs', { path, sizeBytes: there.sizeBytes, wantedBytes: sizeBytes })
    return ok({ inode: there, isNew: false })
  }

  #inode(path: string): Result<{ mount: Mount; inode: Inode }, PathReason> {
    const place = this.#mounts.place(path)
    if (!place.ok) return place
    const { mount, relpath } = place.value
    const inode = mount.kernel.lookup(relpath)
    return inode ? ok({ mount, inode }) : fail('no_such_path', { path })
  }

  #file(path: string, mode: OpenMode = {}, user: User = ROOT): Result<{ mount: Mount; inode: FileInode }, PathReason | 'is_a_directory' | 'no_access'> {
    const found = this.#inode(path)
    if (!found.ok) return found
    const { mount, inode } = found.value
    if (inode.kind === 'directory') return fail('is_a_directory', { path })
    const allowed = checkAccess(inode, mode, user)
    return allowed.ok ? ok({ mount, inode }) : allowed
  }

  #data(path: string, mode: OpenMode, user: User): Result<MountedFile, FileReason> {
    const found = this.#file(path, mode, user)
    return found.ok ? this.#dataOf(found.value.mount, found.value.inode) : found
  }

  #dataOf(mount: Mount, inode: FileInode): Result<MountedFile, AccessReason> {
    const access = mount.kernel.access(inode)
    return access.ok ? ok({ mount, path: inode.path, memory: mount.kernel.memory, resolver: access.value }) : access
  }
}
