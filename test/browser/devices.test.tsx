// Several devices on the page: the map draws each beside its caption, says where its cursor is on the device that it is on,
// and shows poison in its own colour; the list of devices does what its buttons say, and says how to undo it.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { MIB } from '../../src/core/base/align.ts'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { App } from '../../src/ui/App.tsx'

const patient = { timeout: 30_000 }
const EACH = 32 * MIB

async function open(): Promise<{ session: Session; root: HTMLElement; map: HTMLElement }> {
  await page.viewport(1440, 900)
  const session = new Session(await chooseEngine(), new ImageStore(`famfs-test-devices-${Date.now()}`, true), 'owner')
  const root = document.createElement('div')
  document.body.append(root)
  const rendering = createRoot(root)
  // As main.tsx does: what begins and ends twice has to hold, too.
  rendering.render(<StrictMode><App playground={session} /></StrictMode>)
  onTestFinished(async () => {
    rendering.unmount()
    root.remove()
    await session.dispose()
  })
  await session.start()
  expect((await session.format({ force: true, deviceBytes: EACH, deviceCount: 3 })).ok).toBe(true)
  const map = await vi.waitFor(() => {
    const found = root.querySelector<HTMLElement>('[aria-label="Device map"]')
    if (!found?.ariaValueText?.startsWith('device 0')) throw new Error('the map shows one device still')
    return found
  }, patient)
  return { session, root, map }
}

/** How many pixels of the map have exactly that colour. */
function pixelsOf(map: HTMLElement, css: string): number {
  const canvas = map.querySelector('canvas')
  const context = canvas?.getContext('2d')
  if (!canvas || !context) return 0
  const probe = document.createElement('canvas').getContext('2d')
  if (!probe) return 0
  probe.fillStyle = css
  probe.fillRect(0, 0, 1, 1)
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  let count = 0
  for (let i = 0; i < data.length; i += 4) if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) count++
  return count
}

function overlap(one: Element | null, other: Element | null): boolean {
  const [a, b] = [one?.getBoundingClientRect(), other?.getBoundingClientRect()]
  if (!a || !b) throw new Error('nothing is there')
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

it('the cursor goes from device to device, and poison shows and heals', async () => {
  const { session, root, map } = await open()
  map.focus()
  await userEvent.keyboard('{ArrowDown}')
  await vi.waitFor(() => expect(map.ariaValueText).toMatch(/^device 1, unit \d+ at 0x/), patient)
  await userEvent.keyboard('{End}')
  await vi.waitFor(() => expect(map.ariaValueText).toMatch(/^device 2, unit 15 at 0x01e00000: free/), patient)
  const alarm = getComputedStyle(document.documentElement).getPropertyValue('--alarm').trim()
  expect(pixelsOf(map, alarm)).toBe(0)
  expect((await session.poison(2, EACH - 64, 64)).ok).toBe(true)
  await vi.waitFor(() => expect(pixelsOf(map, alarm)).toBeGreaterThan(20), patient)
  await vi.waitFor(() => expect(map.ariaValueText).toContain('64 B of it poisoned'), patient)
  expect(root.querySelector('.device > p.visually-hidden')?.textContent).toContain('Device 2: /dev/dax2.0, secondary, 32.0 MiB, 64 B poisoned.')
  expect((await session.stepTo(session.snapshot().history.position - 1)).ok).toBe(true)
  await vi.waitFor(() => expect(pixelsOf(map, alarm)).toBe(0), patient)
})

it('+ leads to bytes that were asked for elsewhere', async () => {
  const { map } = await open()
  await page.getByLabelText('Offset', { exact: true }).fill('2:0x1000000')
  await page.getByRole('button', { name: 'Go', exact: true }).click()
  await page.getByRole('button', { name: 'Zoom in', exact: true }).click()
  await vi.waitFor(() => expect(map.ariaValueText).toMatch(/^device 2, 64 KiB at 0x01000000: /), patient)
})

it('devices that a low pane has no room for are told, with a way to them', async () => {
  const { session } = await open()
  expect((await session.format({ force: true, deviceBytes: EACH, deviceCount: 8 })).ok).toBe(true)
  expect((await session.poison(7, 0, 64)).ok).toBe(true)
  const away = page.getByRole('button', { name: /^\d more (above|below)/ })
  await page.viewport(1440, 420)
  await expect.element(away, patient).toHaveTextContent(/^\d more below, 1 with poison$/)
  await vi.waitFor(() => {
    const texts = away.elements().map((each) => each.textContent ?? '')
    const below = away.elements().find((each) => each.textContent?.includes('below'))
    if (below instanceof HTMLElement) below.click()
    expect(texts.join()).toMatch(/^\d more above$/)
  }, patient)
  await page.viewport(1440, 900)
  await vi.waitFor(() => expect(away.elements()).toEqual([]), patient)
})

it('the map has the colours of the page, whoever changes them', async () => {
  const { map } = await open()
  const html = document.documentElement
  const before = html.dataset['theme']
  onTestFinished(() => {
    html.dataset['theme'] = before
  })
  for (const theme of ['dark', 'light', 'dark']) {
    // As the page does it, for the person or after the system.
    html.dataset['theme'] = theme
    const free = getComputedStyle(html).getPropertyValue('--free').trim()
    await vi.waitFor(() => expect(pixelsOf(map, free)).toBeGreaterThan(1000), patient)
  }
})

it('the list of devices goes when the focus goes on into the page, and Escape closes it from anywhere', async () => {
  await open()
  const list = page.getByRole('region', { name: 'Devices' })
  const opener = page.getByRole('button', { name: 'Devices', exact: true })
  const opened = async (): Promise<void> => {
    await opener.click()
    await expect.element(list).toBeVisible()
    await vi.waitFor(() => expect(list.element().contains(document.activeElement)).toBe(true), patient)
  }
  const isGone = (): Promise<void> => vi.waitFor(() => expect(list.query()).toBeNull(), patient)
  await opened()
  page.getByRole('button', { name: 'New file', exact: true }).element().focus()
  await isGone()
  await opened()
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  await expect.element(list).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await isGone()
  await opened()
  await userEvent.keyboard('{Escape}')
  await isGone()
  expect(document.activeElement).toBe(opener.element())
})

it('the list of devices stops one, lets it answer, and takes one from a host', async () => {
  const { session, root } = await open()
  await page.getByRole('button', { name: 'Devices', exact: true }).click()
  const list = page.getByRole('region', { name: 'Devices' })
  // Messages stand for a few seconds, and as long as the focus is on them.
  const holding = new MutationObserver(() => root.querySelector<HTMLElement>('.toasts button')?.focus())
  holding.observe(root, { childList: true, subtree: true })
  await expect.element(list).toBeVisible()
  // Lanes and map are where it shows what a press does.
  for (const seen of ['.hosts-pane', '.pane[data-pane="device"]']) expect(overlap(root.querySelector('.sheet'), root.querySelector(seen))).toBe(false)
  await list.getByRole('button', { name: 'Stop device 1' }).click()
  await vi.waitFor(() => expect(session.snapshot().device.devices[1]?.health.isStopped).toBe(true), patient)
  await expect.element(list.getByText('does not answer', { exact: true })).toBeVisible()
  await vi.waitFor(() => expect(root.querySelector('.toasts')?.textContent).toMatch(/Device 1 does not answer any more\.A step back \(.+Z\) undoes it\./), patient)
  holding.disconnect()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await vi.waitFor(() => expect(session.snapshot().device.devices[1]?.health.isStopped).toBe(false), patient)
  // A press on the message closed the list.
  await page.getByRole('button', { name: 'Devices', exact: true }).first().click()
  await session.killHost('A')
  await expect.element(list.getByRole('button', { name: 'Take device 2 from A and start A' })).toBeVisible()
  await session.rebootHost('A')
  await list.getByRole('button', { name: 'Take device 2 from B' }).click()
  await vi.waitFor(() => expect(session.snapshot().hosts.find(({ name }) => name === 'B')).toMatchObject({ lacks: [2], status: 'up' }), patient)
  await vi.waitFor(() => expect(root.textContent).toContain('B runs without device 2.'), patient)
  await list.getByRole('button', { name: 'Give device 2 back to B' }).click()
  await vi.waitFor(() => expect(session.snapshot().hosts.find(({ name }) => name === 'B')?.lacks).toEqual([]), patient)
})
