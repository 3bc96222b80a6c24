// Parts of a sandbox's memory never share a byte, what was given back is used again, and memory grows only when it must.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BOX_CELLS, CELL_BYTES } from '../../../../src/core/kernel/program/mailbox.ts'
import { Room } from '../../../../src/core/kernel/program/room.ts'
import { propertyRuns } from '../../../counts.ts'
import { PAGE_BYTES } from '../../../../src/core/kernel/program/sandbox.ts'
import { makeSandbox } from '../../../../src/host/sandbox.ts'

const takeOrGive = fc.record({ cellCount: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40_000 })), giveBack: fc.option(fc.nat(), { freq: 2 }) })

describe('room for programs', () => {
  it('gives out parts that are apart, and takes them back', () => {
    fc.assert(fc.property(fc.array(takeOrGive, { maxLength: 60 }), (steps) => {
      const room = new Room(makeSandbox())
      const parts: { startBytes: number; cellCount: number }[] = []
      for (const { cellCount, giveBack } of steps) {
        if (giveBack !== null && parts.length > 0) {
          const [part] = parts.splice(giveBack % parts.length, 1)
          room.giveBack(part!.startBytes, part!.cellCount)
        } else parts.push({ startBytes: room.take(cellCount)!, cellCount })
        let endBytes = BOX_CELLS * CELL_BYTES
        for (const part of parts.toSorted((a, b) => a.startBytes - b.startBytes)) {
          expect(part.startBytes).toBeGreaterThanOrEqual(endBytes)
          endBytes = part.startBytes + part.cellCount * CELL_BYTES
        }
        expect(endBytes).toBeLessThanOrEqual(room.bytes.length)
      }
    }), { numRuns: propertyRuns.dear })
  })

  it('joins what was given back, whatever the order', () => {
    const room = new Room(makeSandbox())
    const cellCount = 1000
    const parts = Array.from({ length: 8 }, () => room.take(cellCount)!)
    for (const i of [3, 1, 2, 7, 0, 5, 6, 4]) room.giveBack(parts[i]!, cellCount)
    const { length } = room.bytes
    expect(room.take(8 * cellCount)).toBe(parts[0])
    expect(room.bytes.length).toBe(length)
  })

  it('says where there is no more', () => {
    const room = new Room({ ...makeSandbox(), buffer: new ArrayBuffer(64 * 1024), grow: () => false })
    expect(room.take(8000)).toBe(64)
    expect(room.take(8000)).toBeUndefined()
  })

  it('grows to twice what it is, or by what is needed', () => {
    const sandbox = makeSandbox()
    const room = new Room(sandbox)
    const pageCells = PAGE_BYTES / CELL_BYTES
    const pagesAfter = (pages: number): number => {
      expect(room.take(pages * pageCells)).toBeDefined()
      return sandbox.buffer.byteLength / PAGE_BYTES
    }
    expect([1, 1, 1, 100, 2, 2000].map(pagesAfter)).toEqual([2, 4, 4, 104, 208, 2208])
    // Twice that is more than there may be.
    expect(pagesAfter(1500)).toBe(3708)
    expect(room.take(2000 * pageCells)).toBeUndefined()
    expect(sandbox.buffer.byteLength).toBe(3708 * PAGE_BYTES)
  })

  it('ends with what a sandbox may have', () => {
    const sandbox = makeSandbox()
    expect(sandbox.grow(4095)).toBe(true)
    expect(sandbox.grow(1)).toBe(false)
    expect(sandbox.buffer.byteLength).toBe(256 * 1024 * 1024)
  })
})
