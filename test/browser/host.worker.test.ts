// Hosts that are workers over one shared memory keep the contract of all drivers; and a worker that dies, hangs or never
// starts is a host that is down, never a call that waits for ever.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { workerDriver } from '../../src/host/workerDriver.ts'
import { hostContract } from '../contract/host.contract.ts'
import { DEVICE, MOUNT, newDevice, OWNER, specOf } from '../helpers/hosts.ts'
import { failureOf, valueOf } from '../helpers/outcome.ts'

describe('the worker driver', () => {
  hostContract(workerDriver(), async () => {
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle('gone', { create: true })
    const writable = await handle.createWritable()
    await writable.write(new Uint8Array(100_000))
    await writable.close()
    const file = await handle.getFile()
    await folder.removeEntry('gone')
    return file
  })
})

/** Speaks as much of comlink as a boot and pings take; then does as it is told. */
function behaving(onCall: string): (name: string) => Worker {
  return scripted(`
    onmessage = ({ data: { id, type, path } }) => {
      if (type !== 'APPLY') return
      if (path[0] === 'call') { ${onCall} }
      postMessage({ id, type: 'RAW', value: undefined })
    }`)
}

function scripted(script: string): (name: string) => Worker {
  return (name) => {
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
    onTestFinished(() => URL.revokeObjectURL(url))
    return new Worker(url, { name })
  }
}

describe('a worker', () => {
  const spec = () => specOf('A', newDevice(16 * MIB))

  it('that throws when it starts is a host that never came up', async () => {
    const spawned = await workerDriver({ startWorker: scripted("throw new Error('no such luck')") }).spawn(spec())
    expect(failureOf(spawned, 'host_down').says).toContain('no such luck')
  })

  it('whose script is not there is a host that never came up', async () => {
    const startWorker = (name: string): Worker => new Worker(new URL('/no/such/worker.js', location.href), { type: 'module', name })
    expect(failureOf(await workerDriver({ startWorker }).spawn(spec()), 'host_down').says).toMatch(/its worker (could not be started|died)/)
  })

  it('that says nothing is a host that never came up', async () => {
    const spawned = await workerDriver({ startWorker: scripted('for (;;);'), hungAfterMs: 50 }).spawn(spec())
    expect(failureOf(spawned, 'host_down').says).toContain('did not start in time')
  })

  it('that may not have the memory is a host that never came up', async () => {
    const buffer = new ArrayBuffer(MIB)
    // Detached memory is refused where shared memory is in a page that isn't isolated: when it is posted.
    structuredClone(buffer, { transfer: [buffer] })
    const device = daxdev({ name: DEVICE, uuid: '5a5a0000-0000-4000-8000-000000000002', buffer, sizeBytes: MIB })
    const spawned = await workerDriver().spawn(specOf('A', device))
    expect(failureOf(spawned, 'host_down').says).toContain("memory can't be shared with its worker")
  })

  it('that dies ends its calls', async () => {
    const startWorker = behaving("setTimeout(() => { throw new Error('a bit flipped') }); return")
    const host = valueOf(await workerDriver({ startWorker }).spawn(spec()))
    const whys: string[] = []
    host.listen({ onDown: (why) => void whys.push(why) })
    const pending = [host.call('logplay', { path: MOUNT }), host.call('umount', { mountpoint: MOUNT })]
    for (const ended of await Promise.all(pending)) expect(failureOf(ended, 'host_down').says).toContain('a bit flipped')
    expect(host.down).toMatch(/its worker died: .*a bit flipped/)
    expect(whys).toEqual([host.down])
    failureOf(await host.call('logplay', { path: MOUNT }), 'host_down')
  })

  it('that hangs ends its calls', async () => {
    // Long enough for a busy computer to start a worker in: the same limit holds for that.
    const host = valueOf(await workerDriver({ startWorker: behaving('for (;;);'), pingEveryMs: 10, hungAfterMs: 3_000 }).spawn(spec()))
    const ended = await host.call('sha256', { path: `${MOUNT}/f`, user: OWNER })
    expect(failureOf(ended, 'host_down').says).toContain('hung')
    expect(host.down).toContain('did not answer')
    failureOf(await host.call('logplay', { path: MOUNT }), 'host_down')
  })

  it('that is busy for long, but answers, stays up', async () => {
    const driver = workerDriver({ pingEveryMs: 5, hungAfterMs: 10_000 })
    const host = valueOf(await driver.spawn(specOf('A', newDevice(256 * MIB))))
    onTestFinished(() => host.kill())
    valueOf(await host.call('mkfs', { device: DEVICE }))
    valueOf(await host.call('mount', { device: DEVICE, mountpoint: MOUNT }))
    valueOf(await host.call('creat', { path: `${MOUNT}/f`, sizeBytes: 100 * MIB, owner: OWNER, seed: 3 }))
    expect(host.down).toBeUndefined()
  })

  it('that answers leaves no timer behind but the next question’s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const host = valueOf(await workerDriver({ pingEveryMs: 1_000 }).spawn(spec()))
    expect(vi.getTimerCount()).toBe(1)
    for (let question = 0; question < 3; question++) {
      vi.advanceTimersByTime(1_000)
      expect(vi.getTimerCount()).toBe(2)
      // Answered in order: this one's answer comes after the other's.
      await host.ping()
      expect(vi.getTimerCount()).toBe(1)
    }
    vi.advanceTimersByTime(1_000)
    host.kill()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that throws in a call says so, and stays up', async () => {
    const startWorker = behaving("postMessage({ id, type: 'HANDLER', name: 'throw', value: { isError: true, value: { message: 'oops', name: 'Error' } } }); return")
    const host = valueOf(await workerDriver({ startWorker }).spawn(spec()))
    onTestFinished(() => host.kill())
    expect(failureOf(await host.call('logplay', { path: MOUNT }), 'host_failed').says).toContain('oops')
    expect(host.down).toBeUndefined()
  })
})
