// Nobody is kept out: axe finds nothing in any look, nothing scrolls sideways in a narrow window, and twice the text size
// loses nothing.

import { describe, expect, it } from 'vitest'
import { overflow, violations } from '../helpers/axe.ts'
import { button, eventually, fileForm, firstScene, formatPanel, lane, playButton, showMapping, usePage } from '../helpers/page.ts'

const open = usePage()

// A theme changes colours and nothing else.
describe.each([['light', 'all'], ['dark', 'colours']] as const)('in %s', (colorScheme, rules) => {
  it('the wide page, and its forms', async () => {
    const { page, faults } = await open({ colorScheme, reducedMotion: 'reduce' })
    await firstScene(page)
    expect(await violations(page, rules)).toEqual([])
    await playButton(page, 'B').click()
    await lane(page, 'B').getByText('log 2/2 played').waitFor()
    await showMapping(page, 'B', 'tides.f64')
    await button(page, 'New file').click()
    await fileForm(page).getByLabel('Size').fill('many')
    await button(fileForm(page), 'Create file').click()
    expect(await violations(page, rules)).toEqual([])
    await button(page, 'Format').click()
    await formatPanel(page).waitFor()
    expect(await violations(page, rules, '.panel')).toEqual([])
    expect(await overflow(page)).toBe(0)
    expect(faults).toEqual([])
  })

  it('a narrow page, pane by pane', async () => {
    const { page, faults } = await open({ colorScheme, reducedMotion: 'reduce', viewport: { width: 360, height: 740 } })
    await firstScene(page)
    const tabs = page.getByRole('tab')
    const names = await tabs.allInnerTexts()
    expect(names.length).toBeGreaterThan(2)
    for (const name of names) {
      await page.getByRole('tab', { name, exact: true }).click()
      expect([name, await violations(page, rules)]).toEqual([name, []])
      expect([name, await overflow(page)]).toEqual([name, 0])
    }
    expect(faults).toEqual([])
  })
})

it('twice the text size by the browser’s own setting', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  expect(await page.getByRole('tab', { name: 'Hosts' }).count()).toBe(0)
  await page.addStyleTag({ content: ':root { font-size: 200% }' })
  await page.getByRole('tab', { name: 'Hosts' }).waitFor()
  expect(await overflow(page)).toBe(0)
  await button(page, 'A− smaller text').waitFor()
  expect(faults).toEqual([])
})

it.each([1440, 360])('twice the text size in a window of %i pixels', async (width) => {
  const { page, faults } = await open({ viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  await firstScene(page)
  // The page may turn into its narrow self on the way: the keys' place must not be lost over it.
  const larger = page.getByRole('button', { name: /larger text/ })
  await larger.focus()
  for (let step = 0; step < 12 && (await larger.getAttribute('aria-disabled')) !== 'true'; step++) {
    await page.keyboard.press('Enter')
    expect(await larger.evaluate((element) => element === document.activeElement)).toBe(true)
  }
  await page.getByText('Text at 200 %').waitFor({ state: 'attached' })
  await eventually(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px')
  await page.keyboard.press('Escape')
  for (const name of await page.getByRole('tab').allInnerTexts()) {
    await page.getByRole('tab', { name, exact: true }).click()
    expect([name, await violations(page)]).toEqual([name, []])
    expect([name, await overflow(page)]).toEqual([name, 0])
  }
  await page.getByRole('tab', { name: 'Hosts' }).click()
  await playButton(page, 'B').click()
  await lane(page, 'B').getByText('log 2/2 played').waitFor()
  expect(faults).toEqual([])
})
