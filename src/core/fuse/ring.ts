// Kernel and daemon in two threads, over shared memory: a lane of bytes each way, and a bell for each side that the other
// one rings after whatever it did. A call blocks its thread until the answer is there; notices that were sent before the
// answer are taken in before it, and what is fed before a request is there when that is answered. Neither side trusts the
// other's cursors, and nothing waits longer than it was told to.

import { isPowerOfTwo } from '../base/align.ts'
import { assert } from '../base/assert.ts'
import { errnos } from '../base/errno.ts'
import { type Frame, FrameReader, FrameWriter, KINDS, Lane } from './ringFrames.ts'
import { type Answered, type DaemonLink, type Handlers, NOTICES, type Notify, OPCODES } from './wire.ts'

const HEAD_BYTES = 64
const KERNEL_BELL = 0
const DAEMON_BELL = 1
const ENDED = 2
const SERVED = 3
/** Each lane has two words: bytes written and bytes read, counted for ever modulo 2^32. */
const TO_DAEMON = 4
const TO_KERNEL = 6

const SERVED_MOST = 1000
const DEFAULT_LANE_BYTES = 64 * 1024

export interface RingLink extends DaemonLink {
  /** Why nothing goes through it any more, as the last call or poll found it. */
  readonly failed: string | undefined
  /** A daemon has come to the other end. */
  readonly isServed: boolean
  /** What the daemon answers from, before the next request: it needs no answer. The bytes are left as they are from then on. */
  feed: Feed
  /** Nothing goes through it any more, and that is why. */
  end(why: string): void
}

/** @param code one of STORED */
export type Feed = (code: number, node: number, bytes: Uint8Array) => void

interface RingOptions {
  /** The longest that a call waits for its answer. */
  patienceMs: number
  nowMs: () => number
}

/** @param laneBytes a power of two; a message that is longer travels in parts */
export function newRing(laneBytes = DEFAULT_LANE_BYTES): SharedArrayBuffer {
  assert(isPowerOfTwo(laneBytes), 'cursors wrap at 2^32, so a lane is a power of two')
  return new SharedArrayBuffer(HEAD_BYTES + 2 * laneBytes)
}

/** Tells both sides that nobody is at the other end: called by whoever sees a worker die. */
export function endRing(buffer: SharedArrayBuffer): void {
  const words = new Int32Array(buffer, 0, HEAD_BYTES / 4)
  Atomics.store(words, ENDED, 1)
  ring(words, KERNEL_BELL)
  ring(words, DAEMON_BELL)
}

function ring(words: Int32Array<SharedArrayBuffer>, bell: number): void {
  Atomics.add(words, bell, 1)
  Atomics.notify(words, bell)
}

/** The kernel's end. The thread that calls must be one that may block. */
export function ringLink(buffer: SharedArrayBuffer, { patienceMs, nowMs }: RingOptions): RingLink {
  const words = new Int32Array(buffer, 0, HEAD_BYTES / 4)
  const sending = new FrameWriter(laneOf(buffer, TO_DAEMON))
  const receiving = new FrameReader(laneOf(buffer, TO_KERNEL))
  let failed: string | undefined
  let notify: Notify | undefined
  let lastId = 0
  let isCalling = false
  /** As it was when nothing was left to take in. */
  let polledBell: number | undefined

  const fails = (why: string): Answered => {
    failed ??= why
    endRing(buffer)
    return { errno: errnos.EIO[0], bytes: new Uint8Array(0) }
  }
  /** One step of sending and receiving. @returns the frame that came, or whether anything moved */
  const step = (): Frame | boolean => {
    const hasSent = sending.flush()
    const before = receiving.takenBytes
    const frame = receiving.next()
    if (hasSent || receiving.takenBytes !== before) ring(words, DAEMON_BELL)
    return frame ?? (hasSent || receiving.takenBytes !== before)
  }
  /** @returns false for what isn't a notice */
  const takeNotice = ({ kind, code, node, bytes }: Frame): boolean => {
    const notice = nameOf(NOTICES, code)
    if (kind !== KINDS.notice || !notice) return false
    notify?.(notice, node, bytes)
    return true
  }
  const isBroken = (): string | undefined => receiving.broken ?? sending.broken
  const answerTo = (id: number): Answered => {
    for (const endMs = nowMs() + patienceMs; ; ) {
      const bell = Atomics.load(words, KERNEL_BELL)
      const came = step()
      const broken = isBroken()
      if (broken) return fails(`the daemon broke the ring: ${broken}`)
      if (typeof came === 'object' && !takeNotice(came)) {
        if (came.kind !== KINDS.answer || came.id !== id) return fails('the daemon answered what nobody asked')
        return { errno: came.code, bytes: came.code === 0 ? came.bytes : new Uint8Array(0) }
      }
      const leftMs = endMs - nowMs()
      if (leftMs <= 0) return fails(`the daemon did not answer within ${patienceMs} ms`)
      if (came !== false) continue
      if (Atomics.load(words, ENDED) === 1) return fails('the daemon has ended')
      Atomics.wait(words, KERNEL_BELL, bell, leftMs)
    }
  }
  return {
    get failed() {
      return failed
    },
    get isServed() {
      return Atomics.load(words, SERVED) === 1
    },
    feed(code, node, bytes) {
      if (failed === undefined) sending.add({ kind: KINDS.stored, code, node, id: 0, bytes })
    },
    end: (why) => void fails(why),
    call(opcode, node, request) {
      assert(!isCalling, 'a kernel that takes a notice asks nothing meanwhile')
      if (failed !== undefined) return fails(failed)
      isCalling = true
      lastId = (lastId + 1) >>> 0
      sending.add({ kind: KINDS.request, code: OPCODES[opcode], node, id: lastId, bytes: request })
      try {
        return answerTo(lastId)
      } finally {
        isCalling = false
      }
    },
    forget(node) {
      if (failed !== undefined) return
      sending.add({ kind: KINDS.request, code: OPCODES.FORGET, node, id: 0, bytes: new Uint8Array(0) })
      if (sending.flush()) ring(words, DAEMON_BELL)
    },
    hear(listener) {
      assert(!notify, 'one kernel listens')
      notify = listener
    },
    poll() {
      if (failed !== undefined) return
      // A hot path: kernels poll at each fault. Whoever sends rings afterwards, so nothing is missed.
      const bell = Atomics.load(words, KERNEL_BELL)
      if (bell === polledBell) return
      // What was there when it began, and no more: a daemon that never stops can't keep its kernel here.
      const { takenBytes, waitingBytes } = receiving
      for (let came: Frame | boolean = true; came !== false; ) {
        came = step()
        const broken = isBroken()
        if (broken) return void fails(`the daemon broke the ring: ${broken}`)
        if (typeof came === 'object' && !takeNotice(came)) return void fails('the daemon answered what nobody asked')
        if ((receiving.takenBytes - takenBytes) >>> 0 >= waitingBytes) break
      }
      if (receiving.waitingBytes > 0) return
      polledBell = bell
      // After all that it said: kernels go by notices that nobody sends any more.
      if (Atomics.load(words, ENDED) === 1) fails('the daemon has ended')
    },
  }
}

interface RingServer {
  /** Sent at once where there is room, else as soon as the kernel has read: it never waits, and 0 says only that. The bytes are left as they are from then on. */
  notify: Notify
  /** Serves what is asked until nothing was for so long, or a thousand requests. @returns false once the ring has ended */
  turn(waitMs: number): boolean
}

/**
 * The daemon's end. A handler that throws ends the ring: its kernel is told at once.
 * @param handlers looked at when a request comes: a daemon may get them after its end of the ring, which it sends notices by
 * @param take what the kernel's thread feeds it with
 */
export function serveRing(buffer: SharedArrayBuffer, handlers: () => Handlers, take: Feed = () => undefined): RingServer {
  const words = new Int32Array(buffer, 0, HEAD_BYTES / 4)
  Atomics.store(words, SERVED, 1)
  const sending = new FrameWriter(laneOf(buffer, TO_KERNEL))
  const receiving = new FrameReader(laneOf(buffer, TO_DAEMON))
  const answer = ({ kind, code, node, id, bytes }: Frame): void => {
    if (kind === KINDS.stored) return take(code, node, bytes)
    const opcode = nameOf(OPCODES, code)
    assert(kind === KINDS.request, 'a kernel asks, and its thread feeds')
    const handler = opcode && handlers()[opcode]
    // The only one that nobody waits for.
    if (opcode === 'FORGET') return void handler?.(node, bytes)
    const answered = handler ? handler(node, bytes) : { errno: errnos.ENOSYS[0], bytes: new Uint8Array(0) }
    sending.add({ kind: KINDS.answer, code: answered.errno, node, id, bytes: answered.bytes })
  }
  /** @returns whether anything moved */
  const step = (): boolean => {
    const before = receiving.takenBytes
    const frame = receiving.next()
    assert(!receiving.broken, 'the kernel keeps to the ring')
    if (frame) answer(frame)
    const moved = sending.flush() || receiving.takenBytes !== before
    if (moved) ring(words, KERNEL_BELL)
    return moved
  }
  const serve = (waitMs: number): boolean => {
    for (let i = 0; i < SERVED_MOST; i++) {
      const bell = Atomics.load(words, DAEMON_BELL)
      if (step()) continue
      if (Atomics.load(words, ENDED) === 1) return false
      if (Atomics.wait(words, DAEMON_BELL, bell, waitMs) === 'timed-out') return true
    }
    return true
  }
  return {
    notify(notice, node, bytes) {
      sending.add({ kind: KINDS.notice, code: NOTICES[notice], node, id: 0, bytes })
      if (sending.flush()) ring(words, KERNEL_BELL)
      return 0
    },
    turn(waitMs) {
      try {
        return serve(waitMs)
      } catch (error) {
        endRing(buffer)
        throw error
      }
    },
  }
}

function laneOf(buffer: SharedArrayBuffer, firstWord: number): Lane {
  const laneBytes = (buffer.byteLength - HEAD_BYTES) / 2
  const from = HEAD_BYTES + (firstWord === TO_DAEMON ? 0 : laneBytes)
  return new Lane(new Int32Array(buffer, firstWord * 4, 2), new Uint8Array(buffer, from, laneBytes))
}

function nameOf<N extends string>(codes: Readonly<Record<N, number>>, code: number): N | undefined {
  for (const name in codes) if (codes[name] === code) return name
  return undefined
}
