// A daemon's own thread: it serves a ring from the maps that came with it, until the ring ends. While it waits for requests
// it blocks; between waits it lets messages in.

import { serveRing } from '../core/fuse/ring.ts'
import type { MapStore } from '../core/fuse/wire.ts'
import { handlersOf } from '../core/machine/kernels.ts'
import type { DaemonTask } from './daemon.ts'

const WAIT_MS = 20

globalThis.onmessage = ({ data: port }: MessageEvent<MessagePort>): void => {
  port.onmessage = ({ data }: MessageEvent<DaemonTask>) => void serve(data)
}

async function serve({ ring, kernel, cookies, files, daxdevs, program }: DaemonTask): Promise<void> {
  const maps = new Map(files.map(({ node, map }) => [node, map]))
  const store: MapStore = { map: (node) => maps.get(node), daxdev: (devindex) => daxdevs[devindex] }
  const server = serveRing(ring, () => handlers)
  const handlers = handlersOf(kernel, store, server.notify, { cookies, program })
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
