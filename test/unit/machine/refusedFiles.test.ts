// What this host can't take in isn't logged: its kernel, or the shadow tree of its daemon, is asked before the entry is written.
// Nobody has the file then, no unit is taken for it, and the next command finds all as it was.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { buildBitmap } from '../../../src/core/fs/volume.ts'
import { standaloneWay } from '../../../src/core/machine/kernels.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import { isRogue } from '../../../src/core/machine/mounts.ts'
import type { System } from '../../../src/core/machine/system.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { nameAt, newDevices } from '../../helpers/fleetOfDevices.ts'
import { runLine } from '../../helpers/lines.ts'
import { DAX, lockOf, MNT, newClient, newDax, newMachine, newMaster, run, sourceOf } from '../../helpers/machines.ts'
import { failureOf, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { get, namesOf, newSystem, put, rootAt } from '../../helpers/systems.ts'

const AU = 2 * MIB
const ROOT = rootAt('/')
const STRIPED = { bucketCount: 2, stripCount: 2, chunkBytes: AU }

/** Log entries, whether the mount lacks any, and the units that are taken on each device, which are those that the log says. */
function stateOf(machine: Machine): { entryCount: number; isRogue: boolean; used: number[] } {
  const { mount } = valueOf(machine.place(MNT))
  const { volume, layout } = mount
  const { nextIndex } = lockOf(volume.memory.device)
  const built = buildBitmap(volume.memory, layout, nextIndex)
  const bitmaps = [built.bitmap, ...built.others.values()]
  const { kept = built } = volume
  expect([kept.bitmap, ...kept.others.values()].map((bitmap, i) => bitmap.equals(bitmaps[i]!))).toEqual(bitmaps.map(() => true))
  return { entryCount: nextIndex, isRogue: isRogue(mount), used: bitmaps.map(({ usedCount }) => usedCount) }
}

/** A master whose kernel knows neither striping nor other devices. */
function onOldKernel(devices: readonly Daxdev[]): Machine {
  const machine = newMachine('A', ...devices)
  run(machine.mkfs(nameAt(0), { secondaries: devices.slice(1).map(({ name }) => name) }))
  run(machine.mount(nameAt(0), MNT, { uid: 0, gid: 0 }, { way: standaloneWay('v1-abi42') }))
  return machine
}

function pathsOf(machine: Machine): string[] {
  return machine.inodes(MNT).map(({ path }) => path).filter((path) => !path.startsWith('.meta'))
}

describe('a kernel that knows neither striping nor other devices', () => {
  it('refuses striped files to creat and cp, which log nothing', () => {
    const machine = onOldKernel(newDevices(1))
    run(machine.creat(`${MNT}/plain`, { sizeBytes: 100 }))
    const before = stateOf(machine)
    failureOf(runNow(machine.creat(`${MNT}/striped`, { sizeBytes: 8 * MIB, interleave: STRIPED })), 'map_unfit')
    failureOf(runNow(machine.cp(sourceOf(patternBytes(8 * MIB, 1)), `${MNT}/striped`, { interleave: STRIPED })), 'map_unfit')
    failureOf(runNow(machine.holdLog(MNT, 'copy files in', (held) => held.cp(sourceOf(patternBytes(8 * MIB, 1)), `${MNT}/striped`, { interleave: STRIPED }))), 'map_unfit')
    expect(stateOf(machine)).toEqual(before)
    expect(pathsOf(machine)).toEqual(['plain'])
    expect(machine.mounts()).toMatchObject([{ playedCount: 1, rogue: false }])
  })

  it('refuses what has no room on the first device, however often it is asked, and clones nothing that it doesn’t know', () => {
    const machine = onOldKernel(newDevices(2))
    run(machine.creat(`${MNT}/a`, { sizeBytes: 20 * MIB }))
    const before = stateOf(machine)
    for (let i = 0; i < 2; i++) failureOf(runNow(machine.creat(`${MNT}/b`, { sizeBytes: 10 * MIB })), 'map_unfit')
    expect(stateOf(machine)).toEqual(before)
    failureOf(runNow(machine.clone(`${MNT}/b`, `${MNT}/c`)), 'no_such_path')
    // What was given back is given out again.
    run(machine.clone(`${MNT}/a`, `${MNT}/c`))
    run(machine.creat(`${MNT}/last`, { sizeBytes: AU }))
    expect(pathsOf(machine)).toEqual(['a', 'c', 'last'])
    expect(stateOf(machine)).toMatchObject({ entryCount: before.entryCount + 2 })
  })

  it('a file of a second device, which another host’s kernel took, is cloned by nobody whose kernel doesn’t take it', () => {
    const devices = newDevices(2)
    const machine = newMachine('A', ...devices)
    run(machine.mkfs(nameAt(0), { secondaries: [nameAt(1)] }))
    run(machine.mount(nameAt(0), MNT))
    run(machine.creat(`${MNT}/a`, { sizeBytes: 20 * MIB }))
    run(machine.creat(`${MNT}/far`, { sizeBytes: 10 * MIB }))
    valueOf(machine.umount(MNT))
    expect(run(machine.mount(nameAt(0), MNT, { uid: 0, gid: 0 }, { way: standaloneWay('v1-abi42') }))).toMatchObject({ newFiles: 1, fileErrors: 1 })
    const before = stateOf(machine)
    failureOf(runNow(machine.clone(`${MNT}/far`, `${MNT}/near`)), 'no_such_path')
    // It can't see that the name is taken, and can't take it either.
    failureOf(runNow(machine.creat(`${MNT}/far`, { sizeBytes: 10 * MIB })), 'map_unfit')
    expect(stateOf(machine)).toEqual(before)
  })
})

describe('a root file system that is full', () => {
  function fullHost(): { system: System; device: Daxdev; shadow: string; free: () => void } {
    const device = newDax(64 * MIB)
    const system = newSystem(newMachine('A', device))
    run(system.machine.mkfs(DAX, {}))
    const { shadowPath } = run(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, ROOT))
    const { budget } = system.rootFs
    const usedBytes = budget.usedBytes
    // As large files would: none of them has to be stored for it.
    budget.usedBytes = budget.limitBytes
    return { system, device, shadow: `${shadowPath}/root`, free: () => void (budget.usedBytes = usedBytes) }
  }

  it('creat and cp say so and log nothing, and the same command is good once there is room', () => {
    const { system, shadow, free } = fullHost()
    const before = stateOf(system.machine)
    for (const line of [`famfs creat -s 4m ${MNT}/big`, `famfs cp /etc/hostname ${MNT}/h`]) {
      const { exit, stderr } = runLine(system, line)
      expect({ line, exit, stderr }).toEqual({ line, exit: 1, stderr: expect.stringContaining('the root file system is full') })
      expect(stderr).toContain('Remove files under /tmp or /home.')
    }
    expect(stateOf(system.machine)).toEqual(before)
    expect(namesOf(system, shadow, ROOT)).toEqual(['.meta'])
    expect(namesOf(system, MNT, ROOT)).toEqual(['.meta'])
    free()
    expect(runLine(system, `famfs creat -s 4m ${MNT}/big`)).toMatchObject({ exit: 0, stderr: '' })
    expect(get(system, `${shadow}/big`, ROOT)).toContain('size: 4194304')
    expect(stateOf(system.machine).entryCount).toBe(before.entryCount + 1)
    // Nothing that is logged was ever missing.
    expect(run(system.machine.logplay(MNT))).toMatchObject({ entriesPlayed: 0 })
  })

  it('replay leaves no empty shadow file, and the next one finds what is logged', () => {
    const device = newDax(64 * MIB)
    const owner = newMaster(device)
    const system = newSystem(newMachine('B', device))
    const { shadowPath } = run(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, ROOT))
    run(owner.mkdir(`${MNT}/d`))
    run(owner.creat(`${MNT}/d/f`, { sizeBytes: 100 }))
    const { budget } = system.rootFs
    const { usedBytes } = budget
    budget.usedBytes = budget.limitBytes
    const played = run(system.machine.logplay(MNT))
    expect(played).toMatchObject({ newDirectories: 1, newFiles: 0, fileErrors: 1 })
    expect(played.troubles).toEqual([expect.stringContaining('the root file system is full')])
    expect(namesOf(system, `${shadowPath}/root/d`, ROOT)).toEqual([])
    // It never was here, and nobody removed it.
    expect(system.machine.mounts()).toMatchObject([{ playedCount: 2, rogue: false }])
    budget.usedBytes = usedBytes
    // It goes back to what it had no room for, though its entry was played.
    expect(run(system.machine.logplay(MNT))).toMatchObject({ newFiles: 1, fileErrors: 0 })
    expect(valueOf(system.stat(`${MNT}/d/f`, ROOT)).sizeBytes).toBe(100)
    expect(run(system.machine.logplay(MNT))).toMatchObject({ entriesPlayed: 0 })
  })

  it('clones nothing', () => {
    const { system, shadow, free } = fullHost()
    const { machine, rootFs: { budget } } = system
    free()
    run(machine.creat(`${MNT}/f`, { sizeBytes: 100 }))
    const before = stateOf(machine)
    budget.usedBytes = budget.limitBytes
    failureOf(runNow(machine.clone(`${MNT}/f`, `${MNT}/g`)), 'root_full')
    expect(stateOf(machine)).toEqual(before)
    expect(namesOf(system, shadow, ROOT)).toEqual(['.meta', 'f'])
  })

  it('mounts nothing by fuse, and leaves no tree', () => {
    const { system, free } = fullHost()
    valueOf(system.machine.umount(MNT))
    const before = namesOf(system, '/tmp', ROOT)
    failureOf(runNow(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, ROOT)), 'root_full')
    expect(namesOf(system, '/tmp', ROOT)).toEqual(before)
    expect(system.machine.mounts()).toEqual([])
    free()
    run(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, ROOT))
  })
})

describe('a shadow tree that has something else there', () => {
  it.each([
    ['creat', (machine: Machine) => runNow(machine.creat(`${MNT}/taken`, { sizeBytes: 100 })), 'exists'],
    ['mkdir', (machine: Machine) => runNow(machine.mkdir(`${MNT}/taken`)), 'exists'],
    ['mkdir below', (machine: Machine) => runNow(machine.mkdir(`${MNT}/gone/e`)), 'no_parent'],
    ['mkdir -p below', (machine: Machine) => runNow(machine.mkdir(`${MNT}/gone/e/f`, { parents: true })), 'no_parent'],
    ['mkdir -p below a file', (machine: Machine) => runNow(machine.mkdir(`${MNT}/taken/e`, { parents: true })), 'exists'],
    ['creat below', (machine: Machine) => runNow(machine.creat(`${MNT}/gone/f`, { sizeBytes: 100 })), 'no_parent'],
  ] as const)('%s is refused and not logged', (_, act, reason) => {
    const device = newDax(64 * MIB)
    const system = newSystem(newMachine('A', device))
    const { machine } = system
    run(machine.mkfs(DAX, {}))
    const { shadowPath } = run(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, ROOT))
    run(machine.mkdir(`${MNT}/gone`))
    valueOf(system.rmdir(`${shadowPath}/root/gone`, ROOT))
    put(system, `${shadowPath}/root/taken`, 'no shadow file at all', ROOT)
    const before = stateOf(machine)
    failureOf(act(machine), reason)
    expect(stateOf(machine)).toEqual(before)
    expect(get(system, `${shadowPath}/root/taken`, ROOT)).toBe('no shadow file at all')
  })
})

describe('a directory under one hold of the log lock', () => {
  it('is made in that mount alone, whatever its name begins with', () => {
    const machine = newMachine('A', newDax(16 * MIB, '/dev/dax0.0'), newDax(16 * MIB, '/dev/dax1.0'))
    for (const [i, place] of [MNT, `${MNT}2`].entries()) {
      run(machine.mkfs(nameAt(i), {}))
      run(machine.mount(nameAt(i), place))
    }
    const mkdir = (path: string) => runNow(machine.holdLog(MNT, 'make directories', function* (held) { yield* []; return held.mkdir(path, { parents: true }) }))
    failureOf(mkdir(`${MNT}2/d`), 'not_in_famfs')
    failureOf(mkdir('/tmp/d'), 'not_in_famfs')
    failureOf(mkdir(`${MNT}/../d`), 'bad_path')
    expect(valueOf(mkdir(MNT))).toEqual([])
    expect(valueOf(mkdir(`${MNT}/d/e/`))).toEqual(['d', 'd/e'])
    expect(machine.inodes(`${MNT}2`).filter(({ path }) => !path.startsWith('.meta'))).toEqual([])
  })
})

it('what is taken is known before anybody else can see it, and once', () => {
  const device = newDax()
  const machine = newMaster(device)
  run(machine.creat(`${MNT}/f`, { sizeBytes: 100 }))
  run(machine.mkdir(`${MNT}/d`))
  run(machine.clone(`${MNT}/f`, `${MNT}/d/g`))
  expect(machine.inodes(MNT).filter(({ path }) => !path.startsWith('.meta')).map(({ path, entryIndex }) => [path, entryIndex])).toEqual([['f', 0], ['d', 1], ['d/g', 2]])
  expect(machine.mounts()).toMatchObject([{ playedCount: 3 }])
  expect(run(machine.logplay(MNT, { whole: true }))).toMatchObject({ existingFiles: 2, existingDirectories: 1, newFiles: 0 })
  expect(pathsOf(newClient('B', device))).toEqual(['f', 'd', 'd/g'])
})
