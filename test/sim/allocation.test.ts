// Whatever is made in whatever order: no new extent overlaps another, leaves the device or its bucket; what fails leaves
// everything as it was; and the owner's kept bitmap is the one that the log gives when it is read again.

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import type { Result } from '../../src/core/base/result.ts'
import { bucketUnitsOf } from '../../src/core/alloc/allocate.ts'
import { cloneFile, createDirectory, createFile, logDaxdev } from '../../src/core/fs/create.ts'
import { logRawFile } from '../helpers/rawFile.ts'
import { buildBitmap, type LogLock, newVolume, type Volume } from '../../src/core/fs/volume.ts'
import { type Extent, type Fmap, piecesOf } from '../../src/core/fmap/fmap.ts'
import type { PlayedFile } from '../../src/core/log/replay.ts'
import { printCount, propertyRuns } from '../counts.ts'
import { directory, file, fileOptions, format, lock, METADATA_BYTES, newMemory } from '../helpers/volumes.ts'

type Step =
  | { op: 'creat'; share: number; interleave: { bucketCount: number; stripCount: number; chunkUnits: number } | undefined }
  | { op: 'raw'; extents: [number, number][] }
  | { op: 'clone'; which: number }
  | { op: 'mkdir' | 'lock' | 'daxdev' | 'mkfs' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('creat' as const),
      share: fc.double({ min: 0, max: 0.4, noNaN: true }),
      interleave: fc.option(
        fc.record({ bucketCount: fc.integer({ min: 0, max: 12 }), stripCount: fc.integer({ min: 0, max: 6 }), chunkUnits: fc.constantFrom(1, 2, 3, 4) }),
        { nil: undefined },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('raw' as const), extents: fc.array(fc.tuple(fc.nat({ max: 70 }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('clone' as const), which: fc.nat({ max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('mkdir' as const, 'lock' as const, 'lock' as const, 'daxdev' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('mkfs' as const) }) },
)

/** Units and sizes that are no multiples of them. Few 4 KiB units behind the log, so that the device fills up. */
const device = fc.constantFrom(
  { unitBytes: 2 * MIB, sizeBytes: 64 * MIB },
  { unitBytes: 2 * MIB, sizeBytes: 128 * MIB + 4097 },
  { unitBytes: 2 * MIB, sizeBytes: 75 * MIB - 1 },
  { unitBytes: 4096, sizeBytes: 10 * MIB + 300 * 4096 },
  { unitBytes: 4096, sizeBytes: 10 * MIB + 97 * 4096 + 5 },
  { unitBytes: 4096, sizeBytes: 24 * MIB + 1 },
)

/** One for all runs: mkfs makes it good as new, which is its own test. */
const buffer = new ArrayBuffer(METADATA_BYTES)
let made = 0
let refused = 0

class World {
  readonly volume: Volume
  readonly random: SeededRandom
  readonly unitBytes: number
  held: LogLock
  files: PlayedFile[] = []
  /** Only what was allocated: raw files and clones may lie on anything. */
  taken: Extent[] = []

  constructor(unitBytes: number, sizeBytes: number, seed: number) {
    this.unitBytes = unitBytes
    this.random = new SeededRandom(seed)
    this.volume = newVolume(newMemory(sizeBytes, buffer))
    this.held = this.mkfs()
  }

  mkfs(): LogLock {
    format(this.volume.memory, { unitBytes: this.unitBytes })
    this.files = []
    this.taken = [{ devindex: 0, offsetBytes: 0, lengthBytes: 10 * MIB }]
    return lock(this.volume)
  }
}

const property = fc.property(device, fc.array(step, { minLength: 10, maxLength: 30 }), fc.nat(), ({ unitBytes, sizeBytes }, steps, seed) => {
  const world = new World(unitBytes, sizeBytes, seed)
  steps.forEach((each, i) => runStep(world, each, `n${i}`))
  expectSame(world)
})

it('space is given out once, inside device and bucket, and failures leave no trace', () => {
  fc.assert(property, { numRuns: propertyRuns.dear })
  printCount('files allocated in random sequences', made)
  printCount('files refused in random sequences', refused)
  // Sequences that only succeed, or only fail, would prove half.
  expect(Math.min(made, refused)).toBeGreaterThan(100)
})

function runStep(world: World, each: Step, path: string): void {
  switch (each.op) {
    case 'creat':
      return creat(world, each, path)
    case 'raw':
      return raw(world, each.extents, path)
    case 'clone': {
      const source = world.files[each.which % Math.max(1, world.files.length)]
      if (source) keep(world, cloneFile(world.held, source, path))
      return
    }
    case 'mkdir':
      expect(createDirectory(world.held, directory(path)).ok).toBe(true)
      return
    case 'daxdev':
      expect(logDaxdev(world.held, { sizeBytes: 2n ** 40n, uuid: '00112233-4455-6677-8899-aabbccddeeff', devindex: 1 }).ok).toBe(true)
      return
    case 'lock':
      expectSame(world)
      world.held = lock(world.volume)
      return
    default:
      world.held = world.mkfs()
  }
}

function creat(world: World, each: Step & { op: 'creat' }, path: string): void {
  const { held, unitBytes } = world
  const { deviceBytes } = held.layout
  const interleave = each.interleave && { ...each.interleave, chunkBytes: each.interleave.chunkUnits * unitBytes }
  const sizeBytes = 1 + Math.floor(each.share * (deviceBytes - 10 * MIB))
  const before = buildBitmap(held.memory, held.layout, held.nextIndex).bitmap
  const { cursorUnit } = held.space
  const { nextIndex } = held
  const result = createFile(held, file(path, sizeBytes, interleave ? { interleave } : {}), fileOptions(world.random))
  if (!result.ok) {
    refused++
    expect([result.failure.reason, ['no_space', 'no_strips', 'bad_interleave'].includes(result.failure.reason)]).toEqual([result.failure.reason, true])
    expect([held.space.bitmap.equals(before), held.space.cursorUnit, held.nextIndex]).toEqual([true, cursorUnit, nextIndex])
    return
  }
  made++
  expectPlaced(world, result.value.map, sizeBytes, interleave?.bucketCount ?? 0)
  keep(world, result)
}

function expectPlaced(world: World, map: Fmap, sizeBytes: number, bucketCount: number): void {
  const { unitBytes, held } = world
  const { deviceBytes } = held.layout
  const pieces = piecesOf(map)
  const clash = pieces.find((piece, i) => [...world.taken, ...pieces.slice(0, i)].some((other) => overlaps(piece, other)))
  expect(clash).toBeUndefined()
  expect(pieces.reduce((sum, piece) => sum + piece.lengthBytes, 0)).toBeGreaterThanOrEqual(sizeBytes)
  const odd = pieces.filter((piece) => piece.offsetBytes % unitBytes !== 0 || piece.lengthBytes % unitBytes !== 0 || piece.offsetBytes + piece.lengthBytes > deviceBytes)
  expect(odd).toEqual([])
  if (map.kind === 'interleaved') {
    const bucketBytes = bucketUnitsOf(deviceBytes, unitBytes, bucketCount) * unitBytes
    const firsts = pieces.map((piece) => Math.floor(piece.offsetBytes / bucketBytes))
    const lasts = pieces.map((piece) => Math.floor((piece.offsetBytes + piece.lengthBytes - 1) / bucketBytes))
    expect(lasts).toEqual(firsts)
    expect(new Set(firsts).size).toBe(pieces.length)
    expect(Math.max(...firsts)).toBeLessThan(bucketCount)
  }
  world.taken.push(...pieces)
}

function raw(world: World, units: [number, number][], path: string): void {
  const extents = units.map(([first, count]) => ({ devindex: 0, offsetBytes: (first + 1) * world.unitBytes, lengthBytes: count * world.unitBytes }))
  const sizeBytes = extents.reduce((sum, extent) => sum + extent.lengthBytes, 0)
  const ids = { path, mode: 0o644, uid: 0, gid: 0 }
  const result = logRawFile(world.held, { ...ids, map: { kind: 'simple', sizeBytes, extents } })
  expect(result.ok).toBe(true)
  // Files that come later keep clear of it.
  world.taken.push(...extents)
  keep(world, result)
}

function keep(world: World, result: Result<PlayedFile>): void {
  if (result.ok) world.files.push(result.value)
}

/** Kept, and rebuilt from the log. */
function expectSame({ held }: World): void {
  const rebuilt = buildBitmap(held.memory, held.layout, held.nextIndex)
  expect([rebuilt.seenCount, held.kept.seenCount, rebuilt.bitmap.equals(held.space.bitmap)]).toEqual([held.nextIndex, held.nextIndex, true])
}

function overlaps(a: Extent, b: Extent): boolean {
  return a.offsetBytes < b.offsetBytes + b.lengthBytes && b.offsetBytes < a.offsetBytes + a.lengthBytes
}
