// A copy reads its source straight into the file's memory: in order, each byte once, no piece before its yield, and nothing
// more once the source has come up short.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { PIECE_BYTES } from '../../../src/core/base/task.ts'
import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { resolverOf } from '../../../src/core/fmap/mapResolve.ts'
import { copyIn, scan } from '../../../src/core/fs/data.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../../src/core/mem/memory.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'

const SIZE = 11 * MIB + 5
const piece = (atMib: number, lengthMib: number) => ({ devindex: 0, offsetBytes: atMib * MIB, lengthBytes: lengthMib * MIB })
const maps: Record<string, Fmap> = {
  plain: { kind: 'simple', sizeBytes: SIZE, extents: [piece(2, 12)] },
  several: { kind: 'simple', sizeBytes: SIZE, extents: [piece(14, 6), piece(2, 2), piece(8, 4)] },
  interleaved: { kind: 'interleaved', sizeBytes: SIZE, chunkBytes: MIB, strips: [piece(14, 6), piece(2, 6)] },
}

/** @param givenBytes where the source ends */
function copy(map: Fmap, givenBytes: number) {
  const memory = coherentMemory(daxdev({ name: 'd', uuid: '', buffer: new SharedArrayBuffer(20 * MIB) }))
  const file = { path: 'f', memories: { at: () => memory }, resolver: resolverOf(map) }
  const bytes = patternBytes(givenBytes, 9)
  const reads: { offsetBytes: number; lengthBytes: number; afterYield: number }[] = []
  const yields: number[] = []
  const source = {
    sizeBytes: SIZE,
    read(offsetBytes: number, target: Uint8Array): number {
      reads.push({ offsetBytes, lengthBytes: target.length, afterYield: yields.at(-1) ?? -1 })
      const part = bytes.subarray(offsetBytes, offsetBytes + target.length)
      target.set(part)
      return part.length
    },
  }
  const task = copyIn(file, source)
  let step = task.next()
  for (; !step.done; step = task.next()) yields.push(step.value.doneCount)
  const whole = new Uint8Array(SIZE)
  const looking = scan(file, (window, at) => whole.set(window, at))
  while (!looking.next().done);
  return { result: step.value, bytes, reads, yields, whole }
}

describe.each(Object.entries(maps))('a copy into a %s file', (_, map) => {
  it('reads each byte once, in order, and each piece after its yield', () => {
    const { result, bytes, reads, yields, whole } = copy(map, SIZE)
    valueOf(result)
    expect(firstDifference(whole, bytes)).toBe(-1)
    expect(yields).toEqual([0, PIECE_BYTES, 2 * PIECE_BYTES])
    let next = 0
    for (const { offsetBytes, lengthBytes, afterYield } of reads) {
      expect(offsetBytes).toBe(next)
      expect(offsetBytes).toBeGreaterThanOrEqual(afterYield)
      expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(afterYield + PIECE_BYTES)
      next += lengthBytes
    }
    expect(next).toBe(SIZE)
  })

  it.each([0, 1, MIB, MIB + 1, PIECE_BYTES, 5 * MIB - 1, SIZE - 1])('of a source that ends at %i stops there', (givenBytes) => {
    const { result, bytes, reads, whole } = copy(map, givenBytes)
    expect(failureOf(result, 'source_short').says).toContain(`after ${givenBytes} of ${SIZE} bytes`)
    expect(firstDifference(whole.subarray(0, givenBytes), bytes)).toBe(-1)
    expect(whole.subarray(givenBytes).some((byte) => byte !== 0)).toBe(false)
    const last = reads.at(-1)
    expect(last && last.offsetBytes <= givenBytes && givenBytes < last.offsetBytes + last.lengthBytes).toBe(true)
    expect(reads.filter(({ offsetBytes, lengthBytes }) => offsetBytes + lengthBytes > givenBytes)).toHaveLength(1)
  })
})
