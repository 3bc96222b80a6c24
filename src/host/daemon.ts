// A daemon in a worker of its own, as its kernel's thread reaches it: the maps go there once, by message, and from then on
// everything goes over a ring in shared memory. The kernel's thread must be one that may block.

import { newRing, ringLink, type RingLink } from '../core/fuse/ring.ts'
import type { WideMap } from '../core/fmap/wide.ts'
import type { PullKernel } from '../core/machine/kernels.ts'

/** What the daemon serves from; it keeps no more than this. */
interface DaemonStore {
  files: readonly { node: number; map: WideMap }[]
  /** Names on this host, by device index. */
  daxdevs: readonly string[]
  /** For the kernel that runs programs. */
  program?: string | undefined
  /** For the kernels that cache mappings: what a miss looks ahead. */
  aheadBytes?: number | undefined
}

/** To a daemon worker, through its port: one ring to serve, until it ends. */
export interface DaemonTask extends DaemonStore {
  ring: SharedArrayBuffer
  kernel: PullKernel
  cookies: Int32Array<SharedArrayBuffer>
}

interface StartedDaemon {
  ring: SharedArrayBuffer
  link: RingLink
  cookies: Int32Array<SharedArrayBuffer>
}

/** An answer that takes longer than this doesn't come: a daemon's thread may still have to start. */
const PATIENCE_MS = 20_000
const COOKIE_COUNT = 1024

/** @param port of a daemon worker */
export function startDaemon(port: { postMessage(task: DaemonTask): void }, kernel: PullKernel, store: DaemonStore, patienceMs = PATIENCE_MS): StartedDaemon {
  const ring = newRing()
  const cookies = new Int32Array(new SharedArrayBuffer(COOKIE_COUNT * 4))
  const task: DaemonTask = { ring, kernel, cookies, ...store }
  port.postMessage(task)
  return { ring, cookies, link: ringLink(ring, { patienceMs, nowMs: () => performance.now() }) }
}

/** @returns the worker, and the port that tasks go to, from whichever thread has it */
export function spawnDaemon(): { worker: Worker; port: MessagePort } {
  const worker = new Worker(new URL('./daemon.worker.ts', import.meta.url), { type: 'module', name: 'famfs daemon' })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage(port2, [port2])
  return { worker, port: port1 }
}
