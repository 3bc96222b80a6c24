// What heals a device, by the names of its buttons: the same in the list of devices, in the guide and in Problems.

import { deviceWords, type Spoken } from './spoken.ts'
import type { PoolDeviceView } from './types.ts'

/** The buttons that heal it: it answers first. */
export function healsOf(device: Spoken & Pick<PoolDeviceView, 'health'>): string[] {
  const { isStopped, poison } = device.health
  return [...(isStopped ? [startWords(device)] : []), ...(poison.length > 0 ? [clearWords(device)] : [])]
}

export function startWords(device: Spoken): string {
  return `Let ${deviceWords(device)} answer again`
}

export function clearWords(device: Spoken): string {
  return `Clear poison on ${deviceWords(device)}`
}
