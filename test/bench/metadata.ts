// Rows on superblock, log and names: what a file system does before the first byte of data.

import { MIB } from '../../src/core/base/align.ts'
import { crc32 } from '../../src/core/base/crc32.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { LOG_OFFSET_BYTES, SMALL_ALLOC_UNIT_BYTES } from '../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES } from '../../src/core/omf/log.ts'
import { createMany, DEVICE, MOUNT, newDevice, newMachine, newMaster } from './hosts.ts'
import { type BenchRow, expectEqual, measure, timeMs } from './measure.ts'

const DEVICE_BYTES = 256 * MIB
const FILES = 10_000

export function mkfsRow(): Promise<BenchRow> {
  return measure({ name: 'mkfs', unit: 'ms', peer: 'reading the log once for zeros' }, () => {
    const device = newDevice(DEVICE_BYTES)
    const host = newMachine('A', device)
    const value = timeMs(() => void must(runNow(host.mkfs(DEVICE, {}))))
    const words = new Int32Array(device.buffer, LOG_OFFSET_BYTES, (8 * MIB) / 4)
    let sum = 0
    const peerMs = timeMs(() => {
      for (let i = 0; i < words.length; i++) sum += words[i] as number
    })
    expectEqual(sum !== 0, true, 'the log has a header')
    expectEqual(must(runNow(host.mount(DEVICE, MOUNT))).nextIndex, 0, 'a new log is empty')
    return { value, ratio: value / peerMs }
  })
}

export function createRow(): Promise<BenchRow> {
  return measure({ name: 'create', unit: 'files per second', limit: 200_000, limitIs: 'least', peer: 'Map.set of an object' }, () => {
    const master = newMaster(newDevice(DEVICE_BYTES), SMALL_ALLOC_UNIT_BYTES)
    const ms = timeMs(() => createMany(master, FILES, 4096))
    expectEqual(master.mounts()[0]?.playedCount, FILES, 'every file is in the log')
    const peer = new Map<string, { sizeBytes: number }>()
    const peerMs = timeMs(() => {
      for (let i = 0; i < FILES; i++) peer.set(`${MOUNT}/f${i}`, { sizeBytes: 4096 })
    })
    expectEqual(peer.size, FILES, 'the map has every file')
    return { value: (FILES / ms) * 1000, ratio: peerMs / ms }
  })
}

export function statRow(): Promise<BenchRow> {
  const master = newMaster(newDevice(DEVICE_BYTES), SMALL_ALLOC_UNIT_BYTES)
  createMany(master, FILES, 4096)
  const paths = Array.from({ length: FILES }, (_, i) => `${MOUNT}/f${(i * 7919) % FILES}`)
  const peer = new Map(paths.map((path) => [path, { sizeBytes: 4096 }]))
  return measure({ name: 'stat', unit: 'calls per second', limit: 2_000_000, limitIs: 'least', peer: 'Map.get' }, () => {
    let sum = 0
    const ms = timeMs(() => {
      for (let round = 0; round < 20; round++) for (const path of paths) sum += must(master.stat(path)).sizeBytes
    })
    let peerSum = 0
    const peerMs = timeMs(() => {
      for (let round = 0; round < 20; round++) for (const path of paths) peerSum += peer.get(path)?.sizeBytes ?? 0
    })
    expectEqual(sum, peerSum, 'sizes')
    return { value: (20 * FILES * 1000) / ms, ratio: peerMs / ms }
  })
}

export function logplayFullRow(): Promise<BenchRow> {
  const device = newDevice(DEVICE_BYTES)
  createMany(newMaster(device, SMALL_ALLOC_UNIT_BYTES), FILES, 4096)
  const log = new Uint8Array(device.buffer, LOG_OFFSET_BYTES + LOG_HEADER_BYTES, FILES * LOG_ENTRY_BYTES)
  const facts = { name: 'logplay_full', unit: 'ms for 10,000 files', limit: 20, peer: 'crc32 of the same entries' }
  return measure(facts, () => {
    const client = newMachine('B', device)
    let played = 0
    const value = timeMs(() => (played = must(runNow(client.mount(DEVICE, MOUNT))).newFiles))
    expectEqual(played, FILES, 'every file was played')
    let good = 0
    const peerMs = timeMs(() => {
      for (let at = 0; at < log.length; at += LOG_ENTRY_BYTES) good += crc32(log.subarray(at, at + LOG_ENTRY_CRC_OFFSET)) === crcAt(log, at) ? 1 : 0
    })
    expectEqual(good, FILES, 'every checksum')
    return { value, ratio: peerMs / value }
  })
}

/** One new entry behind a long log, against one behind a short log: the ratio says whether the log's length matters. */
export function logplayTailRow(): Promise<BenchRow> {
  const long = tailOf(FILES)
  const short = tailOf(10)
  return measure({ name: 'logplay_tail', unit: 'µs', peer: 'the same behind 10 entries' }, () => {
    const value = long()
    return { value, ratio: value / short() }
  })
}

function tailOf(count: number): () => number {
  const device = newDevice(DEVICE_BYTES)
  const master = newMaster(device, SMALL_ALLOC_UNIT_BYTES)
  createMany(master, count, 4096)
  const client = newMachine('B', device)
  must(runNow(client.mount(DEVICE, MOUNT)))
  let next = count
  return () => {
    const rounds = 200
    let ms = 0
    for (let i = 0; i < rounds; i++) {
      must(runNow(master.creat(`${MOUNT}/f${next++}`, { sizeBytes: 4096 })))
      ms += timeMs(() => expectEqual(must(runNow(client.logplay(MOUNT))).newFiles, 1, 'one entry was played'))
    }
    return (ms / rounds) * 1000
  }
}

function crcAt(log: Uint8Array, at: number): number {
  return new DataView(log.buffer, log.byteOffset + at + LOG_ENTRY_CRC_OFFSET, 4).getUint32(0, true)
}

