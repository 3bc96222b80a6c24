// One file system on several devices: every host finds them by what their superblocks say, whatever it calls them, and
// reads the same bytes. A device that isn't here takes only its own files with it.

import { devaddOn } from '../../../src/core/machine/joining.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { SeededRandom } from '../../../src/core/base/random.ts'
import type { Failure, Result } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { piecesOf } from '../../../src/core/fmap/fmap.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import type { System } from '../../../src/core/machine/system.ts'
import { type Daxdev, daxdev } from '../../../src/core/mem/daxdev.ts'
import { superblockCrc } from '../../../src/core/omf/check.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../../../src/core/omf/superblock.ts'
import { hostWith, nameAt, newDevices } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { MNT, newMachine, readAll, ROOT_USER, run, sourceOf, USER } from '../../helpers/machines.ts'
import { failureOf, firstDifference, valueOf } from '../../helpers/outcome.ts'
import { newSystem } from '../../helpers/systems.ts'

const AU = 2 * MIB
const STRIPED = { bucketCount: 4, stripCount: 4, chunkBytes: AU }

let devices: Daxdev[]
let master: Machine

beforeEach(() => {
  devices = newDevices(4)
  master = newMachine('A', ...devices)
})

function formatAll(): void {
  run(master.mkfs(nameAt(0), { secondaries: [1, 2, 3].map(nameAt) }))
  run(master.mount(nameAt(0), MNT))
}

function bytesOf(seed: number, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes)
  new SeededRandom(seed).fillBytes(bytes)
  return bytes
}

function reasonOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.reason
}

function devicesUsed(machine: Machine, path: string): number[] {
  const inode = valueOf(machine.inode(path))
  return inode.kind === 'file' && inode.map ? [...new Set(piecesOf(inode.map).map(({ devindex }) => devindex))].toSorted() : []
}

const daxdevsOf = (machine: Machine) => machine.mounts()[0]?.daxdevs ?? []

describe('hosts that name the devices each in their own way', () => {
  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 0, 3, 2]], [[2, 3, 0, 1]], [[1, 2, 3, 0]]])('read a file that is striped over all of them: %j', (order) => {
    formatAll()
    const data = bytesOf(7, 9 * AU + 4097)
    run(master.cp(sourceOf(data), `${MNT}/striped`, { interleave: STRIPED }))
    expect(devicesUsed(master, `${MNT}/striped`)).toEqual([0, 1, 2, 3])
    const { machine, primary } = hostWith('B', devices, order)
    run(machine.mount(primary, MNT))
    expect(daxdevsOf(machine).map(({ devindex, deviceName }) => [devindex, deviceName])).toEqual([1, 2, 3].map((index) => [index, nameAt(order.indexOf(index))]))
    expect(firstDifference(readAll(machine, `${MNT}/striped`), data)).toBe(-1)
  })

  it('refuse to mount a secondary device, and say of which file system it is', () => {
    formatAll()
    const { machine } = hostWith('B', devices, [1, 0, 2, 3])
    const tried = runNow(machine.mount(nameAt(0), MNT))
    expect(tried).toMatchObject({ failure: { reason: 'secondary_device', errno: 'EINVAL', says: expect.stringContaining(master.mounts()[0]?.fsUuid ?? '?') } })
  })

  it('show each superblock as a meta file', () => {
    formatAll()
    const { machine, primary } = hostWith('B', devices, [2, 0, 1, 3])
    run(machine.mount(primary, MNT))
    expect(valueOf(machine.readdir(`${MNT}/.meta`)).map(({ name }) => name)).toEqual(['.superblock', '.log', '.superblock.1', '.superblock.2', '.superblock.3'])
    for (const index of [1, 2, 3]) {
      const device = devices[index] as Daxdev
      const head = new Uint8Array(device.buffer, device.baseBytes, AU)
      expect(firstDifference(readAll(machine, `${MNT}/.meta/.superblock.${index}`), head.slice())).toBe(-1)
    }
  })
})

describe('a device that is not here', () => {
  const files = ['on0', 'on1', 'on2', 'on3']

  /** One plain file on each device: each but the last fills its own. */
  function fillEach(): void {
    formatAll()
    const sizes = [22 * MIB, 30 * MIB, 30 * MIB, AU]
    for (const [i, name] of files.entries()) {
      valueOf(runNow(master.creat(`${MNT}/${name}`, { sizeBytes: sizes[i] as number })))
      expect(devicesUsed(master, `${MNT}/${name}`)).toEqual([i])
    }
  }

  it('takes its files with it, says which it is, and leaves the others', () => {
    fillEach()
    const { machine, primary } = hostWith('B', devices, [0, 3, 1])
    run(machine.mount(primary, MNT))
    const [, second] = daxdevsOf(machine)
    expect(second).toMatchObject({ devindex: 2, deviceName: undefined })
    const answers = files.map((name) => machine.mmap(`${MNT}/${name}`, { read: true }, ROOT_USER))
    expect(answers.map(reasonOf)).toEqual(['ok', 'ok', 'device_missing', 'ok'])
    expect(answers[2]).toMatchObject({ failure: { errno: 'ENODEV', says: expect.stringContaining(second?.uuid ?? '?') } })
    for (const [i, answered] of answers.entries()) expect([i, !answered.ok || answered.value.getFloat64(0)]).toEqual([i, i === 2 || 0])
    expect(machine.mmap(`${MNT}/.meta/.superblock.2`, { read: true }, ROOT_USER)).toMatchObject({ failure: { reason: 'device_missing' } })
    expect(machine.mmap(`${MNT}/.meta/.superblock.3`, { read: true }, ROOT_USER).ok).toBe(true)
  })

  it('takes a striped file with it where one strip is on it', () => {
    formatAll()
    run(master.creat(`${MNT}/all`, { sizeBytes: 4 * AU, interleave: STRIPED }))
    const { machine, primary } = hostWith('B', devices, [0, 1, 2])
    run(machine.mount(primary, MNT))
    expect(reasonOf(machine.mmap(`${MNT}/all`, { read: true }, ROOT_USER))).toBe('device_missing')
  })

  it('is never allocated on, even by the master', () => {
    formatAll()
    const machine = newMachine('A', ...devices.slice(0, 2))
    run(machine.mount(nameAt(0), MNT))
    run(machine.creat(`${MNT}/a`, { sizeBytes: 22 * MIB }))
    run(machine.creat(`${MNT}/b`, { sizeBytes: 30 * MIB }))
    expect([devicesUsed(machine, `${MNT}/a`), devicesUsed(machine, `${MNT}/b`)]).toEqual([[0], [1]])
    expect(reasonOf(runNow(machine.creat(`${MNT}/c`, { sizeBytes: AU })))).toBe('no_space')
  })
})

describe('devices that join later', () => {
  beforeEach(() => {
    run(master.mkfs(nameAt(0), {}))
    run(master.mount(nameAt(0), MNT))
  })

  it('are known to other hosts once they play the log', () => {
    const { machine, primary } = hostWith('B', devices, [3, 1, 0, 2])
    run(machine.mount(primary, MNT))
    expect(run(devaddOn(master, MNT, [nameAt(2), nameAt(1)])).map(({ devindex, deviceName }) => [devindex, deviceName])).toEqual([[1, nameAt(2)], [2, nameAt(1)]])
    const data = bytesOf(3, 5 * AU)
    run(master.cp(sourceOf(data), `${MNT}/late`, { interleave: { ...STRIPED, stripCount: 3 } }))
    expect(devicesUsed(master, `${MNT}/late`)).toEqual([0, 1, 2])
    expect(daxdevsOf(machine)).toEqual([])
    run(machine.logplay(MNT))
    expect(daxdevsOf(machine).map(({ deviceName }) => deviceName)).toEqual([nameAt(3), nameAt(1)])
    expect(firstDifference(readAll(machine, `${MNT}/late`), data)).toBe(-1)
    expect(valueOf(machine.readdir(`${MNT}/.meta`)).map(({ name }) => name)).toContain('.superblock.2')
  })

  it('are busy while the file system is mounted, on every host that found them', () => {
    run(devaddOn(master, MNT, [nameAt(1)]))
    const { machine, primary } = hostWith('B', devices, [2, 1, 0])
    run(machine.mount(primary, MNT))
    for (const [host, name] of [[master, nameAt(1)], [machine, nameAt(1)]] as const) {
      expect(runNow(host.mkfs(name, { force: true }))).toMatchObject({ failure: { reason: 'mounted', errno: 'EBUSY' } })
      expect(host.kill(name)).toMatchObject({ failure: { reason: 'mounted' } })
    }
  })

  it('are let in by root on the master alone, each once, and not over another file system', () => {
    const client = hostWith('B', devices, [0, 1, 2, 3]).machine
    run(client.mount(nameAt(0), MNT))
    expect(reasonOf(runNow(devaddOn(client, MNT, [nameAt(1)])))).toBe('not_master')
    expect(reasonOf(runNow(devaddOn(master, MNT, [nameAt(1)], {}, USER)))).toBe('not_root')
    expect(reasonOf(runNow(devaddOn(master, '/elsewhere', [nameAt(1)])))).toBe('not_in_famfs')
    expect(reasonOf(runNow(devaddOn(master, MNT, ['/dev/dax9.0'])))).toBe('no_device')
    expect(reasonOf(runNow(devaddOn(master, MNT, [nameAt(1), nameAt(1)])))).toBe('daxdev_refused')
    expect(failureOf(runNow(devaddOn(master, MNT, [nameAt(0)])), 'daxdev_refused').says).toMatch(/it is one of its devices already$/)
    run(newMachine('A', devices[3] as Daxdev).mkfs(nameAt(3), {}))
    run(master.mount(nameAt(3), '/mnt/famfs2'))
    expect(reasonOf(runNow(devaddOn(master, MNT, [nameAt(3)])))).toBe('mounted')
    valueOf(master.umount('/mnt/famfs2'))
    expect(reasonOf(runNow(devaddOn(master, MNT, [nameAt(3)])))).toBe('already_formatted')
    expect(daxdevsOf(master)).toEqual([])
    expect(run(devaddOn(master, MNT, [nameAt(3)], { force: true }))).toHaveLength(1)
  })

  it('are not added twice, with force neither: files may be on them', () => {
    run(devaddOn(master, MNT, [nameAt(1)]))
    const again = newMachine('A', ...devices)
    const magic = new Uint8Array((devices[1] as Daxdev).buffer, (devices[1] as Daxdev).baseBytes, 8)
    const whole = magic.slice()
    magic.fill(0)
    run(again.mount(nameAt(0), MNT))
    magic.set(whole)
    expect(reasonOf(runNow(devaddOn(again, MNT, [nameAt(1)], { force: true })))).toBe('daxdev_refused')
    expect(failureOf(runNow(devaddOn(master, MNT, [nameAt(1)], { force: true })), 'daxdev_refused').says).toMatch(/it is one of its devices already$/)
  })
})

it('a device that turns up is found by looking again, and its files can be read', () => {
  formatAll()
  const data = bytesOf(5, 4 * AU)
  run(master.cp(sourceOf(data), `${MNT}/striped`, { interleave: STRIPED }))
  const other = newMachine('X', devices[0] as Daxdev)
  // Damaged on the way to the host, and whole again later.
  const third = new Uint8Array((devices[3] as Daxdev).buffer, (devices[3] as Daxdev).baseBytes, 8)
  const magic = third.slice()
  third.fill(0)
  const { machine, primary } = hostWith('B', devices, [0, 1, 2, 3])
  run(machine.mount(primary, MNT))
  expect(reasonOf(machine.mmap(`${MNT}/striped`, { read: true }, ROOT_USER))).toBe('device_missing')
  expect(valueOf(machine.resolveDaxdevs(MNT)).map(({ deviceName }) => deviceName)).toEqual([nameAt(1), nameAt(2), undefined])
  third.set(magic)
  expect(valueOf(machine.resolveDaxdevs(MNT)).map(({ deviceName }) => deviceName)).toEqual([1, 2, 3].map(nameAt))
  expect(firstDifference(readAll(machine, `${MNT}/striped`), data)).toBe(-1)
  expect(reasonOf(other.resolveDaxdevs(MNT))).toBe('not_in_famfs')
})

it('mkfs takes each device once, and none that is formatted already unless it is told to', () => {
  expect(reasonOf(runNow(master.mkfs(nameAt(0), { secondaries: [nameAt(1), nameAt(0)] })))).toBe('daxdev_refused')
  expect(reasonOf(runNow(master.mkfs(nameAt(0), { secondaries: [nameAt(1), nameAt(1)] })))).toBe('daxdev_refused')
  run(master.mkfs(nameAt(2), { secondaries: [nameAt(1)] }))
  expect(reasonOf(runNow(master.mkfs(nameAt(0), { secondaries: [nameAt(1)] })))).toBe('already_formatted')
  run(master.mkfs(nameAt(0), { secondaries: [nameAt(1)], force: true }))
  // Its other file system has lost it.
  run(master.mount(nameAt(2), MNT))
  expect(daxdevsOf(master)).toMatchObject([{ devindex: 1, deviceName: undefined }])
})

describe('what says that it is a device of the file system', () => {
  const secondary = (): Daxdev => devices[1] as Daxdev
  /** With the first bytes of the second device, as a dump of it has them. */
  const dumpOf = (name: string, sizeBytes: number): Daxdev => {
    const dump = daxdev({ name, uuid: name, buffer: new ArrayBuffer(sizeBytes) })
    new Uint8Array(dump.buffer).set(new Uint8Array(secondary().buffer, secondary().baseBytes, 2 * MIB))
    return dump
  }
  const mountOf = (...others: Daxdev[]): System => {
    const system = newSystem(newMachine('B', devices[0] as Daxdev, ...others))
    expect(runLine(system, `famfs mount ${nameAt(0)} ${MNT}`).exit).toBe(0)
    return system
  }
  const readOf = ({ machine }: System): Failure | undefined => {
    const mapped = machine.mmap(`${MNT}/f`, { read: true }, ROOT_USER)
    const read = mapped.ok ? mapped.value.copyTo(new Uint8Array(1)) : mapped
    return read.ok ? undefined : read.failure
  }

  beforeEach(() => {
    formatAll()
    run(master.creat(`${MNT}/full`, { sizeBytes: 22 * MIB }))
    run(master.creat(`${MNT}/f`, { sizeBytes: AU }))
    if (devicesUsed(master, `${MNT}/f`).join() !== '1') throw new Error('the file is on another device')
  })

  it('is the one of the right size, whichever is listed first', () => {
    const larger = dumpOf('/dev/dax9.0', 64 * MIB)
    for (const others of [[secondary(), larger], [larger, secondary()]]) expect(daxdevsOf(mountOf(...others).machine)[0]).toMatchObject({ deviceName: nameAt(1) })
  })

  it('is none of two that are alike, until one of them is gone', () => {
    const copy = dumpOf('/dev/dax8.0', secondary().sizeBytes)
    for (const others of [[secondary(), copy], [copy, secondary()]]) {
      const system = mountOf(...others)
      const names = others.map(({ name }) => name)
      expect(daxdevsOf(system.machine)[0]).toMatchObject({ deviceName: undefined, refusal: { kind: 'twice', names } })
      const failure = readOf(system)
      expect(failure).toMatchObject({ reason: 'device_twice', errno: 'ENODEV', says: expect.stringContaining(`${names.join(' and ')} each say`), next: expect.stringContaining('Detach the copies') })
      expect(runLine(system, `famfs daxdev list ${MNT}`).stdout).toContain(`  ${names.join(' and ')} each say that they are it: detach the copies\n`)
      expect(runLine(system, `famfs fsck ${MNT}`).stdout).toContain(`device 1: ${names.join(' and ')} each say`)
      expect(runLine(system, `famfs daxdev resolve ${MNT} 1`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('Detach the copies from this host, then: famfs daxdev resolve') })
      new Uint8Array(copy.buffer).fill(0, 0, 8)
      valueOf(system.machine.resolveDaxdevs(MNT))
      expect([daxdevsOf(system.machine)[0]?.deviceName, readOf(system)]).toEqual([nameAt(1), undefined])
      new Uint8Array(copy.buffer).set(new Uint8Array(secondary().buffer, secondary().baseBytes, 8))
    }
  })

  it.each<[string, (superblock: Superblock) => Partial<Superblock>, string]>([
    ['another unit', () => ({ ts_alloc_unit: 4096n }), 'units of 4096 bytes, where the file system has units of 2097152'],
    ['a log', () => ({ ts_log_offset: 2n * BigInt(MIB), ts_log_len: 8n * BigInt(MIB) }), 'has a log, which only the primary device has'],
    ['another size', ({ ts_daxdev }) => ({ ts_daxdev: { ...ts_daxdev, dd_size: 2n ** 40n } }), 'of a device of 1099511627776 bytes'],
  ])('is refused with %s in its superblock', (_, changes, what) => {
    const bytes = new Uint8Array(secondary().buffer, secondary().baseBytes, Superblock.sizeBytes)
    const superblock = { ...Superblock.decode(bytes.slice()), ...changes(Superblock.decode(bytes.slice())) }
    bytes.set(Superblock.encode({ ...superblock, ts_crc: superblockCrc(Superblock.encode(superblock).subarray(0, SUPERBLOCK_CRC_OFFSET)) }))
    const system = mountOf(secondary())
    expect(daxdevsOf(system.machine)[0]).toMatchObject({ deviceName: undefined, refusal: { kind: 'unfit', name: nameAt(1) } })
    expect(readOf(system)).toMatchObject({ reason: 'device_unfit', errno: 'ENODEV', says: expect.stringContaining(what), next: expect.stringContaining('restore its superblock') })
    expect(runLine(system, `famfs daxdev list ${MNT}`).stdout).toContain(`${nameAt(1)} says that it is it, and can't be: `)
    expect(runLine(system, `famfs logplay ${MNT}`).stderr).toContain(what)
  })
})
