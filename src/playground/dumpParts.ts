// From what was chosen or dropped to the bytes of a device: one file with its first megabytes, or the two meta files, which
// are told apart by their magic and not by their names. What is no dump is refused with a sentence that says what it is.

import { GIB, MIB, toSafeNumber } from '../core/base/align.ts'
import { failLate } from '../core/base/late.ts'
import { type Failure, ok, type Result } from '../core/base/result.ts'
import { ALLOC_UNIT_BYTES, LOG_LEAST_BYTES, LOG_MAGIC, LOG_OFFSET_BYTES, SMALL_ALLOC_UNIT_BYTES, SUPERBLOCK_MAGIC, SUPERBLOCK_REGION_BYTES, SUPERBLOCK_VERSION } from '../core/omf/constants.ts'
import { LOG_HEADER_BYTES, LogHeader } from '../core/omf/log.ts'
import { Superblock } from '../core/omf/superblock.ts'
import { type FileStart, readStart } from './dumpFiles.ts'
import { whatItIs } from './dumpKinds.ts'

export interface DumpParts {
  name: string
  form: 'raw' | 'gzip' | 'meta'
  /** From the start of the device. */
  bytes: Uint8Array<ArrayBuffer>
  notes: string[]
  /** Where a file ends before what it must hold does, in words: zeros stand for the rest, and nobody can tell what they were. */
  cuts: string[]
}

export type DumpReason = 'not_a_dump' | 'dump_unreadable' | 'no_memory'

/** More of a device than this is not kept: superblock and any log are far shorter. */
const KEPT_MOST_BYTES = GIB
/** Enough to tell what a file is. */
const HEAD_BYTES = LOG_OFFSET_BYTES + LOG_HEADER_BYTES
const SECONDARY = 2

type Kind = 'device' | 'superblock' | 'log' | 'secondary' | 'else'

interface Looked {
  file: File
  head: FileStart
  kind: Kind
}

export async function partsOf(files: readonly File[]): Promise<Result<DumpParts, DumpReason>> {
  const [first, second] = files
  if (!first) return failLate('not_a_dump', { name: 'The choice', what: 'holds no file', next: EXPECTED })
  if (files.length > 2) return failLate('not_a_dump', { name: `${files.length} files`, what: 'are more than one dump', next: 'Open one image, or the two meta files of one device.' })
  const one = await look(first)
  if (!one.ok) return one
  if (!second) return single(one.value)
  const other = await look(second)
  return other.ok ? pair(one.value, other.value) : other
}

async function look(file: File): Promise<Result<Looked, DumpReason>> {
  const head = await readStart(file, HEAD_BYTES)
  return head.ok ? ok({ file, head: head.value, kind: kindOf(head.value.bytes) }) : head
}

async function single({ file, head, kind }: Looked): Promise<Result<DumpParts, DumpReason>> {
  const refused = refusalOf(file.name, head, kind)
  if (refused) return { ok: false, failure: refused }
  const read = await readStart(file, KEPT_MOST_BYTES)
  if (!read.ok) return read
  const { bytes, form } = read.value
  return ok({ name: file.name, form, bytes, notes: notesOf(file.name, read.value), cuts: [] })
}

/** Undefined for what can be opened by itself. */
function refusalOf(name: string, { bytes, form, trouble }: FileStart, kind: Kind): Failure<DumpReason> | undefined {
  const half = (what: string, next: string): Failure<DumpReason> => failLate('not_a_dump', { name, what, next }).failure
  if (kind === 'device') return undefined
  if (kind === 'log') return half('is a log without its superblock: it is what a mount shows as .meta/.log', 'Open it together with .meta/.superblock of the same mount.')
  if (kind === 'superblock') {
    const what = bytes.length < Superblock.sizeBytes ? `ends inside the superblock, after ${bytes.length} bytes` : `is a superblock without its log, which begins at byte ${LOG_OFFSET_BYTES}: it is what a mount shows as .meta/.superblock`
    return half(what, `Open it together with .meta/.log of the same mount, or dump more of the device. ${adviceFor(bytes)}`)
  }
  if (kind === 'secondary') {
    const { ts_uuid, ts_dev_uuid } = Superblock.decode(bytes)
    return half(`begins with the superblock of a secondary device, ${ts_dev_uuid} of the file system ${ts_uuid}: that has no log`, 'Open a dump of the primary device: the log of the file system is there.')
  }
  const found = whatItIs(name, bytes)
  const what = form === 'raw' ? found : bytes.length === 0 ? `is gzip that gives nothing${trouble === undefined ? '' : ': it ends too early'}` : `is gzip, and what is in it ${found}`
  return failLate('not_a_dump', { name, what, next: EXPECTED }).failure
}

async function pair(one: Looked, other: Looked): Promise<Result<DumpParts, DumpReason>> {
  const sorted = rolesOf(one, other)
  if (!sorted) return notAPair(one, other)
  const superblock = await readStart(sorted.superblock.file, SUPERBLOCK_REGION_BYTES)
  if (!superblock.ok) return superblock
  const log = await readStart(sorted.log.file, KEPT_MOST_BYTES)
  if (!log.ok) return log
  // The log stands where every reader of famfs looks for it.
  const bytes = new Uint8Array(LOG_OFFSET_BYTES + log.value.bytes.length)
  bytes.set(superblock.value.bytes)
  bytes.set(log.value.bytes, LOG_OFFSET_BYTES)
  const names = [sorted.superblock.file.name, sorted.log.file.name] as const
  const notes = [...notesOf(names[0], { ...superblock.value, more: false }), ...notesOf(names[1], log.value)]
  const cuts = [...cutOf(names[0], superblock.value, Superblock.sizeBytes, 'the superblock'), ...cutOf(names[1], log.value, LOG_HEADER_BYTES, 'the log header')]
  return ok({ name: names.join(' and '), form: 'meta', bytes, notes, cuts })
}

function cutOf(name: string, { bytes }: FileStart, neededBytes: number, what: string): string[] {
  return bytes.length < neededBytes ? [`${name} ends inside ${what}, after ${bytes.length} of its ${neededBytes} bytes`] : []
}

interface Roles {
  superblock: Looked
  log: Looked
}

/** By magic; where one magic is damaged, by the other and by a length that fits. */
function rolesOf(one: Looked, other: Looked): Roles | undefined {
  for (const [superblock, log] of [[one, other], [other, one]] as const) {
    const hasSuperblock = superblock.kind === 'superblock' || superblock.kind === 'secondary'
    if (hasSuperblock && log.kind === 'log') return { superblock, log }
    if (superblock.kind === 'else' && log.kind === 'log' && looksLikeSuperblock(superblock.head.bytes)) return { superblock, log }
    if (superblock.kind === 'superblock' && log.kind === 'else' && looksLikeLog(log.head.bytes)) return { superblock, log }
  }
  return undefined
}

function notAPair(one: Looked, other: Looked): Result<never, 'not_a_dump'> {
  const what = `and ${other.file.name} don’t belong together: the one ${wordsFor(one)}, the other ${wordsFor(other)}`
  return failLate('not_a_dump', { name: one.file.name, what, next: 'Open .meta/.superblock and .meta/.log of the same mount together, or one image by itself.' })
}

function wordsFor({ file, head, kind }: Looked): string {
  if (kind === 'else') return whatItIs(file.name, head.bytes)
  return { device: 'is a dump by itself', superblock: 'is a superblock', secondary: 'is the superblock of a secondary device', log: 'is a log' }[kind]
}

function kindOf(bytes: Uint8Array): Kind {
  const atStart = LogHeader.decode(bytes.subarray(0, LOG_HEADER_BYTES))
  if (atStart.famfs_log_magic === LOG_MAGIC) return 'log'
  const superblock = Superblock.decode(bytes)
  const hasMagic = superblock.ts_magic === SUPERBLOCK_MAGIC
  if (hasMagic && superblock.ts_sb_flags === SECONDARY && superblock.ts_log_len === 0n) return 'secondary'
  const hasLog = bytes.length >= HEAD_BYTES
  if (hasMagic) return hasLog ? 'device' : 'superblock'
  const logThere = hasLog && LogHeader.decode(bytes.subarray(LOG_OFFSET_BYTES)).famfs_log_magic === LOG_MAGIC
  return hasLog && (logThere || looksLikeSuperblock(bytes)) ? 'device' : 'else'
}

/** What mkfs writes beside the magic: two of three must be right, since something is wrong with it anyway. */
function looksLikeSuperblock(bytes: Uint8Array): boolean {
  const { ts_version, ts_log_offset, ts_alloc_unit } = Superblock.decode(bytes)
  const units = [BigInt(ALLOC_UNIT_BYTES), BigInt(SMALL_ALLOC_UNIT_BYTES)]
  return [ts_version === SUPERBLOCK_VERSION, ts_log_offset === BigInt(LOG_OFFSET_BYTES), units.includes(ts_alloc_unit)].filter(Boolean).length >= 2
}

function looksLikeLog(bytes: Uint8Array): boolean {
  const { famfs_log_len, famfs_log_last_index } = LogHeader.decode(bytes)
  return famfs_log_len >= BigInt(LOG_LEAST_BYTES) && famfs_log_last_index > 0n && famfs_log_last_index * 544n < famfs_log_len
}

function notesOf(name: string, { more, trouble }: FileStart): string[] {
  const notes = trouble === undefined ? [] : [`The archive ${name} ${trouble}.`]
  return more ? [...notes, `${name} holds more than 1 GiB; what comes after that was left out.`] : notes
}

/** How to make a dump that is long enough, where the superblock says how long its log is. */
export function adviceFor(bytes: Uint8Array): string {
  const logBytes = toSafeNumber(Superblock.decode(bytes).ts_log_len) ?? 0
  const known = logBytes >= LOG_LEAST_BYTES && logBytes <= KEPT_MOST_BYTES
  return adviceOf(Math.ceil((LOG_OFFSET_BYTES + (known ? logBytes : LOG_LEAST_BYTES)) / MIB))
}

function adviceOf(sizeMib: number): string {
  return `From a pmem device: dd if=/dev/pmem0 of=dump.img bs=1M count=${sizeMib}. A devdax device can’t be read by dd: copy MOUNTPOINT/.meta/.superblock and MOUNTPOINT/.meta/.log from a host that has it mounted, and open both together.`
}

const EXPECTED = `Expected is the start of a famfs device, raw or gzip: superblock and log, usually 10 MiB. ${adviceOf(10)}`
