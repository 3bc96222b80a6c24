// How long the page is deaf: the longest task of its main thread, by the browser's own performance trace, while a person
// scrolls, zooms and points at a device of 4 GiB with 10,000 files, or chooses messages of the map lab while that runs. A
// sample is one whole gesture of some forty moves.

import type { Browser, Locator, Page } from 'playwright-core'
import { type BenchRow, rowOf, type Sample, SAMPLE_COUNT } from '../bench/measure.ts'
import { type Opened, withPage } from './browserPage.ts'

const LIMIT_MS = 50
const FILE_COUNT = 10_000
const MOVES = 40
const PATIENT_MS = 120_000

interface Gesture {
  name: string
  what: string
  move: (page: Page, at: number) => Promise<void>
}

const GESTURES: Gesture[] = [
  { name: 'page_hover_map', what: 'hover over the device map', move: async (page, at) => hover(page, page.locator('.device canvas').last(), at) },
  {
    name: 'page_zoom_map',
    what: 'zoom of the device map',
    move: async (page, at) => {
      await page.getByRole('slider', { name: 'Device map' }).focus()
      await page.keyboard.press(at % 8 < 4 ? '+' : '-')
    },
  },
  { name: 'page_scroll_hex', what: 'scrolling bytes', move: async (page, at) => wheel(page, page.getByRole('grid', { name: 'Bytes of the device' }), at) },
  { name: 'page_scroll_log', what: 'scrolling the log', move: async (page, at) => wheel(page, page.getByRole('grid', { name: 'Log entries' }), at) },
  { name: 'page_scroll_lane', what: 'scrolling the files of a lane', move: async (page, at) => wheel(page, page.locator('[data-lane="A"] .files-scroll'), at) },
]

/** 2,000 messages are kept on each side. */
const LAB_HASH = '#lab?left=fuse-iomap&right=fuse-iomap-shared&extents=10000&files=1&cap=16k&accesses=10000'
const LAB: Gesture = {
  name: 'page_lab',
  what: 'choosing messages of the map lab while it runs',
  move: async (page, at) => {
    if (at === 0) await page.getByRole('button', { name: 'Run again' }).press('Enter')
    const list = page.getByRole('listbox', { name: 'Messages of fuse-iomap', exact: true })
    await list.press(at % 8 === 7 ? 'End' : 'ArrowDown')
    // What the run found is drawn within the sample.
    if (at === MOVES - 1) await labIsIdle(page)
  },
}

export const pageWorkNames: readonly string[] = [...GESTURES, LAB].map(({ name }) => name)

/** @param wanted whether a row of that name is asked for */
export async function pageWorkRows(wanted: (name: string) => boolean): Promise<BenchRow[]> {
  const asked = GESTURES.filter(({ name }) => wanted(name))
  if (asked.length === 0 && !wanted(LAB.name)) return []
  return withPage('index.html', async (opened) => {
    const rows = asked.length > 0 ? await sceneRows(opened, asked) : []
    return wanted(LAB.name) ? [...rows, await labRow(opened)] : rows
  })
}

async function sceneRows({ url, browser }: Opened, asked: readonly Gesture[]): Promise<BenchRow[]> {
  const page = await newPage(browser, url)
  await fill(page)
  const rows: BenchRow[] = []
  for (const gesture of asked) rows.push(await rowFor(browser, page, gesture, `${FILE_COUNT} files on 4 GiB`))
  await page.context().close()
  return rows
}

async function labRow({ url, browser }: Opened): Promise<BenchRow> {
  const page = await newPage(browser, `${url}${LAB_HASH}`)
  await labIsIdle(page)
  return rowFor(browser, page, LAB, '2,000 messages on each side')
}

async function rowFor(browser: Browser, page: Page, gesture: Gesture, of: string): Promise<BenchRow> {
  const samples: Sample[] = []
  for (let i = 0; i < SAMPLE_COUNT; i++) samples.push({ value: await longestTaskMs(browser, page, gesture) })
  return rowOf({ name: gesture.name, unit: `ms, longest task: ${gesture.what}, ${of}`, limit: LIMIT_MS }, samples)
}

async function newPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  page.setDefaultTimeout(PATIENT_MS)
  await page.goto(url)
  return page
}

async function labIsIdle(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run again' }).waitFor()
  await page.getByRole('listbox', { name: 'Messages of fuse-iomap', exact: true }).waitFor()
}

/** 4 GiB in units of 4 KiB, with a file in each of 10,000 of them, and both hosts have played the log. */
async function fill(page: Page): Promise<void> {
  await page.getByText(/log 1\/2 played/).waitFor()
  await page.getByRole('button', { name: 'Format', exact: true }).click()
  const panel = page.getByRole('region', { name: 'Format the device' })
  await panel.getByLabel('Device', { exact: true }).selectOption({ label: '4.0 GiB' })
  await panel.getByLabel('Allocation unit').selectOption({ label: '4.0 KiB' })
  await panel.getByRole('button', { name: /format$/ }).click()
  await page.locator('[data-lane="A"]').getByText('log 0/0 played').waitFor()
  await page.getByRole('button', { name: 'Terminal on A', exact: true }).click()
  const input = page.getByRole('textbox', { name: 'Input of the terminal of A' })
  await page.locator('.xterm-rows').getByText(/[#$]\s*$/).first().waitFor()
  await input.focus()
  await page.keyboard.type(`for i in $(seq ${FILE_COUNT}); do famfs creat -s 4096 /mnt/famfs/f$i; done; exit`)
  await page.keyboard.press('Enter')
  await page.locator('[data-lane="A"]').getByText(`log ${FILE_COUNT}/${FILE_COUNT} played`).waitFor()
  await page.getByRole('button', { name: 'Play log on B', exact: true }).click()
  await page.locator('[data-lane="B"]').getByText(`log ${FILE_COUNT}/${FILE_COUNT} played`).waitFor()
  await page.waitForTimeout(3000)
}

async function longestTaskMs(browser: Browser, page: Page, gesture: Gesture): Promise<number> {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'disabled-by-default-devtools.timeline'] })
  for (let at = 0; at < MOVES; at++) {
    await gesture.move(page, at)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  return longestOf(await browser.stopTracing())
}

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  args?: { name?: string }
}

/** Of all main threads of renderers: the page's is among them, and any other is idle. */
function longestOf(trace: Buffer): number {
  const { traceEvents: events } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] }
  const threads = new Set(events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = events.filter(({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
  if (tasks.length === 0) throw new Error('the trace holds no task of the page')
  return Math.max(...tasks.map(({ dur = 0 }) => dur / 1000))
}

async function hover(page: Page, over: Locator, at: number): Promise<void> {
  const box = await over.boundingBox()
  if (!box) throw new Error('there is nothing to point at')
  await page.mouse.move(box.x + (box.width * ((at * 7) % MOVES)) / MOVES, box.y + (box.height * at) / MOVES)
}

async function wheel(page: Page, over: Locator, at: number): Promise<void> {
  const box = await over.boundingBox()
  if (!box) throw new Error('there is nothing to scroll')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.wheel(0, at % 2 === 0 ? 400 : 250)
}
