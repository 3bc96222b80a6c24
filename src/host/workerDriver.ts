// One worker per host over one SharedArrayBuffer. A worker that dies or hangs ends every call that waits for it: comlink
// alone would leave them waiting for ever.

import { type Remote, proxy, releaseProxy, wrap } from 'comlink'
import { fail, ok, type Result } from '../core/base/result.ts'
import { type Driver, HostHandle } from './driver.ts'
import type { HostSpec, HostWire } from './protocol.ts'

interface WorkerDriverOptions {
  /** Another script, for tests of workers that misbehave. */
  startWorker?: (name: string) => Worker
  pingEveryMs?: number
  /** No answer for so long counts as hung; tasks let pings in every few milliseconds. */
  hungAfterMs?: number
}

export function workerDriver(options: WorkerDriverOptions = {}): Driver {
  const { startWorker = startHostWorker, pingEveryMs = 2_000, hungAfterMs = 15_000 } = options
  return {
    kind: 'worker',
    async spawn(spec: HostSpec): Promise<Result<HostHandle, 'host_down'>> {
      const worker = startWorker(spec.name)
      const remote = wrap<HostWire>(worker)
      let endWatch: (() => void) | undefined
      const close = (): void => {
        endWatch?.()
        remote[releaseProxy]()
        worker.terminate()
      }
      const handle = new HostHandle(spec, { wire: wireOf(remote), close })
      const died = new Promise<string>((resolve) => {
        const end = (why: string) => (event: Event): void => {
          event.preventDefault()
          handle.went(why)
          resolve(why)
        }
        worker.onerror = (event) => end(event.message ? `its worker died: ${event.message}` : 'its worker could not be started')(event)
        worker.onmessageerror = end('its worker sent what could not be read')
      })
      // Sharing memory with a worker that may not have it throws here, or arrives there as what can't be read.
      const booted = remote.boot(spec, proxy((callId, progress) => handle.progressed(callId, progress)), proxy((callId, note) => handle.noted(callId, note))).then(
        () => undefined,
        (error: unknown) => `memory can't be shared with its worker: ${error instanceof Error ? error.message : String(error)}`,
      )
      const late = alarm(hungAfterMs)
      const why = await Promise.race([booted, died, late.rings.then(() => 'its worker did not start in time')])
      late.clear()
      if (why !== undefined) {
        handle.went(why)
        return fail('host_down', { name: spec.name, why })
      }
      endWatch = watchFor(handle, pingEveryMs, hungAfterMs)
      return ok(handle)
    },
  }
}

function startHostWorker(name: string): Worker {
  return new Worker(new URL('./host.worker.ts', import.meta.url), { type: 'module', name: `host ${name}` })
}

function wireOf(remote: Remote<HostWire>): Pick<HostWire, 'call' | 'cancel' | 'ping'> {
  return { call: (message) => remote.call(message), cancel: (callId) => remote.cancel(callId), ping: () => remote.ping() }
}

/** Asks again and again; the question that isn't answered in time ends the host. @returns what ends the watch */
function watchFor(handle: HostHandle, everyMs: number, hungAfterMs: number): () => void {
  let limit: Alarm | undefined
  const answered = (): void => {
    limit?.clear()
    limit = undefined
  }
  const watch = setInterval(() => {
    if (limit !== undefined) return
    limit = alarm(hungAfterMs)
    void limit.rings.then(() => handle.went('its worker hung: it did not answer'))
    void handle.ping().then(answered)
  }, everyMs)
  return () => {
    clearInterval(watch)
    limit?.clear()
  }
}

interface Alarm {
  rings: Promise<void>
  clear(): void
}

/** Rings once, unless it is cleared. */
function alarm(delayMs: number): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined
  const rings = new Promise<void>((resolve) => (timer = setTimeout(resolve, delayMs)))
  return { rings, clear: () => clearTimeout(timer) }
}
