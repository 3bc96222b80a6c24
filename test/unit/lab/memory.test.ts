// The table that says what map memory counts, held against what each kernel says that it keeps.

import { describe, expect, it } from 'vitest'
import { ok } from '../../../src/core/base/result.ts'
import type { KernelName } from '../../../src/core/kernel/way.ts'
import { CACHED_MAPPING_BYTES } from '../../../src/core/kernel/ways/iomapCache.ts'
import { kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { kernelMemory, type MemoryUnit } from '../../../src/sim/lab/memory.ts'
import { labNow, runLab } from '../../../src/sim/lab/run.ts'
import type { LabSetup } from '../../../src/sim/lab/types.ts'
import { setupOf } from '../../helpers/lab.ts'
import { valueOf } from '../../helpers/outcome.ts'

type Counts = Partial<Record<MemoryUnit, number>>

function keptBytes(kernel: KernelName, setup: Partial<LabSetup>): number {
  let lookCount = 0
  const outside = { nowUs: () => 1000 * ++lookCount, newBuffer: (sizeBytes: number) => ok(new SharedArrayBuffer(sizeBytes)), sandbox: makeSandbox }
  const [side] = valueOf(labNow(runLab(setupOf({ ...setup, kernels: [kernel, kernel] }), outside))).sides
  expect(side.failure).toBeUndefined()
  return side.residentBytes
}

function tableBytes(kernel: KernelName, counts: Counts): number {
  const { parts } = kernelMemory.find((row) => row.kernel === kernel) ?? { parts: [] }
  expect(parts.length).toBeGreaterThan(0)
  return parts.reduce((sum, { unit, bytes }) => sum + bytes * (counts[unit] ?? 0), 0)
}

/** Every file is opened and read whole. */
const whole: Partial<LabSetup> = { pattern: 'in_order', accessBytes: 4096 }

it('has a row for every kernel', () => {
  expect(kernelMemory.map(({ kernel }) => kernel).toSorted()).toEqual([...kernelNames].toSorted())
})

describe('what each keeps is what the table counts', () => {
  const simple = { ...whole, fileCount: 3, extentCount: 12, accessCount: 36 }
  it.each<[KernelName, Counts]>([
    ['v1', { extent: 36 }],
    ['fuse', { extent: 36 }],
    ['fuse-unrolled', { extent: 36 }],
    ['fuse-paged', { extent: 36, page: 3, record: 3, file: 3 }],
    ['fuse-iomap', { slot: 64 }],
    ['fuse-iomap-shared', { slot: 64 }],
    // Kind, count and three for each extent, with room for a fourth file; extents that lie side by side are one range.
    ['program', { sandboxPage: 1, cell: 4 * (2 + 36), range: 3 }],
  ])('of %s, with three files of twelve extents', (kernel, counts) => {
    expect(keptBytes(kernel, simple)).toBe(tableBytes(kernel, counts))
  })

  it('of the older ioctl, two extents', () => {
    expect(keptBytes('v1-abi42', { ...whole, extentCount: 2, fileCount: 4, accessCount: 8 })).toBe(tableBytes('v1-abi42', { extent: 8 }))
  })

  const striped = { ...whole, shape: 'striped' as const, extentCount: 40, stripCount: 8, deviceCount: 4, fileCount: 2, accessCount: 80 }
  it.each<[KernelName, Counts]>([
    ['v1', { record: 2, strip: 16 }],
    ['fuse', { record: 2, strip: 16 }],
    ['fuse-unrolled', { extent: 80 }],
    ['fuse-paged', { extent: 80, page: 2, record: 2, file: 2 }],
    ['fuse-iomap', { slot: 128 }],
    // Five and three for each strip; two strips of a device lie side by side, which is one range.
    ['program', { sandboxPage: 1, cell: 2 * (5 + 24), range: 8 }],
  ])('of %s, with two files striped over eight', (kernel, counts) => {
    expect(keptBytes(kernel, striped)).toBe(tableBytes(kernel, counts))
  })

  it('of several pages', () => {
    expect(keptBytes('fuse-paged', { ...whole, extentCount: 2500, accessCount: 2500 })).toBe(tableBytes('fuse-paged', { extent: 2500, page: 3, record: 3, file: 1 }))
  })

  it('of a cache that is full', () => {
    expect(keptBytes('fuse-iomap', { ...whole, extentCount: 500, accessCount: 500, cacheCapBytes: 4096 })).toBe(tableBytes('fuse-iomap', { slot: Math.floor(4096 / CACHED_MAPPING_BYTES) }))
  })
})
