// Finding bytes on a device: where the plain search finds them, also across pieces, and where bytes repeat.

import { assert, asyncProperty, nat, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { findBytes } from '../../../src/playground/search.ts'

function memoryOf(bytes: Uint8Array): Memory {
  return { presentBytes: bytes.length, window: (offsetBytes: number, lengthBytes: number) => bytes.subarray(offsetBytes, offsetBytes + lengthBytes) } as Memory
}

describe('findBytes', () => {
  it('finds what a plain search finds', async () => {
    const few = uint8Array({ max: 2, maxLength: 200 })
    await assert(asyncProperty(few, uint8Array({ min: 0, max: 2, minLength: 1, maxLength: 6 }), nat(50), async (bytes, wanted, from) => {
      const plain = Buffer.from(bytes).indexOf(wanted, from)
      expect(await findBytes(memoryOf(bytes), wanted, { fromBytes: from })).toBe(from > bytes.length || plain < 0 ? undefined : plain)
    }))
  })

  it('gives up a byte that is everywhere, and still finds the place', async () => {
    const bytes = new Uint8Array(5 * MIB).fill(65)
    bytes[4 * MIB + 17] = 66
    expect(await findBytes(memoryOf(bytes), Uint8Array.of(65, 65, 66, 65), { fromBytes: 0 })).toBe(4 * MIB + 15)
    expect(await findBytes(memoryOf(bytes), Uint8Array.of(65, 66, 66), { fromBytes: 0 })).toBeUndefined()
  })

  it('sees what straddles two pieces, and stops when it is told to', async () => {
    const bytes = new Uint8Array(9 * MIB)
    const wanted = Uint8Array.of(1, 2, 3, 4)
    for (const at of [2 * MIB - 2, 4 * MIB - 1, 8 * MIB - 3]) {
      bytes.fill(0)
      bytes.set(wanted, at)
      expect(await findBytes(memoryOf(bytes), wanted, { fromBytes: 0 })).toBe(at)
      expect(await findBytes(memoryOf(bytes), wanted, { fromBytes: at + 1 })).toBeUndefined()
      expect(await findBytes(memoryOf(bytes), wanted, { fromBytes: 0, signal: AbortSignal.abort() })).toBe(at < 2 * MIB ? at : undefined)
    }
    expect(await findBytes(memoryOf(Uint8Array.of(1, 2, 3, 2)), Uint8Array.of(3, 2), { fromBytes: 0, endBytes: 3 })).toBeUndefined()
    expect(await findBytes(memoryOf(Uint8Array.of(1, 2, 3, 2)), Uint8Array.of(3, 2), { fromBytes: 0, endBytes: 4 })).toBe(2)
    expect(await findBytes(memoryOf(bytes), new Uint8Array(0), { fromBytes: 0 })).toBeUndefined()
  })
})
