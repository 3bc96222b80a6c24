// A session with several devices: places count from the pool's start, hosts call the devices as they like, and what the
// hardware says of them is a part of each step.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import type { Session } from '../../../src/playground/session.ts'
import type { PoolDeviceView, Snapshot } from '../../../src/playground/types.ts'
import { failureOf, firstDifference, valueOf } from '../../helpers/outcome.ts'
import { nodeSession, picturesOf } from '../../helpers/sessions.ts'

const EACH = 24 * MIB
const how = { columns: 80, signal: new AbortController().signal, onNote: () => undefined }

async function three(): Promise<{ session: Session; newest: () => SharedArrayBuffer }> {
  const made = await nodeSession()
  valueOf(await made.session.format({ force: true, deviceBytes: EACH, deviceCount: 3, unitBytes: 4096 }))
  return made
}

async function striped(session: Session, path = 'wide'): Promise<void> {
  valueOf(await session.newFile({ path, sizeBytes: 6 * MIB, seed: 7, striped: { stripCount: 3, chunkBytes: MIB } }))
}

const healthOf = ({ device }: Snapshot): PoolDeviceView['health'][] => device.devices.map(({ health }) => health)
const faultsOn = ({ hosts }: Snapshot, name: string): [string, string | undefined][] =>
  hosts.find((host) => host.name === name)?.files.map(({ path, fault }) => [path, fault]) ?? []

async function run(session: Session, host: string, line: string): Promise<number> {
  const shell = valueOf(await session.openShell(host))
  const { exitCode } = valueOf(await shell.run(line, how))
  shell.close()
  await session.settled()
  return exitCode
}

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
