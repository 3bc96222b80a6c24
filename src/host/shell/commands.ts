// All commands of a process that the library doesn't bring, or brings otherwise than Linux has them.

import { defineCommand } from 'just-bash/browser'
import { bashCommand } from './bashCommand.ts'
import { type Given, type ShellCommand, trouble } from './command.ts'
import { internals, rememberEnv } from './internals.ts'
import type { Outcome, Process } from './process.ts'
import { runProgram } from './programs.ts'
import { byteWise, smallCommands } from './smallCommands.ts'
import { bracket, test } from '../tools/condition.ts'
import { env, on, sudo } from './sudo.ts'

const ours: Readonly<Record<string, ShellCommand>> = { ...smallCommands, ...internals, ...(smallCommands['help'] ? { __help: smallCommands['help'] } : {}), bash: bashCommand, sh: bashCommand, sudo, on, env, xargs, grep, paste, uniq, printf: byteWise, echo: byteWise }

/** The library wants a number apart from its letter. */
function xargs({ args, context }: Given): Promise<Outcome> | Outcome {
  const apart = args.flatMap((each) => (/^-[nPLsI]./.test(each) ? [each.slice(0, 2), each.slice(2)] : [each]))
  return context.origCommand?.(apart) ?? trouble('xargs runs only inside the shell\n')
}

/** The library takes no letters in one word with -d, and wants a file named. */
function paste({ args, context }: Given): Promise<Outcome> | Outcome {
  const apart = args.flatMap((each) => (/^-s+d./.test(each) ? ['-s', '-d', each.replace(/^-s+d/, '')] : /^-s+d$/.test(each) ? ['-s', '-d'] : [each]))
  const named = apart.some((each, i) => apart[i - 1] !== '-d' && (each === '-' || !each.startsWith('-')))
  return context.origCommand?.(named ? apart : [...apart, '-']) ?? trouble('paste runs only inside the shell\n')
}

/** Counts are as wide as GNU's. */
async function uniq({ args, context }: Given): Promise<Outcome> {
  if (!context.origCommand) return trouble('uniq runs only inside the shell\n')
  const result = await context.origCommand(args)
  const counts = args.some((each) => each === '--count' || /^-[a-z]*c/.test(each))
  return counts ? { ...result, stdout: result.stdout.replaceAll(/^ *(\d+) /gm, (_, count: string) => `${count.padStart(7)} `) } : result
}

/** The library's grep has no -s. */
async function grep({ args, context }: Given): Promise<Outcome> {
  const end = args.indexOf('--')
  const silent = args.findIndex((each, i) => /^-[a-zA-Z]*s[a-zA-Z]*$/.test(each) && !/[efmABC]/.test(each) && (end < 0 || i < end))
  if (!context.origCommand) return trouble('grep runs only inside the shell\n')
  if (silent < 0) return await context.origCommand(args)
  const rest = args.flatMap((each, i) => (i === silent ? [each.replaceAll('s', '')].filter((letters) => letters !== '-') : [each]))
  return { ...(await context.origCommand(rest)), stderr: '' }
}

export const ownNames: readonly string[] = Object.keys(ours).filter((name) => !name.startsWith('__'))

export function commandsFor(process: Process): ReturnType<typeof defineCommand>[] {
  const made = Object.entries(ours).map(([name, run]) => defineCommand(name, async (args, context) => {
    const given = { args, context, process }
    rememberEnv(given)
    return await run(given)
  }))
  const programs = [...process.host.programs].map(([name, program]) => defineCommand(name, async (args, context) => {
    const given = { args, context, process }
    rememberEnv(given)
    return await runProgram(name, program, given)
  }))
  const judges = [['__test', test], ['__bracket', bracket]] as const
  const judging = judges.map(([name, program]) => defineCommand(name, async (args, context) => await runProgram(name === '__test' ? 'test' : '[', program, { args, context, process })))
  return [...made, ...programs, ...judging]
}
