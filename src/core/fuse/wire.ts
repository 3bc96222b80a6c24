// Who says what to whom: a kernel's requests to its daemon by opcode, the daemon's notices to its kernel, and the ioctls of
// the standalone module. Both ends see bytes only. A request waits for its answer; a notice waits for nothing.

/** Opcodes of fuse, where fuse has them; those from 128 on are ours. */
export const OPCODES = {
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

/** ioctl numbers of the standalone module, type 'u' (golden/README.md, "Other messages"). */
export const IOCTLS = { MAP_CREATE: 0x50, MAP_GET: 0x51, MAP_CREATE_V2: 0x54, MAP_GET_V2: 0x55 } as const
export type Ioctl = keyof typeof IOCTLS

/** The answer to a request: errno 0 and bytes, or a positive errno and none. */
export interface Answered {
  errno: number
  bytes: Uint8Array
}

/**
 * One request to the daemon: waits for the answer.
 * @param node of the file that it is about, as the daemon gave it out; 0 for none
 */
export type Upcall = (opcode: Opcode, node: number, request: Uint8Array) => Answered

/** A message as someone who watches sees it: copies, so that they can be kept. */
export interface Seen {
  from: 'kernel' | 'daemon' | 'tools'
  name: Opcode | Notice | Ioctl
  node: number
  request: Uint8Array
  /** Undefined for notices. */
  answer: Answered | undefined
  /** As the watcher's clock shows it, in microseconds: when it was sent, and when the answer was there. */
  sentUs: number
  answeredUs: number
}
