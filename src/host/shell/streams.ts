// Output that goes to the terminal as it comes: by redirections to files that only the shell knows.

import { append, type Command, type Redirection } from './ast.ts'
import { ERR_SINK, OUT_SINK } from './shellFs.ts'

export function streamed<T extends Command>(command: T, withOutput: boolean): T {
  return { ...command, redirections: [...sinks(withOutput), ...command.redirections] }
}

export function sinks(withOutput: boolean): Redirection[] {
  return withOutput ? [append(OUT_SINK, 1), append(ERR_SINK, 2)] : [append(ERR_SINK, 2)]
}
