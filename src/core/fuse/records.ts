// What all messages about maps have in common: an extent as its record, and reserved bytes, which are zero. Whoever reads a
// message looks at them: what nobody looked at could be anything, and mean something to a later version.

import { putU64, u64At } from '../base/u64.ts'
import type { Extent } from '../fmap/fmap.ts'
import type { Struct } from '../omf/struct.ts'
import { FmapExtent } from './messages.ts'
import { RESERVED_TROUBLE } from './reserved.ts'

export const EXTENT_BYTES = FmapExtent.sizeBytes

const DEVINDEX_AT = FmapExtent.offsetOf('se_devindex')
const RESERVED_AT = FmapExtent.offsetOf('pad0')
const OFFSET_AT = FmapExtent.offsetOf('se_offset')
const LENGTH_AT = FmapExtent.offsetOf('se_len')

/** Where nothing was written before: its reserved bytes are left as they are. */
export function putExtent(view: DataView, at: number, devindex: number, offsetBytes: number, lengthBytes: number): void {
  view.setUint32(at + DEVINDEX_AT, devindex, true)
  putU64(view, at + OFFSET_AT, offsetBytes)
  putU64(view, at + LENGTH_AT, lengthBytes)
}

/**
 * A hot path: long maps have hundreds of thousands.
 * @param into where it goes
 * @returns what is wrong with it, behind a word for it; else every byte of it has a number of its own
 */
export function readExtent(view: DataView, at: number, into: Extent): string | undefined {
  if (view.getUint32(at + RESERVED_AT, true) !== 0) return `has ${RESERVED_TROUBLE}`
  const offsetBytes = u64At(view, at + OFFSET_AT)
  const lengthBytes = u64At(view, at + LENGTH_AT)
  if (offsetBytes < 0 || lengthBytes < 0 || !Number.isSafeInteger(offsetBytes + lengthBytes)) return 'is beyond any device'
  into.devindex = view.getUint32(at + DEVINDEX_AT, true)
  into.offsetBytes = offsetBytes
  into.lengthBytes = lengthBytes
  return undefined
}

export function newExtent(): Extent {
  return { devindex: 0, offsetBytes: 0, lengthBytes: 0 }
}

/** @returns a look at the bytes of one such struct: whether all that is reserved in them is zero */
export function reservedCheck({ rows }: Pick<Struct<unknown>, 'rows'>): (bytes: Uint8Array, offset?: number) => boolean {
  const holes = rows().filter(({ kind }) => kind === 'unused')
  return (bytes, offset = 0) => holes.every(({ offsetBytes, sizeBytes }) => {
    const start = offset + offsetBytes
    return bytes.subarray(start, start + sizeBytes).every((byte) => byte === 0)
  })
}
