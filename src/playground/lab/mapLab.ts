// The lab as the page has it: loaded when it is first opened, in a worker of its own, with the daemon in another one where
// memory can be shared. A worker that dies fails what waited for it, and the next job gets a new one.

import type { Result } from '../../core/base/result.ts'
import { limits } from '../../core/kernel/limits.ts'
import { programExamples } from '../../core/kernel/program/examples.ts'
import { parseProgram } from '../../core/kernel/program/parse.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import { kernelNames } from '../../core/machine/kernels.ts'
import { kernelMemory } from '../../sim/lab/memory.ts'
import type { LabProgress } from '../../sim/lab/types.ts'
import { InlineRunner } from './inlineRunner.ts'
import type { LabAnswers, LabJob } from './jobs.ts'
import { LabWorker, type WorkerOptions } from './labWorker.ts'
import { type Runner, WorkerRunner } from './runner.ts'
import type { KernelLimit, Lab } from './types.ts'

export interface MapLab extends Lab {
  /** Why the daemon can't run in a worker of its own, if it can't. */
  readonly daemonWhy: string | undefined
  /** Ends what runs: it fails as cancelled, and so does what waits behind it. */
  cancel(): void
}

const UNSHARED = 'This page may not share memory between workers, and a daemon in another worker is reached over shared memory.'

export async function openLab(options: WorkerOptions = {}): Promise<MapLab> {
  const { runner, daemonWhy } = await runnerFor(options)
  const ask = <K extends keyof LabAnswers>(job: LabJob & { kind: K }, onProgress: (progress: LabProgress) => void = () => undefined): Promise<Result<LabAnswers[K]>> =>
    // A job is answered in its own kind.
    runner.run(job, onProgress) as Promise<Result<LabAnswers[K]>>
  return {
    examples: programExamples,
    limits: kernelNames.map(limitOf),
    memory: kernelMemory,
    daemons: daemonWhy === undefined ? ['beside', 'worker'] : ['beside'],
    daemonWhy,
    run: (setup, onProgress) => ask({ kind: 'run', setup }, onProgress),
    curve: (kernel, setup, onProgress) => ask({ kind: 'curve', kernel, setup }, onProgress),
    amplification: (setup, onProgress) => ask({ kind: 'amplification', setup }, onProgress),
    compile(source) {
      const parsed = parseProgram(source)
      return Promise.resolve('trouble' in parsed ? parsed.trouble : undefined)
    },
    cancel: () => runner.cancel(),
    close: () => runner.cancel(),
  }
}

/** By doing: a worker is started, with memory to share where there is any, and answers. */
async function runnerFor(options: WorkerOptions): Promise<{ runner: Runner; daemonWhy: string | undefined }> {
  if (typeof Worker === 'undefined') return inline('This browser has no workers.')
  const unshared = typeof SharedArrayBuffer === 'undefined' ? UNSHARED : undefined
  try {
    const first = new LabWorker(options, unshared)
    const why = await first.started
    return why === undefined ? { runner: new WorkerRunner(first, options, unshared), daemonWhy: unshared } : inline(why)
  } catch (error) {
    // Some browsers refuse to make a worker, or to post what is shared, by throwing.
    return inline(`The lab has no worker: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function inline(daemonWhy: string): { runner: Runner; daemonWhy: string } {
  return { runner: new InlineRunner(daemonWhy), daemonWhy }
}

function limitOf(kernel: KernelName): KernelLimit {
  const { says, errnos } = limits[kernel]
  return { kernel, takes: says, errno: errnos.count ?? errnos.message }
}
