// Rows on saving: the first save of a full device, and a save after 2 MiB of it have changed.

import { MIB } from '../../src/core/base/align.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import { must } from '../../src/core/base/result.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import { CHUNK_BYTES } from '../../src/store/chunks.ts'
import { type BenchRow, expectEqual, rowOf, type Sample, SAMPLE_COUNT } from './measure.ts'

const DEVICE_BYTES = 256 * MIB
const FACTS = { device: { name: '/dev/dax0.0', uuid: NIL_UUID, sizeBytes: DEVICE_BYTES }, hosts: [] }
const CHUNKS = Array.from({ length: DEVICE_BYTES / CHUNK_BYTES }, (_, chunk) => chunk)

/** Both rows come from the same saves, so that their ratio is of one run. */
export async function saveRows(): Promise<BenchRow[]> {
  const buffer = new SharedArrayBuffer(DEVICE_BYTES)
  const random = new SeededRandom(1)
  random.fillBytes(new Uint8Array(buffer))
  const first: Sample[] = []
  const small: Sample[] = []
  const store = new ImageStore('famfs-bench')
  for (let i = 0; i < SAMPLE_COUNT; i++) {
    must(await store.clear())
    const firstMs = await timed(async () => must(await store.save(FACTS, buffer, CHUNKS, true)))
    new Uint8Array(buffer, 100 * MIB, 2 * MIB).fill(i + 1)
    const smallMs = await timed(async () => must(await store.save(FACTS, buffer, [50])))
    first.push({ value: firstMs })
    small.push({ value: smallMs, ratio: smallMs / firstMs })
  }
  const loaded = new ArrayBuffer(DEVICE_BYTES)
  const again = new ImageStore('famfs-bench')
  must(await again.open())
  must(await again.load(loaded))
  expectEqual(sumOf(loaded), sumOf(buffer), 'the image that was saved')
  must(await again.clear())
  return [
    rowOf({ name: 'save_first', unit: 'ms for 256 MiB' }, first),
    rowOf({ name: 'save_small', unit: 'ms for 2 MiB of 256 MiB', limit: 0.05, limitOf: 'ratio', peer: 'save_first' }, small),
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function sumOf(buffer: ArrayBuffer | SharedArrayBuffer): number {
  const words = new Uint32Array(buffer)
  let sum = 0
  for (let i = 0; i < words.length; i++) sum = (sum + (words[i] as number) * (1 + (i % 7))) % 2 ** 45
  return sum
}
