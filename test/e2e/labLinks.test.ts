// The lab as something that is handed out and stopped: its settings in the address, a run that nobody waits for, what map
// memory counts, and a conclusion that comes into sight.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, eventually, focused, lane, tabTo, usePage } from '../helpers/page.ts'

const open = usePage()

const conclusion = (page: Page) => page.getByRole('region', { name: 'Conclusion' })
const hash = (page: Page): string => new URL(page.url()).hash
/** Ten seconds of work and more: a cache with room for two hundred mappings, and a million accesses to ten thousand. */
const LONG = '#lab?left=fuse-iomap&right=fuse-unrolled&extents=10000&files=1&cap=16k&accesses=1000000'

it('a run is stopped by button and by Escape, says so, and the next one begins at once', async () => {
  const { page, url, faults } = await open({ reducedMotion: 'reduce' })
  await page.goto(`${url}${LONG}`)
  const stop = button(page, 'Stop')
  await eventually(() => stop.getAttribute('aria-disabled')).toBe('false')
  await conclusion(page).getByText('The first comparison is running.').waitFor()
  await stop.press('Enter')
  await conclusion(page).getByText(/^Stopped: fuse-iomap and fuse-unrolled(?: at .*)?\. Nothing was compared yet\. Press Run again/).waitFor()
  expect(await focused(page)).toBe('Stop')
  // Read out, and nothing that was set is lost.
  await page.getByRole('status').filter({ hasText: /^Stopped: / }).first().waitFor({ state: 'attached' })
  expect(hash(page)).toBe(LONG)

  await page.getByRole('button', { name: /^Push or pull/ }).click()
  await eventually(() => conclusion(page).innerText()).toMatch(/fuse made \d+ round trips in 200 accesses/)
  expect(await conclusion(page).getByText('Stopped').count()).toBe(0)

  // The address follows what is set: the same one once more would lead nowhere.
  await eventually(async () => hash(page)).not.toBe(LONG)
  await page.goto(`${url}${LONG}`)
  await eventually(() => conclusion(page).innerText()).toContain('Running: ')
  await page.keyboard.press('Escape')
  await conclusion(page).getByText(/^Stopped: .* What stands here is of the run before\. /).waitFor()
  expect(await conclusion(page).innerText()).toContain('Of the last run, v1, the module and fuse, and not of what is set now.')
  await page.keyboard.press('Escape')
  await lane(page, 'A').waitFor()
  expect(hash(page)).toBe('')
  expect(faults).toEqual([])
})

it('what is set is in the address, is there after a reload, and is handed out by a button', async () => {
  const { page, context, url, faults } = await open()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${url}#lab?left=fuse&right=program&shape=striped&extents=64&strips=4&moves=1&bytes=512`)
  await eventually(() => conclusion(page).innerText()).toMatch(/of 64 chunks over 4 strips on 1 device; 1,000 accesses of 512 B each, random; 1 move meanwhile/)
  expect(await page.getByLabel('Right kernel').inputValue()).toBe('program')
  await page.getByLabel('Strips', { exact: true }).fill('8')
  const source = page.getByLabel('Source of the program')
  const own = `// Mine: ü & 100 %\n${await source.inputValue()}`
  await source.fill(own)
  await button(page, 'Copy link').press('Enter')
  await button(page, 'Link copied').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).toBe(page.url())
  expect(link).toContain('strips=8')

  const other = await context.newPage()
  await other.goto(link)
  await eventually(() => conclusion(other).innerText()).toMatch(/over 8 strips/)
  expect(await other.getByLabel('Source of the program').inputValue()).toBe(own)
  await other.reload()
  await eventually(() => conclusion(other).innerText()).toMatch(/over 8 strips/)
  // What is typed there by hand is set, too, and one's own program isn't lost.
  await other.goto(`${url}#lab?left=fuse-paged&right=program`)
  await eventually(() => conclusion(other).innerText()).toMatch(/fuse-paged/)
  await other.getByLabel('Example').selectOption('your own')
  await eventually(() => other.getByLabel('Source of the program').inputValue()).toBe(own)
  expect(faults).toEqual([])
})

it('an address that can’t be set is told, and the rest of it is', async () => {
  const { page, url, faults } = await open()
  await page.goto(`${url}#lab?left=fuse&right=fuse-unrolled&extents=many&files=3&program=nothing`)
  const note = page.locator('.lab .note').first()
  await note.getByText('The address of this page says extents=“many”, where a number from 1 to 1,000,000 is wanted and program=“nothing”, which is no example.').waitFor()
  await eventually(() => conclusion(page).innerText()).toMatch(/3 files of 1 equal extent/)
  await eventually(() => Promise.resolve(hash(page))).toBe('#lab?left=fuse&right=fuse-unrolled&files=3')
  await note.waitFor()
  await button(page, 'Dismiss').click()
  await note.waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})

it('in a narrow page the conclusion of a preset comes into sight, and the focus stays', async () => {
  const { page, url, faults } = await open({ reducedMotion: 'reduce', viewport: { width: 360, height: 640 } })
  await page.goto(`${url}#lab`)
  await eventually(() => conclusion(page).innerText()).toMatch(/round trip/)
  expect(await page.evaluate(() => scrollY)).toBe(0)
  const preset = page.getByRole('button', { name: /^A file that moves/ })
  await preset.press('Enter')
  await eventually(() => conclusion(page).innerText()).toMatch(/stale bytes/)
  await eventually(() => conclusion(page).evaluate((element) => element.getBoundingClientRect().top >= 0 && element.getBoundingClientRect().top < 40)).toBe(true)
  expect(await focused(page)).toMatch(/^A file that moves/)
  // By keyboard it goes on from there, and comes to what map memory counts.
  await tabTo(page, 'What map memory counts')
  await page.keyboard.press('Enter')
  await page.getByText('20 B for each extent (device 4, offset 8, length 8)').waitFor()
  await page.getByText(/^62 B for each place for a mapping/).waitFor()
  expect(faults).toEqual([])
})
