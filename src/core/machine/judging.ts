// Superblock and log of a device, as a host sees them. Anyone may look, and looking changes nothing.

import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { fsck, type FsckVerdict } from '../fs/fsck.ts'
import { metadataTrouble } from '../log/metadata.ts'
import type { Memory } from '../mem/memory.ts'
import type { Machine } from './machine.ts'

export function* fsckOn(machine: Machine, deviceName: string): Task<Result<FsckVerdict, 'no_device' | 'device_failed'>> {
  const memory = machine.memory(deviceName)
  if (!memory.ok) return fail('no_device', { name: deviceName })
  return metadataTrouble(memory.value) ?? ok(yield* fsck(memory.value, memoriesOf(machine)))
}

function memoriesOf(machine: Machine): Memory[] {
  return machine.devices().flatMap(({ name }) => {
    const memory = machine.memory(name)
    return memory.ok ? [memory.value] : []
  })
}
