// famfs mkdir: a directory in the mount and in the log. The log has the full mode; what stands in the mount is less the umask.

import type { Task } from '../core/base/task.ts'
import { type Call, command, onlyOperand, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { lockable } from './place.ts'
import { atOnce, gid, modeOption, ownerOf, uid, verboseShort } from './shared.ts'

const LOG_FULL_EXIT = 12

const options = {
  parents: { short: 'p', long: 'parents', says: 'make missing directories above it too; one that is there is fine' },
  mode: modeOption('permission bits in octal (0755)'),
  uid,
  gid,
  verbose: verboseShort,
} as const satisfies OptionTable

export const mkdir = command({
  name: 'famfs mkdir',
  about: 'make a directory that other hosts will see',
  synopsis: ['[options] DIRECTORY'],
  options,
  notes: ['Exit codes: 0 good, 1 refused, 12 where the log is full.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io } = call
  const directory = onlyOperand(call)
  if (directory === undefined) return stop(call, { says: 'no directory is named', next: 'Write famfs mkdir DIRECTORY.' })
  const place = lockable(io, directory)
  if (!place.ok) return stop(call, place.failure)
  const { mount, path } = place.value
  const spec = { parents: given.parents > 0, mode: given.mode.at(-1) ?? 0o755, umask: io.caller.umask, ...ownerOf(given, io) }
  const made = yield* io.system.machine.holdLog(path, 'make directories', (held) => atOnce(held.mkdir(path, spec)))
  if (!made.ok) return stop(call, made.failure, made.failure.reason === 'log_full' ? LOG_FULL_EXIT : 1)
  if (given.verbose > 0) for (const level of made.value) io.out(`famfs mkdir: created directory '${mount.mountpoint}/${level}'\n`)
  return 0
}
