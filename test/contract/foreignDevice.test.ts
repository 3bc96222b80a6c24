// A daemon may name any device of its host. On a real mount only the device that the log has under an index counts: not a
// byte of another file system is reached, whichever kernel asks.

import { expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import { directLink } from '../../src/core/fuse/directLink.ts'
import type { Handlers } from '../../src/core/fuse/wire.ts'
import { isStandalone, kernelNames, servedBy, wayOver } from '../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { nameAt, newDevices } from '../helpers/fleetOfDevices.ts'
import { MNT, newMachine, ROOT_USER, run } from '../helpers/machines.ts'
import { valueOf } from '../helpers/outcome.ts'

const AU = 2 * MIB
const DATA_BYTES = 12 * MIB
const OTHER = '/mnt/famfs2'

it.each(kernelNames.filter((kernel) => !isStandalone(kernel)))('%s: a device of another file system is none of this one’s', (kernel) => {
  const devices = newDevices(3)
  const machine = newMachine('A', ...devices)
  // One file system on the first two, another on the third.
  run(machine.mkfs(nameAt(0), { secondaries: [nameAt(1)] }))
  run(machine.mkfs(nameAt(2), {}))
  run(machine.mount(nameAt(2), OTHER))
  run(machine.mount(nameAt(0), MNT))
  run(machine.creat(`${MNT}/f`, { sizeBytes: AU }))
  valueOf(machine.umount(MNT))

  let named = nameAt(2)
  let handlers: Handlers = {}
  const { link, notify } = directLink(() => handlers)
  const map: WideMap = { kind: 'simple', sizeBytes: AU, columns: columnsOf([{ devindex: 1, offsetBytes: DATA_BYTES, lengthBytes: AU }]) }
  const options = { sandbox: makeSandbox, cookies: new Int32Array(16) }
  handlers = servedBy(kernel, { map: () => map, daxdev: (devindex) => [nameAt(0), named][devindex] }, notify, options).handlers
  run(machine.mount(nameAt(0), MNT, ROOT_USER, { way: wayOver(kernel, link, options) }))

  const write = () => {
    // Kernels that get whole maps say it here.
    const opened = machine.open(`${MNT}/f`, { write: true }, ROOT_USER)
    return opened.ok ? machine.write(opened.value, 0, new Uint8Array(64).fill(0x77)) : opened
  }
  const byteOf = (index: number): number | undefined => valueOf(machine.memory(nameAt(index))).window(DATA_BYTES, 1)[0]
  for (let times = 0; times < 2; times++) expect(write()).toMatchObject({ ok: false, failure: { reason: 'device_missing', errno: 'ENODEV' } })
  expect([byteOf(1), byteOf(2)]).toEqual([0, 0])
  named = nameAt(1)
  expect(valueOf(write())).toBe(64)
  expect([byteOf(1), byteOf(2)]).toEqual([0x77, 0])
})
