// What a machine is given and what it answers: plain data, so that a worker can pass it on.

import type { Interleave } from '../alloc/allocate.ts'
import type { Result } from '../base/result.ts'
import type { Role } from '../fs/role.ts'
import type { FileFacts } from '../fmap/fmap.ts'
import type { AccessReason, FileInode, KernelMount, LookupSource } from '../kernel/mount.ts'
import type { KernelName, WayMaker } from '../kernel/way.ts'
import type { ReplayTarget } from '../log/replay.ts'
import type { Daxdev } from '../mem/daxdev.ts'
import type { DeviceRefusal } from '../base/lack.ts'

/** Everything that core doesn't have of its own. */
export interface Outside {
  /** Fills the array with random bytes. */
  random: (target: Uint8Array<ArrayBuffer>) => void
  /** Milliseconds since 1970. */
  now: () => number
}

export interface MachineSpec {
  name: string
  systemUuid: string
  devices: Daxdev[]
  /** Lifts the 4 GiB minimum of a device and the 1 GiB minimum of a bucket. */
  relaxed: boolean
  /** Lets plain tools read and write a device that is in devdax mode, which no Linux does. */
  rawDevices?: boolean
}

export interface MkfsSpec {
  force?: boolean
  logLengthBytes?: number
  unitBytes?: number
  /** Of the file system, of its device, and of each secondary; what is missing is made up. */
  uuids?: readonly string[]
  /** Names of more devices, in the order of their index. */
  secondaries?: readonly string[]
}

export interface CreateSpec {
  sizeBytes: number
  mode?: number
  uid?: number
  gid?: number
  interleave?: Interleave
}

export interface MkdirOptions {
  /** Missing levels too; a directory that is there is fine. */
  parents?: boolean
  mode?: number
  uid?: number
  gid?: number
  /** Bits that the directories don't get on this host; the log has the full mode. */
  umask?: number
}

export interface Created {
  inode: FileInode
  /** False where a file of that size was there already. */
  isNew: boolean
}

export interface Stat {
  kind: 'file' | 'directory'
  ino: number
  sizeBytes: number
  mode: number
  uid: number
  gid: number
  modifiedMs: number
}

export type MountKind = 'v1' | 'fuse'

/** Where the daemon of a fuse mount runs: in the host's thread, beside its kernel, or in one of its own. */
export type DaemonPlace = 'beside' | 'worker'

/**
 * What a plain tool may do in a v1 mount. The first generation of the module lets root do everything; newer ones refuse to
 * remove mapped files and directories, to rename, and to change sizes, unless the mount option says so.
 */
export type Generation = 'first' | 'newer'

/** How a mount was asked for, beside its kernel and its daemon's place: what makes another like it. What isn't said is as usual. */
export interface MountManner {
  /** v1: what plain tools do is allowed in newer generations too. */
  allowRogue?: boolean
  /** fuse: others than root may look; true unless said otherwise. */
  allowOther?: boolean
  /** fuse: the kernel judges by owner and mode; true unless said otherwise. */
  defaultPermissions?: boolean
  /** fuse: how long names and attributes are good for; a year unless said otherwise. */
  timeoutSeconds?: number
  /** fuse: where the shadow tree goes, as typed; a directory under /tmp unless said otherwise. */
  shadow?: string
  /** More words for /proc/mounts. */
  words?: readonly string[]
}

/** With what a host must have been told before it was mounted. */
export interface MountRecipe extends MountManner {
  /** v1: of its module; the first unless said otherwise. */
  generation?: Generation
}

export interface MountOptions {
  generation?: Generation
  allowRogue?: boolean
  /** As /proc/mounts shows them. */
  options?: readonly string[]
  /** Of whoever mounts: bits that the replay doesn't give to files and directories. */
  umask?: number
  /** False: the mount shows what its shadow tree has, whatever the log says. */
  plays?: boolean
  /** Set for a fuse mount: its daemon's side. */
  fuse?: FuseSide
  /** How maps come to the kernel; pushed by the module's newer ioctl unless said otherwise. */
  way?: WayMaker
  /** What makes another like it; undefined where all is as usual. */
  recipe?: MountRecipe | undefined
}

/** The daemon of a fuse mount, as machine works with it: names come from its shadow tree, and replay writes there. */
export interface FuseSide {
  readonly source: LookupSource
  readonly daemon: DaemonPlace
  readonly shadowPath: string
  readonly timeoutMs: number
  /** The kernel judges by owner and mode; without that, everyone may do everything. */
  readonly checksPermissions: boolean
  /** Others than root may look at all. */
  readonly othersMayEnter: boolean
  /** Writes the shadow files of superblock and log. */
  addMeta(logLengthBytes: number, role: Role): Result<undefined>
  /** Writes one more of them: the superblock of a device that the log added. */
  addMetaFile(file: FileFacts): void
  /** Writes the shadow, and tells the kernel, so that it needn't ask for what is new. */
  target(kernel: KernelMount): ReplayTarget
  /** The mount is gone, and the daemon with it. */
  end(): void
}

export interface LogplayOptions {
  /** From the first entry, as the command does it, and not from where this host stopped. */
  whole?: boolean
  dryRun?: boolean
  /** From that entry on, whatever was removed here. How far this host has played moves only where it goes on from there. */
  fromIndex?: number
  /** Drops write bits as a client would. */
  asClient?: boolean
  /** Of whoever plays: bits that new files and directories don't get. */
  umask?: number
  /** Another tree than the mount's. */
  target?: ReplayTarget
}

/** A device that the log adds, as a host has it. */
export interface DaxdevStatus {
  devindex: number
  uuid: string
  sizeBytes: number
  /** Undefined where this host doesn't have it. */
  deviceName: string | undefined
  /** Why what says here that it is this device isn't taken for it. */
  refusal?: DeviceRefusal | undefined
}

export interface MountStatus {
  mountpoint: string
  deviceName: string
  kind: MountKind
  kernel: KernelName
  /** Undefined for a standalone mount, which has none. */
  daemon: DaemonPlace | undefined
  generation: Generation
  /** Of a fuse mount: the directory with `root` and `sock` in it. */
  shadowPath: string | undefined
  options: readonly string[]
  /** What makes another like it, beside its kernel and its daemon's place; undefined where all is as usual. */
  recipe: MountRecipe | undefined
  role: Role
  playedCount: number
  fsUuid: string
  /** Without the primary; none where the file system has one device. */
  daxdevs: readonly DaxdevStatus[]
  /** Moves when something that was in the mount is gone, or is another. */
  changeCount: number
  /** Plain tools removed or renamed something on this host, as they can in a standalone mount: playing the log brings it back. */
  rogue: boolean
}

export type PathReason = 'not_in_famfs' | 'bad_path' | 'no_such_path'
export type FileReason = PathReason | AccessReason | 'is_a_directory' | 'no_access'
export type RogueReason =
  | PathReason | 'no_access' | 'module_refuses' | 'fuse_no_create' | 'fuse_not_implemented' | 'fuse_no_resize' | 'not_empty' | 'exists' | 'no_parent'
  | 'not_a_directory' | 'is_a_directory' | 'mountpoint_busy' | 'bad_size' | 'other_mount' | 'not_owner'
