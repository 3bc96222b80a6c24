// A look at bytes is a private copy of at most 64 KiB.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Memory } from '../core/mem/memory.ts'
import { PEEK_MOST_BYTES } from './types.ts'

/** Bytes behind the end of the device are left out. */
export function peekDevice(memory: Memory, offsetBytes: number, lengthBytes: number): Result<Uint8Array<ArrayBuffer>, 'peek_too_long' | 'not_on_image'> {
  const { presentBytes } = memory
  if (lengthBytes > PEEK_MOST_BYTES) return fail('peek_too_long', { lengthBytes, limitBytes: PEEK_MOST_BYTES })
  if (!isOffset(offsetBytes) || offsetBytes > presentBytes) return fail('not_on_image', { offsetBytes, presentBytes })
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, presentBytes - offsetBytes)))
  memory.read(offsetBytes, bytes)
  return ok(bytes)
}

export function isOffset(offsetBytes: number): boolean {
  return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0
}
