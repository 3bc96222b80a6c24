// Who may read and write, and how: permission by uid and mode, descriptors, and a size that no longer fits its map. read
// and write agree with a plain array whatever the file's map.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { fsckOn } from '../../../src/core/machine/judging.ts'
import { PlainTools } from '../../../src/core/machine/plainTools.ts'
import { propertyRuns } from '../../counts.ts'
import { DAX, DATA_START, logByHand, MNT, newClient, newDax, newMachine, newMaster, readAll, ROOT_USER, run, sourceOf, USER } from '../../helpers/machines.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'

const FILE = `${MNT}/f`

describe('permission', () => {
  const users = { root: ROOT_USER, owner: { uid: 1000, gid: 7 }, group: { uid: 8, gid: 100 }, other: { uid: 8, gid: 8 } }
  const modes = [0o644, 0o640, 0o600, 0o444, 0o400, 0o222, 0o200, 0o060, 0o006, 0o000, 0o666]
  const may = (bits: number, role: keyof typeof users): boolean[] => {
    if (role === 'root') return [true, true]
    const mine = bits >> { owner: 6, group: 3, other: 0 }[role]
    return [(mine & 4) !== 0, (mine & 2) !== 0]
  }

  it.each(modes)('of mode %o', (mode) => {
    const device = newDax()
    const master = newMaster(device)
    run(master.creat(FILE, { sizeBytes: 100, mode, uid: 1000, gid: 100 }))
    const client = newClient('B', device)
    for (const machine of [master, client]) {
      const shown = machine === client ? mode & ~0o222 : mode
      expect(valueOf(machine.stat(FILE)).mode).toBe(shown)
      for (const [role, user] of Object.entries(users)) {
        const [read, write] = may(shown, role as keyof typeof users)
        expect(machine.open(FILE, { read: true }, user).ok).toBe(read)
        expect(machine.open(FILE, { write: true }, user).ok).toBe(write)
        expect(machine.open(FILE, { read: true, write: true }, user).ok).toBe(read && write)
        expect(machine.mmap(FILE, { read: true }, user).ok).toBe(read)
        // As Linux has it: a writable mapping reads, too.
        expect(machine.mmap(FILE, { write: true }, user).ok).toBe(read && write)
        expect(new PlainTools(machine).truncate(FILE, 100, user).ok).toBe(write)
        expect(runNow(machine.scan(FILE, () => undefined, user)).ok).toBe(read)
        expect(runNow(machine.fill(FILE, 1, user)).ok).toBe(write)
      }
    }
  })

  it('that is missing names mode, uid and owner', () => {
    const device = newDax()
    run(newMaster(device).creat(FILE, { sizeBytes: 100, mode: 0o644, uid: 1000, gid: 100 }))
    const failure = failureOf(newClient('B', device).mmap(FILE, { write: true }, USER), 'no_access')
    expect(failure.errno).toBe('EACCES')
    expect(failure.says).toBe('f may not be written by uid 1000: mode 0444, owner 1000')
  })
})

describe('a descriptor', () => {
  it('does what it was opened for, until it is closed', () => {
    const machine = newMaster(newDax())
    run(machine.creat(FILE, { sizeBytes: 100, ...USER }))
    const readOnly = valueOf(machine.open(FILE, { read: true }, USER))
    const writeOnly = valueOf(machine.open(FILE, { write: true }, USER))
    expect(writeOnly).not.toBe(readOnly)
    failureOf(machine.write(readOnly, 0, Uint8Array.of(1)), 'wrong_open_mode')
    failureOf(machine.read(writeOnly, 0, new Uint8Array(1)), 'wrong_open_mode')
    expect(valueOf(machine.write(writeOnly, 5, Uint8Array.of(9)))).toBe(1)
    const target = new Uint8Array(10)
    expect(valueOf(machine.read(readOnly, 0, target))).toBe(10)
    expect([...target]).toEqual([0, 0, 0, 0, 0, 9, 0, 0, 0, 0])
    valueOf(machine.close(readOnly))
    failureOf(machine.close(readOnly), 'bad_descriptor')
    failureOf(machine.read(readOnly, 0, target), 'bad_descriptor')
    failureOf(machine.write(readOnly, 0, target), 'bad_descriptor')
    failureOf(machine.open(MNT, { read: true }, ROOT_USER), 'is_a_directory')
    failureOf(machine.readdir(FILE), 'not_a_directory')
  })
})

describe('read and write', () => {
  const device = newDax(64 * MIB)
  const machine = newMaster(device, { unitBytes: 4096 })
  const sizeBytes = 3 * 4096 * 5 + 1001
  const interleave = { bucketCount: 8, stripCount: 3, chunkBytes: 4096 }
  run(machine.creat(`${MNT}/plain`, { sizeBytes, ...USER }))
  run(machine.creat(`${MNT}/striped`, { sizeBytes, interleave, ...USER }))
  const at = (unit: number, unitCount: number) => ({ devindex: 0, offsetBytes: DATA_START + 16 * MIB + unit * 4096, lengthBytes: unitCount * 4096 })
  logByHand(device, 'scattered', { kind: 'simple', sizeBytes, extents: [at(12, 1), at(0, 7), at(15, 1), at(17, 8)] })
  run(machine.logplay(MNT))

  it.each(['plain', 'striped', 'scattered'])('of a %s file agree with a plain array', (name) => {
    const model = new Uint8Array(sizeBytes)
    const fd = valueOf(machine.open(`${MNT}/${name}`, { read: true, write: true }, ROOT_USER))
    const offset = fc.oneof(fc.nat({ max: sizeBytes + 100 }), fc.nat({ max: 18 }).map((chunk) => Math.max(0, chunk * 4096 - 3)))
    const step = fc.oneof(
      fc.record({ kind: fc.constant('read' as const), offset, length: fc.nat({ max: 20_000 }) }),
      fc.record({ kind: fc.constant('write' as const), offset, length: fc.nat({ max: 20_000 }), salt: fc.nat({ max: 255 }) }),
    )
    const write = (offsetBytes: number, bytes: Uint8Array): void => {
      const written = machine.write(fd, offsetBytes, bytes)
      // All of it or nothing.
      const fits = offsetBytes + bytes.length <= sizeBytes
      if (fits) model.set(bytes, offsetBytes)
      expect(written).toMatchObject(fits ? { ok: true, value: bytes.length } : { ok: false, failure: { reason: 'out_of_file', errno: 'ENXIO' } })
    }
    const read = (offsetBytes: number, lengthBytes: number): void => {
      const target = new Uint8Array(lengthBytes).fill(0xaa)
      const count = Math.max(0, Math.min(lengthBytes, sizeBytes - offsetBytes))
      expect(valueOf(machine.read(fd, offsetBytes, target))).toBe(count)
      expect(firstDifference(target.subarray(0, count), model.subarray(offsetBytes, offsetBytes + count))).toBe(-1)
      expect(target.subarray(count).every((byte) => byte === 0xaa)).toBe(true)
    }
    const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      for (const each of steps) {
        if (each.kind === 'write') write(each.offset, patternBytes(each.length, each.salt))
        else read(each.offset, each.length)
      }
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    expect(firstDifference(readAll(machine, `${MNT}/${name}`), model)).toBe(-1)
  })

  it('at what is no offset are refused', () => {
    const fd = valueOf(machine.open(`${MNT}/striped`, { read: true, write: true }, ROOT_USER))
    const before = readAll(machine, `${MNT}/striped`)
    for (const offset of [-1, -4096, 0.5, 4095.5, Number.NaN, Infinity, -Infinity, 2 ** 53]) {
      failureOf(machine.read(fd, offset, new Uint8Array(8)), 'out_of_file')
      failureOf(machine.write(fd, offset, new Uint8Array(8)), 'out_of_file')
    }
    expect(firstDifference(readAll(machine, `${MNT}/striped`), before)).toBe(-1)
  })
})

describe('a size that differs from its map', () => {
  it('is ENXIO at the first access, then EIO until the file system is mounted again', () => {
    const device = newDax()
    const machine = newMaster(device)
    run(machine.cp(sourceOf(patternBytes(3000, 1)), FILE, USER))
    const fd = valueOf(machine.open(FILE, { read: true, write: true }, USER))
    valueOf(new PlainTools(machine).truncate(FILE, 2000, USER))
    expect(valueOf(machine.stat(FILE)).sizeBytes).toBe(2000)
    expect(failureOf(machine.read(fd, 0, new Uint8Array(1)), 'size_changed').errno).toBe('ENXIO')
    const later = (): unknown[] => [
      machine.read(fd, 0, new Uint8Array(1)),
      machine.write(fd, 0, new Uint8Array(1)),
      machine.open(FILE, { read: true }, USER),
      machine.mmap(FILE, { read: true }, USER),
      runNow(machine.verify(FILE, 1, USER)),
      runNow(machine.fill(FILE, 1, USER)),
    ].map((refused) => failureOf(refused, 'file_invalid').errno)
    expect(new Set(later())).toEqual(new Set(['EIO']))
    valueOf(new PlainTools(machine).truncate(FILE, 3000, USER))
    expect(new Set(later())).toEqual(new Set(['EIO']))

    const other = newClient('B', device)
    expect(firstDifference(readAll(other, FILE), patternBytes(3000, 1))).toBe(-1)
    // An open file keeps its mount, as on Linux.
    failureOf(machine.umount(MNT), 'mount_busy')
    valueOf(machine.close(fd))
    valueOf(machine.umount(MNT))
    run(machine.mount(DAX, MNT))
    expect(firstDifference(readAll(machine, FILE), patternBytes(3000, 1))).toBe(-1)
  })

  it('set back in time does no harm', () => {
    const machine = newMaster(newDax())
    run(machine.creat(FILE, { sizeBytes: 100, ...USER }))
    valueOf(new PlainTools(machine).truncate(FILE, 5, USER))
    valueOf(new PlainTools(machine).truncate(FILE, 100, USER))
    expect(readAll(machine, FILE)).toHaveLength(100)
    for (const size of [-1, 0.5, Number.NaN]) failureOf(new PlainTools(machine).truncate(FILE, size, USER), 'bad_size')
  })
})

describe('a map that leaves its device', () => {
  it.each([
    ['behind the end', { kind: 'simple', sizeBytes: 100, extents: [{ devindex: 0, offsetBytes: 40 * MIB, lengthBytes: 2 * MIB }] }],
    ['across the end', { kind: 'simple', sizeBytes: 100, extents: [{ devindex: 0, offsetBytes: 30 * MIB, lengthBytes: 4 * MIB }] }],
    ['on another device', { kind: 'simple', sizeBytes: 100, extents: [{ devindex: 1, offsetBytes: 12 * MIB, lengthBytes: 2 * MIB }] }],
    ['in its last strip', {
      kind: 'interleaved', sizeBytes: 100, chunkBytes: 2 * MIB,
      strips: [{ devindex: 0, offsetBytes: 12 * MIB, lengthBytes: 2 * MIB }, { devindex: 0, offsetBytes: 32 * MIB, lengthBytes: 2 * MIB }],
    }],
  ] as const)('%s is seen, and never followed', (name, map) => {
    const reason = name === 'on another device' ? 'device_missing' : 'bad_map'
    const device = newDax()
    const machine = newMaster(device)
    const { kind, sizeBytes } = map
    logByHand(device, 'f', kind === 'simple' ? { kind, sizeBytes, extents: [...map.extents] } : { kind, sizeBytes, chunkBytes: map.chunkBytes, strips: [...map.strips] })
    expect(run(machine.logplay(MNT))).toMatchObject({ newFiles: 1 })
    expect(valueOf(machine.stat(FILE)).sizeBytes).toBe(100)
    failureOf(machine.open(FILE, { read: true }, ROOT_USER), reason)
    failureOf(machine.mmap(FILE, { read: true }, ROOT_USER), reason)
    failureOf(runNow(machine.scan(FILE, () => undefined, ROOT_USER)), reason)
  })
})

it('random bytes as a device are never a crash', () => {
  const device = newDax(16 * MIB)
  const bytes = new Uint8Array(device.buffer)
  bytes.set(patternBytes(12 * MIB, 9))
  const machine = newMachine('A', device)
  failureOf(runNow(machine.mount(DAX, MNT)), 'not_famfs')
  expect(run(fsckOn(machine, DAX)).scan).toBeUndefined()
})
