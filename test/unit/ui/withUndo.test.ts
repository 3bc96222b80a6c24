// What is done to a device by a press can be taken back from its message: that step and no other.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ok } from '../../../src/core/base/result.ts'
import type { Session } from '../../../src/playground/session.ts'
import { withUndo } from '../../../src/ui/devices/withUndo.ts'
import { makeMessages, type Message } from '../../../src/ui/messages.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { nodeSession } from '../../helpers/sessions.ts'

const messages = makeMessages()
let session: Session

beforeEach(async () => {
  vi.stubGlobal('navigator', { platform: 'Linux' })
  session = (await nodeSession()).session
  messages.set({ all: [], shown: [] })
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await session.dispose()
})

const stop = () => withUndo(session, messages, () => session.stopDevice(0))
const isStopped = () => session.snapshot().device.devices[0]?.health.isStopped
const told = (): Message => messages.get().all.at(-1) ?? expect.fail('nothing was said')

it('is said, and undone by the message', async () => {
  const { position } = session.snapshot().history
  valueOf(await stop())
  expect(told()).toMatchObject({ kind: 'done', says: '/dev/dax0.0 does not answer any more.', act: { label: 'Undo' } })
  told().act?.run()
  await vi.waitFor(() => expect([isStopped(), session.snapshot().history.position]).toEqual([false, position]), { timeout: 10_000 })
})

it('is left where other steps came after it, and that is said', async () => {
  valueOf(await stop())
  const { act } = told()
  valueOf(await session.startDevice(0))
  valueOf(await session.poison(0, 64, 64))
  const { position, stepCount } = session.snapshot().history
  act?.run()
  expect(told()).toMatchObject({ kind: 'note', says: 'Other steps came after it: step back one by one.' })
  expect(session.snapshot().history).toMatchObject({ position, stepCount, travelling: false })
})

it('goes with the next step, and stays among the earlier ones', async () => {
  valueOf(await stop())
  expect(messages.get().shown).toEqual([told().index])
  valueOf(await session.poison(0, 64, 64))
  await vi.waitFor(() => expect(messages.get().shown).toEqual([]))
  expect(messages.get().all).toHaveLength(1)
})

it('isn’t offered for what failed, or made no step', async () => {
  failureOf(await withUndo(session, messages, () => session.stopDevice(7)), 'no_such_device')
  valueOf(await withUndo(session, messages, async () => {
    valueOf(await session.sha256('A', 'tides.f64'))
    return ok()
  }))
  expect(messages.get().all).toEqual([])
})
