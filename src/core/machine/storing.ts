// Bytes stored on a device itself, as root: past every mapping, every mode and every checksum. Nothing but the size of the
// device and memory that failed keeps anyone from it, which is what shared memory is like.

import { failLate } from '../base/late.ts'
import { ok, type Result } from '../base/result.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'

export function storeBytes(memory: Memory, offsetBytes: number, bytes: Uint8Array): Result<undefined, 'out_of_device' | 'device_failed'> {
  const { presentBytes } = memory
  const fits = Number.isSafeInteger(offsetBytes) && offsetBytes >= 0 && offsetBytes + bytes.length <= presentBytes
  if (!fits || bytes.length === 0) return failLate('out_of_device', { offsetBytes, lengthBytes: bytes.length, presentBytes })
  const trouble = memoryTrouble(memory, offsetBytes, bytes.length)
  if (trouble) return trouble
  memory.write(offsetBytes, bytes)
  memory.flush(offsetBytes, bytes.length)
  return ok()
}
