// The lab's page in a browser, on made-up runs: what is set runs once and is shown, messages are chosen by key and by hand
// and lead to their bytes, the source is checked where it is written, and closing leaves nothing behind.

import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { failLate } from '../../src/core/base/late.ts'
import { fail, type Result } from '../../src/core/base/result.ts'
import type { LabCurve } from '../../src/playground/lab/types.ts'
import { Chooser } from '../../src/ui/lab/choices.ts'
import { LabPage } from '../../src/ui/lab/LabPage.tsx'
import { type Linked, readLink } from '../../src/ui/lab/link.ts'
import { PLAIN, PRESETS } from '../../src/ui/lab/presets.ts'
import { LookProvider } from '../../src/ui/look.tsx'
import { EXAMPLES, fmapReply, madeUpLab, messageOf } from '../helpers/labRuns.ts'
import '../../src/ui/tokens.css'
import '../../src/ui/base.css'
import '../../src/ui/layout.css'

const patient = { timeout: 10_000 }

/**
 * @param loaded the engine is there as soon as this is
 * @param openings what comes of the first ones; of all others, an engine
 */
async function open({ widthPx = 1440, linked, loaded, openings = [] }: { widthPx?: number; linked?: Linked; loaded?: Promise<void>; openings?: 'fails'[] } = {}) {
  await page.viewport(widthPx, 900)
  const lab = madeUpLab()
  const chooser = new Chooser(() => (openings.pop() ? Promise.reject(new Error('no network')) : Promise.resolve(loaded).then(() => lab)), linked)
  const root = document.createElement('div')
  root.className = 'page'
  document.body.append(root)
  const rendering = createRoot(root)
  let closedCount = 0
  rendering.render(<LookProvider><LabPage chooser={chooser} onClose={() => void closedCount++} /></LookProvider>)
  const end = (): void => {
    rendering.unmount()
    root.remove()
  }
  onTestFinished(end)
  const started = chooser.start()
  if (loaded) return { lab, chooser, root, end, closedCount: () => closedCount }
  await started
  await vi.waitFor(() => expect(root.querySelector('.lab-figures table')).not.toBeNull(), patient)
  return { lab, chooser, root, end, closedCount: () => closedCount }
}

const textOf = (root: HTMLElement, selector: string): string => root.querySelector<HTMLElement>(selector)?.innerText ?? ''
const named = (root: HTMLElement, selector: string, name: string): HTMLElement => {
  const found = [...root.querySelectorAll<HTMLElement>(selector)].find((element) => (element.getAttribute('aria-label') ?? element.innerText).includes(name))
  if (!found) throw new Error(`nothing is called ${name}`)
  return found
}

it('the first preset runs by itself, and any other by one press', async () => {
  const { lab, root } = await open()
  expect(lab.ran).toEqual([PRESETS[0]!.setup])
  expect(textOf(root, '.lab-conclusion')).toContain('v1 asked 5 times and fuse 12 times')
  await userEvent.click(named(root, 'button', PRESETS[3]!.title))
  await vi.waitFor(() => expect(textOf(root, '.lab-conclusion')).toContain('and program 12 times'), patient)
  expect(lab.ran.at(-1)).toEqual({ ...PRESETS[3]!.setup, program: EXAMPLES[0]!.source })
  expect(named(root, 'button', PRESETS[3]!.title).getAttribute('aria-pressed')).toBe('true')
})

it('what changes without a pause runs once, as it is in the end; a slider goes by keys, and what is typed is taken when it is a number in range', async () => {
  const { lab, chooser, root } = await open()
  const before = lab.ran.length
  const { extentCount: first } = chooser.state().setup
  // In one turn: between two keys a slow machine may take longer than anyone would pause.
  for (const extentCount of [20, 30, 40]) chooser.change({ extentCount })
  await vi.waitFor(() => expect(lab.ran.at(-1)?.extentCount).toBe(40), patient)
  expect(lab.ran.length).toBe(before + 1)
  chooser.change({ extentCount: first })
  named(root, 'input[type="range"]', 'Extents per file').focus()
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}')
  await vi.waitFor(() => expect(lab.ran.at(-1)?.extentCount).toBe(50), patient)
  const field = page.getByLabelText('Extents per file', { exact: true })
  await field.fill('2000000')
  expect(root.querySelector('.slider')?.textContent).toContain('From 1 to 1,000,000.')
  await field.fill('16')
  await vi.waitFor(() => expect(lab.ran.at(-1)?.extentCount).toBe(16), patient)
  expect(lab.ran.map(({ extentCount }) => extentCount)).not.toContain(2_000_000)
})

it('messages are chosen by key, and their bytes and fields lead to each other', async () => {
  const { root } = await open()
  const list = named(root, '[role="listbox"]', 'Messages of fuse')
  list.focus()
  await userEvent.keyboard('{Home}{ArrowDown}')
  const chosen = list.querySelector('[aria-selected="true"]')
  expect(chosen?.textContent).toContain('GET_FMAP')
  expect(list.getAttribute('aria-activedescendant')).toBe(chosen?.id)
  await vi.waitFor(() => expect(textOf(root, '.lab-message')).toContain('famfs_fmap_interleaved'), patient)
  const fields = named(root, '[role="grid"]', 'Fields of GET_FMAP answer')
  fields.focus()
  await userEvent.keyboard('{End}')
  await vi.waitFor(() => expect(fields.querySelector('[aria-selected="true"]')?.textContent).toContain('strip 3: se_len'), patient)
  expect(root.querySelectorAll('.lab-hex .byte[data-marked]').length).toBe(8)
  const bytes = named(root, '[role="grid"]', 'Bytes of GET_FMAP answer')
  bytes.focus()
  await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}')
  await vi.waitFor(() => expect(fields.querySelector('[aria-selected="true"]')?.textContent).toContain('fmap_version'), patient)
  // Refused, and said so.
  await userEvent.click(list.querySelectorAll('[role="option"]')[3] as HTMLElement)
  await vi.waitFor(() => expect(textOf(root, '.lab-message')).toContain('Refused with E2BIG, more pieces than it takes (errno 7)'), patient)
})

it('trouble in the source stands where it is, and a program that fails is an EIO that is told', async () => {
  const { lab, root } = await open()
  const source = named(root, 'textarea', 'Source of the program') as HTMLTextAreaElement
  await userEvent.fill(source, 'resolve {\n  let a ? 1\n}\n')
  await vi.waitFor(() => expect(textOf(root, '.lab-program')).toContain('Line 2, column 7: A name or a number is missing. Write one.'), patient)
  expect([source.getAttribute('aria-invalid'), root.querySelector('.lab-lines [data-wrong]')?.textContent]).toEqual(['true', '2'])
  await userEvent.click(named(root, '.lab-program button', 'Go there'))
  expect([document.activeElement === source, source.selectionStart]).toEqual([true, 'resolve {\n'.length + 6])
  await page.getByLabelText('Example').selectOptions('endless loop')
  await vi.waitFor(() => expect(source.getAttribute('aria-invalid')).toBe('false'), patient)
  await userEvent.click(named(root, '.lab-program button', 'Run'))
  await vi.waitFor(() => expect(textOf(root, '.lab-program')).toContain('EIO'), patient)
  expect(lab.ran.at(-1)).toMatchObject({ kernels: ['v1', 'program'], program: EXAMPLES[1]!.source })
  expect(textOf(root, '.lab-figures .note')).toContain('out of fuel')
  // What that program did is not said of another one.
  await page.getByLabelText('Example').selectOptions('interleave')
  await vi.waitFor(() => expect(textOf(root, '.lab-program-foot')).toContain('It compiles.'), patient)
  expect(textOf(root, '.lab-program-foot')).not.toContain('EIO')
})

it('a preset makes its point with the program that works; one’s own stays to be had', async () => {
  const { lab, root } = await open()
  const preset = PRESETS.find(({ setup }) => setup.kernels.includes('program'))!
  const own = 'resolve {\n  let mine = 1\n}\n'
  const source = named(root, 'textarea', 'Source of the program') as HTMLTextAreaElement
  await userEvent.click(named(root, '.lab-presets button', preset.title))
  await userEvent.fill(source, own)
  await vi.waitFor(() => expect(named(root, '.lab-presets button', preset.title).getAttribute('aria-pressed')).toBe('false'), patient)
  await userEvent.click(named(root, '.lab-presets button', preset.title))
  await vi.waitFor(() => expect(named(root, '.lab-presets button', preset.title).getAttribute('aria-pressed')).toBe('true'), patient)
  expect([lab.ran.at(-1)?.program, source.value]).toEqual([EXAMPLES[0]!.source, EXAMPLES[0]!.source])
  await page.getByLabelText('Example').selectOptions('your own')
  await vi.waitFor(() => expect(source.value).toBe(own), patient)
})

it('a program is uploaded half-way, after the one that works', async () => {
  const { lab, root } = await open()
  const source = named(root, 'textarea', 'Source of the program') as HTMLTextAreaElement
  await userEvent.fill(source, 'resolve {\n  let other = 2\n}\n')
  await vi.waitFor(() => expect(source.getAttribute('aria-invalid')).toBe('false'), patient)
  await userEvent.click(named(root, '.lab-program button', 'Upload half-way'))
  await vi.waitFor(() => expect(textOf(root, '.lab-program-foot')).toContain('It took over half-way, and both kernels read the same bytes.'), patient)
  expect(lab.ran.at(-1)).toMatchObject({ kernels: ['v1', 'program'], program: EXAMPLES[0]!.source, programChange: source.value })
  expect(root.querySelector('.lab-stale')).toBeNull()
})

it('what was concluded before is not said of what is set now', async () => {
  const { lab, root, chooser } = await open()
  const wasRun = lab.run
  lab.run = () => Promise.resolve(failLate('lab_setup', { what: '6553600000 bytes of files', wanted: 'at most 4227858432' }))
  chooser.change({ kernels: ['fuse-unrolled', 'program'] })
  await vi.waitFor(() => expect(textOf(root, '[role="alert"]')).toContain('6553600000'), patient)
  expect(textOf(root, '.lab-stale')).toBe('Of the last run, v1, the module and fuse, and not of what is set now.')
  expect(root.querySelector('.lab-of-run')?.hasAttribute('data-stale')).toBe(true)
  lab.run = wasRun
  await userEvent.click(named(root, 'button', 'Run again'))
  await vi.waitFor(() => expect(root.querySelector('.lab-stale')).toBeNull(), patient)
})

it('a run of another program is not taken for one of what stands in the editor, nor is its preset', async () => {
  const { root } = await open()
  const preset = named(root, '.lab-presets button', PRESETS.find(({ setup }) => setup.kernels.includes('program'))!.title)
  await userEvent.click(preset)
  await vi.waitFor(() => expect(preset.getAttribute('aria-pressed')).toBe('true'), patient)
  await page.getByLabelText('Example').selectOptions('endless loop')
  await vi.waitFor(() => expect(textOf(root, '.lab-stale')).toBe('Of the last run, fuse-unrolled and program, and not of the program that stands in the editor now.'), patient)
  await userEvent.click(named(root, '.lab-program button', 'Run'))
  await vi.waitFor(() => expect(textOf(root, '.lab-figures .note')).toContain('out of fuel'), patient)
  expect(root.querySelector('.lab-stale')).toBeNull()
  // The working one in the editor doesn't make the broken one's outcome the preset's point.
  await page.getByLabelText('Example').selectOptions('interleave')
  await vi.waitFor(() => expect(root.querySelector('.lab-stale')).not.toBeNull(), patient)
  expect([preset.getAttribute('aria-pressed'), root.querySelector('.lab-of-run')?.hasAttribute('data-stale')]).toEqual(['false', true])
  await userEvent.click(named(root, 'button', 'Run again'))
  await vi.waitFor(() => expect(preset.getAttribute('aria-pressed')).toBe('true'), patient)
})

it('what was uploaded half-way runs so again, is in the address, and is followed from there', async () => {
  const { lab, root, chooser, end } = await open()
  const halfWay = { kernels: ['v1', 'program'], program: EXAMPLES[0]!.source, programChange: EXAMPLES[1]!.source }
  await page.getByLabelText('Example').selectOptions('endless loop')
  await userEvent.click(named(root, '.lab-program button', 'Upload half-way'))
  await vi.waitFor(() => expect(lab.ran.at(-1)).toMatchObject(halfWay), patient)
  await vi.waitFor(() => expect(textOf(root, '.lab-agrees')).toContain('another program from half-way on'), patient)
  await vi.waitFor(() => expect(location.hash).toContain('program=endless+loop&upload=half'), patient)
  const before = lab.ran.length
  await userEvent.click(named(root, 'button', 'Run again'))
  await vi.waitFor(() => expect(lab.ran.length).toBe(before + 1), patient)
  expect(lab.ran.at(-1)).toMatchObject(halfWay)

  const address = location.hash
  await userEvent.click(named(root, '.lab-program button', 'Run'))
  await vi.waitFor(() => expect(location.hash).not.toContain('upload'), patient)
  expect(lab.ran.at(-1)?.programChange).toBeUndefined()
  location.hash = address
  await vi.waitFor(() => expect(lab.ran.at(-1)).toMatchObject(halfWay), patient)
  // Where no kernel runs a program, none is uploaded.
  chooser.change({ kernels: ['v1', 'fuse'] })
  await vi.waitFor(() => expect(location.hash).not.toContain('upload'), patient)

  end()
  history.replaceState(undefined, '', address)
  const again = await open({ linked: readLink(address) })
  expect(again.lab.ran).toHaveLength(1)
  expect(again.lab.ran[0]).toMatchObject(halfWay)
})

it('what is set and written while the lab loads is kept, and runs once it is there', async () => {
  let load = (): void => undefined
  const loaded = new Promise<void>((resolve) => {
    load = resolve
  })
  const { lab, root, chooser } = await open({ loaded, linked: readLink('#lab?left=fuse&right=program&files=3&program=endless+loop') })
  await vi.waitFor(() => expect(textOf(root, '.lab-conclusion')).toContain('The lab is loading'), patient)
  expect(textOf(root, '.lab-program-foot')).toContain('Loading.')
  await page.getByLabelText('Extents per file', { exact: true }).fill('77')
  const own = 'resolve {\n  let mine = 1\n}\n'
  await userEvent.fill(named(root, 'textarea', 'Source of the program'), own)
  expect(lab.ran).toEqual([])
  load()
  await vi.waitFor(() => expect(root.querySelector('.lab-figures table')).not.toBeNull(), patient)
  expect(lab.ran).toEqual([{ ...PLAIN, kernels: ['fuse', 'program'], extentCount: 77, fileCount: 3, program: own }])
  expect(chooser.state()).toMatchObject({ source: own, own })
  await vi.waitFor(() => expect(textOf(root, '.lab-program-foot')).toContain('It ran'), patient)
})

it('a notice has one half, whatever was asked for of others; two of one tick don’t share a cursor', async () => {
  const { lab, root } = await open()
  const wasRun = lab.run
  const notice = messageOf({ from: 'daemon', name: 'UPSERT', node: 3, request: fmapReply(2), answer: undefined, sentUs: 300, answeredUs: 300 })
  const twin = messageOf({ node: 40, sentUs: 400, answeredUs: 410, answer: { errno: 0, bytes: fmapReply(3) } })
  lab.run = async (setup) => {
    const result = await wasRun(setup)
    if (result.ok) result.value.sides[1].messages.push(notice, twin, { ...twin, node: 41, answer: { errno: 0, bytes: fmapReply(4) } })
    return result
  }
  await userEvent.click(named(root, 'button', 'Run again'))
  const list = named(root, '[role="listbox"]', 'Messages of fuse')
  await vi.waitFor(() => expect(list.querySelector('[role="option"]')?.getAttribute('aria-setsize')).toBe('15'), patient)
  list.focus()
  await userEvent.keyboard('{Home}')
  await userEvent.click(page.getByRole('button', { name: 'Answer', exact: true }))
  await userEvent.keyboard('{Tab}')
  list.focus()
  await userEvent.keyboard('{End}{ArrowUp}{ArrowUp}')
  await vi.waitFor(() => expect(textOf(root, '.lab-message')).toContain('nobody answers a notice'), patient)
  expect(textOf(root, '.lab-message')).toContain(`From the daemon, ${fmapReply(2).length} bytes`)
  await userEvent.keyboard('{ArrowDown}')
  await vi.waitFor(() => expect(textOf(root, '.lab-message h3')).toBe('GET_FMAP for node 40'), patient)
  named(root, '[role="grid"]', 'Bytes of GET_FMAP answer').focus()
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}')
  await vi.waitFor(() => expect(root.querySelector('#byte-current')?.getAttribute('data-col')).toBe('3'), patient)
  list.focus()
  await userEvent.keyboard('{ArrowDown}')
  await vi.waitFor(() => expect(textOf(root, '.lab-message h3')).toBe('GET_FMAP for node 41'), patient)
  expect(root.querySelector('#byte-current')?.getAttribute('data-col')).toBe('0')
})

it('of thousands of messages only those in sight are there, and progress is told once a frame', async () => {
  const { lab, root, chooser } = await open()
  const wasRun = lab.run
  lab.run = async (setup, onProgress) => {
    for (let doneCount = 0; doneCount < 1000; doneCount++) onProgress?.({ what: 'fuse', doneCount, totalCount: 1000 })
    const result = await wasRun(setup)
    if (!result.ok) return result
    const messages = Array.from({ length: 2000 }, (_, i) => messageOf({ node: i, sentUs: i * 20, answeredUs: i * 20 + 12 }))
    return { ...result, value: { ...result.value, sides: [{ ...result.value.sides[0], messages: [], messageCount: 0 }, { ...result.value.sides[1], messages, messageCount: 2500 }] } }
  }
  let heardCount = 0
  const forget = chooser.subscribe(() => void heardCount++)
  await chooser.run()
  forget()
  expect(heardCount).toBeLessThan(10)
  const list = named(root, '[role="listbox"]', 'Messages of fuse')
  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role="option"]')]
  await vi.waitFor(() => expect(options()[0]?.getAttribute('aria-setsize')).toBe('2000'), patient)
  expect(textOf(root, '.lab-more')).toBe('500 more are counted, and were not kept.')
  expect(root.querySelectorAll('.lab-strip path').length).toBe(1)
  for (const [key, node] of [['{End}', 1999], ['{ArrowUp}', 1998], ['{Home}', 0]] as const) {
    list.focus()
    await userEvent.keyboard(key)
    await vi.waitFor(() => expect(list.querySelector('[aria-selected="true"]')?.getAttribute('aria-posinset')).toBe(String(node + 1)), patient)
    const [chosen, box] = [list.querySelector('[aria-selected="true"]')!.getBoundingClientRect(), list.getBoundingClientRect()]
    expect([chosen.top >= box.top - 1, chosen.bottom <= box.bottom + 1]).toEqual([true, true])
    expect(list.getAttribute('aria-activedescendant')).toBe(list.querySelector('[aria-selected="true"]')?.id)
    expect(options().length).toBeLessThan(60)
  }
})

it('a run doesn’t wait behind curves: those of something else are given up, others go on after it', async () => {
  const { lab, chooser } = await open()
  const wasCurve = lab.curve
  const asked: string[] = []
  // As an engine with one thread has it: nothing runs before the curve has made room.
  let curve: Promise<Result<LabCurve>> | undefined
  lab.curve = (kernel) => {
    asked.push(kernel)
    curve = new Promise((resolve) => {
      lab.cancel = () => resolve(fail('cancelled'))
    })
    return curve
  }
  const wasRun = lab.run
  lab.run = async (setup) => {
    await curve
    return wasRun(setup)
  }
  void chooser.measure(['v1', 'fuse'])
  await vi.waitFor(() => expect(asked).toEqual(['v1']), patient)
  await chooser.press(PRESETS.find(({ id }) => id === 'push')!)
  expect(chooser.state()).toMatchObject({ running: false, measuring: true })
  // The same files: they go on with what is missing, of both kernels.
  await vi.waitFor(() => expect(asked).toEqual(['v1', 'v1']), patient)
  lab.curve = wasCurve
  chooser.change({ isUniform: false })
  await vi.waitFor(() => expect(chooser.state()).toMatchObject({ running: false, measuring: false, curves: [] }), patient)
  await chooser.measure(['v1', 'fuse'])
  expect(chooser.state().curves.map(({ kernel }) => kernel)).toEqual(['v1', 'fuse'])
})

it('curves are measured when asked for, and go when they are no longer of what is set', async () => {
  const { root, chooser } = await open()
  expect(root.querySelector('.lab-chart')).toBeNull()
  await userEvent.click(named(root, 'button', 'Measure all 8'))
  await vi.waitFor(() => expect(root.querySelectorAll('.lab-legend li').length).toBe(8), patient)
  expect(root.querySelector('.lab-chart svg')?.getAttribute('aria-label')).toContain('then E2BIG')
  expect(root.querySelectorAll('.lab-numbers tbody tr').length).toBe(7)
  chooser.change({ isUniform: false })
  await vi.waitFor(() => expect(root.querySelector('.lab-chart')).toBeNull(), patient)
})

it('Escape in a field drops what can’t be taken, and never the lab with all that is set', async () => {
  const { chooser, closedCount } = await open()
  const field = page.getByLabelText('Extents per file', { exact: true })
  await field.fill('0')
  await userEvent.keyboard('{Escape}')
  expect([(field.element() as HTMLInputElement).value, closedCount()]).toEqual(['10', 0])
  await field.fill('12')
  await vi.waitFor(() => expect(chooser.state()).toMatchObject({ running: false, run: { setup: { extentCount: 12 } } }), patient)
  await userEvent.keyboard('{Escape}{Escape}')
  expect([(field.element() as HTMLInputElement).value, chooser.state().setup.extentCount, closedCount()]).toEqual(['12', 12, 0])
})

it('Escape on a slider or a box to tick leaves the lab open', async () => {
  const { root, closedCount } = await open()
  for (const type of ['range', 'checkbox']) {
    const input = root.querySelector<HTMLInputElement>(`.lab-setup input[type="${type}"]`)
    input?.focus()
    expect([type, document.activeElement]).toEqual([type, input])
    await userEvent.keyboard('{Escape}')
    expect([type, closedCount()]).toEqual([type, 0])
  }
})

it('an engine that doesn’t come is told where results would be; what was set meanwhile runs when it comes after all', async () => {
  const { root, chooser, lab } = await open({ openings: ['fails'], loaded: Promise.resolve() })
  const says = (): string => textOf(root, '.lab-conclusion')
  await vi.waitFor(() => expect(says()).toContain('The lab could not be loaded.'), patient)
  expect(says()).not.toContain('is loading')
  expect(textOf(root, '.lab-program-foot')).toContain('The lab could not be loaded.')
  expect(textOf(root, '[role="alert"]')).toContain('no network')
  chooser.change({ extentCount: 33 })
  await userEvent.click(named(root, 'button', 'Load the lab again'))
  await vi.waitFor(() => expect(root.querySelector('.lab-figures table')).not.toBeNull(), patient)
  expect(lab.ran.at(-1)?.extentCount).toBe(33)
  expect([chooser.state().failed, textOf(root, '[role="alert"]'), says().includes('could not be loaded')]).toEqual([false, '', false])
})

it('Escape closes it, but not from where somebody writes; the address goes with it', async () => {
  const { root, end, chooser, lab, closedCount } = await open({ widthPx: 700 })
  expect(location.hash).toBe('#lab')
  named(root, 'textarea', 'Source of the program').focus()
  await userEvent.keyboard('{Escape}')
  expect(closedCount()).toBe(0)
  named(root, 'button', 'Run again').focus()
  await userEvent.keyboard('{Escape}')
  expect(closedCount()).toBe(1)
  end()
  chooser.close()
  await vi.waitFor(() => expect(location.hash).toBe(''), patient)
  expect(lab.closed()).toBe(true)
})
