// A host's system with all that it takes from outside. Loaded when the first shell is opened, as the system itself is, or when
// something is mounted as only a shell could ask for it.

import type { Result } from '../core/base/result.ts'
import type { Task } from '../core/base/task.ts'
import { ROOT } from '../core/kernel/user.ts'
import type { KernelName } from '../core/kernel/way.ts'
import { isStandalone } from '../core/machine/kernels.ts'
import type { Machine } from '../core/machine/machine.ts'
import { System } from '../core/machine/system.ts'
import type { Mounted } from '../core/machine/systemTypes.ts'
import type { DaemonPlace } from '../core/machine/types.ts'
import { startThread } from './daemonThreads.ts'
import type { HostSpec } from './protocol.ts'
import { makeSandbox } from './sandbox.ts'

/** What nproc says, and how many threads famfs begins with: the page shows one host as one small machine. */
const CPU_COUNT = 4
const UMASK = 0o022

export function systemOf(machine: Machine, { name, kernelRelease }: Pick<HostSpec, 'name' | 'kernelRelease'>, random: (target: Uint8Array<ArrayBuffer>) => void): System {
  return new System(machine, { now: () => Date.now(), random, hostname: name, cpuCount: CPU_COUNT, sandbox: makeSandbox, startThread, ...(kernelRelease === undefined ? {} : { kernelRelease }) })
}

/** As root does it in a terminal. The mount point is made where it is missing. */
export function mountWith(system: System, given: { device: string; mountpoint: string; kernel: KernelName; daemon: DaemonPlace | undefined }): Task<Result<Mounted>> {
  const { device, mountpoint, kernel, daemon } = given
  system.rootFs.ensureDirectory(mountpoint)
  const kind = isStandalone(kernel) ? 'v1' : 'fuse'
  return system.mountFamfs(device, mountpoint, { kind, kernel, ...(daemon === undefined ? {} : { daemon }) }, { user: ROOT, umask: UMASK, cwd: '/' })
}
