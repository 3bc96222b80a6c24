// famfs cp: under one hold of the log lock, a file is created and logged before its data is copied, and one that is there
// with the right size is copied over: so cp that was stopped is run again. With --compare nothing is ever made or written.

import type { Task } from '../core/base/task.ts'
import { ok, type Result } from '../core/base/result.ts'
import { type Call, command, say, stop } from './command.ts'
import { comparing, copying, type CpGiven, type CpTarget } from './cpFile.ts'
import { type Ended, type Tree, tree } from './cpTree.ts'
import type { OptionTable } from './options.ts'
import { lockable } from './place.ts'
import { configuredInterleave, gid, interleaveOf, interleaving, modeOption, ownerOf, threadOption, uid, verbose } from './shared.ts'

const options = {
  recursive: { short: 'r', long: 'recursive', says: 'what is in directories too; it goes into DEST itself' },
  threadct: threadOption('threads to copy with, 0 to 256 (0)'),
  mode: modeOption("permission bits in octal, less the umask (the source's)"),
  uid,
  gid,
  compare: { short: 'c', long: 'compare', says: 'compare instead of copying', hidden: true },
  ...interleaving,
  verbose,
} as const satisfies OptionTable

export const cp = command({
  name: 'famfs cp',
  about: 'copy files into famfs',
  synopsis: ['[options] SOURCE ... DEST'],
  options,
  notes: [
    'DEST is in a mounted famfs: a directory, a new name, or a file of the same size.',
    'Exit codes: 0 good, 1 where something was refused or skipped, 22 for a source that is no file.',
  ],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, name, operands } = call
  const dest = operands.at(-1)
  const sources = operands.slice(0, -1)
  if (dest === undefined || sources.length === 0) return stop(call, { says: 'cp wants a source and a target', next: 'Write famfs cp SOURCE ... DEST.' })
  const { interleave, trouble } = interleaveOf(given)
  if (trouble) return stop(call, trouble)
  const place = lockable(io, dest)
  if (!place.ok) return stop(call, place.failure)
  const { mount, path } = place.value
  if (/\/\.?$/.test(dest) && given.recursive === 0 && !io.system.stat(path, io.caller).ok) {
    return stop(call, { says: `the directory ${path} does not exist`, next: `Make it first: famfs mkdir ${path}.` })
  }
  const plan = interleave ?? configuredInterleave(io, name, mount.mountpoint)
  const wanted: CpGiven = {
    compare: given.compare > 0,
    recursive: given.recursive > 0,
    verbose: given.verbose,
    threadCount: given.threadct.at(-1) ?? 0,
    mode: given.mode.at(-1) || undefined,
    ...ownerOf(given, io),
    ...(plan ? { interleave: plan } : {}),
  }
  const ended = yield* io.system.machine.holdLog(path, 'copy files in', function* (held): Task<Result<Ended>> {
    const target: CpTarget = wanted.compare ? comparing(io, wanted) : copying(io, wanted, held)
    return ok(yield* tree({ io, name, given: wanted, target } satisfies Tree, sources, path))
  })
  if (!ended.ok) return stop(call, ended.failure)
  const hadMore = sources.length > 1 || wanted.recursive
  if (ended.value.stopped && hadMore && !wanted.compare) {
    say(io, name, { says: 'stopped there; what was copied before stays', next: 'Mend it and run the same command again: what is there is copied over.' })
  }
  return ended.value.exit
}
