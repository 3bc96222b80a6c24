// Raw access to a device: by its node, not mounted here, and on kernels from 6.15 on only in famfs dax mode.

import { failLate } from '../core/base/late.ts'
import { fail, type Failure, ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { fsckOn } from '../core/machine/judging.ts'
import { isDeviceOf } from '../core/machine/mountDaxdevs.ts'
import type { DaxdevStatus } from '../core/machine/types.ts'
import type { Call } from './command.ts'
import type { OptionTable } from './options.ts'
import type { Io } from './program.ts'
import type { Trouble } from './units.ts'

/** @returns the device's name, with its mode switched where that was asked for and is needed */
export function* rawDevice(io: Io, path: string, switchMode: boolean): Task<Result<string>> {
  const name = deviceAt(io, path)
  if (!name.ok) return name
  const mounted = refuseMounted(io, name.value)
  if (mounted) return mounted
  return yield* inFamfsMode(io, name.value, switchMode)
}

export function isDevice(io: Io, path: string): boolean {
  const stat = io.system.stat(path, io.caller)
  return stat.ok && stat.value.kind === 'device'
}

/** The device that a node stands for. */
export function deviceAt(io: Io, path: string): Result<string> {
  const name = io.system.deviceOf(path, io.caller)
  return name.ok ? name : { ok: false, failure: { ...name.failure, next: 'List the devices with daxctl list.' } }
}

/** Older kernels don't care about the mode, but switch it where they are told to. */
function* inFamfsMode(io: Io, name: string, switchMode: boolean): Task<Result<string>> {
  const readable = io.system.access(name, { read: true }, io.caller)
  if (!readable.ok) return readable
  const mode = io.system.devices().find((device) => device.name === name)?.mode
  if (mode === 'famfs') return ok(name)
  if (!switchMode && io.system.rawAccess) return ok(name)
  if (!switchMode) return failLate('wrong_dax_mode', { device: name, mode: mode ?? 'unknown', wanted: 'famfs' })
  if (io.caller.user.uid !== 0) return fail('not_root', { what: "switch a device's mode" })
  const switched = yield* io.system.setDaxMode(name, 'famfs')
  return switched.ok ? ok(name) : switched
}

/** The primary, and what its log adds: as far as they are here, all of them are needed in that mode. */
export function* allInFamfsMode(io: Io, primary: string, switchMode: boolean): Task<Result<string>> {
  const ready = yield* inFamfsMode(io, primary, switchMode)
  if (!ready.ok || (io.system.rawAccess && !switchMode)) return ready
  // What can't be read says so itself, to whoever mounts it.
  const known = yield* devicesOf(io, primary)
  for (const { deviceName } of known.ok ? known.devices.slice(1) : []) {
    const added = deviceName === undefined ? ready : yield* inFamfsMode(io, deviceName, switchMode)
    if (!added.ok) return added
  }
  return ready
}

/** As its superblock and log say, the primary first. */
export function* devicesOf(io: Io, deviceName: string): Task<{ ok: true; devices: DaxdevStatus[] } | { ok: false; trouble: Trouble }> {
  const verdict = yield* fsckOn(io.system.machine, deviceName)
  if (!verdict.ok) return { ok: false, trouble: verdict.failure }
  const { scan, superblockFailure, headerFailure } = verdict.value
  if (!scan) return { ok: false, trouble: superblockFailure ?? headerFailure ?? { says: `there is nothing on ${deviceName}`, next: 'Name another device.' } }
  const { ts_dev_uuid, ts_daxdev } = scan.superblock
  return { ok: true, devices: [{ devindex: 0, uuid: ts_dev_uuid, sizeBytes: Number(ts_daxdev.dd_size), deviceName }, ...scan.daxdevs] }
}

/** What is refused for the sake of the files on a device is done with --force, before all that was typed, so that it is no other command. */
export function forcedBy({ name, args }: Pick<Call<OptionTable>, 'name' | 'args'>, failure: Failure): Trouble {
  const { says, reason } = failure
  if (!isForceable(failure)) return failure
  return { says, next: `${reason === 'owned_by_other' ? 'That takes it from that host, and' : 'That'} forgets every file on it. If that is meant: ${name} --force ${args.join(' ')}.` }
}

/** What is on the device is all that speaks against it. */
export function isForceable({ reason }: Failure): boolean {
  return reason === 'already_formatted' || reason === 'owned_by_other'
}

/** The primary of the file system that the device is a part of, as this host calls it. */
export function* primaryOf(io: Io, name: string): Task<string | undefined> {
  for (const each of io.system.devices()) {
    if (each.name === name) continue
    const known = yield* devicesOf(io, each.name)
    if (known.ok && known.devices.slice(1).some(({ deviceName }) => deviceName === name)) return each.name
  }
  return undefined
}

export function refuseMounted(io: Io, name: string): ReturnType<typeof fail<'mounted'>> | undefined {
  const mount = io.system.machine.mounts().find((each) => isDeviceOf(each, name))
  return mount && fail('mounted', { device: name, mountpoint: mount.mountpoint })
}
