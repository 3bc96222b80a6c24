// What moves with what: whoever compares numbers of two snapshots knows whether bytes of the device may be others.

import { expect, it, onTestFinished } from 'vitest'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { nodeSession } from '../../helpers/sessions.ts'
import { run } from '../../helpers/threeDevices.ts'

it('bytesVersion moves when something is written, and not when somebody looks, plays or mounts', async () => {
  const { session } = await nodeSession()
  onTestFinished(() => session.dispose())
  const version = (): number => session.snapshot().bytesVersion
  valueOf(await session.newFile({ path: 'data', sizeBytes: 8192, seed: 1 }))
  // A shell's first line is the first look of the history, too.
  expect(await run(session, 'A', 'true')).toBe(0)
  const looks: Record<string, () => Promise<unknown>> = {
    'a hash': async () => valueOf(await session.sha256('A', 'data')),
    'a play': async () => valueOf(await session.playLog('B')),
    'a look': async () => valueOf(await session.peek({ kind: 'file', host: 'B', path: 'data' }, 0, 64)),
    'another host': async () => valueOf(await session.addHost()),
    'a reboot': async () => valueOf(await session.rebootHost('B')),
    'a line that reads': async () => run(session, 'B', 'sha256sum /mnt/famfs/data; ls -l /mnt/famfs'),
    'what is refused': async () => failureOf(await session.poke({ host: 'B', path: 'data', index: 0, cell: 'Uint8', value: 1 }), 'no_access'),
    'a device that fails and answers again': async () => {
      valueOf(await session.stopDevice(0))
      valueOf(await session.startDevice(0))
    },
  }
  for (const [what, look] of Object.entries(looks)) {
    const before = version()
    await look()
    await session.settled()
    expect([what, version() - before]).toEqual([what, 0])
  }
  const writes: Record<string, () => Promise<unknown>> = {
    'a value': async () => valueOf(await session.poke({ host: 'A', path: 'data', index: 0, cell: 'Uint8', value: 77 })),
    'a file': async () => valueOf(await session.newFile({ path: 'more', sizeBytes: 4096, seed: 2 })),
    'an edit': async () => valueOf(await session.edit({ host: 'A', offsetBytes: 300, bytes: new Uint8Array([1]) })),
    'a line that writes': async () => run(session, 'A', 'printf x | dd of=/mnt/famfs/data conv=notrunc 2>/dev/null'),
    'a step back': async () => valueOf(await session.stepTo(session.snapshot().history.position - 1)),
    'a step forth': async () => valueOf(await session.stepTo(session.snapshot().history.position + 1)),
    'a format': async () => valueOf(await session.format({ force: true })),
  }
  for (const [what, write] of Object.entries(writes)) {
    const before = version()
    await write()
    await session.settled()
    expect([what, version() > before]).toEqual([what, true])
  }
})
