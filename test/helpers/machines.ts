// Machines for tests that look at core itself: no driver between, no chance that isn't seeded, tasks run to their end.

import { MIB } from '../../src/core/base/align.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import type { Result } from '../../src/core/base/result.ts'
import { runNow, type Task } from '../../src/core/base/task.ts'
import type { Source } from '../../src/core/fs/data.ts'
import { logRawFile } from './rawFile.ts'
import { lockLog, type LogLock, newVolume } from '../../src/core/fs/volume.ts'
import type { Fmap } from '../../src/core/fmap/fmap.ts'
import { Machine } from '../../src/core/machine/machine.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../src/core/mem/memory.ts'
import { valueOf } from './outcome.ts'

export const DAX = '/dev/dax0.0'
export const MNT = '/mnt/famfs'
export const USER = { uid: 1000, gid: 1000 }
export const ROOT_USER = { uid: 0, gid: 0 }
/** First byte behind superblock and log. */
export const DATA_START = 10 * MIB

export function newDax(sizeBytes = 32 * MIB, name = DAX): Daxdev {
  return daxdev({ name, uuid: '5a5a0000-0000-4000-8000-000000000003', buffer: new ArrayBuffer(sizeBytes) })
}

export function uuidOf(name: string): string {
  return `${name.charCodeAt(0).toString(16).padStart(8, '0')}-0000-4000-8000-0000000000bb`
}

let machineCount = 0

export function newMachine(name: string, ...devices: Daxdev[]): Machine {
  const random = new SeededRandom(++machineCount)
  return new Machine({ name, systemUuid: uuidOf(name), devices, relaxed: true, rawDevices: true }, { random: (target) => random.fillBytes(target), now: () => 0 })
}

export function run<T>(task: Task<Result<T>>): T {
  return valueOf(runNow(task))
}

/** Machine A, which has formatted the device and mounted it. */
export function newMaster(device: Daxdev, options: { logLengthBytes?: number; unitBytes?: number } = {}): Machine {
  const machine = newMachine('A', device)
  run(machine.mkfs(device.name, options))
  run(machine.mount(device.name, MNT))
  return machine
}

export function newClient(name: string, device: Daxdev): Machine {
  const machine = newMachine(name, device)
  run(machine.mount(device.name, MNT))
  return machine
}

export function sourceOf(bytes: Uint8Array): Source {
  return {
    sizeBytes: bytes.length,
    read: (offsetBytes, target) => {
      const part = bytes.subarray(offsetBytes, offsetBytes + target.length)
      target.set(part)
      return part.length
    },
  }
}

/** The device's log lock, taken beside any machine. */
export function lockOf(device: Daxdev, owner = 'A'): LogLock {
  return valueOf(lockLog(newVolume(coherentMemory(device)), { systemUuid: uuidOf(owner), what: 'test' }))
}

/** A file whose map was made by hand: played by whoever plays the log next. */
export function logByHand(device: Daxdev, path: string, map: Fmap, mode = 0o644): void {
  valueOf(logRawFile(lockOf(device), { path, mode, uid: USER.uid, gid: USER.gid, map }))
}

export function readAll(machine: Machine, path: string): Uint8Array {
  const { sizeBytes } = valueOf(machine.stat(path))
  const bytes = new Uint8Array(sizeBytes)
  valueOf(valueOf(machine.mmap(path, { read: true }, ROOT_USER)).copyTo(bytes))
  return bytes
}
