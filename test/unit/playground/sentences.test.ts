// Sentences that must fit what they count and what they name: devices go by the number that everybody knows them by.

import { expect, it, onTestFinished } from 'vitest'
import { sentences } from '../../../src/playground/sentences.ts'
import type { Session } from '../../../src/playground/session.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { nodeSession } from '../../helpers/sessions.ts'
import { three } from '../../helpers/threeDevices.ts'

const last = (session: Session): string | undefined => session.snapshot().trace.at(-1)?.sentence

it('a play says what is new, and nothing of what there is none of', async () => {
  const { session } = await nodeSession()
  onTestFinished(() => session.dispose())
  valueOf(await session.playLog('B'))
  valueOf(await session.newDirectory({ path: 'deep' }))
  valueOf(await session.playLog('B'))
  expect(last(session)).toBe('B played 1 entry: 1 new directory.')
  for (const path of ['a', 'b']) valueOf(await session.newDirectory({ path }))
  valueOf(await session.newFile({ path: 'a/file', sizeBytes: 100, seed: 1 }))
  valueOf(await session.playLog('B'))
  expect(last(session)).toBe('B played 3 entries: 1 new file and 2 new directories.')
  const counts = { playedCount: 5, errorCount: 0, troubles: [], stopped: undefined }
  expect(sentences.played('B', { ...counts, entriesPlayed: 2, newFiles: 2, newDirectories: 0 })).toBe('B played 2 entries: 2 new files.')
  // Of devices, or of what was there.
  expect(sentences.played('B', { ...counts, entriesPlayed: 1, newFiles: 0, newDirectories: 0 })).toBe('B played 1 entry.')
})

it('a device that a host is given or denied goes by its number, and by what that host calls it', async () => {
  const { session } = await three()
  onTestFinished(() => session.dispose())
  const said = (): string[] => session.snapshot().trace.flatMap(({ kind, host, sentence }) => (kind === 'host' && host === 'B' && sentence.includes('evice 1') ? [sentence] : []))
  valueOf(await session.detachDevice('B', 1))
  valueOf(await session.attachDevice('B', 1))
  expect(said()).toEqual([
    'Device 1 (/dev/dax2.0 there) was taken from host B, which starts again without it: files with bytes on it can’t be read there.',
    'Host B has device 1 (/dev/dax2.0 there) again and starts with it.',
  ])
  // Where it is called the same, the number is still there.
  valueOf(await session.detachDevice('A', 2))
  expect(session.snapshot().trace.find(({ kind, host, sentence }) => kind === 'host' && host === 'A' && sentence.includes('was taken'))?.sentence).toMatch(/^Device 2 \(\/dev\/dax2\.0 there\) was taken from host A, /)
})
