// Commands that the rewriting puts in, whose names begin with two underscores. They get words that the shell has expanded
// and leave what runs next with their process. None of them is for people.

import { own, quoted, simple, statement, type Statement } from './ast.ts'
import { done, type Given, type ShellCommand, trouble } from './command.ts'
import { depthOf, lined } from './failures.ts'
import { callerText } from './frames.ts'
import { parse, parseAsFar } from './parse.ts'
import type { Outcome, Process } from './process.ts'
import { sentence } from './syntaxError.ts'
import { settings, traced } from './settings.ts'
import { isFatal, signalName, signalNumber, signalTable, translated } from './signals.ts'
import { readText, scriptOr } from './scripts.ts'

export const internals: Readonly<Record<string, ShellCommand>> = {
  ...settings,
  __words: ({ args, context, process }) => {
    const status = context.env.get('?') ?? '0'
    const [traces, ...words] = args
    process.setWords(scriptOr(words, context.cwd, process, context.env), status)
    return traces === '' || words.length === 0 ? done() : traced(words, context.env)
  },
  __status: ({ args, context }) => done('', Number(args[0] ?? context.env.get('?') ?? 0)),
  __eval: async ({ args: [line, ...args], process }) => {
    const text = (args[0] === '--' ? args.slice(1) : args).join(' ')
    return await prepareText(process, text, Number(line))
  },
  __source: sourceFile,
  __exit: async ({ args, context, process }) => {
    const [shell = '', given] = args
    const status = given !== undefined && /^-?\d+$/.test(given) ? String(((Number(given) % 256) + 256) % 256) : given
    context.env.set('__rc', status ?? context.env.get('?') ?? '0')
    if (shell === String(process.pid)) process.exited = true
    const handler = context.env.get('__trap_EXIT')
    context.env.delete('__trap_EXIT')
    process.lastEnv?.delete('__trap_EXIT')
    if (!handler?.startsWith(`${shell}:`)) return done()
    return await prepareHandler(process, handler, context.env.get('__rc') ?? '0')
  },
  __kill: kill,
  __trap: trap,
  __parameters: ({ args: [status = '0', ...words], process }) => {
    process.setParameters(words, status)
    return done('', Number(status))
  },
  __refused: ({ args }) => trouble(args.join(' '), 0),
  __caller: ({ args }) => {
    const text = callerText(args)
    return text === undefined ? done('', 1) : done(`${text}\n`)
  },
  __umask: ({ args, context, process }) => {
    if (args[0] === 'keep') process.umasksKept.push(process.umask)
    else process.umask = process.umasksKept.pop() ?? process.umask
    return done('', args[0] === 'keep' ? 0 : Number(context.env.get('?') ?? 0))
  },
  __job: ({ args, context, process }) => {
    const pid = process.host.newPid()
    const [kind, value] = args
    const endsAt = kind === 'sleep' ? performance.now() + Number.parseFloat(value ?? '0') * 1000 : 0
    process.jobs.set(pid, { pid, status: kind === 'sleep' ? 0 : Number(value), endsAt })
    context.env.set('__bgpid', String(pid))
    return done()
  },
  __wait: wait,
  __jobs: ({ process }) => {
    const running = [...process.jobs.values()].filter(({ endsAt }) => endsAt > performance.now())
    return done(running.map(({ pid }, i) => `[${i + 1}]   Running                 (${pid}) sleep &\n`).join(''))
  },
  __save: ({ args, context, process }) => {
    process.saved = args
    process.aliases = new Map([...context.env.entries()].filter(([name]) => name.startsWith('BASH_ALIAS_')))
    return done()
  },
}

async function prepareText(process: Process, text: string, line: number): Promise<Outcome> {
  const parsed = await parse(text)
  if (!parsed.ok) {
    process.prepare({ statements: [statusStatement('2')] })
    return trouble(sentence(parsed.complaint, 'bash: eval', text), 0)
  }
  process.prepare({ statements: lined(parsed.ast.statements, (each) => each + line - 1) }, text)
  return done()
}

async function prepareHandler(process: Process, handler: string, status: string): Promise<Outcome> {
  const parsed = await parse(handler.slice(handler.indexOf(':') + 1))
  if (!parsed.ok) return trouble(sentence(parsed.complaint, 'bash: trap', handler), 0)
  process.prepare({ statements: [statement(own('status', [quoted(status)]), simple(':')), ...parsed.ast.statements] })
  return done()
}

function statusStatement(status: string): Statement {
  return statement(own('status', [quoted(status)]))
}

async function sourceFile({ args, context, process }: Given): Promise<Outcome> {
  const [file, ...given] = args[0] === '--' ? args.slice(1) : args
  const refuse = (text: string, status: string): Outcome => {
    process.prepare({ statements: [statusStatement(status)] })
    return trouble(`bash: ${text}\n`, 0)
  }
  if (file === undefined) return refuse('source: filename argument required', '2')
  const path = context.env.get('PATH') ?? ''
  const text = readText(file, file.includes('/') ? '' : path, context.cwd, process)
  if (text === undefined) return refuse(`${file}: No such file or directory`, '1')
  const { statements } = await parseAsFar(text, file, 'return')
  const before = [...process.switchedOn(context.env, text)]
  process.prepare({ statements: [...before, ...statements], path: file, shifts: /\b(shift|set\s+--)/.test(text), ...(given.length > 0 ? { parameters: given } : {}) }, text)
  return done()
}

/** Words: the shell's own number, then kill's. What the signal does to this very shell runs next. */
async function kill({ args, context, process }: Given): Promise<Outcome> {
  const [self, ...words] = args
  const end = (outcome: Outcome): Outcome => {
    process.prepare({ statements: [statusStatement(String(outcome.exitCode))] })
    return { ...outcome, exitCode: 0 }
  }
  if (words[0] === '-l' || words[0] === '-L') {
    if (words.length === 1) return end(done(signalTable()))
    const names = words.slice(1).map(translated)
    const wrong = words.slice(1).find((_, i) => names[i] === undefined)
    if (wrong !== undefined) return end(trouble(`bash: kill: ${wrong}: invalid signal specification\n`))
    return end(done(names.map((name) => `${name}\n`).join('')))
  }
  const { spec, targets } = killWords(words)
  const name = spec === '0' ? '0' : signalName(spec)
  if (name === undefined) return end(trouble(`bash: kill: ${spec}: invalid signal specification\n`))
  if (targets.length === 0) return end(trouble('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n', 2))
  let stderr = ''
  let hitsSelf = false
  for (const target of targets) {
    const pid = Number(target)
    const job = process.jobs.get(pid)
    if (target === self || pid === process.pid) hitsSelf = true
    else if (job && job.endsAt > performance.now()) {
      if (name !== '0') Object.assign(job, { endsAt: 0, status: 128 + signalNumber(name) })
    } else if (pid !== 1 || name !== '0') stderr += `bash: kill: (${target}) - No such process\n`
  }
  if (!hitsSelf || name === '0') return end({ stdout: '', stderr, exitCode: stderr === '' ? 0 : 1 })
  return await signalled(process, context.env.get(`__trap_${name}`), name)
}

function killWords(words: readonly string[]): { spec: string; targets: string[] } {
  const [first = '', second = ''] = words
  if (first === '-s' || first === '-n') return { spec: second, targets: words.slice(2) }
  if (first === '--') return { spec: 'TERM', targets: words.slice(1) }
  if (first.startsWith('-') && first !== '-') return { spec: first.slice(1), targets: words.slice(words[1] === '--' ? 2 : 1) }
  return { spec: 'TERM', targets: [...words] }
}

/** A handler runs; an empty one ignores; without one the signal ends the shell, through its EXIT handler but for KILL. */
async function signalled(process: Process, handler: string | undefined, name: string): Promise<Outcome> {
  const text = handler?.slice(handler.indexOf(':') + 1)
  if (text !== undefined && name !== 'KILL') return text === '' ? done() : await prepareHandler(process, handler ?? '', '0')
  if (!isFatal(name)) return done()
  const status = String(128 + signalNumber(name))
  process.exited ||= name === 'KILL'
  process.prepare({ statements: [statement(simple(name === 'KILL' ? 'builtin' : 'exit', name === 'KILL' ? [quoted('exit'), quoted(status)] : [quoted(status)]))] })
  return done()
}

/** Words: the number of the shell or subshell that asks, the functions that run, then trap's. */
function trap({ args, context, process }: Given): Outcome {
  const [shell = '', names = '', ...all] = args
  const words = all[0] === '--' ? all.slice(1) : all
  if (words[0] === '-l') return done(signalTable())
  const set = [...context.env.keys()].filter((name) => name.startsWith('__trap_')).map((name) => name.slice('__trap_'.length))
  if (words.length === 0 || words[0] === '-p') {
    const wanted = words.slice(1).map((spec) => signalName(spec))
    const shown = set.filter((name) => wanted.length === 0 || wanted.includes(name)).toSorted((a, b) => signalNumber(a) - signalNumber(b))
    return done(shown.map((name) => trapLine(name, context.env.get(`__trap_${name}`) ?? '')).join(''))
  }
  const [first = '', ...rest] = words
  const resets = first === '-' || (rest.length === 0 && signalName(first) !== undefined) || /^\d+$/.test(first)
  const specs = first === '-' || !resets ? rest : words
  let stderr = ''
  for (const spec of specs) {
    const name = signalName(spec)
    if (name === undefined) stderr += `bash: trap: ${spec}: invalid signal specification\n`
    else if (resets) context.env.delete(`__trap_${name}`)
    else context.env.set(`__trap_${name}`, `${shell}:${first}`)
    if (name === 'ERR') context.env.set('__errdepth', String(depthOf(names, process.wrapped)))
  }
  process.lastEnv = new Map(context.env.entries())
  return { stdout: '', stderr, exitCode: stderr === '' ? 0 : 1 }
}

function trapLine(name: string, stored: string): string {
  const text = stored.slice(stored.indexOf(':') + 1)
  return `trap -- '${text.replaceAll("'", String.raw`'\''`)}' ${name === 'EXIT' || name === 'ERR' ? name : `SIG${name}`}\n`
}

async function wait({ args, context, process }: Given): Promise<Outcome> {
  const wanted = args.filter((each) => !each.startsWith('-'))
  const jobs = wanted.length === 0 ? [...process.jobs.values()] : wanted.map((pid) => process.jobs.get(Number(pid)))
  let status = 0
  for (const [i, job] of jobs.entries()) {
    if (!job) return trouble(`bash: wait: pid ${wanted[i]} is not a child of this shell\n`, 127)
    while (job.endsAt > performance.now() && !context.signal?.aborted) await new Promise((resolve) => setTimeout(resolve, Math.min(50, job.endsAt - performance.now())))
    status = wanted.length === 0 ? 0 : job.status
  }
  return done('', status)
}

/** Kept so that a handler that runs after death knows what the script knew. */
export function rememberEnv({ context, process }: Given): void {
  if (process.lastEnv) process.lastEnv = new Map(context.env.entries())
}
