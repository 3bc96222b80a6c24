// The log of a device that isn't mounted here, for whoever looks before mounting: it is read and nothing is held, so that others
// read and mount meanwhile. Who formats it meanwhile ends that, as on another host: the replay stops at the first bad entry.
// It is loaded with the command that asks for it.

import type { Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { ROOT, type User } from '../kernel/user.ts'
import { type LayoutReason, readLayout } from '../log/layout.ts'
import { logplay, type ReplayReport, type ReplayTarget } from '../log/replay.ts'
import type { Memory } from '../mem/memory.ts'
import type { Machine, RawReason } from './machine.ts'

/** @param target who learns of the files; without one the log is only looked at */
export function* logplayDeviceOn(
  machine: Machine,
  deviceName: string,
  target: ReplayTarget | undefined,
  user: User = ROOT,
): Task<Result<ReplayReport, LayoutReason | RawReason | 'log_counters' | 'log_shrank'>> {
  const memories = machine.rawMemories([deviceName], user, 'read a device')
  if (!memories.ok) return memories
  const [memory] = memories.value as [Memory]
  const read = readLayout(memory)
  return read.ok ? yield* logplay(memory, read.value, target) : read
}
