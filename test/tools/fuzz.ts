// npm run fuzz [-- --kind image|entry --runs N --seed S --only K]: throws hostile bytes at all that reads them. Ends with 1
// when anything threw or one input took more than a second, and says which seed and number bring it back.

import { parseArgs } from 'node:util'
import { fuzz, type FuzzReport } from './fuzz/run.ts'
import type { Kind } from './fuzz/inputs.ts'

const KINDS: readonly Kind[] = ['image', 'entry']
const LATER = new Set(['message', 'link', 'lesson'])
const TOO_SLOW_MS = 1000
const LEAST_SHARE = 0.3
const USAGE = 'usage: npm run fuzz -- [--kind image|entry] [--runs N] [--seed S] [--only K]'

class UsageError extends Error {}

function main(): void {
  const { kind, runs, seed, only } = options()
  const kinds = kind === undefined ? KINDS : [kind]
  for (const each of kinds) {
    const numbers = only === undefined ? Array.from({ length: runs }, (_, i) => i) : [only]
    const report = fuzz(each, numbers, seed)
    print(report, seed)
    const share = report.passedFirst / report.runs
    if (report.throws.length > 0 || report.slowest.ms > TOO_SLOW_MS) process.exitCode = 1
    if (only === undefined && report.runs >= 100 && share < LEAST_SHARE) {
      console.error(`fuzz: only ${percent(share)} of the ${each} inputs passed the first check; the inputs have become too bad to prove anything`)
      process.exitCode = 1
    }
  }
}

function options(): { kind: Kind | undefined; runs: number; seed: number; only: number | undefined } {
  const { values } = parsed()
  const { kind, runs = '10000', seed = '1', only } = values
  if (kind !== undefined && LATER.has(kind)) throw new UsageError(`the kind ${kind} comes with the part that it tests, which isn't there yet`)
  if (kind !== undefined && !KINDS.includes(kind as Kind)) throw new UsageError(`there is no kind ${kind}`)
  return { kind: kind as Kind | undefined, runs: wholeNumber(runs, '--runs'), seed: wholeNumber(seed, '--seed'), only: only === undefined ? undefined : wholeNumber(only, '--only') }
}

function parsed() {
  try {
    return parseArgs({ options: { kind: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(text: string, what: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value >= 2 ** 32) throw new UsageError(`${what} takes a whole number below 2^32, not “${text}”`)
  return value
}

function print(report: FuzzReport, seed: number): void {
  const { kind, runs, slowest } = report
  const again = (run: number): string => `npm run fuzz -- --kind ${kind} --seed ${seed} --only ${run}`
  console.log(`${kind}: ${runs} inputs, seed ${seed}`)
  console.log(`  passed the first check: ${report.passedFirst} (${percent(report.passedFirst / runs)})`)
  console.log(`  outcomes: ${countsText(report.outcomes)}`)
  console.log(`  making a file: ${countsText(report.created)}`)
  console.log(`  slowest: ${slowest.ms.toFixed(1)} ms, input ${slowest.run}${slowest.ms > TOO_SLOW_MS ? ': TOO SLOW' : ''} (${again(slowest.run)})`)
  console.log(`  peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`)
  for (const { run, stack } of report.throws) console.error(`fuzz: input ${run} threw (${again(run)})\n${stack}`)
}

function countsText(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

try {
  main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`fuzz: ${error.message}\n${USAGE}`)
  process.exitCode = 2
}
