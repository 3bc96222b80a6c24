// The kernel with a cache of mappings answers for every byte what a plain walk over the server's map answers, whatever is
// moved, pushed, taken back or dropped in between; a lying server gets nothing into the cache; and no byte is stored where
// a file's bytes were before they moved.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { must } from '../../../src/core/base/result.ts'
import type { Extent } from '../../../src/core/fmap/fmap.ts'
import type { Resolver } from '../../../src/core/fmap/resolve.ts'
import type { WideMap } from '../../../src/core/fmap/wide.ts'
import { IomapDaemon } from '../../../src/core/fuse/daemonIomap.ts'
import { decodeIomapEntries, encodeIomapEntries, encodeIomapInval, type IomapEntries } from '../../../src/core/fuse/iomapMessages.ts'
import type { MapWay } from '../../../src/core/kernel/way.ts'
import { iomapWay } from '../../../src/core/kernel/ways/iomap.ts'
import { CACHED_MAPPING_BYTES } from '../../../src/core/kernel/ways/iomapCache.ts'
import { printCount, propertyRuns } from '../../counts.ts'
import { anyMap, Bench, DEVICE_UNITS, resolved, simpleMap, simplePlan, UNIT_BYTES, walked } from '../../helpers/pulledMaps.ts'

const NODE = 7
const variants = [['the kernel', false], ['the server', true]] as const

/** Room is made for so many mappings at first. */
const HELD_BYTES = 16 * CACHED_MAPPING_BYTES

interface Rig {
  bench: Bench
  way: MapWay
  server: IomapDaemon
  resolver: Resolver
}

interface RigOptions {
  isShared: boolean
  cacheCapBytes?: number
  aheadBytes?: number
  perReply?: number
  deviceCount?: number
}

function rig(map: WideMap, { isShared, cacheCapBytes = 1 << 20, aheadBytes = UNIT_BYTES, perReply = 1000, deviceCount = 2 }: RigOptions): Rig {
  const bench = new Bench(deviceCount, DEVICE_UNITS * 4 * UNIT_BYTES)
  bench.maps.set(NODE, map)
  const cookies = isShared ? new Int32Array(new SharedArrayBuffer(64)) : undefined
  const server = new IomapDaemon(bench, bench.direct.notify, { cookies, mappingsPerReply: perReply })
  bench.handlers = { IOMAP_BEGIN: (node, request) => server.begin(node, request) }
  const way = bench.make(iomapWay(bench.direct.link, { cacheCapBytes, aheadBytes, cookies }))
  return { bench, way, server, resolver: must(way.open({ node: NODE, path: 'f', sizeBytes: map.sizeBytes })) }
}

describe.each(variants)('a cache whose cookies are kept by %s', (_, isShared) => {
  it('finds every byte where a plain walk does, whatever the map, the cap and how far it asks ahead', () => {
    let askedCount = 0
    const options = fc.record({ perReply: fc.integer({ min: 1, max: 5 }), cacheCapBytes: fc.nat({ max: 12 * CACHED_MAPPING_BYTES }), aheadBytes: fc.nat({ max: 9 * UNIT_BYTES }) })
    const property = fc.property(anyMap(), options, fc.array(fc.nat(), { maxLength: 60 }), ({ map, deviceCount }, given, picks) => {
      const { bench, way, resolver } = rig(map, { isShared, deviceCount, ...given })
      const edges = [0, map.sizeBytes - 1, map.sizeBytes, -1, 0.5, Number.NaN]
      for (const at of [...edges, ...picks.map((pick) => pick % map.sizeBytes)]) {
        expect(resolved(resolver, at)).toEqual(Number.isInteger(at) ? walked(map, at) : undefined)
        expect(way.residentBytes()).toBeLessThanOrEqual(Math.max(given.cacheCapBytes, CACHED_MAPPING_BYTES))
      }
      askedCount += bench.counts.IOMAP_BEGIN!
      way.forget(NODE)
      expect(way.residentBytes()).toBe(0)
      expect(resolved(resolver, 0)).toEqual(walked(map, 0))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    printCount(`misses, cookies kept by ${isShared ? 'the server' : 'the kernel'}`, askedCount)
    expect(askedCount).toBeGreaterThan(propertyRuns.usual * 2)
  })

  it('follows the server wherever it moves mappings', () => {
    let movedCount = 0
    const steps = fc.array(fc.record({ what: fc.constantFrom('move', 'move', 'swap', 'forget', 'read', 'read', 'read', 'read'), pick: fc.nat(), isPushed: fc.boolean(), ats: fc.array(fc.nat(), { maxLength: 6 }) }), { maxLength: 40 })
    const property = fc.property(simplePlan(), fc.nat({ max: 12 * CACHED_MAPPING_BYTES }), fc.nat({ max: 6 * UNIT_BYTES }), steps, ({ map, deviceCount }, cacheCapBytes, aheadBytes, all) => {
      const { bench, way, server, resolver } = rig(map, { isShared, deviceCount, cacheCapBytes, aheadBytes, perReply: 3 })
      const mover = new Mover(map, deviceCount)
      for (const { what, pick, isPushed, ats } of all) {
        const before = resolver.validity?.()
        if (what === 'forget') way.forget(NODE)
        const moved = what === 'move' ? mover.move(pick) : what === 'swap' ? mover.swap(pick) : []
        bench.maps.set(NODE, mover.map)
        for (const { fileOffsetBytes, lengthBytes } of moved) {
          // What a kernel let go of it has no need to hear of.
          if (isPushed) server.upsert(NODE, fileOffsetBytes, lengthBytes)
          else server.invalidate(NODE, fileOffsetBytes, lengthBytes)
        }
        movedCount += moved.length
        expect(moved.length === 0 || resolver.validity?.() !== before).toBe(true)
        for (const at of ats) expect(resolved(resolver, at % map.sizeBytes)).toEqual(walked(mover.map, at % map.sizeBytes))
      }
      expect(way.residentBytes()).toBeLessThanOrEqual(Math.max(cacheCapBytes, CACHED_MAPPING_BYTES))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    printCount(`mappings moved under a cache, cookies kept by ${isShared ? 'the server' : 'the kernel'}`, movedCount)
    expect(movedCount).toBeGreaterThan(propertyRuns.usual)
  })

  it('asks nothing where it holds the mapping, and nothing for what was pushed', () => {
    const map = simpleMap(Array.from({ length: 8 }, (_each, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    const { bench, server, resolver } = rig(map, { isShared })
    for (let at = 0; at < UNIT_BYTES; at += 512) expect(resolved(resolver, at)).toEqual(walked(map, at))
    expect(bench.counts).toEqual({ IOMAP_BEGIN: 1 })
    expect(server.upsert(NODE, 0, map.sizeBytes)).toBe(0)
    for (let at = 0; at < map.sizeBytes; at += 512) expect(resolved(resolver, at)).toEqual(walked(map, at))
    expect(bench.counts).toEqual({ IOMAP_BEGIN: 1 })
    expect(server.invalidate(NODE, 3 * UNIT_BYTES, 1)).toBe(0)
    for (let at = 0; at < map.sizeBytes; at += 512) expect(resolved(resolver, at)).toEqual(walked(map, at))
    // The kernel's own cache loses one mapping; with the server's word moved, all of the file is void.
    expect(bench.counts).toEqual({ IOMAP_BEGIN: isShared ? 9 : 2 })
  })

  it('drops what was not used for longest', () => {
    const map = simpleMap(Array.from({ length: 3 }, (_each, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    const { bench, resolver } = rig(map, { isShared, cacheCapBytes: 2 * CACHED_MAPPING_BYTES })
    const asked = [0, 1, 0, 2, 0, 1].map((index) => {
      const before = bench.counts.IOMAP_BEGIN ?? 0
      expect(resolved(resolver, index * UNIT_BYTES)).toEqual(walked(map, index * UNIT_BYTES))
      return bench.counts.IOMAP_BEGIN! - before
    })
    expect(asked).toEqual([1, 1, 0, 1, 0, 1])
  })

  it('is void for whoever still uses a file that the kernel let go of', () => {
    const { bench, way, resolver } = rig(six, { isShared })
    expect(resolved(resolver, 0)).toEqual(walked(six, 0))
    const before = resolver.validity?.()
    way.forget(NODE)
    // Nobody is told of this move.
    const elsewhere = simpleMap([{ devindex: 1, offsetBytes: 64 * UNIT_BYTES, lengthBytes: six.sizeBytes }])
    bench.maps.set(NODE, elsewhere)
    expect(resolver.validity?.()).not.toBe(before)
    expect(resolved(resolver, 0)).toEqual(walked(elsewhere, 0))
  })

  it('drops what is in the way of a mapping that is pushed', () => {
    const { bench, server, resolver } = rig(six, { isShared, aheadBytes: six.sizeBytes })
    expect(resolved(resolver, 0)).toEqual(walked(six, 0))
    // The first two change places, and the server tells of the first one only.
    const extents = [1, 0, 2, 3, 4, 5].map((i) => ({ devindex: i % 2, offsetBytes: 8 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
    const swapped = simpleMap(extents)
    bench.maps.set(NODE, swapped)
    expect(server.upsert(NODE, 0, UNIT_BYTES)).toBe(0)
    expect(resolved(resolver, 0)).toEqual(walked(swapped, 0))
    expect(resolved(resolver, UNIT_BYTES)).toEqual(walked(swapped, UNIT_BYTES))
  })

  it('asks again where the server moved the file while it answered', () => {
    const { bench, server, resolver } = rig(six, { isShared })
    const elsewhere = simpleMap([{ devindex: 1, offsetBytes: 64 * UNIT_BYTES, lengthBytes: six.sizeBytes }])
    let isMoving = true
    bench.map = (node) => {
      const map = bench.maps.get(node)
      if (isMoving) {
        isMoving = false
        bench.maps.set(node, elsewhere)
        server.invalidate(node, 0, six.sizeBytes)
      }
      return map
    }
    expect(resolved(resolver, 0)).toEqual(walked(elsewhere, 0))
  })

  it('asks again where the file moved while it was asked, and gives up on a server that never stops', () => {
    const map = simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: 4 * UNIT_BYTES }])
    const elsewhere = simpleMap([{ devindex: 1, offsetBytes: 8 * UNIT_BYTES, lengthBytes: 4 * UNIT_BYTES }])
    const { bench, server, resolver } = rig(map, { isShared })
    let moves = 1
    bench.bend = (answered, opcode) => {
      if (opcode === 'IOMAP_BEGIN' && moves > 0) {
        moves--
        bench.maps.set(NODE, elsewhere)
        server.invalidate(NODE, 0, map.sizeBytes)
      }
      return answered
    }
    expect(resolved(resolver, 100)).toEqual(walked(elsewhere, 100))
    server.invalidate(NODE, 0, map.sizeBytes)
    moves = Infinity
    expect(resolved(resolver, 100)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed', errno: 'EIO', says: expect.stringMatching(/outdated/) })
    moves = 0
    expect(resolved(resolver, 100)).toEqual(walked(elsewhere, 100))
  })
})

describe('a server that keeps the cookies', () => {
  it('takes back without a message, and files that share a word only cost each other a question', () => {
    const bench = new Bench(2, DEVICE_BYTES)
    const cookies = new Int32Array(new SharedArrayBuffer(4 * 4))
    const noNotice = (): number => {
      throw new Error('a notice was sent')
    }
    const server = new IomapDaemon(bench, noNotice, { cookies })
    bench.handlers = { IOMAP_BEGIN: (node, request) => server.begin(node, request) }
    const way = bench.make(iomapWay(bench.direct.link, { cookies }))
    const elsewhere = simpleMap([{ devindex: 1, offsetBytes: 64 * UNIT_BYTES, lengthBytes: six.sizeBytes }])
    // 7 and 11 have one word of four, 8 has another.
    const files = [7, 8, 11].map((node) => {
      bench.maps.set(node, six)
      return must(way.open({ node, path: `f${node}`, sizeBytes: six.sizeBytes }))
    })
    expect(files.map((file) => resolved(file, 0))).toEqual([0, 1, 2].map(() => walked(six, 0)))
    bench.maps.set(7, elsewhere)
    expect(server.invalidate(7, 0, six.sizeBytes)).toBe(0)
    const asked = files.map((file) => {
      const before = bench.counts.IOMAP_BEGIN!
      return [resolved(file, 0), bench.counts.IOMAP_BEGIN! - before]
    })
    expect(asked).toEqual([[walked(elsewhere, 0), 1], [walked(six, 0), 0], [walked(six, 0), 1]])
  })
})

/** Moves a file's extents to units that nothing of it uses, and exchanges the places of two. */
class Mover {
  readonly #extents: Extent[]
  readonly #deviceCount: number
  readonly #sizeBytes: number
  #nextUnit = DEVICE_UNITS

  constructor(map: WideMap, deviceCount: number) {
    this.#deviceCount = deviceCount
    this.#sizeBytes = map.sizeBytes
    this.#extents = []
    for (let at = 0; at < map.sizeBytes; ) {
      const [devindex, offsetBytes, lengthBytes] = walked(map, at)!
      this.#extents.push({ devindex, offsetBytes, lengthBytes: Math.ceil(lengthBytes / UNIT_BYTES) * UNIT_BYTES })
      at += lengthBytes
    }
  }

  get map(): WideMap {
    return simpleMap(this.#extents, this.#sizeBytes)
  }

  move(pick: number): { fileOffsetBytes: number; lengthBytes: number }[] {
    const index = pick % this.#extents.length
    const extent = this.#extents[index]!
    const units = extent.lengthBytes / UNIT_BYTES
    if (this.#nextUnit + units > DEVICE_UNITS * 4) return []
    this.#extents[index] = { ...extent, devindex: pick % this.#deviceCount, offsetBytes: this.#nextUnit * UNIT_BYTES }
    this.#nextUnit += units
    return [this.#rangeOf(index)]
  }

  swap(pick: number): { fileOffsetBytes: number; lengthBytes: number }[] {
    const one = pick % this.#extents.length
    const other = this.#extents.findIndex(({ lengthBytes }, i) => i !== one && lengthBytes === this.#extents[one]!.lengthBytes)
    if (other < 0) return []
    ;[this.#extents[one], this.#extents[other]] = [this.#extents[other]!, this.#extents[one]!]
    return [this.#rangeOf(one), this.#rangeOf(other)]
  }

  #rangeOf(index: number): { fileOffsetBytes: number; lengthBytes: number } {
    const fileOffsetBytes = this.#extents.slice(0, index).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
    return { fileOffsetBytes, lengthBytes: this.#extents[index]!.lengthBytes }
  }
}

/** Six mappings on two devices. */
const six = simpleMap(Array.from({ length: 6 }, (_, i) => ({ devindex: i % 2, offsetBytes: 8 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
const DEVICE_BYTES = DEVICE_UNITS * 4 * UNIT_BYTES

const lies: [what: string, change: (entries: IomapEntries) => void][] = [
  ['an address within a unit', ({ offsets }) => void (offsets[1]! += 512)],
  ['a place within a unit of the file', ({ fileOffsets }) => void (fileOffsets[1]! += 512)],
  ['a length that is no whole units', ({ lengths }) => void (lengths[0]! += 1)],
  ['a mapping without bytes', ({ lengths }) => void (lengths[0] = 0)],
  ['a mapping beyond the device', ({ offsets }) => void (offsets[0] = DEVICE_BYTES)],
  ['a mapping that ends beyond the device', ({ lengths }) => void (lengths[1] = DEVICE_BYTES)],
  ['a mapping that begins where the file ends', ({ fileOffsets }) => void (fileOffsets[1] = six.sizeBytes)],
  ['a device that nobody has', ({ devindices }) => void (devindices[1] = 9)],
  ['a hole', ({ types }) => void (types[0] = 0)],
  ['flags that nobody knows', ({ flags }) => void (flags[1] = 1)],
  ['the same bytes of a device twice', ({ offsets, devindices }) => void ((offsets[1] = offsets[0]!), (devindices[1] = devindices[0]!))],
  ['the same bytes of the file twice', ({ fileOffsets }) => void (fileOffsets[1] = fileOffsets[0]!)],
  ['mappings out of order', ({ fileOffsets }) => void fileOffsets.reverse()],
  ['bytes of a mapping that is held', ({ offsets, devindices }) => void ((offsets[1] = 0), (devindices[1] = 0))],
  ['another place for a mapping that is held', ({ fileOffsets }) => void (fileOffsets[0] = 0)],
  ['more bytes for a mapping that is held', ({ fileOffsets, lengths, offsets, devindices, count }) => {
    fileOffsets.set([UNIT_BYTES, 2 * UNIT_BYTES])
    lengths.set([UNIT_BYTES, 2 * UNIT_BYTES])
    offsets.set([8 * UNIT_BYTES - UNIT_BYTES, 16 * UNIT_BYTES])
    lengths[0] = 2 * UNIT_BYTES
    fileOffsets[1] = 3 * UNIT_BYTES
    devindices.set([1, 0].slice(0, count))
  }],
  ['none that holds the byte', ({ fileOffsets }) => fileOffsets.set([4 * UNIT_BYTES, 5 * UNIT_BYTES])],
]

function bent(bytes: Uint8Array, change: (entries: IomapEntries) => void): Uint8Array {
  const entries = decodeIomapEntries(bytes)
  if (!entries) return bytes
  change(entries)
  return encodeIomapEntries(entries)
}

describe('a server that answers a miss with', () => {
  it.each(lies)('%s is refused, and nothing of it is kept', (_, change) => {
    const { bench, way, resolver } = rig(six, { isShared: false, aheadBytes: 2 * UNIT_BYTES })
    // Mappings 0 and 1 are held.
    expect(resolved(resolver, 0)).toEqual(walked(six, 0))
    expect(way.residentBytes()).toBe(HELD_BYTES)
    bench.bend = (answered, opcode) => (opcode === 'IOMAP_BEGIN' ? { errno: 0, bytes: bent(answered.bytes, change) } : answered)
    expect(resolved(resolver, 2 * UNIT_BYTES)).toBeUndefined()
    expect(resolver.trouble?.errno).toMatch(/^(EINVAL|EIO|ENODEV)$/)
    expect(way.residentBytes()).toBe(HELD_BYTES)
    bench.bend = (answered) => answered
    expect(resolved(resolver, 2 * UNIT_BYTES)).toEqual(walked(six, 2 * UNIT_BYTES))
  })

  it.each([['an old cookie', (entries: IomapEntries) => void entries.cookies.fill(77)], ['no number at all', (entries: IomapEntries) => void entries.offsets.fill(2 ** 53)]])('%s is refused', (_, change) => {
    const { bench, resolver } = rig(six, { isShared: true })
    bench.bend = (answered, opcode) => (opcode === 'IOMAP_BEGIN' ? { errno: 0, bytes: bent(answered.bytes, change) } : answered)
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble?.errno).toMatch(/^(EINVAL|EIO)$/)
  })

  it('anything at all never reaches beyond the devices', () => {
    const property = fc.property(fc.option(fc.uint8Array({ maxLength: 120 }), { nil: undefined }), fc.nat({ max: 200 }), fc.nat({ max: 255 }), fc.boolean(), (any, at, value, isShared) => {
      const { bench, resolver, way } = rig(six, { isShared, aheadBytes: 3 * UNIT_BYTES })
      bench.bend = (answered, opcode) => {
        if (opcode !== 'IOMAP_BEGIN') return answered
        const bytes = any ?? answered.bytes.slice()
        if (!any) bytes[at % bytes.length] = value
        return { errno: 0, bytes }
      }
      const found = [0, 1, 2, 3, 4, 5].map((unit) => resolved(resolver, unit * UNIT_BYTES)).filter((place) => place !== undefined)
      expect(found.filter(([devindex, offset, length]) => offset + length > bench.memories[devindex]!.presentBytes)).toEqual([])
      expect(way.residentBytes()).toBeLessThanOrEqual(HELD_BYTES)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })
})

describe('a notice', () => {
  it.each(lies.slice(0, 13))('that pushes %s is refused, and what was held is asked for again', (_, change) => {
    const { bench, way, resolver } = rig(six, { isShared: false, aheadBytes: 2 * UNIT_BYTES })
    const pushed = bench.handlers.IOMAP_BEGIN!(NODE, begin(2 * UNIT_BYTES, 2 * UNIT_BYTES)).bytes
    expect(resolved(resolver, 0)).toEqual(walked(six, 0))
    const before = resolver.validity?.()
    expect(bench.direct.notify('UPSERT', NODE, bent(pushed, change))).toBe(22)
    expect(resolver.validity?.()).not.toBe(before)
    expect(way.residentBytes()).toBe(0)
    expect(resolved(resolver, 0)).toEqual(walked(six, 0))
  })

  it('of a file that the kernel does not know, of another kind, or that is none, is refused', () => {
    const { bench } = rig(six, { isShared: false })
    const inval = encodeIomapInval({ fileOffsetBytes: 0, lengthBytes: 1 })
    const { notify } = bench.direct
    expect([notify('INVAL', 8, inval), notify('TABLE', NODE, inval), notify('INVAL', NODE, inval.subarray(1)), notify('UPSERT', NODE, inval), notify('INVAL', NODE, inval)]).toEqual([2, 38, 22, 22, 0])
  })

  it('that pushes under an old cookie is refused where the server keeps them', () => {
    const { bench, way } = rig(six, { isShared: true })
    const pushed = bench.handlers.IOMAP_BEGIN!(NODE, begin(0, UNIT_BYTES)).bytes
    expect(bench.direct.notify('UPSERT', NODE, bent(pushed, ({ cookies }) => void cookies.fill(5)))).toBe(116)
    expect(way.residentBytes()).toBe(0)
    expect(bench.direct.notify('UPSERT', NODE, pushed)).toBe(0)
    expect(way.residentBytes()).toBe(HELD_BYTES)
  })
})

function begin(fileOffsetBytes: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, fileOffsetBytes, true)
  view.setUint32(8, lengthBytes, true)
  return bytes
}
