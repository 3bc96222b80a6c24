// A kernel and its daemon in two threads: whatever is asked is answered, whatever is told arrives once and in order, and
// an end that is gone, silent or hostile is a failure with a reason, never a call that waits for ever.

import { array, assert, constantFrom, integer, nat, oneof, property, record, uint8Array, type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { SeededRandom } from '../../../src/core/base/random.ts'
import { endRing, newRing, ringLink, serveRing } from '../../../src/core/fuse/ring.ts'
import { type Ends, startEnds } from '../../helpers/ringEnds.ts'
import { startThreadOf } from '../../helpers/threads.ts'
import { printCount, propertyRuns } from '../../counts.ts'

const LANE_BYTES = 256
const EIO = 5
const NODE = 2 ** 40 + 7

function bytesFor(seed: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes)
  new SeededRandom(seed).fillBytes(bytes)
  return bytes
}

interface Asked {
  answerBytes: number
  errno: number
  before: number
  after: number
  noticeBytes: number
  ballast: Uint8Array
}

function requestOf({ answerBytes, errno, before, after, noticeBytes, ballast }: Asked): Uint8Array {
  const head = Uint32Array.of(answerBytes, errno, before, after, noticeBytes)
  return Uint8Array.from([...new Uint8Array(head.buffer), ...ballast])
}

const asked: Arbitrary<Asked> = record({
  answerBytes: nat(3 * LANE_BYTES),
  errno: constantFrom(0, 0, 0, 2),
  before: nat(4),
  after: nat(3),
  noticeBytes: nat(2 * LANE_BYTES),
  ballast: uint8Array({ maxLength: 3 * LANE_BYTES }),
})

describe('a ring between two threads', () => {
  let ends: Ends
  let heard: { notice: string; node: number; bytes: Uint8Array }[] = []

  beforeAll(async () => {
    ends = await startEnds(LANE_BYTES)
    ends.link.hear((notice, node, bytes) => {
      heard.push({ notice, node, bytes })
      return 0
    })
  })
  afterAll(() => ends.worker.terminate())

  it('answers messages of any size, with notices before and after, around the end of its lanes', () => {
    const { link } = ends
    let callCount = 0
    const holds = property(array(asked, { minLength: 1, maxLength: 5 }), (all) => {
      heard = []
      const expected: typeof heard = []
      for (const one of all) {
        const notices = (notice: string, count: number) => Array.from({ length: count }, (_, i) => ({ notice, node: NODE, bytes: bytesFor(i, one.noticeBytes) }))
        expected.push(...notices('UPSERT', one.before))
        const answered = link.call('GET_FMAP', NODE, requestOf(one))
        callCount++
        const ballast = one.ballast.reduce((sum, byte) => (sum + byte) >>> 0, 0)
        expect(answered).toEqual({ errno: one.errno, bytes: one.errno === 0 ? bytesFor(ballast, one.answerBytes) : new Uint8Array(0) })
        // What was told before the answer is there with it.
        expect(heard.length).toBeGreaterThanOrEqual(expected.length)
        expected.push(...notices('INVAL', one.after))
        while (heard.length < expected.length) link.poll()
      }
      expect(heard).toEqual(expected)
    })
    assert(holds, { numRuns: propertyRuns.dear })
    expect(link.failed).toBeUndefined()
    printCount('calls over the ring', callCount)
  })

  it('says what it can’t do', () => {
    expect(ends.link.call('IOMAP_BEGIN', 1, new Uint8Array(3)).errno).toBe(38)
  })

  it('brings a message of 2 MiB through a small lane', () => {
    const one = { answerBytes: 2 * 1024 * 1024, errno: 0, before: 0, after: 0, noticeBytes: 0, ballast: Uint8Array.of(9) }
    const { bytes } = ends.link.call('GET_FMAP', 1, requestOf(one))
    expect(bytes.length).toBe(one.answerBytes)
    expect(bytes.subarray(-64)).toEqual(bytesFor(9, one.answerBytes).subarray(-64))
  })
})

describe('a daemon', () => {
  it('that does not answer in time fails the call, and the link for good', async () => {
    const { link, worker } = await startEnds(LANE_BYTES, 100)
    onTestFinished(async () => void (await worker.terminate()))
    expect(link.call('GET_DAXDEV', 1, new Uint8Array(8))).toEqual({ errno: EIO, bytes: new Uint8Array(0) })
    expect(link.failed).toBe('the daemon did not answer within 100 ms')
    expect(link.call('GET_FMAP', 1, requestOf({ answerBytes: 1, errno: 0, before: 0, after: 0, noticeBytes: 0, ballast: new Uint8Array(0) })).errno).toBe(EIO)
    expect(link.failed).toBe('the daemon did not answer within 100 ms')
  })

  it('that falls over a request says so at once', async () => {
    const { link, worker } = await startEnds(LANE_BYTES)
    onTestFinished(async () => void (await worker.terminate()))
    expect(link.call('OPEN', 1, new Uint8Array(0)).errno).toBe(EIO)
    expect(link.failed).toBe('the daemon has ended')
  })

  it('that is sent what it can’t serve says so at once', async () => {
    const worker = await startThreadOf('farDaemon.ts')
    onTestFinished(async () => void (await worker.terminate()))
    const ring = newRing()
    const link = ringLink(ring, { patienceMs: 30_000, nowMs: () => performance.now() })
    worker.postMessage({ ring, kernel: 'fuse' })
    expect(link.call('GET_FMAP', 1, new Uint8Array(0)).errno).toBe(EIO)
    expect(link.failed).toBe('the daemon has ended')
  })

  it('whose end was seen by another thread is no longer asked', async () => {
    const { link, worker, buffer } = await startEnds(LANE_BYTES)
    await worker.terminate()
    endRing(buffer)
    expect(link.call('GET_FMAP', 1, new Uint8Array(20)).errno).toBe(EIO)
    expect(link.failed).toBe('the daemon has ended')
  })
})

describe('a hostile daemon', () => {
  const clock = (): number => performance.now()
  const hostile = (write: (words: Int32Array<SharedArrayBuffer>, lane: Uint8Array) => void) => {
    const buffer = newRing(LANE_BYTES)
    const link = ringLink(buffer, { patienceMs: 50, nowMs: clock })
    write(new Int32Array(buffer, 0, 16), new Uint8Array(buffer, 64 + LANE_BYTES, LANE_BYTES))
    return link
  }

  it('with any cursors and any bytes never makes a call hang or throw', () => {
    const word = oneof(nat(2 * LANE_BYTES), integer())
    const holds = property(word, word, word, uint8Array({ maxLength: LANE_BYTES }), (read, written, ended, bytes) => {
      const buffer = newRing(LANE_BYTES)
      const link = ringLink(buffer, { patienceMs: 1, nowMs: clock })
      const words = new Int32Array(buffer, 0, 16)
      words.set([ended % 2], 2)
      words.set([read], 5)
      words.set([written], 6)
      new Uint8Array(buffer, 64 + LANE_BYTES, LANE_BYTES).set(bytes)
      link.hear(() => 0)
      expect(link.call('GET_FMAP', 1, Uint8Array.of(1)).errno).toBe(EIO)
      expect(link.failed).toMatch(/^the daemon (broke the ring: |did not answer|answered what nobody|has ended)/)
    })
    assert(holds, { numRuns: propertyRuns.usual })
  })

  it('that says more was written than fits is refused', () => {
    const link = hostile((words) => words.set([LANE_BYTES + 1], 6))
    link.poll()
    expect(link.failed).toBe('the daemon broke the ring: more was written than there is room for')
  })

  it('that says more was read than was sent is refused', () => {
    const link = hostile((words) => words.set([1], 5))
    expect(link.call('GET_FMAP', 1, new Uint8Array(4)).errno).toBe(EIO)
    expect(link.failed).toBe('the daemon broke the ring: more was read than was written')
  })

  it('that announces a message without end is refused', () => {
    const link = hostile((words, lane) => {
      new DataView(lane.buffer, lane.byteOffset).setUint32(20, 0xffff_ffff, true)
      words.set([24], 6)
    })
    link.poll()
    expect(link.failed).toBe('the daemon broke the ring: a message of 4294967295 bytes')
  })

  it('that answers what nobody asked is refused', () => {
    const link = hostile((words, lane) => {
      new DataView(lane.buffer, lane.byteOffset).setUint32(0, 2, true)
      words.set([24], 6)
    })
    link.poll()
    expect(link.failed).toBe('the daemon answered what nobody asked')
  })

  it.each([[1, undefined], [2, 'the daemon answered what nobody asked'], [0, 'the daemon answered what nobody asked']])('whose answer is to request %i, while the first is asked', (id, failed) => {
    const link = hostile((words, lane) => {
      const head = new DataView(lane.buffer, lane.byteOffset)
      head.setUint32(0, 2, true)
      head.setUint32(16, id, true)
      words.set([24], 6)
    })
    expect(link.call('GET_FMAP', 1, new Uint8Array(4)).errno).toBe(failed === undefined ? 0 : EIO)
    expect(link.failed).toBe(failed)
  })
})

describe('one thread at both ends', () => {
  it('keeps notices that have no room until they are read', () => {
    const buffer = newRing(64)
    const server = serveRing(buffer, () => ({}))
    const link = ringLink(buffer, { patienceMs: 1, nowMs: () => performance.now() })
    const heard: Uint8Array[] = []
    link.hear((_, __, bytes) => heard.push(bytes))
    const told = Array.from({ length: 20 }, (_, i) => bytesFor(i, 50))
    for (const bytes of told) server.notify('TABLE', 1, bytes)
    for (let i = 0; i < 100; i++) {
      link.poll()
      expect(server.turn(0)).toBe(true)
    }
    expect(heard).toEqual(told)
  })

  it('whose daemon has ended hears so when it polls, after all that it was told', () => {
    const buffer = newRing(64)
    const server = serveRing(buffer, () => ({}))
    const link = ringLink(buffer, { patienceMs: 1, nowMs: () => performance.now() })
    const heard: (string | undefined)[] = []
    link.hear(() => heard.push(link.failed))
    for (let i = 0; i < 3; i++) server.notify('INVAL', 1, new Uint8Array(0))
    link.poll()
    link.poll()
    expect([heard.length, link.failed]).toEqual([2, undefined])
    server.notify('INVAL', 1, new Uint8Array(8))
    endRing(buffer)
    link.poll()
    expect(heard.every((failed) => failed === undefined)).toBe(true)
    expect(link.failed).toBe('the daemon has ended')
    link.poll()
    expect([link.failed, link.call('INIT', 0, new Uint8Array(0)).errno]).toEqual(['the daemon has ended', EIO])
    expect(server.turn(0)).toBe(false)
  })

  it('takes in what was there when it polled: a daemon that never stops holds up nobody', () => {
    const buffer = newRing(LANE_BYTES)
    const server = serveRing(buffer, () => ({}))
    const link = ringLink(buffer, { patienceMs: 1, nowMs: () => performance.now() })
    let heardCount = 0
    link.hear((notice, node, bytes) => {
      heardCount++
      return server.notify(notice, node, bytes)
    })
    server.notify('PROGRAM', 0, new Uint8Array(8))
    server.notify('PROGRAM', 0, new Uint8Array(8))
    for (const expected of [2, 4, 6]) {
      link.poll()
      expect(heardCount).toBe(expected)
    }
    expect(link.failed).toBeUndefined()
  })

  it('tells of a file that the kernel lets go of, and waits for no answer', () => {
    const buffer = newRing(64)
    const forgotten: number[] = []
    const server = serveRing(buffer, () => ({ FORGET: (node) => ({ errno: 0, bytes: new Uint8Array(forgotten.push(node)) }) }))
    const link = ringLink(buffer, { patienceMs: 1, nowMs: () => performance.now() })
    for (let node = 1; node <= 9; node++) link.forget(node)
    for (let i = 0; i < 20; i++) {
      link.poll()
      expect(server.turn(0)).toBe(true)
    }
    expect(forgotten).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    link.poll()
    expect(link.failed).toBeUndefined()
    link.end('it is over')
    link.forget(10)
  })
})
