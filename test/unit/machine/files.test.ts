// Making files and directories: what exists, what is refused before anything is made, and who waits for whom.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { runNow, type Task, WAITING } from '../../../src/core/base/task.ts'
import { buildBitmap } from '../../../src/core/fs/volume.ts'
import { fsckOn } from '../../../src/core/machine/judging.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../../src/core/mem/memory.ts'
import { DATA_START, lockOf, MNT, newClient, newDax, newMaster, readAll, ROOT_USER, run, sourceOf, USER } from '../../helpers/machines.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'

const FILE = `${MNT}/f`

/** All that an operation may change: every byte of the device, the free space, and the host's tree. */
function stateOf(device: Daxdev, machine: Machine) {
  const { kept, nextIndex, layout } = lockOf(device)
  const rebuilt = buildBitmap(coherentMemory(device), layout, nextIndex).bitmap
  expect(kept.bitmap.equals(rebuilt)).toBe(true)
  const inodes = machine.inodes(MNT).map(({ path, ino, mode, uid }) => [path, ino, mode, uid])
  return { bytes: new Uint8Array(device.buffer).slice(), used: rebuilt.usedCount, nextIndex, inodes, mounts: machine.mounts() }
}

/** Runs what must be refused, and holds the state before against the one behind it. */
function refusedWhole(device: Daxdev, machine: Machine, work: () => void): void {
  const { bytes: bytesBefore, ...before } = stateOf(device, machine)
  work()
  const { bytes: bytesAfter, ...after } = stateOf(device, machine)
  expect(after).toEqual(before)
  expect(firstDifference(bytesAfter, bytesBefore)).toBe(-1)
}

describe('nothing is made', () => {
  it('of a path that is too long or no path', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.mkdir(`${MNT}/d`))
    run(machine.creat(FILE, { sizeBytes: 100 }))
    const long = `${MNT}/d/${'n'.repeat(78)}`
    const umlauts = `${MNT}/d/${'ü'.repeat(39)}`
    refusedWhole(device, machine, () => {
      for (const path of [long, umlauts]) {
        expect(failureOf(runNow(machine.creat(path, { sizeBytes: 10 })), 'path_too_long').says).toContain('80 bytes')
        failureOf(runNow(machine.cp(sourceOf(Uint8Array.of(1)), path)), 'path_too_long')
        failureOf(runNow(machine.mkdir(path)), 'path_too_long')
        failureOf(runNow(machine.mkdir(path, { parents: true })), 'path_too_long')
        failureOf(runNow(machine.clone(FILE, path)), 'path_too_long')
      }
      failureOf(runNow(machine.mkdir(`${MNT}/x/${'n'.repeat(78)}/y`, { parents: true })), 'path_too_long')
      failureOf(runNow(machine.creat(`${MNT}/no/f`, { sizeBytes: 10 })), 'no_parent')
      failureOf(runNow(machine.mkdir(`${MNT}/no/d`)), 'no_parent')
      failureOf(runNow(machine.creat(`${FILE}/g`, { sizeBytes: 10 })), 'not_a_directory')
      failureOf(runNow(machine.mkdir(`${FILE}/g/h`, { parents: true })), 'not_a_directory')
      failureOf(runNow(machine.mkdir(FILE)), 'exists')
      failureOf(runNow(machine.mkdir(FILE, { parents: true })), 'exists')
      failureOf(runNow(machine.mkdir(`${MNT}/d`)), 'exists')
      failureOf(runNow(machine.creat(`${MNT}/d`, { sizeBytes: 10 })), 'is_a_directory')
      failureOf(runNow(machine.creat(FILE, { sizeBytes: 99 })), 'size_differs')
      failureOf(runNow(machine.creat(`${MNT}/z`, { sizeBytes: 0 })), 'size_zero')
      failureOf(runNow(machine.clone(`${MNT}/none`, `${MNT}/z`)), 'no_such_path')
      failureOf(runNow(machine.clone(FILE, `${MNT}/d`)), 'exists')
    })
    run(machine.creat(long.slice(0, -1), { sizeBytes: 10 }))
    run(machine.mkdir(umlauts.slice(0, -1)))
  })

  it('on a full device', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.creat(FILE, { sizeBytes: 20 * MIB }))
    refusedWhole(device, machine, () => {
      const failure = failureOf(runNow(machine.creat(`${MNT}/g`, { sizeBytes: 2 * MIB + 1 })), 'no_space')
      expect(failure.says).toContain('2097152 are free')
      failureOf(runNow(machine.cp(sourceOf(new Uint8Array(3 * MIB)), `${MNT}/g`)), 'no_space')
      const interleave = { bucketCount: 4, stripCount: 2, chunkBytes: 2 * MIB }
      failureOf(runNow(machine.creat(`${MNT}/g`, { sizeBytes: 3 * MIB, interleave })), 'no_strips')
      failureOf(runNow(machine.creat(`${MNT}/g`, { sizeBytes: 3 * MIB, interleave: { ...interleave, chunkBytes: 3 * MIB } })), 'bad_interleave')
    })
    run(machine.creat(`${MNT}/g`, { sizeBytes: 2 * MIB }))
    refusedWhole(device, machine, () => {
      failureOf(runNow(machine.creat(`${MNT}/h`, { sizeBytes: 1 })), 'no_space')
    })
  })

  it('in a full log', () => {
    const device = newDax(128 * MIB)
    const machine = newMaster(device, { unitBytes: 4096 })
    const { slotCount } = lockOf(device).layout
    for (let i = 0; i < slotCount - 1; i++) run(machine.creat(`${MNT}/${i}`, { sizeBytes: 1 }))
    run(machine.mkdir(`${MNT}/last`))
    refusedWhole(device, machine, () => {
      const failure = failureOf(runNow(machine.creat(FILE, { sizeBytes: 1 })), 'log_full')
      expect(failure).toMatchObject({ errno: 'ENOSPC', says: expect.stringContaining(`all ${slotCount} are used`), next: expect.stringContaining('--loglen') })
      failureOf(runNow(machine.cp(sourceOf(Uint8Array.of(1)), FILE)), 'log_full')
      failureOf(runNow(machine.mkdir(`${MNT}/d`)), 'log_full')
      failureOf(runNow(machine.clone(`${MNT}/0`, FILE)), 'log_full')
    })
    expect(slotCount).toBe(15_420)
    expect(newClient('B', device).mounts()[0]?.playedCount).toBe(slotCount)
  })

  it('by a client', () => {
    const device = newDax()
    const master = newMaster(device)
    run(master.cp(sourceOf(patternBytes(100, 1)), FILE))
    const client = newClient('B', device)
    const before = new Uint8Array(device.buffer).slice()
    failureOf(runNow(client.creat(`${MNT}/g`, { sizeBytes: 1 })), 'not_master')
    failureOf(runNow(client.cp(sourceOf(patternBytes(100, 2)), FILE)), 'not_master')
    failureOf(runNow(client.mkdir(`${MNT}/g`, { parents: true })), 'not_master')
    failureOf(runNow(client.clone(FILE, `${MNT}/g`)), 'not_master')
    expect(firstDifference(new Uint8Array(device.buffer), before)).toBe(-1)
    expect(client.inodes(MNT)).toHaveLength(4)
  })
})

describe('what exists', () => {
  it('is made again without a new entry, if its size is the same', () => {
    const device = newDax()
    const machine = newMaster(device)
    const first = run(machine.cp(sourceOf(patternBytes(5 * MIB + 3, 1)), FILE, { ...USER, mode: 0o600 }))
    expect(first).toMatchObject({ isNew: true, inode: { mode: 0o600, uid: 1000, entryIndex: 0 } })
    const again = run(machine.cp(sourceOf(patternBytes(5 * MIB + 3, 2)), FILE))
    expect(again.isNew).toBe(false)
    expect(again.inode).toBe(first.inode)
    expect(lockOf(device).nextIndex).toBe(1)
    expect(firstDifference(readAll(machine, FILE), patternBytes(5 * MIB + 3, 2))).toBe(-1)
    expect(run(machine.creat(FILE, { sizeBytes: 5 * MIB + 3 })).isNew).toBe(false)
    const failure = failureOf(runNow(machine.cp(sourceOf(patternBytes(9, 1)), FILE)), 'size_differs')
    expect(failure).toMatchObject({ errno: 'EEXIST', says: expect.stringContaining('not 9') })
  })

  it('a source that ends early leaves the file, and a later copy ends well', () => {
    const machine = newMaster(newDax())
    const short = { sizeBytes: 5 * MIB, read: sourceOf(patternBytes(4 * MIB + 10, 1)).read }
    expect(failureOf(runNow(machine.cp(short, FILE)), 'source_short').says).toContain(`${4 * MIB + 10} of ${5 * MIB}`)
    expect(valueOf(machine.stat(FILE)).sizeBytes).toBe(5 * MIB)
    expect(run(machine.cp(sourceOf(patternBytes(5 * MIB, 2)), FILE)).isNew).toBe(false)
    expect(firstDifference(readAll(machine, FILE), patternBytes(5 * MIB, 2))).toBe(-1)
  })
})

describe('mkdir', () => {
  it('-p makes the levels that are missing, each with an entry', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.mkdir(`${MNT}/a`, { mode: 0o700 }))
    run(machine.mkdir(`${MNT}/a/b/c/d`, { parents: true, mode: 0o750, ...USER }))
    expect(lockOf(device).nextIndex).toBe(4)
    const client = newClient('B', device)
    for (const host of [machine, client]) {
      expect(host.inodes(MNT).slice(3).map(({ path }) => path)).toEqual(['a', 'a/b', 'a/b/c', 'a/b/c/d'])
    }
    expect(valueOf(machine.stat(`${MNT}/a`))).toMatchObject({ mode: 0o700, uid: 0 })
    expect(valueOf(client.stat(`${MNT}/a/b`))).toMatchObject({ kind: 'directory', mode: 0o750, uid: 1000, gid: 1000 })
    run(machine.mkdir(`${MNT}/a/b`, { parents: true }))
    expect(lockOf(device).nextIndex).toBe(4)
    expect(valueOf(machine.readdir(`${MNT}/a/b`)).map(({ name }) => name)).toEqual(['c'])
  })
})

describe('mkdir -p in a log with too few slots', () => {
  it('makes no level at all', () => {
    const device = newDax()
    const machine = newMaster(device)
    const { slotCount } = lockOf(device).layout
    for (let i = 0; i < slotCount - 2; i++) run(machine.mkdir(`${MNT}/d${i}`))
    refusedWhole(device, machine, () => failureOf(runNow(machine.mkdir(`${MNT}/p/q/r`, { parents: true })), 'log_full'))
    run(machine.mkdir(`${MNT}/p/q`, { parents: true }))
    expect(lockOf(device).nextIndex).toBe(slotCount)
  })
})

describe('a mount in use', () => {
  it('stays mounted while a copy, a fill or a look is under way', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.creat(FILE, { sizeBytes: 100 }))
    const tasks = [
      machine.cp(sourceOf(patternBytes(5 * MIB, 3)), `${MNT}/copied`),
      machine.fill(FILE, 7, ROOT_USER),
      machine.scan(FILE, () => undefined, ROOT_USER),
    ]
    for (const task of tasks) {
      task.next()
      failureOf(machine.umount(MNT), 'mount_busy')
      task.return(undefined as never)
    }
    expect(machine.umount(MNT).ok).toBe(true)
  })
})

describe('clone', () => {
  it('is a second file over the same bytes, which fsck counts', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.cp(sourceOf(patternBytes(3 * MIB, 1)), FILE, USER))
    const clone = run(machine.clone(FILE, `${MNT}/g`))
    expect(clone).toMatchObject({ path: 'g', entryIndex: 1, uid: 1000 })
    const mapping = valueOf(machine.mmap(FILE, { write: true }, USER))
    valueOf(mapping.setUint8(3 * MIB - 1, 99))
    expect(firstDifference(readAll(machine, `${MNT}/g`), readAll(machine, FILE))).toBe(-1)
    expect(readAll(machine, `${MNT}/g`).at(-1)).toBe(99)
    expect(run(fsckOn(machine, device.name)).scan).toMatchObject({ fileCount: 2, collisionCount: 2 })
    const interleave = { bucketCount: 4, stripCount: 2, chunkBytes: 2 * MIB }
    run(machine.creat(`${MNT}/striped`, { sizeBytes: 3 * MIB, interleave }))
    failureOf(runNow(machine.clone(`${MNT}/striped`, `${MNT}/h`)), 'cloned_interleaved')
  })
})

describe('the log lock', () => {
  const step = <T>(task: Task<Result<T>>): Result<T> | 'waits' | 'works' => {
    const next = task.next()
    return next.done ? next.value : next.value === WAITING ? 'waits' : 'works'
  }

  it('is held by a copy to its end, and others wait without a change', () => {
    const device = newDax(64 * MIB)
    const machine = newMaster(device)
    const bytes = patternBytes(9 * MIB, 1)
    const copy = machine.cp(sourceOf(bytes), FILE)
    const creat = machine.creat(`${MNT}/g`, { sizeBytes: 10 })
    const mkdir = machine.mkdir(`${MNT}/d`)
    expect(step(copy)).toBe('works')
    expect([step(creat), step(mkdir), step(copy), step(creat), step(copy), step(mkdir)]).toEqual(['waits', 'waits', 'works', 'waits', 'works', 'waits'])
    expect(lockOf(device).nextIndex).toBe(1)
    expect(readAll(machine, FILE)).toHaveLength(9 * MIB)
    const copied = step(copy)
    expect(copied).toMatchObject({ ok: true, value: { inode: { entryIndex: 0 } } })
    // First come, first served: creat asked before mkdir did, whoever looks first.
    expect(step(mkdir)).toBe('waits')
    expect(step(creat)).toMatchObject({ ok: true, value: { inode: { entryIndex: 1, map: { extents: [{ offsetBytes: DATA_START + 10 * MIB }] } } } })
    expect(step(mkdir)).toMatchObject({ ok: true })
    expect(firstDifference(readAll(machine, FILE), bytes)).toBe(-1)
    expect(run(fsckOn(newClient('B', device), device.name)).scan).toMatchObject({ collisionCount: 0, fileCount: 2, directoryCount: 1, badEntries: [] })
  })

  it('is let go by a copy that is stopped, at whatever point', () => {
    for (const steps of [0, 1, 2, 3]) {
      const device = newDax(64 * MIB)
      const machine = newMaster(device)
      const copy = machine.cp(sourceOf(patternBytes(9 * MIB, 1)), FILE)
      for (let i = 0; i < steps; i++) expect(step(copy)).toBe('works')
      copy.return(undefined as never)
      expect(step(machine.mkdir(`${MNT}/d`))).toMatchObject({ ok: true })
      expect(lockOf(device).nextIndex).toBe(steps === 0 ? 1 : 2)
      const again = run(machine.cp(sourceOf(patternBytes(9 * MIB, 2)), FILE))
      expect(again.isNew).toBe(steps === 0)
      expect(firstDifference(readAll(newClient('B', device), FILE), patternBytes(9 * MIB, 2))).toBe(-1)
    }
  })

  it('is let go by whoever gave up waiting, and by whoever was refused', () => {
    const machine = newMaster(newDax(64 * MIB))
    const copy = machine.cp(sourceOf(patternBytes(9 * MIB, 1)), FILE)
    const waiting = machine.creat(`${MNT}/g`, { sizeBytes: 10 })
    expect([step(copy), step(waiting)]).toEqual(['works', 'waits'])
    waiting.return(undefined as never)
    const stopped = machine.creat(`${MNT}/h`, { sizeBytes: 10 })
    expect(step(stopped)).toBe('waits')
    stopped.return(undefined as never)
    valueOf(runNow(copy))
    failureOf(runNow(machine.creat(`${MNT}/no/h`, { sizeBytes: 10 })), 'no_parent')
    run(machine.creat(`${MNT}/h`, { sizeBytes: 10 }))
    failureOf(machine.stat(`${MNT}/g`), 'no_such_path')
  })

  it('a file that appeared while a creat waited is not made twice', () => {
    const device = newDax(64 * MIB)
    const machine = newMaster(device)
    const copy = machine.cp(sourceOf(patternBytes(9 * MIB, 1)), FILE)
    const creat = machine.creat(`${MNT}/g`, { sizeBytes: 10 })
    const twin = machine.creat(`${MNT}/g`, { sizeBytes: 10 })
    const rival = machine.creat(`${MNT}/g`, { sizeBytes: 11 })
    const clone = machine.clone(FILE, `${MNT}/g`)
    expect([step(copy), step(creat), step(twin), step(rival), step(clone)]).toEqual(['works', 'waits', 'waits', 'waits', 'waits'])
    valueOf(runNow(copy))
    expect(step(creat)).toMatchObject({ ok: true, value: { isNew: true } })
    expect(step(twin)).toMatchObject({ ok: true, value: { isNew: false } })
    failureOf(runNow(rival), 'size_differs')
    failureOf(runNow(clone), 'exists')
    expect(lockOf(device).nextIndex).toBe(2)
  })
})
