// The shell library's syntax tree: its types, as far as its public face gives them away, and the few nodes that we make.
// What we make has no line, so that it never counts as a place in someone's script.

import type { Bash } from 'just-bash/browser'

export type Script = ReturnType<Bash['transform']>['ast']
export type Statement = Script['statements'][number]
export type Pipeline = Statement['pipelines'][number]
export type Command = Pipeline['commands'][number]
type Of<T extends Command['type']> = Extract<Command, { type: T }>
export type Simple = Of<'SimpleCommand'>
export type FunctionDef = Of<'FunctionDef'>
export type Group = Of<'Group'>
export type Condition = Of<'ConditionalCommand'>['expression']
export type Word = NonNullable<Simple['name']>
export type WordPart = Word['parts'][number]
export type Redirection = Simple['redirections'][number]
export type Expansion = Extract<WordPart, { type: 'ParameterExpansion' }>

export function quoted(text: string): Word {
  return { type: 'Word', parts: [{ type: 'SingleQuoted', value: text }] }
}

export function literal(text: string): Word {
  return { type: 'Word', parts: [{ type: 'Literal', value: text }] }
}

/** "$NAME" */
export function valueOfVariable(name: string): Word {
  return { type: 'Word', parts: [{ type: 'DoubleQuoted', parts: [{ type: 'ParameterExpansion', parameter: name, operation: null }] }] }
}

/** "$@" */
export function everyParameter(): Word {
  return valueOfVariable('@')
}

export function simple(name: string, args: Word[] = [], redirections: Redirection[] = []): Simple {
  return { type: 'SimpleCommand', assignments: [], name: literal(name), args, redirections }
}

/** A command of ours, by a path that holds whatever PATH says. */
export function own(name: string, args: Word[] = []): Simple {
  return simple(`${OWN_PLACE}${name}`, args)
}

export const OWN_PLACE = '/usr/bin/__'

/** NAME=VALUE, with status 0: alone, the library would keep the status of the command before. */
export function assign(name: string, value: Word): Group {
  return settled({ type: 'SimpleCommand', assignments: [{ type: 'Assignment', name, value, append: false, array: null }], name: null, args: [], redirections: [] })
}

/** Whatever its status was, it is 0. */
export function settled(command: Command): Group {
  return group([{ type: 'Statement', pipelines: [pipeline(command), pipeline(simple(':'))], operators: [';'], background: false }])
}

export function statement(...commands: Command[]): Statement {
  return { type: 'Statement', pipelines: commands.map((command) => pipeline(command)), operators: commands.slice(1).map(() => '&&'), background: false }
}

export function pipeline(...commands: Command[]): Pipeline {
  return { type: 'Pipeline', commands, negated: false }
}

export function group(body: Statement[], redirections: Redirection[] = []): Group {
  return { type: 'Group', body, redirections }
}

/** A group whose statements are asked for when it runs. */
export function late(body: () => Statement[]): Group {
  const made = group([])
  Object.defineProperty(made, 'body', { get: body, enumerable: true })
  return made
}

export function append(target: string, fd: number): Redirection {
  return { type: 'Redirection', fd, operator: '>>', target: literal(target) }
}

/** The text of a word in which nothing is expanded; undefined for all others. */
export function plainText(word: Word | null): string | undefined {
  if (!word) return undefined
  let text = ''
  for (const part of word.parts) {
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') text += part.value
    else if (part.type === 'DoubleQuoted') {
      const inner = plainText({ type: 'Word', parts: part.parts })
      if (inner === undefined) return undefined
      text += inner
    } else return undefined
  }
  return text
}

/** One word for a shell to read back. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
