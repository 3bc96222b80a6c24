// What the page knows of the map lab: plain data, and one object that runs it. Nothing here changes a session: the lab has
// memory of its own.

import type { Result } from '../../core/base/result.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import type { KernelMemory, MemoryPart } from '../../sim/lab/memory.ts'
import type { Amplification, LabCurve, LabMessage, LabProgress, LabRun, LabSetup, LabShape, LabSide, Spread } from '../../sim/lab/types.ts'

export type LabKernel = KernelName
export { CURVE_ACCESSES } from '../../sim/lab/types.ts'
export type { Amplification, KernelMemory, LabCurve, LabMessage, LabProgress, LabRun, LabSetup, LabShape, LabSide, MemoryPart, Spread }

/** Where a program's source can't be understood. Lines and columns count from 1. */
export interface ProgramTrouble {
  line: number
  column: number
  says: string
  /** What to do about it, as a sentence. */
  next: string
}

export interface ProgramExample {
  name: string
  /** One sentence. */
  says: string
  source: string
  /** It compiles, and fails when it runs: there to be seen. */
  fails: boolean
}

/** A row of the table of limits. */
export interface KernelLimit {
  kernel: LabKernel
  /** What it takes at most, in words. */
  takes: string
  /** What a map beyond it is answered with; undefined where there is no limit. */
  errno: string | undefined
}

export interface Lab {
  /** The program that a run uses where none is given, and others to look at. */
  examples: readonly ProgramExample[]
  limits: readonly KernelLimit[]
  /** What map memory counts. */
  memory: readonly KernelMemory[]
  /** Where the daemon may run here: in a worker of its own only with shared memory. */
  daemons: readonly LabSetup['daemon'][]
  /** Why not in a worker, if not. */
  daemonWhy: string | undefined
  /** Whoever asks again before the answer is there gets both answers, in order. */
  run(setup: LabSetup, onProgress?: (progress: LabProgress) => void): Promise<Result<LabRun>>
  /** One kernel, from one extent to as many as it takes. */
  curve(kernel: LabKernel, setup: LabSetup, onProgress?: (progress: LabProgress) => void): Promise<Result<LabCurve>>
  amplification(setup: LabSetup, onProgress?: (progress: LabProgress) => void): Promise<Result<Amplification>>
  /** Undefined where the source compiles. */
  compile(source: string): Promise<ProgramTrouble | undefined>
  /** Ends what runs: it fails as cancelled, and so does what waits behind it. */
  cancel(): void
  /** The same, and nothing may be asked afterwards. */
  close(): void
}
