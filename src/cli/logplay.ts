// famfs logplay: what other hosts made appears here. It never removes, never changes what exists, and the whole log is
// looked at each time.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { logplayDeviceOn } from '../core/machine/deviceLog.ts'
import { shadowTarget } from '../core/machine/shadowTarget.ts'
import { logEntries } from '../core/machine/toolText.ts'
import type { LogplayOptions } from '../core/machine/types.ts'
import { type Call, command, countExit, onlyOperand, say, stop } from './command.ts'
import { missingTrouble } from './daxdev.ts'
import { rawDevice } from './device.ts'
import type { OptionTable } from './options.ts'
import { placeOf } from './place.ts'
import type { Io } from './program.ts'
import { setDaxmode, shown, verbose } from './shared.ts'
import { readText } from './units.ts'

const SHADOW_TWICE_EXIT = 22

const options = {
  dryrun: { short: 'n', long: 'dryrun', says: 'look at the log and make nothing' },
  verbose: { ...verbose, says: 'list what is made; twice: what is there too' },
  setDaxmode: { ...setDaxmode, says: 'with --daxdev: switch the device to famfs mode first' },
  mmap: { short: 'm', long: 'mmap', says: 'reach the log by mapping it (so it is)', hidden: true, against: ['read'] },
  read: { short: 'r', long: 'read', says: 'reach the log by reading it', hidden: true },
  client: { short: 'c', long: 'client', says: 'make files as a client does, without write bits', hidden: true },
  shadow: { long: 'shadow', value: { name: 'DIR', read: readText }, says: 'write YAML files under DIR/root instead', hidden: true, twice: SHADOW_TWICE_EXIT },
  shadowtest: { long: 'shadowtest', says: 'with --shadow: compare each YAML file with its log entry', hidden: true },
  daxdev: { short: 'd', long: 'daxdev', value: { name: 'DEVICE', read: readText }, says: 'the log of a device that is not mounted; needs --shadow', hidden: true },
} as const satisfies OptionTable

type Target = NonNullable<LogplayOptions['target']>
type Report = Extract<ReturnType<ReturnType<Io['system']['machine']['logplay']>['next']>['value'], { ok: true }>['value']

export const logplay = command({
  name: 'famfs logplay',
  about: 'play the log, so that what other hosts made appears here',
  synopsis: ['[options] PATH', '[options] --shadow DIR --daxdev DEVICE'],
  options,
  notes: ['PATH is anything in the mount.', 'Exit codes: 0 good, 1 for a log that can not be played, else the number of entries that failed.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, operands } = call
  const device = given.daxdev.at(-1)
  const dir = given.shadow.at(-1)
  if (device !== undefined && dir === undefined) return stop(call, { says: '--daxdev wants --shadow', next: 'Write famfs logplay --shadow DIR --daxdev DEVICE.' })
  const path = device === undefined ? onlyOperand(call) : operands[0]
  if (device === undefined && path === undefined) return stop(call, { says: 'no path is named', next: 'Write famfs logplay MOUNTPOINT.' })
  const shadow = dir === undefined ? ok(undefined) : openShadow(io, dir, given.shadowtest > 0)
  if (!shadow.ok) return stop(call, shadow.failure)
  const dryRun = given.dryrun > 0
  if (dryRun) io.out('Logplay: dry_run selected\n')
  if (shadow.value) io.out('Logplay: running in shadow test mode\n')
  const target = shadow.value?.target
  const played = device !== undefined && target ? yield* ofDevice(call, device, dryRun ? undefined : target) : yield* ofMount(call, path as string, target)
  if (!played.ok) return stop(call, played.failure)
  const { report, kind } = played.value
  if (report.stopped) return stop(call, report.stopped)
  tell(call, report, kind)
  if (device === undefined && !target) tellMissing(call, path as string)
  if (!shadow.value || given.shadowtest === 0) return countExit(report.fileErrors + report.directoryErrors)
  const { checkedCount, differences } = shadow.value.checked()
  io.out(`shadow yaml checked for ${checkedCount} files\nthere were ${differences.length} yaml errors detected\n`)
  for (const difference of differences) io.err(`${call.name}: ${difference} is not what the log says\n  Remove it and play the log again.\n`)
  return countExit(report.fileErrors + report.directoryErrors + differences.length)
}

function* ofMount({ given, io }: Call<typeof options>, path: string, target: Target | undefined): Task<Result<{ report: Report; kind: string }>> {
  const place = placeOf(io, path)
  if (!place.ok) return place
  if (io.caller.user.uid !== 0 && !target) return fail('not_root', { what: 'play the log' })
  const { mount } = place.value
  const { machine } = io.system
  if (given.verbose > 0) yield* listEntries(io, mount, given.verbose)
  const task = machine.logplay(mount.mountpoint, { whole: true, dryRun: given.dryrun > 0, asClient: given.client > 0, umask: io.caller.umask, ...(target ? { target } : {}) })
  const report = yield* shown(io, mount.mountpoint, task)
  return report.ok ? ok({ report: report.value, kind: target || mount.kind === 'fuse' ? 'shadow' : 'v1' }) : report
}

function* ofDevice({ given, io }: Call<typeof options>, path: string, target: Target | undefined): Task<Result<{ report: Report; kind: string }>> {
  const device = yield* rawDevice(io, path, given.setDaxmode > 0)
  if (!device.ok) return device
  const report = yield* logplayDeviceOn(io.system.machine, device.value, target, io.caller.user)
  return report.ok ? ok({ report: report.value, kind: 'shadow' }) : report
}

function tell({ given, io, name }: Call<typeof options>, report: Report, kind: string): void {
  const { entriesPlayed, newFiles, newDirectories, existingFiles, existingDirectories, fileErrors, directoryErrors } = report
  io.out(`famfs_logplay(${kind}): ${entriesPlayed} log entries; ${newFiles} new files; ${newDirectories} new directories\n`)
  if (given.verbose > 0) {
    io.out(`  Created:  ${newFiles} files, ${newDirectories} directories\n`)
    io.out(`  Existed:  ${existingFiles} files, ${existingDirectories} directories\n`)
  }
  if (fileErrors + directoryErrors === 0) return
  io.out(`  ${fileErrors} file errors and ${directoryErrors} dir errors\n`)
  for (const trouble of report.troubles) io.err(`${name}: ${trouble}\n`)
  io.err('  Whatever else the log holds was made. Remove what is in the way and play the log again, or mount anew.\n')
}

/** Devices that the log adds, and that this host doesn't have. */
function tellMissing({ io, name }: Call<typeof options>, path: string): void {
  const place = placeOf(io, path)
  const missing = place.ok ? missingTrouble(place.value.mount.mountpoint, place.value.mount.daxdevs) : undefined
  if (missing) say(io, name, missing)
}

/** What is about to be made; with more -v also what is there already. */
function* listEntries(io: Io, mount: { deviceName: string; mountpoint: string }, verboseCount: number): Task<void> {
  const { machine } = io.system
  yield* logEntries(machine, mount.deviceName, ({ index, kind, path, sizeBytes, mode }) => {
    if (kind === 'bad' || kind === 'other') return
    const there = machine.inode(`${mount.mountpoint}/${path}`).ok
    if (there && verboseCount < 2) return
    const size = kind === 'file' ? ` ${sizeBytes} bytes` : ''
    io.out(`  ${index}: ${kind} ${path} 0${mode.toString(8)}${size}${there ? ' (is there)' : ''}\n`)
  })
}

/** DIR holds a directory `root`, or is called so. */
function openShadow(io: Io, dir: string, check: boolean): Result<ReturnType<typeof shadowTarget>> {
  const { system, caller } = io
  const real = system.realpath(dir, caller)
  if (!real.ok) return real
  const root = real.value.endsWith('/root') ? real.value : `${real.value}/root`
  const stat = system.stat(root, caller)
  if (!stat.ok) return stat
  if (stat.value.kind !== 'directory') return fail('not_a_directory', { path: root })
  const writable = system.access(root, { write: true, execute: true }, caller)
  return writable.ok ? ok(shadowTarget(system, root, caller, check)) : writable
}
