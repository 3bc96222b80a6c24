// A daxdev is memory of a fixed size that every host shares. Its backing buffer is never resized and never zero-filled:
// untouched memory costs nothing.

import { assert } from '../base/assert.ts'

export type DaxMode = 'system-ram' | 'devdax' | 'famfs'

export interface Daxdev {
  /** As typed: /dev/dax0.0 or /dev/pmem0. */
  name: string
  /** The device's own identity, as CXL labels it (Tag). */
  uuid: string
  /** What the device has. A metadata-only image is backed by fewer bytes. */
  sizeBytes: number
  mode: DaxMode
  buffer: SharedArrayBuffer | ArrayBuffer
}

/** What travels to a worker; the buffer is shared, not copied. */
export function daxdev(given: {
  name: string
  uuid: string
  buffer: SharedArrayBuffer | ArrayBuffer
  sizeBytes?: number
  mode?: DaxMode
}): Daxdev {
  const sizeBytes = given.sizeBytes ?? given.buffer.byteLength
  assert(given.buffer.byteLength <= sizeBytes, 'a device is backed by no more bytes than it has')
  return { name: given.name, uuid: given.uuid, buffer: given.buffer, sizeBytes, mode: given.mode ?? 'devdax' }
}
