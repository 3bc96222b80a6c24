// The names that this session's hosts share: device, mount point, and the user that the page acts as.

import { MIB } from '../core/base/align.ts'

export const NAMES = {
  device: '/dev/dax0.0',
  mountpoint: '/mnt/famfs',
  /** Page actions are an ordinary user's; only formatting and mounting are root's. */
  user: { uid: 1000, gid: 1000 },
} as const

export const DEVICE_BYTES = 256 * MIB

/** A, B, ... in the order of their adding; the first that is free. */
export function freeHostName(taken: string[]): string {
  for (let code = 65; code < 91; code++) {
    const name = String.fromCharCode(code)
    if (!taken.includes(name)) return name
  }
  return `H${taken.length}`
}
