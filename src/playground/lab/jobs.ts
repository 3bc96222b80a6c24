// What the lab can be asked to do, and what goes between the page and the lab's worker. The same jobs run in a worker and,
// where there are none, in the page's own thread.

import { fail, ok, type Result } from '../../core/base/result.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import { makeSandbox } from '../../host/sandbox.ts'
import { amplificationOf } from '../../sim/lab/amplify.ts'
import { curveOf, type LabOutside, type LabTask, runLab } from '../../sim/lab/run.ts'
import { refuseSetup } from '../../sim/lab/setup.ts'
import type { Amplification, LabCurve, LabProgress, LabRun, LabSetup } from '../../sim/lab/types.ts'

export interface LabAnswers {
  run: LabRun
  curve: LabCurve
  amplification: Amplification
}

export type LabJob =
  | { kind: 'run'; setup: LabSetup }
  | { kind: 'curve'; kernel: KernelName; setup: LabSetup }
  | { kind: 'amplification'; setup: LabSetup }

/** First of all: what the worker may use. A buffer that arrives is memory that can be shared. */
export interface LabBoot {
  shared: SharedArrayBuffer | undefined
  /** Of the daemon's worker. */
  daemon: MessagePort | undefined
  daemonWhy: string | undefined
}

export interface LabAsk {
  id: number
  job: LabJob
}

export type LabWord =
  | { word: 'ready' }
  | { word: 'progress'; id: number; progress: LabProgress }
  | { word: 'answer'; id: number; answer: Result<LabAnswers[keyof LabAnswers]> }
  /** A mistake of ours. */
  | { word: 'mistake'; id: number; says: string }
  /** Whoever sees a daemon or its kernel die ends this ring. */
  | { word: 'ring'; ring: SharedArrayBuffer }

export function taskOf(job: LabJob, outside: LabOutside): LabTask<Result<LabAnswers[keyof LabAnswers]>> {
  switch (job.kind) {
    case 'run':
      return runLab(job.setup, outside)
    case 'curve':
      return curveOf(job.kernel, job.setup, outside)
    case 'amplification':
      return amplify(job.setup)
    default:
      return job satisfies never
  }
}

/** What a thread gives the lab, whichever thread it is. */
export function outsideOf(given: Pick<LabOutside, 'far' | 'daemonWhy'>): LabOutside {
  return { ...given, sandbox: makeSandbox, nowUs: () => performance.now() * 1000, newBuffer }
}

function* amplify(setup: LabSetup): LabTask<Result<Amplification>> {
  const failure = refuseSetup(setup)
  if (failure) return { ok: false, failure }
  return ok(yield* amplificationOf(setup))
}

/** Shared memory is taken only as it is touched; other memory perhaps isn't. */
function newBuffer(sizeBytes: number): Result<SharedArrayBuffer | ArrayBuffer> {
  try {
    return ok(typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(sizeBytes) : new SharedArrayBuffer(sizeBytes))
  } catch (error) {
    if (error instanceof RangeError) return fail('no_memory', { sizeBytes })
    throw error
  }
}
