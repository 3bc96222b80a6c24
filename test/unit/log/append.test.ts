// The short ways give what the tables give: bytes of the usual file, and checksums of entries that end in zeros.

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FileFacts, logFileMetaOf } from '../../../src/core/fmap/fmap.ts'
import { fileEntry, mkdirEntry } from '../../../src/core/log/append.ts'
import { checkLogEntry, entrySum, logEntryCrc } from '../../../src/core/omf/check.ts'
import { LogEntry, LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_ENTRY_TAIL_OFFSET } from '../../../src/core/omf/log.ts'
import { propertyRuns } from '../../counts.ts'

const u32 = fc.nat({ max: 2 ** 32 - 1 })
const size = fc.nat({ max: 2 ** 53 - 1 })
const path = fc.oneof(fc.string({ minLength: 1, maxLength: 79 }), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 79 })).filter((text) => Buffer.byteLength(text) < 80 && !text.includes('\0') && text.isWellFormed())
const extents = fc.array(fc.record({ devindex: u32, offsetBytes: size, lengthBytes: size }), { minLength: 1, maxLength: 16 })
const file: fc.Arbitrary<FileFacts> = fc.record({
  path,
  mode: u32,
  uid: u32,
  gid: u32,
  map: fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('simple' as const), sizeBytes: size, extents: extents.map((each) => each.slice(0, 1)) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('simple' as const), sizeBytes: size, extents }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('interleaved' as const), sizeBytes: size, chunkBytes: fc.constantFrom(4096, 2 ** 21), strips: extents }) },
  ),
})

function byTable(index: number, type: number, body: LogEntry['body']): Uint8Array {
  const entry = LogEntry.encode({ famfs_log_entry_seqnum: BigInt(index), famfs_log_entry_type: type, body, famfs_log_entry_crc: 0n })
  new DataView(entry.buffer).setBigUint64(LOG_ENTRY_CRC_OFFSET, logEntryCrc(entry), true)
  return entry
}

it('a file entry', () => {
  const property = fc.property(file, fc.nat({ max: 2 ** 40 }), (facts, index) => {
    expect(Buffer.compare(fileEntry(index, facts), byTable(index, 0, { famfs_fm: logFileMetaOf(facts) }))).toBe(0)
  })
  fc.assert(property, { numRuns: propertyRuns.cheap })
})

it('a directory entry', () => {
  const property = fc.property(path, u32, u32, fc.nat({ max: 2 ** 40 }), (md_relpath, md_mode, uid, index) => {
    const body = { famfs_md: { md_uid: uid, md_gid: 7, md_mode, md_relpath } }
    expect(Buffer.compare(mkdirEntry(index, { path: md_relpath, mode: md_mode, uid, gid: 7 }), byTable(index, 1, body))).toBe(0)
  })
  fc.assert(property, { numRuns: propertyRuns.usual })
})

it('the checksum of any entry, whatever is in its tail', () => {
  const tail = fc.nat({ max: LOG_ENTRY_CRC_OFFSET - 1 - LOG_ENTRY_TAIL_OFFSET })
  const property = fc.property(file, fc.nat({ max: 2 ** 40 }), fc.option(fc.record({ at: tail, byte: fc.nat({ max: 255 }) })), fc.constantFrom(0, 3, LOG_ENTRY_BYTES), (facts, index, changed, at) => {
    const bytes = new Uint8Array(2 * LOG_ENTRY_BYTES)
    bytes.set(fileEntry(index, facts), at)
    const entry = bytes.subarray(at, at + LOG_ENTRY_BYTES)
    const before = logEntryCrc(entry)
    if (changed) entry[LOG_ENTRY_TAIL_OFFSET + changed.at] = changed.byte
    const view = new DataView(bytes.buffer)
    expect(BigInt(entrySum(view, at))).toBe(logEntryCrc(entry))
    expect(checkLogEntry(view, at, index).crcGood).toBe(logEntryCrc(entry) === before)
  })
  fc.assert(property, { numRuns: propertyRuns.cheap })
})
