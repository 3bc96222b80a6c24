// The devices that a mount's log adds, as this host has them: found by what their superblocks say, whatever their names are
// here. One that isn't here stays in the table, and is looked for again; one that was found stays until the mount is gone.

import type { MountDevices } from '../kernel/devices.ts'
import { DaxdevTable, findDaxdev, type PlayedDaxdev } from '../log/daxdevs.ts'
import type { Layout } from '../log/layout.ts'
import type { Played } from '../log/replay.ts'
import type { Memory } from '../mem/memory.ts'
import type { DaxdevStatus, MountStatus } from './types.ts'

/** Primary or not: a device of a mounted file system is in use. */
export function isDeviceOf({ deviceName, daxdevs }: Pick<MountStatus, 'deviceName' | 'daxdevs'>, name: string): boolean {
  return deviceName === name || daxdevs.some((daxdev) => daxdev.deviceName === name)
}

export class MountDaxdevs {
  readonly #table: DaxdevTable
  readonly #fsUuid: string
  readonly #memories: () => Iterable<Memory>
  readonly #kernel: MountDevices
  readonly #tellsWhere: boolean
  readonly #found = new Map<number, Memory>()

  /** @param kernel learns of each device, and where it is unless it asks for that itself */
  constructor(layout: Layout, memories: () => Iterable<Memory>, kernel: MountDevices, tellsWhere: boolean) {
    this.#table = new DaxdevTable(layout)
    this.#fsUuid = layout.fsUuid
    this.#memories = memories
    this.#kernel = kernel
    this.#tellsWhere = tellsWhere
  }

  /** Without the primary, in the order of their index. */
  list(): DaxdevStatus[] {
    return this.#table.list.map(({ devindex, uuid, sizeBytes }) => ({ devindex, uuid, sizeBytes, deviceName: this.nameOf(devindex) }))
  }

  /** Undefined for an index that the log doesn't have, and for a device that isn't here. */
  nameOf(devindex: number): string | undefined {
    return this.#found.get(devindex)?.device.name
  }

  /** @returns the memory, where it is the one that the log has under that index */
  own(devindex: number, memory: Memory | undefined): Memory | undefined {
    const daxdev = this.#table.list.find((each) => each.devindex === devindex)
    return daxdev && memory && findDaxdev([memory], this.#fsUuid, daxdev)
  }

  /** Where space may be given out: whoever mounted it can reach it. */
  usable(): Memory[] {
    return [...this.#found].filter(([devindex]) => this.#kernel.device(devindex)?.failed === undefined).map(([, memory]) => memory)
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
    const memory = findDaxdev(this.#memories(), this.#fsUuid, daxdev)
    this.#kernel.add(devindex, { uuid, sizeBytes, memory: this.#tellsWhere ? memory : undefined })
    if (memory) this.#found.set(devindex, memory)
    return memory !== undefined
  }
}
