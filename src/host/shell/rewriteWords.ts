// What is mended inside words: commands in $( ) and <( ), $!, the name of the file that a line is from, and unset variables
// under `set -u`, which the library forgives within functions.

import { begunInside } from './failures.ts'
import type { Command, Expansion, Statement, Word } from './ast.ts'
import type { Where } from './where.ts'

type Rewrite = (body: readonly Statement[], where: Where) => Statement[]

/** Everything of a command that is not a statement within it. */
export function walkWords(command: Command, where: Where, rewrite: Rewrite): void {
  const visit = (node: unknown): void => walk(node, where, rewrite)
  if (command.type === 'SimpleCommand') for (const part of [command.assignments, command.name, command.args]) visit(part)
  if (command.type === 'For') visit(command.words)
  if (command.type === 'Case') {
    visit(command.word)
    for (const { patterns } of command.items) visit(patterns)
  }
  if (command.type === 'ConditionalCommand' || command.type === 'ArithmeticCommand') visit(command.expression)
  visit(command.redirections)
}

interface AnyNode {
  type?: string
  [key: string]: unknown
}

function walk(node: unknown, where: Where, rewrite: Rewrite): void {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const each of node) walk(each, where, rewrite)
    return
  }
  const { type, body } = node as AnyNode
  if (type === 'CommandSubstitution' || type === 'ProcessSubstitution') {
    const script = body as { statements: Statement[] }
    const before = type === 'CommandSubstitution' ? begunInside(where) : []
    script.statements = [...before, ...rewrite(script.statements, { ...where, streams: false })]
    return
  }
  if (type === 'ParameterExpansion') mendExpansion(node as Expansion, where)
  for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value, where, rewrite)
}

const NAME = /^[A-Za-z_]\w*$/

/** What the library has and shows of its own accord; a script's main part has a frame, but no function's name. */
const FRAMES = /^(BASH_SOURCE|BASH_LINENO|FUNCNAME)\b/

function mendExpansion(node: Expansion, { nounset, wrapped, inFunction }: Where): void {
  if (node.parameter === '!') node.parameter = '__bgpid'
  if (node.parameter === '-') node.parameter = '__flags'
  if (FRAMES.test(node.parameter)) {
    if (wrapped && !inFunction && node.parameter.startsWith('FUNCNAME')) node.parameter = node.parameter.replace('FUNCNAME', '__none')
    return
  }
  if (!nounset || node.operation !== null || !NAME.test(node.parameter)) return
  const message: Word = textWord(`${node.parameter}: unbound variable`)
  const refusal: Expansion = { type: 'ParameterExpansion', parameter: '__lenient', operation: { type: 'ErrorIfUnset', word: message, checkEmpty: false } }
  node.operation = { type: 'DefaultValue', word: { type: 'Word', parts: [refusal] }, checkEmpty: false }
}

function textWord(text: string): Word {
  return { type: 'Word', parts: [{ type: 'SingleQuoted', value: text }] }
}
