// What happened, in order. Events are numbered from the session's start; old ones fall off the list, and those of steps that
// were undone go when something else is done instead.

import type { Failure } from '../core/base/result.ts'
import { type Extent, TRACE_MOST, type TraceEvent, type TraceKind } from './types.ts'

/** Looking and saving is nothing that a step back could undo. */
const NO_STEP: ReadonlySet<TraceKind> = new Set(['read', 'storage', 'history'])

export class Trace {
  #events: TraceEvent[] = []
  #nextIndex = 0

  get events(): TraceEvent[] {
    return this.#events
  }

  get nextIndex(): number {
    return this.#nextIndex
  }

  /** Gives events to a step: what a host said from its operation's beginning on. @returns the first one's sentence */
  claim(step: number, operations: readonly { host: string | undefined; firstEvent: number }[]): string | undefined {
    const isOf = (event: TraceEvent): boolean =>
      event.step === undefined && !NO_STEP.has(event.kind) &&
      operations.some(({ host, firstEvent }) => event.index >= firstEvent && (host === undefined || event.host === undefined || event.host === host))
    let sentence: string | undefined
    this.#events = this.#events.map((event) => {
      if (!isOf(event)) return event
      sentence ??= event.sentence
      return { ...event, step }
    })
    return sentence
  }

  /** Forgets the events of this step and all later ones. */
  dropFrom(step: number): void {
    if (this.#events.some((event) => (event.step ?? -1) >= step)) this.#events = this.#events.filter((event) => (event.step ?? -1) < step)
  }

  /** The steps that they were of are no more, and they stay. */
  release(): void {
    this.#events = this.#events.map((event) => (event.step === undefined ? event : { ...event, step: undefined }))
  }

  /** Where the history stands is said once, and not again and again. */
  addTravel(sentence: string): void {
    if (this.#events.at(-1)?.kind === 'history') this.#events = this.#events.slice(0, -1)
    this.add('history', sentence)
  }

  add(kind: TraceKind, sentence: string, more: { host?: string; command?: string; bytes?: Extent; failure?: Failure } = {}): void {
    const event: TraceEvent = {
      index: this.#nextIndex++,
      kind,
      host: more.host,
      sentence,
      command: more.command,
      failure: more.failure,
      bytes: more.bytes,
      step: undefined,
    }
    this.#events = [...this.#events.slice(1 - TRACE_MOST), event]
  }

  fail(failure: Failure, host: string | undefined, command?: string): void {
    const who = host === undefined ? '' : `${host}: `
    this.add('failure', `${who}${failure.says}.`, { failure, ...(host === undefined ? {} : { host }), ...(command === undefined ? {} : { command }) })
  }
}
