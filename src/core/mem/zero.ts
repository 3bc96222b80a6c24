// Zeroes memory and writes only where something isn't zero: what was never touched stays uncommitted.

import { PIECE_BYTES, type Task } from '../base/task.ts'
import type { Memory } from './memory.ts'

const STEP_BYTES = 64 * 1024

export function* zero(memory: Memory, offsetBytes: number, lengthBytes: number): Task<void> {
  const seen = new Uint8Array(STEP_BYTES)
  const words = new Int32Array(seen.buffer)
  const zeros = new Uint8Array(STEP_BYTES)
  for (let done = 0; done < lengthBytes; done += STEP_BYTES) {
    const part = Math.min(STEP_BYTES, lengthBytes - done)
    memory.read(offsetBytes + done, seen.subarray(0, part))
    if (words.subarray(0, Math.ceil(part / 4)).some((word) => word !== 0)) memory.write(offsetBytes + done, zeros.subarray(0, part))
    if ((done + part) % PIECE_BYTES === 0) yield { doneCount: done + part, totalCount: lengthBytes, unit: 'bytes' }
  }
}
