// famfs flush: what this host wrote becomes visible, and what it has cached is let go. Every operand is tried.

import type { Task } from '../core/base/task.ts'
import { orBusError, tryMapping } from '../core/machine/mapping.ts'
import { type Call, command, countExit, say, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { famfsFile } from './place.ts'
import { shown, verboseShort } from './shared.ts'

const options = { verbose: verboseShort } as const satisfies OptionTable

export const flush = command({
  name: 'famfs flush',
  about: 'flush files: good for who wrote them, and for who reads them',
  synopsis: ['[-v] FILE ...'],
  options,
  notes: ['Exit code: the number of files that could not be flushed; 1 without a file.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, name, operands } = call
  if (operands.length === 0) return stop(call, { says: 'no file is named', next: 'Write famfs flush FILE ...' })
  let errorCount = 0
  for (const operand of operands) {
    const stat = io.system.stat(operand, io.caller)
    // Memory of this host alone needs no flush.
    if (stat.ok && stat.value.kind === 'file' && stat.value.mountpoint === undefined) continue
    const found = famfsFile(io, operand)
    const mapping = found.ok ? tryMapping(io.system.machine, found.value.path, io.caller.user) : found
    const flushed = found.ok && mapping.ok ? orBusError(yield* shown(io, operand, io.system.machine.flush(found.value.path, io.caller.user))) : mapping
    if (flushed.ok && given.verbose > 0) io.out(`famfs flush: ${operand}\n`)
    if (flushed.ok) continue
    errorCount++
    say(io, name, flushed.failure)
  }
  if (errorCount > 0) io.out(`do_famfs_cli_flush: ${errorCount} errors were detected\n`)
  return countExit(errorCount)
}
