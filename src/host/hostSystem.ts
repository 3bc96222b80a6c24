// A host's system with all that it takes from outside. Loaded when the first shell is opened, as the system itself is, or when
// something is mounted as only a shell could ask for it.

import { ok, type Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { ROOT } from '../core/kernel/user.ts'
import { isStandalone } from '../core/machine/kernels.ts'
import type { Machine } from '../core/machine/machine.ts'
import { System } from '../core/machine/system.ts'
import type { Caller, Mounted } from '../core/machine/systemTypes.ts'
import type { MountRecipe } from '../core/machine/types.ts'
import { startThread } from './daemonThreads.ts'
import type { Calls, HostSpec } from './protocol.ts'
import { makeSandbox } from './sandbox.ts'

/** What nproc says, and how many threads famfs begins with: the page shows one host as one small machine. */
const CPU_COUNT = 4
const AS_ROOT: Caller = { user: ROOT, umask: 0o022, cwd: '/' }

export function systemOf(machine: Machine, { name, kernelRelease }: Pick<HostSpec, 'name' | 'kernelRelease'>, random: (target: Uint8Array<ArrayBuffer>) => void): System {
  return new System(machine, { now: () => Date.now(), random, hostname: name, cpuCount: CPU_COUNT, sandbox: makeSandbox, startThread, ...(kernelRelease === undefined ? {} : { kernelRelease }) })
}

/**
 * As root does it in a terminal, with what it takes: directories that are missing are made, what an earlier mount left of
 * its shadow tree is removed, and the module is of the generation that is asked for.
 */
export function* mountWith(system: System, { device, mountpoint, kernel = 'v1', daemon, recipe = {} }: Calls['mount']['given']): Task<Result<Mounted>> {
  const known = system.machine.memory(device)
  if (!known.ok) return known
  const ready = makeReady(system, mountpoint, recipe)
  if (!ready.ok) return ready
  const kind = isStandalone(kernel) ? 'v1' : 'fuse'
  return yield* system.mountFamfs(device, mountpoint, { kind, kernel, ...(daemon === undefined ? {} : { daemon }), ...recipe }, AS_ROOT)
}

function makeReady(system: System, mountpoint: string, { generation, shadow }: MountRecipe): Result<undefined> {
  const loaded = generation === undefined ? ok() : system.loadModule('famfs', { generation })
  if (!loaded.ok) return loaded
  const made = makeDirectories(system, mountpoint)
  if (!made.ok || shadow === undefined) return made
  const { rootFs } = system
  const shadowed = makeDirectories(system, shadow)
  const directory = rootFs.find(shadow)
  if (shadowed.ok && directory?.kind === 'directory') rootFs.removeTree(directory, 'root')
  return shadowed
}

/** As mkdir -p does it. What is there and no directory is for the mount to say. */
function makeDirectories(system: System, path: string): Result<undefined> {
  for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
    const level = end < 0 ? path : path.slice(0, end)
    const made = system.stat(level, AS_ROOT).ok ? ok() : system.mkdir(level, 0o755, AS_ROOT)
    if (!made.ok || end < 0) return made
  }
}
