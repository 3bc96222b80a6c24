// Undo and redo without limit: whatever was done, every step leads to the same bytes and the same hosts, from either side.

import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { fail } from '../../../src/core/base/result.ts'
import { Health } from '../../../src/core/mem/health.ts'
import type { HostHandle } from '../../../src/host/driver.ts'
import { Session } from '../../../src/playground/session.ts'
import type { HealthView } from '../../../src/playground/types.ts'
import { ImageStore } from '../../../src/store/imageStore.ts'
import { history as counts, printCount } from '../../counts.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../../helpers/outcome.ts'
import { type HostPicture, nodeEngine, nodeSession, picturesOf } from '../../helpers/sessions.ts'
import { anyMixed, beginSmall, doMixed, onlyLooks } from '../../helpers/sessionSteps.ts'

const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }

interface State {
  sha256: string
  health: HealthView[]
  hosts: HostPicture[]
}

describe('a session of mixed operations', () => {
  it.each(counts.sessions)('comes back to every step, byte by byte and host by host: devices $deviceCount, seed $seed', { timeout: 600_000 }, async ({ deviceCount, operations, seed }) => {
    const mixed = fc.sample(anyMixed, { seed, numRuns: operations })
    const places = fc.sample(fc.nat(1_000_000), { seed, numRuns: counts.journeys })
    printCount('history: seed', seed)
    const { session, newest } = await nodeSession()
    await beginSmall(session, deviceCount)
    const healthNow = (): HealthView[] => session.snapshot().device.devices.map(({ health }) => health)
    const stateNow = (): State => ({ sha256: createHash('sha256').update(new Uint8Array(newest())).digest('hex'), health: healthNow(), hosts: picturesOf(session.snapshot()) })
    const states = new Map<number, State>([[session.snapshot().history.position, stateNow()]])
    let sameCount = 0
    for (const [i, each] of mixed.entries()) {
      const before = session.snapshot().history.position
      await doMixed(session, each)
      const { position, stepCount } = session.snapshot().history
      expect(position).toBe(stepCount)
      const now = stateNow()
      // What is no step has changed nothing; what a host met of memory by looking stays with the step before.
      if (position !== before || onlyLooks(each)) states.set(position, now)
      if (position === before) sameCount++
      expect({ i, each, ...now }).toEqual({ i, each, ...states.get(position) })
    }
    const last = session.snapshot().history.stepCount
    const walk = [...places.map((place) => place % (last + 1)), last, last - 1, last - 2, last - 1, last, 0, last, 1, last]
    for (const position of walk) {
      const gone = await session.stepTo(position)
      expect({ position, gone }).toEqual({ position, gone: { ok: true, value: undefined } })
      expect(session.snapshot().history).toMatchObject({ position, stepCount: last, travelling: false })
      // Of several steps at once only the state after the last was seen.
      const now = stateNow()
      expect({ position, ...now }).toEqual({ position, ...(states.get(position) ?? now) })
    }
    printCount('history: devices, operations, steps, without a step, journeys', `${deviceCount}, ${mixed.length}, ${last}, ${sameCount}, ${walk.length}`)
    await session.dispose()
  })
})

describe('history', () => {
  it('begins with the first scene, step by step, and each event knows its step', async () => {
    const { session } = await nodeSession()
    const { history, trace } = session.snapshot()
    expect(history).toMatchObject({ position: 5, stepCount: 5, forward: undefined, travelling: false })
    expect(trace.map(({ step, kind }) => [step, kind])).toEqual([[0, 'host'], [1, 'format'], [1, 'mount'], [2, 'copy'], [3, 'host'], [3, 'mount'], [4, 'copy']])
    const backs: (string | undefined)[] = []
    for (let position = 4; position >= 0; position--) {
      backs.push(session.snapshot().history.back)
      valueOf(await session.stepTo(position))
    }
    expect(backs).toEqual([4, 3, 2, 1, 0].map((step) => trace.find((event) => event.step === step)?.sentence))
    expect(session.snapshot()).toMatchObject({ hosts: [], files: [], device: { filesystem: undefined }, history: { position: 0, stepCount: 5, back: undefined, forward: backs.at(-1) } })
    // However often one goes somewhere else, the trace says it once.
    expect(session.snapshot().trace.map(({ step }) => step)).toEqual([0, 1, 1, 2, 3, 3, 4, undefined])
    expect(session.snapshot().trace.at(-1)).toMatchObject({ kind: 'history', sentence: 'Back at the beginning, before the first of 5 steps.' })
    await session.dispose()
  })

  it('forgets what was undone when something else is done, and not before', async () => {
    const { session } = await nodeSession()
    valueOf(await session.newFile({ path: 'one', sizeBytes: 10, seed: 1 }))
    valueOf(await session.newFile({ path: 'two', sizeBytes: 10, seed: 2 }))
    valueOf(await session.stepTo(5))
    failureOf(await session.newFile({ host: 'B', path: 'x', sizeBytes: 10 }), 'not_master')
    valueOf(await session.sha256('A', 'notes.txt'))
    expect(session.snapshot().history).toMatchObject({ position: 5, stepCount: 7 })
    valueOf(await session.newFile({ path: 'three', sizeBytes: 10, seed: 3 }))
    const { history, trace, files } = session.snapshot()
    expect(history).toMatchObject({ position: 6, stepCount: 6, forward: undefined, back: expect.stringContaining('three') })
    expect(files.map(({ path }) => path)).toEqual(['notes.txt', 'tides.f64', 'three'])
    expect(trace.filter(({ sentence }) => /file (one|two),/.test(sentence))).toEqual([])
    expect(trace.filter(({ kind }) => kind === 'failure' || kind === 'read').map(({ step }) => step)).toEqual([undefined, undefined])
    valueOf(await session.stepTo(99))
    valueOf(await session.stepTo(-1))
    expect(session.snapshot().history).toMatchObject({ position: 0, stepCount: 6 })
    await session.dispose()
  })

  it('has no step for what changed nothing', async () => {
    const { session } = await nodeSession()
    valueOf(await session.playLog('A'))
    valueOf(await session.newFile({ path: 'tides.f64', sizeBytes: 4 * MIB }))
    failureOf(await session.format({ host: 'A' }), 'already_formatted')
    failureOf(await session.newFile({ path: 'a/b', sizeBytes: 1 }), 'no_parent')
    failureOf(await session.edit({ host: 'A', offsetBytes: 0, bytes: new Uint8Array(0) }), 'out_of_device')
    const shell = valueOf(await session.openShell('A'))
    valueOf(await shell.run('ls /mnt/famfs; famfs fsck /mnt/famfs; false', how))
    await session.settled()
    expect(session.snapshot().history).toMatchObject({ position: 5, stepCount: 5 })
    await session.dispose()
  })

  it('has one step for a line of a shell, with the pages that it changed', async () => {
    const { session, newest } = await nodeSession()
    const shell = valueOf(await session.openShell('A'))
    valueOf(await shell.run('for i in 1 2 3; do famfs creat -s 100 -r -S $i /mnt/famfs/f$i; done; rm /mnt/famfs/f2', how))
    await session.settled()
    const after = session.snapshot()
    expect(after.history).toMatchObject({ position: 6, stepCount: 6, back: expect.stringContaining('famfs creat') })
    const bytes = Uint8Array.from(new Uint8Array(newest()))
    valueOf(await session.stepTo(5))
    expect(session.snapshot().files).toHaveLength(2)
    expect(await shell.ended).toBe('the session goes to another step')
    valueOf(await session.stepTo(6))
    expect(firstDifference(new Uint8Array(newest()), bytes)).toBe(-1)
    expect(picturesOf(session.snapshot())).toEqual(picturesOf(after))
    expect(session.snapshot().hosts[0]?.removed).toEqual(['f2'])
    await session.dispose()
  })

  it('brings a striped file back to the very strips that chance gave it', async () => {
    const { session, newest } = await nodeSession()
    for (const path of ['s1', 's2']) valueOf(await session.newFile({ path, sizeBytes: 16 * MIB, seed: 3, striped: { stripCount: 4, chunkBytes: 2 * MIB } }))
    await session.settled()
    const [bytes, { files, history: { position } }] = [new Uint8Array(newest()).slice(), session.snapshot()]
    expect(files.at(-1)).toMatchObject({ path: 's2', chunkBytes: 2 * MIB })
    valueOf(await session.stepTo(position - 2))
    expect(session.snapshot().files).toHaveLength(2)
    valueOf(await session.stepTo(position))
    expect(firstDifference(new Uint8Array(newest()), bytes)).toBe(-1)
    expect(session.snapshot().files).toEqual(files)
    await session.dispose()
  })

  it('brings back what an edit broke, and what it was', async () => {
    const { session } = await nodeSession()
    valueOf(await session.edit({ host: 'B', offsetBytes: 0x200228, bytes: new Uint8Array([1]) }))
    expect(session.snapshot().trace.at(-1)).toMatchObject({
      kind: 'edit', host: 'B', step: 5, sentence: 'B stored 1 byte at 0x200228, past every check.', bytes: { offsetBytes: 0x200228, lengthBytes: 1 },
    })
    valueOf(await session.edit({ host: 'A', offsetBytes: 0, bytes: new Uint8Array(8) }))
    expect(session.snapshot().device.filesystem).toBeUndefined()
    for (const [offsetBytes, length] of [[-1, 1], [0.5, 1], [256 * MIB, 1], [256 * MIB - 1, 2], [Number.NaN, 1]] as const) {
      failureOf(await session.edit({ host: 'A', offsetBytes, bytes: new Uint8Array(length) }), 'out_of_device')
    }
    valueOf(await session.stepTo(6))
    expect(session.snapshot().device.filesystem).toMatchObject({ entryCount: 2, badEntryCount: 1 })
    valueOf(await session.stepTo(5))
    expect(session.snapshot().device.filesystem).toMatchObject({ entryCount: 2, badEntryCount: 0 })
    await session.dispose()
  })

  it('stays where it is when a step can’t be done again', async () => {
    let [isOut, isDown] = [false, false]
    const engine = nodeEngine()
    const session = new Session({
      ...engine,
      newBuffer: (sizeBytes) => (isOut ? fail('no_memory', { sizeBytes }) : engine.newBuffer(sizeBytes)),
      driver: { kind: 'inline', spawn: (spec) => (isDown && spec.name === 'B' ? Promise.resolve(fail('host_down', { name: 'B', why: 'no more workers' })) : engine.driver.spawn(spec)) },
    }, new ImageStore(), 'owner')
    await session.start()
    const before = session.snapshot()
    isOut = true
    failureOf(await session.stepTo(2), 'no_memory')
    isOut = false
    isDown = true
    expect(failureOf(await session.stepTo(4), 'travel_failed').says).toBe('step 4 could not be done again: host B is down: no more workers')
    expect(session.snapshot()).toMatchObject({ hosts: before.hosts, files: before.files, history: before.history })
    valueOf(await session.playLog('B'))
    valueOf(await session.newFile({ path: 'goes on', sizeBytes: 10, seed: 1 }))
    isDown = false
    valueOf(await session.stepTo(4))
    valueOf(await session.stepTo(7))
    expect(session.snapshot().files).toHaveLength(3)
    await session.dispose()
  })

  it('says so where a step comes out otherwise than it did, and stays where it is', async () => {
    const { session, newest } = await nodeSession()
    valueOf(await session.newFile({ path: 'x', sizeBytes: 5000, seed: 1 }))
    const at = session.snapshot().files.at(-1)?.extents[0]?.offsetBytes ?? 0
    // No act of anyone's: such a thing is our own mistake.
    new Uint8Array(newest())[at] = 99
    valueOf(await session.stepTo(5))
    const before = session.snapshot()
    expect(failureOf(await session.stepTo(6), 'travel_differs').says).toContain('by our own mistake, step 6 came out otherwise')
    expect(session.snapshot()).toMatchObject({ hosts: before.hosts, files: before.files, history: before.history })
    valueOf(await session.stepTo(4))
    await session.dispose()
  })

  it('leaves no host behind when it ends, whatever is on its way', async () => {
    for (const begin of [
      // While it starts.
      undefined,
      (session: Session) => session.stepTo(2),
      (session: Session) => session.addHost(),
      (session: Session) => session.format({ force: true, deviceBytes: 24 * MIB, deviceCount: 2 }),
      (session: Session) => session.startOver(),
    ]) {
      for (const turns of [0, 1, 5, 20]) {
        const { driver, ...engine } = nodeEngine()
        const made: HostHandle[] = []
        const session = new Session({
          ...engine,
          driver: { ...driver, spawn: (spec) => driver.spawn(spec).then((spawned) => (spawned.ok && made.push(spawned.value), spawned)) },
        }, new ImageStore(), 'owner')
        const started = session.start()
        if (begin) await started
        const begun = begin?.(session)
        for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve))
        await session.dispose()
        expect(made.filter(({ down }) => down === undefined)).toEqual([])
        await Promise.all([started, begun])
        expect(made.filter(({ down }) => down === undefined)).toEqual([])
      }
    }
  })

  it('says so where the hardware says something else than it did', async () => {
    const { driver, ...engine } = nodeEngine()
    let health: Health | undefined
    const session = new Session({
      ...engine,
      driver: { ...driver, spawn: (spec) => ((health ??= new Health(spec.devices[0]!.health)), driver.spawn(spec)) },
    }, new ImageStore(), 'owner')
    await session.start()
    // No act of anyone's.
    health?.addPoison(200 * MIB, 64)
    valueOf(await session.newFile({ path: 'x', sizeBytes: 10 }))
    valueOf(await session.stepTo(5))
    expect(failureOf(await session.stepTo(6), 'travel_differs').says).toContain('the devices are in another state')
    await session.dispose()
  })

  it('waits for whoever is at work, and lets nobody begin on the way', async () => {
    const { session } = await nodeSession()
    const copying = session.dropFiles('A', [new File([patternBytes(40 * MIB, 1)], 'big')])
    const going = session.stepTo(4)
    await vi.waitUntil(() => session.snapshot().history.travelling)
    const [made, killed] = await Promise.all([session.newFile({ path: 'after', sizeBytes: 10, seed: 1 }), session.killHost('B')])
    failureOf(await copying, 'cancelled')
    for (const done of [await going, made, killed]) valueOf(done)
    await session.settled()
    const { history, files, hosts } = session.snapshot()
    expect(history).toMatchObject({ position: history.stepCount })
    expect(files.map(({ path }) => path)).toEqual(['notes.txt', 'after'])
    expect(hosts.map(({ status }) => status)).toEqual(['up', 'down'])
    await session.dispose()
  })
})
