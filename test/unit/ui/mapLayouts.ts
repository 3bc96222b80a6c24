// Devices and files made by hand, for tests of the map: only what a map looks at is right in them.

import { MIB } from '../../../src/core/base/align.ts'
import { slotCountOf } from '../../../src/core/omf/log.ts'
import type { DeviceView, FilesystemView, HealthView, MediaFile, PoolDeviceView } from '../../../src/playground/types.ts'

export function fileOf(entryIndex: number, path: string, extents: [offsetBytes: number, lengthBytes: number][], chunkBytes?: number, sizeBytes?: number): MediaFile {
  return {
    entryIndex,
    path,
    sizeBytes: sizeBytes ?? extents.reduce((sum, [, lengthBytes]) => sum + lengthBytes, 0),
    colour: entryIndex % 8,
    extents: extents.map(([offsetBytes, lengthBytes]) => ({ offsetBytes, lengthBytes })),
    chunkBytes,
  }
}

export function deviceOf(sizeBytes: number, change: Partial<FilesystemView> = {}): DeviceView {
  const unitBytes = change.unitBytes ?? 2 * MIB
  const filesystem: FilesystemView = {
    uuid: '', ownerUuid: '', ownerName: 'A', unitBytes, logOffsetBytes: 2 * MIB, logLengthBytes: 8 * MIB, slotCount: slotCountOf(8 * MIB), entryCount: 0,
    usedUnitCount: 0, unitCount: sizeBytes / unitBytes, badEntryCount: 0, firstBadIndex: undefined, ...change,
  }
  return { name: '/dev/dax0.0', sizeBytes, devices: [], filesystem, verdict: 'Fine.', trouble: undefined }
}

/** Devices one behind the other, all of one file system. */
export function devicesOf(sizes: readonly number[], health: Record<number, Partial<HealthView>> = {}, change: Partial<FilesystemView> = {}): DeviceView {
  let baseBytes = 0
  const devices = sizes.map((sizeBytes, devindex): PoolDeviceView => {
    const base = baseBytes
    baseBytes += sizeBytes
    return {
      name: `/dev/dax${devindex}.0`, devindex, baseBytes: base, sizeBytes, uuid: '', fsDevindex: devindex, usedUnitCount: 0, unitCount: sizeBytes / (2 * MIB),
      health: { poison: [], isStopped: false, configuration: 0, ...health[devindex] },
    }
  })
  return { ...deviceOf(baseBytes, change), devices }
}
