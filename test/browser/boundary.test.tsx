// What breaks: a component that throws, in a real page with a real session. The image is saved before a word is said, and
// what can't be saved can be taken.

import { type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { fail } from '../../src/core/base/result.ts'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import type { Playground } from '../../src/playground/types.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { Boundary } from '../../src/ui/Boundary.tsx'
import { usedBytes, usedRanges } from '../../src/ui/rescue.ts'
import { useSnapshot } from '../../src/ui/session.tsx'
import { firstDifference, valueOf } from '../helpers/outcome.ts'

const patient = { timeout: 30_000 }
const engine = await chooseEngine()
let count = 0

async function newSession(): Promise<{ session: Session; store: ImageStore }> {
  const store = new ImageStore(`famfs-test-boundary-${Date.now()}-${count++}`, true)
  const session = new Session(engine, store, 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  return { session, store }
}

/** React says what was thrown on the console, too. */
function draw(content: ReactNode): HTMLElement {
  const root = document.createElement('div')
  document.body.append(root)
  const rendering = createRoot(root, { onCaughtError: () => undefined })
  rendering.render(content)
  onTestFinished(() => {
    rendering.unmount()
    root.remove()
  })
  return root
}

const button = (root: HTMLElement, name: string): HTMLButtonElement | undefined => [...root.querySelectorAll('button')].find((candidate) => candidate.textContent === name)

async function press(root: HTMLElement, name: string): Promise<void> {
  const found = await vi.waitFor(() => {
    const candidate = button(root, name)
    if (!candidate) throw new Error(`no button ${name}`)
    return candidate
  }, patient)
  found.click()
}

/** The session, but for what stands here instead. */
function sessionWith(session: Session, instead: Partial<Playground>): Playground {
  return new Proxy<Playground>(session, {
    get: (target, name) => {
      if (Object.hasOwn(instead, name)) return Reflect.get(instead, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

let isBroken = true

function Fragile({ says }: { says: string }) {
  if (isBroken) throw new TypeError(says)
  return <p>whole again</p>
}

/** Whole until its button is pressed. */
function Pressed() {
  const [broken, setBroken] = useState(false)
  if (broken) throw new Error('pressed once too often')
  return <button type="button" onClick={() => setBroken(true)}>Break</button>
}

/** Uses a context that isn't there. */
function Lost() {
  useSnapshot()
  return null
}

describe('the page', () => {
  it('saves the image, says so, and can go on', async () => {
    const { session, store } = await newSession()
    valueOf(await session.newFile({ path: 'late.bin', sizeBytes: 4096, seed: 3 }))
    isBroken = true
    const root = draw(<Boundary playground={session} what="This page" isPage><Fragile says="a row had no map" /></Boundary>)
    await vi.waitFor(() => expect(root.textContent).toContain('The image is saved in this browser'), patient)
    expect(session.snapshot().storage.state).toBe('saved')
    expect(valueOf(await store.open())).toBeDefined()
    expect(root.querySelector('main h1')?.textContent).toBe('This page stopped')
    expect(root.querySelector('[role="alert"]')?.textContent).toContain('The mistake is ours: a row had no map.')
    expect(button(root, 'Reload')).toBeDefined()
    expect(button(root, 'Download what is on the device')).toBeUndefined()
    const details = root.querySelector('pre')?.textContent
    for (const part of ['TypeError', 'Fragile', 'late.bin', 'engine parallel']) expect(details).toContain(part)

    isBroken = false
    await press(root, 'Try again')
    await vi.waitFor(() => expect(root.textContent).toBe('whole again'), patient)
  })

  it('needs no context, and keeps the keyboard’s place', async () => {
    const { session } = await newSession()
    const lost = draw(<Boundary playground={session} what="This page" isPage><Lost /></Boundary>)
    await vi.waitFor(() => expect(lost.textContent).toContain('The image is saved'), patient)
    lost.remove()
    const pressed = draw(<Boundary playground={session} what="This page" isPage><Pressed /></Boundary>)
    await vi.waitFor(() => button(pressed, 'Break')?.focus(), patient)
    await press(pressed, 'Break')
    await vi.waitFor(() => expect(pressed.textContent).toContain('pressed once too often'), patient)
    expect(document.activeElement).toBe(pressed.querySelector('main'))
  })

  it('says why the image isn’t saved, and hands out the device', async () => {
    const { session } = await newSession()
    // Storage that is full can't be had on demand; everything else is the session's.
    const full = sessionWith(session, { save: () => Promise.resolve(fail('no_memory', { sizeBytes: 5 })) })
    isBroken = true
    const root = draw(<Boundary playground={full} what="This page" isPage><Fragile says="x" /></Boundary>)
    await vi.waitFor(() => expect(root.textContent).toContain('The image could not be saved'), patient)
    const given: string[] = []
    // The link that gives a file to the browser is on no page, so nobody hears of its click.
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      given.push(this.download)
    })
    onTestFinished(() => click.mockRestore())
    await press(root, 'Download what is on the device')
    await vi.waitFor(() => expect(root.textContent).toContain('“Open a dump” reads it'), patient)
    expect(given).toEqual(['famfs-device.img.gz'])
  })

  it('a session that throws as well is said to, and nothing more breaks', async () => {
    const { session } = await newSession()
    const gone = (name: string) => (): never => {
      throw new Error(`no ${name} any more`)
    }
    const broken = sessionWith(session, { save: gone('save'), snapshot: gone('snapshot') })
    isBroken = true
    const root = draw(<Boundary playground={broken} what="This page" isPage><Fragile says="x" /></Boundary>)
    await vi.waitFor(() => expect(root.textContent).toContain('The image could not be saved: no save any more'), patient)
    expect(root.querySelector('pre')?.textContent).toContain('The session has no snapshot')
  })
})

it('a panel stops alone, and the others go on', async () => {
  const { session } = await newSession()
  isBroken = true
  const root = draw(
    <>
      <Boundary playground={session} what="The log"><Fragile says="no entry" /></Boundary>
      <Boundary playground={session} what="The trace"><p>all is well</p></Boundary>
    </>,
  )
  await vi.waitFor(() => expect(root.textContent).toContain('The log stopped'), patient)
  expect(root.textContent).toContain('all is well')
  expect(root.querySelector('section')?.getAttribute('aria-label')).toBe('The log stopped')
  expect(button(root, 'Reload')).toBeUndefined()
  isBroken = false
  await press(root, 'Try again')
  await vi.waitFor(() => expect(root.textContent).toBe('whole againall is well'), patient)
})

it('what is handed out reaches to the last bytes, where superblock or log no longer say whose they are', async () => {
  const { session } = await newSession()
  valueOf(await session.newFile({ path: 'late.bin', sizeBytes: 4096, seed: 3 }))
  const toldBytes = usedRanges(session.snapshot()).at(-1)?.endBytes ?? 0
  valueOf(await session.edit({ host: 'A', offsetBytes: 0, bytes: Uint8Array.of(0) }))
  await vi.waitFor(() => expect(session.snapshot().device.filesystem).toBeUndefined(), patient)
  const { blob } = valueOf(await usedBytes(session))
  const bytes = new Uint8Array(await new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  expect(bytes.length).toBe(toldBytes)
  const piece = valueOf(await session.peek({ kind: 'device' }, toldBytes - 2 * MIB, 4096))
  expect(piece.some((byte) => byte !== 0)).toBe(true)
  expect(firstDifference(bytes.subarray(toldBytes - 2 * MIB, toldBytes - 2 * MIB + 4096), piece)).toBe(-1)
})

it('what is handed out is the device, byte for byte, up to the end of its last file', async () => {
  const { session } = await newSession()
  valueOf(await session.newFile({ path: 'late.bin', sizeBytes: 4096, seed: 3 }))
  const { blob } = valueOf(await usedBytes(session))
  const bytes = new Uint8Array(await new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  expect(bytes.length).toBe(usedRanges(session.snapshot()).at(-1)?.endBytes)
  for (const at of [0, 0x200000, 0xa00000, 0xc00000, bytes.length - 65_536]) {
    const piece = valueOf(await session.peek({ kind: 'device' }, at, 65_536))
    expect(firstDifference(bytes.subarray(at, at + piece.length), piece)).toBe(-1)
  }
})
