// npm run conformance -- [--mode standalone|fuse] [--deviates] [--browser] FILE.json ...: runs scenarios of the schema in the
// hosts' own bash, in this thread or in workers in Chromium. The last line is always the counts; the exit code is 1 when a
// step failed, and 2 when nothing was run because of what was asked.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import { readScenario } from '../conformance/form.ts'
import { runOnHosts } from '../conformance/hosts.ts'
import type { Asked } from '../conformance/page.ts'
import { counted, countsText, linesOf, NO_COUNTS } from '../conformance/report.ts'
import { type Mode, modesOf, type Outcome, type Scenario } from '../conformance/runner.ts'
import { withPage } from './browserPage.ts'

const USAGE = 'usage: npm run conformance -- [--mode standalone|fuse] [--deviates] [--browser] FILE.json ...'

class UsageError extends Error {}

type RunOne = (asked: Asked) => Promise<Outcome>

interface Options {
  only: Mode | undefined
  deviates: boolean
  browser: boolean
  files: string[]
}

async function main(): Promise<void> {
  const { only, deviates, browser, files } = options()
  const scenarios = readAll(files)
  const asked = scenarios.flatMap((scenario) => modesOf(scenario, only).map((mode) => ({ scenario, mode, deviates })))
  for (const { name, mode } of scenarios.filter((each) => modesOf(each, only).length === 0)) console.log(`${name} is left out: it is for ${mode} mounts only`)
  const counts = browser ? await inBrowser((runOne) => runAll(asked, runOne)) : await runAll(asked, inThisThread)
  console.log(countsText(counts))
  if (counts.failed > 0) process.exitCode = 1
}

async function runAll(asked: readonly Asked[], runOne: RunOne) {
  let counts = NO_COUNTS
  for (const each of asked) {
    const outcome = await runOne(each).catch((error: unknown) => neverStarted(each, error))
    for (const line of linesOf(outcome)) console.log(line)
    counts = counted(counts, outcome)
  }
  return counts
}

function inThisThread({ scenario, mode, deviates }: Asked): Promise<Outcome> {
  return runOnHosts(inlineDriver, scenario, { mode, deviates })
}

function inBrowser<T>(work: (runOne: RunOne) => Promise<T>): Promise<T> {
  return withPage('test/conformance/index.html', ({ url, browser }) => work((asked) => inPageOfItsOwn(browser, url, asked)))
}

/** A browser gives the devices of a page back when the page goes, and else when it likes: they are gigabytes. */
async function inPageOfItsOwn(browser: Browser, url: string, asked: Asked): Promise<Outcome> {
  const page = await browser.newPage()
  try {
    page.on('pageerror', (error) => console.error(`conformance: the page threw ${error.message}`))
    await page.goto(url)
    await page.waitForFunction(() => window.famfsConformance !== undefined)
    return await page.evaluate((given) => {
      if (!window.famfsConformance) throw new Error('the page is gone')
      return window.famfsConformance(given)
    }, asked)
  } finally {
    await page.close()
  }
}

/** Hosts that can't be made or furnished fail every step: none of them was seen to hold. */
function neverStarted({ scenario, mode }: Asked, error: unknown): Outcome {
  const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  const failures = scenario.steps.map(({ host, run, why }, index) => (
    { index, host, line: run, why, problems: [`it was not run: ${what}`], stdout: '', stderr: '', failedRuns: 1, runs: 1 }
  ))
  return { name: scenario.name, mode, stepCount: scenario.steps.length, failures, deviations: [] }
}

function options(): Options {
  const { values, positionals } = parsed()
  const { mode, deviates = false, browser = false } = values
  if (mode !== undefined && mode !== 'standalone' && mode !== 'fuse') throw new UsageError(`--mode takes standalone or fuse, not “${mode}”`)
  if (positionals.length === 0) throw new UsageError('no scenario is named')
  return { only: mode, deviates, browser, files: positionals }
}

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options: { mode: { type: 'string' }, deviates: { type: 'boolean' }, browser: { type: 'boolean' } } })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** All of them, before the first is run; every file's trouble is told. */
function readAll(files: readonly string[]): Scenario[] {
  const scenarios: Scenario[] = []
  const troubles: string[] = []
  for (const file of files) {
    const read = readFile(file)
    if (read.ok) scenarios.push(read.scenario)
    else troubles.push(...read.problems.map((problem) => `${file}: ${problem}`))
  }
  if (troubles.length > 0) throw new UsageError(`these are no scenarios:\n${troubles.join('\n')}`)
  return scenarios
}

function readFile(file: string): ReturnType<typeof readScenario> {
  try {
    return readScenario(readFileSync(file, 'utf8'))
  } catch (error) {
    return { ok: false, problems: [error instanceof Error ? error.message : String(error)] }
  }
}

try {
  await main()
} catch (error) {
  const usage = error instanceof UsageError
  console.error(`conformance: ${error instanceof Error ? error.message : String(error)}${usage ? `\n${USAGE}` : ''}`)
  process.exitCode = usage ? 2 : 1
}
