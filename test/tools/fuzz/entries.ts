// Log entries as a master might have written them, and as nobody should have.

import { type LogEntry, type LogFmap, type SimpleExtent, LogEntry as Table, LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET } from '../../../src/core/omf/log.ts'
import { logEntryCrc } from '../../../src/core/omf/check.ts'
import type { Chance } from './chance.ts'

const PARTS = ['a', 'b', 'dir', 'é', '😀', '.', '..', '', ' ', 'a b', ': #', "it's", '"', '\n', '\t', 'x'.repeat(30), 'long '.repeat(8)]
const TYPES = [0, 0, 0, 0, 1, 1, 3, 2, 4, 77]

/** Fields of every width, by offset in the entry: what a mutation aims at. */
const WIDE = [0, 16, 136, 144, 152, 160, 168, 176, 512, 536]
const NARROW = [8, 12, 24, 28, 32, 36, 120, 124, 128, 132]
const PATHS = [40, 28]

/** A decoded entry that is well formed, though its numbers may be anything when `wild`. */
export function someEntry(chance: Chance, index: number, wild: boolean): Uint8Array<ArrayBuffer> {
  const type = wild ? chance.pick(TYPES) : chance.pick([0, 0, 0, 1])
  const ends = { famfs_log_entry_seqnum: BigInt(index), famfs_log_entry_type: type, famfs_log_entry_crc: 0n }
  const entry = Table.encode({ ...ends, body: bodyOf(chance, type, index, wild) })
  sealEntry(entry, index)
  return entry
}

/** Sequence number and checksum as they should be. */
export function sealEntry(entry: Uint8Array, index: number): void {
  const view = new DataView(entry.buffer, entry.byteOffset, LOG_ENTRY_BYTES)
  view.setBigUint64(0, BigInt(index), true)
  view.setBigUint64(LOG_ENTRY_CRC_OFFSET, logEntryCrc(entry), true)
}

export function mutateEntry(chance: Chance, entry: Uint8Array): void {
  const view = new DataView(entry.buffer, entry.byteOffset, LOG_ENTRY_BYTES)
  switch (chance.below(6)) {
    case 0:
      entry[chance.below(LOG_ENTRY_BYTES)] = chance.below(256)
      return
    case 1:
      view.setBigUint64(chance.pick(WIDE), chance.u64(), true)
      return
    case 2:
      view.setUint32(chance.pick(NARROW), chance.oneIn(2) ? chance.below(20) : chance.u32(), true)
      return
    case 3:
      mutatePath(chance, entry.subarray(chance.pick(PATHS)).subarray(0, 80))
      return
    case 4:
      // Any extent or strip, any of its three fields.
      view.setBigUint64(136 + 8 * chance.below(49), chance.u64(), true)
      return
    default: {
      const at = chance.below(LOG_ENTRY_BYTES)
      chance.fill(entry.subarray(at, at + chance.below(40)))
    }
  }
}

function mutatePath(chance: Chance, field: Uint8Array): void {
  if (chance.oneIn(3)) return void field.fill(chance.pick([0x2f, 0x2e, 0x61, 0xff, 0xc3]))
  if (chance.oneIn(2)) return chance.fill(field)
  field[chance.below(field.length)] = chance.pick([0, 0x2f, 0x2e, 0xff])
}

function bodyOf(chance: Chance, type: number, index: number, wild: boolean): LogEntry['body'] {
  const ids = { uid: chance.u32(), gid: chance.u32(), mode: wild ? chance.u32() : 0o644 }
  const path = wild ? somePath(chance) : `f${index}`
  if (type === 0) {
    const fm_fmap = wild ? someMap(chance) : plainMap(index)
    const fm_size = wild ? chance.u64() : BigInt(chance.below(2 ** 21) + 1)
    return { famfs_fm: { fm_size, fm_flags: 2, fm_uid: ids.uid, fm_gid: ids.gid, fm_mode: ids.mode, fm_relpath: path, fm_fmap } }
  }
  if (type === 1) return { famfs_md: { md_uid: ids.uid, md_gid: ids.gid, md_mode: ids.mode, md_relpath: path } }
  return type === 3 ? { famfs_dd: { dd_size: chance.u64(), dd_uuid: '00112233-4455-6677-8899-aabbccddeeff', dd_index: chance.u32() } } : {}
}

function somePath(chance: Chance): string {
  const parts = Array.from({ length: 1 + chance.below(4) }, () => chance.pick(PARTS))
  let path = parts.join('/')
  while (Buffer.byteLength(path) > 79) path = path.slice(0, -1)
  return path.toWellFormed()
}

function plainMap(index: number): LogFmap {
  const extent = { se_devindex: 0n, se_offset: BigInt(5 + index) * BigInt(1 << 21), se_len: BigInt(1 << 21) }
  return { fmap_ext_type: 0, fmap_nextents: 1, list: { se: [extent] } }
}

function someMap(chance: Chance): LogFmap {
  const count = chance.oneIn(2) ? 1 : chance.below(17)
  const extents = Array.from({ length: count }, (): SimpleExtent => ({ se_devindex: chance.oneIn(5) ? chance.u64() : 0n, se_offset: chance.u64(), se_len: chance.u64() }))
  if (chance.oneIn(2)) return { fmap_ext_type: 0, fmap_nextents: count, list: { se: extents } }
  const ie_chunk_size = chance.oneIn(4) ? chance.u64() : 1n << BigInt(chance.below(40))
  return { fmap_ext_type: 1, fmap_nextents: 1, list: { ie: [{ ie_nstrips: BigInt(count), ie_chunk_size, ie_strips: extents }] } }
}
