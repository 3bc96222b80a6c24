// The kernel that takes maps in pages answers for every byte what a plain walk answers, whatever it may keep; and a daemon
// that says anything else than one sound map, always the same, is refused.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/core/base/crc32.ts'
import { must, type Result } from '../../../src/core/base/result.ts'
import type { Resolver } from '../../../src/core/fmap/resolve.ts'
import { mappingsOf } from '../../../src/core/fuse/daemonMappings.ts'
import { pagedFmap } from '../../../src/core/fuse/daemonPaged.ts'
import { decodePage, decodePageRequest, encodePage, type FmapPage, mappingBytes } from '../../../src/core/fuse/pagedMessages.ts'
import type { MapWay } from '../../../src/core/kernel/way.ts'
import { ClaimedUnits } from '../../../src/core/kernel/ways/claimedUnits.ts'
import { pagedWay } from '../../../src/core/kernel/ways/paged.ts'
import { printCount, propertyRuns } from '../../counts.ts'
import { anyMap, Bench, DEVICE_UNITS, resolved, simpleMap, UNIT_BYTES, walked } from '../../helpers/pulledMaps.ts'

const NODE = 7
/** Of one mapping in a page, and of the end of a page. */
const MAPPING_BYTES = 20
const END_BYTES = 8

/** Where each page begins, its checksum, and a reference to it; and where the last one ends. */
const bookBytesOf = (pageCount: number): number => pageCount * (8 + 8 + 8) + 8

interface Rig {
  bench: Bench
  way: MapWay
  open(): Result<Resolver>
}

function rig(map: ReturnType<typeof simpleMap>, options: { perReply?: number; cacheCapBytes?: number; deviceCount?: number } = {}): Rig {
  const { perReply = 1000, cacheCapBytes = 1 << 20, deviceCount = 2 } = options
  const bench = new Bench(deviceCount, DEVICE_UNITS * 4 * UNIT_BYTES)
  bench.maps.set(NODE, map)
  bench.handlers = { GET_FMAP: pagedFmap(bench, perReply) }
  const way = bench.make(pagedWay(bench.direct.link, { cacheCapBytes, mappingsPerReply: perReply }))
  return { bench, way, open: () => way.open({ node: NODE, path: 'f', sizeBytes: map.sizeBytes }) }
}

describe('every byte is where a plain walk finds it', () => {
  it('whatever the map, the page and the cap', () => {
    let fetchedAgain = 0
    const property = fc.property(anyMap(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 600 }), fc.array(fc.nat(), { maxLength: 60 }), ({ map, deviceCount }, perReply, pagesBytes, picks) => {
      const bookBytes = bookBytesOf(Math.ceil(mappingsOf(map).count / perReply))
      const cacheCapBytes = bookBytes + pagesBytes
      const { bench, way, open } = rig(map, { perReply, cacheCapBytes, deviceCount })
      const resolver = must(open())
      const opened = bench.counts.GET_FMAP!
      expect(bookBytesOf(opened)).toBe(bookBytes)
      const mostBytes = Math.max(cacheCapBytes, bookBytes + perReply * MAPPING_BYTES + END_BYTES)
      const edges = [0, map.sizeBytes - 1, map.sizeBytes, -1, 0.5, Number.NaN]
      for (const at of [...edges, ...picks.map((pick) => pick % map.sizeBytes)]) {
        expect(resolved(resolver, at)).toEqual(Number.isInteger(at) ? walked(map, at) : undefined)
        expect(way.residentBytes()).toBeLessThanOrEqual(mostBytes)
      }
      fetchedAgain += bench.counts.GET_FMAP! - opened
      way.forget(NODE)
      expect(way.residentBytes()).toBe(0)
      expect(resolved(resolver, 0)).toEqual(walked(map, 0))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    printCount('pages fetched again', fetchedAgain)
    expect(fetchedAgain).toBeGreaterThan(propertyRuns.usual)
  })

  it('with several files under one cap, and a file that is opened again', () => {
    const { bench, way, open } = rig(simpleMap(Array.from({ length: 40 }, (_, i) => ({ devindex: i % 2, offsetBytes: (40 - i) * UNIT_BYTES, lengthBytes: UNIT_BYTES }))), { perReply: 4, cacheCapBytes: 900 })
    const other = simpleMap(Array.from({ length: 9 }, (_, i) => ({ devindex: 1, offsetBytes: (100 + 2 * i) * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    bench.maps.set(8, other)
    const map = bench.maps.get(NODE)!
    const first = must(open())
    const second = must(way.open({ node: 8, path: 'g', sizeBytes: other.sizeBytes }))
    must(open())
    for (let at = 0; at < map.sizeBytes; at += UNIT_BYTES) {
      expect(resolved(first, at)).toEqual(walked(map, at))
      expect(resolved(second, at % other.sizeBytes)).toEqual(walked(other, at % other.sizeBytes))
    }
    way.forget(NODE)
    way.forget(8)
    expect(way.residentBytes()).toBe(0)
  })

  it('and the page that was not used for longest goes first, while a file that is opened pushes out none', () => {
    const lists = [0, 1].map((devindex) => simpleMap(Array.from({ length: 8 }, (_, i) => ({ devindex, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))))
    // Books of both files, and three pages.
    const { bench, way, open } = rig(lists[0]!, { perReply: 2, cacheCapBytes: 2 * bookBytesOf(4) + 3 * (2 * MAPPING_BYTES + END_BYTES) })
    const first = must(open())
    const fetchedFor = (resolver: Resolver, index: number): number => {
      const before = bench.counts.GET_FMAP!
      expect(resolved(resolver, index * UNIT_BYTES)?.[1]).toBe(2 * index * UNIT_BYTES)
      return bench.counts.GET_FMAP! - before
    }
    expect([0, 2, 0].map((index) => fetchedFor(first, index))).toEqual([0, 0, 0])
    bench.maps.set(8, lists[1]!)
    const second = must(way.open({ node: 8, path: 'g', sizeBytes: lists[1]!.sizeBytes }))
    // What the second one brought is its first page; of the first file the two used last stay.
    expect([0, 2].map((index) => fetchedFor(first, index))).toEqual([0, 0])
    expect([0, 6].map((index) => fetchedFor(second, index))).toEqual([0, 1])
    expect([2, 0, 2].map((index) => fetchedFor(first, index))).toEqual([0, 1, 0])
    expect([6, 0].map((index) => fetchedFor(second, index))).toEqual([0, 1])
  })

  it('and a page that another file pushed out is fetched again, however short ago it was used', () => {
    const { bench, way, open } = rig(six, { cacheCapBytes: 2 * bookBytesOf(1) })
    bench.maps.set(8, six)
    const files = [must(open()), must(way.open({ node: 8, path: 'g', sizeBytes: six.sizeBytes }))]
    const fetched = [1, 0, 0, 1, 1, 0].map((index) => {
      const before = bench.counts.GET_FMAP!
      expect(resolved(files[index]!, 5)).toEqual(walked(six, 5))
      return bench.counts.GET_FMAP! - before
    })
    expect(fetched).toEqual([0, 1, 0, 1, 0, 1])
  })

  it('and mappings that outlive what the kernel held of their file open it anew, all of them once, under the cap', () => {
    const { bench, way, open } = rig(six, { perReply: 1, cacheCapBytes: bookBytesOf(6) })
    const mappings = Array.from({ length: 5 }, () => must(open()))
    const heldBytes = way.residentBytes()
    const last = mappings.at(-1)!
    for (const resolver of mappings) for (const at of eachUnit(six.sizeBytes)) expect(resolved(resolver, at)).toEqual(walked(six, at))
    expect(way.residentBytes()).toBe(heldBytes)
    expect(last.validity?.()).toBe(0)

    way.forget(NODE)
    const moved = simpleMap(Array.from({ length: 6 }, (_, i) => ({ devindex: 0, offsetBytes: (40 + 2 * i) * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    bench.maps.delete(NODE)
    expect(way.residentBytes()).toBe(0)
    // It must be looked for again, whenever that is.
    expect(last.validity?.()).toBe(1)
    expect(resolved(last, 0)).toBeUndefined()
    expect(last.trouble).toMatchObject({ reason: 'daemon_failed' })
    bench.maps.set(NODE, moved)
    const before = bench.counts.GET_FMAP!
    for (const resolver of mappings) expect(resolved(resolver, 5 * UNIT_BYTES)).toEqual(walked(moved, 5 * UNIT_BYTES))
    expect([bench.counts.GET_FMAP! - before, way.residentBytes(), last.validity?.()]).toEqual([6 + 1, heldBytes, 1])

    const longer = simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: 7 * UNIT_BYTES }])
    bench.maps.set(NODE, longer)
    const other = must(way.open({ node: NODE, path: 'g', sizeBytes: longer.sizeBytes }))
    expect(resolved(last, 0)).toBeUndefined()
    expect(last.trouble).toMatchObject({ reason: 'bad_map', says: expect.stringContaining('it is of 28672 bytes, and the file has 24576') })
    expect(resolved(other, 0)).toEqual(walked(longer, 0))
  })

  it('and a map whose list of pages alone is beyond the cap is E2BIG, whatever is open beside it; nothing of it stays', () => {
    const long = simpleMap(Array.from({ length: 100 }, (_, i) => ({ devindex: 0, offsetBytes: (99 - i) * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    const pageBytes = MAPPING_BYTES + END_BYTES
    for (const [capBytes, errno] of [[bookBytesOf(100), undefined], [bookBytesOf(100) - 1, 'E2BIG'], [bookBytesOf(1), 'E2BIG'], [0, 'E2BIG']] as const) {
      const { way, open } = rig(long, { perReply: 1, cacheCapBytes: capBytes })
      const opened = open()
      expect([capBytes, opened.ok ? undefined : opened.failure.errno]).toEqual([capBytes, errno])
      expect(way.residentBytes()).toBeLessThanOrEqual(errno ? 0 : capBytes + pageBytes)
    }
    const { bench, way, open } = rig(six, { perReply: 1, cacheCapBytes: bookBytesOf(6) + bookBytesOf(50) })
    const beside = must(open())
    bench.maps.set(8, long)
    expect(way.open({ node: 8, path: 'g', sizeBytes: long.sizeBytes })).toMatchObject({ ok: false, failure: { reason: 'map_limit', errno: 'E2BIG' } })
    expect(resolved(beside, 5 * UNIT_BYTES)).toEqual(walked(six, 5 * UNIT_BYTES))
    expect(way.residentBytes()).toBeLessThanOrEqual(bookBytesOf(6) + bookBytesOf(50))
  })

  it('and a page that is held costs no message', () => {
    const { bench, open } = rig(simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: 9 * UNIT_BYTES }]))
    const resolver = must(open())
    for (let at = 0; at < 9 * UNIT_BYTES; at += 512) expect(resolved(resolver, at)?.[1]).toBe(at)
    expect(bench.counts).toEqual({ GET_FMAP: 1 })
  })
})

/** The same page with mappings elsewhere: a CRC is linear, so that of 33 bits some can always be turned together. */
function forgedPage(page: Uint8Array): Uint8Array {
  const turned = (bits: readonly number[]): Uint8Array => {
    const forged = page.slice()
    for (const bit of bits) {
      // Units 1 to 32 of the mapping's offset.
      const at = 32 + 24 * Math.floor(bit / 6) + 8
      const view = new DataView(forged.buffer)
      view.setUint32(at, view.getUint32(at, true) ^ (UNIT_BYTES << (bit % 6)), true)
    }
    return forged
  }
  const crcOf = (bits: readonly number[]): number => (crc32(mappingBytes(turned(bits))) ^ crc32(mappingBytes(page))) >>> 0
  const rows: { crc: number; bits: number[] }[] = []
  for (let bit = 0; ; bit++) {
    let row = { crc: crcOf([bit]), bits: [bit] }
    for (const known of rows) if ((row.crc ^ known.crc) >>> 0 < row.crc) row = { crc: (row.crc ^ known.crc) >>> 0, bits: [...row.bits, ...known.bits] }
    const bits = row.bits.filter((one, i, all) => all.indexOf(one) === i && all.filter((other) => other === one).length % 2 === 1)
    if (row.crc === 0) return turned(bits)
    rows.push({ crc: row.crc, bits })
    rows.sort((a, b) => b.crc - a.crc)
  }
}

/** Six mappings on two devices, two in each page. */
const six = simpleMap(Array.from({ length: 6 }, (_, i) => ({ devindex: i % 2, offsetBytes: 8 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))

/** Changes a page on its way, where it is the one that begins with that mapping. */
function bending(bench: Bench, firstIndex: number, change: (page: FmapPage) => void): void {
  bench.bend = (answered, opcode, request) => {
    if (opcode !== 'GET_FMAP' || decodePageRequest(request) !== firstIndex) return answered
    const decoded = decodePage(answered.bytes)
    if ('trouble' in decoded) throw new Error(decoded.trouble)
    change(decoded.page)
    return { errno: 0, bytes: encodePage(decoded.page) }
  }
}

const lies: [what: string, change: (page: FmapPage) => void, says: RegExp][] = [
  ['another file size', (page) => void (page.sizeBytes += UNIT_BYTES), /and the file has 24576/],
  ['a mapping that begins within a unit', ({ mappings }) => void (mappings.offsets[1]! += 512), /whole units/],
  ['a length that is no whole units', ({ mappings }) => void (mappings.lengths[0]! -= 1), /whole units/],
  ['a mapping without bytes', ({ mappings }) => void (mappings.lengths[0] = 0), /whole units/],
  ['a mapping beyond the device', ({ mappings }) => void (mappings.offsets[0] = DEVICE_UNITS * 4 * UNIT_BYTES), /of a device of/],
  ['a mapping that ends beyond the device', ({ mappings }) => void (mappings.lengths[0] = DEVICE_UNITS * 4 * UNIT_BYTES), /of a device of/],
  ['a device that nobody has', ({ mappings }) => void (mappings.devindices[1] = 9), /device 9/],
  ['the same bytes twice in a page', ({ mappings }) => void (mappings.offsets.fill(mappings.offsets[0]!), mappings.devindices.fill(0)), /share bytes/],
  ['the bytes of another page', ({ mappings }) => void ((mappings.offsets[0] = 0), (mappings.devindices[0] = 0)), /share bytes/],
  ['a page that is asked for in a circle', (page) => void (page.nextIndex = 0), /mapping 0 where 4 comes next/],
  ['a page that leaves mappings out', (page) => void (page.nextIndex = 5), /mapping 5 where 4 comes next/],
  ['a page that is the same for ever', (page) => void (page.nextIndex = 2), /mapping 2 where 4 comes next/],
  ['fewer bytes than the file has', (page) => void (page.nextIndex = undefined), /mappings of 16384 bytes for a file of 24576/],
  ['a page that isn’t full, with more behind it', (page) => void (page.mappings.count = 1, page.nextIndex = 3), /1 mappings in a page that isn’t the last, where 2 fit/],
  ['mappings behind the file’s end', ({ mappings }) => void (mappings.lengths[1] = 4 * UNIT_BYTES), /more mappings behind the file’s 24576 bytes/],
  ['a page without mappings', (page) => void (page.mappings.count = 0), /0 mappings in a reply/],
]

describe('a daemon that tells', () => {
  it.each(lies)('%s is refused, and nothing of it is kept', (_, change, says) => {
    const { bench, way, open } = rig(six, { perReply: 2 })
    bending(bench, 2, change)
    const refused = open()
    expect(refused).toMatchObject({ ok: false, failure: { says: expect.stringMatching(says) } })
    expect(refused.ok || ['EINVAL', 'ENODEV'].includes(refused.failure.errno)).toBe(true)
    expect(way.residentBytes()).toBe(0)
    // The next access asks again, and nothing went wrong for good.
    bench.bend = (answered) => answered
    expect(resolved(must(open()), 2 * UNIT_BYTES)).toEqual(walked(six, 2 * UNIT_BYTES))
  })

  it('more mappings in a reply than the kernel takes is refused', () => {
    const bench = new Bench(1, DEVICE_UNITS * UNIT_BYTES)
    bench.maps.set(NODE, simpleMap(Array.from({ length: 5 }, (_, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))))
    bench.handlers = { GET_FMAP: pagedFmap(bench, 5) }
    const way = bench.make(pagedWay(bench.direct.link, { mappingsPerReply: 4 }))
    expect(way.open({ node: NODE, path: 'f', sizeBytes: 5 * UNIT_BYTES })).toMatchObject({ ok: false, failure: { reason: 'bad_map' } })
  })

  it.each(lies)('%s when a page is fetched again gets no further than at first', (_, change) => {
    const { bench, open } = rig(six, { perReply: 2, cacheCapBytes: bookBytesOf(3) })
    const resolver = must(open())
    expect(resolved(resolver, 5 * UNIT_BYTES)).toEqual(walked(six, 5 * UNIT_BYTES))
    bending(bench, 2, change)
    expect(resolved(resolver, 2 * UNIT_BYTES)).toBeUndefined()
    expect(resolver.trouble?.errno).toMatch(/^(EIO|EINVAL|ENODEV)$/)
    bench.bend = (answered) => answered
    expect(resolved(resolver, 2 * UNIT_BYTES)).toEqual(walked(six, 2 * UNIT_BYTES))
  })

  it('something else, sound in itself, when a page is fetched again gets EIO', () => {
    const { bench, open } = rig(six, { perReply: 2, cacheCapBytes: bookBytesOf(3) })
    const resolver = must(open())
    const moved = structuredClone(six)
    if (moved.kind === 'simple') moved.columns.offsets[1] = 3 * UNIT_BYTES
    expect(resolved(resolver, 3 * UNIT_BYTES)).toEqual(walked(six, 3 * UNIT_BYTES))
    bench.maps.set(NODE, moved)
    expect(resolved(resolver, UNIT_BYTES)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed', errno: 'EIO', says: expect.stringMatching(/not what they were/) })
    expect(resolved(resolver, 3 * UNIT_BYTES)).toEqual(walked(six, 3 * UNIT_BYTES))
  })

  it('a page that is forged to have the CRC of the one before gets EIO', () => {
    const list = simpleMap(Array.from({ length: 9 }, (_, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    const { bench, open } = rig(list, { perReply: 8, cacheCapBytes: bookBytesOf(2) })
    const resolver = must(open())
    expect(resolved(resolver, 8 * UNIT_BYTES)).toEqual(walked(list, 8 * UNIT_BYTES))
    bench.bend = (answered, opcode, request) => {
      if (opcode !== 'GET_FMAP' || decodePageRequest(request) !== 0) return answered
      const forged = forgedPage(answered.bytes)
      expect([crc32(mappingBytes(forged)), 'page' in decodePage(forged)]).toEqual([crc32(mappingBytes(answered.bytes)), true])
      expect(forged).not.toEqual(answered.bytes)
      return { errno: 0, bytes: forged }
    }
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed', errno: 'EIO', says: expect.stringMatching(/not what they were/) })
  })

  it('an errno, or anything at all, never reaches beyond the devices', () => {
    let opened = 0
    const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), fc.constant(undefined)), fc.nat({ max: 200 }), fc.nat({ max: 255 }), fc.nat({ max: 3 }), (any, at, value, page) => {
      const { bench, way, open } = rig(six, { perReply: 2, cacheCapBytes: bookBytesOf(3) })
      bench.bend = (answered, opcode, request) => {
        if (opcode !== 'GET_FMAP' || decodePageRequest(request) !== page * 2) return answered
        if (any) return { errno: value % 3 === 0 ? value : 0, bytes: any }
        const bent = answered.bytes.slice()
        bent[at % bent.length] = value
        return { errno: 0, bytes: bent }
      }
      const result = open()
      if (result.ok) opened++
      const beyond = !result.ok ? [] : eachUnit(six.sizeBytes).filter((offset) => {
        const found = resolved(result.value, offset)
        return found && found[1] + found[2] > bench.memories[found[0]]!.presentBytes
      })
      expect(beyond).toEqual([])
      way.forget(NODE)
      expect(way.residentBytes()).toBe(0)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    expect(opened).toBeGreaterThan(20)
  })
})

function eachUnit(sizeBytes: number): number[] {
  return Array.from({ length: Math.ceil(sizeBytes / UNIT_BYTES) }, (_, unit) => unit * UNIT_BYTES)
}

describe('the units that a map has taken', () => {
  it('are found by a bit for each, as a set finds them', () => {
    const piece = fc.record({ devindex: fc.nat({ max: 2 }), unit: fc.nat({ max: 70_000 }), units: fc.integer({ min: 1, max: 40_000 }) })
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const claimed = new ClaimedUnits(UNIT_BYTES)
      const taken: typeof pieces = []
      for (const { devindex, unit, units } of pieces) {
        const isFree = taken.every((other) => other.devindex !== devindex || other.unit + other.units <= unit || unit + units <= other.unit)
        expect(claimed.claim(devindex, unit * UNIT_BYTES, units * UNIT_BYTES)).toBe(isFree)
        if (!isFree) return
        taken.push({ devindex, unit, units })
      }
    }), { numRuns: propertyRuns.usual })
  })
})
