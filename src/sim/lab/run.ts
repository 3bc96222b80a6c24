// A run of the lab: the same files and the same accesses on two kernels, one after the other, over the same memory. What a
// kernel reads is held against what stands there, access by access. Counts are taken while it reads; times afterwards, by
// themselves. No step is long: whoever runs it sees how far it is, and may stop.

import { crc32 } from '../../core/base/crc32.ts'
import { ok, type Result } from '../../core/base/result.ts'
import { NIL_UUID } from '../../core/base/uuid.ts'
import type { KernelName } from '../../core/kernel/way.ts'
import { daxdev } from '../../core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../core/mem/memory.ts'
import { AHEAD_BYTES } from '../../core/kernel/ways/iomap.ts'
import { type Accesses, accessesOf } from './accesses.ts'
import { concludes } from './conclude.ts'
import { deviceName, type LabFiles, labFiles } from './files.ts'
import { type Move, Mover, movesOf } from './moves.ts'
import { refuseSetup } from './setup.ts'
import { SideKernel, type SideOutside } from './sideKernel.ts'
import { fillExpected, Truth } from './truth.ts'
import { CURVE_ACCESSES, type LabCurve, type LabProgress, type LabRun, type LabSetup, type LabSide } from './types.ts'

export interface LabOutside extends SideOutside {
  /** Memory of which untouched parts cost nothing. */
  newBuffer(sizeBytes: number): Result<SharedArrayBuffer | ArrayBuffer>
  /** Why a daemon can't run in a worker here, if it can't. */
  daemonWhy?: string | undefined
}

/** Long work in steps, so that whoever runs it can show how far it is, and stop it. */
export type LabTask<T> = Generator<LabProgress, T, void>

const PIECE_COUNT = 2000
const PIECE_MOST_US = 50_000
/** Lengths of list that a curve goes through. */
const CURVE_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 4000, 16_000, 100_000]

/** What a run has once its files are there. */
interface Bench {
  setup: LabSetup
  made: LabFiles
  memories: readonly Memory[]
  accesses: Accesses
  moves: readonly Move[]
  outside: SideOutside
}

export function* runLab(setup: LabSetup, outside: LabOutside): LabTask<Result<LabRun>> {
  const failure = refuseSetup(setup)
  if (failure) return { ok: false, failure }
  const made = labFiles(setup)
  const accesses = accessesOf(setup, made.files.map(({ map }) => map.sizeBytes))
  const moves = movesOf(setup, made, accesses)
  const memories = memoriesFor(made, outside)
  if (!memories.ok) return memories
  const placed = placedDaemon(setup, outside)
  const bench: Bench = { setup, made, memories: memories.value, accesses, moves, outside: placed.outside }
  const [a, b] = setup.kernels
  const checks = yield* prepared(bench)
  const first = yield* runSide(a, bench, checks)
  // What moved is back at its first place.
  if (moves.length > 0) yield* prepared(bench)
  const sides = [first, yield* runSide(b, bench, checks)] as const
  const agrees = sides.every(({ failedCount, wrongCount }) => failedCount === 0 && wrongCount === 0)
  const aheadBytes = setup.kernels.some((kernel) => kernel.startsWith('fuse-iomap')) ? (setup.aheadBytes ?? AHEAD_BYTES) : undefined
  const facts = { setup, daemon: placed.daemon, daemonWhy: placed.why, sides, agrees, movedCount: moves.length, aheadBytes }
  return ok({ ...facts, conclusion: concludes(facts) })
}

/** One kernel and one file of more and more extents or chunks, until it refuses. Places are looked up, at random, and no byte is read. */
export function* curveOf(kernel: KernelName, setup: LabSetup, outside: LabOutside, extentCounts: readonly number[] = CURVE_COUNTS): LabTask<Result<LabCurve>> {
  const points: LabCurve['points'] = []
  const counts = setup.shape === 'striped' ? 'chunks' : 'extents'
  const placed = placedDaemon(setup, outside)
  for (const [doneCount, extentCount] of extentCounts.entries()) {
    const progress = { what: `${kernel}, ${extentCount} ${counts}`, doneCount, totalCount: extentCounts.length }
    yield progress
    const one = { ...setup, extentCount, fileCount: 1, accessCount: CURVE_ACCESSES, accessBytes: 8, pattern: 'random' as const, moveCount: 0 }
    const failure = refuseSetup(one)
    if (failure) return { ok: false, failure }
    const made = labFiles(one)
    const memories = memoriesFor(made, outside)
    if (!memories.ok) return memories
    const side = new SideKernel(kernel, one, made, memories.value, placed.outside)
    try {
      // One file.
      if (side.pushCount > 0) side.push(0)
      const accesses = accessesOf(one, made.files.map(({ map }) => map.sizeBytes))
      side.touch(accesses)
      const { failure: endsBecause, residentBytes, roundTripCount } = side.counts()
      if (endsBecause) return ok({ kernel, points, endsBecause, counts })
      yield progress
      points.push({ extentCount, residentBytes, roundTripCount, ...(yield* timesOf(side, accesses, progress)) })
    } finally {
      side.end()
    }
  }
  return ok({ kernel, points, endsBecause: undefined, counts })
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

/** Writes what will be read. @returns the checksum of each access, as it should be */
function* prepared({ made: { files }, memories, accesses, outside }: Bench): LabTask<Uint32Array> {
  const truths = files.map(({ map }) => new Truth(map))
  const reach = { at: (devindex: number) => memories[devindex] }
  const checks = new Uint32Array(accesses.count)
  for (const { index, isPiece } of inPieces(accesses.count, outside)) {
    if (isPiece) yield { what: 'files', doneCount: index, totalCount: accesses.count }
    const fileIndex = accesses.fileIndices[index] as number
    const offsetBytes = accesses.offsets[index] as number
    const bytes = new Uint8Array(accesses.lengths[index] as number)
    fillExpected(bytes, fileIndex, offsetBytes)
    truths[fileIndex]?.store(reach, offsetBytes, bytes)
    checks[index] = crc32(bytes)
  }
  return checks
}

function* runSide(kernel: KernelName, bench: Bench, checks: Uint32Array): LabTask<LabSide> {
  const { setup, made, memories, accesses, outside } = bench
  const side = new SideKernel(kernel, setup, made, memories, outside)
  try {
    for (const { index, isPiece } of inPieces(side.pushCount, outside)) {
      if (isPiece) yield { what: `${kernel}, replay`, doneCount: index, totalCount: side.pushCount }
      side.push(index)
    }
    const read = yield* readAll(side, kernel, bench, checks)
    const counts = side.counts()
    return { kernel, ...counts, ...(yield* timesOf(side, accesses, { what: `${kernel}, times`, doneCount: 0, totalCount: 2 })), ...read }
  } finally {
    side.end()
  }
}

interface Read {
  checksum: number
  expectedChecksum: number
  wrongCount: number
}

function* readAll(side: SideKernel, kernel: KernelName, { setup, made, memories, accesses, moves, outside }: Bench, checks: Uint32Array): LabTask<Read> {
  const target = new Uint8Array(setup.accessBytes)
  const mover = new Mover(made, { at: (devindex) => memories[devindex] }, accesses)
  const changeIndex = setup.programChange === undefined ? -1 : Math.floor(accesses.count / 2)
  const read: Read = { checksum: 0, expectedChecksum: 0, wrongCount: 0 }
  let movedCount = 0
  for (const { index, isPiece } of inPieces(accesses.count, outside)) {
    if (isPiece) yield { what: kernel, doneCount: index, totalCount: accesses.count }
    for (let move = moves[movedCount]; move && move.accessIndex <= index; move = moves[++movedCount]) {
      const { fileIndex, map } = move
      for (const _ of mover.move(move, () => side.move(fileIndex, map))) yield { what: kernel, doneCount: index, totalCount: accesses.count }
    }
    if (index === changeIndex) side.upload(setup.programChange ?? '')
    const part = target.subarray(0, accesses.lengths[index] as number)
    if (!side.read(accesses.fileIndices[index] as number, accesses.offsets[index] as number, part)) continue
    const [found, expected] = [crc32(part), checks[index] as number]
    if (found !== expected) read.wrongCount++
    read.checksum = checksumWith(read.checksum, found)
    read.expectedChecksum = checksumWith(read.expectedChecksum, expected)
  }
  return read
}

type Times = Pick<LabSide, 'nsPerResolve' | 'resolveSpread' | 'openUs' | 'openSpread'>

function* timesOf(side: SideKernel, accesses: Accesses, progress: LabProgress): LabTask<Times> {
  yield progress
  const resolve = side.resolveTime(accesses)
  // Of a run, half of that is done.
  yield progress.totalCount === 2 ? { ...progress, doneCount: 1 } : progress
  const open = side.openTime()
  return { nsPerResolve: resolve?.median, resolveSpread: resolve, openUs: open?.median, openSpread: open }
}

/** All indices, and which of them begin a piece of work: after so many, or after some time where each takes long. */
function* inPieces(count: number, { nowUs }: Pick<LabOutside, 'nowUs'>): Generator<{ index: number; isPiece: boolean }, void, void> {
  const at = { index: 0, isPiece: true }
  for (let sinceUs = nowUs(); at.index < count; at.index++) {
    at.isPiece = at.index % PIECE_COUNT === 0 || nowUs() - sinceUs >= PIECE_MOST_US
    if (at.isPiece) sinceUs = nowUs()
    yield at
  }
}

function checksumWith(checksum: number, crc: number): number {
  return (Math.imul(checksum, 31) + crc) >>> 0
}

function placedDaemon({ daemon }: LabSetup, outside: LabOutside): { daemon: LabSetup['daemon']; why: string | undefined; outside: SideOutside } {
  const { nowUs, far } = outside
  if (daemon === 'beside') return { daemon, why: undefined, outside: { ...outside, far: undefined } }
  if (far) return { daemon, why: undefined, outside: { ...outside, nowUs } }
  return { daemon: 'beside', why: outside.daemonWhy ?? 'Nobody here starts daemons in workers.', outside }
}

