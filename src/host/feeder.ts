// Gives a task the piece of a Blob that it is about to read: reading a Blob waits, and core never does. The piece at hand
// always begins where the task said it would read next.

import { fail, ok, type Result } from '../core/base/result.ts'
import { PIECE_BYTES } from '../core/base/task.ts'
import type { Source } from '../core/fs/data.ts'

export class BlobFeeder implements Source {
  readonly sizeBytes: number
  readonly #blob: Blob
  readonly #path: string
  #piece = new Uint8Array(0)
  #pieceStart = 0

  /** @param path what the Blob is copied to, for sentences */
  constructor(blob: Blob, path: string) {
    this.#blob = blob
    this.#path = path
    this.sizeBytes = blob.size
  }

  /** Call before the task goes on, with the offset that it reads next. What was chosen may be a folder, or gone by now. */
  async load(offsetBytes: number): Promise<Result<undefined, 'source_unreadable'>> {
    if (offsetBytes === this.#pieceStart && this.#piece.length > 0) return ok()
    try {
      this.#piece = new Uint8Array(await this.#blob.slice(offsetBytes, offsetBytes + PIECE_BYTES).arrayBuffer())
    } catch (error) {
      return fail('source_unreadable', { path: this.#path, what: whyOf(error) })
    }
    this.#pieceStart = offsetBytes
    return ok()
  }

  read(offsetBytes: number, target: Uint8Array): number {
    const within = offsetBytes - this.#pieceStart
    const bytes = this.#piece.subarray(within, within + target.length)
    target.set(bytes)
    return bytes.length
  }
}

/** The browser's words, made fit to stand in a longer line. */
function whyOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replace(/[.!]+$/, '')
}
