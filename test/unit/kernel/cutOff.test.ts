// A kernel whose daemon is gone: what it holds by leave of notices is served no more, since nobody would hear that it moved.

import { expect, it } from 'vitest'
import { directLink } from '../../../src/core/fuse/directLink.ts'
import type { DaemonLink, Handlers } from '../../../src/core/fuse/wire.ts'
import { FileBytes } from '../../../src/core/kernel/fileBytes.ts'
import { MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import { handlersOf, wayOver } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { Bench, resolved, simpleMap, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const map = simpleMap([{ devindex: 0, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES }])

it.each(['fuse-iomap', 'fuse-iomap-shared', 'program'] as const)('%s serves nothing that it holds once its link has failed', (kernel) => {
  const bench = new Bench(1, 64 * UNIT_BYTES)
  bench.maps.set(1, map)
  let handlers: Handlers = {}
  let failed: string | undefined
  const { link, notify } = directLink(() => handlers)
  const mortal: DaemonLink = {
    get failed() {
      return failed
    },
    call: (opcode, node, request) => (failed === undefined ? link.call(opcode, node, request) : { errno: 5, bytes: new Uint8Array(0) }),
    forget: (node) => link.forget(node),
    hear: (notice) => link.hear(notice),
    poll: () => link.poll(),
  }
  const options = { sandbox: makeSandbox, cookies: new Int32Array(16) }
  handlers = handlersOf(kernel, bench, notify, options)
  const opened = bench.make(wayOver(kernel, mortal, options)).open({ node: 1, path: 'f', sizeBytes: map.sizeBytes })
  if (!opened.ok) throw new Error(opened.failure.says)
  const resolver = opened.value
  const file = new MappedFile('f', new FileBytes({ path: 'f', invalid: false }, resolver, bench.context.devices), true)
  expect(file.setUint8(0, 7).ok).toBe(true)
  expect(resolved(resolver, 0)?.[1]).toBe(2 * UNIT_BYTES)
  failed = 'the daemon has ended'
  for (let times = 0; times < 2; times++) {
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed', errno: 'EIO', says: expect.stringContaining('the daemon has ended') })
    expect(file.setUint8(0, 8)).toMatchObject({ ok: false, failure: { reason: 'daemon_failed' } })
  }
})
