// The lab's files: made from the setup and its seed alone, so that a daemon in another thread makes the same ones. Extents
// of a file lie scattered over their device and never touch where they would follow each other in the file; no two overlap.

import { assert } from '../../core/base/assert.ts'
import { SeededRandom } from '../../core/base/random.ts'
import { type Extent, type Fmap } from '../../core/fmap/fmap.ts'
import { type Columns, type Interleaved, newColumns, type WideMap } from '../../core/fmap/wide.ts'
import type { MapStore } from '../../core/fuse/wire.ts'
import { LAB_DATA_BYTES, LAB_UNIT_BYTES } from './setup.ts'
import type { LabSetup } from './types.ts'

export interface LabFile {
  node: number
  path: string
  map: WideMap
}

export interface LabFiles {
  files: LabFile[]
  /** By device index. */
  deviceBytes: number[]
}

export const LAB_FIRST_NODE = 2

type FilesOf = Pick<LabSetup, 'shape' | 'extentCount' | 'stripCount' | 'isUniform' | 'fileCount' | 'deviceCount' | 'seed'>

export function labFiles(setup: FilesOf): LabFiles {
  const { fileCount, deviceCount, seed } = setup
  const random = new SeededRandom(seed)
  const deviceBytes = Array.from({ length: deviceCount }, () => LAB_DATA_BYTES)
  const files = Array.from({ length: fileCount }, (_, i): LabFile => {
    const map = setup.shape === 'striped' ? stripedMap(setup, i, deviceBytes) : simpleMap(setup, i, random, deviceBytes)
    return { node: LAB_FIRST_NODE + i, path: `file${i}`, map }
  })
  return { files, deviceBytes }
}

export function deviceName(devindex: number): string {
  return `/dev/dax${devindex}.0`
}

/** What the daemon answers from, as `maps` has them at that moment. */
export function labStore({ files, deviceBytes }: LabFiles, maps: readonly WideMap[] = files.map(({ map }) => map)): MapStore {
  return {
    map: (node) => maps[node - LAB_FIRST_NODE],
    daxdev: (devindex) => (devindex < deviceBytes.length ? deviceName(devindex) : undefined),
  }
}

/** As the tools of the standalone module read it from the log. */
export function fmapOfWide(map: WideMap): Fmap {
  if (map.kind === 'simple') return { kind: 'simple', sizeBytes: map.sizeBytes, extents: extentsOf(map.columns) }
  const [only] = map.interleaved
  assert(only && map.interleaved.length === 1, 'a file of the lab has one interleaved extent')
  return { kind: 'interleaved', sizeBytes: map.sizeBytes, chunkBytes: only.chunkBytes, strips: only.strips }
}

/** Chunk k is on strip k mod n; strip s is on device s mod m. The last chunk is not quite full. */
function stripedMap({ extentCount, stripCount, deviceCount }: FilesOf, fileIndex: number, deviceBytes: number[]): WideMap {
  const usedCount = Math.min(stripCount, extentCount)
  const lengthBytes = Math.ceil(extentCount / usedCount) * LAB_UNIT_BYTES
  const strips = Array.from({ length: usedCount }, (_, i): Extent => {
    const devindex = (fileIndex + i) % deviceCount
    return { devindex, offsetBytes: taken(deviceBytes, devindex, lengthBytes), lengthBytes }
  })
  const sizeBytes = extentCount * LAB_UNIT_BYTES - TAIL_BYTES
  const interleaved: Interleaved[] = [{ sizeBytes, chunkBytes: LAB_UNIT_BYTES, strips }]
  return { kind: 'interleaved', sizeBytes, interleaved }
}

/** Bytes of the last unit that no file has: a size needn't be whole units. */
const TAIL_BYTES = 100

/** The same file at another place, on the same devices, which grow by it. */
export function movedMap(map: WideMap, deviceBytes: number[]): WideMap {
  if (map.kind === 'interleaved') {
    const moved = ({ devindex, lengthBytes }: Extent): Extent => ({ devindex, offsetBytes: taken(deviceBytes, devindex, lengthBytes), lengthBytes })
    return { ...map, interleaved: map.interleaved.map((part) => ({ ...part, strips: part.strips.map(moved) })) }
  }
  const { count, devindices, lengths } = map.columns
  const columns = newColumns(count)
  columns.count = count
  columns.devindices.set(devindices.subarray(0, count))
  columns.lengths.set(lengths.subarray(0, count))
  scatter(columns, deviceBytes)
  return { ...map, columns }
}

function simpleMap({ extentCount, isUniform, deviceCount }: FilesOf, fileIndex: number, random: SeededRandom, deviceBytes: number[]): WideMap {
  const columns = newColumns(extentCount)
  columns.count = extentCount
  for (let i = 0; i < extentCount; i++) {
    columns.devindices[i] = (fileIndex + i) % deviceCount
    columns.lengths[i] = isUniform || random.below(5) < 2 ? LAB_UNIT_BYTES : 2 * LAB_UNIT_BYTES
  }
  scatter(columns, deviceBytes)
  let heldBytes = 0
  for (let i = 0; i < extentCount; i++) heldBytes += columns.lengths[i] as number
  return { kind: 'simple', sizeBytes: heldBytes - TAIL_BYTES, columns }
}

function taken(deviceBytes: number[], devindex: number, lengthBytes: number): number {
  const offsetBytes = deviceBytes[devindex] as number
  deviceBytes[devindex] = offsetBytes + lengthBytes
  return offsetBytes
}

function scatter({ count, devindices, offsets, lengths }: Columns, deviceBytes: number[]): void {
  for (const index of scattered(count)) offsets[index] = taken(deviceBytes, devindices[index] as number, lengths[index] as number)
}

/** Each index once, by steps of about 0.6 of all: in the order of the device, neighbours of the file are far apart. */
function* scattered(count: number): Generator<number, void, void> {
  let step = Math.max(1, Math.floor(count * 0.618))
  while (greatestCommonDivisor(step, count) !== 1) step++
  for (let i = 0, index = 0; i < count; i++, index = (index + step) % count) yield index
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function extentsOf({ count, devindices, offsets, lengths }: Columns): Extent[] {
  return Array.from({ length: count }, (_, i) => ({
    devindex: devindices[i] as number,
    offsetBytes: offsets[i] as number,
    lengthBytes: lengths[i] as number,
  }))
}
