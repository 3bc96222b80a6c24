// What every make of Memory must do, whatever it caches: a host sees its own writes at once; others see them after it
// flushes and they invalidate; a range that isn't backed is never touched. memory.test.ts runs this over each make.

import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import { createDirectory, createFile } from '../../src/core/fs/create.ts'
import { newVolume } from '../../src/core/fs/volume.ts'
import { readLayout } from '../../src/core/log/layout.ts'
import { logplay } from '../../src/core/log/replay.ts'
import { ShadowTree } from '../helpers/shadowTree.ts'
import { type Daxdev, daxdev } from '../../src/core/mem/daxdev.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { directory, file, fileOptions, format, listing, lock, METADATA_BYTES } from '../helpers/volumes.ts'

/** A host's memory over a device that it shares with others. */
export type MakeMemory = (device: Daxdev) => Memory

export function memoryContract(name: string, make: MakeMemory): void {
  describe.each([
    ['shared', (bytes: number) => new SharedArrayBuffer(bytes)],
    ['private', (bytes: number) => new ArrayBuffer(bytes)],
  ])(`${name} memory over a %s buffer`, (_, newBuffer) => {
    const newDevice = (bytes: number, sizeBytes = bytes): Daxdev => daxdev({ name: '/dev/dax0.0', uuid: NIL_UUID, buffer: newBuffer(bytes), sizeBytes })
    const read = (memory: Memory, at: number, length: number): number[] => {
      const target = new Uint8Array(length)
      memory.read(at, target)
      return [...target]
    }
    const publish = (memory: Memory, at: number, bytes: Uint8Array): void => {
      memory.write(at, bytes)
      memory.flush(at, bytes.length)
    }

    it('a host reads what it wrote, byte for byte, at any place', () => {
      const memory = make(newDevice(1000))
      for (const [at, length] of [[0, 1], [0, 1000], [999, 1], [63, 2], [64, 64], [1, 130], [500, 0], [1000, 0]] as const) {
        const bytes = Uint8Array.from({ length }, (__, i) => (at + i * 7 + length) % 256)
        memory.write(at, bytes)
        expect([at, length, read(memory, at, length)]).toEqual([at, length, [...bytes]])
      }
    })

    it('a write leaves its neighbours alone', () => {
      const memory = make(newDevice(256))
      memory.write(0, new Uint8Array(256).fill(9))
      memory.write(61, Uint8Array.of(1, 2, 3, 4, 5))
      expect(read(memory, 58, 11)).toEqual([9, 9, 9, 1, 2, 3, 4, 5, 9, 9, 9])
    })

    it('what is read and written is a copy', () => {
      const memory = make(newDevice(64))
      const given = Uint8Array.of(1, 2, 3)
      memory.write(0, given)
      given.fill(0)
      const target = new Uint8Array(8).fill(7)
      memory.read(0, target.subarray(2, 5))
      target.fill(0, 2, 3)
      expect([...target, ...read(memory, 0, 3)]).toEqual([7, 7, 0, 2, 3, 7, 7, 7, 1, 2, 3])
    })

    it('another host sees it after a flush here and an invalidate there', () => {
      const device = newDevice(4096)
      const [a, b] = [make(device), make(device)]
      expect(read(b, 100, 3)).toEqual([0, 0, 0])
      publish(a, 100, Uint8Array.of(1, 2, 3))
      b.invalidate(100, 3)
      expect(read(b, 100, 3)).toEqual([1, 2, 3])
      publish(b, 101, Uint8Array.of(9))
      a.invalidate(0, 4096)
      expect(read(a, 100, 3)).toEqual([1, 9, 3])
    })

    it('words are stored and loaded whole, little-endian, and seen by others in the same way', () => {
      const device = newDevice(128)
      const [a, b] = [make(device), make(device)]
      a.store64(8, 0x0102_0304_0506_0708n)
      a.flush(8, 8)
      b.invalidate(8, 8)
      expect([a.load64(8), b.load64(8), a.load64(0), read(b, 8, 8)]).toEqual([0x0102_0304_0506_0708n, 0x0102_0304_0506_0708n, 0n, [8, 7, 6, 5, 4, 3, 2, 1]])
      a.store64(120, 2n ** 64n - 1n)
      expect(a.load64(120)).toBe(2n ** 64n - 1n)
      a.write(16, Uint8Array.of(1))
      expect(a.load64(16)).toBe(1n)
    })

    it('a window is the device’s own bytes', () => {
      const device = newDevice(4096)
      const [a, b] = [make(device), make(device)]
      const mine = a.window(1000, 100)
      mine[3] = 77
      a.flush(1000, 100)
      b.invalidate(1000, 100)
      expect([mine.length, b.window(1003, 1)[0], read(b, 1003, 1)[0]]).toEqual([100, 77, 77])
    })

    it('only what is backed can be touched', () => {
      const memory = make(newDevice(1000, 5000))
      expect([memory.presentBytes, memory.device.sizeBytes]).toEqual([1000, 5000])
      const touches: (() => unknown)[] = [
        () => memory.read(999, new Uint8Array(2)),
        () => memory.read(-1, new Uint8Array(1)),
        () => memory.write(1000, new Uint8Array(1)),
        () => memory.write(-1, new Uint8Array(1)),
        () => memory.window(990, 11),
        () => memory.window(-1, 1),
        () => memory.load64(1000),
        () => memory.load64(-8),
        () => memory.load64(4),
        () => memory.store64(12, 0n),
        () => memory.store64(1000, 0n),
      ]
      for (const touch of touches) expect(touch).toThrow('broken assumption')
      expect(memory.load64(992)).toBe(0n)
    })

    it('no bytes at all is a memory too', () => {
      const memory = make(newDevice(0, 4096))
      expect([memory.presentBytes, readLayout(memory)]).toEqual([0, expect.objectContaining({ ok: false })])
    })

    it('a file system made on one host is played on another, again and again', () => {
      const device = newDevice(METADATA_BYTES, 256 * MIB)
      const [a, b] = [make(device), make(device)]
      // The client has looked before there was anything to see.
      expect(readLayout(b).ok).toBe(false)
      format(a)
      const volume = newVolume(a)
      const tree = new ShadowTree()
      let played = 0
      for (let round = 0; round < 5; round++) {
        const held = lock(volume)
        must(createDirectory(held, directory(`d${round}`)))
        must(createFile(held, file(`d${round}/f`, 3 * MIB), fileOptions()))
        const layout = must(readLayout(b))
        played = must(runNow(logplay(b, layout, tree, played))).nextIndex
        expect(played).toBe(2 * (round + 1))
      }
      expect(listing(tree)).toHaveLength(10)
    })
  })

  it(`${name} memory reaches all of a device that no single array can hold`, () => {
    const device = daxdev({ name: '/dev/dax0.0', uuid: NIL_UUID, buffer: new SharedArrayBuffer(8 * GIB) })
    const [a, b] = [make(device), make(device)]
    const border = Uint8Array.of(1, 2, 3, 4)
    a.write(4 * GIB - 2, border)
    a.store64(8 * GIB - 8, 5n)
    for (const [at, length] of [[4 * GIB - 2, 4], [8 * GIB - 8, 8]] as const) {
      a.flush(at, length)
      b.invalidate(at, length)
    }
    const seen = new Uint8Array(4)
    b.read(4 * GIB - 2, seen)
    expect([...seen, b.window(8 * GIB - 8, 8)[0], b.load64(8 * GIB - 8), b.load64(0)]).toEqual([1, 2, 3, 4, 5, 5n, 0n])
    expect(() => b.load64(8 * GIB)).toThrow('broken assumption')
  })
}
