// What all kernels share that ask a daemon: a request that failed, devices by name, and what is kept of each file. A device
// is asked for once, and an index never stands for a device that another index stands for: the same bytes under two numbers
// would get past the check for overlap.

import { errnos } from '../../base/errno.ts'
import { failLate } from '../../base/late.ts'
import type { Failure, Result } from '../../base/result.ts'
import { residentBytesOf, type WideMap } from '../../fmap/wide.ts'
import { DaxdevReply, DaxdevRequest } from '../../fuse/messages.ts'
import type { DaemonLink, Opcode } from '../../fuse/wire.ts'
import type { FileAsk, MapReason, WayContext } from '../way.ts'

const [ENODEV] = errnos.ENODEV

/** One request about a file. */
export function ask(link: DaemonLink, opcode: Opcode, { node, path }: FileAsk, request: Uint8Array): Result<Uint8Array, 'daemon_failed'> {
  const { errno, bytes } = link.call(opcode, node, request)
  return errno === 0 ? { ok: true, value: bytes } : failLate('daemon_failed', { path, what: `${opcode} is answered with error ${errno}` })
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
export function pullDevice({ devices, openDevice }: WayContext, link: DaemonLink, path: string, devindex: number): Failure<MapReason> | undefined {
  if (devices.at(devindex)) return undefined
  const { errno, bytes } = link.call('GET_DAXDEV', 0, DaxdevRequest.encode({ devindex }))
  if (errno === ENODEV) return devices.missing(devindex, path)
  const what = errno === 0 ? troubleOfReply(bytes, devindex) : `GET_DAXDEV is answered with error ${errno}`
  if (what !== undefined) return failLate('daemon_failed', { path, what }).failure
  const memory = openDevice(DaxdevReply.decode(bytes).name)
  if (!memory) return devices.missing(devindex, path)
  const { device } = memory
  const other = devices.list().find((known) => known.memory?.device.name === device.name)
  if (other) return failLate('daemon_failed', { path, what: `device ${devindex} would be ${device.name}, as device ${other.devindex} is` }).failure
  devices.add(devindex, { uuid: device.uuid, sizeBytes: device.sizeBytes, memory })
  return undefined
}

function troubleOfReply(bytes: Uint8Array, devindex: number): string | undefined {
  if (bytes.length !== DaxdevReply.sizeBytes) return `GET_DAXDEV is answered with ${bytes.length} bytes`
  const { index, name } = DaxdevReply.decode(bytes)
  if (index !== devindex) return `asked for device ${devindex}, it tells of device ${index}`
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
