// A file's bytes for the page, copied piece by piece so that others are let in.

import { toPlain } from '../../core/base/plain.ts'
import { fail, ok, type Result } from '../../core/base/result.ts'
import { PIECE_BYTES } from '../../core/base/task.ts'
import type { Caller } from '../../core/machine/systemTypes.ts'
import type { ShellHost } from './shellHost.ts'

export async function blobOf(host: ShellHost, path: string, caller: Caller): Promise<Result<Blob>> {
  const opened = host.system.open(path, { read: true }, caller)
  if (!opened.ok) return opened
  const handle = opened.value
  try {
    if (handle.kind === 'directory') return fail('is_a_directory', { path })
    if (handle.kind !== 'file') return fail('source_unreadable', { path, what: 'it is not a file' })
    let bytes = new Uint8Array(handle.sizeBytes() + 1)
    for (let at = 0; ; ) {
      // What is generated may be longer than it said.
      if (at === bytes.length) bytes = longer(bytes)
      const count = handle.read(at, bytes.subarray(at, at + PIECE_BYTES))
      if (!count.ok) return count
      if (count.value === 0) return ok(new Blob([toPlain(bytes.subarray(0, at))]))
      at += count.value
      await host.turn()
    }
  } finally {
    handle.close()
  }
}

function longer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes.length * 2)
  made.set(bytes)
  return made
}
