// Devices that join the file system of a mount, which only its master may let in. The host that adds them knows them without
// playing the log. Few hosts ever do so, and it is loaded with the command that does.

import { fail, ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { addDevices, type DevaddOptions, type DevaddReason } from '../fs/devadd.ts'
import type { LockReason, LogLock } from '../fs/volume.ts'
import { ROOT, type User } from '../kernel/user.ts'
import type { Memory } from '../mem/memory.ts'
import type { Machine, RawReason } from './machine.ts'
import { advance } from './making.ts'
import type { Mount } from './mounts.ts'
import type { DaxdevStatus, MkfsSpec } from './types.ts'

type JoinReason = DevaddReason | LockReason | RawReason | 'not_in_famfs' | 'bad_path' | 'no_system_uuid'

/** @param path anything in the mount */
export function* devaddOn(
  machine: Machine,
  path: string,
  deviceNames: readonly string[],
  spec: Pick<MkfsSpec, 'force' | 'uuids'> = {},
  user: User = ROOT,
): Task<Result<DaxdevStatus[], JoinReason>> {
  const place = machine.mountTable.place(path)
  if (!place.ok) return place
  const { mount } = place.value
  const asked = freeMemories(machine, mount, deviceNames, user)
  if (!asked.ok) return asked
  const { relaxed, systemUuid } = machine
  if (systemUuid === undefined) return fail('no_system_uuid')
  const options = { force: spec.force ?? false, relaxed, systemUuid, newUuid: machine.uuidsFrom(spec.uuids) }
  return yield* machine.locked(mount, 'add devices', (held) => {
    // Asked again: while this one waited for the lock, others may have formatted them, or mounted them.
    const memories = freeMemories(machine, mount, deviceNames, user)
    return memories.ok ? join(held, mount, memories.value, options) : memories
  })
}

/** The devices, which nobody has yet. */
function freeMemories(machine: Machine, mount: Mount, deviceNames: readonly string[], user: User): Result<Memory[], RawReason | 'daxdev_refused'> {
  const memories = machine.rawMemories(deviceNames, user, 'add a device')
  if (memories.ok || memories.failure.reason !== 'mounted') return memories
  const member = deviceNames.find((name) => machine.mountTable.ofDevice(name) === mount)
  return member === undefined ? memories : fail('daxdev_refused', { device: member, what: 'it is one of its devices already' })
}

function join(held: LogLock, mount: Mount, memories: readonly Memory[], options: DevaddOptions): Result<DaxdevStatus[], DevaddReason> {
  const added = addDevices(held, memories, options)
  if (!added.ok) return added
  for (const daxdev of added.value) {
    mount.target.addDaxdev?.(daxdev)
    advance(mount, daxdev.entryIndex)
  }
  return ok(mount.daxdevs.list().slice(-added.value.length))
}
