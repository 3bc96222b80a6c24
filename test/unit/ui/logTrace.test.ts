// Which events the trace shows and in what order: filters by host, kind and words, and undone steps above the present.

import { describe, expect, it } from 'vitest'
import type { TraceEvent } from '../../../src/playground/types.ts'
import { ALL_EVENTS, fitsTrace, hereText, isTraceFilter, lastOfSteps, PAGE, partsOf } from '../../../src/ui/traceFilter.ts'
import { fail } from '../../../src/core/base/result.ts'

function event(index: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return { index, kind: 'host', host: undefined, sentence: `Event ${index}.`, command: undefined, failure: undefined, bytes: undefined, step: undefined, ...more }
}

const events = [
  event(0, { kind: 'page' }),
  event(1, { kind: 'format', host: 'A', command: 'sudo mkfs.famfs /dev/dax0.0', step: 0 }),
  event(2, { kind: 'mount', host: 'B', step: 0 }),
  event(3, { kind: 'create', host: 'A', sentence: 'A appended entry 0: file Tides.f64.', step: 1 }),
  event(4, { kind: 'failure', host: 'B', failure: fail('log_full', { slotCount: 3 }).failure }),
  event(5, { kind: 'shell', host: 'B', bytes: { offsetBytes: 0, lengthBytes: 1 }, step: 2 }),
  event(6, { kind: 'shell', host: 'B', step: 3 }),
  event(7, { kind: 'history' }),
]

function shown(more: Partial<typeof ALL_EVENTS>): number[] {
  return events.filter((candidate) => fitsTrace(candidate, { ...ALL_EVENTS, ...more })).map(({ index }) => index)
}

describe('filters', () => {
  it('by host; the page is who no host is', () => {
    expect(shown({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(shown({ host: 'A' })).toEqual([1, 3])
    expect(shown({ host: PAGE })).toEqual([0, 7])
    expect(shown({ host: 'Z' })).toEqual([])
  })

  it('by kind: failures, and what changed the device', () => {
    expect(shown({ kind: 'failures' })).toEqual([4])
    expect(shown({ kind: 'changes' })).toEqual([1, 3, 5])
  })

  it('by words of sentence, command, cause and advice, whatever the case', () => {
    expect(shown({ text: 'tides' })).toEqual([3])
    expect(shown({ text: ' MKFS ' })).toEqual([1, 4])
    expect(shown({ text: 'allocated once' })).toEqual([3])
    expect(shown({ text: 'tides', host: 'B' })).toEqual([])
  })

  it('know when they are none', () => {
    expect(isTraceFilter(ALL_EVENTS)).toBe(false)
    expect(isTraceFilter({ ...ALL_EVENTS, text: ' ' })).toBe(false)
    expect([{ host: 'A' }, { kind: 'failures' as const }, { text: 'x' }].map((more) => isTraceFilter({ ...ALL_EVENTS, ...more }))).toEqual([true, true, true])
  })
})

describe('order', () => {
  it('is newest first, and what was undone stands above what holds', () => {
    const { undone, done } = partsOf(events, 2)
    expect(undone.map(({ index }) => index)).toEqual([6, 5])
    expect(done.map(({ index }) => index)).toEqual([7, 4, 3, 2, 1, 0])
    expect(partsOf(events, 4).undone).toEqual([])
  })

  it('a step is whole after its last event', () => {
    expect([...lastOfSteps(events)]).toEqual([[0, 2], [1, 3], [2, 5], [3, 6]])
  })

  it('says where we are', () => {
    expect(hereText(2, 3)).toBe('You are here: after step 2 of 3. The step above is undone; what you do next takes its place.')
    expect(hereText(0, 1200)).toBe('You are here: before the first step. The 1,200 steps above are undone; what you do next takes their place.')
  })
})
