// Where something is, as sentences of the trace say it. Loaded with what is done to files and bytes.

import { deviceUnder, devicesWords, deviceWords, type Spoken } from './spoken.ts'
import type { Extent } from './types.ts'

/** Where a byte is: "0x200000"; of several devices, "device 2, byte 0x200000". */
export function whereText(devices: readonly (Spoken & { baseBytes: number })[], offsetBytes: number): string {
  const device = devices.length < 2 ? undefined : deviceUnder(devices, offsetBytes)
  const within = `0x${(offsetBytes - (device?.baseBytes ?? 0)).toString(16)}`
  return device ? `${deviceWords(device)}, byte ${within}` : within
}

/** Where a file is: "at 0x200000", "in 4 strips on devices 3, 0, 1 and 2". */
export function piecesText(devices: readonly (Spoken & { baseBytes: number })[], extents: readonly Extent[], word: 'extent' | 'strip'): string {
  const [first] = extents
  if (extents.length < 2) return first ? `at ${whereText(devices, first.offsetBytes)}` : 'without a place'
  const on = [...new Set(extents.map(({ offsetBytes }) => deviceUnder(devices, offsetBytes)))].flatMap((device) => device ?? [])
  return `in ${extents.length} ${word}s${devices.length < 2 ? `, the first at ${whereText(devices, first?.offsetBytes ?? 0)}` : ` on ${devicesWords(on)}`}`
}
