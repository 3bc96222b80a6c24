// A mapping reaches the bytes of its own file and no others, can't write what was mapped read-only, and lets no view of
// its own out: what it hands over are copies, save for `unsafeBytes`. Segments are made at first touch: that is the page fault, and it is counted.

import { assert } from '../base/assert.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { BEFORE, DEVINDEX, LENGTH, newAnswer, OFFSET, type Resolver } from '../fmap/resolve.ts'
import type { Memory } from '../mem/memory.ts'

/** A contiguous part of the file, in file order. */
interface SegmentFacts {
  fileOffsetBytes: number
  deviceOffsetBytes: number
  lengthBytes: number
}

interface Segment extends SegmentFacts {
  bytes: Uint8Array
  view: DataView
}

const COPY_BYTES = 64 * 1024

export class MappedFile {
  readonly path: string
  readonly sizeBytes: number
  readonly writable: boolean
  readonly #memory: Memory
  readonly #resolver: Resolver
  readonly #answer = newAnswer()
  readonly #segments = new Map<number, Segment>()
  #last: Segment | undefined
  #faultCount = 0

  constructor(path: string, memory: Memory, resolver: Resolver, writable: boolean) {
    this.path = path
    this.sizeBytes = resolver.sizeBytes
    this.writable = writable
    this.#memory = memory
    this.#resolver = resolver
  }

  /** Segments touched for the first time so far. */
  get faultCount(): number {
    return this.#faultCount
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

  setUint8(offsetBytes: number, value: number): Result<undefined, 'read_only_mapping' | 'out_of_file'> {
    return this.write(offsetBytes, Uint8Array.of(value))
  }

  setInt32(offsetBytes: number, value: number): Result<undefined, 'read_only_mapping' | 'out_of_file'> {
    const segment = this.writable ? this.#around(offsetBytes, 4) : undefined
    if (!segment) return this.write(offsetBytes, new Uint8Array(Int32Array.of(value).buffer))
    segment.view.setInt32(offsetBytes - segment.fileOffsetBytes, value, true)
    return ok()
  }

  setFloat64(offsetBytes: number, value: number): Result<undefined, 'read_only_mapping' | 'out_of_file'> {
    const segment = this.writable ? this.#around(offsetBytes, 8) : undefined
    if (!segment) return this.write(offsetBytes, new Uint8Array(Float64Array.of(value).buffer))
    segment.view.setFloat64(offsetBytes - segment.fileOffsetBytes, value, true)
    return ok()
  }

  /** Copies file bytes into the target; a range that leaves the file is refused. */
  copyTo(target: Uint8Array, fileOffsetBytes = 0): Result<undefined, 'out_of_file'> {
    if (!this.#inside(fileOffsetBytes, target.length)) return this.#outside(fileOffsetBytes, target.length)
    this.#eachPart(fileOffsetBytes, target.length, (bytes, at) => target.set(bytes, at))
    return ok()
  }

  /** Stores bytes through the mapping; other hosts see them at once where memory is coherent. */
  write(fileOffsetBytes: number, source: Uint8Array): Result<undefined, 'read_only_mapping' | 'out_of_file'> {
    if (!this.writable) return fail('read_only_mapping', { path: this.path })
    if (!this.#inside(fileOffsetBytes, source.length)) return this.#outside(fileOffsetBytes, source.length)
    this.#eachPart(fileOffsetBytes, source.length, (bytes, at) => bytes.set(source.subarray(at, at + bytes.length)))
    return ok()
  }

  /** Sum of the file as Float64 values, at the speed of a typed array; a tail shorter than a value is left out. */
  sumFloat64(): number {
    let sum = 0
    for (let at = 0; at + 8 <= this.sizeBytes; ) {
      const segment = this.#at(at)
      const within = at - segment.fileOffsetBytes
      const count = Math.floor((segment.lengthBytes - within) / 8)
      // Only a map made by hand lets a value cross from one segment to the next.
      sum += count > 0 ? sumOf(segment.bytes, within, count) : this.getFloat64(at)
      at += Math.max(count, 1) * 8
    }
    return sum
  }

  /** Looks at the file in order through private copies of at most 64 KiB, which are used again for the next. */
  forEachChunk(look: (copy: Uint8Array<ArrayBuffer>, fileOffsetBytes: number) => void): void {
    const copy = new Uint8Array(Math.min(COPY_BYTES, this.sizeBytes))
    for (let at = 0; at < this.sizeBytes; at += COPY_BYTES) {
      const part = copy.subarray(0, Math.min(COPY_BYTES, this.sizeBytes - at))
      this.#eachPart(at, part.length, (bytes, from) => part.set(bytes, from))
      look(part, at)
    }
  }

  /** Where the file's bytes are, in file order, without touching them. */
  *segments(): Generator<SegmentFacts, void, void> {
    const answer = newAnswer()
    for (let at = 0; at < this.sizeBytes; ) {
      this.#resolver.resolve(at, answer)
      const lengthBytes = answer[LENGTH] as number
      yield { fileOffsetBytes: at, deviceOffsetBytes: answer[OFFSET] as number, lengthBytes }
      at += lengthBytes
    }
  }

  /**
   * The bytes themselves, for a library that needs one array. With it nothing here guards them any more, not even what
   * was mapped read-only: that is what the name says. Clients, which only map so, read tables in place through it.
   */
  unsafeBytes(): Result<Uint8Array, 'several_segments'> {
    if (this.sizeBytes === 0) return ok(new Uint8Array(0))
    const segment = this.#at(0)
    if (segment.lengthBytes === this.sizeBytes) return ok(segment.bytes)
    const segmentCount = [...this.segments()].length
    return fail('several_segments', { path: this.path, segmentCount })
  }

  /** The segment that a whole value lies in; undefined where it crosses into the next one, or isn't inside the file. */
  #around(offsetBytes: number, lengthBytes: number): Segment | undefined {
    const last = this.#last
    if (last && holds(last, offsetBytes, lengthBytes)) return last
    if (!this.#inside(offsetBytes, lengthBytes)) return undefined
    const found = this.#at(offsetBytes)
    return holds(found, offsetBytes, lengthBytes) ? found : undefined
  }

  /** A value that crosses from one segment to the next, put together. */
  #gathered(offsetBytes: number, lengthBytes: number): DataView {
    assert(this.#inside(offsetBytes, lengthBytes), `bytes ${offsetBytes} .. ${offsetBytes + lengthBytes - 1} are inside ${this.path}`)
    const whole = new Uint8Array(lengthBytes)
    this.#eachPart(offsetBytes, lengthBytes, (bytes, at) => whole.set(bytes, at))
    return new DataView(whole.buffer)
  }

  #at(offsetBytes: number): Segment {
    const last = this.#last
    if (last && offsetBytes >= last.fileOffsetBytes && offsetBytes < last.fileOffsetBytes + last.lengthBytes) return last
    const found = this.#fault(offsetBytes)
    this.#last = found
    return found
  }

  /** The segment that holds a byte; made when it is touched first. */
  #fault(offsetBytes: number): Segment {
    const answer = this.#answer
    assert(this.#resolver.resolve(offsetBytes, answer), `byte ${offsetBytes} is inside ${this.path}`)
    assert(answer[DEVINDEX] === 0, 'the map was held against this device when it was opened')
    const beforeBytes = answer[BEFORE] as number
    const fileOffsetBytes = offsetBytes - beforeBytes
    const known = this.#segments.get(fileOffsetBytes)
    if (known) return known
    const deviceOffsetBytes = (answer[OFFSET] as number) - beforeBytes
    const lengthBytes = (answer[LENGTH] as number) + beforeBytes
    const bytes = this.#memory.window(deviceOffsetBytes, lengthBytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes)
    const segment = { fileOffsetBytes, deviceOffsetBytes, lengthBytes, bytes, view }
    this.#segments.set(fileOffsetBytes, segment)
    this.#faultCount++
    return segment
  }

  #eachPart(fileOffsetBytes: number, lengthBytes: number, use: (bytes: Uint8Array, at: number) => void): void {
    for (let at = 0; at < lengthBytes; ) {
      const segment = this.#at(fileOffsetBytes + at)
      const within = fileOffsetBytes + at - segment.fileOffsetBytes
      const count = Math.min(segment.lengthBytes - within, lengthBytes - at)
      use(segment.bytes.subarray(within, within + count), at)
      at += count
    }
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
