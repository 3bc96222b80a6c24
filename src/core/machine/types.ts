// What a machine is given and what it answers: plain data, so that a worker can pass it on.

import type { Interleave } from '../alloc/allocate.ts'
import type { CreateReason } from '../fs/create.ts'
import type { DataReason } from '../fs/data.ts'
import type { Role } from '../fs/role.ts'
import type { LockReason } from '../fs/volume.ts'
import type { AccessReason, FileInode } from '../kernel/mount.ts'
import type { Daxdev } from '../mem/daxdev.ts'

/** Everything that core doesn't have of its own. */
export interface Outside {
  /** Fills the array with random bytes. */
  random: (target: Uint8Array<ArrayBuffer>) => void
}

export interface MachineSpec {
  name: string
  systemUuid: string
  devices: Daxdev[]
  /** Lifts the 4 GiB minimum of a device and the 1 GiB minimum of a bucket. */
  relaxed: boolean
}

export interface CreateSpec {
  sizeBytes: number
  mode?: number
  uid?: number
  gid?: number
  interleave?: Interleave
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
}

export interface MountStatus {
  mountpoint: string
  deviceName: string
  role: Role
  playedCount: number
  fsUuid: string
}

export type PathReason = 'not_in_famfs' | 'bad_path' | 'no_such_path'
export type NewReason = 'not_in_famfs' | 'bad_path' | 'path_too_long' | 'no_parent' | 'not_a_directory'
export type CreatReason = NewReason | CreateReason | LockReason | 'is_a_directory' | 'size_differs'
export type CopyReason = CreatReason | AccessReason | DataReason | 'source_short'
export type FileReason = PathReason | AccessReason | 'is_a_directory' | 'no_access'
