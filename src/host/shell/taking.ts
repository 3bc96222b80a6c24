// A file's bytes for the page, copied piece by piece so that others are let in.

import { fail, ok, type Result } from '../../core/base/result.ts'
import { toPlain } from '../../core/base/plain.ts'
import { PIECE_BYTES } from '../../core/base/task.ts'
import type { Caller } from '../../core/machine/systemTypes.ts'
import type { ShellHost } from './shellHost.ts'

export async function blobOf(host: ShellHost, path: string, caller: Caller): Promise<Result<Blob>> {
  const opened = host.system.open(path, { read: true }, caller)
  if (!opened.ok) return opened
  const handle = opened.value
  const pieces: Blob[] = []
  try {
    if (handle.kind === 'directory') return fail('is_a_directory', { path })
    for (let at = 0; ; ) {
      const piece = new Uint8Array(PIECE_BYTES)
      const count = handle.read(at, piece)
      if (!count.ok) return count
      if (count.value === 0) return ok(new Blob(pieces))
      pieces.push(new Blob([toPlain(piece.subarray(0, count.value))]))
      at += count.value
      await host.turn()
    }
  } finally {
    handle.close()
  }
}
