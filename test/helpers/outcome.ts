// What tests do with Results: take the value of one that must be good, or the reason of one that must be bad.

import { expect } from 'vitest'
import type { Reason } from '../../src/core/base/failure.ts'
import type { Failure, Result } from '../../src/core/base/result.ts'

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`not ok: ${result.failure.reason}: ${result.failure.says}`)
  return result.value
}

/** The failure, which has this reason, a sentence and advice. */
export function failureOf(result: Result<unknown>, reason: Reason): Failure {
  if (result.ok) throw new Error(`ok, where ${reason} was expected`)
  const { failure } = result
  expect({ reason: failure.reason, says: failure.says }).toEqual({ reason, says: expect.stringMatching(/\w+ \w+/) })
  expect(failure.next).toMatch(/\w.*[.!]$/)
  return failure
}

/** Bytes that differ from place to place, so that a byte at the wrong place is seen. */
export function patternBytes(lengthBytes: number, salt: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthBytes)
  for (let i = 0; i < lengthBytes; i++) bytes[i] = (i * 31 + (i >>> 8) * 7 + (i >>> 16) * 13 + salt) & 0xff
  return bytes
}

/** Where the first byte differs; -1 for equal bytes. Comparing megabytes with toEqual takes minutes. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length)
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return -1
}
