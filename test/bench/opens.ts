// Rows on what a map costs before and beside its use: opening a file with the daemon in a worker of its own, and what a
// kernel keeps of each file. Both are runs of the map lab, which holds the bytes it reads against what stands there.

import { assert } from '../../src/core/base/assert.ts'
import { must } from '../../src/core/base/result.ts'
import type { KernelName } from '../../src/core/kernel/way.ts'
import { isStandalone } from '../../src/core/machine/kernels.ts'
import { openLab } from '../../src/playground/lab/mapLab.ts'
import type { LabSetup, LabSide } from '../../src/sim/lab/types.ts'
import { type BenchRow, counted, expectEqual, measure } from './measure.ts'

const FILES = 100

const EXTENTS = 16

const setup = { shape: 'simple', stripCount: 4, isUniform: true, deviceCount: 1, cacheCapBytes: 64 * 1024 * 1024, seed: 1 } as const

/** Two are the most that the older ioctl takes. */
function extentsOf(kernel: KernelName): number {
  return kernel === 'v1-abi42' ? 2 : EXTENTS
}

function measured({ openUs }: LabSide): number {
  assert(openUs !== undefined, 'a file that was read was opened')
  return openUs
}

type Run = (setup: LabSetup) => Promise<LabSide>

export async function openRow(kernel: KernelName): Promise<BenchRow> {
  const extentCount = extentsOf(kernel)
  const asked = { ...setup, kernels: [kernel, kernel] as const, extentCount, fileCount: 1, pattern: 'random' as const, accessCount: 1, accessBytes: 8 }
  return withRuns(async (run) => {
    const { roundTripCount } = await run({ ...asked, daemon: 'worker' })
    const unit = `µs from an unknown file to its first byte, ${counted(roundTripCount, 'round trip')} for ${extentCount} extents`
    const facts = { name: `open_${kernel}`, unit }
    if (isStandalone(kernel)) return measure(facts, async () => ({ value: measured(await run({ ...asked, daemon: 'worker' })) }))
    return measure({ ...facts, peer: 'the daemon beside its kernel' }, async () => {
      const openUs = measured(await run({ ...asked, daemon: 'worker' }))
      const beside = await run({ ...asked, daemon: 'beside' })
      return { value: openUs, ratio: openUs / measured(beside) }
    })
  })
}

export async function residentRow(kernel: KernelName): Promise<BenchRow> {
  const extentCount = extentsOf(kernel)
  const accessCount = FILES * extentCount
  const asked = { ...setup, kernels: [kernel, kernel] as const, extentCount, fileCount: FILES, pattern: 'in_order' as const, accessCount, accessBytes: 4096, daemon: 'beside' as const }
  return withRuns((run) =>
    measure({ name: `resident_${kernel}`, unit: `bytes for each file of ${extentCount} extents, all read` }, async () => {
      const { residentBytes } = await run(asked)
      return { value: residentBytes / FILES }
    }),
  )
}

async function withRuns<T>(use: (run: Run) => Promise<T>): Promise<T> {
  const lab = await openLab()
  try {
    return await use(async (asked) => {
      const { agrees, daemon, sides } = must(await lab.run(asked))
      expectEqual(agrees, true, 'bytes read')
      expectEqual(daemon, asked.daemon, 'where the daemon ran')
      return sides[0]
    })
  } finally {
    lab.close()
  }
}
