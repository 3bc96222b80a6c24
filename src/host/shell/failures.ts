// Where a script sets a trap of ERR, failures are ours to look at, and with them `set -e`, which the library's own would take
// for the end before the handler ran. What is asked for its status is spared, however deep in functions it fails: what is being
// asked is told to the process when it begins and when it is answered.

import { type Command, group, late, literal, own, pipeline, type Pipeline, quoted, type Statement, statement, valueOfVariable, type Word } from './ast.ts'
import type { Where } from './where.ts'

/** @param rewrite makes what the process prepared (the handler, and the end of the shell) fit to run */
export function checked(pipelines: readonly Pipeline[], given: Statement, where: Where, rewrite: (statements: readonly Statement[]) => Statement[]): Statement {
  const last = pipelines.at(-1)
  const written = given.pipelines.at(-1)
  if (!last || !written || where.asked || written.negated || !canFail(written)) return { ...given, pipelines: [...pipelines] }
  const line = lineOf(written)
  const next = late(() => rewrite(where.runtime.takePrepared().statements))
  const told = own('failed', [valueOfVariable('?'), valueOfVariable('BASHPID'), stack(), quoted(line === undefined ? '' : String(line)), quoted(textOf(given))])
  const failed = pipeline(group([statement(told), statement(next)]))
  // Alone it needs no group, which would hide PIPESTATUS.
  if (pipelines.length === 1) return { ...given, pipelines: [last, failed], operators: ['||'] }
  const both: Statement = { type: 'Statement', pipelines: [last, failed], operators: ['||'], background: false }
  return { ...given, pipelines: [...pipelines.slice(0, -1), pipeline(group([both]))] }
}

/** What is asked for its status. */
export function counted(given: Pipeline): Pipeline {
  const asks = own('asked', [valueOfVariable('?'), valueOfVariable('BASHPID'), stack()])
  const inner = { ...given, negated: false }
  return { ...given, commands: [group([statement(asks), { type: 'Statement', pipelines: [inner], operators: [], background: false }, statement(own('answered', [valueOfVariable('?')]))])] }
}

/** Names of the functions that run. */
export function stack(): Word {
  return valueOfVariable('FUNCNAME[*]')
}

/** How deep in functions a stack is: sourced files are none, nor is the script itself. */
export function depthOf(names: string, wrapped: boolean): number {
  return names.split(/[\s,:;|]/).filter((name) => name !== '' && name !== 'source').length - (wrapped ? 1 : 0)
}

/** These end otherwise, or fail through what is in them. */
const NEVER = new Set(['break', 'continue', 'return', 'exit', ':', 'true', 'shift', 'set', 'trap', 'exec', 'caller'])

function canFail({ commands }: Pipeline): boolean {
  const [only] = commands
  if (!only || commands.length > 1) return true
  if (only.type === 'SimpleCommand') return !only.name || !only.name.parts.every((part) => part.type === 'Literal' && NEVER.has(part.value))
  return only.type === 'Subshell' || only.type === 'ArithmeticCommand' || only.type === 'ConditionalCommand'
}

/** What BASH_COMMAND says: of a pipe the last command. */
function textOf({ sourceText = '', pipelines }: Statement): string {
  const last = pipelines.at(-1)
  return last && last.commands.length > 1 ? sourceText.slice(sourceText.lastIndexOf('|') + 1).trim() : sourceText
}

function lineOf({ commands }: Pipeline): number | undefined {
  return firstLine(commands.at(-1))
}

function firstLine(node: unknown): number | undefined {
  if (node === null || typeof node !== 'object') return undefined
  const { line } = node as { line?: unknown }
  if (typeof line === 'number') return line
  for (const value of Object.values(node)) {
    const found = firstLine(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where `$( )` begins: bash takes `set -e` back there, and tells of it with one more plus. */
export function begunInside({ errtrap, xtrace }: Where): Statement[] {
  return [...(errtrap ? [assigned('__e', '', false)] : []), ...(xtrace ? [assigned('__plus', '+', true)] : [])]
}

function assigned(name: string, value: string, append: boolean): Statement {
  const command: Command = { type: 'SimpleCommand', assignments: [{ type: 'Assignment', name, value: literal(value), append, array: null }], name: null, args: [], redirections: [] }
  return statement(command)
}

/** Text that runs for a line of a script says that line, whatever its own was. */
export function lined(statements: Statement[], change: (line: number) => number): Statement[] {
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return
    const place = node as { line?: unknown }
    if (typeof place.line === 'number') place.line = change(place.line)
    // The parser counts anew in there; rewriteWords.ts sees to it.
    if ((node as { type?: string }).type === 'CommandSubstitution') return
    for (const value of Object.values(node)) visit(value)
  }
  visit(statements)
  return statements
}
