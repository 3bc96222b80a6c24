// Which devices a dump has. A real one is the first megabytes of one device. What was taken out of a session with several is
// all of its memory, one device behind the other: each says by itself how long it is, and the last may be cut.

import { toSafeNumber } from '../core/base/align.ts'
import { NIL_UUID } from '../core/base/uuid.ts'
import { type Daxdev, daxdev } from '../core/mem/daxdev.ts'
import { checkSuperblock } from '../core/omf/check.ts'
import { PRIMARY_FLAG, SECONDARY_FLAG } from '../core/omf/constants.ts'
import { Superblock } from '../core/omf/superblock.ts'

/** @returns the primary first */
export function devicesOf({ buffer, length }: Uint8Array<ArrayBuffer>): [Daxdev, ...Daxdev[]] {
  const { ts_daxdev, ts_sb_flags, ts_uuid } = Superblock.decode(new Uint8Array(buffer, 0, length))
  const ownBytes = toSafeNumber(ts_daxdev.dd_size) ?? 0
  const others = ts_sb_flags === PRIMARY_FLAG ? othersOf(buffer, length, ownBytes, ts_uuid) : []
  // As large as its superblock says, and never smaller than what is here.
  const sizeBytes = others.length > 0 ? ownBytes : Math.max(length, ownBytes)
  return [daxdev({ name: ts_daxdev.dd_daxdev || 'a device without a name', uuid: NIL_UUID, buffer, sizeBytes }), ...others]
}

function othersOf(buffer: ArrayBuffer, length: number, fromBytes: number, fsUuid: string): Daxdev[] {
  const others: Daxdev[] = []
  for (let baseBytes = fromBytes; baseBytes > 0 && baseBytes % 8 === 0 && baseBytes + Superblock.sizeBytes <= length;) {
    const judged = checkSuperblock(new Uint8Array(buffer, baseBytes, Superblock.sizeBytes))
    if (!judged.ok || judged.value.ts_sb_flags !== SECONDARY_FLAG || judged.value.ts_uuid !== fsUuid) break
    const { dd_size, dd_daxdev } = judged.value.ts_daxdev
    const sizeBytes = toSafeNumber(dd_size) ?? 0
    if (sizeBytes < Superblock.sizeBytes) break
    others.push(daxdev({ name: dd_daxdev, uuid: judged.value.ts_dev_uuid, buffer, baseBytes, sizeBytes }))
    baseBytes += sizeBytes
  }
  return others
}
