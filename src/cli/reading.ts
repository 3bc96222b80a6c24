// Whole pieces of an open file: a handle may give fewer bytes than were asked for, and that is not the end.

import { fail, type Failure } from '../core/base/result.ts'
import type { Handle } from '../core/machine/systemTypes.ts'

/** Fills the target, or says why it can't; an end in the middle is trouble. */
export function readPart(handle: Handle, offsetBytes: number, target: Uint8Array): { ok: false; failure: Failure } | undefined {
  for (let done = 0; done < target.length; ) {
    const got = handle.read(offsetBytes + done, target.subarray(done))
    if (!got.ok) return got
    if (got.value === 0) return fail('source_short', { doneBytes: offsetBytes + done, sizeBytes: handle.sizeBytes() })
    done += got.value
  }
  return undefined
}

/** Where two pieces of the same length differ first; -1 where they don't. */
export function differsAt(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return -1
}
