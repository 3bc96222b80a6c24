// The lab in the page's own thread, where there are no workers: one job after the other, in steps, so that what else the
// page does comes in between.

import { fail } from '../../core/base/result.ts'
import { outsideOf, taskOf, type LabJob } from './jobs.ts'
import type { LabProgress } from '../../sim/lab/types.ts'
import type { Runner } from './runner.ts'

export class InlineRunner implements Runner {
  readonly #daemonWhy: string | undefined
  #last: Promise<unknown> = Promise.resolve()
  #cancelCount = 0

  constructor(daemonWhy: string | undefined) {
    this.#daemonWhy = daemonWhy
  }

  run(job: LabJob, onProgress: (progress: LabProgress) => void): ReturnType<Runner['run']> {
    const mine = this.#cancelCount
    const answer = this.#last.then(() => this.#steps(job, onProgress, mine))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  cancel(): void {
    this.#cancelCount++
  }

  async #steps(job: LabJob, onProgress: (progress: LabProgress) => void, mine: number): ReturnType<Runner['run']> {
    const task = taskOf(job, outsideOf({ daemonWhy: this.#daemonWhy }))
    while (mine === this.#cancelCount) {
      const step = task.next()
      if (step.done) return step.value
      onProgress(step.value)
      await new Promise((resolve) => setTimeout(resolve))
    }
    return fail('cancelled')
  }
}
