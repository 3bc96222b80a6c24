// Daemons of this host's mounts in workers of their own. Whatever becomes of a worker, its ring ends with a reason, and the
// kernel that waits for it goes on with an error; a worker ends with its mount, and with its host.

import { failLate } from '../core/base/late.ts'
import { ok } from '../core/base/result.ts'
import type { StartThread } from '../core/machine/daemonThread.ts'
import { spawnDaemon, startDaemon } from './daemon.ts'

/** While its kernel waits, the host answers nobody: it must be over before the host is taken for hung. */
const PATIENCE_MS = 8_000
const STARTS_WITHIN_MS = 15_000

export const startThread: StartThread = (kernel) => {
  const why = whyNot()
  if (why !== undefined) return failLate('no_daemon_thread', { why })
  const { worker, port } = spawnDaemon()
  const { link, cookies } = startDaemon(port, kernel, { files: [], daxdevs: [] }, PATIENCE_MS)
  const end = (reason: string): void => {
    clearTimeout(timer)
    link.end(reason)
    port.close()
    worker.terminate()
  }
  const timer = setTimeout(() => {
    if (!link.isServed) end('its worker did not start in time')
  }, STARTS_WITHIN_MS)
  worker.onerror = (event) => {
    event.preventDefault()
    end(event.message ? `its worker died: ${event.message}` : 'its worker could not be started')
  }
  return ok({ link, cookies, end: () => end('it was ended') })
}

function whyNot(): string | undefined {
  if (typeof Worker === 'undefined') return 'there are no workers here'
  if ('document' in globalThis) return 'this host is in the page’s own thread, which may not wait for another'
  return globalThis.crossOriginIsolated ? undefined : 'memory can’t be shared between workers here'
}
