// A daxdev is memory of a fixed size that every host shares. Its backing buffer is never resized and never zero-filled:
// untouched memory costs nothing. Several devices may lie in one buffer, one behind the other: a pool that is cut.

import { assert } from '../base/assert.ts'
import { HEALTH_BYTES } from './health.ts'

export type DaxMode = 'system-ram' | 'devdax' | 'famfs'

export interface Daxdev {
  /** As this host names it: /dev/dax0.0 or /dev/pmem0. Another host may name the same device otherwise. */
  name: string
  /** The device's own identity, as CXL labels it (Tag). */
  uuid: string
  /** What the device has. A metadata-only image is backed by fewer bytes. */
  sizeBytes: number
  mode: DaxMode
  buffer: SharedArrayBuffer | ArrayBuffer
  /** Where the device begins in its buffer; a multiple of 8. */
  baseBytes: number
  /** See health.ts. One buffer for all hosts that have the device. */
  health: SharedArrayBuffer | ArrayBuffer
}

/** What travels to a worker; the buffers are shared, not copied. */
export function daxdev(given: {
  name: string
  uuid: string
  buffer: SharedArrayBuffer | ArrayBuffer
  baseBytes?: number
  sizeBytes?: number
  mode?: DaxMode
  health?: SharedArrayBuffer | ArrayBuffer
}): Daxdev {
  const { name, uuid, buffer, baseBytes = 0, mode = 'devdax' } = given
  const restBytes = buffer.byteLength - baseBytes
  const sizeBytes = given.sizeBytes ?? restBytes
  assert(baseBytes % 8 === 0 && restBytes >= 0, 'a device begins inside its buffer')
  const health = given.health ?? newHealth(buffer)
  return { name, uuid, buffer, baseBytes, sizeBytes, mode, health }
}

/** Shared where the device is. */
function newHealth(buffer: SharedArrayBuffer | ArrayBuffer): SharedArrayBuffer | ArrayBuffer {
  return buffer instanceof ArrayBuffer ? new ArrayBuffer(HEALTH_BYTES) : new SharedArrayBuffer(HEALTH_BYTES)
}

/** Bytes of the device that are backed. */
export function presentBytesOf({ buffer, baseBytes, sizeBytes }: Daxdev): number {
  return Math.min(sizeBytes, buffer.byteLength - baseBytes)
}
