// What every kernel must do, however a map comes to it: the same bytes and the same errors as a naive model, and beyond what
// its interface takes, the errno of the table of limits. kernels.test.ts runs this over each kernel with its daemon beside it,
// kernelsFar.test.ts over each with its daemon in another thread.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { Result } from '../../src/core/base/result.ts'
import { DEVINDEX, LENGTH, newAnswer, OFFSET } from '../../src/core/fmap/resolve.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import type { MapStore } from '../../src/core/fuse/wire.ts'
import { limits } from '../../src/core/kernel/limits.ts'
import { MappedFile } from '../../src/core/kernel/mappedFile.ts'
import { OpenFile } from '../../src/core/kernel/openFile.ts'
import type { KernelName, WayMaker } from '../../src/core/kernel/way.ts'
import { kernelRuns } from '../counts.ts'
import { bytesAt, bytesOf, listOf, LONG, type MapShape, MEDIUM, type Mounted, mounted, newRig, open, placeOf, poolOffset, positionsOf, randomMap, type Rig, type RigShape, SMALL, USUAL } from '../helpers/kernels.ts'
import { firstDifference, valueOf } from '../helpers/outcome.ts'

export interface KernelUnderTest {
  name: KernelName
  /** The kernel's way over a daemon, which answers from the store. */
  connect(store: MapStore): WayMaker
  /** Whatever was connected is used no more: only where daemons are in the way of each other. */
  disconnect?(): void
  /** Of each list of cases every so manieth and the last one; all of them unless said otherwise. */
  every?: number
}

/** Of a list of cases, as many as the kernel is to be tried with. */
export function someOf<T>({ every = 1 }: KernelUnderTest, cases: readonly T[]): T[] {
  return cases.filter((_, i) => i % every === 0 || (every > 1 && i === cases.length - 1))
}

/** The errno that the table of limits has for a map; undefined where the kernel takes it. The numbers are from here. */
export function limitOf(kernel: KernelName, map: WideMap): string | undefined {
  const { errnos } = limits[kernel]
  const extentCount = map.kind === 'simple' ? map.columns.count : 0
  const parts = map.kind === 'simple' ? [] : map.interleaved
  const stripsMost = Math.max(0, ...parts.map(({ strips }) => strips.length))
  const chunkCount = parts.reduce((sum, { sizeBytes, chunkBytes }) => sum + Math.ceil(sizeBytes / chunkBytes), 0)
  switch (kernel) {
    case 'v1':
      return extentCount > 16 || parts.length > 1 || stripsMost > 16 ? errnos.count : undefined
    case 'v1-abi42': {
      if (map.kind === 'interleaved' || listOf(map).some(({ devindex }) => devindex !== 0)) return errnos.kind
      return extentCount > 2 ? errnos.count : undefined
    }
    case 'fuse': {
      const messageBytes = 32 + extentCount * 24 + parts.reduce((sum, { strips }) => sum + 24 + strips.length * 24, 0)
      if (messageBytes > 4096) return errnos.message
      return extentCount > 32 || parts.length > 32 || stripsMost > 32 ? errnos.count : undefined
    }
    case 'fuse-unrolled':
      return 32 + (extentCount + chunkCount) * 24 > 16 * 1024 * 1024 ? errnos.message : undefined
    case 'fuse-paged':
    case 'fuse-iomap':
    case 'fuse-iomap-shared':
      return undefined
    case 'program':
      return extentCount > PROGRAM_EXTENTS_MOST ? errnos.count : undefined
  }
}

/** A file has 512 Ki cells of the table: three for each extent, and two before them. */
const PROGRAM_EXTENTS_MOST = 174_762

export const errnoOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.errno)

/** What the table has for it. */
const tableOf = ({ name }: KernelUnderTest, map: WideMap): string => limitOf(name, map) ?? 'ok'

/** With that one map as its only file. */
export function mountedWith({ connect }: KernelUnderTest, rig: Rig, map: WideMap): { on: Mounted; added: Result<unknown> } {
  const on = mounted(rig, connect)
  return { on, added: on.add('f', map) }
}

export const readOf = (on: Mounted, path: string, at: number, length: number): Result<Uint8Array> => {
  const inode = on.mount.lookup(path)
  if (inode?.kind !== 'file') throw new Error(`there is no ${path}`)
  const target = new Uint8Array(length)
  const read = new OpenFile(on.mount, inode, { read: true }).read(at, target)
  return read.ok ? { ok: true, value: target.subarray(0, read.value) } : read
}

export const writeOf = (on: Mounted, path: string, at: number, bytes: Uint8Array): Result<number> => {
  const inode = on.mount.lookup(path)
  if (inode?.kind !== 'file') throw new Error(`there is no ${path}`)
  return new OpenFile(on.mount, inode, { write: true }).write(at, bytes)
}

export const mapOf = (on: Mounted, path: string): MappedFile => new MappedFile(path, valueOf(open(on, path)), true)

/** The whole file in every way that there is, against its bytes; and then the same for what was stored in it. */
export function expectTransfers(on: Mounted, path: string, map: WideMap): void {
  const { rig } = on
  const positions = positionsOf(rig, map)
  const model = bytesAt(rig, positions)
  expect(firstDifference(valueOf(readOf(on, path, 0, map.sizeBytes)), model)).toBe(-1)
  const file = mapOf(on, path)
  const copy = new Uint8Array(map.sizeBytes)
  valueOf(file.copyTo(copy))
  expect(firstDifference(copy, model)).toBe(-1)
  let chunksDiffer = false
  file.forEachChunk((chunk, at) => {
    chunksDiffer ||= firstDifference(chunk, model.subarray(at, at + chunk.length)) >= 0
  })
  expect(chunksDiffer).toBe(false)
  let at = 0
  for (const { fileOffsetBytes, devindex, deviceOffsetBytes, lengthBytes } of file.segments()) {
    const isNext = fileOffsetBytes === at && poolOffset(rig, devindex, deviceOffsetBytes) === positions[at] && lengthBytes > 0
    if (!isNext) throw new Error(`${lengthBytes} bytes at ${fileOffsetBytes} are said to be at ${deviceOffsetBytes} of device ${devindex}`)
    at += lengthBytes
  }
  expect(at).toBe(map.sizeBytes)

  const expected = rig.pool.slice()
  const store = (from: number, bytes: Uint8Array): void => {
    for (const [i, byte] of bytes.entries()) expected[positions[from + i]!] = byte
  }
  for (const [from, length] of rangesOf(map)) {
    const bytes = Uint8Array.from({ length }, (_, i) => (from + i * 7) % 251)
    store(from, bytes)
    expect(valueOf(writeOf(on, path, from, bytes))).toBe(length)
    const others = bytes.map((byte) => byte ^ 0x55)
    store(from, others)
    valueOf(file.write(from, others))
    expect(file.getUint8(from)).toBe(others[0])
    expect(firstDifference(valueOf(readOf(on, path, from, length)), others)).toBe(-1)
  }
  // Not a byte elsewhere.
  expect(Buffer.compare(expected, rig.pool)).toBe(0)

  const values = Float64Array.from({ length: Math.floor(map.sizeBytes / 8) }, (_, i) => i % 1000)
  valueOf(file.write(0, new Uint8Array(values.buffer)))
  expect(file.sumFloat64()).toBe(values.reduce((sum, value) => sum + value, 0))
}

/** Of a long map: all of it once, thousands of its pieces through a mapping, and places by chance. */
function expectReads(on: Mounted, path: string, map: WideMap): void {
  const model = bytesOf(on.rig, map)
  expect(firstDifference(valueOf(readOf(on, path, 0, map.sizeBytes)), model)).toBe(-1)
  const copy = new Uint8Array(256 * 1024)
  const from = map.sizeBytes - copy.length
  valueOf(mapOf(on, path).copyTo(copy, from))
  expect(firstDifference(copy, model.subarray(from))).toBe(-1)
  expectSomePlaces(on, path, map)
}

/** The front, the end, and what crosses from one piece to the next. */
function rangesOf({ sizeBytes }: WideMap): [from: number, length: number][] {
  const spans: [number, number][] = [[0, 1], [sizeBytes - 1, 1], [0, 100], [sizeBytes - 100, 100], [4090, 12], [Math.floor(sizeBytes / 2) - 3, 9000]]
  return spans.filter(([from, length]) => from >= 0 && from + length <= sizeBytes)
}

/**
 * Works as the model says, or is refused at once and each time, with nothing kept.
 * @returns the errno that refused it; 'ok'
 */
function outcomeOf(kernel: KernelUnderTest, rig: Rig, map: WideMap, expectWorks = expectTransfers): string {
  const { name, connect } = kernel
  kernel.disconnect?.()
  const on = mounted(rig, connect)
  const emptyBytes = on.mount.way.residentBytes()
  const added = on.add('f', map)
  // Tools learn it when they push a map; who pulls it, when the file is first used.
  if (!added.ok) return added.failure.errno
  if (limitOf(name, map) === undefined) {
    expectWorks(on, 'f', map)
    return 'ok'
  }
  const errnos = [open(on, 'f'), readOf(on, 'f', 0, 1), open(on, 'f'), readOf(on, 'f', 0, 1)].map(errnoOf)
  expect(on.mount.way.residentBytes()).toBe(emptyBytes)
  return [...new Set(errnos)].join(', ')
}

/** Where walking all of a list would take minutes. */
function expectSomePlaces(on: Mounted, path: string, map: WideMap): void {
  const { rig } = on
  const { resolver } = valueOf(open(on, path))
  const file = mapOf(on, path)
  const answer = newAnswer()
  for (let i = 0; i < kernelRuns.places; i++) {
    const at = Math.floor((map.sizeBytes - 1) * ((i * 0.618_033_988_749_895) % 1))
    const place = placeOf(map, at)
    expect(resolver.resolve(at, answer)).toBe(true)
    expect({ at, devindex: answer[DEVINDEX], offsetBytes: answer[OFFSET] }).toEqual({ at, ...place })
    expect(answer[LENGTH]! > 0 && at + answer[LENGTH]! <= map.sizeBytes).toBe(true)
    const pooled = poolOffset(rig, place.devindex, place.offsetBytes)
    expect([file.getUint8(at), valueOf(readOf(on, path, at, 1))[0]]).toEqual([rig.pool[pooled], rig.pool[pooled]])
    const stored = i % 256
    valueOf(i % 2 === 0 ? file.setUint8(at, stored) : writeOf(on, path, at, Uint8Array.of(stored)))
    expect([rig.pool[pooled], file.getUint8(at)]).toEqual([stored, stored])
  }
}

export function kernelContract(kernel: KernelUnderTest): void {
  const { name } = kernel
  /** The older ioctl knows the first device alone. */
  const manyDevices = name === 'v1-abi42' ? 1 : 8

  describe(`${name}: maps that a log can hold`, () => {
    const counts = someOf(kernel, Array.from({ length: 16 }, (_, i) => i + 1))

    it.each(counts)('%i simple extents', (count) => {
      for (const deviceCount of someOf(kernel, [1, 2, 8])) {
        const map = randomMap(USUAL, { kind: 'simple', count, deviceCount, seed: count, unitsMost: 3 })
        expect(outcomeOf(kernel, newRig(), map)).toBe(tableOf(kernel, map))
      }
    })

    it.each(counts)('%i strips over 1 to 8 devices', (count) => {
      for (const deviceCount of someOf(kernel, [1, 2, 3, 4, 5, 6, 7, 8])) {
        const map = randomMap(USUAL, { kind: 'interleaved', count, deviceCount, seed: count, unitsMost: deviceCount % 2 === 0 ? 1 : 2, rowCount: 1 + (count % 3) })
        expect(outcomeOf(kernel, newRig(), map)).toBe(tableOf(kernel, map))
      }
    })
  })

  describe(`${name}: longer maps`, () => {
    it('as many extents as its interface has room for, and one more', () => {
      for (const count of someOf(kernel, [2, 3, 16, 17, 32, 33, 169, 170, 1000])) {
        const map = randomMap(MEDIUM, { kind: 'simple', count, deviceCount: Math.min(2, manyDevices), seed: count, unitsMost: 2 })
        expect({ count, outcome: outcomeOf(kernel, newRig(MEDIUM), map) }).toEqual({ count, outcome: tableOf(kernel, map) })
      }
      for (const count of someOf(kernel, [16, 17, 32, 33])) {
        const map = randomMap(MEDIUM, { kind: 'interleaved', count, deviceCount: 2, seed: count, unitsMost: 1, rowCount: 3 })
        expect({ count, outcome: outcomeOf(kernel, newRig(MEDIUM), map) }).toEqual({ count, outcome: tableOf(kernel, map) })
      }
    })

    it.each(someOf<[string, RigShape, MapShape, typeof expectReads]>(kernel, [
      ['100,000 extents of one size', LONG, { kind: 'simple', count: 100_000, deviceCount: Math.min(2, manyDevices), seed: 1, unitsMost: 1 }, expectReads],
      ['100,000 extents of several', LONG, { kind: 'simple', count: 100_000, deviceCount: 2, seed: 2, unitsMost: 2 }, expectSomePlaces],
      ['180,000 extents, more than a file has cells of the table', { ...LONG, deviceBytes: 16 * MIB }, { kind: 'simple', count: 180_000, deviceCount: 2, seed: 6, unitsMost: 1 }, expectSomePlaces],
      ['a striped file of 100,000 chunks', LONG, { kind: 'interleaved', count: 10, deviceCount: 2, seed: 3, unitsMost: 1, rowCount: 10_000 }, expectReads],
      ['a striped file of 700,000 chunks, more than an unrolled message holds', { ...LONG, deviceBytes: 32 * MIB }, { kind: 'interleaved', count: 14, deviceCount: 2, seed: 4, unitsMost: 1, rowCount: 50_000 }, expectSomePlaces],
    ]))('%s', (_, shape, given, expectWorks) => {
      const map = randomMap(shape, given)
      expect(outcomeOf(kernel, newRig(shape), map, expectWorks)).toBe(tableOf(kernel, map))
    })
  })

  describe(`${name}: a map that no file may have`, () => {
    const unitBytes = USUAL.unitBytes
    /** On the first device, all in units. */
    const list = (size: number, ...pieces: [first: number, count: number][]): WideMap => {
      const extents = pieces.map(([first, count]) => ({ devindex: 0, offsetBytes: first * unitBytes, lengthBytes: count * unitBytes }))
      return { kind: 'simple', sizeBytes: size * unitBytes, columns: columnsOf(extents) }
    }

    const lists: [what: string, map: WideMap][] = [
      ['of two pieces that share some bytes', list(3, [1, 2], [2, 2])],
      ['of two pieces, one of which begins in the midst of the other', list(3, [5, 1], [4, 3])],
      ['of two pieces that are whole units only together', list(1, [1, 0.5], [1.5, 0.5])],
    ]
    const wholeLists: typeof lists = [
      ['of the same piece twice', list(2, [1, 2], [1, 2])],
      ['with less than the file has', list(2.25, [1, 1], [3, 1])],
      ['with a piece without bytes right behind another', list(1, [1, 1], [2, 0])],
    ]
    // Who is told of one mapping at a time learns the ones on the way, and can't see the others.
    const isPiecemeal = name.startsWith('fuse-iomap')

    it.each(isPiecemeal ? lists : [...lists, ...wholeLists])('%s is EINVAL, each time, and nothing of it is kept', (_, map) => {
      kernel.disconnect?.()
      const on = mounted(newRig(), kernel.connect)
      const emptyBytes = on.mount.way.residentBytes()
      for (const path of ['f', 'g']) {
        const added = on.add(path, map)
        const used = added.ok ? [readOf(on, path, 0, map.sizeBytes), readOf(on, path, 0, map.sizeBytes)] : [added]
        const outcomes = isPiecemeal || !added.ok ? used : [open(on, path), ...used, open(on, path), writeOf(on, path, 0, new Uint8Array(1))]
        expect(outcomes.map(errnoOf)).toEqual(outcomes.map(() => 'EINVAL'))
        expect(isPiecemeal || on.mount.way.residentBytes() === emptyBytes).toBe(true)
      }
    })
  })

  describe(`${name}: an open file`, () => {
    const sound = randomMap(USUAL, { kind: 'simple', count: 2, deviceCount: Math.min(2, manyDevices), seed: 5, unitsMost: 3 })

    it('is gone with its inode, and the kernel keeps nothing of it', () => {
      const { on } = mountedWith(kernel, newRig(), sound)
      const empty = mounted(newRig(), kernel.connect).mount.way.residentBytes()
      valueOf(readOf(on, 'f', 0, sound.sizeBytes))
      const full = on.mount.way.residentBytes()
      expect(full).toBeGreaterThan(empty)
      const inode = on.mount.lookup('f')
      if (!inode) throw new Error('there is no f')
      on.mount.remove(inode)
      expect(on.mount.way.residentBytes()).toBe(empty)
    })
  })

  describe(`${name}: maps by chance`, () => {
    it('are what a naive model says', () => {
      const shape: fc.Arbitrary<MapShape> = fc.record({
        kind: fc.constantFrom('simple', 'interleaved'),
        count: name === 'v1-abi42' ? fc.integer({ min: 1, max: 3 }) : fc.integer({ min: 1, max: 40 }),
        deviceCount: name === 'v1-abi42' ? fc.integer({ min: 1, max: 2 }) : fc.integer({ min: 1, max: 8 }),
        seed: fc.nat({ max: 1_000_000 }),
        unitsMost: fc.constantFrom(1, 2, 4),
        rowCount: fc.integer({ min: 1, max: 5 }),
      })
      const property = fc.property(shape, fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 3000 })), { maxLength: 8 }), (given, spans) => {
        const rig = newRig(SMALL)
        const map = randomMap(SMALL, given)
        expect(outcomeOf(kernel, rig, map)).toBe(tableOf(kernel, map))
        if (limitOf(name, map) !== undefined) return
        const { on } = mountedWith(kernel, rig, map)
        const model = bytesOf(rig, map)
        const file = mapOf(on, 'f')
        for (const [share, length] of spans) {
          const at = Math.floor(share * (map.sizeBytes - 1))
          expect(firstDifference(valueOf(readOf(on, 'f', at, length)), model.slice(at, at + length))).toBe(-1)
          expect(file.getUint8(at)).toBe(model[at])
        }
      })
      fc.assert(property, { numRuns: Math.ceil(kernelRuns.maps / (kernel.every ?? 1)) })
    })
  })
}

/** Simple extents, and the same as interleaved extents with one strip each: for kernels whose messages have room for both. */
export function oneStripContract(kernel: KernelUnderTest): void {
  it(`${kernel.name}: a list of extents and the same list as interleaved extents of one strip each give identical answers`, () => {
    for (const count of someOf(kernel, Array.from({ length: 32 }, (_, i) => i + 1))) {
      kernel.disconnect?.()
      const rig = newRig(SMALL)
      const list = randomMap(SMALL, { kind: 'simple', count, deviceCount: 1 + (count % 2), seed: count, unitsMost: 5 }) as WideMap & { kind: 'simple' }
      const { sizeBytes } = list
      const extents = listOf(list)
      const lastBytes = sizeBytes - extents.slice(0, -1).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
      const interleaved = extents.map((extent, i) => ({ sizeBytes: i === count - 1 ? lastBytes : extent.lengthBytes, chunkBytes: SMALL.unitBytes, strips: [extent] }))
      const striped: WideMap = { kind: 'interleaved', sizeBytes, interleaved }
      const on = mounted(rig, kernel.connect)
      valueOf(on.add('list', list))
      valueOf(on.add('striped', striped))
      const [a, b] = [newAnswer(), newAnswer()]
      const resolvers = [valueOf(open(on, 'list')).resolver, valueOf(open(on, 'striped')).resolver] as const
      for (let at = 0; at < sizeBytes; at += 13) {
        const isSame = resolvers[0].resolve(at, a) && resolvers[1].resolve(at, b) && a[DEVINDEX] === b[DEVINDEX] && a[OFFSET] === b[OFFSET]
        if (!isSame) throw new Error(`byte ${at} of ${count} extents: ${String(a)}, ${String(b)}`)
      }
      expect(firstDifference(valueOf(readOf(on, 'striped', 0, sizeBytes)), valueOf(readOf(on, 'list', 0, sizeBytes)))).toBe(-1)
      expect(valueOf(readOf(on, 'list', 0, sizeBytes))).toHaveLength(sizeBytes)
    }
  })
}

/** Several interleaved extents, each of which may end inside of a chunk: no log has them, messages do. */
export function severalPartsContract(kernel: KernelUnderTest): void {
  it(`${kernel.name}: interleaved extents that end inside of a chunk are followed by the next one at once`, () => {
    const unitBytes = SMALL.unitBytes
    let ended = 0
    const seeds = someOf(kernel, Array.from({ length: 24 }, (_, i) => i))
    for (const seed of seeds) {
      let cursor = 1
      const interleaved = Array.from({ length: 2 + (seed % 4) }, (_, i) => {
        const chunkUnits = 2 ** ((seed + i) % 3)
        const stripCount = 1 + ((seed + 2 * i) % 3)
        const units = 1 + ((seed * 7 + i * 5) % 9)
        const stripUnits = Math.ceil(units / (chunkUnits * stripCount)) * chunkUnits
        if (units % chunkUnits !== 0) ended++
        const strips = Array.from({ length: stripCount }, (__, strip) => ({ devindex: (strip + i) % 3, offsetBytes: (cursor + strip * stripUnits) * unitBytes, lengthBytes: stripUnits * unitBytes }))
        cursor += stripCount * stripUnits
        return { sizeBytes: units * unitBytes, chunkBytes: chunkUnits * unitBytes, strips }
      })
      const last = interleaved.at(-1)
      if (last) last.sizeBytes -= seed % unitBytes
      const map: WideMap = { kind: 'interleaved', sizeBytes: interleaved.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), interleaved }
      expect(outcomeOf(kernel, newRig(SMALL), map)).toBe('ok')
    }
    expect(ended).toBeGreaterThan(seeds.length * 0.8)
  })
}
