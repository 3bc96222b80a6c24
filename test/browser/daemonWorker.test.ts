// famfs mount --daemon worker where workers are the page's: a host that is a worker starts its daemon in another, waits for
// it at each question, and goes on when it dies.

import { describe, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { daxdev, type Daxdev } from '../../src/core/mem/daxdev.ts'
import type { HostHandle } from '../../src/host/driver.ts'
import { inlineDriver } from '../../src/host/inlineDriver.ts'
import { workerDriver } from '../../src/host/workerDriver.ts'
import { specOf } from '../helpers/hosts.ts'
import { valueOf } from '../helpers/outcome.ts'

const MNT = '/mnt/famfs'
const DEVICE_BYTES = 64 * MIB

/** On hosts, each under another name. */
function newDevices(): [Daxdev, Daxdev] {
  const buffer = new SharedArrayBuffer(2 * DEVICE_BYTES)
  const at = (index: number): Daxdev => daxdev({ name: `/dev/dax${index}.0`, uuid: `5a5a0000-0000-4000-8000-00000000000${index}`, buffer, baseBytes: index * DEVICE_BYTES, sizeBytes: DEVICE_BYTES })
  return [at(0), at(1)]
}

interface Terminal {
  host: HostHandle
  run(line: string): Promise<{ exit: number; said: string }>
  good(line: string): Promise<string>
}

async function terminalOn(name: string, devices: Daxdev[], driver = workerDriver()): Promise<Terminal> {
  const host = valueOf(await driver.spawn({ ...specOf(name, devices[0] as Daxdev), devices }))
  onTestFinished(() => host.kill())
  const run = async (line: string) => {
    let said = ''
    const ran = await host.call('shellRun', { shell: 1, line, columns: 80 }, { onNote: (note) => void (note.kind === 'output' && (said += note.text)) })
    return { exit: valueOf(ran).exitCode, said }
  }
  const good = async (line: string): Promise<string> => {
    const { exit, said } = await run(line)
    expect({ line, exit, said }).toEqual({ line, exit: 0, said })
    return said
  }
  return { host, run, good }
}

function daemonDies(): Promise<void> {
  const words = new BroadcastChannel('daemons')
  onTestFinished(() => words.close())
  return new Promise((resolve) => {
    words.onmessage = ({ data }: MessageEvent<string>) => void (data === 'dead' && resolve())
    words.postMessage('die')
  })
}

const startMortal = (name: string): Worker => new Worker(new URL('../helpers/mortalDaemons.worker.ts', import.meta.url), { type: 'module', name })

describe('a daemon in a worker of its own', () => {
  it.each(['fuse', 'fuse-iomap-shared', 'program'])('%s: serves its mount; when it dies, files say so, and the next mount has another', async (kernel) => {
    const [first, second] = newDevices()
    const master = await terminalOn('A', [first, second])
    await master.good('mkfs.famfs /dev/dax0.0 /dev/dax1.0')
    await master.good(`mkdir -p ${MNT} && famfs mount --nofuse /dev/dax0.0 ${MNT}`)
    await master.good(`famfs creat -r -S 6 -s 15m -C 2m -N 2 -B 8 ${MNT}/striped; famfs creat -r -S 5 -s 5000 ${MNT}/never`)

    // Its primary is what the master calls dax0.0.
    const devices = [{ ...second, name: '/dev/dax0.0' }, { ...first, name: '/dev/dax1.0' }]
    const client = await terminalOn('B', devices, workerDriver({ startWorker: startMortal }))
    await client.good(`mkdir -p ${MNT}`)
    const mount = `famfs mount -v --fuse --kernel ${kernel} --daemon worker /dev/dax1.0 ${MNT}`
    let news: { kernel: string; daemon: string | undefined } | undefined
    client.host.listen({ onNews: ({ mount: told }) => void (news = told) })
    expect(await client.good(mount)).toContain(`kernel ${kernel}, its daemon in a worker of its own`)
    expect(news).toMatchObject({ kernel, daemon: 'worker' })
    await client.good(`famfs verify -S 6 -f ${MNT}/striped`)
    await master.good(`famfs creat -r -S 7 -s 9m -C 2m -N 2 -B 8 ${MNT}/later`)
    await client.good(`famfs logplay ${MNT} && famfs verify -S 7 -f ${MNT}/later`)

    await daemonDies()
    expect(await client.run(`cat ${MNT}/never`)).toMatchObject({ exit: 1, said: expect.stringContaining('Input/output error') })
    const { exit, said } = await client.run(`famfs verify -S 5 -f ${MNT}/never`)
    expect(exit).not.toBe(0)
    expect(said).toMatch(/its worker died: out of memory\n {2}Unmount, and mount again/)
    await client.good(`umount ${MNT}`)
    await client.good(mount)
    await client.good(`famfs verify -S 5 -f ${MNT}/never && famfs verify -S 7 -f ${MNT}/later && umount ${MNT}`)
  })

  it('is refused to a host in the page’s own thread, which may not wait', async () => {
    const host = await terminalOn('A', newDevices(), inlineDriver)
    await host.good(`mkfs.famfs /dev/dax0.0 && mkdir -p ${MNT}`)
    const { exit, said } = await host.run(`famfs mount --fuse --daemon worker /dev/dax0.0 ${MNT}`)
    expect(exit).toBe(1)
    expect(said).toMatch(/can't have a thread of its own: this host is in the page’s own thread/)
    await host.good(`famfs mount --fuse /dev/dax0.0 ${MNT}`)
  })
})
