// A stranger breaks the device and the page says what broke, where, and how it heals: a byte of the log, a byte of the
// superblock, and another format under a host's feet. Nothing is ever called what it isn't.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, eventually, fileOn, firstScene, lane, openTerminal, playButton, trace, typeLine, usePage } from '../helpers/page.ts'

const open = usePage()

/** Types over the byte at an offset, as root of a host. */
async function overwrite(page: Page, host: string, offset: string, hex: string): Promise<void> {
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await inspector.getByLabel('Offset').fill(offset)
  await button(inspector, 'Go').click()
  const editing = button(inspector, 'Edit bytes')
  if ((await editing.getAttribute('aria-pressed')) !== 'true') await editing.click()
  await inspector.getByLabel('as host').selectOption(host)
  await page.getByRole('grid', { name: 'Bytes of the device' }).focus()
  await page.keyboard.type(hex)
}

it('a byte of a log entry: checksums turn red, nobody plays past it, and a step back heals it', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  // In the path of entry 1.
  await overwrite(page, 'B', '0x200274', '5a')
  await page.getByText(/^Log entry 1 is damaged: no host plays past it\./).waitFor()
  await page.getByRole('grid', { name: 'Log entries' }).getByText('wrong').waitFor()
  await page.getByRole('region', { name: 'Inspector' }).getByText(/computed 0x/).first().waitFor()
  await page.getByRole('tab', { name: 'Problems (1)' }).click()
  await page.getByText(/Entry 1.*has a wrong checksum: its bytes are not those that were logged/).first().waitFor()
  await lane(page, 'B').getByText('Log entry 1 is damaged, and B plays nothing past it.').waitFor()
  await button(page, 'Undo the last step').click()
  await lane(page, 'B').getByText("1 entry not played: B can't see tides.f64.").waitFor()
  await page.getByRole('tab', { name: 'Problems', exact: true }).waitFor()
  await button(page, 'Back to the present').click()
  await page.getByText(/^Log entry 1 is damaged: no host plays past it\./).waitFor()
  expect(faults).toEqual([])
})

it('a byte of the superblock: nothing was formatted, hosts go on, and a step back heals it', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await overwrite(page, 'A', '0x18', '01')
  await page.getByText(/A and B still reach the files that they know, and can play nothing\. Step back, or Format the device\.$/).waitFor()
  expect(await page.locator('main').innerText()).not.toContain('formatted again')
  await lane(page, 'A').getByText(/^A keeps what it has played and mapped/).waitFor()
  await fileOn(page, 'A', 'tides.f64').waitFor()
  await button(page, 'Undo the last step').click()
  await lane(page, 'B').getByText('log 1/2 played').waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').waitFor()
  expect(faults).toEqual([])
})

it('another format under B: what B shows is gone, and a reboot brings what is there', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await openTerminal(page, 'A')
  await typeLine(page, 'A', 'umount /mnt/famfs; mkfs.famfs -f /dev/dax0.0 >/dev/null; famfs mount /dev/dax0.0 /mnt/famfs; famfs creat -s 4m /mnt/famfs/table')
  await page.getByText(/^B still has the file system mounted that was there before: the device was formatted again/).waitFor()
  await lane(page, 'B').getByText('The device was formatted again since B mounted it: what it shows is gone.').waitFor()
  await trace(page).getByText(/A ran `umount .* and appended entry 0\./).first().waitFor()
  await button(page, 'Close the terminal of A').click()
  await button(page, 'Reboot B').click()
  await fileOn(page, 'B', 'table').waitFor()
  await eventually(() => fileOn(page, 'B', 'notes.txt').count()).toBe(0)
  expect(faults).toEqual([])
})
