// What in a new snapshot is worth a message: what failed, what took long and is done, and steps that were lost for good. A
// pure comparison with what was known before; whether a failure is in sight anyway is for whoever shows it.

import type { Snapshot, TraceEvent } from '../playground/types.ts'
import { plural, sentence } from './format.ts'

/** A task that took longer is worth saying that it is done. */
export const LONG_MS = 2000

export interface Known {
  /** The trace is known up to this index. */
  traceIndex: number
  tasks: ReadonlyMap<number, RunningTask>
  position: number
  stepCount: number
  travelling: boolean
}

interface RunningTask {
  host: string | undefined
  label: string
  sinceMs: number
  /** Last event before it was seen. */
  traceIndex: number
}

export type News =
  | { kind: 'failed'; event: TraceEvent }
  | { kind: 'finished'; says: string; event: TraceEvent | undefined }
  | { kind: 'gave way'; says: string }

/** What is there when the page opens is known, and no news. */
export function newsOf(before: Known | undefined, snapshot: Snapshot, nowMs: number): { known: Known; news: News[] } {
  const known = knownOf(before, snapshot, nowMs)
  // Another session has taken this one's place: its events are its past.
  if (!before || known.traceIndex < before.traceIndex) return { known, news: [] }
  const fresh = snapshot.trace.filter(({ index }) => index > before.traceIndex)
  return { known, news: [...failedNews(fresh), ...finishedNews(before, snapshot, nowMs), ...gaveWayNews(before, snapshot)] }
}

function knownOf(before: Known | undefined, { trace, tasks, history }: Snapshot, nowMs: number): Known {
  const traceIndex = trace.at(-1)?.index ?? -1
  return {
    traceIndex,
    tasks: new Map(tasks.map(({ id, host, label }) => [id, before?.tasks.get(id) ?? { host, label, sinceMs: nowMs, traceIndex }])),
    position: history.position,
    stepCount: history.stepCount,
    travelling: history.travelling,
  }
}

function failedNews(fresh: TraceEvent[]): News[] {
  return fresh.filter(({ failure }) => failure !== undefined).map((event) => ({ kind: 'failed', event }))
}

function finishedNews(before: Known, { tasks, trace }: Snapshot, nowMs: number): News[] {
  const running = new Set(tasks.map(({ id }) => id))
  return [...before.tasks].flatMap(([id, task]): News[] => {
    if (running.has(id) || nowMs - task.sinceMs <= LONG_MS) return []
    const event = trace.findLast(({ index, host }) => index > task.traceIndex && host === task.host)
    // A failure is told as one.
    if (event?.failure) return []
    return [{ kind: 'finished', says: sentence(event?.sentence ?? `${task.label}: done`), event }]
  })
}

function gaveWayNews(before: Known, { history: { position, stepCount, travelling } }: Snapshot): News[] {
  const undone = before.stepCount - before.position
  // Going there and back loses nothing; a new step takes the place of all that were undone.
  if (undone === 0 || before.travelling || travelling || position !== before.position + 1 || stepCount !== position) return []
  return [{ kind: 'gave way', says: `${plural(undone, 'undone step')} gave way to this one, and can’t be done again.` }]
}
