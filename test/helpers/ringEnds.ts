// The kernel's end of a ring in the test's own thread, its daemon in another: see ringDaemon.ts.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { newRing, type RingLink, ringLink } from '../../src/core/fuse/ring.ts'

export interface Ends {
  link: RingLink
  worker: Worker
  buffer: SharedArrayBuffer
}

export async function startEnds(laneBytes: number, patienceMs = 30_000): Promise<Ends> {
  const buffer = newRing(laneBytes)
  // Node 20 reads no types: tsx does it for this one thread.
  const script = new URL('ringDaemon.ts', import.meta.url).href
  const start = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(script)}, ${JSON.stringify(script)}))`
  const worker = new Worker(start, { eval: true, workerData: { buffer }, stderr: true })
  worker.on('error', () => undefined)
  await once(worker, 'message')
  return { link: ringLink(buffer, { patienceMs, nowMs: () => performance.now() }), worker, buffer }
}
