// A host's system with all that it takes from outside. Loaded when the first shell is opened, as the system itself is.

import type { Machine } from '../core/machine/machine.ts'
import { System } from '../core/machine/system.ts'
import { startThread } from './daemonThreads.ts'
import type { HostSpec } from './protocol.ts'
import { makeSandbox } from './sandbox.ts'

/** What nproc says, and how many threads famfs begins with: the page shows one host as one small machine. */
const CPU_COUNT = 4

export function systemOf(machine: Machine, { name, kernelRelease }: Pick<HostSpec, 'name' | 'kernelRelease'>, random: (target: Uint8Array<ArrayBuffer>) => void): System {
  return new System(machine, { now: () => Date.now(), random, hostname: name, cpuCount: CPU_COUNT, sandbox: makeSandbox, startThread, ...(kernelRelease === undefined ? {} : { kernelRelease }) })
}
