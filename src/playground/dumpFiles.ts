// What a file gives, raw or unpacked, and never more than was asked for: a small archive can unpack to a disk. What is gzip
// is told by its first bytes and not by its name. An archive that is cut off gives what it has, and that is said.

import { failLate } from '../core/base/late.ts'
import { fail, ok, type Result } from '../core/base/result.ts'
import { Turns } from '../host/turns.ts'

export interface FileStart {
  bytes: Uint8Array<ArrayBuffer>
  form: 'raw' | 'gzip'
  /** There is more than was asked for. */
  more: boolean
  /** What is wrong with the archive itself, after "the archive". */
  trouble: string | undefined
}

type FileReason = 'dump_unreadable' | 'no_memory'

const RAW_PIECE_BYTES = 32 * 1024 * 1024
// A thousand times as much may come out of it.
const GZIP_PIECE_BYTES = 4 * 1024

export async function readStart(file: File, mostBytes: number): Promise<Result<FileStart, FileReason>> {
  try {
    const head = await bytesOf(file, 0, 2)
    if (head[0] === 0x1f && head[1] === 0x8b) return ok({ form: 'gzip', ...(await unpacked(file, mostBytes)) })
    return ok({ form: 'raw', bytes: await rawBytes(file, mostBytes), more: file.size > mostBytes, trouble: undefined })
  } catch (error) {
    if (error instanceof RangeError) return fail('no_memory', { sizeBytes: mostBytes })
    return failLate('dump_unreadable', { name: file.name, what: error instanceof Error ? error.message : String(error) })
  }
}

async function bytesOf(file: File, fromBytes: number, toBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(fromBytes, toBytes).arrayBuffer())
}

async function rawBytes(file: File, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.min(file.size, mostBytes))
  for (let at = 0; at < bytes.length; at += RAW_PIECE_BYTES) bytes.set(await bytesOf(file, at, Math.min(at + RAW_PIECE_BYTES, bytes.length)), at)
  return bytes
}

type Unpacked = Omit<FileStart, 'form'>

/** The browser's own unpacks a sound archive and checks its checksum; where it stops, ours says why, and keeps what came. */
async function unpacked(file: File, mostBytes: number): Promise<Unpacked> {
  const byBrowser = typeof DecompressionStream === 'function' ? await unpackedByBrowser(file, mostBytes) : undefined
  return byBrowser ?? unpackedPiecewise(file, mostBytes, typeof DecompressionStream === 'function')
}

/** @returns undefined where anything at all is wrong with the archive or with reading it */
async function unpackedByBrowser(file: File, mostBytes: number): Promise<Unpacked | undefined> {
  const pieces = new Pieces(mostBytes)
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    while (!pieces.more) {
      const { done, value } = await reader.read()
      if (done) return { bytes: pieces.joined(), more: false, trouble: undefined }
      pieces.add(value)
    }
  } catch {
    // The other way reads it again, and says what there is to say.
    return undefined
  }
  // Enough has come; how the rest of the archive ends is nobody's business here.
  await reader.cancel().catch(() => undefined)
  return { bytes: pieces.joined(), more: true, trouble: undefined }
}

/** @param doubted the archive was refused already: where nothing else is wrong its checksum is */
async function unpackedPiecewise(file: File, mostBytes: number, doubted: boolean): Promise<Unpacked> {
  const { Gunzip } = await import('fflate')
  const pieces = new Pieces(mostBytes)
  let members = 0
  const gunzip = new Gunzip((piece) => pieces.add(piece))
  gunzip.onmember = () => members++
  const push = (piece: Uint8Array, last: boolean): string | undefined => {
    try {
      gunzip.push(piece, last)
      return undefined
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 0 ? CUT : 'is damaged; what could be unpacked before that is here'
    }
  }
  const turns = new Turns()
  let trouble: string | undefined
  try {
    for (let at = 0; at < file.size && !pieces.more && trouble === undefined; at += GZIP_PIECE_BYTES) {
      trouble = push(await bytesOf(file, at, at + GZIP_PIECE_BYTES), false)
      await turns.take()
    }
  } finally {
    turns.close()
  }
  const { more } = pieces
  if (!more) trouble ??= push(new Uint8Array(0), true)
  if (!more && pieces.sizeBytes === 0) trouble ??= CUT
  const unsure = doubted && members === 0 && !more ? 'does not match its own checksum, or ends before it' : undefined
  return { bytes: pieces.joined(), more, trouble: trouble ?? unsure }
}

const CUT = 'ends too early; what could be unpacked before that is here'

/** Pieces as they come, up to a limit. */
class Pieces {
  readonly #mostBytes: number
  readonly #pieces: Uint8Array[] = []
  sizeBytes = 0
  /** Something had to be left out. */
  more = false

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  add(piece: Uint8Array): void {
    const room = this.#mostBytes - this.sizeBytes
    if (piece.length > room) this.more = true
    const kept = piece.length > room ? piece.slice(0, room) : piece
    this.#pieces.push(kept)
    this.sizeBytes += kept.length
  }

  /** Empties it on the way, so that no more than one piece is there twice. */
  joined(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.sizeBytes)
    let at = 0
    for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  }
}
