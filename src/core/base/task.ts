// Work that can take longer than 5 ms is a task: a generator that yields after at most 4 MiB or 1,000 entries, so that
// whoever runs it can show progress, let others in, and stop it. A stopped task leaves what a power cut there leaves.

export const PIECE_BYTES = 4 * 1024 * 1024
export const PIECE_ENTRIES = 1000

export interface Progress {
  doneCount: number
  totalCount: number
  unit: 'bytes' | 'entries'
}

/** What a task yields that can't go on before another one has: it has no progress to tell. */
export const WAITING: Progress = { doneCount: 0, totalCount: 0, unit: 'entries' }

export type Task<T> = Generator<Progress, T, void>

/** Runs a task to its end without a pause. */
export function runNow<T>(task: Task<T>): T {
  for (;;) {
    const step = task.next()
    if (step.done) return step.value
  }
}
