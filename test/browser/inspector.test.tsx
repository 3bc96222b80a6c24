// The inspector on a real session: structure, fields, hex and values are one selection by keys alone, and the hand that
// writes is a host's own.

import { createRoot } from 'react-dom/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { entryOffset } from '../../src/ui/addresses.ts'
import { Inspector } from '../../src/ui/Inspector.tsx'
import { type Look, LookProvider, useLookStore } from '../../src/ui/look.tsx'
import { SessionProvider } from '../../src/ui/session.tsx'
import { valueOf } from '../helpers/outcome.ts'
import '../../src/ui/tokens.css'
import '../../src/ui/base.css'
import '../../src/ui/inspector.css'

const patient = { timeout: 30_000 }
const engine = await chooseEngine()
let count = 0

const tree = page.getByRole('tree', { name: 'Structure of the device' })
const hex = page.getByRole('grid', { name: 'Bytes of the device' })
const edits = page.getByRole('button', { name: 'Edit bytes' })
const told = (): string => document.querySelector('.told')?.textContent ?? ''
const caption = (): string => document.querySelector('.hex-says .caption')?.textContent ?? ''
const verdict = (): string => document.querySelector('.struct-title .verdict')?.textContent ?? ''

async function open(): Promise<{ session: Session; look: Look }> {
  const session = new Session(engine, new ImageStore(`famfs-test-inspector-${Date.now()}-${count++}`, true), 'owner')
  await session.start()
  const root = document.createElement('div')
  root.style.cssText = 'display: flex; width: 640px; height: 800px'
  document.body.append(root)
  const rendering = createRoot(root)
  let look: Look | undefined
  function Inside() {
    look = useLookStore()
    return <Inspector />
  }
  rendering.render(<SessionProvider playground={session}><LookProvider><Inside /></LookProvider></SessionProvider>)
  onTestFinished(async () => {
    rendering.unmount()
    root.remove()
    await session.dispose()
  })
  const made = await vi.waitFor(() => {
    if (!look || !verdict().includes('computed the same')) throw new Error('nothing is drawn yet')
    return look
  }, patient)
  return { session, look: made }
}

async function press(element: Element, keys: string): Promise<void> {
  if (element instanceof HTMLElement) element.focus()
  await userEvent.keyboard(keys)
}

function selected(look: Look): [number, number] {
  const { selectedBytes, selectedLength } = look.get()
  return [selectedBytes, selectedLength]
}

async function byteAt(session: Session, offsetBytes: number, lengthBytes = 1): Promise<number[]> {
  return Array.from(valueOf(await session.peek({ kind: 'device' }, offsetBytes, lengthBytes)))
}

describe('by keys alone', () => {
  it('a node of the tree is a struct, a field and bytes, and a byte is a node', async () => {
    const { session, look } = await open()
    const entry = entryOffset(session.snapshot(), 1)
    await press(tree.element(), '{Home}{ArrowDown}{ArrowDown}{ArrowDown}')
    await expect.element(page.getByRole('treeitem', { name: /^Log entries \(2\)/, selected: true })).toHaveAttribute('aria-expanded', 'true')
    await userEvent.keyboard('{ArrowRight}{ArrowDown}')
    await expect.element(page.getByRole('treeitem', { name: /^Entry 1 tides\.f64/, selected: true })).toHaveAttribute('aria-level', '2')
    await expect.element(page.getByRole('heading', { name: 'Log entry 1' })).toBeVisible()
    expect(selected(look)).toEqual([entry, 8])
    expect(look.get().entryIndex).toBe(1)

    await press(page.getByRole('grid', { name: 'Fields of Log entry 1' }).element(), '{ArrowDown}')
    expect(selected(look)).toEqual([entry + 8, 4])
    await press(hex.element(), '{ArrowDown}')
    await expect.poll(caption).toMatch(/in famfs_fm\.fm_flags\.$/)
    await userEvent.keyboard('{Control>}{Home}{/Control}')
    await expect.element(page.getByRole('treeitem', { name: 'Superblock', selected: true })).toBeVisible()

    // Shut, the group stands for what is in it.
    await press(tree.element(), '{Home}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowLeft}{ArrowLeft}')
    await expect.element(page.getByRole('treeitem', { name: /^Log entries/, selected: true })).toHaveAttribute('aria-expanded', 'false')
    await userEvent.keyboard('f')
    await expect.element(page.getByRole('treeitem', { name: /^Free slots/, selected: true })).toBeVisible()
  })

  it('hex and values are two grids over one selection', async () => {
    const { look } = await open()
    await page.getByRole('combobox', { name: 'Beside the hex' }).selectOptions('Uint32')
    const values = page.getByRole('grid', { name: 'The same bytes as Uint32' })
    await press(values.element(), '{Control>}{Home}{/Control}{ArrowDown}{ArrowRight}')
    const [at] = selected(look)
    expect(selected(look)).toEqual([at, 4])
    expect(at % 4).toBe(0)
    await expect.element(values.getByRole('gridcell', { selected: true })).toBeVisible()
    expect(hex.getByRole('gridcell', { selected: true }).elements()).toHaveLength(4)
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}')
    expect(selected(look)).toEqual([at, 8])
    expect(values.getByRole('gridcell', { selected: true }).elements()).toHaveLength(2)
    await userEvent.keyboard('{Escape}')
    expect(selected(look)[1]).toBe(1)
    await press(hex.element(), '{Control>}{Home}{/Control}{Shift>}{ArrowRight}{ArrowRight}{ArrowDown}{/Shift}')
    expect(selected(look)[0]).toBe(0)
    expect(selected(look)[1]).toBeGreaterThan(8)
  })
})

describe('the hand that writes', () => {
  it('is off at first, then stores byte by byte, and the checksum is wrong at once', async () => {
    const { session, look } = await open()
    const entry = entryOffset(session.snapshot(), 0)
    const before = await byteAt(session, entry + 17)
    await press(tree.element(), '{Home}')
    await page.getByRole('textbox', { name: 'Offset' }).fill(`0x${(entry + 17).toString(16)}`)
    await userEvent.keyboard('{Enter}')
    await press(hex.element(), 'ab')
    await expect.poll(told).toMatch(/^Nothing was written\. Press Edit bytes first/)
    expect(await byteAt(session, entry + 17)).toEqual(before)

    await edits.click()
    await press(hex.element(), 'aB')
    await expect.poll(() => byteAt(session, entry + 17), patient).toEqual([0xab])
    await expect.poll(verdict, patient).toMatch(/^ ?computed 0x/)
    expect(selected(look)).toEqual([entry + 18, 1])
    await expect.poll(told).toBe(`A stored 0xab at 0x00${(entry + 17).toString(16)}.`)

    // One digit alone is nothing yet.
    await userEvent.keyboard('c{Escape}')
    expect(await byteAt(session, entry + 18)).toEqual([0])
    valueOf(await session.stepTo(session.snapshot().history.position - 1))
    await expect.poll(verdict, patient).toContain('computed the same')
  })

  it('stores a value of its kind, or says what to type', async () => {
    const { session } = await open()
    await page.getByRole('combobox', { name: 'Beside the hex' }).selectOptions('BigUint64')
    await page.getByRole('textbox', { name: 'Offset' }).fill('200m')
    await userEvent.keyboard('{Enter}')
    await edits.click()
    await page.getByRole('combobox', { name: 'as host' }).selectOptions('B')
    await press(page.getByRole('grid', { name: 'The same bytes as BigUint64' }).element(), '{Enter}')
    const field = page.getByRole('textbox', { name: 'BigUint64 at 0x0c800000' })
    await field.fill('18446744073709551616')
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByText('Give a whole number from 0 to 18446744073709551615.')).toBeVisible()
    await field.fill('18446744073709551615')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => byteAt(session, 200 * 2 ** 20, 9), patient).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 0])
    await expect.poll(told).toBe('B stored 8 bytes at 0x0c800000.')
    // The focus is back where the value is.
    await expect.poll(() => document.activeElement?.getAttribute('aria-label')).toBe('The same bytes as BigUint64')
    await expect.element(page.getByText('18446744073709551615').first()).toBeVisible()
  })
})

describe('a mapped file', () => {
  it('takes whole numbers of 64 bits exactly, and leads to the bytes on the device', async () => {
    const { session, look } = await open()
    look.set({ inspector: 'mmap', mapped: { host: 'A', path: 'tides.f64' }, cell: 'BigInt64' })
    const grid = page.getByRole('grid', { name: 'tides.f64 on A as BigInt64' })
    await expect.element(grid.getByRole('gridcell').first()).toBeVisible()
    await press(grid.element(), '{Home}{ArrowRight}{Enter}')
    const value = page.getByRole('textbox', { name: 'Value' })
    await expect.element(value).toHaveFocus()
    await value.fill('-9007199254740993')
    await userEvent.keyboard('{Enter}')
    await expect.element(grid.getByText('-9007199254740993')).toBeVisible()
    const start = session.snapshot().files[1]?.extents[0]?.offsetBytes ?? 0
    await expect.poll(() => byteAt(session, start + 8, 8), patient).toEqual([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xdf, 0xff])

    await page.getByRole('button', { name: `Show 0x00${(start + 8).toString(16)} on the device` }).click()
    expect(selected(look)).toEqual([start + 8, 8])
    await expect.element(page.getByRole('treeitem', { name: /^tides\.f64/, selected: true })).toBeVisible()
    await expect.poll(caption).toBe('8 bytes from 0x00c00008 on. Byte 8 of tides.f64 is here.')
    await page.getByRole('button', { name: 'Show the log entry of tides.f64' }).click()
    expect(selected(look)).toEqual([entryOffset(session.snapshot(), 1), 8])
  })

  it('is text where it is text', async () => {
    const { look } = await open()
    look.set({ inspector: 'mmap', mapped: { host: 'B', path: 'notes.txt' }, cell: 'text' })
    const grid = page.getByRole('grid', { name: 'notes.txt on B as text' })
    await expect.element(grid.getByText(/famfs shares data/)).toBeVisible()
    await press(grid.element(), '{Home}{ArrowRight}{ArrowRight}')
    await expect.poll(() => document.querySelector('.letters mark')?.textContent).toBe('m')
  })
})

describe('finding', () => {
  it('goes from place to place, around the end, and says so', async () => {
    const { session, look } = await open()
    await press(hex.element(), '{Control>}f{/Control}')
    await userEvent.keyboard('tides{Enter}')
    const path = entryOffset(session.snapshot(), 1) + 40
    await expect.poll(() => selected(look), patient).toEqual([path, 5])
    await userEvent.keyboard('{F3}')
    await expect.poll(told, patient).toMatch(/That is the only place\.$/)
    await page.getByRole('combobox', { name: 'Find as' }).selectOptions('hex')
    await page.getByRole('textbox', { name: 'Find' }).fill('ff 82 b2')
    await userEvent.keyboard('{Enter}')
    await expect.poll(told, patient).toBe('ff 82 b2 is at 0x00000000. The search went around the end of the device.')
    // One digit is a byte as well.
    await page.getByRole('textbox', { name: 'Find' }).fill('f')
    await userEvent.keyboard('{Enter}')
    await expect.poll(told, patient).toMatch(/^f is at 0x/)
    const [found] = selected(look)
    expect(await byteAt(session, found)).toEqual([0x0f])
    await page.getByRole('textbox', { name: 'Find' }).fill('xyz')
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByText('Give pairs of hex digits, such as ff 82 b2 87.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Offset' }).fill('+1m')
    await userEvent.keyboard('{Enter}')
    expect(selected(look)).toEqual([found + 2 ** 20, 1])
  })
})

it('of a file that its host can’t reach, there is why, and no value of nothing', async () => {
  const { session, look } = await open()
  const path = session.snapshot().files[0]?.path ?? ''
  look.set({ inspector: 'mmap', mapped: { host: 'A', path } })
  const plot = page.getByRole('img', { name: /^Line plot of / })
  const values = page.getByRole('grid', { name: new RegExp(`^${path.replace('.', '\\.')} on A as `) })
  await expect.element(values).toBeVisible()
  await expect.element(plot).toBeVisible()
  valueOf(await session.stopDevice(0))
  // The standalone module will give up the mount, and says so; it hasn't yet.
  const says = `othing on this mount can be reached any more, not ${path} and no other file: /dev/dax0.0 does not answer.`
  const notes = () => [...document.querySelectorAll('.note strong')].map((note) => note.textContent)
  await expect.poll(notes, patient).toEqual([`Whoever reads ${path} on this mount learns that n${says}`])
  await expect.element(page.getByText('ENODEV')).toBeVisible()
  expect([plot.query(), values.query()]).toEqual([null, null])
  valueOf(await session.startDevice(0))
  await expect.element(values).toBeVisible()
  valueOf(await session.stopDevice(0))
  await expect.poll(notes, patient).toEqual([`Whoever reads ${path} on this mount learns that n${says}`])
  await page.getByRole('button', { name: /SHA-256/ }).click()
  // By the note and by who asked.
  await expect.poll(notes, patient).toEqual([`N${says}`, `N${says}`])
})

it('hashes stand as long as nothing is written, whatever else happens', async () => {
  const { session, look } = await open()
  look.set({ inspector: 'mmap', mapped: { host: 'A', path: 'tides.f64' } })
  const hashes = () => [...document.querySelectorAll('.hashes p')].map((line) => line.textContent?.replace(/[\da-f]{64}/, '#'))
  await page.getByRole('button', { name: 'SHA-256 on A' }).click()
  await expect.poll(hashes, patient).toEqual(['A #'])
  // Others look, and play what is on the device.
  valueOf(await session.playLog('B'))
  valueOf(await session.addHost())
  await page.getByRole('combobox', { name: 'mapped on' }).selectOptions('B')
  await page.getByRole('button', { name: 'SHA-256 on B' }).click()
  await expect.poll(hashes, patient).toEqual(['A #', 'B #', 'The same bytes on A and B.'])
  valueOf(await session.poke({ host: 'A', path: 'tides.f64', index: 3, cell: 'Float64', value: 7 }))
  await expect.poll(hashes, patient).toEqual(['A # before the device last changed', 'B # before the device last changed', 'The same bytes on A and B.'])
  await page.getByRole('button', { name: 'SHA-256 on B' }).click()
  await expect.poll(hashes, patient).toEqual(['A # before the device last changed', 'B #'])
})

it('a host that is gone maps nothing: another one that sees a file does', async () => {
  const { session, look } = await open()
  valueOf(await session.playLog('B'))
  look.set({ inspector: 'mmap', mapped: { host: 'B', path: 'tides.f64' } })
  await expect.element(page.getByRole('grid', { name: /^tides\.f64 on B/ })).toBeVisible()
  valueOf(await session.removeHost('B'))
  await expect.element(page.getByRole('grid', { name: /^tides\.f64 on A/ })).toBeVisible()
  await expect.element(page.getByRole('combobox', { name: 'mapped on' })).toHaveValue('A')
})

it('of a file that holds no value of that kind, that is said, and not what none of them is', async () => {
  const { session, look } = await open()
  valueOf(await session.newFile({ path: 'two.bin', sizeBytes: 2, seed: 1 }))
  look.set({ inspector: 'mmap', mapped: { host: 'A', path: 'two.bin' }, cell: 'Float64' })
  await expect.element(page.getByText('two.bin is shorter than one Float64 value, which takes 8 bytes. Choose Uint8.')).toBeVisible()
  const drawn = () => [page.getByRole('img', { name: /^Line plot/ }), page.getByRole('grid', { name: /^two\.bin/ }), page.getByRole('form', { name: 'Write a value' })].map((part) => part.query() !== null)
  expect(drawn()).toEqual([false, false, false])
  look.set({ cell: 'Uint8' })
  await expect.element(page.getByRole('grid', { name: 'two.bin on A as Uint8' })).toBeVisible()
  expect(drawn()).toEqual([true, true, true])
})
