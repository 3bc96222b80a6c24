// Expected trouble is returned, never thrown. A Result is plain data, so it survives the way out of a worker, where an
// Error would lose its class and code.

import { type EagerReason, type FailureDetails, failures, type Reason } from './failure.ts'
import type { Errno, Row } from './failureRow.ts'

export interface Failure<R extends Reason = Reason> {
  reason: R
  errno: Errno
  /** One sentence: what went wrong, with its numbers. */
  says: string
  /** One sentence: what to do now. */
  next: string
}

export type Result<T, R extends Reason = Reason> = { ok: true; value: T } | { ok: false; failure: Failure<R> }

export function ok(): { ok: true; value: undefined }
export function ok<T>(value: T): { ok: true; value: T }
export function ok<T>(value?: T): { ok: true; value: T | undefined } {
  return { ok: true, value }
}

export function fail<R extends EagerReason>(
  reason: R,
  ...details: FailureDetails<R> extends undefined ? [] : [FailureDetails<R>]
): { ok: false; failure: Failure<R> } {
  return failBy(failures[reason], reason, details[0])
}

/** @param row of that reason, whichever table it stands in */
export function failBy<R extends Reason>(row: Row<never>, reason: R, details: unknown): { ok: false; failure: Failure<R> } {
  const { errno, says, next } = row as Row<unknown>
  return { ok: false, failure: { reason, errno, says: says(details), next: next(details) } }
}

/** The value of a result that can't have failed: a failure here is our own mistake. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`broken assumption: ${result.failure.reason}: ${result.failure.says}`)
  return result.value
}
