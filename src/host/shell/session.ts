// The shell that people type into. Each line is run by an interpreter of its own, so what is to last (variables, functions,
// options, the directory) is read out behind the line and put back before the next. A line that doesn't get there, because
// it was stopped or had an error that ends a script, leaves what the line before had left.

import { assign, type FunctionDef, literal, own, OWN_PLACE, quoted, simple, statement, type Statement, valueOfVariable } from './ast.ts'
import { commandsFor } from './commands.ts'
import { parse } from './parse.ts'
import { Process } from './process.ts'
import type { ShellHost, ShellNote } from './shellHost.ts'

interface LineResult {
  exitCode: number
  ended: boolean
}

const INTERRUPTED = 130
const DEFAULT_COLUMNS = 80
/** Read-only in bash, or made anew for each line. */
const NOT_KEPT = /^(BASHOPTS|SHELLOPTS|BASH_VERSINFO|BASH_VERSION|BASHPID|PPID|UID|EUID|_|__rc|__c|PIPESTATUS|FUNCNAME|LINENO|RANDOM|SECONDS|PWD|OLDPWD)$/
const NAME = /^[A-Za-z_]\w*$/
/** The library names more than it takes back. */
const OPTIONS = /^(allexport|errexit|noclobber|noglob|nounset|pipefail|verbose|xtrace)$/
const SAVE = `${OWN_PLACE}save "$__rc" "$PWD" "$OLDPWD" "$(declare -p)" "$(declare -F)" "$(set +o)" "$(shopt -p)" "$-"`

export class Session {
  readonly #host: ShellHost
  readonly #pid: number
  readonly #functions = new Map<string, FunctionDef>()
  readonly #user = { uid: 0, gid: 0 }
  #umask = 0o022
  #env: Record<string, string>
  #state: Statement[] = []
  #exitCode = 0
  #save: Statement[] | undefined
  #traps = new Map<string, string>()
  #previous: string | undefined
  cwd: string

  constructor(host: ShellHost, cwd: string) {
    this.#host = host
    this.#pid = host.newPid()
    this.cwd = cwd
    this.#env = { ...host.system.environmentDefault(), BASH: '/bin/bash' }
  }

  get prompt(): string {
    const { uid } = this.#user
    const home = this.#env['HOME']
    const shown = home !== undefined && (this.cwd === home || this.cwd.startsWith(`${home}/`)) ? `~${this.cwd.slice(home.length)}` : this.cwd
    return `${uid === 0 ? 'root' : 'user'}@${this.#host.system.hostname}:${shown}${uid === 0 ? '#' : '$'} `
  }

  get user(): { uid: number; gid: number } {
    return this.#user
  }

  get umask(): number {
    return this.#umask
  }

  variables(): string[] {
    return Object.keys(this.#env)
  }

  functionNames(): string[] {
    return [...new Set([...this.#functions.values()].map(({ name }) => name))]
  }

  async run(line: string, signal: AbortSignal, tell: (note: ShellNote) => void, columns = DEFAULT_COLUMNS): Promise<LineResult> {
    const process = this.#process(tell)
    this.#save ??= await statementsOf(SAVE)
    const kept: Statement[] = [statement(assign('__rc', valueOfVariable('?'))), ...this.#save]
    const status = statement(own('status', [quoted(String(this.#exitCode))]), simple(':'))
    const outcome = await process.run({
      text: line, name: 'bash', args: [], cwd: this.cwd, ...(this.#previous === undefined ? {} : { previous: this.#previous }), env: this.#state.length === 0 ? this.#env : {}, stdin: '', signal,
      before: [...(this.#state.length === 0 ? [statement(simple('shopt', [literal('-s'), literal('expand_aliases')]))] : this.#state), statement(assign('COLUMNS', quoted(String(columns)))), status], after: kept,
    })
    if (outcome.stdout !== '') tell({ kind: 'output', stream: 'out', text: outcome.stdout })
    const { saved } = process
    const stderr = withoutOurs(outcome.stderr)
    if (signal.aborted) {
      this.#exitCode = INTERRUPTED
      await this.#interrupted(tell)
      return { exitCode: INTERRUPTED, ended: false }
    }
    if (stderr !== '') tell({ kind: 'output', stream: 'err', text: stderr })
    if (process.exited) return { exitCode: outcome.exitCode, ended: true }
    this.#umask = process.umask
    if (saved) await this.#keep(saved, process.aliases)
    this.#exitCode = saved ? Number(saved[0]) : outcome.exitCode
    return { exitCode: this.#exitCode, ended: false }
  }

  #process(tell: (note: ShellNote) => void): Process {
    return new Process({
      host: this.#host, user: { ...this.#user }, umask: this.#umask, ppid: 1, live: true, functions: this.#functions, tell, commandsFor, pid: this.#pid, kind: 'himBHs',
      on: `${this.#traps.has('ERR') ? 'T' : ''}${this.#env['__x'] ? 'x' : ''}`,
    })
  }

  /** Ctrl-C runs the handler of INT, if there is one. */
  async #interrupted(tell: (note: ShellNote) => void): Promise<void> {
    const handler = this.#traps.get('INT')
    if (handler === undefined || handler === '') return
    await this.run(handler, new AbortController().signal, tell)
    this.#exitCode = INTERRUPTED
  }

  async #keep([, cwd = this.cwd, previous = '', variables = '', functions = '', options = '', shopts = '', letters = '']: string[], aliases: ReadonlyMap<string, string>): Promise<void> {
    this.cwd = cwd
    this.#previous = previous
    const names = new Set(functions.split('\n').map((each) => each.replace(/^declare -f\w* /, '')))
    const declared = await statementsOf(variables)
    const known = declared.filter((each) => NAME.test(declaredName(each)) && !NOT_KEPT.test(declaredName(each)))
    const defined = known.flatMap((each) => this.#functionOf(each, names))
    this.#env = Object.fromEntries(known.map((each) => [declaredName(each), valueOf(each)]))
    this.#traps = new Map(known.flatMap((each) => trapOf(each)))
    // Options come last: under `set -u` or `set -e` what restores would have to be written with more care.
    const set = [...(await statementsOf(options)).filter((each) => OPTIONS.test(declaredName(each))), ...(await statementsOf(shopts))]
    const lenient = letters.includes('u') ? 'unset __lenient' : '__lenient='
    const named = [...aliases].map(([name, value]) => statement(assign(name, quoted(value))))
    this.#state = [...known, ...defined, ...named, ...(await statementsOf(lenient)), ...set]
    this.#prune(known)
  }

  /** A definition is kept under a variable's name, so that subshells and `unset -f` are followed. */
  #functionOf(declared: Statement, names: ReadonlySet<string>): Statement[] {
    const id = declaredName(declared).startsWith('__fn_') ? valueOf(declared) : undefined
    const node = id === undefined ? undefined : this.#functions.get(id)
    return node && names.has(node.name) ? [statement(node)] : []
  }

  #prune(known: readonly Statement[]): void {
    const used = new Set(known.map((each) => valueOf(each)))
    for (const id of this.#functions.keys()) if (!id.startsWith('name ') && !used.has(id)) this.#functions.delete(id)
  }
}

async function statementsOf(text: string): Promise<Statement[]> {
  const parsed = await parse(text)
  return parsed.ok ? parsed.ast.statements : []
}

/** Of `declare -x NAME="value"`. */
function declaredName(given: Statement): string {
  return partsOf(given).name
}

function valueOf(given: Statement): string {
  return partsOf(given).value
}

function partsOf(given: Statement): { name: string; value: string } {
  const command = given.pipelines[0]?.commands[0]
  // A list is respelled on its way through the parser: what declares it comes first.
  const [first] = command?.type === 'Group' ? command.body : []
  if (first) return partsOf(first)
  if (command?.type !== 'SimpleCommand') return { name: '', value: '' }
  const last = command.args.at(-1)
  const text = last ? textOfParts(last.parts) : ''
  const equals = text.indexOf('=')
  return equals < 0 ? { name: text, value: '' } : { name: text.slice(0, equals), value: text.slice(equals + 1) }
}

function textOfParts(parts: readonly { type: string }[]): string {
  return parts.map((part) => {
    const { value, parts: inner } = part as { value?: string; parts?: { type: string }[] }
    return inner ? textOfParts(inner) : (value ?? '')
  }).join('')
}

function trapOf(declared: Statement): [string, string][] {
  const { name, value } = partsOf(declared)
  return name.startsWith('__trap_') ? [[name.slice('__trap_'.length), value.slice(value.indexOf(':') + 1)]] : []
}

/** `set -x` shows our own commands too: nobody wrote those. */
function withoutOurs(stderr: string): string {
  return stderr.split('\n').filter((each) => !/^\++ (\/usr\/bin\/)?__\w+([= ]|$)/.test(each)).join('\n')
}
