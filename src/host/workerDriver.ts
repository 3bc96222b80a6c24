// One worker per host over one SharedArrayBuffer. A worker that dies or hangs ends every call that waits for it: comlink
// alone would leave them waiting for ever.

import { type Remote, proxy, releaseProxy, wrap } from 'comlink'
import { fail, ok, type Result } from '../core/base/result.ts'
import { type Driver, HostHandle } from './driver.ts'
import type { HostSpec, HostWire } from './protocol.ts'

export interface WorkerDriverOptions {
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
      let watch: ReturnType<typeof setInterval> | undefined
      const close = (): void => {
        clearInterval(watch)
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
      const booted = remote.boot(spec, proxy((callId, progress) => handle.progressed(callId, progress))).then(
        () => undefined,
        (error: unknown) => `memory can't be shared with its worker: ${error instanceof Error ? error.message : String(error)}`,
      )
      const why = await Promise.race([booted, died, after(hungAfterMs, 'its worker did not start in time')])
      if (why !== undefined) {
        handle.went(why)
        return fail('host_down', { name: spec.name, why })
      }
      watch = watchFor(handle, pingEveryMs, hungAfterMs)
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

/** Asks again and again; the question that isn't answered in time ends the host. */
function watchFor(handle: HostHandle, everyMs: number, hungAfterMs: number): ReturnType<typeof setInterval> {
  let asked = false
  return setInterval(() => {
    if (asked || handle.down !== undefined) return
    asked = true
    const answered = handle.ping().then(() => true)
    void Promise.race([answered, after(hungAfterMs, false)]).then((alive) => {
      asked = false
      if (!alive) handle.went('its worker hung: it did not answer')
    })
  }, everyMs)
}

function after<T>(delayMs: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), delayMs))
}
