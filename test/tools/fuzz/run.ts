// Runs fuzz inputs and counts what became of them. A throw of any kind is kept with its number; timing is measured, and
// whether it is too much is for the caller to say.

import { EntryWindow } from '../../../src/core/log/entries.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { Chance } from './chance.ts'
import { exercise } from './exercise.ts'
import { type Kind, makeInput } from './inputs.ts'

export interface FuzzReport {
  kind: Kind
  runs: number
  /** Reason -> how many inputs ended so. */
  outcomes: Record<string, number>
  created: Record<string, number>
  passedFirst: number
  slowest: { run: number; ms: number }
  throws: Throw[]
}

export interface Throw {
  run: number
  message: string
  stack: string
}

const THROWS_KEPT = 20

export function fuzz(kind: Kind, numbers: Iterable<number>, seed: number): FuzzReport {
  const report: FuzzReport = { kind, runs: 0, outcomes: {}, created: {}, passedFirst: 0, slowest: { run: -1, ms: 0 }, throws: [] }
  for (const run of numbers) {
    const memory = makeInput(kind, seed, run)
    judged(report, run, () => oneInput(report, memory, seed, run))
  }
  return report
}

/** One input: how long it took, and whether it threw. */
export function judged(report: Pick<FuzzReport, 'runs' | 'outcomes' | 'throws' | 'slowest'>, run: number, judge: () => void): void {
  report.runs++
  const elapsed = stopwatch()
  try {
    judge()
  } catch (error) {
    count(report.outcomes, 'THROWN')
    keptThrow(report.throws, run, error)
  }
  const ms = elapsed()
  if (ms > report.slowest.ms) report.slowest = { run, ms }
}

function oneInput(report: FuzzReport, memory: Memory, seed: number, run: number): void {
  const { kind } = report
  const entryTrouble = kind === 'entry' ? troubleOfEntry(memory) : undefined
  const { superblockGood, reason, created } = exercise(memory, new Chance(seed + 1, run))
  if (kind === 'entry' ? entryTrouble === undefined : superblockGood) report.passedFirst++
  count(report.outcomes, entryTrouble ?? reason)
  count(report.created, created)
}

/** The fuzzed entry is the second one. */
function troubleOfEntry(memory: Memory): string | undefined {
  const window = new EntryWindow(memory, { logOffsetBytes: LOG_OFFSET_BYTES })
  window.load(1, 2)
  return window.troubleOf(1)
}

/** Milliseconds that the input itself took: a machine that is busy with other things takes longer, but works no more. */
function stopwatch(): () => number {
  const start = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return Math.min(performance.now() - start, (user + system) / 1000)
  }
}

function keptThrow(throws: Throw[], run: number, error: unknown): void {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  if (throws.length < THROWS_KEPT) throws.push({ run, message, stack })
}

export function count(counts: Record<string, number>, reason: string): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}
