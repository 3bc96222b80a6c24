// The image outlives the page: a reload at any moment, a second tab, and starting over.

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { patternBytes } from '../helpers/outcome.ts'
import {
  button, dropPattern, eventually, failureTexts, fileForm, fileOn, firstScene, hashOn, lane, notes, playButton, ready, saved, storageMark, usePage,
} from '../helpers/page.ts'

const open = usePage()

function sha256(bytes: Uint8Array, repeated = 1): string {
  const hash = createHash('sha256')
  for (let i = 0; i < repeated; i++) hash.update(bytes)
  return hash.digest('hex')
}

it('a reload keeps device and hosts', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await dropPattern(page, 'A', 'kept.bin', 5 * MIB + 9, 4)
  await fileOn(page, 'A', 'kept.bin').waitFor()
  await button(page, 'Add host').click()
  await fileOn(page, 'C', 'kept.bin').waitFor()
  await saved(page)
  await page.reload()
  await ready(page)
  for (const host of ['A', 'B', 'C']) {
    await lane(page, host).getByText('log 3/3 played').waitFor()
    await fileOn(page, host, 'kept.bin').waitFor()
  }
  await lane(page, 'A').getByText('master', { exact: true }).waitFor()
  await saved(page)
  expect(await hashOn(page, 'C', 'kept.bin')).toBe(sha256(patternBytes(5 * MIB + 9, 4)))
  expect(await failureTexts(page)).toEqual([])
  expect(faults).toEqual([])
})

it('a reload in the middle of a copy leaves a sound image', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await saved(page)
  const drop = () => dropPattern(page, 'A', 'big.bin', MIB + 1, 6, 150)
  await drop()
  await page.getByRole('progressbar').waitFor()
  await page.reload()
  await ready(page)
  expect(await failureTexts(page)).toEqual([])
  expect(await hashOn(page, 'B', 'tides.f64')).toMatch(/^[0-9a-f]{64}$/)

  // Whether the file is there or not: the same copy again ends well.
  await drop()
  await eventually(() => page.getByRole('progressbar').count()).toBe(0)
  await fileOn(page, 'A', 'big.bin').waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'big.bin').waitFor()
  expect(await hashOn(page, 'B', 'big.bin')).toBe(sha256(patternBytes(MIB + 1, 6), 150))
  expect(await failureTexts(page)).toEqual([])
  expect(faults).toEqual([])
})

it('a press, and a reload before it could be saved in peace, is kept', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const list = page.getByRole('region', { name: 'Devices', exact: true })
  // Nothing is waiting to be saved before the press.
  const press = async (name: string, says: string): Promise<void> => {
    await saved(page)
    await button(page, 'Devices').first().click()
    await button(list, name).click()
    await list.getByText(says, { exact: true }).waitFor()
    await page.reload()
    await ready(page)
    await button(page, 'Devices').first().click()
    await list.getByText(says, { exact: true }).waitFor()
    await page.keyboard.press('Escape')
  }
  await press('Stop device 0', 'does not answer')
  await press('Let device 0 answer again', 'answers')
  await press('Stop device 0', 'does not answer')
  expect(faults).toEqual([])
})

it('a second tab is told, and changes nothing', async () => {
  const first = await open()
  await firstScene(first.page)
  await saved(first.page)
  const { page, faults } = await open({ context: first.context, url: first.url })
  await ready(page)
  await storageMark(page).getByText('read-only').waitFor()
  await page.getByText(/Another tab has this image open/).first().waitFor()
  await fileOn(page, 'A', 'tides.f64').waitFor()

  await button(page, 'New file').click()
  await button(fileForm(page), 'Create file').click()
  await notes(fileForm(page)).waitFor()
  expect(await notes(fileForm(page)).innerText()).toMatch(/Another tab has this image open.*Go to the other tab.*EROFS/s)

  await first.page.close()
  await page.reload()
  await saved(page)
  await button(page, 'New file').click()
  await button(fileForm(page), 'Create file').click()
  await fileOn(page, 'A', 'data.bin').waitFor()
  expect(faults).toEqual([])
})

it('Start over is a step, and a step back brings the old device back', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await dropPattern(page, 'A', 'mine.bin', 1000, 2)
  await fileOn(page, 'A', 'mine.bin').waitFor()
  await button(page, 'Start over').click()
  await firstScene(page)
  await eventually(() => fileOn(page, 'A', 'mine.bin').count()).toBe(0)
  // Whoever wants to start over again may.
  await button(page, 'Start over').waitFor()
  await button(page, 'Step back').first().click()
  await fileOn(page, 'A', 'mine.bin').waitFor()
  // Hosts know again what they knew, and no more.
  await lane(page, 'B').getByText('log 1/3 played').waitFor()
  await playButton(page, 'B').click()
  await fileOn(page, 'B', 'mine.bin').waitFor()
  await button(page, 'Start over').waitFor()
  expect(await hashOn(page, 'B', 'mine.bin')).toBe(sha256(patternBytes(1000, 2)))
  await saved(page)
  await page.reload()
  await ready(page)
  await fileOn(page, 'B', 'mine.bin').waitFor()
  expect(faults).toEqual([])
})
