// Runs a Program as a command of the shell: in turns, so that others are let in and Ctrl-C arrives between its pieces. What
// it holds is let go however it ends.

import type { Io, Program } from '../../cli/program.ts'
import { textOf } from '../../core/base/plain.ts'
import { type Progress, type Task, WAITING } from '../../core/base/task.ts'
import { BusError } from '../../core/kernel/mappedFile.ts'
import { bytesOfLatin1, latin1Of, textForPeople, utf8Of } from '../bytes.ts'
import { type Given, stdinOf } from './command.ts'
import type { Outcome } from './process.ts'
import { PIPE_MOST } from './limits.ts'
import { LIVE } from './rewrite.ts'
import type { ShellHost } from './shellHost.ts'

const INTERRUPTED = 130
/** 128 and the number of SIGPIPE. */
const PIPE_FULL = 141
/** 128 and the number of SIGBUS. */
const BUS_ERROR = 135
const REPORT_MS = 40

interface ProgramOutcome extends Outcome {
  stdoutKind?: 'text' | 'bytes'
}

export async function runProgram(name: string, program: Program, { args, context, process }: Given): Promise<ProgramOutcome> {
  const live = args[0] === LIVE
  const { host } = process
  const output = new Output(live ? (stream, text) => process.tell({ kind: 'output', stream, text }) : undefined)
  let reportedAt = 0
  const io: Io = {
    system: host.system,
    caller: process.caller(context.cwd),
    env: (variable) => context.exportedEnv?.[variable],
    out: (text) => output.text('out', text),
    err: (text) => output.text('err', text),
    outBytes: (bytes) => output.bytes(bytes),
    stdin: () => bytesOfLatin1(stdinOf(context)),
    progress: (label, doneBytes, totalBytes) => {
      const now = performance.now()
      if (now - reportedAt < REPORT_MS && doneBytes < totalBytes) return
      reportedAt = now
      process.tell({ kind: 'busy', label, doneBytes, totalBytes })
    },
  }
  const task = program([name, ...(live ? args.slice(1) : args)], io)
  try {
    for (;;) {
      if (context.signal?.aborted) return output.outcome(INTERRUPTED)
      const step = stepOf(task)
      if (step === undefined) return died(name, host, output)
      if (step.done) return output.outcome(step.value)
      if (output.heldLetters > PIPE_MOST) {
        output.text('err', `${name}: stopped: a pipe, a variable or a file written by > holds ${PIPE_MOST} bytes here\n  Name files instead of piping them: cmp, dd, famfs cp, head and sha256sum read them in pieces.\n`)
        return output.outcome(PIPE_FULL)
      }
      // Whoever only waits for another does so in the others' turns.
      if (step.value === WAITING) await new Promise((resolve) => setTimeout(resolve, 0))
      else await host.turn()
    }
  } finally {
    task.return(undefined as never)
  }
}

/** Undefined where the program touched memory that failed. */
function stepOf(task: Task<number>): IteratorResult<Progress, number> | undefined {
  try {
    return task.next()
  } catch (error) {
    if (error instanceof BusError) return undefined
    throw error
  }
}

/** As bash tells it: the program itself says nothing any more. */
function died(name: string, host: ShellHost, output: Output): ProgramOutcome {
  host.system.log(`${name}: killed by SIGBUS: it touched memory that failed`)
  output.text('err', 'Bus error (core dumped)\n')
  return output.outcome(BUS_ERROR)
}

/** Text stays text until bytes come: then all of it is bytes. */
class Output {
  readonly #tell: ((stream: 'out' | 'err', text: string) => void) | undefined
  readonly #out: string[] = []
  readonly #err: string[] = []
  #isBytes = false
  /** What waits here for the next command; what goes to a person at once doesn't. */
  heldLetters = 0

  constructor(tell: ((stream: 'out' | 'err', text: string) => void) | undefined) {
    this.#tell = tell
  }

  text(stream: 'out' | 'err', text: string): void {
    if (this.#tell) this.#tell(stream, text)
    else if (stream === 'err') this.#err.push(text)
    else this.#hold(this.#isBytes ? latin1Of(utf8Of(text)) : text)
  }

  bytes(bytes: Uint8Array): void {
    if (this.#tell) {
      this.#tell('out', textForPeople(bytes))
      return
    }
    if (!this.#isBytes) for (const [i, text] of this.#out.entries()) this.#out[i] = latin1Of(utf8Of(text))
    this.#isBytes = true
    this.#hold(latin1Of(bytes))
  }

  #hold(letters: string): void {
    this.#out.push(letters)
    this.heldLetters += letters.length
  }

  outcome(exitCode: number): ProgramOutcome {
    return { stdout: this.#out.join(''), stderr: this.#err.join(''), exitCode, stdoutKind: this.#isBytes ? 'bytes' : 'text' }
  }
}

/** Bytes of standard input as text. */
export function stdinText(given: Given): string {
  return textOf(bytesOfLatin1(stdinOf(given.context)))
}
