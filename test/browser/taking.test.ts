// Files out of the page: what leaves is the file as the host reads it, and a drag carries it as a download and as no file.

import type { DragEvent, PointerEvent } from 'react'
import { expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { DRAG_MOST_BYTES, dragOut } from '../../src/ui/draggingOut.ts'
import { makeMessages } from '../../src/ui/messages.ts'
import { takeOut } from '../../src/ui/taking.ts'
import { firstDifference, valueOf } from '../helpers/outcome.ts'

const engine = await chooseEngine()

async function newSession(): Promise<Session> {
  const session = new Session(engine, new ImageStore(`famfs-test-taking-${Date.now()}`, true), 'owner')
  onTestFinished(() => session.dispose())
  await session.start()
  return session
}

async function bytesAt(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer())
}

const pressed = { button: 0, pointerType: 'mouse' } as PointerEvent

/** A drag as it begins, and what it carries. */
function dragStart(): { event: DragEvent; data: DataTransfer; prevented: () => boolean } {
  const data = new DataTransfer()
  let prevented = false
  return { event: { dataTransfer: data, preventDefault: () => { prevented = true } } as unknown as DragEvent, data, prevented: () => prevented }
}

it('a file is handed to the browser as the host reads it, and that is told', async () => {
  const session = await newSession()
  valueOf(await session.newDirectory({ path: 'deep', parents: true }))
  valueOf(await session.newFile({ path: 'deep/x.bin', sizeBytes: MIB + 5, seed: 9 }))
  const links: { name: string; url: string }[] = []
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    links.push({ name: this.download, url: this.href })
  })
  onTestFinished(() => click.mockRestore())
  const messages = makeMessages()
  valueOf(await takeOut(session, messages, 'A', 'deep/x.bin'))
  expect(links.map(({ name }) => name)).toEqual(['x.bin'])
  const bytes = await bytesAt(links[0]!.url)
  expect(bytes.length).toBe(MIB + 5)
  const piece = valueOf(await session.peek({ kind: 'file', host: 'A', path: 'deep/x.bin' }, MIB - 10, 15))
  expect(firstDifference(bytes.subarray(MIB - 10), piece)).toBe(-1)
  // B has not played its entry.
  expect((await takeOut(session, messages, 'B', 'deep/x.bin')).ok).toBe(false)
  expect(messages.get().all.map(({ kind }) => kind)).toEqual(['done', 'failure'])
  expect(links).toHaveLength(1)
})

it('a drag carries the file’s address as a download, and is no file for this page', async () => {
  const session = await newSession()
  valueOf(await session.newFile({ path: 'a:b.bin', sizeBytes: 5000, seed: 9 }))
  const drag = dragOut(session, { host: 'A', path: 'a:b.bin', sizeBytes: 5000 })!
  const early = dragStart()
  drag.onDragStart(early.event)
  expect([early.prevented(), early.data.types]).toEqual([true, []])

  drag.onPointerDown(pressed)
  const { event, data } = await vi.waitFor(() => {
    const begun = dragStart()
    drag.onDragStart(begun.event)
    if (begun.prevented()) throw new Error('not prepared yet')
    return begun
  })
  const carried = /^application\/octet-stream:a_b\.bin:(blob:.*)$/.exec(data.getData('DownloadURL'))
  expect((await bytesAt(carried?.[1] ?? '')).length).toBe(5000)
  expect(event.dataTransfer.types).toEqual(['downloadurl'])
})

it('what is empty or too large isn’t dragged', async () => {
  const session = await newSession()
  expect(dragOut(session, { host: 'A', path: 'x', sizeBytes: 0 })).toBeUndefined()
  expect(dragOut(session, { host: 'A', path: 'x', sizeBytes: DRAG_MOST_BYTES + 1 })).toBeUndefined()
})
