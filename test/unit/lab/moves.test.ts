// Files that move while they are used, and a program that changes: kernels that hear of it read right bytes all the time, the
// others read what stands at the old place now, and nobody is told that they do.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok } from '../../../src/core/base/result.ts'
import { programExamples } from '../../../src/core/kernel/program/examples.ts'
import type { KernelName } from '../../../src/core/kernel/way.ts'
import { kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { accessesOf } from '../../../src/sim/lab/accesses.ts'
import { labFiles } from '../../../src/sim/lab/files.ts'
import { movesOf } from '../../../src/sim/lab/moves.ts'
import { labNow, type LabOutside, runLab } from '../../../src/sim/lab/run.ts'
import type { LabRun, LabSetup } from '../../../src/sim/lab/types.ts'
import { propertyRuns } from '../../counts.ts'
import { anySetup, setupOf } from '../../helpers/lab.ts'
import { valueOf } from '../../helpers/outcome.ts'

const outside: LabOutside = {
  nowUs: () => performance.now() * 1000,
  newBuffer: (sizeBytes) => ok(new SharedArrayBuffer(sizeBytes)),
  sandbox: makeSandbox,
}
const run = (setup: LabSetup): LabRun => valueOf(labNow(runLab(setup, outside)))

const hearing: readonly KernelName[] = ['fuse-iomap', 'fuse-iomap-shared', 'program']
const deaf = kernelNames.filter((kernel) => !hearing.includes(kernel))
const moving = (kernel: KernelName, other: Partial<LabSetup> = {}): LabSetup =>
  setupOf({ kernels: ['v1', kernel], extentCount: kernel === 'v1-abi42' ? 2 : 8, fileCount: 3, moveCount: 4, accessCount: 400, ...other })

const sourceOf = (name: string): string => programExamples.find((example) => example.name === name)?.source ?? ''

describe.each(['simple', 'striped'] as const)('of %s files that move', (shape) => {
  it.each(hearing)('%s reads right bytes only', (kernel) => {
    const { sides: [v1, side], agrees, movedCount, conclusion } = run(moving(kernel, { shape, deviceCount: 2 }))
    expect(side).toMatchObject({ failure: undefined, failedCount: 0, wrongCount: 0, checksum: side.expectedChecksum, revalidationCount: 4 })
    expect(v1.wrongCount).toBeGreaterThan(0)
    expect({ agrees, movedCount }).toEqual({ agrees: false, movedCount: 4 })
    expect(conclusion[0]).toContain(`${kernel} read every byte as it stands in the files`)
    expect(conclusion[0]).toContain(`v1 read stale bytes in ${v1.wrongCount} of 400 accesses`)
  })

  it.each(deaf.filter((kernel) => kernel !== 'v1-abi42' || shape === 'simple'))('%s reads what stands at the old place now, without an error', (kernel) => {
    const { sides: [, side] } = run(moving(kernel, { shape }))
    expect(side).toMatchObject({ failure: undefined, failedCount: 0, noticeCount: 0, revalidationCount: 0 })
    expect(side.wrongCount).toBeGreaterThan(0)
    expect(side.checksum).not.toBe(side.expectedChecksum)
  })
})

describe('a move', () => {
  it('is told by notices where the kernel keeps the cookie, and by none where it looks at the server’s', () => {
    const namesOf = (kernel: KernelName): Set<string> => new Set(run(moving(kernel)).sides[1].messages.filter(({ from }) => from === 'daemon').map(({ name }) => name))
    expect(namesOf('fuse-iomap')).toEqual(new Set(['INVAL', 'UPSERT']))
    expect(namesOf('fuse-iomap-shared')).toEqual(new Set())
    expect(namesOf('program')).toEqual(new Set(['PROGRAM', 'TABLE']))
    expect(run(moving('fuse-iomap')).sides[1].noticeCount).toBe(8)
    expect(run(moving('program')).sides[1].noticeCount).toBe(4)
  })

  it('is the same for both kernels, of a file in use, spread over the accesses', () => {
    fc.assert(
      fc.property(anySetup, fc.integer({ min: 1, max: 10 }), (some, moveCount) => {
        const setup = { ...some, moveCount }
        const made = labFiles(setup)
        const accesses = accessesOf(setup, made.files.map(({ map }) => map.sizeBytes))
        const moves = movesOf(setup, made, accesses)
        expect(moves.length).toBe(moveCount)
        const indices = moves.map(({ accessIndex }) => accessIndex)
        expect(indices).toEqual(indices.toSorted((one, other) => one - other))
        for (const { accessIndex, fileIndex } of moves) {
          expect(accessIndex).toBeLessThan(setup.accessCount)
          // An access before it made the kernel hold something of the file, if there was an access.
          expect(accessIndex === 0 || accesses.fileIndices.subarray(0, accessIndex).includes(fileIndex)).toBe(true)
        }
      }),
      { numRuns: propertyRuns.dear },
    )
  })

  it('of any files leaves kernels that hear of it in agreement', () => {
    const pair = fc.tuple(fc.constantFrom(...hearing), fc.constantFrom(...hearing))
    const holds = fc.property(anySetup, pair, fc.integer({ min: 1, max: 6 }), (some, kernels, moveCount) => {
      const { sides, agrees } = run({ ...some, kernels, moveCount, accessCount: Math.min(some.accessCount, 20) })
      expect(sides.map(({ failedCount, wrongCount, checksum, expectedChecksum }) => ({ failedCount, wrongCount, same: checksum === expectedChecksum }))).toEqual([{ failedCount: 0, wrongCount: 0, same: true }, { failedCount: 0, wrongCount: 0, same: true }])
      expect(agrees).toBe(true)
    })
    fc.assert(holds, { numRuns: Math.min(propertyRuns.dear, 20) })
  })
})

describe('a program that changes half-way', () => {
  const changing = (programChange: string): LabRun => run(setupOf({ kernels: ['fuse', 'program'], fileCount: 3, accessCount: 400, programChange }))

  it('goes on with open files where the other program is good', () => {
    const { sides: [, program], agrees, conclusion } = changing(sourceOf('list'))
    expect(agrees).toBe(true)
    expect(program).toMatchObject({ failure: undefined, noticeCount: 1, revalidationCount: 3 })
    expect(program.messages.filter(({ name }) => name === 'PROGRAM').length).toBe(2)
    expect(program.messages.filter(({ name }) => name === 'INIT').length).toBe(1)
    expect(conclusion[0]).toMatch(/^Half-way, with its files open, program was given another program by a notice, and it read every byte/)
  })

  it.each(['division by zero', 'someone else’s bytes'])('fails from there on with “%s”, and read every byte before', (name) => {
    const { sides: [fuse, program], agrees } = changing(sourceOf(name))
    expect(agrees).toBe(false)
    expect(program).toMatchObject({ failure: { errno: 'EIO' }, failedCount: 200, wrongCount: 0, checksum: program.expectedChecksum })
    expect(fuse).toMatchObject({ failedCount: 0, noticeCount: 0, wrongCount: 0 })
  })

  it('isn’t taken where it can’t be compiled: the one before goes on', () => {
    const { sides: [, program], agrees, conclusion } = changing('resolve {')
    expect(agrees).toBe(true)
    expect(program).toMatchObject({ failedCount: 0, wrongCount: 0, noticeCount: 1, revalidationCount: 0 })
    expect(conclusion[0]).toContain('; it went on with the one before, and read every byte')
  })
})
