// bash and sh: a process of its own for a script, or for -c. What it inherits is what was exported.

import { textOf } from '../../core/base/plain.ts'
import { bytesOfLatin1 } from '../bytes.ts'
import { type Given, stdinOf, trouble } from './command.ts'
import { type Outcome, Process } from './process.ts'
import { LIVE } from './rewrite.ts'
import { readText } from './scripts.ts'

const LETTERS = /^[-+][aefnuvxC]+$/

export async function bashCommand(given: Given): Promise<Outcome> {
  const { context, process } = given
  const live = given.args[0] === LIVE
  const { options, command, rest } = readArguments(live ? given.args.slice(1) : given.args)
  const child = new Process({
    host: process.host, user: process.user, umask: process.umask, ppid: process.pid, live: live && process.live, functions: undefined, tell: process.tell,
    commandsFor: process.commandsFor, ...(command ? { kind: 'hBc' } : {}),
  })
  const common = { cwd: context.cwd, env: { ...context.exportedEnv }, signal: context.signal ?? new AbortController().signal, options }
  if (command) {
    const [text, name = 'bash', ...args] = rest
    if (text === undefined) return trouble('bash: -c: option requires an argument\n', 2)
    return await child.run({ ...common, text, name, args, stdin: stdinOf(context) })
  }
  const [path, ...args] = rest
  if (path === undefined) {
    const text = textOf(bytesOfLatin1(stdinOf(context)))
    return await child.run({ ...common, text, name: 'bash', args: [], stdin: '' })
  }
  const text = readText(path, '', context.cwd, process) ?? (path.includes('/') ? undefined : readText(path, context.env.get('PATH') ?? '', context.cwd, process))
  if (text === undefined) return trouble(whyNot(path, given), path.includes('/') && isDirectory(path, given) ? 126 : 127)
  const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text)
  const words = interpreter ? [interpreter[1] ?? '', interpreter[2] ?? ''] : []
  const runner = words[0]?.endsWith('/env') ? words[1] : words[0]?.split('/').at(-1)
  if (runner && !['bash', 'sh', 'dash'].includes(runner)) return trouble(`bash: ${path}: ${runner}: bad interpreter: only bash scripts run here\n`, 126)
  const own = /^-\w*e/.test(words[1] ?? '') ? 'e' : ''
  return await child.run({ ...common, options: options + own, text, path, name: path, args, stdin: stdinOf(context) })
}

function readArguments(args: readonly string[]): { options: string; command: boolean; rest: string[] } {
  let options = ''
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (arg === '-c') return { options, command: true, rest: args.slice(at + 1) }
    if (/^-[aefnuvxC]*c$/.test(arg)) return { options: options + arg.slice(1, -1), command: true, rest: args.slice(at + 1) }
    if (arg === '-o') options += args[++at] === 'errexit' ? 'e' : args[at] === 'nounset' ? 'u' : ''
    else if (LETTERS.test(arg)) options += arg.startsWith('-') ? arg.slice(1) : ''
    else if (!['-s', '-l', '-i', '--login', '--norc', '--noprofile', '-'].includes(arg)) break
  }
  return { options, command: false, rest: args.slice(at) }
}

function isDirectory(path: string, { context, process }: Given): boolean {
  const found = process.host.system.stat(path, process.caller(context.cwd))
  return found.ok && found.value.kind === 'directory'
}

function whyNot(path: string, given: Given): string {
  return `bash: ${path}: ${isDirectory(path, given) ? 'Is a directory' : 'No such file or directory'}\n`
}
