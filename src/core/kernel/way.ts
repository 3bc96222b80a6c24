// How a file's map comes to the kernel. Six makes, one interface: what a kernel needs from outside is handed in when it is
// made, messages are bytes, and whatever they say is checked before a byte of memory is reached by it.

import type { Failure, Result } from '../base/result.ts'
import type { Fmap } from '../fmap/fmap.ts'
import type { Resolver } from '../fmap/resolve.ts'
import type { Memory } from '../mem/memory.ts'
import type { DeviceReason, MountDevices } from './devices.ts'

/** Those that tools push into by an ioctl: the module. */
export type StandaloneKernel = 'v1' | 'v1-abi42'

/** The six, three of them in two variants: module ABI 43 or 42, cookies kept by the kernel or by the server. */
export type KernelName = StandaloneKernel | 'fuse' | 'fuse-paged' | 'fuse-iomap' | 'fuse-iomap-shared' | 'program' | 'fuse-unrolled'

export type MapReason = 'bad_map' | 'map_limit' | 'map_unfit' | 'map_too_large' | 'daemon_failed' | 'program_failed' | 'no_file_map' | 'not_on_image' | DeviceReason

/** The file that a map is about. `node` is what kernel and daemon call it. */
export interface FileAsk {
  node: number
  /** For sentences. */
  path: string
  /** As lookup said: a map of another size is refused. */
  sizeBytes: number
}

export interface MapWay {
  readonly kernel: KernelName
  /** Where tools push: one file's map, when replay makes the file. Kernels that pull have none. */
  push?(ask: FileAsk, map: Fmap): Failure<MapReason> | undefined
  /** MAP_GET: a file's map as the kernel holds it. Only where tools push is there such a call. */
  get?(node: number): Fmap | undefined
  /** At the first access of a file. The answer is kept with the inode: all that follows goes through it. */
  open(ask: FileAsk): Result<Resolver, MapReason>
  /** The kernel lets go of an inode. */
  forget(node: number): void
  /**
   * What the kernel keeps of all maps, in bytes: the arrays that maps and what finds them are in, at the length that they
   * have, room for more included, and memory of programs. Strips, and maps that tools push, count once, as their records
   * in the message. Not counted is what all kernels have alike: objects around them, files, devices.
   */
  residentBytes(): number
}

/** Whether bytes of a device are superblock or log, which are no file's but of those that show them. */
export type IsReserved = (path: string, devindex: number, offsetBytes: number, lengthBytes: number) => boolean

export type OpenDevice = (devindex: number, name: string) => Memory | undefined

/** What every make gets from its mount. */
export interface WayContext {
  devices: MountDevices
  /** Allocation unit: offsets and lengths of extents are whole units. */
  unitBytes: number
  isReserved: IsReserved
  /** A device by the name that a daemon gives it: undefined unless it is here, and is the one that the log has under that index. */
  openDevice: OpenDevice
}

/** What a mount is given: which kernel it is, and how to make its part in maps. */
export interface WayMaker {
  readonly kernel: KernelName
  make(context: WayContext): MapWay
}

/** Whether maps are pushed: then there is no daemon, and one report of a device takes the whole mount down, not files one by one. */
export function isStandalone(kernel: KernelName): kernel is StandaloneKernel {
  return kernel === 'v1' || kernel === 'v1-abi42'
}
