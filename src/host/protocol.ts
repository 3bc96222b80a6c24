// Everything that crosses the border of a host, in one place: plain data, so that a worker and a host in this thread are
// the same to whoever calls. Results cross as results; an exception on the other side is our own mistake.

import type { Failure, Result } from '../core/base/result.ts'
import type { Progress } from '../core/base/task.ts'
import type { Interleave } from '../core/alloc/allocate.ts'
import type { MetDevice } from '../core/kernel/devices.ts'
import type { DaemonPlace, MachineSpec, MountRecipe, MountStatus } from '../core/machine/types.ts'
import type { User } from '../core/kernel/user.ts'
import type { DeviceRefusal } from '../core/base/lack.ts'
import type { KernelName } from '../core/kernel/way.ts'

export interface HostSpec extends MachineSpec {
  /** What `uname -r` says, and what follows from it; '6.14.0-famfs' unless said otherwise. */
  kernelRelease?: string
}

/** A file or directory as a host sees it in its mount. */
export interface HostNode {
  kind: 'file' | 'directory'
  path: string
  sizeBytes: number
  modeText: string
  uid: number
  gid: number
  /** Its log entry; -1 for the meta files, and for what a plain tool made on this host alone. */
  entryIndex: number
  /** A file that can't be read or written: it has no map, or another size than its map. */
  fault?: 'no_map' | 'resized'
  /** Extents or strips, in map order: places on devices that the mount knows by an index. */
  extents: { devindex: number; offsetBytes: number; lengthBytes: number }[]
  /** Set where the extents are strips. */
  chunkBytes: number | undefined
}

/** One of the devices of the mounted file system, as this host has it. */
export interface MountedDevice extends MetDevice {
  /** As the log names it; of the primary, as the host does. */
  uuid: string
  sizeBytes: number
  /** Undefined for a device that this host doesn't have. */
  name: string | undefined
  /** Why what says there that it is this device isn't taken for it. */
  refusal?: DeviceRefusal | undefined
}

export interface ReplaySummary {
  playedCount: number
  entriesPlayed: number
  newFiles: number
  newDirectories: number
  errorCount: number
  troubles: string[]
  /** Why replay stopped before the end of the log. */
  stopped: Failure | undefined
}

/** What each call takes and gives. */
export interface Calls {
  /** `uuids` are the file system's and those of the devices in their order, where they mustn't be left to chance. */
  mkfs: {
    given: { device: string; secondaries?: readonly string[]; force?: boolean; logLengthBytes?: number; unitBytes?: number; uuids?: readonly string[] }
    gives: undefined
  }
  /** Standalone, as the page mounts, unless it says which kernel; and beside that kernel, unless it says where the daemon runs. */
  mount: { given: { device: string; mountpoint: string; kernel?: KernelName; daemon?: DaemonPlace; recipe?: MountRecipe }; gives: ReplaySummary }
  /** What a mount had met of its devices, in whose place this one was made. */
  recall: { given: { mountpoint: string; devices: readonly MetDevice[] }; gives: undefined }
  umount: { given: { mountpoint: string }; gives: undefined }
  creat: {
    given: { path: string; sizeBytes: number; owner: User; mode?: number; interleave?: Interleave; seed?: number }
    gives: { node: HostNode; isNew: boolean }
  }
  copyIn: { given: { path: string; blob: Blob; owner: User; mode?: number }; gives: { node: HostNode; isNew: boolean } }
  mkdir: { given: { path: string; parents?: boolean; owner: User; mode?: number }; gives: undefined }
  /** From where this host stopped, unless it is told otherwise. */
  logplay: { given: { path: string; whole?: boolean; fromIndex?: number }; gives: ReplaySummary }
  /** Stores bytes through a writable mapping made as `user`. */
  poke: { given: { path: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer>; user: User }; gives: undefined }
  /** Stores bytes on the device itself, as root, past every mapping. */
  store: { given: { device: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer> }; gives: undefined }
  /** Removes a file or an empty directory as a plain tool of root's does: on this host alone. */
  unlink: { given: { path: string }; gives: undefined }
  /** Reads bytes through a mapping made as `user`. */
  peek: { given: { path: string; offsetBytes: number; lengthBytes: number; user: User }; gives: Uint8Array<ArrayBuffer> }
  sha256: { given: { path: string; user: User }; gives: string }
  verify: { given: { path: string; seed: number; user: User }; gives: undefined }
  /** One line in a shell, which is made when its number is first used. Cancelling it is Ctrl-C. */
  shellRun: { given: { shell: number; line: string; columns: number }; gives: { exitCode: number; prompt: string; cwd: string; ended: boolean } }
  /** Candidates replace `line.slice(start, cursor)`; a directory ends with a slash. */
  shellComplete: { given: { shell: number; line: string; cursor: number }; gives: { start: number; candidates: string[] } }
  /** A dropped file, into the shell's directory. */
  shellPut: { given: { shell: number; name: string; blob: Blob }; gives: { path: string } }
  shellTake: { given: { shell: number; path: string }; gives: { name: string; blob: Blob } }
}

/** What a call tells while it runs. */
export type CallNote =
  | { kind: 'output'; stream: 'out' | 'err'; text: string }
  | { kind: 'busy'; label: string; doneBytes: number; totalBytes: number }
  | { kind: 'download'; name: string; blob: Blob }
  | { kind: 'clear' }

export type CallName = keyof Calls
export type CallMessage = { [K in CallName]: { name: K; callId: number; given: Calls[K]['given'] } }[CallName]

/** What changed on the host since its last reply. */
export interface HostNews {
  mount: MountStatus | undefined
  /** Moves whenever another mount is there, or none, however alike they are. */
  mountCount: number
  /** Of that mount; the primary first. */
  devices: MountedDevice[]
  /** `made` is the whole list and not an addition to it: the host has mounted, or unmounted, since. */
  reset: boolean
  made: HostNode[]
}

export interface HostReply {
  result: Result<Calls[CallName]['gives']>
  news: HostNews
}

/** The face that a host shows to its driver; comlink carries it to a worker. */
export interface HostWire {
  /** @param note a promise says when it has arrived */
  boot(spec: HostSpec, report: (callId: number, progress: Progress) => void, note: (callId: number, note: CallNote) => void | Promise<void>): void | Promise<void>
  call(message: CallMessage): Promise<HostReply>
  cancel(callId: number): void | Promise<void>
  ping(): void | Promise<void>
}
