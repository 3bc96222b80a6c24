// Mounting by a fuse daemon: a shadow tree in the host's own file system, written by replay and read by the daemon whenever
// the kernel asks. After a failure nothing stays, neither mount nor tree nor daemon. One that is stopped while it plays the log is
// no failure: mount, tree and daemon stay with what was played until then, as on Linux.

import { assert } from '../base/assert.ts'
import { failLate } from '../base/late.ts'
import { ok, type Result } from '../base/result.ts'
import type { Task } from '../base/task.ts'
import { type FileFacts, logFileMetaOf } from '../fmap/fmap.ts'
import { shadowYaml } from '../fs/shadowYaml.ts'
import type { Role } from '../fs/role.ts'
import { ShadowDaemon, type ShadowFiles } from '../fuse/daemon.ts'
import { answerRequest, type DaemonState } from '../fuse/daemonSocket.ts'
import type { MapStore } from '../fuse/wire.ts'
import type { KernelMount } from '../kernel/mount.ts'
import type { SandboxMaker } from '../kernel/program/sandbox.ts'
import { ROOT } from '../kernel/user.ts'
import { type DaemonThread, wayApart } from './daemonThread.ts'
import { connect, isStandalone } from './kernels.ts'
import type { Machine } from './machine.ts'
import { metaFileFacts } from './metaFiles.ts'
import { recipeOf, YEAR_SECONDS } from './mountRecipe.ts'
import { baseName, directoryOf, isWithin } from './pathText.ts'
import type { RootFs } from './rootFs.ts'
import { shadowTarget, writeWhole } from './shadowTarget.ts'
import type { Caller, FamfsMountOptions, Mounted, Paths } from './systemTypes.ts'
import type { FuseSide } from './types.ts'

/** What a daemon needs of its host: System is one. */
interface FuseHost extends Paths {
  readonly machine: Machine
  readonly rootFs: RootFs
  readonly sandbox: SandboxMaker | undefined
  random(target: Uint8Array<ArrayBuffer>): void
  log(line: string): void
  makeSocket(path: string, mode: number, answer: (request: string) => string, caller: Caller): Result<undefined>
}

const DEFAULT_LOG_LEVEL = 5
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** Daemons are not bound by whoever mounts: they write as root, and no umask. */
const DAEMON: Caller = { user: ROOT, umask: 0, cwd: '/' }

/** @param deviceName as the machine knows it; @param mountpoint canonical; @param thread the daemon's own, which ends with the mount */
export function* mountFuse(host: FuseHost, deviceName: string, mountpoint: string, options: FamfsMountOptions, caller: Caller, thread: DaemonThread | undefined): Task<Result<Mounted>> {
  if (options.kernel === 'program' && !host.sandbox) return failLate('no_module', { name: options.kernel })
  const shadow = shadowDirectory(host, options, caller)
  if (!shadow.ok) return shadow
  const mounted = yield* mountOver(host, shadow.value, deviceName, mountpoint, options, caller, thread)
  if (!mounted.ok) dropShadow(host, shadow.value, options)
  return mounted
}

function* mountOver(host: FuseHost, shadowPath: string, deviceName: string, mountpoint: string, options: FamfsMountOptions, caller: Caller, thread: DaemonThread | undefined): Task<Result<Mounted>> {
  // Its own mount would hide the tree from its daemon.
  if (isWithin(shadowPath, mountpoint)) return failLate('shadow_hidden', { shadow: shadowPath, mountpoint })
  const { kernel = 'fuse' } = options
  assert(!isStandalone(kernel), 'a fuse mount has a kernel that asks')
  const root = `${shadowPath}/root`
  const daemon = new ShadowDaemon(filesOf(host), root, (line) => host.log(line))
  const { allowOther = true, defaultPermissions = true, timeoutSeconds = YEAR_SECONDS, asIs = false, words = [] } = options
  const fuse: FuseSide = {
    source: daemon,
    daemon: thread ? 'worker' : 'beside',
    shadowPath,
    timeoutMs: timeoutSeconds * 1000,
    checksPermissions: defaultPermissions,
    othersMayEnter: allowOther,
    addMeta: (logLengthBytes, role) => (asIs ? ok() : writeMeta(host, root, logLengthBytes, role)),
    addMetaFile: (file) => void (asIs ? ok() : writeMetaFile(host, root, file)),
    target: (mounted) => targetOf(host, root, mounted),
    end() {
      host.unlink(`${shadowPath}/sock`, DAEMON)
      thread?.end()
    },
  }
  const state: DaemonState = { daemon, pid: pidOf(host), logLevel: DEFAULT_LOG_LEVEL }
  const listening = host.makeSocket(`${shadowPath}/sock`, 0o660, (request) => answerRequest(request, state, (line) => host.log(line)), DAEMON)
  if (!listening.ok) return listening
  const given = { sandbox: host.sandbox, random: (target: Uint8Array<ArrayBuffer>) => host.random(target) }
  const store = storeOf(host, daemon, deviceName, mountpoint)
  const way = thread ? wayApart(kernel, thread, store, given) : connect(kernel, store, given)
  const shown = ['rw', 'nosuid', 'nodev', 'noatime', 'user_id=0', 'group_id=0']
  if (defaultPermissions) shown.push('default_permissions')
  if (allowOther) shown.push('allow_other')
  if (kernel !== 'fuse') shown.push(`kernel=${kernel}`)
  if (thread) shown.push('daemon=worker')
  const report = yield* host.machine.mount(deviceName, mountpoint, caller.user, { fuse, way, plays: !asIs, umask: caller.umask, options: [...shown, ...words], recipe: recipeOf(options, { shadowPath }) })
  if (!report.ok) {
    fuse.end()
    return report
  }
  const drop = (): Result<undefined> => {
    const gone = host.machine.umount(mountpoint, caller.user)
    if (gone.ok) dropShadow(host, shadowPath, options)
    return gone
  }
  return ok({ mountpoint, deviceName, kind: 'fuse', shadowPath, report: report.value, drop })
}

/** What the daemon answers the kernel from: maps from its shadow tree, devices as this host has them. */
function storeOf(host: FuseHost, daemon: ShadowDaemon, deviceName: string, mountpoint: string): MapStore {
  return {
    map: (node) => daemon.map(node),
    daxdev(devindex) {
      if (devindex === 0) return deviceName
      const mount = host.machine.mounts().find((status) => status.mountpoint === mountpoint)
      return mount?.daxdevs.find((known) => known.devindex === devindex)?.deviceName
    },
  }
}

/** The given one, which exists and has no `root` in it (or has one that is to be shown as it is); or a new one in /tmp. */
function shadowDirectory(host: FuseHost, { shadow, allowOther = true, asIs = false }: FamfsMountOptions, caller: Caller): Result<string> {
  if (shadow !== undefined) {
    const real = host.realpath(shadow, caller)
    if (!real.ok) return real
    if (asIs) {
      const root = host.realpath(`${real.value}/root/.`, caller)
      return root.ok ? real : root
    }
    const made = host.mkdir(`${real.value}/root`, 0o755, { ...caller, umask: 0 })
    return made.ok ? real : made
  }
  const path = `/tmp/famfs_shadow_${randomLetters(host, 6)}`
  const made = host.mkdir(path, allowOther ? 0o755 : 0o700, { ...caller, umask: 0 })
  if (!made.ok) return made
  const rooted = host.mkdir(`${path}/root`, 0o755, { ...caller, umask: 0 })
  if (rooted.ok) return ok(path)
  dropShadow(host, path, {})
  return rooted
}

/** A tree of ours that nothing is mounted over says nothing to anybody; one that was given stays, but for the root we made. */
function dropShadow({ rootFs }: FuseHost, shadowPath: string, { shadow, asIs = false }: Pick<FamfsMountOptions, 'shadow' | 'asIs'>): void {
  const gone = shadow === undefined ? shadowPath : `${shadowPath}/root`
  const directory = rootFs.find(directoryOf(gone))
  if (!asIs && directory?.kind === 'directory') rootFs.removeTree(directory, baseName(gone))
}

/** Replay writes the shadow file and tells the kernel what it says, which therefore needn't ask for it. */
function targetOf(host: FuseHost, root: string, kernel: KernelMount): ReturnType<FuseSide['target']> {
  const { target } = shadowTarget(host, root, DAEMON)
  return {
    addFile(file) {
      const played = target.addFile(file)
      if (played === 'made') kernel.addFile(file)
      return played
    },
    addDirectory(directory) {
      const played = target.addDirectory(directory)
      if (played === 'made') kernel.addDirectory(directory)
      return played
    },
  }
}

function writeMeta(host: FuseHost, root: string, logLengthBytes: number, role: Role): Result<undefined> {
  const made = host.mkdir(`${root}/.meta`, 0o755, DAEMON)
  if (!made.ok) return made
  for (const file of metaFileFacts(logLengthBytes, role)) {
    const written = writeMetaFile(host, root, file)
    if (!written.ok) return written
  }
  return ok()
}

function writeMetaFile(host: FuseHost, root: string, file: FileFacts): Result<undefined> {
  return writeText(host, `${root}/${file.path}`, shadowYaml({ ...logFileMetaOf(file), fm_flags: 0 }))
}

function writeText(host: FuseHost, path: string, text: string): Result<undefined> {
  const opened = host.open(path, { write: true, create: 0o644, truncate: true }, DAEMON)
  return opened.ok ? writeWhole(host, path, opened.value, text, DAEMON) : opened
}

function filesOf(host: FuseHost): ShadowFiles {
  return {
    stat(path) {
      const stat = host.lstat(path, DAEMON)
      return stat.ok ? stat.value : undefined
    },
    read(path, mostBytes) {
      const opened = host.open(path, { read: true }, DAEMON)
      if (!opened.ok) return undefined
      const bytes = new Uint8Array(Math.min(mostBytes, opened.value.sizeBytes()))
      const read = opened.value.read(0, bytes)
      opened.value.close()
      return read.ok ? bytes.subarray(0, read.value) : undefined
    },
    list(path) {
      const entries = host.readdir(path, DAEMON)
      return entries.ok ? entries.value : undefined
    },
  }
}

function randomLetters(host: FuseHost, count: number): string {
  const bytes = new Uint8Array(count)
  host.random(bytes)
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('')
}

/** Any number that a daemon could have. */
function pidOf(host: FuseHost): number {
  const bytes = new Uint8Array(2)
  host.random(bytes)
  return 1000 + (((bytes[0] as number) << 8) | (bytes[1] as number)) % 30000
}
