// A run of the lab: the same files and the same accesses on two kernels, one after the other, over the same memory. What a
// kernel reads is held against what stands there. Counts are taken while it reads; times afterwards, by themselves.

import { crc32 } from '../../core/base/crc32.ts'
import { ok, type Result } from '../../core/base/result.ts'
import { NIL_UUID } from '../../core/base/uuid.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import { daxdev } from '../../core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../core/mem/memory.ts'
import { type Accesses, accessesOf } from './accesses.ts'
import { concludes } from './conclude.ts'
import { deviceName, type LabFiles, labFiles } from './files.ts'
import { refuseSetup } from './setup.ts'
import { SideKernel, type SideOutside } from './sideKernel.ts'
import { fillExpected, Truth } from './truth.ts'
import type { LabCurve, LabProgress, LabRun, LabSetup, LabSide } from './types.ts'

export interface LabOutside extends SideOutside {
  /** Memory of which untouched parts cost nothing. */
  newBuffer(sizeBytes: number): Result<SharedArrayBuffer | ArrayBuffer>
  /** Why a daemon can't run in a worker here, if it can't. */
  daemonWhy?: string | undefined
}

/** Long work in steps, so that whoever runs it can show how far it is, and stop it. */
export type LabTask<T> = Generator<LabProgress, T, void>

const PIECE_COUNT = 2000
/** Lengths of list that a curve goes through. */
const CURVE_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 4000, 16_000, 100_000]
const CURVE_ACCESSES = 2000

export function* runLab(setup: LabSetup, outside: LabOutside): LabTask<Result<LabRun>> {
  const failure = refuseSetup(setup)
  if (failure) return { ok: false, failure }
  const made = labFiles(setup)
  const memories = memoriesFor(made, outside)
  if (!memories.ok) return memories
  const accesses = accessesOf(setup, made.files.map(({ map }) => map.sizeBytes))
  const expected = yield* prepared(made, memories.value, accesses)
  const placed = placedDaemon(setup, outside)
  const [a, b] = setup.kernels
  const sides = [yield* runSide(a, setup, made, memories.value, accesses, placed.outside), yield* runSide(b, setup, made, memories.value, accesses, placed.outside)] as const
  const agrees = sides.every(({ checksum }) => checksum === expected)
  const facts = { setup, daemon: placed.daemon, daemonWhy: placed.why, sides, agrees }
  return ok({ ...facts, conclusion: concludes(facts) })
}

/** One kernel and one file of more and more extents or chunks, until it refuses. Places are looked up, at random, and no byte is read. */
export function* curveOf(kernel: KernelName, setup: LabSetup, outside: LabOutside, counts: readonly number[] = CURVE_COUNTS): LabTask<Result<LabCurve>> {
  const points: LabCurve['points'] = []
  const placed = placedDaemon(setup, outside)
  for (const [doneCount, extentCount] of counts.entries()) {
    yield { what: `${kernel}, ${extentCount} extents`, doneCount, totalCount: counts.length }
    const one = { ...setup, extentCount, fileCount: 1, accessCount: CURVE_ACCESSES, accessBytes: 8, pattern: 'random' as const }
    const failure = refuseSetup(one)
    if (failure) return { ok: false, failure }
    const made = labFiles(one)
    const memories = memoriesFor(made, outside)
    if (!memories.ok) return memories
    const side = new SideKernel(kernel, one, made, memories.value, placed.outside)
    try {
      const accesses = accessesOf(one, made.files.map(({ map }) => map.sizeBytes))
      side.touch(accesses)
      const { failure: endsBecause, residentBytes, roundTripCount } = side.counts()
      if (endsBecause) return ok({ kernel, points, endsBecause })
      points.push({ extentCount, residentBytes, roundTripCount, ...side.timing(accesses) })
    } finally {
      side.end()
    }
  }
  return ok({ kernel, points, endsBecause: undefined })
}

/** Runs a task to its end without a pause. */
export function labNow<T>(task: LabTask<T>): T {
  for (;;) {
    const step = task.next()
    if (step.done) return step.value
  }
}

export function memoriesFor({ deviceBytes }: LabFiles, { newBuffer }: Pick<LabOutside, 'newBuffer'>): Result<Memory[]> {
  const memories: Memory[] = []
  for (const [devindex, sizeBytes] of deviceBytes.entries()) {
    const buffer = newBuffer(sizeBytes)
    if (!buffer.ok) return buffer
    memories.push(coherentMemory(daxdev({ name: deviceName(devindex), uuid: NIL_UUID, buffer: buffer.value, mode: 'famfs' })))
  }
  return ok(memories)
}

/** Writes what will be read. @returns the checksum of reading it in the order of the accesses */
function* prepared({ files }: LabFiles, memories: readonly Memory[], accesses: Accesses): LabTask<number> {
  const truths = files.map(({ map }) => new Truth(map))
  const reach = { at: (devindex: number) => memories[devindex] }
  let checksum = 0
  for (let i = 0; i < accesses.count; i++) {
    if (i % PIECE_COUNT === 0) yield { what: 'files', doneCount: i, totalCount: accesses.count }
    const fileIndex = accesses.fileIndices[i] as number
    const offsetBytes = accesses.offsets[i] as number
    const bytes = new Uint8Array(accesses.lengths[i] as number)
    fillExpected(bytes, fileIndex, offsetBytes)
    truths[fileIndex]?.store(reach, offsetBytes, bytes)
    checksum = checksumWith(checksum, bytes)
  }
  return checksum
}

function* runSide(
  kernel: KernelName, setup: LabSetup, made: LabFiles, memories: readonly Memory[], accesses: Accesses, outside: SideOutside,
): LabTask<LabSide> {
  const side = new SideKernel(kernel, setup, made, memories, outside)
  try {
    const checksum = yield* readAll(side, kernel, setup.accessBytes, accesses)
    const counts = side.counts()
    yield { what: `${kernel}, times`, doneCount: 0, totalCount: 1 }
    return { kernel, ...counts, ...side.timing(accesses), checksum }
  } finally {
    side.end()
  }
}

function* readAll(side: SideKernel, kernel: KernelName, accessBytes: number, accesses: Accesses): LabTask<number> {
  const target = new Uint8Array(accessBytes)
  let checksum = 0
  for (let i = 0; i < accesses.count; i++) {
    if (i % PIECE_COUNT === 0) yield { what: kernel, doneCount: i, totalCount: accesses.count }
    const part = target.subarray(0, accesses.lengths[i] as number)
    if (side.read(accesses.fileIndices[i] as number, accesses.offsets[i] as number, part)) checksum = checksumWith(checksum, part)
  }
  return checksum
}

function checksumWith(checksum: number, bytes: Uint8Array): number {
  return (Math.imul(checksum, 31) + crc32(bytes)) >>> 0
}

function placedDaemon({ daemon }: LabSetup, outside: LabOutside): { daemon: LabSetup['daemon']; why: string | undefined; outside: SideOutside } {
  const { nowUs, far } = outside
  if (daemon === 'beside') return { daemon, why: undefined, outside: { ...outside, far: undefined } }
  if (far) return { daemon, why: undefined, outside: { ...outside, nowUs } }
  return { daemon: 'beside', why: outside.daemonWhy ?? 'Nobody here starts daemons in workers.', outside }
}

