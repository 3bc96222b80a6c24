// A daemon that lies, to every kernel that asks one: refused each time, no byte outside of the devices is ever read or
// stored, nothing of it is kept, and with a good daemon the same mount works. What it says unasked is in hostileNotices.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Result } from '../../src/core/base/result.ts'
import type { Extent } from '../../src/core/fmap/fmap.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import { DaxdevReply, FmapHeader } from '../../src/core/fuse/messages.ts'
import type { Answered, Handlers } from '../../src/core/fuse/wire.ts'
import { MappedFile } from '../../src/core/kernel/mappedFile.ts'
import { OpenFile } from '../../src/core/kernel/openFile.ts'
import { isStandalone, kernelNames, type PullKernel } from '../../src/core/machine/kernels.ts'
import { kernelRuns, printCount } from '../counts.ts'
import { expectGoodAgain, inodeOf, newTrial, piece, RESERVING, secretsLostOf, type Trial } from '../helpers/hostileDaemon.ts'
import { bytesAt, MEDIUM, poolOffset, positionsOf, randomMap, type Rig, SECRET, SMALL } from '../helpers/kernels.ts'
import { firstDifference, valueOf } from '../helpers/outcome.ts'

const UNIT = SMALL.unitBytes
/** What is stored. */
const STORED = 0x11
const KERNELS = kernelNames.filter((name): name is PullKernel => !isStandalone(name))
/** Striping is unrolled before these kernels see anything: what its strips are is the daemon's own matter. */
const TAKES_STRIPES: ReadonlySet<PullKernel> = new Set<PullKernel>(['fuse', 'program'])
/** What a chunk is, is between a program and its table: the kernel holds it to the file's ranges. */
const WITHIN_ITSELF: ReadonlySet<string> = new Set(['a chunk that is no power of two', 'a chunk smaller than a unit'])

/**
 * Reads all of it, stores into all of it, maps it: whatever of that is refused. What isn't was at the places of the map, and
 * nowhere else.
 * @param map where the file's bytes are; what the kernel was told unless said otherwise
 */
function tryAll({ on, rig }: Trial, path: string, map?: WideMap): Result<unknown>[] {
  const inode = inodeOf(on, path)
  const before = rig.pool.slice()
  const bytes = new Uint8Array(inode.sizeBytes)
  const read = new OpenFile(on.mount, inode, { read: true, write: true }).read(0, bytes)
  const access = on.mount.access(inode)
  const copy = new Uint8Array(inode.sizeBytes)
  const mapped = access.ok ? new MappedFile(path, access.value, true).copyTo(copy) : access
  // Files never hold that byte; superblocks, logs and what is between devices hold no other.
  expect([bytes.includes(SECRET), copy.includes(SECRET)]).toEqual([false, false])
  const positions = map ? positionsOf(rig, map) : access.ok ? placesOf(rig, new MappedFile(path, access.value, false)) : new Float64Array(0)
  const places = bytesAt(rig, positions)
  expect([read.ok ? firstDifference(bytes, places) : -1, mapped.ok ? firstDifference(copy, places) : -1]).toEqual([-1, -1])
  const written = new OpenFile(on.mount, inode, { write: true }).write(0, bytes.fill(STORED))
  // All of them where it was taken; else those before the trouble.
  const expected = before.slice()
  for (const position of positions) if (written.ok || rig.pool[position] === STORED) expected[position] = STORED
  expect(Buffer.compare(expected, rig.pool)).toBe(0)
  expect(secretsLostOf(rig)).toBe(0)
  return [read, mapped, written]
}

/** Where a kernel says that the bytes of a file are: each inside of a device, and no two of them the same. */
function placesOf(rig: Rig, file: MappedFile): Float64Array {
  const places: number[] = []
  for (const { devindex, deviceOffsetBytes, lengthBytes } of file.segments()) {
    expect(devindex < rig.deviceCount && deviceOffsetBytes >= 0 && deviceOffsetBytes + lengthBytes <= rig.deviceBytes).toBe(true)
    for (let i = 0; i < lengthBytes; i++) places.push(poolOffset(rig, devindex, deviceOffsetBytes + i))
  }
  expect(new Set(places).size).toBe(places.length)
  return Float64Array.from(places)
}

const errnosOf = (results: readonly Result<unknown>[]): string => [...new Set(results.map((result) => (result.ok ? 'ok' : result.failure.errno)))].join(', ')

const SIZE = 3 * UNIT - 5
const simple = (...extents: Extent[]): WideMap => ({ kind: 'simple', sizeBytes: SIZE, columns: columnsOf(extents) })
const striped = (chunkBytes: number, ...strips: Extent[]): WideMap => ({ kind: 'interleaved', sizeBytes: SIZE, interleaved: [{ sizeBytes: SIZE, chunkBytes, strips }] })
const GOOD = simple(piece(0, 3), piece(1, 5), piece(2, 7))

const BAD_LISTS: Record<string, WideMap> = {
  'two pieces share a unit': simple(piece(0, 3), piece(1, 4), piece(0, 3)),
  'two pieces share a part': simple(piece(0, 3, 2), piece(0, 4, 2)),
  'an offset inside of a unit': simple(piece(0, 3), { devindex: 0, offsetBytes: 9 * UNIT + 1, lengthBytes: UNIT }, piece(0, 20)),
  'a length that is no whole units': simple(piece(0, 3), { devindex: 0, offsetBytes: 9 * UNIT, lengthBytes: UNIT - 1 }, piece(0, 20, 2)),
  'two pieces that are whole units only together': simple({ devindex: 0, offsetBytes: 3 * UNIT, lengthBytes: UNIT / 2 }, { devindex: 0, offsetBytes: 3.5 * UNIT, lengthBytes: UNIT / 2 }, piece(0, 7, 2)),
  'a piece without bytes': simple(piece(0, 3), piece(0, 5, 0), piece(0, 7, 2)),
  'a piece without bytes right behind another': simple(piece(0, 3), piece(0, 4, 0), piece(0, 7, 2)),
  'a piece that begins behind the device': simple(piece(0, 3), piece(0, SMALL.deviceBytes / UNIT), piece(0, 7)),
  'a piece that ends behind the device': simple(piece(0, 3), piece(0, SMALL.deviceBytes / UNIT - 1, 2), piece(0, 7)),
  'a piece behind all numbers': simple(piece(0, 3), { devindex: 0, offsetBytes: 2 ** 53 - UNIT, lengthBytes: UNIT }, piece(0, 7)),
  'fewer bytes than the file': simple(piece(0, 3), piece(1, 5)),
  'no pieces': simple(),
  'a piece on the superblock': simple(piece(0, 3), piece(0, 0), piece(0, 7)),
  'a piece that begins in the log': simple(piece(0, 3), piece(0, 1, 2), piece(0, 7)),
  'a piece on the superblock of another device': simple(piece(0, 3), piece(1, 1), piece(0, 7)),
  'a device that nobody knows': simple(piece(0, 3), piece(99, 5), piece(2, 7)),
  'a device with a number that no message holds': simple(piece(0, 3), piece(70_000, 5), piece(2, 7)),
}

const BAD_STRIPES: Record<string, WideMap> = {
  'two strips share a unit': striped(UNIT, piece(0, 3), piece(1, 4), piece(0, 3)),
  'a strip too short': striped(UNIT, piece(0, 3), piece(1, 4)),
  'a chunk that is no power of two': striped(3 * UNIT, piece(0, 3, 3), piece(1, 4, 3)),
  'a chunk smaller than a unit': striped(UNIT / 2, piece(0, 3, 3), piece(1, 4, 3)),
  'a strip on the superblock': striped(UNIT, piece(0, 3), piece(1, 0), piece(0, 5)),
  'no chunk': striped(0, piece(0, 3, 3), piece(1, 4, 3)),
  'no strips': striped(UNIT),
  'a strip that ends behind the device': striped(UNIT, piece(0, 3), piece(1, 4), piece(0, SMALL.deviceBytes / UNIT)),
  'another size than its parts': { kind: 'interleaved', sizeBytes: SIZE, interleaved: [{ sizeBytes: UNIT, chunkBytes: UNIT, strips: [piece(0, 3)] }] },
}

const BAD_SIZES: Record<string, WideMap> = {
  'a file that has grown': { ...simple(piece(0, 3), piece(1, 5), piece(2, 7, 9)), sizeBytes: 5 * UNIT },
  'a file that has shrunk': { ...GOOD, sizeBytes: SIZE - 1 },
}

const mangled = (handlers: Handlers, change: (answered: Answered) => Answered): Handlers =>
  Object.fromEntries(Object.entries(handlers).map(([opcode, handler]) => [opcode, (node: number, request: Uint8Array) => change(handler(node, request))]))

describe.each(KERNELS)('%s', (kernel) => {
  const isPiecemeal = kernel.startsWith('fuse-iomap')
  const told = { ...BAD_LISTS, ...(TAKES_STRIPES.has(kernel) ? BAD_STRIPES : {}), ...(isPiecemeal ? {} : BAD_SIZES) }
  const lies = Object.entries(told).filter(([what]) => kernel !== 'program' || !WITHIN_ITSELF.has(what))

  it.each(lies)('refuses a map with %s, each time', (what, map) => {
    const trial = newTrial(kernel, RESERVING)
    valueOf(trial.on.add('f', GOOD))
    trial.lie(map)
    for (let times = 0; times < 2; times++) {
      expect({ what, errno: errnosOf(tryAll(trial, 'f')) }).toEqual({ what, errno: expect.stringMatching(/^(EINVAL|EIO|ENODEV|E2BIG)$/) })
    }
    // A program that has its table asks nobody any more.
    expect(trial.askedCount).toBeGreaterThan(kernel === 'program' ? 0 : 1)
    expectGoodAgain(trial, 'f', GOOD, isPiecemeal || kernel === 'program')
  })

  it('refuses bytes by chance, what is cut off, what has more behind it, and errors', () => {
    let refusedCount = 0
    let runCount = 0
    const change: fc.Arbitrary<(answered: Answered) => Answered> = fc.oneof(
      fc.uint8Array({ maxLength: 600 }).map((bytes) => () => ({ errno: 0, bytes })),
      fc.double({ min: 0, max: 0.999, noNaN: true }).map((share) => ({ errno, bytes }: Answered) => ({ errno, bytes: bytes.slice(0, Math.floor(bytes.length * share)) })),
      fc.uint8Array({ minLength: 1, maxLength: 39 }).map((more) => ({ errno, bytes }: Answered) => ({ errno, bytes: Uint8Array.from([...bytes, ...more]) })),
      fc.integer({ min: 1, max: 200 }).map((errno) => () => ({ errno, bytes: new Uint8Array(0) })),
    )
    const property = fc.property(change, (mangle) => {
      const trial = newTrial(kernel)
      valueOf(trial.on.add('f', GOOD))
      trial.listen((good) => mangled(good, mangle))
      const results = tryAll(trial, 'f')
      runCount++
      if (results.every(({ ok }) => !ok)) refusedCount++
      expectGoodAgain(trial, 'f', GOOD, true)
    })
    fc.assert(property, { numRuns: kernelRuns.lies })
    printCount(`${kernel}: lies that were refused`, `${refusedCount} of ${runCount}`)
    expect(refusedCount).toBe(runCount)
  })

  it('reaches the file’s own bytes alone where half of the answers are good and half are bytes by chance', () => {
    let refusedCount = 0
    let acceptedCount = 0
    const property = fc.property(fc.nat({ max: 1 }), fc.uint8Array({ maxLength: 300 }), (from, bytes) => {
      const trial = newTrial(kernel)
      valueOf(trial.on.add('f', GOOD))
      let count = 0
      trial.listen((good) => mangled(good, (answered) => (count++ % 2 === from ? answered : { errno: 0, bytes })))
      for (const { ok } of tryAll(trial, 'f', GOOD)) {
        if (ok) acceptedCount++
        else refusedCount++
      }
      expectGoodAgain(trial, 'f', GOOD, true)
    })
    fc.assert(property, { numRuns: kernelRuns.lies })
    printCount(`${kernel}: accesses between lies that were refused, and the others`, `${refusedCount} and ${acceptedCount}`)
    expect(refusedCount).toBeGreaterThan(0)
  })

  it('reaches no byte outside of the devices by a good answer with some bytes changed', () => {
    const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })
    const property = fc.property(flips, fc.nat({ max: 1000 }), (changes, seed) => {
      const trial = newTrial(kernel)
      const map = randomMap(SMALL, { kind: 'simple', count: 1 + (seed % 9), deviceCount: 1 + (seed % 8), seed, unitsMost: 3 })
      valueOf(trial.on.add('f', map))
      trial.listen((good) => mangled(good, ({ errno, bytes }) => {
        const changed = bytes.slice()
        for (const [share, flip] of changes) {
          const at = Math.floor(share * changed.length)
          changed[at] = (changed[at] ?? 0) ^ flip
        }
        return { errno, bytes: changed }
      }))
      expect(errnosOf(tryAll(trial, 'f'))).toMatch(/^(ok|E[A-Z0-9]+)/)
      expectGoodAgain(trial, 'f', map, true)
    })
    fc.assert(property, { numRuns: kernelRuns.lies })
  })

  it('goes on with its other files while one is lied about', () => {
    const trial = newTrial(kernel)
    const beside = simple(piece(3, 3), piece(4, 5), piece(5, 7))
    valueOf(trial.on.add('beside', beside))
    valueOf(trial.on.add('f', GOOD))
    expect(errnosOf(tryAll(trial, 'beside'))).toBe('ok')
    const { ino } = inodeOf(trial.on, 'f')
    trial.listen((good) => Object.fromEntries(Object.entries(good).map(([opcode, handler]) => [opcode, (node: number, request: Uint8Array) =>
      node === ino ? { errno: 0, bytes: new Uint8Array(77).fill(255) } : handler(node, request)])))
    expect(errnosOf(tryAll(trial, 'f'))).toMatch(/^(EINVAL|EIO|EFBIG)$/)
    expect(errnosOf(tryAll(trial, 'beside'))).toBe('ok')
    expectGoodAgain(trial, 'f', GOOD, false)
  })
})

describe.each(['fuse-iomap', 'fuse-iomap-shared'] as const)('%s, told of one mapping at a time', (kernel) => {
  const newLiar = (map: WideMap, cacheCapBytes: number): Trial => {
    const trial = newTrial(kernel, RESERVING, { aheadBytes: UNIT, cacheCapBytes })
    valueOf(trial.on.add('f', GOOD))
    trial.lie(map)
    return trial
  }
  const unseen = 'two pieces share a unit'
  // What has no bytes is told by no answer.
  const lies = Object.entries(BAD_LISTS).filter(([what]) => !what.startsWith('a piece without bytes'))
  const held = lies.map(([what, map]) => [what, 'all of them', 100_000, map] as const)
  const dropped = lies.filter(([what]) => what !== unseen).map(([what, map]) => [what, 'one of them', 1, map] as const)

  it.each([...held, ...dropped])('refuses a map with %s, each time, with room for %s', (_, __, cacheCapBytes, map) => {
    const trial = newLiar(map, cacheCapBytes)
    for (let times = 0; times < 2; times++) expect(errnosOf(tryAll(trial, 'f'))).toMatch(/^(EINVAL|EIO|ENODEV)$/)
    expectGoodAgain(trial, 'f', GOOD, true)
  })

  it('believes what only one that it dropped would contradict, within the devices', () => {
    const map = BAD_LISTS[unseen] as WideMap
    const trial = newLiar(map, 1)
    const bytes = new Uint8Array(SIZE)
    valueOf(new OpenFile(trial.on.mount, inodeOf(trial.on, 'f'), { read: true }).read(0, bytes))
    expect(firstDifference(bytes, bytesAt(trial.rig, positionsOf(trial.rig, map)))).toBe(-1)
    expectGoodAgain(trial, 'f', GOOD, true)
  })
})

describe.each(KERNELS.filter((kernel) => kernel !== 'program'))('%s, told of devices', (kernel) => {
  const name = (index: number, text: string): Uint8Array => DaxdevReply.encode({ index, name: text })
  const unended = (): Uint8Array => {
    const bytes = name(1, 'x')
    return bytes.fill(0x78, DaxdevReply.offsetOf('name'))
  }
  const answers: Record<string, (index: number) => Uint8Array> = {
    nothing: () => new Uint8Array(0),
    garbage: () => new Uint8Array(280).fill(255),
    'too few bytes': (index) => name(index, '/dev/dax1.0').subarray(0, 279),
    'another index': (index) => name(index + 1, '/dev/dax1.0'),
    'no name': (index) => name(index, ''),
    'a name without an end': unended,
    'a device that isn’t here': (index) => name(index, '/dev/dax77.0'),
    'a device that has another index already': (index) => name(index, '/dev/dax0.0'),
  }

  it.each(Object.entries(answers))('by %s', (_, bytesFor) => {
    const trial = newTrial(kernel)
    valueOf(trial.on.add('f', GOOD))
    trial.listen((good) => ({ ...good, GET_DAXDEV: (__, request) => ({ errno: 0, bytes: bytesFor(new DataView(request.buffer, request.byteOffset).getUint32(0, true)) }) }))
    for (let times = 0; times < 2; times++) expect(errnosOf(tryAll(trial, 'f'))).toMatch(/^(EIO|ENODEV)$/)
    expect(trial.on.mount.devices.list().filter(({ memory }) => memory).map(({ devindex }) => devindex)).toEqual([0])
    expectGoodAgain(trial, 'f', GOOD, false)
  })
})

describe('fuse-unrolled, at the second probe', () => {
  const long = randomMap(MEDIUM, { kind: 'simple', count: 500, deviceCount: 2, seed: 1, unitsMost: 1 })
  const wholeAt = FmapHeader.offsetOf('fmap_bytes')
  const countAt = FmapHeader.offsetOf('nextents')
  const seconds: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    'has grown': (bytes) => withWord(bytes, wholeAt, bytes.length + 24),
    'has grown, and brings it all': (bytes) => withWord(Uint8Array.from([...bytes, ...new Uint8Array(24)]), wholeAt, bytes.length + 24),
    'has shrunk': (bytes) => withWord(bytes, wholeAt, bytes.length - 24),
    'counts more than it brings': (bytes) => withWord(bytes, countAt, 501),
    'counts fewer than it brings': (bytes) => withWord(bytes, countAt, 499),
    'is its header alone again': (bytes) => bytes.slice(0, FmapHeader.sizeBytes),
    'is cut off': (bytes) => bytes.slice(0, -1),
  }

  it.each(Object.entries(seconds))('an answer that %s is refused', (_, change) => {
    const trial = newTrial('fuse-unrolled', MEDIUM)
    valueOf(trial.on.add('f', long))
    let count = 0
    trial.listen((good) => ({ ...good, GET_FMAP: (node, request) => {
      const answered = good.GET_FMAP?.(node, request) ?? { errno: 5, bytes: new Uint8Array(0) }
      return count++ % 2 === 0 ? answered : { ...answered, bytes: change(answered.bytes) }
    } }))
    expect(errnosOf(tryAll(trial, 'f'))).toBe('EINVAL')
    // Never a third time.
    expect(trial.askedCount % 2).toBe(0)
    expectGoodAgain(trial, 'f', long, false)
  })
})

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice()
  new DataView(changed.buffer).setUint32(at, value, true)
  return changed
}
