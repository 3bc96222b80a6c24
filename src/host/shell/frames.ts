// The stack that caller, FUNCNAME, BASH_SOURCE and BASH_LINENO show. The library keeps frames for functions only, so a script's
// main part and each sourced file run as functions of ours, which bear bash's names in the stack and nowhere else.

import { type Command, everyParameter, type FunctionDef, group, late, literal, own, quoted, settled, type Simple, simple, statement, type Statement, valueOfVariable, type Word } from './ast.ts'
import type { Prepared, Runtime } from './where.ts'

/** Kept under `name`, which no script uses, and shown as `shown`. */
export function frame(name: string, shown: string, body: Statement[], path: string | undefined): FunctionDef {
  const node: FunctionDef = { type: 'FunctionDef', name, body: group(body), redirections: [], ...(path === undefined ? {} : { sourceFile: path }) }
  // The library copies the node, and with it the name that the stack shows; then it asks again, for where to keep the copy.
  let copied = false
  Object.defineProperty(node, 'name', {
    enumerable: true,
    get: () => {
      if (copied) return name
      copied = true
      return shown
    },
  })
  return node
}

const SOURCED = '__sourced'

/** A sourced file: `return` ends it, and unless it has parameters of its own it may shift its caller's. */
export function sourced({ path, parameters, shifts }: Prepared, body: Statement[], line: number | undefined, runtime: Runtime): Statement[] {
  const shares = shifts === true && parameters === undefined
  const args = parameters ? parameters.map((each) => quoted(each)) : [everyParameter()]
  const call: Simple = { ...simple(SOURCED, args), ...(line === undefined ? {} : { line }) }
  const all = shares ? [...body, statement(own('parameters', [valueOfVariable('?'), everyParameter()]))] : body
  const made = [statement(frame(SOURCED, 'source', all, path)), statement(call)]
  const back = late(() => {
    const { words, status } = runtime.takeParameters()
    return [statement(simple('set', [literal('--'), ...words.map((each) => quoted(each))])), statement(own('status', [quoted(status)]))]
  })
  return shares ? [...made, statement(back)] : made
}

const STACKS = ['FUNCNAME', 'BASH_LINENO', 'BASH_SOURCE'] as const

/** Copies of the stack, for a function that works out which element it wants. */
export function copies(body: Command): Statement[] {
  if (!/"(FUNCNAME|BASH_LINENO|BASH_SOURCE)\[(?!\d+\]|[@*]\])/.test(JSON.stringify(body))) return []
  const filled = STACKS.map((name): Command => ({
    type: 'SimpleCommand', name: null, args: [], redirections: [],
    assignments: [{ type: 'Assignment', name: `__${name}`, value: null, append: false, array: [valueOfVariable(`${name}[@]`)] }],
  }))
  return [statement(simple('local', STACKS.map((name) => literal(`__${name}`)))), ...filled.map((each) => statement(settled(each)))]
}

/** Words that tell a command of ours the whole stack: how many frames, then their names, lines and files. */
export function frameWords(): Word[] {
  const count: Word = { type: 'Word', parts: [{ type: 'ParameterExpansion', parameter: 'FUNCNAME[@]', operation: { type: 'Length' } }] }
  return [count, ...STACKS.map((name) => valueOfVariable(`${name}[@]`))]
}

/** As bash's caller: `caller` is line and file, `caller N` line, function and file of the Nth frame. Words: frameWords, whether
 * the last frame is the script's, then caller's own. @returns undefined where there is no such frame */
export function callerText(words: readonly string[]): string | undefined {
  const count = Number(words[0])
  const column = (which: number): string[] => words.slice(1 + which * count, 1 + (which + 1) * count)
  const [names, lines, files] = [column(0), column(1), column(2)]
  const [wanted] = words.slice(1 + 3 * count)
  if (wanted === undefined) return count <= 1 ? '0 NULL' : `${lines[0]} ${files[1]}`
  const at = Number(wanted)
  return names[at + 1] === undefined ? undefined : `${lines[at]} ${names[at + 1]} ${files[at + 1]}`
}
