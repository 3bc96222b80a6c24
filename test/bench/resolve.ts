// Rows on maps: what one resolve costs on each kernel, by the number of extents. Each kernel is measured in a worker of its
// own, so that no engine has compiled the loop for another one's maps before.

import type { KernelName } from '../../src/core/kernel/way.ts'
import { kernelNames } from '../../src/core/machine/kernels.ts'
import type { LabShape } from '../../src/sim/lab/types.ts'
import { type BenchRow, counted, rowOf, type Sample } from './measure.ts'

/**
 * Kernels with lists of extents of one length, where they take them, and three subjects beside: walk, a list of mixed lengths
 * on the kernel that takes long lists, so that only walking finds an extent; and striped files, on fuse and by a program.
 */
export type ResolveSubject = KernelName | keyof typeof OTHERS

const OTHERS = {
  walk: { kernel: 'fuse-unrolled', shape: 'simple', isUniform: false },
  interleaved: { kernel: 'fuse', shape: 'striped', isUniform: true },
  'program-interleaved': { kernel: 'program', shape: 'striped', isUniform: true },
} as const

export function factsOf(subject: ResolveSubject): { kernel: KernelName; shape: LabShape; isUniform: boolean } {
  return subject in OTHERS ? OTHERS[subject as keyof typeof OTHERS] : { kernel: subject as KernelName, shape: 'simple', isUniform: true }
}

export const resolveSubjects: readonly ResolveSubject[] = [...kernelNames, ...(Object.keys(OTHERS) as (keyof typeof OTHERS)[])]

const RESOLVE_COUNTS = [1, 16, 1000, 100_000]

export interface ResolveAsk {
  subject: ResolveSubject
  extentCount: number
}

export interface ResolveSamples {
  samples: Sample[]
  /** A striped file of so many chunks: meant to be, or because the kernel doesn't take so long a list. */
  isStriped: boolean
}

/** Two extents are the most that it takes, and it knows no striping. */
function resolveCountsOf(subject: ResolveSubject): number[] {
  return subject === 'v1-abi42' ? [1, 2] : RESOLVE_COUNTS
}

export function resolveNames(subject: ResolveSubject): string[] {
  return resolveCountsOf(subject).map((extentCount) => `resolve_${subject}_${extentCount}`)
}

export async function resolveRows(subject: ResolveSubject): Promise<BenchRow[]> {
  const worker = new Worker(new URL('./resolve.worker.ts', import.meta.url), { type: 'module' })
  try {
    const rows: BenchRow[] = []
    for (const extentCount of resolveCountsOf(subject)) {
      const { samples, isStriped } = await asked(worker, { subject, extentCount })
      const why = factsOf(subject).shape === 'striped' ? '' : ', since the list is beyond the kernel’s limit'
      const of = isStriped ? `1 interleaved extent of ${counted(extentCount, 'chunk')}${why}` : counted(extentCount, 'extent')
      rows.push(rowOf({ name: `resolve_${subject}_${extentCount}`, unit: `ns, ${of}`, peer: 'the same with 1' }, samples))
    }
    return rows
  } finally {
    worker.terminate()
  }
}

function asked(worker: Worker, ask: ResolveAsk): Promise<ResolveSamples> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ResolveSamples>) => resolve(data)
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage(ask)
  })
}
