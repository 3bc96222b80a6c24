// A person's way through the first scene and on: by mouse, by keys alone, with files of their own, and with mistakes.

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { patternBytes } from '../helpers/outcome.ts'
import {
  button, dropFromDisk, dropPattern, eventually, failures, failureTexts, fileForm, fileOn, firstScene, focused, formatPanel, hashOn, hostMenu, lane, notes, playButton,
  showMapping, tabTo, trace, usePage, writeValue,
} from '../helpers/page.ts'

const open = usePage()

it('by mouse: B is one entry behind, plays the log, and sees the file', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await lane(page, 'A').getByText('master', { exact: true }).waitFor()
  await lane(page, 'B').getByText('client', { exact: true }).waitFor()
  expect(await lane(page, 'B').innerText()).toContain("1 entry not played: B can't see tides.f64.")
  expect(await fileOn(page, 'B', 'tides.f64').count()).toBe(0)

  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').waitFor()
  await lane(page, 'B').getByText('log 2/2 played').waitFor()
  expect(await lane(page, 'B').innerText()).not.toContain('not played:')
  expect(await trace(page).getByRole('listitem').first().innerText()).toContain('B played 1 entry: 1 new file.')
  const spoken = page.getByRole('status').filter({ hasText: 'B played 1 entry: 1 new file.' })
  await spoken.waitFor()
  expect(await failureTexts(page)).toEqual([])
  expect(faults).toEqual([])
})

it('by keys alone: the same, then a new file, then B plays again', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await tabTo(page, 'Play log on B')
  await page.keyboard.press('Enter')
  await lane(page, 'B').getByText('log 2/2 played').waitFor()
  await tabTo(page, 'tides.f64', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('grid', { name: /^tides\.f64 on B/ }).waitFor()

  await tabTo(page, 'New file', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await fileForm(page).waitFor()
  // The form has taken the focus to where the next key is wanted.
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('typed.bin')
  await tabTo(page, 'Create file')
  await page.keyboard.press('Space')
  await fileOn(page, 'A', 'typed.bin').waitFor()
  await tabTo(page, 'Play log on B')
  await page.keyboard.press('Space')
  await fileOn(page, 'B', 'typed.bin').waitFor()
  expect(faults).toEqual([])
})

it('a file that is dropped on A is the same on B', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const sizeBytes = 40 * MIB + 321
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { bars: seen })
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll('progress')) seen.push(bar.getAttribute('aria-label') ?? '')
    }).observe(document.body, { subtree: true, childList: true })
  })
  await dropPattern(page, 'A', 'dropped.bin', sizeBytes, 5)
  await fileOn(page, 'A', 'dropped.bin').waitFor()
  await trace(page).getByText(/A copied a file in: entry 2, dropped\.bin, 40 MiB/).waitFor()
  expect(await page.evaluate(() => (globalThis as unknown as { bars: string[] }).bars)).toContain('A copies dropped.bin in')
  await eventually(() => page.getByRole('progressbar').count()).toBe(0)

  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'dropped.bin').waitFor()
  const expected = createHash('sha256').update(patternBytes(sizeBytes, 5)).digest('hex')
  expect(await hashOn(page, 'B', 'dropped.bin')).toBe(expected)

  await dropPattern(page, 'B', 'refused.bin', 100, 1)
  await notes(lane(page, 'B')).waitFor()
  expect(await notes(lane(page, 'B')).innerText()).toMatch(/only the master may copy files in.*Run it on the host that formatted the device.*EPERM/s)
  expect(await fileOn(page, 'A', 'refused.bin').count()).toBe(0)
  expect(faults).toEqual([])
})

it('every drop counts, also while a copy runs; a folder is no file', async () => {
  const { page, context, faults } = await open()
  await firstScene(page)
  await dropPattern(page, 'A', 'large.bin', MIB, 5, 100)
  for (const name of ['one.bin', 'two.bin', 'three.bin', 'four.bin']) await dropPattern(page, 'A', name, 10, 1)
  await lane(page, 'A').getByText('log 7/7 played').waitFor()
  await fileOn(page, 'A', 'four.bin').waitFor()
  // In the order of the drops, though all of them waited while the first was copied.
  const copies = await trace(page).getByText(/A copied a file in: entry [2-6],/).allInnerTexts()
  const order = copies.map((text) => /entry (\d), (\w+)\.bin/.exec(text)?.slice(1).join(' ')).toSorted()
  expect(order).toEqual(['2 large', '3 one', '4 two', '5 three', '6 four'])

  const folder = mkdtempSync(join(tmpdir(), 'famfs-folder-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'beside.txt'), 'a file beside a folder')
  mkdirSync(join(folder, 'photos'))
  await dropFromDisk(page, context, 'A', [join(folder, 'photos'), join(folder, 'beside.txt')])
  await notes(lane(page, 'A')).waitFor()
  expect(await notes(lane(page, 'A')).innerText()).toMatch(/photos is a folder, and a folder can’t be copied in as one file\. Drop the files in it\./)
  await lane(page, 'A').getByText('log 8/8 played').waitFor()
  await fileOn(page, 'A', 'beside.txt').waitFor()
  expect(await failureTexts(page)).toEqual([])
  expect(faults).toEqual([])
})

it('a mistake of the page’s own is shown, and nothing else stops', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await page.evaluate(() => {
    Crypto.prototype.getRandomValues = () => {
      throw new Error('no chance left')
    }
  })
  await button(page, 'Add host').click()
  await notes(page).waitFor()
  expect(await notes(page).innerText()).toMatch(/This page made a mistake: no chance left\. Reload the page, and please report/)
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').waitFor()
  await button(page, 'Dismiss').click()
  await eventually(() => notes(page).count()).toBe(0)
  expect(await focused(page)).not.toBe('')
  expect(faults).toEqual([])
})

it('among very many files one types, and a few are offered', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const drop = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    for (let i = 0; i < 105; i++) transfer.items.add(new File(['some text'], `${i}.txt`))
    return transfer
  })
  await button(lane(page, 'A'), 'Drop files on A').dispatchEvent('drop', { dataTransfer: drop })
  await lane(page, 'A').getByText('log 107/107 played').waitFor()
  await playButton(page, 'B').click()
  await lane(page, 'B').getByText('log 107/107 played').waitFor()
  await showMapping(page, 'B', '104.txt')
  await page.getByRole('grid', { name: '104.txt on B as Uint8' }).waitFor()
  await showMapping(page, 'A', 'tides.f64')
  await page.getByRole('grid', { name: 'tides.f64 on A as Float64' }).waitFor()
  expect(await page.locator('datalist option').count()).toBeLessThanOrEqual(50)
  await page.getByLabel('File', { exact: true }).fill('nowhere')
  await page.getByText('No path has this in it.').waitFor()
  expect(faults).toEqual([])
})

it('New file says what is wrong where it is wrong, and what to do', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await button(page, 'New file').click()
  const form = fileForm(page)
  const path = form.getByLabel('Path in the mount')
  const create = button(form, 'Create file')

  await path.fill(' ')
  await create.click()
  await form.getByText('Give a path inside the mount, such as data.bin.').waitFor()
  expect(await path.getAttribute('aria-invalid')).toBe('true')
  await path.fill('data.bin')
  await form.getByLabel('Size').fill('many')
  await create.click()
  await form.getByText('Give a size such as 4m, 64k or 100.').waitFor()
  await form.getByLabel('Size').fill('4m')
  await form.getByLabel('Seed', { exact: true }).fill('-1')
  await create.click()
  await form.getByText('Give a whole number above 0.').waitFor()
  await form.getByLabel('Seed', { exact: true }).fill('7')

  await path.fill('n'.repeat(80))
  await create.click()
  await form.getByText('Use a shorter name, or directories nearer to the mount point.').waitFor()
  expect(await notes(form).innerText()).toMatch(/The path has 80 bytes, and a log entry holds 79.*ENAMETOOLONG/s)
  await path.fill('data.bin')
  await form.getByLabel('Size').fill('1g')
  await create.click()
  await form.getByText('famfs never frees space.').waitFor()
  await form.getByLabel('On host').selectOption('B')
  await form.getByLabel('Size').fill('3m')
  await create.click()
  await form.getByText(/only the master may create files/).waitFor()
  expect(await failures(page).count()).toBe(3)
  await lane(page, 'A').getByText('log 2/2 played').waitFor()

  await form.getByLabel('On host').selectOption('A')
  await create.click()
  await fileOn(page, 'A', 'data.bin').waitFor()
  await eventually(() => form.count()).toBe(0)
  expect(await focused(page)).toBe('New file')
  await lane(page, 'B').getByText('log 1/3 played').waitFor()
  expect(faults).toEqual([])
})

it('Format asks first, and then every host has forgotten', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await button(page, 'Format').click()
  const panel = formatPanel(page)
  expect(await panel.innerText()).toContain('2 files will be forgotten: notes.txt and tides.f64.')
  await button(panel, 'Keep everything').click()
  await eventually(() => panel.count()).toBe(0)
  await lane(page, 'A').getByText('log 2/2 played').waitFor()

  await button(page, 'Format').click()
  await button(panel, 'Forget everything and format').click()
  for (const host of ['A', 'B']) await lane(page, host).getByText('log 0/0 played').waitFor()
  expect(await fileOn(page, 'A', 'notes.txt').count()).toBe(0)
  await lane(page, 'A').getByText('master', { exact: true }).waitFor()
  expect(faults).toEqual([])
})

it('a value written on A is seen in B’s mapping, and B may not write', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'tides.f64').click()
  await showMapping(page, 'B', 'tides.f64')
  const grid = page.getByRole('grid', { name: 'tides.f64 on B as Float64' })
  await grid.waitFor()
  const third = grid.getByRole('gridcell').nth(2)
  await eventually(() => third.innerText()).toMatch(/^0\.\d+$/)
  await writeValue(page, 'A', 2, '1234.5')
  await eventually(() => third.innerText()).toBe('1234.5')

  await writeValue(page, 'B', 2, '99')
  await notes(page).first().waitFor()
  expect(await notes(page).first().innerText()).toMatch(/may not be written by uid 1000: mode 0444, owner 1000.*clients drop the write bits.*EACCES/is)
  expect(await third.innerText()).toBe('1234.5')
  await button(page.getByRole('group', { name: 'Values' }), 'Uint8').click()
  await writeValue(page, 'A', 2, '256')
  await page.getByText('Give a whole number from 0 to 255.').waitFor()
  await button(page.getByRole('group', { name: 'Values' }), 'Float64').click()
  await writeValue(page, 'A', 2, '1e999')
  await page.getByText('Give a number that 64 bits can hold: at most about 1.8e308.').waitFor()
  await eventually(() => third.innerText()).toBe('1234.5')
  expect(faults).toEqual([])
})

it('hosts come, go down, and come back from the log', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await button(page, 'Add host').click()
  await lane(page, 'C').getByText('log 2/2 played').waitFor()
  await fileOn(page, 'C', 'tides.f64').waitFor()

  await hostMenu(page, 'C', 'Kill')
  await button(lane(page, 'C'), 'Reboot C').waitFor()
  await eventually(() => focused(page)).toBe('Reboot C')
  expect(await lane(page, 'C').innerText()).toMatch(/plug was pulled.*the device keeps every byte/s)
  expect(await fileOn(page, 'C', 'tides.f64').count()).toBe(0)
  await button(lane(page, 'C'), 'Reboot C').click()
  await lane(page, 'C').getByText('log 2/2 played').waitFor()
  await fileOn(page, 'C', 'tides.f64').waitFor()

  await hostMenu(page, 'A', 'Reboot')
  await lane(page, 'A').getByText('log 2/2 played').waitFor()
  await hostMenu(page, 'C', 'Remove')
  await eventually(() => lane(page, 'C').count()).toBe(0)
  await button(page, 'parallel: 2 workers').waitFor()
  expect(faults).toEqual([])
})
