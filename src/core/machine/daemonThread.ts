// A mount's daemon in a thread of its own. The thread is there, and has come to its end of the ring, before anything is
// mounted: from then on its kernel waits for it without letting anybody in, and a thread may need others to start.

import { failLate } from '../base/late.ts'
import type { Result } from '../base/result.ts'
import { type Task, WAITING } from '../base/task.ts'
import type { RingLink } from '../fuse/ring.ts'
import { fedLink } from '../fuse/storeFeed.ts'
import type { MapStore } from '../fuse/wire.ts'
import type { WayMaker } from '../kernel/way.ts'
import { type KernelOptions, type PullKernel, wayOver } from './kernels.ts'

export interface DaemonThread {
  link: RingLink
  /** Memory of both, for the kernel whose daemon keeps the cookies. */
  cookies: Int32Array
  /** However often. */
  end(): void
}

/** Starts a thread that comes to its end of the ring in time, or else ends the ring. */
export type StartThread = (kernel: PullKernel) => Result<DaemonThread, 'no_daemon_thread'>

/** @param start undefined where threads are nothing that a daemon could have */
export function* startedThread(start: StartThread | undefined, kernel: PullKernel): Task<Result<DaemonThread, 'no_daemon_thread'>> {
  const started = start?.(kernel) ?? failLate('no_daemon_thread', { why: 'this host has one thread' })
  if (!started.ok) return started
  const { link, end } = started.value
  let isReady = false
  try {
    while (!link.isServed && link.failed === undefined) {
      yield WAITING
      // Where it stumbled before it came, its ring has ended.
      link.poll()
    }
    if (link.failed !== undefined) return failLate('no_daemon_thread', { why: link.failed })
    isReady = true
    return started
  } finally {
    if (!isReady) end()
  }
}

/** The kernel, whose daemon is in that thread and answers from the store. */
export function wayApart(kernel: PullKernel, { link, cookies }: DaemonThread, store: MapStore, given: Pick<KernelOptions, 'random' | 'sandbox'>): WayMaker {
  return wayOver(kernel, fedLink(link, store), { ...given, cookies })
}
