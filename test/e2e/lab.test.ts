// The map lab as a person finds it, with the engine itself: opened by keyboard, a comparison at one press, its messages as
// bytes, a program edited and broken, and the scene as it was when the lab closes.

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overflow, violations } from '../helpers/axe.ts'
import { button, eventually, firstScene, focused, lane, ready, tabTo, usePage } from '../helpers/page.ts'

const open = usePage()

const conclusion = (page: Page) => page.getByRole('region', { name: 'Conclusion' })

/** The run that was asked for is there, and what it found is agreed on. */
async function concluded(page: Page, says: RegExp): Promise<void> {
  await eventually(() => conclusion(page).locator('p').first().innerText()).toMatch(says)
  await conclusion(page).getByText('Both read the same bytes').waitFor()
}

it('by keyboard: opened, a preset run, a message read, a program edited and broken, and back to the scene', async () => {
  const { page, url, faults } = await open({ reducedMotion: 'reduce' })
  await firstScene(page)
  const before = await lane(page, 'B').innerText()
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Command' }).waitFor()
  await page.keyboard.type('map lab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Map lab' }).waitFor()
  expect(await focused(page)).toBe('Map lab')
  expect(new URL(page.url()).hash).toBe('#lab')
  await concluded(page, /^fuse made \d+ round trips in 200 accesses, where v1 never asked, since maps are pushed to it; /)

  await tabTo(page, 'Striped: interleaved or unrolled Sixteen strips in one record, or an extent for every chunk.')
  await page.keyboard.press('Enter')
  await concluded(page, /fuse-unrolled/)
  // Read out, too.
  await page.getByRole('status').filter({ hasText: /fuse-unrolled/ }).first().waitFor({ state: 'attached' })
  await page.getByRole('img', { name: /^Time per resolve by number of chunks/ }).waitFor()

  // The second one brings the map: the first only asked how long it is.
  await tabTo(page, 'Messages of fuse-unrolled')
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.getByRole('heading', { name: /^GET_FMAP for node/ }).waitFor()
  await tabTo(page, 'Fields of GET_FMAP answer')
  expect(await page.getByRole('grid', { name: 'Fields of GET_FMAP answer' }).getByRole('row', { selected: true }).innerText()).toContain('file_type')
  await page.keyboard.press('End')
  await page.getByRole('grid', { name: 'Fields of GET_FMAP answer' }).getByRole('row', { name: /^\+\d+ extent 19: se_len/, selected: true }).waitFor()
  expect(await page.locator('.lab-hex .byte[data-marked]').count()).toBe(8)

  const source = page.getByLabel('Source of the program')
  await source.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('let let')
  const program = page.getByRole('region', { name: 'The program' })
  await program.getByText(/^Line 1, column \d+: /).waitFor()
  await page.getByLabel('Example').selectOption('endless loop')
  await button(program, 'Run').press('Enter')
  await program.getByText('EIO').first().waitFor()
  await eventually(() => conclusion(page).innerText()).toMatch(/EIO[^]*program could read nothing/)
  await page.getByLabel('Example').selectOption('both kinds')
  await button(program, 'Run').press('Enter')
  await program.getByText('It ran, and both kernels read the same bytes.').waitFor()

  await page.keyboard.press('Escape')
  await lane(page, 'B').waitFor()
  expect(await lane(page, 'B').innerText()).toBe(before)
  expect([page.url(), await focused(page)]).toEqual([url, 'Map lab'])
  expect(faults).toEqual([])
})

it('moves a file while it is used, and changes the program half-way', async () => {
  const { page, url, faults } = await open({ reducedMotion: 'reduce' })
  await page.goto(`${url}#lab`)
  await concluded(page, /round trip/)
  await page.getByRole('button', { name: /^A file that moves/ }).click()
  await eventually(() => conclusion(page).innerText()).toMatch(/fuse read stale bytes in \d+ of 1,000 accesses[^]*fuse-iomap read every byte/)
  await conclusion(page).getByText('fuse read bytes that aren’t the file’s').waitFor()
  await page.getByRole('row', { name: /^Wrong bytes/ }).waitFor()
  await page.getByLabel('Example').selectOption('endless loop')
  await page.getByLabel('Moves', { exact: true }).fill('0')
  const program = page.getByRole('region', { name: 'The program' })
  await button(program, 'Upload half-way').click()
  await eventually(() => conclusion(page).innerText()).toMatch(/program could not read 500 of 1,000 accesses, with EIO/)
  expect(faults).toEqual([])
})

it('has an address of its own, and the browser’s way back leads to the scene', async () => {
  const { page, url, faults } = await open()
  await firstScene(page)
  await button(page, 'Map lab').click()
  await concluded(page, /round trip/)
  await page.goBack()
  await lane(page, 'A').waitFor()
  await page.goto('about:blank')
  await page.goto(`${url}#lab`)
  await concluded(page, /round trip/)
  await button(page, 'Close the map lab').click()
  await ready(page)
  expect(new URL(page.url()).hash).toBe('')
  expect(faults).toEqual([])
})

it('without shared memory the daemon stays beside its kernel, and says why', async () => {
  const { page, faults } = await open({ serving: {} })
  await page.goto(`${page.url()}#lab`)
  await concluded(page, /round trip/)
  await button(page, 'What an upcall costs The daemon in a worker of its own: each round trip is a switch there and back.').click()
  await concluded(page, /fuse-iomap made/)
  expect(await conclusion(page).innerText()).toMatch(/daemon beside its kernel\. .*may not share memory/)
  expect(faults).toEqual([])
})

// A theme changes colours and nothing else.
describe.each([['light', 'all'], ['dark', 'colours']] as const)('in %s', (colorScheme, rules) => {
  it.each([1440, 360])('nobody is kept out at %i pixels', async (width) => {
    const { page, faults } = await open({ colorScheme, reducedMotion: 'reduce', viewport: { width, height: 800 } })
    await page.goto(`${page.url()}#lab`)
    await concluded(page, /round trip/)
    await button(page, 'Measure both').click()
    await page.getByRole('img', { name: /^Time per resolve by number of extents/ }).waitFor()
    if (width === 360) await page.getByText('Settings', { exact: true }).click()
    expect(await violations(page, rules)).toEqual([])
    expect(await overflow(page)).toBe(0)
    // Where the lab scrolls inside, the page itself stands still.
    const beyond = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)
    expect(beyond > 0).toBe(width === 360)
    expect(faults).toEqual([])
  })
})
