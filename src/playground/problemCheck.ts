// Loaded when the device is looked at for the first time. A look reads superblock and log and nothing else, changes
// nothing, and is done in pieces of a few milliseconds between which the page lives.

import type { Memory } from '../core/mem/memory.ts'
import { Turns } from '../host/turns.ts'
import { Findings } from './problemFindings.ts'
import { mediaSum, scanDevice } from './problemScan.ts'
import { type Problem, PROBLEMS_MOST, type ProblemsView, type Severity } from './types.ts'

export interface DeviceCheck {
  /** Errors, then warnings, then notes, each in the order of the device; at most PROBLEMS_MOST. */
  problems: Problem[]
  /** All that there are. */
  count: number
  /** One sentence: what was looked at and, where all is well, that it is. */
  sentence: string
}

export interface CheckOptions {
  /** A dump is only looked at: nothing was done to it here, so nothing can be undone. */
  isDump?: boolean
  /** Devices beside the primary. */
  others?: readonly Memory[]
}

const PIECE_MS = 4

/** fsck of a device, or of the first megabytes of one. */
export async function checkDevice(memory: Memory, options: CheckOptions = {}): Promise<DeviceCheck> {
  const findings = new Findings(options.isDump ?? false)
  const sentence = await inTurns(scanDevice(memory, findings, options.others))
  return { problems: findings.list(), count: findings.count, sentence }
}

/** Looks again only where something that fsck reads has changed since the last look: file data isn't. */
export class DeviceChecker {
  #memory: Memory | undefined
  #sum: number | undefined
  check: DeviceCheck | undefined

  /** @returns whether there is another check now; @param beginning told when there is something to do */
  async look(memory: Memory, beginning: () => void, others: readonly Memory[] = []): Promise<boolean> {
    // First the sum, then the check: what changes in between makes the next look differ.
    const sum = await inTurns(mediaSum(memory, others))
    if (memory === this.#memory && sum === this.#sum) return false
    beginning()
    const check = await checkDevice(memory, { others })
    this.#memory = memory
    this.#sum = sum
    const isNews = !sameCheck(check, this.check)
    if (isNews) this.check = check
    return isNews
  }
}

/**
 * @param more of memory and hosts, which no log tells of
 * @param isSilent the device doesn't answer: nobody could look now
 */
export function viewOf(check: DeviceCheck, more: readonly Problem[], checking: boolean, isSilent = false): ProblemsView {
  const all = [...check.problems, ...more]
  const of = (severity: Severity): Problem[] => all.filter((problem) => problem.severity === severity)
  const errors = of('error')
  const warnings = of('warning')
  return {
    list: [...errors, ...warnings, ...of('note')].slice(0, PROBLEMS_MOST),
    count: check.count + more.length,
    checking,
    sentence: [troubleText(errors.length, warnings.length, check.count > check.problems.length), isSilent ? `As last seen, before the device stopped answering: ${check.sentence}` : check.sentence].filter(Boolean).join(' '),
  }
}

function troubleText(errorCount: number, warningCount: number, isMore: boolean): string {
  const count = errorCount + warningCount
  if (count === 0) return ''
  const kinds = [counted(errorCount, 'error'), counted(warningCount, 'warning')].filter(Boolean)
  const more = isMore ? 'More than ' : ''
  return kinds.length === 1 ? `${more}${kinds.join()}.` : `${more}${counted(count, 'problem')}: ${kinds.join(', ')}.`
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`
}

function sameCheck(a: DeviceCheck, b: DeviceCheck | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b)
}

/** Runs it for a few milliseconds at a time, and lets others in between. */
async function inTurns<T>(task: Generator<undefined, T, void>): Promise<T> {
  const turns = new Turns()
  try {
    for (;;) {
      const endMs = performance.now() + PIECE_MS
      let step = task.next()
      while (!step.done && performance.now() < endMs) step = task.next()
      if (step.done) return step.value
      await turns.take()
    }
  } finally {
    turns.close()
  }
}
