// npm run drive: a person's way with a file of theirs, by the page's own controls in headless Chromium. The file is dropped
// by the browser itself, as a file manager would; what is printed is what the page showed, not what a script computed.

import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { BrowserContext, CDPSession, Locator, Page } from 'playwright-core'
import { withPage } from './browserPage.ts'

const USAGE = 'usage: npm run drive -- FILE'
const LONG_MS = 120_000

interface Driven {
  bytes: number
  sha256_B: string
  hosts: number
  engine: string
  poke_seen_by_B: boolean
  client_write_errno: string
  after_reload_sha256_B: string
}

async function main(): Promise<void> {
  const [given, ...more] = process.argv.slice(2)
  if (given === undefined || more.length > 0) throw new Error(USAGE)
  const file = resolve(given)
  if (!existsSync(file) || !statSync(file).isFile()) throw new Error(`${given} is not a file. ${USAGE}`)
  const driven = await withPage('index.html', async ({ url, browser }) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    return drive(context, url, file)
  })
  process.stdout.write(`${JSON.stringify(driven)}\n`)
}

async function drive(context: BrowserContext, url: string, file: string): Promise<Driven> {
  const page = await context.newPage()
  page.setDefaultTimeout(LONG_MS)
  await page.goto(url)
  const name = basename(file)
  const a = lane(page, 'A')
  const b = lane(page, 'B')
  await b.getByText('not played').first().waitFor()

  await dropFile(page, await context.newCDPSession(page), a.getByRole('button', { name: /^Drop files on A/ }), file)
  await copied(page, a, name)
  await page.getByRole('button', { name: 'Play log on B' }).click()
  await b.getByText(name, { exact: true }).first().waitFor()

  const sha256_B = await hashOn(page, 'B', name)
  const poke_seen_by_B = await pokeIsSeen(page, name)
  const client_write_errno = await refusedWrite(page)
  const hosts = await page.locator('[data-lane]').count()
  const engine = await page.getByText(/\b(parallel|inline): \d/).first().innerText()

  await page.getByText('saved', { exact: true }).first().waitFor()
  await page.reload()
  await lane(page, 'B').getByText(name, { exact: true }).first().waitFor()
  const after_reload_sha256_B = await hashOn(page, 'B', name)
  return { bytes: statSync(file).size, sha256_B, hosts, engine: engine.trim().split(':')[0] ?? engine, poke_seen_by_B, client_write_errno, after_reload_sha256_B }
}

function lane(page: Page, host: string): Locator {
  return page.getByRole('region', { name: host, exact: true })
}

/** The browser's own drag and drop: the events are trusted, and the file comes from the disk. */
async function dropFile(page: Page, session: CDPSession, target: Locator, file: string): Promise<void> {
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  if (!box) throw new Error('the drop zone of A is not on the page')
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  await page.bringToFront()
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...place, data })
}

/** Follows the progress bar, if the file is large enough to show one, until the lane lists the file, or a failure ends it. */
async function copied(page: Page, a: Locator, name: string): Promise<void> {
  const bar = page.getByRole('progressbar').first()
  const listed = a.getByText(name, { exact: true }).first()
  const refused = page.locator('.trace-row[data-kind="failure"]').first()
  const shown = await Promise.race([
    bar.waitFor().then(() => 'bar' as const),
    listed.waitFor().then(() => 'listed' as const),
    refused.waitFor().then(() => 'refused' as const),
  ])
  if (shown === 'bar') {
    console.error(`drive: progress bar “${await bar.getAttribute('aria-label', { timeout: 1000 }).catch(() => 'gone already')}”`)
    await bar.waitFor({ state: 'detached' })
  }
  if (await refused.isVisible()) throw new Error(`the page refused: ${(await refused.innerText()).replaceAll('\n', ' ')}`)
  await listed.waitFor()
}

async function showMap(page: Page, host: string, path: string): Promise<void> {
  await page.getByRole('radio', { name: 'mmap of a file' }).or(page.getByRole('button', { name: 'mmap of a file' })).first().click()
  const file = page.getByLabel('File', { exact: true })
  // Among very many files one types.
  await ((await file.evaluate((element) => element.tagName)) === 'SELECT' ? file.selectOption(path) : file.fill(path))
  await page.getByLabel('mapped on').selectOption(host)
}

async function hashOn(page: Page, host: string, path: string): Promise<string> {
  await showMap(page, host, path)
  await page.getByRole('button', { name: `SHA-256 on ${host}` }).click()
  const hash = page.locator('.hashes p', { hasText: host }).locator('.hash')
  await hash.waitFor()
  return hash.innerText()
}

/** Stores another value through A's mapping, waits until B's view of its own mapping shows it, and puts the old one back. */
async function pokeIsSeen(page: Page, path: string): Promise<boolean> {
  await showMap(page, 'B', path)
  await page.getByText('Uint8', { exact: true }).first().click()
  const cell = page.locator('#value-0')
  await cell.waitFor()
  const old = Number(await cell.innerText())
  const fresh = (old + 1) % 256
  await write(page, 'A', fresh)
  await page.waitForFunction((value) => document.querySelector('#value-0')?.textContent === String(value), fresh)
  await write(page, 'A', old)
  await page.waitForFunction((value) => document.querySelector('#value-0')?.textContent === String(value), old)
  return true
}

async function refusedWrite(page: Page): Promise<string> {
  await write(page, 'B', 1)
  const errno = page.getByRole('form', { name: 'Write a value' }).locator('code').last()
  await errno.waitFor()
  return errno.innerText()
}

async function write(page: Page, host: string, value: number): Promise<void> {
  const form = page.getByRole('form', { name: 'Write a value' })
  await form.getByLabel('Host').selectOption(host)
  await form.getByLabel('Value').fill(String(value))
  await form.getByRole('button', { name: `Write on ${host}` }).click()
}

try {
  await main()
} catch (error) {
  console.error(`drive: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
