// The frame of every plain tool: options read and complained about in one way, --help in one paragraph or one for each of
// its commands, and a run that gets what was given. A tool answers with an exit code and never throws for what people typed.

import type { Program } from '../../cli/program.ts'
import type { Task } from '../../core/base/task.ts'
import { getopt, type Given, has, type Syntax } from './getopt.ts'
import { baseName } from './paths.ts'
import { toolIo, type ToolIo } from './toolIo.ts'
import { type Voice, voiceOf } from './voice.ts'

interface ToolSpec extends Syntax {
  /** One paragraph, beginning with the way it is called; a line for each where it has commands. */
  help: string
  /** Exit code for wrong options and missing operands; 1 where not given. */
  usageExit?: number
  /** Fewest operands. */
  needs?: number
  /** Most operands. */
  most?: number
  /** What GNU says when the first operand isn't there. */
  missing?: string
  /** Old spellings made new, such as head's "-5". */
  modern?: (args: readonly string[]) => readonly string[]
}

export interface Call {
  given: Given
  voice: Voice
  io: ToolIo
  /** Says what is wrong with the call, and answers with the exit code for it. */
  misused: (text: string) => number
}

export function tool(spec: ToolSpec, run: (call: Call) => Task<number>): Program {
  return function* program(argv, outside) {
    const io = toolIo(outside)
    try {
      return yield* called(argv, io)
    } finally {
      io.closeAll()
    }
  }

  function* called(argv: readonly string[], io: ToolIo): Task<number> {
    const voice = voiceOf(baseName(argv[0] ?? ''), io)
    const misused = (text: string): number => {
      io.err(`${voice.name}: ${text}\nTry '${voice.name} --help' for more information.\n`)
      return spec.usageExit ?? 1
    }
    const args = argv.slice(1)
    const parsed = getopt(spec.modern?.(args) ?? args, spec)
    if (!parsed.ok) return misused(parsed.complaint)
    const { given } = parsed
    if (has(given, 'help')) {
      io.out(`${spec.help}\n`)
      return 0
    }
    const { operands } = given
    if (operands.length < (spec.needs ?? 0)) return misused(shortfall(spec, operands))
    const extra = operands[spec.most ?? Infinity]
    if (extra !== undefined) return misused(`extra operand '${extra}'`)
    return yield* run({ given, voice, io, misused })
  }
}

/** For tools that are done at once. */
export function quickTool(spec: ToolSpec, run: (call: Call) => number): Program {
  // eslint-disable-next-line require-yield
  return tool(spec, function* quick(call) {
    return run(call)
  })
}

function shortfall({ missing }: ToolSpec, operands: readonly string[]): string {
  const last = operands.at(-1)
  return last === undefined ? `missing ${missing ?? 'operand'}` : `missing operand after '${last}'`
}

/** Runs it for every operand; 0 when all went well. */
export function forEach(operands: readonly string[], work: (operand: string) => boolean): number {
  let exitCode = 0
  for (const operand of operands) if (!work(operand)) exitCode = 1
  return exitCode
}
