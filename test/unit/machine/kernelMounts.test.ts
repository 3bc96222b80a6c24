// famfs mount --kernel NAME: whichever kernel, the same files; between a fuse kernel and its daemon go messages alone, which
// the daemon answers from its shadow tree. A map that the kernel refuses when tools push it is an error of the replay.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { isStandalone, kernelNames } from '../../../src/core/machine/kernels.ts'
import type { System } from '../../../src/core/machine/system.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { newDevices, renamed } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { DATA_START, DAX, logByHand, newDax, newMachine, readAll, ROOT_USER, run } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { get, newSystem, put, rootAt } from '../../helpers/systems.ts'

const MNT = '/mnt/famfs'
const AU = 2 * MIB
const ROOT = rootAt('/')

let devices: Daxdev[]
let owner: System

function good(system: System, line: string): string {
  const { exit, stdout, stderr } = runLine(system, line)
  expect({ line, exit, stderr }).toEqual({ line, exit: 0, stderr: '' })
  return stdout
}

/** Names the devices otherwise than the owner does. */
function newOther(): System {
  return newSystem(newMachine('B', ...renamed(devices, [2, 0, 1])), { sandbox: makeSandbox })
}

describe('on three devices', () => {
  beforeEach(() => {
    devices = newDevices(3)
    owner = newSystem(newMachine('A', ...devices))
    good(owner, 'mkfs.famfs /dev/dax0.0 /dev/dax1.0 /dev/dax2.0')
    good(owner, 'famfs mount --nofuse /dev/dax0.0 /mnt/famfs')
    good(owner, 'famfs creat -r -S 5 -s 5000 /mnt/famfs/plain')
    run(owner.machine.creat(`${MNT}/striped`, { sizeBytes: 7 * AU + 99, interleave: { stripCount: 3, bucketCount: 3, chunkBytes: AU } }))
    run(owner.machine.fill(`${MNT}/striped`, 6, ROOT_USER))
  })

  it.each(kernelNames.filter((name) => name !== 'v1-abi42'))('%s: another host reads and writes the same files', (kernel) => {
    const other = newOther()
    good(other, `famfs mount --kernel ${kernel} /dev/dax1.0 /mnt/famfs`)
    expect(other.machine.mounts()).toMatchObject([{ kernel, kind: isStandalone(kernel) ? 'v1' : 'fuse' }])
    // What is mounted as everybody does it looks as everybody's mount does.
    const words = other.mountTable().find(({ target }) => target === '/mnt/famfs')?.options.filter((word) => word.startsWith('kernel'))
    expect(words).toEqual(kernel === 'v1' || kernel === 'fuse' ? [] : [`kernel=${kernel}`])
    good(other, 'famfs verify -S 5 -f /mnt/famfs/plain')
    good(other, 'famfs verify -S 6 -f /mnt/famfs/striped')
    expect(readAll(other.machine, `${MNT}/.meta/.superblock`).subarray(0, 4)).toEqual(Uint8Array.of(0xff, 0x82, 0xb2, 0x87))
    run(other.machine.fill(`${MNT}/striped`, 8, ROOT_USER))
    good(owner, 'famfs verify -S 8 -f /mnt/famfs/striped')
    good(other, 'umount /mnt/famfs')
  })

  it('the older ioctl has no word for the others: files of one device are there, and the replay says why the rest isn’t', () => {
    const other = newOther()
    const { exit, stderr } = runLine(other, 'famfs mount --nofuse --kernel v1-abi42 /dev/dax1.0 /mnt/famfs')
    expect(exit).toBe(1)
    expect(stderr).toContain('the v1-abi42 kernel can\'t take the map of striped: ')
    expect(stderr).not.toContain('its directory is missing')
    expect(other.machine.mounts()).toMatchObject([{ kernel: 'v1-abi42', options: expect.arrayContaining(['kernel=v1-abi42']) }])
    good(other, 'famfs verify -S 5 -f /mnt/famfs/plain')
    failureOf(other.stat(`${MNT}/striped`, ROOT), 'not_found')
  })

  it('a kernel that asks its daemon reads a file of a device as soon as that is here', () => {
    const other = newSystem(newMachine('C', ...renamed(devices, [0, 1])))
    expect(runLine(other, 'famfs mount --fuse /dev/dax0.0 /mnt/famfs')).toMatchObject({ exit: 0 })
    failureOf(other.machine.mmap(`${MNT}/striped`, { read: true }, ROOT_USER), 'device_missing')
    good(other, 'famfs verify -S 5 -f /mnt/famfs/plain')
  })
})

describe('the daemon answers from its shadow tree', () => {
  it('where a file’s bytes are is what its YAML says when the kernel asks', () => {
    const system = newSystem(newMachine('A', newDax(64 * MIB)))
    good(system, `mkfs.famfs ${DAX}`)
    good(system, `famfs mount --fuse -t 0 ${DAX} /mnt/famfs`)
    good(system, 'famfs creat -r -S 1 -s 5000 /mnt/famfs/a')
    good(system, 'famfs creat -r -S 2 -s 5000 /mnt/famfs/b')
    const shadow = `${system.machine.mounts()[0]?.shadowPath}/root`
    const [a, b] = ['a', 'b'].map((name) => get(system, `${shadow}/${name}`, ROOT))
    good(system, 'famfs verify -S 1 -f /mnt/famfs/a')
    expect(a).toContain('devindex: 0\n    offset: 0xa00000\n')
    put(system, `${shadow}/a`, (b as string).replace('path: b', 'path: a'), ROOT)
    good(system, 'famfs verify -S 2 -f /mnt/famfs/a')
    put(system, `${shadow}/a`, (a as string).replace('offset: 0xa00000', 'offset: 0xa00001'), ROOT)
    failureOf(system.machine.mmap(`${MNT}/a`, { read: true }, ROOT_USER), 'bad_map')
    put(system, `${shadow}/a`, (a as string).replace('devindex: 0', 'devindex: 4294967296'), ROOT)
    failureOf(system.machine.mmap(`${MNT}/a`, { read: true }, ROOT_USER), 'daemon_failed')
    put(system, `${shadow}/a`, a as string, ROOT)
    good(system, 'famfs verify -S 1 -f /mnt/famfs/a')
  })
})

describe('a map that the kernel refuses', () => {
  it('is an error of the replay, with the reason, and the file isn’t there', () => {
    const device = newDax(64 * MIB)
    const machine = newMachine('A', device)
    run(machine.mkfs(DAX, {}))
    run(machine.mount(DAX, MNT))
    const extents = [{ devindex: 0, offsetBytes: DATA_START, lengthBytes: AU }, { devindex: 0, offsetBytes: DATA_START + 4096, lengthBytes: AU }]
    logByHand(device, 'crooked', { kind: 'simple', sizeBytes: 5000, extents })
    logByHand(device, 'straight', { kind: 'simple', sizeBytes: 5000, extents: extents.slice(0, 1) })
    const report = run(machine.logplay(MNT))
    expect(report).toMatchObject({ newFiles: 1, fileErrors: 1, troubles: [`entry 0: the map of crooked can't be used: ${AU} bytes at ${DATA_START + 4096} are no whole units of ${AU}`] })
    failureOf(machine.stat(`${MNT}/crooked`), 'no_such_path')
    expect(valueOf(machine.stat(`${MNT}/straight`)).sizeBytes).toBe(5000)
  })

  it('leaves nothing in the kernel where its directory is missing', () => {
    const device = newDax(64 * MIB)
    const machine = newMachine('A', device)
    run(machine.mkfs(DAX, {}))
    run(machine.mount(DAX, MNT))
    logByHand(device, 'gone/f', { kind: 'simple', sizeBytes: 5000, extents: [{ devindex: 0, offsetBytes: DATA_START, lengthBytes: AU }] })
    const { way } = valueOf(machine.place(MNT)).mount.kernel
    const residentBytes = way.residentBytes()
    expect(run(machine.logplay(MNT))).toMatchObject({ newFiles: 0, fileErrors: 1, troubles: [expect.stringContaining('its directory is missing')] })
    expect(way.residentBytes()).toBe(residentBytes)
  })
})

describe('famfs mount --kernel', () => {
  let system: System
  beforeEach(() => {
    system = newSystem(newMachine('A', newDax(64 * MIB)))
    good(system, `mkfs.famfs ${DAX}`)
  })

  it.each([
    ['--kernel fuse-nine', 1, 'there is no kernel “fuse-nine”'],
    ['--kernel bogus', 1, 'The usual ones are v1 (--nofuse) and fuse (--fuse)'],
    ['--nofuse --kernel fuse', 1, 'the kernel fuse is for fuse mounts'],
    ['--fuse --kernel v1', 1, 'the kernel v1 is for standalone mounts'],
    ['--kernel program', 1, 'program'],
  ])('%s is refused, and nothing is mounted', (words, exit, says) => {
    const ran = runLine(system, `famfs mount ${words} ${DAX} /mnt/famfs`)
    expect(ran.exit).toBe(exit)
    expect(ran.stderr).toContain(says)
    expect(system.machine.mounts()).toEqual([])
    expect(system.mountTable().filter(({ target }) => target === MNT)).toEqual([])
  })

  it('is an extension that help doesn’t show, and the kernel by itself says which way', () => {
    expect(runLine(system, 'famfs mount --help').stdout).not.toContain('--kernel')
    good(system, `famfs mount --kernel fuse-paged ${DAX} /mnt/famfs`)
    expect(system.machine.mounts()).toMatchObject([{ kind: 'fuse', kernel: 'fuse-paged' }])
    good(system, 'umount /mnt/famfs')
    good(system, `famfs mount --fuse ${DAX} /mnt/famfs`)
    expect(system.machine.mounts()).toMatchObject([{ kind: 'fuse', kernel: 'fuse' }])
  })
})
