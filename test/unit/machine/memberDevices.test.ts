// A device that the log names keeps its files whatever happens to its superblock: it joins no file system a second time, and
// its space isn't given out anew. One that comes back is used only as far as the mount reaches it.

import { devaddOn } from '../../../src/core/machine/joining.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { piecesOf } from '../../../src/core/fmap/fmap.ts'
import { isStandalone, kernelNames } from '../../../src/core/machine/kernels.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { Health } from '../../../src/core/mem/health.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { nameAt, newDevices } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { MNT, newMachine, readAll, run, sourceOf } from '../../helpers/machines.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { newSystem } from '../../helpers/systems.ts'

const DATA = patternBytes(4 * MIB, 5)
const ADDED = 1
const SPARE = 2

let devices: Daxdev[]

/** A file on the second device, whose first one is full. */
beforeEach(() => {
  devices = newDevices(4)
  const master = newMachine('A', ...devices)
  run(master.mkfs(nameAt(0), { secondaries: [nameAt(ADDED)] }))
  run(master.mount(nameAt(0), MNT))
  run(master.creat(`${MNT}/full`, { sizeBytes: 22 * MIB }))
  run(master.cp(sourceOf(DATA), `${MNT}/f`))
  if (devicesOf(master, 'f').join() !== String(ADDED)) throw new Error('the file is on another device')
})

const deviceAt = (index: number): Daxdev => devices[index] as Daxdev
const bytesOf = (index: number, fromBytes = 0, lengthBytes = 4096): Uint8Array => new Uint8Array(deviceAt(index).buffer, deviceAt(index).baseBytes + fromBytes, lengthBytes)

function devicesOf(machine: Machine, path: string): number[] {
  const inode = valueOf(machine.inode(`${MNT}/${path}`))
  return inode.kind === 'file' && inode.map ? piecesOf(inode.map).map(({ devindex }) => devindex) : []
}

function flip(field: Parameters<typeof Superblock.offsetOf>[0]): void {
  const bytes = bytesOf(ADDED)
  const at = Superblock.offsetOf(field)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}

/** What happens to a superblock. */
const DAMAGES: Record<string, () => void> = {
  'a bit of the magic': () => flip('ts_magic'),
  'a bit of the version': () => flip('ts_version'),
  'a bit of the file system’s UUID': () => flip('ts_uuid'),
  'a bit of the device’s UUID': () => flip('ts_dev_uuid'),
  'a bit of the unit': () => flip('ts_alloc_unit'),
  'a bit of the checksum': () => flip('ts_crc'),
  'a bit of the flags': () => flip('ts_sb_flags'),
  'a magic that was cleared': () => bytesOf(ADDED, 0, 8).fill(0),
  'another’s bytes over all of it': () => bytesOf(ADDED).set(patternBytes(4096, 9)),
  poison: () => new Health(deviceAt(ADDED).health).addPoison(0, 64),
}

describe.each(Object.entries(DAMAGES))('%s of a device that the log names', (_, damage) => {
  it('makes no new device of it, with force neither', () => {
    damage()
    const machine = newMachine('A', ...devices)
    run(machine.mount(nameAt(0), MNT))
    expect(machine.mounts()[0]?.daxdevs).toMatchObject([{ deviceName: undefined }])
    const before = bytesOf(ADDED).slice()
    for (const force of [false, true]) failureOf(runNow(devaddOn(machine, MNT, [nameAt(ADDED)], { force })), 'daxdev_refused')
    // Another one of that size is taken where force says that it is another.
    failureOf(runNow(devaddOn(machine, MNT, [nameAt(SPARE)])), 'daxdev_refused')
    expect(run(devaddOn(machine, MNT, [nameAt(SPARE)], { force: true }))).toMatchObject([{ devindex: 2 }])
    run(machine.cp(sourceOf(patternBytes(4 * MIB, 6)), `${MNT}/new`))
    expect(devicesOf(machine, 'new')).toEqual([2])
    expect(firstDifference(bytesOf(ADDED), before)).toBe(-1)
    expect(firstDifference(bytesOf(ADDED, 2 * MIB, DATA.length), DATA)).toBe(-1)
  })
})

describe('mkfs', () => {
  const damaged = Object.entries(DAMAGES).filter(([name]) => name.startsWith('a bit of') && !name.endsWith('flags'))

  it.each(damaged)('with a secondary whose superblock has lost %s wants force', (_, damage) => {
    damage()
    const machine = newMachine('A', ...devices)
    const failure = runNow(machine.mkfs(nameAt(3), { secondaries: [nameAt(ADDED)] }))
    expect(failure).toMatchObject({ failure: { reason: expect.stringMatching(/^(superblock_crc|already_formatted)$/) } })
    expect(bytesOf(3).every((byte) => byte === 0)).toBe(true)
    run(machine.mkfs(nameAt(3), { secondaries: [nameAt(ADDED)], force: true }))
  })

  it('of a damaged secondary alone wants force', () => {
    flip('ts_uuid')
    const machine = newMachine('A', ...devices)
    expect(runNow(machine.mkfs(nameAt(ADDED), {}))).toMatchObject({ failure: { reason: 'superblock_crc' } })
    run(machine.mkfs(nameAt(ADDED), { force: true }))
  })
})

it('a device that is surely another is added though one of its size is missing', () => {
  flip('ts_uuid')
  const machine = newMachine('A', ...devices)
  run(newMachine('A', ...devices).mkfs(nameAt(SPARE), {}))
  run(machine.mount(nameAt(0), MNT))
  failureOf(runNow(devaddOn(machine, MNT, [nameAt(SPARE)])), 'already_formatted')
  expect(run(devaddOn(machine, MNT, [nameAt(SPARE)], { force: true }))).toHaveLength(1)
  // Once nothing is missing, a blank device needs no force.
  flip('ts_uuid')
  expect(run(devaddOn(machine, MNT, [nameAt(3)]))).toMatchObject([{ devindex: 3 }])
})

describe.each(kernelNames.filter((kernel) => kernel !== 'v1-abi42'))('%s: a device that comes back', (kernel) => {
  const mountedOn = () => {
    const system = newSystem(newMachine('A', ...devices), { sandbox: makeSandbox })
    expect(runLine(system, `famfs mount --kernel ${kernel} ${nameAt(0)} ${MNT}`).exit).toBe(0)
    return system.machine
  }

  it('holds what is made next, and its bytes are there', () => {
    const health = new Health(deviceAt(ADDED).health)
    health.stop()
    const machine = mountedOn()
    expect(runNow(machine.cp(sourceOf(DATA), `${MNT}/none`))).toMatchObject({ failure: { reason: 'no_space' } })
    expect(machine.stat(`${MNT}/none`).ok).toBe(false)
    health.start()
    run(machine.cp(sourceOf(DATA), `${MNT}/late`))
    expect(devicesOf(machine, 'late')).toEqual([ADDED])
    expect(firstDifference(readAll(machine, `${MNT}/late`), DATA)).toBe(-1)
  })

  it('after it failed under the mount, is not given out by it', () => {
    // As a whole it is down.
    if (isStandalone(kernel)) return
    const machine = mountedOn()
    expect(readAll(machine, `${MNT}/f`)).toHaveLength(DATA.length)
    const health = new Health(deviceAt(ADDED).health)
    health.stop()
    expect(runNow(machine.flush(`${MNT}/f`, { uid: 0, gid: 0 })).ok).toBe(false)
    health.start()
    expect(runNow(machine.cp(sourceOf(DATA), `${MNT}/none`))).toMatchObject({ failure: { reason: 'no_space' } })
    expect(machine.stat(`${MNT}/none`).ok).toBe(false)
  })
})
