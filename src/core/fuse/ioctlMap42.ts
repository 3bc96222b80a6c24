// The older ioctl: one struct of a fixed size, two simple extents, no striping, no device index.

import { u64At } from '../base/u64.ts'
import { type Extent, type Fmap, piecesOf } from '../fmap/fmap.ts'
import { EXT_INTERLEAVED, EXT_SIMPLE } from '../omf/constants.ts'
import { type DecodedIoctl, type MapAbi, tooMany } from './ioctlMap.ts'
import { IoctlMap42 } from './ioctlMessages.ts'
import { FILE_TYPE_REGULAR } from './messages.ts'

export const ABI42_EXTENTS_MOST = 2

const BYTES = IoctlMap42.sizeBytes
const EXTENTS_AT = IoctlMap42.offsetOf('ext_list')
const EXTENT_BYTES = 16

export const abi42: MapAbi = {
  create: 'MAP_CREATE',
  unsayable: (map) => (piecesOf(map).some(({ devindex }) => devindex !== 0) ? 'this ioctl has no device index, and the file isn’t on the first device' : undefined),
  encode(map, view) {
    const pieces = piecesOf(map)
    // What doesn't fit is counted all the same, so that the module can refuse it.
    const ext_list = [0, 1].map((i) => ({ offset: BigInt(pieces[i]?.offsetBytes ?? 0), len: BigInt(pieces[i]?.lengthBytes ?? 0) }))
    const extent_type = map.kind === 'simple' ? EXT_SIMPLE : EXT_INTERLEAVED
    const record = { extent_type, file_type: FILE_TYPE_REGULAR, file_size: BigInt(map.sizeBytes), ext_list_count: BigInt(pieces.length), ext_list }
    new Uint8Array(view.buffer, view.byteOffset, BYTES).set(IoctlMap42.encode(record))
    return BYTES
  },
  decode(view, lengthBytes) {
    if (lengthBytes !== BYTES) return bad(`an ioctl of ${lengthBytes} bytes`)
    const { extent_type, file_type, file_size, ext_list_count } = IoctlMap42.decode(new Uint8Array(view.buffer, view.byteOffset, BYTES))
    if (extent_type !== EXT_SIMPLE) return bad(`extent type ${extent_type}${extent_type === EXT_INTERLEAVED ? ' (striped)' : ''}, which this ioctl doesn't know`)
    if (file_type !== FILE_TYPE_REGULAR) return bad(`file type ${file_type}`)
    if (ext_list_count > ABI42_EXTENTS_MOST) return tooMany(Number(ext_list_count), 'extents', ABI42_EXTENTS_MOST)
    const sizeBytes = Number(file_size)
    return Number.isSafeInteger(sizeBytes) ? simpleOf(view, Number(ext_list_count), sizeBytes) : bad('a size beyond any device')
  },
}

function simpleOf(view: DataView, count: number, sizeBytes: number): DecodedIoctl {
  const extents: Extent[] = []
  for (let at = EXTENTS_AT; extents.length < count; at += EXTENT_BYTES) {
    const offsetBytes = u64At(view, at)
    const lengthBytes = u64At(view, at + 8)
    if (offsetBytes < 0 || lengthBytes < 0 || !Number.isSafeInteger(offsetBytes + lengthBytes)) return bad(`extent ${extents.length} is beyond any device`)
    extents.push({ devindex: 0, offsetBytes, lengthBytes })
  }
  const map: Fmap = { kind: 'simple', sizeBytes, extents }
  return { map }
}

function bad(trouble: string): DecodedIoctl {
  return { trouble, isLimit: false }
}
