// `fail` for the reasons of lateFailure.ts: code that is loaded late brings its own words along.

import { lateFailures, type LateDetails, type LateReason } from './lateFailure.ts'
import { failBy, type Failure } from './result.ts'

export function failLate<R extends LateReason>(
  reason: R,
  ...details: LateDetails<R> extends undefined ? [] : [LateDetails<R>]
): { ok: false; failure: Failure<R> } {
  return failBy(lateFailures[reason], reason, details[0])
}
