// The kernel's end of a ring in the test's own thread, its daemon in another: see ringDaemon.ts.

import type { Worker } from 'node:worker_threads'
import { newRing, type RingLink, ringLink } from '../../src/core/fuse/ring.ts'
import { startThreadOf } from './threads.ts'

export interface Ends {
  link: RingLink
  worker: Worker
  buffer: SharedArrayBuffer
}

export async function startEnds(laneBytes: number, patienceMs = 30_000): Promise<Ends> {
  const buffer = newRing(laneBytes)
  const worker = await startThreadOf('ringDaemon.ts', { buffer })
  return { link: ringLink(buffer, { patienceMs, nowMs: () => performance.now() }), worker, buffer }
}
