// npm run bench: ratios in one run, in a real browser. Nothing here is ever asserted: a number that got worse is for
// people to see, not for a test to trip over on a busy machine.

import { closeSync, openSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { type BenchRow, rowOf, type Sample, SAMPLE_COUNT } from '../bench/measure.ts'
import { groups } from '../bench/rows.ts'
import { withPage } from './browserPage.ts'
import { pageWorkNames, pageWorkRows } from './pageWork.ts'

const USAGE = 'usage: npm run bench [-- --json FILE] [--only NAME] (a NAME that ends with * is the beginning of several)'
const FIRST_MOVES = [
  { name: 'first_move', cpu: 1 },
  { name: 'first_move_4x', cpu: 4 },
]

class UsageError extends Error {}

const ROW_NAMES: readonly string[] = [...groups.flatMap(({ names }) => names), ...FIRST_MOVES.map(({ name }) => name), ...pageWorkNames]

async function main(): Promise<void> {
  const { json, only } = options()
  const wanted = (name: string): boolean => only === undefined || (only.endsWith('*') ? name.startsWith(only.slice(0, -1)) : name === only)
  if (!ROW_NAMES.some(wanted)) throw new UsageError(`there is no row ${only}. There are ${ROW_NAMES.join(', ')}`)
  if (json !== undefined) mayWrite(json)
  const rows = [...(await pageRows(wanted)), ...(await firstMoveRows(wanted)), ...(await pageWorkRows(wanted)).map(shown)]
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ rows }, undefined, 1)}\n`)
}

function options() {
  try {
    return parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } }).values
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

/** Asked before the run, which would be for nothing; what the file holds stays until there are new rows. */
function mayWrite(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new UsageError(`--json: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function pageRows(wanted: (name: string) => boolean): Promise<BenchRow[]> {
  if (!groups.some(({ names }) => names.some(wanted))) return []
  return withPage('test/bench/index.html', async ({ url, browser }) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction(() => window.famfsBench !== undefined)
    const rows: BenchRow[] = []
    for (const [index, { names }] of groups.entries()) {
      if (!names.some(wanted)) continue
      const made = await page.evaluate((at) => window.famfsBench?.run(at) ?? [], index)
      for (const row of made.filter((candidate) => wanted(candidate.name))) rows.push(shown(row))
    }
    return rows
  })
}

/** From navigation to the first trace event that a person could see, in a fresh profile each time. */
async function firstMoveRows(wanted: (name: string) => boolean): Promise<BenchRow[]> {
  const moves = FIRST_MOVES.filter((move) => wanted(move.name))
  if (moves.length === 0) return []
  return withPage('index.html', async ({ url, browser }) => {
    const rows: BenchRow[] = []
    for (const { name, cpu } of moves) {
      const samples: Sample[] = []
      for (let i = 0; i < SAMPLE_COUNT; i++) samples.push({ value: await firstMoveMs(browser, url, cpu) })
      rows.push(shown(rowOf({ name, unit: `ms from navigation to the first trace event, CPU ${cpu}x`, limit: 2000 }, samples)))
    }
    return rows
  })
}

async function firstMoveMs(browser: Browser, url: string, cpu: number): Promise<number> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: cpu })
    await page.addInitScript(() => {
      const observer = new MutationObserver(() => {
        if (!document.querySelector('.trace-row')) return
        performance.mark('first trace event')
        observer.disconnect()
      })
      observer.observe(document, { childList: true, subtree: true })
    })
    await page.goto(url)
    const mark = await page.waitForFunction(() => performance.getEntriesByName('first trace event')[0]?.startTime)
    return (await mark.jsonValue()) ?? Number.NaN
  } finally {
    await context.close()
  }
}

function shown(row: BenchRow): BenchRow {
  const { name, value, unit, min, max, ratio, peer, limit, limitOf } = row
  const against = ratio === null ? '' : `; ${ratio} of ${peer}`
  const budget = limit === null ? '' : `; budget ${limit}${limitOf === 'ratio' ? ' (ratio)' : ''}${row.met === false ? ', MISSED' : ''}`
  console.log(`${name.padEnd(34)} ${value} ${unit} (${min} .. ${max}, ${row.samples.length} samples)${against}${budget}`)
  return row
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`bench: ${error.message}\n${USAGE}`)
  process.exitCode = 2
}
