// A command is its table and what it does with what was given. Whatever is wrong is said on stderr, with what to do next;
// a wrong option also brings the usage there and never exits with 0.

import type { Task } from '../core/base/task.ts'
import { type Given, type OptionTable, parse } from './options.ts'
import type { Io } from './program.ts'
import type { Trouble } from './units.ts'
import { type Described, usageOf } from './usage.ts'

export interface Call<T extends OptionTable> {
  /** `famfs creat`, for messages. */
  name: string
  given: Given<T>
  operands: readonly string[]
  /** Options as they were spelled, `-k` or `--kill`. */
  spelled: readonly string[]
  /** All that stood behind the name, as it was typed. */
  args: readonly string[]
  io: Io
}

/** A command as the dispatcher, completion and tests see it. */
export interface Command extends Described {
  invoke: (args: readonly string[], io: Io) => Task<number>
}

export function command<const T extends OptionTable>(spec: Omit<Described, 'options'> & { options: T; run: (call: Call<T>) => Task<number> | number }): Command {
  const { run, ...described } = spec
  return {
    ...described,
    *invoke(args, io) {
      const { name } = described
      const parsed = parse(spec.options, args)
      if (parsed.kind === 'help') {
        io.out(usageOf(described))
        return 0
      }
      if (parsed.kind === 'wrong') {
        say(io, name, parsed.trouble)
        if (parsed.isUnknown) io.err(`\n${usageOf(described)}`)
        return parsed.exit
      }
      for (const warning of parsed.warnings) io.err(`${name}: ${warning}.\n`)
      const { given, operands, spelled } = parsed
      const ended = run({ name, given, operands, spelled, args, io })
      return typeof ended === 'number' ? ended : yield* ended
    },
  }
}

/** What went wrong and what to do next. */
export function say(io: Io, name: string, { says, next }: Trouble): void {
  io.err(`${name}: ${says}\n  ${next}\n`)
}

/** For trouble that ends the command: `return stop(call, failure)`. */
export function stop({ io, name }: { io: Io; name: string }, trouble: Trouble, exit = 1): number {
  say(io, name, trouble)
  return exit
}

/** The one operand of a command that takes no more; the rest is ignored, and that is told. */
export function onlyOperand({ io, name, operands }: { io: Io; name: string; operands: readonly string[] }): string | undefined {
  const [first, ...rest] = operands
  if (rest.length > 0) io.err(`${name}: only ${first} is looked at, not ${rest.join(' ')}; options go before it.\n`)
  return first
}

/** Exit codes above 127 would look like signals. */
export function countExit(count: number): number {
  return Math.min(count, 127)
}
