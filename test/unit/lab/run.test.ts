// Both kernels of a run read the bytes that stand in the files, whatever the files and the accesses are; and what is counted
// is what went over the link.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok, type Result } from '../../../src/core/base/result.ts'
import type { KernelName } from '../../../src/core/kernel/way.ts'
import { kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { AHEAD_BYTES } from '../../../src/core/kernel/ways/iomap.ts'
import { programExamples } from '../../../src/core/kernel/program/examples.ts'
import { LAB_UNIT_BYTES } from '../../../src/sim/lab/setup.ts'
import { curveOf, labNow, type LabOutside, runLab } from '../../../src/sim/lab/run.ts'
import { type LabRun, type LabSetup, MESSAGES_MOST } from '../../../src/sim/lab/types.ts'
import { printCount, propertyRuns } from '../../counts.ts'
import { anySetup, setupOf } from '../../helpers/lab.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'

const outside: LabOutside = {
  nowUs: () => performance.now() * 1000,
  newBuffer: (sizeBytes) => ok(new SharedArrayBuffer(sizeBytes)),
  sandbox: makeSandbox,
}
const run = (setup: LabSetup): LabRun => valueOf(labNow(runLab(setup, outside)))

const pulling = kernelNames.filter((kernel) => !kernel.startsWith('v1'))
const within = (kernel: KernelName): Partial<LabSetup> => (kernel === 'v1-abi42' ? { extentCount: 2 } : { extentCount: 16, fileCount: 3, deviceCount: 2 })

describe.each(kernelNames)('%s in the lab', (kernel) => {
  it('reads what stands there, beside v1', () => {
    const { sides, agrees, conclusion } = run(setupOf({ ...within(kernel), kernels: ['v1', kernel] }))
    const [v1, other] = sides
    expect(other).toMatchObject({ kernel, failure: undefined, failedCount: 0, checksum: v1.checksum })
    expect(agrees).toBe(true)
    expect(other.nsPerResolve).toBeGreaterThan(0)
    expect(other.openUs).toBeGreaterThan(0)
    expect(other.residentMostBytes).toBeGreaterThanOrEqual(other.residentBytes)
    expect(other.messages.length).toBe(Math.min(other.messageCount, MESSAGES_MOST))
    expect(other.messages.filter(({ from }) => from === 'kernel').length).toBe(other.roundTripCount)
    expect(other.copiedBytes).toBe(other.messages.reduce((sum, { request, answer }) => sum + request.length + (answer?.bytes.length ?? 0), 0))
    expect(other.messages.every(({ sentUs, answeredUs }) => sentUs >= 0 && answeredUs >= sentUs)).toBe(true)
    expect(other.messages.map(({ sentUs }) => sentUs)).toEqual(other.messages.map(({ sentUs }) => sentUs).toSorted((one, another) => one - another))
    expect(other).toMatchObject({ expectedChecksum: v1.checksum, wrongCount: 0, noticeCount: 0, revalidationCount: 0, openIs: kernel.startsWith('v1') ? 'pushed' : 'asked' })
    for (const spread of [other.resolveSpread, other.openSpread]) {
      expect(spread?.sampleCount).toBeGreaterThan(1)
      expect((spread?.least ?? 1) <= (spread?.median ?? 0) && (spread?.median ?? 1) <= (spread?.most ?? 0)).toBe(true)
    }
    expect([other.nsPerResolve, other.openUs]).toEqual([other.resolveSpread?.median, other.openSpread?.median])
    for (const sentence of conclusion) expect(sentence).toMatch(/^[A-Za-z].*\.$/)
  })
})

describe('a run', () => {
  it('of any files and accesses reads the same bytes wherever limits allow, and fails on one side with words elsewhere', () => {
    let agreed = 0
    let refused = 0
    const pair = fc.tuple(fc.constantFrom(...kernelNames), fc.constantFrom(...kernelNames))
    const holds = fc.property(anySetup, pair, (some, kernels) => {
      const { sides, agrees } = run({ ...some, kernels, accessCount: Math.min(some.accessCount, 20) })
      // A file that was refused when it was pushed may never be read: then nothing failed.
      const failed = sides.filter(({ failedCount }) => failedCount > 0)
      for (const { failure } of failed) expect(['E2BIG', 'EFBIG', 'EINVAL']).toContain(failure?.errno)
      expect(agrees).toBe(failed.length === 0)
      if (agrees) agreed++
      else refused++
    })
    fc.assert(holds, { numRuns: propertyRuns.dear })
    printCount('lab runs', `${agreed} read by both kernels, ${refused} beyond a limit`)
    expect(agreed).toBeGreaterThan(20)
    expect(refused).toBeGreaterThan(5)
  })

  it.each(pulling)('on %s asks less often than it resolves, and what it serves itself is counted', (kernel) => {
    const [, side] = run(setupOf({ kernels: ['v1', kernel], accessCount: 500 })).sides
    expect(side.resolveCount).toBeGreaterThanOrEqual(500)
    expect(side.servedCount).toBeLessThanOrEqual(side.resolveCount)
    // Whoever asked wasn't served by the kernel alone.
    expect(side.resolveCount - side.servedCount).toBeGreaterThan(0)
    expect(side.resolveCount - side.servedCount).toBeLessThanOrEqual(side.roundTripCount)
  })

  it('counts a file’s first access as asked for, and v1’s as served', () => {
    // Single bytes: no access is in two extents.
    const [v1, fuse] = run(setupOf({ fileCount: 50, pattern: 'random', accessCount: 300, accessBytes: 1 })).sides
    expect(v1).toMatchObject({ resolveCount: 300, servedCount: 300, roundTripCount: 0 })
    expect(fuse.resolveCount).toBe(300)
    expect(fuse.servedCount).toBe(300 - fuse.roundTripCount)
  })

  it('of 100,000 extents reaches the paged kernel in pages and stays within the cap', () => {
    const [paged, iomap] = run(setupOf({ kernels: ['fuse-paged', 'fuse-iomap'], extentCount: 100_000, cacheCapBytes: 200_000, accessCount: 300 })).sides
    expect({ failure: paged.failure, checksum: paged.checksum }).toEqual({ failure: undefined, checksum: iomap.checksum })
    expect(paged.roundTripCount).toBeGreaterThanOrEqual(100)
    expect(paged.residentMostBytes).toBeLessThanOrEqual(200_000)
    expect(iomap.residentMostBytes).toBeLessThanOrEqual(200_000)
  })

  it('tells of a file that was refused when it was pushed, though nobody reads it', () => {
    const setup = setupOf({ kernels: ['v1-abi42', 'v1'], extentCount: 1, fileCount: 2, deviceCount: 2, pattern: 'in_order', accessCount: 1 })
    const { sides, agrees } = run(setup)
    expect(agrees).toBe(true)
    expect(sides[0]).toMatchObject({ failedCount: 0, failure: { errno: 'EINVAL', says: expect.stringContaining('file1') } })
    expect(sides[1]).toMatchObject({ failedCount: 0, failure: undefined })
  })

  it('has the notices that fill a table inside of the OPEN that waits for them, and a program inside of INIT', () => {
    const [, { messages, waitedUs }] = run(setupOf({ kernels: ['v1', 'program'], fileCount: 3, pattern: 'in_order', accessCount: 30, accessBytes: 65_536 })).sides
    expect(messages.map(({ name }) => name)).toEqual(['INIT', 'PROGRAM', 'OPEN', 'TABLE', 'OPEN', 'TABLE', 'OPEN', 'TABLE'])
    for (const [i, message] of messages.entries()) {
      if (message.from === 'kernel') continue
      const around = messages[i - 1]
      expect(message.sentUs).toBeGreaterThanOrEqual(around?.sentUs ?? Number.NaN)
      expect(message.answeredUs).toBeLessThanOrEqual(around?.answeredUs ?? Number.NaN)
    }
    // While the kernel takes a notice in, it works and doesn't wait.
    const spanUs = (from: string): number => messages.reduce((sum, message) => sum + (message.from === from ? message.answeredUs - message.sentUs : 0), 0)
    expect(waitedUs).toBeCloseTo(spanUs('kernel') - spanUs('daemon'), 3)
  })

  it('measures nothing where nothing was found: those figures are missing, and not 0', () => {
    const failing = programExamples.find(({ name }) => name === 'division by zero')
    const [fuse, program] = run(setupOf({ kernels: ['fuse', 'program'], program: failing?.source })).sides
    expect(program).toMatchObject({ failedCount: 200, nsPerResolve: undefined, resolveSpread: undefined, openUs: undefined, openSpread: undefined })
    expect(fuse.nsPerResolve).toBeGreaterThan(0)
    const [refused] = run(setupOf({ kernels: ['fuse', 'fuse-paged'], extentCount: 40 })).sides
    expect(refused).toMatchObject({ failedCount: 200, nsPerResolve: undefined, openUs: undefined, checksum: 0, expectedChecksum: 0 })
  })

  it('has a window that a miss looks ahead in, and says which', () => {
    const setup = setupOf({ kernels: ['fuse-unrolled', 'fuse-iomap'], extentCount: 1000, pattern: 'in_order', accessBytes: 4096, accessCount: 300 })
    const far = run(setup)
    const near = run({ ...setup, aheadBytes: 1 })
    expect([far.aheadBytes, near.aheadBytes, run(setupOf()).aheadBytes]).toEqual([AHEAD_BYTES, 1, undefined])
    expect(near.sides[1].roundTripCount).toBeGreaterThan(10 * far.sides[1].roundTripCount)
    expect([near.agrees, far.agrees]).toEqual([true, true])
  })

  it('has a daemon that pushes no more of a file that has moved than a miss would ask for', () => {
    const MAPPING_BYTES = 40
    const setup = setupOf({ kernels: ['v1', 'fuse-iomap'], extentCount: 16, fileCount: 1, moveCount: 3, pattern: 'in_order', accessBytes: 512 })
    const pushed = (aheadBytes?: number): number[] => run({ ...setup, aheadBytes }).sides[1].messages.filter(({ name }) => name === 'UPSERT').map(({ request }) => request.length / MAPPING_BYTES)
    expect([pushed(1), pushed(3 * LAB_UNIT_BYTES), pushed()]).toEqual([[1, 1, 1], [3, 3, 3], [16, 16, 16]])
  })

  it('that can’t have a daemon in a worker says why', () => {
    expect(run(setupOf({ daemon: 'worker' }))).toMatchObject({ daemon: 'beside', daemonWhy: 'Nobody here starts daemons in workers.' })
    const why = 'This engine has no shared memory.'
    expect(valueOf(labNow(runLab(setupOf({ daemon: 'worker' }), { ...outside, daemonWhy: why })))).toMatchObject({ daemon: 'beside', daemonWhy: why })
    expect(run(setupOf())).toMatchObject({ daemon: 'beside', daemonWhy: undefined })
  })

  it('out of range is refused', () => {
    expect(failureOf(labNow(runLab(setupOf({ extentCount: 0 }), outside)), 'lab_setup').says).toContain('0 extents')
    const much = setupOf({ accessCount: 1_000_000, accessBytes: 1_000_000 })
    expect(failureOf(labNow(runLab(much, outside)), 'lab_setup').says).toContain('931.3 GiB to read')
  })

  it('tells how far it is', () => {
    const task = runLab(setupOf({ accessCount: 5000, fileCount: 5000 }), outside)
    const told = new Map<string, number>()
    let last: IteratorResult<{ what: string; doneCount: number; totalCount: number }, Result<LabRun>>
    while (!(last = task.next()).done) {
      told.set(last.value.what, (told.get(last.value.what) ?? 0) + 1)
      expect(last.value.doneCount).toBeLessThan(last.value.totalCount)
    }
    expect([...told.keys()]).toEqual(['files', 'v1, replay', 'v1', 'v1, times', 'fuse', 'fuse, times'])
    // In pieces, so that it can be stopped between them.
    for (const what of ['files', 'v1, replay', 'v1', 'fuse']) expect(told.get(what)).toBeGreaterThan(2)
  })
})

describe('a curve', () => {
  it('ends where the kernel’s limit is', () => {
    const { points, endsBecause } = valueOf(labNow(curveOf('fuse', setupOf(), outside)))
    expect(points.map(({ extentCount }) => extentCount)).toEqual([1, 2, 4, 8, 16, 32])
    expect(endsBecause).toMatchObject({ reason: 'map_limit', errno: 'E2BIG' })
    expect(points.every(({ resolveSpread, openSpread }) => (resolveSpread?.sampleCount ?? 0) > 1 && (openSpread?.sampleCount ?? 0) > 1)).toBe(true)
    expect(points.every(({ nsPerResolve, openUs, roundTripCount }) => (nsPerResolve ?? 0) > 0 && (openUs ?? 0) > 0 && roundTripCount > 0)).toBe(true)
  })

  it('of a kernel without one goes on', () => {
    const { points, endsBecause } = valueOf(labNow(curveOf('fuse-paged', setupOf(), outside, [1, 5000])))
    expect(points.map(({ extentCount }) => extentCount)).toEqual([1, 5000])
    expect(endsBecause).toBeUndefined()
    expect(points[1]?.residentBytes).toBeGreaterThan(points[0]?.residentBytes ?? 0)
  })

  it('says what it counts', () => {
    expect(valueOf(labNow(curveOf('fuse', setupOf(), outside, [1])))).toMatchObject({ counts: 'extents' })
    expect(valueOf(labNow(curveOf('v1-abi42', setupOf({ shape: 'striped' }), outside, [1, 2])))).toMatchObject({ counts: 'chunks', points: [], endsBecause: { errno: 'EINVAL' } })
  })
})
