// What all kernels share that ask a daemon: a request that failed, devices by name, and what is kept of each file. A device
// is asked for once, and an index never stands for a device that another index stands for: the same bytes under two numbers
// would get past the check for overlap.

import { errnos } from '../../base/errno.ts'
import { failLate } from '../../base/late.ts'
import type { Failure, Result } from '../../base/result.ts'
import type { WideMap } from '../../fmap/wide.ts'
import { residentBytesOf } from '../../fmap/widePulled.ts'
import { DaxdevReply, DaxdevRequest, DEVICES_MOST } from '../../fuse/messages.ts'
import { reservedCheck } from '../../fuse/records.ts'
import { RESERVED_TROUBLE } from '../../fuse/reserved.ts'
import type { DaemonLink, Opcode } from '../../fuse/wire.ts'
import type { FileAsk, MapReason, WayContext } from '../way.ts'

const [ENODEV] = errnos.ENODEV
const isReplyClean = reservedCheck(DaxdevReply)

/** One request about a file. */
export function ask(link: DaemonLink, opcode: Opcode, { node, path }: FileAsk, request: Uint8Array): Result<Uint8Array, 'daemon_failed'> {
  const { errno, bytes } = link.call(opcode, node, request)
  return errno === 0 ? { ok: true, value: bytes } : { ok: false, failure: unanswered(link, opcode, path, errno) }
}

/** A request without an answer of use: the daemon refuses it, or there is none any more. */
export function unanswered({ failed }: DaemonLink, opcode: Opcode, path: string, errno: number): Failure<'daemon_failed'> {
  const details = failed === undefined ? { path, what: `${opcode} is answered with error ${errno}` } : { path, what: failed, isGone: true }
  return failLate('daemon_failed', details).failure
}

/** Has the devices of a map told that aren't known yet. */
export function pullDevices(context: WayContext, link: DaemonLink, path: string, map: WideMap): Failure<MapReason> | undefined {
  if (map.kind === 'interleaved') {
    for (const { strips } of map.interleaved) {
      for (const { devindex } of strips) {
        const failure = pullDevice(context, link, path, devindex)
        if (failure) return failure
      }
    }
    return undefined
  }
  const { count, devindices } = map.columns
  for (let i = 0; i < count; i++) {
    const failure = pullDevice(context, link, path, devindices[i] as number)
    if (failure) return failure
  }
  return undefined
}

/** @returns undefined where it is known, now or since long */
export function pullDevice(context: WayContext, link: DaemonLink, path: string, devindex: number): Failure<MapReason> | undefined {
  const { devices } = context
  if (devices.at(devindex)) return undefined
  const { errno, bytes } = link.call('GET_DAXDEV', 0, DaxdevRequest.encode({ devindex }))
  if (errno === ENODEV) return devices.missing(devindex, path)
  if (errno !== 0) return unanswered(link, 'GET_DAXDEV', path, errno)
  const what = troubleOfReply(bytes, devindex)
  if (what !== undefined) return failLate('daemon_failed', { path, what }).failure
  const { name } = DaxdevReply.decode(bytes)
  const alias = learnDevice(context, devindex, name)
  if (alias !== undefined) return failLate('daemon_failed', { path, what: `device ${devindex} would be ${name}, as device ${alias} is` }).failure
  return devices.at(devindex) ? undefined : devices.missing(devindex, path)
}

/**
 * What a daemon says that an index is. One that no log can name is none: a row of devices would be as long as it is large.
 * @returns the index that has this device already: then nothing is learnt
 */
export function learnDevice({ devices, openDevice }: WayContext, devindex: number, name: string): number | undefined {
  const memory = devindex >= DEVICES_MOST || devices.at(devindex) ? undefined : openDevice(devindex, name)
  if (!memory) return undefined
  const { device } = memory
  const other = devices.list().find((known) => known.memory?.device.name === device.name)
  if (other) return other.devindex
  devices.add(devindex, { uuid: device.uuid, sizeBytes: device.sizeBytes, memory })
  return undefined
}

function troubleOfReply(bytes: Uint8Array, devindex: number): string | undefined {
  if (bytes.length !== DaxdevReply.sizeBytes) return `GET_DAXDEV is answered with ${bytes.length} bytes`
  const { index, name } = DaxdevReply.decode(bytes)
  if (index !== devindex) return `asked for device ${devindex}, it tells of device ${index}`
  if (!isReplyClean(bytes)) return `of device ${devindex} it tells with ${RESERVED_TROUBLE}`
  return name === '' || bytes.at(-1) !== 0 ? `device ${devindex} has no name` : undefined
}

/** The whole maps that a kernel keeps. */
export class KeptMaps {
  readonly #bytes = new Map<number, number>()
  #residentBytes = 0

  get residentBytes(): number {
    return this.#residentBytes
  }

  keep(node: number, map: WideMap): void {
    this.forget(node)
    const bytes = residentBytesOf(map)
    this.#bytes.set(node, bytes)
    this.#residentBytes += bytes
  }

  forget(node: number): void {
    this.#residentBytes -= this.#bytes.get(node) ?? 0
    this.#bytes.delete(node)
  }
}
