// famfs check: walks a mount and asks each file for its map. It compares nothing with the log, and changes nothing.

import type { Task } from '../core/base/task.ts'
import type { MountStatus } from '../core/machine/types.ts'
import { type Call, command, onlyOperand, say, stop } from './command.ts'
import type { OptionTable } from './options.ts'
import { canonical } from './place.ts'

const NO_OPERAND_EXIT = 22
/** Bits of the exit code. */
const FILES = 1
const SUPERBLOCK = 2
const LOG = 4

const options = {
  verbose: { short: 'v', long: 'verbose', says: 'list each path' },
  quiet: { short: 'q', long: 'quiet', says: 'accepted; changes nothing' },
} as const satisfies OptionTable

interface Counts {
  files: number
  directories: number
  errors: number
  exit: number
}

export const check = command({
  name: 'famfs check',
  about: 'see whether all files of a mount have their maps (standalone mounts)',
  synopsis: ['[-v] MOUNTPOINT'],
  options,
  notes: [
    'Exit codes: bits are added: 1 a file without a map or of another size than its map,',
    '2 superblock file missing or bad, 4 log file missing or bad; 22 without a mount point.',
  ],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { io, name } = call
  const path = onlyOperand(call)
  if (path === undefined) return stop(call, { says: 'no mount point is named', next: 'Write famfs check MOUNTPOINT.' }, NO_OPERAND_EXIT)
  const next = 'Name the mount point itself, from / on: famfs check /mnt/famfs.'
  if (!path.startsWith('/')) return stop(call, { says: `${path} is not an absolute path`, next })
  const real = canonical(io, path)
  if (!real.ok) return stop(call, real.failure)
  const mount = io.system.machine.mounts().find((each) => each.mountpoint === real.value)
  if (!mount) return stop(call, { says: `${path} is not a famfs mount point`, next })
  const meta = io.system.stat(`${mount.mountpoint}/.meta`, io.caller)
  if (!meta.ok) return stop(call, { says: `${path} has no .meta directory`, next: `Make it again: famfs mkmeta ${mount.deviceName}.` })
  const counts: Counts = { files: 0, directories: 0, errors: 0, exit: 0 }
  const others = mount.daxdevs.map(({ devindex }) => [`.superblock.${devindex}`, SUPERBLOCK] as const)
  for (const [file, bit] of [['.superblock', SUPERBLOCK], ['.log', LOG], ...others] as const) {
    if (mount.kind === 'fuse' || io.system.stat(`${mount.mountpoint}/.meta/${file}`, io.caller).ok) continue
    counts.errors++
    counts.exit |= bit
    say(io, name, { says: `.meta/${file} is missing`, next: `Make it again: famfs mkmeta ${mount.deviceName}.` })
  }
  yield* walk(call, mount, mount.mountpoint, counts)
  if (mount.kind === 'fuse' && counts.errors > 0) {
    say(io, name, { says: "a fuse mount doesn't tell maps, so each file counts as an error", next: 'Check a standalone mount, or compare data with famfs verify.' })
  }
  io.out(`famfs_check: ${counts.files} files, ${counts.directories} directories, ${counts.errors} errors\n`)
  return counts.exit
}

function* walk(call: Call<typeof options>, mount: MountStatus, directory: string, counts: Counts): Task<void> {
  const { given, io, name } = call
  const entries = io.system.readdir(directory, io.caller)
  if (!entries.ok) {
    counts.errors++
    counts.exit |= FILES
    say(io, name, entries.failure)
    return
  }
  yield { doneCount: counts.files, totalCount: 0, unit: 'entries' }
  for (const entry of entries.value.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${directory}/${entry.name}`
    if (given.verbose > 0) io.out(`${path}\n`)
    if (entry.kind === 'directory') {
      counts.directories++
      yield* walk(call, mount, path, counts)
      continue
    }
    counts.files++
    const trouble = mount.kind === 'fuse' ? '' : troubleOf(call, path)
    if (trouble === undefined) continue
    counts.errors++
    counts.exit |= bitOf(mount, path)
    if (trouble === '') continue
    const again = bitOf(mount, path) === FILES ? `famfs logplay ${mount.mountpoint}` : `famfs mkmeta ${mount.deviceName}`
    say(io, name, { says: `${path} ${trouble}`, next: `Remove it on this host, then ${again}; or unmount and mount again.` })
  }
}

function troubleOf({ io }: Call<typeof options>, path: string): string | undefined {
  const inode = io.system.machine.inode(path)
  if (!inode.ok) return 'can not be looked up'
  if (inode.value.kind !== 'file' || !inode.value.map) return 'has no map'
  const { sizeBytes, map } = inode.value
  return sizeBytes === map.sizeBytes ? undefined : `has ${sizeBytes} bytes, and its map ${map.sizeBytes}`
}

/** On a fuse mount nothing can be told apart. */
function bitOf(mount: MountStatus, path: string): number {
  if (mount.kind === 'fuse') return FILES
  if (path.startsWith(`${mount.mountpoint}/.meta/.superblock`)) return SUPERBLOCK
  return path === `${mount.mountpoint}/.meta/.log` ? LOG : FILES
}
