// A daemon at the far end of a ring, in a thread of its own: it does what each request asks of it, so that tests decide.

import { parentPort, workerData } from 'node:worker_threads'
import { SeededRandom } from '../../src/core/base/random.ts'
import { serveRing } from '../../src/core/fuse/ring.ts'

/** Bytes of a message that both ends can make. */
function bytesFor(seed: number, lengthBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthBytes)
  new SeededRandom(seed).fillBytes(bytes)
  return bytes
}

const { buffer } = workerData as { buffer: SharedArrayBuffer }

/** GET_FMAP: u32 words {answer's length, errno, notices before, notices after, length of each}, then ballast. */
const server = serveRing(buffer, () => ({
  GET_FMAP(node, request) {
    const words = new Uint32Array(request.slice(0, 20).buffer)
    const [answerBytes = 0, errno = 0, before = 0, after = 0, noticeBytes = 0] = words
    for (let i = 0; i < before; i++) server.notify('UPSERT', node, bytesFor(i, noticeBytes))
    // What is told after the answer waits until the answer is on its way.
    pending = () => {
      for (let i = 0; i < after; i++) server.notify('INVAL', node, bytesFor(i, noticeBytes))
    }
    const ballast = request.subarray(20).reduce((sum, byte) => (sum + byte) >>> 0, 0)
    return { errno, bytes: bytesFor(ballast, answerBytes) }
  },
  GET_DAXDEV() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  },
  OPEN() {
    throw new Error('this daemon was told to fall')
  },
}))

let pending: (() => void) | undefined

parentPort?.postMessage('ready')
// Short turns, so that what waits for the end of a turn goes out soon.
while (server.turn(5)) {
  pending?.()
  pending = undefined
}
