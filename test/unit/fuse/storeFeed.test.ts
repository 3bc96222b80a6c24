// A daemon in another thread knows, at each request, what its kernel's thread knows at that moment of what is asked; it is
// told nothing twice in a row, and keeps one map however many files were asked for.

import { array, assert, constantFrom, integer, nat, oneof, option, property, record, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import type { Extent } from '../../../src/core/fmap/fmap.ts'
import { columnsOf, type WideMap } from '../../../src/core/fmap/wide.ts'
import { answer } from '../../../src/core/fuse/directLink.ts'
import { DaxdevRequest } from '../../../src/core/fuse/messages.ts'
import { FedStore, fedLink } from '../../../src/core/fuse/storeFeed.ts'
import type { DaemonLink } from '../../../src/core/fuse/wire.ts'
import { propertyRuns } from '../../counts.ts'

const number = oneof(nat(20), integer({ min: 0, max: Number.MAX_SAFE_INTEGER }))
const extents = array(record<Extent>({ devindex: integer({ min: 0, max: 2 ** 32 - 1 }), offsetBytes: number, lengthBytes: number }), { maxLength: 20 })
const striped = record({ sizeBytes: number, chunkBytes: number, strips: extents })
const map = oneof(
  tuple(number, extents).map(([sizeBytes, list]): WideMap => ({ kind: 'simple', sizeBytes, columns: columnsOf(list) })),
  tuple(number, array(striped, { maxLength: 4 })).map(([sizeBytes, interleaved]): WideMap => ({ kind: 'interleaved', sizeBytes, interleaved })),
)
const change = oneof(
  record({ what: constantFrom('map' as const), key: nat(3), value: option(map, { nil: undefined }) }),
  record({ what: constantFrom('name' as const), key: nat(3), value: option(constantFrom('/dev/dax0.0', '/dev/däx1.0'), { nil: undefined }) }),
)

const NOTHING = new Uint8Array(0)

it('knows of the file that is asked for, and of each device, what its kernel’s thread knows', () => {
  const holds = property(array(change, { minLength: 1, maxLength: 12 }), (changes) => {
    const maps = new Map<number, WideMap>()
    const names = new Map<number, string>()
    const far = new FedStore([], [])
    let fedCount = 0
    const near: DaemonLink = { call: () => answer(NOTHING), forget: () => undefined, hear: () => undefined, poll: () => undefined }
    const feed = (code: number, node: number, bytes: Uint8Array): void => {
      fedCount++
      far.take(code, node, bytes)
    }
    const link = fedLink({ ...near, feed }, { map: (node) => maps.get(node), daxdev: (devindex) => names.get(devindex) })
    const keys = [0, 1, 2, 3]
    let asked: number | undefined
    for (const { what, key, value } of changes) {
      const known: Map<number, unknown> = what === 'map' ? maps : names
      if (value === undefined) known.delete(key)
      else known.set(key, value)
      // Whatever asks about a file, and a hello for all devices.
      if (what === 'map') link.call(key % 2 === 0 ? 'IOMAP_BEGIN' : 'OPEN', key, NOTHING)
      else link.call('INIT', 0, NOTHING)
      if (what === 'map') asked = key
      expect(keys.map((each) => far.map(each))).toEqual(keys.map((each) => (each === asked ? maps.get(each) : undefined)))
      expect(keys.map((each) => far.daxdev(each))).toEqual(keys.map((each) => names.get(each)))
    }
    for (const key of keys) {
      link.call('GET_FMAP', key, NOTHING)
      expect(keys.filter((each) => far.map(each) !== undefined)).toEqual(maps.has(key) ? [key] : [])
      expect(far.map(key)).toEqual(maps.get(key))
      const before = fedCount
      const same = maps.get(key)
      if (same) maps.set(key, structuredClone(same))
      for (const opcode of ['GET_FMAP', 'IOMAP_BEGIN'] as const) link.call(opcode, key, NOTHING)
      for (const devindex of keys) link.call('GET_DAXDEV', 0, DaxdevRequest.encode({ devindex }))
      expect(fedCount).toBe(before)
    }
  })
  assert(holds, { numRuns: propertyRuns.usual })
})

it('is told nothing by a request that is none', () => {
  const far = new FedStore([], [[0, '/dev/dax0.0']])
  const near: DaemonLink = { call: () => answer(NOTHING), forget: () => undefined, hear: () => undefined, poll: () => undefined }
  const link = fedLink({ ...near, feed: (code, node, bytes) => far.take(code, node, bytes) }, { map: () => undefined, daxdev: () => '/dev/dax9.0' })
  link.call('GET_DAXDEV', 0, Uint8Array.of(1, 0))
  expect([far.daxdev(0), far.daxdev(1)]).toEqual(['/dev/dax0.0', undefined])
})
