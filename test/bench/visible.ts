// From creat on A to open on B, in another worker that waits for the log to grow and never polls.

import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { ALLOC_UNIT_BYTES } from '../../src/core/omf/constants.ts'
import { MOUNT, newDevice, newMaster, warmUp } from './hosts.ts'
import { type BenchRow, expectEqual, rowOf, SAMPLE_COUNT } from './measure.ts'

/** Words that page and worker share beside the device. */
export const READY = 0
export const SEEN_COUNT = 1
export const WORDS = 2

const FILES_A_SAMPLE = 12

export async function crossWorkerVisibleRow(): Promise<BenchRow> {
  warmUp(false)
  const device = newDevice(512 * MIB)
  const master = newMaster(device, ALLOC_UNIT_BYTES)
  const words = new Int32Array(new SharedArrayBuffer(WORDS * 4))
  const openedAt = new Float64Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL('./watcher.worker.ts', import.meta.url), { type: 'module' })
  try {
    worker.postMessage({ device, words, openedAt })
    await until(() => Atomics.load(words, READY) === 1)
    const samples: number[] = []
    let fileCount = 0
    for (let sample = 0; sample <= SAMPLE_COUNT; sample++) {
      const microseconds: number[] = []
      for (let i = 0; i < FILES_A_SAMPLE; i++) {
        // Give the watcher the time to be waiting again.
        await new Promise((resolve) => setTimeout(resolve, 5))
        const start = performance.timeOrigin + performance.now()
        must(runNow(master.creat(`${MOUNT}/f${fileCount}`, { sizeBytes: 1 })))
        fileCount++
        await until(() => Atomics.load(words, SEEN_COUNT) === fileCount)
        microseconds.push(((openedAt[0] as number) - start) * 1000)
      }
      samples.push(medianOf(microseconds))
    }
    expectEqual(Atomics.load(words, SEEN_COUNT), fileCount, 'files opened by the watcher')
    const facts = { name: 'cross_worker_visible', unit: 'µs from creat on A to open on B', limit: 50 }
    return rowOf(facts, samples.slice(1).map((value) => ({ value })))
  } finally {
    worker.terminate()
  }
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
