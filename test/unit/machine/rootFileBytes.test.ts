// The bytes of a root file behave as one array that grows with zeros, and cost what was written: never its square, and
// nothing for holes. Costs are counted in bytes copied and stored, not in time.
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RootFileBytes } from '../../../src/core/machine/rootFileBytes.ts'
import { firstDifference, patternBytes } from '../../helpers/outcome.ts'

const MIB = 1024 * 1024

function newBytes(limitBytes = 64 * MIB): { bytes: RootFileBytes; budget: { usedBytes: number; limitBytes: number } } {
  const budget = { usedBytes: 0, limitBytes }
  return { bytes: new RootFileBytes(budget), budget }
}

function contentOf(bytes: RootFileBytes): Uint8Array {
  const content = new Uint8Array(bytes.sizeBytes).fill(0xee)
  expect(bytes.read(0, content)).toBe(content.length)
  return content
}

function countCopied(): () => number {
  let copied = 0
  const set = Uint8Array.prototype.set
  vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function spied(this: Uint8Array, source: ArrayLike<number>, offset?: number) {
    copied += source.length
    set.call(this, source, offset)
  })
  return () => copied
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the bytes of a file', () => {
  it('grow by appending without being copied over and over', () => {
    const { bytes } = newBytes()
    const copied = countCopied()
    const piece = patternBytes(10, 3)
    for (let at = 0; at < MIB; at += piece.length) bytes.write(at, piece)
    expect(bytes.sizeBytes).toBeGreaterThanOrEqual(MIB)
    expect(copied()).toBeLessThan(4 * MIB)
  })

  it('are read where they are: a small read of a large file copies little', () => {
    const { bytes } = newBytes()
    bytes.write(0, patternBytes(8 * MIB, 1))
    const copied = countCopied()
    const part = new Uint8Array(10)
    for (let at = 0; at < 8 * MIB; at += MIB) bytes.read(at, part)
    expect(copied()).toBe(80)
  })

  it('store nothing for a hole', () => {
    const { bytes, budget } = newBytes(MIB)
    bytes.truncate(2 ** 50)
    expect(bytes.write(2 ** 49, Uint8Array.of(7))).toBe(true)
    expect(bytes.sizeBytes).toBe(2 ** 50)
    expect(budget.usedBytes).toBeLessThanOrEqual(256 * 1024)
    const around = new Uint8Array(3).fill(9)
    expect(bytes.read(2 ** 49 - 1, around)).toBe(3)
    expect([...around]).toEqual([0, 7, 0])
    bytes.truncate(0)
    expect(budget.usedBytes).toBe(0)
  })

  it('are all written or not at all when there is no room', () => {
    const { bytes, budget } = newBytes(300 * 1024)
    expect(bytes.write(0, patternBytes(256 * 1024, 1))).toBe(true)
    const before = budget.usedBytes
    expect(bytes.write(256 * 1024 - 5, patternBytes(100_000, 2))).toBe(false)
    expect([bytes.sizeBytes, budget.usedBytes]).toEqual([256 * 1024, before])
    expect(firstDifference(contentOf(bytes), patternBytes(256 * 1024, 1))).toBe(-1)
  })

  it('behave as one array that grows with zeros', () => {
    const most = 600_000
    const offset = fc.oneof(fc.nat(300), fc.nat(most), fc.integer({ min: 262_100, max: 262_200 }))
    const act = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), at: offset, length: fc.oneof(fc.nat(200), fc.nat(300_000)), salt: fc.nat(250) }),
      fc.record({ kind: fc.constant('truncate' as const), at: offset, length: fc.constant(0), salt: fc.constant(0) }),
    )
    fc.assert(fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const { bytes, budget } = newBytes()
      let model = new Uint8Array(0)
      for (const { kind, at, length, salt } of acts) {
        const endBytes = kind === 'truncate' ? at : length === 0 ? model.length : Math.max(model.length, at + length)
        const next = new Uint8Array(endBytes)
        next.set(model.subarray(0, endBytes))
        if (kind === 'write') next.set(patternBytes(length, salt), length === 0 ? 0 : at)
        model = next
        if (kind === 'write') bytes.write(at, patternBytes(length, salt))
        else bytes.truncate(at)
      }
      expect(firstDifference(contentOf(bytes), model)).toBe(-1)
      bytes.truncate(0)
      expect(budget.usedBytes).toBe(0)
    }), { numRuns: 40 })
  })
})
