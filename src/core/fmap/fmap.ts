// A map says where a file's bytes are. Every map that exists has been checked: its numbers are exact, its pieces hold
// the whole file, and a chunk is a power of two. Whether the pieces lie on the device is for whoever knows the device.

import { isPowerOfTwo, toSafeNumber } from '../base/align.ts'
import { EXT_INTERLEAVED, EXT_SIMPLE, EXTENTS_MOST, FLAG_ALL_HOSTS_RW, STRIPS_MOST } from '../omf/constants.ts'
import type { LogFileMeta, LogFmap, SimpleExtent } from '../omf/log.ts'

export interface Extent {
  devindex: number
  offsetBytes: number
  lengthBytes: number
}

export type Fmap =
  | { kind: 'simple'; sizeBytes: number; extents: Extent[] }
  | { kind: 'interleaved'; sizeBytes: number; chunkBytes: number; strips: Extent[] }

/** Extents or strips, in the order of the map. */
export function piecesOf(map: Fmap): Extent[] {
  return map.kind === 'simple' ? map.extents : map.strips
}

export function isSameMap(a: Fmap, b: Fmap): boolean {
  const chunkBytesOf = (map: Fmap): number | undefined => (map.kind === 'interleaved' ? map.chunkBytes : undefined)
  return a.sizeBytes === b.sizeBytes && chunkBytesOf(a) === chunkBytesOf(b) && areSameExtents(piecesOf(a), piecesOf(b))
}

export function areSameExtents(a: readonly Extent[], b: readonly Extent[]): boolean {
  return a.length === b.length && a.every(({ devindex, offsetBytes, lengthBytes }, i) => {
    const other = b[i]
    return other?.devindex === devindex && other.offsetBytes === offsetBytes && other.lengthBytes === lengthBytes
  })
}

/** The map of a decoded file entry, or a few words on why it is none. */
export function fmapOf(meta: LogFileMeta): { map: Fmap } | { trouble: string } {
  const { fmap_ext_type, fmap_nextents, list } = meta.fm_fmap
  const sizeBytes = toSafeNumber(meta.fm_size)
  if (sizeBytes === undefined) return { trouble: `a size of ${meta.fm_size} bytes` }
  if (fmap_ext_type === EXT_SIMPLE && list.se) {
    if (fmap_nextents < 1 || fmap_nextents > EXTENTS_MOST) return { trouble: `${fmap_nextents} extents` }
    const extents = extentsOf(list.se)
    return extents ? checked({ kind: 'simple', sizeBytes, extents }) : { trouble: 'an extent beyond any device' }
  }
  const interleaved = list.ie?.[0]
  if (fmap_ext_type !== EXT_INTERLEAVED || !interleaved) return { trouble: `extent type ${fmap_ext_type}` }
  if (fmap_nextents !== 1) return { trouble: `${fmap_nextents} interleaved extents` }
  const stripCount = interleaved.ie_nstrips
  if (stripCount < 1n || stripCount > BigInt(STRIPS_MOST)) return { trouble: `${stripCount} strips` }
  const strips = extentsOf(interleaved.ie_strips)
  const chunkBytes = toSafeNumber(interleaved.ie_chunk_size)
  if (!strips || chunkBytes === undefined) return { trouble: 'a strip beyond any device' }
  return checked({ kind: 'interleaved', sizeBytes, chunkBytes, strips })
}

/** What a map of our own making must meet, and what one from the media is held to. */
export function checked(map: Fmap): { map: Fmap } | { trouble: string } {
  if (map.kind === 'simple') {
    const heldBytes = map.extents.reduce((sum, extent) => sum + extent.lengthBytes, 0)
    return heldBytes >= map.sizeBytes ? { map } : { trouble: `extents of ${heldBytes} bytes for a file of ${map.sizeBytes}` }
  }
  if (!isPowerOfTwo(map.chunkBytes)) return { trouble: `a chunk of ${map.chunkBytes} bytes` }
  const stripeBytes = map.chunkBytes * map.strips.length
  const neededBytes = Math.ceil(map.sizeBytes / stripeBytes) * map.chunkBytes
  const short = map.strips.find((strip) => strip.lengthBytes < neededBytes)
  return short ? { trouble: `a strip of ${short.lengthBytes} bytes where ${neededBytes} are needed` } : { map }
}

/** The on-media record of a map. */
function logFmapOf(map: Fmap): LogFmap {
  const records = piecesOf(map).map(recordOf)
  if (map.kind === 'simple') return { fmap_ext_type: EXT_SIMPLE, fmap_nextents: records.length, list: { se: records } }
  const ie = [{ ie_nstrips: BigInt(records.length), ie_chunk_size: BigInt(map.chunkBytes), ie_strips: records }]
  return { fmap_ext_type: EXT_INTERLEAVED, fmap_nextents: 1, list: { ie } }
}

export interface FileFacts {
  path: string
  mode: number
  uid: number
  gid: number
  map: Fmap
}

export function logFileMetaOf(file: FileFacts): LogFileMeta {
  return {
    fm_size: BigInt(file.map.sizeBytes),
    fm_flags: FLAG_ALL_HOSTS_RW,
    fm_uid: file.uid,
    fm_gid: file.gid,
    fm_mode: file.mode,
    fm_relpath: file.path,
    fm_fmap: logFmapOf(file.map),
  }
}

function recordOf(extent: Extent): SimpleExtent {
  return { se_devindex: BigInt(extent.devindex), se_offset: BigInt(extent.offsetBytes), se_len: BigInt(extent.lengthBytes) }
}

function extentsOf(records: SimpleExtent[]): Extent[] | undefined {
  const extents: Extent[] = []
  for (const record of records) {
    const devindex = toSafeNumber(record.se_devindex)
    const offsetBytes = toSafeNumber(record.se_offset)
    const lengthBytes = toSafeNumber(record.se_len)
    if (devindex === undefined || offsetBytes === undefined || lengthBytes === undefined) return undefined
    // Every byte of it must have a number of its own.
    if (!Number.isSafeInteger(offsetBytes + lengthBytes)) return undefined
    extents.push({ devindex, offsetBytes, lengthBytes })
  }
  return extents
}
