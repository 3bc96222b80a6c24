// Gives a task the piece of a Blob that it is about to read: reading a Blob waits, and core never does. The piece at hand
// always begins where the task said it would read next; it is empty where the Blob can't be read, which ends the source.

import { PIECE_BYTES } from '../core/base/task.ts'
import type { Source } from '../core/fs/data.ts'

export class BlobFeeder implements Source {
  readonly sizeBytes: number
  readonly #blob: Blob
  #piece = new Uint8Array(0)
  #pieceStart = 0

  constructor(blob: Blob) {
    this.#blob = blob
    this.sizeBytes = blob.size
  }

  /** Call before the task goes on, with the offset that it reads next. */
  async load(offsetBytes: number): Promise<void> {
    if (offsetBytes === this.#pieceStart && this.#piece.length > 0) return
    const part = this.#blob.slice(offsetBytes, offsetBytes + PIECE_BYTES)
    // A file on disk may have been changed or removed since it was chosen.
    const content = await part.arrayBuffer().catch(() => new ArrayBuffer(0))
    this.#piece = new Uint8Array(content)
    this.#pieceStart = offsetBytes
  }

  read(offsetBytes: number, target: Uint8Array): number {
    const within = offsetBytes - this.#pieceStart
    const bytes = this.#piece.subarray(within, within + target.length)
    target.set(bytes)
    return bytes.length
  }
}
