// The page draws when something has changed, and only then: listeners hear of new versions alone, and a page at rest is at
// rest. Whatever is counted is what React's own profiler saw.

import { Profiler } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { page } from 'vitest/browser'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { App } from '../../src/ui/App.tsx'

const patient = { timeout: 30_000 }
const REST_FRAMES = 60

async function open() {
  await page.viewport(1440, 900)
  const session = new Session(await chooseEngine(), new ImageStore(`famfs-test-page-${Date.now()}`, true), 'owner')
  const root = document.createElement('div')
  document.body.append(root)
  const drawn: { version: number }[] = []
  const rendering = createRoot(root)
  rendering.render(
    <Profiler id="page" onRender={() => drawn.push({ version: session.snapshot().version })}>
      <App playground={session} />
    </Profiler>,
  )
  onTestFinished(async () => {
    rendering.unmount()
    root.remove()
    await session.dispose()
  })
  await session.start()
  await vi.waitFor(() => expect(session.snapshot().storage.state).toBe('saved'), patient)
  await vi.waitFor(() => expect(root.querySelectorAll('.trace-row, .hex-row, .log-row').length).toBeGreaterThan(5), patient)
  return { session, root, drawn }
}

async function frames(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

it('a page at rest draws nothing', async () => {
  const { session, drawn } = await open()
  await vi.waitFor(async () => {
    const before = drawn.length
    await frames(REST_FRAMES)
    expect(drawn.length).toBe(before)
  }, patient)
  const { version } = session.snapshot()
  const before = drawn.length
  await frames(REST_FRAMES)
  expect([session.snapshot().version, drawn.length]).toEqual([version, before])
})

it('whoever listens hears of new versions alone, and what is done is drawn', async () => {
  const { session, drawn } = await open()
  await frames(REST_FRAMES)
  const heard: number[] = []
  onTestFinished(session.subscribe(() => heard.push(session.snapshot().version)))
  const before = drawn.length
  expect((await session.playLog('B')).ok).toBe(true)
  await vi.waitFor(() => expect(session.snapshot().hosts.find(({ name }) => name === 'B')?.playedCount).toBe(2), patient)
  await frames(REST_FRAMES)
  expect(heard.length).toBeGreaterThan(0)
  expect(new Set(heard).size).toBe(heard.length)
  expect(drawn.length).toBeGreaterThan(before)
  // What the page reads of the device comes in beside the snapshot: a read or two for each change, and no stream of them.
  expect(drawn.length - before).toBeLessThanOrEqual(8 * heard.length)
})
