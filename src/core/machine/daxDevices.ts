// The memory devices of one host as its kernel shows them: nodes in /dev, facts in /sys, and the mode that each is in. A
// device in system-ram mode is ordinary memory: it has no node, what was on it is gone, and so is its poison.

import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { ROOT, type User } from '../kernel/user.ts'
import type { Daxdev, DaxMode } from '../mem/daxdev.ts'
import type { PoisonRange } from '../mem/health.ts'
import type { Memory } from '../mem/memory.ts'
import { memoryTrouble } from '../mem/trouble.ts'
import { zero } from '../mem/zero.ts'
import { changeDevice, clearPoison, type DeviceChange } from './deviceErrors.ts'
import { daxBody, DAX_MAJOR } from './deviceFiles.ts'
import type { Body } from './handles.ts'
import { ioMemText } from './kernelText.ts'
import type { Machine } from './machine.ts'
import { isDeviceOf } from './mountDaxdevs.ts'
import { baseName, directoryOf } from './pathText.ts'
import type { RootFs } from './rootFs.ts'
import { addGenerated } from './rootTree.ts'
import type { DeviceStatus } from './systemTypes.ts'

/** As `ls -l /sys/bus/dax/devices/dax0.0/driver` names them. */
const DRIVERS: Record<DaxMode, string> = { devdax: 'device_dax', 'system-ram': 'kmem', famfs: 'fsdev_dax' }

// Where a host with ordinary memory below sees its first device.
const FIRST_DEVICE_AT = 0x2_4000_0000
const ALIGN_BYTES = 2 * 1024 * 1024

export class DaxDevices {
  readonly #machine: Machine
  readonly #rootFs: RootFs
  readonly #devices: readonly Daxdev[]
  readonly #modes = new Map<string, DaxMode>()

  constructor(machine: Machine, rootFs: RootFs) {
    this.#machine = machine
    this.#rootFs = rootFs
    this.#devices = machine.devices()
    for (const device of this.#devices) {
      this.#modes.set(device.name, device.mode)
      this.#describe(device)
      if (device.mode !== 'system-ram') this.#addNode(device)
    }
    for (const driver of Object.values(DRIVERS)) rootFs.ensureDirectory(`/sys/bus/dax/drivers/${driver}`)
    addGenerated(rootFs, '/proc/iomem', () => ioMemText(this.#ranges()))
  }

  list(): DeviceStatus[] {
    return this.#devices.map(({ name, sizeBytes, uuid }) => ({ name, sizeBytes, uuid, mode: this.modeOf(name) }))
  }

  modeOf(name: string): DaxMode {
    return this.#modes.get(name) ?? 'devdax'
  }

  /** Bytes that ordinary memory has from devices. */
  systemRamBytes(): number {
    return this.list().reduce((sum, { mode, sizeBytes }) => sum + (mode === 'system-ram' ? sizeBytes : 0), 0)
  }

  nameOf([major, minor]: [number, number]): string | undefined {
    return major === DAX_MAJOR ? this.#devices[minor]?.name : undefined
  }

  body(path: string, name: string): Result<Body> {
    const memory = this.#machine.memory(name)
    if (!memory.ok) return memory
    return ok(daxBody(path, memory.value, () => this.#machine.rawDevices && this.modeOf(name) === 'devdax'))
  }

  answers(name: string): boolean {
    return this.#memoryOf(name)?.health.isStopped === false
  }

  poison(name: string): PoisonRange[] {
    return this.#memoryOf(name)?.health.poison ?? []
  }

  /** Makes it fail, or answer again. */
  change(name: string, change: DeviceChange, user: User): Result<undefined> {
    if (user.uid !== 0) return fail('not_root', { what: 'make a device fail, or mend it' })
    const memory = this.#memoryOf(name)
    return memory ? changeDevice(memory, change) : fail('no_device', { name })
  }

  /** @returns what is zeros now */
  *clearPoison(name: string, offsetBytes: number, lengthBytes: number, user: User): Task<Result<PoisonRange[]>> {
    if (user.uid !== 0) return fail('not_root', { what: 'make a device fail, or mend it' })
    const memory = this.#memoryOf(name)
    return memory ? yield* clearPoison(memory, offsetBytes, lengthBytes) : fail('no_device', { name })
  }

  /**
   * To system-ram: the kernel takes the memory, and nothing that was on it stays.
   * @param isForced under a mount, too: whoever has it mounted, on any host, has another device under it then
   */
  *setMode(name: string, mode: DaxMode, user: User = ROOT, isForced = false): Task<Result<undefined>> {
    if (user.uid !== 0) return fail('not_root', { what: 'switch a device' })
    const device = this.#devices.find((other) => other.name === name)
    const memory = this.#memoryOf(name)
    if (!device || !memory) return fail('no_device', { name })
    const mount = this.#machine.mounts().find((each) => isDeviceOf(each, name))
    if (mount && !isForced) return fail('mounted', { device: name, mountpoint: mount.mountpoint })
    const trouble = this.#machine.refuseBusy(name) ?? memoryTrouble(memory, 0, 0)
    if (trouble) return trouble
    if (mount) memory.health.reconfigure()
    const was = this.modeOf(name)
    if (was === mode) return ok()
    this.#modes.set(name, mode)
    if (mode === 'system-ram') {
      this.#removeNode(device)
      memory.health.mend()
      yield* this.#machine.alone([name], zero(memory, 0, memory.presentBytes))
    } else if (was === 'system-ram') this.#addNode(device)
    return ok()
  }

  #memoryOf(name: string): Memory | undefined {
    const memory = this.#machine.memory(name)
    return memory.ok ? memory.value : undefined
  }

  #addNode(device: Daxdev): void {
    const directory = this.#rootFs.ensureDirectory(directoryOf(device.name))
    const minor = this.#devices.indexOf(device)
    // Someone may have made a file of that name meanwhile; udev would not mind it either.
    if (directory.entries.has(baseName(device.name))) return
    this.#rootFs.addDevice(directory, baseName(device.name), [DAX_MAJOR, minor], { mode: 0o600, uid: 0, gid: 0 })
  }

  #removeNode({ name }: Daxdev): void {
    const directory = this.#rootFs.ensureDirectory(directoryOf(name))
    if (directory.entries.get(baseName(name))?.kind === 'device') this.#rootFs.remove(directory, baseName(name))
  }

  #describe(device: Daxdev): void {
    const { name, sizeBytes, uuid } = device
    const directory = `/sys/bus/dax/devices/${baseName(name)}`
    const minor = this.#devices.indexOf(device)
    const facts: Record<string, () => string> = {
      size: () => `${sizeBytes}\n`,
      target_node: () => `${minor + 1}\n`,
      numa_node: () => '0\n',
      resource: () => `0x${this.#startOf(minor).toString(16)}\n`,
      align: () => `${ALIGN_BYTES}\n`,
      dev: () => `${DAX_MAJOR}:${minor}\n`,
      uuid: () => `${uuid}\n`,
    }
    for (const [file, text] of Object.entries(facts)) addGenerated(this.#rootFs, `${directory}/${file}`, text)
    this.#rootFs.addSymlink(this.#rootFs.ensureDirectory(directory), 'driver', () => `../../drivers/${DRIVERS[this.modeOf(name)]}`)
  }

  #startOf(minor: number): number {
    return this.#devices.slice(0, minor).reduce((at, { sizeBytes }) => at + sizeBytes, FIRST_DEVICE_AT)
  }

  #ranges(): { label: string; startBytes: number; sizeBytes: number; driver: string }[] {
    return this.#devices.map(({ name, sizeBytes }, minor) => {
      const mode = this.modeOf(name)
      return { label: baseName(name), startBytes: this.#startOf(minor), sizeBytes, driver: mode === 'system-ram' ? 'System RAM (kmem)' : DRIVERS[mode] }
    })
  }
}
