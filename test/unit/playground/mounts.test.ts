// Mounts of a session's hosts are theirs in every step: those made by hand, with their kernel, and those that memory took
// something from, whether someone did anything meanwhile or only looked.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { nodeSession, picturesOf } from '../../helpers/sessions.ts'
import { EACH, extentsOn, faultsOn, run, striped, three } from '../../helpers/threeDevices.ts'

describe('mounts made by hand', () => {
  it('reach what was reconfigured, and are there again however the steps are gone', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.playLog('B'))
    const sum = valueOf(await session.sha256('A', 'wide'))
    valueOf(await session.reconfigureDevice(1))
    const { position } = session.snapshot().history
    failureOf(await session.sha256('B', 'wide'), 'mount_failed')
    expect(await run(session, 'B', 'umount /mnt/famfs && famfs mount --nofuse /dev/dax0.0 /mnt/famfs')).toBe(0)
    expect(session.snapshot().history).toMatchObject({ position: position + 1, back: expect.stringContaining('famfs mount') })
    expect(valueOf(await session.sha256('B', 'wide'))).toBe(sum)
    // The next one reconfigures and mounts in one line.
    expect(await run(session, 'A', `daxctl reconfigure-device --force --mode=devdax /dev/dax2.0; umount /mnt/famfs; famfs mount --nofuse /dev/dax0.0 /mnt/famfs`)).toBe(0)
    valueOf(await session.newFile({ path: 'later', sizeBytes: 4096, seed: 1 }))
    const states = new Map<number, ReturnType<typeof picturesOf>>([[position + 3, picturesOf(session.snapshot())]])
    for (const back of [2, 1, 0, 3, 2, 0, 3]) {
      valueOf(await session.stepTo(position + back))
      const pictures = picturesOf(session.snapshot())
      expect({ back, pictures }).toEqual({ back, pictures: states.get(position + back) ?? pictures })
      states.set(position + back, pictures)
      const [a, b] = [await session.sha256('A', 'wide'), await session.sha256('B', 'wide')]
      expect([back, a.ok, b.ok]).toEqual([back, back >= 2, back === 1])
      // What hosts met now, where everything was done, is theirs.
      if (back === 3) states.set(position + 3, picturesOf(session.snapshot()))
    }
    await session.dispose()
  })

  it('keep their kernel, which a refused format leaves them, too', async () => {
    const { session } = await three()
    await striped(session)
    const { position } = session.snapshot().history
    const ways = [['--fuse', 'fuse', 'EHWPOISON, EIO'], ['--nofuse', 'v1', 'ENODEV'], ['--fuse --kernel program', 'program', 'EHWPOISON, EIO']] as const
    for (const [words] of ways) expect(await run(session, 'B', `umount /mnt/famfs; famfs mount ${words} /dev/dax0.0 /mnt/famfs`)).toBe(0)
    failureOf(await session.format({ host: 'B' }), 'owned_by_other')
    expect(session.snapshot()).toMatchObject({ history: { position: position + 3, stepCount: position + 3 }, hosts: [{}, { kernel: 'program' }] })
    for (const at of [2, 0, 1, 3, 2, 3]) {
      valueOf(await session.stepTo(position + at))
      const [, kernel, memoryErrno] = ways[at - 1] ?? ['', 'v1', 'ENODEV']
      expect(session.snapshot().hosts[1]).toMatchObject({ kernel, memoryErrno, mountpoint: '/mnt/famfs' })
      expect(faultsOn(session.snapshot(), 'B')).toEqual(at === 0 ? [] : [['wide', undefined]])
    }
    expect(valueOf(await session.sha256('B', 'wide'))).toBe(valueOf(await session.sha256('A', 'wide')))
    await session.dispose()
  })

  it('of a device that has become another one’s secondary are not, and the one that is shown is mounted', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    expect(await run(session, 'A', 'umount /mnt/famfs; mkfs.famfs -f /dev/dax1.0 && famfs mount --fuse --kernel program /dev/dax1.0 /mnt/famfs')).toBe(0)
    expect(session.snapshot().hosts[0]).toMatchObject({ elsewhere: '/dev/dax1.0', kernel: 'program' })
    expect(await run(session, 'A', 'umount /mnt/famfs && mkfs.famfs -f /dev/dax0.0 /dev/dax1.0')).toBe(0)
    valueOf(await session.rebootHost('A'))
    expect(session.snapshot().hosts[0]).toMatchObject({ mountpoint: '/mnt/famfs', elsewhere: undefined, mountTrouble: undefined, kernel: 'program' })
  })

  it('are what a reboot makes again: the plug pulled or not, and what was unmounted by hand', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    await striped(session)
    const of = () => session.snapshot().hosts[1]
    expect(await run(session, 'B', 'umount /mnt/famfs; mkdir /tmp/m; famfs mount --kernel fuse-paged /dev/dax0.0 /tmp/m')).toBe(0)
    const { position } = session.snapshot().history
    valueOf(await session.rebootHost('B'))
    expect(of()).toMatchObject({ kernel: 'fuse-paged', mountpoint: '/tmp/m', mountTrouble: undefined, files: [{ path: 'wide' }] })
    expect(session.snapshot().trace.at(-1)).toMatchObject({ kind: 'mount', command: 'sudo mkdir -p /tmp/m && sudo famfs mount --kernel fuse-paged /dev/dax0.0 /tmp/m' })
    valueOf(await session.killHost('B'))
    await vi.waitFor(() => expect(of()?.status).toBe('down'))
    await session.settled()
    valueOf(await session.rebootHost('B'))
    expect(of()).toMatchObject({ kernel: 'fuse-paged', mountpoint: '/tmp/m' })
    expect(await run(session, 'B', 'umount /tmp/m')).toBe(0)
    valueOf(await session.rebootHost('B'))
    expect(of()).toMatchObject({ kernel: 'fuse-paged', mountpoint: '/tmp/m' })
    for (const where of [position - 1, position, position + 1]) valueOf(await session.stepTo(where))
    expect(of()).toMatchObject({ kernel: 'fuse-paged', mountpoint: '/tmp/m' })
    valueOf(await session.rebootHost('A'))
    expect(session.snapshot().trace.at(-1)).toMatchObject({ kind: 'mount', command: 'sudo famfs mount --nofuse /dev/dax0.0 /mnt/famfs' })
  })

  it('find memory sound when their step is done again, and the configuration that they found', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.stopDevice(0))
    const { position } = session.snapshot().history
    expect(await run(session, 'B', 'daxctl enable-device /dev/dax0.0; umount /mnt/famfs; famfs mount --fuse /dev/dax0.0 /mnt/famfs; daxctl disable-device /dev/dax0.0')).toBe(0)
    valueOf(await session.startDevice(0))
    valueOf(await session.newFile({ path: 'later', sizeBytes: 4096, seed: 1 }))
    // Whoever played the log before the device was another loses it with the next touch.
    expect(await run(session, 'B', 'famfs logplay /mnt/famfs; daxctl reconfigure-device --force --mode=devdax /dev/dax0.0')).toBe(0)
    const last = session.snapshot()
    expect(faultsOn(last, 'B')).toEqual([['wide', 'failing'], ['later', 'failing']])
    valueOf(await session.stepTo(position + 1))
    expect(session.snapshot().hosts[1]).toMatchObject({ kernel: 'fuse', files: [{ path: 'wide' }] })
    valueOf(await session.stepTo(position + 4))
    expect(picturesOf(session.snapshot())).toEqual(picturesOf(last))
    await session.dispose()
  })
})

describe('what a host met of memory', () => {
  it('of one device alone, too: what fails when it is read, and then what is lost', async () => {
    const { session } = await nodeSession()
    onTestFinished(() => session.dispose())
    valueOf(await session.format({ force: true, deviceBytes: EACH, deviceCount: 1, unitBytes: 4096 }))
    valueOf(await session.newFile({ path: 'plain', sizeBytes: 4096, seed: 1 }))
    valueOf(await session.stopDevice(0))
    expect(faultsOn(session.snapshot(), 'A')).toEqual([['plain', 'failing']])
    failureOf(await session.sha256('A', 'plain'), 'mount_failed')
    expect(faultsOn(session.snapshot(), 'A')).toEqual([['plain', 'memory']])
  })

  it('by looking is no step, and stays with the state that it looked at', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.newFile({ path: 'plain', sizeBytes: 4096, seed: 1 }))
    valueOf(await session.playLog('B'))
    expect(await run(session, 'B', 'umount /mnt/famfs; famfs mount --fuse /dev/dax0.0 /mnt/famfs')).toBe(0)
    const at = session.snapshot().files[0]?.extents.find(({ offsetBytes }) => offsetBytes >= EACH && offsetBytes < 2 * EACH)?.offsetBytes ?? 0
    valueOf(await session.poison(1, at - EACH, 64))
    const { position } = session.snapshot().history
    failureOf(await session.sha256('A', 'wide'), 'mount_failed')
    failureOf(await session.sha256('B', 'wide'), 'memory_failed')
    expect(session.snapshot().history).toMatchObject({ position, stepCount: position })
    // A standalone mount is lost as a whole; of the other one, what is on that device.
    const met = [[['wide', 'memory'], ['plain', 'memory']], [['wide', 'memory'], ['plain', undefined]]]
    const metNow = (): unknown[] => ['A', 'B'].map((name) => faultsOn(session.snapshot(), name))
    expect(metNow()).toEqual(met)
    for (const where of [position - 1, position]) valueOf(await session.stepTo(where))
    expect(metNow()).toEqual(met)
    valueOf(await session.clearPoison(1))
    expect(metNow()).toEqual(met)
    for (const back of [0, 1, 0, -1, 1, -1, 0, 1]) {
      valueOf(await session.stepTo(position + back))
      expect([back, metNow()]).toEqual([back, back < 0 ? met.map(() => [['wide', undefined], ['plain', undefined]]) : met])
    }
    failureOf(await session.sha256('A', 'plain'), 'mount_failed')
    failureOf(await session.sha256('B', 'wide'), 'memory_failed')
    valueOf(await session.sha256('B', 'plain'))
    await session.dispose()
  })

  it('in the past is forgotten with it, unless the past goes on from there', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.newFile({ path: 'plain', sizeBytes: 4096, seed: 1 }))
    const at = session.snapshot().files[0]?.extents[0]?.offsetBytes ?? 0
    valueOf(await session.poison(Math.floor(at / EACH), at % EACH, 64))
    valueOf(await session.addHost())
    const { position } = session.snapshot().history
    const plainNow = (): string | undefined => faultsOn(session.snapshot(), 'A')[1]?.[1]
    const lose = async (): Promise<void> => {
      valueOf(await session.stepTo(position - 1))
      failureOf(await session.sha256('A', 'wide'), 'mount_failed')
      // What is refused is no step either, and the steps ahead stay.
      failureOf(await session.newDirectory({ path: 'refused' }), 'mount_failed')
      expect([session.snapshot().history, plainNow()]).toMatchObject([{ position: position - 1, stepCount: position }, 'memory'])
    }
    await lose()
    valueOf(await session.stepTo(position))
    expect(plainNow()).toBeUndefined()
    valueOf(await session.stepTo(position - 1))
    expect(plainNow()).toBeUndefined()
    await lose()
    valueOf(await session.removeHost('B'))
    for (const back of [0, 1, 0, 1]) {
      valueOf(await session.stepTo(position - back))
      expect([back, plainNow()]).toEqual([back, 'memory'])
    }
    valueOf(await session.stepTo(position - 2))
    expect(plainNow()).toBeUndefined()
    await session.dispose()
  })

  it('of a device that is stopped shows in all its files, on the media and on every host', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.newFile({ path: 'plain', sizeBytes: 4096, seed: 1 }))
    valueOf(await session.playLog('B'))
    const devindex = Math.floor((session.snapshot().files[1]?.extents[0]?.offsetBytes ?? 0) / EACH)
    valueOf(await session.stopDevice((devindex + 1) % 3))
    const { files } = session.snapshot()
    expect(files.map(({ path, fault }) => [path, fault])).toEqual([['wide', 'memory'], ['plain', undefined]])
    // Nobody has touched it yet, and it shows all the same.
    for (const name of ['A', 'B']) expect(faultsOn(session.snapshot(), name).map(([path, fault]) => [path, fault !== undefined])).toEqual([['wide', true], ['plain', false]])
    await session.dispose()
  })

  it('is another device that turns up: its files have their places again', async () => {
    const { session } = await three()
    await striped(session)
    const bytes = valueOf(await session.peek({ kind: 'device' }, EACH, 8))
    valueOf(await session.edit({ host: 'A', offsetBytes: EACH, bytes: new Uint8Array(8) }))
    valueOf(await session.rebootHost('B'))
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', 'missing']])
    valueOf(await session.edit({ host: 'A', offsetBytes: EACH, bytes }))
    expect(await run(session, 'B', 'famfs daxdev resolve /mnt/famfs')).toBe(0)
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', undefined]])
    expect(extentsOn(session.snapshot(), 'B')).toEqual(extentsOn(session.snapshot(), 'A'))
    await session.dispose()
  })
})
