// npm run fuzz [-- --kind image|entry|message --runs N --seed S --only K]: throws hostile bytes at all that reads them. Ends
// with 1 when anything threw or one input took more than a second, and says which seed and number bring it back. Of messages
// each type gets as many inputs.

import { parseArgs } from 'node:util'
import type { Kind } from './fuzz/inputs.ts'
import { fuzzMessages, type MessageReport, messageTypes } from './fuzz/messages.ts'
import { fuzz, type FuzzReport } from './fuzz/run.ts'

type AnyKind = Kind | 'message'

const KINDS: readonly AnyKind[] = ['image', 'entry', 'message']
const TOO_SLOW_MS = 1000
const LEAST_SHARE = 0.3
const USAGE = 'usage: npm run fuzz -- [--kind image|entry|message] [--runs N] [--seed S] [--only K]'

class UsageError extends Error {}

function main(): void {
  const { kind, runs, seed, only } = options()
  const kinds = kind === undefined ? KINDS : [kind]
  for (const each of kinds) {
    const numbers = only === undefined ? Array.from({ length: runs }, (_, i) => i) : [only]
    if (each !== 'message') {
      const report = fuzz(each, numbers, seed)
      print(report, each, each, seed, [`  making a file: ${countsText(report.created)}`])
      continue
    }
    for (const type of messageTypes) print(fuzzMessages(type, numbers, seed), `message ${type.name}`, each, seed)
  }
}

function options(): { kind: AnyKind | undefined; runs: number; seed: number; only: number | undefined } {
  const { values } = parsed()
  const { kind, runs = '10000', seed = '1', only } = values
  if (kind !== undefined && !KINDS.includes(kind as AnyKind)) throw new UsageError(`there is no kind ${kind}`)
  return { kind: kind as AnyKind | undefined, runs: wholeNumber(runs, '--runs', 1), seed: wholeNumber(seed, '--seed'), only: only === undefined ? undefined : wholeNumber(only, '--only') }
}

function parsed() {
  try {
    return parseArgs({ options: { kind: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(text: string, what: string, least = 0): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value >= 2 ** 32) throw new UsageError(`${what} takes a whole number from ${least} to 2^32 - 1, not “${text}”`)
  return value
}

function print(report: FuzzReport | MessageReport, what: string, kind: AnyKind, seed: number, more: readonly string[] = []): void {
  const { runs, slowest } = report
  const share = report.passedFirst / runs
  const again = (run: number): string => `npm run fuzz -- --kind ${kind} --seed ${seed} --only ${run}`
  console.log(`${what}: ${runs} inputs, seed ${seed}`)
  console.log(`  passed the first check: ${report.passedFirst} (${percent(share)})`)
  console.log(`  outcomes: ${countsText(report.outcomes)}`)
  for (const line of more) console.log(line)
  console.log(`  slowest: ${slowest.ms.toFixed(1)} ms, input ${slowest.run}${slowest.ms > TOO_SLOW_MS ? ': TOO SLOW' : ''} (${again(slowest.run)})`)
  console.log(`  peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`)
  for (const { run, stack } of report.throws) console.error(`fuzz: input ${run} threw (${again(run)})\n${stack}`)
  if (report.throws.length > 0 || slowest.ms > TOO_SLOW_MS) process.exitCode = 1
  if (runs < 100 || share >= LEAST_SHARE) return
  console.error(`fuzz: only ${percent(share)} of the ${what} inputs passed the first check; the inputs have become too bad to prove anything`)
  process.exitCode = 1
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
