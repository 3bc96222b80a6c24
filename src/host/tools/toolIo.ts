// A program's outside, with a memory of what it has open: a tool that is stopped half-way, as Ctrl-C stops it, must leave no
// file open, or its file system could never be unmounted.

import type { Io } from '../../cli/program.ts'
import { ok, type Result } from '../../core/base/result.ts'
import type { Handle, OpenOptions } from '../../core/machine/systemTypes.ts'

export interface ToolIo extends Io {
  open(path: string, options: OpenOptions): Result<Handle>
  closeAll(): void
}

export function toolIo(io: Io): ToolIo {
  const { system, caller } = io
  const handles = new Set<Handle>()
  return {
    system,
    caller,
    env: (name) => io.env(name),
    out: (text) => io.out(text),
    err: (text) => io.err(text),
    outBytes: (bytes) => io.outBytes(bytes),
    stdin: () => io.stdin(),
    progress: (label, doneBytes, totalBytes) => io.progress(label, doneBytes, totalBytes),
    open(path, options) {
      const opened = system.open(path, options, caller)
      if (!opened.ok) return opened
      const handle = opened.value
      handles.add(handle)
      const close = (): void => {
        handles.delete(handle)
        handle.close()
      }
      return ok({ ...handle, close })
    },
    closeAll() {
      for (const handle of handles) handle.close()
    },
  }
}
