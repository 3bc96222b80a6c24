// Text to syntax tree, by the library's own parser: an interpreter that runs nothing is asked what it would run.

import { Bash } from 'just-bash/browser'
import type { Script, Statement } from './ast.ts'
import { respelled } from './spelling.ts'
import { type Complaint, complaintOf, refusal } from './syntaxError.ts'

let parser: Bash | undefined
let caught: Script | undefined

type Parsed = { ok: true; ast: Script } | { ok: false; complaint: Complaint }

/** How far back a line is looked for up to which all is well. */
const BACK_MOST = 300

/**
 * What can be run of a text, whose name is for complaints: up to a syntax error, which is said when it is its turn.
 * @param ends what ends the text then
 */
export async function parseAsFar(text: string, name: string, ends: 'exit' | 'return'): Promise<Script> {
  const parsed = await parse(text)
  const refused = (complaint: Complaint): Statement[] => refusal(complaint, name, text, ends)
  if (parsed.ok) return { ...parsed.ast, statements: withoutDeferred(parsed.ast.statements, text, refused) }
  const { complaint } = parsed
  const lines = text.split('\n')
  const from = Math.min(complaint.line, lines.length) - 1
  for (let count = from; count > Math.max(0, from - BACK_MOST); count--) {
    const before = await parse(lines.slice(0, count).join('\n'))
    if (before.ok) return { ...before.ast, statements: [...before.ast.statements, ...refused(complaint)] }
  }
  return { type: 'Script', statements: refused(complaint) }
}

export async function parse(text: string): Promise<Parsed> {
  parser ??= newParser()
  caught = undefined
  const running = parser.exec(respelled(text), { rawScript: true })
  // It was parsed before the call came back; others may parse while this one waits.
  const parsed = caught
  const result = await running
  // Nothing but blanks is no script, and never gets as far as the parser.
  const ast: Script = parsed ?? { type: 'Script', statements: [] }
  if (!parsed && result.exitCode !== 0) return { ok: false, complaint: complaintOf(result.stderr.replace(/^bash: /, '').trimEnd(), text) }
  return { ok: true, ast }
}

/** The library puts off what it can, and forgets where it was: what stands on the same line isn't run. */
function withoutDeferred(statements: readonly Statement[], text: string, refused: (complaint: Complaint) => Statement[]): Statement[] {
  let at = 0
  const kept: { each: Statement; line: number }[] = []
  for (const each of statements) {
    const found = text.indexOf(each.sourceText ?? '', at)
    at = (found < 0 ? at : found) + (each.sourceText ?? '').length
    at += /^\s*/.exec(each.deferredError ? text.slice(at) : '')?.[0].length ?? 0
    const line = text.slice(0, at).split('\n').length
    if (each.deferredError) return [...kept.filter((before) => before.line < line).map((before) => before.each), ...refused({ line, text: each.deferredError.message, shown: true })]
    kept.push({ each, line })
  }
  return [...statements]
}

function newParser(): Bash {
  const bash = new Bash({ defenseInDepth: false, commands: [], files: {} })
  bash.registerTransformPlugin({
    name: 'catch',
    transform: ({ ast }: { ast: Script }) => {
      caught = ast
      return { ast: { ...ast, statements: [] } }
    },
  })
  return bash
}
