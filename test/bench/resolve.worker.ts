// Measures one kernel's resolves, in samples that are each checked: the places that were found are those of the file.

import { must, ok, type Result } from '../../src/core/base/result.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import { DEVINDEX, newAnswer, OFFSET, type Resolver } from '../../src/core/fmap/resolve.ts'
import { unrolled } from '../../src/core/fmap/widePulled.ts'
import { MountDevices } from '../../src/core/kernel/devices.ts'
import { isStandalone } from '../../src/core/kernel/way.ts'
import { connect } from '../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { fmapOfWide, type LabFile, labFiles, labStore } from '../../src/sim/lab/files.ts'
import { memoriesFor } from '../../src/sim/lab/run.ts'
import { LAB_UNIT_BYTES } from '../../src/sim/lab/setup.ts'
import type { LabShape } from '../../src/sim/lab/types.ts'
import { expectEqual, type Sample } from './measure.ts'
import { factsOf, type ResolveAsk, type ResolveSamples, type ResolveSubject } from './resolve.ts'

const SAMPLES = 9
const PLACES = 1024
const STRETCHES = 5
const STRETCH_MS = 1
/** Enough for all that is measured here: it is the resolve that is timed, not what happens when a cache is full. */
const CACHE_BYTES = 64 * 1024 * 1024
const STRIPS = 4

interface Subject {
  resolver: Resolver
  offsets: Float64Array
  /** Of all places' devices and offsets. */
  expected: number
  callCount: () => number
  isStriped: boolean
}

globalThis.onmessage = ({ data }: MessageEvent<ResolveAsk>): void => {
  const { subject, extentCount } = data
  const one = prepared(subject, 1)
  const many = prepared(subject, extentCount)
  nsOf(one)
  nsOf(many)
  const samples: Sample[] = []
  for (let i = 0; i < SAMPLES; i++) {
    const value = nsOf(many)
    samples.push({ value, ratio: value / nsOf(one) })
  }
  const answer: ResolveSamples = { samples, isStriped: many.isStriped }
  globalThis.postMessage(answer)
}

function prepared(subject: ResolveSubject, extentCount: number): Subject {
  const { shape } = factsOf(subject)
  const meant = opened(subject, extentCount, shape)
  const made = meant.ok ? meant.value : must(opened(subject, extentCount, 'striped'))
  const { resolver, file } = made
  const random = new SeededRandom(extentCount)
  const offsets = Float64Array.from({ length: PLACES }, () => random.below(resolver.sizeBytes))
  const expected = sumOfPlaces(file, offsets)
  // The first pass fills what is filled as it is touched.
  expectEqual(pass(resolver, offsets), expected, 'places found')
  return { resolver, offsets, expected, callCount: made.callCount, isStriped: shape === 'striped' || !meant.ok }
}

function opened(subject: ResolveSubject, extentCount: number, shape: LabShape): Result<{ resolver: Resolver; file: LabFile; callCount: () => number }> {
  const { kernel, isUniform } = factsOf(subject)
  const made = labFiles({ shape, extentCount, stripCount: STRIPS, isUniform, fileCount: 1, deviceCount: 1, seed: 1 })
  const [file] = made.files as [LabFile]
  const [memory] = must(memoriesFor(made, { newBuffer: (sizeBytes) => ok(new SharedArrayBuffer(sizeBytes)) }))
  if (!memory) throw new Error('the lab has a device')
  let calls = 0
  const watcher = { see: () => void calls++, nowUs: () => 0 }
  const maker = connect(kernel, labStore(made), { cacheCapBytes: CACHE_BYTES, sandbox: makeSandbox, watcher })
  const way = maker.make({ devices: new MountDevices(memory, isStandalone(kernel)), unitBytes: LAB_UNIT_BYTES, isReserved: () => false, openDevice: () => undefined })
  const ask = { node: file.node, path: file.path, sizeBytes: file.map.sizeBytes }
  const failure = way.push?.(ask, fmapOfWide(file.map))
  if (failure) return { ok: false, failure }
  const resolver = way.open(ask)
  return resolver.ok ? ok({ resolver: resolver.value, file, callCount: () => calls }) : resolver
}

/** Nanoseconds of one resolve: the fastest of some stretches, since whatever else the machine does only adds to them. */
function nsOf({ resolver, offsets, expected, callCount }: Subject): number {
  const before = callCount()
  let least = Infinity
  for (let i = 0; i < STRETCHES; i++) least = Math.min(least, stretchOf(resolver, offsets, expected))
  expectEqual(callCount(), before, 'requests while resolves were timed')
  return least
}

function stretchOf(resolver: Resolver, offsets: Float64Array, expected: number): number {
  const start = performance.now()
  for (let passCount = 1; ; passCount++) {
    expectEqual(pass(resolver, offsets), expected, 'places found')
    const ms = performance.now() - start
    if (ms >= STRETCH_MS) return (ms * 1e6) / (passCount * offsets.length)
  }
}

function pass(resolver: Resolver, offsets: Float64Array): number {
  const answer = newAnswer()
  let sum = 0
  for (let i = 0; i < offsets.length; i++) {
    if (!resolver.resolve(offsets[i] as number, answer)) throw new Error('a place inside of the file was not found')
    sum += (answer[OFFSET] as number) + (answer[DEVINDEX] as number)
  }
  return sum
}

/** By other code than any kernel's. */
function sumOfPlaces({ map }: LabFile, places: Float64Array): number {
  const { count, devindices, offsets, lengths } = unrolled(map)
  const starts = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i] as number) + (lengths[i] as number)
  let sum = 0
  for (const place of places) {
    let index = 0
    for (let step = 2 ** Math.ceil(Math.log2(count + 1)); step >= 1; step /= 2) if (index + step < count && (starts[index + step] as number) <= place) index += step
    sum += (offsets[index] as number) + place - (starts[index] as number) + (devindices[index] as number)
  }
  return sum
}
