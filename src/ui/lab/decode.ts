// A message of the lab as fields: which structs lie in it, one behind the other, by the tables that encode it. Nothing is
// believed: what doesn't fit into the bytes that are there isn't described. Long messages are described a window at a time.

import { FmapExtent, FmapHeader, FmapInterleaved, FmapProbe, DaxdevReply, DaxdevRequest } from '../../core/fuse/messages.ts'
import { EXT_INTERLEAVED } from '../../core/omf/constants.ts'
import type { Row } from '../../core/omf/struct.ts'
import type { LabKernel, LabMessage } from '../../playground/lab/types.ts'
import { type FieldView, viewsOf } from '../overlay.ts'

export type Half = 'request' | 'answer'

interface Table {
  name: string
  sizeBytes: number
  rows: (bytes?: Uint8Array, offset?: number) => Row[]
}

/** Equal structs, one behind the other. */
export interface Run {
  /** Of one of them, in front of its fields; empty where there is only one. */
  title: string
  table: Table
  startBytes: number
  count: number
}

export function bytesOf({ request, answer }: LabMessage, half: Half): Uint8Array {
  return half === 'request' ? request : (answer?.bytes ?? new Uint8Array(0))
}

export function runsOf(kernel: LabKernel, message: LabMessage, half: Half): Run[] {
  const bytes = bytesOf(message, half)
  const layout = new Layout(bytes)
  const { name } = message
  if (name === 'GET_FMAP') describeFmap(layout, kernel, half)
  if (name === 'GET_DAXDEV') layout.put('', half === 'request' ? DaxdevRequest : DaxdevReply)
  return layout.runs
}

/** Takes structs from the front of a message, and none that isn't whole. */
class Layout {
  readonly bytes: Uint8Array
  readonly runs: Run[] = []
  #at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** @returns where the first of them begins; undefined if not one fits */
  put(title: string, table: Table, count = 1): number | undefined {
    const startBytes = this.#at
    const fitting = Math.min(count, Math.floor((this.bytes.length - startBytes) / table.sizeBytes))
    if (fitting <= 0) return undefined
    this.runs.push({ title, table, startBytes, count: fitting })
    this.#at += fitting * table.sizeBytes
    return startBytes
  }
}

function describeFmap(layout: Layout, kernel: LabKernel, half: Half): void {
  if (half === 'request') {
    if (kernel === 'fuse-unrolled') layout.put('', FmapProbe)
    return
  }
  if (layout.put('', FmapHeader) === undefined) return
  const { ext_type, nextents } = FmapHeader.decode(layout.bytes)
  if (ext_type !== EXT_INTERLEAVED) {
    layout.put('extent', FmapExtent, nextents)
    return
  }
  for (let i = 0; i < nextents; i++) {
    const at = layout.put(nextents > 1 ? `interleaved ${i}` : '', FmapInterleaved)
    if (at === undefined) return
    layout.put('strip', FmapExtent, FmapInterleaved.decode(layout.bytes, at).ie_nstrips)
  }
}

/** The fields that have a byte in the window, in order. */
export function fieldsIn(runs: readonly Run[], bytes: Uint8Array, fromBytes: number, toBytes: number): FieldView[] {
  return runs.flatMap(({ title, table, startBytes, count }) => {
    const first = Math.max(0, Math.floor((fromBytes - startBytes) / table.sizeBytes))
    const last = Math.min(count, Math.ceil((toBytes - startBytes) / table.sizeBytes))
    const views: FieldView[] = []
    for (let i = first; i < last; i++) {
      const at = startBytes + i * table.sizeBytes
      const prefix = title === '' ? '' : count > 1 ? `${title} ${i}: ` : `${title}: `
      const rows = table.rows(bytes.subarray(at, at + table.sizeBytes)).map((row): Row => ({ ...row, path: prefix + row.path, offsetBytes: at + row.offsetBytes }))
      views.push(...viewsOf(rows.filter((row) => row.offsetBytes < toBytes && row.offsetBytes + row.sizeBytes > fromBytes), bytes))
    }
    return views
  })
}

/** Names of the structs, with how many of each: "famfs_fmap_header, 12 famfs_fmap_extent". */
export function structsText(runs: readonly Run[]): string {
  return runs.map(({ table, count }) => (count > 1 ? `${count.toLocaleString('en-US')} × ${table.name}` : table.name)).join(', ')
}

/** Which field holds the byte; -1 for none. */
export function fieldAt(fields: readonly FieldView[], offsetBytes: number): number {
  return fields.findIndex((field) => offsetBytes >= field.offsetBytes && offsetBytes < field.offsetBytes + field.sizeBytes)
}
