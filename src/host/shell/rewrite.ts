// Closes the shell library's holes in the syntax tree, before a line runs: words that become several in command position,
// eval and sourced files (whose text the library never shows us), exit with its traps, lists under `set -e`, background
// jobs, loops that would never let Ctrl-C in, and output that would only come at the end. What a script means stays.
//
// The trick: a command is replaced by a group of two statements. The first is a command of ours, which gets the expanded
// words; the second is asked for only when it runs, and is then made from those words. So nothing is quoted or parsed twice,
// and errors, traps, `return` and exit codes go the library's own way.

import {
  assign, type Command, type Condition, type FunctionDef, group, late, literal, own, OWN_PLACE, pipeline, plainText, quoted, type Pipeline, settled,
  type Simple, simple,
  statement, type Statement, valueOfVariable, type Word,
} from './ast.ts'
import { checked, counted, stack } from './failures.ts'
import { TICK } from './shellFs.ts'
import { sinks, streamed } from './streams.ts'
import { tracedBehind, tracedCondition } from './trace.ts'
import { walkWords } from './rewriteWords.ts'
import { copies, frameWords, sourced } from './frames.ts'
import type { Where } from './where.ts'

export function rewriteStatements(statements: readonly Statement[], where: Where): Statement[] {
  return statements.map((each) => (each.background ? background(each, where) : rewriteStatement(each, where)))
}

function rewriteStatement(given: Statement, where: Where): Statement {
  const last = given.pipelines.length - 1
  const pipelines = given.pipelines.map((each, i) => {
    const asked = i < last || each.negated
    const done = rewritePipeline(each, asked ? { ...where, asked } : where)
    if (where.errtrap) return (asked || where.asked) && mayDie(each) ? counted(done) : done
    return where.errexit && asked && mayDie(each) ? guarded(done) : done
  })
  return where.errtrap ? checked(pipelines, given, where, (made) => rewriteStatements(made, { ...where, asked: true })) : { ...given, pipelines }
}

function rewritePipeline(given: Pipeline, where: Where): Pipeline {
  const last = given.commands.length - 1
  const inPipe: Where = { ...where, streams: false }
  const commands = given.commands.map((each, i) => {
    if (last === 0) return rewriteCommand(each, where)
    const done = rewriteCommand(each, inPipe)
    // A pipe's commands write to it; their messages, and the last one's output, go to the terminal.
    return where.streams && !given.pipeStderr?.[i] ? streamed(done, i === last) : done
  })
  return { ...given, commands }
}

function rewriteCommand(given: Command, where: Where): Command {
  walkWords(given, where, (body, inside) => rewriteStatements(body, inside))
  switch (given.type) {
    case 'SimpleCommand':
      return sheltered(rewriteSimple(given, where), given)
    case 'FunctionDef':
      return definition(given, where)
    default:
      return compound(given, where)
  }
}

/**
 * A function has its body twice: where it is called as a statement whose output goes to the terminal, that comes while it
 * runs. Who calls it says so just before, when its words are expanded and nothing else can come between.
 */
function definition(given: FunctionDef, where: Where): Command {
  const { runtime } = where
  const inside: Where = { ...where, streams: false, inFunction: true, asked: false }
  const original = where.mayStream && given.redirections.length === 0 ? structuredClone(given.body) : undefined
  const before = copies(given.body)
  const quiet = [...before, statement(rewriteCommand(given.body, inside))]
  let live: Statement[] | undefined
  const body = late(() => {
    if (!runtime.takeLive() || !original) return quiet
    live ??= [...before, statement(rewriteCommand(original, { ...inside, streams: true }))]
    return live
  })
  const node = { ...given, body, ...(where.path === undefined ? {} : { sourceFile: where.path }) }
  const id = runtime.defined(node)
  return id === '' ? node : group([statement(node), statement(assign(`__fn_${given.name.replaceAll(/\W/g, '_')}`, quoted(id)))])
}

/** A function's call whose output goes to the terminal as it comes. */
function liveCall(given: Simple, where: Where): Command {
  return late(() => {
    where.runtime.callsLive()
    return [statement(streamed(given, true))]
  })
}

/** Where a file can't be written, the library forgets the rest of the line; a group makes it that command's failure. */
function sheltered<T extends Command>(done: Command, given: T): Command {
  const writes = given.redirections.some(({ operator, target }) => operator.includes('>') && operator !== '>&' && target.type === 'Word' && plainText(target) !== '/dev/null')
  const isExec = given.type === 'SimpleCommand' && plainText(given.name) === 'exec'
  return writes && !isExec ? group([statement(done)]) : done
}

type Compound = Exclude<Command, { type: 'SimpleCommand' | 'FunctionDef' }>

/** `[[ A && B ]]` as A && B, where the library judges a part of it by mode bits alone. */
function split(expression: Condition): Pipeline {
  switch (expression.type) {
    case 'CondAnd':
    case 'CondOr': {
      const both: Statement = { type: 'Statement', pipelines: [split(expression.left), split(expression.right)], operators: [expression.type === 'CondAnd' ? '&&' : '||'], background: false }
      return pipeline(group([both]))
    }
    case 'CondNot':
      return { ...split(expression.operand), negated: true }
    case 'CondGroup':
      return pipeline(group([{ type: 'Statement', pipelines: [split(expression.expression)], operators: [], background: false }]))
    default:
      return pipeline({ type: 'ConditionalCommand', expression, redirections: [] })
  }
}

const JUDGED_WITHIN = /"operator":"-[rwxbcpSugk]"/

function compound(given: Compound, outer: Where): Command {
  if (given.type === 'ConditionalCommand' && given.expression.type !== 'CondUnary' && given.redirections.length === 0 && JUDGED_WITHIN.test(JSON.stringify(given.expression))) {
    return group(rewriteStatements([{ type: 'Statement', pipelines: [split(given.expression)], operators: [], background: false }], { ...outer, asked: true }))
  }
  if (given.type === 'ConditionalCommand' && given.expression.type === 'CondUnary' && given.redirections.length === 0 && JUDGED.test(given.expression.operator)) {
    const { operator, operand } = given.expression
    const whole: Word = { type: 'Word', parts: [{ type: 'DoubleQuoted', parts: operand.parts.flatMap((part) => (part.type === 'DoubleQuoted' ? part.parts : [part])) }] }
    return own('test', [literal(operator), whole])
  }
  if (given.type === 'ArithmeticCommand' || given.type === 'ConditionalCommand') {
    const done = outer.streams ? streamed(given, true) : given
    const told = outer.xtrace && given.type === 'ConditionalCommand' ? tracedCondition(given.expression, outer.streams) : undefined
    return told ? group([told, statement(done)]) : done
  }
  const whole = given.redirections.length > 0 && outer.streams
  const where = whole ? { ...outer, streams: false } : outer
  const body = (statements: readonly Statement[]): Statement[] => rewriteStatements(statements, where)
  const condition = (statements: readonly Statement[]): Statement[] => rewriteStatements(statements, { ...where, asked: true })
  const looped = (statements: readonly Statement[]): Statement[] => [tick(), ...body(statements)]
  const done = ((): Command => {
    switch (given.type) {
      case 'If':
        return {
          ...given,
          clauses: given.clauses.map((clause) => ({ condition: condition(clause.condition), body: body(clause.body) })),
          elseBody: given.elseBody && body(given.elseBody),
        }
      case 'While':
      case 'Until':
        return { ...given, condition: condition(given.condition), body: looped(given.body) }
      case 'For':
      case 'CStyleFor':
        return { ...given, body: looped(given.body) }
      case 'Case':
        return { ...given, items: given.items.map((item) => ({ ...item, body: body(item.body) })) }
      case 'Group':
        return { ...given, body: body(given.body) }
      case 'Subshell':
        return subshell(given, where)
    }
  })()
  return sheltered(whole ? streamed(done, true) : done, given)
}

/** A subshell has traps and a mask of its own. */
function subshell(given: Extract<Command, { type: 'Subshell' }>, where: Where): Command {
  const text = JSON.stringify(given.body)
  const body = rewriteStatements(given.body, where)
  if (text.includes('"trap"')) body.push(statement(rewriteSimple(simple('exit'), where)))
  const done: Command = { ...given, body }
  if (!text.includes('"umask"')) return done
  return group([statement(own('umask', [literal('keep')])), statement(done), statement(own('umask', [literal('back')]))])
}

/** What the library judges by mode bits alone, or not at all: who may, and devices and sockets. */
const JUDGED = /^-[rwxbcpSugk]$/

const ASSIGNING = new Set(['declare', 'typeset', 'local', 'export', 'readonly'])
const DECLARING = new Set(['declare', 'typeset'])
const SHELLS = new Set(['bash', 'sh'])

/** @param expanded its words are: they were told to `set -x` already */
function rewriteSimple(given: Simple, where: Where, expanded = false): Command {
  const traces = where.xtrace && !expanded
  if (!given.name) {
    const done = given.redirections.length > 0 || hasSubstitution(given.assignments) ? given : settled(given)
    return traces && given.redirections.length === 0 ? group(tracedBehind(given, where.streams)) : done
  }
  const name = plainText(given.name)
  if (traces && name !== undefined && ASSIGNING.has(name)) return group(tracedBehind(given, where.streams))
  if (traces && !(name === 'exec' && given.args.length === 0)) return fromWords(given, [given.name, ...given.args], where)
  if (name === undefined || name.includes('/')) return fromWords(given, [given.name, ...given.args], where)
  switch (name) {
    case 'eval':
      return prepared('eval', [valueOfVariable('LINENO'), ...given.args], given, where)
    case 'source':
    case '.':
      return prepared('source', given.args, given, where)
    case 'kill':
      return prepared('kill', [valueOfVariable('$'), ...given.args], given, where)
    case 'exit':
      return exit(given, where)
    case 'exec':
      return given.args.length === 0 ? given : group([statement(fromWords({ ...given }, given.args, where)), statement(rewriteSimple(simple('exit'), where))])
    case '[':
    case 'test': {
      const judged = given.args.some((each) => JUDGED.test(plainText(each) ?? ''))
      return judged ? { ...given, name: literal(`${OWN_PLACE}${name === '[' ? 'bracket' : 'test'}`) } : given
    }
    case 'trap':
      return renamed('trap', [valueOfVariable('BASHPID'), stack()], given, where)
    case 'help':
    case 'wait':
    case 'jobs':
      return renamed(name, [], given, where)
    case 'set':
      return setting(given, where)
    case 'caller':
      return renamed('caller', frameWords(), given, where)
  }
  // The library's local knows no associative arrays; its declare makes them local to the function all the same.
  if (name === 'local' && given.args.some((each) => /^-\w*A/.test(plainText(each) ?? ''))) return { ...given, name: literal('declare') }
  if (DECLARING.has(name) && where.wrapped && !where.inFunction) return { ...given, args: [literal('-g'), ...given.args] }
  // It may be a script on the PATH, or a function that is defined by then.
  if (!expanded && !where.runtime.hasFunction(name) && !where.runtime.isKnown(name)) return fromWords(given, [given.name, ...given.args], where)
  if (!where.streams) return given
  if (where.runtime.hasFunction(name) && given.redirections.length === 0 && given.assignments.length === 0) {
    return hasSubstitution(given.args) ? fromWords(given, [given.name, ...given.args], where) : liveCall(given, where)
  }
  const live = (SHELLS.has(name) || where.runtime.isProgram(name)) && given.redirections.length === 0
  return live ? { ...given, args: [literal(LIVE), ...given.args] } : streamed(given, true)
}

/** The first argument of what writes to the terminal itself. */
export const LIVE = '--__live'

/** Expands the words first, as arguments; then runs what they turned out to be. */
function fromWords(given: Simple, words: readonly Word[], where: Where): Command {
  const next = late(() => {
    const { words: taken, status } = where.runtime.takeWords()
    const [name, ...args] = taken
    if (name === undefined) return [statement({ ...own('status', [quoted(status)]), redirections: given.redirections, assignments: given.assignments })]
    const made: Simple = { ...given, name: nameWord(name), args: args.map((each) => (ASSIGNING.has(name) ? assigning(each) : quoted(each))) }
    return [statement(isPath(name) ? (where.streams ? streamed(made, true) : made) : rewriteSimple(made, where, true))]
  })
  const told = placed(own('words', [quoted(where.xtrace ? 'x' : ''), ...words]), given)
  return group([statement(where.xtrace && where.streams ? streamed(told, false) : told), statement(next)])
}

/** For these the library wants to see the name and its sign unquoted. */
function assigning(text: string): Word {
  const [, name = '', value = ''] = /^(\w+\+?=)(.*)$/s.exec(text) ?? []
  return name === '' ? quoted(text) : { type: 'Word', parts: [{ type: 'Literal', value: name }, { type: 'SingleQuoted', value }] }
}

/** A path that __words left as it is: the library says what is wrong with it. */
function isPath(name: string): boolean {
  return name.includes('/')
}

function nameWord(name: string): Word {
  return /^[\w.:+-]+$/.test(name) ? literal(name) : quoted(name)
}

/** A command of ours prepares statements, which then run in its place. */
function prepared(name: string, args: Word[], given: Simple, where: Where): Command {
  const next = late(() => {
    const taken = where.runtime.takePrepared()
    const streams = where.streams && given.redirections.length === 0
    if (taken.path === undefined) return rewriteStatements(taken.statements, { ...where, streams })
    return sourced(taken, rewriteStatements(taken.statements, { ...where.runtime.whereNow(where), streams, path: taken.path, wrapped: true, inFunction: false, asked: where.asked }), given.line, where.runtime)
  })
  const first = statement(placed({ ...own(name, args), assignments: given.assignments }, given))
  const whole = group([where.streams ? { ...first, pipelines: [pipeline(streamed(first.pipelines[0]?.commands[0] ?? given, true))] } : first, statement(next)], given.redirections)
  return where.streams && given.redirections.length > 0 ? streamed(whole, true) : whole
}

/** Runs the handler of EXIT where there is one for this very shell, then ends it. */
export function exit(given: Simple, where: Where): Command {
  const next = late(() => rewriteStatements(where.runtime.takePrepared().statements, where))
  return group([
    statement({ ...own('exit', [valueOfVariable('BASHPID'), ...given.args]), redirections: where.streams ? sinks(true) : [] }),
    statement(next),
    statement({ ...given, args: [valueOfVariable('__rc')] }),
  ])
}

/** `$-` follows; options that are ours are kept apart. */
function setting(given: Simple, where: Where): Command {
  if (given.args.length === 0 || plainText(given.args[0] ?? null) === '--') return given
  const mirror = statement(own('mirror', [valueOfVariable('-')]))
  const next = late(() => where.runtime.takePrepared().statements)
  return group([statement({ ...own('setting', given.args), redirections: given.redirections }), statement(next), mirror])
}

function renamed(name: string, before: Word[], given: Simple, where: Where): Command {
  const made: Simple = { ...given, name: literal(`${OWN_PLACE}${name}`), args: [...before, ...given.args] }
  return where.streams ? streamed(made, true) : made
}

/** `A &`: the library would run it here and now in this very shell. It runs here and now, but in a shell of its own. */
function background(given: Statement, where: Where): Statement {
  const only = given.pipelines[0]?.commands[0]
  if (given.pipelines.length === 1 && only?.type === 'SimpleCommand' && plainText(only.name) === 'sleep') {
    return statement({ ...only, name: literal(`${OWN_PLACE}job`), args: [literal('sleep'), ...only.args] })
  }
  const inside = rewriteCommand({ type: 'Subshell', body: [{ ...given, background: false }], redirections: [] }, where)
  const ended = own('job', [literal('ended'), valueOfVariable('?')])
  return { type: 'Statement', pipelines: [pipeline(inside), pipeline(ended), pipeline(ended)], operators: ['&&', '||'], background: false }
}

/** Under `set -e` the library lets a command end the shell whose status is looked at; a condition it doesn't. */
function guarded(given: Pipeline): Pipeline {
  const asked: Command = {
    type: 'If',
    clauses: [{ condition: [{ type: 'Statement', pipelines: [{ ...given, negated: false }], operators: [], background: false }], body: [statement(assign('__c', quoted('0')))] }],
    elseBody: [statement(assign('__c', valueOfVariable('?')))],
    redirections: [],
  }
  const answer = statement(own('status', [valueOfVariable('__c')]), simple(':'))
  return { ...given, commands: [group([statement(asked), answer])] }
}

/** Expanded at the place of what it stands for. */
function placed(made: Simple, { line }: Simple): Simple {
  return line === undefined ? made : { ...made, line }
}

function hasSubstitution(node: unknown): boolean {
  return JSON.stringify(node).includes('"CommandSubstitution"')
}

/** Commands that can't contain another that fails. */
const ATOMIC = new Set(['[', 'test', 'true', 'false', ':', 'echo', 'printf', 'cd', 'grep', 'cmp', 'diff', 'read', 'let', 'command', 'type', 'which', 'ls', 'cat', 'rm', 'mkdir'])

function mayDie({ commands }: Pipeline): boolean {
  return commands.some((command) => {
    if (command.type === 'ArithmeticCommand' || command.type === 'ConditionalCommand') return false
    return command.type !== 'SimpleCommand' || (command.name !== null && !ATOMIC.has(plainText(command.name) ?? ''))
  })
}

/** Lets others in: the file system answers this question when it is their turn no longer. Its status is 0. */
function tick(): Statement {
  return statement({ type: 'ConditionalCommand', expression: { type: 'CondUnary', operator: '-e', operand: literal(TICK) }, redirections: [] })
}
