// A fuse mount sees what its shadow tree says, and refuses what a daemon has no call for.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { bytesOfText, textOf } from '../../../src/core/base/plain.ts'
import { SeededRandom } from '../../../src/core/base/random.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { parseShadowYaml } from '../../../src/core/fuse/daemonYaml.ts'
import { Machine } from '../../../src/core/machine/machine.ts'
import { System } from '../../../src/core/machine/system.ts'
import type { FamfsMountOptions } from '../../../src/core/machine/systemTypes.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { DAX, MNT, newDax, readAll, ROOT_USER, run, uuidOf } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'

const CALLER = { user: ROOT_USER, umask: 0o022, cwd: '/' }

class Clock {
  ms = 1_000_000
}

function newHost(name: string, device: Daxdev, clock = new Clock()): System {
  const random = new SeededRandom(7)
  const outside = { now: () => clock.ms, random: (target: Uint8Array<ArrayBuffer>) => random.fillBytes(target) }
  const machine = new Machine({ name, systemUuid: uuidOf(name), devices: [device], relaxed: true }, outside)
  const system = new System(machine, { ...outside, hostname: name })
  // The tree may have it already.
  if (!system.stat(MNT, CALLER).ok) for (const path of ['/mnt', MNT]) system.mkdir(path, 0o755, CALLER)
  return system
}

function mounted(options: Partial<FamfsMountOptions> = {}, clock = new Clock()): { system: System; device: Daxdev; shadow: string } {
  const device = newDax(64 * MIB)
  const system = newHost('A', device, clock)
  run(system.machine.mkfs(DAX, {}))
  const { shadowPath } = run(system.mountFamfs(DAX, MNT, { kind: 'fuse', ...options }, CALLER))
  return { system, device, shadow: shadowPath as string }
}

function textAt(system: System, path: string): string {
  const handle = valueOf(system.open(path, { read: true }, CALLER))
  const bytes = new Uint8Array(handle.sizeBytes())
  valueOf(handle.read(0, bytes))
  handle.close()
  return textOf(bytes)
}

function write(system: System, path: string, text: string): void {
  const handle = valueOf(system.open(path, { write: true, create: 0o644, truncate: true }, CALLER))
  valueOf(handle.write(0, bytesOfText(text)))
  handle.close()
}

describe('the shadow tree', () => {
  it('has a YAML file for each file, as files of the host', () => {
    const { system, shadow } = mounted()
    run(system.machine.mkdir(`${MNT}/d`))
    run(system.machine.creat(`${MNT}/d/f`, { sizeBytes: 3 * MIB, mode: 0o640, uid: 42, gid: 43 }))
    expect(shadow).toMatch(/^\/tmp\/famfs_shadow_[A-Za-z0-9]{6}$/)
    expect(textAt(system, `${shadow}/root/d/f`)).toBe(
      '---\nfile:\n  path: d/f\n  size: 3145728\n  flags: 2\n  mode: 0640\n  uid: 42\n  gid: 43\n  nextents: 1\n  simple_ext_list:\n  - devindex: 0\n    offset: 0xa00000\n    length: 0x400000\n...\n',
    )
    expect(textAt(system, `${shadow}/root/.meta/.superblock`)).toContain('flags: 0')
    expect(valueOf(system.stat(`${MNT}/.meta/.log`, CALLER))).toMatchObject({ sizeBytes: 8 * MIB, mode: 0o644 })
  })

  it('brings files of other hosts when the log is played, and the same bytes', () => {
    const { system, device } = mounted()
    const other = newHost('B', device)
    run(other.mountFamfs(DAX, MNT, { kind: 'fuse' }, CALLER))
    run(system.machine.creat(`${MNT}/f`, { sizeBytes: 5000 }))
    run(system.machine.fill(`${MNT}/f`, 9, ROOT_USER))
    failureOf(other.stat(`${MNT}/f`, CALLER), 'not_found')
    expect(run(other.machine.logplay(MNT, { whole: true }))).toMatchObject({ entriesPlayed: 1, newFiles: 1 })
    run(other.machine.verify(`${MNT}/f`, 9, ROOT_USER))
    expect(readAll(other.machine, `${MNT}/f`)).toEqual(readAll(system.machine, `${MNT}/f`))
    expect(run(other.machine.logplay(MNT, { whole: true }))).toMatchObject({ newFiles: 0, existingFiles: 1 })
  })

  it('is asked again when its answer is too old: a changed size or mode shows, a removed file is gone', () => {
    const clock = new Clock()
    const { system, shadow } = mounted({ timeoutSeconds: 10 }, clock)
    run(system.machine.creat(`${MNT}/f`, { sizeBytes: 3 * MIB }))
    const path = `${shadow}/root/f`
    write(system, path, textAt(system, path).replace('mode: 0644', 'mode: 0600').replace('size: 3145728', 'size: 4096'))
    expect(valueOf(system.stat(`${MNT}/f`, CALLER))).toMatchObject({ mode: 0o644, sizeBytes: 3 * MIB })
    clock.ms += 10_000
    expect(valueOf(system.stat(`${MNT}/f`, CALLER))).toMatchObject({ mode: 0o600, sizeBytes: 4096 })
    valueOf(system.unlink(path, CALLER))
    expect(system.stat(`${MNT}/f`, CALLER).ok).toBe(true)
    clock.ms += 10_000
    failureOf(system.stat(`${MNT}/f`, CALLER), 'not_found')
    expect(run(system.machine.logplay(MNT, { whole: true }))).toMatchObject({ newFiles: 1 })
    expect(valueOf(system.stat(`${MNT}/f`, CALLER))).toMatchObject({ mode: 0o644 })
  })

  it('with a damaged file in it lists the name, can not look it up, and says why in the system log', () => {
    const { system, shadow } = mounted()
    write(system, `${shadow}/root/bad`, 'file: 7\n')
    expect(valueOf(system.readdir(MNT, CALLER)).map(({ name }) => name)).toContain('bad')
    failureOf(system.stat(`${MNT}/bad`, CALLER), 'not_found')
    expect(system.systemLog().join('\n')).toMatch(/bad can't be read: file is not a mapping/)
  })

  it('is not made where the mount would hide it', () => {
    const device = newDax(64 * MIB)
    const system = newHost('A', device)
    run(system.machine.mkfs(DAX, {}))
    for (const place of ['/tmp', MNT]) {
      const shadow = place === MNT ? { shadow: MNT } : {}
      failureOf(runNow(system.mountFamfs(DAX, place, { kind: 'fuse', ...shadow }, CALLER)), 'shadow_hidden')
    }
    expect(system.machine.mounts()).toEqual([])
  })

  it('goes where -S says, once', () => {
    const device = newDax(64 * MIB)
    const system = newHost('A', device)
    run(system.machine.mkfs(DAX, {}))
    valueOf(system.mkdir('/tmp/sh', 0o755, CALLER))
    run(system.mountFamfs(DAX, MNT, { kind: 'fuse', shadow: '/tmp/sh' }, CALLER))
    valueOf(system.umount(MNT, CALLER))
    expect(runNow(system.mountFamfs(DAX, MNT, { kind: 'fuse', shadow: '/tmp/sh' }, CALLER)).ok).toBe(false)
    expect(system.machine.mounts()).toEqual([])
  })
})

describe('a fuse mount', () => {
  it('makes, removes, renames and resizes nothing for a plain tool', () => {
    const { system } = mounted()
    run(system.machine.creat(`${MNT}/f`, { sizeBytes: 4096 }))
    run(system.machine.mkdir(`${MNT}/d`))
    const before = system.machine.inodes(MNT).map(({ path }) => path)
    expect(failureOf(system.open(`${MNT}/new`, { write: true, create: 0o644 }, CALLER), 'fuse_no_create').errno).toBe('ENOTSUP')
    for (const refused of [system.unlink(`${MNT}/f`, CALLER), system.rmdir(`${MNT}/d`, CALLER), system.rename(`${MNT}/f`, `${MNT}/g`, CALLER), system.mkdir(`${MNT}/e`, 0o755, CALLER), system.symlink('f', `${MNT}/l`, CALLER)]) {
      expect(failureOf(refused, 'fuse_not_implemented').errno).toBe('ENOSYS')
    }
    // Even to the size that it has.
    for (const size of [0, 4096]) expect(failureOf(system.truncate(`${MNT}/f`, size, CALLER), 'fuse_no_resize').errno).toBe('EINVAL')
    expect(system.machine.inodes(MNT).map(({ path }) => path)).toEqual(before)
  })

  it('keeps chmod, chown and times until it is unmounted', () => {
    const clock = new Clock()
    const { system } = mounted({ timeoutSeconds: 1 }, clock)
    run(system.machine.creat(`${MNT}/f`, { sizeBytes: 4096 }))
    valueOf(system.chmod(`${MNT}/f`, 0o600, CALLER))
    valueOf(system.chown(`${MNT}/f`, 5, 6, CALLER))
    valueOf(system.utimes(`${MNT}/f`, 1234, CALLER))
    clock.ms += 5000
    expect(valueOf(system.stat(`${MNT}/f`, CALLER))).toMatchObject({ mode: 0o600, uid: 5, gid: 6, modifiedMs: 1234 })
    valueOf(system.umount(MNT, CALLER))
    run(system.mountFamfs(DAX, MNT, { kind: 'fuse' }, CALLER))
    expect(valueOf(system.stat(`${MNT}/f`, CALLER))).toMatchObject({ mode: 0o644, uid: 0 })
  })

  it('answers on its socket while it is mounted', () => {
    const { system, shadow } = mounted()
    run(system.machine.creat(`${MNT}/f`, { sizeBytes: 4096 }))
    const ask = (line: string, body = ''): string => valueOf(system.askSocket(`${shadow}/sock`, `${line} HTTP/1.1\r\nHost: localhost\r\n\r\n${body}`, CALLER))
    expect(ask('GET /icache_stats')).toMatch(/^HTTP\/1.1 200[^]*icache_stats:\n {2}search_count: \d+\n {2}nodes_scanned: \d+\n {2}search_fail_ct: \d+\n$/)
    expect(ask('GET /log_level')).toMatch(/\n5\n$/)
    expect(ask('PUT /log_level', '7')).toMatch(/set to 7/)
    expect(ask('GET /log_level')).toMatch(/\n7\n$/)
    expect(ask('POST /log_level', '9')).toMatch(/200 OK[^]*failed/)
    expect(ask('DELETE /log_level')).toMatch(/^HTTP\/1.1 405/)
    expect(ask('GET /pid')).toMatch(/pid: \d+/)
    expect(ask('GET /nothing')).toMatch(/^HTTP\/1.1 404/)
    system.stat(`${MNT}/absent`, CALLER)
    ask('GET /icache_dump')
    expect(system.systemLog().join('\n')).toMatch(/icache: ino \d+ \//)
    valueOf(system.umount(MNT, CALLER))
    failureOf(system.stat(`${shadow}/sock`, CALLER), 'not_found')
  })
})

describe('a shadow file', () => {
  const good = '---\nfile:\n  size: 4096\n  flags: 2\n  path: a: b\n  mode: 0640\n  uid: 1\n  gid: 2\n  nextents: 1\n  simple_ext_list:\n  - {length: 0x200000, offset: 0xa00000}\n'.replace('a: b', '"a: b"')
  it('is read in any order of its keys, with the base of each number', () => {
    expect(valueOf(parseShadowYaml(good, 'x'))).toEqual({
      path: 'a: b', flags: 2, mode: 0o640, uid: 1, gid: 2, map: { kind: 'simple', sizeBytes: 4096, extents: [{ devindex: 0, offsetBytes: 0xa00000, lengthBytes: 0x200000 }] },
    })
  })
  it.each([
    ['nextents: 1', 'nextents: 2', /nextents says 2/],
    ['mode: 0640', 'mode: 0680', /octal/],
    ['uid: 1', 'uid: x', /uid is not a number/],
    ['flags: 2', 'extra: 2', /extra is not a key/],
    ['offset: 0xa00000', 'ofset: 0xa00000', /ofset is not a key/],
    ['  simple_ext_list:\n  - {length: 0x200000, offset: 0xa00000}\n', '', /one of simple_ext_list/],
    ['size: 4096', 'size: 99999999999999999999', /larger than any device/],
    ['file:', 'file: [', /./],
  ])('with %j for %j is refused', (from, to, what) => {
    expect(failureOf(parseShadowYaml(good.replace(from, to), 'x'), 'bad_shadow').says).toMatch(what)
  })
})
