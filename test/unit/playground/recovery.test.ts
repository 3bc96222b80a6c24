// What goes wrong on the way, by our own mistake or because two things are wanted at once, leaves a session that works: it
// waits for nobody who is gone, and keeps what it promised to keep.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { Machine } from '../../../src/core/machine/machine.ts'
import type { Driver, HostHandle } from '../../../src/host/driver.ts'
import type { HostSpec } from '../../../src/host/protocol.ts'
import { Announcer } from '../../../src/playground/announcer.ts'
import type { Sealer } from '../../../src/playground/history.ts'
import type { Pool } from '../../../src/playground/pool.ts'
import { sealerOf } from '../../../src/playground/sealer.ts'
import { Session } from '../../../src/playground/session.ts'
import { World } from '../../../src/playground/world.ts'
import { ImageStore } from '../../../src/store/imageStore.ts'
import { failureOf, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { nodeEngine, nodeSession, picturesOf } from '../../helpers/sessions.ts'

const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }
const page = (index: number) => ({ offsetBytes: index * 4096, lengthBytes: 4096 })
const fileOf = (name: string, sizeBytes: number): File => new File([patternBytes(sizeBytes, sizeBytes)], name)

/** A device with bytes on it, as one that was stored. */
function worldWithBytes(sealer = (world: World): Promise<Sealer> => Promise.resolve(sealerOf(world))): { world: World; device: Pool } {
  const world = new World(nodeEngine(), new ImageStore(), sealer)
  const device = valueOf(world.newPool([{ uuid: NIL_UUID, sizeBytes: 40 * MIB }]))
  new Uint8Array(device.buffer)[5 * 4096] = 1
  world.use(device)
  world.history.beginHere(false)
  return { world, device }
}

describe('what a session began with', () => {
  it('is kept by the next who asks, where it could not be kept at first', async () => {
    let failuresLeft = 1
    const { world } = worldWithBytes((of) => (failuresLeft-- > 0 ? Promise.reject(new Error('nothing comes from the network')) : Promise.resolve(sealerOf(of))))
    expect(failureOf(await world.mayBegin(), 'page_failed').says).toContain('nothing comes from the network')
    valueOf(await world.mayBegin())
    expect(world.history.base.pages?.runs).toEqual([page(5)])
    world.dispose()
  })

  it('is all that is there, when it begins anew while it is being kept, and when it begins anew later', async () => {
    let isFirst = true
    const { world, device } = worldWithBytes((of) => {
      // What is kept now is no more what the session begins with.
      if (isFirst) of.history.beginHere(false)
      isFirst = false
      return Promise.resolve(sealerOf(of))
    })
    valueOf(await world.mayBegin())
    expect(world.history.base.pages?.runs).toEqual([page(5)])
    new Uint8Array(device.buffer)[9 * 4096] = 1
    world.history.beginHere(false)
    valueOf(await world.mayBegin())
    expect(world.history.base.pages?.runs).toEqual([page(5), page(9)])
    world.dispose()
  })
})

describe('an operation', () => {
  it('that stumbles is over, and what it wrote is a step', async () => {
    const { world, device } = worldWithBytes()
    valueOf(await world.mayBegin())
    const stumbling = world.operation(undefined, () => {
      new Uint8Array(device.buffer)[3 * 4096] = 1
      return Promise.reject(new Error('our own mistake'))
    })
    await expect(stumbling).rejects.toThrow('our own mistake')
    await world.history.settled()
    expect(world.history.steps.map(({ touched }) => touched)).toEqual([[page(3)]])
    world.dispose()
  })
})

describe('a host that stumbles in the middle of a call', () => {
  it('tells what it did until then, and that is a step like others', async () => {
    const { session } = await nodeSession()
    onTestFinished(() => session.dispose())
    const { mkdir } = Machine.prototype
    const stumbling = vi.spyOn(Machine.prototype, 'mkdir').mockImplementationOnce(function* stumble(this: Machine, ...given) {
      yield* mkdir.apply(this, given)
      throw new Error('our own mistake')
    })
    onTestFinished(() => stumbling.mockRestore())
    failureOf(await session.newDirectory({ path: 'half' }), 'host_failed')
    await session.settled()
    const { history: { position }, hosts: [a], device } = session.snapshot()
    expect([a?.playedCount, device.filesystem?.entryCount, a?.files.map(({ path }) => path)]).toEqual([3, 3, ['notes.txt', 'tides.f64', 'half']])
    const pictures = picturesOf(session.snapshot())
    for (const at of [position - 1, position]) valueOf(await session.stepTo(at))
    expect(picturesOf(session.snapshot())).toEqual(pictures)
  })
})

describe('the way to another step', () => {
  it('that stumbles leaves no host behind, and can be gone again', async () => {
    const handles: HostHandle[] = []
    let startsLeft = Number.POSITIVE_INFINITY
    const engine = nodeEngine()
    const spawn = async (spec: HostSpec): ReturnType<Driver['spawn']> => {
      if (spec.name === 'B' && startsLeft-- === 0) throw new Error('our own mistake')
      const spawned = await engine.driver.spawn(spec)
      if (spawned.ok) handles.push(spawned.value)
      return spawned
    }
    const session = new Session({ ...engine, driver: { kind: 'inline', spawn } }, new ImageStore(), 'owner')
    await session.start()
    valueOf(await session.rebootHost('B'))
    valueOf(await session.newFile({ path: 'y', sizeBytes: 10, seed: 1 }))
    const { hosts, history } = session.snapshot()
    const before = handles.length
    startsLeft = 1
    await expect(session.stepTo(6)).rejects.toThrow('our own mistake')
    expect(handles.slice(before).map(({ spec, down }) => [spec.name, down])).toEqual([['A', expect.any(String)], ['B', expect.any(String)]])
    expect(session.snapshot()).toMatchObject({ hosts, history })
    startsLeft = Number.POSITIVE_INFINITY
    valueOf(await session.stepTo(6))
    expect(session.snapshot().files).toHaveLength(2)
    await session.dispose()
  })
})

describe('a drop of several files', () => {
  it('ends where the session goes to another step: nothing takes the place of what was undone', async () => {
    const { session } = await nodeSession()
    valueOf(await session.newFile({ path: 'y', sizeBytes: 10, seed: 1 }))
    // Whoever goes has what it takes to go there already.
    for (const position of [5, 6]) valueOf(await session.stepTo(position))
    const dropping = session.dropFiles('A', [fileOf('one', 40 * MIB), fileOf('two', 10), fileOf('three', 10)])
    const going = session.stepTo(5)
    failureOf(await dropping, 'cancelled')
    valueOf(await going)
    await session.settled()
    expect(session.snapshot()).toMatchObject({ history: { position: 5 } })
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64'])
    valueOf(await session.stepTo(6))
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64', 'y'])
    await session.dispose()
  })

  it('ends where the device is formatted, or the session starts over; what is asked for meanwhile waits', async () => {
    const { session } = await nodeSession()
    const drop = () => session.dropFiles('A', [fileOf('one', 40 * MIB), fileOf('two', 10), fileOf('three', 10)])
    for (const replace of [() => session.format({ force: true }), () => session.format({ force: true, deviceBytes: 64 * MIB })]) {
      const [dropped, replaced, made] = await Promise.all([drop(), replace(), session.newFile({ path: 'later', sizeBytes: 10, seed: 1 })])
      failureOf(dropped, 'cancelled')
      valueOf(replaced)
      // It was asked for before those who format had their turn, or waited for them.
      expect([made.ok, session.snapshot().files.filter(({ path }) => path !== 'later')]).toEqual([true, []])
    }
    const [dropped, over] = await Promise.all([drop(), session.startOver()])
    failureOf(dropped, 'cancelled')
    valueOf(over)
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64'])
    await session.dispose()
  })
})

describe('while the device is formatted', () => {
  it('nobody else begins, and whoever asked has his turn after it', async () => {
    const { session } = await nodeSession()
    const asked: Promise<unknown>[] = []
    session.subscribe(() => {
      const isBetween = session.snapshot().hosts.some(({ mountpoint }) => mountpoint === undefined)
      if (isBetween && asked.length === 0) asked.push(session.newFile({ path: 'later', sizeBytes: 10, seed: 1 }), session.dropFiles('A', [fileOf('dropped', 10)]))
    })
    valueOf(await session.format({ force: true }))
    expect(await Promise.all(asked)).toEqual([{ ok: true, value: undefined }, { ok: true, value: undefined }])
    expect(session.snapshot().files.map(({ path }) => path)).toEqual(['later', 'dropped'])
    await session.dispose()
  })
})

describe('edits', () => {
  it('that are typed quickly are a step each', async () => {
    const { session } = await nodeSession()
    const typed = [1, 2, 3, 4, 5].map((value) => session.edit({ host: 'A', offsetBytes: 200 * MIB + value, bytes: new Uint8Array([value]) }))
    for (const done of await Promise.all(typed)) valueOf(done)
    expect(session.snapshot().history).toMatchObject({ position: 10, stepCount: 10 })
    valueOf(await session.stepTo(8))
    expect(valueOf(await session.peek({ kind: 'device' }, 200 * MIB + 1, 5))).toEqual(new Uint8Array([1, 2, 3, 0, 0]))
    await session.dispose()
  })

  it('of what the log has not used leave the list of files as it is; those of an entry are seen', async () => {
    const { session } = await nodeSession()
    const { files, device } = session.snapshot()
    const at = { log: device.filesystem?.logOffsetBytes ?? 0, entry: (session.snapshot().trace.find(({ kind }) => kind === 'copy')?.bytes?.offsetBytes ?? 0) + 100 }
    for (const offsetBytes of [100 * MIB, at.log + 4 * MIB, at.log - 1]) {
      valueOf(await session.edit({ host: 'A', offsetBytes, bytes: new Uint8Array([7]) }))
      expect(session.snapshot().files).toBe(files)
    }
    valueOf(await session.edit({ host: 'A', offsetBytes: at.entry, bytes: new Uint8Array([7]) }))
    expect(session.snapshot().device.filesystem).toMatchObject({ entryCount: 2, badEntryCount: 1, firstBadIndex: 0 })
    valueOf(await session.edit({ host: 'A', offsetBytes: at.entry, bytes: new Uint8Array([0]) }))
    expect(session.snapshot().device.filesystem).toMatchObject({ entryCount: 2, badEntryCount: 0, firstBadIndex: undefined })
    expect(session.snapshot().files).toEqual(files)
    await session.dispose()
  })
})

describe('a line of a shell', () => {
  it('that writes into an old log entry is found out', async () => {
    const { session } = await nodeSession()
    const { trace, device } = session.snapshot()
    const at = (trace.find(({ kind }) => kind === 'copy')?.bytes?.offsetBytes ?? 0) + 100 - (device.filesystem?.logOffsetBytes ?? 0)
    const shell = valueOf(await session.openShell('A'))
    const done = valueOf(await shell.run(`printf x > /tmp/x; dd if=/tmp/x of=/mnt/famfs/.meta/.log bs=1 seek=${at} conv=notrunc`, how))
    await session.settled()
    expect(done.exitCode).toBe(0)
    // Nothing has grown, and what was read before is other now.
    expect(session.snapshot().device.filesystem).toMatchObject({ entryCount: 2, badEntryCount: 1, firstBadIndex: 0 })
    await session.dispose()
  })
})

describe('a device', () => {
  it('is a whole number of units', async () => {
    const { session } = await nodeSession()
    const { device } = session.snapshot()
    for (const [deviceBytes, unitBytes] of [[64 * MIB + 3, 4096], [64 * MIB + 4096, undefined], [64 * MIB + 4, 4096]] as const) {
      const made = await session.format({ force: true, deviceBytes, ...(unitBytes && { unitBytes }) })
      expect(failureOf(made, 'odd_device').says).toContain(`${deviceBytes} bytes`)
    }
    expect(session.snapshot().device).toEqual(device)
    await session.dispose()
  })
})

describe('announcements', () => {
  it('of one burst are one, and those of bursts that call forth one another are few before the page has its turn', async () => {
    const announcer = new Announcer()
    let heardCount = 0
    let version = 0
    let seen = 0
    announcer.listeners.add(() => {
      heardCount++
      seen = version
    })
    const change = (): void => {
      version++
      announcer.announce()
    }
    for (let i = 0; i < 10; i++) change()
    await Promise.resolve()
    expect([heardCount, seen]).toEqual([1, 10])
    for (let i = 0; i < 200; i++) {
      change()
      await Promise.resolve()
    }
    expect(heardCount).toBeLessThan(10)
    // The last of them is never left out; when the page's turn comes is the engine's to say.
    await vi.waitUntil(() => seen === version)
    expect(heardCount).toBeLessThan(12)
  })
})
