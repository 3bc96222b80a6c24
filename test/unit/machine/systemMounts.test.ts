// famfs mounts in a host's tree: paths cross into them and out again, plain tools meet what the module allows, and mount
// points hold.
import { describe, expect, it } from 'vitest'
import type { System } from '../../../src/core/machine/system.ts'
import type { FamfsMountOptions } from '../../../src/core/machine/systemTypes.ts'
import { DAX, MNT, newDax, newMachine, run } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { errnoOf, get, namesOf, newSystem, put, rootAt, userAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const USER = userAt('/')
const ABOVE = MNT.slice(0, MNT.lastIndexOf('/'))
const V1: FamfsMountOptions = { kind: 'v1' }

function mounted(options: FamfsMountOptions = V1, parameters: Record<string, string> = {}): System {
  const system = newSystem(newMachine('A', newDax()))
  valueOf(system.loadModule('famfs', parameters))
  run(system.machine.mkfs(DAX, {}))
  run(system.mountFamfs(DAX, MNT, options, ROOT))
  run(system.machine.mkdir(`${MNT}/dir`, { uid: 1000, gid: 1000 }))
  run(system.machine.creat(`${MNT}/dir/file`, { sizeBytes: 4096, uid: 1000, gid: 1000 }))
  return system
}

describe('a mount', () => {
  it('is a directory like others, and hides what was there', () => {
    const system = newSystem(newMachine('A', newDax()))
    put(system, `${MNT}/hidden`, 'x', ROOT)
    run(system.machine.mkfs(DAX, {}))
    expect(run(system.mountFamfs('/dev/../dev/dax0.0', 'mnt/famfs/', V1, ROOT))).toMatchObject({ mountpoint: MNT, deviceName: DAX, kind: 'v1', shadowPath: undefined })
    expect(namesOf(system, MNT, ROOT)).toEqual(['.meta'])
    expect(namesOf(system, '/mnt', ROOT)).toEqual(['famfs'])
    expect(get(system, '/proc/mounts', ROOT)).toContain(`${DAX} ${MNT} famfs rw,nosuid,nodev,noexec,noatime 0 0\n`)
    expect(valueOf(system.stat(MNT, ROOT))).toMatchObject({ kind: 'directory', mountpoint: MNT })
    valueOf(system.umount(MNT, ROOT))
    expect(namesOf(system, MNT, ROOT)).toEqual(['hidden'])
  })

  it('is crossed in both directions', () => {
    const system = mounted()
    valueOf(system.symlink(`${MNT}/dir`, '/tmp/in', ROOT))
    put(system, `${ABOVE}/beside`, 'out', ROOT)
    const inside = rootAt(`${MNT}/dir`)
    expect(valueOf(system.realpath('/tmp/in/../dir/./file', ROOT))).toBe(`${MNT}/dir/file`)
    expect(valueOf(system.realpath('.', inside))).toBe(`${MNT}/dir`)
    expect(valueOf(system.realpath('../../..', inside))).toBe('/')
    expect(get(system, '../../beside', inside)).toBe('out')
    expect(valueOf(system.stat('file', inside))).toMatchObject({ kind: 'file', sizeBytes: 4096, uid: 1000, mountpoint: MNT })
    expect(errnoOf(system.stat('file/x', inside))).toBe('ENOTDIR')
    expect(errnoOf(system.stat('none/x', inside))).toBe('ENOENT')
    expect(valueOf(system.realpathOfNew('new', inside))).toBe(`${MNT}/dir/new`)
  })

  it('has bytes that are read and written in place, and never grow', () => {
    const system = mounted()
    const handle = valueOf(system.open(`${MNT}/dir/file`, { read: true, write: true }, USER))
    expect(handle.sizeBytes()).toBe(4096)
    expect(valueOf(handle.write(4090, Uint8Array.of(1, 2, 3, 4, 5, 6)))).toBe(6)
    expect(errnoOf(handle.write(4090, new Uint8Array(7)))).toBe('ENXIO')
    const tail = new Uint8Array(10)
    expect(valueOf(handle.read(4092, tail))).toBe(4)
    expect([...tail.subarray(0, 4)]).toEqual([3, 4, 5, 6])
    failureOf(system.umount(MNT, ROOT), 'mount_busy')
    handle.close()
    valueOf(system.umount(DAX, ROOT))
    failureOf(system.umount(MNT, ROOT), 'not_mounted')
  })

  it('is judged by owner and mode', () => {
    const system = mounted()
    expect(errnoOf(system.open(`${MNT}/dir/file`, { write: true }, userAt('/', 1001)))).toBe('EACCES')
    expect(errnoOf(system.open(`${MNT}/stub`, { write: true, create: 0o644 }, USER))).toBe('EACCES')
    valueOf(system.chmod(`${MNT}/dir`, 0o700, USER))
    expect(errnoOf(system.stat(`${MNT}/dir/file`, userAt('/', 1001)))).toBe('EACCES')
    expect(errnoOf(system.readdir(`${MNT}/dir`, userAt('/', 1001)))).toBe('EACCES')
    expect(errnoOf(system.access(`${MNT}/dir/file`, { write: true }, USER))).toBe('ok')
    expect(errnoOf(system.chown(`${MNT}/dir`, 0, undefined, USER))).toBe('EPERM')
    valueOf(system.utimes(`${MNT}/dir`, 1000, USER))
    expect(valueOf(system.stat(`${MNT}/dir`, USER)).modifiedMs).toBe(1000)
  })

  it('lets plain tools leave stubs, which cannot be read or written', () => {
    const system = mounted()
    const stub = valueOf(system.open(`${MNT}/stub`, { write: true, create: 0o644 }, ROOT))
    expect(stub.sizeBytes()).toBe(0)
    expect(errnoOf(stub.write(0, new Uint8Array(1)))).toBe('EIO')
    stub.close()
    expect(namesOf(system, MNT, ROOT)).toEqual(['.meta', 'dir', 'stub'])
    expect(errnoOf(valueOf(system.open(`${MNT}/stub`, { read: true }, ROOT)).read(0, new Uint8Array(1)))).toBe('EIO')
    valueOf(system.unlink(`${MNT}/stub`, ROOT))
    valueOf(system.mkdir(`${MNT}/local`, 0o755, ROOT))
    valueOf(system.rename(`${MNT}/local`, `${MNT}/moved`, ROOT))
    valueOf(system.rmdir(`${MNT}/moved`, ROOT))
  })

  it('does not touch what it only opens: a size put back in time heals', () => {
    const system = mounted()
    const path = `${MNT}/dir/file`
    valueOf(system.truncate(path, 10, ROOT))
    const handle = valueOf(system.open(path, { read: true }, ROOT))
    valueOf(system.truncate(path, 4096, ROOT))
    expect(valueOf(handle.read(0, new Uint8Array(5)))).toBe(5)
    handle.close()
    valueOf(system.truncate(path, 10, ROOT))
    expect(errnoOf(valueOf(system.open(path, { read: true }, ROOT)).read(0, new Uint8Array(1)))).toBe('ENXIO')
    valueOf(system.truncate(path, 4096, ROOT))
    expect(errnoOf(valueOf(system.open(path, { read: true }, ROOT)).read(0, new Uint8Array(1)))).toBe('EIO')
  })

  it('of the newer generation refuses what would only hide', () => {
    const system = mounted(V1, { generation: 'newer' })
    expect(errnoOf(system.unlink(`${MNT}/dir/file`, ROOT))).toBe('EPERM')
    expect(errnoOf(system.rename(`${MNT}/dir`, `${MNT}/d2`, ROOT))).toBe('EPERM')
    expect(errnoOf(system.open(`${MNT}/dir/file`, { write: true, truncate: true }, ROOT))).toBe('EPERM')
    expect(errnoOf(mounted({ ...V1, allowRogue: true }, { generation: 'newer' }).unlink(`${MNT}/dir/file`, ROOT))).toBe('ok')
    failureOf(system.loadModule('famfs', { generation: 'first' }), 'module_busy')
  })

  it('has no links and devices, and nothing moves across its edge', () => {
    const system = mounted()
    put(system, '/tmp/f', 'x', ROOT)
    const file = `${MNT}/dir/file`
    expect(errnoOf(system.symlink('x', `${MNT}/l`, ROOT))).toBe('EPERM')
    expect(errnoOf(system.link(file, `${MNT}/l`, ROOT))).toBe('EPERM')
    expect(errnoOf(system.mknod(`${MNT}/l`, 0o644, [1, 3], ROOT))).toBe('EPERM')
    expect(errnoOf(system.makeSocket(`${MNT}/l`, 0o644, () => '', ROOT))).toBe('EPERM')
    expect(errnoOf(system.symlink('x', file, ROOT))).toBe('EEXIST')
    expect(errnoOf(system.link(file, '/tmp/l', ROOT))).toBe('EXDEV')
    expect(errnoOf(system.link('/tmp/f', `${MNT}/l`, ROOT))).toBe('EXDEV')
    expect(errnoOf(system.rename(file, '/tmp/l', ROOT))).toBe('EXDEV')
    expect(errnoOf(system.rename('/tmp/f', `${MNT}/l`, ROOT))).toBe('EXDEV')
    expect(errnoOf(system.rename('/tmp/f', file, ROOT))).toBe('EXDEV')
  })

  it('by a daemon is crossed alike, and makes, removes and resizes nothing', () => {
    const system = mounted({ kind: 'fuse' })
    const file = `${MNT}/dir/file`
    expect(get(system, '/proc/mounts', ROOT)).toMatch(`${DAX} ${MNT} fuse `)
    expect(valueOf(system.realpath('../dir/./file', rootAt(`${MNT}/dir`)))).toBe(file)
    expect(namesOf(system, MNT, ROOT)).toEqual(['.meta', 'dir'])
    const handle = valueOf(system.open(file, { read: true, write: true }, USER))
    expect(valueOf(handle.write(0, Uint8Array.of(1)))).toBe(1)
    handle.close()
    expect(errnoOf(system.open(`${MNT}/stub`, { write: true, create: 0o644 }, ROOT))).toBe('ENOTSUP')
    expect(errnoOf(system.open(file, { write: true, truncate: true }, ROOT))).toBe('EINVAL')
    for (const refused of [system.mkdir(`${MNT}/d`, 0o755, ROOT), system.unlink(file, ROOT), system.rename(file, `${MNT}/g`, ROOT), system.symlink('x', `${MNT}/l`, ROOT), system.link(file, `${MNT}/l`, ROOT)]) {
      expect(errnoOf(refused)).toBe('ENOSYS')
    }
    const { shadowPath } = system.machine.mounts()[0] ?? {}
    expect(valueOf(system.stat(`${shadowPath}/root/dir/file`, ROOT)).mountpoint).toBe(undefined)
    valueOf(system.umount(MNT, ROOT))
  })

  it('by a daemon is for others, and judged by the kernel, unless it was said otherwise', () => {
    const other = userAt('/', 1001)
    const closed = mounted({ kind: 'fuse', allowOther: false })
    expect(errnoOf(closed.stat(`${MNT}/dir`, other))).toBe('EACCES')
    expect(errnoOf(closed.stat(`${MNT}/dir`, ROOT))).toBe('ok')
    for (const [defaultPermissions, errno] of [[true, 'EACCES'], [false, 'ok']] as const) {
      const system = mounted({ kind: 'fuse', defaultPermissions })
      valueOf(system.chmod(`${MNT}/dir/file`, 0o600, ROOT))
      expect(errnoOf(system.open(`${MNT}/dir/file`, { read: true, write: true }, other))).toBe(errno)
    }
  })

  it('holds its mount point', () => {
    const system = mounted()
    expect(errnoOf(system.rmdir(MNT, ROOT))).toBe('EBUSY')
    expect(errnoOf(system.rename(MNT, `${ABOVE}/x`, ROOT))).toBe('EBUSY')
    expect(errnoOf(system.rename('/mnt', '/m', ROOT))).toBe('EBUSY')
    expect(errnoOf(system.unlink(MNT, ROOT))).toBe('EISDIR')
  })

  it('is refused with what is wrong', () => {
    const system = newSystem(newMachine('A', newDax()))
    const mount = (device: string, place: string, caller = ROOT): string => errnoOf(runNow(system.mountFamfs(device, place, V1, caller)))
    run(system.machine.mkfs(DAX, {}))
    put(system, '/tmp/f', 'x', ROOT)
    expect(mount(DAX, MNT, USER)).toBe('EPERM')
    expect(mount('/dev/dax9.0', MNT)).toBe('ENOENT')
    expect(mount('/dev/null', MNT)).toBe('ENOTBLK')
    expect(mount(DAX, `${ABOVE}/none`)).toBe('ENOENT')
    expect(mount(DAX, '/tmp/f')).toBe('ENOTDIR')
    expect(mount(DAX, '/')).toBe('EBUSY')
    valueOf(system.unloadModule('famfs'))
    expect(mount(DAX, MNT)).toBe('ENODEV')
    valueOf(system.loadModule('famfs'))
    expect(mount(DAX, MNT)).toBe('ok')
    failureOf(system.unloadModule('famfs'), 'module_busy')
    expect(mount(DAX, MNT)).toBe('EBUSY')
    expect(mount(DAX, '/mnt')).toBe('EBUSY')
    failureOf(system.umount(MNT, USER), 'not_root')
    failureOf(system.umount('/tmp', ROOT), 'not_mounted')
  })

  it('is found by the meta files above a path', () => {
    const system = mounted()
    const placeOf = (path: string, cwd = '/'): string => {
      const place = system.placeOf(path, rootAt(cwd))
      return place.ok ? place.value.path : place.failure.reason
    }
    expect(placeOf(MNT)).toBe(MNT)
    expect(placeOf(`${MNT}/dir/file`)).toBe(`${MNT}/dir/file`)
    expect(placeOf('new/../other/deep/', `${MNT}/dir`)).toBe(`${MNT}/dir/other/deep`)
    expect(placeOf('x', MNT)).toBe(`${MNT}/x`)
    expect(placeOf(`${MNT}/dir/file/under`)).toBe(`${MNT}/dir/file/under`)
    expect(placeOf('/tmp/none')).toBe('not_in_famfs')
    valueOf(system.mkdir('/tmp/.meta', 0o755, ROOT))
    put(system, '/tmp/.meta/.log', 'x', ROOT)
    expect(placeOf('/tmp/none')).toBe('not_in_famfs')
    valueOf(system.unlink(`${MNT}/.meta/.superblock`, ROOT))
    expect(placeOf(MNT)).toBe(MNT)
    valueOf(system.unlink(`${MNT}/.meta/.log`, ROOT))
    expect(placeOf(MNT)).toBe('not_in_famfs')
  })
})

describe('the umask of whoever plays the log', () => {
  it.each(['v1', 'fuse'] as const)('is taken from directories that a %s mount makes, as mkdir takes it', (kind) => {
    const system = newSystem()
    run(system.machine.mkfs(DAX, {}))
    run(system.mountFamfs(DAX, MNT, { kind }, rootAt('/')))
    run(system.machine.mkdir(`${MNT}/d`, { mode: 0o777, umask: 0o022 }))
    expect(valueOf(system.stat(`${MNT}/d`, rootAt('/'))).mode).toBe(0o755)
    valueOf(system.umount(MNT, rootAt('/')))
    run(system.mountFamfs(DAX, MNT, { kind }, { ...rootAt('/'), umask: 0o027 }))
    expect(valueOf(system.stat(`${MNT}/d`, rootAt('/'))).mode).toBe(0o750)
  })
})

describe('who a host is', () => {
  const file = '/opt/famfs/system_uuid'
  it('stands in a file: another one there, or none that can be read, makes a client', () => {
    const system = mounted()
    const before = get(system, file, ROOT)
    put(system, file, 'c2f0a3de-5b1e-4a6f-9b53-7d1f0e2a4c61\n', ROOT)
    failureOf(runNow(system.machine.creat(`${MNT}/f`, { sizeBytes: 1 })), 'not_master')
    put(system, file, 'nobody\n', ROOT)
    failureOf(runNow(system.machine.creat(`${MNT}/f`, { sizeBytes: 1 })), 'not_master')
    valueOf(system.umount(MNT, ROOT))
    failureOf(runNow(system.machine.mkfs(DAX, { force: true })), 'no_system_uuid')
    put(system, file, before, ROOT)
    run(system.mountFamfs(DAX, MNT, V1, ROOT))
    expect(run(system.machine.creat(`${MNT}/f`, { sizeBytes: 1 })).isNew).toBe(true)
  })

  it('is made when it is missing, and is somebody else then', () => {
    const system = mounted()
    const before = get(system, file, ROOT)
    valueOf(system.unlink(file, ROOT))
    failureOf(runNow(system.machine.creat(`${MNT}/f`, { sizeBytes: 1 })), 'not_master')
    expect(get(system, file, ROOT)).toMatch(/^[0-9a-f-]{36}\n$/)
    expect(get(system, file, ROOT)).not.toBe(before)
  })
})

describe('a working directory', () => {
  it('in a mount keeps it mounted: the caller’s own, and those of others', () => {
    const system = mounted()
    failureOf(system.umount(MNT, { ...ROOT, cwd: `${MNT}/dir` }), 'mount_busy')
    let place = MNT
    system.occupiedBy(() => [place])
    failureOf(system.umount(MNT, ROOT), 'mount_busy')
    place = '/'
    valueOf(system.umount(MNT, ROOT))
    expect(system.machine.mounts()).toEqual([])
  })
})

describe('a fuse mount that fails', () => {
  it.each([{}, { shadow: '/tmp' }])('leaves no tree behind: %j', (options) => {
    const system = newSystem(newMachine('A', newDax()))
    const before = namesOf(system, '/tmp', ROOT)
    failureOf(runNow(system.mountFamfs(DAX, MNT, { kind: 'fuse', ...options }, ROOT)), 'not_famfs')
    expect(namesOf(system, '/tmp', ROOT)).toEqual(before)
  })
})
