// Devices, kernel files and modules of a host: nodes behave by their numbers, memory devices change mode, and text under
// /proc and /sys is made when it is read.
import { describe, expect, it } from 'vitest'
import { runNow } from '../../../src/core/base/task.ts'
import { Machine } from '../../../src/core/machine/machine.ts'
import { DAX, MNT, newDax, newMachine, run, uuidOf } from '../../helpers/machines.ts'
import { failureOf, valueOf } from '../../helpers/outcome.ts'
import { CLOCK, errnoOf, get, namesOf, newSystem, put, rootAt, userAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const USER = userAt('/')
const MIB = 1024 * 1024

describe('plain devices', () => {
  it('do what Linux’s do', () => {
    const system = newSystem()
    const both = { read: true, write: true }
    const target = new Uint8Array(100_000).fill(9)
    const open = (path: string): ReturnType<typeof valueOf<import('../../../src/core/machine/systemTypes.ts').Handle>> => valueOf(system.open(path, { ...both, create: 0o644, truncate: true }, USER))
    expect(valueOf(open('/dev/null').read(0, target))).toBe(0)
    expect(valueOf(open('/dev/null').write(0, target))).toBe(100_000)
    expect(valueOf(open('/dev/zero').read(5, target))).toBe(100_000)
    expect(target.every((byte) => byte === 0)).toBe(true)
    expect(errnoOf(open('/dev/full').write(0, target))).toBe('ENOSPC')
    expect(valueOf(open('/dev/urandom').read(0, target))).toBe(100_000)
    expect(new Set(target.subarray(70_000)).size).toBe(256)
    expect(errnoOf(system.open('/dev/tty', both, USER))).toBe('ENXIO')
    expect(valueOf(system.stat('/dev/null', USER))).toMatchObject({ kind: 'device', rdev: [1, 3], mode: 0o666 })
  })

  it('are what their numbers say, wherever they are', () => {
    const system = newSystem()
    failureOf(system.mknod('/tmp/n', 0o666, [1, 3], USER), 'not_root')
    valueOf(system.mknod('/tmp/n', 0o666, [1, 3], ROOT))
    expect(valueOf(valueOf(system.open('/tmp/n', { write: true }, ROOT)).write(0, new Uint8Array(3)))).toBe(3)
    valueOf(system.mknod('/tmp/dax', 0o600, [252, 0], ROOT))
    valueOf(system.symlink('/tmp/dax', '/tmp/daxlink', ROOT))
    expect(valueOf(system.deviceOf('/tmp/daxlink', ROOT))).toBe(DAX)
    failureOf(system.deviceOf('/dev/null', ROOT), 'not_a_device')
    failureOf(system.deviceOf('/etc/passwd', ROOT), 'not_a_device')
    valueOf(system.mknod('/tmp/nobody', 0o600, [99, 0], ROOT))
    expect(errnoOf(system.open('/tmp/nobody', { read: true }, ROOT))).toBe('ENXIO')
  })

  it('that are sockets answer whole requests', () => {
    const system = newSystem()
    valueOf(system.makeSocket('/tmp/sock', 0o660, (request) => `to ${request}`, ROOT))
    expect(valueOf(system.askSocket('/tmp/sock', 'me', ROOT))).toBe('to me')
    expect(errnoOf(system.askSocket('/tmp/sock', 'me', USER))).toBe('EACCES')
    expect(errnoOf(system.askSocket('/etc/passwd', 'me', ROOT))).toBe('ENXIO')
    expect(errnoOf(system.open('/tmp/sock', { read: true }, ROOT))).toBe('ENXIO')
    expect(valueOf(system.stat('/tmp/sock', USER)).kind).toBe('socket')
  })
})

describe('a memory device', () => {
  it('can be read and written on a relaxed host alone', () => {
    const device = newDax()
    const strict = newSystem(new Machine({ name: 'S', systemUuid: uuidOf('S'), devices: [device], relaxed: false }, { random: (target) => void target.fill(3), now: () => 0 }))
    const closed = valueOf(strict.open(DAX, { read: true, write: true }, ROOT))
    expect(errnoOf(closed.read(0, new Uint8Array(8)))).toBe('EINVAL')
    expect(errnoOf(closed.write(0, new Uint8Array(8)))).toBe('EINVAL')

    const open = valueOf(newSystem(newMachine('A', device)).open(DAX, { read: true, write: true }, ROOT))
    expect(valueOf(open.write(4 * MIB, Uint8Array.of(1, 2, 3)))).toBe(3)
    const seen = new Uint8Array(3)
    expect(valueOf(open.read(4 * MIB, seen))).toBe(3)
    expect([...seen]).toEqual([1, 2, 3])
    expect(valueOf(open.read(32 * MIB - 1, seen))).toBe(1)
    expect(valueOf(open.read(32 * MIB, seen))).toBe(0)
    expect(errnoOf(open.write(32 * MIB, seen))).toBe('ENOSPC')
    expect(errnoOf(newSystem(newMachine('B', device)).open(DAX, { read: true }, USER))).toBe('EACCES')
  })

  it('is ordinary memory in system-ram mode: its node and its bytes are gone', () => {
    const system = newSystem(newMachine('A', newDax()))
    const memory = valueOf(system.machine.memory(DAX))
    const totalBefore = get(system, '/proc/meminfo', ROOT)
    memory.write(5 * MIB, Uint8Array.of(1, 2, 3))
    failureOf(runNow(system.setDaxMode(DAX, 'system-ram', USER.user)), 'not_root')
    failureOf(runNow(system.setDaxMode('/dev/dax7.0', 'system-ram')), 'no_device')
    run(system.setDaxMode(DAX, 'system-ram'))
    expect(system.devices()).toMatchObject([{ name: DAX, sizeBytes: 32 * MIB, mode: 'system-ram' }])
    expect(errnoOf(system.stat(DAX, ROOT))).toBe('ENOENT')
    expect(valueOf(system.realpath('/sys/bus/dax/devices/dax0.0/driver', ROOT))).toBe('/sys/bus/dax/drivers/kmem')
    expect(get(system, '/proc/meminfo', ROOT)).not.toBe(totalBefore)
    const seen = new Uint8Array(3).fill(9)
    memory.read(5 * MIB, seen)
    expect([...seen]).toEqual([0, 0, 0])
    run(system.setDaxMode(DAX, 'devdax'))
    expect(valueOf(system.deviceOf(DAX, ROOT))).toBe(DAX)
    expect(valueOf(system.readlink('/sys/bus/dax/devices/dax0.0/driver', ROOT))).toBe('../../drivers/device_dax')
  })

  it('keeps its mode while it is mounted; newer kernels mount it in famfs mode', () => {
    const system = newSystem(newMachine('A', newDax()), { kernelRelease: '6.17.0-famfs' })
    run(system.machine.mkfs(DAX, {}))
    expect([system.rawAccess, newSystem().rawAccess]).toEqual([false, true])
    failureOf(runNow(system.mountFamfs(DAX, MNT, { kind: 'v1' }, ROOT)), 'wrong_dax_mode')
    run(system.setDaxMode(DAX, 'famfs'))
    run(system.mountFamfs(DAX, MNT, { kind: 'v1' }, ROOT))
    failureOf(runNow(system.setDaxMode(DAX, 'devdax')), 'mounted')
    expect(errnoOf(valueOf(system.open(DAX, { read: true }, ROOT)).read(0, new Uint8Array(1)))).toBe('EINVAL')
  })

  it('is described under /sys', () => {
    const system = newSystem(newMachine('A', newDax(), newDax(16 * MIB, '/dev/pmem0')))
    expect(namesOf(system, '/sys/bus/dax/devices', ROOT)).toEqual(['dax0.0', 'pmem0'])
    expect(get(system, '/sys/bus/dax/devices/dax0.0/size', ROOT)).toBe(`${32 * MIB}\n`)
    expect(get(system, '/sys/bus/dax/devices/pmem0/dev', ROOT)).toBe('252:1\n')
    expect(valueOf(system.deviceOf('/dev/pmem0', ROOT))).toBe('/dev/pmem0')
    expect(get(system, '/proc/iomem', ROOT)).toMatch(/^240000000-241ffffff : Soft Reserved\n {2}\S+ : dax0\.0\n/)
  })
})

describe('generated files', () => {
  it('tell what is so when they are opened', () => {
    const system = newSystem(newMachine('A', newDax()), { cpuCount: 3 })
    expect(valueOf(system.stat('/proc/uptime', ROOT)).sizeBytes).toBe(0)
    expect(get(system, '/proc/uptime', ROOT)).toBe('0.00 0.00\n')
    const handle = valueOf(system.open('/proc/uptime', { read: true }, ROOT))
    CLOCK.ms += 61_500
    expect(get(system, '/proc/uptime', ROOT)).toBe('61.50 61.50\n')
    expect(handle.sizeBytes()).toBe('0.00 0.00\n'.length)
    expect(get(system, '/proc/cpuinfo', ROOT).match(/^processor/gm)).toHaveLength(3)
    expect(get(system, '/sys/devices/system/cpu/online', ROOT)).toBe('0-2\n')
    expect(get(system, '/proc/version', ROOT)).toContain('6.14.0-famfs')
    expect(get(system, '/opt/famfs/system_uuid', ROOT)).toBe(`${system.machine.systemUuid}\n`)
    expect(get(system, '/proc/sys/kernel/random/uuid', ROOT)).not.toBe(get(system, '/proc/sys/kernel/random/uuid', ROOT))
  })

  it('are written only where that means something', () => {
    const system = newSystem()
    put(system, '/proc/sys/vm/drop_caches', '3\n', ROOT)
    expect(errnoOf(valueOf(system.open('/proc/version', { write: true }, ROOT)).write(0, new Uint8Array(1)))).toBe('EPERM')
    expect(errnoOf(system.open('/proc/version', { write: true }, USER))).toBe('EACCES')
  })

  it('write blanks in mount points as the kernel does', () => {
    const system = newSystem(newMachine('A', newDax()))
    valueOf(system.mkdir('/var/a b', 0o755, ROOT))
    run(system.machine.mkfs(DAX, {}))
    run(system.mountFamfs(DAX, '/var/a b', { kind: 'v1' }, ROOT))
    expect(get(system, '/etc/mtab', ROOT)).toContain(`${DAX} /var/a\\040b famfs rw`)
    expect(get(system, '/proc/self/mountinfo', ROOT)).toContain('/var/a\\040b')
  })
})

describe('modules', () => {
  it('come and go under /sys/module and in /proc', () => {
    const system = newSystem()
    expect(system.modules()).toContain('famfs')
    expect(get(system, '/proc/filesystems', ROOT)).toContain('nodev\tfamfs\n')
    valueOf(system.unloadModule('famfs'))
    failureOf(system.unloadModule('famfs'), 'no_module')
    expect(errnoOf(system.stat('/sys/module/famfs', ROOT))).toBe('ENOENT')
    expect(get(system, '/proc/filesystems', ROOT)).not.toContain('famfs')
    valueOf(system.loadModule('famfs', { generation: 'newer' }))
    expect(get(system, '/sys/module/famfs/parameters/generation', ROOT)).toBe('newer\n')
    expect(get(system, '/proc/modules', ROOT)).toContain('famfs 65536 0 - Live')
    failureOf(system.loadModule('zfs'), 'no_module')
    failureOf(system.loadModule('famfs', { generation: 'third' }), 'bad_parameter')
  })
})

describe('the log', () => {
  it('keeps the newest lines', () => {
    const system = newSystem()
    for (let i = 0; i < 2100; i++) system.log(`line ${i}`)
    expect(system.systemLog()).toHaveLength(2000)
    expect(system.systemLog().at(-1)).toBe('line 2099')
  })
})
