// famfs mount --daemon worker: the daemon in a thread of its own answers what the one beside its kernel does, from the same
// shadow tree, whatever changes there. Where it can't be, or is gone, sentences say so and nothing is left behind.

import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { completionsOf } from '../../../src/cli/complete.ts'
import { ok } from '../../../src/core/base/result.ts'
import { endRing } from '../../../src/core/fuse/ring.ts'
import type { DaemonThread, StartThread } from '../../../src/core/machine/daemonThread.ts'
import { isStandalone, kernelNames } from '../../../src/core/machine/kernels.ts'
import type { System } from '../../../src/core/machine/system.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { startDaemon } from '../../../src/host/daemon.ts'
import { startThread as startWorker } from '../../../src/host/daemonThreads.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { newDevices, renamed } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { newMachine, ROOT_USER, run } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { get, namesOf, newSystem, put, rootAt } from '../../helpers/systems.ts'
import { startThreadOf } from '../../helpers/threads.ts'

const MNT = '/mnt/famfs'
const AU = 2 * MIB
const ROOT = rootAt('/')
const PATIENCE_MS = 20_000

let worker: Worker
let threads: DaemonThread[]
let devices: Daxdev[]
let owner: System

beforeAll(async () => {
  worker = await startThreadOf('farDaemon.ts')
})
afterAll(async () => void (await worker.terminate()))

/** All of them in one worker: rings are served beside each other. */
const startThread: StartThread = (kernel) => {
  const { link, cookies } = startDaemon(worker, kernel, { files: [], daxdevs: [] }, PATIENCE_MS)
  const thread: DaemonThread = { link, cookies, end: () => link.end('it was ended') }
  threads.push(thread)
  return ok(thread)
}

/** Names the devices otherwise than the owner does. */
function newOther(start: StartThread = startThread): System {
  return newSystem(newMachine('B', ...renamed(devices, [2, 0, 1])), { sandbox: makeSandbox, startThread: start })
}

function good(system: System, line: string): string {
  const { exit, stdout, stderr } = runLine(system, line)
  expect({ line, exit, stderr }).toEqual({ line, exit: 0, stderr: '' })
  return stdout
}

beforeEach(() => {
  threads = []
  devices = newDevices(3)
  owner = newSystem(newMachine('A', ...devices))
  good(owner, 'mkfs.famfs /dev/dax0.0 /dev/dax1.0 /dev/dax2.0')
  good(owner, `famfs mount --nofuse /dev/dax0.0 ${MNT}`)
  good(owner, `famfs creat -r -S 5 -s 5000 ${MNT}/plain`)
  run(owner.machine.creat(`${MNT}/striped`, { sizeBytes: 7 * AU + 99, interleave: { stripCount: 3, bucketCount: 3, chunkBytes: AU } }))
  run(owner.machine.fill(`${MNT}/striped`, 6, ROOT_USER))
})

describe('a daemon in a thread of its own', () => {
  it.each(kernelNames.filter((kernel) => !isStandalone(kernel)))('%s: reads, writes, learns of new files, and ends with its mount', (kernel) => {
    const other = newOther()
    const said = good(other, `famfs mount -v --fuse --kernel ${kernel} --daemon worker /dev/dax1.0 ${MNT}`)
    expect(said).toContain(`kernel ${kernel}, its daemon in a worker of its own\n`)
    expect(other.machine.mounts()).toMatchObject([{ kernel, kind: 'fuse', daemon: 'worker', options: expect.arrayContaining(['daemon=worker']) }])
    good(other, `famfs verify -S 5 -f ${MNT}/plain`)
    good(other, `famfs verify -S 6 -f ${MNT}/striped`)
    run(other.machine.fill(`${MNT}/striped`, 8, ROOT_USER))
    good(owner, `famfs verify -S 8 -f ${MNT}/striped`)

    good(owner, `famfs creat -r -S 9 -s 9000 ${MNT}/later`)
    good(other, `famfs logplay ${MNT}`)
    good(other, `famfs verify -S 9 -f ${MNT}/later`)
    expect(threads.map(({ link }) => link.failed)).toEqual([undefined])
    good(other, `umount ${MNT}`)
    expect(threads.map(({ link }) => link.failed)).toEqual(['it was ended'])
  })

  it('answers from the shadow files as they are when the kernel asks', () => {
    const other = newOther()
    good(other, `famfs mount --fuse -t 0 --daemon worker /dev/dax1.0 ${MNT}`)
    good(owner, `famfs creat -r -S 2 -s 5000 ${MNT}/b`)
    good(other, `famfs logplay ${MNT}`)
    const shadow = `${other.machine.mounts()[0]?.shadowPath}/root`
    const [plain = '', b = ''] = ['plain', 'b'].map((name) => get(other, `${shadow}/${name}`, ROOT))
    good(other, `famfs verify -S 5 -f ${MNT}/plain`)
    put(other, `${shadow}/plain`, b.replace('path: b', 'path: plain'), ROOT)
    good(other, `famfs verify -S 2 -f ${MNT}/plain`)
    put(other, `${shadow}/plain`, plain.replace('devindex: 0', 'devindex: 4294967296'), ROOT)
    expect(failureOf(other.machine.mmap(`${MNT}/plain`, { read: true }, ROOT_USER), 'daemon_failed').says).toContain('GET_FMAP is answered with error 2')
    put(other, `${shadow}/plain`, plain, ROOT)
    good(other, `famfs verify -S 5 -f ${MNT}/plain`)
  })

  it('that is gone fails what it is asked, says what to do, and keeps nobody from unmounting', () => {
    const other = newOther()
    good(other, `famfs mount --fuse --daemon worker /dev/dax1.0 ${MNT}`)
    good(other, `famfs verify -S 5 -f ${MNT}/plain`)
    threads[0]?.link.end('its worker died: out of memory')
    good(other, `famfs verify -S 5 -f ${MNT}/plain`)
    const failure = failureOf(other.machine.mmap(`${MNT}/striped`, { read: true }, ROOT_USER), 'daemon_failed')
    expect(failure).toMatchObject({ errno: 'EIO', says: expect.stringContaining('its worker died: out of memory'), next: expect.stringContaining('Unmount, and mount again') })
    const { exit, stderr } = runLine(other, `famfs verify -S 6 -f ${MNT}/striped`)
    expect(exit).toBe(1)
    expect(stderr).toMatch(/died: out of memory\n {2}Unmount, and mount again/)
    expect(runLine(other, `cat ${MNT}/striped`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('Input/output error') })
    good(other, `umount ${MNT}`)
    good(other, `famfs mount --fuse --daemon worker /dev/dax1.0 ${MNT}`)
    good(other, `famfs verify -S 6 -f ${MNT}/striped`)
  })

  it('ends where nothing comes to be mounted', () => {
    const other = newOther()
    expect(runLine(other, `famfs mount --fuse --daemon worker -S /nowhere /dev/dax1.0 ${MNT}`).exit).toBe(1)
    expect(threads.map(({ link }) => link.failed)).toEqual(['it was ended'])
    expect(other.machine.mounts()).toEqual([])
    expect(namesOf(other, '/tmp', ROOT).filter((name) => name.startsWith('famfs_shadow'))).toEqual([])
  })

  it('that never comes, or is stopped before it does, leaves no mount', () => {
    const slow: StartThread = (kernel) => {
      const { link, cookies } = startDaemon({ postMessage: () => undefined }, kernel, { files: [], daxdevs: [] }, 1)
      const thread = { link, cookies, end: () => link.end('it was ended') }
      threads.push(thread)
      return ok(thread)
    }
    const other = newOther(slow)
    runLine(other, `famfs mount --fuse --daemon worker /dev/dax1.0 ${MNT}`, { stopAfter: 5 })
    expect(threads.map(({ link }) => link.failed)).toEqual(['it was ended'])
    const late = newOther((kernel) => {
      const thread = valueOf(slow(kernel))
      thread.link.end('its worker did not start in time')
      return ok(thread)
    })
    const { exit, stderr } = runLine(late, `famfs mount --fuse --daemon worker /dev/dax1.0 ${MNT}`)
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringMatching(/its worker did not start in time\n {2}Mount without --daemon worker/) })
    const stumbling = newOther((kernel) => {
      const { link, cookies } = startDaemon({ postMessage: ({ ring }) => endRing(ring) }, kernel, { files: [], daxdevs: [] }, PATIENCE_MS)
      return ok({ link, cookies, end: () => link.end('it was ended') })
    })
    expect(runLine(stumbling, `famfs mount --fuse --daemon worker /dev/dax1.0 ${MNT}`)).toMatchObject({ exit: 1, stderr: expect.stringContaining("the daemon can't have a thread of its own: the daemon has ended") })
    for (const system of [other, late, stumbling]) expect(system.machine.mounts()).toEqual([])
  })
})

describe('famfs mount --daemon', () => {
  it.each([
    ['no thread is to be had', undefined, 'this host has one thread'],
    ['there are no workers, as in this test', startWorker, 'there are no workers here'],
  ])('worker is refused where %s', (_, start, says) => {
    const other = newSystem(newMachine('B', ...devices), start ? { startThread: start } : {})
    const { exit, stderr } = runLine(other, `famfs mount --fuse --daemon worker /dev/dax0.0 ${MNT}`)
    expect(exit).toBe(1)
    expect(stderr).toContain(`the daemon can't have a thread of its own: ${says}\n  Mount without --daemon worker`)
    expect(other.machine.mounts()).toEqual([])
  })

  it.each([
    ['--nofuse --daemon worker', '--daemon is for fuse mounts'],
    ['--kernel v1 --daemon beside', '--daemon is for fuse mounts'],
    ['--fuse --daemon nowhere', '“nowhere” is no place for a daemon'],
  ])('%s is refused', (words, says) => {
    expect(runLine(newOther(), `famfs mount ${words} /dev/dax1.0 ${MNT}`)).toMatchObject({ exit: 1, stderr: expect.stringContaining(says) })
    expect(threads).toEqual([])
  })

  it('beside the kernel is where it is by itself; a standalone mount has none', () => {
    const other = newOther()
    expect(good(other, `famfs mount -v --fuse --daemon beside /dev/dax1.0 ${MNT}`)).toContain('kernel fuse, its daemon beside it\n')
    good(other, `umount ${MNT}`)
    expect(good(other, `famfs mount -v --fuse /dev/dax1.0 ${MNT}`)).not.toContain('its daemon')
    expect(other.machine.mounts()).toMatchObject([{ daemon: 'beside' }])
    expect(owner.machine.mounts()).toMatchObject([{ daemon: undefined }])
    expect(threads).toEqual([])
  })

  it('is completed for whoever knows it', () => {
    expect(completionsOf(['famfs', 'mount', '--'])).not.toContain('--daemon')
    expect(completionsOf(['famfs', 'mount', '--da'])).toEqual(['--daemon'])
    expect(completionsOf(['famfs', 'mount', '--daemon', ''])).toEqual(['beside', 'worker'])
    expect(completionsOf(['famfs', 'mount', '--kernel', 'fuse-i'])).toEqual(['fuse-iomap', 'fuse-iomap-shared'])
  })
})
