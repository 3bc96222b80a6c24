// Judges log entries one after the other, as they were appended: its own bytes, its path among those before it, its map,
// and the space that the map takes. A bad entry is named and left out of everything else.

import { UnitBitmap } from '../core/alloc/bitmap.ts'
import { unitsOf } from '../core/base/align.ts'
import { normalizedPath, parentOf } from '../core/base/path.ts'
import { type Extent as MapExtent, fmapOf } from '../core/fmap/fmap.ts'
import { extentsOfMeta, spanOf } from '../core/fs/claims.ts'
import { DaxdevTable, daxdevOf, lookForDaxdev, secondaryReservedUnits } from '../core/log/daxdevs.ts'
import type { EntryWindow } from '../core/log/entries.ts'
import { entryOffset } from '../core/log/layout.ts'
import { lackWords } from '../core/base/lack.ts'
import type { Memory } from '../core/mem/memory.ts'
import { checkLogEntry } from '../core/omf/check.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_FILE, ENTRY_MKDIR, ENTRY_TYPE_NAMES, LOG_OFFSET_BYTES } from '../core/omf/constants.ts'
import type { Superblock } from '../core/omf/superblock.ts'
import { LOG_ENTRY_BYTES, type LogEntry, type LogFileMeta } from '../core/omf/log.ts'
import type { Findings, Place } from './problemFindings.ts'
import { sizeText } from './sentences.ts'

export interface Ground {
  memory: Memory
  /** Devices beside the primary that are here. */
  others: readonly Memory[]
  superblock: Superblock
  unitBytes: number
  deviceBytes: number
  unitCount: number
  /** Units that superblock and log take. */
  reservedCount: number
  entryCount: number
}

/** A device of the file system, as far as the log has told of it. */
interface Judged {
  /** Undefined for one that isn't here. */
  memory: Memory | undefined
  sizeBytes: number
  bitmap: UnitBitmap
  /** Units that superblock and log take. */
  reservedCount: number
}

/** Units that an entry takes on a device. */
interface Span {
  devindex: number
  entryIndex: number
  path: string
  first: number
  end: number
}

/** Units that an entry shares with an earlier one. */
interface Shared {
  other: Span
  first: number
  count: number
}

/** Comparisons between two looks at the clock. */
const PIECE_STEPS = 20_000
/** So many entries with shared units are paired with those that they share them with; the rest are only counted. */
const PAIRED_MOST = 500

const COPY_OUT = 'Writing one changes the other, and no entry can be taken back. Copy the files out, then format again.'
const COPIED = 'Hosts use none of them, since nothing says which one others use. Detach the copies from each host, then mount there.'
const LOST = 'Its superblock is damaged, or it was formatted for another file system. Hosts that mount now have no way to its files; copy out the others, then format again.'
const REFUSED = 'Hosts skip it when they play the log, and go on. Look at its fields; to be rid of it, format again.'

export class EntryJudge {
  readonly #ground: Ground
  readonly #findings: Findings
  /** By their index in the file system. */
  readonly #devices: Judged[]
  readonly #table: DaxdevTable
  /** By normalized path: what stands there, and since which entry. */
  readonly #paths = new Map<string, { kind: 'file' | 'directory'; entryIndex: number }>()
  readonly #spans: Span[] = []
  /** Indices of spans that took what was taken. */
  readonly #sharing: number[] = []

  constructor(ground: Ground, findings: Findings) {
    this.#ground = ground
    this.#findings = findings
    const { memory, superblock, unitBytes, unitCount, deviceBytes, reservedCount } = ground
    this.#table = new DaxdevTable({ superblock, unitBytes, deviceBytes })
    this.#devices = [judgedDevice(memory, deviceBytes, unitCount, reservedCount)]
  }

  get freeUnitCount(): number {
    return this.#devices.reduce((sum, { bitmap }) => sum + bitmap.unitCount - bitmap.usedCount, 0)
  }

  get hasUnits(): boolean {
    return this.#devices.some(({ bitmap }) => bitmap.unitCount > 0)
  }

  /** @param window holds the entry */
  judge(window: EntryWindow, index: number): void {
    if (window.troubleOf(index) !== undefined) return this.#bad(window, index)
    const type = window.typeOf(index)
    if (type === ENTRY_FILE) this.#file(window, index)
    else if (type === ENTRY_MKDIR) this.#directory(window.decode(index), index)
    else if (type === ENTRY_ADD_DAXDEV) this.#daxdev(window.decode(index), index)
    else {
      const name = ENTRY_TYPE_NAMES[type]
      this.#findings.add('note', 'type', `entry ${index} is of type ${type}${name === undefined ? ', which means nothing' : ` (${name})`}`, 'No host does anything with it. It is the bytes of a slot and no more.', this.#placeOf(index))
    }
  }

  /** After the last entry: who shares units with whom. */
  *findPartners(): Generator<undefined, void, void> {
    for (const at of this.#sharing.slice(0, PAIRED_MOST)) {
      const span = this.#spans[at] as Span
      const pairs = new Map<number, Shared>()
      for (let i = 0; i < at; i++) {
        if (i % PIECE_STEPS === PIECE_STEPS - 1) yield
        addShared(pairs, span, this.#spans[i] as Span)
      }
      for (const pair of pairs.values()) this.#shares(span, at, pair)
      yield
    }
    for (const at of this.#sharing.slice(PAIRED_MOST)) this.#shares(this.#spans[at] as Span, at, undefined)
  }

  #shares(span: Span, at: number, pair: Shared | undefined): void {
    const { unitBytes } = this.#ground
    const [id, place] = [`shares-${at}-${pair?.other.entryIndex ?? ''}`, this.#placeOf(span.entryIndex)]
    if (!pair) return this.#findings.add('error', id, `${entryText(span.entryIndex, span.path)} takes units that others have`, COPY_OUT, place)
    const { other, count, first } = pair
    const on = span.devindex === 0 ? '' : ` of device ${span.devindex}`
    const what = `${count === 1 ? '1 unit' : `${count.toLocaleString('en')} units`} (${sizeText(count * unitBytes)} at 0x${(first * unitBytes).toString(16)}${on})`
    const says = other.entryIndex === span.entryIndex
      ? `${entryText(span.entryIndex, span.path)} has ${what} twice in its own map`
      : `${entryText(span.entryIndex, span.path)} and ${entryText(other.entryIndex, other.path)} share ${what}`
    this.#findings.add('error', id, says, COPY_OUT, this.#seen(span.devindex, first * unitBytes, count * unitBytes, place))
  }

  #bad(window: EntryWindow, index: number): void {
    const bytes = window.bytes(index)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const { seqnumGood, crcGood } = checkLogEntry(view, 0, index)
    const { famfs_fm: file, famfs_md: directory } = window.decode(index).body
    const who = entryText(index, file?.fm_relpath ?? directory?.md_relpath ?? '')
    const wrong = [
      crcGood ? '' : 'has a wrong checksum: its bytes are not those that were logged',
      seqnumGood ? '' : `has sequence number ${view.getBigUint64(0, true)} where ${index} belongs`,
    ].filter(Boolean)
    const behind = this.#ground.entryCount - index - 1
    const lost = behind === 0 ? 'it' : behind === 1 ? 'it and the entry behind it' : `it and the ${behind.toLocaleString('en')} entries behind it`
    this.#findings.add('error', 'bad', `${who} ${wrong.join(', and ')}`, `Hosts that have not played ${lost} never will: logplay stops here. Copy out what they still have, then format again.`, this.#placeOf(index))
  }

  #file(window: EntryWindow, index: number): void {
    const plain = window.plainFile(index)
    const meta = plain ? undefined : window.decode(index).body.famfs_fm
    const path = plain?.path ?? meta?.fm_relpath ?? ''
    this.#path(path, 'file', index)
    if (meta) this.#map(meta, path, index)
    const { extents, lostCount } = plain?.map.kind === 'simple' ? { extents: plain.map.extents, lostCount: 0 } : meta ? extentsOfMeta(meta) : { extents: [], lostCount: 0 }
    extents.forEach((extent, i) => this.#extent(extent, i, path, index))
    if (lostCount > 0) this.#findings.add('error', 'lost', `${entryText(index, path)} has an extent beyond any device: its offset or length is above 2^53 bytes`, REFUSED, this.#placeOf(index))
  }

  #directory(entry: LogEntry, index: number): void {
    this.#path(entry.body.famfs_md?.md_relpath ?? '', 'directory', index)
  }

  /** As replay has it: what a path would lead to once every entry has been played. */
  #path(logged: string, kind: 'file' | 'directory', index: number): void {
    const place = this.#placeOf(index)
    const who = entryText(index, logged)
    const path = normalizedPath(logged)
    if (logged === '' || logged.startsWith('/') || path === undefined) {
      return this.#findings.add('error', 'path', `${who} has no path inside the mount`, REFUSED, place)
    }
    const there = path === '' ? { kind: 'directory' as const, entryIndex: -1 } : this.#paths.get(path)
    if (there) {
      if (there.kind === 'directory' && kind === 'directory') return
      const known = there.entryIndex < 0 ? 'the mount point' : `entry ${there.entryIndex}`
      return this.#findings.add('warning', 'again', `${who} has the path that ${known} has already`, 'Hosts keep the first, and never show this one. Its space stays taken.', place)
    }
    const parent = parentOf(path)
    if (parent !== '' && this.#paths.get(parent)?.kind !== 'directory') {
      this.#findings.add('warning', 'parent', `${who} lies in ${parent}, which no entry before it makes a directory`, REFUSED, place)
      return
    }
    this.#paths.set(path, { kind, entryIndex: index })
  }

  #map(meta: LogFileMeta, path: string, index: number): void {
    const made = fmapOf(meta)
    if ('trouble' in made) this.#findings.add('error', 'map', `${entryText(index, path)} has a map that can’t be: ${made.trouble}`, REFUSED, this.#placeOf(index))
  }

  #daxdev(entry: LogEntry, index: number): void {
    const daxdev = daxdevOf(entry, index)
    const refusal = daxdev ? this.#table.refusalOf(daxdev) : 'it has no size'
    if (!daxdev || this.#table.take(daxdev) === 'error') return this.#findings.add('warning', 'daxdev', `entry ${index} adds a device that can’t be: ${refusal}`, REFUSED, this.#placeOf(index))
    if (this.#devices[daxdev.devindex]) return
    const { others, superblock, unitBytes } = this.#ground
    const { memory, refusal: lack } = lookForDaxdev(others, { fsUuid: superblock.ts_uuid, unitBytes }, daxdev)
    const unitCount = unitsOf(daxdev.sizeBytes, unitBytes)
    this.#devices[daxdev.devindex] = judgedDevice(memory, daxdev.sizeBytes, unitCount, secondaryReservedUnits(unitBytes))
    if (memory || others.length === 0) return
    this.#findings.add('error', 'daxdev', `entry ${index} adds device ${daxdev.devindex} with UUID ${daxdev.uuid}, and ${lack ? lackWords(lack) : 'no device here has a superblock that says so'}`, lack?.kind === 'twice' ? COPIED : LOST, this.#placeOf(index))
  }

  #extent(extent: MapExtent, nth: number, path: string, index: number): void {
    const { unitBytes } = this.#ground
    const { devindex } = extent
    const who = entryText(index, path)
    const where = `${sizeText(extent.lengthBytes)} at 0x${extent.offsetBytes.toString(16)}`
    const place = this.#placeOf(index)
    const device = this.#devices[devindex]
    const span = device?.memory && spanOf(extent, unitBytes, device.bitmap.unitCount, devindex)
    if (!device || !span) {
      const known = device ? 'which the log knows and which is not here' : 'which no entry before it adds'
      return this.#findings.add('error', `extent-${nth}`, `${who} has ${where} of device ${devindex}, ${known}`, 'Nothing here can read it. Look at the extents in its file map.', place)
    }
    if (span.beyondCount > 0) {
      this.#findings.add('error', `extent-${nth}`, `${who} has ${where}, which is not wholly on the device of ${sizeText(device.sizeBytes)}`, 'Whoever reads or writes there gets an error. Copy out the other files, then format again.', place)
    }
    if (span.count === 0) return
    const { reservedCount, bitmap } = device
    const reserved = Math.min(span.first + span.count, reservedCount) - span.first
    if (reserved > 0) {
      const what = devindex > 0 || extent.offsetBytes < LOG_OFFSET_BYTES ? 'the superblock' : 'the log'
      this.#findings.add('error', `over-${nth}`, `${who} has ${where}, where ${what} is`, `Writing that file destroys ${what}. Don’t write it; copy the others out, then format again.`, this.#seen(devindex, extent.offsetBytes, Math.min(extent.lengthBytes, reserved * unitBytes), place))
    }
    const own: Span = { devindex, entryIndex: index, path, first: Math.max(span.first, Math.min(reservedCount, span.first + span.count)), end: span.first + span.count }
    this.#spans.push(own)
    if (own.end > own.first && bitmap.claim(own.first, own.end - own.first) > 0) this.#sharing.push(this.#spans.length - 1)
  }

  /** The bytes themselves, as the page counts them, where they are here; else those of the entry. */
  #seen(devindex: number, offsetBytes: number, lengthBytes: number, place: Place): Place {
    const memory = this.#devices[devindex]?.memory
    if (!memory || offsetBytes >= memory.presentBytes) return place
    return { ...place, bytes: { offsetBytes: memory.device.baseBytes + offsetBytes, lengthBytes } }
  }

  #placeOf(index: number): Place & { entryIndex: number } {
    return { bytes: { offsetBytes: entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, index), lengthBytes: LOG_ENTRY_BYTES }, entryIndex: index }
  }
}

function judgedDevice(memory: Memory | undefined, sizeBytes: number, unitCount: number, reservedCount: number): Judged {
  const bitmap = new UnitBitmap(unitCount)
  bitmap.claim(0, Math.min(unitCount, reservedCount))
  return { memory, sizeBytes, bitmap, reservedCount }
}

function addShared(pairs: Map<number, Shared>, span: Span, other: Span): void {
  if (span.devindex !== other.devindex) return
  const first = Math.max(span.first, other.first)
  const count = Math.min(span.end, other.end) - first
  if (count <= 0) return
  const known = pairs.get(other.entryIndex)
  pairs.set(other.entryIndex, { other, first: known?.first ?? first, count: count + (known?.count ?? 0) })
}

/** "entry 4, tides.f64,": the sentence goes on. */
function entryText(index: number, path: string): string {
  return UNREADABLE.test(path) ? `entry ${index}` : `entry ${index}, ${path},`
}

/** Nothing, or what no screen should be given: control characters, or bytes that are no text. */
// oxlint-disable-next-line no-control-regex
const UNREADABLE = /^$|[\u0000-\u001f\u007f\ufffd]/
