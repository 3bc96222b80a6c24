// Space on several devices against a model that keeps one flag per unit and searches it unit by unit: the same extents come
// out, no two overlap or leave their device, nothing falls on a device that isn't here, failures leave no trace, and the
// bitmaps that are kept are those that the log gives.

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { SeededRandom, shuffledIndices } from '../../src/core/base/random.ts'
import { must } from '../../src/core/base/result.ts'
import type { Extent } from '../../src/core/fmap/fmap.ts'
import { createFile } from '../../src/core/fs/create.ts'
import { logRawFile } from '../helpers/rawFile.ts'
import { addDevices } from '../../src/core/fs/devadd.ts'
import { buildBitmap, type LogLock, newVolume, type Volume } from '../../src/core/fs/volume.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { printCount, propertyRuns } from '../counts.ts'
import { formatAll, newMemories } from '../helpers/severalVolumes.ts'
import { file, lock, nextUuid, OWNER } from '../helpers/volumes.ts'

const DATA_OFFSET = 10 * MIB
const SUPERBLOCK = 2 * MIB

type Step =
  | { op: 'creat'; sizeUnits: number; isWhole: boolean; interleave: { bucketCount: number; stripCount: number; chunkUnits: number } | undefined }
  | { op: 'raw'; devindex: number; unit: number; count: number }
  | { op: 'away' | 'back'; devindex: number }
  | { op: 'lock' | 'devadd' }

const devindex = fc.integer({ min: 1, max: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      op: fc.constant('creat' as const),
      sizeUnits: fc.constantFrom(1, 2, 3, 5, 8, 13, 19),
      isWhole: fc.boolean(),
      interleave: fc.option(fc.record({ bucketCount: fc.integer({ min: 6, max: 12 }), stripCount: fc.integer({ min: 1, max: 6 }), chunkUnits: fc.constantFrom(1, 2, 4) }), { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('raw' as const), devindex: fc.nat({ max: 5 }), unit: fc.nat({ max: 40 }), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('away' as const, 'back' as const, 'back' as const), devindex }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('lock' as const, 'devadd' as const) }) },
)

/** Sizes that are no multiples of the unit; small ones, so that devices fill up. */
const sizes = fc.constantFrom(
  { unitBytes: 2 * MIB, sizes: [40 * MIB, 24 * MIB, 30 * MIB + 4097, 16 * MIB, 64 * MIB - 1, 20 * MIB] },
  { unitBytes: 4096, sizes: [DATA_OFFSET + 60 * 4096, SUPERBLOCK + 90 * 4096, SUPERBLOCK + 33 * 4096 + 5, SUPERBLOCK + 50 * 4096, SUPERBLOCK + 4096, SUPERBLOCK + 77 * 4096 + 4095] },
)

/** One device of the model. */
interface ModelDevice {
  used: boolean[]
  cursor: number
}

class World {
  readonly unitBytes: number
  readonly memories: Memory[]
  readonly volume: Volume
  readonly away = new Set<number>()
  /** By index; the first is the primary. */
  readonly model: ModelDevice[] = []
  readonly seed: number
  held: LogLock

  constructor(unitBytes: number, deviceSizes: readonly number[], seed: number) {
    this.unitBytes = unitBytes
    this.seed = seed
    this.memories = newMemories(deviceSizes)
    formatAll(this.memories.slice(0, 3), nextUuid, unitBytes)
    this.volume = newVolume(this.memories[0] as Memory, () => this.memories.filter((_, i) => !this.away.has(i)))
    for (let i = 0; i < 3; i++) this.modelDevice()
    this.held = lock(this.volume)
  }

  modelDevice(): void {
    const index = this.model.length
    const sizeBytes = (this.memories[index] as Memory).device.sizeBytes
    const used = Array.from({ length: Math.floor(sizeBytes / this.unitBytes) }, (_, unit) => unit * this.unitBytes < (index === 0 ? DATA_OFFSET : SUPERBLOCK))
    this.model.push({ used, cursor: 0 })
  }

  /** Devices that are here under this lock, by index. */
  here(): number[] {
    return this.held.spaces.map((space) => space.devindex)
  }

  relock(): void {
    this.held = lock(this.volume)
    for (const device of this.model) device.cursor = 0
  }
}

let made = 0
let apart = 0
let refused = 0

const property = fc.property(sizes, fc.array(step, { minLength: 20, maxLength: 50, size: 'max' }), fc.nat(), ({ unitBytes, sizes: deviceSizes }, steps, seed) => {
  const world = new World(unitBytes, deviceSizes, seed)
  steps.forEach((each, i) => runStep(world, each, `n${i}`))
  expectSame(world)
})

it('space on several devices is what the model gives', () => {
  fc.assert(property, { numRuns: propertyRuns.dear })
  printCount('files allocated on several devices', made)
  printCount('of them with strips on devices apart', apart)
  printCount('files refused on several devices', refused)
  expect(Math.min(made, apart, refused)).toBeGreaterThan(100)
})

function runStep(world: World, each: Step, path: string): void {
  switch (each.op) {
    case 'creat':
      return creat(world, each, path)
    case 'raw':
      return raw(world, each, path)
    case 'away':
      world.away.add(each.devindex)
      return relock(world)
    case 'back':
      world.away.delete(each.devindex)
      return relock(world)
    case 'lock':
      expectSame(world)
      return relock(world)
    default:
      return devadd(world)
  }
}

function devadd(world: World): void {
  const memory = world.memories[world.model.length]
  if (!memory || world.away.has(world.model.length)) return
  must(addDevices(world.held, [memory], { systemUuid: OWNER, relaxed: true, newUuid: nextUuid }))
  world.modelDevice()
  relock(world)
}

function relock(world: World): void {
  world.relock()
  expect(world.here()).toEqual(world.model.flatMap((_, i) => (world.away.has(i) ? [] : [i])))
}

function creat(world: World, each: Step & { op: 'creat' }, path: string): void {
  const { held, unitBytes } = world
  const sizeBytes = each.sizeUnits * unitBytes - (each.isWhole ? 0 : 1)
  const interleave = each.interleave && { ...each.interleave, chunkBytes: each.interleave.chunkUnits * unitBytes }
  const seed = world.seed + held.nextIndex
  const before = { bitmaps: bitmapsOf(held), cursors: held.spaces.map(({ cursorUnit }) => cursorUnit), nextIndex: held.nextIndex }
  const random = new SeededRandom(seed)
  const options = { relaxed: true, bucketOrder: (count: number) => shuffledIndices(count, random) }
  const result = createFile(held, file(path, sizeBytes, interleave ? { interleave } : {}), options)
  const expected = interleave && sizeBytes >= interleave.chunkBytes ? modelStrips(world, sizeBytes, interleave, seed) : modelRun(world, Math.ceil(sizeBytes / unitBytes), interleave !== undefined)
  if (!result.ok) {
    refused++
    expect([result.failure.reason, expected]).toEqual([interleave && sizeBytes >= interleave.chunkBytes ? 'no_strips' : 'no_space', undefined])
    expect({ bitmaps: bitmapsOf(held), cursors: held.spaces.map(({ cursorUnit }) => cursorUnit), nextIndex: held.nextIndex }).toEqual(before)
    return
  }
  made++
  const { map } = result.value
  expect(map.kind === 'simple' ? map.extents : map.strips).toEqual(expected)
  if (map.kind === 'interleaved' && new Set(map.strips.map((strip) => strip.devindex)).size === map.strips.length && map.strips.length > 1) apart++
}

/** Logged extents may lie on anything. */
function raw(world: World, { devindex: which, unit, count }: Step & { op: 'raw' }, path: string): void {
  const { unitBytes, model } = world
  const extent = { devindex: which, offsetBytes: (unit + 1) * unitBytes, lengthBytes: count * unitBytes }
  must(logRawFile(world.held, { path, mode: 0, uid: 0, gid: 0, map: { kind: 'simple', sizeBytes: 1, extents: [extent] } }))
  const used = model[which]?.used
  if (used) used.fill(true, unit + 1, Math.min(unit + 1 + count, used.length))
}

function modelRun(world: World, count: number, fromStart: boolean): Extent[] | undefined {
  for (const index of world.here()) {
    const device = world.model[index] as ModelDevice
    const first = firstFit(device.used, count, fromStart ? 0 : device.cursor, device.used.length)
    if (first < 0) continue
    if (fromStart) for (const each of world.here()) (world.model[each] as ModelDevice).cursor = 0
    device.cursor = first + count
    return [take(world, index, first, count)]
  }
  return undefined
}

/** On devices apart where as many have room, else in distinct buckets of all of them, which take turns. */
function modelStrips(world: World, sizeBytes: number, interleave: { bucketCount: number; stripCount: number; chunkBytes: number }, seed: number): Extent[] | undefined {
  const { unitBytes, model } = world
  const { bucketCount, stripCount, chunkBytes } = interleave
  const stripUnits = (Math.ceil(Math.ceil(sizeBytes / unitBytes) / ((chunkBytes / unitBytes) * stripCount)) * chunkBytes) / unitBytes
  const here = world.here()
  const random = new SeededRandom(seed)
  const whole = here.length > 1 && here.length >= stripCount ? shuffledIndices(here.length, random).map((i) => [here[i] as number, 0, 1] as const) : []
  const roomy = whole.filter(([index]) => firstFit((model[index] as ModelDevice).used, stripUnits, 0, Infinity) >= 0)
  const buckets = (): (readonly [number, number, number])[] => {
    const shuffled = shuffledIndices(here.length * bucketCount, random).map((i) => [here[Math.floor(i / bucketCount)] as number, i % bucketCount, bucketCount] as const)
    // In turns: the first that came up of each device, then the second of each.
    const turnOf = (at: number): number => shuffled.slice(0, at).filter(([index]) => index === shuffled[at]?.[0]).length
    return shuffled.map((place, at) => ({ place, turn: turnOf(at) })).toSorted((a, b) => a.turn - b.turn).map(({ place }) => place)
  }
  const places = roomy.length >= stripCount ? roomy : buckets()
  const found: [number, number][] = []
  for (const [index, part, parts] of places) {
    const { used } = model[index] as ModelDevice
    const partUnits = Math.floor(used.length / parts)
    const first = firstFit(used, stripUnits, part * partUnits, (part + 1) * partUnits)
    if (first >= 0 && found.length < stripCount) found.push([index, first])
  }
  return found.length < stripCount ? undefined : found.map(([index, first]) => take(world, index, first, stripUnits))
}

function firstFit(used: readonly boolean[], count: number, from: number, to: number): number {
  for (let first = from; first + count <= Math.min(to, used.length); first++) if (!used.slice(first, first + count).includes(true)) return first
  return -1
}

function take(world: World, index: number, first: number, count: number): Extent {
  const { used } = world.model[index] as ModelDevice
  for (let unit = first; unit < first + count; unit++) used[unit] = true
  return { devindex: index, offsetBytes: first * world.unitBytes, lengthBytes: count * world.unitBytes }
}

function bitmapsOf({ kept }: LogLock): number[] {
  return [kept.bitmap, ...kept.others.values()].map((bitmap) => bitmap.usedCount)
}

/** Kept, rebuilt from the log, and the model's flags. */
function expectSame({ held, model }: World): void {
  const rebuilt = buildBitmap(held.memory, held.layout, held.nextIndex)
  expect(rebuilt.daxdevs.list).toEqual(held.kept.daxdevs.list)
  const pairs = [[rebuilt.bitmap, held.kept.bitmap] as const, ...[...rebuilt.others].map(([index, bitmap]) => [bitmap, held.kept.others.get(index)] as const)]
  expect(pairs.map(([a, b]) => b !== undefined && a.equals(b))).toEqual(model.map(() => true))
  for (const [i, { used }] of model.entries()) {
    const bitmap = pairs[i]?.[0]
    const differs = used.findIndex((flag, unit) => bitmap?.isUsed(unit) !== flag)
    expect([i, differs]).toEqual([i, -1])
  }
}
