// Code that is loaded late may come very late, or not at all. What is stored is untouched by it, and comes back once the code
// does.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { dropPattern, fileOn, firstScene, lane, ready, saved, storageMark, usePage } from '../helpers/page.ts'

const open = usePage()
const RESTORE = '**/assets/restore-*.js'

/** Image of two hosts and a file of one's own. */
async function keepMine(page: Page): Promise<void> {
  await firstScene(page)
  await dropPattern(page, 'A', 'mine.bin', 10_000, 3)
  await fileOn(page, 'A', 'mine.bin').waitFor()
  await saved(page)
}

async function mineIsBack(page: Page): Promise<void> {
  await ready(page)
  await saved(page)
  for (const host of ['A', 'B']) {
    await lane(page, host).getByText('log 3/3 played').waitFor()
    await fileOn(page, host, 'mine.bin').waitFor()
  }
}

/** A reload that gets as far as this code, which doesn't come. */
async function reloadWithout(page: Page, code: string): Promise<void> {
  const asked = page.waitForRequest(code)
  await page.reload()
  await asked
}

it('two reloads before it comes, and a page that goes out of sight meanwhile', async () => {
  const { page, context, faults } = await open()
  await keepMine(page)
  // Nobody answers.
  await page.route(RESTORE, () => undefined)
  await reloadWithout(page, RESTORE)
  await reloadWithout(page, RESTORE)
  const other = await context.newPage()
  await other.bringToFront()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.bringToFront()
  await reloadWithout(page, RESTORE)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.reload()
  await mineIsBack(page)
  expect(faults).toEqual([])
})

it.each([['the code that brings it back', RESTORE], ['what that needs', '**/assets/hostDeeds-*.js'], ['the code that judges it', '**/assets/manifest-*.js']])('%s doesn’t come, twice: nothing is saved, and it is said', async (_, code) => {
  const { page } = await open()
  await keepMine(page)
  await page.route(code, (route) => route.abort())
  for (let reload = 0; reload < 2; reload++) {
    await reloadWithout(page, code)
    await ready(page)
    await storageMark(page).getByText('not stored').waitFor()
    await storageMark(page).click()
    await page.getByText(/Not saved: a part of the page didn’t arrive/).first().waitFor()
    expect(await page.locator('body').innerText()).toMatch(/Reload when the network answers\. What is stored is untouched\./)
    expect(await fileOn(page, 'A', 'mine.bin').count()).toBe(0)
    await page.keyboard.press('Escape')
  }
  await page.unrouteAll()
  await page.reload()
  await mineIsBack(page)
})
