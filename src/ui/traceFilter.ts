// Which events the trace shows, and in what order: newest first, and what was undone above everything that still holds.

import { causes } from '../playground/causes.ts'
import type { TraceEvent, TraceKind } from '../playground/types.ts'

export interface TraceQuery {
  /** A host's name; PAGE for events of no host; empty for all. */
  host: string
  kind: 'all' | 'failures' | 'changes'
  text: string
}

export const PAGE = '-'
export const ALL_EVENTS: TraceQuery = { host: '', kind: 'all', text: '' }

/** A shell's line counts where it has left something on the device. */
const CHANGES: ReadonlySet<TraceKind> = new Set(['format', 'create', 'copy', 'mkdir', 'write', 'edit', 'memory'])

export function isTraceFilter({ host, kind, text }: TraceQuery): boolean {
  return host !== '' || kind !== 'all' || text.trim() !== ''
}

export function fitsTrace(event: TraceEvent, { host, kind, text }: TraceQuery): boolean {
  if (host !== '' && (event.host ?? PAGE) !== host) return false
  if (kind === 'failures' && !event.failure) return false
  if (kind === 'changes' && !CHANGES.has(event.kind) && !(event.kind === 'shell' && event.bytes)) return false
  const wanted = text.trim().toLowerCase()
  return wanted === '' || [event.sentence, event.command, causes[event.kind], event.failure?.next].some((words) => words?.toLowerCase().includes(wanted))
}

export interface TraceParts {
  /** Events of steps that were undone, newest first. */
  undone: TraceEvent[]
  /** All others, newest first. */
  done: TraceEvent[]
}

/** @param position steps that are done: the others are undone */
export function partsOf(events: readonly TraceEvent[], position: number): TraceParts {
  const newest = events.toReversed()
  const isUndone = ({ step }: TraceEvent): boolean => step !== undefined && step >= position
  return { undone: newest.filter(isUndone), done: newest.filter((event) => !isUndone(event)) }
}

/** Index of the last event of each step: the one after which the step is whole. */
export function lastOfSteps(events: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>()
  for (const { step, index } of events) if (step !== undefined) last.set(step, index)
  return last
}

export function hereText(position: number, stepCount: number): string {
  const undone = stepCount - position
  const where = position === 0 ? 'before the first step' : `after step ${position.toLocaleString('en')} of ${stepCount.toLocaleString('en')}`
  return `You are here: ${where}. ${undone === 1 ? 'The step above is' : `The ${undone.toLocaleString('en')} steps above are`} undone; what you do next takes ${undone === 1 ? 'its' : 'their'} place.`
}
