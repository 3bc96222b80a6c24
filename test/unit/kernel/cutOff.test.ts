// A kernel whose daemon is gone: what it holds by leave of notices is served no more, since nobody would hear that it moved.
// The daemon is at the far end of a ring, and dies there of its own: nobody tells its kernel but the ring.

import { expect, it, onTestFinished } from 'vitest'
import { FileBytes } from '../../../src/core/kernel/fileBytes.ts'
import { MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import { wayOver } from '../../../src/core/machine/kernels.ts'
import { startDaemon } from '../../../src/host/daemon.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { Bench, resolved, simpleMap, UNIT_BYTES } from '../../helpers/pulledMaps.ts'
import { startThreadOf } from '../../helpers/threads.ts'

const NODE = 1
const NO_SUCH_CODE = 99
const map = simpleMap([{ devindex: 0, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES }])

it.each(['fuse-iomap', 'fuse-iomap-shared', 'program'] as const)('%s serves nothing that it holds once its daemon has ended', async (kernel) => {
  const bench = new Bench(1, 64 * UNIT_BYTES)
  const worker = await startThreadOf('farDaemon.ts')
  onTestFinished(async () => void (await worker.terminate()))
  const { link, cookies } = startDaemon(worker, kernel, { files: [{ node: NODE, map }], daxdevs: ['/dev/dax0.0'] })
  const opened = bench.make(wayOver(kernel, link, { sandbox: makeSandbox, cookies })).open({ node: NODE, path: 'f', sizeBytes: map.sizeBytes })
  if (!opened.ok) throw new Error(opened.failure.says)
  const resolver = opened.value
  const file = new MappedFile('f', new FileBytes({ path: 'f', invalid: false }, resolver, bench.context.devices), true)
  expect(file.setUint8(0, 7).ok).toBe(true)
  expect(resolved(resolver, 0)?.[1]).toBe(2 * UNIT_BYTES)

  const ends = new Promise((resolve) => worker.once('exit', resolve))
  link.feed(NO_SUCH_CODE, NODE, new Uint8Array(0))
  // Sent with what needs no answer.
  link.forget(NODE)
  await ends
  expect(link.failed).toBeUndefined()
  for (let times = 0; times < 2; times++) {
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed', errno: 'EIO', says: expect.stringContaining('the daemon has ended') })
    expect(file.setUint8(0, 8)).toMatchObject({ ok: false, failure: { reason: 'daemon_failed' } })
  }
})
