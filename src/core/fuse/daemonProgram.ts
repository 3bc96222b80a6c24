// The server's end of a kernel that runs programs: it tells the devices, fills the table during OPEN, and uploads programs.
// How a map lies in the table is between it and its program (docs/PROGRAM.md): kind, count, then for a simple list device,
// offset and length of each extent; for a striped file bytes, chunk, strips, and the strips of each interleaved extent.

import { errnos } from '../base/errno.ts'
import { Holes } from '../base/holes.ts'
import { bytesOfText } from '../base/plain.ts'
import { putU64 } from '../base/u64.ts'
import type { Extent } from '../fmap/fmap.ts'
import type { Columns, WideMap } from '../fmap/wide.ts'
import { answer, refusal } from './directLink.ts'
import { DEVICES_MOST } from './messages.ts'
import { encodeInitReply, encodeOpenReply, encodeTable, FILE_CELLS_MOST, isInit, isOpen, type NamedDevice, NOTICE_CELLS_MOST, NOTICE_SPANS_MOST, TABLE_CELLS_MOST } from './programMessages.ts'
import type { Answered, Handlers, MapStore, Notify } from './wire.ts'

const [ENOENT] = errnos.ENOENT
const [EINVAL] = errnos.EINVAL
const [ENOSPC] = errnos.ENOSPC

const KIND_SIMPLE = 0
const KIND_STRIPED = 1
const CELL_BYTES = 8
const NOTHING = new Uint8Array(0)

interface Window {
  firstCell: number
  cellCount: number
}

export interface ProgramDaemon {
  readonly handlers: Handlers
  /** The program from now on. @returns 0, or the errno that the kernel refuses it with */
  upload(source: string): number
  /** A file's map is another one: its part of the table is filled again. */
  refill(node: number): number
}

/** @param source uploaded when the kernel says hello; without one the kernel runs its own */
export function programDaemon(store: MapStore, notify: Notify, source?: string): ProgramDaemon {
  const table = new TableFiller(notify)
  let program = source
  const upload = (text: string): number => {
    program = text
    return notify('PROGRAM', 0, bytesOfText(text))
  }
  return {
    upload,
    handlers: {
      INIT(_, request) {
        if (!isInit(request)) return refusal(EINVAL)
        if (program !== undefined) upload(program)
        return answer(encodeInitReply(devicesOf(store)))
      },
      OPEN(node, request) {
        if (!isOpen(request)) return refusal(EINVAL)
        const map = store.map(node)
        return map ? table.open(node, map) : refusal(ENOENT)
      },
      FORGET(node) {
        table.forget(node)
        return answer(NOTHING)
      },
    },
    refill(node) {
      const map = store.map(node)
      return map ? table.open(node, map).errno : ENOENT
    },
  }
}

/** The table as the server keeps it: which cells are whose. A file that is opened again keeps its cells. */
class TableFiller {
  readonly #notify: Notify
  readonly #windows = new Map<number, Window>()
  readonly #unused = new Holes()

  constructor(notify: Notify) {
    this.#notify = notify
    this.#unused.add(0, TABLE_CELLS_MOST)
  }

  open(node: number, map: WideMap): Answered {
    const { sizeBytes } = map
    const cellCount = cellCountOf(map)
    // Whether that is too many is for the kernel to say; the table isn't filled for nothing.
    if (cellCount > FILE_CELLS_MOST) return answer(encodeOpenReply({ sizeBytes, firstCell: 0, cellCount }))
    const window = this.#windowOf(node, cellCount)
    if (!window) return refusal(ENOSPC)
    const errno = this.#fill(node, window, cellsOf(map, cellCount), spansOf(map))
    return errno === 0 ? answer(encodeOpenReply({ sizeBytes, firstCell: window.firstCell, cellCount })) : refusal(errno)
  }

  /** Cells and ranges side by side, in as many notices as the longer of them takes. */
  #fill(node: number, { firstCell, cellCount }: Window, cells: Uint8Array, spans: readonly Extent[]): number {
    const noticeCount = Math.max(Math.ceil(cellCount / NOTICE_CELLS_MOST), Math.ceil(spans.length / NOTICE_SPANS_MOST))
    for (let i = 0; i < noticeCount; i++) {
      const firstSpan = i * NOTICE_SPANS_MOST
      const doneCount = Math.min(i * NOTICE_CELLS_MOST, cellCount)
      const part = {
        firstCell: firstCell + doneCount,
        firstSpan,
        spans: spans.slice(firstSpan, firstSpan + NOTICE_SPANS_MOST),
        cells: cells.subarray(doneCount * CELL_BYTES, (doneCount + NOTICE_CELLS_MOST) * CELL_BYTES),
      }
      const errno = this.#notify('TABLE', node, encodeTable(part))
      if (errno !== 0) return errno
    }
    return 0
  }

  /** Its cells are for others from now on. */
  forget(node: number): void {
    const window = this.#windows.get(node)
    if (window) this.#unused.add(window.firstCell, window.cellCount)
    this.#windows.delete(node)
  }

  #windowOf(node: number, cellCount: number): Window | undefined {
    const there = this.#windows.get(node)
    if (there?.cellCount === cellCount) return there
    this.forget(node)
    const firstCell = this.#unused.take(cellCount)
    if (firstCell === undefined) return undefined
    const window = { firstCell, cellCount }
    this.#windows.set(node, window)
    return window
  }
}

function devicesOf(store: MapStore): NamedDevice[] {
  const devices: NamedDevice[] = []
  for (let devindex = 0; devindex < DEVICES_MOST; devindex++) {
    const name = store.daxdev(devindex)
    if (name !== undefined) devices.push({ devindex, name })
  }
  return devices
}

function cellCountOf(map: WideMap): number {
  if (map.kind === 'simple') return 2 + map.columns.count * 3
  return map.interleaved.reduce((sum, { strips }) => sum + 3 + strips.length * 3, 2)
}

function cellsOf(map: WideMap, cellCount: number): Uint8Array {
  const bytes = new Uint8Array(cellCount * CELL_BYTES)
  const view = new DataView(bytes.buffer)
  let at = 0
  const put = (value: number): void => {
    putU64(view, at, value)
    at += CELL_BYTES
  }
  if (map.kind === 'simple') {
    const { count, devindices, offsets, lengths } = map.columns
    put(KIND_SIMPLE)
    put(count)
    for (let i = 0; i < count; i++) {
      put(devindices[i] as number)
      put(offsets[i] as number)
      put(lengths[i] as number)
    }
    return bytes
  }
  put(KIND_STRIPED)
  put(map.interleaved.length)
  for (const { sizeBytes, chunkBytes, strips } of map.interleaved) {
    put(sizeBytes)
    put(chunkBytes)
    put(strips.length)
    for (const { devindex, offsetBytes, lengthBytes } of strips) {
      put(devindex)
      put(offsetBytes)
      put(lengthBytes)
    }
  }
  return bytes
}

/** Where the file's bytes are: its pieces in order, and as they are. Whether they are sound is for the kernel to say. */
function spansOf(map: WideMap): Extent[] {
  const pieces = map.kind === 'simple' ? extentsOf(map.columns) : map.interleaved.flatMap(({ strips }) => strips)
  return pieces.toSorted((a, b) => a.devindex - b.devindex || a.offsetBytes - b.offsetBytes)
}

function extentsOf({ count, devindices, offsets, lengths }: Columns): Extent[] {
  return Array.from({ length: count }, (_, i) => ({ devindex: devindices[i] as number, offsetBytes: offsets[i] as number, lengthBytes: lengths[i] as number }))
}
