// Setups of the lab: one that suits most tests, and any.

import * as fc from 'fast-check'
import type { LabSetup } from '../../src/sim/lab/types.ts'

export function setupOf(other: Partial<LabSetup> = {}): LabSetup {
  return {
    kernels: ['v1', 'fuse'],
    shape: 'simple',
    extentCount: 16,
    stripCount: 4,
    isUniform: true,
    fileCount: 1,
    deviceCount: 1,
    cacheCapBytes: 1024 * 1024,
    pattern: 'random',
    accessCount: 200,
    accessBytes: 64,
    daemon: 'beside',
    seed: 5,
    ...other,
  }
}

/** Small enough for naive models. */
export const anySetup: fc.Arbitrary<LabSetup> = fc
  .record({
    shape: fc.constantFrom('simple' as const, 'striped' as const),
    extentCount: fc.integer({ min: 1, max: 60 }),
    stripCount: fc.integer({ min: 1, max: 16 }),
    isUniform: fc.boolean(),
    fileCount: fc.integer({ min: 1, max: 4 }),
    deviceCount: fc.integer({ min: 1, max: 5 }),
    pattern: fc.constantFrom('in_order' as const, 'random' as const, 'stride' as const),
    accessCount: fc.integer({ min: 1, max: 60 }),
    accessBytes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 })),
    seed: fc.nat(0xffff_ffff),
  })
  .map((some) => setupOf(some))
