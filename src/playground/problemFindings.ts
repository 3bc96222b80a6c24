// What a look at a device has found, in the order of finding. Very much can be wrong with a device: so many of each
// severity are kept as can be shown, and all are counted.

import type { Failure } from '../core/base/result.ts'
import { type Extent, type Problem, PROBLEMS_MOST, type Severity } from './types.ts'

export interface Place {
  bytes: Extent
  entryIndex?: number
}

export class Findings {
  readonly #isDump: boolean
  readonly #kept: Record<Severity, Problem[]> = { error: [], warning: [], note: [] }
  count = 0

  constructor(isDump: boolean) {
    this.#isDump = isDump
  }

  /** @param id names it within its place; @param says a sentence without a final stop; @param advice one sentence or more, with it */
  add(severity: Severity, id: string, says: string, advice: string, { bytes, entryIndex }: Place): void {
    this.count++
    const kept = this.#kept[severity]
    if (kept.length >= PROBLEMS_MOST) return
    const where = entryIndex === undefined ? 'device' : `entry-${entryIndex}`
    kept.push({ id: `${where}-${id}`, severity, says: `${capital(says)}.`, next: this.#next(severity, advice), bytes, entryIndex, host: undefined })
  }

  fail(failure: Failure, place: Place): void {
    this.add('error', failure.reason, failure.says, failure.next, place)
  }

  list(): Problem[] {
    const { error, warning, note } = this.#kept
    return [...error, ...warning, ...note].slice(0, PROBLEMS_MOST)
  }

  #next(severity: Severity, advice: string): string {
    return this.#isDump || severity !== 'error' ? advice : `If something done here broke it, step back. Otherwise ${advice.charAt(0).toLowerCase()}${advice.slice(1)}`
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
