// The lab in a page: in a worker, with daemons in another one over a ring, or in the page's own thread. Whatever dies is
// told, and the next run works.

import { describe, expect, it, onTestFinished } from 'vitest'
import { kernelNames } from '../../src/core/machine/kernels.ts'
import { spawnDaemon } from '../../src/host/daemon.ts'
import { InlineRunner } from '../../src/playground/lab/inlineRunner.ts'
import { type MapLab, openLab } from '../../src/playground/lab/mapLab.ts'
import type { WorkerOptions } from '../../src/playground/lab/labWorker.ts'
import type { LabProgress } from '../../src/sim/lab/types.ts'
import { setupOf } from '../helpers/lab.ts'
import { failureOf, valueOf } from '../helpers/outcome.ts'

async function opened(options?: WorkerOptions): Promise<MapLab> {
  const lab = await openLab(options)
  onTestFinished(() => lab.close())
  return lab
}

const pulling = kernelNames.filter((kernel) => !kernel.startsWith('v1'))

describe('the map lab', () => {
  it.each(pulling)('runs %s with its daemon in a worker as with its daemon beside it', async (kernel) => {
    const lab = await opened()
    expect(lab.daemons).toEqual(['beside', 'worker'])
    const setup = setupOf({ kernels: ['v1', kernel], fileCount: 2, deviceCount: 2 })
    const apart = valueOf(await lab.run({ ...setup, daemon: 'worker' }))
    expect(apart).toMatchObject({ daemon: 'worker', daemonWhy: undefined, agrees: true })
    const beside = valueOf(await lab.run(setup))
    expect(beside).toMatchObject({ daemon: 'beside', agrees: true })
    const { roundTripCount, copiedBytes, messageCount } = beside.sides[1]
    expect(apart.sides[1]).toMatchObject({ failure: undefined, roundTripCount, copiedBytes, messageCount })
    // Somebody else's thread has to wake up for each.
    expect(apart.sides[1].waitedUs).toBeGreaterThan(0)
  })

  it.each(['fuse-iomap', 'fuse-iomap-shared', 'program', 'fuse'] as const)('moves files under %s with its daemon in a worker as with its daemon beside it', async (kernel) => {
    const lab = await opened()
    const setup = setupOf({ kernels: ['v1', kernel], fileCount: 3, accessCount: 400, moveCount: 4 })
    const apart = valueOf(await lab.run({ ...setup, daemon: 'worker' }))
    const beside = valueOf(await lab.run(setup))
    const { wrongCount, noticeCount, revalidationCount, checksum, expectedChecksum } = beside.sides[1]
    expect(apart).toMatchObject({ daemon: 'worker', movedCount: 4 })
    expect(apart.sides[1]).toMatchObject({ failure: undefined, wrongCount, noticeCount, revalidationCount, checksum, expectedChecksum })
    expect(checksum === expectedChecksum).toBe(kernel !== 'fuse')
  })

  it('changes a program whose daemon is in a worker', async () => {
    const lab = await opened()
    const sourceOf = (name: string): string | undefined => lab.examples.find((example) => example.name === name)?.source
    const setup = setupOf({ kernels: ['v1', 'program'], fileCount: 3, accessCount: 400, daemon: 'worker' })
    const good = valueOf(await lab.run({ ...setup, programChange: sourceOf('list') }))
    expect(good).toMatchObject({ daemon: 'worker', agrees: true })
    expect(good.sides[1]).toMatchObject({ noticeCount: 1, revalidationCount: 3 })
    const bad = valueOf(await lab.run({ ...setup, programChange: sourceOf('division by zero') }))
    expect(bad.sides[1]).toMatchObject({ failedCount: 200, wrongCount: 0 })
  })

  it('takes a message of megabytes over the ring', async () => {
    const lab = await opened()
    const run = valueOf(await lab.run(setupOf({ kernels: ['fuse-unrolled', 'fuse-paged'], extentCount: 150_000, accessCount: 50, daemon: 'worker' })))
    expect(run).toMatchObject({ daemon: 'worker', agrees: true })
    expect(run.sides[0].copiedBytes).toBeGreaterThan(150_000 * 24)
  })

  it('answers in order, tells how far it is, and measures curves and amplification', async () => {
    const lab = await opened()
    const told: LabProgress[] = []
    const order: string[] = []
    const noted = <T>(name: string, promise: Promise<T>): Promise<T> => promise.finally(() => order.push(name))
    const [run, curve, amplification] = await Promise.all([
      noted('run', lab.run(setupOf(), (progress) => told.push(progress))),
      noted('curve', lab.curve('fuse', setupOf(), (progress) => told.push(progress))),
      noted('amplification', lab.amplification(setupOf(), (progress) => told.push(progress))),
    ])
    expect(order).toEqual(['run', 'curve', 'amplification'])
    expect(valueOf(run).agrees).toBe(true)
    expect(valueOf(curve).endsBecause).toMatchObject({ errno: 'E2BIG' })
    expect(valueOf(amplification).accessCount).toBe(200)
    expect(told.map(({ what }) => what)).toEqual(expect.arrayContaining(['fuse, times', 'fuse, 32 extents', 'read amplification']))
  })

  it('says what is out of range, and where a program can’t be understood', async () => {
    const lab = await opened()
    failureOf(await lab.run(setupOf({ fileCount: 0 })), 'lab_setup')
    failureOf(await lab.amplification(setupOf({ fileCount: 0 })), 'lab_setup')
    expect(await lab.compile('resolve {')).toMatchObject({ line: 1, says: expect.any(String) })
    expect(await lab.compile(lab.examples[0]?.source ?? '')).toBeUndefined()
    expect(lab.limits.map(({ kernel }) => kernel)).toEqual(kernelNames)
    expect(lab.limits.find(({ kernel }) => kernel === 'fuse')).toMatchObject({ errno: 'E2BIG', takes: expect.stringContaining('32 extents') })
    expect(lab.limits.find(({ kernel }) => kernel === 'fuse-iomap')?.errno).toBeUndefined()
  })

  it('runs the program that it is given', async () => {
    const lab = await opened()
    const setup = setupOf({ kernels: ['fuse', 'program'] })
    const endless = lab.examples.find(({ name }) => name === 'endless loop')
    const failed = valueOf(await lab.run({ ...setup, program: endless?.source }))
    expect(failed.sides[1].failure).toMatchObject({ errno: 'EIO' })
    expect(failed.sides[0].failure).toBeUndefined()
    expect(valueOf(await lab.run(setup)).agrees).toBe(true)
  })
})

describe('what runs', () => {
  it('can be cancelled, with all that waits behind it; the next run works', async () => {
    const lab = await opened()
    const first = lab.run(setupOf({ extentCount: 100_000, accessCount: 500_000 }))
    const second = lab.run(setupOf())
    const third = lab.amplification(setupOf({ extentCount: 10, fileCount: 1000, pattern: 'in_order', accessCount: 10_000, accessBytes: 65_536 }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    lab.cancel()
    failureOf(await first, 'cancelled')
    failureOf(await second, 'cancelled')
    failureOf(await third, 'cancelled')
    expect(valueOf(await lab.run(setupOf())).agrees).toBe(true)
  })

  it('fails if its worker dies, and the next run gets another worker', async () => {
    const workers: Worker[] = []
    const startLab = (): Worker => {
      const worker = new Worker(new URL('../../src/playground/lab/lab.worker.ts', import.meta.url), { type: 'module' })
      workers.push(worker)
      return worker
    }
    const lab = await opened({ startLab })
    const run = lab.run(setupOf({ extentCount: 100_000, accessCount: 500_000 }))
    workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))
    expect(failureOf(await run, 'lab_down').says).toContain('out of memory')
    expect(valueOf(await lab.run(setupOf())).agrees).toBe(true)
    expect(workers.length).toBe(2)
  })

  it('goes on if its daemon dies: that kernel’s files fail, and the next run has another daemon', async () => {
    let count = 0
    const startDaemon: typeof spawnDaemon = () => {
      if (count++ > 0) return spawnDaemon()
      const url = URL.createObjectURL(new Blob(["onmessage = ({ data }) => { data.onmessage = () => { throw new Error('it fell') } }"], { type: 'text/javascript' }))
      onTestFinished(() => URL.revokeObjectURL(url))
      const worker = new Worker(url)
      const { port1, port2 } = new MessageChannel()
      worker.postMessage(port2, [port2])
      return { worker, port: port1 }
    }
    const lab = await opened({ startDaemon })
    const setup = setupOf({ daemon: 'worker' })
    const run = valueOf(await lab.run(setup))
    expect(run.sides[1].failure).toMatchObject({ reason: 'daemon_failed', errno: 'EIO' })
    expect(run.sides[0].failure).toBeUndefined()
    expect(valueOf(await lab.run(setup)).agrees).toBe(true)
  })
})

describe('where there is no worker', () => {
  it('for a script that can’t be loaded, the lab runs in the page and says why the daemon can’t run apart', async () => {
    const lab = await opened({ startLab: () => new Worker(new URL('/no/such/worker.js', location.href), { type: 'module' }) })
    expect(lab.daemons).toEqual(['beside'])
    expect(lab.daemonWhy).toContain('worker')
    const run = valueOf(await lab.run(setupOf({ daemon: 'worker' })))
    expect(run).toMatchObject({ daemon: 'beside', daemonWhy: lab.daemonWhy, agrees: true })
  })

  it('jobs take turns with the page, and can be cancelled', async () => {
    const runner = new InlineRunner('there are no workers')
    let stepCount = 0
    const run = runner.run({ kind: 'run', setup: setupOf({ accessCount: 20_000 }) }, () => {
      if (++stepCount === 5) runner.cancel()
    })
    failureOf(await run, 'cancelled')
    expect(stepCount).toBe(5)
    valueOf(await runner.run({ kind: 'run', setup: setupOf() }, () => undefined))
  })

  it('a job of read amplification can be cancelled on its way, too', async () => {
    const runner = new InlineRunner('there are no workers')
    const told: LabProgress[] = []
    const setup = setupOf({ extentCount: 10, fileCount: 1000, pattern: 'in_order', accessCount: 10_000, accessBytes: 65_536 })
    const run = runner.run({ kind: 'amplification', setup }, (progress) => {
      if (told.push(progress) === 3) runner.cancel()
    })
    failureOf(await run, 'cancelled')
    expect(told.map(({ what, totalCount }) => ({ what, totalCount }))).toEqual(Array.from({ length: 3 }, () => ({ what: 'read amplification', totalCount: 10_000 })))
  })
})
