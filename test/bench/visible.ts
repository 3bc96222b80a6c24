// From creat on A to open on B, in another worker that waits for the log to grow and never polls.

import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { ALLOC_UNIT_BYTES } from '../../src/core/omf/constants.ts'
import { MOUNT, newDevice, newMaster, warmUp } from './hosts.ts'
import { type BenchRow, expectEqual, rowOf, type Sample, SAMPLE_COUNT } from './measure.ts'

/** Words that page and worker share beside the device. */
export const READY = 0
export const SEEN_COUNT = 1
export const PING = 2
export const PONG = 3
export const WORDS = 4

const FILES_A_SAMPLE = 12

export async function crossWorkerVisibleRow(): Promise<BenchRow> {
  warmUp(false)
  const device = newDevice(512 * MIB)
  const master = newMaster(device, ALLOC_UNIT_BYTES)
  const words = new Int32Array(new SharedArrayBuffer(WORDS * 4))
  const notedAt = new Float64Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL('./watcher.worker.ts', import.meta.url), { type: 'module' })
  try {
    worker.postMessage({ device, words, notedAt })
    await until(() => Atomics.load(words, READY) === 1)
    const samples: Sample[] = []
    let count = 0
    for (let sample = 0; sample <= SAMPLE_COUNT; sample++) {
      const ours: number[] = []
      const bare: number[] = []
      for (let i = 0; i < FILES_A_SAMPLE; i++) {
        count++
        bare.push(await microsecondsTo(words, PONG, count, notedAt, () => {
          Atomics.store(words, PING, count)
          Atomics.notify(words, PING)
        }))
        ours.push(await microsecondsTo(words, SEEN_COUNT, count, notedAt, () => {
          must(runNow(master.creat(`${MOUNT}/f${count}`, { sizeBytes: 1 })))
        }))
      }
      samples.push({ value: medianOf(ours), ratio: medianOf(ours) / medianOf(bare) })
    }
    expectEqual(Atomics.load(words, SEEN_COUNT), count, 'files opened by the watcher')
    const facts = { name: 'cross_worker_visible', unit: 'µs from creat on A to open on B', limit: 50, peer: 'waking the worker with a bare notify' }
    return rowOf(facts, samples.slice(1))
  } finally {
    worker.terminate()
  }
}

/** From before the act to the moment that the worker notes, once it has noted this count. */
async function microsecondsTo(words: Int32Array, word: number, count: number, notedAt: Float64Array, act: () => void): Promise<number> {
  // Give the worker the time to be waiting again.
  await new Promise((resolve) => setTimeout(resolve, 5))
  const start = performance.timeOrigin + performance.now()
  act()
  await until(() => Atomics.load(words, word) === count)
  return ((notedAt[0] as number) - start) * 1000
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the watcher did not answer within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function medianOf(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
