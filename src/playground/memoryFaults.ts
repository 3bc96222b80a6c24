// Which files memory has failed under: on the media, and as a host's mount has it. The list that was given comes back as it
// is where none has, and the same list for the same state.

import type { Placed } from './places.ts'
import type { Pool, PoolDevice } from './pool.ts'
import type { Extent, LostDevice } from './types.ts'

interface Lying<F> {
  extents: readonly Extent[]
  fault?: F | 'memory' | 'failing'
}

export function faultsOnMedia<F, T extends Lying<F>>(files: T[], pool: Pool): T[] {
  if (pool.isSound) return files
  return marked<F, T>(files, pool.devices.flatMap((device) => (device.health.isStopped ? [wholeOf(device)] : poisonOf(device))), 'memory')
}

/** A host finds out when it touches memory, and until then the mount has lost nothing; then more may have failed for it than the device itself says. */
export function faultsOnHost<F, T extends Lying<F>>(files: T[], pool: Pool, devices: readonly Placed[]): T[] {
  if (devices.some(({ endsMount }) => endsMount)) return marked<F, T>(files, [{ offsetBytes: 0, lengthBytes: pool.sizeBytes }], 'memory')
  const lost = devices.flatMap(({ at, failed }) => (at && failed !== undefined ? [wholeOf(at)] : []))
  const unmet = devices.flatMap((device) => (!device.at ? [] : device.at.health.isStopped || isOutdated(device) ? [wholeOf(device.at)] : poisonOf(device.at)))
  return marked<F, T>(marked<F, T>(files, lost, 'memory'), unmet, 'failing')
}

/** What a mount has lost, whatever the devices say by now. */
export function lostOnHost(pool: Pool, devices: readonly Placed[]): LostDevice[] {
  return devices.flatMap(({ at, name, failed: why, endsMount }) => (at && name !== undefined && why ? [{ devindex: pool.devices.indexOf(at), why, endsMount }] : []))
}

/** Devices that are other ones by now than those that it has mounted, which it hasn't met. */
export function outdatedOnHost(pool: Pool, devices: readonly Placed[]): number[] {
  return devices.flatMap((device) => (device.at && isOutdated(device) ? [pool.devices.indexOf(device.at)] : []))
}

/** A device that the mount never had has no configuration there. */
export function isOutdated({ at, name, failed, configuration }: Placed): boolean {
  return at !== undefined && name !== undefined && failed === undefined && at.health.configuration !== configuration
}

const known = new WeakMap<readonly object[], { key: string; made: unknown }>()

function marked<F, T extends Lying<F>>(files: T[], failed: readonly Extent[], fault: 'memory' | 'failing'): T[] {
  if (failed.length === 0) return files
  const key = `${fault} ${JSON.stringify(failed)}`
  const before = known.get(files)
  if (before?.key === key) return before.made as T[]
  const made = files.map((file) => (file.fault === undefined && anyOverlap(file.extents, failed) ? { ...file, fault } : file))
  known.set(files, { key, made })
  return made
}

export function anyOverlap(all: readonly Extent[], others: readonly Extent[]): boolean {
  return all.some((extent) => others.some((other) => overlap(extent, other)))
}

export function overlap(a: Extent, b: Extent): boolean {
  return a.offsetBytes < b.offsetBytes + b.lengthBytes && b.offsetBytes < a.offsetBytes + a.lengthBytes
}

export function wholeOf({ baseBytes, sizeBytes }: PoolDevice): Extent {
  return { offsetBytes: baseBytes, lengthBytes: sizeBytes }
}

export function poisonOf({ baseBytes, health }: PoolDevice): Extent[] {
  return health.poison.map(({ offsetBytes, lengthBytes }) => ({ offsetBytes: baseBytes + offsetBytes, lengthBytes }))
}
