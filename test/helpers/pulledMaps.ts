// A kernel's part in maps and its daemon, beside each other and without a file system: devices, files by node, and what was
// said. A daemon's answers can be bent before the kernel sees them.

import * as fc from 'fast-check'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import type { Extent } from '../../src/core/fmap/fmap.ts'
import { type Answer, BEFORE, DEVINDEX, LENGTH, newAnswer, OFFSET, type Resolver } from '../../src/core/fmap/resolve.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import { answerDaxdev } from '../../src/core/fuse/daemonFmap.ts'
import { type DirectLink, directLink } from '../../src/core/fuse/directLink.ts'
import type { Answered, Handlers, MapStore, Opcode } from '../../src/core/fuse/wire.ts'
import { MountDevices } from '../../src/core/kernel/devices.ts'
import type { MapWay, WayContext, WayMaker } from '../../src/core/kernel/way.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../src/core/mem/memory.ts'

export const UNIT_BYTES = 4096

/** Bends an answer. */
type Bend = (answered: Answered, opcode: Opcode, request: Uint8Array) => Answered

export class Bench implements MapStore {
  readonly memories: Memory[]
  readonly maps = new Map<number, WideMap>()
  readonly context: WayContext
  readonly direct: DirectLink
  readonly counts: Partial<Record<Opcode, number>> = {}
  handlers: Handlers = {}
  bend: Bend = (answered) => answered

  constructor(deviceCount: number, deviceBytes: number) {
    this.memories = Array.from({ length: deviceCount }, (_, i) =>
      coherentMemory(daxdev({ name: `/dev/dax${i}.0`, uuid: NIL_UUID.replace(/0$/, String(i)), buffer: new SharedArrayBuffer(deviceBytes) })))
    const devices = new MountDevices(this.memories[0] as Memory, false)
    this.context = { devices, unitBytes: UNIT_BYTES, isReserved: () => false, openDevice: (_devindex, name) => this.memories.find(({ device }) => device.name === name) }
    this.direct = directLink(() => this.#counting())
  }

  map(node: number): WideMap | undefined {
    return this.maps.get(node)
  }

  daxdev(devindex: number): string | undefined {
    return this.memories[devindex]?.device.name
  }

  make(maker: WayMaker): MapWay {
    return maker.make(this.context)
  }

  #counting(): Handlers {
    const all: Handlers = { GET_DAXDEV: answerDaxdev(this), ...this.handlers }
    return Object.fromEntries(Object.entries(all).map(([name, handler]) => {
      const opcode = name as Opcode
      return [opcode, (node: number, request: Uint8Array) => {
        this.counts[opcode] = (this.counts[opcode] ?? 0) + 1
        return this.bend(handler(node, request), opcode, request)
      }]
    }))
  }
}

export function simpleMap(extents: readonly Extent[], sizeBytes = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)): WideMap {
  return { kind: 'simple', sizeBytes, columns: columnsOf(extents) }
}

/** Where a byte is, by walking the file's extents or its chunks, one by one. */
export function walked(map: WideMap, fileOffsetBytes: number): [devindex: number, offsetBytes: number, lengthBytes: number, beforeBytes: number] | undefined {
  if (fileOffsetBytes < 0 || fileOffsetBytes >= map.sizeBytes) return undefined
  let startBytes = 0
  for (const { devindex, offsetBytes, lengthBytes } of piecesInOrder(map)) {
    const within = fileOffsetBytes - startBytes
    if (within < lengthBytes) return [devindex, offsetBytes + within, Math.min(lengthBytes - within, map.sizeBytes - fileOffsetBytes), within]
    startBytes += lengthBytes
  }
  return undefined
}

function* piecesInOrder(map: WideMap): Generator<Extent> {
  if (map.kind === 'simple') {
    const { count, devindices, offsets, lengths } = map.columns
    for (let i = 0; i < count; i++) yield { devindex: devindices[i]!, offsetBytes: offsets[i]!, lengthBytes: lengths[i]! }
    return
  }
  for (const { sizeBytes, chunkBytes, strips } of map.interleaved) {
    const used = strips.map(() => 0)
    for (let chunk = 0; chunk * chunkBytes < sizeBytes; chunk++) {
      const { devindex, offsetBytes } = strips[chunk % strips.length]!
      yield { devindex, offsetBytes: offsetBytes + used[chunk % strips.length]!, lengthBytes: chunkBytes }
      used[chunk % strips.length]! += chunkBytes
    }
  }
}

const answer: Answer = newAnswer()

export function resolved(resolver: Resolver, fileOffsetBytes: number): [number, number, number, number] | undefined {
  if (!resolver.resolve(fileOffsetBytes, answer)) return undefined
  return [answer[DEVINDEX]!, answer[OFFSET]!, answer[LENGTH]!, answer[BEFORE]!]
}

interface MapPlan {
  map: WideMap
  deviceCount: number
}

export const DEVICE_UNITS = 64

/** Simple lists whose extents lie anywhere on up to 4 devices, and striped files of one or two parts. No unit is used twice. */
export function anyMap(): fc.Arbitrary<MapPlan> {
  return fc.oneof(simplePlan(), stripedPlan())
}

export function simplePlan(): fc.Arbitrary<MapPlan> {
  return fc
    .record({ deviceCount: fc.integer({ min: 1, max: 4 }), cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 24 }), order: fc.infiniteStream(fc.nat()), cutBytes: fc.nat({ max: UNIT_BYTES - 1 }) })
    .map(({ deviceCount, cuts, order, cutBytes }) => {
      const extents: Extent[] = []
      let devindex = 0
      let unit = 0
      for (const units of cuts) {
        if (unit + units > DEVICE_UNITS) {
          devindex++
          unit = 0
        }
        if (devindex === deviceCount) break
        extents.push({ devindex, offsetBytes: unit * UNIT_BYTES, lengthBytes: units * UNIT_BYTES })
        unit += units
      }
      shuffle(extents, order)
      const heldBytes = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
      return { deviceCount, map: simpleMap(extents, heldBytes - cutBytes) }
    })
}

function stripedPlan(): fc.Arbitrary<MapPlan> {
  const part = fc.record({ chunkUnits: fc.constantFrom(1, 2, 4), stripCount: fc.integer({ min: 1, max: 4 }), chunks: fc.integer({ min: 1, max: 12 }) })
  return fc
    .record({ deviceCount: fc.integer({ min: 1, max: 4 }), first: part, second: fc.option(part), cutBytes: fc.nat({ max: UNIT_BYTES - 1 }) })
    .map(({ deviceCount, first, second, cutBytes }) => {
      const nextUnits = Array.from({ length: deviceCount }, () => 0)
      const parts = [first, ...(second ? [second] : [])].map(({ chunkUnits, stripCount, chunks }, i, all) => {
        const rows = Math.ceil(chunks / stripCount)
        const strips = Array.from({ length: stripCount }, (_, strip) => {
          const devindex = nextUnits.indexOf(Math.min(...nextUnits))
          const offsetBytes = nextUnits[devindex]! * UNIT_BYTES
          // Nine units are left out now and then, so that strips of one device don't lie in a row.
          nextUnits[devindex]! += rows * chunkUnits + (strip % 3 === 0 ? 9 : 0)
          return { devindex, offsetBytes, lengthBytes: rows * chunkUnits * UNIT_BYTES }
        })
        const chunkBytes = chunkUnits * UNIT_BYTES
        return { sizeBytes: chunks * chunkBytes - (i === all.length - 1 ? cutBytes : 0), chunkBytes, strips }
      })
      return { deviceCount, map: { kind: 'interleaved', sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), interleaved: parts } }
    })
}

function shuffle(items: unknown[], order: fc.Stream<number>): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = (order.next().value as number) % (i + 1)
    ;[items[i], items[j]] = [items[j], items[i]]
  }
}
