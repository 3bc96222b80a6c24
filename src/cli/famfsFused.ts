// famfs_fused: the daemon of a fuse mount, started by hand over a shadow tree that is there already. It plays no log: what
// the tree has is what the mount shows. `famfs mount --fuse` does all of it.

import type { Task } from '../core/base/task.ts'
import type { FamfsMountOptions } from '../core/machine/systemTypes.ts'
import { type Call, command, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import type { Program } from './program.ts'
import { readNumber, readText, type Trouble } from './units.ts'

const CACHE_SECONDS: Record<string, number> = { never: 0, auto: 1, always: 365 * 24 * 3600 }
/** Words of -o that change nothing here: one lock per mount is kept anyway, and names are few. */
const ACCEPTED = new Set(['flock', 'no_flock', 'readdirplus', 'no_readdirplus', 'rw', 'ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'auto_unmount', 'debug'])

const options = {
  o: { short: 'o', value: { name: 'WORD[,WORD]', read: readText }, says: 'shadow=DIR or source=DIR (needed), daxdev=DEVICE, timeout=SECONDS, cache=never|auto|always, allow_other, default_permissions, flock, readdirplus' },
  foreground: { short: 'f', says: 'stay in the foreground; accepted, since there is no other here' },
  debug: { short: 'd', long: 'debug', says: 'tell every call; accepted' },
  single: { short: 's', says: 'one thread (there is one)' },
  version: { short: 'V', long: 'version', says: 'print the version' },
} as const satisfies OptionTable

export const fusedCommand = command({
  name: 'famfs_fused',
  about: 'serve a shadow tree as a famfs mount',
  synopsis: ['-o shadow=DIR[,daxdev=DEVICE] [options] MOUNTPOINT'],
  options,
  notes: ['DIR holds a directory `root` with a YAML file for each famfs file.', 'Exit codes: 0 good, 1 failed.'],
  run,
})

export const famfsFused: Program = (argv, io) => fusedCommand.invoke(argv.slice(1), io)

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, operands } = call
  if (given.version > 0) {
    io.out('famfs_fused version 2.2\n')
    return 0
  }
  const words = wordsOf(given.o)
  if ('says' in words) return stop(call, words)
  const { shadow, daxdev = io.system.devices()[0]?.name } = words
  if (shadow === undefined) return stop(call, { says: 'no shadow tree is named', next: 'Write famfs_fused -o shadow=DIR MOUNTPOINT; famfs mount --fuse makes one by itself.' })
  const [mountpoint] = operands
  if (mountpoint === undefined || operands.length > 1) return stop(call, { says: 'one mount point is wanted', next: 'Write famfs_fused -o shadow=DIR MOUNTPOINT.' })
  if (daxdev === undefined) return stop(call, { says: 'this host has no device', next: 'Name one with -o daxdev=DEVICE.' })
  const mounted = yield* io.system.mountFamfs(daxdev, mountpoint, { ...words.options, kind: 'fuse', shadow, asIs: true }, io.caller)
  return mounted.ok ? 0 : stop(call, mounted.failure)
}

interface Words {
  shadow?: string
  daxdev?: string
  options: Pick<FamfsMountOptions, 'timeoutSeconds' | 'allowOther' | 'defaultPermissions'>
}

function wordsOf(lists: readonly string[]): Words | Trouble {
  const words: Words = { options: { allowOther: false, defaultPermissions: false } }
  for (const word of lists.flatMap((list) => list.split(',')).filter((each) => each !== '')) {
    const trouble = take(words, word)
    if (trouble) return trouble
  }
  return words
}

function take(words: Words, word: string): Trouble | undefined {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const value = equals < 0 ? '' : word.slice(equals + 1)
  if (name === 'shadow' || name === 'source') words.shadow = value
  else if (name === 'daxdev') words.daxdev = value
  else if (name === 'allow_other') words.options.allowOther = true
  else if (name === 'default_permissions') words.options.defaultPermissions = true
  else if (name === 'timeout') {
    const seconds = readNumber(value)
    if (!seconds.ok) return seconds.trouble
    words.options.timeoutSeconds = seconds.value
  } else if (name === 'cache') {
    const seconds = CACHE_SECONDS[value]
    if (seconds === undefined) return { says: `“${value}” is no way to cache`, next: 'Give never, auto or always.' }
    words.options.timeoutSeconds = seconds
  } else if (!ACCEPTED.has(name)) return { says: `“${word}” is not a word for -o`, next: 'famfs_fused --help lists them.' }
  return undefined
}
