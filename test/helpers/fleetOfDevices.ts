// A file system on several devices, and hosts that each name the same devices in their own way.

import { MIB } from '../../src/core/base/align.ts'
import type { Machine } from '../../src/core/machine/machine.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import { newMachine } from './machines.ts'

/** Where each device is: the first is the primary. One buffer, as in a page: the devices lie one behind the other. */
export function newDevices(count: number, sizeBytes = 32 * MIB): Daxdev[] {
  const buffer = new ArrayBuffer(count * sizeBytes)
  return Array.from({ length: count }, (_, i) => daxdev({ name: nameAt(i), uuid: `5a5a0000-0000-4000-8000-00000000000${i}`, buffer, baseBytes: i * sizeBytes, sizeBytes }))
}

export function nameAt(index: number): string {
  return `/dev/dax${index}.0`
}

/** The same devices under other names: the one at `order[i]` is /dev/dax{i}.0; what `order` leaves out isn't there. */
export function renamed(devices: readonly Daxdev[], order: readonly number[]): Daxdev[] {
  return order.map((which, i) => ({ ...(devices[which] as Daxdev), name: nameAt(i) }))
}

export function hostWith(name: string, devices: readonly Daxdev[], order: readonly number[]): { machine: Machine; primary: string } {
  return { machine: newMachine(name, ...renamed(devices, order)), primary: nameAt(order.indexOf(0)) }
}
