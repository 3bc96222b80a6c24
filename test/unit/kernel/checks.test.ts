// What a map must be before a kernel relies on it. The check for overlap is held against a naive one, unit by unit.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Extent, Fmap } from '../../../src/core/fmap/fmap.ts'
import { columnsOf, newColumns, pushExtent, type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import { DEVICES_MOST } from '../../../src/core/fuse/messages.ts'
import { haveOverlap, refuseMap, refusePushed, refuseShape } from '../../../src/core/kernel/checks.ts'
import { MountDevices } from '../../../src/core/kernel/devices.ts'
import type { WayContext } from '../../../src/core/kernel/way.ts'
import { learnDevice } from '../../../src/core/kernel/ways/pull.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../../src/core/mem/memory.ts'
import { propertyRuns } from '../../counts.ts'

const UNIT = 4096
const DEVICE_BYTES = 64 * UNIT

function extent(devindex: number, unit: number, unitCount: number): Extent {
  return { devindex, offsetBytes: unit * UNIT, lengthBytes: unitCount * UNIT }
}

function simple(sizeBytes: number, ...extents: Extent[]): WideMap {
  return { kind: 'simple', sizeBytes, columns: columnsOf(extents) }
}

function striped(sizeBytes: number, ...parts: [sizeBytes: number, chunkBytes: number, strips: Extent[]][]): WideMap {
  return { kind: 'interleaved', sizeBytes, interleaved: parts.map(([size, chunkBytes, strips]) => ({ sizeBytes: size, chunkBytes, strips })) }
}

function shape(map: WideMap, sizeBytes = map.sizeBytes): string | undefined {
  const failure = refuseShape({ node: 1, path: 'f', sizeBytes }, map, UNIT)
  expect(failure === undefined || failure.reason === 'bad_map').toBe(true)
  return failure?.says.replace("the map of f can't be used: ", '')
}

describe('without looking at devices', () => {
  it.each<[string, WideMap]>([
    ['a list that is longer than its file', simple(5000, extent(0, 3, 1), extent(0, 1, 2))],
    ['one device’s place on another', simple(8192, extent(0, 3, 1), extent(1, 3, 1))],
    ['strips', striped(5 * UNIT, [5 * UNIT, UNIT, [extent(0, 0, 3), extent(1, 0, 3)]])],
    ['several parts, the last of any length', striped(2 * UNIT + 7, [2 * UNIT, UNIT, [extent(0, 0, 2)]], [7, 2 * UNIT, [extent(0, 2, 2)]])],
    ['an empty file with space', simple(0, extent(0, 1, 1))],
  ])('takes %s', (_, map) => expect(shape(map)).toBeUndefined())

  it.each<[string, WideMap, string]>([
    ['no extents', simple(0), 'extents of 0 bytes for a file of 0'],
    ['too few bytes', simple(2 * UNIT + 1, extent(0, 0, 2)), 'extents of 8192 bytes for a file of 8193'],
    ['an extent without bytes', simple(UNIT, extent(0, 0, 1), extent(0, 5, 0)), '0 bytes at 20480 are no whole units of 4096'],
    ['an offset beside a unit', simple(UNIT, { devindex: 0, offsetBytes: 64, lengthBytes: UNIT }), '4096 bytes at 64 are no whole units of 4096'],
    ['a length beside a unit', simple(5, { devindex: 0, offsetBytes: 0, lengthBytes: UNIT + 1 }), '4097 bytes at 0 are no whole units of 4096'],
    ['a unit that comes twice', simple(UNIT, extent(0, 3, 2), extent(1, 0, 1), extent(0, 4, 1)), 'two of its pieces share bytes of a device'],
    ['a chunk that is no power of two', striped(UNIT, [UNIT, 3 * UNIT, [extent(0, 0, 3)]]), 'a chunk of 12288 bytes'],
    ['a chunk below a unit', striped(UNIT, [UNIT, 2048, [extent(0, 0, 3)]]), 'a chunk of 2048 bytes'],
    ['a chunk of nothing', striped(UNIT, [UNIT, 0, [extent(0, 0, 3)]]), 'a chunk of 0 bytes'],
    ['no strips', striped(UNIT, [UNIT, UNIT, []]), 'no strips'],
    ['a strip that is too short', striped(3 * UNIT, [3 * UNIT, UNIT, [extent(0, 0, 2), extent(1, 0, 1)]]), 'a strip of 4096 bytes where 8192 are needed'],
    ['a strip beside a unit', striped(UNIT, [UNIT, UNIT, [{ devindex: 0, offsetBytes: 1, lengthBytes: UNIT }]]), '4096 bytes at 1 are no whole units of 4096'],
    ['parts that hold too little', striped(3 * UNIT, [2 * UNIT, UNIT, [extent(0, 0, 2)]]), 'interleaved extents of 8192 bytes for a file of 12288'],
    ['a part that begins inside of a unit', striped(9, [8, UNIT, [extent(0, 0, 1)]], [1, UNIT, [extent(0, 1, 1)]]), 'an interleaved extent begins at byte 8 of the file'],
    ['parts that share a strip', striped(2 * UNIT, [UNIT, UNIT, [extent(0, 0, 1)]], [UNIT, UNIT, [extent(0, 0, 1)]]), 'two of its pieces share bytes of a device'],
    ['no parts', striped(0), 'interleaved extents of 0 bytes for a file of 0'],
  ])('refuses %s', (_, map, what) => expect(shape(map)).toBe(what))

  it('refuses a map of another size than lookup said', () => {
    expect(shape(simple(5000, extent(0, 0, 2)), 5001)).toBe('it is of 5000 bytes, and the file has 5001')
  })
})

describe('a map that is pushed', () => {
  it('is judged as any other, one extent or many', () => {
    const drawn = fc.record({ sizeBytes: fc.nat({ max: 3 * UNIT }), said: fc.nat({ max: 3 * UNIT }), offsetBytes: fc.constantFrom(0, UNIT, 100, 5 * UNIT), lengthBytes: fc.constantFrom(0, UNIT, 2 * UNIT, 4097, 3 * UNIT) })
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 2 }), fc.boolean(), (pieces, isTrue) => {
        const [first] = pieces
        const map: Fmap = { kind: 'simple', sizeBytes: first!.sizeBytes, extents: pieces.map(({ offsetBytes, lengthBytes }) => ({ devindex: 0, offsetBytes, lengthBytes })) }
        const ask = { node: 1, path: 'f', sizeBytes: isTrue ? map.sizeBytes : first!.said }
        expect(refusePushed(ask, map, UNIT)).toEqual(refuseShape(ask, wideOf(map), UNIT))
      }),
      { numRuns: propertyRuns.usual },
    )
  })
})

describe('overlap', () => {
  it('is what a look at each unit finds', () => {
    const drawn = fc.array(fc.record({ devindex: fc.nat({ max: 2 }), unit: fc.nat({ max: 60 }), count: fc.integer({ min: 1, max: 4 }) }), { maxLength: 14 })
    let overlapping = 0
    fc.assert(
      fc.property(drawn, (pieces) => {
        const units = pieces.flatMap(({ devindex, unit, count }) => Array.from({ length: count }, (_, i) => `${devindex} ${unit + i}`))
        const expected = new Set(units).size < units.length
        if (expected) overlapping++
        expect(haveOverlap(columnsOf(pieces.map(({ devindex, unit, count }) => extent(devindex, unit, count))))).toBe(expected)
      }),
      { numRuns: propertyRuns.cheap },
    )
    expect(overlapping).toBeGreaterThan(propertyRuns.cheap / 10)
    expect(overlapping).toBeLessThan((propertyRuns.cheap * 9) / 10)
  })

  it('is found in long lists in no order, on as many devices as a message can name', () => {
    const columns = newColumns(200_001)
    // Odd multiples of a power of two away: every place once, far from its neighbour.
    for (let i = 0; i < 200_000; i++) pushExtent(columns, i % 50_000, ((i * 77_773) % 2 ** 18) * UNIT, UNIT)
    expect(haveOverlap(columns)).toBe(false)
    pushExtent(columns, 4, ((4 * 77_773) % 2 ** 18) * UNIT, UNIT)
    expect(haveOverlap(columns)).toBe(true)
  })
})

describe('devices', () => {
  function context(presentBytes = DEVICE_BYTES, isReserved: WayContext['isReserved'] = () => false): WayContext {
    const device = (i: number) => coherentMemory(daxdev({ name: `/dev/dax${i}.0`, uuid: `${i}`, buffer: new ArrayBuffer(presentBytes), sizeBytes: DEVICE_BYTES }))
    const devices = new MountDevices(device(0), false)
    devices.add(1, { uuid: '1', sizeBytes: DEVICE_BYTES, memory: device(1) })
    devices.add(2, { uuid: 'gone', sizeBytes: DEVICE_BYTES, memory: undefined })
    return { devices, unitBytes: UNIT, isReserved, openDevice: () => undefined }
  }

  it('are learnt under indices that a log can name, and no others', () => {
    const memory = coherentMemory(daxdev({ name: '/dev/dax9.0', uuid: '9', buffer: new ArrayBuffer(DEVICE_BYTES) }))
    const where: WayContext = { ...context(), openDevice: () => memory }
    for (const devindex of [DEVICES_MOST, 0xffff_ffff]) expect(learnDevice(where, devindex, '/dev/dax9.0')).toBeUndefined()
    expect(where.devices.list().map(({ devindex }) => devindex)).toEqual([0, 1, 2])
    expect(learnDevice(where, DEVICES_MOST - 1, '/dev/dax9.0')).toBeUndefined()
    expect(where.devices.at(DEVICES_MOST - 1)).toBe(memory)
  })

  const refused = (map: WideMap, where = context()): string | undefined => refuseMap(where, { node: 1, path: 'f', sizeBytes: map.sizeBytes }, map)?.says

  it('hold all of it, to their last byte', () => {
    expect(refused(simple(UNIT, extent(1, 63, 1)))).toBeUndefined()
    expect(refused(striped(UNIT, [UNIT, UNIT, [extent(0, 62, 2), extent(1, 63, 1)]]))).toBeUndefined()
  })

  it.each<[string, WideMap, string]>([
    ['behind the end', simple(UNIT, extent(1, 63, 2)), `it ends at byte ${65 * UNIT} of a device of ${DEVICE_BYTES}`],
    ['a strip behind the end', striped(UNIT, [UNIT, UNIT, [extent(0, 64, 1)]]), `it ends at byte ${65 * UNIT} of a device of ${DEVICE_BYTES}`],
    ['a device that isn’t here', simple(UNIT, extent(2, 0, 1)), 'f has bytes on device 2, which this host does not have: its UUID is gone'],
    ['a device that nobody knows', simple(UNIT, extent(0xffff_ffff, 0, 1)), 'f has bytes on device 4294967295, which this host does not have'],
  ])('%s', (_, map, says) => expect(refused(map)).toContain(says))

  it('have bytes that are no file’s, which the mount knows', () => {
    const where = context(DEVICE_BYTES, (path, devindex, offsetBytes) => path === 'f' && offsetBytes < (devindex === 0 ? 4 : 2) * UNIT)
    const says = (map: WideMap, path = 'f'): string | undefined => refuseMap(where, { node: 1, path, sizeBytes: map.sizeBytes }, map)?.says
    for (const [devindex, unit] of [[0, 0], [0, 3], [1, 0], [1, 1]] as const) {
      const reserved = `byte ${unit * UNIT} of device ${devindex} is in its superblock or log`
      expect(says(simple(UNIT, extent(devindex, unit, 1)))).toContain(reserved)
      expect(says(simple(2 * UNIT, extent(0, 9, 1), extent(devindex, unit, 5)))).toContain(reserved)
      expect(says(striped(UNIT, [UNIT, UNIT, [extent(0, 9, 1), extent(devindex, unit, 1)]]))).toContain(reserved)
      expect(says(simple(UNIT, extent(devindex, unit, 1)), 'its own file')).toBeUndefined()
    }
    for (const [devindex, unit] of [[0, 4], [1, 2]] as const) expect(says(simple(UNIT, extent(devindex, unit, 1)))).toBeUndefined()
  })

  it('may be an image of their first bytes', () => {
    expect(refused(simple(UNIT, extent(0, 3, 1)), context(2 * UNIT))).toContain('is not in this image')
    expect(refused(simple(UNIT, extent(0, 1, 1)), context(2 * UNIT))).toBeUndefined()
  })
})
