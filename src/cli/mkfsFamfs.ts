// mkfs.famfs: whoever formats a device owns what is on it. Checks come in the reference's order, and nothing is touched
// before the last of them has passed.

import { fail, type Failure, ok } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { fsckOn } from '../core/machine/judging.ts'
import { fsckText } from '../core/machine/toolText.ts'
import { type Call, command, stop } from './command.ts'
import { forcedBy, isForceable, rawDevice } from './device.ts'
import type { OptionTable } from './options.ts'
import type { Program } from './program.ts'
import { setDaxmode, shown } from './shared.ts'
import { readSize, type Trouble } from './units.ts'

const FAILED_EXIT = 2
/** These are found before the device is measured. */
const BEFORE_SIZE = new Set(['owned_by_other', 'mounted', 'device_busy', 'not_root', 'no_device', 'bad_log_length'])

const options = {
  force: { short: 'f', long: 'force', says: "format a device that holds a famfs, or another host's" },
  kill: { short: 'k', long: 'kill', says: 'with --force: only destroy the superblock' },
  loglen: { short: 'l', long: 'loglen', value: { name: 'SIZE', read: readSize }, says: 'bytes of the log: a power of two, at least 8m (8m)' },
  setDaxmode,
  nofuse: { short: 'F', long: 'nofuse', says: 'where a mount is needed, a standalone one', against: ['fuse'] },
  fuse: { long: 'fuse', says: 'where a mount is needed, a fuse one' },
  nodax: { short: 'D', long: 'nodax', says: 'reach the device through a mount even where raw access works', hidden: true },
  verbose: { long: 'verbose', says: 'tell more', hidden: true },
  allocunit: { long: 'allocunit', value: { name: 'SIZE', read: readSize }, says: 'bytes of a unit: 4096 or 2m (2m); an extension of ours', hidden: true },
} as const satisfies OptionTable

export const mkfsCommand = command({
  name: 'mkfs.famfs',
  about: 'make a famfs on a device, and this host its owner',
  synopsis: ['[options] DEVICE', '[options] PRIMARY SECONDARY ...'],
  options,
  notes: ['Several devices are an extension of ours: superblock and log are on the first, files on all of them.', 'Exit codes: 0 good, 1 for a wrong command line or a caller that is not root, 2 where it failed.'],
  run,
})

export const mkfsFamfs: Program = (argv, io) => mkfsCommand.invoke(argv.slice(1), io)

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, spelled } = call
  if (spelled.includes('-k')) io.out('kill superblock: 1\n')
  const logLengthBytes = given.loglen.at(-1)
  if (logLengthBytes !== undefined) io.out(`loglen: ${logLengthBytes}\n`)
  const [path] = call.operands
  if (path === undefined) return stop(call, { says: 'no device is named', next: 'Write mkfs.famfs DEVICE; daxctl list shows which there are.' })
  if (io.caller.user.uid !== 0) return stop(call, fail('not_root', { what: 'format a device' }).failure)
  const { system } = io
  const length = logLengthBytes === undefined ? ok() : system.machine.checkLogLength(logLengthBytes, path)
  if (!length.ok) return stop(call, length.failure, FAILED_EXIT)
  const names: string[] = []
  for (const operand of call.operands) {
    const device = yield* rawDevice(io, operand, given.setDaxmode > 0)
    if (!device.ok) return stop(call, device.failure, FAILED_EXIT)
    names.push(device.value)
  }
  if (given.kill > 0 && given.force > 0) return kill(call, names)
  const [name = path, ...secondaries] = names
  const unitBytes = given.allocunit.at(-1)
  const spec = { force: given.force > 0, secondaries, ...(logLengthBytes === undefined ? {} : { logLengthBytes }), ...(unitBytes === undefined ? {} : { unitBytes }) }
  const made = yield* shown(io, name, system.machine.mkfs(name, spec, io.caller.user))
  if (made.ok || !BEFORE_SIZE.has(made.failure.reason)) {
    for (const each of names) io.out(`devsize: ${system.devices().find((device) => device.name === each)?.sizeBytes}\n`)
  }
  if (!made.ok) return stop(call, given.kill > 0 && isForceable(made.failure) ? killAdvice(call, made.failure) : forcedBy(call, made.failure), FAILED_EXIT)
  const verdict = yield* fsckOn(system.machine, name)
  if (verdict.ok && verdict.value.scan) io.out(fsckText(system.machine, verdict.value.scan, { human: true, bucketCount: 0, verbose: given.verbose }))
  return 0
}

/** Alone, --kill asks for nothing else than a format does, and what is refused there wasn't meant. */
function killAdvice({ name, args }: Call<typeof options>, { says }: Failure): Trouble {
  return { says, next: `To destroy its superblock: ${name} --force ${args.join(' ')}.` }
}

/** The primary first: without it, the others are nothing. */
function kill(call: Call<typeof options>, names: readonly string[]): number {
  const { io } = call
  for (const name of names) {
    const killed = io.system.machine.kill(name, io.caller.user)
    if (!killed.ok) return stop(call, killed.failure, FAILED_EXIT)
    io.out('Famfs superblock killed\n')
  }
  return 0
}
