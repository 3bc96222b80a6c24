// Log entries as rows of text, decoded from the media's own bytes: what an entry says, and whether it can be believed.

import { crc32 } from '../core/base/crc32.ts'
import { ENTRY_TYPE_NAMES, EXT_INTERLEAVED } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LogEntry } from '../core/omf/log.ts'
import { addressText, octalText, plural, sizeText } from './format.ts'

export interface LogRow {
  index: number
  type: string
  path: string
  size: string
  mode: string
  owner: string
  map: string
  seqnum: string
  seqnumRight: boolean
  crcRight: boolean
}

/**
 * @param bytes whole entries, one after the other, the first of which has index `firstIndex`
 * @param several there is more than one device: an address says on which
 */
export function logRowsOf(bytes: Uint8Array, firstIndex: number, several = false): LogRow[] {
  const rows: LogRow[] = []
  for (let at = 0; at + LOG_ENTRY_BYTES <= bytes.length; at += LOG_ENTRY_BYTES) rows.push(rowOf(bytes, at, firstIndex + rows.length, several))
  return rows
}

function rowOf(bytes: Uint8Array, at: number, index: number, several: boolean): LogRow {
  const entry = LogEntry.decode(bytes, at)
  const { famfs_fm: file, famfs_md: directory, famfs_dd: device } = entry.body
  const computed = crc32(bytes.subarray(at, at + LOG_ENTRY_CRC_OFFSET))
  const row: LogRow = {
    index,
    type: ENTRY_TYPE_NAMES[entry.famfs_log_entry_type] ?? `type ${entry.famfs_log_entry_type}`,
    path: '',
    size: '',
    mode: '',
    owner: '',
    map: '',
    seqnum: String(entry.famfs_log_entry_seqnum),
    seqnumRight: entry.famfs_log_entry_seqnum === BigInt(index),
    crcRight: entry.famfs_log_entry_crc === BigInt(computed),
  }
  if (file) {
    const { fmap_ext_type: kind, fmap_nextents: count, list } = file.fm_fmap
    const strips = list.ie?.[0]?.ie_strips
    const first = kind === EXT_INTERLEAVED ? strips?.[0] : list.se?.[0]
    const pieces = kind === EXT_INTERLEAVED ? plural(strips?.length ?? 0, 'strip') : plural(count, 'extent')
    return {
      ...row,
      path: file.fm_relpath,
      size: sizeText(Number(file.fm_size)),
      mode: octalText(file.fm_mode),
      owner: `${file.fm_uid}:${file.fm_gid}`,
      map: first ? `${pieces} at ${several ? `${first.se_devindex}:` : ''}${addressText(Number(first.se_offset))}` : pieces,
    }
  }
  if (directory) {
    return { ...row, path: `${directory.md_relpath}/`, mode: octalText(directory.md_mode), owner: `${directory.md_uid}:${directory.md_gid}` }
  }
  return device ? { ...row, path: `device ${device.dd_index}`, size: sizeText(Number(device.dd_size)) } : row
}
