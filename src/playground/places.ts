// From a host's words for places to the page's: a host counts from the start of a device that its kernel knows by an index,
// the page from the start of the pool. A device that the host doesn't have may be in the pool all the same.

import { lookForDaxdev } from '../core/log/daxdevs.ts'
import { coherentMemory } from '../core/mem/memory.ts'
import type { HostNode, MountedDevice } from '../host/protocol.ts'
import type { Pool, PoolDevice } from './pool.ts'
import type { Extent, HostFile } from './types.ts'

/** One of a mount's devices, and where it is. */
export interface Placed extends MountedDevice {
  /** Undefined for a device that isn't in the pool. */
  at: PoolDevice | undefined
}

/** @returns by the file system's device index */
export function placesOf(pool: Pool, host: string, devices: readonly MountedDevice[], fsUuid: string | undefined): Placed[] {
  const placed: Placed[] = []
  for (const device of devices) {
    const place = device.name === undefined ? missingPlace(pool, fsUuid, device) : pool.placeOf(host, device.name)
    placed[device.devindex] = { ...device, at: place === undefined ? undefined : pool.devices[place] }
  }
  return placed
}

function missingPlace(pool: Pool, fsUuid: string | undefined, daxdev: MountedDevice): number | undefined {
  const memories = pool.seen.slice(1).map(coherentMemory)
  const found = fsUuid === undefined ? undefined : lookForDaxdev(memories, { fsUuid }, daxdev).memory
  return found && pool.devices.findIndex(({ baseBytes }) => baseBytes === found.device.baseBytes)
}

/** Where a part of it has no place, the file is shown without any. */
export function located({ extents, fault, ...facts }: HostNode, devices: readonly Placed[]): HostFile {
  const places = placedExtents(extents, (devindex) => devices[devindex]?.at?.baseBytes)
  const isMissing = extents.some(({ devindex }) => devices[devindex]?.name === undefined)
  const why = fault ?? (isMissing ? 'missing' : undefined)
  return { ...facts, extents: places ?? [], ...(why ? { fault: why } : {}) }
}

/** @returns undefined where one of them is on no device that is known */
export function placedExtents(extents: readonly (Extent & { devindex: number })[], baseOf: (devindex: number) => number | undefined): Extent[] | undefined {
  const places: Extent[] = []
  for (const { devindex, offsetBytes, lengthBytes } of extents) {
    const baseBytes = baseOf(devindex)
    if (baseBytes === undefined) return undefined
    places.push({ offsetBytes: baseBytes + offsetBytes, lengthBytes })
  }
  return places
}
