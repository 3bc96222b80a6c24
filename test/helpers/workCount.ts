// How much our own code has done, as the engine counts it: how often each block of each function was entered. The same work
// gives the same number on any machine, so that tests can ask whether work grows without looking at a clock.

import { Session } from 'node:inspector'

interface Coverage {
  result: { url: string; functions: { ranges: { count: number }[] }[] }[]
}

export class WorkCounter {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks entered in src and in the shell library since this was last asked. */
  take(): number {
    let sum = 0
    for (const { url, functions } of (this.#post('Profiler.takePreciseCoverage') as Coverage).result) {
      if (!/\/src\/|\/just-bash\//.test(url)) continue
      for (const { ranges } of functions) for (const { count } of ranges) sum += count
    }
    return sum
  }

  end(): void {
    this.#post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  /** Within one thread the answer is there when the call returns. */
  #post(method: string, given: object = {}): unknown {
    let answer: unknown
    this.#session.post(method, given, (error, result) => {
      if (error) throw error
      answer = result
    })
    return answer
  }
}
