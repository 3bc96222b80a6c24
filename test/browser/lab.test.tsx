// The lab's page in a browser, on made-up runs: what is set runs once and is shown, messages are chosen by key and by hand
// and lead to their bytes, the source is checked where it is written, and closing leaves nothing behind.

import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { failLate } from '../../src/core/base/late.ts'
import { Chooser } from '../../src/ui/lab/choices.ts'
import { LabPage } from '../../src/ui/lab/LabPage.tsx'
import { PRESETS } from '../../src/ui/lab/presets.ts'
import { LookProvider } from '../../src/ui/look.tsx'
import { EXAMPLES, madeUpLab } from '../helpers/labRuns.ts'
import '../../src/ui/tokens.css'
import '../../src/ui/base.css'
import '../../src/ui/layout.css'

const patient = { timeout: 10_000 }

async function open(widthPx = 1440) {
  await page.viewport(widthPx, 900)
  const lab = madeUpLab()
  const chooser = new Chooser(() => Promise.resolve(lab))
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
  await chooser.start()
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

it('Escape closes it, but not from where somebody writes; the address goes with it', async () => {
  const { root, end, chooser, lab, closedCount } = await open(700)
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
