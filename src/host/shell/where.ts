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
  /** A builtin, or a command that is there without a file. */
  isKnown(name: string): boolean
  /** A function was defined: remembered, to be there on the next line. */
  defined(node: Extract<Command, { type: 'FunctionDef' }>): string
  /** Positional parameters as a sourced file left them, and its status. */
  takeParameters(): { words: string[]; status: string }
  /** The function that is called next writes to the terminal as it runs. */
  callsLive(): void
  takeLive(): boolean
  /** What holds by now: a file read since may have brought `set -e` or a trap. */
  whereNow(where: Where): Where
  /** A function of that name was seen, and might stand for a program. */
  hasFunction(name: string): boolean
}

export interface Prepared {
  statements: Statement[]
  /** The file that they are from. */
  path?: string
  /** Their positional parameters; undefined where they share their caller's. */
  parameters?: string[]
  /** They change their positional parameters, which are their caller's. */
  shifts?: boolean
}

export interface Where {
  runtime: Runtime
  /** Output goes to the terminal, so it may go there at once. */
  streams: boolean
  /** Somewhere in this shell it does. */
  mayStream: boolean
  /** `set -e` may be on. */
  errexit: boolean
  /** `set -u` may be on. */
  nounset: boolean
  inFunction: boolean
  /** The script runs as a function (see process.ts): what it declares is global all the same. */
  wrapped: boolean
  /** The file that this is from. */
  path: string | undefined
  /** Of the command whose words are looked at. */
  line?: number
  /** Whoever runs this looks at its status: `set -e` and the trap of ERR leave it alone. */
  asked: boolean
  /** A trap of ERR may be set: every failure is looked at (see failures.ts), and `set -e` with it. */
  errtrap: boolean
  /** `set -x` may be on: our own commands tell what runs (see trace.ts). */
  xtrace: boolean
}
