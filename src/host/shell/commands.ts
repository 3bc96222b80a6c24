// All commands of a process that the library doesn't bring, or brings otherwise than Linux has them.

import { defineCommand } from 'just-bash/browser'
import { bashCommand } from './bashCommand.ts'
import type { ShellCommand } from './command.ts'
import { internals, rememberEnv } from './internals.ts'
import type { Process } from './process.ts'
import { runProgram } from './programs.ts'
import { byteWise, smallCommands } from './smallCommands.ts'
import { on, sudo } from './sudo.ts'

const ours: Readonly<Record<string, ShellCommand>> = { ...smallCommands, ...internals, bash: bashCommand, sh: bashCommand, sudo, on, printf: byteWise, echo: byteWise }

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
  return [...made, ...programs]
}
