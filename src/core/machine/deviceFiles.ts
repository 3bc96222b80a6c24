// What character devices do when they are read and written. A terminal is not a thing of core: whoever has one handles
// those names before they come here.

import { failLate } from '../base/late.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import type { Body } from './handles.ts'

export const DAX_MAJOR = 252

type Rdev = [number, number]

export const PLAIN_DEVICES: readonly { name: string; rdev: Rdev; mode: number }[] = [
  { name: 'null', rdev: [1, 3], mode: 0o666 },
  { name: 'zero', rdev: [1, 5], mode: 0o666 },
  { name: 'full', rdev: [1, 7], mode: 0o666 },
  { name: 'random', rdev: [1, 8], mode: 0o666 },
  { name: 'urandom', rdev: [1, 9], mode: 0o666 },
  { name: 'tty', rdev: [5, 0], mode: 0o666 },
  { name: 'stdin', rdev: [5, 1], mode: 0o666 },
  { name: 'stdout', rdev: [5, 2], mode: 0o666 },
  { name: 'stderr', rdev: [5, 3], mode: 0o666 },
]

// What the outside gives at once: crypto.getRandomValues has this limit.
const RANDOM_BYTES_MOST = 65_536

/** @returns nobody_there for numbers that no driver has */
export function deviceBody(path: string, rdev: Rdev, random: (target: Uint8Array<ArrayBuffer>) => void): Result<Body> {
  const swallow = (_: number, source: Uint8Array): Result<number> => ok(source.length)
  const zeros = (_: number, target: Uint8Array): Result<number> => ok(target.fill(0).length)
  const chance = (_: number, target: Uint8Array): Result<number> => ok(fillRandom(target, random))
  switch (rdev.join(':')) {
    case '1:3':
      return ok(body(() => ok(0), swallow))
    case '1:5':
      return ok(body(zeros, swallow))
    case '1:7':
      return ok(body(zeros, () => failLate('device_end', { path })))
    case '1:8':
    case '1:9':
      return ok(body(chance, swallow))
    default:
      return failLate('nobody_there', { path })
  }
}

/**
 * A memory device. In real life it can only be mapped; a relaxed host reads and writes it, so that people can look.
 * @param open whether bytes may go through
 */
export function daxBody(path: string, memory: Memory, open: () => boolean): Body {
  const { device, presentBytes } = memory
  const refused = (): ReturnType<typeof failLate<'map_only'>> => failLate('map_only', { path })
  return {
    ...body(
      (offsetBytes, target) => {
        if (!open()) return refused()
        const lengthBytes = Math.max(0, Math.min(target.length, device.sizeBytes - offsetBytes))
        if (lengthBytes === 0) return ok(0)
        if (offsetBytes + lengthBytes > presentBytes) return fail('not_on_image', { offsetBytes, presentBytes })
        const trouble = memoryTrouble(memory, offsetBytes, lengthBytes)
        if (trouble) return trouble
        memory.read(offsetBytes, target.subarray(0, lengthBytes))
        return ok(lengthBytes)
      },
      (offsetBytes, source) => {
        if (!open()) return refused()
        const lengthBytes = Math.min(source.length, device.sizeBytes - offsetBytes)
        if (lengthBytes <= 0) return source.length === 0 ? ok(0) : failLate('device_end', { path })
        if (offsetBytes + lengthBytes > presentBytes) return fail('not_on_image', { offsetBytes, presentBytes })
        const trouble = memoryTrouble(memory, offsetBytes, lengthBytes)
        if (trouble) return trouble
        memory.write(offsetBytes, source.subarray(0, lengthBytes))
        memory.flush(offsetBytes, lengthBytes)
        return ok(lengthBytes)
      },
    ),
    sizeBytes: () => device.sizeBytes,
  }
}

function body(read: Body['read'], write: Body['write']): Body {
  // Opening a device with O_TRUNC changes nothing, and neither does this.
  return { kind: 'device', sizeBytes: () => 0, read, write, truncate: () => ok(), close() {} }
}

function fillRandom(target: Uint8Array, random: (target: Uint8Array<ArrayBuffer>) => void): number {
  const piece = new Uint8Array(Math.min(RANDOM_BYTES_MOST, target.length))
  for (let at = 0; at < target.length; at += piece.length) {
    random(piece)
    target.set(piece.subarray(0, Math.min(piece.length, target.length - at)), at)
  }
  return target.length
}
