// What heals a device, by the names of its buttons: the same in the list of devices, in the guide and in Problems.

import { LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { anyOverlap } from './memoryFaults.ts'
import { deviceWords, type Spoken } from './spoken.ts'
import type { PoolDeviceView } from './types.ts'

/** The buttons that heal it: it answers first. Where clearing ends the file system, there is none for that. */
export function healsOf(device: PoolDeviceView, entryCount: number): string[] {
  const { isStopped, poison } = device.health
  return [...(isStopped ? [startWords(device)] : []), ...(poison.length > 0 && !isNeeded(device, poison, entryCount) ? [clearWords(device)] : [])]
}

/** Cleared poison is zeros: under a superblock, or under as much of the log as is in use, they end what was there. */
export function isNeeded({ baseBytes, fsDevindex }: PoolDeviceView, ranges: PoolDeviceView['health']['poison'], entryCount: number): boolean {
  if (fsDevindex === undefined) return false
  const superblock = { offsetBytes: baseBytes, lengthBytes: Superblock.sizeBytes }
  const log = { offsetBytes: baseBytes + LOG_OFFSET_BYTES, lengthBytes: LOG_HEADER_BYTES + entryCount * LOG_ENTRY_BYTES }
  return anyOverlap(ranges, fsDevindex === 0 ? [superblock, log] : [superblock])
}

/** For where there is no button. */
export const NEEDED_NEXT = 'Cleared it would be zeros, and superblock or log are needed: step back if it was done here, else copy out what can be read and format again.'

export function startWords(device: Spoken): string {
  return `Let ${deviceWords(device)} answer again`
}

export function clearWords(device: Spoken): string {
  return `Clear poison on ${deviceWords(device)}`
}
