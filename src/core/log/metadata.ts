// Superblock and log are reached as a whole or not at all: nobody begins an operation on metadata that has failed memory in
// it, so nothing is ever left half made.

import type { Failure } from '../base/result.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { LOG_OFFSET_BYTES } from '../omf/constants.ts'
import { Superblock } from '../omf/superblock.ts'

const LOG_LENGTH_OFFSET = Superblock.offsetOf('ts_log_len')

/** @returns undefined where superblock and log can be touched, whether or not they make sense */
export function metadataTrouble(memory: Memory): { ok: false; failure: Failure<'device_failed'> } | undefined {
  if (memory.health.isSound) return undefined
  return memoryTrouble(memory, 0, Superblock.sizeBytes) ?? memoryTrouble(memory, LOG_OFFSET_BYTES, logLengthOf(memory))
}

/** As the superblock says, whatever else it is, and never more than the device has. */
function logLengthOf(memory: Memory): number {
  const restBytes = Math.max(1, memory.presentBytes - LOG_OFFSET_BYTES)
  if (memory.presentBytes < Superblock.sizeBytes) return restBytes
  const bytes = new Uint8Array(8)
  memory.read(LOG_LENGTH_OFFSET, bytes)
  return Math.max(1, Math.min(restBytes, Number(new DataView(bytes.buffer).getBigUint64(0, true))))
}
