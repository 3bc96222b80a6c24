// The devices that a mount's log adds, as this host has them: found by what their superblocks say, whatever their names are
// here. One that isn't here stays in the table, and is looked for again; one that was found stays until the mount is gone.

import type { MountDevices } from '../kernel/devices.ts'
import { DaxdevTable, lookForDaxdev, type PlayedDaxdev } from '../log/daxdevs.ts'
import type { Layout } from '../log/layout.ts'
import type { Played } from '../log/replay.ts'
import type { DeviceRefusal } from '../base/lack.ts'
import type { Memory } from '../mem/memory.ts'
import type { DaxdevStatus, MountStatus } from './types.ts'

/** Primary or not: a device of a mounted file system is in use. */
export function isDeviceOf({ deviceName, daxdevs }: Pick<MountStatus, 'deviceName' | 'daxdevs'>, name: string): boolean {
  return deviceName === name || daxdevs.some((daxdev) => daxdev.deviceName === name)
}

export class MountDaxdevs {
  readonly #table: DaxdevTable
  readonly #layout: Layout
  readonly #memories: () => Iterable<Memory>
  readonly #kernel: MountDevices
  readonly #tellsWhere: boolean
  readonly #found = new Map<number, Memory>()
  /** Why what says that it is such a device isn't taken for it. */
  readonly #refusals = new Map<number, DeviceRefusal>()

  /** @param tellsWhere the kernel learns here where a device is; else it asks for that itself, and is told what to expect */
  constructor(layout: Layout, memories: () => Iterable<Memory>, kernel: MountDevices, tellsWhere: boolean) {
    this.#table = new DaxdevTable(layout)
    this.#layout = layout
    this.#memories = memories
    this.#kernel = kernel
    this.#tellsWhere = tellsWhere
  }

  /** Without the primary, in the order of their index. */
  list(): DaxdevStatus[] {
    return this.#table.list.map(({ devindex, uuid, sizeBytes }) => ({ devindex, uuid, sizeBytes, deviceName: this.nameOf(devindex), refusal: this.#refusals.get(devindex) }))
  }

  /** Undefined for an index that the log doesn't have, and for a device that isn't here. */
  nameOf(devindex: number): string | undefined {
    return this.#found.get(devindex)?.device.name
  }

  /**
   * Not looked at again: what happened to its superblock since is a failure of that device, and not another device.
   * @returns the memory, where it is the one that was found under that index
   */
  own(devindex: number, memory: Memory | undefined): Memory | undefined {
    return this.#found.get(devindex) === memory ? memory : undefined
  }

  /** Where space may be given out: whoever mounted it can reach it. */
  usable(): Memory[] {
    return [...this.#found].filter(([devindex]) => this.#kernel.isSound(devindex)).map(([, memory]) => memory)
  }

  has(deviceName: string): boolean {
    return [...this.#found.values()].some(({ device }) => device.name === deviceName)
  }

  /** As replay tells it. */
  add(daxdev: PlayedDaxdev): Played {
    const played = this.#table.take(daxdev)
    if (played === 'made') this.#look(daxdev)
    return played
  }

  /** @returns how many have turned up */
  resolveAgain(): number {
    return this.#table.list.filter((daxdev) => this.nameOf(daxdev.devindex) === undefined && this.#look(daxdev)).length
  }

  #look(daxdev: PlayedDaxdev): boolean {
    const { devindex, uuid, sizeBytes } = daxdev
    const { memory, refusal } = lookForDaxdev(this.#memories(), this.#layout, daxdev)
    const given = { uuid, sizeBytes, memory, refusal }
    if (this.#tellsWhere) this.#kernel.add(devindex, given)
    else this.#kernel.expect(devindex, given)
    if (refusal) this.#refusals.set(devindex, refusal)
    else this.#refusals.delete(devindex)
    if (memory) this.#found.set(devindex, memory)
    return memory !== undefined
  }
}
