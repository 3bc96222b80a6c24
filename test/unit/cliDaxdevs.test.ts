// File systems of several devices by command: what is printed, what is refused, and what a host without one of them says.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { runNow } from '../../src/core/base/task.ts'
import { completionsOf } from '../../src/cli/complete.ts'
import type { System } from '../../src/core/machine/system.ts'
import type { Daxdev } from '../../src/core/mem/daxdev.ts'
import { nameAt, newDevices, renamed } from '../helpers/fleetOfDevices.ts'
import { type LineOptions, runLine } from '../helpers/lines.ts'
import { newMachine, readAll } from '../helpers/machines.ts'
import { failureOf, firstDifference, valueOf } from '../helpers/outcome.ts'
import { newSystem, userAt } from '../helpers/systems.ts'

const MNT = '/mnt/famfs'
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const SIZE = String(32 * MIB)
const FUSE = { env: { FAMFS_MODE: 'fuse' } }

let devices: Daxdev[]
let system: System

beforeEach(() => {
  devices = newDevices(4)
  system = newSystem(newMachine('A', ...devices))
})

function out(line: string, on = system, options: LineOptions = {}): string {
  const { exit, stdout, stderr } = runLine(on, line, options)
  expect({ line, exit, stderr }).toEqual({ line, exit: 0, stderr: '' })
  return stdout
}

/** A host that has some of the devices, each under the name of its place in the list. */
function other(order: readonly number[]): System {
  return newSystem(newMachine('B', ...renamed(devices, order)))
}

const ALL = `mkfs.famfs ${[0, 1, 2, 3].map(nameAt).join(' ')}`
const rowsOf = (table: string): string[][] => table.split('\n').slice(1, -1).map((line) => line.replaceAll(UUID, 'UUID').split(/ {2,}/))
const row = (index: number, name: string): string[] => [String(index), 'UUID', SIZE, name]

it('kernels from 6.15 on want each device of the file system in famfs mode; mount -M switches all of them', () => {
  const later = newSystem(newMachine('C', ...devices), { kernelRelease: '6.17.0-famfs' })
  out(ALL.replace('mkfs.famfs', 'mkfs.famfs -M'), later)
  expect(later.devices().map(({ mode }) => mode)).toEqual(['famfs', 'famfs', 'famfs', 'famfs'])
  for (const name of [nameAt(0), nameAt(2)]) valueOf(runNow(later.setDaxMode(name, 'devdax')))
  const line = `famfs mount ${nameAt(0)} ${MNT}`
  expect(runLine(later, line).stderr).toContain(`${nameAt(0)} is in devdax mode`)
  valueOf(runNow(later.setDaxMode(nameAt(0), 'famfs')))
  for (const each of [line, `famfs fsck ${nameAt(0)}`]) expect(runLine(later, each)).toMatchObject({ exit: 1, stderr: expect.stringContaining(`${nameAt(2)} is in devdax mode`) })
  expect(later.machine.mounts()).toEqual([])
  out(line.replace('mount', 'mount -M'), later)
  expect(later.devices().map(({ mode }) => mode)).toEqual(['famfs', 'famfs', 'famfs', 'famfs'])
})

it.each<[string, string[], string, string, string]>([
  ['another famfs', [`mkfs.famfs ${nameAt(2)}`], `famfs devadd ${nameAt(2)} ${nameAt(3)} ${MNT}`, `${nameAt(2)} holds a valid famfs`, `famfs devadd --force ${nameAt(2)} ${nameAt(3)} ${MNT}`],
  ['one that is in', [], `famfs devadd ${nameAt(1)} ${MNT}`, `${nameAt(1)} is device 1 of this file system already`, 'Leave it out'],
  ['the primary', [], `famfs devadd ${nameAt(0)} ${MNT}`, `${nameAt(0)} is the primary device of this file system already`, 'Leave it out'],
  ['twice, before what is on it', [`mkfs.famfs ${nameAt(2)}`], `famfs devadd ${nameAt(2)} ${nameAt(2)} ${MNT}`, 'it is named twice', ''],
  ['a format of several', [`mkfs.famfs ${nameAt(2)}`], `mkfs.famfs ${nameAt(2)} ${nameAt(3)}`, `${nameAt(2)} holds a valid famfs`, `mkfs.famfs --force ${nameAt(2)} ${nameAt(3)}.`],
  ['a format with options', [`mkfs.famfs ${nameAt(2)}`], `mkfs.famfs --loglen 16m --allocunit=4096 ${nameAt(2)}`, 'holds a valid famfs', `mkfs.famfs --force --loglen 16m --allocunit=4096 ${nameAt(2)}.`],
  ['a kill on a stopped device', [`daxctl disable-device ${nameAt(2)}`], `mkfs.famfs --kill ${nameAt(2)}`, 'it does not answer', `daxctl enable-device ${nameAt(2)}.`],
  ['a kill', [`mkfs.famfs ${nameAt(2)}`], `mkfs.famfs --kill ${nameAt(2)}`, `${nameAt(2)} holds a valid famfs`, `mkfs.famfs --force --kill ${nameAt(2)}.`],
  ['a format of a stopped device', [`daxctl disable-device ${nameAt(2)}`], `mkfs.famfs -f ${nameAt(2)}`, `${nameAt(2)} can't be used: it does not answer`, `Let the device answer again: daxctl enable-device ${nameAt(2)}.`],
  ['a poisoned superblock', [`mkfs.famfs ${nameAt(2)}`, `cxl inject-media-poison ${nameAt(2)} --address 0`], `mkfs.famfs ${nameAt(2)}`, 'it reported poisoned memory', `what was there is lost, and with the superblock every file; then format again: mkfs.famfs --force ${nameAt(2)}.`],
  ['a mount of a secondary', [`umount ${MNT}`], `famfs mount ${nameAt(1)} ${MNT}`, 'this is a secondary device of file system', `Name its primary: famfs mount ${nameAt(0)} ${MNT}.`],
  ['a mount of one whose primary is gone', [`umount ${MNT}`, `mkfs.famfs --kill --force ${nameAt(0)}`], `famfs mount ${nameAt(1)} ${MNT}`, 'this is a secondary device of file system', 'None of this host’s devices is its primary'],
])('what is refused says which device, and its advice does it: %s', (_, before, line, says, next) => {
  for (const each of [`mkfs.famfs ${nameAt(0)} ${nameAt(1)}`, `famfs mount ${nameAt(0)} ${MNT}`, ...before]) expect(runLine(system, each)).toMatchObject({ exit: 0 })
  const { exit, stderr } = runLine(system, line)
  expect(exit).not.toBe(0)
  expect(stderr).toContain(says)
  expect(stderr.split('\n')[1]).toContain(next)
  expect(stderr).not.toMatch(/\bDEVICE\b/)
})

describe('mkfs.famfs with secondary devices', () => {
  it('says how large each is, and shows the whole', () => {
    const said = out(ALL)
    expect(said.startsWith(`devsize: ${SIZE}\n`.repeat(4))).toBe(true)
    expect(said).toContain('  Device capacity:        0.12G\n')
    expect(said).toContain('Devices: 4, of which 0 are not on this host\n  device 0: /dev/dax0.0\n')
    expect(said).toContain('  3 of 15420 entries used\n')
  })

  it('formats nothing where one of them can not be', () => {
    out(`mkfs.famfs ${nameAt(3)}`)
    for (const [line, exit, says] of [
      [ALL, 2, `${nameAt(3)} holds a valid famfs`],
      [`mkfs.famfs ${nameAt(0)} ${nameAt(0)}`, 2, 'it is named twice'],
      [`mkfs.famfs ${nameAt(0)} /etc/hostname`, 2, 'is not a memory device'],
    ] as const) expect(runLine(system, line)).toMatchObject({ exit, stderr: expect.stringContaining(says) })
    expect(runLine(system, `famfs fsck ${nameAt(0)}`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('no famfs superblock') })
    expect(out(`${ALL.replace('mkfs.famfs', 'mkfs.famfs --force')}`)).toContain('device 3: /dev/dax3.0')
  })

  it('kills each superblock that is named', () => {
    out(ALL)
    expect(out(`mkfs.famfs --kill --force ${nameAt(0)} ${nameAt(2)}`)).toBe('Famfs superblock killed\n'.repeat(2))
    for (const [i, says] of [[0, 'no famfs superblock'], [1, 'secondary device of file system'], [2, 'no famfs superblock']] as const) {
      expect(runLine(system, `famfs fsck ${nameAt(i)}`)).toMatchObject({ exit: 1, stderr: expect.stringContaining(says) })
    }
  })
})

describe.each([['v1', {}], ['fuse', FUSE]] as const)('a %s mount', (_, options) => {
  it('has all devices, whatever they are called', () => {
    out(ALL)
    out(`famfs mount ${nameAt(0)} ${MNT}`, system, options)
    out(`famfs creat -r -S 7 -s 9m -N 4 -B 4 ${MNT}/striped`)
    const host = other([2, 3, 1, 0])
    out(`famfs mount ${nameAt(3)} ${MNT}`, host, options)
    expect(out(`famfs verify -S 7 -f ${MNT}/striped`, host)).toContain('Success')
    expect(rowsOf(out(`famfs daxdev list ${MNT}`, host))).toEqual([row(0, nameAt(3)), row(1, nameAt(2)), row(2, nameAt(0)), row(3, nameAt(1))])
    expect(out(`df -B1 ${MNT}`, host)).toMatch(new RegExp(` ${128 * MIB} +${(10 + 3 * 2 + 4 * 4) * MIB} `))
    expect(out(`ls ${MNT}/.meta -A`, host).split('\n').filter((name) => name !== '').toSorted()).toEqual(['.log', '.superblock', '.superblock.1', '.superblock.2', '.superblock.3'])
    expect(out(`stat -c %s ${MNT}/.meta/.superblock.3`, host)).toBe(`${2 * MIB}\n`)
    expect(runLine(host, `famfs cp /etc/hostname ${MNT}/.meta/.superblock.3`).exit).not.toBe(0)
  })

  it('says which device is missing, and does without', () => {
    out(ALL)
    out(`famfs mount ${nameAt(0)} ${MNT}`, system, options)
    out(`famfs creat -r -S 7 -s 9m -N 4 -B 4 ${MNT}/striped`)
    out(`famfs creat -r -S 8 -s 2m ${MNT}/plain`)
    const host = other([0, 3, 1])
    const mounted = runLine(host, `famfs mount ${nameAt(0)} ${MNT}`, options)
    expect(mounted).toMatchObject({ exit: 0, stderr: expect.stringMatching(/this host does not have 1 device of the file system: device 2 \(UUID .*\n {2}.*famfs daxdev resolve \/mnt\/famfs\.\n$/) })
    out(`famfs verify -S 8 -f ${MNT}/plain`, host)
    expect(runLine(host, `famfs verify -S 7 -f ${MNT}/striped`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('which this host does not have') })
    expect(rowsOf(out(`famfs daxdev list ${MNT}`, host))[2]).toEqual(row(2, 'missing'))
    for (const [which, exit] of [['', 1], [' 2', 1], [' 1', 0], [' 9', 1]] as const) expect([which, runLine(host, `famfs daxdev resolve ${MNT}${which}`).exit]).toEqual([which, exit])
    expect(runLine(host, `famfs logplay ${MNT}`)).toMatchObject({ exit: 0, stderr: expect.stringContaining('does not have 1 device') })
    expect(out(`famfs fsck ${MNT}`, host)).toContain('Devices: 4, of which 1 is not on this host\n')
  })

  it.each(options === FUSE ? ['fuse', 'fuse-paged', 'fuse-iomap', 'fuse-unrolled'] : ['v1'])('reads what is on a device once it turns up: %s', (kernel) => {
    out(ALL)
    out(`famfs mount ${nameAt(0)} ${MNT}`, system, options)
    out(`famfs creat -r -S 7 -s 9m -N 4 -B 4 ${MNT}/striped`)
    const { buffer, baseBytes } = devices[3] as Daxdev
    const magic = new Uint8Array(buffer, baseBytes, 8)
    const whole = magic.slice()
    magic.fill(0)
    const host = other([0, 3, 1, 2])
    runLine(host, `famfs mount --kernel ${kernel} ${nameAt(0)} ${MNT}`, options)
    expect(runLine(host, `famfs verify -S 7 -f ${MNT}/striped`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('which this host does not have') })
    magic.set(whole)
    expect(rowsOf(out(`famfs daxdev resolve ${MNT} 3`, host))).toEqual([row(3, nameAt(1))])
    out(`famfs verify -S 7 -f ${MNT}/striped`, host)
  })

  it('learns of devices that another host adds', () => {
    out(`mkfs.famfs ${nameAt(0)}`)
    out(`famfs mount ${nameAt(0)} ${MNT}`, system, options)
    const host = other([3, 2, 1, 0])
    out(`famfs mount ${nameAt(3)} ${MNT}`, host, options)
    const added = out(`famfs devadd ${nameAt(1)} ${nameAt(3)} ${MNT}`)
    expect(added.replaceAll(UUID, 'UUID')).toBe(`device 1: ${nameAt(1)} ${SIZE} UUID\ndevice 2: ${nameAt(3)} ${SIZE} UUID\n2 devices added to ${MNT}\n`)
    out(`famfs creat -r -S 7 -s 9m -N 3 -B 4 ${MNT}/striped`)
    out(`famfs logplay ${MNT}`, host)
    out(`famfs verify -S 7 -f ${MNT}/striped`, host)
    expect(rowsOf(out(`famfs daxdev list ${MNT}`, host))).toEqual([row(0, nameAt(3)), row(1, nameAt(2)), row(2, nameAt(0))])
    out(`umount ${MNT}`)
    expect(rowsOf(out(`famfs daxdev list ${nameAt(0)}`))).toEqual([row(0, nameAt(0)), row(1, nameAt(1)), row(2, nameAt(3))])
  })

  it('keeps its devices from being used otherwise', () => {
    out(ALL)
    out(`famfs mount ${nameAt(0)} ${MNT}`, system, options)
    failureOf(runNow(system.setDaxMode(nameAt(1), 'system-ram')), 'mounted')
    for (const [line, exit] of [[`mkfs.famfs -f ${nameAt(1)}`, 2], [`famfs fsck ${nameAt(2)}`, 16], [`famfs mount ${nameAt(1)} /tmp`, 1]] as const) {
      expect(runLine(system, line)).toMatchObject({ exit, stdout: '', stderr: expect.stringContaining(`is mounted on this host at ${MNT}`) })
    }
  })
})

it('getmap says which device an extent is on, where that is not the primary', () => {
  out(ALL)
  out(`famfs mount ${nameAt(0)} ${MNT}`)
  out(`famfs creat -s 22m ${MNT}/fills`)
  out(`famfs creat -s 2m ${MNT}/next`)
  expect(out(`famfs getmap ${MNT}/next`)).toContain(`\t\t200000\t${2 * MIB}\tdevice 1\n`)
  expect(out(`famfs getmap ${MNT}/fills`)).toContain(`\t\ta00000\t${22 * MIB}\n`)
})

it('a mount by famfs_fused plays no files, and knows their devices all the same', () => {
  out(ALL)
  out(`famfs mount ${nameAt(0)} ${MNT}`)
  out(`famfs creat -r -S 7 -s 9m -N 4 -B 4 ${MNT}/striped`)
  const host = other([1, 0, 3, 2])
  out('mkdir /tmp/sh', host)
  out('mkdir /tmp/sh/root', host)
  out(`famfs logplay --shadow /tmp/sh --daxdev ${nameAt(1)}`, host)
  out(`famfs_fused -o source=/tmp/sh,daxdev=${nameAt(1)} ${MNT}`, host)
  expect(valueOf(host.machine.readdir(MNT)).map(({ name }) => name)).toEqual(['striped'])
  expect(firstDifference(readAll(host.machine, `${MNT}/striped`), readAll(system.machine, `${MNT}/striped`))).toBe(-1)
})

it('superblocks that someone removed come back with the log, and with mkmeta', () => {
  out(ALL)
  out(`famfs mount ${nameAt(0)} ${MNT}`)
  for (const line of [`famfs logplay ${MNT}`, `famfs mkmeta ${nameAt(0)}`]) {
    out(`rm -f ${MNT}/.meta/.superblock.2`)
    expect(runLine(system, `famfs check ${MNT}`)).toMatchObject({ exit: 2, stderr: expect.stringContaining('.meta/.superblock.2 is missing') })
    out(line)
    out(`famfs check ${MNT}`)
  }
})

describe('what devadd and daxdev refuse', () => {
  beforeEach(() => {
    out(`mkfs.famfs ${nameAt(0)}`)
    out(`famfs mount ${nameAt(0)} ${MNT}`)
  })

  it.each([
    ['famfs devadd', 'no path in famfs is named'],
    [`famfs devadd ${MNT}`, 'no device is named'],
    [`famfs devadd ${nameAt(1)}`, 'no path in famfs is named'],
    [`famfs devadd /dev/dax9.0 ${MNT}`, '/dev/dax9.0 is not a device of this host'],
    [`famfs devadd ${MNT} /dev/dax9.0`, '/dev/dax9.0 is not a device of this host'],
    ['famfs devadd /dev/dax9.0', '/dev/dax9.0 is not a device of this host'],
    [`famfs devadd ${MNT} /tmp ${nameAt(1)}`, 'none is a device'],
    [`famfs devadd ${nameAt(1)} /tmp`, 'not in a mounted famfs'],
    [`famfs devadd ${nameAt(1)} ${nameAt(1)} ${MNT}`, 'it is named twice'],
    ['famfs daxdev', 'it is not said what to do'],
    ['famfs daxdev show /mnt', '“show” is nothing that it does'],
    ['famfs daxdev list', 'no path is named'],
    [`famfs daxdev list ${MNT} more`, 'one name too many'],
    ['famfs daxdev list /tmp', 'not in a mounted famfs'],
    [`famfs daxdev list ${nameAt(1)}`, 'no famfs superblock'],
    [`famfs daxdev resolve ${MNT} 1`, 'no device 1'],
  ])('%s', (line, says) => {
    expect(runLine(system, line)).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('who is not root, and who is not the master', () => {
    expect(runLine(system, `famfs devadd ${nameAt(1)} ${MNT}`, { caller: userAt('/') })).toMatchObject({ exit: 1, stderr: expect.stringContaining('only root may') })
    const host = other([0, 1, 2, 3])
    out(`famfs mount ${nameAt(0)} ${MNT}`, host)
    expect(runLine(host, `famfs devadd ${nameAt(1)} ${MNT}`)).toMatchObject({ exit: 1, stderr: expect.stringContaining('only the master may add devices') })
  })
})

it('their words are completed', () => {
  expect(completionsOf(['famfs', 'daxdev', ''])).toEqual(['list', 'resolve'])
  expect(completionsOf(['famfs', 'daxdev', 're'])).toEqual(['resolve'])
  expect(completionsOf(['famfs', 'de'])).toEqual(['devadd'])
})
