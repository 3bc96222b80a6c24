// What every kernel must do at a file's end, where a file is invalid, a device is missing or memory fails: the same for each
// list and each striped file that a log can hold, and for lists too long for most interfaces, whether or not anyone had used
// the file before. kernels.test.ts runs this over each kernel.

import { describe, expect, it } from 'vitest'
import type { Failure, Result } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { newAnswer } from '../../src/core/fmap/resolve.ts'
import { columnsOf, type WideMap } from '../../src/core/fmap/wide.ts'
import { BusError } from '../../src/core/kernel/mappedFile.ts'
import { clearPoison } from '../../src/core/machine/deviceErrors.ts'
import { isStandalone } from '../../src/core/machine/kernels.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { bytesAt, bytesOf, LONG, type MapShape, type Mounted, mounted, newRig, open, positionsOf, randomMap, type Rig, type RigShape, USUAL } from '../helpers/kernels.ts'
import { firstDifference, valueOf } from '../helpers/outcome.ts'
import { errnoOf, expectTransfers, type KernelUnderTest, limitOf, mapOf, mountedWith, readOf, someOf, writeOf } from './kernels.contract.ts'

/** What an access through a mapping ends with. */
function busErrorOf(access: () => unknown): Failure {
  try {
    access()
  } catch (error) {
    if (error instanceof BusError) return error.failure
    throw error
  }
  throw new Error('no bus error')
}

/** It answers, and what was poisoned is zeros. */
function heal(memory: Memory): void {
  memory.health.start()
  valueOf(runNow(clearPoison(memory, 0, memory.device.sizeBytes)))
}

interface Shaped {
  shape: RigShape
  map: WideMap
}

const FINE: RigShape = { deviceCount: 4, deviceBytes: 256 * 1024, unitBytes: 64 }
const shaped = (shape: RigShape, given: MapShape): Shaped => ({ shape, map: randomMap(shape, given) })

/** The kinds of files that a kernel takes. */
function shapesOf({ name }: KernelUnderTest): [what: string, shaped: Shaped][] {
  const deviceCount = name === 'v1-abi42' ? 1 : 2
  const all: Record<string, Shaped> = {
    'two extents': shaped(USUAL, { kind: 'simple', count: 2, deviceCount, seed: 5, unitsMost: 3 }),
    'four strips on four devices': shaped(USUAL, { kind: 'interleaved', count: 4, deviceCount: 4, seed: 6, unitsMost: 1, rowCount: 3 }),
    'six strips on three devices': shaped(USUAL, { kind: 'interleaved', count: 6, deviceCount: 3, seed: 7, unitsMost: 2, rowCount: 2 }),
    '2,000 extents on four devices': shaped(FINE, { kind: 'simple', count: 2000, deviceCount: 4, seed: 8, unitsMost: 2 }),
    '4,000 chunks on four devices': shaped(FINE, { kind: 'interleaved', count: 4, deviceCount: 4, seed: 9, unitsMost: 1, rowCount: 1000 }),
  }
  return Object.entries(all).filter(([, { map }]) => limitOf(name, map) === undefined)
}

const TINY: RigShape = { deviceCount: 8, deviceBytes: 16 * 1024, unitBytes: 64 }
const ONE_TO_SIXTEEN = Array.from({ length: 16 }, (_, i) => i + 1)
const WHEN = ['before', 'after'] as const
const FAILURES = ['poison', 'a stop', 'a reconfiguration'] as const
const LINE_BYTES = 64

/** Files in one mount. They share bytes of the devices, so that one line of them is in several. */
interface FileSet {
  shape: RigShape
  deviceCount: number
  /** `lines` of the pool, once each: what poison comes in. */
  files: { path: string; map: WideMap; positions: Float64Array; lines: Float64Array }[]
}

/** All that logs hold, and one list that none holds: made once for all kernels. */
const sets = new Map<string, FileSet>()

function setOf(shape: RigShape, given: Omit<MapShape, 'count' | 'seed'>, counts: readonly number[]): FileSet {
  const key = JSON.stringify([given, counts])
  const known = sets.get(key)
  if (known) return known
  const files = counts.map((count) => {
    const map = randomMap(shape, { ...given, count, seed: count })
    const positions = positionsOf(shape, map)
    // Units are lines here.
    const lines = positions.filter((_, at) => at % LINE_BYTES === 0).map((position) => position / LINE_BYTES)
    return { path: `f${count}`, map, positions, lines }
  })
  const made = { shape, deviceCount: given.deviceCount, files }
  sets.set(key, made)
  return made
}

/** With those of the files that the kernel takes. */
function setsOf({ name }: KernelUnderTest): [what: string, set: FileSet][] {
  const manyDevices = name === 'v1-abi42' ? 1 : 8
  const all: [string, FileSet][] = [
    [`1 to 16 extents on up to ${manyDevices} devices`, setOf(TINY, { kind: 'simple', deviceCount: manyDevices, unitsMost: 3 }, ONE_TO_SIXTEEN)],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((deviceCount): [string, FileSet] =>
      [`1 to 16 strips on up to ${deviceCount} devices`, setOf(TINY, { kind: 'interleaved', deviceCount, unitsMost: deviceCount % 2 === 0 ? 1 : 2, rowCount: 3 }, ONE_TO_SIXTEEN)]),
    ['100,000 extents on two devices', setOf(LONG, { kind: 'simple', deviceCount: 2, unitsMost: 1 }, [100_000])],
  ]
  const taken = all.map(([what, set]): [string, FileSet] => [what, { ...set, files: set.files.filter(({ map }) => limitOf(name, map) === undefined) }])
  return taken.filter(([, { files }]) => files.length > 0)
}

/** Which device each byte of the file is on. */
function devicesOf(shape: RigShape, map: WideMap): Uint8Array {
  const strideBytes = newRig(shape).pool.length / shape.deviceCount
  return Uint8Array.from(positionsOf(shape, map), (position) => Math.floor(position / strideBytes))
}

export function kernelErrorsContract(kernel: KernelUnderTest): void {
  const { name } = kernel
  const isPushed = isStandalone(name)
  /** The older ioctl knows the first device alone. */
  const manyDevices = name === 'v1-abi42' ? 1 : 8
  const [first, then] = isPushed ? ['ENODEV', 'ENODEV'] : ['EHWPOISON', 'EIO']
  const shapes = someOf(kernel, shapesOf(kernel))

  describe.each(shapes)(`${name}: an open file of %s`, (_, { shape, map: sound }) => {
    it('has nothing past its end, and never grows', () => {
      const rig = newRig(shape)
      const { on, added } = mountedWith(kernel, rig, sound)
      valueOf(added)
      const { sizeBytes } = sound
      const before = rig.pool.slice()
      for (const at of [sizeBytes, sizeBytes + 1, 2 ** 40]) expect(valueOf(readOf(on, 'f', at, 10))).toHaveLength(0)
      expect(valueOf(readOf(on, 'f', sizeBytes - 3, 10))).toHaveLength(3)
      const file = mapOf(on, 'f')
      for (const [at, length] of [[sizeBytes, 1], [sizeBytes - 3, 10], [-1, 1], [0.5, 1], [2 ** 52, 8]] as const) {
        expect([errnoOf(writeOf(on, 'f', at, new Uint8Array(length))), errnoOf(file.write(at, new Uint8Array(length))), errnoOf(file.copyTo(new Uint8Array(length), at))]).toEqual(['ENXIO', 'ENXIO', 'ENXIO'])
      }
      expect(errnoOf(readOf(on, 'f', -1, 1))).toBe('ENXIO')
      expect(Buffer.compare(before, rig.pool)).toBe(0)
      const answer = newAnswer()
      const { resolver } = valueOf(open(on, 'f'))
      for (const at of [-1, sizeBytes, sizeBytes + 4096, 1.5, Number.NaN, Infinity]) expect([at, resolver.resolve(at, answer), resolver.trouble]).toEqual([at, false, undefined])
    })

    it.each([1, -1])('whose size was changed by %i is ENXIO once, and then EIO for good', (by) => {
      const { on, added } = mountedWith(kernel, newRig(shape), sound)
      valueOf(added)
      const file = mapOf(on, 'f')
      const inode = on.mount.lookup('f')
      if (inode?.kind !== 'file') throw new Error('there is no f')
      on.mount.setSize(inode, sound.sizeBytes + by)
      expect([errnoOf(open(on, 'f')), errnoOf(open(on, 'f')), errnoOf(readOf(on, 'f', 0, 1))]).toEqual(['ENXIO', 'EIO', 'EIO'])
      on.mount.setSize(inode, sound.sizeBytes)
      expect([errnoOf(open(on, 'f')), errnoOf(writeOf(on, 'f', 0, new Uint8Array(1)))]).toEqual(['EIO', 'EIO'])
      // Mapped before: a fault that would be served now isn't.
      expect(errnoOf(file.copyTo(new Uint8Array(1)))).toBe('EIO')
      expect(busErrorOf(() => file.getUint8(0)).reason).toBe('file_invalid')
    })
  })

  describe.each(someOf(kernel, setsOf(kernel)))(`${name}: files of %s`, (_, { shape, deviceCount, files }) => {
    const strideBytes = newRig(shape).pool.length / shape.deviceCount
    const mountedSet = (rig: Rig): Mounted => {
      const on = mounted(rig, kernel.connect)
      for (const { path, map } of files) valueOf(on.add(path, map))
      return on
    }
    const outcomes = (which: typeof files, access: (path: string, sizeBytes: number) => Result<unknown>): string[] => which.map(({ path, map }) => errnoOf(access(path, map.sizeBytes)))
    const all = (which: typeof files, errno: string): string[] => which.map(() => errno)

    it('have nothing past their ends, and none grows', () => {
      const rig = newRig(shape)
      const on = mountedSet(rig)
      const before = rig.pool.slice()
      for (const { path, map: { sizeBytes } } of files) {
        expect([path, valueOf(readOf(on, path, sizeBytes, 10)).length, valueOf(readOf(on, path, sizeBytes - 1, 10)).length]).toEqual([path, 0, 1])
        const file = mapOf(on, path)
        expect([path, errnoOf(writeOf(on, path, sizeBytes - 1, new Uint8Array(2))), errnoOf(file.write(sizeBytes, new Uint8Array(1))), errnoOf(file.copyTo(new Uint8Array(2), sizeBytes - 1))]).toEqual([path, 'ENXIO', 'ENXIO', 'ENXIO'])
      }
      expect(Buffer.compare(before, rig.pool)).toBe(0)
    })

    it.each(WHEN)('%s their first access: of another size they are ENXIO once, and without a map EIO each time', (when) => {
      const rig = newRig(shape)
      const on = mountedSet(rig)
      const before = rig.pool.slice()
      const write = (path: string) => writeOf(on, path, 0, Uint8Array.of(1))
      const read = (path: string) => readOf(on, path, 0, 1)
      const used = when === 'after' ? files : []
      expect(outcomes(used, read)).toEqual(all(used, 'ok'))
      for (const [i, { path, map }] of files.entries()) {
        const inode = on.mount.lookup(path)
        if (inode?.kind !== 'file') throw new Error(`there is no ${path}`)
        on.mount.setSize(inode, map.sizeBytes + (i % 2 === 0 ? 1 : -1))
      }
      expect([outcomes(files, read), outcomes(files, write), outcomes(files, (path) => open(on, path))]).toEqual([all(files, 'ENXIO'), all(files, 'EIO'), all(files, 'EIO')])
      const stub = on.mount.addStub('stub', 0o644, 0, 0)
      for (const sizeBytes of [0, 1, 4096]) {
        on.mount.setSize(stub, sizeBytes)
        expect([errnoOf(open(on, 'stub')), errnoOf(read('stub')), errnoOf(write('stub')), stub.invalid]).toEqual(['EIO', 'EIO', 'EIO', false])
      }
      expect(Buffer.compare(before, rig.pool)).toBe(0)
    })

    const failures = FAILURES.flatMap((kind, i) => WHEN.map((when): [typeof kind, typeof when, number] => [kind, when, deviceCount > 1 ? 1 + (i % (deviceCount - 1)) : 0]))

    it.each(failures)('%s %s their first access, of device %i', (kind, when, bad) => {
      const rig = newRig(shape)
      const on = mountedSet(rig)
      const deviceOf = (line: number): number => Math.floor((line * LINE_BYTES) / strideBytes)
      const whole = (path: string, sizeBytes: number) => readOf(on, path, 0, sizeBytes)
      const used = when === 'after' ? files : []
      expect(used.map(({ path, map, positions }) => firstDifference(valueOf(whole(path, map.sizeBytes)), bytesAt(rig, positions)))).toEqual(used.map(() => -1))
      const onBad = files.filter(({ lines }) => lines.some((line) => deviceOf(line) === bad))
      // In the midst of what the longest of them has there.
      const itsLines = onBad.at(-1)?.lines.filter((line) => deviceOf(line) === bad) ?? []
      const poisoned = itsLines[itsLines.length >> 1] ?? 0
      const { health } = rig.memories[bad] as Memory
      if (kind === 'poison') health.addPoison(poisoned * LINE_BYTES - bad * strideBytes, LINE_BYTES)
      else if (kind === 'a stop') health.stop()
      else health.reconfigure()
      const hit = onBad.filter(({ lines }) => kind !== 'poison' || lines.includes(poisoned))
      const elsewhere = files.filter((file) => !onBad.includes(file))
      const spared = files.filter((file) => !hit.includes(file))
      const before = rig.pool.slice()
      expect(outcomes(spared, whole)).toEqual(all(spared, 'ok'))
      expect(hit.length).toBeGreaterThan(0)
      // Once one of them has met it, it is reported of the device: to each of its files, wherever that is touched.
      expect(outcomes(hit, whole)).toEqual(all(hit, first))
      expect(outcomes(hit, (path) => writeOf(on, path, 0, Uint8Array.of(1)))).toEqual(all(hit, then))
      const others = onBad.filter((file) => !hit.includes(file))
      expect([outcomes(others, whole), outcomes(onBad, whole), outcomes(onBad, (path) => open(on, path))]).toEqual([all(others, first), all(onBad, then), all(onBad, then)])
      expect(outcomes(elsewhere, whole)).toEqual(all(elsewhere, isPushed ? 'ENODEV' : 'ok'))
      expect(Buffer.compare(before, rig.pool)).toBe(0)
    })
  })

  // Who knows the first device alone has no mount without it.
  describe.each(manyDevices > 1 ? [name] : [])('%s: a device that isn’t here', () => {
    it('is ENODEV for its files alone, until it turns up', () => {
      const rig = newRig()
      const missing = rig.memories[3]!
      delete rig.memories[3]
      const on = mounted(rig, kernel.connect)
      const far: WideMap = { kind: 'simple', sizeBytes: 5000, columns: columnsOf([{ devindex: 0, offsetBytes: 0, lengthBytes: 4096 }, { devindex: 3, offsetBytes: 4096, lengthBytes: 4096 }]) }
      const near: WideMap = { kind: 'simple', sizeBytes: 5000, columns: columnsOf([{ devindex: 1, offsetBytes: 0, lengthBytes: 8192 }]) }
      const striped = randomMap(USUAL, { kind: 'interleaved', count: 5, deviceCount: 5, seed: 3, unitsMost: 1, rowCount: 2 })
      valueOf(on.add('far', far))
      valueOf(on.add('striped', striped))
      valueOf(on.add('near', near))
      expect([errnoOf(readOf(on, 'far', 0, 5000)), errnoOf(readOf(on, 'far', 4999, 1)), errnoOf(readOf(on, 'near', 0, 5000))]).toEqual(['ENODEV', 'ENODEV', 'ok'])
      for (let times = 0; times < 2; times++) expect([errnoOf(readOf(on, 'striped', 0, striped.sizeBytes)), errnoOf(writeOf(on, 'striped', 0, new Uint8Array(striped.sizeBytes)))]).toEqual(['ENODEV', 'ENODEV'])
      rig.memories[3] = missing
      if (isPushed) on.mount.devices.add(3, { uuid: missing.device.uuid, sizeBytes: rig.deviceBytes, memory: missing })
      expectTransfers(on, 'far', far)
      expectTransfers(on, 'striped', striped)
    })
  })

  describe(`${name}: memory that fails`, () => {
    const bad = manyDevices === 1 ? 0 : 1
    const piece = (devindex: number, unit: number) => ({ devindex, offsetBytes: unit * USUAL.unitBytes, lengthBytes: USUAL.unitBytes })
    const simple = (...extents: ReturnType<typeof piece>[]): WideMap => ({ kind: 'simple', sizeBytes: extents.length * USUAL.unitBytes - 96, columns: columnsOf(extents) })
    const FILES = { torn: simple(piece(0, 0), piece(bad, 9)), beside: simple(piece(bad, 20)), later: simple(piece(bad, 30)), ...(bad === 0 ? {} : { elsewhere: simple(piece(2, 4), piece(3, 4)) }) }
    const elsewhere: ['elsewhere', number, number][] = bad === 0 ? [] : [['elsewhere', 0, 8000]]
    /** In the second extent of `torn`. */
    const AT = 5000
    const fails: Record<string, (rig: Rig) => void> = {
      poison: ({ memories }) => void memories[bad]!.health.addPoison(9 * USUAL.unitBytes + 896, 64),
      'a device that stops': ({ memories }) => memories[bad]!.health.stop(),
      'a device reconfigured under the mount': ({ memories }) => memories[bad]!.health.reconfigure(),
    }

    it.each(Object.keys(fails))('%s: the file, its device, and what goes on', (kind) => {
      const rig = newRig()
      const on = mounted(rig, kernel.connect)
      for (const [path, map] of Object.entries(FILES)) valueOf(on.add(path, map))
      const used = Object.entries(FILES).filter(([path]) => path !== 'later')
      for (const [path, map] of used) expect(firstDifference(valueOf(readOf(on, path, 0, map.sizeBytes)), bytesOf(rig, map))).toBe(-1)
      const file = mapOf(on, 'torn')
      const touchedBefore = mapOf(on, 'torn')
      touchedBefore.getUint8(AT)
      const otherMapping = mapOf(on, 'beside')
      fails[kind]!(rig)
      // Nobody has touched it.
      const healthy: [path: string, at: number, length: number][] = [...(bad === 0 ? [] : [['torn', 0, 4096] as [string, number, number]]), ...elsewhere, ...(kind === 'poison' ? [['torn', 4100, 100] as [string, number, number]] : [])]
      expect(healthy.map((span) => errnoOf(readOf(on, ...span)))).toEqual(healthy.map(() => 'ok'))

      expect(busErrorOf(() => touchedBefore.getUint8(AT)).errno).toBe(first)
      // From now on all of that file: its healthy part too, and whatever was mapped before.
      expect([errnoOf(readOf(on, 'torn', AT, 1)), errnoOf(readOf(on, 'torn', 0, 10)), errnoOf(open(on, 'torn')), errnoOf(writeOf(on, 'torn', 0, new Uint8Array(5)))]).toEqual([then, then, then, then])
      expect([errnoOf(file.copyTo(new Uint8Array(5))), errnoOf(file.write(0, new Uint8Array(5))), errnoOf(file.setInt32(0, 1)), errnoOf(file.setFloat64(0, 1)), errnoOf(file.unsafeBytes())]).toEqual([then, then, then, then, then])
      for (const access of [() => file.getUint8(0), () => file.getInt32(4), () => file.getFloat64(8), () => file.sumFloat64(), () => file.forEachChunk(() => undefined)]) expect(busErrorOf(access).errno).toBe(then)
      // Other files of that device, whether or not they were in use.
      expect([errnoOf(otherMapping.copyTo(new Uint8Array(5))), errnoOf(readOf(on, 'beside', 0, 5))]).toEqual([first, then])
      expect([errnoOf(readOf(on, 'later', 0, 5)), errnoOf(readOf(on, 'later', 0, 5)), errnoOf(open(on, 'later'))]).toEqual([first, then, then])
      expect(elsewhere.map((span) => errnoOf(readOf(on, ...span)))).toEqual(elsewhere.map(() => (isPushed ? 'ENODEV' : 'ok')))

      // Healed, it is whole for the next mount alone, with zeros where it was poisoned.
      heal(rig.memories[bad]!)
      expect([errnoOf(readOf(on, 'torn', 0, 1)), errnoOf(readOf(on, 'beside', 0, 1))]).toEqual([then, then])
      const again = mounted(rig, kernel.connect)
      valueOf(again.add('torn', FILES.torn))
      expectTransfers(again, 'torn', FILES.torn)
    })

    it('a write over poison stores nothing in it, and tells', () => {
      const rig = newRig()
      const { on } = mountedWith(kernel, rig, FILES.torn)
      const before = rig.pool.slice()
      fails['poison']!(rig)
      expect([errnoOf(writeOf(on, 'f', 4096 + 800, new Uint8Array(200))), errnoOf(writeOf(on, 'f', 4096, new Uint8Array(10)))]).toEqual([first, then])
      expect(Buffer.compare(before, rig.pool)).toBe(0)
    })
  })

  const onDevices = shapes.flatMap(([what, { shape, map }]) => {
    const devices = devicesOf(shape, map)
    return [...new Set(devices)].toSorted().map((devindex): [string, Shaped, number] => [`device ${devindex} of ${what}`, { shape, map }, devices.indexOf(devindex, devices.length >> 1)])
  })

  describe.each(onDevices)(`${name}: memory that fails on %s`, (_, { shape, map }, at) => {
    const devices = devicesOf(shape, map)
    const positions = positionsOf(shape, map)
    const bad = devices[at]!
    const strideBytes = newRig(shape).pool.length / shape.deviceCount
    const lineBytes = 64
    /** The line of the device that the byte is in. */
    const lineOf = (byte: number): number => Math.floor(positions[byte]! / lineBytes)
    const breaks: Record<string, (rig: Rig) => void> = {
      poison: ({ memories }) => void memories[bad]!.health.addPoison(lineOf(at) * lineBytes - bad * strideBytes, lineBytes),
      'a stop': ({ memories }) => memories[bad]!.health.stop(),
      'a reconfiguration': ({ memories }) => memories[bad]!.health.reconfigure(),
    }

    // Which device fails makes a difference for poison; what takes all of a device is the same for each.
    const kinds = Object.keys(breaks).filter((kind) => kind === 'poison' || bad === devices.at(-1))

    it.each(kinds)('%s: nothing until it is touched; then all of the file, whatever way', (kind) => {
      const rig = newRig(shape)
      const { on } = mountedWith(kernel, rig, map)
      const model = bytesOf(rig, map)
      expect(firstDifference(valueOf(readOf(on, 'f', 0, map.sizeBytes)), model)).toBe(-1)
      const before = rig.pool.slice()
      const file = mapOf(on, 'f')
      file.getUint8(at)
      breaks[kind]!(rig)
      const isBroken = (byte: number): boolean => (kind === 'poison' ? lineOf(byte) === lineOf(at) : devices[byte] === bad)
      const healthy = Array.from({ length: 97 }, (__, i) => Math.floor((i / 97) * map.sizeBytes)).filter((byte) => !isBroken(byte))
      expect(healthy.length > 0 || devices.every((devindex) => devindex === bad)).toBe(true)
      for (const byte of healthy) expect([file.getUint8(byte), valueOf(readOf(on, 'f', byte, 1))[0]]).toEqual([model[byte], model[byte]])

      expect(busErrorOf(() => file.getUint8(at)).errno).toBe(first)
      expect(busErrorOf(() => file.getUint8(healthy[0] ?? 0)).errno).toBe(then)
      expect([errnoOf(file.write(at, Uint8Array.of(1))), errnoOf(writeOf(on, 'f', healthy[0] ?? 0, Uint8Array.of(1))), errnoOf(readOf(on, 'f', at, 1)), errnoOf(open(on, 'f'))]).toEqual([then, then, then, then])
      expect(Buffer.compare(before, rig.pool)).toBe(0)
      heal(rig.memories[bad]!)
      const again = mountedWith(kernel, rig, map).on
      const healed = model.map((byte, i) => (kind === 'poison' && isBroken(i) ? 0 : byte))
      expect(firstDifference(valueOf(readOf(again, 'f', 0, map.sizeBytes)), healed)).toBe(-1)
    })

    it.each(kinds)('%s: a store over it tells, and stores nothing there', (kind) => {
      const rig = newRig(shape)
      const { on } = mountedWith(kernel, rig, map)
      breaks[kind]!(rig)
      const before = rig.pool.slice()
      const file = mapOf(on, 'f')
      expect([errnoOf(file.setUint8(at, 1)), errnoOf(writeOf(on, 'f', at, new Uint8Array(8)))]).toEqual([first, then])
      expect(Buffer.compare(before, rig.pool)).toBe(0)
    })
  })
}
