// Threads of Node for tests, running a helper's script.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** @param name of the script beside this one; it says something when it is ready */
export async function startThreadOf(name: string, workerData?: unknown): Promise<Worker> {
  // Node 20 reads no types: tsx does it for this one thread.
  const script = new URL(name, import.meta.url).href
  const start = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(script)}, ${JSON.stringify(script)}))`
  const worker = new Worker(start, { eval: true, workerData, stderr: true })
  worker.on('error', () => undefined)
  await once(worker, 'message')
  return worker
}
