// What is compiled does what the language says: random programs end as a reference that walks their syntax ends, with the
// same answers, the same kept cells, the same line; and nothing outside of their parts of memory is ever written.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENDED } from '../../../../src/core/kernel/program/mailbox.ts'
import { compileProgram } from '../../../../src/core/kernel/program/compile.ts'
import { printCount, propertyRuns } from '../../../counts.ts'
import { anyProgram } from '../../../helpers/anyProgram.ts'
import { Compiled, interpreted, type Situation, syntaxOf } from '../../../helpers/programs.ts'

const INT_MIN = -(2n ** 63n)
const compiled = new Compiled()

const cell = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: INT_MIN, max: 2n ** 63n - 1n }), fc.constantFrom(INT_MIN, -1n, 2n ** 53n))

const situation: fc.Arbitrary<Situation> = fc.record({
  table: fc.oneof({ weight: 9, arbitrary: fc.array(cell, { minLength: 4, maxLength: 6 }) }, { weight: 1, arbitrary: fc.array(cell, { maxLength: 3 }) }),
  contextCount: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 4, max: 7 }) }, { weight: 1, arbitrary: fc.constantFrom(1, 2, 3) }),
  sizeBytes: fc.maxSafeNat(),
  offset: fc.maxSafeNat(),
  fuel: fc.constantFrom(0, 5, 40, 300, 2000),
})

describe('a compiled program', () => {
  it('ends as the language says, with the same numbers', () => {
    const ends = new Map<number, number>()
    const property = fc.property(anyProgram, fc.array(situation, { minLength: 3, maxLength: 3 }), (source, situations) => {
      const program = syntaxOf(source)
      for (const each of situations) {
        const expected = interpreted(program, each)
        expect(compiled.run(program, each)).toEqual(expected)
        const { how } = expected.resolve ?? expected.setup
        ends.set(how, (ends.get(how) ?? 0) + 1)
      }
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    printCount('random programs by how they ended', [...ends].map(([how, count]) => `${how}: ${count}`).join(', '))
    // Each way of ending was seen.
    for (const how of [ENDED.answered, ENDED.outOfFuel, ENDED.outsideTable, ENDED.outsideFile, ENDED.byZero, ENDED.failed]) expect(ends.get(how) ?? 0).toBeGreaterThan(5)
  })

  const one = (code: string, given: Partial<Situation> = {}) => {
    const program = syntaxOf(`setup { }\nresolve { let result = ${code} answer(result, 0, 0, 0) }`)
    return compiled.run(program, { table: [], contextCount: 1, sizeBytes: 0, offset: 0, fuel: 200, ...given }).resolve
  }

  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 3 - 2', 5],
    ['1 << 2 + 1', 8],
    ['6 & 3 == 2', 1],
    ['1 | 2 ^ 3 & 1', 3],
    ['1 == 1 && 2 < 1 || 1', 1],
    ['0 || 0 && 1', 0],
    ['!0 + !5', 1],
    ['-7 / 2', -3],
    ['-7 % 2', -1],
    ['7 / -2', -3],
    ['7 % -2', 1],
    ['~0', -1],
    ['-1 >> 63', -1],
    ['1 << 64', 1],
    ['1 << 53', 2 ** 53],
    ['0x7fffffffffffffff + 1', -(2 ** 63)],
    ['(-0x7fffffffffffffff - 1) / -1', -(2 ** 63)],
    ['(-0x7fffffffffffffff - 1) % -1', 0],
    ['min(3, -4) + max(3, -4)', -1],
    ['1_000 + 0x1f', 1031],
    ['9007199254740991 - 1', 2 ** 53 - 2],
  ])('computes %s', (code, value) => {
    expect(one(code)).toMatchObject({ how: ENDED.answered, answer: [value, 0, 0, 0] })
  })

  it('takes the right side of && and || only where it matters', () => {
    expect(one('0 && 1 / 0')).toMatchObject({ answer: [0, 0, 0, 0] })
    expect(one('2 || 1 / 0')).toMatchObject({ answer: [1, 0, 0, 0] })
    expect(one('1 && 1 / 0')).toMatchObject({ how: ENDED.byZero, line: 2 })
  })

  it('gets offsets and sizes exactly, to 2^53', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(one('size', { sizeBytes: most })).toMatchObject({ answer: [most, 0, 0, 0] })
    expect(one('size - offset', { sizeBytes: most, offset: most - 1 })).toMatchObject({ answer: [1, 0, 0, 0] })
  })

  it('burns what a block costs at its start and at each look of a loop', () => {
    const program = syntaxOf('setup { }\nresolve {\nfor i in 0..3 { }\nanswer(0, 0, 0, 0) }')
    const run = (fuel: number) => compiled.run(program, { table: [], contextCount: 1, sizeBytes: 0, offset: 0, fuel })
    // The start with the loop and the answer, three passes, and the look that ends the loop.
    const steps = 3 + 1 + 4 + 3 * 3 + 3
    expect(run(steps).resolve).toMatchObject({ how: ENDED.answered })
    expect(run(steps - 1).resolve).toMatchObject({ how: ENDED.outOfFuel, line: 3 })
    expect(run(0).setup).toMatchObject({ how: ENDED.outOfFuel, line: 1 })
  })

  it('is a module that imports its memory and nothing else', () => {
    const module = new WebAssembly.Module(compileProgram(syntaxOf('setup { }\nresolve { fail(1) }')))
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'kernel', name: 'memory', kind: 'memory' }])
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(['setup', 'resolve'])
  })
})
