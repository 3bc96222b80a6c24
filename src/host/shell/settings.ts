// Commands of ours behind `set` and failures: what the library's own options can't do is kept in variables, which subshells
// copy as they copy everything. `__e`, `__E` and `__x` stand for errexit, errtrace and xtrace; `__flags` is what `$-` shows.

import { own, quoted, simple, statement, type Statement } from './ast.ts'
import { done, type Given, type ShellCommand, trouble } from './command.ts'
import { depthOf, lined } from './failures.ts'
import { flagsOf } from './flags.ts'
import { parse } from './parse.ts'
import type { Outcome, Process } from './process.ts'
import { traceLine } from './trace.ts'

type Variables = Pick<Map<string, string>, 'get' | 'set' | 'delete'>

export const settings: Readonly<Record<string, ShellCommand>> = {
  __setting: ({ args, context, process }) => {
    const left = takeSettings(args, context.env, process)
    process.prepare({ statements: left.length === 0 && args.length > 0 ? [] : [statement(simple('set', left.map((each) => quoted(each))))] })
    return done()
  },
  __mirror: ({ args, context, process }) => {
    const letters = args[0] ?? ''
    if (letters.includes('u')) context.env.delete('__lenient')
    else context.env.set('__lenient', '')
    context.env.set('__flags', flagsOf(letters, context.env, process.kind))
    return done()
  },
  __asked: ({ args: [status, shell = '', names = ''], process }) => {
    process.asking.push({ shell: Number(shell), depth: depthOf(names, process.wrapped) })
    return done('', Number(status))
  },
  __answered: ({ args, process }) => {
    process.asking.pop()
    return done('', Number(args[0]))
  },
  __failed: failed,
  __over: ({ context }) => {
    context.env.delete('__inerr')
    return done()
  },
  __traced: ({ args: [status = '0', ...words], context }) => traced(words, context.env, Number(status)),
}

const OPTION_NAMES: Readonly<Record<string, string>> = { errexit: 'e', errtrace: 'E', functrace: 'T', xtrace: 'x' }

/** What is ours among the words of `set` is done; the rest comes back. */
function takeSettings(words: readonly string[], env: Variables, process: Process): string[] {
  const ours = process.ownOptions()
  const left: string[] = []
  const keep = (letter: string, on: boolean): void => void (on ? env.set(`__${letter}`, '1') : env.delete(`__${letter}`))
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const sign = word[0]
    if ((sign !== '-' && sign !== '+') || word === '-' || word === '--') return [...left, ...words.slice(at)]
    const letters = word.slice(1).split('').filter((letter) => !ours.includes(letter))
    for (const letter of word.slice(1)) if (ours.includes(letter)) keep(letter, sign === '-')
    const named = letters.includes('o') ? words[at + 1] : undefined
    const letter = OPTION_NAMES[named ?? '']
    if (letter !== undefined && ours.includes(letter)) {
      keep(letter, sign === '-')
      at++
      letters.splice(letters.indexOf('o'), 1)
    }
    if (letters.length > 0) left.push(`${sign}${letters.join('')}`)
    if (letters.includes('o') && named !== undefined) left.push(words[++at] ?? '')
  }
  return left
}

/** Words: status, number of the shell, names of the functions, line and text of what failed. */
async function failed({ args: [status = '1', shell = '', names = '', line = '', text = ''], context, process }: Given): Promise<Outcome> {
  const depth = depthOf(names, process.wrapped)
  const { env } = context
  const statements: Statement[] = []
  const settle = (): Statement => statement(own('status', [quoted(status)]))
  if (!process.isAsked(Number(shell), depth)) {
    statements.push(...(await handler(env, { shell, depth, line, status, text })))
    if (env.get('__e')) statements.push(statement(simple('exit', [quoted(status)])))
  }
  process.prepare({ statements: [...statements, settle()] })
  return done()
}

async function handler(env: Variables, { shell, depth, line, status, text: command }: Record<'shell' | 'line' | 'status' | 'text', string> & { depth: number }): Promise<Statement[]> {
  const stored = env.get('__trap_ERR') ?? ''
  const text = stored.slice(stored.indexOf(':') + 1)
  const inherited = env.get('__E') === '1'
  const here = inherited || (stored.startsWith(`${shell}:`) && depth <= Number(env.get('__errdepth') ?? 0))
  if (text === '' || !here || env.get('__inerr')) return []
  const parsed = await parse(text)
  if (!parsed.ok) return []
  const number = Number(line)
  env.set('BASH_COMMAND', command)
  env.set('__inerr', '1')
  const body = line === '' ? parsed.ast.statements : lined(parsed.ast.statements, () => number)
  const over = statement(own('over'))
  return [statement(own('status', [quoted(status)]), simple(':')), ...body, over]
}

export function traced(words: readonly string[], env: Pick<Map<string, string>, 'get'>, exitCode = 0): Outcome {
  if (!env.get('__x')) return done('', exitCode)
  return trouble(traceLine(words, `${env.get('__plus') ?? ''}+`), exitCode)
}
