// Kernels that get a whole map at once: by ioctl, in one answer, or in an answer whose size is asked first. What is said on
// the way, what is refused and with which errno, and what stays after a refusal.

import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { errnos } from '../../../src/core/base/errno.ts'
import type { Failure } from '../../../src/core/base/result.ts'
import type { Extent, Fmap } from '../../../src/core/fmap/fmap.ts'
import { type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import { unrolled } from '../../../src/core/fmap/widePulled.ts'
import { answerFmap, answerProbe } from '../../../src/core/fuse/daemonFmap.ts'
import { encodeFmap, encodeSized } from '../../../src/core/fuse/fmapMessage.ts'
import { abi42 } from '../../../src/core/fuse/ioctlMap42.ts'
import { DaxdevReply, FmapHeader, FmapProbe } from '../../../src/core/fuse/messages.ts'
import type { Answered, Seen } from '../../../src/core/fuse/wire.ts'
import { limits } from '../../../src/core/kernel/limits.ts'
import type { MapWay } from '../../../src/core/kernel/way.ts'
import { fuseWay } from '../../../src/core/kernel/ways/fuse.ts'
import { unrolledWay } from '../../../src/core/kernel/ways/unrolled.ts'
import { v1, v1Way } from '../../../src/core/kernel/ways/v1.ts'
import { connect, kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { propertyRuns } from '../../counts.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { anyMap, Bench, DEVICE_UNITS, resolved, simpleMap, UNIT_BYTES, walked } from '../../helpers/pulledMaps.ts'

const NODE = 5
const DEVICE_BYTES = DEVICE_UNITS * UNIT_BYTES

function ask(sizeBytes: number) {
  return { node: NODE, path: 'f', sizeBytes }
}

function extent(devindex: number, unit: number, unitCount = 1): Extent {
  return { devindex, offsetBytes: unit * UNIT_BYTES, lengthBytes: unitCount * UNIT_BYTES }
}

const replying = (bytes: Uint8Array): Answered => ({ errno: 0, bytes })

/** A kernel that pulls, with its daemon, and one file. */
function pulling(kernel: 'fuse' | 'fuse-unrolled', map: WideMap, deviceBytes = DEVICE_BYTES): { bench: Bench; way: MapWay; open: () => ReturnType<MapWay['open']> } {
  const bench = new Bench(4, deviceBytes)
  bench.maps.set(NODE, map)
  bench.handlers = { GET_FMAP: kernel === 'fuse' ? answerFmap(bench) : answerProbe(bench) }
  const way = bench.make((kernel === 'fuse' ? fuseWay : unrolledWay)(bench.direct.link))
  return { bench, way, open: () => way.open(ask(map.sizeBytes)) }
}

describe.each(['fuse', 'fuse-unrolled'] as const)('%s', (kernel) => {
  it('finds the bytes of any map', () => {
    fc.assert(
      fc.property(anyMap(), ({ map }) => {
        const resolver = valueOf(pulling(kernel, map, 512 * UNIT_BYTES).open())
        for (let at = 0; at < map.sizeBytes; at += 1111) expect(resolved(resolver, at)).toEqual(walked(map, at))
        expect([-1, map.sizeBytes, 0.5].map((at) => resolved(resolver, at))).toEqual([undefined, undefined, undefined])
      }),
      { numRuns: propertyRuns.dear },
    )
  })

  it('asks for the map once, and for each device that it doesn’t know once', () => {
    const { bench, way, open } = pulling(kernel, simpleMap([extent(1, 2), extent(2, 2), extent(1, 3)]))
    valueOf(open())
    expect(bench.counts).toEqual({ GET_FMAP: 1, GET_DAXDEV: 2 })
    expect(way.residentBytes()).toBeGreaterThan(0)
    way.forget(NODE)
    way.forget(NODE)
    expect(way.residentBytes()).toBe(0)
    valueOf(open())
    expect(bench.counts).toEqual({ GET_FMAP: 2, GET_DAXDEV: 2 })
  })

  it.each<[string, Answered | ((sound: Answered) => Answered), string]>([
    ['with an errno', { errno: 2, bytes: new Uint8Array(0) }, 'daemon_failed'],
    ['with nothing', replying(new Uint8Array(0)), 'bad_map'],
    ['with half a header', replying(new Uint8Array(16)), 'bad_map'],
    ['with another size than it said at lookup', ({ bytes }) => replying(withSize(bytes)), 'bad_map'],
    ['with a place outside of the device', () => replying(message(simpleMap([extent(0, DEVICE_UNITS - 1, 2)], 5000))), 'bad_map'],
    ['with a place beside a unit', () => replying(message(simpleMap([{ devindex: 0, offsetBytes: 100, lengthBytes: 8192 }], 5000))), 'bad_map'],
    ['with the same bytes twice', () => replying(message(simpleMap([extent(0, 1), extent(0, 1)], 5000))), 'bad_map'],
    ['with too few bytes', () => replying(message(simpleMap([extent(0, 1)], 5000))), 'bad_map'],
    ['with a device that isn’t here', () => replying(message(simpleMap([extent(9, 1, 2)], 5000))), 'device_missing'],
  ])('refuses a daemon that answers %s, keeps nothing, and asks again', (_, bent, reason) => {
    const { bench, way, open } = pulling(kernel, simpleMap([extent(0, 4), extent(0, 8)], 5000))
    bench.bend = (sound, opcode) => (opcode !== 'GET_FMAP' ? sound : typeof bent === 'function' ? bent(sound) : bent)
    for (let i = 1; i <= 2; i++) {
      failureOf(open(), reason as Failure['reason'])
      expect([bench.counts.GET_FMAP, way.residentBytes()]).toEqual([i, 0])
    }
    bench.bend = (sound) => sound
    valueOf(open())
  })

  function message(map: WideMap & { kind: 'simple' } | WideMap): Uint8Array<ArrayBuffer> {
    return kernel === 'fuse' ? encodeFmap(map) : encodeSized({ kind: 'simple', sizeBytes: map.sizeBytes, columns: unrolled(map) })
  }

  it.each<[string, (sound: Uint8Array) => Answered, string]>([
    ['another index', () => replying(DaxdevReply.encode({ index: 2, name: '/dev/dax1.0' })), 'daemon_failed'],
    ['no name', () => replying(DaxdevReply.encode({ index: 1, name: '' })), 'daemon_failed'],
    ['a name without an end', (sound) => replying(sound.map((byte, i) => (i >= 24 ? 0x61 : byte))), 'daemon_failed'],
    ['too few bytes', (sound) => replying(sound.slice(0, 279)), 'daemon_failed'],
    ['a device that the mount has under another index', () => replying(DaxdevReply.encode({ index: 1, name: '/dev/dax0.0' })), 'daemon_failed'],
    ['a name that this host doesn’t have', () => replying(DaxdevReply.encode({ index: 1, name: '/dev/dax7.0' })), 'device_missing'],
    ['ENODEV', () => ({ errno: errnos.ENODEV[0], bytes: new Uint8Array(0) }), 'device_missing'],
    ['EIO', () => ({ errno: errnos.EIO[0], bytes: new Uint8Array(0) }), 'daemon_failed'],
  ])('refuses a daemon that answers GET_DAXDEV with %s', (_, bend, reason) => {
    const { bench, open } = pulling(kernel, simpleMap([extent(1, 4)]))
    bench.bend = (sound, opcode) => (opcode === 'GET_DAXDEV' ? bend(sound.bytes) : sound)
    failureOf(open(), reason as Failure['reason'])
    expect(bench.context.devices.at(1)).toBeUndefined()
    bench.bend = (sound) => sound
    valueOf(open())
  })
})

function withSize(bytes: Uint8Array): Uint8Array {
  const other = bytes.slice()
  FmapHeader.encodeAt({ ...FmapHeader.decode(other), file_size: 4999n }, other)
  return other
}

describe('fuse, beyond its limits', () => {
  const strips = (count: number, from: number): Extent[] => Array.from({ length: count }, (_, i) => extent(0, from + i))
  const interleaved = (parts: Extent[][]): WideMap => ({
    kind: 'interleaved', sizeBytes: parts.flat().length * UNIT_BYTES, interleaved: parts.map((each) => ({ sizeBytes: each.length * UNIT_BYTES, chunkBytes: UNIT_BYTES, strips: each })),
  })

  it.each<[string, WideMap, string, string]>([
    ['33 extents', simpleMap(strips(33, 0)), 'map_limit', 'E2BIG'],
    ['33 strips', interleaved([strips(33, 0)]), 'map_limit', 'E2BIG'],
    ['33 interleaved extents', interleaved(strips(33, 0).map((each) => [each])), 'map_limit', 'E2BIG'],
    ['an answer above 4096 bytes', simpleMap(Array.from({ length: 170 }, (_, i) => extent(i % 4, i >> 2))), 'map_unfit', 'EINVAL'],
  ])('refuses %s', (_, map, reason, errno) => {
    expect(failureOf(pulling('fuse', map).open(), reason as Failure['reason']).errno).toBe(errno)
  })

  it.each<[string, WideMap]>([
    ['32 extents', simpleMap(strips(32, 0).reverse())],
    ['32 strips', interleaved([strips(32, 3)])],
    ['32 interleaved extents', interleaved(strips(32, 9).map((each) => [each]))],
  ])('takes %s', (_, map) => expect(valueOf(pulling('fuse', map).open()).sizeBytes).toBe(map.sizeBytes))
})

describe('fuse-unrolled, its two questions', () => {
  const long = simpleMap(Array.from({ length: 200 }, (_, i) => extent(0, 199 - i)))
  const asked: number[] = []
  const probing = (map: WideMap, deviceUnits = 512): ReturnType<typeof pulling> => {
    const made = pulling('fuse-unrolled', map, deviceUnits * UNIT_BYTES)
    const { GET_FMAP = answerProbe(made.bench) } = made.bench.handlers
    made.bench.handlers = { GET_FMAP: (node, request) => (asked.push(FmapProbe.decode(request).buffer_bytes), GET_FMAP(node, request)) }
    return made
  }
  afterEach(() => void (asked.length = 0))

  it('are one where the answer fits 4096 bytes, and else the second has the size that the first one told', () => {
    valueOf(probing(simpleMap([extent(0, 3)])).open())
    expect(asked.splice(0)).toEqual([4096])
    const resolver = valueOf(probing(long).open())
    expect(asked).toEqual([4096, 32 + 200 * 24])
    expect(resolved(resolver, 7 * UNIT_BYTES + 9)).toEqual(walked(long, 7 * UNIT_BYTES + 9))
  })

  it('unroll a striped file: equal pieces', () => {
    const striped: WideMap = { kind: 'interleaved', sizeBytes: 600 * UNIT_BYTES - 5, interleaved: [{ sizeBytes: 600 * UNIT_BYTES - 5, chunkBytes: UNIT_BYTES, strips: [0, 1, 2].map((i) => extent(i, 7, 200)) }] }
    const { open, way } = probing(striped)
    const resolver = valueOf(open())
    expect(asked).toEqual([4096, 32 + 600 * 24])
    for (const at of [0, 4095, 4096, 300 * UNIT_BYTES + 1, striped.sizeBytes - 1]) expect(resolved(resolver, at)).toEqual(walked(striped, at))
    expect(way.residentBytes()).toBe(600 * 20)
  })

  it.each<[string, (bytes: Uint8Array, bufferBytes: number) => Uint8Array, string]>([
    ['grows', (bytes, bufferBytes) => (bufferBytes === 4096 ? bytes : told(bytes.slice(0, 32), 32 + 201 * 24)), 'its message has grown'],
    ['grows without saying so', (bytes, bufferBytes) => (bufferBytes === 4096 ? bytes : Uint8Array.of(...bytes, ...new Uint8Array(24))), 'for a buffer of 4832'],
    ['is the header alone again', (bytes, bufferBytes) => (bufferBytes === 4096 ? bytes : bytes.slice(0, 32)), 'a message of 32 bytes that says it has 4832'],
    ['is longer than the first buffer at once', (bytes, bufferBytes) => (bufferBytes === 4096 ? Uint8Array.of(...bytes, ...new Uint8Array(4800)) : bytes), 'for a buffer of 4096'],
    ['shrinks to nothing', (bytes, bufferBytes) => (bufferBytes === 4096 ? bytes : bytes.slice(0, 8)), 'no whole header'],
  ])('are in vain where the answer %s', (_, bend, says) => {
    const { bench, open, way } = probing(long)
    bench.bend = ({ bytes }, opcode, request) => replying(opcode === 'GET_FMAP' ? bend(bytes, FmapProbe.decode(request).buffer_bytes) : bytes)
    expect(failureOf(open(), 'bad_map').says).toContain(says)
    expect([way.residentBytes(), asked.length <= 2]).toEqual([0, true])
  })

  it('end at 16 MiB, of which nothing was made', () => {
    const sizeBytes = 699_050 * UNIT_BYTES
    const far: WideMap = { kind: 'interleaved', sizeBytes, interleaved: [{ sizeBytes, chunkBytes: UNIT_BYTES, strips: [extent(0, 0, 699_050)] }] }
    const { open } = probing(far, 8)
    expect(failureOf(open(), 'map_too_large')).toMatchObject({ errno: 'EFBIG', says: 'the map of f is a message of 16777232 bytes, and 16777216 are the most' })
    expect(asked).toEqual([4096])
  })

  it('take no interleaved record', () => {
    const map: WideMap = { kind: 'interleaved', sizeBytes: UNIT_BYTES, interleaved: [{ sizeBytes: UNIT_BYTES, chunkBytes: UNIT_BYTES, strips: [extent(0, 3)] }] }
    const { bench, open } = probing(map)
    bench.bend = () => replying(told(encodeFmap(map), 32 + 48))
    expect(failureOf(open(), 'map_unfit').says).toContain('simple lists only')
  })

  function told(bytes: Uint8Array, wholeBytes: number): Uint8Array {
    const other = bytes.slice()
    FmapHeader.encodeAt({ ...FmapHeader.decode(other), fmap_bytes: wholeBytes }, other)
    return other
  }
})

describe('the module', () => {
  const map: Fmap = { kind: 'simple', sizeBytes: 9000, extents: [extent(0, 4), extent(1, 2, 2)] }

  function pushing(maker = v1): { way: MapWay; push: (map: Fmap, sizeBytes?: number) => Failure | undefined } {
    const bench = new Bench(2, DEVICE_BYTES)
    bench.context.devices.add(1, { uuid: '1', sizeBytes: DEVICE_BYTES, memory: bench.memories[1] })
    const way = bench.make(maker)
    return { way, push: (pushed, sizeBytes = pushed.sizeBytes) => way.push?.(ask(sizeBytes), pushed) }
  }

  it('keeps maps until the kernel lets go, and tells them', () => {
    const { way, push } = pushing()
    expect([push(map), way.residentBytes(), way.get?.(NODE)]).toEqual([undefined, 48, map])
    const striped: Fmap = { kind: 'interleaved', sizeBytes: 9000, chunkBytes: 4096, strips: [extent(0, 4, 2), extent(1, 2, 2)] }
    expect([push(striped), way.residentBytes(), way.get?.(NODE)]).toEqual([undefined, 72, striped])
    expect(resolved(valueOf(way.open(ask(9000))), 4097)).toEqual([1, 8193, 4095, 1])
    way.forget(NODE)
    expect([way.residentBytes(), way.get?.(NODE)]).toEqual([0, undefined])
    failureOf(way.open(ask(9000)), 'no_file_map')
  })

  it('keeps those of all files, however many come and go, and nothing of those that went', () => {
    const { way } = pushing()
    const kept = new Map<number, Fmap>()
    const sizes: Record<string, number> = { one: 24, two: 48, striped: 72 }
    const bytesOf = (pushed: Fmap): number => sizes[pushed.kind === 'interleaved' ? 'striped' : pushed.extents.length === 1 ? 'one' : 'two']!
    const mapOf = (node: number, round: number): Fmap => {
      const unit = 4 + ((node * 7 + round) % 40)
      if ((node + round) % 5 === 0) return { kind: 'interleaved', sizeBytes: 9000 + node, chunkBytes: 4096, strips: [extent(0, unit, 2), extent(1, unit, 2)] }
      if ((node + round) % 7 === 0) return { kind: 'simple', sizeBytes: 5000 + node, extents: [extent(0, unit), extent(1, unit)] }
      return { kind: 'simple', sizeBytes: 1 + node, extents: [extent(node % 2, unit)] }
    }
    // Each round pushes more nodes, some of them again with a map of another kind, and forgets others.
    for (const [round, nodeCount] of [60, 300, 1000].entries()) {
      for (let node = 1 + round; node <= nodeCount; node += 1 + round) {
        const pushed = mapOf(node, round)
        expect(way.push?.({ node, path: 'f', sizeBytes: pushed.sizeBytes }, pushed)).toBeUndefined()
        kept.set(node, pushed)
      }
      for (let node = 3; node <= nodeCount + 1; node += 11) {
        way.forget(node)
        kept.delete(node)
      }
      expect(way.residentBytes()).toBe([...kept.values()].reduce((sum, pushed) => sum + bytesOf(pushed), 0))
    }
    for (let node = 0; node <= 2000; node++) {
      const pushed = kept.get(node)
      expect(way.get?.(node)).toEqual(pushed)
      const { sizeBytes } = pushed ?? { sizeBytes: 1 }
      const opened = way.open({ node, path: 'f', sizeBytes })
      const last = opened.ok ? resolved(opened.value, sizeBytes - 1) : opened.failure.reason
      expect(last).toEqual(pushed ? walked(wideOf(pushed), sizeBytes - 1) : 'no_file_map')
    }
    for (const node of kept.keys()) way.forget(node)
    expect(way.residentBytes()).toBe(0)
  })

  it('refuses what is no map when it is pushed, and a device that isn’t here when the file is opened', () => {
    const { way, push } = pushing()
    expect(push(map, 9001)?.reason).toBe('bad_map')
    expect(push({ ...map, extents: [extent(0, 4), extent(0, 4, 2)] })?.says).toContain('share bytes')
    expect(push({ ...map, extents: [{ devindex: 2 ** 32, offsetBytes: 0, lengthBytes: 12288 }] })?.says).toContain('beyond any device')
    failureOf(way.open(ask(9000)), 'no_file_map')
    expect(push({ ...map, extents: [extent(6, 0, 3)] })).toBeUndefined()
    failureOf(way.open(ask(9000)), 'device_missing')
    expect(push({ ...map, extents: [extent(1, DEVICE_UNITS - 1, 3)] })).toBeUndefined()
    failureOf(way.open(ask(9000)), 'bad_map')
  })

  it('takes as much as its ABI has room for', () => {
    const list = (count: number): Fmap => ({ kind: 'simple', sizeBytes: count * UNIT_BYTES, extents: Array.from({ length: count }, (_, i) => extent(0, i)) })
    const errnoOf = (maker: typeof v1, pushed: Fmap): string | undefined => pushing(maker).push(pushed)?.errno
    const older = v1Way('v1-abi42', abi42)
    expect([16, 17, 60].map((count) => errnoOf(v1, list(count)))).toEqual([undefined, 'E2BIG', 'E2BIG'])
    expect([2, 3, 60].map((count) => errnoOf(older, list(count)))).toEqual([undefined, 'E2BIG', 'E2BIG'])
    expect(errnoOf(older, { kind: 'interleaved', sizeBytes: 1, chunkBytes: 4096, strips: [extent(0, 0)] })).toBe('EINVAL')
    expect(errnoOf(older, map)).toBe('EINVAL')
  })
})

describe('connected and watched', () => {
  it.each(kernelNames)('%s: who watches sees copies of what is said, with a clock', (name) => {
    const bench = new Bench(2, DEVICE_BYTES)
    const extents = [extent(0, 4), extent(0, 9)]
    bench.maps.set(NODE, simpleMap(extents))
    const seen: Seen[] = []
    let clock = 0
    const way = bench.make(connect(name, bench, { watcher: { see: (message) => seen.push(message), nowUs: () => clock++ }, sandbox: makeSandbox }))
    expect(way.kernel).toBe(name)
    way.push?.(ask(8192), { kind: 'simple', sizeBytes: 8192, extents })
    const resolver = valueOf(way.open(ask(8192)))
    expect([resolved(resolver, 0)?.[1], resolved(resolver, 4096)?.[1]]).toEqual([4 * UNIT_BYTES, 9 * UNIT_BYTES])
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every(({ sentUs, answeredUs }) => answeredUs > sentUs)).toBe(true)
    const before = seen.map(({ request, answer }) => [[...request], answer && [...answer.bytes]])
    way.push?.(ask(4096), { kind: 'simple', sizeBytes: 4096, extents: [extent(0, 1)] })
    expect(seen.slice(0, before.length).map(({ request, answer }) => [[...request], answer && [...answer.bytes]])).toEqual(before)
  })

  it('every kernel says in the table what it takes', () => {
    expect(Object.keys(limits).toSorted()).toEqual(['fuse', 'fuse-iomap', 'fuse-iomap-shared', 'fuse-paged', 'fuse-unrolled', 'program', 'v1', 'v1-abi42'])
    for (const { says } of Object.values(limits)) expect(says).toMatch(/^\S.*[a-z]\.$|[A-Z0-9]\.$/)
  })
})
