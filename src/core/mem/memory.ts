// Memory is the seam between the file system and a device: all metadata goes through it, so that a host which caches
// (incoherent memory) is a second make of the same interface. A range that is not backed is never touched.

import { assert } from '../base/assert.ts'
import type { Daxdev } from './daxdev.ts'

export interface Memory {
  readonly device: Daxdev
  /** Bytes that can be read and written; less than the device's size for a metadata-only image. */
  readonly presentBytes: number
  /** Copies bytes as this host sees them. */
  read(offsetBytes: number, target: Uint8Array): void
  write(offsetBytes: number, bytes: Uint8Array): void
  /** One 8-byte word in one step, for fields that others read while we write. `offsetBytes` is a multiple of 8. */
  load64(offsetBytes: number): bigint
  store64(offsetBytes: number, value: bigint): void
  /** Makes this host's writes in the range visible to the media. */
  flush(offsetBytes: number, lengthBytes: number): void
  /** Forgets what this host has cached of the range, so that the next read sees the media. */
  invalidate(offsetBytes: number, lengthBytes: number): void
  /** The bytes themselves, as a processor's load and store instructions reach them: how mmap sees file data. */
  window(offsetBytes: number, lengthBytes: number): Uint8Array
}

/** Straight to the device: no host caches anything, so flush and invalidate have nothing to do. */
export function coherentMemory(device: Daxdev): Memory {
  const bytes = new Uint8Array(device.buffer)
  const wordCount = Math.floor(device.buffer.byteLength / 8)
  const words = new BigUint64Array(device.buffer, 0, wordCount)
  // Only shared memory has others who could wait for a word.
  const waiters = device.buffer instanceof ArrayBuffer ? undefined : new BigInt64Array(device.buffer, 0, wordCount)
  return {
    device,
    presentBytes: bytes.length,
    read(offsetBytes, target) {
      assert(offsetBytes >= 0 && offsetBytes + target.length <= bytes.length, 'a read stays inside the device')
      target.set(bytes.subarray(offsetBytes, offsetBytes + target.length))
    },
    write(offsetBytes, source) {
      assert(offsetBytes >= 0 && offsetBytes + source.length <= bytes.length, 'a write stays inside the device')
      bytes.set(source, offsetBytes)
    },
    load64(offsetBytes) {
      return Atomics.load(words, wordIndex(offsetBytes, words))
    },
    store64(offsetBytes, value) {
      const index = wordIndex(offsetBytes, words)
      Atomics.store(words, index, value)
      if (waiters) Atomics.notify(waiters, index)
    },
    flush() {},
    invalidate() {},
    window(offsetBytes, lengthBytes) {
      assert(offsetBytes >= 0 && offsetBytes + lengthBytes <= bytes.length, 'a window stays inside the device')
      return bytes.subarray(offsetBytes, offsetBytes + lengthBytes)
    },
  }
}

function wordIndex(offsetBytes: number, words: BigUint64Array): number {
  const index = offsetBytes / 8
  assert(Number.isInteger(index) && index >= 0 && index < words.length, 'a word is 8-aligned and inside the device')
  return index
}

/**
 * Blocks until an 8-byte word of the media differs from `seen`, without polling; for workers, since a page's own thread
 * may not block. Memory that isn't shared can't change meanwhile.
 * @returns false where the time ran out
 */
export function waitForChange(device: Daxdev, offsetBytes: number, seen: bigint, timeoutMs: number): boolean {
  const { buffer } = device
  if (buffer instanceof ArrayBuffer) return false
  const words = new BigInt64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  return Atomics.wait(words, offsetBytes / 8, BigInt.asIntN(64, seen), timeoutMs) !== 'timed-out'
}
