// Whatever runs the lab's jobs: workers, or the page's own thread. Jobs are answered in the order they were given.

import { fail, type Result } from '../../core/base/result.ts'
import type { LabProgress } from '../../sim/lab/types.ts'
import type { LabAnswers, LabJob } from './jobs.ts'
import { LabWorker, type Waiting, type WorkerOptions } from './labWorker.ts'

export interface Runner {
  run(job: LabJob, onProgress: (progress: LabProgress) => void): Promise<Result<LabAnswers[keyof LabAnswers]>>
  cancel(): void
}

export class WorkerRunner implements Runner {
  readonly #options: WorkerOptions
  readonly #daemonWhy: string | undefined
  #lab: LabWorker | undefined

  /** @param first is running */
  constructor(first: LabWorker, options: WorkerOptions, daemonWhy: string | undefined) {
    this.#lab = first
    this.#options = options
    this.#daemonWhy = daemonWhy
  }

  run(job: LabJob, onProgress: Waiting['onProgress']): ReturnType<Runner['run']> {
    return new Promise((settle, reject) => this.#ready().ask({ job, onProgress, settle, reject }))
  }

  cancel(): void {
    for (const { settle } of this.#lab?.end() ?? []) settle(fail('cancelled'))
    this.#lab = undefined
  }

  #ready(): LabWorker {
    if (this.#lab?.isDown && this.#lab.isIdle) this.cancel()
    this.#lab ??= new LabWorker(this.#options, this.#daemonWhy)
    return this.#lab
  }
}
