// Work that shows its progress and can be stopped, one task or all that run.

import type { Result } from '../core/base/result.ts'
import type { CallOptions } from '../host/driver.ts'
import type { TaskView } from './types.ts'

interface RunningTask {
  view: TaskView
  stop: AbortController
  ended: Promise<unknown>
}

export class Tasks {
  readonly #running = new Map<number, RunningTask>()
  readonly #changed: () => void
  readonly #progressed: () => void
  #nextId = 1
  /** Moves when everything that runs is stopped. */
  stopCount = 0

  /** @param progressed told when a task has got on, and so the device may have changed */
  constructor(changed: () => void, progressed: () => void) {
    this.#changed = changed
    this.#progressed = progressed
  }

  get views(): TaskView[] {
    return [...this.#running.values()].map((task) => task.view)
  }

  async run<T>(host: string, label: string, work: (call: CallOptions) => Promise<Result<T>>): Promise<Result<T>> {
    const id = this.#nextId++
    const stop = new AbortController()
    const view: TaskView = { id, host, label, doneCount: 0, totalCount: 0, unit: 'bytes' }
    const onProgress: CallOptions['onProgress'] = (progress) => {
      const running = this.#running.get(id)
      if (!running) return
      this.#running.set(id, { ...running, view: { ...view, ...progress } })
      this.#progressed()
    }
    const working = work({ onProgress, signal: stop.signal })
    this.#running.set(id, { view, stop, ended: working })
    this.#changed()
    try {
      return await working
    } finally {
      this.#running.delete(id)
      this.#changed()
    }
  }

  stop(id: number): void {
    this.#running.get(id)?.stop.abort()
  }

  stopAll(): void {
    this.stopCount++
    for (const { stop } of this.#running.values()) stop.abort()
  }

  /** Resolves when all that run now have ended, however. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map((task) => task.ended))
  }
}
