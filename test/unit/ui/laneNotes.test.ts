// What stands in red in a host's lane is of the mount that the host has now: another mount, boot or step ends it, and what
// fails on the way to it is news.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Session } from '../../../src/playground/session.ts'
import { noteOn } from '../../../src/ui/laneNote.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { nodeSession } from '../../helpers/sessions.ts'

let session: Session

beforeEach(async () => {
  session = (await nodeSession()).session
  valueOf(await session.newFile({ path: 'bad.bin', sizeBytes: 2 * MIB, seed: 1 }))
  valueOf(await session.playLog('B'))
})
afterEach(() => session.dispose())

const noted = (host = 'B', upTo = -1) => {
  const { hosts, trace } = session.snapshot()
  return noteOn(hosts.find(({ name }) => name === host) ?? expect.fail(`there is no ${host}`), trace, upTo)?.failure?.reason
}

async function line(text: string): Promise<void> {
  const shell = valueOf(await session.openShell('B'))
  await shell.run(text, { columns: 80, signal: new AbortController().signal, onNote: () => undefined })
  shell.close()
}

/** B reads what is poisoned; then it is well again. */
async function failAndMend(): Promise<void> {
  const offsetBytes = session.snapshot().files.find(({ path }) => path === 'bad.bin')?.extents[0]?.offsetBytes ?? 0
  valueOf(await session.poison(0, offsetBytes, 64))
  failureOf(await session.sha256('B', 'bad.bin'), 'mount_failed')
  expect(noted()).toBe('mount_failed')
  valueOf(await session.clearPoison(0))
  expect(noted()).toBe('mount_failed')
}

it.each([
  ['a reboot', () => session.rebootHost('B')],
  ['a plug that is pulled', () => session.killHost('B')],
  ['an umount', () => line('umount /mnt/famfs')],
  ['another mount', () => line('umount /mnt/famfs && famfs mount /dev/dax0.0 /mnt/famfs')],
  ['a step back', () => session.stepTo(session.snapshot().history.position - 1)],
])('%s ends it', async (_, deed) => {
  await failAndMend()
  await deed()
  expect(noted()).toBeUndefined()
  expect(session.snapshot().trace.some(({ failure }) => failure?.reason === 'mount_failed')).toBe(true)
})

it('stays while the host goes on as it is, and of other hosts', async () => {
  await failAndMend()
  await session.rebootHost('A')
  valueOf(await session.newFile({ path: 'next.bin', sizeBytes: 100, seed: 2 }))
  await line('ls /mnt')
  expect([noted(), noted('A')]).toEqual(['mount_failed', undefined])
  expect(noted('B', session.snapshot().trace.at(-1)?.index)).toBeUndefined()
})

it('is there for a boot whose mount fails', async () => {
  valueOf(await session.stopDevice(0))
  await session.rebootHost('B')
  expect(session.snapshot().hosts[1]).toMatchObject({ name: 'B', status: 'up', mountpoint: undefined })
  expect(noted()).toBe('device_failed')
})
