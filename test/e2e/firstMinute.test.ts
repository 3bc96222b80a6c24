// The first minute, by keys alone and by ear: what a screen reader finds is the accessibility tree, what it says is the live
// region. Nothing jumps while the page loads, and a stranger can walk back through all that was done.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, eventually, fileOn, firstScene, focused, lane, playButton, tabTo, trace, usePage } from '../helpers/page.ts'

const open = usePage()

/** Every sentence that the page's live regions say, in order. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    const hear = (): void => {
      for (const region of document.querySelectorAll('[role="status"], [role="alert"]')) {
        const text = region.textContent?.trim() ?? ''
        if (text !== '' && said.at(-1) !== text && !said.includes(text)) said.push(text)
      }
    }
    new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  return () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said)
}

it('nothing moves while the page loads', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  await page.getByRole('slider', { name: 'Device map' }).waitFor()
  await page.getByRole('grid', { name: 'Bytes of the device' }).waitFor()
  await trace(page).getByText(/tides\.f64/).first().waitFor()
  const shifts = await page.evaluate(async () => {
    const entries: { value: number; what: string[] }[] = []
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[]) {
        entries.push({ value: entry.value, what: entry.sources.map(({ node }) => (node instanceof Element ? node.className : String(node?.nodeName))) })
      }
    })
    observer.observe({ type: 'layout-shift', buffered: true })
    await new Promise((resolve) => setTimeout(resolve, 500))
    return entries
  })
  expect(shifts).toEqual([])
  expect(faults).toEqual([])
})

it('by ear: what stands there, what happens, and what comes next', async () => {
  const { page, faults } = await open({ reducedMotion: 'reduce' })
  await firstScene(page)
  const said = await listen(page)
  expect(await lane(page, 'B').ariaSnapshot()).toMatchInlineSnapshot(`
    "- region "B":
      - heading "B" [level=3]
      - button "client"
      - button "kernel v1"
      - text: log 1/2 played
      - button "Terminal on B": Terminal
      - 'button "Host B: more"'
      - alert
      - table "Files that B sees":
        - rowgroup:
          - row "Path Size Mode Map":
            - columnheader "Path"
            - columnheader "Size"
            - columnheader "Mode"
            - columnheader "Map"
        - rowgroup:
          - 'row "notes.txt Download notes.txt as B reads it 300 B -r--r--r-- Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"':
            - cell "notes.txt Download notes.txt as B reads it":
              - button "notes.txt"
              - button "Download notes.txt as B reads it"
            - cell "300 B"
            - cell "-r--r--r--"
            - 'cell "Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"':
              - 'button "Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"'
          - row "tides.f64 in log entry 1, not played here":
            - cell "tides.f64"
            - cell "in log entry 1, not played here":
              - button "in log entry 1, not played here"
      - paragraph: "1 entry not played: B can't see tides.f64."
      - button "Play log on B"
      - button "Drop files on B""
  `)
  expect(await page.getByRole('group', { name: 'What to do next' }).ariaSnapshot()).toMatchInlineSnapshot(`
    "- group "What to do next":
      - button "Show the entry that B hasn’t played""
  `)

  await tabTo(page, 'Play log on B')
  await page.keyboard.press('Enter')
  await fileOn(page, 'B', 'tides.f64').waitFor()
  expect(await lane(page, 'B').ariaSnapshot()).toMatchInlineSnapshot(`
    "- region "B":
      - heading "B" [level=3]
      - button "client"
      - button "kernel v1"
      - text: log 2/2 played
      - button "Terminal on B": Terminal
      - 'button "Host B: more"'
      - alert
      - table "Files that B sees":
        - rowgroup:
          - row "Path Size Mode Map":
            - columnheader "Path"
            - columnheader "Size"
            - columnheader "Mode"
            - columnheader "Map"
        - rowgroup:
          - 'row "notes.txt Download notes.txt as B reads it 300 B -r--r--r-- Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"':
            - cell "notes.txt Download notes.txt as B reads it":
              - button "notes.txt"
              - button "Download notes.txt as B reads it"
            - cell "300 B"
            - cell "-r--r--r--"
            - 'cell "Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"':
              - 'button "Map of notes.txt: 1 extent: 2.0 MiB at 0x00a00000"'
          - 'row "tides.f64 Download tides.f64 as B reads it 4.0 MiB -r--r--r-- Map of tides.f64: 1 extent: 4.0 MiB at 0x00c00000"':
            - cell "tides.f64 Download tides.f64 as B reads it":
              - button "tides.f64"
              - button "Download tides.f64 as B reads it"
            - cell "4.0 MiB"
            - cell "-r--r--r--"
            - 'cell "Map of tides.f64: 1 extent: 4.0 MiB at 0x00c00000"':
              - 'button "Map of tides.f64: 1 extent: 4.0 MiB at 0x00c00000"'
      - paragraph: Sees everything that the log says.
      - button "Play log on B"
      - button "Drop files on B""
  `)
  expect(await page.getByRole('group', { name: 'What to do next' }).ariaSnapshot()).toMatchInlineSnapshot(`
    "- group "What to do next":
      - button "See tides.f64 as B maps it"
      - button "Let A make a striped file"
      - button "Start host C""
  `)

  await tabTo(page, 'Let A make a striped file', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await fileOn(page, 'A', 'striped-1.bin').waitFor()
  await tabTo(page, 'Play log on B')
  await page.keyboard.press('Enter')
  await fileOn(page, 'B', 'striped-1.bin').waitFor()
  await eventually(said).toEqual(expect.arrayContaining([
    'B played 1 entry: 1 new file.',
    expect.stringMatching(/^A appended entry 2: file striped-1\.bin, 16 MiB in \d strips, the first at 0x[0-9a-f]+\.$/),
  ]))
  expect(faults).toEqual([])
})

it('every key leads somewhere: commands, steps, folding, and back', async () => {
  const { page, faults } = await open({ reducedMotion: 'reduce' })
  await firstScene(page)
  await page.keyboard.press('Control+K')
  await page.locator('input[role="combobox"]').waitFor()
  await page.keyboard.type('play b')
  await page.keyboard.press('Enter')
  await lane(page, 'B').getByText('log 2/2 played').waitFor()

  await tabTo(page, 'Step back', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await lane(page, 'B').getByText('log 1/2 played').waitFor()
  await page.getByText(/^This is the past: 1 later step is undone/).waitFor()
  expect(await focused(page)).toBe('Step back')
  await tabTo(page, 'Step forth')
  await page.keyboard.press('Enter')
  await lane(page, 'B').getByText('log 2/2 played').waitFor()
  await fileOn(page, 'B', 'tides.f64').waitFor()

  await tabTo(page, 'Fold inspector away')
  await page.keyboard.press('Enter')
  await button(page, 'Show inspector').waitFor()
  expect(await focused(page)).toBe('Show inspector')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Inspector' }).waitFor()

  await page.keyboard.press('?')
  await page.getByRole('region', { name: 'Keys' }).or(page.getByRole('dialog', { name: 'Keys' })).waitFor()
  await page.keyboard.press('Escape')
  await playButton(page, 'B').waitFor()
  expect(faults).toEqual([])
})

it('what is resized or folded is so after a reload, and never all of it', async () => {
  const { page, faults } = await open()
  await firstScene(page)
  const splitter = page.getByRole('separator', { name: 'Width of the inspector' })
  const before = await page.getByRole('region', { name: 'Inspector' }).boundingBox()
  await splitter.focus()
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight')
  await eventually(async () => ((await page.getByRole('region', { name: 'Inspector' }).boundingBox())?.width ?? 0) < (before?.width ?? 0) - 40).toBe(true)
  const value = await splitter.getAttribute('aria-valuenow')
  for (const name of ['Fold device map away', 'Fold log away', 'Fold trace away']) await button(page, name).click()
  await page.reload()
  await lane(page, 'A').waitFor()
  expect(await page.getByRole('separator', { name: 'Width of the inspector' }).getAttribute('aria-valuenow')).toBe(value)
  for (const name of ['Show device map', 'Show log', 'Show trace and problems']) await button(page, name).click()
  await page.getByRole('region', { name: 'Device map' }).waitFor()
  await trace(page).waitFor()
  // What somebody else's hand left in the storage can't fold the page away.
  await page.evaluate(() => localStorage.setItem('famfs.layout', '{"percent":{"inspector":1e9,"foot":"no"},"folded":["hosts","inspector",7]}'))
  await page.reload()
  await lane(page, 'A').waitFor()
  await button(page, 'Show inspector').click()
  const box = await page.getByRole('region', { name: 'Inspector' }).boundingBox()
  expect(box?.width ?? 0).toBeGreaterThan(200)
  expect((await lane(page, 'A').boundingBox())?.width ?? 0).toBeGreaterThan(200)
  expect(faults).toEqual([])
})
