// Four devices and a keyboard: a file is striped over them, a byte of it goes bad, another host can't read it and says so in
// the right words, and a step back heals it.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { overflow, violations } from '../helpers/axe.ts'
import { eventually, firstScene, focused, formatPanel, lane, notes, promptOf, screenOf, tabTo, usePage } from '../helpers/page.ts'

const open = usePage()

/** Presses the key until the field has the focus. */
async function tabToField(page: Page, label: string, key: 'Tab' | 'Shift+Tab'): Promise<void> {
  const field = page.getByLabel(label, { exact: true })
  for (let stop = 0; stop < 20; stop++) {
    await page.keyboard.press(key)
    if (await field.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`the ${key} key never comes to ${label}`)
}

async function command(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Command' }).waitFor()
  await page.keyboard.type(text)
  await page.locator('.palette-row[aria-selected="true"]').waitFor()
  await page.keyboard.press('Enter')
}

it('four devices, a striped file, a poisoned byte, the error on another host, and a step back: by keys alone', async () => {
  const { page, faults } = await open({ reducedMotion: 'reduce' })
  await firstScene(page)
  await command(page, 'format')
  await formatPanel(page).waitFor()
  await tabToField(page, 'Number of devices', 'Shift+Tab')
  await page.keyboard.press('4')
  await formatPanel(page).getByText(/one file system on 4 devices of 256\.0 MiB each/).waitFor()
  await tabTo(page, 'Forget everything and format')
  await page.keyboard.press('Enter')
  await formatPanel(page).waitFor({ state: 'detached' })
  await lane(page, 'B').getByText('log 3/3 played').waitFor()

  await page.keyboard.press('n')
  await page.getByRole('form', { name: 'New file' }).waitFor()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('wide.bin')
  await tabToField(page, 'Size', 'Tab')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('16m')
  await tabToField(page, 'Striped', 'Tab')
  await page.keyboard.press('4')
  await page.getByText('one on each of devices 0 to 3').waitFor()
  await tabTo(page, 'Create file')
  await page.keyboard.press('Enter')
  await page.getByRole('form', { name: 'New file' }).waitFor({ state: 'detached' })
  await command(page, 'play log on b')
  await lane(page, 'B').getByText('log 4/4 played').waitFor()

  await command(page, '2:0x200000')
  await page.getByText(/^Device 2, byte 0x00200000 is 0x|^Byte [\d,]+ of wide\.bin is on strip \d, chunk \d\.$/).waitFor()
  await command(page, 'poison this')
  await eventually(() => focused(page)).toBe('Poison this range')
  await page.getByText(/^64 bytes from device 2, byte 0x00200000 on, in whole lines of 64 bytes\. There: wide\.bin, strip \d/).waitFor()
  expect(await violations(page, 'all', '.sheet')).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByText('A step back (Ctrl-Z) undoes it.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText(/^Memory of device 2 is poisoned under wide\.bin: read it on a host and see the error/).waitFor()
  for (const host of ['A', 'B']) await lane(page, host).getByText('fails when read').waitFor()
  expect(await violations(page)).toEqual([])
  expect(await overflow(page)).toBe(0)

  await tabTo(page, 'Read wide.bin on B')
  await page.keyboard.press('Enter')
  await notes(lane(page, 'B')).getByText(/wide\.bin .*reported poisoned memory/).waitFor()
  await notes(lane(page, 'B')).getByText('ENODEV').waitFor()
  await lane(page, 'B').getByText('bad memory ENODEV').waitFor()
  await lane(page, 'A').getByText('fails when read').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await page.getByText(/Device 2 has poisoned memory: 64 bytes at 0x200000\./).waitFor()

  await page.keyboard.press('Control+Z')
  await lane(page, 'A').getByText('fails when read').waitFor({ state: 'detached' })
  await lane(page, 'B').getByText('bad memory').waitFor({ state: 'detached' })
  await page.getByText(/^This is the past: 1 later step is undone\./).waitFor()
  await command(page, 'terminal on b')
  await promptOf(page, 'B')
  await page.keyboard.type('sha256sum /mnt/famfs/wide.bin\n')
  await eventually(async () => (await screenOf(page, 'B')).join('')).toMatch(/[0-9a-f]{64} +\/mnt\/famfs\/wide\.bin/)
  expect(faults).toEqual([])
})
