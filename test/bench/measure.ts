// A row is a median of at least seven samples, and each sample has checked what it touched: a benchmark that computes
// nothing measures nothing. Ratios are taken inside one run, so that the machine's mood cancels out.

export const SAMPLE_COUNT = 9

export interface BenchRow {
  name: string
  /** Median. */
  value: number
  unit: string
  /** The budget, in the unit of `value`, or of `ratio` where `limitOf` says so; null where there is none. */
  limit: number | null
  limitOf: 'value' | 'ratio'
  /** Whether a budget is the most that may be, or the least that must be. */
  limitIs: 'most' | 'least'
  met: boolean | null
  /** Median of ours to the peer's, measured side by side; null where there is no peer. */
  ratio: number | null
  peer: string | null
  min: number
  max: number
  samples: number[]
}

export interface Sample {
  value: number
  ratio?: number
}

export interface RowFacts {
  name: string
  unit: string
  limit?: number
  limitOf?: 'value' | 'ratio'
  limitIs?: 'most' | 'least'
  peer?: string
}

/** @param sample called once to warm up, then SAMPLE_COUNT times */
export async function measure(facts: RowFacts, sample: () => Sample | Promise<Sample>): Promise<BenchRow> {
  await sample()
  const samples: Sample[] = []
  for (let i = 0; i < SAMPLE_COUNT; i++) samples.push(await sample())
  return rowOf(facts, samples)
}

export function rowOf(facts: RowFacts, samples: Sample[]): BenchRow {
  const values = samples.map((sample) => sample.value)
  const ratios = samples.flatMap((sample) => (sample.ratio === undefined ? [] : [sample.ratio]))
  const { limit = null, limitOf = 'value', limitIs = 'most' } = facts
  const value = rounded(median(values))
  const ratio = ratios.length > 0 ? rounded(median(ratios)) : null
  const judged = limitOf === 'ratio' ? ratio : value
  return {
    name: facts.name,
    value,
    unit: facts.unit,
    limit,
    limitOf,
    limitIs,
    met: limit === null || judged === null ? null : limitIs === 'most' ? judged <= limit : judged >= limit,
    ratio,
    peer: facts.peer ?? null,
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
    samples: values.map(rounded),
  }
}

export function timeMs(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** A benchmark whose work came out wrong says so instead of a number. */
export function expectEqual(seen: unknown, expected: unknown, what: string): void {
  if (seen !== expected) throw new Error(`${what}: ${String(seen)} instead of ${String(expected)}`)
}

/** `1 extent`, `16 extents`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
