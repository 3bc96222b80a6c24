// A session with several devices: places count from the pool's start, hosts call the devices as they like, and what the
// hardware says of them is a part of each step.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { openDump } from '../../../src/playground/dump.ts'
import type { Session } from '../../../src/playground/session.ts'
import type { PoolDeviceView, Snapshot } from '../../../src/playground/types.ts'
import { memoryAdvice } from '../../../src/ui/memoryGuide.ts'
import { usedBytes } from '../../../src/ui/rescue.ts'
import { failureOf, firstDifference, valueOf } from '../../helpers/outcome.ts'
import { picturesOf } from '../../helpers/sessions.ts'
import { EACH, extentsOn, faultsOn, run, striped, three } from '../../helpers/threeDevices.ts'

const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }
const healthOf = ({ device }: Snapshot): PoolDeviceView['health'][] => device.devices.map(({ health }) => health)

describe('a session with three devices', () => {
  it('shows each, with its place, its part in the file system and what is used of it', async () => {
    const { session, newest } = await three()
    const { device, files, hosts } = session.snapshot()
    expect(newest().byteLength).toBe(3 * EACH)
    expect(device).toMatchObject({ name: '/dev/dax0.0', sizeBytes: 3 * EACH, filesystem: { unitCount: (3 * EACH) / 4096, entryCount: 2, badEntryCount: 0 } })
    expect(device.devices).toMatchObject([0, 1, 2].map((devindex) => ({
      devindex, fsDevindex: devindex, name: `/dev/dax${devindex}.0`, baseBytes: devindex * EACH, sizeBytes: EACH, unitCount: EACH / 4096,
      usedUnitCount: devindex === 0 ? (10 * MIB) / 4096 : (2 * MIB) / 4096, health: { poison: [], isStopped: false, configuration: 0 },
    })))
    expect(new Set(device.devices.map(({ uuid }) => uuid)).size).toBe(3)
    expect(files).toEqual([])
    expect(hosts.map(({ name, role, mountpoint, playedCount }) => [name, role, mountpoint, playedCount])).toEqual([['A', 'master', '/mnt/famfs', 2], ['B', 'client', '/mnt/famfs', 2]])
    await session.dispose()
  })

  it('stripes a file over them, which every host reads although it calls them otherwise', async () => {
    const { session } = await three()
    valueOf(await session.addHost())
    await striped(session)
    const [file] = session.snapshot().files
    expect(file?.extents.map(({ offsetBytes }) => Math.floor(offsetBytes / EACH)).sort()).toEqual([0, 1, 2])
    for (const name of ['B', 'C']) valueOf(await session.playLog(name))
    const hashes = await Promise.all(['A', 'B', 'C'].map(async (name) => valueOf(await session.sha256(name, 'wide'))))
    expect(new Set(hashes).size).toBe(1)
    for (const { files } of session.snapshot().hosts) expect(files).toMatchObject([{ path: 'wide', extents: file?.extents }])
    const named = await Promise.all(['A', 'B'].map(async (name) => {
      const shell = valueOf(await session.openShell(name))
      let text = ''
      await shell.run('ls -1 /dev/dax*; famfs daxdev list /mnt/famfs', { ...how, onNote: (note) => void (text += note.kind === 'output' ? note.text : '') })
      return text
    }))
    expect(named[0]).toContain('/dev/dax1.0')
    expect(named[0]).not.toBe(named[1])
    // What a host reads is what is in the pool, at the places that the page shows.
    const bytes = valueOf(await session.peek({ kind: 'file', host: 'B', path: 'wide' }, MIB, 4096))
    const second = file?.extents[1]?.offsetBytes ?? 0
    expect(bytes).toEqual(valueOf(await session.peek({ kind: 'device' }, second, 4096)))
    expect(session.snapshot().problems.list).toEqual([])
    await session.dispose()
  })
})

describe('what the hardware says', () => {
  it('is a step with a command, shows in device, problems and files, and goes and comes with its step', async () => {
    const { session, newest } = await three()
    await striped(session)
    const plain = [{ poison: [], isStopped: false, configuration: 0 }, { poison: [], isStopped: false, configuration: 0 }, { poison: [], isStopped: false, configuration: 0 }]
    const at = session.snapshot().files[0]?.extents.find(({ offsetBytes }) => offsetBytes >= EACH && offsetBytes < 2 * EACH)?.offsetBytes ?? 0
    const before = session.snapshot().history.position
    valueOf(await session.poison(1, at - EACH, 128))
    valueOf(await session.stopDevice(2))
    valueOf(await session.reconfigureDevice(2))
    const bad = session.snapshot()
    const states = [plain[0], { ...plain[1], poison: [{ offsetBytes: at, lengthBytes: 128 }] }, { poison: [], isStopped: true, configuration: 1 }]
    expect(healthOf(bad)).toEqual(states)
    expect(bad.history).toMatchObject({ position: before + 3, stepCount: before + 3, back: 'Device 2 was reconfigured: to whoever has it mounted it is another device now.' })
    expect(bad.trace.slice(-3).map(({ kind, command, bytes }) => [kind, command, bytes])).toEqual([
      ['memory', `sudo cxl inject-media-poison /dev/dax1.0 --address 0x${(at - EACH).toString(16)} --length 128`, { offsetBytes: at, lengthBytes: 128 }],
      ['memory', 'sudo daxctl disable-device /dev/dax2.0', { offsetBytes: 2 * EACH, lengthBytes: EACH }],
      ['memory', 'sudo daxctl reconfigure-device --force --mode=devdax /dev/dax2.0', { offsetBytes: 2 * EACH, lengthBytes: EACH }],
    ])
    expect(bad.files).toMatchObject([{ path: 'wide', fault: 'memory' }])
    expect(faultsOn(bad, 'A')).toEqual([['wide', 'failing']])
    const bytes = new Uint8Array(newest()).slice()
    for (const [back, health] of [[1, [states[0], states[1], { ...plain[2], isStopped: true }]], [2, [states[0], states[1], plain[2]]], [3, plain]] as const) {
      valueOf(await session.stepTo(before + 3 - back))
      expect(healthOf(session.snapshot())).toEqual(health)
    }
    expect(session.snapshot().files[0]?.fault).toBeUndefined()
    expect(faultsOn(session.snapshot(), 'A')).toEqual([['wide', undefined]])
    valueOf(await session.stepTo(before + 3))
    expect(healthOf(session.snapshot())).toEqual(states)
    expect(firstDifference(new Uint8Array(newest()), bytes)).toBe(-1)
    valueOf(await session.clearPoison(1))
    valueOf(await session.startDevice(2))
    expect(healthOf(session.snapshot())).toEqual([plain[0], plain[1], { ...plain[2], configuration: 1 }])
    expect(session.snapshot().files[0]?.fault).toBeUndefined()
    // The mount had the device before it was reconfigured, which it learns when it touches it.
    expect(faultsOn(session.snapshot(), 'A')).toEqual([['wide', 'failing']])
    failureOf(await session.sha256('A', 'wide'), 'mount_failed')
    expect(faultsOn(session.snapshot(), 'A')).toEqual([['wide', 'memory']])
    await session.dispose()
  })

  it('is an error to who touches it, and the step that met it leaves what it made', async () => {
    const { session } = await three()
    valueOf(await session.newFile({ path: 'first', sizeBytes: 4096, seed: 3 }))
    const free = (session.snapshot().files[0]?.extents[0]?.offsetBytes ?? 0) + 4096
    valueOf(await session.poison(0, free, 64))
    const { position } = session.snapshot().history
    failureOf(await session.newFile({ path: 'second', sizeBytes: 4096, seed: 4 }), 'mount_failed')
    const met = session.snapshot()
    expect(met.files.map(({ path, fault }) => [path, fault])).toEqual([['first', undefined], ['second', 'memory']])
    // The standalone module gives up the whole mount.
    expect(faultsOn(met, 'A')).toEqual([['first', 'memory'], ['second', 'memory']])
    expect(met.history).toMatchObject({ position: position + 1 })
    valueOf(await session.stepTo(position))
    expect(session.snapshot().files).toHaveLength(1)
    valueOf(await session.stepTo(position + 1))
    expect(session.snapshot().files).toHaveLength(2)
    expect(picturesOf(session.snapshot())).toEqual(picturesOf(met))
    await session.dispose()
  })

  it('changed by a command on a host shows, and is a part of that line’s step', async () => {
    const { session } = await three()
    await striped(session)
    const { position } = session.snapshot().history
    // B calls the pool's second device otherwise.
    const name = session.snapshot().device.devices[2]?.name ?? ''
    expect(await run(session, 'B', `cxl inject-media-poison ${name} --address 0x200000 --length 4096`)).toBe(0)
    const bad = session.snapshot()
    expect(healthOf(bad).map(({ poison }) => poison)).toEqual([[], [{ offsetBytes: EACH + 2 * MIB, lengthBytes: 4096 }], []])
    expect(bad.history).toMatchObject({ position: position + 1 })
    valueOf(await session.stepTo(position))
    expect(healthOf(session.snapshot()).every(({ poison }) => poison.length === 0)).toBe(true)
    valueOf(await session.stepTo(position + 1))
    expect(healthOf(session.snapshot())).toEqual(healthOf(bad))
    await session.dispose()
  })

  it.each([
    ['by the page', (session: Session) => session.clearPoison(1)],
    ['typed', async (session: Session) => ({ ok: (await run(session, 'A', `cxl clear-media-poison /dev/dax1.0 --address 0 --length ${EACH}`)) === 0 })],
  ])('poison that is cleared %s leaves zeros, which a step back makes what they were', async (_, clear) => {
    const { session, newest } = await three()
    onTestFinished(() => session.dispose())
    await striped(session)
    const at = session.snapshot().files[0]?.extents.find(({ offsetBytes }) => offsetBytes >= EACH && offsetBytes < 2 * EACH)?.offsetBytes ?? 0
    const before = new Uint8Array(newest()).slice()
    const hash = valueOf(await session.sha256('A', 'wide'))
    valueOf(await session.poison(1, at - EACH + 64, 128))
    expect(firstDifference(new Uint8Array(newest()), before)).toBe(-1)
    const zeroed = before.slice()
    zeroed.fill(0, at + 64, at + 192)
    const { position } = session.snapshot().history
    expect(await clear(session)).toMatchObject({ ok: true })
    await session.settled()
    const states: [number, Uint8Array, boolean][] = [[position + 1, zeroed, false], [position, before, true], [position + 1, zeroed, false], [position - 1, before, false], [position + 1, zeroed, false]]
    for (const [where, bytes, isPoisoned] of states) {
      valueOf(await session.stepTo(where))
      expect([where, firstDifference(new Uint8Array(newest()), bytes), healthOf(session.snapshot())[1]?.poison.length]).toEqual([where, -1, isPoisoned ? 1 : 0])
    }
    expect(session.snapshot().history).toMatchObject({ position: position + 1, stepCount: position + 1 })
    expect(valueOf(await session.sha256('A', 'wide'))).not.toBe(hash)
    expect(await run(session, 'A', 'famfs verify -S 7 -f /mnt/famfs/wide')).not.toBe(0)
  })

  it('says what was lost by clearing, and nothing where nothing was poisoned', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    await striped(session)
    const at = session.snapshot().files[0]?.extents.find(({ offsetBytes }) => offsetBytes >= EACH && offsetBytes < 2 * EACH)?.offsetBytes ?? 0
    const last = () => session.snapshot().trace.at(-1)
    valueOf(await session.poison(1, at - EACH, 4096))
    valueOf(await session.clearPoison(1))
    expect(last()).toMatchObject({
      kind: 'memory', sentence: 'Poison on device 1 was cleared: 64 lines of wide are zeros now, and what was there is lost. Mounts that met it stay as they are.',
      command: `sudo cxl clear-media-poison /dev/dax1.0 --address 0 --length ${EACH}`, bytes: { offsetBytes: at, lengthBytes: 4096 },
    })
    valueOf(await session.poison(2, EACH - 64, 64))
    valueOf(await session.clearPoison(2))
    expect(last()?.sentence).toBe('Poison on device 2 was cleared: 1 line is zeros now, and what was there is lost. Mounts that met it stay as they are.')
    valueOf(await session.clearPoison(2))
    expect(last()?.sentence).toBe('Nothing of device 2 was poisoned.')
  })

  it('is the same to who steps back and forth over a secondary superblock that was cleared, and to who did it', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    await striped(session)
    valueOf(await session.poison(1, 0, 64))
    const shown = () => {
      const { device: { devices }, files } = session.snapshot()
      return { devices: devices.map(({ fsDevindex, usedUnitCount }) => [fsDevindex, usedUnitCount]), files: files.map(({ path, fault, extents }) => [path, fault, extents.length]) }
    }
    const { position } = session.snapshot().history
    const whole = shown()
    expect(whole.devices.map(([fsDevindex]) => fsDevindex)).toEqual([0, 1, 2])
    expect(whole.files).toEqual([['wide', undefined, 3]])
    valueOf(await session.clearPoison(1))
    expect(session.snapshot().trace.at(-1)?.sentence).toBe('Poison on device 1 was cleared: 1 line of the superblock is zeros now, and what was there is lost. Mounts that met it stay as they are.')
    const cleared = shown()
    expect(cleared.devices.map(([fsDevindex]) => fsDevindex)).toEqual([0, undefined, 2])
    expect(cleared.files).toEqual([['wide', 'missing', 0]])
    for (const [where, there] of [[position, whole], [position + 1, cleared], [position - 1, whole], [position + 1, cleared]] as const) {
      valueOf(await session.stepTo(where))
      expect([where, shown()]).toEqual([where, there])
    }
  })

  it('is named among the problems, with where it is', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.poison(1, 4 * MIB, 64))
    valueOf(await session.stopDevice(2))
    await vi.waitFor(() => expect(session.snapshot().problems.checking).toBe(false), { timeout: 5000 })
    expect(session.snapshot().problems.list.map(({ says, bytes, host }) => [says, bytes, host])).toEqual([
      ['Device 1 has poisoned memory: 64 bytes at 0x400000.', { offsetBytes: EACH + 4 * MIB, lengthBytes: 64 }, undefined],
      ['Device 2 does not answer: nobody reaches what is on it.', { offsetBytes: 2 * EACH, lengthBytes: EACH }, undefined],
      ['Who touches the failed memory behind wide on A gets an error. Nothing there has yet.', undefined, 'A'],
      ['B is one log entry behind: it can’t see wide.', undefined, 'B'],
    ])
    await session.dispose()
  })

  it('leads the guide, by what each mount says that it has lost', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.playLog('B'))
    const lostOn = (name: string) => session.snapshot().hosts.find((host) => host.name === name)?.lost
    const advice = () => memoryAdvice(session.snapshot())
    expect([advice(), lostOn('A'), lostOn('B')]).toEqual([undefined, [], []])
    valueOf(await session.reconfigureDevice(1))
    // Nobody is told: a mount has lost it with the first touch, and not before.
    expect(session.snapshot().hosts.map(({ lost, outdated }) => [lost, outdated])).toEqual([[[], [1]], [[], [1]]])
    expect(['A', 'B'].flatMap((name) => faultsOn(session.snapshot(), name))).toEqual([['wide', 'failing'], ['wide', 'failing']])
    expect(advice()).toMatchObject({
      says: 'Device 1 was reconfigured under the mounts of A and B: read wide on B and see the error. Umount and mount in a terminal, or reboot, and it is the new one that is mounted.',
      remount: undefined, read: { host: 'B', path: 'wide' }, bad: undefined, undoes: 'device 1 reconfigured',
    })
    const problems = () => session.snapshot().problems.list.map(({ says, next }) => [says, next])
    const again = (name: string) => `In a terminal of ${name}: umount /mnt/famfs, then famfs mount it again.`
    const ahead = (name: string) => [`Device 1 was reconfigured under the mount of ${name}: who touches wide there gets an error. Nothing there has yet.`, again(name)]
    await vi.waitFor(() => expect(problems()).toEqual([ahead('A'), ahead('B')]), { timeout: 10_000 })
    failureOf(await session.sha256('B', 'wide'), 'mount_failed')
    expect([lostOn('A'), lostOn('B')]).toEqual([[], [{ devindex: 1, why: 'reconfigured', endsMount: true }]])
    expect(['A', 'B'].flatMap((name) => faultsOn(session.snapshot(), name))).toEqual([['wide', 'failing'], ['wide', 'memory']])
    expect(advice()).toMatchObject({ says: expect.stringMatching(/^Device 1 was reconfigured under the mount of B, and its whole mount is broken: /), remount: 'B', bad: undefined })
    await vi.waitFor(() => expect(problems()).toEqual([['On B, wide can’t be read or written: device 1 was reconfigured under the mount.', again('B')], ahead('A')]), { timeout: 10_000 })
    for (const name of ['A', 'B']) valueOf(await session.rebootHost(name))
    expect([advice(), lostOn('A'), lostOn('B')]).toEqual([undefined, [], []])
    // Typed: what is done isn't a step before the line has ended, and a step back would undo the one before.
    const shell = valueOf(await session.openShell('A'))
    const stop = new AbortController()
    const line = shell.run('cxl inject-media-poison dax1.0 --address 0 --length 64; sleep 1000', { ...how, signal: stop.signal })
    await vi.waitFor(() => expect(advice()?.says).toMatch(/^Memory of device 1 is poisoned under its superblock: hosts that mount from now on do without it\./), { timeout: 10_000, interval: 5 })
    expect(advice()).toMatchObject({ undoes: undefined })
    stop.abort()
    valueOf(await line)
    await session.settled()
    expect(advice()).toMatchObject({ undoes: 'poison on device 1' })
    valueOf(await session.rebootHost('B'))
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', 'missing']])
    shell.close()
    await session.dispose()
  })

  it('is refused where there is no such device, or no such place', async () => {
    const { session } = await three()
    const { position } = session.snapshot().history
    for (const devindex of [3, -1, 0.5]) failureOf(await session.stopDevice(devindex), 'no_such_device')
    failureOf(await session.poison(0, EACH, 64), 'out_of_device')
    failureOf(await session.poison(0, 10, 64), 'bad_poison')
    failureOf(await session.detachDevice('A', 0), 'primary_stays')
    failureOf(await session.detachDevice('A', 3), 'no_such_device')
    failureOf(await session.detachDevice('Z', 1), 'no_host')
    for (const deviceCount of [0, 9, 1.5]) failureOf(await session.format({ force: true, deviceCount }), 'bad_device_count')
    expect(session.snapshot().history).toMatchObject({ position, stepCount: position })
    await session.dispose()
  })
})

describe('a file system whose primary is another device', () => {
  it('is its hosts’ own: nothing is judged by a secondary’s superblock', async () => {
    const { session } = await three()
    onTestFinished(() => session.dispose())
    expect(await run(session, 'B', 'umount /mnt/famfs')).toBe(0)
    expect(await run(session, 'A', 'umount /mnt/famfs; mkfs.famfs -f /dev/dax1.0 /dev/dax0.0 && famfs mount /dev/dax1.0 /mnt/famfs && famfs creat -s 64k -r -S 3 /mnt/famfs/f && famfs fsck /mnt/famfs')).toBe(0)
    await vi.waitFor(() => expect(session.snapshot().problems.sentence).toBe('fsck: there is no log on this device.'), { timeout: 10_000 })
    const { device, hosts: [a], problems } = session.snapshot()
    expect(device).toMatchObject({ filesystem: undefined, verdict: expect.stringMatching(/^Not shown: this is a secondary device of file system /) })
    expect(a).toMatchObject({ elsewhere: '/dev/dax1.0', stranded: false, stale: false, playedCount: 2, entryCount: 2, unseen: [], files: [{ path: 'f' }] })
    expect(problems.list.map(({ severity, id }) => [severity, id])).toEqual([['note', 'device-secondary'], ['note', 'host-A-elsewhere']])
    valueOf(await session.rebootHost('A'))
    expect(session.snapshot().hosts[0]).toMatchObject({ elsewhere: '/dev/dax1.0', mountTrouble: undefined, files: [{ path: 'f' }] })
    // Beside one that is shown, too.
    expect(await run(session, 'A', 'umount /mnt/famfs; mkfs.famfs -f /dev/dax2.0 && famfs mount /dev/dax2.0 /mnt/famfs')).toBe(0)
    expect(await run(session, 'B', 'mkfs.famfs -f /dev/dax0.0 && famfs mount /dev/dax0.0 /mnt/famfs')).toBe(0)
    expect(session.snapshot().hosts).toMatchObject([{ elsewhere: '/dev/dax2.0', stale: false, stranded: false }, { elsewhere: undefined, stale: false, role: 'master' }])
  })
})

describe('a host without one of the devices', () => {
  it('has no way to the files on it, and has it again when the device is back', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.newFile({ path: 'plain', sizeBytes: 4096, seed: 1 }))
    valueOf(await session.playLog('B'))
    const { position } = session.snapshot().history
    valueOf(await session.detachDevice('B', 1))
    const without = session.snapshot()
    expect(without.hosts.map(({ name, lacks }) => [name, lacks])).toEqual([['A', []], ['B', [1]]])
    expect(faultsOn(without, 'B')).toEqual([['wide', 'missing'], ['plain', undefined]])
    expect(faultsOn(without, 'A')).toEqual([['wide', undefined], ['plain', undefined]])
    // Where its bytes are is known all the same.
    expect(extentsOn(without, 'B')).toEqual(extentsOn(without, 'A'))
    const booted = without.trace.length
    valueOf(await session.detachDevice('B', 1))
    expect(session.snapshot()).toMatchObject({ history: { position: position + 1 }, trace: { length: booted } })
    failureOf(await session.sha256('B', 'wide'), 'device_missing')
    failureOf(await session.peek({ kind: 'file', host: 'B', path: 'wide' }, 0, 16), 'device_missing')
    expect(valueOf(await session.sha256('B', 'plain'))).toBe(valueOf(await session.sha256('A', 'plain')))
    valueOf(await session.stepTo(position))
    expect(session.snapshot().hosts[1]).toMatchObject({ lacks: [], files: [{ path: 'wide' }, { path: 'plain' }] })
    expect(valueOf(await session.sha256('B', 'wide'))).toBe(valueOf(await session.sha256('A', 'wide')))
    valueOf(await session.stepTo(position + 1))
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', 'missing'], ['plain', undefined]])
    valueOf(await session.attachDevice('B', 1))
    expect(faultsOn(session.snapshot(), 'B')).toEqual([['wide', undefined], ['plain', undefined]])
    expect(valueOf(await session.sha256('B', 'wide'))).toBe(valueOf(await session.sha256('A', 'wide')))
    await session.dispose()
  })
})

describe('bytes on secondary devices', () => {
  it('are edited, searched and taken out by their place in the pool', async () => {
    const { session } = await three()
    await striped(session)
    const bytes = new Uint8Array([250, 251, 252, 253, 254])
    valueOf(await session.edit({ host: 'B', offsetBytes: 2 * EACH + 12 * MIB, bytes }))
    expect(valueOf(await session.peek({ kind: 'device' }, 2 * EACH + 12 * MIB, 5))).toEqual(bytes)
    expect(valueOf(await session.search({ fromBytes: 0, bytes }))).toBe(2 * EACH + 12 * MIB)
    // Two devices lie behind one another here and nowhere else.
    failureOf(await session.edit({ host: 'A', offsetBytes: EACH - 2, bytes }), 'out_of_device')
    const blob = valueOf(await session.takeFile('A', 'wide'))
    expect(blob.size).toBe(6 * MIB)
    const pieces = session.snapshot().files[0]?.extents ?? []
    expect(new Uint8Array(await blob.slice(2 * MIB, 2 * MIB + 64).arrayBuffer())).toEqual(valueOf(await session.peek({ kind: 'device' }, pieces[2]?.offsetBytes ?? 0, 64)))
    valueOf(await session.poke({ host: 'A', path: 'wide', index: MIB, cell: 'Uint8', value: 77 }))
    expect(session.snapshot().trace.at(-1)?.bytes).toEqual({ offsetBytes: pieces[1]?.offsetBytes, lengthBytes: 1 })
    expect(valueOf(await session.peek({ kind: 'device' }, pieces[1]?.offsetBytes ?? 0, 1))).toEqual(new Uint8Array([77]))
    await session.dispose()
  })

  it('leave the page with the others in one file, which opens with all of them', async () => {
    const { session } = await three()
    await striped(session)
    const taken = valueOf(await usedBytes(session))
    const dump = valueOf(await openDump([new File([taken.blob], taken.name)]))
    const [there, here] = [dump.snapshot(), session.snapshot()]
    expect(there.files).toEqual(here.files)
    expect(there.device.devices.map(({ devindex, fsDevindex, baseBytes, sizeBytes, usedUnitCount }) => [devindex, fsDevindex, baseBytes, sizeBytes, usedUnitCount]))
      .toEqual(here.device.devices.map(({ devindex, fsDevindex, baseBytes, sizeBytes, usedUnitCount }) => [devindex, fsDevindex, baseBytes, sizeBytes, usedUnitCount]))
    expect(there.dump).toMatchObject({ state: 'sound', notes: ['The file holds 3 devices of the file system, one behind the other.'] })
    expect(there.problems.list).toEqual([])
    for (const { offsetBytes, lengthBytes } of here.files[0]?.extents ?? []) {
      const at = offsetBytes + lengthBytes - 4096
      expect(valueOf(await dump.peek({ kind: 'device' }, at, 4096))).toEqual(valueOf(await session.peek({ kind: 'device' }, at, 4096)))
    }
    await session.dispose()
  })

  it('are looked after by fsck: a secondary superblock that was damaged, and files that share its units', async () => {
    const { session } = await three()
    await striped(session)
    valueOf(await session.edit({ host: 'A', offsetBytes: EACH, bytes: new Uint8Array(8) }))
    await vi.waitFor(() => expect(session.snapshot().problems.list.some(({ says }) => says.includes('no device here has a superblock that says so'))).toBe(true), { timeout: 5000 })
    expect(session.snapshot().problems.list.map(({ entryIndex, severity }) => [severity, entryIndex])).toContainEqual(['error', 0])
    await session.dispose()
  })

  it('have as many devices as are asked for, and one again', async () => {
    const { session, newest } = await three()
    const { position } = session.snapshot().history
    valueOf(await session.format({ force: true, deviceCount: 8, deviceBytes: 16 * MIB, unitBytes: 4096 }))
    expect(session.snapshot().device.devices.map(({ name, fsDevindex }) => [name, fsDevindex])).toEqual(Array.from({ length: 8 }, (_, i) => [`/dev/dax${i}.0`, i]))
    expect(session.snapshot().trace.findLast(({ kind }) => kind === 'format')?.command).toBe('sudo mkfs.famfs --force --allocunit 4096 /dev/dax0.0 /dev/dax1.0 /dev/dax2.0 /dev/dax3.0 /dev/dax4.0 /dev/dax5.0 /dev/dax6.0 /dev/dax7.0')
    valueOf(await session.format({ force: true, deviceCount: 1, deviceBytes: 16 * MIB, unitBytes: 4096 }))
    expect(newest().byteLength).toBe(16 * MIB)
    expect(session.snapshot().device.devices).toHaveLength(1)
    valueOf(await session.stepTo(position))
    expect(session.snapshot().device.devices.map(({ sizeBytes }) => sizeBytes)).toEqual([EACH, EACH, EACH])
    await session.dispose()
  })
})
