// Rows on file data: what a mapping or a read costs over the bare memory under it.

import { MIB } from '../../src/core/base/align.ts'
import { SeededRandom } from '../../src/core/base/random.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import type { Machine } from '../../src/core/machine/machine.ts'
import { ALLOC_UNIT_BYTES } from '../../src/core/omf/constants.ts'
import { MOUNT, newDevice, newMaster } from './hosts.ts'
import { type BenchRow, expectEqual, measure, timeMs } from './measure.ts'

const FILE_BYTES = 64 * MIB
const USER = { uid: 1000, gid: 1000 }
const PATH = `${MOUNT}/data`

export function scanRow(): Promise<BenchRow> {
  const { master, raw } = prepared()
  const values = new Float64Array(raw.buffer, raw.byteOffset, FILE_BYTES / 8)
  for (let i = 0; i < values.length; i++) values[i] = i % 1000
  const mapped = must(master.mmap(PATH, {}, USER))
  return measure({ name: 'scan_f64', unit: 'MB/s', limit: 0.9, limitOf: 'ratio', limitIs: 'least', peer: 'the raw Float64Array' }, () => {
    let sum = 0
    const ms = timeMs(() => (sum = mapped.sumFloat64()))
    let rawSum = 0
    const rawMs = timeMs(() => (rawSum = sumOf(values)))
    expectEqual(sum, rawSum, 'sums')
    return { value: FILE_BYTES / ms / 1000, ratio: rawMs / ms }
  })
}

export function read64kRow(): Promise<BenchRow> {
  const pieceBytes = 64 * 1024
  const offsets = Array.from({ length: FILE_BYTES / pieceBytes }, (_, i) => i * pieceBytes)
  return readRow({ name: 'read_64k', unit: 'MB/s', limit: 0.8, limitOf: 'ratio', limitIs: 'least', peer: 'a bare set()' }, pieceBytes, offsets, 1)
}

export function read4kRandomRow(): Promise<BenchRow> {
  const pieceBytes = 4096
  const random = new SeededRandom(4)
  const offsets = Array.from({ length: 20_000 }, () => random.below(FILE_BYTES / pieceBytes) * pieceBytes)
  return readRow({ name: 'read_4k_random', unit: 'MB/s', limit: 0.7, limitOf: 'ratio', limitIs: 'least', peer: 'a bare set()' }, pieceBytes, offsets, 4)
}

function readRow(facts: Parameters<typeof measure>[0], pieceBytes: number, offsets: number[], rounds: number): Promise<BenchRow> {
  const { master, raw } = prepared()
  const fd = must(master.open(PATH, { read: true }, USER))
  const target = new Uint8Array(pieceBytes)
  return measure(facts, () => {
    let sum = 0
    const ms = timeMs(() => {
      for (let round = 0; round < rounds; round++) {
        for (const offset of offsets) {
          must(master.read(fd, offset, target))
          sum += target[offset % 61] as number
        }
      }
    })
    let rawSum = 0
    const rawMs = timeMs(() => {
      for (let round = 0; round < rounds; round++) {
        for (const offset of offsets) {
          target.set(raw.subarray(offset, offset + pieceBytes))
          rawSum += target[offset % 61] as number
        }
      }
    })
    expectEqual(sum, rawSum, 'bytes read')
    return { value: (rounds * offsets.length * pieceBytes) / ms / 1000, ratio: rawMs / ms }
  })
}

/** A master with one file full of seeded data, and the same bytes as the memory has them. */
function prepared(): { master: Machine; raw: Uint8Array } {
  const device = newDevice(256 * MIB)
  const master = newMaster(device, ALLOC_UNIT_BYTES)
  const created = must(runNow(master.creat(PATH, { sizeBytes: FILE_BYTES, ...USER })))
  must(runNow(master.fill(PATH, 42, USER)))
  const { map } = created.inode
  const offsetBytes = map?.kind === 'simple' ? (map.extents[0]?.offsetBytes ?? 0) : 0
  return { master, raw: new Uint8Array(device.buffer, offsetBytes, FILE_BYTES) }
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}
