// Who says what to whom: a kernel's requests to its daemon by opcode, the daemon's notices to its kernel, and the ioctls of
// the standalone module. Both ends see bytes only. A request waits for its answer; a notice waits for nothing.

import type { WideMap } from '../fmap/wide.ts'

/** Opcodes of fuse, where fuse has them; those from 128 on are ours. */
export const OPCODES = {
  FORGET: 2,
  OPEN: 14,
  INIT: 26,
  GET_FMAP: 54,
  GET_DAXDEV: 55,
  IOMAP_BEGIN: 128,
} as const
export type Opcode = keyof typeof OPCODES

/** Notices from the daemon, ours. TABLE: new contents of the table that a program reads. */
export const NOTICES = { UPSERT: 1, INVAL: 2, TABLE: 3, PROGRAM: 4 } as const
export type Notice = keyof typeof NOTICES

/** ioctls of the standalone module that carry maps (golden/README.md, "Other messages"). */
export type Ioctl = 'MAP_CREATE' | 'MAP_GET' | 'MAP_CREATE_V2' | 'MAP_GET_V2'

/** The answer to a request: errno 0 and bytes, or a positive errno and none. */
export interface Answered {
  errno: number
  bytes: Uint8Array
}

/**
 * One request to the daemon: waits for the answer.
 * @param node of the file that it is about, as the daemon gave it out; 0 for none
 */
type Upcall = (opcode: Opcode, node: number, request: Uint8Array) => Answered

/** A message as someone who watches sees it: copies, so that they can be kept. */
export interface Seen {
  from: 'kernel' | 'daemon' | 'tools'
  name: Opcode | Notice | Ioctl
  node: number
  request: Uint8Array
  /** Undefined for notices, and where nobody answers. */
  answer: Answered | undefined
  /** As the watcher's clock shows it, in microseconds: when it was sent, and when the answer was there. */
  sentUs: number
  answeredUs: number
}

/** A notice from the daemon, as the kernel takes it. @returns 0, or a positive errno where it refuses */
export type Notify = (notice: Notice, node: number, bytes: Uint8Array) => number

/** A daemon as its kernel reaches it: beside it, or in another worker. */
export interface DaemonLink {
  /** Why nothing goes through it any more: only where the daemon can go without its kernel. */
  readonly failed?: string | undefined
  call: Upcall
  /** The kernel lets go of a file: nobody answers, and it waits for nothing. */
  forget(node: number): void
  /** Who takes notices: the kernel that mounted, once. */
  hear(notify: Notify): void
  /** Takes in the notices that wait, where they can wait: the kernel does so before it relies on what it holds. */
  poll(): void
}

/** One kind of request, as a daemon answers it. */
export type Handler = (node: number, request: Uint8Array) => Answered

export type Handlers = Partial<Record<Opcode, Handler>>

/** What a daemon answers from. */
export interface MapStore {
  /** Undefined for a node that was never given out, or whose file is gone. */
  map(node: number): WideMap | undefined
  /** A device's name on this host; undefined for an index that isn't known, and where the device isn't here. */
  daxdev(devindex: number): string | undefined
}
