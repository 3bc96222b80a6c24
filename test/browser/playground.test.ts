// A whole session in a real browser: hosts are workers, storage is IndexedDB. Everything that the page shows of it comes
// out of snapshots, which are plain, replaced and never changed, and hold no byte of the device.

import { createStore, get, keys, set } from 'idb-keyval'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { KIB, MIB } from '../../src/core/base/align.ts'
import type { Result } from '../../src/core/base/result.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import { coherentMemory } from '../../src/core/mem/memory.ts'
import { chooseEngine } from '../../src/playground/engine.ts'
import { Session } from '../../src/playground/session.ts'
import { fileBlob } from '../../src/playground/takeFile.ts'
import { HOSTS_MOST, PEEK_MOST_BYTES, type HostView, type Snapshot } from '../../src/playground/types.ts'
import { ImageStore } from '../../src/store/imageStore.ts'
import type { Ownership } from '../../src/store/ownership.ts'
import { failureOf, firstDifference, patternBytes, valueOf } from '../helpers/outcome.ts'

const patient = { timeout: 30_000 }
const engine = await chooseEngine()
let count = 0

const newName = (): string => `famfs-test-session-${Date.now()}-${count++}`

async function start(name = newName(), ownership: Ownership = 'owner'): Promise<Session> {
  const session = new Session(engine, new ImageStore(name, ownership === 'owner'), ownership)
  onTestFinished(() => session.dispose())
  await session.start()
  return session
}

function hostOf(session: Session, name: string): HostView {
  const host = session.snapshot().hosts.find((candidate) => candidate.name === name)
  if (!host) throw new Error(`no host ${name}`)
  return host
}

const pathsOn = (session: Session, name: string): string[] => hostOf(session, name).files.map((file) => file.path)
const last = (session: Session) => session.snapshot().trace.at(-1)

async function bytesOn(session: Session, host: string, path: string, offset: number, length: number): Promise<number[]> {
  return Array.from(valueOf(await session.peek({ kind: 'file', host, path }, offset, length)))
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Everything that can be reached from a value. */
function everyPart(value: unknown, seen = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return seen
  seen.add(value)
  for (const part of Object.values(value)) everyPart(part, seen)
  return seen
}

function expectNoBytes(snapshot: Snapshot): void {
  const parts = [...everyPart(snapshot)]
  expect(parts.length).toBeGreaterThan(20)
  expect(parts.filter((part) => part instanceof ArrayBuffer || part instanceof SharedArrayBuffer || ArrayBuffer.isView(part) || part instanceof Blob)).toEqual([])
  expect(structuredClone(snapshot)).toEqual(snapshot)
}

/** Which save wrote each chunk that is stored. */
async function generations(name: string): Promise<Map<number, number>> {
  const names = await keys(createStore(name, 'image'))
  return new Map(names.flatMap((key) => {
    const found = /^chunk (\d+) of (\d+)$/.exec(String(key))
    return found ? [[Number(found[1]), Number(found[2])] as const] : []
  }))
}

describe('the first scene', () => {
  it('has two hosts, and B is one entry behind', async () => {
    expect(engine.view.kind).toBe('parallel')
    const session = await start()
    const snapshot = session.snapshot()
    expect(snapshot).toMatchObject({
      ready: true,
      engine: { kind: 'parallel' },
      device: { name: '/dev/dax0.0', sizeBytes: 256 * MIB, filesystem: { ownerName: 'A', entryCount: 2, badEntryCount: 0 } },
      files: [{ path: 'notes.txt' }, { path: 'tides.f64', sizeBytes: 4 * MIB }],
      tasks: [],
    })
    expect(hostOf(session, 'A')).toMatchObject({ status: 'up', role: 'master', playedCount: 2, entryCount: 2, unseen: [], stale: false })
    expect(hostOf(session, 'B')).toMatchObject({ status: 'up', role: 'client', playedCount: 1, entryCount: 2, unseen: ['tides.f64'] })
    expect(pathsOn(session, 'B')).toEqual(['notes.txt'])
    expectNoBytes(snapshot)

    valueOf(await session.playLog('B'))
    expect(pathsOn(session, 'B')).toEqual(['notes.txt', 'tides.f64'])
    expect(hostOf(session, 'B')).toMatchObject({ playedCount: 2, unseen: [] })
    expect(last(session)).toMatchObject({ kind: 'logplay', host: 'B', sentence: 'B played 1 entry: 1 new file.', command: 'sudo famfs logplay /mnt/famfs' })
    const text = await bytesOn(session, 'B', 'notes.txt', 0, 20)
    expect(String.fromCharCode(...text)).toBe('famfs shares data; i')
    for (const event of session.snapshot().trace) expect(event.sentence).toMatch(/^\S.* .*[.!]$/s)
    expectNoBytes(session.snapshot())
  })
})

describe('a snapshot', () => {
  it('is the same until something changes, and is then another with a higher version', async () => {
    const session = await start()
    await session.save()
    const first = session.snapshot()
    const frozen = structuredClone(first)
    expect(session.snapshot()).toBe(first)
    await session.peek({ kind: 'device' }, 0, 64)
    expect(session.snapshot()).toBe(first)

    const heard: Snapshot[] = []
    const stop = session.subscribe(() => void heard.push(session.snapshot()))
    valueOf(await session.newFile({ path: 'data.bin', sizeBytes: 100, seed: 1 }))
    await vi.waitFor(() => expect(heard.at(-1)?.files).toHaveLength(3), patient)
    const second = session.snapshot()
    expect(second.version).toBeGreaterThan(first.version)
    expect(second.deviceVersion).toBeGreaterThan(first.deviceVersion)
    expect(first).toEqual(frozen)
    for (const [i, snapshot] of heard.entries()) expect(snapshot.version).toBeGreaterThan(heard[i - 1]?.version ?? 0)

    stop()
    const heardCount = heard.length
    valueOf(await session.playLog('B'))
    expect(heard).toHaveLength(heardCount)
    expect(session.snapshot()).not.toBe(second)
  })
})

describe('actions', () => {
  it('make files and directories on the master, and what goes wrong has advice', async () => {
    const session = await start()
    valueOf(await session.newDirectory({ path: 'a/b', parents: true }))
    valueOf(await session.newFile({ path: '/mnt/famfs/a/b/data.bin', sizeBytes: 3 * MIB, seed: 5 }))
    expect(last(session)).toMatchObject({ kind: 'create', host: 'A', command: expect.stringContaining('famfs creat -s 3145728 -r -S 5'), bytes: { lengthBytes: 544 } })
    expect(pathsOn(session, 'A')).toEqual(['notes.txt', 'tides.f64', 'a', 'a/b', 'a/b/data.bin'])
    valueOf(await session.newFile({ path: 'a/b/data.bin', sizeBytes: 3 * MIB }))
    expect(last(session)?.sentence).toContain('made nothing')

    const refused = [
      [await session.newFile({ path: 'none/data.bin', sizeBytes: 10 }), 'no_parent'],
      [await session.newFile({ path: 'x'.repeat(80), sizeBytes: 10 }), 'path_too_long'],
      [await session.newFile({ path: 'x', sizeBytes: 0 }), 'size_zero'],
      [await session.newFile({ path: 'x', sizeBytes: 300 * MIB }), 'no_space'],
      [await session.newFile({ host: 'B', path: 'x', sizeBytes: 10 }), 'not_master'],
      [await session.newDirectory({ host: 'B', path: 'x' }), 'not_master'],
      [await session.dropFiles('B', [new File(['hello'], 'x')]), 'not_master'],
      [await session.newFile({ host: 'Z', path: 'x', sizeBytes: 10 }), 'no_host'],
      [await session.newDirectory({ path: 'a' }), 'exists'],
      [await session.poke({ host: 'A', path: 'none', index: 0, cell: 'Uint8', value: 1 }), 'no_such_path'],
      [await session.sha256('A', 'none'), 'no_such_path'],
      [await session.playLog('Z'), 'no_host'],
      [await session.killHost('Z'), 'no_host'],
      [await session.rebootHost('Z'), 'no_host'],
      [await session.removeHost('Z'), 'no_host'],
    ] as const
    for (const [result, reason] of refused) failureOf(result, reason)
    const told = session.snapshot().trace.filter((event) => event.kind === 'failure')
    expect(told.map((event) => event.failure?.reason)).toEqual(refused.map(([, reason]) => reason))
    expect(session.snapshot().files).toHaveLength(3)
    expect(session.snapshot().tasks).toEqual([])
  })

  it('copy dropped files in, one after the other, and every host reads their bytes', async () => {
    const session = await start()
    const small = patternBytes(12_345, 1)
    const large = patternBytes(9 * MIB + 7, 2)
    valueOf(await session.dropFiles('A', [new File([small], 'small.bin'), new File([large], 'large one.bin')]))
    expect(session.snapshot().trace.filter((event) => event.kind === 'copy').slice(-2).map((event) => event.sentence)).toEqual([
      expect.stringContaining('small.bin'), expect.stringContaining('large one.bin'),
    ])
    expect(last(session)?.command).toContain("'large one.bin'")
    valueOf(await session.playLog('B'))
    expect(valueOf(await session.sha256('B', 'large one.bin'))).toBe(await sha256(large))
    const seen = new Uint8Array(large.length)
    for (let at = 0; at < seen.length; at += PEEK_MOST_BYTES) {
      seen.set(valueOf(await session.peek({ kind: 'file', host: 'B', path: 'large one.bin' }, at, PEEK_MOST_BYTES)), at)
    }
    expect(firstDifference(seen, large)).toBe(-1)
    expect(await bytesOn(session, 'B', 'small.bin', 0, 12_345)).toEqual(Array.from(small))

    const other = patternBytes(12_345, 7)
    valueOf(await session.dropFiles('A', [new File([other], 'small.bin')]))
    expect(last(session)?.sentence).toContain('in place')
    expect(await bytesOn(session, 'B', 'small.bin', 0, 12_345)).toEqual(Array.from(other))
    failureOf(await session.dropFiles('A', [new File(['short'], 'small.bin'), new File(['after'], 'after it')]), 'size_differs')
    expect(pathsOn(session, 'A')).toContain('after it')
    failureOf(await session.dropFiles('A', [new File([], 'empty')]), 'size_zero')
  })

  it('store values that every mapping sees; a client is refused', async () => {
    const session = await start()
    valueOf(await session.playLog('B'))
    valueOf(await session.poke({ host: 'A', path: 'tides.f64', index: 3, cell: 'Float64', value: 0.125 }))
    expect(await bytesOn(session, 'B', 'tides.f64', 24, 8)).toEqual([0, 0, 0, 0, 0, 0, 0xc0, 0x3f])
    valueOf(await session.poke({ host: 'A', path: 'tides.f64', index: 1, cell: 'Int32', value: -2 }))
    valueOf(await session.poke({ host: 'A', path: 'tides.f64', index: 0, cell: 'Uint8', value: 255 }))
    expect(await bytesOn(session, 'B', 'tides.f64', 0, 8)).toEqual([255, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff])
    expect(last(session)).toMatchObject({ kind: 'write', host: 'A', sentence: expect.stringContaining('stored 255 as Uint8 0 of tides.f64') })

    const refused = failureOf(await session.poke({ host: 'B', path: 'tides.f64', index: 0, cell: 'Uint8', value: 1 }), 'no_access')
    expect(refused.errno).toBe('EACCES')
    for (const [cell, value] of [['Uint8', 256], ['Uint8', -1], ['Uint8', 0.5], ['Int32', 2 ** 31], ['Int32', Number.NaN]] as const) {
      failureOf(await session.poke({ host: 'A', path: 'tides.f64', index: 0, cell, value }), 'bad_value')
    }
    for (const index of [-1, 4 * MIB, 0.5, Number.NaN]) failureOf(await session.poke({ host: 'A', path: 'tides.f64', index, cell: 'Uint8', value: 1 }), 'out_of_file')
    expect(await bytesOn(session, 'A', 'tides.f64', 0, 1)).toEqual([255])
  })

  it('peek is a private copy of at most 64 KiB', async () => {
    const session = await start()
    const magic = valueOf(await session.peek({ kind: 'device' }, 0, 8))
    expect(Array.from(magic)).toEqual([0xff, 0x82, 0xb2, 0x87, 0, 0, 0, 0])
    expect(magic.buffer).toBeInstanceOf(ArrayBuffer)
    magic.fill(0)
    expect(valueOf(await session.peek({ kind: 'device' }, 0, 1))[0]).toBe(0xff)
    expect(valueOf(await session.peek({ kind: 'device' }, 256 * MIB - 4, 64 * KIB))).toHaveLength(4)
    failureOf(await session.peek({ kind: 'device' }, 0, PEEK_MOST_BYTES + 1), 'peek_too_long')
    for (const offset of [-1, 256 * MIB + 1, Number.NaN, 0.5]) failureOf(await session.peek({ kind: 'device' }, offset, 8), 'not_on_image')
    const file = { kind: 'file', host: 'A', path: 'tides.f64' } as const
    failureOf(await session.peek(file, 0, PEEK_MOST_BYTES + 1), 'peek_too_long')
    expect(valueOf(await session.peek(file, 4 * MIB - 4, 64))).toHaveLength(4)
    expect(valueOf(await session.peek(file, 4 * MIB, 64))).toHaveLength(0)
    for (const offset of [-1, 0.5, Number.NaN]) failureOf(await session.peek(file, offset, 8), 'out_of_file')
    failureOf(await session.peek({ ...file, path: 'none' }, 0, 8), 'no_such_path')
    failureOf(await session.peek({ ...file, host: 'Z' }, 0, 8), 'no_host')
    failureOf(await session.peek({ ...file, host: 'B' }, 0, 8), 'no_such_path')
  })

  it('are taken out as they are, piece by piece, and the page has its turn in between', patient, async () => {
    const session = await start()
    const bytes = patternBytes(40 * MIB + 1, 7)
    valueOf(await session.dropFiles('A', [new File([bytes], 'large')]))
    const taken = valueOf(await session.takeFile('A', 'large'))
    expect(firstDifference(new Uint8Array(await taken.arrayBuffer()), bytes)).toBe(-1)
    const file = hostOf(session, 'A').files.find(({ path }) => path === 'large')
    const memory = coherentMemory(daxdev({ name: 'd', uuid: NIL_UUID, buffer: new SharedArrayBuffer(256 * MIB) }))
    let turnCount = 0
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      turnCount++
      port2.postMessage(undefined)
    }
    port2.postMessage(undefined)
    const blob = file && valueOf(await fileBlob(memory, file))
    port1.close()
    expect(blob?.size).toBe(bytes.length)
    expect(turnCount).toBeGreaterThan(4)
  })

  it('a copy that is stopped says so, and can be done again', async () => {
    const session = await start()
    const piece = patternBytes(4 * MIB, 3)
    const file = new File(Array.from({ length: 40 }, () => piece), 'big.bin')
    const stop = session.subscribe(() => {
      const task = session.snapshot().tasks.find((each) => each.totalCount > 0)
      if (!task) return
      stop()
      expect(task).toMatchObject({ host: 'A', label: 'A copies big.bin in', unit: 'bytes', totalCount: 160 * MIB })
      session.cancelTask(task.id)
    })
    failureOf(await session.dropFiles('A', [file]), 'cancelled')
    expect(session.snapshot().tasks).toEqual([])
    expect(last(session)).toMatchObject({ kind: 'failure', host: 'A', failure: { reason: 'cancelled' } })
    expect(session.snapshot().files.at(-1)).toMatchObject({ path: 'big.bin', sizeBytes: 160 * MIB })
    session.cancelTask(12_345)
    valueOf(await session.dropFiles('A', [file]))
    expect(firstDifference(Uint8Array.from(await bytesOn(session, 'A', 'big.bin', 156 * MIB, 64 * KIB)), piece.subarray(0, 64 * KIB))).toBe(-1)
  })
})

describe('formatting', () => {
  it('is refused without force, and then forgets every file on every host', async () => {
    const session = await start()
    failureOf(await session.format(), 'already_formatted')
    expect(session.snapshot().files).toHaveLength(2)
    expect(hostOf(session, 'A')).toMatchObject({ mountpoint: '/mnt/famfs', playedCount: 2 })
    failureOf(await session.format({ host: 'B' }), 'owned_by_other')
    failureOf(await session.format({ force: true, logLengthBytes: 3 * MIB }), 'bad_log_length')
    expect(hostOf(session, 'A').files).toHaveLength(2)

    valueOf(await session.format({ force: true, logLengthBytes: 16 * MIB }))
    expect(session.snapshot().files).toEqual([])
    expect(session.snapshot().device.filesystem).toMatchObject({ logLengthBytes: 16 * MIB, entryCount: 0, ownerName: 'A' })
    for (const name of ['A', 'B']) expect(hostOf(session, name)).toMatchObject({ files: [], playedCount: 0, stale: false, mountpoint: '/mnt/famfs' })

    valueOf(await session.format({ host: 'B', force: true }))
    expect(session.snapshot().hosts.map((host) => host.role)).toEqual(['client', 'master'])
    valueOf(await session.newFile({ path: 'mine', sizeBytes: 10 }))
    expect(pathsOn(session, 'B')).toEqual(['mine'])
  })

  it('stops a copy that is under way, which then writes into no file of the new one', patient, async () => {
    const session = await start()
    const copying = session.dropFiles('A', [new File([patternBytes(100 * MIB, 3)], 'old.bin')])
    await vi.waitUntil(() => session.snapshot().tasks.some((task) => task.doneCount > 0), { timeout: 20_000 })
    valueOf(await session.format({ force: true }))
    expect(session.snapshot().files).toEqual([])
    // It has all places that the copy would have written to.
    valueOf(await session.newFile({ path: 'new.bin', sizeBytes: 112 * MIB, seed: 9 }))
    failureOf(await copying, 'cancelled')
    const shell = valueOf(await session.openShell('A'))
    expect(valueOf(await shell.run('famfs verify -S 9 -f /mnt/famfs/new.bin', { columns: 80, signal: new AbortController().signal, onNote: () => undefined }))).toMatchObject({ exitCode: 0 })
    shell.close()
    expect(session.snapshot().trace.filter((event) => event.sentence.includes('old.bin')).length).toBe(0)
  })

  it('and other actions on hosts wait for each other, and leave no host behind', patient, async () => {
    const session = await start()
    await Promise.all([session.startOver(), session.addHost(), session.startOver(), session.rebootHost('B'), session.addHost(), session.addHost()])
    const { hosts, trace } = session.snapshot()
    expect(hosts.map((host) => [host.name, host.status])).toEqual([['A', 'up'], ['B', 'up'], ['C', 'up'], ['D', 'up']])
    expect(trace.filter((event) => event.kind === 'failure')).toEqual([])
  })

  it('with other sizes puts another device in place; what is refused changes nothing', patient, async () => {
    const session = await start()
    const before = session.snapshot()
    failureOf(await session.format({ deviceBytes: 64 * MIB }), 'already_formatted')
    failureOf(await session.format({ host: 'B', deviceBytes: 64 * MIB }), 'owned_by_other')
    failureOf(await session.format({ deviceBytes: 2 ** 52, force: true }), 'no_memory')
    failureOf(await session.format({ deviceBytes: 1.5, force: true }), 'bad_size')
    failureOf(await session.format({ deviceBytes: 64 * MIB, force: true, logLengthBytes: 3 * MIB }), 'bad_log_length')
    failureOf(await session.format({ deviceBytes: 8 * MIB, force: true }), 'log_too_long')
    expect(session.snapshot().device).toEqual(before.device)
    expect(session.snapshot().files).toEqual(before.files)
    expect(session.snapshot().history).toEqual(before.history)
    valueOf(await session.playLog('B'))

    valueOf(await session.format({ host: 'B', deviceBytes: 64 * MIB, unitBytes: 4096, force: true }))
    expect(session.snapshot().device).toMatchObject({ sizeBytes: 64 * MIB, filesystem: { unitBytes: 4096, ownerName: 'B', entryCount: 0 } })
    expect(session.snapshot().hosts.map(({ name, systemUuid, role, mountpoint }) => [name, systemUuid, role, mountpoint])).toEqual(
      before.hosts.map(({ name, systemUuid }) => [name, systemUuid, name === 'B' ? 'master' : 'client', '/mnt/famfs']),
    )
    valueOf(await session.newFile({ path: 'small', sizeBytes: 10, seed: 1 }))
    expect(session.snapshot().files[0]?.extents).toEqual([{ offsetBytes: 10 * MIB, lengthBytes: 4096 }])
    valueOf(await session.stepTo(session.snapshot().history.position - 2))
    expect(session.snapshot().device).toEqual(before.device)
    expect(pathsOn(session, 'B')).toEqual(['notes.txt', 'tides.f64'])
  })

  it('started over can be undone like any step', patient, async () => {
    const session = await start()
    valueOf(await session.newFile({ path: 'mine', sizeBytes: 10, seed: 1 }))
    valueOf(await session.addHost())
    const before = session.snapshot()
    const bytes = await bytesOn(session, 'A', 'mine', 0, 10)
    valueOf(await session.startOver())
    expect(session.snapshot().files.map((file) => file.path)).toEqual(['notes.txt', 'tides.f64'])
    expect(session.snapshot().device.filesystem?.uuid).not.toBe(before.device.filesystem?.uuid)
    expect(session.snapshot().hosts.map((host) => host.name)).toEqual(['A', 'B'])
    const over = session.snapshot()
    expect(over.history).toMatchObject({ position: before.history.stepCount + 1, back: expect.stringContaining('Started over') })

    valueOf(await session.stepTo(before.history.position))
    const after = session.snapshot()
    expect(after.device.filesystem).toEqual(before.device.filesystem)
    expect(after.files).toEqual(before.files)
    // When it was seated is the trace's, which goes on.
    const seated = (hosts: readonly HostView[]): HostView[] => hosts.map((host) => ({ ...host, seatedFrom: 0 }))
    expect(seated(after.hosts)).toEqual(seated(before.hosts))
    expect(await bytesOn(session, 'C', 'mine', 0, 10)).toEqual(bytes)
    valueOf(await session.stepTo(over.history.position))
    expect(session.snapshot().files).toEqual(over.files)
    expect(seated(session.snapshot().hosts)).toEqual(seated(over.hosts))
  })
})

describe('hosts', () => {
  it('come up to a limit, and go down to one', async () => {
    const session = await start()
    const added: string[] = []
    while (session.snapshot().hosts.length < HOSTS_MOST) added.push(valueOf(await session.addHost()))
    expect(added).toEqual(['C', 'D', 'E', 'F', 'G', 'H'])
    expect(failureOf(await session.addHost(), 'too_many_hosts').says).toContain('8')
    for (const name of added) expect(pathsOn(session, name)).toEqual(['notes.txt', 'tides.f64'])
    const hashes = await Promise.all(added.map((name) => session.sha256(name, 'tides.f64')))
    expect(new Set(hashes.map(valueOf)).size).toBe(1)
    for (const name of ['H', 'G', 'F', 'E', 'D', 'C', 'B']) valueOf(await session.removeHost(name))
    failureOf(await session.removeHost('A'), 'last_host')
    expect(valueOf(await session.addHost())).toBe('B')
  })

  it('that are killed end what they do and forget what they knew; a reboot brings it back', async () => {
    const session = await start()
    const file = new File(Array.from({ length: 40 }, () => patternBytes(4 * MIB, 3)), 'big.bin')
    const stop = session.subscribe(() => {
      if (!session.snapshot().tasks.some((task) => task.totalCount > 0)) return
      stop()
      void session.killHost('A')
    })
    failureOf(await session.dropFiles('A', [file]), 'host_down')
    expect(hostOf(session, 'A')).toMatchObject({ status: 'down', why: 'its plug was pulled', files: [], mountpoint: undefined })
    expect(session.snapshot().files).toHaveLength(3)
    expect(session.snapshot().trace.findLast((event) => event.kind === 'host')?.sentence).toContain('the device keeps its bytes')
    failureOf(await session.playLog('A'), 'host_down')
    valueOf(await session.killHost('A'))
    // Whoever is still up can read, and make nothing.
    valueOf(await session.playLog('B'))
    failureOf(await session.newFile({ path: 'x', sizeBytes: 10 }), 'not_master')

    valueOf(await session.rebootHost('A'))
    expect(hostOf(session, 'A')).toMatchObject({ status: 'up', role: 'master', playedCount: 3 })
    expect(pathsOn(session, 'A')).toEqual(['notes.txt', 'tides.f64', 'big.bin'])
    valueOf(await session.newFile({ path: 'x', sizeBytes: 10 }))
    valueOf(await session.rebootHost('B'))
    expect(pathsOn(session, 'B')).toEqual(['notes.txt', 'tides.f64', 'big.bin', 'x'])
  })
})

describe('steps back and forth', () => {
  const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }
  const hostsOf = (session: Session) => session.snapshot().hosts.map(({ name, systemUuid, status, why, role, playedCount, mountpoint, files, removed }) =>
    ({ name, systemUuid, status, why, role, playedCount, mountpoint, paths: files.map(({ path }) => path), removed }))

  it('bring back a mount with its daemon in a worker', { timeout: 60_000 }, async () => {
    const daemons: (string | undefined)[] = []
    const { driver } = engine
    const spawn: typeof driver.spawn = async (spec) => {
      const spawned = await driver.spawn(spec)
      if (spawned.ok && spec.name === 'B') spawned.value.listen({ onNews: ({ mount }) => void daemons.push(mount?.daemon) })
      return spawned
    }
    const session = new Session({ ...engine, driver: { ...driver, spawn } }, new ImageStore(newName(), true), 'owner')
    onTestFinished(() => session.dispose())
    await session.start()
    const shell = valueOf(await session.openShell('B'))
    expect(valueOf(await shell.run('umount /mnt/famfs && famfs mount --fuse --kernel fuse-paged --daemon worker /dev/dax0.0 /mnt/famfs', how))).toMatchObject({ exitCode: 0 })
    await session.settled()
    const { position } = session.snapshot().history
    for (const [at, kernel, daemon] of [[position - 1, 'v1', undefined], [position, 'fuse-paged', 'worker']] as const) {
      valueOf(await session.stepTo(at))
      expect([at, hostOf(session, 'B').kernel, daemons.at(-1)]).toEqual([at, kernel, daemon])
    }
    expect(valueOf(await session.sha256('B', 'notes.txt'))).toBe(valueOf(await session.sha256('A', 'notes.txt')))
  })

  it('bring back every byte, be it the first scene’s, a dropped file’s or a shell’s, and whoever was killed', { timeout: 120_000 }, async () => {
    const buffers: (SharedArrayBuffer | ArrayBuffer)[] = []
    const newBuffer = (sizeBytes: number) => {
      const made = engine.newBuffer(sizeBytes)
      if (made.ok) buffers.push(made.value)
      return made
    }
    const name = newName()
    const session = new Session({ ...engine, newBuffer }, new ImageStore(name, true), 'owner')
    onTestFinished(() => session.dispose())
    await session.start()
    // Nothing here reaches farther than 32 MiB.
    const stateNow = async () => ({ sha256: await sha256(new Uint8Array(buffers.at(-1) ?? new ArrayBuffer(0)).slice(0, 32 * MIB)), hosts: hostsOf(session), files: session.snapshot().files })
    // Of the first scene only the last state was seen.
    const states = [undefined, undefined, undefined, undefined, undefined, await stateNow()]
    const shell = valueOf(await session.openShell('A'))
    const acts: (() => Promise<Result<unknown>>)[] = [
      () => session.dropFiles('A', [new File([patternBytes(5 * MIB + 1, 3)], 'dropped.bin')]),
      () => session.killHost('B'),
      () => session.newFile({ path: 'more.bin', sizeBytes: 3 * MIB, seed: 4 }),
      () => shell.run('famfs creat -s 1m -r -S 9 /mnt/famfs/from-shell; dd if=/dev/zero of=/mnt/famfs/notes.txt bs=100 count=1 conv=notrunc; rm /mnt/famfs/more.bin', how),
      () => session.rebootHost('B'),
      () => session.format({ deviceBytes: 64 * MIB, force: true }),
      () => session.newFile({ path: 'last.bin', sizeBytes: 2 * MIB, seed: 5 }),
    ]
    for (const act of acts) {
      valueOf(await act())
      await session.settled()
      expect(session.snapshot().history.position).toBe(states.length)
      states.push(await stateNow())
    }
    const end = states.length - 1
    for (const position of [end - 1, end - 2, end - 3, end - 4, 0, 5, 6, end, 3, end - 3, 7, end]) {
      valueOf(await session.stepTo(position))
      expect(session.snapshot().history).toMatchObject({ position, stepCount: end, travelling: false })
      expect(session.snapshot().trace.at(-1)).toMatchObject({ kind: 'history', step: undefined })
      const now = await stateNow()
      expect({ position, ...now }).toEqual({ position, ...(states[position] ?? now) })
    }
    expectNoBytes(session.snapshot())

    // What is shown is what is stored.
    valueOf(await session.stepTo(6))
    valueOf(await session.save())
    const shown = session.snapshot()
    await session.dispose()
    const next = await start(name)
    expect(next.snapshot().device).toEqual(shown.device)
    expect(next.snapshot().files).toEqual(shown.files)
    expect(next.snapshot().history).toMatchObject({ position: 0, stepCount: 0 })
    expect(valueOf(await next.sha256('B', 'dropped.bin'))).toBe(await sha256(patternBytes(5 * MIB + 1, 3)))
    const before = hostsOf(next)
    valueOf(await next.poke({ host: 'A', path: 'dropped.bin', index: 0, cell: 'Uint8', value: 9 }))
    valueOf(await next.addHost())
    valueOf(await next.stepTo(0))
    expect(hostsOf(next)).toEqual(before)
    expect(valueOf(await next.sha256('A', 'dropped.bin'))).toBe(await sha256(patternBytes(5 * MIB + 1, 3)))
    valueOf(await next.stepTo(2))
    expect(await bytesOn(next, 'C', 'dropped.bin', 0, 1)).toEqual([9])
  })
})

describe('storage', () => {
  const saved = (session: Session): Promise<unknown> => vi.waitFor(() => expect(session.snapshot().storage.state).toBe('saved'), patient)

  it('what a stopped New file has logged is stored, too', patient, async () => {
    const name = newName()
    const session = await start(name)
    valueOf(await session.save())
    const stop = session.subscribe(() => {
      const task = session.snapshot().tasks[0]
      if (task && task.doneCount > 0) session.cancelTask(task.id)
    })
    failureOf(await session.newFile({ path: 'half.bin', sizeBytes: 200 * MIB, seed: 5 }), 'cancelled')
    stop()
    const half = session.snapshot().files.at(-1)
    expect(half).toMatchObject({ path: 'half.bin' })
    valueOf(await session.save())
    const stored = await bytesOn(session, 'A', 'half.bin', 0, 64)
    await session.dispose()

    const next = await start(name)
    expect(next.snapshot().files.at(-1)).toEqual(half)
    expect(await bytesOn(next, 'A', 'half.bin', 0, 64)).toEqual(stored)
  })

  it('what was written is stored, however the path was spelled', async () => {
    const name = newName()
    const session = await start(name)
    valueOf(await session.save())
    const chunk = (session.snapshot().files[0]?.extents[0]?.offsetBytes ?? 0) / (2 * MIB)
    const before = (await generations(name)).get(chunk) ?? Number.NaN
    valueOf(await session.poke({ host: 'A', path: './/notes.txt', index: 0, cell: 'Uint8', value: 1 }))
    valueOf(await session.save())
    expect((await generations(name)).get(chunk)).toBeGreaterThan(before)
  })

  it('an edited byte, and the way back, save the one chunk that it is in', patient, async () => {
    const name = newName()
    const first = await start(name)
    valueOf(await first.newFile({ path: 'large', sizeBytes: 40 * MIB, seed: 1 }))
    valueOf(await first.save())
    await first.dispose()
    const session = await start(name)
    const newestOf = async (): Promise<[count: number, generation: number]> => {
      const all = [...(await generations(name)).values()]
      const newest = Math.max(...all)
      return [all.filter((each) => each === newest).length, newest]
    }
    const before = await newestOf()
    expect(before[0]).toBeGreaterThan(20)
    const at = session.snapshot().files.at(-1)?.extents[0]?.offsetBytes ?? 0
    valueOf(await session.edit({ host: 'A', offsetBytes: at + 9 * MIB, bytes: new Uint8Array([1, 2, 3]) }))
    valueOf(await session.save())
    const edited = await newestOf()
    expect(edited).toEqual([1, expect.any(Number) as number])
    expect(edited[1]).toBeGreaterThan(before[1])
    valueOf(await session.stepTo(0))
    valueOf(await session.save())
    const back = await newestOf()
    expect(back).toEqual([1, expect.any(Number) as number])
    expect(back[1]).toBeGreaterThan(edited[1])
    const hash = valueOf(await session.sha256('A', 'large'))
    await session.dispose()
    expect(valueOf(await (await start(name)).sha256('A', 'large'))).toBe(hash)
  })

  it('what is stored and damaged is left alone until another device takes its place', patient, async () => {
    const name = newName()
    await set('manifest', { format: 99 }, createStore(name, 'image'))
    const session = await start(name)
    expect(session.snapshot().storage.state).toBe('off')
    valueOf(await session.newFile({ path: 'x', sizeBytes: 10, seed: 1 }))
    valueOf(await session.format({ force: true }))
    expect(session.snapshot().storage.state).toBe('off')
    expect(await get('manifest', createStore(name, 'image'))).toEqual({ format: 99 })
    valueOf(await session.format({ force: true, deviceBytes: 64 * MIB }))
    await saved(session)
    await session.dispose()
    expect((await start(name)).snapshot().device).toMatchObject({ sizeBytes: 64 * MIB, filesystem: { entryCount: 0 } })
  })

  it('a device that never comes to rest is saved all the same', patient, async () => {
    const session = await start()
    valueOf(await session.save())
    const states: string[] = []
    session.subscribe(() => states.push(session.snapshot().storage.state))
    for (let i = 0; !states.includes('saving'); i++) {
      valueOf(await session.poke({ host: 'A', path: 'tides.f64', index: i % 1000, cell: 'Float64', value: i }))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(states).toContain('saving')
  })

  it('a refusal changes nothing, so there is nothing to save', async () => {
    const session = await start()
    valueOf(await session.save())
    failureOf(await session.dropFiles('B', [new File(['x'], 'x')]), 'not_master')
    failureOf(await session.dropFiles('A', [new File(['x'], 'notes.txt')]), 'size_differs')
    expect(session.snapshot().storage.state).toBe('saved')
  })

  it('saves by itself, and the next session has the same device and hosts', async () => {
    const name = newName()
    const first = await start(name)
    const data = patternBytes(3 * MIB + 3, 9)
    valueOf(await first.dropFiles('A', [new File([data], 'data.bin')]))
    valueOf(await first.addHost())
    await saved(first)
    const before = first.snapshot()
    await first.dispose()

    const second = await start(name)
    const after = second.snapshot()
    expect(after.storage.state).toBe('saved')
    expect(after.device).toEqual(before.device)
    expect(after.files).toEqual(before.files)
    expect(after.hosts.map(({ name: host, systemUuid, role, playedCount }) => [host, systemUuid, role, playedCount])).toEqual(
      before.hosts.map(({ name: host, systemUuid, role }) => [host, systemUuid, role, 3]),
    )
    expect(valueOf(await second.sha256('C', 'data.bin'))).toBe(await sha256(data))
    expect(after.trace.at(-1)?.sentence).toContain('The stored image is back with 3 files')
  })

  it('of several devices is one image: sizes, UUIDs, bytes, and what the hardware says', patient, async () => {
    const name = newName()
    const each = 24 * MIB
    const session = await start(name)
    valueOf(await session.format({ force: true, deviceBytes: each, deviceCount: 3, unitBytes: 4096 }))
    valueOf(await session.newFile({ path: 'wide', sizeBytes: 6 * MIB, seed: 7, striped: { stripCount: 3, chunkBytes: MIB } }))
    valueOf(await session.dropFiles('A', [new File([patternBytes(30_000, 3)], 'plain')]))
    valueOf(await session.playLog('B'))
    const hash = valueOf(await session.sha256('B', 'wide'))
    expect(valueOf(await session.sha256('A', 'wide'))).toBe(hash)
    const strips = session.snapshot().files[0]?.extents ?? []
    expect(strips.map(({ offsetBytes }) => Math.floor(offsetBytes / each)).sort()).toEqual([0, 1, 2])
    valueOf(await session.poison(1, 20 * MIB, 4096))
    valueOf(await session.stopDevice(2))
    valueOf(await session.detachDevice('B', 1))
    valueOf(await session.save())
    const { device, files } = session.snapshot()
    await session.dispose()

    const again = await start(name)
    const back = again.snapshot()
    expect(back.device.devices).toEqual(device.devices)
    expect(back.device.devices.map(({ health }) => [health.poison, health.isStopped])).toEqual([[[], false], [[{ offsetBytes: each + 20 * MIB, lengthBytes: 4096 }], false], [[], true]])
    expect(back.files).toEqual(files)
    expect(back.hosts.map((host) => [host.name, host.lacks, host.files.map(({ path, fault }) => [path, fault])])).toEqual([
      // A device that doesn't answer when a host mounts is none to it.
      ['A', [], [['wide', 'missing'], ['plain', undefined]]],
      ['B', [1], [['wide', 'missing'], ['plain', undefined]]],
    ])
    failureOf(await again.sha256('B', 'wide'), 'device_missing')
    valueOf(await again.startDevice(2))
    valueOf(await again.attachDevice('B', 1))
    expect(valueOf(await again.sha256('B', 'wide'))).toBe(hash)
    // Where the session began can be come back to, health and all.
    valueOf(await again.stepTo(0))
    expect(again.snapshot().device.devices).toEqual(device.devices)
    expect(again.snapshot().hosts.map(({ lacks }) => lacks)).toEqual([[], [1]])
    expectNoBytes(again.snapshot())
  })

  it('a host that comes or goes while a save runs is stored, too', async () => {
    const name = newName()
    const first = await start(name)
    valueOf(await first.newFile({ path: 'data.bin', sizeBytes: 60 * MIB, seed: 1 }))
    const [one, two, three] = [first.save(), first.save(), first.save()]
    valueOf(await first.removeHost('B'))
    for (const done of await Promise.all([one, two, three])) valueOf(done)
    valueOf(await first.newFile({ path: 'more.bin', sizeBytes: 10, seed: 1 }))
    await saved(first)
    await first.dispose()
    const second = await start(name)
    expect(second.snapshot().hosts.map((host) => host.name)).toEqual(['A'])
    expect(second.snapshot().files.map((file) => file.path)).toEqual(['notes.txt', 'tides.f64', 'data.bin', 'more.bin'])
  })

  it('another tab’s image is only looked at', async () => {
    const name = newName()
    const owner = await start(name)
    await saved(owner)
    const stored = await keys(createStore(name, 'image'))
    const looker = await start(name, 'other_tab')
    expect(looker.snapshot().storage.state).toBe('read_only')
    expect(looker.snapshot().files).toHaveLength(2)
    for (const refused of [
      await looker.newFile({ path: 'x', sizeBytes: 10 }),
      await looker.newDirectory({ path: 'x' }),
      await looker.dropFiles('A', [new File(['x'], 'x')]),
      await looker.format({ force: true }),
      await looker.poke({ host: 'A', path: 'tides.f64', index: 0, cell: 'Uint8', value: 1 }),
      await looker.startOver(),
      await looker.save(),
    ]) failureOf(refused, 'read_only_session')
    valueOf(await looker.playLog('B'))
    valueOf(await looker.sha256('B', 'tides.f64'))
    expect(looker.snapshot().storage.state).toBe('read_only')
    expect(await keys(createStore(name, 'image'))).toEqual(stored)
  })
})
