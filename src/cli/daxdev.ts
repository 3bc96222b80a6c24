// famfs daxdev: the devices of a file system, which each host finds by UUID. What isn't here can be looked for again without
// mounting anew.

import { ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import type { DaxdevStatus } from '../core/machine/types.ts'
import { lackWords } from '../core/base/lack.ts'
import { type Call, command, stop } from './command.ts'
import { deviceAt, devicesOf, isDevice, rawDevice } from './device.ts'
import type { OptionTable } from './options.ts'
import { placeOf } from './place.ts'
import type { Io } from './program.ts'
import { setDaxmode } from './shared.ts'
import { counted, type Trouble } from './units.ts'

const options = { setDaxmode: { ...setDaxmode, says: 'list DEVICE: switch it to famfs mode first' } } as const satisfies OptionTable
const HEADING = 'index  UUID                                  bytes             device here'

export const daxdev = command({
  name: 'famfs daxdev',
  about: 'list the devices of a file system, or look again for missing ones (ours)',
  synopsis: ['list PATH', 'list DEVICE', 'resolve PATH [UUID|INDEX]'],
  words: ['list', 'resolve'],
  options,
  notes: [
    'PATH is anything in a mount; DEVICE is a primary one that is not mounted here.',
    'Exit codes: 0 good, 1 failed; resolve: 1 too where a device that was asked for is missing.',
  ],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { operands: [verb, path, which, ...rest] } = call
  const next = 'Write famfs daxdev list PATH, or famfs daxdev resolve PATH.'
  if (verb !== 'list' && verb !== 'resolve') return stop(call, { says: verb === undefined ? 'it is not said what to do' : `“${verb}” is nothing that it does`, next })
  if (path === undefined) return stop(call, { says: 'no path is named', next })
  const extra = verb === 'list' ? which : rest[0]
  if (extra !== undefined) return stop(call, { says: `“${extra}” is one name too many`, next })
  return yield* verb === 'list' ? list(call, path) : resolve(call, path, which)
}

function* list(call: Call<typeof options>, path: string): Task<number> {
  const { io, given } = call
  const name = isDevice(io, path) ? yield* unmounted(io, path, given.setDaxmode > 0) : ok(undefined)
  if (!name.ok) return stop(call, name.failure)
  const place = name.value === undefined ? placeOf(io, path) : ok(undefined)
  if (!place.ok) return stop(call, place.failure)
  const devices = yield* devicesOf(io, name.value ?? place.value?.mount.deviceName ?? '')
  if (!devices.ok) return stop(call, devices.trouble)
  // A mount shows what it has played.
  const known = place.value ? [...devices.devices.slice(0, 1), ...place.value.mount.daxdevs] : devices.devices
  io.out(tableOf(known))
  return 0
}

function* resolve(call: Call<typeof options>, path: string, which: string | undefined): Task<number> {
  const { io } = call
  const place = placeOf(io, path)
  if (!place.ok) return stop(call, place.failure)
  const { mountpoint } = place.value.mount
  yield* []
  const resolved = io.system.machine.resolveDaxdevs(mountpoint)
  if (!resolved.ok) return stop(call, resolved.failure)
  const asked = resolved.value.filter(({ devindex, uuid }) => which === undefined || which === String(devindex) || which.toLowerCase() === uuid)
  if (which !== undefined && asked.length === 0) return stop(call, { says: `${mountpoint} has no device ${which} that was added`, next: `List them: famfs daxdev list ${mountpoint}. Where another host added it, play the log first.` })
  if (asked.length > 0) io.out(tableOf(asked))
  const missing = missingTrouble(mountpoint, asked)
  return missing ? stop(call, missing) : 0
}

/** Undefined where all of them are here. */
export function missingTrouble(mountpoint: string, devices: readonly DaxdevStatus[]): Trouble | undefined {
  const missing = devices.filter(({ deviceName }) => deviceName === undefined)
  if (missing.length === 0) return undefined
  const names = missing.map(({ devindex, uuid, sizeBytes, refusal }) => `device ${devindex} (UUID ${uuid}, ${sizeBytes} bytes${refusal ? `; ${lackWords(refusal)}` : ''})`).join(', ')
  return {
    says: `this host does not have ${counted(missing.length, 'device')} of the file system: ${names}; files with bytes there can't be read`,
    next: `Everything else works. ${actsFor(missing)}, then: famfs daxdev resolve ${mountpoint}.`,
  }
}

/** What has to be done with devices before they can be resolved. */
function actsFor(missing: readonly DaxdevStatus[]): string {
  const kinds = new Set(missing.map(({ refusal }) => refusal?.kind))
  if (kinds.has('twice')) return kinds.size === 1 ? 'Detach the copies from this host' : 'Detach copies from this host, and attach the right devices'
  return kinds.has('unfit') ? 'Attach the right device, or restore its superblock from a copy' : 'Attach the device to this host'
}

/** A device that is mounted is listed too: its log is there to be read. */
function* unmounted(io: Io, path: string, switchMode: boolean): Task<Result<string>> {
  const name = deviceAt(io, path)
  const isMounted = name.ok && io.system.machine.mounts().some(({ deviceName }) => deviceName === name.value)
  return isMounted ? name : yield* rawDevice(io, path, switchMode)
}

function tableOf(devices: readonly DaxdevStatus[]): string {
  const lines = devices.map(({ devindex, uuid, sizeBytes, deviceName, refusal }) => `${String(devindex).padEnd(5)}  ${uuid}  ${String(sizeBytes).padEnd(16)}  ${deviceName ?? lackWords(refusal)}`)
  return `${[HEADING, ...lines].join('\n')}\n`
}
