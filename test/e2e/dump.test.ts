// Dumps of real devices, beside the scene: dropped or chosen, raw, gzip or two meta files, sound and damaged, and files that
// are none. Whatever opens or doesn't, the scene behind stays what it was.

import { AxeBuilder } from '@axe-core/playwright'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../../src/core/base/plain.ts'
import { goldenImages, printCount } from '../counts.ts'
import { changed, crossLinked, entryAt, goldenSayings, metaFiles, severalDevices, soundImage, zipped } from '../helpers/dumps.ts'
import { button, firstScene, focused, lane, notes, tabTo, trace, usePage } from '../helpers/page.ts'

const open = usePage()
const folder = fileURLToPath(new URL('../../../shared/golden', import.meta.url))
const sound = soundImage()
const SOUND = 'Sound: superblock, log header and all 5 log entries are valid, and no unit is claimed twice.'

interface Given {
  name: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Drops files beside the lanes, as a file manager does. */
async function drop(page: Page, ...files: Given[]): Promise<void> {
  // What isn't packed would be long text on its way to the browser.
  const given = files.map(({ name, bytes }) => ({ name, text: Buffer.from(bytes).toString('base64') }))
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer()
    for (const { name, text } of list) data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name))
    return data
  }, given)
  const main = page.locator('main')
  await main.dispatchEvent('dragover', { dataTransfer: transfer })
  await main.dispatchEvent('drop', { dataTransfer: transfer })
}

function card(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

function tree(page: Page): Locator {
  return page.getByRole('tree', { name: 'Files and directories in the log' })
}

/** All that the scene shows of itself. */
async function sceneTexts(page: Page): Promise<string[]> {
  return [await lane(page, 'A').innerText(), await lane(page, 'B').innerText(), await trace(page).innerText()]
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(passes.length).toBeGreaterThan(5)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** The golden images where they are; else images of our own with what each must say. */
function images(): (Given & { verdict: string })[] {
  if (existsSync(join(folder, 'manifest.json'))) {
    return Object.entries(goldenSayings).map(([name, { verdict }]) => ({ name: `${name}.img.gz`, bytes: new Uint8Array(readFileSync(join(folder, `${name}.img.gz`))), verdict }))
  }
  return [
    { name: 'sound.img', bytes: zipped(sound), verdict: SOUND },
    { name: 'entry.img', bytes: zipped(changed(sound, entryAt(2) + 40)), verdict: 'Not sound: log entry 2 of 5 has a wrong checksum; a host that plays this log stops after entry 1.' },
    { name: 'superblock.img', bytes: zipped(changed(sound, 50)), verdict: 'Not sound: the superblock is damaged: its checksum does not match its bytes; the log header is valid.' },
    { name: 'crossed.img', bytes: zipped(crossLinked()), verdict: 'Not sound: 1 allocation unit is claimed twice.' },
  ]
}

it('every image opens by drop with its verdict, beside a scene that stays what it was', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const before = await sceneTexts(page)
  const given = images()
  for (const { name, bytes, verdict } of given) {
    await drop(page, { name, bytes })
    await card(page, name).getByText(verdict, { exact: true }).waitFor()
    await button(page, 'Close dump').click()
    await lane(page, 'A').waitFor()
  }
  printCount('images opened by drop', given.length)
  expect([4, goldenImages]).toContain(given.length)
  expect(await sceneTexts(page)).toEqual(before)
  expect(await notes(page).count()).toBe(0)
  expect(faults).toEqual([])
})

it('is chosen, looked at, and left for the scene; several are open at once', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const before = await sceneTexts(page)
  const chooser = page.waitForEvent('filechooser')
  await button(page, 'Open a dump').click()
  await (await chooser).setFiles([{ name: 'one.img', mimeType: '', buffer: Buffer.from(zipped(sound)) }])
  await card(page, 'one.img').getByText(SOUND).waitFor()
  expect(await card(page, 'one.img').innerText()).toMatch(/gzip image, 10\.0 MiB of 256\.0 MiB[^]*every other host is a client[^]*13 of 128 units of 2\.0 MiB used, 115 free[^]*5 of 15,420 slots used, 15,415 free[^]*4 files, 1 directory/)
  expect(await page.locator('pre').innerText()).toMatch(/^Famfs Superblock:[^]*0 bad log entries detected/)

  await drop(page, { name: 'several.img', bytes: zipped(severalDevices()) })
  await card(page, 'several.img').getByText('2 other devices belong to this file system, and are not here; this is the primary one. 1 file has extents there.').waitFor()
  const tabs = page.getByRole('navigation', { name: 'Open' }).getByRole('button')
  const tabNames = async (): Promise<string[]> => (await tabs.allInnerTexts()).map((text) => text.replaceAll('\n', ' '))
  expect(await tabNames()).toEqual(['Scene', 'dump one.img', 'dump several.img'])
  await tabs.nth(1).click()
  await card(page, 'one.img').waitFor()
  await tabs.first().click()
  await lane(page, 'A').waitFor()
  expect(await sceneTexts(page)).toEqual(before)
  await tabs.nth(2).click()
  await button(page, 'Close dump').click()
  await lane(page, 'A').waitFor()
  expect(await tabNames()).toEqual(['Scene', 'dump one.img'])
  expect(faults).toEqual([])
})

it('the tree is walked by keys, and what is chosen in it shows in log and bytes', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await drop(page, { name: 'x.img', bytes: zipped(sound) })
  await card(page, 'x.img').waitFor()
  const names = (): Promise<string[]> => tree(page).getByRole('treeitem').evaluateAll((rows) => rows.map((row) => `${row.getAttribute('aria-level')} ${row.getAttribute('title')}`))
  expect(await names()).toEqual(['1 logs', '2 logs/two.bin', '1 four.bin', '1 one.bin', '1 three.bin'])
  await tabTo(page, 'Files and directories in the log')
  const chosen = (): Promise<string | null> => tree(page).locator('[aria-selected="true"]').getAttribute('title')
  await page.keyboard.press('ArrowRight')
  expect(await chosen()).toBe('logs/two.bin')
  await page.getByText('Log entry 2', { exact: true }).first().waitFor()
  await page.locator('#log-2[aria-selected="true"]').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  expect(await names()).toEqual(['1 logs', '1 four.bin', '1 one.bin', '1 three.bin'])
  await page.keyboard.press('t')
  expect(await chosen()).toBe('three.bin')
  await page.keyboard.press('Home')
  expect(await chosen()).toBe('logs')
  await page.keyboard.press('End')
  expect(await chosen()).toBe('three.bin')
  expect(await focused(page)).toContain('Files and directories in the log')
  expect(faults).toEqual([])
})

it('two meta files are one dump, in any order; one alone says which is missing', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const [superblock, log] = await Promise.all(metaFiles(sound).map(async (file) => ({ name: `x${file.name}`, bytes: zipped(new Uint8Array(await file.arrayBuffer())) })))
  await drop(page, log!, superblock!)
  await card(page, 'x.superblock and x.log').getByText(SOUND).waitFor()
  await drop(page, log!)
  await notes(page).getByText('x.log is a log without its superblock: it is what a mount shows as .meta/.log. Open it together with .meta/.superblock of the same mount.').waitFor()
  // What is open stays open.
  await card(page, 'x.superblock and x.log').waitFor()
  await button(page, 'Dismiss').click()
  await drop(page, superblock!)
  await notes(page).getByText(/x\.superblock is a superblock without its log/).waitFor()
  expect(faults).toEqual([])
})

it('what is no dump is told what it is; two that are no pair each get their answer', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const before = await sceneTexts(page)
  await drop(page, { name: 'letter.txt', bytes: bytesOfText('Dear famfs,\n') }, { name: 'empty.img', bytes: new Uint8Array(0) })
  // The advice is the same, and said once.
  await notes(page).getByText(/empty\.img is empty\./).waitFor()
  expect(await notes(page).allInnerTexts()).toEqual([
    expect.stringMatching(/^letter\.txt is text, and begins with “Dear famfs,”\. empty\.img is empty\. Expected is the start of a famfs device, raw or gzip: .*dd if=\/dev\/pmem0 .*\.meta\/\.superblock/s),
  ])
  await button(page, 'Dismiss').click()
  expect(await sceneTexts(page)).toEqual(before)
  expect(await page.getByRole('navigation', { name: 'Open' }).count()).toBe(0)
  expect(faults).toEqual([])
})

describe.each([['light', 1440, 900, 0], ['dark', 1440, 900, 0], ['light', 360, 740, 0], ['light', 1440, 900, 5]] as const)('in %s, %i by %i, text %i steps larger', (colorScheme, width, height, stepCount) => {
  it('keeps nobody out, and nothing scrolls sideways', async () => {
    const { page, faults } = await open({ colorScheme, reducedMotion: 'reduce', viewport: { width, height } })
    await lane(page, 'B').getByText('log 1/2 played').waitFor()
    for (let i = 0; i < stepCount; i++) await button(page, 'A+ larger text').click()
    await drop(page, { name: 'a damaged device with a long name.img.gz', bytes: zipped(changed(sound, entryAt(2) + 40)) })
    await card(page, 'a damaged device with a long name.img.gz').waitFor()
    await drop(page, { name: 'empty.img', bytes: new Uint8Array(0) })
    await notes(page).waitFor()
    await tree(page).getByRole('treeitem').first().waitFor()
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    await page.getByRole('tab', { name: 'Problems (1)' }).click()
    await page.getByText(/has a wrong checksum: its bytes are not/).first().waitFor()
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })
})
