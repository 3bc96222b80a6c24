// Where metadata stands on the device, by what the superblock says or, without one, by what is usual.

import { LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../core/omf/log.ts'
import type { Snapshot } from '../playground/types.ts'

export function logOffsetOf(snapshot: Pick<Snapshot, 'device'>): number {
  return snapshot.device.filesystem?.logOffsetBytes ?? LOG_OFFSET_BYTES
}

export function entryOffset(snapshot: Pick<Snapshot, 'device'>, entryIndex: number): number {
  return logOffsetOf(snapshot) + LOG_HEADER_BYTES + entryIndex * LOG_ENTRY_BYTES
}
