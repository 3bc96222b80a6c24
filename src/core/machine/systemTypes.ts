// What programs on a host see of it: one tree of paths, in which famfs mounts are directories like others. Plain data and
// functions that answer at once; whoever moves many bytes does it in pieces of at most 4 MiB.

import type { Result } from '../base/result.ts'
import type { User } from '../kernel/user.ts'
import type { KernelName } from '../kernel/way.ts'
import type { ReplayReport } from '../log/replay.ts'
import type { DaxMode } from '../mem/daxdev.ts'
import type { DaemonPlace, MountKind, MountManner } from './types.ts'

/** Who asks, and from where. Relative paths begin at `cwd`, which is absolute. */
export interface Caller {
  user: User
  /** Bits that new files and directories don't get. */
  umask: number
  cwd: string
}

export type NodeKind = 'file' | 'directory' | 'symlink' | 'device' | 'socket'

export interface NodeStat {
  kind: NodeKind
  ino: number
  /** Permission bits with setuid, setgid and sticky; without the kind. */
  mode: number
  uid: number
  gid: number
  sizeBytes: number
  linkCount: number
  /** Milliseconds since 1970. */
  modifiedMs: number
  /** The famfs mount that it is in; undefined in the host's own root file system. */
  mountpoint: string | undefined
  /** Major and minor number of a device. */
  rdev: [number, number] | undefined
}

/** One open file. Offsets are the caller's: a handle keeps none. */
export interface Handle {
  readonly path: string
  readonly kind: NodeKind
  sizeBytes(): number
  /** @returns bytes read: fewer than the target holds at the end, 0 behind it */
  read(offsetBytes: number, target: Uint8Array): Result<number>
  /** Bytes written. A file in the root file system grows; a famfs file doesn't (out_of_file). */
  write(offsetBytes: number, source: Uint8Array): Result<number>
  truncate(sizeBytes: number): Result<undefined>
  close(): void
}

export interface OpenOptions {
  read?: boolean
  write?: boolean
  /** Makes a missing file, with this mode less the umask. On a v1 mount it is a stub without a map. */
  create?: number
  /** With create: an existing file is an error. */
  exclusive?: boolean
  truncate?: boolean
}

export interface DirectoryEntry {
  name: string
  kind: NodeKind
}

/** Every failure carries its errno; programs print `PROGRAM: PATH: ERRNO TEXT` and what to do next. */
export interface Paths {
  /** Follows symbolic links. */
  stat(path: string, caller: Caller): Result<NodeStat>
  /** Doesn't follow the last one. */
  lstat(path: string, caller: Caller): Result<NodeStat>
  /** Absolute, without links, ".", "..", or doubled slashes. Every part must exist. */
  realpath(path: string, caller: Caller): Result<string>
  /** The same for something that may not exist yet: its directory must. `a/../b` is resolved as Linux resolves it. */
  realpathOfNew(path: string, caller: Caller): Result<string>
  readlink(path: string, caller: Caller): Result<string>
  /** Without "." and "..", in no order. */
  readdir(path: string, caller: Caller): Result<DirectoryEntry[]>
  open(path: string, options: OpenOptions, caller: Caller): Result<Handle>
  mkdir(path: string, mode: number, caller: Caller): Result<undefined>
  rmdir(path: string, caller: Caller): Result<undefined>
  /** A file, link or device; never a directory. */
  unlink(path: string, caller: Caller): Result<undefined>
  /** Across file systems: EXDEV; mv then copies and removes. */
  rename(from: string, to: string, caller: Caller): Result<undefined>
  truncate(path: string, sizeBytes: number, caller: Caller): Result<undefined>
  chmod(path: string, mode: number, caller: Caller): Result<undefined>
  /** `undefined` leaves it as it is. */
  chown(path: string, uid: number | undefined, gid: number | undefined, caller: Caller): Result<undefined>
  symlink(target: string, path: string, caller: Caller): Result<undefined>
  link(existing: string, path: string, caller: Caller): Result<undefined>
  mknod(path: string, mode: number, rdev: [number, number], caller: Caller): Result<undefined>
  utimes(path: string, modifiedMs: number, caller: Caller): Result<undefined>
  /** Whether the caller may, as access(2) answers it. */
  access(path: string, want: { read?: boolean; write?: boolean; execute?: boolean }, caller: Caller): Result<undefined>
}

/** A memory device as this host has it. */
export interface DeviceStatus {
  name: string
  sizeBytes: number
  uuid: string
  mode: DaxMode
}

/** One line of /proc/mounts. */
export interface MountEntry {
  source: string
  target: string
  /** 'rootfs', 'devtmpfs', 'proc', 'sysfs', 'famfs' (v1) or 'fuse'. */
  type: string
  options: readonly string[]
  /** Undefined where there is nothing to count, and on famfs, where the log alone knows. */
  sizeBytes: number | undefined
  usedBytes: number | undefined
}

export interface FamfsMountOptions extends MountManner {
  kind: MountKind
  /** Of that kind; v1 or fuse unless said otherwise. */
  kernel?: KernelName
  /** fuse: where its daemon runs; beside its kernel unless said otherwise. */
  daemon?: DaemonPlace
  /** fuse: the shadow tree is there already, and is shown as it is: no log is played. */
  asIs?: boolean
}

export interface Mounted {
  mountpoint: string
  deviceName: string
  kind: MountKind
  /** Of a fuse mount: the directory with `root` in it. */
  shadowPath: string | undefined
  report: ReplayReport
  /** Of a fuse mount: unmounts it again, and nothing stays of the tree that was made for it. */
  drop?: () => Result<undefined>
}
