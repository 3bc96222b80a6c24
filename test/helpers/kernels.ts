// Mounts for tests of kernels: devices side by side in one pool with a gap behind each that belongs to none, files whose
// maps are given, and a naive model of where each byte of them is. No shadow tree, no log: a map store in memory.

import { SeededRandom } from '../../src/core/base/random.ts'
import type { Failure, Result } from '../../src/core/base/result.ts'
import type { Extent, Fmap } from '../../src/core/fmap/fmap.ts'
import type { WideMap } from '../../src/core/fmap/wide.ts'
import { columnsOf } from '../../src/core/fmap/wide.ts'
import type { MapStore } from '../../src/core/fuse/wire.ts'
import type { FileBytes } from '../../src/core/kernel/fileBytes.ts'
import { type FileInode, KernelMount } from '../../src/core/kernel/mount.ts'
import type { WayMaker } from '../../src/core/kernel/way.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../src/core/mem/memory.ts'

export interface RigShape {
  deviceCount: number
  deviceBytes: number
  unitBytes: number
  /** What each device has for itself, before any file; nothing unless said otherwise. */
  reservedBytes?: number
}

export const USUAL: RigShape = { deviceCount: 8, deviceBytes: 512 * 1024, unitBytes: 4096 }
/** Many maps. */
export const SMALL: RigShape = { deviceCount: 8, deviceBytes: 64 * 1024, unitBytes: 64 }
export const MEDIUM: RigShape = { deviceCount: 2, deviceBytes: 256 * 1024, unitBytes: 64 }
/** Units so small that every byte of a list of 100,000 extents can be compared. */
export const LONG: RigShape = { deviceCount: 2, deviceBytes: 8 * 1024 * 1024, unitBytes: 64 }

const GAP_BYTES = 4096
/** What no device holds. */
export const SECRET = 0xee

export interface Rig extends RigShape {
  pool: Uint8Array
  /** A device can be taken out, and put back. */
  memories: (Memory | undefined)[]
  nameOf(devindex: number): string
}

const templates = new Map<string, Uint8Array>()

/** Chance once for each shape: making it anew would take most of the tests' time. */
function templateOf(shape: RigShape): Uint8Array {
  const key = JSON.stringify(shape)
  const known = templates.get(key)
  if (known) return known
  const bytes = new Uint8Array(shape.deviceCount * (shape.deviceBytes + GAP_BYTES))
  let state = 7
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    const byte = state >>> 24
    bytes[i] = byte === SECRET ? 0 : byte
  }
  for (let devindex = 0; devindex < shape.deviceCount; devindex++) {
    const end = poolOffset(shape, devindex, shape.deviceBytes)
    bytes.fill(SECRET, end, end + GAP_BYTES)
  }
  templates.set(key, bytes)
  return bytes
}

export function poolOffset({ deviceBytes }: RigShape, devindex: number, offsetBytes: number): number {
  return devindex * (deviceBytes + GAP_BYTES) + offsetBytes
}

export function newRig(shape: RigShape = USUAL): Rig {
  const template = templateOf(shape)
  const buffer = new SharedArrayBuffer(template.length)
  const pool = new Uint8Array(buffer)
  pool.set(template)
  const nameOf = (devindex: number): string => `/dev/dax${devindex}.0`
  const memories = Array.from({ length: shape.deviceCount }, (_, devindex) =>
    coherentMemory(daxdev({ name: nameOf(devindex), uuid: `device ${devindex}`, buffer, baseBytes: poolOffset(shape, devindex, 0), sizeBytes: shape.deviceBytes })))
  return { ...shape, pool, memories, nameOf }
}

export interface Mounted {
  rig: Rig
  mount: KernelMount
  store: MapStore
  /** @returns the inode, or why the kernel didn't take the map */
  add(path: string, map: WideMap): Result<FileInode>
}

/** @param make the way, over the store that the mount's files are in */
export function mounted(rig: Rig, make: (store: MapStore) => WayMaker): Mounted {
  const maps = new Map<number, WideMap>()
  const store: MapStore = { map: (node) => maps.get(node), daxdev: (devindex) => (rig.memories[devindex] ? rig.nameOf(devindex) : undefined) }
  const way = make(store)
  const openDevice = (_devindex: number, name: string): Memory | undefined => rig.memories.find((memory) => memory?.device.name === name)
  const primary = rig.memories[0] as Memory
  const mount = new KernelMount(primary, { dropWriteBits: false, now: () => 0, unitBytes: rig.unitBytes, way, openDevice, isReserved: (_path, _devindex, offsetBytes) => offsetBytes < (rig.reservedBytes ?? 0) })
  // Where tools push, replay has told of the devices; others are told by their daemon, and know what the mount found.
  for (const [devindex, memory] of rig.memories.entries()) {
    const given = memory && { uuid: memory.device.uuid, sizeBytes: rig.deviceBytes, memory }
    if (given && mount.way.push) mount.devices.add(devindex, given)
    else if (given && devindex > 0) mount.devices.expect(devindex, given)
  }
  return {
    rig, mount, store,
    add(path, map) {
      const made = mount.addFile({ path, mode: 0o644, uid: 0, gid: 0, entryIndex: -1, map: fmapOf(map) })
      if (typeof made === 'object') return { ok: false, failure: made as Failure }
      const inode = mount.lookup(path)
      if (made !== 'made' || inode?.kind !== 'file') throw new Error(`${path} is ${made}`)
      maps.set(inode.ino, map)
      return { ok: true, value: inode }
    },
  }
}

/** A map that a kernel may hold and a log can't is its size alone, for whoever doesn't push it. */
function fmapOf(map: WideMap): Fmap {
  const { sizeBytes } = map
  if (map.kind === 'simple') {
    const { count, devindices, offsets, lengths } = map.columns
    const most = Math.min(count, 64)
    return { kind: 'simple', sizeBytes, extents: Array.from({ length: most }, (_, i) => ({ devindex: devindices[i]!, offsetBytes: offsets[i]!, lengthBytes: lengths[i]! })) }
  }
  const [first] = map.interleaved
  return first && map.interleaved.length === 1 ? { kind: 'interleaved', sizeBytes, chunkBytes: first.chunkBytes, strips: first.strips } : { kind: 'simple', sizeBytes, extents: [] }
}

export function open(mount: Mounted, path: string): Result<FileBytes> {
  const inode = mount.mount.lookup(path)
  if (inode?.kind !== 'file') throw new Error(`there is no ${path}`)
  return mount.mount.access(inode)
}

// the model

/** Where a byte is, in words of golden/README.md, and in no hurry. */
export function placeOf(map: WideMap, at: number): { devindex: number; offsetBytes: number } {
  let within = at
  if (map.kind === 'simple') {
    const { count, devindices, offsets, lengths } = map.columns
    for (let i = 0; i < count; i++) {
      if (within < lengths[i]!) return { devindex: devindices[i]!, offsetBytes: offsets[i]! + within }
      within -= lengths[i]!
    }
  } else {
    for (const { sizeBytes, chunkBytes, strips } of map.interleaved) {
      if (within < sizeBytes) {
        const chunk = Math.floor(within / chunkBytes)
        const strip = strips[chunk % strips.length] as Extent
        return { devindex: strip.devindex, offsetBytes: strip.offsetBytes + Math.floor(chunk / strips.length) * chunkBytes + (within % chunkBytes) }
      }
      within -= sizeBytes
    }
  }
  throw new Error(`byte ${at} is in no piece`)
}

export function listOf({ columns: { count, devindices, offsets, lengths } }: WideMap & { kind: 'simple' }): Extent[] {
  return Array.from({ length: count }, (_, i) => ({ devindex: devindices[i]!, offsetBytes: offsets[i]!, lengthBytes: lengths[i]! }))
}

/** Where each byte of the file is in the pool. Lists go piece by piece: walking to each byte from the front takes minutes. */
export function positionsOf(rig: RigShape, map: WideMap): Float64Array {
  const positions = new Float64Array(map.sizeBytes)
  let at = 0
  if (map.kind === 'simple') {
    for (const { devindex, offsetBytes, lengthBytes } of listOf(map)) {
      for (let i = 0; i < lengthBytes && at < positions.length; i++) positions[at++] = poolOffset(rig, devindex, offsetBytes + i)
    }
    return positions
  }
  for (; at < positions.length; at++) {
    const { devindex, offsetBytes } = placeOf(map, at)
    positions[at] = poolOffset(rig, devindex, offsetBytes)
  }
  return positions
}

export function bytesOf(rig: Rig, map: WideMap): Uint8Array {
  return bytesAt(rig, positionsOf(rig, map))
}

export function bytesAt({ pool }: Rig, positions: Float64Array): Uint8Array {
  const bytes = new Uint8Array(positions.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = pool[positions[i]!]!
  return bytes
}

// maps by chance

export interface MapShape {
  kind: 'simple' | 'interleaved'
  /** Extents, or strips. */
  count: number
  deviceCount: number
  seed: number
  /** Units of the longest extent, or of a chunk (a power of two). */
  unitsMost: number
  /** Of a striped file; how often each strip is used. */
  rowCount?: number
}

/** Pieces that share no byte, in no order, and a size that needs the last of them. */
export function randomMap({ unitBytes }: RigShape, shape: MapShape): WideMap {
  const { kind, count, deviceCount, seed, unitsMost, rowCount = 1 } = shape
  const random = new SeededRandom(seed + 1)
  const below = (most: number): number => {
    const bytes = new Uint8Array(4)
    random.fillBytes(bytes)
    return new DataView(bytes.buffer).getUint32(0) % most
  }
  const cursors: number[] = Array.from({ length: deviceCount }, () => 0)
  const pieces = Array.from({ length: count }, (_, i): Extent => {
    const units = kind === 'simple' ? 1 + below(unitsMost) : unitsMost * rowCount
    const devindex = i % deviceCount
    const first = (cursors[devindex] as number) + (kind === 'simple' ? below(2) : 0)
    cursors[devindex] = first + units
    return { devindex, offsetBytes: first * unitBytes, lengthBytes: units * unitBytes }
  })
  for (let i = pieces.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const other = pieces[j] as Extent
    pieces[j] = pieces[i] as Extent
    pieces[i] = other
  }
  const last = pieces.at(-1) as Extent
  const heldBytes = pieces.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  if (kind === 'simple') return { kind, sizeBytes: heldBytes - below(last.lengthBytes), columns: columnsOf(pieces) }
  const chunkBytes = unitsMost * unitBytes
  const sizeBytes = heldBytes - below(chunkBytes * count)
  return { kind, sizeBytes, interleaved: [{ sizeBytes, chunkBytes, strips: pieces }] }
}
