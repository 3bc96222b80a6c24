// `set -x` as bash shows it: before a command runs, its words as they were expanded. The library would tell of our own
// commands too, and only when all is over; so where a script may ask for it, every command's words are expanded first, and
// what expands them tells.

import { type Condition, type Expansion, literal, own, plainText, quoted, settled, type Simple, statement, type Statement, valueOfVariable, type Word, type WordPart } from './ast.ts'
import { streamed } from './streams.ts'

/** Told behind it, when the values are there; its status stays. */
export function tracedBehind(given: Simple, streams: boolean): Statement[] {
  const told: Word[] = []
  if (given.name) told.push(given.name, ...given.args.map(assigned))
  const lines = given.name ? [told] : given.assignments.map(({ name, append, array }) => [nameAndValue(name, append, array !== null)])
  const plain = given.name !== null || JSON.stringify(given.assignments).includes('"CommandSubstitution"')
  return [statement(plain ? given : settled(given)), ...lines.map((words) => tell(words, streams))]
}

function assigned(word: Word): Word {
  const [first] = word.parts
  const name = first?.type === 'Literal' ? /^(\w+)\+?=/.exec(first.value)?.[1] : undefined
  if (name !== undefined) return nameAndValue(name, false, false)
  return plainText(word) === undefined ? quoted('...') : word
}

function nameAndValue(name: string, append: boolean, isList: boolean): Word {
  const parts: WordPart[] = [{ type: 'Literal', value: isList ? `${name}=(` : `${name}${append ? '+' : ''}=` }, { type: 'ParameterExpansion', parameter: isList ? `${name}[*]` : name, operation: null } satisfies Expansion]
  if (isList) parts.push({ type: 'Literal', value: ')' })
  return { type: 'Word', parts: [{ type: 'DoubleQuoted', parts }] }
}

/** `[[ A op B ]]` with plain operands; undefined where telling would run something twice. */
export function tracedCondition(expression: Condition, streams: boolean): Statement | undefined {
  if (JSON.stringify(expression).includes('"CommandSubstitution"')) return undefined
  if (expression.type === 'CondUnary') return tell([literal('[['), literal(expression.operator), whole(expression.operand), literal(']]')], streams)
  if (expression.type === 'CondBinary') return tell([literal('[['), whole(expression.left), literal(expression.operator), whole(expression.right), literal(']]')], streams)
  return undefined
}

function tell(words: Word[], streams: boolean): Statement {
  const told = own('traced', [valueOfVariable('?'), ...words])
  return statement(streams ? streamed(told, false) : told)
}

function whole({ parts }: Word): Word {
  return { type: 'Word', parts: [{ type: 'DoubleQuoted', parts: parts.flatMap((part) => (part.type === 'DoubleQuoted' ? part.parts : [part])) }] }
}

const SPECIAL = /[\s'"\\|&;()<>!{}*[\]?^$`]|^[~#]|^$/

/** One line of the trace; an assignment shows its sign unquoted. */
export function traceLine(words: readonly string[], plus: string): string {
  const shown = words.map((word, i) => {
    const [, name = '', value = ''] = i === 0 || words[0] === 'local' || words[0] === 'export' || words[0] === 'declare' ? (/^(\w+\+?=)(.*)$/s.exec(word) ?? []) : []
    if (name === '') return words[0] === '[[' && word !== '' ? word : inQuotes(word)
    return `${name}${value === '' || value.startsWith('(') ? value : inQuotes(value)}`
  })
  return `${plus} ${shown.join(' ')}\n`
}

function inQuotes(word: string): string {
  return SPECIAL.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : word
}
