// The tables lie on the bytes as the reference's own structs do: sizes, alignments and offsets are compared with what a
// compiler said of them (test/golden/layout.json). Rows cover every byte once. Decoding never throws.

import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FmapExtent, FmapHeader, FmapInterleaved } from '../../../src/core/fuse/messages.ts'
import * as constants from '../../../src/core/omf/constants.ts'
import { AddDaxdevMeta, FileMeta, InterleavedExtent, LOG_ENTRY_BYTES, LOG_HEADER_BYTES, LogEntry, LogFmap, LogHeader, MkdirMeta, SimpleExtent, slotCountOf } from '../../../src/core/omf/log.ts'
import type { Row } from '../../../src/core/omf/struct.ts'
import { DaxdevRecord, Superblock } from '../../../src/core/omf/superblock.ts'
import { printCount, propertyRuns } from '../../counts.ts'

interface Layout {
  structs: Record<string, { sizeof: number; align: number; fields: { name: string; offset: number; size: number }[] }>
  enums: Record<string, number>
  flags: Record<string, number>
  constants: Record<string, number | string>
  log_capacity: Record<string, { entries: number; last_index: number; tail_bytes_unused: number }>
}

const layout = JSON.parse(readFileSync(new URL('../../golden/layout.json', import.meta.url), 'utf8')) as Layout

interface AnyTable {
  name: string
  sizeBytes: number
  alignBytes: number
  offsetOf: (path: string) => number
  rows: (bytes?: Uint8Array) => Row[]
  decode: (bytes: Uint8Array) => unknown
}

const tables: Record<string, AnyTable> = {
  famfs_daxdev: DaxdevRecord,
  famfs_superblock: Superblock,
  famfs_log: LogHeader,
  famfs_log_entry: LogEntry,
  famfs_log_file_meta: FileMeta,
  famfs_log_mkdir: MkdirMeta,
  famfs_log_add_daxdev: AddDaxdevMeta,
  famfs_log_fmap: LogFmap,
  famfs_simple_extent: SimpleExtent,
  famfs_interleaved_ext: InterleavedExtent,
  fuse_famfs_fmap_header: FmapHeader,
  fuse_famfs_simple_ext: FmapExtent,
  fuse_famfs_iext: FmapInterleaved,
}

describe('sizes and offsets are the reference’s', () => {
  it('for every struct', () => {
    expect(Object.keys(tables).sort()).toEqual(Object.keys(layout.structs).sort())
  })

  it.each(Object.entries(layout.structs))('%s', (name, expected) => {
    const table = tables[name] as AnyTable
    expect({ sizeof: table.sizeBytes, align: table.alignBytes }).toEqual({ sizeof: expected.sizeof, align: expected.align })
    for (const field of expected.fields) {
      // Reserved fields are holes here, fmap_niext is the other name of fmap_nextents, and entries follow the header.
      if (/^(reserved\d?|entries)$/.test(field.name)) continue
      const path = field.name.replace('fmap_niext', 'fmap_nextents')
      expect([path, table.offsetOf(path)]).toEqual([path, field.offset])
      expect([path, sizeOf(table, path)]).toEqual([path, field.size])
    }
  })

  it('constants too', () => {
    const { FAMFS_SUPER_MAGIC, FAMFS_LOG_MAGIC, FAMFS_LOG_OFFSET, FAMFS_LOG_LEN, FAMFS_SUPERBLOCK_SIZE, FAMFS_ALLOC_UNIT, ...plain } = layout.constants
    expect([constants.SUPERBLOCK_MAGIC, constants.LOG_MAGIC]).toEqual([FAMFS_SUPER_MAGIC, FAMFS_LOG_MAGIC].map((text) => BigInt(text as string)))
    expect([constants.LOG_OFFSET_BYTES, constants.LOG_LEAST_BYTES, constants.SUPERBLOCK_REGION_BYTES, constants.ALLOC_UNIT_BYTES]).toEqual(
      [FAMFS_LOG_OFFSET, FAMFS_LOG_LEN, FAMFS_SUPERBLOCK_SIZE, FAMFS_ALLOC_UNIT].map(Number),
    )
    expect({
      FAMFS_CURRENT_VERSION: Number(constants.SUPERBLOCK_VERSION),
      FAMFS_OMF_VER_MAJOR: constants.OMF_VERSION_MAJOR,
      FAMFS_OMF_VER_MINOR: constants.OMF_VERSION_MINOR,
      FAMFS_DEVNAME_LEN: constants.DEVNAME_FIELD_BYTES,
      FAMFS_MAX_PATHLEN: constants.PATH_FIELD_BYTES,
      FAMFS_MAX_SIMPLE_EXTENTS: constants.EXTENTS_MOST,
      FAMFS_MAX_NBUCKETS: constants.BUCKETS_MOST,
    }).toMatchObject(pick(plain, ['FAMFS_CURRENT_VERSION', 'FAMFS_OMF_VER_MAJOR', 'FAMFS_OMF_VER_MINOR', 'FAMFS_DEVNAME_LEN', 'FAMFS_MAX_PATHLEN', 'FAMFS_MAX_SIMPLE_EXTENTS', 'FAMFS_MAX_NBUCKETS']))
    expect(layout.enums).toMatchObject({
      FAMFS_LOG_FILE: constants.ENTRY_FILE,
      FAMFS_LOG_MKDIR: constants.ENTRY_MKDIR,
      FAMFS_LOG_DELETE: constants.ENTRY_DELETE,
      FAMFS_LOG_ADD_DAXDEV: constants.ENTRY_ADD_DAXDEV,
      FAMFS_LOG_INVALID: constants.ENTRY_INVALID,
      FAMFS_EXT_SIMPLE: constants.EXT_SIMPLE,
      FAMFS_EXT_INTERLEAVE: constants.EXT_INTERLEAVED,
    })
    expect(layout.flags).toMatchObject({ FAMFS_FM_ALL_HOSTS_RW: constants.FLAG_ALL_HOSTS_RW })
  })

  it.each(Object.entries(layout.log_capacity))('a log of %s bytes', (length, expected) => {
    const entries = slotCountOf(Number(length))
    expect({ entries, last_index: entries - 1, tail_bytes_unused: Number(length) - LOG_HEADER_BYTES - entries * LOG_ENTRY_BYTES }).toEqual(expected)
  })

  it('a log too short for its header has no slot', () => {
    expect([slotCountOf(0), slotCountOf(47), slotCountOf(48 + 543), slotCountOf(48 + 544)]).toEqual([0, 0, 0, 1])
  })
})

describe('any bytes', () => {
  const bytesOf = (sizeBytes: number) => fc.uint8Array({ minLength: 0, maxLength: sizeBytes + 8 })

  it.each(Object.entries(tables))('%s decodes without throwing, and its rows cover every byte once', (_, table) => {
    const property = fc.property(bytesOf(table.sizeBytes), selectors, (bytes, selected) => {
      selected.forEach((value, i) => (bytes[SELECTOR_OFFSETS[i] as number] = value))
      table.decode(bytes)
      expect(spansOf(table.rows(bytes))).toEqual([[0, table.sizeBytes]])
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('are decoded wherever they begin, short ones as if zeros followed', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i)
    expect(SimpleExtent.decode(bytes, 3)).toEqual(SimpleExtent.decode(bytes.slice(3)))
    expect(SimpleExtent.decode(bytes, 295)).toEqual(SimpleExtent.decode(Uint8Array.of(39, 40, 41, 42, 43)))
    expect(SimpleExtent.decode(bytes, 999)).toEqual({ se_devindex: 0n, se_offset: 0n, se_len: 0n })
    printCount('structs decoded from any bytes', Object.keys(tables).length)
  })
})

describe('what is encoded is decoded', () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const u32 = fc.nat({ max: 2 ** 32 - 1 })
  const path = fc.string({ unit: 'grapheme', maxLength: 79 }).filter((text) => !text.includes('\0') && Buffer.byteLength(text) < 80 && text.isWellFormed())
  const extent = fc.record({ se_devindex: u64, se_offset: u64, se_len: u64 })
  const extents = fc.array(extent, { maxLength: 16 })
  const simple = extents.map((se) => ({ fmap_ext_type: 0, fmap_nextents: se.length, list: { se } }))
  const interleaved = fc.record({ ie_chunk_size: u64, ie_strips: extents }).map((ie) => ({
    fmap_ext_type: 1,
    fmap_nextents: 1,
    list: { ie: [{ ie_nstrips: BigInt(ie.ie_strips.length), ...ie }] },
  }))
  const file = fc.record({ fm_size: u64, fm_flags: u32, fm_uid: u32, fm_gid: u32, fm_mode: u32, fm_relpath: path, fm_fmap: fc.oneof(simple, interleaved) })
  const mkdir = fc.record({ md_uid: u32, md_gid: u32, md_mode: u32, md_relpath: path })
  const device = fc.record({ dd_size: u64, dd_uuid: fc.uuid(), dd_index: u32 })
  const entry = fc
    .oneof(
      file.map((famfs_fm) => ({ famfs_log_entry_type: 0, body: { famfs_fm } })),
      mkdir.map((famfs_md) => ({ famfs_log_entry_type: 1, body: { famfs_md } })),
      device.map((famfs_dd) => ({ famfs_log_entry_type: 3, body: { famfs_dd } })),
      fc.constantFrom(2, 4, 77).map((famfs_log_entry_type) => ({ famfs_log_entry_type, body: {} })),
    )
    .chain((body) => fc.record({ famfs_log_entry_seqnum: u64, famfs_log_entry_crc: u64 }).map((ends) => ({ ...body, ...ends })))

  it('a log entry, into any place, leaving the bytes around it alone', () => {
    const property = fc.property(entry, fc.nat({ max: 40 }), (value, at) => {
      const target = new Uint8Array(544 + 60).fill(0xaa)
      LogEntry.encodeAt(value, target, at)
      expect(LogEntry.decode(target, at)).toEqual(value)
      expect(target.subarray(at, at + 544)).toEqual(LogEntry.encode(value))
      expect([...target.subarray(0, at), ...target.subarray(at + 544)].every((byte) => byte === 0xaa)).toBe(true)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('a superblock', () => {
    const name = fc.string({ maxLength: 63 }).filter((text) => !text.includes('\0') && Buffer.byteLength(text) < 64)
    const superblock = fc.record({
      ts_magic: u64, ts_version: u64, ts_log_offset: u64, ts_log_len: u64, ts_alloc_unit: u64, ts_omf_ver_major: u32, ts_omf_ver_minor: u32,
      ts_uuid: fc.uuid(), ts_dev_uuid: fc.uuid(), ts_system_uuid: fc.uuid(), ts_crc: u64, ts_sb_flags: u32,
      ts_daxdev: fc.record({ dd_size: u64, dd_uuid: fc.uuid(), dd_daxdev: name }),
    })
    const property = fc.property(superblock, (value) => void expect(Superblock.decode(Superblock.encode(value))).toEqual(value))
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('holes are written as zero, whatever was there', () => {
    const target = new Uint8Array(544).fill(0xff)
    LogEntry.encodeAt({ famfs_log_entry_seqnum: 0n, famfs_log_entry_type: 1, body: { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0, md_relpath: 'a' } }, famfs_log_entry_crc: 0n }, target)
    expect([...target].filter((byte) => byte !== 0)).toEqual([1, 'a'.charCodeAt(0)])
  })

  it('a path that leaves no room for its NUL is our own mistake', () => {
    const directory = { md_uid: 0, md_gid: 0, md_mode: 0, md_relpath: 'é'.repeat(40) }
    expect(() => MkdirMeta.encode(directory)).toThrow('leaves room for its NUL')
  })
})

/** Offsets of the low bytes of what selects or counts, in a log entry and in each of its parts. */
const SELECTOR_OFFSETS = [8, 0, 120, 128, 136, 104, 112]
const selectors = fc.array(fc.constantFrom(0, 1, 3, 15, 16, 17, 255), { minLength: SELECTOR_OFFSETS.length, maxLength: SELECTOR_OFFSETS.length })

/** Rows that follow on one another become one span: [from, to]. */
function spansOf(rows: Row[]): number[][] {
  const spans: number[][] = []
  for (const row of rows.toSorted((a, b) => a.offsetBytes - b.offsetBytes)) {
    const last = spans.at(-1)
    if (last?.[1] === row.offsetBytes) last[1] = row.offsetBytes + row.sizeBytes
    else spans.push([row.offsetBytes, row.offsetBytes + row.sizeBytes])
  }
  return spans
}

/** Of a field that may hold others: from its first leaf to the end of its last, or all of an array by its first element. */
function sizeOf(table: AnyTable, path: string): number {
  const inside = table.rows().filter((row) => row.path === path || row.path.startsWith(`${path}.`) || row.path.startsWith(`${path}[`))
  if (inside.length === 0) return 0
  const sizes: Record<string, number> = { se: 16 * 24, ie: 400, ie_strips: 16 * 24, fm_fmap: 416, famfs_fm: 520 }
  const known = sizes[path.slice(path.lastIndexOf('.') + 1)]
  if (known !== undefined) return known
  return Math.max(...inside.map((row) => row.offsetBytes + row.sizeBytes)) - Math.min(...inside.map((row) => row.offsetBytes))
}

function pick(from: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]))
}
