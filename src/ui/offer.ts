// What the guide offers to press, each by its name and what it does. A step back is offered for what was done last, and by
// nothing else.

import type { Result } from '../core/base/result.ts'
import type { Playground, Snapshot, TraceEvent } from '../playground/types.ts'
import type { Look } from './look.tsx'

export interface Offer {
  label: string
  run: (playground: Playground, look: Look) => Promise<Result<unknown>> | void
}

/** What was done last, once it is a step: before, a step back would undo the one before. */
export function lastDone({ trace, history }: Pick<Snapshot, 'trace' | 'history'>): TraceEvent | undefined {
  const last = trace.findLast(({ kind, failure }) => kind !== 'history' && !failure)
  return history.position > 0 && last?.step === history.position - 1 ? last : undefined
}

export function undoOffer({ history }: Snapshot, label = 'Undo the last step'): Offer {
  return { label, run: (playground) => playground.stepTo(history.position - 1) }
}
