// Text to syntax tree, by the library's own parser: an interpreter that runs nothing is asked what it would run.

import { Bash } from 'just-bash/browser'
import type { Script } from './ast.ts'
import { respelled } from './spelling.ts'

let parser: Bash | undefined
let caught: Script | undefined

export async function parse(text: string): Promise<{ ok: true; ast: Script } | { ok: false; message: string }> {
  parser ??= newParser()
  caught = undefined
  const running = parser.exec(respelled(text), { rawScript: true })
  // It was parsed before the call came back; others may parse while this one waits.
  const parsed = caught
  const result = await running
  // Nothing but blanks is no script, and never gets as far as the parser.
  const ast: Script = parsed ?? { type: 'Script', statements: [] }
  if (!parsed && result.exitCode !== 0) return { ok: false, message: result.stderr.replace(/^bash: /, '').trimEnd() }
  return { ok: true, ast }
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
