// How often memory was collected while something ran: what allocates with each of a few million steps is collected several
// times in every run, what doesn't allocate is not. A collection that fell due before may still end inside of one run.

import { GCProfiler } from 'node:v8'

const RUNS_MOST = 3

/** Compiled by one run before; then the least of several. */
export function collectionsOf(run: () => void): number {
  run()
  let least = Infinity
  for (let i = 0; i < RUNS_MOST && least > 0; i++) {
    const profiler = new GCProfiler()
    profiler.start()
    run()
    least = Math.min(least, profiler.stop().statistics.length)
  }
  return least
}
