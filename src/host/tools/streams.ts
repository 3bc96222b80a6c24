// Bytes in and out of files, at most 4 MiB at a time with a yield after each piece: no tool ever holds a big file. "-" is
// standard input, which looks like a file here.

import { fail, type Failure, ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES, type Progress } from '../../core/base/task.ts'
import type { Handle } from '../../core/machine/systemTypes.ts'
import type { ToolIo } from './toolIo.ts'

export const STDIN = '-'
const LEAST_BUFFER_BYTES = 64 * 1024

/** The files to read: standard input where none is named. */
export function inputs(operands: readonly string[]): readonly string[] {
  return operands.length > 0 ? operands : [STDIN]
}

/** For reading. Standard input for "-". */
export function openInput(path: string, io: ToolIo): Result<Handle> {
  return path === STDIN ? ok(standardInput(io)) : io.open(path, { read: true })
}

function standardInput(io: ToolIo): Handle {
  const bytes = io.stdin()
  return {
    path: STDIN,
    kind: 'file',
    sizeBytes: () => bytes.length,
    read: (offsetBytes, target) => {
      const part = bytes.subarray(offsetBytes, offsetBytes + target.length)
      target.set(part)
      return ok(part.length)
    },
    write: () => ok(0),
    truncate: () => ok(),
    close: () => undefined,
  }
}

export interface Span {
  fromBytes?: number
  /** Most bytes; all that is there where not given. */
  lengthBytes?: number
  /** At most PIECE_BYTES. */
  pieceBytes?: number
  /** Every piece gets an array of its own, for a taker that keeps it. */
  fresh?: boolean
  label?: string
}

/**
 * Hands a file over in pieces.
 * @param take false ends it early
 * @returns bytes taken
 */
export function* eachPiece(
  handle: Handle,
  io: ToolIo,
  span: Span,
  take: (piece: Uint8Array, offsetBytes: number) => boolean | undefined | void,
): Generator<Progress, Result<number>, void> {
  const { fromBytes = 0, lengthBytes = Infinity, label = handle.path } = span
  const totalBytes = Math.max(0, Math.min(lengthBytes, handle.sizeBytes() - fromBytes))
  const wanted = Math.min(span.pieceBytes ?? PIECE_BYTES, Math.max(totalBytes, LEAST_BUFFER_BYTES), Math.max(1, lengthBytes))
  let buffer = new Uint8Array(wanted)
  let doneBytes = 0
  while (doneBytes < lengthBytes) {
    const target = buffer.subarray(0, Math.min(buffer.length, lengthBytes - doneBytes))
    const read = handle.read(fromBytes + doneBytes, target)
    if (!read.ok) return read
    if (read.value === 0) break
    const goesOn = take(target.subarray(0, read.value), fromBytes + doneBytes)
    doneBytes += read.value
    if (goesOn === false) break
    if (totalBytes > PIECE_BYTES) io.progress(label, doneBytes, totalBytes)
    yield { doneCount: doneBytes, totalCount: Math.max(totalBytes, doneBytes), unit: 'bytes' }
    if (span.fresh) buffer = new Uint8Array(wanted)
  }
  return ok(doneBytes)
}

/** Fills as much of the target as there is. */
export function readFull(handle: Handle, offsetBytes: number, target: Uint8Array): Result<number> {
  let done = 0
  while (done < target.length) {
    const read = handle.read(offsetBytes + done, target.subarray(done))
    if (!read.ok) return read
    if (read.value === 0) break
    done += read.value
  }
  return ok(done)
}

export interface Written {
  doneBytes: number
  failure: Failure | undefined
}

/** Writes all of it, however little goes in at a time. A famfs file takes what fits, and then has no space left. */
export function writeFull(handle: Handle, offsetBytes: number, source: Uint8Array): Written {
  let doneBytes = 0
  while (doneBytes < source.length) {
    const at = offsetBytes + doneBytes
    const part = source.subarray(doneBytes)
    const written = handle.write(at, part)
    if (written.ok && written.value > 0) {
      doneBytes += written.value
      continue
    }
    if (!written.ok && written.failure.reason !== 'out_of_file') return { doneBytes, failure: written.failure }
    const fits = handle.sizeBytes() - at
    const rest = fits > 0 && fits < part.length ? handle.write(at, part.subarray(0, fits)) : undefined
    if (rest?.ok) doneBytes += rest.value
    const full = fail('out_of_file', { path: handle.path, offsetBytes, lengthBytes: source.length, sizeBytes: handle.sizeBytes() })
    return { doneBytes, failure: { ...full.failure, errno: 'ENOSPC' } }
  }
  return { doneBytes, failure: undefined }
}

/** A small file's bytes, such as /etc/passwd's; undefined where it can't be read. */
export function smallFile(path: string, io: ToolIo): Uint8Array | undefined {
  const opened = openInput(path, io)
  if (!opened.ok) return undefined
  const handle = opened.value
  const parts: number[] = []
  const buffer = new Uint8Array(LEAST_BUFFER_BYTES)
  for (let offset = 0; offset < PIECE_BYTES; ) {
    const read = handle.read(offset, buffer)
    if (!read.ok || read.value === 0) break
    for (let i = 0; i < read.value; i++) parts.push(buffer[i] ?? 0)
    offset += read.value
  }
  handle.close()
  return Uint8Array.from(parts)
}
