// Machines for measuring, made as a session makes them.

import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { makeUuid, NIL_UUID } from '../../src/core/base/uuid.ts'
import { Machine } from '../../src/core/machine/machine.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import { SMALL_ALLOC_UNIT_BYTES } from '../../src/core/omf/constants.ts'

export const DEVICE = '/dev/dax0.0'
export const MOUNT = '/mnt/famfs'

const outside = {
  random: (target: Uint8Array<ArrayBuffer>): void => target.set(crypto.getRandomValues(new Uint8Array(target.length))),
  now: (): number => Date.now(),
}

export function newDevice(sizeBytes: number): Daxdev {
  return daxdev({ name: DEVICE, uuid: NIL_UUID, buffer: new SharedArrayBuffer(sizeBytes) })
}

export function newMachine(name: string, device: Daxdev): Machine {
  return new Machine({ name, systemUuid: makeUuid(outside.random), devices: [device], relaxed: true }, outside)
}

/** A host that has formatted the device and mounted it. */
export function newMaster(device: Daxdev, unitBytes: number): Machine {
  const master = newMachine('A', device)
  must(runNow(master.mkfs(DEVICE, { force: true, unitBytes })))
  must(runNow(master.mount(DEVICE, MOUNT)))
  return master
}

/** Files of one unit each, named f0, f1, ... */
export function createMany(master: Machine, count: number, sizeBytes: number): void {
  for (let i = 0; i < count; i++) must(runNow(master.creat(`${MOUNT}/f${i}`, { sizeBytes })))
}

/** Runs the way from creat to open often enough that the engine has compiled it, as it has on a host that is in use. A page's own thread may not block. */
export function warmUp(mayBlock: boolean): void {
  const device = newDevice(256 * MIB)
  const master = newMaster(device, SMALL_ALLOC_UNIT_BYTES)
  const client = newMachine('B', device)
  must(runNow(client.mount(DEVICE, MOUNT)))
  for (let i = 0; i < 5000; i++) {
    must(runNow(master.creat(`${MOUNT}/f${i}`, { sizeBytes: 1 })))
    if (mayBlock && !must(client.watch(MOUNT, 0))) throw new Error('the log has grown')
    must(runNow(client.logplay(MOUNT)))
    must(client.close(must(client.open(`${MOUNT}/f${i}`, { read: true }, { uid: 0, gid: 0 }))))
  }
}
