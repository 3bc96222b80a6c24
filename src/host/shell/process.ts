// One bash process: an interpreter of its own, so that nothing leaks into another, with its number, user and mask. Whatever
// it is to run goes through the rewriting first. What it needs to know of its script's state, it learns from its commands.

import { Bash, type defineCommand } from 'just-bash/browser'
import type { Caller } from '../../core/machine/systemTypes.ts'
import { assign, type FunctionDef, late, own, pipeline, quoted, type Script, simple, statement, type Statement, valueOfVariable } from './ast.ts'
import { textForPeople } from '../bytes.ts'
import { flagsOf } from './flags.ts'
import { frame } from './frames.ts'
import { executionLimits } from './limits.ts'
import { parse, parseAsFar } from './parse.ts'
import { exit, rewriteStatements } from './rewrite.ts'
import { ShellFs } from './shellFs.ts'
import { sentence } from './syntaxError.ts'
import type { ShellHost, ShellNote } from './shellHost.ts'
import type { Prepared, Runtime, Where } from './where.ts'

interface ProcessSpec {
  host: ShellHost
  user: { uid: number; gid: number }
  umask: number
  ppid: number
  /** Output goes to the terminal at once, and the result's is what is left. */
  live: boolean
  /** The shell that people type into: its functions are there on the next line. */
  functions: Map<string, FunctionDef> | undefined
  tell: (note: ShellNote) => void
  /** `$-` without options; undefined for a script. */
  kind?: string
  /** What holds from lines before: T a trap of ERR, x `set -x`. */
  on?: string
  /** What the library doesn't bring; handed in, since those commands start processes themselves. */
  commandsFor: CommandsFor
  pid?: number
}

type CommandsFor = (process: Process) => ReturnType<typeof defineCommand>[]

export interface ScriptSpec {
  text: string
  /** $0 and BASH_SOURCE; undefined for -c and for typed lines. */
  path?: string
  name: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  stdin: string
  signal: AbortSignal
  /** Statements before and behind, which aren't rewritten. */
  before?: Statement[]
  after?: Statement[]
  options?: string
  /** What `cd -` goes to. */
  previous?: string
}

export interface Outcome {
  stdout: string
  stderr: string
  exitCode: number
}

export interface Job {
  pid: number
  status: number
  endsAt: number
}

const SYNTAX_STATUS = 2
const BUILTINS = new Set([
  ':', '.', 'alias', 'bg', 'break', 'builtin', 'cd', 'command', 'compgen', 'complete', 'compopt', 'continue', 'declare', 'dirs', 'disown', 'enable', 'fc', 'fg', 'getopts', 'hash', 'history',
  'let', 'local', 'logout', 'mapfile', 'popd', 'pushd', 'pwd', 'read', 'readarray', 'readonly', 'shift', 'shopt', 'suspend', 'times', 'type', 'typeset', 'unalias', 'unset', 'export',
])

export class Process implements Runtime {
  readonly host: ShellHost
  readonly pid: number
  readonly ppid: number
  readonly tell: (note: ShellNote) => void
  readonly live: boolean
  readonly commandsFor: CommandsFor
  readonly jobs = new Map<number, Job>()
  user: { uid: number; gid: number }
  umask: number
  readonly umasksKept: number[] = []
  /** What is being asked for its status just now, innermost last. */
  readonly asking: { shell: number; depth: number }[] = []
  /** The letters of `$-` that say how it was started. */
  readonly kind: string
  /** The script's main part has a frame of its own. */
  wrapped = false
  /** It was told to end: exit, or a signal. */
  exited = false
  /** Traps are in use: variables are kept for a handler that runs after death. */
  lastEnv: Map<string, string> | undefined
  /** Filled by __save: the state behind a typed line. */
  saved: string[] | undefined
  /** As the library keeps them: variables that it doesn't show. */
  aliases: ReadonlyMap<string, string> = new Map()
  readonly #functions: Map<string, FunctionDef> | undefined
  readonly #seenFunctions = new Map<string, FunctionDef>()
  #words: { words: string[]; status: string } = { words: [], status: '0' }
  #parameters: { words: string[]; status: string } = { words: [], status: '0' }
  #prepared: Prepared = { statements: [] }
  #where: Pick<Where, 'errexit' | 'nounset' | 'errtrap' | 'xtrace'> = { errexit: false, nounset: false, errtrap: false, xtrace: false }
  #cwd = '/'
  #live = false

  constructor(spec: ProcessSpec) {
    this.host = spec.host
    this.user = spec.user
    this.umask = spec.umask
    this.ppid = spec.ppid
    this.live = spec.live
    this.tell = spec.tell
    this.commandsFor = spec.commandsFor
    this.pid = spec.pid ?? spec.host.newPid()
    this.kind = spec.kind ?? 'hB'
    this.#where = { ...this.#where, errtrap: spec.on?.includes('T') ?? false, xtrace: spec.on?.includes('x') ?? false }
    this.#functions = spec.functions
  }

  caller(cwd = this.#cwd): Caller {
    return { user: this.user, umask: this.umask, cwd }
  }

  async run(script: ScriptSpec): Promise<Outcome> {
    const ast = await this.#parsed(script)
    if ('exitCode' in ast) return ast
    this.#look(script.text, script.options ?? '')
    const { bash, next } = this.#interpreter(script)
    const sources = /^\s*(source|\.)\s/m.test(script.text)
    // Only what may have a trap is run so that it can be caught when it dies.
    const trapped = this.#functions === undefined && (sources || /\btrap\b/.test(script.text))
    const wrapped = trapped || (this.#functions === undefined && script.path !== undefined)
    this.wrapped = wrapped
    const where = this.#whereFor(script, wrapped)
    // What a sourced file brings holds for the statements behind it: those are rewritten when it is their turn.
    const rewritten = sources ? ast.statements.map((each) => statement(late(() => rewriteStatements([each], this.whereNow(where))))) : rewriteStatements(ast.statements, where)
    const main = wrapped ? caught(rewritten, where) : rewritten
    next.ast = { ...ast, statements: [...this.#opening(script), ...main, ...(script.after ?? [])] }
    const outcome = await this.#exec(bash, script)
    const last = trapped && !this.exited && !script.signal.aborted ? await this.#handlerAfterDeath(script, outcome.exitCode) : undefined
    return last ? { stdout: outcome.stdout + last.stdout, stderr: outcome.stderr + last.stderr, exitCode: outcome.exitCode } : outcome
  }

  // what its commands tell it

  setWords(words: string[], status: string): void {
    this.#words = { words, status }
  }

  setParameters(words: string[], status: string): void {
    this.#parameters = { words, status }
  }

  prepare(prepared: Prepared, text = ''): void {
    this.#look(text, '')
    this.#prepared = prepared
  }

  /** Options that the library's own can't stand for: while ERR may be trapped, `set -e` is among them. */
  ownOptions(): string {
    return `ET${this.#where.errtrap ? 'e' : ''}${this.#where.xtrace ? 'x' : ''}`
  }

  /** A file may bring what makes options ours: what was on already is taken over. */
  switchedOn(env: Map<string, string>, text: string): Statement[] {
    this.#look(text, '')
    const on = (env.get('SHELLOPTS') ?? '').split(':')
    const taken = [...(this.#where.errtrap && on.includes('errexit') ? ['e'] : []), ...(this.#where.xtrace && on.includes('xtrace') ? ['x'] : [])]
    for (const letter of taken) env.set(`__${letter}`, '1')
    return taken.length === 0 ? [] : [statement(simple('set', [quoted(`-${taken.join('')}`)]))]
  }

  /** Those of shells and functions that are gone are no questions any longer: they ended in between. */
  isAsked(shell: number, depth: number): boolean {
    for (let last = this.asking.at(-1); last && (last.shell > shell || last.depth > depth); last = this.asking.at(-1)) this.asking.pop()
    return this.asking.length > 0
  }

  // Runtime

  takeWords(): { words: string[]; status: string } {
    return this.#words
  }

  takeParameters(): { words: string[]; status: string } {
    return this.#parameters
  }

  callsLive(): void {
    this.#live = true
  }

  takeLive(): boolean {
    const taken = this.#live
    this.#live = false
    return taken
  }

  whereNow(where: Where): Where {
    return { ...where, ...this.#where }
  }

  takePrepared(): Prepared {
    const taken = this.#prepared
    this.#prepared = { statements: [] }
    return taken
  }

  isProgram(name: string): boolean {
    return this.host.programs.has(name)
  }

  isKnown(name: string): boolean {
    return BUILTINS.has(name) || this.host.system.stat(`/usr/bin/${name}`, this.caller()).ok
  }

  hasFunction(name: string): boolean {
    return this.#seenFunctions.has(name) || (this.#functions?.has(`name ${name}`) ?? false)
  }

  defined(node: FunctionDef): string {
    this.#seenFunctions.set(node.name, node)
    if (!this.#functions) return ''
    const id = `${node.name}#${this.#functions.size}`
    this.#functions.set(id, node)
    this.#functions.set(`name ${node.name}`, node)
    return id
  }

  /** Typed lines are read whole. */
  async #parsed({ text, path, before }: ScriptSpec): Promise<Script | Outcome> {
    if (this.#functions === undefined || before === undefined) return await parseAsFar(text, path ?? 'bash: -c', 'exit')
    const parsed = await parse(text)
    return parsed.ok ? parsed.ast : { stdout: '', stderr: sentence(parsed.complaint, 'bash', text), exitCode: SYNTAX_STATUS }
  }

  #interpreter({ env, cwd }: ScriptSpec): { bash: Bash; next: { ast: Script | undefined } } {
    this.#cwd = cwd
    const fs = new ShellFs({
      system: this.host.system,
      caller: (at) => this.caller(at),
      sink: (stream, bytes) => this.tell({ kind: 'output', stream, text: textForPeople(bytes) }),
      turn: () => this.host.turn(),
    })
    const { uid, gid } = this.user
    const bash = new Bash({
      fs, cwd, env,
      defenseInDepth: false,
      executionLimits: executionLimits(),
      customCommands: this.commandsFor(this),
      processInfo: { pid: this.pid, ppid: this.ppid, uid, gid },
    })
    const next: { ast: Script | undefined } = { ast: undefined }
    // The first tree is the script's own, made beforehand; others are those of nested calls, such as sudo's.
    bash.registerTransformPlugin({
      name: 'famfs',
      transform: ({ ast }: { ast: Script }) => {
        const ready = next.ast
        next.ast = undefined
        return { ast: ready ?? { ...ast, statements: rewriteStatements(ast.statements, { ...this.#whereFor(undefined, false), streams: false }) } }
      },
    })
    return { bash, next }
  }

  async #exec(bash: Bash, { name, args, cwd, stdin, signal, previous }: ScriptSpec): Promise<Outcome> {
    const positional = Object.fromEntries(args.map((each, i) => [String(i + 1), each]))
    const running = bash.exec(':', {
      rawScript: true, cwd, stdin, stdinKind: 'bytes', signal,
      env: { ...(previous === undefined ? {} : { OLDPWD: previous }), PWD: cwd, ...positional, '0': name, '#': String(args.length), '@': args.join(' '), '*': args.join(' ') },
    })
    try {
      const { stdout, stderr, exitCode } = await running
      return { stdout, stderr, exitCode }
    } catch (error) {
      return { stdout: '', stderr: `bash: ${error instanceof Error ? error.message : String(error)}\n`, exitCode: signal.aborted ? 130 : 1 }
    }
  }

  #opening({ before = [], options = '' }: ScriptSpec): Statement[] {
    const lenient = options.includes('u') ? [] : [statement(assign('__lenient', quoted('')))]
    const ours = this.ownOptions()
    const kept = [...options].filter((letter) => ours.includes(letter)).map((letter) => statement(assign(`__${letter}`, quoted('1'))))
    const theirs = [...options].filter((letter) => !ours.includes(letter)).join('')
    const set = theirs === '' ? [] : [statement(simple('set', [quoted(`-${theirs}`)]))]
    const flags = flagsOf(options, new Map(), this.kind)
    return [...(this.#where.nounset ? lenient : []), ...kept, ...set, statement(assign('__flags', quoted(flags))), ...before]
  }

  #whereFor(script: ScriptSpec | undefined, wrapped: boolean): Where {
    // Whoever sends a whole shell's output elsewhere by exec must find it there.
    const streams = this.live && !(script && /\bexec\b[^\n;|&]*[<>]/.test(script.text))
    return {
      runtime: this, ...this.#where, wrapped, streams,
      mayStream: streams,
      inFunction: false,
      path: script?.path,
      asked: false,
    }
  }

  /** What was seen once may hold from then on, in functions too. */
  #look(text: string, options: string): void {
    const { errexit, nounset, errtrap, xtrace } = this.#where
    this.#where = {
      errexit: errexit || options.includes('e') || /\bset\s+-\w*e|errexit|\bsh\s+-\w*e/.test(text),
      errtrap: errtrap || /\btrap\b.*\bERR\b/.test(text),
      xtrace: xtrace || options.includes('x') || /\bset\s+-\w*x|xtrace|\bsh\s+-\w*x/.test(text),
      nounset: nounset || options.includes('u') || /\bset\s+-\w*u|nounset|\bsh\s+-\w*u/.test(text),
    }
  }

  /** It died of what can't be caught, such as an unset variable: the handler runs in its place, with what was known last. */
  async #handlerAfterDeath(script: ScriptSpec, exitCode: number): Promise<Outcome | undefined> {
    const env = this.lastEnv
    const handler = env?.get('__trap_EXIT')
    if (!env || !handler?.startsWith(`${this.pid}:`)) return undefined
    const parsed = await parse(handler.slice(handler.indexOf(':') + 1))
    if (!parsed.ok) return undefined
    const { bash, next } = this.#interpreter({ ...script, env: Object.fromEntries([...env].filter(([name]) => /^[A-Za-z_]\w*$/.test(name))) })
    const functions = [...this.#seenFunctions.values()].map((node) => statement(node))
    const status = statement(own('status', [quoted(String(exitCode))]), simple(':'))
    next.ast = { ...parsed.ast, statements: [...functions, status, ...rewriteStatements(parsed.ast.statements, this.#whereFor(script, false))] }
    return await this.#exec(bash, script)
  }
}

/**
 * A script as a function, called by an eval: there, and only there, the library catches what `set -e` throws while the
 * shell's state is still at hand, so that the handler of EXIT sees it.
 */
function caught(body: Statement[], where: Where): Statement[] {
  const main = frame('__main', 'main', body, where.path)
  const call: Statement = {
    type: 'Statement',
    pipelines: [pipeline(simple('eval', [quoted('__main "$@"')])), pipeline(assign('__rc', quoted('0'))), pipeline(assign('__rc', valueOfVariable('?')))],
    operators: ['&&', '||'],
    background: false,
  }
  return [statement(main), call, statement(exit(simple('exit', [valueOfVariable('__rc')]), where))]
}
