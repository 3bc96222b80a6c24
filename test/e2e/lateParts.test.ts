// Parts of the page that don't come: each is told where it was asked for, in words, comes when it is asked for again there,
// and the rest of the page goes on meanwhile.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, fileOn, firstScene, focused, lane, notes, usePage } from '../helpers/page.ts'

const open = usePage()
const MISSING = /A part of this page could not be fetched: .*\. The rest goes on\. Try again when the network is back\./

interface Without {
  page: Page
  /** From now on it is there to be fetched. */
  allow: () => Promise<void>
  /** What the page threw. That a file didn't come, browsers say themselves. */
  thrown: () => string[]
}

/** The page where one file never came. */
async function openWithout(name: string): Promise<Without> {
  const { page, faults } = await open()
  const address = `**/assets/${name}-*.js`
  let stoppedCount = 0
  await page.route(address, (route) => {
    stoppedCount++
    return route.abort()
  })
  await page.reload()
  await firstScene(page)
  return {
    page,
    allow: () => {
      // Else nothing was seen here: the file has another name now.
      expect(stoppedCount).toBeGreaterThan(0)
      return page.unroute(address)
    },
    thrown: () => faults.filter((fault) => fault.startsWith('threw')),
  }
}

async function palette(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Command' }).waitFor()
  await page.keyboard.type(command)
  await page.keyboard.press('Enter')
}

it.each(['open', 'BesidePage'])('the lab without %s: the scene stays, and the lab opens once it is there', async (name) => {
  const { page, allow, thrown } = await openWithout(name)
  await button(page, 'Map lab').first().click()
  await page.getByText(MISSING).waitFor()
  expect(await lane(page, 'B').isVisible()).toBe(true)
  await allow()
  await button(page, 'Try again').click()
  await page.getByRole('heading', { name: 'Map lab' }).waitFor()
  expect(await focused(page)).toBe('Map lab')
  expect(await page.getByText(MISSING).count()).toBe(0)
  expect(thrown()).toEqual([])
})

it('the lab without its engine says that it could not be loaded, and loads it again', async () => {
  const { page, allow, thrown } = await openWithout('mapLab')
  await button(page, 'Map lab').first().click()
  const conclusion = page.getByRole('region', { name: 'Conclusion' })
  await conclusion.getByText('The lab could not be loaded.').waitFor()
  await page.getByRole('region', { name: 'The program' }).getByText('The lab could not be loaded.').waitFor()
  expect(await page.locator('main').innerText()).not.toMatch(/loading|Loading/)
  await allow()
  await button(conclusion, 'Load the lab again').click()
  await conclusion.getByText('Both read the same bytes').waitFor()
  expect(await page.getByText(/could not be/).count()).toBe(0)
  expect(thrown()).toEqual([])
})

it('a lane without its menu: files keep their names, hosts come back up, and the menu comes where it was asked for', async () => {
  const { page, allow, thrown } = await openWithout('LaneMore')
  await palette(page, 'stop device 0')
  await lane(page, 'A').getByText('fails when read').first().waitFor()
  for (const path of ['notes.txt', 'tides.f64']) expect((await fileOn(page, 'A', path).boundingBox())?.width).toBeGreaterThan(40)
  expect(await notes(lane(page, 'A')).count()).toBe(0)
  await palette(page, 'let device 0 answer')
  await lane(page, 'A').getByText('fails when read').first().waitFor({ state: 'detached' })
  await palette(page, 'kill b')
  await button(lane(page, 'B'), 'Reboot B').click()
  await lane(page, 'B').getByText('2/2 played').waitFor()

  await button(lane(page, 'B'), 'Host B: more').click()
  await lane(page, 'B').getByRole('alert').getByText(MISSING).waitFor()
  await allow()
  await button(lane(page, 'B'), 'Try again').click()
  await lane(page, 'B').getByRole('button', { name: /^Kill B/ }).click()
  await button(lane(page, 'B'), 'Reboot B').waitFor()
  expect(thrown()).toEqual([])
})

it.each([
  ['Toasts', () => Promise.resolve(), () => Promise.resolve()],
  ['CheatSheet', (page: Page) => page.keyboard.press('?'), (page: Page) => page.getByRole('heading', { name: 'Keys' }).waitFor()],
  ['MapView', (page: Page) => fileOn(page, 'A', 'tides.f64').click(), (page: Page) => button(page, 'SHA-256 on A').waitFor()],
  ['listen', () => Promise.resolve(), async (page: Page) => {
    await page.getByText(MISSING).waitFor({ state: 'detached' })
    await palette(page, 'theme')
  }],
] as const)('without %s the rest goes on, and trying again brings it', async (name, ask, seeIt) => {
  const { page, allow, thrown } = await openWithout(name)
  // Keys are heard by what came with the first picture or a moment after it.
  await page.waitForLoadState('networkidle')
  await ask(page)
  await page.getByText(MISSING).waitFor()
  expect(await lane(page, 'B').isVisible()).toBe(true)
  await allow()
  await button(page, 'Try again').click()
  await page.getByText(MISSING).waitFor({ state: 'detached' })
  await seeIt(page)
  expect(thrown()).toEqual([])
})
