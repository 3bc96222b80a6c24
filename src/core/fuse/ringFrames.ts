// Messages as they lie in a lane of the ring: a head of 24 bytes, then the message, one behind the other and around the
// lane's end. Each side keeps its own cursor to itself and believes the other's only as far as it can be true.

/** request: code is an opcode; answer: an errno; notice: a number of NOTICES; stored: one of STORED, what later requests are answered from. */
export const KINDS = { request: 1, answer: 2, notice: 3, stored: 4 } as const

export interface Frame {
  kind: number
  code: number
  node: number
  /** An answer has its request's. */
  id: number
  bytes: Uint8Array
}

const FRAME_HEAD_BYTES = 24
/** More than any kernel takes; who says more is broken. */
const MESSAGE_MOST_BYTES = 64 * 1024 * 1024
const WRITTEN = 0
const READ = 1

/** One direction: bytes in shared memory, and how many were written and read so far, modulo 2^32. */
export class Lane {
  readonly words: Int32Array
  readonly bytes: Uint8Array

  constructor(words: Int32Array, bytes: Uint8Array) {
    this.words = words
    this.bytes = bytes
  }
}

export class FrameWriter {
  readonly #lane: Lane
  #queue: Uint8Array[] = []
  /** Bytes of the first in the queue that have gone. */
  #goneBytes = 0
  #writtenBytes = 0
  #broken: string | undefined

  constructor(lane: Lane) {
    this.#lane = lane
  }

  get broken(): string | undefined {
    return this.#broken
  }

  add({ kind, code, node, id, bytes }: Frame): void {
    const head = new DataView(new ArrayBuffer(FRAME_HEAD_BYTES))
    head.setUint32(0, kind, true)
    head.setUint32(4, code, true)
    head.setFloat64(8, node, true)
    head.setUint32(16, id, true)
    head.setUint32(20, bytes.length, true)
    this.#queue.push(new Uint8Array(head.buffer))
    if (bytes.length > 0) this.#queue.push(bytes)
  }

  /** As much as there is room for now. @returns whether anything went */
  flush(): boolean {
    const { words, bytes: lane } = this.#lane
    const startBytes = this.#writtenBytes
    const usedBytes = (startBytes - Atomics.load(words, READ)) >>> 0
    if (usedBytes > lane.length) {
      this.#broken = 'more was read than was written'
      return false
    }
    let roomBytes = lane.length - usedBytes
    while (roomBytes > 0) {
      const first = this.#queue[0]
      if (!first) break
      const at = this.#writtenBytes % lane.length
      const count = Math.min(first.length - this.#goneBytes, roomBytes, lane.length - at)
      lane.set(first.subarray(this.#goneBytes, this.#goneBytes + count), at)
      this.#writtenBytes = (this.#writtenBytes + count) >>> 0
      this.#goneBytes += count
      roomBytes -= count
      if (this.#goneBytes < first.length) continue
      this.#queue.shift()
      this.#goneBytes = 0
    }
    if (this.#writtenBytes === startBytes) return false
    Atomics.store(words, WRITTEN, this.#writtenBytes | 0)
    return true
  }
}

export class FrameReader {
  readonly #lane: Lane
  readonly #head = new Uint8Array(FRAME_HEAD_BYTES)
  readonly #headView = new DataView(this.#head.buffer)
  #body: Uint8Array | undefined
  /** Of the head, or of the body once it is known how long that is. */
  #filledBytes = 0
  #readBytes = 0
  #broken: string | undefined

  constructor(lane: Lane) {
    this.#lane = lane
  }

  get broken(): string | undefined {
    return this.#broken
  }

  /** Moves with every byte that was taken. */
  get takenBytes(): number {
    return this.#readBytes
  }

  /** Written, and not taken yet. */
  get waitingBytes(): number {
    return (Atomics.load(this.#lane.words, WRITTEN) - this.#readBytes) >>> 0
  }

  /** A whole message, once all of it is there; what is there of it makes room for the rest. */
  next(): Frame | undefined {
    if (!this.#body) {
      if (!this.#fill(this.#head)) return undefined
      const lengthBytes = this.#headView.getUint32(20, true)
      if (lengthBytes > MESSAGE_MOST_BYTES) {
        this.#broken = `a message of ${lengthBytes} bytes`
        return undefined
      }
      this.#body = new Uint8Array(lengthBytes)
    }
    const bytes = this.#body
    if (!this.#fill(bytes)) return undefined
    this.#body = undefined
    const head = this.#headView
    return { kind: head.getUint32(0, true), code: head.getUint32(4, true), node: head.getFloat64(8, true), id: head.getUint32(16, true), bytes }
  }

  /** @returns whether it is full now */
  #fill(target: Uint8Array): boolean {
    const { words, bytes: lane } = this.#lane
    let thereBytes = this.waitingBytes
    if (thereBytes > lane.length) {
      this.#broken = 'more was written than there is room for'
      return false
    }
    const startBytes = this.#readBytes
    while (this.#filledBytes < target.length && thereBytes > 0) {
      const at = this.#readBytes % lane.length
      const count = Math.min(target.length - this.#filledBytes, thereBytes, lane.length - at)
      target.set(lane.subarray(at, at + count), this.#filledBytes)
      this.#filledBytes += count
      this.#readBytes = (this.#readBytes + count) >>> 0
      thereBytes -= count
    }
    if (this.#readBytes !== startBytes) Atomics.store(words, READ, this.#readBytes | 0)
    if (this.#filledBytes < target.length) return false
    this.#filledBytes = 0
    return true
  }
}
