// The devices of one mount: what replay or the daemon told of them, and what the hardware reported since. Nothing is
// touched on a device that failed under the mount, or that isn't here. A report sticks until the mount is gone.

import { fail, type Failure } from '../base/result.ts'
import { DEVICE_WORDS } from '../mem/health.ts'
import type { Memories, Memory } from '../mem/memory.ts'

export interface MountDevice {
  readonly devindex: number
  readonly uuid: string
  /** As the log says, or as it is. */
  readonly sizeBytes: number
  /** Undefined where this host doesn't have it. */
  readonly memory: Memory | undefined
  /** Its configuration when it was mounted. */
  readonly configuration: number
  /** What the hardware reported while it was mounted. */
  failed: 'poison' | 'stopped' | 'reconfigured' | undefined
  /** Health changes that have been looked at. */
  seenChangeCount: number
  /** Some of it was poisoned when last looked: each access is held against the ranges. */
  isPoisoned: boolean
}

export type DeviceReason = 'device_missing' | 'memory_failed' | 'mount_failed'

export class MountDevices implements Memories {
  readonly #devices: (MountDevice | undefined)[] = []
  readonly #wholeMountFails: boolean
  #failed: MountDevice | undefined

  /** @param wholeMountFails as v1 does: one report, and nothing on the mount can be reached any more */
  constructor(primary: Memory, wholeMountFails: boolean) {
    this.#wholeMountFails = wholeMountFails
    this.add(0, { uuid: primary.device.uuid, sizeBytes: primary.device.sizeBytes, memory: primary })
  }

  /** The one whose failure took the whole mount with it. */
  get failed(): MountDevice | undefined {
    return this.#failed
  }

  /** What is known stays: an index is given once. A device that was missing may turn up later. */
  add(devindex: number, given: { uuid: string; sizeBytes: number; memory: Memory | undefined }): void {
    const there = this.#devices[devindex]
    if (there?.memory) return
    const { memory } = given
    const configuration = memory?.health.configuration ?? 0
    // Looked at on first touch: a device may come to the mount in whatever state.
    this.#devices[devindex] = { ...given, devindex, configuration, failed: undefined, seenChangeCount: -1, isPoisoned: false }
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
    if (!memory.health.hasMovedSince(device.seenChangeCount) && !device.failed && !device.isPoisoned && !this.#failed) return undefined
    return this.#look(device, memory, offsetBytes, lengthBytes, path)
  }

  missing(devindex: number, path: string): Failure<'device_missing'> {
    const uuid = this.#devices[devindex]?.uuid
    return fail('device_missing', { path, devindex, uuid }).failure
  }

  /** What every access of the mount gets once a failure took all of it. */
  down(path: string): Failure<'mount_failed'> | undefined {
    return this.#failed && fail('mount_failed', { path, device: nameOf(this.#failed), what: wordsOf(this.#failed) }).failure
  }

  #look(device: MountDevice, { health }: Memory, offsetBytes: number, lengthBytes: number, path: string): Failure<DeviceReason> | undefined {
    // Counted before it is looked at: what changes meanwhile is looked at again.
    device.seenChangeCount = health.changeCount
    const poisonedAt = health.firstPoisoned(offsetBytes, lengthBytes)
    device.isPoisoned = health.isPoisoned
    if (health.isStopped) device.failed ??= 'stopped'
    if (health.configuration !== device.configuration) device.failed ??= 'reconfigured'
    if (poisonedAt >= 0) device.failed ??= 'poison'
    if (device.failed && this.#wholeMountFails) this.#failed ??= device
    if (this.#failed) return this.down(path)
    if (!device.failed) return undefined
    const at = device.failed === 'poison' && poisonedAt >= 0 ? poisonedAt : undefined
    return fail('memory_failed', { path, device: nameOf(device), what: wordsOf(device), offsetBytes: at }).failure
  }
}

function wordsOf({ failed }: MountDevice): string {
  return failed ? DEVICE_WORDS[failed] : ''
}

function nameOf(device: MountDevice): string {
  return device.memory?.device.name ?? `device ${device.devindex}`
}
