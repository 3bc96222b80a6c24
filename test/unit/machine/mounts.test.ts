// What a host knows of a file system lives and dies with its mount: which mount a path belongs to, who may mount, what
// another mkfs does to it, and what its meta files are.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { fsckOn } from '../../../src/core/machine/judging.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../../src/core/mem/memory.ts'
import { logplay } from '../../../src/core/log/replay.ts'
import { DATA_START, DAX, MNT, lockOf, newClient, newDax, newMachine, newMaster, readAll, ROOT_USER, run, sourceOf, USER } from '../../helpers/machines.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'

describe('several mounts', () => {
  const devices = [newDax(16 * MIB, '/dev/dax0.0'), newDax(16 * MIB, '/dev/dax1.0'), newDax(16 * MIB, '/dev/pmem0')] as const
  const machine = newMachine('A', ...devices)
  const places = ['/mnt/famfs', '/mnt/famfs/inner', '/mnt/famfs2']
  for (const [i, device] of devices.entries()) {
    run(machine.mkfs(device.name, {}))
    run(machine.mount(device.name, places[i]!))
  }

  it('a path belongs to the one with the longest mount point above it', () => {
    for (const place of places) run(machine.creat(`${place}/f`, { sizeBytes: place.length }))
    for (const place of places) expect(valueOf(machine.stat(`${place}/f`)).sizeBytes).toBe(place.length)
    expect(machine.inodes('/mnt/famfs').map((inode) => inode.path)).toEqual(['.meta', '.meta/.superblock', '.meta/.log', 'f'])
    expect(valueOf(machine.readdir('/mnt/famfs/inner')).map(({ name }) => name)).toEqual(['.meta', 'f'])
    failureOf(machine.stat('/mnt/famfs3/f'), 'not_in_famfs')
    failureOf(machine.stat('/mnt'), 'not_in_famfs')
    failureOf(machine.stat('mnt/famfs/f'), 'not_in_famfs')
    expect(valueOf(machine.stat('/mnt/famfs'))).toMatchObject({ kind: 'directory', mode: 0o755 })
    expect(valueOf(machine.stat('/mnt/famfs//./x/../f')).sizeBytes).toBe(10)
  })

  it('each has its own log, and a clone stays in its own', () => {
    expect(machine.mounts().map(({ mountpoint, deviceName, role, playedCount }) => [mountpoint, deviceName, role, playedCount])).toEqual([
      ['/mnt/famfs/inner', '/dev/dax1.0', 'master', 1],
      ['/mnt/famfs2', '/dev/pmem0', 'master', 1],
      ['/mnt/famfs', '/dev/dax0.0', 'master', 1],
    ])
    expect(new Set(machine.mounts().map(({ fsUuid }) => fsUuid)).size).toBe(3)
    failureOf(runNow(machine.clone('/mnt/famfs/f', '/mnt/famfs2/g')), 'not_in_famfs')
  })

  it('a place and a device are mounted once', () => {
    failureOf(runNow(machine.mount('/dev/dax0.0', '/mnt/famfs-again')), 'mounted')
    valueOf(machine.umount('/mnt/famfs2'))
    failureOf(runNow(machine.mount('/dev/pmem0', '/mnt/famfs')), 'mountpoint_busy')
    failureOf(machine.stat('/mnt/famfs2/f'), 'not_in_famfs')
    failureOf(machine.umount('/mnt/famfs2'), 'not_mounted')
    run(machine.mount('/dev/pmem0', '/mnt/famfs2'))
    expect(valueOf(machine.stat('/mnt/famfs2/f')).sizeBytes).toBe('/mnt/famfs2'.length)
  })
})

describe('only root', () => {
  it('formats, kills, mounts and unmounts', () => {
    const device = newDax()
    const machine = newMachine('A', device)
    failureOf(runNow(machine.mkfs(DAX, {}, USER)), 'not_root')
    run(machine.mkfs(DAX, {}))
    failureOf(runNow(machine.mount(DAX, MNT, USER)), 'not_root')
    run(machine.mount(DAX, MNT))
    failureOf(machine.umount(MNT, USER), 'not_root')
    failureOf(machine.kill(DAX), 'mounted')
    valueOf(machine.umount(MNT))
    failureOf(machine.kill(DAX, USER), 'not_root')
    valueOf(machine.kill(DAX))
    failureOf(runNow(machine.mount(DAX, MNT)), 'not_famfs')
    failureOf(runNow(fsckOn(machine, '/dev/none')), 'no_device')
    expect(run(fsckOn(machine, DAX)).superblockFailure?.reason).toBe('not_famfs')
  })
})

describe('another host’s mkfs', () => {
  it('makes a mount stale until it is mounted again', () => {
    const device = newDax()
    const a = newMaster(device)
    const b = newClient('B', device)
    run(a.creat(`${MNT}/f`, { sizeBytes: 100 }))
    run(b.logplay(MNT))
    const c = newMachine('C', device)
    run(c.mkfs(DAX, { force: true }))

    for (const machine of [a, b]) failureOf(runNow(machine.logplay(MNT)), 'other_filesystem')
    failureOf(runNow(a.creat(`${MNT}/g`, { sizeBytes: 10 })), 'other_filesystem')
    failureOf(runNow(a.mkdir(`${MNT}/d`)), 'other_filesystem')
    failureOf(runNow(a.cp(sourceOf(Uint8Array.of(1)), `${MNT}/h`)), 'other_filesystem')
    failureOf(runNow(a.clone(`${MNT}/f`, `${MNT}/h`)), 'other_filesystem')
    expect(valueOf(a.stat(`${MNT}/f`)).sizeBytes).toBe(100)

    valueOf(a.umount(MNT))
    run(a.mount(DAX, MNT))
    expect(a.mounts()[0]).toMatchObject({ role: 'client', playedCount: 0 })
    failureOf(a.stat(`${MNT}/f`), 'no_such_path')
  })

  it('of the same owner, too: the log it had played is not this one', () => {
    const device = newDax()
    const a = newMaster(device)
    run(a.creat(`${MNT}/f`, { sizeBytes: 100 }))
    const twin = newMachine('A', device)
    run(twin.mkfs(DAX, { force: true }))
    failureOf(runNow(a.creat(`${MNT}/g`, { sizeBytes: 10 })), 'other_filesystem')
    failureOf(runNow(a.logplay(MNT)), 'other_filesystem')
    expect(valueOf(a.stat(`${MNT}/f`)).sizeBytes).toBe(100)
  })
})

describe('logplay', () => {
  it('goes on where it stopped, for every host by itself', () => {
    const device = newDax()
    const a = newMaster(device)
    const b = newClient('B', device)
    run(a.mkdir(`${MNT}/d`))
    expect(run(b.logplay(MNT))).toMatchObject({ entriesPlayed: 1, newDirectories: 1, nextIndex: 1 })
    run(a.creat(`${MNT}/d/f`, { sizeBytes: 10 }))
    expect(run(b.logplay(`${MNT}/d`))).toMatchObject({ entriesPlayed: 1, newFiles: 1, nextIndex: 2 })
    expect(run(b.logplay(MNT))).toMatchObject({ entriesPlayed: 0, nextIndex: 2 })
    expect(run(a.logplay(MNT))).toMatchObject({ entriesPlayed: 0, nextIndex: 2 })
    expect(a.mounts()[0]?.playedCount).toBe(2)
  })

  it('stops at a damaged entry and goes on when it is whole again', () => {
    const device = newDax()
    const a = newMaster(device)
    for (const name of ['a', 'b', 'c']) run(a.mkdir(`${MNT}/${name}`))
    const bytes = new Uint8Array(device.buffer)
    const at = 2 * MIB + 48 + 544 + 20
    bytes[at]! ^= 1
    const b = newClient('B', device)
    expect(b.mounts()[0]?.playedCount).toBe(1)
    const stopped = run(b.logplay(MNT)).stopped
    expect(stopped).toMatchObject({ reason: 'bad_log_entry', errno: 'EUCLEAN' })
    expect(stopped?.says).toContain('log entry 1')
    bytes[at]! ^= 1
    expect(run(b.logplay(MNT))).toMatchObject({ entriesPlayed: 2, newDirectories: 2, stopped: undefined })
  })
})

describe('the meta files', () => {
  it('are superblock and log, mapped like any file and in no log', () => {
    const device = newDax()
    const a = newMaster(device)
    const b = newClient('B', device)
    run(a.creat(`${MNT}/f`, { sizeBytes: 10 }))
    const bytes = new Uint8Array(device.buffer)
    for (const machine of [a, b]) {
      expect(valueOf(machine.readdir(`${MNT}/.meta`)).map(({ name }) => name)).toEqual(['.superblock', '.log'])
      expect(firstDifference(readAll(machine, `${MNT}/.meta/.superblock`), bytes.slice(0, 2 * MIB))).toBe(-1)
      expect(firstDifference(readAll(machine, `${MNT}/.meta/.log`), bytes.slice(2 * MIB, DATA_START))).toBe(-1)
      expect(valueOf(machine.stat(`${MNT}/.meta/.superblock`)).mode).toBe(0o444)
    }
    expect([a, b].map((machine) => valueOf(machine.stat(`${MNT}/.meta/.log`)).mode)).toEqual([0o644, 0o444])
    failureOf(runNow(a.mkdir(`${MNT}/.meta`)), 'exists')
  })
})

describe('an image of metadata only', () => {
  it('mounts, lists and plays, and says why data can’t be read', () => {
    const whole = newDax()
    const a = newMaster(whole)
    run(a.cp(sourceOf(patternBytes(5000, 1)), `${MNT}/f`, USER))
    const image = daxdev({ name: DAX, uuid: whole.uuid, sizeBytes: whole.sizeBytes, buffer: (whole.buffer as ArrayBuffer).slice(0, DATA_START) })
    const machine = newMachine('A', image)
    expect(run(machine.mount(DAX, MNT))).toMatchObject({ newFiles: 1 })
    expect(valueOf(machine.stat(`${MNT}/f`)).sizeBytes).toBe(5000)
    expect(run(fsckOn(machine, DAX)).scan).toMatchObject({ fileCount: 1, badEntries: [] })
    for (const refused of [
      machine.open(`${MNT}/f`, { read: true }, USER),
      machine.mmap(`${MNT}/f`, { read: true }, USER),
      runNow(machine.scan(`${MNT}/f`, () => undefined, USER)),
      runNow(machine.verify(`${MNT}/f`, 1, USER)),
      runNow(machine.fill(`${MNT}/f`, 1, USER)),
      runNow(machine.cp(sourceOf(patternBytes(5000, 2)), `${MNT}/f`)),
    ]) {
      expect(failureOf(refused, 'not_on_image').next).toContain('whole device image')
    }
    expect(readAll(machine, `${MNT}/.meta/.superblock`)).toHaveLength(2 * MIB)
    expect(valueOf(runNow(logplay(coherentMemory(image), lockOf(image).layout, undefined))).entriesPlayed).toBe(1)
    failureOf(machine.open(`${MNT}/none`, {}, ROOT_USER), 'no_such_path')
  })
})
