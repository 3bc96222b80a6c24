// A daemon at its end of a ring, in a thread that has nothing else to do. While it waits for requests it blocks; between
// waits it lets messages in. Whatever it stumbles over ends its ring: its kernel hears of it at once.

import { textOf } from '../core/base/plain.ts'
import { endRing, serveRing } from '../core/fuse/ring.ts'
import { FedStore, STORED } from '../core/fuse/storeFeed.ts'
import { servedBy } from '../core/machine/kernels.ts'
import type { DaemonTask } from './daemon.ts'

const WAIT_MS = 20

/** Until the ring ends. */
export async function serveDaemon(task: DaemonTask): Promise<void> {
  try {
    await serve(task)
  } catch (error) {
    // Its thread goes on, so that nobody else would see it end.
    endRing(task.ring)
    throw error
  }
}

async function serve({ ring, kernel, cookies, files, daxdevs, program, aheadBytes }: DaemonTask): Promise<void> {
  const store = new FedStore(files.map(({ node, map }) => [node, map]), daxdevs.entries())
  const take = (code: number, node: number, bytes: Uint8Array): void => {
    if (code === STORED.PROGRAM) return served.upload?.(textOf(bytes.slice()))
    store.take(code, node, bytes)
    if (code === STORED.MOVED) served.moved?.(node)
  }
  const server = serveRing(ring, () => served.handlers, take)
  const served = servedBy(kernel, store, server.notify, { cookies, program, aheadBytes })
  while (server.turn(WAIT_MS)) await nextMessage()
}

/** Lets in what waits; a timer would take milliseconds. */
function nextMessage(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
