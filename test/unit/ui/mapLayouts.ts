// Devices and files made by hand, for tests of the map: only what a map looks at is right in them.

import { MIB } from '../../../src/core/base/align.ts'
import { slotCountOf } from '../../../src/core/omf/log.ts'
import type { DeviceView, FilesystemView, MediaFile } from '../../../src/playground/types.ts'

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
