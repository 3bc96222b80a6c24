// What people and programs read of a run: one line for each failed step, and the counts, in which every step of every run
// stands exactly once.

import type { Outcome, StepFailure } from './runner.ts'

export interface Counts {
  runs: number
  passed: number
  failed: number
  skipped: number
}

export const NO_COUNTS: Counts = { runs: 0, passed: 0, failed: 0, skipped: 0 }

/** A deviating step that does as the reference does counts as skipped: it is neither right nor wrong. */
export function counted(counts: Counts, { stepCount, failures, deviations }: Outcome): Counts {
  const passed = stepCount - failures.length - deviations.length
  return { runs: counts.runs + 1, passed: counts.passed + passed, failed: counts.failed + failures.length, skipped: counts.skipped + deviations.length }
}

export function countsText({ runs, passed, failed, skipped }: Counts): string {
  return `${runs} scenario runs, ${passed} steps passed, ${failed} failed, ${skipped} skipped`
}

export function linesOf({ name, mode, failures, deviations }: Outcome): string[] {
  return [
    ...failures.map((failure) => `FAILED ${name} (${mode}) ${failureText(failure)}`),
    ...deviations.map((failure) => `DEVIATES ${name} (${mode}) ${failureText(failure)}`),
  ]
}

function failureText({ index, host, line, why, problems, stderr, failedRuns, runs }: StepFailure): string {
  const often = runs > 1 ? ` (${failedRuns} of ${runs} runs)` : ''
  const said = firstLines(stderr)
  const reason = why === undefined ? '' : `; why: ${why}`
  return `step ${index + 1} on ${host}: ${line}${often}: ${problems.join('; ')}${said === '' ? '' : `; stderr: ${said}`}${reason}`
}

function firstLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return [...lines.slice(0, 3), ...(lines.length > 3 ? [`... ${lines.length - 3} more lines`] : [])].join(' | ')
}
