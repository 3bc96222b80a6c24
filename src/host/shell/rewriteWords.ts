// What is mended inside words: commands in $( ) and <( ), $!, the name of the file that a line is from, and unset variables
// under `set -u`, which the library forgives within functions.

import { begunInside, lined } from './failures.ts'
import type { Command, Expansion, Statement, Word, WordPart } from './ast.ts'
import type { Where } from './where.ts'

type Rewrite = (body: readonly Statement[], where: Where) => Statement[]

/** Everything of a command that is not a statement within it. */
export function walkWords(command: Command, where: Where, rewrite: Rewrite): void {
  const place = 'line' in command && command.line !== undefined ? { ...where, line: command.line } : where
  const visit = (node: unknown): void => walk(node, place, rewrite)
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
    const { line } = where
    const statements = line === undefined ? script.statements : lined(script.statements, (each) => each + line - 1)
    script.statements = [...before, ...rewrite(statements, { ...where, streams: false })]
    return
  }
  if (where.nounset && type === 'DoubleQuoted') notAlone(node as { parts: WordPart[] })
  if (type === 'ParameterExpansion') mendExpansion(node as Expansion, where)
  for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value, where, rewrite)
}

const NAME = /^[A-Za-z_]\w*$/

/** What the library has and shows of its own accord; a script's main part has a frame, but no function's name. */
const FRAMES = /^(BASH_SOURCE|BASH_LINENO|FUNCNAME)\b/

/** An element that is worked out: of these the library knows numbers only, so functions have copies (see frames.ts). */
const COMPUTED = /^(BASH_SOURCE|BASH_LINENO|FUNCNAME)\[(?!\d+\]$|[@*]\]$)/

function mendExpansion(node: Expansion, { nounset, wrapped, inFunction }: Where): void {
  if (node.parameter === '!') node.parameter = '__bgpid'
  if (node.parameter === '-') node.parameter = '__flags'
  // The library takes this for a command. Within an index both mean the same.
  if (node.parameter.includes('[')) node.parameter = node.parameter.replaceAll(/\$\(\(((?:[^()]|\([^()]*\))*)\)\)/g, '($1)')
  if (FRAMES.test(node.parameter)) {
    if (COMPUTED.test(node.parameter)) node.parameter = `__${node.parameter}`
    else if (wrapped && !inFunction && node.parameter.startsWith('FUNCNAME')) node.parameter = node.parameter.replace('FUNCNAME', '__none')
    return
  }
  if (!nounset || node.operation !== null || !NAME.test(node.parameter)) return
  const message: Word = textWord(`${node.parameter}: unbound variable`)
  const refusal: Expansion = { type: 'ParameterExpansion', parameter: '__lenient', operation: { type: 'ErrorIfUnset', word: message, checkEmpty: false } }
  node.operation = { type: 'DefaultValue', word: { type: 'Word', parts: [refusal] }, checkEmpty: false }
}

const BRINGS = new Set(['DefaultValue', 'UseAlternative', 'AssignDefault'])

/** Alone in its quotes, an expansion that brings its own default is refused by the library all the same. */
function notAlone({ parts }: { parts: WordPart[] }): void {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'ParameterExpansion' && BRINGS.has(only.operation?.type ?? '') && !/[@*]/.test(only.parameter)) parts.push({ type: 'Literal', value: '' })
}

function textWord(text: string): Word {
  return { type: 'Word', parts: [{ type: 'SingleQuoted', value: text }] }
}
