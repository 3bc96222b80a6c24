// Memory that fails under a host: what holds superblock and log gives a clear failure and nothing half made, what it took
// down stays down until it is unmounted, and mkfs mends it.

import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Reason } from '../../../src/core/base/failure.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { logplayDeviceOn } from '../../../src/core/machine/deviceLog.ts'
import { changeDevice, clearPoison } from '../../../src/core/machine/deviceErrors.ts'
import { devaddOn } from '../../../src/core/machine/joining.ts'
import { isStandalone, kernelNames } from '../../../src/core/machine/kernels.ts'
import { makeSandbox } from '../../../src/host/sandbox.ts'
import { storeBytes } from '../../../src/core/machine/storing.ts'
import { fsckOn } from '../../../src/core/machine/judging.ts'
import type { Machine } from '../../../src/core/machine/machine.ts'
import type { Daxdev } from '../../../src/core/mem/daxdev.ts'
import { POISON_RANGES_MOST } from '../../../src/core/base/poison.ts'
import { Health } from '../../../src/core/mem/health.ts'
import { coherentMemory } from '../../../src/core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { DATA_START, DAX, MNT, newClient, newDax, newMachine, newMaster, ROOT_USER, run, sourceOf } from '../../helpers/machines.ts'
import { failureOf, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { runLine } from '../../helpers/lines.ts'
import { newDevices } from '../../helpers/fleetOfDevices.ts'
import { errnoOf, newSystem, rootAt } from '../../helpers/systems.ts'

let device: Daxdev
let machine: Machine
let health: Health

beforeEach(() => {
  device = newDax(32 * MIB)
  machine = newMaster(device)
  health = new Health(device.health)
  run(machine.cp(sourceOf(patternBytes(5000, 1)), `${MNT}/f`))
})

const KINDS: Record<string, () => unknown> = {
  'poison in the superblock': () => health.addPoison(64, 64),
  'poison in the log header': () => health.addPoison(LOG_OFFSET_BYTES, 64),
  'poison in a slot of the log': () => health.addPoison(LOG_OFFSET_BYTES + 64_000, 64),
  'a device that is stopped': () => health.stop(),
  'a device reconfigured under the mount': () => health.reconfigure(),
}

/** All that works with superblock and log of a mount. */
function mountedWork(): Record<string, Result<unknown>> {
  return {
    creat: runNow(machine.creat(`${MNT}/new`, { sizeBytes: 4096 })),
    cp: runNow(machine.cp(sourceOf(patternBytes(10, 1)), `${MNT}/copied`)),
    mkdir: runNow(machine.mkdir(`${MNT}/a/b/c`, { parents: true })),
    clone: runNow(machine.clone(`${MNT}/f`, `${MNT}/cloned`)),
    logplay: runNow(machine.logplay(MNT)),
    whole: runNow(machine.logplay(MNT, { whole: true, dryRun: true })),
  }
}

describe.each(Object.entries(KINDS))('%s', (name, breaks) => {
  it('fails whatever works with the mounted file system, and nothing is half made', () => {
    const before = coherentMemory(device).window(0, DATA_START).slice()
    const known = machine.inodes(MNT).length
    breaks()
    for (const [work, result] of Object.entries(mountedWork())) expect({ work, ...failureOf(result, 'mount_failed') }).toMatchObject({ work, errno: 'ENODEV' })
    expect(machine.inodes(MNT)).toHaveLength(known)
    expect(Buffer.compare(before, coherentMemory(device).window(0, DATA_START))).toBe(0)
    // The standalone module gives no byte of the mount any more.
    failureOf(machine.open(`${MNT}/f`, { read: true }, ROOT_USER), 'mount_failed')
    valueOf(machine.stat(`${MNT}/f`))
    valueOf(machine.umount(MNT))
  })

  it('stays with the mount when it is mended, and is gone with it', () => {
    breaks()
    failureOf(runNow(machine.mkdir(`${MNT}/d`)), 'mount_failed')
    health.mend()
    failureOf(runNow(machine.mkdir(`${MNT}/d`)), 'mount_failed')
    valueOf(machine.umount(MNT))
    run(machine.mount(DAX, MNT))
    run(machine.mkdir(`${MNT}/d`))
    run(machine.flush(`${MNT}/f`, ROOT_USER))
    expect(valueOf(machine.stat(`${MNT}/d`)).kind).toBe('directory')
  })

  it('is told by a device that isn’t mounted, too', () => {
    valueOf(machine.umount(MNT))
    breaks()
    if (name.includes('reconfigured')) {
      run(machine.mount(DAX, MNT))
      return
    }
    const reasons: [string, Result<unknown>][] = [
      ['mount', runNow(machine.mount(DAX, MNT))],
      ['logplay', runNow(logplayDeviceOn(machine, DAX, undefined))],
      ['fsck', runNow(fsckOn(machine, DAX))],
    ]
    for (const [work, result] of reasons) expect({ work, ...failureOf(result, 'device_failed') }).toMatchObject({ work, errno: 'EIO' })
    expect(machine.mounts()).toEqual([])
  })
})

describe('mkfs', () => {
  it('mends a device that answers; what it can’t read it formats only by force', () => {
    valueOf(machine.umount(MNT))
    health.addPoison(0, 64)
    failureOf(runNow(machine.mkfs(DAX, {})), 'device_failed')
    expect(health.poison).toHaveLength(1)
    run(machine.mkfs(DAX, { force: true }))
    expect(health.isSound).toBe(true)
    run(machine.mount(DAX, MNT))
  })

  it('mends poison that is elsewhere without being forced: zeros, as where it is cleared, and nothing beside it', () => {
    const all = newDevices(3)
    const other = newMachine('B', ...all)
    const at = 20 * MIB
    for (const each of all) {
      coherentMemory(each).write(at - 64, new Uint8Array(192).fill(7))
      new Health(each.health).addPoison(at, 64)
    }
    const [primary, secondary, added] = all.map(({ name }) => name)
    run(other.mkfs(primary!, { secondaries: [secondary!] }))
    run(other.mount(primary!, MNT))
    run(devaddOn(other, MNT, [added!], {}, ROOT_USER))
    for (const each of all) {
      expect(new Health(each.health).isSound).toBe(true)
      expect([...coherentMemory(each).window(at - 64, 192)]).toEqual(Array.from({ length: 192 }, (_, i) => (i >= 64 && i < 128 ? 0 : 7)))
    }
  })

  it('formats no device that doesn’t answer, and kills nothing on it', () => {
    valueOf(machine.umount(MNT))
    health.stop()
    const before = coherentMemory(device).window(0, 4096).slice()
    failureOf(runNow(machine.mkfs(DAX, { force: true })), 'device_failed')
    failureOf(machine.kill(DAX), 'device_failed')
    expect(Buffer.compare(before, coherentMemory(device).window(0, 4096))).toBe(0)
    health.start()
    run(machine.mount(DAX, MNT))
  })
})

describe('every host', () => {
  it('learns of it by its own access, and goes on where it has touched nothing', () => {
    const client = newClient('B', device)
    health.addPoison(DATA_START, 64)
    failureOf(valueOf(client.mmap(`${MNT}/f`, { read: true }, ROOT_USER)).copyTo(new Uint8Array(100)), 'mount_failed')
    // The master hasn't touched those bytes.
    run(machine.mkdir(`${MNT}/d`))
    expect(valueOf(machine.stat(`${MNT}/d`)).kind).toBe('directory')
    failureOf(valueOf(machine.mmap(`${MNT}/f`, { read: true }, ROOT_USER)).copyTo(new Uint8Array(100)), 'mount_failed')
    failureOf(runNow(machine.mkdir(`${MNT}/e`)), 'mount_failed')
  })

  it('has a device that was stopped while nobody looked as if nothing had been', () => {
    health.stop()
    health.start()
    run(machine.mkdir(`${MNT}/d`))
    expect(valueOf(machine.stat(`${MNT}/d`)).kind).toBe('directory')
  })
})

describe('switching a device', () => {
  it('to system-ram and back begins anew: zero and without poison', () => {
    const system = newSystem(machine)
    valueOf(machine.umount(MNT))
    health.addPoison(DATA_START, 4096)
    run(system.memoryDevices.setMode(DAX, 'system-ram'))
    run(system.memoryDevices.setMode(DAX, 'devdax'))
    expect(health.isSound).toBe(true)
    expect(coherentMemory(device).window(0, DATA_START + 8192).some((byte) => byte !== 0)).toBe(false)
  })

  it('under a mount takes force, and then the mount has another device under it', () => {
    const system = newSystem(machine)
    const client = newClient('B', device)
    failureOf(runNow(system.memoryDevices.setMode(DAX, 'famfs')), 'mounted')
    run(system.memoryDevices.setMode(DAX, 'famfs', ROOT_USER, true))
    for (const host of [machine, client]) expect(failureOf(runNow(host.logplay(MNT)), 'mount_failed').says).toContain('was reconfigured under the mount')
    valueOf(system.umount(MNT, rootAt('/')))
    run(machine.mount(DAX, MNT))
    run(machine.flush(`${MNT}/f`, ROOT_USER))
  })

  it('is refused while the device doesn’t answer', () => {
    const system = newSystem(machine)
    valueOf(machine.umount(MNT))
    health.stop()
    failureOf(runNow(system.memoryDevices.setMode(DAX, 'system-ram')), 'device_failed')
    expect(system.memoryDevices.modeOf(DAX)).toBe('devdax')
  })
})

it('bytes stored past every check are stored nowhere where memory failed', () => {
  const memory = coherentMemory(device)
  const store = (at: number) => storeBytes(memory, at, Uint8Array.of(1, 2))
  health.addPoison(DATA_START, 64)
  const before = memory.window(DATA_START, 64).slice()
  for (const at of [DATA_START - 1, DATA_START, DATA_START + 63]) failureOf(store(at), 'device_failed')
  for (const at of [DATA_START - 2, DATA_START + 64]) valueOf(store(at))
  expect(Buffer.compare(before, memory.window(DATA_START, 64))).toBe(0)
  health.stop()
  failureOf(store(DATA_START + 4096), 'device_failed')
  failureOf(store(32 * MIB), 'out_of_device')
})

describe('poison by hand', () => {
  it('is of whole lines on the device', () => {
    const memory = coherentMemory(device)
    const refused: [number, number, Reason][] = [
      [0, 0, 'out_of_device'], [-64, 64, 'out_of_device'], [32 * MIB, 64, 'out_of_device'], [0.5, 64, 'out_of_device'], [32 * MIB - 64, 128, 'out_of_device'],
      [1, 64, 'bad_poison'], [64, 65, 'bad_poison'],
    ]
    for (const [offsetBytes, lengthBytes, reason] of refused) {
      failureOf(changeDevice(memory, { kind: 'poison', offsetBytes, lengthBytes }), reason)
      failureOf(runNow(clearPoison(memory, offsetBytes, lengthBytes)), reason)
    }
    expect(health.isSound).toBe(true)
    valueOf(changeDevice(memory, { kind: 'poison', offsetBytes: 32 * MIB - 64, lengthBytes: 64 }))
    expect(health.poison).toEqual([{ offsetBytes: 32 * MIB - 64, lengthBytes: 64 }])
    expect(valueOf(runNow(clearPoison(memory, 0, 32 * MIB)))).toEqual([{ offsetBytes: 32 * MIB - 64, lengthBytes: 64 }])
    expect(health.poison).toEqual([])
  })

  it('leaves the bytes until it is cleared; then the lines that were poisoned are zeros, and no others', () => {
    const memory = coherentMemory(device)
    const bytes = patternBytes(1024, 5).map((byte) => byte | 1)
    memory.write(DATA_START, bytes)
    const now = (): Uint8Array => memory.window(DATA_START, bytes.length).slice()
    const zeroed = (...ranges: [number, number][]): Uint8Array => bytes.map((byte, i) => (ranges.some(([from, to]) => i >= from && i < to) ? 0 : byte))
    for (const at of [128, 512]) valueOf(changeDevice(memory, { kind: 'poison', offsetBytes: DATA_START + at, lengthBytes: 128 }))
    expect(now()).toEqual(bytes)
    expect(valueOf(runNow(clearPoison(memory, DATA_START, 192)))).toEqual([{ offsetBytes: DATA_START + 128, lengthBytes: 64 }])
    expect(now()).toEqual(zeroed([128, 192]))
    expect(health.poison).toEqual([{ offsetBytes: DATA_START + 192, lengthBytes: 64 }, { offsetBytes: DATA_START + 512, lengthBytes: 128 }])
    expect(valueOf(runNow(clearPoison(memory, 0, 32 * MIB)))).toHaveLength(2)
    expect(now()).toEqual(zeroed([128, 256], [512, 640]))
    expect([health.poison, valueOf(runNow(clearPoison(memory, 0, 32 * MIB)))]).toEqual([[], []])
  })

  it('is kept in so many ranges, and in no more', () => {
    const memory = coherentMemory(device)
    const poison = (at: number) => changeDevice(memory, { kind: 'poison', offsetBytes: at * 192, lengthBytes: 128 })
    for (let i = 0; i < POISON_RANGES_MOST; i++) valueOf(poison(i))
    const full = failureOf(poison(POISON_RANGES_MOST), 'poison_full')
    expect([full.errno, full.says]).toEqual(['ENOSPC', `${DAX} can't tell more than ${POISON_RANGES_MOST} poisoned ranges apart`])
    // What fills a gap makes one of two.
    valueOf(changeDevice(memory, { kind: 'poison', offsetBytes: 128, lengthBytes: 64 }))
    valueOf(poison(POISON_RANGES_MOST))
    memory.write(64, new Uint8Array(64).fill(7))
    failureOf(runNow(clearPoison(memory, 64, 64)), 'poison_full')
    expect([health.poison.length, memory.window(64, 64).every((byte) => byte === 7)]).toEqual([POISON_RANGES_MOST, true])
  })
})

describe.each(kernelNames.filter((kernel) => kernel !== 'v1-abi42'))('a real mount of %s', (kernel) => {
  const broken: Record<string, [breaks: (its: Health) => unknown, isReported: boolean]> = {
    'a stop': [(its) => its.stop(), true],
    'a reconfiguration': [(its) => its.reconfigure(), true],
    'poison in the file’s bytes': [(its) => its.addPoison(2 * MIB, 64), true],
    'poison in its superblock': [(its) => its.addPoison(0, 64), false],
  }

  it.each(Object.entries(broken))('is told of %s of a device that nobody has touched yet', (_, [breaks, isReported]) => {
    const devices = newDevices(2)
    const owner = newMachine('A', ...devices)
    run(owner.mkfs('/dev/dax0.0', { secondaries: ['/dev/dax1.0'] }))
    run(owner.mount('/dev/dax0.0', MNT))
    run(owner.creat(`${MNT}/striped`, { sizeBytes: 4 * MIB, interleave: { stripCount: 2, bucketCount: 2, chunkBytes: 2 * MIB } }))
    const client = newSystem(newMachine('B', ...devices), { sandbox: makeSandbox })
    expect(runLine(client, `famfs mount --kernel ${kernel} /dev/dax0.0 ${MNT}`).exit).toBe(0)
    breaks(new Health(devices[1]!.health))
    const read = (): string => {
      const opened = client.machine.open(`${MNT}/striped`, { read: true }, ROOT_USER)
      return errnoOf(opened.ok ? client.machine.read(opened.value, 0, new Uint8Array(4 * MIB)) : opened)
    }
    const wanted = !isReported ? ['ok', 'ok'] : isStandalone(kernel) ? ['ENODEV', 'ENODEV'] : ['EHWPOISON', 'EIO']
    expect([read(), read()]).toEqual(wanted)
  })

  it('loses the files of the device that fails, and they alone where files fail one by one', () => {
    const devices = newDevices(3)
    const owner = newSystem(newMachine('A', ...devices), { sandbox: makeSandbox })
    const say = (line: string): [number, string] => {
      const { exit, stderr } = runLine(owner, line)
      return [exit, stderr]
    }
    expect(say('mkfs.famfs /dev/dax0.0 /dev/dax1.0 /dev/dax2.0')).toEqual([0, ''])
    expect(say(`famfs mount --kernel ${kernel} /dev/dax0.0 ${MNT}`)).toEqual([0, ''])
    run(owner.machine.creat(`${MNT}/near`, { sizeBytes: 4096 }))
    run(owner.machine.fill(`${MNT}/near`, 5, ROOT_USER))
    run(owner.machine.creat(`${MNT}/striped`, { sizeBytes: 6 * MIB, interleave: { stripCount: 3, bucketCount: 3, chunkBytes: 2 * MIB } }))
    run(owner.machine.fill(`${MNT}/striped`, 6, ROOT_USER))
    new Health(devices[1]!.health).stop()
    const [first, then, other] = isStandalone(kernel) ? ['ENODEV', 'ENODEV', 'ENODEV'] : ['EHWPOISON', 'EIO', 'ok']
    const verified = (path: string, seed: number): string => errnoOf(runNow(owner.machine.verify(`${MNT}/${path}`, seed, ROOT_USER)))
    expect([verified('near', 5), verified('striped', 6), verified('striped', 6), verified('near', 5)]).toEqual(['ok', first, then, other])
    // Superblock and log are on the first device.
    expect(errnoOf(runNow(owner.machine.mkdir(`${MNT}/d`)))).toBe(other)
    expect(say(`umount ${MNT}`)).toEqual([0, ''])
    // What doesn't answer isn't here: the rest is.
    expect(say(`famfs mount --kernel ${kernel} /dev/dax0.0 ${MNT}`)[0]).toBe(0)
    expect([verified('near', 5), verified('striped', 6)]).toEqual(['ok', 'ENODEV'])
    expect(say(`umount ${MNT}`)).toEqual([0, ''])
    new Health(devices[1]!.health).start()
    expect(say(`famfs mount --kernel ${kernel} /dev/dax0.0 ${MNT}`)).toEqual([0, ''])
    expect([verified('near', 5), verified('striped', 6)]).toEqual(['ok', 'ok'])
  })
})

describe('several devices', () => {
  it('are not formatted where one of them doesn’t answer, and none is touched', () => {
    const devices = newDevices(2)
    const host = newMachine('A', ...devices)
    new Health(devices[1]!.health).stop()
    failureOf(runNow(host.mkfs(devices[0]!.name, { secondaries: [devices[1]!.name] })), 'device_failed')
    expect(coherentMemory(devices[0]!).window(0, 4096).some((byte) => byte !== 0)).toBe(false)
  })
})
