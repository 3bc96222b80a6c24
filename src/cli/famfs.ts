// famfs: finds the command and runs it. What it returns is made an exit code that a shell can tell from a signal.

import type { Task } from '../core/base/task.ts'
import { check } from './check.ts'
import { chkread } from './chkread.ts'
import { clone } from './clone.ts'
import { type Command, countExit, say } from './command.ts'
import { cp } from './cp.ts'
import { creat } from './creat.ts'
import { daxdev } from './daxdev.ts'
import { devadd } from './devadd.ts'
import { fusedCommand } from './famfsFused.ts'
import { flush } from './flush.ts'
import { fsck } from './fsck.ts'
import { getmap } from './getmap.ts'
import { logplay } from './logplay.ts'
import { mkdir } from './mkdir.ts'
import { mkmeta } from './mkmeta.ts'
import { mkfsCommand } from './mkfsFamfs.ts'
import { mount } from './mount.ts'
import { parse, type OptionTable } from './options.ts'
import type { Io, Program } from './program.ts'
import { usageOf } from './usage.ts'
import { verify } from './verify.ts'

/** In the order of the reference's help, then our own. */
export const famfsCommands: readonly Command[] = [mount, fsck, check, mkdir, cp, creat, flush, verify, mkmeta, logplay, getmap, clone, chkread, devadd, daxdev]

const NO_COMMAND_EXIT = 1
const UNKNOWN_COMMAND_EXIT = 3

/** Before the command. `help` is a command of ours. */
const globals = {
  dryrun: { long: 'dryrun', says: 'accepted; changes nothing' },
} as const satisfies OptionTable

const helpOptions = {
  all: { long: 'all', says: 'the seldom needed options too' },
} as const satisfies OptionTable

const wordOf = ({ name }: Command): string => name.slice('famfs '.length)

export function famfsCommand(word: string | undefined): Command | undefined {
  return famfsCommands.find((each) => wordOf(each) === word)
}

export const famfs: Program = function* (argv, io) {
  const args = argv.slice(1)
  const parsed = parse(globals, args)
  if (parsed.kind === 'help') return help(io, args.filter((arg) => !arg.startsWith('-')))
  if (parsed.kind === 'wrong') {
    say(io, 'famfs', parsed.trouble)
    if (parsed.isUnknown) io.err(overview())
    return parsed.exit
  }
  const [word, ...rest] = parsed.operands
  if (word === undefined) {
    io.err(overview())
    return NO_COMMAND_EXIT
  }
  if (word === 'help') return help(io, rest)
  const command = famfsCommand(word)
  return command ? yield* bounded(command, rest, io) : unknown(io, word)
}

function* bounded(command: Command, args: readonly string[], io: Io): Task<number> {
  return countExit(Math.abs(yield* command.invoke(args, io)))
}

function help(io: Io, args: readonly string[]): number {
  const parsed = parse(helpOptions, args)
  if (parsed.kind === 'wrong') {
    say(io, 'famfs help', parsed.trouble)
    if (parsed.isUnknown) io.err(overview())
    return parsed.exit
  }
  const [word] = parsed.kind === 'given' ? parsed.operands : []
  if (word === undefined) {
    io.out(overview())
    return 0
  }
  const command = [mkfsCommand, fusedCommand].find(({ name }) => name === word) ?? famfsCommand(word)
  if (!command) return unknown(io, word)
  io.out(usageOf(command, parsed.kind === 'given' && parsed.given.all > 0))
  return 0
}

function unknown(io: Io, word: string): number {
  say(io, 'famfs', { says: `there is no command ${word}`, next: 'The commands are listed below.' })
  io.err(overview())
  return UNKNOWN_COMMAND_EXIT
}

function overview(): string {
  const lines = famfsCommands.map((command) => `  ${wordOf(command).padEnd(10)}${command.about}`)
  return `famfs: work with a famfs file system

usage: famfs [--dryrun] COMMAND [options] ...
   or: famfs help [--all] COMMAND

${lines.join('\n')}

A device is formatted with mkfs.famfs and unmounted with umount.
`
}
