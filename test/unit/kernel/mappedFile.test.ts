// A mapping is its file's bytes and nothing else: every accessor agrees with a plain array, whatever the map, and no view
// of the device gets out.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src/core/base/random.ts'
import { checked, type Fmap } from '../../../src/core/fmap/fmap.ts'
import { newAnswer } from '../../../src/core/fmap/resolve.ts'
import { resolverOf } from '../../../src/core/fmap/mapResolve.ts'
import { MountDevices } from '../../../src/core/kernel/devices.ts'
import { FileBytes } from '../../../src/core/kernel/fileBytes.ts'
import { MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { propertyRuns } from '../../counts.ts'
import { failureOf, firstDifference, valueOf } from '../../helpers/outcome.ts'

const DEVICE_BYTES = 1 << 16
const KINDS = ['plain', 'interleaved', 'several', 'odd'] as const

function newMemory(): Memory {
  const memory = coherentMemory(daxdev({ name: 'd', uuid: '', buffer: new SharedArrayBuffer(DEVICE_BYTES) }))
  new SeededRandom(1).fillBytes(memory.window(0, DEVICE_BYTES))
  return memory
}

const piece = (offsetBytes: number, lengthBytes: number) => ({ devindex: 0, offsetBytes, lengthBytes })

function mapFor(kind: (typeof KINDS)[number], sizeBytes: number): Fmap {
  if (kind === 'plain') return { kind: 'simple', sizeBytes, extents: [piece(4096, 16384)] }
  if (kind === 'interleaved') return { kind: 'interleaved', sizeBytes, chunkBytes: 1024, strips: [piece(40960, 8192), piece(8192, 8192), piece(20480, 8192)] }
  // Out of order, and with an extent of no bytes between.
  if (kind === 'several') return { kind: 'simple', sizeBytes, extents: [piece(32768, 4096), piece(4096, 8192), piece(0, 0), piece(49152, 8192)] }
  // No length and no offset is a multiple of a value's size.
  return { kind: 'simple', sizeBytes, extents: [piece(30001, 13), piece(5001, 1), piece(7, 4099), piece(20003, 3), piece(40005, 16001)] }
}

/** Byte by byte, through the resolver alone. */
function modelOf(memory: Memory, map: Fmap): Uint8Array<ArrayBuffer> {
  const resolver = resolverOf(map)
  const answer = newAnswer()
  const bytes = new Uint8Array(map.sizeBytes)
  for (let at = 0; at < bytes.length; at++) {
    resolver.resolve(at, answer)
    bytes[at] = memory.window(answer[1]!, 1)[0]!
  }
  return bytes
}

const bytesOf = (memory: Memory, map: Fmap): FileBytes => new FileBytes({ path: 'f', invalid: false }, resolverOf(map), new MountDevices(memory, false))

function mapped(kind: (typeof KINDS)[number], sizeBytes = 16001, writable = true) {
  const memory = newMemory()
  const map = mapFor(kind, sizeBytes)
  expect(checked(map)).toEqual({ map })
  return { memory, map, model: modelOf(memory, map), file: new MappedFile('f', bytesOf(memory, map), writable) }
}

describe.each(KINDS)('a %s map', (kind) => {
  it('reads as its bytes', () => {
    const { model, file } = mapped(kind)
    const view = new DataView(model.buffer)
    const whole = new Uint8Array(model.length)
    valueOf(file.copyTo(whole))
    expect(firstDifference(whole, model)).toBe(-1)
    const property = fc.property(fc.nat({ max: model.length - 8 }), fc.nat({ max: 3000 }), (at, length) => {
      expect(file.getUint8(at)).toBe(model[at])
      expect(file.getInt32(at)).toBe(view.getInt32(at, true))
      expect(Object.is(file.getFloat64(at), view.getFloat64(at, true))).toBe(true)
      const part = new Uint8Array(Math.min(length, model.length - at))
      valueOf(file.copyTo(part, at))
      expect(firstDifference(part, model.slice(at, at + part.length))).toBe(-1)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })

  it('writes its bytes and no others', () => {
    const { memory, map, model, file } = mapped(kind)
    const others = memory.window(0, DEVICE_BYTES).slice()
    const property = fc.property(fc.nat({ max: model.length - 1 }), fc.uint8Array({ maxLength: 3000 }), (at, bytes) => {
      const part = bytes.subarray(0, model.length - at)
      valueOf(file.write(at, part))
      model.set(part, at)
    })
    fc.assert(property, { numRuns: propertyRuns.dear })
    valueOf(file.setUint8(3, 200))
    valueOf(file.setInt32(11, -5))
    valueOf(file.setFloat64(1021, 0.1))
    const view = new DataView(model.buffer)
    view.setUint8(3, 200)
    view.setInt32(11, -5, true)
    view.setFloat64(1021, 0.1, true)
    expect(firstDifference(modelOf(memory, map), model)).toBe(-1)
    const words = fc.property(fc.nat({ max: model.length - 8 }), fc.double(), fc.integer(), (at, value, word) => {
      valueOf(file.setFloat64(at, value))
      view.setFloat64(at, value, true)
      valueOf(file.setInt32(at + 2, word))
      view.setInt32(at + 2, word, true)
    })
    fc.assert(words, { numRuns: propertyRuns.dear })
    expect(firstDifference(modelOf(memory, map), model)).toBe(-1)

    const resolver = resolverOf(map)
    const answer = newAnswer()
    for (let at = 0; at < model.length; at++) {
      resolver.resolve(at, answer)
      others[answer[1]!] = model[at]!
    }
    expect(firstDifference(memory.window(0, DEVICE_BYTES).slice(), others)).toBe(-1)
  })

  it('sums as a plain loop does', () => {
    for (const sizeBytes of [1, 7, 8, 9, 8191, 8192, 16001]) {
      const { memory, map, model } = mapped(kind, sizeBytes)
      const values = new Float64Array(Math.floor(sizeBytes / 8))
      const random = new SeededRandom(sizeBytes)
      for (let i = 0; i < values.length; i++) values[i] = random.below(1000) - 300
      model.set(new Uint8Array(values.buffer))
      const file = new MappedFile('f', bytesOf(memory, map), true)
      valueOf(file.write(0, model))
      // Whole numbers, so that the order of adding doesn't matter.
      expect(file.sumFloat64()).toBe(values.reduce((sum, value) => sum + value, 0))
    }
  })

  it('is walked in order, in copies', () => {
    const { memory, model, file } = mapped(kind)
    const seen = new Uint8Array(model.length)
    let next = 0
    file.forEachChunk((copy, at) => {
      expect(at).toBe(next)
      expect(copy.buffer).toBeInstanceOf(ArrayBuffer)
      seen.set(copy, at)
      copy.fill(0)
      next += copy.length
    })
    expect(next).toBe(model.length)
    expect(firstDifference(seen, model)).toBe(-1)
    expect(firstDifference(modelOf(memory, mapFor(kind, 16001)), model)).toBe(-1)
  })

  it('has its segments in file order, and none twice', () => {
    const { memory, model, file } = mapped(kind)
    const segments = [...file.segments()]
    let next = 0
    for (const { fileOffsetBytes, deviceOffsetBytes, lengthBytes } of segments) {
      expect(fileOffsetBytes).toBe(next)
      expect(firstDifference(memory.window(deviceOffsetBytes, lengthBytes).slice(), model.slice(next, next + lengthBytes))).toBe(-1)
      next += lengthBytes
    }
    expect(next).toBe(model.length)
    expect(file.faultCount).toBe(0)
  })

  it('has its segments whatever became of the memory there, until its mount is gone', () => {
    const memory = newMemory()
    const devices = new MountDevices(memory, true)
    const inode = { path: 'f', invalid: false }
    const file = new MappedFile('f', new FileBytes(inode, resolverOf(mapFor(kind, 16001)), devices), true)
    const segments = [...file.segments()]
    expect(segments.length).toBeGreaterThan(0)
    memory.health.stop()
    failureOf(file.setUint8(0, 1), 'mount_failed')
    expect([...file.segments()]).toEqual(segments)
    inode.invalid = true
    expect([...file.segments()]).toEqual(segments)
    devices.end()
    expect([...file.segments()]).toEqual([])
  })

  it('refuses what leaves the file, whole', () => {
    const { memory, model, file } = mapped(kind)
    const before = memory.window(0, DEVICE_BYTES).slice()
    for (const at of [-1, -8, 0.5, Number.NaN, Infinity, model.length, model.length - 7, 2 ** 40, 2 ** 53]) {
      failureOf(file.copyTo(new Uint8Array(8), at), 'out_of_file')
      failureOf(file.write(at, new Uint8Array(8)), 'out_of_file')
      failureOf(file.setFloat64(at, 1), 'out_of_file')
      failureOf(file.setInt32(at === model.length - 7 ? model.length - 3 : at, 1), 'out_of_file')
      expect(() => file.getFloat64(at)).toThrow('broken assumption')
    }
    for (const at of [-1, 0.5, Number.NaN, Infinity, model.length]) {
      expect(() => file.getUint8(at)).toThrow('broken assumption')
      expect(() => file.getInt32(at)).toThrow('broken assumption')
    }
    valueOf(file.copyTo(new Uint8Array(0), model.length))
    expect(firstDifference(memory.window(0, DEVICE_BYTES).slice(), before)).toBe(-1)
  })

  it('that is read-only is never written', () => {
    const { memory, file } = mapped(kind, 16001, false)
    const before = memory.window(0, DEVICE_BYTES).slice()
    for (const refused of [file.write(0, new Uint8Array(9)), file.setUint8(0, 1), file.setInt32(0, 1), file.setFloat64(0, 1), file.write(99999, new Uint8Array(1))]) {
      expect(failureOf(refused, 'read_only_mapping').errno).toBe('EACCES')
    }
    expect(firstDifference(memory.window(0, DEVICE_BYTES).slice(), before)).toBe(-1)
  })

  it('lets no view of the device out', () => {
    const { memory, file } = mapped(kind)
    file.sumFloat64()
    file.getFloat64(1020)
    const reached = reachable(file, 'unsafeBytes')
    expect(reached.length).toBeGreaterThan(8)
    expect(reached.filter((value) => sharesMemory(value, memory))).toEqual([])
  })
})

describe('faults', () => {
  it('are first touches of segments', () => {
    const { file } = mapped('interleaved')
    expect(file.faultCount).toBe(0)
    file.getUint8(5)
    file.getUint8(1023)
    expect(file.faultCount).toBe(1)
    file.getInt32(1022)
    expect(file.faultCount).toBe(2)
    file.getUint8(0)
    file.getUint8(16000)
    expect(file.faultCount).toBe(3)
    file.sumFloat64()
    expect(file.faultCount).toBe(16)
    valueOf(file.copyTo(new Uint8Array(16001)))
    expect(file.faultCount).toBe(16)
  })

  it('of a plain map are one', () => {
    const { file } = mapped('plain')
    valueOf(file.write(7000, new Uint8Array(100)))
    file.sumFloat64()
    expect(file.faultCount).toBe(1)
  })
})

describe('unsafeBytes', () => {
  it('of one segment is the memory itself, of the file’s length', () => {
    const { memory, model, file } = mapped('plain')
    const bytes = valueOf(file.unsafeBytes())
    expect(firstDifference(bytes.slice(), model)).toBe(-1)
    expect(bytes.buffer).toBe(memory.device.buffer)
    valueOf(file.setUint8(9, 77))
    expect(bytes[9]).toBe(77)
  })

  it('of several segments does not exist', () => {
    const failure = failureOf(mapped('interleaved').file.unsafeBytes(), 'several_segments')
    expect(failure.says).toContain('16 pieces')
    failureOf(mapped('several').file.unsafeBytes(), 'several_segments')
  })

  it('of an interleaved file in its first chunk is that chunk', () => {
    const { model, file } = mapped('interleaved', 1000)
    expect(firstDifference(valueOf(file.unsafeBytes()).slice(), model)).toBe(-1)
  })

  it('of a read-only mapping is the memory too, so that a client reads tables in place', () => {
    const { memory, model, file } = mapped('plain', undefined, false)
    const bytes = valueOf(file.unsafeBytes())
    expect(bytes.buffer).toBe(memory.device.buffer)
    expect(firstDifference(bytes.slice(), model)).toBe(-1)
  })

  it('of a file without bytes is empty', () => {
    expect(valueOf(mapped('plain', 0).file.unsafeBytes())).toHaveLength(0)
  })
})

/** Everything that properties, getters and methods of the object hand over, save one method. */
function reachable(file: MappedFile, except: string): unknown[] {
  const found: unknown[] = []
  const look = (value: unknown): void => {
    found.push(value)
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) Object.values(value).forEach(look)
  }
  const record = file as unknown as Record<string, unknown>
  const names = new Set([...Object.getOwnPropertyNames(file), ...Object.getOwnPropertyNames(MappedFile.prototype)])
  expect(names).toContain(except)
  for (const name of names) {
    if (name === 'constructor' || name === except) continue
    const member = record[name]
    if (typeof member !== 'function') {
      look(member)
      continue
    }
    const given = name === 'forEachChunk' ? [look] : name === 'copyTo' ? [new Uint8Array(9), 0] : name === 'write' ? [0, new Uint8Array(9)] : [8, 1]
    const result: unknown = member.apply(file, given)
    look(name === 'segments' ? [...(result as Iterable<unknown>)] : result)
  }
  return found
}

function sharesMemory(value: unknown, memory: Memory): boolean {
  return value === memory.device.buffer || value === memory || (ArrayBuffer.isView(value) && value.buffer === memory.device.buffer)
}
