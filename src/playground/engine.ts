// The engine is chosen by doing: memory is shared with a worker, and if that works, hosts are workers. Neither the user
// agent nor crossOriginIsolated is asked. Where it doesn't work the page says why, and hosts take turns in its thread.

import { fail, ok, type Result } from '../core/base/result.ts'
import { NIL_UUID } from '../core/base/uuid.ts'
import { daxdev } from '../core/mem/daxdev.ts'
import type { Driver } from '../host/driver.ts'
import { workerDriver } from '../host/workerDriver.ts'
import type { EngineView } from './types.ts'

export interface Engine {
  driver: Driver
  view: EngineView
  newBuffer(sizeBytes: number): Result<SharedArrayBuffer | ArrayBuffer, 'no_memory'>
}

export async function chooseEngine(): Promise<Engine> {
  const why = await whyNotParallel()
  if (why === undefined) {
    const sentence = 'Parallel: every host is a web worker, and all of them share one memory.'
    return { driver: workerDriver(), view: { kind: 'parallel', sentence }, newBuffer: (sizeBytes) => allocated(sizeBytes, SharedArrayBuffer) }
  }
  // Loaded only here: where hosts are workers, the page itself never runs one.
  const { inlineDriver } = await import('../host/inlineDriver.ts')
  const sentence = `Hosts can't run in parallel here and take turns in one thread: ${why}`
  return { driver: inlineDriver, view: { kind: 'inline', sentence }, newBuffer: (sizeBytes) => allocated(sizeBytes, ArrayBuffer) }
}

/** A worker is given shared memory and answers; undefined if it does. */
async function whyNotParallel(): Promise<string | undefined> {
  if (typeof SharedArrayBuffer === 'undefined') {
    return 'this page was served without the headers that allow shared memory (Cross-Origin-Opener-Policy, Cross-Origin-Embedder-Policy; see the README, “Put it on your own server”).'
  }
  if (typeof Worker === 'undefined') return 'this browser has no workers.'
  const device = daxdev({ name: 'probe', uuid: NIL_UUID, buffer: new SharedArrayBuffer(64) })
  const probe = await workerDriver().spawn({ name: 'probe', systemUuid: NIL_UUID, devices: [device], relaxed: true })
  if (!probe.ok) return `${probe.failure.says}.`
  probe.value.kill()
  return undefined
}

/** Untouched memory costs nothing, but a browser may still have no room for its addresses. */
function allocated<T>(sizeBytes: number, make: new (sizeBytes: number) => T): Result<T, 'no_memory'> {
  try {
    return ok(new make(sizeBytes))
  } catch (error) {
    if (error instanceof RangeError) return fail('no_memory', { sizeBytes })
    throw error
  }
}
