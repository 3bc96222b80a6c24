// What happened, in order. Events are numbered from the session's start and only ever added; old ones fall off the list.

import type { Failure } from '../core/base/result.ts'
import { causes } from './sentences.ts'
import { type Extent, TRACE_MOST, type TraceEvent, type TraceKind } from './types.ts'

export class Trace {
  #events: TraceEvent[] = []
  #nextIndex = 0

  get events(): TraceEvent[] {
    return this.#events
  }

  add(kind: TraceKind, sentence: string, more: { host?: string; command?: string; bytes?: Extent; failure?: Failure; cause?: string } = {}): void {
    const event: TraceEvent = {
      index: this.#nextIndex++,
      kind,
      host: more.host,
      sentence,
      command: more.command,
      failure: more.failure,
      bytes: more.bytes,
      cause: more.cause ?? causes[kind],
      step: undefined,
    }
    this.#events = [...this.#events.slice(1 - TRACE_MOST), event]
  }

  fail(failure: Failure, host: string | undefined, command?: string): void {
    const who = host === undefined ? '' : `${host}: `
    this.add('failure', `${who}${failure.says}.`, { failure, ...(host === undefined ? {} : { host }), ...(command === undefined ? {} : { command }) })
  }
}
