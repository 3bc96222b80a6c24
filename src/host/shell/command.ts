// What every command of the shell's own looks like: words in, text and an exit code out.

import type { defineCommand } from 'just-bash/browser'
import { shellQuote } from './ast.ts'
import type { Outcome, Process } from './process.ts'

type Context = Parameters<Parameters<typeof defineCommand>[1]>[1]
export type Given = { args: string[]; context: Context; process: Process }
export type ShellCommand = (given: Given) => Promise<Outcome> | Outcome

export function done(stdout = '', exitCode = 0): Outcome {
  return { stdout, stderr: '', exitCode }
}

export function trouble(stderr: string, exitCode = 1): Outcome {
  return { stdout: '', stderr, exitCode }
}

/** All of standard input, one character for each byte. */
export function stdinOf(context: Context): string {
  return context.stdin as unknown as string
}

/** Runs a command line in this shell's own interpreter, with these variables exported and no others. */
export async function runLine(context: Context, text: string, env: Record<string, string>): Promise<Outcome> {
  const { exec, cwd, signal } = context
  if (!exec) return trouble('this command runs only inside the shell\n')
  // Before the command, and not given beside it: the library would keep those from what the command starts.
  const assignments = Object.entries(env).filter(([name]) => NAME.test(name)).map(([name, value]) => `${name}=${shellQuote(value)} `)
  const { stdout, stderr, exitCode } = await exec(assignments.join('') + text, { env, replaceEnv: true, cwd, stdin: stdinOf(context), stdinKind: 'bytes', ...(signal ? { signal } : {}) })
  return { stdout, stderr, exitCode }
}

const NAME = /^[A-Za-z_]\w*$/
