// What every command of the shell's own looks like: words in, text and an exit code out.

import type { defineCommand } from 'just-bash/browser'
import type { Outcome, Process } from './process.ts'

export type Context = Parameters<Parameters<typeof defineCommand>[1]>[1]
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

/** Runs words as a command of this shell; a failure of the library itself is an exit code too. */
export async function runWords(context: Context, text: string, env?: Record<string, string>): Promise<Outcome> {
  const { exec, cwd, signal } = context
  if (!exec) return trouble('this command runs only inside the shell\n')
  const given = env ? { env, replaceEnv: true } : { env: { ...context.exportedEnv }, replaceEnv: true }
  const { stdout, stderr, exitCode } = await exec(text, { ...given, cwd, stdin: stdinOf(context), stdinKind: 'bytes', ...(signal ? { signal } : {}) })
  return { stdout, stderr, exitCode }
}
