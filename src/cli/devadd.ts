// famfs devadd: more devices for a file system that is mounted here. Its master adds them; other hosts learn of them by
// playing the log. Nothing is touched before all of them have been looked at.

import { devaddOn } from '../core/machine/joining.ts'
import { fail, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import type { MountStatus } from '../core/machine/types.ts'
import { type Call, command, stop } from './command.ts'
import { deviceAt, forcedBy, isDevice, rawDevice } from './device.ts'
import type { OptionTable } from './options.ts'
import { lockable } from './place.ts'
import { setDaxmode, shown } from './shared.ts'
import { counted } from './units.ts'

const options = {
  force: { short: 'f', long: 'force', says: 'take a device that holds another famfs' },
  setDaxmode,
} as const satisfies OptionTable

export const devadd = command({
  name: 'famfs devadd',
  about: 'add devices to a mounted file system (an extension of ours)',
  synopsis: ['[options] DEVICE ... PATH'],
  options,
  notes: [
    'PATH is anything in the mount; DEVICE is not in use here, and nothing that was on it stays.',
    'Other hosts learn of it by famfs logplay. Exit codes: 0 good, 1 not, and then nothing was added.',
  ],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, operands } = call
  const isThere = (path: string): boolean => io.system.stat(path, io.caller).ok
  const paths = operands.filter((operand) => !isDevice(io, operand))
  const devices = operands.filter((operand) => isDevice(io, operand))
  const next = 'Write famfs devadd DEVICE PATH; daxctl list shows which devices there are.'
  const missing = paths.find((each) => !isThere(each) && (paths.length > 1 || each.startsWith('/dev/')))
  if (missing !== undefined) return stop(call, { says: `${missing} is not a device of this host: there is nothing of that name`, next })
  const [path, ...more] = paths
  if (path === undefined) return stop(call, { says: 'no path in famfs is named', next })
  if (more.length > 0) return stop(call, { says: `of ${paths.join(' and ')} none is a device, and one path in famfs is wanted`, next })
  if (devices.length === 0) return stop(call, { says: 'no device is named', next })
  if (io.caller.user.uid !== 0) return stop(call, fail('not_root', { what: 'add a device' }).failure)
  const place = lockable(io, path)
  if (!place.ok) return stop(call, place.failure)
  const names: string[] = []
  for (const device of devices) {
    const member = memberText(place.value.mount, deviceAt(io, device))
    if (member !== undefined) return stop(call, { says: `${device} is ${member} of this file system already`, next: 'Leave it out: files are on it, or will be.' })
    const name = yield* rawDevice(io, device, given.setDaxmode > 0)
    if (!name.ok) return stop(call, name.failure)
    names.push(name.value)
  }
  const { mountpoint } = place.value.mount
  const added = yield* shown(io, mountpoint, devaddOn(io.system.machine, mountpoint, names, { force: given.force > 0 }, io.caller.user))
  if (!added.ok) return stop(call, forcedBy(call, added.failure))
  for (const { devindex, deviceName, sizeBytes, uuid } of added.value) io.out(`device ${devindex}: ${deviceName ?? 'missing'} ${sizeBytes} ${uuid}\n`)
  io.out(`${counted(added.value.length, 'device')} added to ${mountpoint}\n`)
  return 0
}

function memberText({ deviceName, daxdevs }: MountStatus, name: Result<string>): string | undefined {
  if (!name.ok) return undefined
  if (deviceName === name.value) return 'the primary device'
  const member = daxdevs.find((each) => each.deviceName === name.value)
  return member && `device ${member.devindex}`
}
