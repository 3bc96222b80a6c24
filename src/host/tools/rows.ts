// Rows of a dump, for hexdump, xxd and od alike: fixed width, equal rows left out on request, text handed on in lumps. The
// last row may be short; no more of the file is held than one lump.

import { ok, type Result } from '../../core/base/result.ts'
import type { Task } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import { openInput, readFull } from './streams.ts'
import type { ToolIo } from './toolIo.ts'

interface RowsSpec {
  fromBytes: number
  lengthBytes: number
  width: number
  /** Rows equal to the one before become one "*". */
  squeeze: boolean
  line: (row: Uint8Array, offsetBytes: number) => string
}

const LUMP_BYTES = 48 * 1024
/** Text takes its time: a pause comes long before 4 MiB. */
const PAUSE_BYTES = 8 * LUMP_BYTES

/** Several files are one stream here, as od and hexdump have it. */
export function openStream(paths: readonly string[], io: ToolIo, failed: (path: string, failure: Extract<Result<Handle>, { ok: false }>['failure']) => void): Handle[] {
  return paths.flatMap((path) => {
    const opened = openInput(path, io)
    if (opened.ok) return [opened.value]
    failed(path, opened.failure)
    return []
  })
}

/** @returns where it ended */
export function* dumpRows(handles: readonly Handle[], io: ToolIo, spec: RowsSpec): Task<Result<number>> {
  const { width, squeeze, line } = spec
  const lump = new Uint8Array(Math.ceil(LUMP_BYTES / width) * width)
  let before = ''
  let starred = false
  let doneBytes = 0
  for (let nextYield = PAUSE_BYTES; doneBytes < spec.lengthBytes; ) {
    const target = lump.subarray(0, Math.min(lump.length, spec.lengthBytes - doneBytes))
    const read = readAcross(handles, spec.fromBytes + doneBytes, target)
    if (!read.ok) return read
    let text = ''
    for (let at = 0; at < read.value; at += width) {
      const row = lump.subarray(at, Math.min(at + width, read.value))
      const key = squeeze && row.length === width ? row.join() : ''
      if (key !== '' && key === before) {
        if (!starred) text += '*\n'
        starred = true
        continue
      }
      before = key
      starred = false
      text += line(row, spec.fromBytes + doneBytes + at)
    }
    if (text !== '') io.out(text)
    doneBytes += read.value
    if (read.value < target.length) break
    if (doneBytes < nextYield) continue
    nextYield += PAUSE_BYTES
    yield { doneCount: doneBytes, totalCount: doneBytes, unit: 'bytes' }
  }
  return ok(spec.fromBytes + doneBytes)
}

function readAcross(handles: readonly Handle[], offsetBytes: number, target: Uint8Array): Result<number> {
  const [only] = handles
  if (handles.length === 1 && only) return readFull(only, offsetBytes, target)
  let start = 0
  let done = 0
  for (const handle of handles) {
    const size = handle.sizeBytes()
    const from = offsetBytes + done - start
    if (from < size && done < target.length) {
      const read = readFull(handle, from, target.subarray(done, Math.min(target.length, done + size - from)))
      if (!read.ok) return read
      done += read.value
    }
    start += size
  }
  return ok(done)
}

/** For display: what isn't printable ASCII is a dot. */
export function printable(row: Uint8Array): string {
  let text = ''
  for (const byte of row) text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'
  return text
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** A value of 1, 2, 4 or 8 bytes, lowest byte first; what is behind a short row's end counts as 0. */
export function wordAt(row: Uint8Array, at: number, sizeBytes: number, signed = false): bigint {
  let value = 0n
  for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(row[at + i] ?? 0)
  return signed ? BigInt.asIntN(sizeBytes * 8, value) : value
}
