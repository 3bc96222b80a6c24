// famfs mount: a mount plays the whole log. After a failure nothing stays, neither mount nor shadow tree; replay errors leave a
// standalone mount where it is, and are the exit code.

import { fail, ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { isKernelName, isStandalone, kernelNames } from '../core/machine/kernels.ts'
import type { FamfsMountOptions } from '../core/machine/systemTypes.ts'
import { type Call, command, countExit, say, stop } from './command.ts'
import { missingTrouble } from './daxdev.ts'
import { deviceAt, allInFamfsMode, primaryOf } from './device.ts'
import type { OptionTable } from './options.ts'
import type { Io } from './program.ts'
import { setDaxmode, shown, verbose } from './shared.ts'
import { counted, readNumber, readText, type Reading, refuse } from './units.ts'

const SHADOW_TWICE_EXIT = 22
const YEAR_SECONDS = 365 * 24 * 3600
const DAEMON_PLACES = ['beside', 'worker'] as const
const CACHE_SECONDS: Record<string, number> = { always: YEAR_SECONDS, normal: 1, never: 0 }

const options = {
  fuse: { short: 'f', long: 'fuse', says: 'mount through the fuse daemon (what the kernel offers; FAMFS_MODE=fuse or v1 says otherwise)', against: ['nofuse'] },
  nofuse: { short: 'F', long: 'nofuse', says: 'mount with the standalone module' },
  timeout: { short: 't', long: 'timeout', value: { name: 'SECONDS', read: readNumber }, says: 'how long a fuse kernel keeps names and attributes (one year)' },
  debug: { short: 'd', long: 'debug', says: 'the daemon in the foreground; accepted, since there is one thread here anyway' },
  verbose,
  nouseraccess: { short: 'u', long: 'nouseraccess', says: 'fuse: only root may enter' },
  nodefaultperm: { short: 'p', long: 'nodefaultperm', says: "fuse: don't check permission bits" },
  shadow: { short: 'S', long: 'shadow', value: { name: 'DIR', read: readText }, says: 'fuse: where the shadow tree goes: a directory without root in it (a new one)', twice: SHADOW_TWICE_EXIT },
  setDaxmode,
  loadModule: { short: 'L', long: 'load-module', says: 'load the standalone module first' },
  read: { short: 'r', long: 'read', says: 'reach the log by reading it', hidden: true },
  mmap: { short: 'm', long: 'mmap', says: 'reach the log by mapping it (so it is)', hidden: true, against: ['read'] },
  dummy: { short: 'D', long: 'dummy', says: 'only DEVICE: a mount of its own, and where it is', hidden: true },
  remount: { short: 'R', long: 'remount', says: 'standalone: accepted', hidden: true },
  cache: { short: 'c', long: 'cache', value: { name: 'HOW', read: readCache }, says: 'fuse: keep names always, normal (a second) or never', hidden: true, against: ['timeout'] },
  kernel: { long: 'kernel', value: { name: 'NAME', read: readKernel, words: kernelNames }, says: `which kernel: ${kernelNames.join(', ')}; an extension`, hidden: true },
  daemon: { long: 'daemon', value: { name: 'WHERE', read: readDaemon, words: DAEMON_PLACES }, says: 'fuse: where its daemon runs: beside the kernel, or in a worker of its own; an extension', hidden: true },
  b: { short: 'b', says: 'accepted; changes nothing', hidden: true },
} as const satisfies OptionTable

export const mount = command({
  name: 'famfs mount',
  about: 'mount a device that mkfs.famfs has formatted',
  synopsis: ['[options] DEVICE MOUNTPOINT'],
  options,
  notes: ['Unmount with umount MOUNTPOINT.', 'Exit codes: 0 good, 1 failed and nothing is mounted, else the number of entries that could not be played.'],
  run,
})

function* run(call: Call<typeof options>): Task<number> {
  const { given, io, operands } = call
  const dummy = given.dummy > 0
  const [device, where] = operands
  if (device === undefined || operands.length !== (dummy ? 1 : 2)) {
    return stop(call, { says: `mount wants ${dummy ? 'one device' : 'a device and a directory'}, not ${counted(operands.length, 'name')}`, next: 'Write famfs mount DEVICE MOUNTPOINT.' })
  }
  const mountpoint = dummy ? makeDummy(io) : directoryAt(io, where as string)
  if (!mountpoint.ok) return stop(call, mountpoint.failure)
  const name = deviceAt(io, device)
  if (!name.ok) return stop(call, name.failure)
  if (io.caller.user.uid !== 0) return stop(call, fail('not_root', { what: 'mount' }).failure)
  if (given.loadModule > 0) {
    const loaded = io.system.loadModule('famfs', {})
    if (!loaded.ok) return stop(call, loaded.failure)
  }
  const ready = yield* allInFamfsMode(io, name.value, given.setDaxmode > 0)
  if (!ready.ok) return stop(call, ready.failure)
  const kind = kindOf(call)
  if (kind === 'v1' && given.shadow.length > 0) return stop(call, { says: '--shadow is for fuse mounts', next: 'Leave it out, or mount with --fuse.' })
  if (kind === 'v1' && given.daemon.length > 0) return stop(call, { says: '--daemon is for fuse mounts', next: 'Leave it out, or mount with --fuse.' })
  const kernel = given.kernel.at(-1)
  if (kernel !== undefined && isStandalone(kernel) !== (kind === 'v1')) return stop(call, { says: `the kernel ${kernel} is for ${kind === 'v1' ? 'fuse' : 'standalone'} mounts`, next: `Mount with ${kind === 'v1' ? '--fuse' : '--nofuse'}, or choose another.` })
  const mounted = yield* shown(io, mountpoint.value, io.system.mountFamfs(device, mountpoint.value, optionsFor(call, kind), io.caller))
  if (!mounted.ok && mounted.failure.reason === 'secondary_device') {
    const primary = yield* primaryOf(io, name.value)
    const next = primary === undefined ? 'None of this host’s devices is its primary: attach that one.' : `Name its primary: famfs mount ${primary} ${mountpoint.value}.`
    return stop(call, { says: mounted.failure.says, next })
  }
  if (!mounted.ok) return stop(call, mounted.failure)
  return tell(call, kind, name.value, mountpoint.value, mounted.value)
}

type KernelName = NonNullable<FamfsMountOptions['kernel']>
type DaemonPlace = (typeof DAEMON_PLACES)[number]
type Mounted = Extract<ReturnType<ReturnType<Io['system']['mountFamfs']>['next']>['value'], { ok: true }>['value']

function tell({ given, io, name }: Call<typeof options>, kind: 'fuse' | 'v1', device: string, mountpoint: string, { report, drop }: Mounted): number {
  if (kind === 'fuse') io.out(`daxdev=${device}, mpt=${mountpoint}\n`)
  else if (given.dummy > 0) io.out(`${mountpoint}\n`)
  const { entriesPlayed, newFiles, newDirectories, fileErrors, directoryErrors } = report
  const way = kind === 'fuse' ? 'shadow' : 'v1'
  if (given.verbose > 0) io.out(`famfs_logplay(${way}): ${entriesPlayed} log entries; ${newFiles} new files; ${newDirectories} new directories\n`)
  const status = io.system.machine.mounts().find((each) => each.mountpoint === mountpoint)
  const asked = given.kernel.length > 0 || given.daemon.length > 0
  const where = kind === 'v1' ? '' : `, its daemon ${status?.daemon === 'worker' ? 'in a worker of its own' : 'beside it'}`
  if (given.verbose > 0 && asked) io.out(`kernel ${status?.kernel}${where}\n`)
  if (report.stopped) say(io, name, report.stopped)
  for (const trouble of report.troubles) io.err(`${name}: ${trouble}\n`)
  const errorCount = fileErrors + directoryErrors + (report.stopped ? 1 : 0)
  if (errorCount === 0 || kind === 'v1') {
    const missing = missingTrouble(mountpoint, status?.daxdevs ?? [])
    if (missing) say(io, name, missing)
  }
  if (errorCount === 0) return 0
  const dropped = drop?.()
  if (!dropped?.ok) {
    if (dropped) say(io, name, dropped.failure)
    say(io, name, { says: `${counted(errorCount, 'error')} in playing the log; ${mountpoint} is mounted with the rest`, next: `Look at the log: famfs fsck ${mountpoint}.` })
    return countExit(errorCount)
  }
  say(io, name, { says: `${counted(errorCount, 'error')} in playing the log, so it was unmounted again`, next: `Look at the log: famfs fsck ${device}.` })
  return 1
}

/** An explicit flag wins, then the kernel that was named, then the environment, then what the kernel offers, fuse first. */
function kindOf({ given, io, name }: Call<typeof options>): 'fuse' | 'v1' {
  if (given.fuse > 0) return 'fuse'
  if (given.nofuse > 0) return 'v1'
  const kernel = given.kernel.at(-1)
  if (kernel !== undefined) return isStandalone(kernel) ? 'v1' : 'fuse'
  const wanted = io.env('FAMFS_MODE')
  if (wanted === 'fuse' || wanted === 'v1') return wanted
  if (wanted !== undefined && wanted !== '') say(io, name, { says: `FAMFS_MODE is “${wanted}”, which says nothing`, next: 'Set it to fuse or v1, or unset it.' })
  return io.system.modules().includes('fuse') ? 'fuse' : 'v1'
}

function optionsFor({ given }: Call<typeof options>, kind: 'fuse' | 'v1'): FamfsMountOptions {
  const kernel = given.kernel.at(-1)
  const named = kernel === undefined ? {} : { kernel }
  if (kind === 'v1') return { kind, ...named }
  const shadow = given.shadow.at(-1)
  const daemon = given.daemon.at(-1)
  return {
    kind,
    ...named,
    ...(daemon === undefined ? {} : { daemon }),
    timeoutSeconds: given.timeout.at(-1) ?? given.cache.at(-1) ?? YEAR_SECONDS,
    allowOther: given.nouseraccess === 0,
    defaultPermissions: given.nodefaultperm === 0,
    ...(shadow === undefined ? {} : { shadow }),
  }
}

function directoryAt(io: Io, path: string): Result<string> {
  const real = io.system.realpath(path, io.caller)
  if (!real.ok) return real
  const stat = io.system.stat(real.value, io.caller)
  if (!stat.ok) return stat
  return stat.value.kind === 'directory' ? real : fail('not_a_directory', { path })
}

function makeDummy(io: Io): Result<string> {
  const bytes = new Uint8Array(4)
  io.system.random(bytes)
  const path = `/tmp/famfs_mount_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const made = io.system.mkdir(path, 0o755, io.caller)
  return made.ok ? ok(path) : made
}

function readKernel(text: string): Reading<KernelName> {
  return isKernelName(text) ? { ok: true, value: text } : refuse(`there is no kernel “${text}”`, `Give one of ${kernelNames.join(', ')}. The usual ones are v1 (--nofuse) and fuse (--fuse); the page’s map lab tells them apart.`)
}

function readDaemon(text: string): Reading<DaemonPlace> {
  const place = DAEMON_PLACES.find((word) => word === text)
  return place ? { ok: true, value: place } : refuse(`“${text}” is no place for a daemon`, 'Give beside or worker.')
}

function readCache(text: string): Reading<number> {
  const seconds = CACHE_SECONDS[text]
  return seconds === undefined ? refuse(`“${text}” is no way to cache`, 'Give always, normal or never.') : { ok: true, value: seconds }
}
