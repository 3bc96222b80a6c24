// A program is a task that takes argv and answers with an exit code. It sees its host only through what it is handed, and
// writes text in pieces; between pieces others run, and it can be stopped as a power cut would stop it.

import type { Task } from '../core/base/task.ts'
import type { System } from '../core/machine/system.ts'
import type { Caller } from '../core/machine/systemTypes.ts'

export interface Io {
  readonly system: System
  readonly caller: Caller
  env(name: string): string | undefined
  /** Text, which leaves as UTF-8. */
  out(text: string): void
  err(text: string): void
  /** Bytes as they are, such as cat's. */
  outBytes(bytes: Uint8Array): void
  /** All of standard input. */
  stdin(): Uint8Array
  /** What a long operation is busy with, for a progress bar: `label` names the file. Shown beside the output, never in it. */
  progress(label: string, doneBytes: number, totalBytes: number): void
}

/** @param argv argv[0] is the program's name */
export type Program = (argv: readonly string[], io: Io) => Task<number>
