// The devices of one mount: what replay or the daemon told of them, and what the hardware reported since the mount found
// them, whether or not the kernel had been told by then where they are. Nothing is touched on a device that failed under
// the mount, or that isn't here, and nothing at all once the mount is gone. A report sticks until then.

import type { HardwareFault } from '../base/failure.ts'
import { fail, type Failure } from '../base/result.ts'
import { DEVICE_WORDS } from '../mem/health.ts'
import { type DeviceRefusal, lackOf, type LackReason } from '../base/lack.ts'
import type { Memories, Memory } from '../mem/memory.ts'

/** What is said of a device. */
interface GivenDevice {
  readonly uuid: string
  /** As the log says, or as it is. */
  readonly sizeBytes: number
  readonly memory: Memory | undefined
  /** Of what says that it is this device. */
  readonly refusal?: DeviceRefusal | undefined
}

interface MountDevice extends GivenDevice {
  readonly devindex: number
  /** Undefined where this host doesn't have it, and until the kernel is told where it is. */
  readonly memory: Memory | undefined
  /** What the mount found it to be. */
  readonly found: Memory | undefined
  /** Its configuration when the mount found it. */
  readonly configuration: number
  /** What the hardware reported while it was mounted. */
  failed: HardwareFault | undefined
  /** Health changes that have been looked at. */
  seenChangeCount: number
  /** Some of it was poisoned when last looked: each access is held against the ranges. */
  isPoisoned: boolean
}

/** What a mount has met of a device, in plain words that can be handed on. */
export interface MetDevice extends Pick<MountDevice, 'devindex' | 'configuration' | 'failed'> {
  /** The report took the whole mount with it. */
  endsMount: boolean
}

export type MountDownReason = 'mount_failed' | 'unmounted'
export type DeviceReason = LackReason | 'memory_failed' | MountDownReason

export class MountDevices implements Memories {
  readonly #devices: (MountDevice | undefined)[] = []
  readonly #wholeMountFails: boolean
  /** Why nothing of the mount can be reached: the device whose failure took all of it with it, or that it is no more. */
  #down: MountDevice | 'unmounted' | undefined

  /** @param wholeMountFails as v1 does: one report, and nothing on the mount can be reached any more */
  constructor(primary: Memory, wholeMountFails: boolean) {
    this.#wholeMountFails = wholeMountFails
    this.add(0, { uuid: primary.device.uuid, sizeBytes: primary.device.sizeBytes, memory: primary })
  }

  /** The one whose failure took the whole mount with it. */
  get failed(): MountDevice | undefined {
    return this.#down === 'unmounted' ? undefined : this.#down
  }

  /** Its file system was unmounted: whoever still has a mapping of a file reaches no byte through it. */
  end(): void {
    this.#down = 'unmounted'
  }

  /** Whoever asks where its bytes are, or whether they moved, would be asking another file system. */
  get isUnmounted(): boolean {
    return this.#down === 'unmounted'
  }

  /** Where it is. What is known stays: an index is given once. A device that was missing may turn up later. */
  add(devindex: number, given: GivenDevice): void {
    const there = this.#devices[devindex]
    if (there?.memory) return
    const { memory } = given
    const configuration = there?.found === memory ? there?.configuration : undefined
    this.#keep(devindex, { ...given, found: memory, configuration: configuration ?? memory?.health.configuration ?? 0 })
  }

  /** What the mount found, for a kernel that asks where the device is when it needs it: from now on it is watched. */
  expect(devindex: number, given: GivenDevice): void {
    const there = this.#devices[devindex]
    if (there?.found) return
    const found = given.memory
    this.#keep(devindex, { ...given, memory: undefined, found, configuration: found?.health.configuration ?? 0 })
  }

  /** What a mount had met in whose place this one was made: no touch would tell it again. */
  recall(met: readonly MetDevice[]): void {
    for (const { devindex, configuration, failed, endsMount } of met) {
      const there = this.#devices[devindex]
      if (!there) continue
      const recalled = { ...there, configuration, failed, seenChangeCount: -1 }
      this.#devices[devindex] = recalled
      if (endsMount) this.#down = recalled
    }
  }

  at(devindex: number): Memory | undefined {
    return this.#devices[devindex]?.memory
  }

  device(devindex: number): MountDevice | undefined {
    return this.#devices[devindex]
  }

  list(): MountDevice[] {
    return this.#devices.filter((device) => device !== undefined)
  }

  /**
   * Before bytes are touched, at each access: one comparison as long as nothing happened.
   * @param path for the sentence
   * @returns undefined where they can be touched
   */
  touch(devindex: number, offsetBytes: number, lengthBytes: number, path: string): Failure<DeviceReason> | undefined {
    const device = this.#devices[devindex]
    const memory = device?.memory
    if (!device || !memory) return this.missing(devindex, path)
    if (!memory.health.hasMovedSince(device.seenChangeCount) && !device.failed && !device.isPoisoned && !this.#down) return undefined
    return this.#look(device, memory, offsetBytes, lengthBytes, path)
  }

  missing(devindex: number, path: string): Failure<LackReason> {
    const there = this.#devices[devindex]
    return lackOf({ devindex, uuid: there?.uuid, refusal: there?.refusal }, path)
  }

  /** Nothing was reported of it, and nothing would be if it were touched; poison counts once someone met it. */
  isSound(devindex: number): boolean {
    const device = this.#devices[devindex]
    if (!device?.found || device.failed) return false
    const { health } = device.found
    return !health.isStopped && health.configuration === device.configuration
  }

  /** What every access of the mount gets once a failure took all of it, or umount did. */
  down(path: string): Failure<MountDownReason> | undefined {
    if (this.#down === 'unmounted') return fail('unmounted', { path }).failure
    return this.#down && fail('mount_failed', { path, device: nameOf(this.#down), ...saidOf(this.#down) }).failure
  }

  #keep(devindex: number, given: Omit<MountDevice, 'devindex' | 'failed' | 'seenChangeCount' | 'isPoisoned'>): void {
    // Looked at on first touch: a device may come to the mount in whatever state.
    this.#devices[devindex] = { ...given, devindex, failed: this.#devices[devindex]?.failed, seenChangeCount: -1, isPoisoned: false }
  }

  #look(device: MountDevice, { health }: Memory, offsetBytes: number, lengthBytes: number, path: string): Failure<DeviceReason> | undefined {
    // Counted before it is looked at: what changes meanwhile is looked at again.
    device.seenChangeCount = health.changeCount
    const poisonedAt = health.firstPoisoned(offsetBytes, lengthBytes)
    device.isPoisoned = health.isPoisoned
    if (health.isStopped) device.failed ??= 'stopped'
    if (health.configuration !== device.configuration) device.failed ??= 'reconfigured'
    if (poisonedAt >= 0) device.failed ??= 'poison'
    if (device.failed && this.#wholeMountFails) this.#down ??= device
    if (this.#down) return this.down(path)
    if (!device.failed) return undefined
    const at = device.failed === 'poison' && poisonedAt >= 0 ? poisonedAt : undefined
    return fail('memory_failed', { path, device: nameOf(device), ...saidOf(device), offsetBytes: at }).failure
  }
}

function saidOf({ failed: why = 'stopped' }: MountDevice): { what: string; why: HardwareFault } {
  return { what: DEVICE_WORDS[why], why }
}

function nameOf(device: MountDevice): string {
  return device.memory?.device.name ?? `device ${device.devindex}`
}
