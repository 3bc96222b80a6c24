// A message of the lab as fields: which structs lie in it, one behind the other, by the tables that encode it. Nothing is
// believed: what doesn't fit into the bytes that are there isn't described. Long messages are described a window at a time.
// Places, in a file or on a device, are hexadecimal with the decimal number beside; lengths, counts and indices are decimal.

import { IoctlExtent, IoctlInterleaved, IoctlMap42, IoctlMap43 } from '../../core/fuse/ioctlMessages.ts'
import { IomapBegin, IomapEntry, IomapInval } from '../../core/fuse/iomapMessages.ts'
import { DaxdevReply, DaxdevRequest, FmapExtent, FmapHeader, FmapInterleaved, FmapProbe } from '../../core/fuse/messages.ts'
import { FmapPageEnd, FmapPageRequest } from '../../core/fuse/pagedMessages.ts'
import { ProgramDaxdev, ProgramInit, ProgramInitReply, ProgramOpen, ProgramOpenReply, ProgramTable } from '../../core/fuse/programMessages.ts'
import { EXT_INTERLEAVED } from '../../core/omf/constants.ts'
import { type Row, struct, u64 } from '../../core/omf/struct.ts'
import type { LabKernel, LabMessage } from '../../playground/lab/types.ts'
import { countText, hexText } from '../format.ts'
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

/** What is text and no struct: the source of a program. */
export function isText({ name }: LabMessage, half: Half): boolean {
  return name === 'PROGRAM' && half === 'request'
}

export function runsOf(kernel: LabKernel, message: LabMessage, half: Half): Run[] {
  const layout = new Layout(bytesOf(message, half))
  const isRequest = half === 'request'
  switch (message.name) {
    case 'GET_FMAP':
      if (isRequest) describeAsk(layout, kernel)
      else describeFmap(layout, kernel)
      break
    case 'GET_DAXDEV':
      layout.put('', isRequest ? DaxdevRequest : DaxdevReply)
      break
    case 'IOMAP_BEGIN':
      if (isRequest) layout.put('', IomapBegin)
      else layout.put('mapping', IomapEntry, Infinity)
      break
    case 'UPSERT':
      layout.put('mapping', IomapEntry, Infinity)
      break
    case 'INVAL':
      layout.put('', IomapInval)
      break
    case 'INIT':
      describeInit(layout, isRequest)
      break
    case 'OPEN':
      layout.put('', isRequest ? ProgramOpen : ProgramOpenReply)
      break
    case 'TABLE':
      describeTable(layout)
      break
    case 'MAP_CREATE':
    case 'MAP_GET':
      layout.put('', IoctlMap42)
      break
    case 'MAP_CREATE_V2':
    case 'MAP_GET_V2':
      describeIoctl(layout)
      break
    case 'PROGRAM':
      break
  }
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

function describeAsk(layout: Layout, kernel: LabKernel): void {
  if (kernel === 'fuse-unrolled') layout.put('', FmapProbe)
  if (kernel === 'fuse-paged') layout.put('', FmapPageRequest)
}

function describeFmap(layout: Layout, kernel: LabKernel): void {
  if (layout.put('', FmapHeader) === undefined) return
  const { ext_type, nextents } = FmapHeader.decode(layout.bytes)
  if (ext_type !== EXT_INTERLEAVED) {
    layout.put('extent', FmapExtent, nextents)
    if (kernel === 'fuse-paged') layout.put('', FmapPageEnd)
    return
  }
  for (let i = 0; i < nextents; i++) {
    const at = layout.put(nextents > 1 ? `interleaved ${i}` : '', FmapInterleaved)
    if (at === undefined) return
    layout.put('strip', FmapExtent, FmapInterleaved.decode(layout.bytes, at).ie_nstrips)
  }
}

function describeIoctl(layout: Layout): void {
  if (layout.put('', IoctlMap43) === undefined) return
  const { fioc_ext_type, fioc_nextents } = IoctlMap43.decode(layout.bytes)
  if (fioc_ext_type !== EXT_INTERLEAVED) {
    layout.put('extent', IoctlExtent, fioc_nextents)
    return
  }
  const at = layout.put('interleaved', IoctlInterleaved, fioc_nextents)
  if (at === undefined) return
  for (let i = 0; i < fioc_nextents; i++) {
    const { ie_nstrips } = IoctlInterleaved.decode(layout.bytes, at + i * IoctlInterleaved.sizeBytes)
    if (layout.put('strip', IoctlExtent, Number(ie_nstrips)) === undefined) return
  }
}

function describeInit(layout: Layout, isRequest: boolean): void {
  if (isRequest) layout.put('', ProgramInit)
  else if (layout.put('', ProgramInitReply) !== undefined) layout.put('device', ProgramDaxdev, ProgramInitReply.decode(layout.bytes).ndevs)
}

/** A cell is whatever the program makes of it. */
const Cell = struct('cell', 8, { value: u64('as the program reads it') })

function describeTable(layout: Layout): void {
  if (layout.put('', ProgramTable) === undefined) return
  const { nspans, ncells } = ProgramTable.decode(layout.bytes)
  layout.put('range', FmapExtent, nspans)
  layout.put('cell', Cell, ncells)
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
      views.push(...viewsOf(rows.filter((row) => row.offsetBytes < toBytes && row.offsetBytes + row.sizeBytes > fromBytes), bytes).map((view) => readably(view, bytes)))
    }
    return views
  })
}

const ALL_ONES = (1n << 64n) - 1n

function readably(view: FieldView, bytes: Uint8Array): FieldView {
  const name = /\w+$/.exec(view.path)?.[0] ?? ''
  const isIndex = name === 'fmap_offset' || name === 'next_offset'
  if (view.sizeBytes !== 8 || view.kind !== 'u64' || !(isIndex || /(^|_)(addr|pos|pointer|offset)$/.test(name))) return view
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(view.offsetBytes, true)
  if (isIndex) return { ...view, value: value === ALL_ONES ? 'all ones' : countText(value), meaning: view.doc }
  return { ...view, value: hexText(value), meaning: value < 10n ? view.doc : `${countText(value)}: ${view.doc}` }
}

/** Names of the structs, with how many of each: "famfs_fmap_header, 12 famfs_fmap_extent". */
export function structsText(runs: readonly Run[]): string {
  return runs.map(({ table, count }) => (count > 1 ? `${count.toLocaleString('en-US')} × ${table.name}` : table.name)).join(', ')
}

/** Which field holds the byte; -1 for none. */
export function fieldAt(fields: readonly FieldView[], offsetBytes: number): number {
  return fields.findIndex((field) => offsetBytes >= field.offsetBytes && offsetBytes < field.offsetBytes + field.sizeBytes)
}
