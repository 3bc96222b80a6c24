// The page's side of the lab's worker and of the daemon's beside it. A worker that dies settles whatever waited for it; a
// daemon that dies ends its ring, so that the kernel which waits for it goes on with an error.

import { failLate } from '../../core/base/late.ts'
import type { Result } from '../../core/base/result.ts'
import { endRing } from '../../core/fuse/ring.ts'
import { spawnDaemon } from '../../host/daemon.ts'
import type { LabProgress } from '../../sim/lab/types.ts'
import type { LabAnswers, LabAsk, LabBoot, LabJob, LabWord } from './jobs.ts'

export interface WorkerOptions {
  /** Other workers, for tests of what becomes of them. */
  startLab?: () => Worker
  startDaemon?: typeof spawnDaemon
}

const STARTS_WITHIN_MS = 15_000

function startLabWorker(): Worker {
  return new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'map lab' })
}

export interface Waiting {
  job: LabJob
  onProgress: (progress: LabProgress) => void
  settle: (answer: Result<LabAnswers[keyof LabAnswers]>) => void
  reject: (error: Error) => void
}

/** One worker, and its daemon where there is one. */
export class LabWorker {
  /** Undefined once it answers, or why it never will. */
  readonly started: Promise<string | undefined>
  readonly #worker: Worker
  readonly #daemon: Worker | undefined
  readonly #waiting = new Map<number, Waiting>()
  #ring: SharedArrayBuffer | undefined
  #lastId = 0
  #isDown = false
  #isDaemonDown = false

  /** @param daemonWhy why there shall be no daemon, if there shall be none */
  constructor({ startLab = startLabWorker, startDaemon = spawnDaemon }: WorkerOptions, daemonWhy: string | undefined) {
    this.#worker = startLab()
    const daemon = daemonWhy === undefined ? startDaemon() : undefined
    this.#daemon = daemon?.worker
    this.started = new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.#died('it did not start in time')), STARTS_WITHIN_MS)
      const settle = (why: string | undefined): void => {
        clearTimeout(timer)
        resolve(why)
      }
      this.#worker.onmessage = ({ data }: MessageEvent<LabWord>) => (data.word === 'ready' ? settle(undefined) : this.#hear(data))
      this.#worker.onerror = (event) => {
        event.preventDefault()
        settle(this.#died(event.message || 'it could not be started'))
      }
      this.#worker.onmessageerror = () => settle(this.#died('memory can’t be shared with it'))
    })
    // Its kernel is told, and its files fail: the lab goes on.
    daemon?.worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#isDaemonDown = true
      this.#endRing()
    })
    const shared = typeof SharedArrayBuffer === 'undefined' ? undefined : new SharedArrayBuffer(8)
    const boot: LabBoot = { shared, daemon: daemon?.port, daemonWhy }
    this.#worker.postMessage(boot, daemon ? [daemon.port] : [])
  }

  /** Nothing can be asked of it any more, or not all that it could do at first. */
  get isDown(): boolean {
    return this.#isDown || this.#isDaemonDown
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0
  }

  ask(waiting: Waiting): void {
    const id = ++this.#lastId
    this.#waiting.set(id, waiting)
    const ask: LabAsk = { id, job: waiting.job }
    this.#worker.postMessage(ask)
  }

  /** @returns all that still waited, unanswered */
  end(): Waiting[] {
    this.#isDown = true
    this.#endRing()
    this.#worker.terminate()
    this.#daemon?.terminate()
    const left = [...this.#waiting.values()]
    this.#waiting.clear()
    return left
  }

  #hear(word: LabWord): void {
    if (word.word === 'ready') return
    if (word.word === 'ring') {
      this.#ring = word.ring
      // It died before there was a ring to end.
      if (this.#isDaemonDown) this.#endRing()
      return
    }
    const waiting = this.#waiting.get(word.id)
    if (!waiting) return
    if (word.word === 'progress') return waiting.onProgress(word.progress)
    this.#waiting.delete(word.id)
    if (word.word === 'answer') waiting.settle(word.answer)
    else waiting.reject(new Error(word.says))
  }

  #died(why: string): string {
    for (const { settle } of this.end()) settle(failLate('lab_down', { why }))
    return `The lab's worker failed: ${why}.`
  }

  #endRing(): void {
    if (this.#ring) endRing(this.#ring)
  }
}
