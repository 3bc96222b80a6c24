// Messages: how many stand on the page, which are kept, and what in a session's snapshots is worth one.

import { describe, expect, it } from 'vitest'
import { fail } from '../../../src/core/base/result.ts'
import type { HistoryView, Snapshot, TaskView, TraceEvent } from '../../../src/playground/types.ts'
import { makeMessages, MESSAGES_MOST } from '../../../src/ui/messages.ts'
import { putAway, toast } from '../../../src/ui/toast.ts'
import { type Known, LONG_MS, type News, newsOf } from '../../../src/ui/news.ts'

const says = (count: number): string[] => Array.from({ length: count }, (_, i) => `message ${i}`)

describe('the store', () => {
  it('shows the last of each kind, and keeps the earlier ones', () => {
    const messages = makeMessages()
    for (const kind of ['note', 'done', 'failure', 'done', 'done'] as const) toast(messages, { kind, says: kind })
    const { all, shown } = messages.get()
    expect(all.map((message) => message.says)).toEqual(['note', 'done', 'failure', 'done', 'done'])
    expect(shown).toEqual([0, 2, 4])
    expect(all[0]).toMatchObject({ index: 0, isSpoken: false })
  })

  it('what is put away stays in the list, and its number is never used again', () => {
    const messages = makeMessages()
    const first = toast(messages, { kind: 'done', says: 'a' })
    putAway(messages, first.index)
    expect(messages.get()).toMatchObject({ all: [{ says: 'a' }], shown: [] })
    expect(toast(messages, { kind: 'done', says: 'b' }).index).toBe(1)
    expect(messages.get().shown).toEqual([1])
  })

  it('forgets the oldest of very many', () => {
    const messages = makeMessages()
    for (const text of says(MESSAGES_MOST + 5)) toast(messages, { kind: 'note', says: text })
    expect(messages.get().all).toHaveLength(MESSAGES_MOST)
    expect(messages.get().all.at(-1)?.index).toBe(MESSAGES_MOST + 4)
  })

  it('tells its listeners, and only of changes', () => {
    const messages = makeMessages()
    let count = 0
    const stop = messages.subscribe(() => count++)
    const { index } = toast(messages, { kind: 'note', says: 'a' })
    putAway(messages, index)
    putAway(messages, index)
    expect(count).toBe(2)
    stop()
    toast(messages, { kind: 'note', says: 'b' })
    expect(count).toBe(2)
  })
})

const HISTORY: HistoryView = { position: 3, stepCount: 3, back: undefined, forward: undefined, travelling: false }

function event(index: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return { index, kind: 'logplay', host: 'B', sentence: `event ${index}.`, command: undefined, failure: undefined, bytes: undefined, step: undefined, ...more }
}

/** As much of a snapshot as news are made of. */
function scene(trace: TraceEvent[], tasks: TaskView[] = [], history: Partial<HistoryView> = {}): Snapshot {
  return { trace, tasks, history: { ...HISTORY, ...history } } as Snapshot
}

/** News of each snapshot in turn, one second after the other. */
function newsOver(snapshots: Snapshot[], stepMs = 1000): News[] {
  let known: Known | undefined
  return snapshots.flatMap((snapshot, i) => {
    const seen = newsOf(known, snapshot, i * stepMs)
    known = seen.known
    return seen.news
  })
}

const failed = (index: number): TraceEvent => {
  const refused = fail('not_master', { what: 'create files' })
  if (refused.ok) throw new Error('it never is')
  return event(index, { kind: 'failure', failure: refused.failure })
}

describe('news', () => {
  it('a failure is told once, and what is there at the start is not', () => {
    const news = newsOver([scene([failed(0)]), scene([failed(0), event(1)]), scene([failed(0), event(1), failed(2)]), scene([failed(0), event(1), failed(2)])])
    expect(news).toMatchObject([{ kind: 'failed', event: { index: 2 } }])
  })

  it('a session that takes the place of another brings no news', () => {
    expect(newsOver([scene([event(7)]), scene([failed(0)])])).toEqual([])
  })

  const task: TaskView = { id: 1, host: 'B', label: 'B copies x', doneCount: 0, totalCount: 9, unit: 'bytes' }
  const during = (seconds: number): Snapshot[] => Array.from({ length: seconds + 1 }, () => scene([event(0)], [task]))

  it('a long task is told when it is done, in the trace’s words', () => {
    const lasted = LONG_MS / 1000 + 1
    expect(newsOver([...during(lasted), scene([event(0), event(1, { sentence: 'B copied x' })])])).toMatchObject([{ kind: 'finished', says: 'B copied x.', event: { index: 1 } }])
    expect(newsOver([...during(lasted), scene([event(0), event(1, { host: 'A' })])])).toMatchObject([{ kind: 'finished', says: 'B copies x: done.' }])
    // A failure is told as one, and a short task by its own row.
    expect(newsOver([...during(lasted), scene([event(0), failed(1)])]).map(({ kind }) => kind)).toEqual(['failed'])
    expect(newsOver([...during(1), scene([event(0), event(1)])])).toEqual([])
  })

  const back = (position: number, more: Partial<HistoryView> = {}): Snapshot => scene([event(0)], [], { position, ...more })

  it('undone steps that a new one takes the place of are told', () => {
    expect(newsOver([back(1), back(2, { stepCount: 2 })])).toMatchObject([{ kind: 'gave way', says: expect.stringMatching(/^2 undone steps gave way/) }])
    expect(newsOver([back(2), back(3)])).toMatchObject([{ kind: 'gave way', says: expect.stringMatching(/^1 undone step gave way/) }])
  })

  it('and travelling there and back is not', () => {
    expect(newsOver([back(3), back(2, { travelling: true }), back(2), back(2, { travelling: true }), back(3, { travelling: true }), back(3)])).toEqual([])
    expect(newsOver([back(3), back(4, { stepCount: 4 })])).toEqual([])
  })
})
