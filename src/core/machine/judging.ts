// Superblock and log of a device, as a host sees them. Anyone may look, and looking changes nothing.

import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { fsck, type FsckVerdict } from '../fs/fsck.ts'
import type { Machine } from './machine.ts'

export function* fsckOn(machine: Machine, deviceName: string): Task<Result<FsckVerdict, 'no_device'>> {
  const memory = machine.memory(deviceName)
  return memory.ok ? ok(yield* fsck(memory.value)) : fail('no_device', { name: deviceName })
}
