// A person at the terminals: a whole session on two hosts, typed; and what keys, files and mishaps do to one.

import { readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import {
  beginLine, button, eventually, failureTexts, fileOn, firstScene, focused, formatPanel, hashOn, hostMenu, lane, openTerminal, promptOf, ready, saved, screenOf, terminal, trace, typeLine, usePage,
} from '../helpers/page.ts'

const open = usePage()
const PICTURES = process.env['FAMFS_PICTURES']

/** For people to look at; written only where they ask for it. */
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` })
}

async function dropOn(page: Page, host: string, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([given.text], given.name))
    return transfer
  }, { name, text })
  for (const type of ['dragenter', 'dragover', 'drop']) await terminal(page, host).dispatchEvent(type, { dataTransfer: data })
}

async function axeFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

const lastSentence = (page: Page): Promise<string> => trace(page).getByRole('listitem').first().innerText()

it('a whole session on two hosts', async () => {
  const { page, faults } = await open({ viewport: { width: 1440, height: 1000 } })
  await firstScene(page)
  await openTerminal(page, 'A')
  await openTerminal(page, 'B')
  expect((await screenOf(page, 'A')).join('')).toMatch(/Try: .* · .* · /)
  const text = 'what was dropped is the same on every host\n'.repeat(5000)
  const on = (host: string, line: string): Promise<string> => typeLine(page, host, line)

  // A new file system, mounted on both.
  await on('A', 'sudo umount /mnt/famfs')
  await on('B', 'sudo umount /mnt/famfs')
  await lane(page, 'B').getByText('Nothing is mounted on B.').waitFor()
  await on('A', 'sudo mkfs.famfs --force /dev/dax0.0')
  await on('A', 'sudo famfs mount --nofuse /dev/dax0.0 /mnt/famfs')
  await lane(page, 'A').getByText('log 0/0 played').waitFor()
  await on('B', 'sudo famfs mount --nofuse /dev/dax0.0 /mnt/famfs')
  expect(await on('B', 'grep famfs /proc/mounts')).toContain('/dev/dax0.0 /mnt/famfs famfs')

  // Files, made and copied in.
  await on('A', 'famfs creat -s 4m -r -S 7 /mnt/famfs/seeded')
  await fileOn(page, 'A', 'seeded').waitFor()
  expect(await lastSentence(page)).toContain('A ran `famfs creat -s 4m -r -S 7 /mnt/famfs/seeded` and appended entry 0.')
  await dropOn(page, 'A', 'dropped.txt', text)
  await eventually(async () => (await screenOf(page, 'A')).join('\n')).toContain('dropped.txt →')
  await on('A', 'famfs cp dropped.txt /mnt/famfs/dropped.txt')
  await fileOn(page, 'A', 'dropped.txt').waitFor()
  await lane(page, 'B').getByText('log 0/2 played').waitFor()

  // The other host sees them once it has played the log, and they are the same.
  expect(await on('B', 'ls /mnt/famfs')).not.toContain('seeded')
  expect(await on('B', 'sudo famfs logplay /mnt/famfs')).toContain('2 new files')
  await fileOn(page, 'B', 'dropped.txt').waitFor()
  expect(await on('B', 'famfs verify -S 7 -f /mnt/famfs/seeded && echo as written')).toContain('as written')
  await dropOn(page, 'B', 'dropped.txt', text)
  await eventually(async () => (await screenOf(page, 'B')).join('\n')).toContain('dropped.txt →')
  expect(await on('B', 'cmp dropped.txt /mnt/famfs/dropped.txt && echo the same')).toContain('the same')
  for (const host of ['A', 'B']) {
    await typeLine(page, host, 'ls -l /mnt/famfs')
    await page.keyboard.type('famfs fsck /mnt/famfs\n')
    await eventually(async () => (await screenOf(page, host)).join('\n')).toMatch(/2 files[^]*[#$]$/m)
    await promptOf(page, host)
  }
  await picture(page, 'session')

  // What is removed is gone on that host only, and replay brings it back.
  await on('B', 'sudo rm /mnt/famfs/dropped.txt')
  await eventually(() => fileOn(page, 'B', 'dropped.txt').count()).toBe(0)
  expect(await fileOn(page, 'A', 'dropped.txt').count()).toBe(1)
  await lane(page, 'B').getByText('in log entry 1, removed here').waitFor()
  await page.getByText('dropped.txt went on B alone: the log still has it. Play log on B.').first().waitFor()
  await lane(page, 'B').getByText('Removed or renamed on B alone: dropped.txt. The log has it: play it.').waitFor()
  expect(await on('B', 'sudo famfs logplay /mnt/famfs')).toContain('1 new files')
  await fileOn(page, 'B', 'dropped.txt').waitFor()
  expect(await on('B', 'cmp dropped.txt /mnt/famfs/dropped.txt && echo the same')).toContain('the same')

  // A size that differs from the map makes a file unreadable; removing and replaying repairs it.
  await on('A', 'sudo truncate -s 1M /mnt/famfs/seeded')
  await lane(page, 'A').getByText('bad size').waitFor()
  await on('A', 'cat /mnt/famfs/seeded > /dev/null')
  expect(await lastSentence(page)).toMatch(/exit code [1-9]/)
  await on('A', 'sudo rm /mnt/famfs/seeded && sudo famfs logplay /mnt/famfs')
  expect(await on('A', 'famfs verify -S 7 -f /mnt/famfs/seeded && echo repaired')).toContain('repaired')
  await lane(page, 'A').getByText('bad size').waitFor({ state: 'hidden' })

  await on('A', 'sudo umount /mnt/famfs')
  await lane(page, 'A').getByText('Nothing is mounted on A.').waitFor()
  await on('B', 'sudo umount /mnt/famfs')
  await lane(page, 'B').getByText('Nothing is mounted on B.').waitFor()
  expect(await failureTexts(page)).toEqual([])

  // The device is what a reload brings back.
  await saved(page)
  await page.reload()
  await ready(page)
  await lane(page, 'A').getByText('log 2/2 played').waitFor()
  expect(await terminal(page, 'A').count()).toBe(0)
  expect(await hashOn(page, 'B', 'dropped.txt')).toMatch(/^[0-9a-f]{64}$/)
  expect(faults).toEqual([])
})

it('what a line writes in place is saved', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await saved(page)
  await openTerminal(page, 'A')
  await typeLine(page, 'A', 'famfs creat -r -s 4m -S 9 /mnt/famfs/tides.f64')
  await button(page, 'saved').waitFor({ state: 'hidden' })
  await saved(page)
  const hash = await hashOn(page, 'A', 'tides.f64')
  await page.reload()
  await ready(page)
  expect(await hashOn(page, 'A', 'tides.f64')).toBe(hash)
  await openTerminal(page, 'A')
  expect(await typeLine(page, 'A', 'famfs verify -S 9 -f /mnt/famfs/tides.f64 && echo as written')).toContain('as written')
  expect(faults).toEqual([])
})

describe('keys', () => {
  it('Ctrl-C stops a long creat, and the file system is sound', async () => {
    const { page, faults } = await open()
    await firstScene(page)
    await openTerminal(page, 'A')
    // Again and again: however slow this test is to look, one is under way when it presses.
    await beginLine(page, 'A', 'while :; do famfs creat -r -S 1 -s 200m /mnt/famfs/large; done')
    await page.keyboard.press('Enter')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/large.*\d %/)
    // What it appends it plays itself: it is not behind.
    expect(await lane(page, 'A').innerText()).not.toContain("can't see")
    await picture(page, 'progress')
    await page.keyboard.press('Control+C')
    const stopped = performance.now()
    await promptOf(page, 'A')
    process.stdout.write(`prompt back ${Math.round(performance.now() - stopped)} ms after Ctrl-C\n`)
    expect((await screenOf(page, 'A')).join('\n')).not.toContain('%')
    expect(await typeLine(page, 'A', 'echo $?')).toMatch(/^130$/m)
    expect(await typeLine(page, 'A', 'famfs fsck /mnt/famfs && echo sound')).toContain('sound')
    expect(await typeLine(page, 'A', 'famfs creat -s 2m /mnt/famfs/after && echo made')).toContain('made')
    expect(faults).toEqual([])
  })

  it('history is kept, searched, and there after a reload', async () => {
    const { page, faults } = await open()
    await firstScene(page)
    await openTerminal(page, 'A')
    await typeLine(page, 'A', 'echo first one')
    await typeLine(page, 'A', 'echo second')
    await page.reload()
    await ready(page)
    await openTerminal(page, 'A')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/[#$] echo first one$/m)
    await page.keyboard.press('Control+C')
    await page.keyboard.press('Control+R')
    await page.keyboard.type('sec')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toContain("(reverse-i-search)`sec': echo second")
    await page.keyboard.press('Enter')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/^second$/m)
    expect(faults).toEqual([])
  })

  it('Tab completes commands, options and paths, and Escape makes it leave', async () => {
    const { page, faults } = await open()
    await firstScene(page)
    await openTerminal(page, 'A')
    const completed = async (typed: string, expected: string): Promise<void> => {
      await beginLine(page, 'A', typed)
      await page.keyboard.press('Tab')
      await eventually(async () => (await screenOf(page, 'A')).join('\n')).toContain(expected)
      await page.keyboard.press('Control+C')
      await promptOf(page, 'A')
    }
    await completed('mkfs.f', 'mkfs.famfs')
    await completed('famfs logp', 'famfs logplay')
    await completed('cat /mnt/famfs/no', 'cat /mnt/famfs/notes.txt')
    await beginLine(page, 'A', 'ls /mnt/famfs/')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/notes\.txt +tides\.f64/)
    await picture(page, 'completion')
    await page.keyboard.press('Escape')
    await terminal(page, 'A').getByText('Now Tab leaves the terminal.').waitFor()
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe('Close the terminal of A')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Input of the terminal of A')
    // The keys' place is where the terminal was opened.
    await page.keyboard.press('Control+C')
    await page.keyboard.press('Control+D')
    await eventually(() => terminal(page, 'A').count()).toBe(0)
    expect(await focused(page)).toBe('Terminal on A')
    expect(faults).toEqual([])
  })

  it('paste runs line by line; what is open goes on in another row', async () => {
    const { page, context, faults } = await open()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await firstScene(page)
    await openTerminal(page, 'A')
    await page.evaluate(() => navigator.clipboard.writeText('echo one\nfor i in 1 2; do\n  echo "number $i"\ndone\necho wai'))
    await page.keyboard.press('Control+V')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/^one$[^]*^> done$[^]*^number 2$[^]*echo wai$/m)
    await page.keyboard.type('ted\n')
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/^waited$/m)
    // By the menu, too, and back.
    await terminal(page, 'A').locator('.xterm-screen').click({ button: 'right', position: { x: 200, y: 40 } })
    await page.getByRole('menuitem', { name: /^Paste/ }).click()
    await eventually(async () => (await screenOf(page, 'A')).join('\n')).toMatch(/^waited$[^]*^number 2$[^]*echo wai$/m)
    await page.keyboard.press('Control+C')
    await promptOf(page, 'A')
    await terminal(page, 'A').locator('.xterm-rows > div', { hasText: /^waited/ }).dblclick({ position: { x: 10, y: 5 }, force: true })
    await page.keyboard.press('Control+Shift+C')
    await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe('waited')
    expect(faults).toEqual([])
  })
})

it('the height of the terminals is the person’s, and each closes by itself', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await openTerminal(page, 'A')
  const rows = (await screenOf(page, 'A')).length
  const grip = page.getByRole('separator', { name: 'Height of the terminals' })
  await grip.focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowUp')
  await eventually(async () => (await screenOf(page, 'A')).length).toBeGreaterThan(rows + 5)
  const height = await grip.getAttribute('aria-valuenow')
  await openTerminal(page, 'B')
  await button(terminal(page, 'A'), 'Close the terminal of A').click()
  await eventually(() => terminal(page, 'A').count()).toBe(0)
  expect(await focused(page)).toBe('Terminal on A')
  await promptOf(page, 'B')
  await page.reload()
  await ready(page)
  await openTerminal(page, 'A')
  expect(Math.abs(Number(await grip.getAttribute('aria-valuenow')) - Number(height))).toBeLessThanOrEqual(1)
  expect(faults).toEqual([])
})

describe('files', () => {
  it('are downloaded by command and by menu', async () => {
    const { page, faults } = await open()
    await firstScene(page)
    await openTerminal(page, 'A')
    await beginLine(page, 'A', 'cd /mnt/famfs && ls && download notes.txt')
    const [byCommand] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect(byCommand.suggestedFilename()).toBe('notes.txt')
    const bytes = readFileSync(await byCommand.path())
    expect(bytes.toString()).toContain('famfs shares data')
    await promptOf(page, 'A')
    await terminal(page, 'A').locator('.xterm-rows > div', { hasText: /^notes\.txt/ }).click({ button: 'right', position: { x: 10, y: 5 }, force: true })
    await picture(page, 'menu')
    const [byMenu] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Download notes.txt' }).click()])
    expect(readFileSync(await byMenu.path())).toEqual(bytes)
    expect(faults).toEqual([])
  })
})

describe('mishaps', () => {
  it('a kill, a reboot and a format end the shell, and say so', async () => {
    const { page, faults } = await open()
    await firstScene(page)
    await openTerminal(page, 'B')
    await typeLine(page, 'B', 'echo kept > mine; cat mine')
    await hostMenu(page, 'B', 'Kill')
    await eventually(async () => (await screenOf(page, 'B')).join('\n')).toContain('B went down: its plug was pulled. This shell has ended.')
    await button(lane(page, 'B'), 'Reboot B').click()
    await eventually(async () => (await screenOf(page, 'B')).join('\n')).toContain('A new shell.')
    await promptOf(page, 'B')
    expect(await typeLine(page, 'B', 'cat mine')).toMatch(/No such file/)
    await button(page, 'Format').click()
    await button(formatPanel(page), 'Forget everything and format').click()
    await eventually(async () => (await screenOf(page, 'B')).join('\n')).toMatch(/is being formatted\. This shell has ended\.[^]*A new shell\./)
    await promptOf(page, 'B')
    await hostMenu(page, 'B', 'Remove')
    await eventually(() => terminal(page, 'B').count()).toBe(0)
    expect(faults).toEqual([])
  })
})

describe.each([['light', 1440], ['dark', 1440], ['light', 360], ['dark', 360]] as const)('in %s, %i pixels wide', (colorScheme, width) => {
  it('nobody is kept out', async () => {
    const { page, faults } = await open({ colorScheme, reducedMotion: 'reduce', viewport: { width, height: width < 500 ? 740 : 900 } })
    await firstScene(page)
    await openTerminal(page, 'A')
    await openTerminal(page, 'B')
    await typeLine(page, 'B', 'ls -l /mnt/famfs; famfs nonsense')
    await picture(page, `terminals-${colorScheme}-${width}`)
    expect(await axeFaults(page)).toEqual([])
    await button(terminal(page, 'B'), 'Screen-reader mode of the terminal of B').click()
    await button(terminal(page, 'B'), 'Find in the terminal of B').click()
    await page.keyboard.type('notes')
    await terminal(page, 'B').locator('.xterm-screen').click({ button: 'right', position: { x: 60, y: 30 } })
    expect(await axeFaults(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(faults).toEqual([])
  })
})
