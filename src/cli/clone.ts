// famfs clone: a second file over the same extents, for tests: from then on fsck counts collisions.

import { fail } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { type Call, command, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { famfsFile, lockable } from './place.ts'
import { verboseShort } from './shared.ts'

const options = { verbose: verboseShort } as const satisfies OptionTable

export const clone = command({
  name: 'famfs clone',
  about: 'make a second file over the same memory (for tests, standalone mounts; nothing repairs that)',
  synopsis: ['[-v] SOURCE DEST'],
  options,
  notes: ['Exit codes: 0 good, 1 refused.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, operands } = call
  const [source, dest] = operands
  if (source === undefined || dest === undefined) return stop(call, { says: 'clone wants a source and a target', next: 'Write famfs clone SOURCE DEST.' })
  const from = famfsFile(io, source)
  if (!from.ok) return stop(call, from.failure)
  const place = lockable(io, dest)
  if (!place.ok) return stop(call, place.failure)
  const { mount, path } = place.value
  if (mount.kind === 'fuse') return stop(call, fail('standalone_only', { what: 'cloning' }).failure)
  const made = yield* io.system.machine.clone(from.value.path, path)
  if (!made.ok) return stop(call, made.failure)
  if (given.verbose > 0) io.out(`famfs clone: ${path} has the extents of ${from.value.path}\n`)
  return 0
}
