// Where metadata stands on the device, by what the superblock says or, without one, by what is usual; and how a place is
// named: memory is counted through all devices, and people are told the device and the place on it.

import { LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import { deviceKey, deviceUnder, deviceWords } from '../playground/spoken.ts'
import type { PoolDeviceView, Snapshot } from '../playground/types.ts'
import { addressText } from './format.ts'

export function logOffsetOf(snapshot: Pick<Snapshot, 'device'>): number {
  return snapshot.device.filesystem?.logOffsetBytes ?? LOG_OFFSET_BYTES
}

export function entryOffset(snapshot: Pick<Snapshot, 'device'>, entryIndex: number): number {
  return logOffsetOf(snapshot) + LOG_HEADER_BYTES + entryIndex * LOG_ENTRY_BYTES
}

/** As much of the devices as places need. */
export type Devices = readonly Pick<PoolDeviceView, 'name' | 'devindex' | 'fsDevindex' | 'baseBytes' | 'sizeBytes'>[]

let kept: Devices = []

/** The same list for as long as the same devices lie in the same places, and are called the same. */
export function steadyDevices(devices: Devices): Devices {
  const isSame = kept.length === devices.length && kept.every(({ name, fsDevindex, baseBytes, sizeBytes }, i) => {
    const now = devices[i]
    return now?.name === name && now.fsDevindex === fsDevindex && now.baseBytes === baseBytes && now.sizeBytes === sizeBytes
  })
  if (!isSame) kept = devices
  return kept
}

/** The device that the byte is on; undefined where there is one only, and nothing needs to be said. */
export function deviceAt<D extends Devices[number]>(devices: readonly D[], offsetBytes: number): D | undefined {
  return devices.length < 2 ? undefined : deviceUnder(devices, offsetBytes)
}

/** "0x00a00000", or "device 2, byte 0x00a00000", or "/dev/dax3.0, byte 0x00a00000". */
export function placeText(devices: Devices, offsetBytes: number): string {
  const device = deviceAt(devices, offsetBytes)
  return device ? `${deviceWords(device)}, byte ${addressText(offsetBytes - device.baseBytes)}` : addressText(offsetBytes)
}

/** The same where there is little room: "2:0x00a00000", or "dax3.0:0x00a00000". */
export function briefPlace(devices: Devices, offsetBytes: number): string {
  const device = deviceAt(devices, offsetBytes)
  return device ? `${deviceKey(device)}:${addressText(offsetBytes - device.baseBytes)}` : addressText(offsetBytes)
}
