// Log entries as rows of text, decoded from the media's own bytes: what an entry says, and whether it can be believed.

import { crc32 } from '../core/base/crc32.ts'
import { ENTRY_TYPE_NAMES, EXT_INTERLEAVED } from '../core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LogEntry, type SimpleExtent } from '../core/omf/log.ts'
import type { Devices } from './addresses.ts'
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
 * @param devices those that are here: of several, an address says on which
 */
export function logRowsOf(bytes: Uint8Array, firstIndex: number, devices: Devices = []): LogRow[] {
  const rows: LogRow[] = []
  for (let at = 0; at + LOG_ENTRY_BYTES <= bytes.length; at += LOG_ENTRY_BYTES) rows.push(rowOf(bytes, at, firstIndex + rows.length, devices))
  return rows
}

function rowOf(bytes: Uint8Array, at: number, index: number, devices: Devices): LogRow {
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
    const extents = (kind === EXT_INTERLEAVED ? strips : list.se?.slice(0, count)) ?? []
    const pieces = kind === EXT_INTERLEAVED ? plural(strips?.length ?? 0, 'strip') : plural(count, 'extent')
    return {
      ...row,
      path: file.fm_relpath,
      size: sizeText(Number(file.fm_size)),
      mode: octalText(file.fm_mode),
      owner: `${file.fm_uid}:${file.fm_gid}`,
      map: `${pieces}${placesText(extents, devices)}`,
    }
  }
  if (directory) {
    return { ...row, path: `${directory.md_relpath}/`, mode: octalText(directory.md_mode), owner: `${directory.md_uid}:${directory.md_gid}` }
  }
  if (!device) return row
  const here = devices.find(({ fsDevindex }) => fsDevindex === device.dd_index)
  return { ...row, path: `device ${device.dd_index}`, size: sizeText(Number(device.dd_size)), map: here?.name ?? '' }
}

/** Where all of them are, and the first byte of it. The log's own index of a device is what the page calls it, too. */
function placesText(extents: readonly SimpleExtent[], devices: Devices): string {
  const [first] = extents
  if (!first) return ''
  const isTold = devices.length > 1 || extents.some(({ se_devindex }) => se_devindex !== 0n)
  const at = `${isTold ? `${first.se_devindex}:` : ''}${addressText(Number(first.se_offset))}`
  const on = [...new Set(extents.map(({ se_devindex }) => se_devindex))]
  return on.length > 1 ? ` on devices ${on.join(', ')}; the first at ${at}` : ` at ${at}`
}
