// Command lines of our programs for tests: words split at blanks, programs run to their end, output kept.

import { famfs } from '../../src/cli/famfs.ts'
import { mkfsFamfs } from '../../src/cli/mkfsFamfs.ts'
import { famfsFused } from '../../src/cli/famfsFused.ts'
import type { Io, Program } from '../../src/cli/program.ts'
import { tools } from '../../src/host/tools/table.ts'
import { runNow } from '../../src/core/base/task.ts'
import type { System } from '../../src/core/machine/system.ts'
import type { Caller } from '../../src/core/machine/systemTypes.ts'
import { rootAt } from './systems.ts'

export interface Said {
  exit: number
  stdout: string
  stderr: string
}

export interface LineOptions {
  caller?: Caller
  env?: Record<string, string>
  /** Steps after which the line is stopped, as a power cut would. */
  stopAfter?: number
}

const PROGRAMS: Record<string, Program> = { ...tools, famfs, 'mkfs.famfs': mkfsFamfs, famfs_fused: famfsFused }

/** Standalone mounts, unless the environment says otherwise. */
export function runLine(system: System, line: string | readonly string[], options: LineOptions = {}): Said {
  const { caller = rootAt('/'), env = { FAMFS_MODE: 'v1' }, stopAfter = Infinity } = options
  const said = { exit: -1, stdout: '', stderr: '' }
  const io: Io = {
    system,
    caller,
    env: (name) => env[name],
    out: (text) => void (said.stdout += text),
    err: (text) => void (said.stderr += text),
    outBytes: () => undefined,
    stdin: () => new Uint8Array(),
    progress: () => undefined,
  }
  const argv = typeof line === 'string' ? line.split(' ') : line
  const program = PROGRAMS[argv[0] ?? ''] ?? famfs
  const task = program(argv, io)
  if (stopAfter === Infinity) {
    said.exit = runNow(task)
    return said
  }
  for (let i = 0; i < stopAfter; i++) if (task.next().done) break
  task.return(130)
  return said
}
