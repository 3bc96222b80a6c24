// What a file outlives, and what it doesn't: an open file outlives its name, and keeps its mount; a mapping keeps nothing, and ends
// with its mount. Whatever was mounted there since is not its business.

import { describe, expect, it, vi } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { ShadowDaemon } from '../../../src/core/fuse/daemon.ts'
import { BusError, type MappedFile } from '../../../src/core/kernel/mappedFile.ts'
import type { KernelMount } from '../../../src/core/kernel/mount.ts'
import { isStandalone, kernelNames } from '../../../src/core/machine/kernels.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import { removeOn } from '../../../src/core/machine/system.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { runLine } from '../../helpers/lines.ts'
import { DAX, MNT, newDax, newMachine, newMaster, readAll, ROOT_USER, run, USER } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { get, newSystem, put, rootAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const SIZE_BYTES = 5000
const BOTH = { read: true, write: true }

function good(system: ReturnType<typeof newSystem>, line: string): void {
  const { exit, stderr } = runLine(system, line)
  expect({ line, exit, stderr }).toEqual({ line, exit: 0, stderr: '' })
}

function mountedBy(kernel: string, ...options: string[]): ReturnType<typeof newSystem> {
  const system = newSystem(newMachine('A', newDax(64 * MIB)), { sandbox: makeSandbox })
  good(system, `mkfs.famfs ${DAX}`)
  good(system, ['famfs mount --kernel', kernel, ...options, DAX, MNT].join(' '))
  good(system, `famfs creat -r -S 1 -s ${SIZE_BYTES} ${MNT}/f`)
  return system
}

const kernelOf = (machine: Machine): KernelMount => valueOf(machine.place(MNT)).mount.kernel

/** Whatever can be asked of it: what it hands back, or throws. */
const accesses: Record<string, (mapped: MappedFile) => Result<unknown> | number | void> = {
  getUint8: (mapped) => mapped.getUint8(0),
  getInt32: (mapped) => mapped.getInt32(4),
  getFloat64: (mapped) => mapped.getFloat64(8),
  sumFloat64: (mapped) => mapped.sumFloat64(),
  forEachChunk: (mapped) => mapped.forEachChunk(() => undefined),
  copyTo: (mapped) => mapped.copyTo(new Uint8Array(SIZE_BYTES)),
  setUint8: (mapped) => mapped.setUint8(0, 9),
  setInt32: (mapped) => mapped.setInt32(0, 9),
  setFloat64: (mapped) => mapped.setFloat64(0, 9),
  write: (mapped) => mapped.write(0, new Uint8Array(SIZE_BYTES).fill(9)),
  unsafeBytes: (mapped) => mapped.unsafeBytes(),
}

function reasonOf(mapped: MappedFile, access: (typeof accesses)[string]): string {
  try {
    const got = access(mapped)
    return typeof got !== 'object' || got.ok ? 'ok' : got.failure.reason
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    return error.failure.reason
  }
}

const reasonsOf = (mapped: MappedFile): string[] => Object.values(accesses).map((access) => reasonOf(mapped, access))
const all = (reason: string): string[] => Object.keys(accesses).map(() => reason)

describe.each(kernelNames)('%s: a mapping', (kernel) => {
  it('ends with its mount, touched or not, and reaches nothing of what is mounted next', () => {
    const system = mountedBy(kernel)
    const { machine } = system
    const [touched, fresh] = [1, 2].map(() => valueOf(machine.mmap(`${MNT}/f`, BOTH, ROOT_USER))) as [MappedFile, MappedFile]
    expect(reasonsOf(touched)).toEqual(all('ok'))
    good(system, `umount ${MNT}`)
    for (const mapped of [touched, fresh]) {
      expect(reasonsOf(mapped)).toEqual(all('unmounted'))
      expect([...mapped.segments()]).toEqual([])
    }
    good(system, `mkfs.famfs --force ${DAX}`)
    good(system, `famfs mount --kernel ${kernel} ${DAX} ${MNT}`)
    good(system, `famfs creat -r -S 2 -s ${SIZE_BYTES} ${MNT}/f`)
    const before = readAll(machine, `${MNT}/f`)
    for (const mapped of [touched, fresh]) expect(reasonsOf(mapped)).toEqual(all('unmounted'))
    expect(readAll(machine, `${MNT}/f`)).toEqual(before)
    expect(failureOf(touched.setUint8(0, 1), 'unmounted')).toMatchObject({ errno: 'ENODEV', says: expect.stringContaining('f can\'t be reached any more') })
  })
})

it.each(kernelNames.filter((kernel) => !isStandalone(kernel)))('%s: nobody is asked of a file that the kernel had let go of once its mount is gone', (kernel) => {
  const system = mountedBy(kernel, '-t 0')
  const { machine } = system
  const [touched, fresh] = [1, 2].map(() => valueOf(machine.mmap(`${MNT}/f`, BOTH, ROOT_USER))) as [MappedFile, MappedFile]
  expect(touched.getUint8(0)).toBe(readAll(machine, `${MNT}/f`)[0])
  const shadow = `${machine.mounts()[0]?.shadowPath}/root/f`
  put(system, shadow, get(system, shadow, ROOT).replace('0xa00000', '0xc00000'), ROOT)
  valueOf(machine.stat(`${MNT}/f`))
  good(system, `umount ${MNT}`)
  const asked = [vi.spyOn(ShadowDaemon.prototype, 'map'), vi.spyOn(ShadowDaemon.prototype, 'lookup')]
  for (const mapped of [touched, fresh]) {
    expect(reasonsOf(mapped)).toEqual(all('unmounted'))
    expect([...mapped.segments()]).toEqual([])
  }
  const askedCounts = asked.map(({ mock }) => mock.calls.length)
  for (const spy of asked) spy.mockRestore()
  expect(askedCounts).toEqual([0, 0])
})

it('a mapping that failing memory had marked says that its mount is gone, and not that the file is bad', () => {
  const device = newDax(64 * MIB)
  const machine = newMaster(device)
  run(machine.creat(`${MNT}/f`, { sizeBytes: SIZE_BYTES, ...USER }))
  const mapped = valueOf(machine.mmap(`${MNT}/f`, BOTH, ROOT_USER))
  const inode = kernelOf(machine).lookup('f')
  if (inode?.kind !== 'file') throw new Error('there is no f')
  inode.invalid = true
  expect(new Set(reasonsOf(mapped))).toEqual(new Set(['file_invalid']))
  valueOf(machine.umount(MNT))
  expect(new Set(reasonsOf(mapped))).toEqual(new Set(['unmounted']))
})

describe('a file that is open when its name goes', () => {
  it('is read and written as before, and its map is let go at the last close', () => {
    const machine = newMaster(newDax(64 * MIB))
    run(machine.creat(`${MNT}/f`, { sizeBytes: SIZE_BYTES, ...USER }))
    const [one, two] = [1, 2].map(() => valueOf(machine.open(`${MNT}/f`, BOTH, ROOT_USER))) as [number, number]
    const kernel = kernelOf(machine)
    const keptBytes = kernel.way.residentBytes()
    expect(removeOn(machine, `${MNT}/f`)).toMatchObject({ ok: true })
    failureOf(machine.stat(`${MNT}/f`), 'no_such_path')
    expect(valueOf(machine.write(one, 10, Uint8Array.of(7, 8)))).toBe(2)
    const bytes = new Uint8Array(2)
    expect([valueOf(machine.read(two, 10, bytes)), ...bytes]).toEqual([2, 7, 8])
    valueOf(machine.close(one))
    expect(kernel.way.residentBytes()).toBe(keptBytes)
    expect(valueOf(machine.read(two, 10, bytes))).toBe(2)
    failureOf(machine.umount(MNT), 'mount_busy')
    valueOf(machine.close(two))
    expect(kernel.way.residentBytes()).toBeLessThan(keptBytes)
    failureOf(machine.close(two), 'bad_descriptor')
    valueOf(machine.umount(MNT))
  })

  it('is another than the one that the next replay makes, of the same bytes', () => {
    const machine = newMaster(newDax(64 * MIB))
    run(machine.creat(`${MNT}/f`, { sizeBytes: SIZE_BYTES, ...USER }))
    const old = valueOf(machine.open(`${MNT}/f`, BOTH, ROOT_USER))
    valueOf(removeOn(machine, `${MNT}/f`))
    run(machine.logplay(MNT))
    expect(valueOf(machine.write(old, 0, Uint8Array.of(5)))).toBe(1)
    valueOf(machine.close(old))
    expect(readAll(machine, `${MNT}/f`)[0]).toBe(5)
  })

  it('by a rename keeps its map when it is closed', () => {
    const system = mountedBy('v1', '--nofuse')
    const { machine } = system
    const fd = valueOf(machine.open(`${MNT}/f`, BOTH, ROOT_USER))
    valueOf(system.rename(`${MNT}/f`, `${MNT}/g`, ROOT))
    const bytes = readAll(machine, `${MNT}/g`)
    valueOf(machine.close(fd))
    expect(readAll(machine, `${MNT}/g`)).toEqual(bytes)
  })
})

describe('what a daemon changes of a file', () => {
  const shadowOf = (system: ReturnType<typeof newSystem>): string => `${system.machine.mounts()[0]?.shadowPath}/root/f`
  const countOf = (system: ReturnType<typeof newSystem>): number => kernelOf(system.machine).changeCount

  it.each([
    ['its size', 'size: 5000', 'size: 9999'],
    ['where it is', 'offset: 0xa00000', 'offset: 0xc00000'],
    ['its mode', /mode: \S+/, 'mode: 0600'],
    ['its owner', /uid: \d+/, 'uid: 7'],
    ['its group', /gid: \d+/, 'gid: 7'],
  ])('%s: the mount tells that something there is another, once', (_, from, to) => {
    const system = mountedBy('fuse', '-t 0')
    valueOf(system.machine.stat(`${MNT}/f`))
    const before = countOf(system)
    valueOf(system.machine.stat(`${MNT}/f`))
    expect(countOf(system)).toBe(before)
    const text = get(system, shadowOf(system), ROOT)
    put(system, shadowOf(system), text.replace(from, to), ROOT)
    expect(get(system, shadowOf(system), ROOT)).not.toBe(text)
    for (let times = 0; times < 3; times++) valueOf(system.machine.stat(`${MNT}/f`))
    expect(countOf(system)).toBe(before + 1)
  })

  it('an open file of it that vanished from the shadow is read on', () => {
    const system = mountedBy('fuse', '-t 0')
    const fd = valueOf(system.machine.open(`${MNT}/f`, { read: true }, ROOT_USER))
    const before = countOf(system)
    valueOf(system.unlink(shadowOf(system), ROOT))
    failureOf(system.machine.stat(`${MNT}/f`), 'no_such_path')
    expect(countOf(system)).toBe(before + 1)
    expect(valueOf(system.machine.read(fd, 0, new Uint8Array(SIZE_BYTES)))).toBe(SIZE_BYTES)
    valueOf(system.machine.close(fd))
  })
})
