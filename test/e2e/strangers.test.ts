// Five questions of somebody who has never seen famfs. Each is answered by the page itself, in words and in bytes, with no
// more than three clicks or keys from the first scene.

import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { HELP } from '../../src/ui/help.ts'
import { button, firstScene, lane, playButton, usePage } from '../helpers/page.ts'

const open = usePage()
const CLICKS_MOST = 3

/** A stranger with few clicks to spare. */
function stranger() {
  let clicks = 0
  return {
    async click(target: Locator): Promise<void> {
      clicks++
      expect(clicks).toBeLessThanOrEqual(CLICKS_MOST)
      await target.click()
    },
  }
}

function inspector(page: Page): Locator {
  return page.getByRole('region', { name: 'Inspector' })
}

it('Where is my file’s data?', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const { click } = stranger()
  await click(lane(page, 'A').getByRole('button', { name: /^Map of tides\.f64: 1 extent: 4\.0 MiB at 0x00c00000$/ }))
  await inspector(page).getByRole('heading', { name: /^tides\.f64/ }).waitFor()
  // The first values of a sine, as they lie in memory from there on.
  await inspector(page).getByRole('rowheader', { name: '0x00c00000' }).waitFor()
  // And the map has it lit, in its place.
  await page.getByRole('region', { name: 'Device map' }).getByText(/tides\.f64/).first().waitFor()
  expect(faults).toEqual([])
})

it('Why can’t B see it?', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const { click } = stranger()
  expect(await lane(page, 'B').innerText()).toContain("1 entry not played: B can't see tides.f64.")
  await click(lane(page, 'B').getByRole('button', { name: 'in log entry 1, not played here' }))
  await inspector(page).getByRole('heading', { name: 'Log entry 1' }).waitFor()
  await inspector(page).getByText('“tides.f64”').waitFor()
  await click(button(page, 'Who may do what?'))
  await page.getByRole('note').getByText(HELP.hosts.says).waitFor()
  await click(playButton(page, 'B'))
  await lane(page, 'B').getByText('Sees everything that the log says.').waitFor()
  expect(faults).toEqual([])
})

it('Who may create files?', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const { click } = stranger()
  await click(button(lane(page, 'B'), 'client'))
  await lane(page, 'B').getByText(/A formatted the device and is its master: it alone may create files\. B is a client/).waitFor()
  await click(button(lane(page, 'B'), 'Show the owner in the superblock'))
  await inspector(page).getByText('ts_system_uuid').first().waitFor()
  const uuid = await page.evaluate(() => document.querySelector('.fields [aria-selected="true"]')?.textContent ?? '')
  expect(uuid).toMatch(/ts_system_uuid.*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/s)
  expect(faults).toEqual([])
})

it('What does a log entry contain?', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const { click } = stranger()
  await click(page.getByRole('grid', { name: 'Log entries' }).getByText('tides.f64'))
  await inspector(page).getByRole('heading', { name: 'Log entry 1' }).waitFor()
  const fields = page.getByRole('grid', { name: 'Fields of Log entry 1' })
  for (const name of ['famfs_log_entry_seqnum', 'famfs_log_entry_type', 'fm_size', 'fm_relpath', 'se_offset', 'famfs_log_entry_crc']) {
    await fields.getByText(name).first().waitFor()
  }
  await click(button(page, 'Help: Log'))
  await page.getByRole('note').getByText(HELP.log.means).waitFor()
  expect(faults).toEqual([])
})

it('How is a striped file laid out?', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const { click } = stranger()
  await click(playButton(page, 'B'))
  await click(button(page, 'Let A make a striped file'))
  const fields = page.getByRole('grid', { name: /^Fields of striped-1\.bin/ })
  for (const strip of [0, 1, 2, 3]) await fields.getByText(`strip ${strip}`).first().waitFor()
  await inspector(page).getByText(/chunk 0/).first().waitFor()
  expect(faults).toEqual([])
})
