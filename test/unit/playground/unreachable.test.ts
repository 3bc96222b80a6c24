// Why a file's bytes can't be reached, as the page says it, is what the host's own kernel says to whoever reads the file: the
// page looks into memory by itself, and must not tell another story.

import { describe, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Session } from '../../../src/playground/session.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { EACH, faultsOn, run, striped, three } from '../../helpers/threeDevices.ts'

/** The older module has one device, and a test of its own. */
const KERNELS = ['v1', 'fuse', 'fuse-paged', 'fuse-iomap', 'fuse-iomap-shared', 'fuse-unrolled', 'program'] as const

/** Three strips of "wide", on devices 0 to 2 in whatever order: of each where it is, and which part of the file comes first. */
function strips(session: Session): { devindex: number; offsetBytes: number }[] {
  const extents = session.snapshot().files.find(({ path }) => path === 'wide')?.extents ?? []
  return extents.map(({ offsetBytes }) => ({ devindex: Math.floor(offsetBytes / EACH), offsetBytes: offsetBytes % EACH }))
}

const FAILS: Record<string, (session: Session) => Promise<unknown>> = {
  // The second chunk of the first strip, and the first one of the last: that is read first.
  'poison on two devices': async (session) => {
    const [first, , last] = strips(session)
    if (!first || !last) expect.fail('it has three strips')
    valueOf(await session.poison(first.devindex, first.offsetBytes + MIB, 64))
    valueOf(await session.poison(last.devindex, last.offsetBytes + 640, 64))
  },
  'a device that does not answer': async (session) => valueOf(await session.stopDevice(strips(session)[1]?.devindex ?? -1)),
  'a device that was reconfigured': async (session) => valueOf(await session.reconfigureDevice(strips(session)[2]?.devindex ?? -1)),
  'a device that was stopped and reconfigured': async (session) => {
    const devindex = strips(session)[1]?.devindex ?? -1
    valueOf(await session.reconfigureDevice(devindex))
    valueOf(await session.stopDevice(devindex))
  },
}

describe.each(KERNELS)('on a %s mount', (kernel) => {
  it.each(Object.keys(FAILS))('%s is foretold as it will be told', async (what) => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    await striped(session)
    expect(await run(session, 'B', `umount /mnt/famfs; famfs mount ${kernel.startsWith('v1') ? '--nofuse' : '--fuse'} --kernel ${kernel} /dev/dax0.0 /mnt/famfs`)).toBe(0)
    await FAILS[what]?.(session)
    const peek = () => session.peek({ kind: 'file', host: 'B', path: 'wide' }, 0, 64)
    const reason = kernel.startsWith('v1') ? 'mount_failed' : 'memory_failed'
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', 'failing']])
    const foretold = failureOf(await peek(), reason)
    const told = failureOf(await session.sha256('B', 'wide'), reason)
    expect(foretold).toEqual({ ...told, says: `whoever reads wide on this mount learns that ${told.says}` })
    // From then on it is so.
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', 'memory']])
    expect(failureOf(await peek(), reason)).toMatchObject({ errno: told.errno, next: told.next, says: expect.not.stringContaining('learns') })
  })
})

it.each([['fuse', '--fuse', 'memory_failed'], ['v1-abi42', '--nofuse --kernel v1-abi42', 'mount_failed']] as const)('on one device, too, and of a file in one piece (%s)', async (_, how, reason) => {
  const { session } = await three()
  onTestFinished(() => session.dispose())
  valueOf(await session.format({ force: true, deviceBytes: EACH, deviceCount: 1, unitBytes: 4096 }))
  valueOf(await session.newFile({ path: 'plain', sizeBytes: MIB, seed: 1 }))
  expect(await run(session, 'B', `umount /mnt/famfs; famfs mount ${how} /dev/dax0.0 /mnt/famfs`)).toBe(0)
  const at = session.snapshot().files[0]?.extents[0]?.offsetBytes ?? -1
  for (const within of [8192, 128]) valueOf(await session.poison(0, at + within, 64))
  const foretold = failureOf(await session.peek({ kind: 'file', host: 'B', path: 'plain' }, 0, 64), reason)
  const told = failureOf(await session.sha256('B', 'plain'), reason)
  expect(told.says.endsWith(`, byte ${at + 128}`)).toBe(reason === 'memory_failed')
  expect(foretold).toEqual({ ...told, says: `whoever reads plain on this mount learns that ${told.says}` })
})
