// Reads log entries in batches and judges each before anyone sees it. A batch is a private copy: the media can change
// under a reader, a copy can't, so what was judged is what is used.

import type { Memory } from '../mem/memory.ts'
import { checkLogEntry } from '../omf/check.ts'
import { ENTRY_FILE, EXT_SIMPLE, PATH_FIELD_BYTES } from '../omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LogEntry } from '../omf/log.ts'
import { asciiText } from '../base/plain.ts'
import { PIECE_ENTRIES } from '../base/task.ts'
import type { Fmap } from '../fmap/fmap.ts'
import { entryOffset, type Layout } from './layout.ts'

/** Where the fields of the usual entry are, from the table; for the two places that can't afford a general codec. */
export const PLAIN = {
  type: LogEntry.offsetOf('famfs_log_entry_type'),
  size: LogEntry.offsetOf('famfs_fm.fm_size'),
  flags: LogEntry.offsetOf('famfs_fm.fm_flags'),
  uid: LogEntry.offsetOf('famfs_fm.fm_uid'),
  gid: LogEntry.offsetOf('famfs_fm.fm_gid'),
  mode: LogEntry.offsetOf('famfs_fm.fm_mode'),
  path: LogEntry.offsetOf('famfs_fm.fm_relpath'),
  extType: LogEntry.offsetOf('famfs_fm.fm_fmap.fmap_ext_type'),
  extCount: LogEntry.offsetOf('famfs_fm.fm_fmap.fmap_nextents'),
  devindex: LogEntry.offsetOf('famfs_fm.fm_fmap.se[0].se_devindex'),
  offset: LogEntry.offsetOf('famfs_fm.fm_fmap.se[0].se_offset'),
  length: LogEntry.offsetOf('famfs_fm.fm_fmap.se[0].se_len'),
} as const
const HIGH_MOST = 0x1f_ffff
const NO_BYTES = new Uint8Array(0)
const NO_VIEW = new DataView(NO_BYTES.buffer)
const SLASH = 47
const DOT = 46

interface PlainFile {
  entryIndex: number
  path: string
  mode: number
  uid: number
  gid: number
  map: Fmap
}

/** A window of at most 1,000 entries over the log. */
export class EntryWindow {
  readonly #memory: Memory
  readonly #layout: Pick<Layout, 'logOffsetBytes'>
  #bytes = NO_BYTES
  #view = NO_VIEW
  #firstIndex = 0
  #count = 0

  constructor(memory: Memory, layout: Pick<Layout, 'logOffsetBytes'>) {
    this.#memory = memory
    this.#layout = layout
  }

  /** Copies entries firstIndex .. from the media; at most 1,000, never beyond `endIndex`. @returns how many */
  load(firstIndex: number, endIndex: number): number {
    this.#firstIndex = firstIndex
    this.#count = Math.min(PIECE_ENTRIES, endIndex - firstIndex)
    const lengthBytes = this.#count * LOG_ENTRY_BYTES
    // As large as it must be: a replay of one new entry is common, and costs one entry.
    if (lengthBytes > this.#bytes.length) {
      this.#bytes = new Uint8Array(lengthBytes)
      this.#view = new DataView(this.#bytes.buffer)
    }
    const offsetBytes = entryOffset(this.#layout, firstIndex)
    this.#memory.invalidate(offsetBytes, lengthBytes)
    this.#memory.read(offsetBytes, this.#bytes.subarray(0, lengthBytes))
    return this.#count
  }

  /** Undefined for a good entry; else what is wrong with it, in a few words. */
  troubleOf(index: number): string | undefined {
    const at = this.#at(index)
    const { seqnumGood, crcGood } = checkLogEntry(this.#view, at, index)
    if (seqnumGood && crcGood) return undefined
    if (seqnumGood) return 'wrong checksum'
    return crcGood ? 'wrong sequence number' : 'wrong checksum and sequence number'
  }

  /** Two good entries with one checksum are the same entry. @returns -1 for a bad one */
  sumOf(index: number): number {
    return this.troubleOf(index) === undefined ? this.#view.getUint32(this.#at(index) + LOG_ENTRY_CRC_OFFSET, true) : -1
  }

  /** Once more from the media: what failed may have been a stale copy in this host's cache. */
  reload(index: number): void {
    const offsetBytes = entryOffset(this.#layout, index)
    this.#memory.invalidate(offsetBytes, LOG_ENTRY_BYTES)
    this.#memory.read(offsetBytes, this.bytes(index))
  }

  typeOf(index: number): number {
    return this.#view.getUint32(this.#at(index) + PLAIN.type, true)
  }

  /** The 544 bytes; valid until the next load. */
  bytes(index: number): Uint8Array<ArrayBuffer> {
    const at = this.#at(index)
    return this.#bytes.subarray(at, at + LOG_ENTRY_BYTES)
  }

  /**
   * The usual file, read without a general decode: replay does this for every entry.
   * @returns undefined for anything but a file of one plain extent, where a file can be, with a path of ASCII that is normalized
   * as it stands and has no hidden part: then decode() is asked, and all is judged
   */
  plainFile(index: number): PlainFile | undefined {
    const view = this.#view
    const at = this.#at(index)
    if (view.getUint32(at + PLAIN.type, true) !== ENTRY_FILE) return undefined
    if (view.getUint32(at + PLAIN.extType, true) !== EXT_SIMPLE || view.getUint32(at + PLAIN.extCount, true) !== 1) return undefined
    const sizeBytes = this.#number64(at + PLAIN.size)
    const devindex = this.#number64(at + PLAIN.devindex)
    const offsetBytes = this.#number64(at + PLAIN.offset)
    const lengthBytes = this.#number64(at + PLAIN.length)
    if (sizeBytes < 0 || devindex < 0 || offsetBytes <= 0 || lengthBytes < sizeBytes) return undefined
    if (!Number.isSafeInteger(offsetBytes + lengthBytes)) return undefined
    const path = this.#plainPathAt(at + PLAIN.path)
    if (path === undefined) return undefined
    return {
      entryIndex: index,
      path,
      mode: view.getUint32(at + PLAIN.mode, true),
      uid: view.getUint32(at + PLAIN.uid, true),
      gid: view.getUint32(at + PLAIN.gid, true),
      map: { kind: 'simple', sizeBytes, extents: [{ devindex, offsetBytes, lengthBytes }] },
    }
  }

  decode(index: number): LogEntry {
    return LogEntry.decode(this.#bytes, this.#at(index))
  }

  #at(index: number): number {
    return (index - this.#firstIndex) * LOG_ENTRY_BYTES
  }

  /** -1 where a number can't hold the value. */
  #number64(at: number): number {
    const high = this.#view.getUint32(at + 4, true)
    return high > HIGH_MOST ? -1 : high * 0x1_0000_0000 + this.#view.getUint32(at, true)
  }

  #plainPathAt(at: number): string | undefined {
    const bytes = this.#bytes
    let end = at
    let before = SLASH
    for (const most = at + PATH_FIELD_BYTES; end < most; end++) {
      const byte = bytes[end] as number
      if (byte === 0) break
      if (byte >= 0x80 || (before === SLASH && (byte === SLASH || byte === DOT))) return undefined
      before = byte
    }
    const isEnded = before !== SLASH && end < at + PATH_FIELD_BYTES
    return isEnded ? asciiText(bytes.subarray(at, end)) : undefined
  }
}
