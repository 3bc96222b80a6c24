// A mapping reaches the bytes of its own file and no others, can't write what was mapped read-only, and lets no view of
// its own out: what it hands over are copies, save for `unsafeBytes`. It doesn't keep its file system mounted, and doesn't outlive
// it: after umount every access fails with `unmounted`. A segment is found when it is touched; the first time is the page fault, and
// is counted. Only the one touched last is kept: a mapping of any size stays small.

import { assert } from '../base/assert.ts'
import { fail, type Failure, ok, type Result } from '../base/result.ts'
import { DEVINDEX, LENGTH, MOVES_MOST, newAnswer, OFFSET } from '../fmap/resolve.ts'
import type { BytesReason, FileBytes, Segment } from './fileBytes.ts'
import { FirstTouches } from './firstTouches.ts'

/** What a program gets that loads or stores where memory has failed: SIGBUS. Only accessors that return a value throw it. */
export class BusError extends Error {
  readonly failure: Failure<BytesReason>

  constructor(failure: Failure<BytesReason>) {
    super(failure.says)
    this.name = 'BusError'
    this.failure = failure
  }
}

type StoreReason = 'read_only_mapping' | 'out_of_file' | BytesReason

const COPY_BYTES = 64 * 1024

export class MappedFile {
  readonly path: string
  readonly sizeBytes: number
  readonly writable: boolean
  readonly #file: FileBytes
  readonly #touches = new FirstTouches()
  #last: Segment | undefined
  #validity = 0
  #trouble: Failure<BytesReason> | undefined

  constructor(path: string, file: FileBytes, writable: boolean) {
    this.path = path
    this.sizeBytes = file.sizeBytes
    this.writable = writable
    this.#file = file
  }

  /** Segments touched for the first time so far. */
  get faultCount(): number {
    return this.#touches.count
  }

  getUint8(offsetBytes: number): number {
    const segment = this.#around(offsetBytes, 1)
    return segment ? segment.view.getUint8(offsetBytes - segment.fileOffsetBytes) : this.#gathered(offsetBytes, 1).getUint8(0)
  }

  getInt32(offsetBytes: number): number {
    const segment = this.#around(offsetBytes, 4)
    return segment ? segment.view.getInt32(offsetBytes - segment.fileOffsetBytes, true) : this.#gathered(offsetBytes, 4).getInt32(0, true)
  }

  getFloat64(offsetBytes: number): number {
    const segment = this.#around(offsetBytes, 8)
    return segment ? segment.view.getFloat64(offsetBytes - segment.fileOffsetBytes, true) : this.#gathered(offsetBytes, 8).getFloat64(0, true)
  }

  setUint8(offsetBytes: number, value: number): Result<undefined, StoreReason> {
    return this.write(offsetBytes, Uint8Array.of(value))
  }

  setInt32(offsetBytes: number, value: number): Result<undefined, StoreReason> {
    const segment = this.writable ? this.#around(offsetBytes, 4) : undefined
    if (!segment) return this.#store(offsetBytes, new Uint8Array(Int32Array.of(value).buffer))
    segment.view.setInt32(offsetBytes - segment.fileOffsetBytes, value, true)
    return ok()
  }

  setFloat64(offsetBytes: number, value: number): Result<undefined, StoreReason> {
    const segment = this.writable ? this.#around(offsetBytes, 8) : undefined
    if (!segment) return this.#store(offsetBytes, new Uint8Array(Float64Array.of(value).buffer))
    segment.view.setFloat64(offsetBytes - segment.fileOffsetBytes, value, true)
    return ok()
  }

  /** Copies file bytes into the target; a range that leaves the file is refused. */
  copyTo(target: Uint8Array, fileOffsetBytes = 0): Result<undefined, 'out_of_file' | BytesReason> {
    if (!this.#inside(fileOffsetBytes, target.length)) return this.#outside(fileOffsetBytes, target.length)
    return this.#eachPart(fileOffsetBytes, target.length, (bytes, at) => target.set(bytes, at)) ? ok() : this.#failed()
  }

  /** Stores bytes through the mapping; other hosts see them at once where memory is coherent. */
  write(fileOffsetBytes: number, source: Uint8Array): Result<undefined, StoreReason> {
    if (!this.writable) return fail('read_only_mapping', { path: this.path })
    if (!this.#inside(fileOffsetBytes, source.length)) return this.#outside(fileOffsetBytes, source.length)
    const stored = this.#eachPart(fileOffsetBytes, source.length, (bytes, at) => bytes.set(source.subarray(at, at + bytes.length)))
    return stored ? ok() : this.#failed()
  }

  /** Sum of the file as Float64 values, at the speed of a typed array; a tail shorter than a value is left out. @throws BusError */
  sumFloat64(): number {
    let sum = 0
    for (let at = 0; at + 8 <= this.sizeBytes; ) {
      const segment = this.#touched(at, this.sizeBytes)
      const within = at - segment.fileOffsetBytes
      const count = Math.floor((segment.lengthBytes - within) / 8)
      // Only a map made by hand lets a value cross from one segment to the next.
      sum += count > 0 ? sumOf(segment.bytes, within, count) : this.getFloat64(at)
      at += Math.max(count, 1) * 8
    }
    return sum
  }

  /** Looks at the file in order through private copies of at most 64 KiB, which are used again for the next. @throws BusError */
  forEachChunk(look: (copy: Uint8Array<ArrayBuffer>, fileOffsetBytes: number) => void): void {
    const copy = new Uint8Array(Math.min(COPY_BYTES, this.sizeBytes))
    for (let at = 0; at < this.sizeBytes; at += COPY_BYTES) {
      const part = copy.subarray(0, Math.min(COPY_BYTES, this.sizeBytes - at))
      if (!this.#eachPart(at, part.length, (bytes, from) => part.set(bytes, from))) throw new BusError(this.#file.failure)
      look(part, at)
    }
  }

  /** Where the file's bytes are, in file order, without touching them; ends early where the kernel can't say, and at once where its mount is gone. */
  *segments(): Generator<Pick<Segment, 'fileOffsetBytes' | 'devindex' | 'deviceOffsetBytes' | 'lengthBytes'>, void, void> {
    const answer = newAnswer()
    for (let at = 0; at < this.sizeBytes; ) {
      if (!this.#file.place(at, answer)) return
      const lengthBytes = answer[LENGTH] as number
      yield { fileOffsetBytes: at, devindex: answer[DEVINDEX] as number, deviceOffsetBytes: answer[OFFSET] as number, lengthBytes }
      at += lengthBytes
    }
  }

  /**
   * The bytes themselves, for a library that needs one array. With it nothing here guards them any more, not even what
   * was mapped read-only, nor failing memory, nor umount: that is what the name says. Clients, which only map so, read tables in place through it.
   */
  unsafeBytes(): Result<Uint8Array, 'several_segments' | BytesReason> {
    if (this.sizeBytes === 0) return ok(new Uint8Array(0))
    const segment = this.#at(0)
    if (!segment || !this.#reach(segment, 0, segment.lengthBytes)) return this.#failed()
    if (segment.lengthBytes === this.sizeBytes) return ok(segment.bytes)
    let segmentCount = 0
    for (const _ of this.segments()) segmentCount++
    return fail('several_segments', { path: this.path, segmentCount })
  }

  /** A value that crosses from one segment to the next, or one that can't be stored. */
  #store(offsetBytes: number, value: Uint8Array): Result<undefined, StoreReason> {
    const failure = this.#takeTrouble()
    return failure ? { ok: false, failure } : this.write(offsetBytes, value)
  }

  /** What kept `#around` from touching a value: asking again would find the file marked already. */
  #takeTrouble(): Failure<BytesReason> | undefined {
    const trouble = this.#trouble
    this.#trouble = undefined
    return trouble
  }

  /** The segment that a whole value lies in; undefined where it crosses into the next one, isn't inside the file, or can't be touched. */
  #around(offsetBytes: number, lengthBytes: number): Segment | undefined {
    let found = this.#held()
    if (!found || !holds(found, offsetBytes, lengthBytes)) {
      if (!this.#inside(offsetBytes, lengthBytes)) return undefined
      found = this.#at(offsetBytes)
      if (found && !holds(found, offsetBytes, lengthBytes)) return undefined
    }
    if (found && this.#reach(found, offsetBytes - found.fileOffsetBytes, lengthBytes)) return found
    this.#trouble = this.#file.failure
    return undefined
  }

  /** A value that crosses from one segment to the next, put together. */
  #gathered(offsetBytes: number, lengthBytes: number): DataView {
    assert(this.#inside(offsetBytes, lengthBytes), `bytes ${offsetBytes} .. ${offsetBytes + lengthBytes - 1} are inside ${this.path}`)
    const trouble = this.#takeTrouble()
    if (trouble) throw new BusError(trouble)
    const whole = new Uint8Array(lengthBytes)
    if (!this.#eachPart(offsetBytes, lengthBytes, (bytes, at) => whole.set(bytes, at))) throw new BusError(this.#file.failure)
    return new DataView(whole.buffer)
  }

  /** The segment around a byte, from there on as far as `mostBytes` reaches, fit to be touched. @throws BusError */
  #touched(offsetBytes: number, mostBytes: number): Segment {
    const segment = this.#at(offsetBytes)
    const within = segment ? offsetBytes - segment.fileOffsetBytes : 0
    if (!segment || !this.#reach(segment, within, Math.min(mostBytes, segment.lengthBytes - within))) throw new BusError(this.#file.failure)
    return segment
  }

  #reach({ devindex, deviceOffsetBytes }: Segment, within: number, lengthBytes: number): boolean {
    return this.#file.reach(devindex, deviceOffsetBytes + within, lengthBytes)
  }

  #at(offsetBytes: number): Segment | undefined {
    for (let moves = 0; moves <= MOVES_MOST; moves++) {
      const last = this.#held()
      if (last && offsetBytes >= last.fileOffsetBytes && offsetBytes < last.fileOffsetBytes + last.lengthBytes) return last
      this.#last = this.#fault(offsetBytes)
      if (!this.#last) return undefined
    }
    return this.#file.giveUp()
  }

  /** The segment touched last; all of them are faulted in again once the file's bytes may have moved. */
  #held(): Segment | undefined {
    const { validity } = this.#file
    if (validity !== this.#validity) {
      this.#touches.clear()
      this.#last = undefined
      this.#validity = validity
    }
    return this.#last
  }

  #fault(offsetBytes: number): Segment | undefined {
    const found = this.#file.segment(offsetBytes)
    if (found) this.#touches.add(found.fileOffsetBytes)
    return found
  }

  /** @returns false where the file's `failure` says why it stopped */
  #eachPart(fileOffsetBytes: number, lengthBytes: number, use: (bytes: Uint8Array, at: number) => void): boolean {
    for (let at = 0; at < lengthBytes; ) {
      const segment = this.#at(fileOffsetBytes + at)
      if (!segment) return false
      const within = fileOffsetBytes + at - segment.fileOffsetBytes
      const count = Math.min(segment.lengthBytes - within, lengthBytes - at)
      if (!this.#reach(segment, within, count)) return false
      use(segment.bytes.subarray(within, within + count), at)
      at += count
    }
    return true
  }

  #failed(): { ok: false; failure: Failure<BytesReason> } {
    return { ok: false, failure: this.#file.failure }
  }

  #inside(offsetBytes: number, lengthBytes: number): boolean {
    return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0 && offsetBytes + lengthBytes <= this.sizeBytes
  }

  #outside(offsetBytes: number, lengthBytes: number): ReturnType<typeof fail<'out_of_file'>> {
    return fail('out_of_file', { path: this.path, offsetBytes, lengthBytes, sizeBytes: this.sizeBytes })
  }
}

function holds(segment: Segment, offsetBytes: number, valueBytes: number): boolean {
  const within = offsetBytes - segment.fileOffsetBytes
  return within >= 0 && within <= segment.lengthBytes - valueBytes && Number.isInteger(within)
}

function sumOf(bytes: Uint8Array, from: number, count: number): number {
  const start = bytes.byteOffset + from
  // Extents are whole units, so this is the way taken; a map made by hand may start anywhere.
  const values = start % 8 === 0 ? new Float64Array(bytes.buffer, start, count) : new Float64Array(bytes.slice(from, from + count * 8).buffer)
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i] as number
  return sum
}
