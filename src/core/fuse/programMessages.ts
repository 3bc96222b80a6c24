// What a server and a kernel that runs its programs say to each other; all of it ours. Little-endian, natural alignment,
// reserved fields zero, no trailing bytes. The source of a program is text, since the kernel compiles it itself: PROGRAM is
// that text and nothing else. Decoding takes any bytes, and gives a few words where they are no such message.

import { bytesOfText } from '../base/plain.ts'
import type { Extent } from '../fmap/fmap.ts'
import { pad, struct, text, u32, u64 } from '../omf/struct.ts'
import { DAXDEV_NAME_BYTES, DEVICES_MOST } from './messages.ts'
import { EXTENT_BYTES, newExtent, putExtent, readExtent, reservedCheck } from './records.ts'
import { RESERVED_TROUBLE } from './reserved.ts'

const PROGRAM_ABI = 1

/** Of the whole table, which all files of a mount share. */
export const TABLE_CELLS_MOST = 4 * 1024 * 1024
/** Of one file: 4 MiB. */
export const FILE_CELLS_MOST = 512 * 1024
/** Ranges of devices that a file's answers may lie in: as many as its cells have room for extents. */
export const FILE_SPANS_MOST = Math.floor((FILE_CELLS_MOST - 2) / 3)
/** Of one TABLE notice. */
export const NOTICE_CELLS_MOST = 8 * 1024
export const NOTICE_SPANS_MOST = 2 * 1024
export const PROGRAM_BYTES_MOST = 64 * 1024

export const ProgramInit = struct('famfs_program_init_in', 16, {
  abi: u32('1'),
  file_cells: u32('cells of the table that one file may have'),
  table_cells: u32('cells of the table'),
  program_bytes: u32('the longest source that is taken'),
})

export const ProgramInitReply = struct('famfs_program_init_out', 8, {
  abi: u32('1'),
  ndevs: u32('devices that follow'),
})

export const ProgramDaxdev = struct('famfs_program_daxdev', 264, {
  devindex: u32('device index'),
  pad0: pad(4),
  name: text(DAXDEV_NAME_BYTES, 'the device, as this host names it'),
})

export const ProgramOpen = struct('famfs_program_open_in', 8, {
  flags: u32('0'),
  pad0: pad(4),
})

export const ProgramOpenReply = struct('famfs_program_open_out', 16, {
  file_size: u64('file length in bytes'),
  first_cell: u32('where in the table this file’s cells begin'),
  ncells: u32('how many they are'),
})

/** Spans follow, as extent records, then cells of 8 bytes. */
export const ProgramTable = struct('famfs_program_table', 16, {
  first_cell: u32('where in the table the cells go'),
  ncells: u32('cells that follow the spans'),
  nspans: u32('ranges of devices that hold this file from now on, in order; 0: as before'),
  first_span: u32('ranges of this file that were told in notices before this one; 0: they begin anew'),
})

const DAXDEV_BYTES = ProgramDaxdev.sizeBytes
const CELL_BYTES = 8
const isDaxdevClean = reservedCheck(ProgramDaxdev)
const isOpenClean = reservedCheck(ProgramOpen)

export interface NamedDevice {
  devindex: number
  name: string
}

interface Trouble {
  trouble: string
}

export function encodeInit(): Uint8Array<ArrayBuffer> {
  return ProgramInit.encode({ abi: PROGRAM_ABI, file_cells: FILE_CELLS_MOST, table_cells: TABLE_CELLS_MOST, program_bytes: PROGRAM_BYTES_MOST })
}

export function isInit(request: Uint8Array): boolean {
  return request.length === ProgramInit.sizeBytes && ProgramInit.decode(request).abi === PROGRAM_ABI
}

/** A device whose name doesn't fit its field isn't told. */
export function encodeInitReply(devices: readonly NamedDevice[]): Uint8Array<ArrayBuffer> {
  const told = devices.filter(({ name }) => bytesOfText(name).length < DAXDEV_NAME_BYTES).slice(0, DEVICES_MOST)
  const bytes = new Uint8Array(ProgramInitReply.sizeBytes + told.length * DAXDEV_BYTES)
  bytes.set(ProgramInitReply.encode({ abi: PROGRAM_ABI, ndevs: told.length }))
  told.forEach((device, i) => bytes.set(ProgramDaxdev.encode(device), ProgramInitReply.sizeBytes + i * DAXDEV_BYTES))
  return bytes
}

export function decodeInitReply(bytes: Uint8Array): { devices: NamedDevice[] } | Trouble {
  if (bytes.length < ProgramInitReply.sizeBytes) return { trouble: `a message of ${bytes.length} bytes has no whole header` }
  const { abi, ndevs } = ProgramInitReply.decode(bytes)
  if (abi !== PROGRAM_ABI) return { trouble: `version ${abi}` }
  if (ndevs > DEVICES_MOST) return { trouble: `${ndevs} devices` }
  if (bytes.length !== ProgramInitReply.sizeBytes + ndevs * DAXDEV_BYTES) return { trouble: `${bytes.length} bytes for ${ndevs} devices` }
  const places = Array.from({ length: ndevs }, (_, i) => ProgramInitReply.sizeBytes + i * DAXDEV_BYTES)
  if (!places.every((at) => isDaxdevClean(bytes, at))) return { trouble: `a device with ${RESERVED_TROUBLE}` }
  return { devices: places.map((at) => ProgramDaxdev.decode(bytes, at)) }
}

export function encodeOpen(): Uint8Array<ArrayBuffer> {
  return ProgramOpen.encode({ flags: 0 })
}

export function isOpen(request: Uint8Array): boolean {
  return request.length === ProgramOpen.sizeBytes && ProgramOpen.decode(request).flags === 0 && isOpenClean(request)
}

export interface FilePlace {
  sizeBytes: number
  firstCell: number
  cellCount: number
}

export function encodeOpenReply({ sizeBytes, firstCell, cellCount }: FilePlace): Uint8Array<ArrayBuffer> {
  return ProgramOpenReply.encode({ file_size: BigInt(sizeBytes), first_cell: firstCell, ncells: cellCount })
}

export function decodeOpenReply(bytes: Uint8Array): FilePlace | Trouble {
  if (bytes.length !== ProgramOpenReply.sizeBytes) return { trouble: `a message of ${bytes.length} bytes` }
  const { file_size, first_cell, ncells } = ProgramOpenReply.decode(bytes)
  const sizeBytes = Number(file_size)
  if (!Number.isSafeInteger(sizeBytes)) return { trouble: `a size of ${file_size} bytes` }
  return { sizeBytes, firstCell: first_cell, cellCount: ncells }
}

interface TablePart {
  firstCell: number
  /** How many of the file's ranges came in parts before this one. */
  firstSpan: number
  /** None: those that the kernel knows stay. */
  spans: Extent[]
  /** Whole cells. */
  cells: Uint8Array
}

export function encodeTable({ firstCell, firstSpan = 0, spans = [], cells }: Partial<TablePart> & Pick<TablePart, 'firstCell' | 'cells'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ProgramTable.sizeBytes + spans.length * EXTENT_BYTES + cells.length)
  bytes.set(ProgramTable.encode({ first_cell: firstCell, ncells: cells.length / CELL_BYTES, nspans: spans.length, first_span: firstSpan }))
  const view = new DataView(bytes.buffer)
  spans.forEach(({ devindex, offsetBytes, lengthBytes }, i) => putExtent(view, ProgramTable.sizeBytes + i * EXTENT_BYTES, devindex, offsetBytes, lengthBytes))
  bytes.set(cells, ProgramTable.sizeBytes + spans.length * EXTENT_BYTES)
  return bytes
}

export function decodeTable(bytes: Uint8Array): TablePart | Trouble {
  if (bytes.length < ProgramTable.sizeBytes) return { trouble: `a message of ${bytes.length} bytes has no whole header` }
  const { first_cell: firstCell, ncells, nspans, first_span: firstSpan } = ProgramTable.decode(bytes)
  if (nspans > NOTICE_SPANS_MOST) return { trouble: `${nspans} ranges` }
  if (firstCell + ncells > TABLE_CELLS_MOST) return { trouble: `cells to ${firstCell + ncells} of a table of ${TABLE_CELLS_MOST}` }
  const cellsAt = ProgramTable.sizeBytes + nspans * EXTENT_BYTES
  if (bytes.length !== cellsAt + ncells * CELL_BYTES) return { trouble: `${bytes.length} bytes for ${nspans} ranges and ${ncells} cells` }
  const spans = spansOf(bytes, nspans)
  if ('trouble' in spans) return spans
  return { firstCell, firstSpan, spans, cells: bytes.subarray(cellsAt) }
}

function spansOf(bytes: Uint8Array, count: number): Extent[] | Trouble {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const spans: Extent[] = []
  for (let i = 0; i < count; i++) {
    const span = newExtent()
    const what = readExtent(view, ProgramTable.sizeBytes + i * EXTENT_BYTES, span)
    if (what !== undefined) return { trouble: `a range that ${what}` }
    spans.push(span)
  }
  return spans
}
