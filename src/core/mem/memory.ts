// Memory is the seam between the file system and a device: all metadata goes through it, so that a host which caches
// (incoherent memory) is a second make of the same interface. A range that is not backed is never touched.

import { assert } from '../base/assert.ts'
import { type Daxdev, presentBytesOf } from './daxdev.ts'
import { Health } from './health.ts'

export interface Memory {
  readonly device: Daxdev
  /** What the hardware says of the device. Reading and writing don't ask it: whoever resolves a fault does. */
  readonly health: Health
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

/** The devices of one file system by their index, as one host reaches them. */
export interface Memories {
  /** Undefined for an index that no device has, and for a device that this host doesn't have. */
  at(devindex: number): Memory | undefined
}

/** How much of a device one array of words covers. */
const BANK_BYTES = 1024 * 1024 * 1024

/** Straight to the device: no host caches anything, so flush and invalidate have nothing to do. */
export function coherentMemory(device: Daxdev): Memory {
  const { buffer, baseBytes } = device
  const presentBytes = presentBytesOf(device)
  // Views of a part, made when asked for: one of the whole device can't be longer than 4 GiB on Node 20.
  const part = (offsetBytes: number, lengthBytes: number): Uint8Array => new Uint8Array(buffer, baseBytes + offsetBytes, lengthBytes)
  const banks = Array.from({ length: Math.ceil(presentBytes / BANK_BYTES) }, (_, i) => bankOf(device, i))
  const wordAt = (offsetBytes: number): { bank: Bank; index: number } => {
    const bank = banks[Math.floor(offsetBytes / BANK_BYTES)]
    const index = (offsetBytes % BANK_BYTES) / 8
    assert(bank && Number.isInteger(index) && index >= 0 && index < bank.words.length, 'a word is 8-aligned and inside the device')
    return { bank, index }
  }
  return {
    device,
    health: new Health(device.health),
    presentBytes,
    read(offsetBytes, target) {
      assert(offsetBytes >= 0 && offsetBytes + target.length <= presentBytes, 'a read stays inside the device')
      target.set(part(offsetBytes, target.length))
    },
    write(offsetBytes, source) {
      assert(offsetBytes >= 0 && offsetBytes + source.length <= presentBytes, 'a write stays inside the device')
      part(offsetBytes, source.length).set(source)
    },
    load64(offsetBytes) {
      const { bank, index } = wordAt(offsetBytes)
      return Atomics.load(bank.words, index)
    },
    store64(offsetBytes, value) {
      const { bank, index } = wordAt(offsetBytes)
      Atomics.store(bank.words, index, value)
      if (bank.waiters) Atomics.notify(bank.waiters, index)
    },
    flush() {},
    invalidate() {},
    window(offsetBytes, lengthBytes) {
      assert(offsetBytes >= 0 && offsetBytes + lengthBytes <= presentBytes, 'a window stays inside the device')
      return part(offsetBytes, lengthBytes)
    },
  }
}

interface Bank {
  words: BigUint64Array
  /** Only shared memory has others who could wait for a word. */
  waiters: BigInt64Array<SharedArrayBuffer> | undefined
}

function bankOf(device: Daxdev, index: number): Bank {
  const { buffer, baseBytes } = device
  const wordCount = Math.floor(Math.min(BANK_BYTES, presentBytesOf(device) - index * BANK_BYTES) / 8)
  const offsetBytes = baseBytes + index * BANK_BYTES
  const waiters = buffer instanceof ArrayBuffer ? undefined : new BigInt64Array(buffer, offsetBytes, wordCount)
  return { words: new BigUint64Array(buffer, offsetBytes, wordCount), waiters }
}

/**
 * Blocks until an 8-byte word of the media differs from `seen`, without polling; for workers, since a page's own thread
 * may not block. Memory that isn't shared can't change meanwhile.
 * @returns false where the time ran out
 */
export function waitForChange(device: Daxdev, offsetBytes: number, seen: bigint, timeoutMs: number): boolean {
  const { buffer, baseBytes } = device
  if (buffer instanceof ArrayBuffer) return false
  const word = new BigInt64Array(buffer, baseBytes + offsetBytes, 1)
  return Atomics.wait(word, 0, BigInt.asIntN(64, seen), timeoutMs) !== 'timed-out'
}
