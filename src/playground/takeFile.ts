// A file as it leaves the page: its bytes copied piece by piece, since nothing outside may hold shared memory. Between the
// pieces the page lives. Loaded when first asked for.

import { MIB } from '../core/base/align.ts'
import { toPlain } from '../core/base/plain.ts'
import { ok, type Result } from '../core/base/result.ts'
import type { Memory } from '../core/mem/memory.ts'
import { Turns } from '../host/turns.ts'
import { readFile } from './peekFile.ts'
import type { HostFile } from './types.ts'

/** A few milliseconds' worth. */
const PIECE_BYTES = 4 * MIB

export async function fileBlob(memory: Memory, file: HostFile): Promise<Result<Blob, 'bad_map'>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const turns = new Turns()
  try {
    for (let at = 0; at < file.sizeBytes; at += PIECE_BYTES) {
      if (at > 0) await turns.take()
      const piece = readFile(memory, file, at, Math.min(PIECE_BYTES, file.sizeBytes - at))
      if (!piece.ok) return piece
      pieces.push(piece.value)
    }
  } finally {
    turns.close()
  }
  return ok(new Blob(pieces.map(toPlain)))
}
