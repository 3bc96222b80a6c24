// FORMAT.md comes from the tables that read and write the bytes, so it can't say anything else than the code does. Only
// the prose between the tables is written here; a constant without a meaning doesn't compile.

import { MIB } from '../../../src/core/base/align.ts'
import { IoctlExtent, IoctlInterleaved, IoctlMap42, IoctlMap43 } from '../../../src/core/fuse/ioctlMessages.ts'
import { IomapBegin, IomapEntry, IomapInval } from '../../../src/core/fuse/iomapMessages.ts'
import { DaxdevReply, DaxdevRequest, FmapExtent, FmapHeader, FmapInterleaved, FmapProbe } from '../../../src/core/fuse/messages.ts'
import { FmapPageEnd, FmapPageRequest } from '../../../src/core/fuse/pagedMessages.ts'
import { ProgramDaxdev, ProgramInit, ProgramInitReply, ProgramOpen, ProgramOpenReply, ProgramTable } from '../../../src/core/fuse/programMessages.ts'
import * as constants from '../../../src/core/omf/constants.ts'
import {
  AddDaxdevMeta, FileMeta, InterleavedExtent, LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, LOG_HEADER_CRC_OFFSET, LogEntry, LogFmap,
  LogHeader, MkdirMeta, SimpleExtent, slotCountOf,
} from '../../../src/core/omf/log.ts'
import type { Field, Row, Shape } from '../../../src/core/omf/struct.ts'
import { DaxdevRecord, Superblock, SUPERBLOCK_CRC_OFFSET } from '../../../src/core/omf/superblock.ts'

interface Table {
  name: string
  sizeBytes: number
  fields: object
  rows: () => Row[]
}

type Constant = Exclude<keyof typeof constants, 'ENTRY_TYPE_NAMES'>

const MEANINGS: Record<Constant, string> = {
  SUPERBLOCK_MAGIC: 'first 8 bytes of a formatted device',
  SUPERBLOCK_VERSION: 'version of the superblock, the only one understood',
  OMF_VERSION_MAJOR: 'on-media format, major; not judged',
  OMF_VERSION_MINOR: 'on-media format, minor; not judged',
  SUPERBLOCK_REGION_BYTES: 'from the start of the device; the superblock is its first 200 bytes',
  PRIMARY_FLAG: 'ts_sb_flags of the primary where a file system has several devices',
  SECONDARY_FLAG: 'ts_sb_flags of its other devices, which have no log',
  LOG_MAGIC: 'first 8 bytes of the log',
  LOG_OFFSET_BYTES: 'where the log begins',
  LOG_LEAST_BYTES: 'shortest log, and the default; a length is a power of two',
  ALLOC_UNIT_BYTES: 'allocation unit that mkfs writes',
  SMALL_ALLOC_UNIT_BYTES: 'the other allocation unit that is accepted',
  ENTRY_FILE: 'log entry: a file',
  ENTRY_MKDIR: 'log entry: a directory',
  ENTRY_DELETE: 'log entry: never written',
  ENTRY_ADD_DAXDEV: 'log entry: a further device',
  ENTRY_INVALID: 'log entry: never written',
  EXT_SIMPLE: 'map: a list of extents, one after the other',
  EXT_INTERLEAVED: 'map: chunks in turn over strips',
  FLAG_ALL_HOSTS_RW: 'fm_flags, always written so',
  PATH_FIELD_BYTES: 'path field, its NUL included',
  PATH_MOST_BYTES: 'longest path',
  DEVNAME_FIELD_BYTES: 'device name field, its NUL included',
  EXTENTS_MOST: 'extents of a simple map',
  STRIPS_MOST: 'strips of an interleaved map',
  BUCKETS_MOST: 'buckets that strips are allocated from',
  DAXDEVS_MOST: 'devices beside the primary; a limit of ours',
}

const HEX = /MAGIC|OFFSET/

export function formatDocument(): string {
  return [
    `# The famfs on-media format, version ${constants.OMF_VERSION_MAJOR}.${constants.OMF_VERSION_MINOR}

This page is generated from the tables in \`src/core/omf\` that read and write these bytes: \`npm run format-doc\` writes it,
and a test fails when it is stale. Don't edit it.

A device holds the superblock in its first ${mib(constants.SUPERBLOCK_REGION_BYTES)}, then the log, then file data in whole allocation units. All integers are
little-endian. A UUID is 16 raw bytes in the order they are written as text. Text is UTF-8, ends with a NUL and is filled
up with NULs. Offsets count from the start of the struct, in bytes. Padding and unused slots are written as zero.`,
    section('Superblock', 'At byte 0 of the primary device. mkfs clears the magic first and writes it last.', Superblock),
    section('', 'The device record in it:', DaxdevRecord),
    section('Log header', `At byte ${hex(constants.LOG_OFFSET_BYTES)}. The entries follow at once; entry i begins ${LOG_HEADER_BYTES} + ${LOG_ENTRY_BYTES} × i bytes into the log.`, LogHeader),
    section('Log entry', 'One file, directory or device. The entry is written and flushed first, then the header that counts it.', LogEntry),
    section('', 'The body of a file (type 0):', FileMeta),
    section('', 'Its map:', LogFmap),
    section('', 'An extent, and a strip too:', SimpleExtent),
    section('', 'An interleaved extent. Byte x is in chunk k = x / chunk size, which is in strip k mod n at (k / n) × chunk size:', InterleavedExtent),
    section('', 'The body of a directory (type 1). Its path is not aligned to 8, unlike a file’s:', MkdirMeta),
    section('', 'The body of a further device (type 3):', AddDaxdevMeta),
    absolute(),
    checksums(),
    capacities(),
    constantTable(),
    section('File-map message', 'Not on the media: what the daemon answers to GET_FMAP. A header, then one record per extent;\nor one interleaved record, then one extent record per strip.', FmapHeader),
    section('', 'An extent or strip:', FmapExtent),
    section('', 'An interleaved record:', FmapInterleaved),
    section('', 'What the unrolling kernel asks with. Where its buffer is too small, the header comes alone:', FmapProbe),
    section('', 'What the paged kernel asks with; this form is ours. The answer is a header and extent records:', FmapPageRequest),
    section('', 'Behind the last extent of each page:', FmapPageEnd),
    section('Mapping messages', 'A kernel with a cache of mappings; all of it ours. IOMAP_BEGIN, on a miss:', IomapBegin),
    section('', 'A mapping. The answer to IOMAP_BEGIN is one or more of them, and so is the notice UPSERT:', IomapEntry),
    section('', 'INVAL, a notice: a range is no longer where it was:', IomapInval),
    section('Device message', 'GET_DAXDEV: the kernel has an index, the daemon knows the name on this host.', DaxdevRequest),
    section('', 'The answer:', DaxdevReply),
    section('Map ioctls', 'How tools hand a map to the standalone module. MAP_CREATE and MAP_GET, ABI 42:', IoctlMap42),
    section('', 'MAP_CREATE v2 and MAP_GET v2, ABI 43. A pointer is a byte offset into the message here:', IoctlMap43),
    section('', 'An extent or strip:', IoctlExtent),
    section('', 'An interleaved extent:', IoctlInterleaved),
    section('Program messages', 'A kernel that runs programs ([docs/PROGRAM.md](docs/PROGRAM.md)); all of it ours. At mount it says INIT:', ProgramInit),
    section('', 'The answer, followed by its devices:', ProgramInitReply),
    section('', 'A device:', ProgramDaxdev),
    section('', 'OPEN, at the first access of a file:', ProgramOpen),
    section('', 'The answer:', ProgramOpenReply),
    section('', 'TABLE, a notice: ranges follow as extent records, then cells of 8 bytes. PROGRAM is the source as UTF-8 and nothing else.', ProgramTable),
  ].join('\n\n').concat('\n')
}

function section(title: string, prose: string, table: Table): string {
  const heading = title === '' ? [] : [`## ${title}`]
  return [...heading, prose, `\`${table.name}\`, ${table.sizeBytes} bytes:`, fieldTable(table)].join('\n\n')
}

function fieldTable({ fields }: Table): string {
  const lines: string[][] = []
  let at = 0
  for (const [name, field] of Object.entries(fields as Record<string, Field<unknown>>)) {
    lines.push(...fieldLines(name, at, field.sizeBytes, field.shape))
    at += field.sizeBytes
  }
  return tableText(['offset', 'size', 'field', 'type', 'meaning'], lines)
}

function fieldLines(name: string, at: number, sizeBytes: number, shape: Shape): string[][] {
  const line = (type: string, meaning: string): string[][] => [[String(at), String(sizeBytes), code(name), type, meaning]]
  switch (shape.what) {
    case 'leaf':
      return shape.kind === 'unused' ? [[String(at), String(sizeBytes), '', 'unused', shape.doc]] : line(shape.kind, shape.doc)
    case 'nested':
      return line(code(shape.of), shape.doc)
    case 'array':
      return line(`${code(shape.of)} × ${shape.count}`, shape.used === undefined ? '' : `the first ${code(shape.used)} are in use`)
    case 'choice':
      return shape.variants.flatMap((variant) =>
        fieldLines(variant.key, at, variant.sizeBytes, variant.shape).map((cells) => cells.with(4, joined(`if ${code(shape.selector)} is ${variant.value}`, cells[4]))),
      )
    default:
      return shape satisfies never
  }
}

/** Where everything lies within an entry, as the hex view shows it. */
function absolute(): string {
  const bodies = ['famfs_fm', 'famfs_md', 'famfs_dd'].map((key) => {
    const rows = LogEntry.rows().filter((row) => row.path.startsWith(`${key}.`) && row.kind !== 'unused')
    return tableText(['offset in the entry', 'size', 'field', 'type'], rows.map((row) => [String(row.offsetBytes), String(row.sizeBytes), code(row.path), row.kind]))
  })
  return ['## Offsets within a log entry', 'The first of each array stands for all.', ...bodies].join('\n\n')
}

function checksums(): string {
  const line = (what: string, source: Table, crcAt: number, storedAt: string): string[] => {
    const outside = source.rows().filter((row) => row.offsetBytes > crcAt && row.kind !== 'unused').map((row) => code(row.path))
    return [what, storedAt, `0 to ${crcAt - 1}`, outside.length === 0 ? 'nothing' : outside.join(', ')]
  }
  return [
    '## Checksums',
    'All three are the common CRC-32 (zlib): reflected polynomial 0xEDB88320, initial and final XOR 0xFFFFFFFF; the checksum of\n"123456789" is 0xCBF43926. It is zero-extended into an 8-byte field, and the whole field is compared.',
    tableText(['of', 'stored at', 'covers bytes', 'outside it'], [
      line('superblock', Superblock, SUPERBLOCK_CRC_OFFSET, String(SUPERBLOCK_CRC_OFFSET)),
      line('log header', LogHeader, LOG_HEADER_CRC_OFFSET, String(LOG_HEADER_CRC_OFFSET)),
      line('log entry', LogEntry, LOG_ENTRY_CRC_OFFSET, String(LOG_ENTRY_CRC_OFFSET)),
    ]),
  ].join('\n\n')
}

function capacities(): string {
  const lines = [8, 16, 32, 64, 128, 256].map((length) => {
    const lengthBytes = length * MIB
    const slots = slotCountOf(lengthBytes)
    return [`${length} MiB`, String(slots), String(slots - 1), String(lengthBytes - LOG_HEADER_BYTES - slots * LOG_ENTRY_BYTES)]
  })
  return ['## Capacities', 'The log is full when `famfs_log_next_index` is greater than `famfs_log_last_index`.', tableText(['log', 'entries', 'last index', 'bytes unused at the end'], lines)].join('\n\n')
}

function constantTable(): string {
  const values = new Map<string, unknown>(Object.entries(constants))
  const lines = Object.entries(MEANINGS).map(([name, meaning]) => {
    const value = values.get(name) as number | bigint
    return [code(name), HEX.test(name) ? hex(value) : String(value), meaning]
  })
  return ['## Constants', 'By their names in `src/core/omf/constants.ts`.', tableText(['name', 'value', 'meaning'], lines)].join('\n\n')
}

function tableText(heads: string[], lines: string[][]): string {
  const row = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(heads), row(heads.map(() => '---')), ...lines.map(row)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function joined(first: string, second: string | undefined): string {
  return second ? `${first}; ${second}` : first
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`
}

function mib(valueBytes: number): string {
  return `${valueBytes / MIB} MiB`
}
