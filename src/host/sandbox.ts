// Where a program kernel's programs run: WebAssembly, in whatever thread the kernel is in. The only place that knows it; the
// modules come from core's compiler alone.

import { MEMORY_IMPORT } from '../core/kernel/program/compile.ts'
import type { RunningProgram, SandboxMaker } from '../core/kernel/program/sandbox.ts'

/** 256 MiB: address space is taken only as it grows. */
const PAGES_MOST = 4096

export const makeSandbox: SandboxMaker = () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES_MOST })
  const [room, name] = MEMORY_IMPORT
  return {
    get buffer() {
      return memory.buffer as ArrayBuffer
    },
    grow(pageCount) {
      try {
        memory.grow(pageCount)
        return true
      } catch {
        // Beyond its maximum, or the machine has no more.
        return false
      }
    },
    load(module) {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { [room]: { [name]: memory } })
      return exports as unknown as RunningProgram
    },
  }
}
