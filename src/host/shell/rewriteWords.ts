// What is mended inside words: commands in $( ) and <( ), $!, the name of the file that a line is from, and unset variables
// under `set -u`, which the library forgives within functions.

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
    script.statements = rewrite(script.statements, { ...where, streams: false, returnLoops: undefined })
    return
  }
  if (type === 'ParameterExpansion') mendExpansion(node as Expansion, where)
  for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value, where, rewrite)
}

/** Holds the path of a file for what was written in it; assigned when the file begins. */
export function sourceVariable(path: string): string {
  return `__src_${path.replaceAll(/\W/g, '_')}`
}

const NAME = /^[A-Za-z_]\w*$/

function mendExpansion(node: Expansion, { path, nounset }: Where): void {
  if (node.parameter === '!') node.parameter = '__bgpid'
  if (path !== undefined && /^BASH_SOURCE(\[0\])?$/.test(node.parameter)) {
    node.parameter = sourceVariable(path)
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
