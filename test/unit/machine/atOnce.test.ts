// Tasks of one host take turns at every yield: what one of them works on, another neither formats, mounts nor unmounts, and
// what one did isn't forgotten by another that began before.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { runNow, type Task } from '../../../src/core/base/task.ts'
import { logplayDeviceOn } from '../../../src/core/machine/deviceLog.ts'
import { devaddOn } from '../../../src/core/machine/joining.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import { removeOn } from '../../../src/core/machine/system.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { nameAt, newDevices } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { DAX, MNT, newDax, newMachine, newMaster, ROOT_USER, run, sourceOf } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { namesOf, newSystem, rootAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const SECOND = '/dev/dax1.0'
const UNIT_BYTES = 4096
/** More than two pieces of a replay. */
const FILE_COUNT = 2500

/** A task that is under way. */
function begun<T>(task: Task<T>): Task<T> {
  expect(task.next().done).toBe(false)
  return task
}

function devicesWithBytes(): [Daxdev, Daxdev] {
  const devices: [Daxdev, Daxdev] = [newDax(48 * MIB, DAX), newDax(48 * MIB, SECOND)]
  // Zeroing has something to do.
  for (const { buffer } of devices) new Uint8Array(buffer).fill(7)
  return devices
}

describe('a device that is being formatted', () => {
  let machine: Machine
  let formatting: Task<Result<unknown>>

  beforeEach(() => {
    machine = newMachine('A', ...devicesWithBytes())
    formatting = begun(machine.mkfs(DAX, { logLengthBytes: 16 * MIB, secondaries: [SECOND] }))
  })

  const others: [string, (machine: Machine, name: string) => Result<unknown>][] = [
    ['formatted', (host, name) => runNow(host.mkfs(name, { force: true }))],
    ['mounted', (host, name) => runNow(host.mount(name, '/mnt/famfs2'))],
    ['killed', (host, name) => host.kill(name)],
    ['played', (host, name) => runNow(logplayDeviceOn(host, name, undefined))],
    ['switched to system-ram', (host, name) => runNow(newSystem(host).memoryDevices.setMode(name, 'system-ram', ROOT_USER))],
    ['switched by force', (host, name) => runNow(newSystem(host).memoryDevices.setMode(name, 'system-ram', ROOT_USER, true))],
  ]

  it.each(others)('isn’t %s meanwhile, nor is another of its devices', (_, act) => {
    for (const name of [DAX, SECOND]) expect(failureOf(act(machine, name), 'device_busy')).toMatchObject({ errno: 'EBUSY' })
    valueOf(runNow(formatting))
    run(machine.mount(DAX, MNT))
    run(machine.creat(`${MNT}/f`, { sizeBytes: MIB }))
    expect(machine.mounts()).toMatchObject([{ daxdevs: [{ deviceName: SECOND }] }])
  })

  it('is free again once that is stopped', () => {
    formatting.return({ ok: true, value: undefined })
    run(machine.mkfs(DAX, { force: true }))
    run(machine.mount(DAX, MNT))
    expect(machine.mounts()).toMatchObject([{ deviceName: DAX, daxdevs: [] }])
  })

  it('is free again once that has failed', () => {
    valueOf(runNow(formatting))
    failureOf(runNow(machine.mkfs(DAX, {})), 'already_formatted')
    expect(run(machine.mkfs(DAX, { force: true }))).toMatchObject({ ts_log_len: 8n * 1024n * 1024n })
  })
})

describe('a device of a file system that is being formatted for another', () => {
  it('is missing in a mount of the file system that it was of, which makes no file there', () => {
    const devices = newDevices(3)
    new Uint8Array(devices[0]!.buffer).fill(7)
    const [old, both, fresh] = [nameAt(0), nameAt(1), nameAt(2)]
    const hosts = [newMachine('A', ...devices), newMachine('B', ...devices)] as const
    const [machine] = hosts
    run(machine.mkfs(old, { secondaries: [both], force: true }))
    run(machine.mount(old, MNT))
    run(machine.creat(`${MNT}/before`, { sizeBytes: 10 * MIB }))
    valueOf(machine.umount(MNT))
    const formatting = begun(machine.mkfs(fresh, { secondaries: [both], force: true }))
    for (const host of hosts) {
      run(host.mount(old, MNT))
      expect(host.mounts()).toMatchObject([{ daxdevs: [{ devindex: 1, deviceName: undefined }] }])
    }
    failureOf(runNow(machine.creat(`${MNT}/after`, { sizeBytes: 20 * MIB })), 'no_space')
    valueOf(runNow(formatting))
    run(machine.mount(fresh, '/mnt/famfs2'))
    const { inode } = run(machine.creat('/mnt/famfs2/f', { sizeBytes: 30 * MIB }))
    expect(inode.map).toMatchObject({ extents: [{ devindex: 1 }] })
    expect(machine.mounts().map(({ mountpoint, daxdevs }) => [mountpoint, daxdevs.map(({ deviceName }) => deviceName)]).toSorted()).toEqual([[MNT, [undefined]], ['/mnt/famfs2', [both]]])
  })
})

describe('a device on its way to system-ram', () => {
  it('is neither formatted, mounted nor switched back until it is zeros', () => {
    const machine = newMachine('A', ...devicesWithBytes())
    const { memoryDevices } = newSystem(machine)
    const switching = begun(memoryDevices.setMode(DAX, 'system-ram'))
    failureOf(runNow(machine.mkfs(DAX, {})), 'device_busy')
    failureOf(runNow(machine.mount(DAX, MNT)), 'device_busy')
    failureOf(runNow(memoryDevices.setMode(DAX, 'devdax')), 'device_busy')
    valueOf(runNow(switching))
    expect(new Uint8Array(valueOf(machine.memory(DAX)).device.buffer).every((byte) => byte === 0)).toBe(true)
    valueOf(runNow(memoryDevices.setMode(DAX, 'devdax')))
    run(machine.mkfs(DAX, {}))
  })
})

describe('a device that another task adds, which waits for the log lock', () => {
  let machine: Machine
  let holder: Task<Result<unknown>>
  let adding: Task<Result<unknown>>

  beforeEach(() => {
    machine = newMachine('A', newDax(48 * MIB, DAX), newDax(48 * MIB, SECOND))
    run(machine.mkfs(DAX, {}))
    run(machine.mount(DAX, MNT))
    holder = begun(machine.cp(sourceOf(new Uint8Array(8 * MIB)), `${MNT}/big`))
    adding = begun(devaddOn(machine, MNT, [SECOND], { force: true }))
  })

  it('is refused where it was formatted and mounted meanwhile, and stays what it is', () => {
    run(machine.mkfs(SECOND, {}))
    run(machine.mount(SECOND, '/mnt/famfs2'))
    valueOf(runNow(holder))
    failureOf(runNow(adding), 'mounted')
    run(machine.creat('/mnt/famfs2/f', { sizeBytes: MIB }))
    expect(machine.mounts().map(({ mountpoint, daxdevs }) => [mountpoint, daxdevs.length]).toSorted()).toEqual([[MNT, 0], ['/mnt/famfs2', 0]])
  })

  it('is refused while it is being formatted', () => {
    const formatting = machine.mkfs(SECOND, { logLengthBytes: 16 * MIB })
    new Uint8Array(valueOf(machine.memory(SECOND)).device.buffer).fill(7, 4 * MIB)
    begun(formatting)
    valueOf(runNow(holder))
    failureOf(runNow(adding), 'device_busy')
    valueOf(runNow(formatting))
    expect(machine.mounts()).toMatchObject([{ mountpoint: MNT, daxdevs: [] }])
  })

  it('is added where nobody took it', () => {
    valueOf(runNow(holder))
    valueOf(runNow(adding))
    expect(machine.mounts()).toMatchObject([{ daxdevs: [{ deviceName: SECOND }] }])
  })
})

describe('a log of several pieces', () => {
  let device: Daxdev
  let master: Machine

  beforeEach(() => {
    device = newDax(32 * MIB)
    master = newMaster(device, { unitBytes: UNIT_BYTES })
    for (let i = 0; i < FILE_COUNT; i++) run(master.creat(`${MNT}/f${i}`, { sizeBytes: UNIT_BYTES }))
  })

  it('that a mount plays keeps it mounted', () => {
    const machine = newMachine('B', device)
    const mounting = begun(machine.mount(DAX, MNT))
    failureOf(machine.umount(MNT), 'mount_busy')
    expect(valueOf(runNow(mounting))).toMatchObject({ newFiles: FILE_COUNT })
    expect(machine.mounts()).toMatchObject([{ playedCount: FILE_COUNT }])
    valueOf(machine.umount(MNT))
    expect(machine.mounts()).toEqual([])
  })

  it.each(['v1', 'fuse'] as const)('%s: a mount that is stopped stays with what was played, the next replay brings the rest, and umount ends it', (kind) => {
    const system = newSystem(newMachine('B', device))
    const mounting = begun(system.mountFamfs(DAX, MNT, { kind }, ROOT))
    failureOf(system.umount(MNT, ROOT), 'mount_busy')
    mounting.return({ ok: false, failure: failureOf(system.umount(MNT, ROOT), 'mount_busy') })
    expect(system.machine.mounts()).toMatchObject([{ kind, playedCount: 0 }])
    const seen = namesOf(system, MNT, ROOT).length
    expect([seen > 1, seen < FILE_COUNT]).toEqual([true, true])
    expect(runLine(system, `famfs logplay ${MNT}`)).toMatchObject({ exit: 0 })
    expect(namesOf(system, MNT, ROOT)).toHaveLength(FILE_COUNT + 1)
    expect(system.machine.mounts()).toMatchObject([{ playedCount: FILE_COUNT }])
    valueOf(system.umount(MNT, ROOT))
    expect(system.machine.mounts()).toEqual([])
  })

  it('that is read on a device that isn’t mounted keeps nobody from reading or mounting it', () => {
    const machine = newMachine('B', device)
    const reading = begun(logplayDeviceOn(machine, DAX, undefined))
    expect(run(logplayDeviceOn(machine, DAX, undefined))).toMatchObject({ entriesPlayed: FILE_COUNT })
    expect(run(machine.mount(DAX, MNT))).toMatchObject({ newFiles: FILE_COUNT })
    expect(valueOf(runNow(reading))).toMatchObject({ entriesPlayed: FILE_COUNT, stopped: undefined })
  })

  it('that is read ends where the device is formatted meanwhile', () => {
    const machine = newMachine('B', device)
    const reading = begun(logplayDeviceOn(machine, DAX, undefined))
    run(machine.mkfs(DAX, { force: true }))
    const { entriesPlayed, stopped } = valueOf(runNow(reading))
    expect([entriesPlayed < FILE_COUNT, stopped !== undefined]).toEqual([true, true])
  })

  it('what is made while it is played stays counted', () => {
    const playing = begun(master.logplay(MNT, { whole: true }))
    run(master.creat(`${MNT}/during`, { sizeBytes: UNIT_BYTES }))
    expect(master.mounts()).toMatchObject([{ playedCount: FILE_COUNT + 1 }])
    valueOf(runNow(playing))
    expect(master.mounts()).toMatchObject([{ playedCount: FILE_COUNT + 1 }])
    expect(run(master.logplay(MNT))).toMatchObject({ entriesPlayed: 0 })
  })

  it('what is removed while it is played comes back with the next replay', () => {
    const playing = begun(master.logplay(MNT, { whole: true }))
    valueOf(removeOn(master, `${MNT}/f0`))
    valueOf(runNow(playing))
    expect(master.mounts()).toMatchObject([{ rogue: true, playedCount: FILE_COUNT }])
    expect(run(master.logplay(MNT))).toMatchObject({ newFiles: 1 })
    expect(valueOf(master.stat(`${MNT}/f0`)).sizeBytes).toBe(UNIT_BYTES)
    expect(master.mounts()).toMatchObject([{ rogue: false }])
  })

  it('two that play it at once don’t call back what the later one has brought back', () => {
    const first = begun(master.logplay(MNT, { whole: true }))
    valueOf(removeOn(master, `${MNT}/f0`))
    run(master.logplay(MNT))
    expect(master.mounts()).toMatchObject([{ rogue: false }])
    valueOf(runNow(first))
    expect(master.mounts()).toMatchObject([{ rogue: false, playedCount: FILE_COUNT }])
  })

  it('a replay that is stopped leaves what was removed to the next one', () => {
    valueOf(removeOn(master, `${MNT}/f${FILE_COUNT - 1}`))
    begun(master.logplay(MNT)).return({ ok: true, value: run(master.logplay(MNT, { dryRun: true })) })
    expect(master.mounts()).toMatchObject([{ rogue: true, playedCount: FILE_COUNT }])
    expect(run(master.logplay(MNT))).toMatchObject({ newFiles: 1 })
  })
})
