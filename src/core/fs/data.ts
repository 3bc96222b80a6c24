// File data is written and read in place, piece by piece, with a flush behind each write and an invalidate before each
// comparison. No piece is larger than 4 MiB, and a pause between pieces leaves a file with its final size and map. Not a byte
// goes where the file's were before: where they may move, they are looked for once more right before they are touched.

import { SeededRandom } from '../base/random.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import { PIECE_BYTES, type Task } from '../base/task.ts'
import { DEVINDEX, LENGTH, MOVES_MOST, newAnswer, OFFSET, type Resolver } from '../fmap/resolve.ts'
import type { LackReason } from '../base/lack.ts'
import type { Memories } from '../mem/memory.ts'

/** Where cp reads: local bytes that are there when asked for. */
export interface Source {
  sizeBytes: number
  /** Fills the target, which may be shared memory, from an offset in the source. @returns bytes read; fewer than asked for is the end */
  read(offsetBytes: number, target: Uint8Array): number
}

export type DataReason = 'bad_map' | 'not_on_image' | LackReason | 'memory_failed' | 'mount_failed' | 'unmounted' | 'file_invalid' | 'map_limit' | 'map_unfit' | 'map_too_large' | 'daemon_failed' | 'program_failed' | 'no_file_map' | 'keeps_moving'

/** An open file as data operations see it: its path is for sentences. */
export interface DataFile {
  path: string
  memories: Memories
  resolver: Resolver
  /** Asked before a range of a device is touched: why it can't be. Without it, memory never fails. */
  touch?: (devindex: number, offsetBytes: number, lengthBytes: number) => Failure<DataReason> | undefined
}

/** Of what is stored from a copy. */
const COPY_BYTES = 64 * 1024

/**
 * Copies the source in, straight into the file's memory where that stays where it is. It yields before it reads each piece, so that a caller can have
 * the piece at hand.
 */
export function* copyIn(file: DataFile, source: Source): Task<Result<undefined, DataReason | 'source_short'>> {
  const sizeBytes = Math.min(source.sizeBytes, file.resolver.sizeBytes)
  for (let done = 0; done < sizeBytes; ) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const wantedBytes = Math.min(PIECE_BYTES, sizeBytes - done)
    const taken = file.resolver.validity ? takeCopies(file, source, done, wantedBytes) : takeStraight(file, source, done, wantedBytes)
    if (!taken.ok) return taken
    done += taken.value
    if (taken.value < wantedBytes) return fail('source_short', { doneBytes: done, sizeBytes })
  }
  return ok()
}

/** @returns bytes that the source had */
function takeStraight(file: DataFile, source: Source, fromBytes: number, wantedBytes: number): Result<number, DataReason> {
  let gotBytes = 0
  const read = (window: Uint8Array, at: number): boolean => {
    const count = source.read(fromBytes + at, window)
    gotBytes += count
    return count === window.length
  }
  const written = eachRange(file, fromBytes, wantedBytes, read, 'flush')
  return written.ok ? ok(gotBytes) : written
}

/** The file may move while the source is read, which can be a file of the same mount. */
function takeCopies(file: DataFile, source: Source, fromBytes: number, wantedBytes: number): Result<number, DataReason> {
  const copy = new Uint8Array(Math.min(COPY_BYTES, wantedBytes))
  let gotBytes = 0
  for (let count = copy.length; count === copy.length && gotBytes < wantedBytes; gotBytes += count) {
    count = source.read(fromBytes + gotBytes, copy.subarray(0, wantedBytes - gotBytes))
    const written = eachRange(file, fromBytes + gotBytes, count, (window, at) => void window.set(copy.subarray(at, at + window.length)), 'flush')
    if (!written.ok) return written
  }
  return ok(gotBytes)
}

/** Fills the whole file with the seed's data: one stream from its first byte. */
export function* fillSeeded(file: DataFile, seed: number | bigint): Task<Result<undefined, DataReason>> {
  const random = new SeededRandom(seed)
  const { sizeBytes } = file.resolver
  const piece = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes))
  for (let done = 0; done < sizeBytes; done += PIECE_BYTES) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const data = piece.subarray(0, Math.min(PIECE_BYTES, sizeBytes - done))
    random.fillBytes(data)
    const written = eachRange(file, done, data.length, (window, at) => void window.set(data.subarray(at, at + window.length)), 'flush')
    if (!written.ok) return written
  }
  return ok()
}

/** Compares with the seed's data; reports the first differing byte. A seed of zero has no data to compare with. */
export function* verifySeeded(file: DataFile, seed: number | bigint): Task<Result<undefined, DataReason | 'data_differs' | 'no_seed'>> {
  if (BigInt.asUintN(32, BigInt(seed)) === 0n) return fail('no_seed')
  const random = new SeededRandom(seed)
  const { sizeBytes } = file.resolver
  const expected = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes))
  const seen = new Uint8Array(expected.length)
  for (let done = 0; done < sizeBytes; done += PIECE_BYTES) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const length = Math.min(PIECE_BYTES, sizeBytes - done)
    random.fillBytes(expected.subarray(0, length))
    const read = eachRange(file, done, length, (window, at) => void seen.set(window, at), 'invalidate')
    if (!read.ok) return read
    const differs = firstDifference(expected, seen, length)
    if (differs >= 0) return fail('data_differs', { path: file.path, offsetBytes: done + differs })
  }
  return ok()
}

/** The file's bytes in order, in windows of at most 4 MiB, as they are in memory: for hashing and comparing. */
export function* scan(file: DataFile, look: (window: Uint8Array, fileOffsetBytes: number) => void): Task<Result<undefined, DataReason>> {
  const { sizeBytes } = file.resolver
  for (let done = 0; done < sizeBytes; done += PIECE_BYTES) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const from = done
    const read = eachRange(file, from, Math.min(PIECE_BYTES, sizeBytes - from), (window, at) => void look(window, from + at), 'invalidate')
    if (!read.ok) return read
  }
  return ok()
}

/** Makes what this host wrote visible to others, and lets go of what it has cached: barriers on both sides. */
export function* flushFile(file: DataFile): Task<Result<undefined, DataReason>> {
  const { sizeBytes } = file.resolver
  for (let done = 0; done < sizeBytes; done += PIECE_BYTES) {
    yield { doneCount: done, totalCount: sizeBytes, unit: 'bytes' }
    const pieceBytes = Math.min(PIECE_BYTES, sizeBytes - done)
    for (const then of ['flush', 'invalidate'] as const) {
      const reached = eachRange(file, done, pieceBytes, () => true, then)
      if (!reached.ok) return reached
    }
  }
  return ok()
}

/** Calls `use` with each contiguous window of a range of the file, until it gives false; `at` counts from the start of the range. */
function eachRange(
  file: DataFile,
  fileOffsetBytes: number,
  lengthBytes: number,
  use: (window: Uint8Array, at: number) => unknown,
  then: 'flush' | 'invalidate',
): Result<undefined, DataReason> {
  const { memories, resolver, path } = file
  const answer = newAnswer()
  for (let at = 0, moves = 0; at < lengthBytes; ) {
    const validity = resolver.validity?.()
    if (!resolver.resolve(fileOffsetBytes + at, answer)) return unresolved(file, fileOffsetBytes + at)
    const devindex = answer[DEVINDEX] as number
    const offset = answer[OFFSET] as number
    const length = Math.min(answer[LENGTH] as number, lengthBytes - at)
    const trouble = file.touch?.(devindex, offset, length)
    if (trouble) return { ok: false, failure: trouble }
    const memory = memories.at(devindex)
    if (!memory) return fail('device_missing', { path, devindex, uuid: undefined })
    if (offset + length > memory.device.sizeBytes) return fail('bad_map', { path, what: `byte ${offset + length} is beyond the device` })
    if (offset + length > memory.presentBytes) return fail('not_on_image', { offsetBytes: offset, presentBytes: memory.presentBytes })
    if (then === 'invalidate') memory.invalidate(offset, length)
    const window = memory.window(offset, length)
    if (resolver.validity?.() !== validity) {
      if (++moves < MOVES_MOST) continue
      return fail('keeps_moving', { path })
    }
    moves = 0
    const goesOn = use(window, at) !== false
    if (then === 'flush') memory.flush(offset, length)
    if (!goesOn) return ok()
    at += length
  }
  return ok()
}

function unresolved({ resolver, path }: DataFile, fileOffsetBytes: number): { ok: false; failure: Failure<DataReason> } {
  // What a resolver reports is one of the reasons that maps fail with.
  const failure = resolver.trouble as Failure<DataReason> | undefined
  return failure ? { ok: false, failure } : fail('bad_map', { path, what: `it ends before byte ${fileOffsetBytes}` })
}

function firstDifference(expected: Uint8Array, seen: Uint8Array, lengthBytes: number): number {
  const words = Math.floor(lengthBytes / 4)
  const expectedWords = new Int32Array(expected.buffer, expected.byteOffset, words)
  const seenWords = new Int32Array(seen.buffer, seen.byteOffset, words)
  let word = 0
  while (word < words && expectedWords[word] === seenWords[word]) word++
  for (let i = word * 4; i < lengthBytes; i++) if (expected[i] !== seen[i]) return i
  return -1
}
