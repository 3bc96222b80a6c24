// What the hardware says of a device: ranges as a plain set of bytes would have them, seen by every host at once, and never
// half a change.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { POISON_RANGES_MOST } from '../../../src/core/base/poison.ts'
import { Health, HEALTH_BYTES } from '../../../src/core/mem/health.ts'
import { propertyRuns } from '../../counts.ts'

const newHealth = (): Health => new Health(new SharedArrayBuffer(HEALTH_BYTES))
const SPACE = 60

describe('poison', () => {
  it('is what a set of bytes would be, whatever was added and cleared', () => {
    const step = fc.record({ adds: fc.boolean(), at: fc.nat({ max: SPACE - 1 }), length: fc.integer({ min: 1, max: 12 }) })
    const property = fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: SPACE }), fc.nat({ max: SPACE }), (steps, from, length) => {
      const health = newHealth()
      const model = new Set<number>()
      for (const { adds, at, length: count } of steps) {
        expect(adds ? health.addPoison(at, count) : health.clearPoison(at, count)).toBe(true)
        for (let byte = at; byte < at + count; byte++) {
          if (adds) model.add(byte)
          else model.delete(byte)
        }
      }
      const seen = health.poison.flatMap(({ offsetBytes, lengthBytes }) => Array.from({ length: lengthBytes }, (_, i) => offsetBytes + i))
      expect(seen).toEqual([...model].toSorted((a, b) => a - b))
      // Sorted, and as few as can be.
      for (const [i, range] of health.poison.entries()) expect(i === 0 || range.offsetBytes > health.poison[i - 1]!.offsetBytes + health.poison[i - 1]!.lengthBytes).toBe(true)
      const first = seen.find((byte) => byte >= from && byte < from + length)
      expect(health.firstPoisoned(from, length)).toBe(first ?? -1)
      expect([health.isPoisoned, health.isSound]).toEqual([seen.length > 0, seen.length === 0])
    })
    fc.assert(property, { numRuns: propertyRuns.cheap })
  })

  it('has room for so many ranges; one more is refused, and nothing changes', () => {
    const health = newHealth()
    for (let i = 0; i < POISON_RANGES_MOST; i++) expect(health.addPoison(i * 100, 64)).toBe(true)
    const before = health.poison
    expect(health.addPoison(POISON_RANGES_MOST * 100, 64)).toBe(false)
    expect(health.clearPoison(10, 4)).toBe(false)
    expect(health.poison).toEqual(before)
    expect(health.addPoison(64, 36)).toBe(true)
    expect(health.poison).toHaveLength(POISON_RANGES_MOST - 1)
  })

  it('keeps offsets beyond 4 GiB exact', () => {
    const health = newHealth()
    health.addPoison(2 ** 45 + 64, 64)
    expect(health.firstPoisoned(0, 2 ** 46)).toBe(2 ** 45 + 64)
  })
})

describe('one device, several hosts', () => {
  it('each sees what another changed, by a count that moved', () => {
    const buffer = new SharedArrayBuffer(HEALTH_BYTES)
    const [a, b] = [new Health(buffer), new Health(buffer)]
    const changes: [() => unknown, () => unknown, unknown][] = [
      [() => a.addPoison(0, 64), () => b.poison, [{ offsetBytes: 0, lengthBytes: 64 }]],
      [() => a.clearPoison(0, 64), () => b.poison, []],
      [() => a.stop(), () => [b.isStopped, b.isSound], [true, false]],
      [() => a.start(), () => [b.isStopped, b.isSound], [false, true]],
      [() => a.reconfigure(), () => b.configuration, 1],
      [() => [a.addPoison(0, 64), a.stop(), a.mend()], () => [b.poison, b.isStopped, b.configuration], [[], false, 1]],
    ]
    for (const [change, look, expected] of changes) {
      const { changeCount } = b
      expect(b.hasMovedSince(changeCount)).toBe(false)
      change()
      expect(b.hasMovedSince(changeCount)).toBe(true)
      expect(b.changeCount % 2).toBe(0)
      expect(look()).toEqual(expected)
    }
  })

  it('a host that ended in the middle of a change holds nobody up', () => {
    const buffer = new SharedArrayBuffer(HEALTH_BYTES)
    new Int32Array(buffer)[0] = 7
    const health = new Health(buffer)
    expect(health.poison).toEqual([])
    expect(health.addPoison(64, 64)).toBe(true)
    expect(health.firstPoisoned(0, 128)).toBe(64)
    expect(health.changeCount % 2).toBe(0)
  })
})

describe('a worker that dies inside a change', () => {
  /** As it leaves the memory: the count is odd. */
  const abandoned = (): { health: Health; words: Int32Array } => {
    const buffer = new SharedArrayBuffer(HEALTH_BYTES)
    const health = new Health(buffer)
    health.addPoison(64, 64)
    const words = new Int32Array(buffer, 0, 1)
    Atomics.add(words, 0, 1)
    return { health, words }
  }

  it('holds up the first look alone: that one ends the change', () => {
    const { health, words } = abandoned()
    expect(health.firstPoisoned(0, 100)).toBe(64)
    expect(words[0]! % 2).toBe(0)
    const count = health.changeCount
    expect(health.poison).toEqual([{ offsetBytes: 64, lengthBytes: 64 }])
    expect(health.changeCount).toBe(count)
  })

  it('holds up the next change once: that one is whole', () => {
    const { health, words } = abandoned()
    const before = health.changeCount
    health.clearPoison(0, 1000)
    expect([words[0]! % 2, health.poison, health.hasMovedSince(before)]).toEqual([0, [], true])
  })
})
