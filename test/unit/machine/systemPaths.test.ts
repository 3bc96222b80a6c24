// Paths are walked and judged as Linux does it: links, dots, slashes, owners and modes. Every refusal has Linux's errno.
import { describe, expect, it } from 'vitest'
import type { System } from '../../../src/core/machine/system.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { CLOCK, errnoOf, get, namesOf, newSystem, put, rootAt, userAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const TMP = rootAt('/tmp')
const USER = userAt('/tmp')
const OTHER = userAt('/tmp', 1001)

function withTree(): System {
  const system = newSystem()
  valueOf(system.mkdir('/tmp/d', 0o755, ROOT))
  valueOf(system.mkdir('/tmp/d/e', 0o755, ROOT))
  put(system, '/tmp/d/f', 'text', ROOT)
  valueOf(system.symlink('d', '/tmp/l', ROOT))
  valueOf(system.symlink('nowhere/x', '/tmp/dangling', ROOT))
  return system
}

describe('a path', () => {
  it.each([
    ['d/./e/../f', '/tmp/d/f'],
    ['//tmp///d//f', '/tmp/d/f'],
    ['l/f', '/tmp/d/f'],
    ['l/', '/tmp/d'],
    ['l/e/..', '/tmp/d'],
    ['../../..', '/'],
    ['.', '/tmp'],
    ['/bin', '/usr/bin'],
    ['/etc/mtab', '/proc/self/mounts'],
  ])('%s is %s', (path, real) => {
    expect(valueOf(withTree().realpath(path, TMP))).toBe(real)
  })

  it.each([
    ['', 'ENOENT'],
    ['x', 'ENOENT'],
    ['x/y', 'ENOENT'],
    ['dangling', 'ENOENT'],
    ['d/f/', 'ENOTDIR'],
    ['d/f/..', 'ENOTDIR'],
    ['d/f/x', 'ENOTDIR'],
    ['a\0b', 'EINVAL'],
    ['n'.repeat(256), 'ENAMETOOLONG'],
    ['ü'.repeat(128), 'ENAMETOOLONG'],
    ['a/'.repeat(2048), 'ENAMETOOLONG'],
    ['n'.repeat(255), 'ENOENT'],
  ])('that leads nowhere: %j is %s', (path, errno) => {
    expect(errnoOf(withTree().stat(path, TMP))).toBe(errno)
  })

  it('goes through 40 links and no more', () => {
    const system = newSystem()
    put(system, '/tmp/l0', 'end', ROOT)
    for (let i = 1; i <= 41; i++) valueOf(system.symlink(`l${i - 1}`, `/tmp/l${i}`, ROOT))
    expect(get(system, '/tmp/l40', ROOT)).toBe('end')
    expect(errnoOf(system.stat('/tmp/l41', ROOT))).toBe('ELOOP')
    valueOf(system.symlink('loop', '/tmp/loop', ROOT))
    expect(errnoOf(system.open('/tmp/loop', { write: true, create: 0o644 }, ROOT))).toBe('ELOOP')
    expect(valueOf(system.lstat('/tmp/loop', ROOT)).kind).toBe('symlink')
  })

  it('of something new is resolved up to its name, through links', () => {
    const system = withTree()
    expect(valueOf(system.realpathOfNew('l/new', TMP))).toBe('/tmp/d/new')
    expect(valueOf(system.realpathOfNew('l/f', TMP))).toBe('/tmp/d/f')
    expect(errnoOf(system.realpathOfNew('dangling', TMP))).toBe('ENOENT')
    expect(errnoOf(system.realpathOfNew('x/new', TMP))).toBe('ENOENT')
    // `l/..` is where d is, not where l is.
    valueOf(system.symlink('/usr/bin', '/tmp/far', ROOT))
    expect(valueOf(system.realpathOfNew('far/../x', TMP))).toBe('/usr/x')
  })

  it('begins nowhere when the directory is gone', () => {
    const system = withTree()
    valueOf(system.rmdir('/tmp/d/e', ROOT))
    expect(errnoOf(system.stat('.', rootAt('/tmp/d/e')))).toBe('ENOENT')
    expect(errnoOf(system.stat('/tmp', rootAt('/tmp/d/e')))).toBe('ok')
  })

  it('creates through a dangling link what it leads to', () => {
    const system = withTree()
    valueOf(system.symlink('d/later', '/tmp/s', ROOT))
    expect(errnoOf(system.open('/tmp/s', { write: true, create: 0o644, exclusive: true }, ROOT))).toBe('EEXIST')
    put(system, '/tmp/s', 'now', ROOT)
    expect(get(system, '/tmp/d/later', ROOT)).toBe('now')
    expect(errnoOf(system.mkdir('/tmp/dangling', 0o755, ROOT))).toBe('EEXIST')
  })

  it('takes a slash at its end for directories only', () => {
    const system = withTree()
    expect(errnoOf(system.mkdir('/tmp/new/', 0o755, ROOT))).toBe('ok')
    expect(errnoOf(system.open('/tmp/file/', { write: true, create: 0o644 }, ROOT))).toBe('EISDIR')
    expect(errnoOf(system.symlink('x', '/tmp/link/', ROOT))).toBe('ENOENT')
    expect(errnoOf(system.rename('/tmp/d/f', '/tmp/g/', ROOT))).toBe('ENOTDIR')
    expect(errnoOf(system.rename('/tmp/d/e', '/tmp/g/', ROOT))).toBe('ok')
  })
})

describe('permissions', () => {
  it('let one class of bits decide', () => {
    const system = newSystem()
    put(system, '/tmp/mine', 'x', USER)
    for (const [mode, mayOwner, mayOther] of [[0o604, true, true], [0o006, false, true], [0o640, true, false]] as const) {
      valueOf(system.chmod('/tmp/mine', mode, USER))
      expect(errnoOf(system.access('/tmp/mine', { read: true }, USER))).toBe(mayOwner ? 'ok' : 'EACCES')
      expect(errnoOf(system.access('/tmp/mine', { read: true }, OTHER))).toBe(mayOther ? 'ok' : 'EACCES')
      expect(errnoOf(system.open('/tmp/mine', { read: true }, OTHER))).toBe(mayOther ? 'ok' : 'EACCES')
      expect(errnoOf(system.open('/tmp/mine', { read: true }, ROOT))).toBe('ok')
    }
    expect(errnoOf(system.access('/tmp/mine', { execute: true }, ROOT))).toBe('EACCES')
    valueOf(system.chmod('/tmp/mine', 0o601, USER))
    expect(errnoOf(system.access('/tmp/mine', { execute: true }, ROOT))).toBe('ok')
    // The group's bits are for the group, also where others have more.
    valueOf(system.chown('/tmp/mine', 1000, 1001, ROOT))
    valueOf(system.chmod('/tmp/mine', 0o606, ROOT))
    expect(errnoOf(system.access('/tmp/mine', { read: true }, OTHER))).toBe('EACCES')
  })

  it('of every directory on the way count', () => {
    const system = newSystem()
    valueOf(system.mkdir('/var/private', 0o700, ROOT))
    put(system, '/var/private/secret', 'x', ROOT, 0o666)
    expect(errnoOf(system.stat('/var/private/secret', USER))).toBe('EACCES')
    expect(errnoOf(system.stat('/var/private', USER))).toBe('ok')
    expect(errnoOf(system.stat('/var/private/.', USER))).toBe('EACCES')
    expect(errnoOf(system.readdir('/var/private', USER))).toBe('EACCES')
    valueOf(system.chmod('/var/private', 0o711, ROOT))
    expect(errnoOf(system.readdir('/var/private', USER))).toBe('EACCES')
    expect(get(system, '/var/private/secret', USER)).toBe('x')
    expect(errnoOf(system.open('/var/private/new', { write: true, create: 0o644 }, USER))).toBe('EACCES')
    expect(errnoOf(system.unlink('/var/private/secret', USER))).toBe('EACCES')
    expect(errnoOf(system.truncate('/etc/passwd', 0, USER))).toBe('EACCES')
  })

  it('keep the files of others in a sticky directory', () => {
    const system = newSystem()
    put(system, '/tmp/mine', 'x', USER, 0o666)
    put(system, '/tmp/yours', 'x', OTHER)
    expect(errnoOf(system.unlink('/tmp/mine', OTHER))).toBe('EPERM')
    expect(errnoOf(system.rename('/tmp/mine', '/tmp/x', OTHER))).toBe('EPERM')
    expect(errnoOf(system.rename('/tmp/yours', '/tmp/mine', OTHER))).toBe('EPERM')
    expect(errnoOf(system.unlink('/tmp/mine', USER))).toBe('ok')
    expect(errnoOf(system.unlink('/tmp/yours', ROOT))).toBe('ok')
  })

  it('are changed by the owner and by root alone', () => {
    const system = newSystem()
    put(system, '/tmp/mine', 'x', USER)
    expect(errnoOf(system.chmod('/tmp/mine', 0o777, OTHER))).toBe('EPERM')
    expect(errnoOf(system.chown('/tmp/mine', 1001, undefined, USER))).toBe('EPERM')
    expect(errnoOf(system.chown('/tmp/mine', undefined, 0, USER))).toBe('EPERM')
    expect(errnoOf(system.chown('/tmp/mine', 1000, 1000, USER))).toBe('ok')
    valueOf(system.chmod('/tmp/mine', 0o4755, USER))
    valueOf(system.chown('/tmp/mine', 1001, undefined, ROOT))
    expect(valueOf(system.stat('/tmp/mine', ROOT))).toMatchObject({ uid: 1001, gid: 1000, mode: 0o755 })
  })

  it('let whoever may write touch a file, but set no other time', () => {
    const system = newSystem()
    put(system, '/tmp/ours', 'x', USER)
    valueOf(system.chmod('/tmp/ours', 0o666, USER))
    expect(errnoOf(system.utimes('/tmp/ours', 5, OTHER))).toBe('EPERM')
    expect(errnoOf(system.utimes('/tmp/ours', CLOCK.ms, OTHER))).toBe('ok')
    valueOf(system.utimes('/tmp/ours', 5, USER))
    expect(valueOf(system.stat('/tmp/ours', USER)).modifiedMs).toBe(5)
  })

  it('come from the umask, and a set-gid directory gives its group', () => {
    const system = newSystem()
    put(system, '/tmp/a', 'x', { ...USER, umask: 0o077 }, 0o666)
    expect(valueOf(system.stat('/tmp/a', USER)).mode).toBe(0o600)
    valueOf(system.mkdir('/tmp/shared', 0o777, { ...ROOT, umask: 0 }))
    valueOf(system.chown('/tmp/shared', undefined, 50, ROOT))
    valueOf(system.chmod('/tmp/shared', 0o2777, ROOT))
    put(system, '/tmp/shared/f', 'x', USER)
    valueOf(system.mkdir('/tmp/shared/d', 0o755, USER))
    expect(valueOf(system.stat('/tmp/shared/f', ROOT)).gid).toBe(50)
    expect(valueOf(system.stat('/tmp/shared/d', ROOT))).toMatchObject({ gid: 50, mode: 0o2755 })
  })
})

describe('names', () => {
  it('are removed by kind', () => {
    const system = withTree()
    expect(errnoOf(system.unlink('/tmp/d', ROOT))).toBe('EISDIR')
    expect(errnoOf(system.rmdir('/tmp/d/f', ROOT))).toBe('ENOTDIR')
    expect(errnoOf(system.rmdir('/tmp/d', ROOT))).toBe('ENOTEMPTY')
    expect(errnoOf(system.rmdir('/tmp/d/e/.', ROOT))).toBe('EINVAL')
    expect(errnoOf(system.rmdir('/tmp/d/e/..', ROOT))).toBe('ENOTEMPTY')
    expect(errnoOf(system.rmdir('/', ROOT))).toBe('EBUSY')
    expect(errnoOf(system.rmdir('/tmp/l', ROOT))).toBe('ENOTDIR')
    expect(errnoOf(system.unlink('/tmp/l', ROOT))).toBe('ok')
    expect(errnoOf(system.rmdir('/tmp/d/e', ROOT))).toBe('ok')
    expect(namesOf(system, '/tmp/d', ROOT)).toEqual(['f'])
  })

  it('move as rename(2) moves them', () => {
    const system = withTree()
    valueOf(system.mkdir('/tmp/d/full', 0o755, ROOT))
    put(system, '/tmp/d/full/x', '1', ROOT)
    expect(errnoOf(system.rename('/tmp/d', '/tmp/d/e/sub', ROOT))).toBe('EINVAL')
    expect(errnoOf(system.rename('/tmp/d/full', '/tmp/d', ROOT))).toBe('ENOTEMPTY')
    expect(errnoOf(system.rename('/tmp/d/e', '/tmp/d/full', ROOT))).toBe('ENOTEMPTY')
    expect(errnoOf(system.rename('/tmp/d/full', '/tmp/d/f', ROOT))).toBe('ENOTDIR')
    expect(errnoOf(system.rename('/tmp/d/f', '/tmp/d/e', ROOT))).toBe('EISDIR')
    expect(errnoOf(system.rename('/tmp/none', '/tmp/d/g', ROOT))).toBe('ENOENT')
    expect(errnoOf(system.rename('/tmp/d/.', '/tmp/g', ROOT))).toBe('EBUSY')
    expect(errnoOf(system.rename('/tmp/d/f', '/dev/f', ROOT))).toBe('EXDEV')
    expect(errnoOf(system.rename('/dev', '/dev2', ROOT))).toBe('EBUSY')
    expect(errnoOf(system.rename('/tmp/d/f', '/tmp/d/f', ROOT))).toBe('ok')
    expect(errnoOf(system.rename('/tmp/d/full', '/tmp/d/e', ROOT))).toBe('ok')
    expect(errnoOf(system.rename('/tmp/l', '/tmp/d/f', ROOT))).toBe('ok')
    expect(valueOf(system.readlink('/tmp/d/f', ROOT))).toBe('d')
    expect(namesOf(system, '/tmp/d', ROOT)).toEqual(['e', 'f'])
    expect(valueOf(system.stat('/tmp/d', ROOT)).linkCount).toBe(3)
  })

  it('are several for one file, which goes with the last', () => {
    const system = withTree()
    valueOf(system.link('/tmp/d/f', '/tmp/hard', ROOT))
    expect(valueOf(system.stat('/tmp/hard', ROOT)).linkCount).toBe(2)
    expect(valueOf(system.stat('/tmp/hard', ROOT)).ino).toBe(valueOf(system.stat('/tmp/d/f', ROOT)).ino)
    expect(errnoOf(system.rename('/tmp/hard', '/tmp/d/f', ROOT))).toBe('ok')
    expect(namesOf(system, '/tmp', ROOT)).toContain('hard')
    put(system, '/tmp/hard', 'other', ROOT)
    valueOf(system.unlink('/tmp/d/f', ROOT))
    expect(get(system, '/tmp/hard', ROOT)).toBe('other')
    expect(errnoOf(system.link('/tmp/d', '/tmp/d2', ROOT))).toBe('EPERM')
    expect(errnoOf(system.link('/tmp/hard', '/tmp/l', ROOT))).toBe('EEXIST')
    expect(errnoOf(system.link('/tmp/hard', '/dev/hard', ROOT))).toBe('EXDEV')
    // A link to a link is another name for the link.
    valueOf(system.link('/tmp/l', '/tmp/l2', ROOT))
    expect(valueOf(system.readlink('/tmp/l2', ROOT))).toBe('d')
    expect(errnoOf(system.readlink('/tmp/d', ROOT))).toBe('EINVAL')
  })

  it('of kernel-made directories are the kernel’s', () => {
    const system = newSystem()
    expect(errnoOf(system.mkdir('/proc/x', 0o755, ROOT))).toBe('EPERM')
    expect(errnoOf(system.unlink('/proc/version', ROOT))).toBe('EPERM')
    expect(errnoOf(system.chmod('/sys/bus', 0o777, ROOT))).toBe('EPERM')
    expect(errnoOf(system.truncate('/proc/version', 3, ROOT))).toBe('EPERM')
  })
})

describe('an open file', () => {
  it('does what it was opened for, and outlives its name and its mode', () => {
    const system = newSystem()
    const before = system.rootFs.budget.usedBytes
    const handle = valueOf(system.open('/tmp/f', { write: true, create: 0o400 }, USER))
    expect(errnoOf(handle.read(0, new Uint8Array(1)))).toBe('EBADF')
    expect(errnoOf(system.open('/tmp/f', { write: true }, USER))).toBe('EACCES')
    valueOf(system.unlink('/tmp/f', USER))
    expect(errnoOf(handle.write(0, new Uint8Array(1000)))).toBe('ok')
    expect(handle.sizeBytes()).toBe(1000)
    expect(system.rootFs.budget.usedBytes).toBeGreaterThan(before)
    handle.close()
    expect(errnoOf(handle.write(0, new Uint8Array(1)))).toBe('EBADF')
    expect(system.rootFs.budget.usedBytes).toBe(before)
  })

  it('is made, emptied or refused as the options say', () => {
    const system = withTree()
    expect(errnoOf(system.open('/tmp/none', { read: true }, ROOT))).toBe('ENOENT')
    expect(errnoOf(system.open('/tmp/d/f', { write: true, create: 0o644, exclusive: true }, ROOT))).toBe('EEXIST')
    expect(errnoOf(system.open('/tmp/d', { write: true }, ROOT))).toBe('EISDIR')
    expect(errnoOf(system.open('/tmp/d', { read: true, create: 0o644 }, ROOT))).toBe('EISDIR')
    const directory = valueOf(system.open('/tmp/d', { read: true }, ROOT))
    expect(errnoOf(directory.read(0, new Uint8Array(1)))).toBe('EISDIR')
    valueOf(system.open('/tmp/d/f', { read: true, truncate: true }, ROOT)).close()
    expect(get(system, '/tmp/d/f', ROOT)).toBe('text')
    valueOf(system.open('/tmp/d/f', { write: true, truncate: true }, ROOT)).close()
    expect(get(system, '/tmp/d/f', ROOT)).toBe('')
    valueOf(system.truncate('/tmp/d/f', 3, ROOT))
    expect(get(system, '/tmp/d/f', ROOT)).toBe('\0\0\0')
    expect(errnoOf(system.truncate('/tmp/d/f', -1, ROOT))).toBe('EINVAL')
    expect(errnoOf(system.truncate('/tmp/d', 1, ROOT))).toBe('EISDIR')
  })

  it('fills the root file system, and no more', () => {
    const system = newSystem()
    const handle = valueOf(system.open('/tmp/f', { write: true, create: 0o600 }, ROOT))
    expect(errnoOf(handle.truncate(2 ** 45))).toBe('ok')
    system.rootFs.budget.usedBytes += system.rootFs.budget.limitBytes - 1000
    expect(errnoOf(handle.write(0, new Uint8Array(100_000)))).toBe('ENOSPC')
  })
})
