// The page as a person finds it: by the names of buttons and regions. Whatever a test knows of the page's make stands here
// and nowhere else.

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { chromiumArgs, findChromium } from '../tools/chromium.mjs'
import { builtPage } from './builtPage.ts'
import { isolationHeaders } from './headers.ts'
import { serve, type ServeOptions } from './serve.ts'

export const PATIENT_MS = 60_000
const patient = { timeout: PATIENT_MS }

export interface Opened {
  page: Page
  context: BrowserContext
  url: string
  /** What no page may do: say errors, or ask another origin for anything. */
  faults: string[]
}

interface Options extends BrowserContextOptions {
  serving?: ServeOptions
  context?: BrowserContext
  url?: string
}

/** A browser and the built page for one test file; each call opens the page in a context of its own. */
export function usePage(): (options?: Options) => Promise<Opened> {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    folder = builtPage()
    const executablePath = findChromium()
    browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: chromiumArgs })
  })
  afterAll(() => browser.close())

  return async ({ serving = { headers: isolationHeaders }, context: given, url: at, ...options } = {}) => {
    const url = at ?? (await serveFor(folder, serving))
    const context = given ?? (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options }))
    if (!given) onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENT_MS)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(`threw ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(`said ${message.text()}`)
    })
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (/^https?:$/.test(protocol) && origin !== new URL(url).origin) faults.push(`asked ${request.url()}`)
    })
    await page.goto(url)
    return { page, context, url, faults }
  }
}

async function serveFor(folder: string, options: ServeOptions): Promise<string> {
  const served = await serve(folder, options)
  onTestFinished(() => served.close())
  return served.url
}

// what stands on the page

export function lane(page: Page, host: string): Locator {
  return page.getByRole('region', { name: host, exact: true })
}

/** A file that the host sees: its button maps it. */
export function fileOn(page: Page, host: string, path: string): Locator {
  return lane(page, host).getByRole('button', { name: path, exact: true })
}

export function button(within: Page | Locator, name: string): Locator {
  return within.getByRole('button', { name, exact: true })
}

export function playButton(page: Page, host: string): Locator {
  return button(page, `Play log on ${host}`)
}

export function fileForm(page: Page): Locator {
  return page.getByRole('form', { name: 'New file' })
}

export function formatPanel(page: Page): Locator {
  return page.getByRole('region', { name: 'Format the device' })
}

export function trace(page: Page): Locator {
  return page.getByRole('list', { name: /^What happened/ })
}

export function failures(page: Page): Locator {
  return trace(page).locator('[data-kind="failure"]')
}

/** Sentences of trouble with their advice, where they happened. */
export function notes(within: Page | Locator): Locator {
  return within.locator('.note')
}

export function storageMark(page: Page): Locator {
  return page.getByRole('group', { name: 'Stored image' }).getByRole('button').first()
}

/** The session is up: its hosts are there and have something to say. */
export async function ready(page: Page): Promise<void> {
  await lane(page, 'A').getByText(/log \d+\/\d+ played/).waitFor()
  await page.locator('.page[data-ready]').waitFor()
}

export async function saved(page: Page): Promise<void> {
  await storageMark(page).getByText('saved', { exact: true }).waitFor()
}

/** The first scene is up, with B one entry behind. */
export async function firstScene(page: Page): Promise<void> {
  await ready(page)
  await lane(page, 'B').getByText('log 1/2 played').waitFor()
}

// what a person does

/** Drops a file of pattern bytes, so often repeated, on a host's lane, as a file manager does. */
export async function dropPattern(page: Page, host: string, name: string, sizeBytes: number, salt: number, repeated = 1): Promise<void> {
  // The same bytes as patternBytes of test/helpers/outcome.ts.
  const data = await page.evaluateHandle((given) => {
    const bytes = new Uint8Array(given.sizeBytes)
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >>> 8) * 7 + (i >>> 16) * 13 + given.salt) & 0xff
    const transfer = new DataTransfer()
    transfer.items.add(new File(Array.from({ length: given.repeated }, () => bytes), given.name))
    return transfer
  }, { name, sizeBytes, salt, repeated })
  const zone = button(lane(page, host), `Drop files on ${host}`)
  await zone.dispatchEvent('dragenter', { dataTransfer: data })
  await zone.dispatchEvent('dragover', { dataTransfer: data })
  await zone.dispatchEvent('drop', { dataTransfer: data })
}

/** Drops what lies on the disk, folders too: events that the page can trust, as a file manager's are. */
export async function dropFromDisk(page: Page, context: BrowserContext, host: string, paths: string[]): Promise<void> {
  const zone = button(lane(page, host), `Drop files on ${host}`)
  await zone.scrollIntoViewIfNeeded()
  const box = await zone.boundingBox()
  if (!box) throw new Error(`${host} has no place to drop files on`)
  const session = await context.newCDPSession(page)
  const data = { items: [], files: paths, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data })
  }
}

export async function showMapping(page: Page, host: string, path: string): Promise<void> {
  await button(page.getByRole('group', { name: 'View' }), 'mmap of a file').click()
  const file = page.getByLabel('File', { exact: true })
  // Among very many files one types.
  await ((await file.evaluate((element) => element.tagName)) === 'SELECT' ? file.selectOption(path) : file.fill(path))
  await page.getByLabel('mapped on').selectOption(host)
}

/** SHA-256 of a file, computed by the host through its mapping. */
export async function hashOn(page: Page, host: string, path: string): Promise<string> {
  await showMapping(page, host, path)
  await button(page, `SHA-256 on ${host}`).click()
  const hash = page.locator('.hashes p', { hasText: host }).locator('.hash')
  await hash.waitFor()
  return hash.innerText()
}

export async function writeValue(page: Page, host: string, index: number, value: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Write a value' })
  await form.getByLabel('Host').selectOption(host)
  await form.getByLabel('Index').fill(String(index))
  await form.getByLabel('Value').fill(value)
  await button(form, `Write on ${host}`).click()
}

export async function hostMenu(page: Page, host: string, item: 'Kill' | 'Reboot' | 'Remove'): Promise<void> {
  await lane(page, host).getByRole('button', { name: `Host ${host}: more` }).click()
  await lane(page, host).getByRole('button', { name: new RegExp(`^${item} ${host}`) }).click()
}

/** Text of each failure in the trace, for a test that expects none. */
export function failureTexts(page: Page): Promise<string[]> {
  return failures(page).allInnerTexts()
}

/** The words of what has the focus; empty if nothing has. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element instanceof HTMLElement && element !== document.body ? (element.getAttribute('aria-label') ?? element.innerText.trim()) : ''
  })
}

/** Presses Tab until the button has the focus. Each stop on the way must show that it has it. */
export async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const invisible: string[] = []
  for (let stop = 0; stop < 200; stop++) {
    await page.keyboard.press(key)
    const focus = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return undefined
      const style = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1
      const label = element.getAttribute('aria-label') ?? element.innerText.trim()
      const inSight = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth
      return { label: label.replaceAll(/\s+/g, ' '), shown: element.matches(':focus-visible') && outlined && inSight }
    })
    if (!focus) continue
    if (!focus.shown) invisible.push(focus.label)
    if (focus.label === name) {
      expect(invisible).toEqual([])
      return
    }
  }
  throw new Error(`the Tab key never comes to ${name}`)
}

export function eventually<T>(look: () => Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, patient)
}

// terminals

export function terminal(page: Page, host: string): Locator {
  return page.getByRole('region', { name: `Terminal of ${host}`, exact: true })
}

/** Opens it, and waits for the shell's first prompt. */
export async function openTerminal(page: Page, host: string): Promise<void> {
  await button(lane(page, host), `Terminal on ${host}`).click()
  await promptOf(page, host)
}

/** What stands on its screen, row by row. */
export async function screenOf(page: Page, host: string): Promise<string[]> {
  const rows = await terminal(page, host).locator('.xterm-rows > div').allInnerTexts()
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
}

/** The shell waits for a line: its last row is a prompt and nothing else. */
export async function promptOf(page: Page, host: string): Promise<void> {
  await eventually(async () => (await screenOf(page, host)).findLast((row) => row !== '') ?? '').toMatch(PROMPT)
}

/** Types a line on an empty screen, and gives what stands there when the next prompt comes. */
export async function typeLine(page: Page, host: string, line: string): Promise<string> {
  await beginLine(page, host, line)
  await page.keyboard.press('Enter')
  await promptOf(page, host)
  return (await screenOf(page, host)).join('\n')
}

/** Types it, and doesn't press Enter. */
export async function beginLine(page: Page, host: string, line: string): Promise<void> {
  await terminal(page, host).getByRole('textbox', { name: `Input of the terminal of ${host}` }).focus()
  await page.keyboard.press('Control+L')
  await page.keyboard.type(line)
  const shown = async (): Promise<boolean> => (await screenOf(page, host)).join('').replaceAll(' ', '').endsWith(line.replaceAll(/[ \n]/g, ''))
  await eventually(shown).toBe(true)
}

const PROMPT = /^\S+@\w+:\S*[#$]$/
