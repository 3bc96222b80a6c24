// sudo and on: the rest of the line is run as someone else, or somewhere else.

import { bytesOfLatin1 } from '../bytes.ts'
import { shellQuote } from './ast.ts'
import { type Given, runLine, stdinOf, trouble } from './command.ts'
import type { Outcome } from './process.ts'

const USERS: Readonly<Record<string, number>> = { root: 0, user: 1000, nobody: 65534 }
const KEPT = new Set(['PATH', 'TERM', 'LANG', 'HOSTNAME'])

export async function sudo(given: Given): Promise<Outcome> {
  const { context, process } = given
  const read = readArguments(given.args)
  if ('wrong' in read) return trouble(`sudo: ${read.wrong}\n`)
  const { uid, user, keepEnv, assignments, words } = read
  if (words.length === 0) return read.only ? { stdout: '', stderr: '', exitCode: 0 } : trouble('usage: sudo [-n] [-E] [-u USER] [NAME=value ...] COMMAND ...\n')
  const exported = context.exportedEnv ?? {}
  const kept = keepEnv ? exported : Object.fromEntries(Object.entries(exported).filter(([name]) => KEPT.has(name)))
  const home = uid === 0 ? '/root' : `/home/${user}`
  const variables = { ...kept, HOME: home, USER: user, LOGNAME: user, SUDO_USER: exported['USER'] ?? 'root', SUDO_UID: String(process.user.uid), ...assignments }
  const before = process.user
  process.user = { uid, gid: uid }
  try {
    return await runLine(context, words.map(shellQuote).join(' '), variables)
  } finally {
    process.user = before
  }
}

type Read = { uid: number; user: string; keepEnv: boolean; assignments: Record<string, string>; words: string[]; only: boolean }

function readArguments(args: readonly string[]): Read | { wrong: string } {
  const read: Read = { uid: 0, user: 'root', keepEnv: false, assignments: {}, words: [], only: false }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg)
    if (assigned) read.assignments[assigned[1] ?? ''] = assigned[2] ?? ''
    else if (arg === '-u' || arg === '--user' || arg.startsWith('--user=')) {
      const user = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (args[++at] ?? '')
      const uid = /^#\d+$/.test(user) ? Number(user.slice(1)) : USERS[user]
      if (uid === undefined) return { wrong: `unknown user ${user}` }
      Object.assign(read, { uid, user })
    } else if (arg === '-E' || arg === '--preserve-env') read.keepEnv = true
    else if (arg === '-v' || arg === '-k') read.only = true
    else if (arg === '-i' || arg === '-s') {
      read.words = args.length > at + 1 ? args.slice(at + 1) : ['true']
      return read
    } else if (arg === '--') return { ...read, words: args.slice(at + 1) }
    else if (arg.startsWith('-') && !['-n', '-S', '-H', '-b', '--non-interactive'].includes(arg)) return { wrong: `invalid option ${arg}` }
    else if (!arg.startsWith('-')) return { ...read, words: args.slice(at) }
  }
  return read
}

/** `env [-i] [-u NAME] [NAME=value ...] [COMMAND ...]` */
export async function env({ args, context }: Given): Promise<Outcome> {
  let variables: Record<string, string> = { ...context.exportedEnv }
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    const assigned = /^([^=]+)=(.*)$/s.exec(arg)
    if (arg === '-i' || arg === '-' || arg === '--ignore-environment') variables = {}
    else if (arg === '-u') delete variables[args[++at] ?? '']
    else if (arg === '--') {
      at++
      break
    } else if (arg.startsWith('-')) return trouble(`env: invalid option ${arg}\n`, 125)
    else if (assigned) variables[assigned[1] ?? ''] = assigned[2] ?? ''
    else break
  }
  if (at < args.length) return await runLine(context, args.slice(at).map(shellQuote).join(' '), variables)
  return { stdout: Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(''), stderr: '', exitCode: 0 }
}

/** `on HOST CMD...` */
export async function on({ args, context, process }: Given): Promise<Outcome> {
  const [host, ...words] = args
  if (host === undefined || words.length === 0) return trouble('usage: on HOST COMMAND ...\n', 2)
  const { onHost } = process.host
  if (!onHost) return trouble('on: no other host can be reached from here: type the command in that host’s own terminal\n')
  return await onHost(host, words, { cwd: context.cwd, stdin: bytesOfLatin1(stdinOf(context)), signal: context.signal ?? new AbortController().signal })
}
