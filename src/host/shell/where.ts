// What the rewriting knows of the place where a statement stands, and what it asks the process that runs it.

import type { Command, Statement } from './ast.ts'

/** What the second statement is made from; the commands of ours fill it. */
export interface Runtime {
  /** Words that were expanded last, with their status before. */
  takeWords(): { words: string[]; status: string }
  /** Statements that were prepared last: an eval's, a trap's, a sourced file's. */
  takePrepared(): Prepared
  /** What writes its output itself, as it comes: our programs. */
  isProgram(name: string): boolean
  /** A function was defined: remembered, to be there on the next line. */
  defined(node: Extract<Command, { type: 'FunctionDef' }>): string
  /** A function of that name was seen, and might stand for a program. */
  hasFunction(name: string): boolean
}

export interface Prepared {
  statements: Statement[]
  /** The file that they are from. */
  path?: string
  /** Positional parameters for them, and those to be put back. */
  parameters?: { given: string[]; before: string[] }
}

export interface Where {
  runtime: Runtime
  /** Output goes to the terminal, so it may go there at once. */
  streams: boolean
  /** `set -e` may be on. */
  errexit: boolean
  /** `set -u` may be on. */
  nounset: boolean
  inFunction: boolean
  /** The script runs as a function (see process.ts): what it declares is global all the same. */
  wrapped: boolean
  /** The file that this is from. */
  path: string | undefined
  /** In a sourced file, outside of its functions: how many loops `return` has to leave. */
  returnLoops: number | undefined
}
