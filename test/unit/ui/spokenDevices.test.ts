// One number for a device: the file system's. Devices that joined it in another order than they lie in are told and
// understood alike by log, inspector, trace and tools; those that are in no file system have a name, and no number.

import { describe, expect, it, onTestFinished } from 'vitest'
import { KIB, MIB } from '../../../src/core/base/align.ts'
import { LOG_ENTRY_BYTES } from '../../../src/core/omf/log.ts'
import { hostProblems } from '../../../src/playground/problemHosts.ts'
import { memoryProblems } from '../../../src/playground/problemMemory.ts'
import type { Session } from '../../../src/playground/session.ts'
import { deviceAmong, deviceKey, deviceMeant, devicesWords, deviceWords } from '../../../src/playground/spoken.ts'
import { piecesText } from '../../../src/playground/whereWords.ts'
import { briefPlace, entryOffset, placeText } from '../../../src/ui/addresses.ts'
import { deviceCommands } from '../../../src/ui/devices/deviceCommands.ts'
import { offsetAsked } from '../../../src/ui/inspector/asking.ts'
import { nodeOf, treeOf } from '../../../src/ui/inspector/tree.ts'
import { logRowsOf } from '../../../src/ui/logRows.ts'
import { mapModel } from '../../../src/ui/map/model.ts'
import { cellText } from '../../../src/ui/map/tell.ts'
import { memoryAdvice } from '../../../src/ui/memoryGuide.ts'
import { placeAt } from '../../../src/ui/overlay.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { nodeSession } from '../../helpers/sessions.ts'

const EACH = 24 * MIB

async function said(session: Session, host: string, line: string): Promise<string> {
  const shell = valueOf(await session.openShell(host))
  let text = ''
  const { exitCode } = valueOf(await shell.run(line, { columns: 120, signal: new AbortController().signal, onNote: (note) => void (text += note.kind === 'output' ? note.text : '') }))
  shell.close()
  await session.settled()
  expect([exitCode, text]).toEqual([0, text])
  return text
}

/** Four devices, of which the fourth and then the second joined the first: indices 1 and 2. The third is in none. */
async function crossed(): Promise<Session> {
  const { session } = await nodeSession()
  onTestFinished(() => session.dispose())
  valueOf(await session.format({ force: true, deviceBytes: EACH, deviceCount: 4, unitBytes: 4 * KIB }))
  const wiped = [1, 2, 3].map((n) => `mkfs.famfs -k -f /dev/dax${n}.0`).join('; ')
  await said(session, 'A', `umount /mnt/famfs; ${wiped}; mkfs.famfs -f --allocunit 4096 /dev/dax0.0; famfs mount --nofuse /dev/dax0.0 /mnt/famfs; famfs devadd /dev/dax3.0 /dev/dax1.0 /mnt/famfs`)
  valueOf(await session.newFile({ path: 'wide', sizeBytes: 6 * MIB, seed: 7, striped: { stripCount: 3, chunkBytes: MIB } }))
  await session.settled()
  return session
}

describe('devices that joined in another order', () => {
  it('are spoken of by the file system’s index, and addresses everywhere lead to the same bytes', async () => {
    const session = await crossed()
    const snapshot = session.snapshot()
    const { devices, sizeBytes } = snapshot.device
    expect(devices.map(deviceWords)).toEqual(['device 0', 'device 2', '/dev/dax2.0', 'device 1'])
    const [file] = snapshot.files
    const entryIndex = file?.entryIndex ?? -1
    const bytes = valueOf(await session.peek({ kind: 'device' }, entryOffset(snapshot, 0), (entryIndex + 1) * LOG_ENTRY_BYTES))
    const rows = logRowsOf(bytes, 0, devices)
    expect(rows.slice(0, 2).map(({ path, map }) => [path, map])).toEqual([['device 1', '/dev/dax3.0'], ['device 2', '/dev/dax1.0']])

    const strips = file?.extents.map(({ offsetBytes }) => offsetBytes) ?? []
    expect(strips).toHaveLength(3)
    const goes = (address: string): unknown => offsetAsked(address, 0, sizeBytes, devices)
    // Log.
    const log = /^3 strips on devices ([0-2]), ([0-2]), ([0-2]); the first at (\d:0x[0-9a-f]+)$/.exec(rows[entryIndex]?.map ?? '')
    expect(log).not.toBeNull()
    expect(goes(log?.[4] ?? '')).toEqual({ value: strips[0] })
    expect(log?.slice(1, 4).map((key) => deviceMeant(devices, key)?.baseBytes)).toEqual(strips.map((at) => Math.floor(at / EACH) * EACH))
    // Inspector, map and tools.
    const tree = treeOf(snapshot)
    strips.forEach((at, i) => expect(goes(nodeOf(tree, `files:0:${i}`)?.note ?? '')).toEqual({ value: at }))
    const model = mapModel(snapshot)
    for (const at of strips) expect(cellText(model, { name: 'bytes', cellBytes: 1 }, at)).toContain(placeText(devices, at))
    const map = await said(session, 'A', 'famfs getmap /mnt/famfs/wide')
    // Of the primary, getmap says nothing.
    const told = [...map.matchAll(/^\t+([0-9a-f]+)\t\d+(?:\tdevice (\d))?$/gm)].map(([, offset, index = '0']) => goes(`${index}:0x${offset}`))
    expect(told).toEqual(strips.map((value) => ({ value })))
    // Trace.
    const made = snapshot.trace.findLast(({ kind }) => kind === 'create')
    expect(made?.sentence).toContain(`file wide, 6 MiB in 3 strips on devices ${log?.slice(1, 3).join(', ')} and ${log?.[3]}.`)
    expect([nodeOf(tree, 'entries:0')?.title, nodeOf(tree, 'devices:1')?.title, placeAt(snapshot, 2 * EACH).title, placeAt(snapshot, EACH).title])
      .toEqual(['Entry 0 adds device 1 /dev/dax3.0', '/dev/dax2.0, in no file system', '/dev/dax2.0, in no file system', 'Superblock of device 2'])
    expect(tree.gaps.map((_, i) => nodeOf(tree, `free:${i}`)?.title.replace(/^.* on /, ''))).toEqual(['device 0', 'device 2', 'device 1'])
    expect(await session.findEntries({ text: '', kind: 'device' })).toEqual([0, 1])
  })

  it('fail, are taken away and named by the same words in guide, problems, trace and commands', async () => {
    const session = await crossed()
    const place = 3
    valueOf(await session.stopDevice(place))
    const stopped = session.snapshot()
    expect(stopped.history.back).toBe('Device 1 does not answer any more.')
    expect(memoryAdvice(stopped)?.says).toMatch(/^Device 1 does not answer/)
    expect(memoryProblems(stopped.device.devices)[0]).toMatchObject({ says: 'Device 1 does not answer: nobody reaches what is on it.', bytes: { offsetBytes: place * EACH } })
    const titles = deviceCommands(stopped).map(({ title }) => title)
    for (const title of ['Let device 1 answer again', 'Stop device 2', 'Stop /dev/dax2.0', 'Take device 1 from A', 'Take /dev/dax2.0 from A']) expect(titles).toContain(title)
    valueOf(await session.startDevice(place))
    valueOf(await session.detachDevice('B', place))
    valueOf(await session.playLog('B'))
    expect(memoryAdvice(session.snapshot())?.says).toMatch(/^B runs without device 1: /)
    const { hosts, device } = session.snapshot()
    expect(hostProblems(hosts, device.devices).map(({ next }) => next)).toEqual(['In its menu, or under Devices: Give device 1 back to B.'])
  })
})

describe('a device', () => {
  const [member, other] = [{ name: '/dev/dax3.0', fsDevindex: 1 }, { name: '/dev/dax1.0', fsDevindex: undefined }]
  it('is meant by what is said of it, and by its name', () => {
    for (const device of [member, other]) for (const text of [deviceKey(device), device.name, device.name.slice(5)]) expect(deviceMeant([member, other], ` ${text} `)).toBe(device)
    expect(deviceMeant([other], '1')).toBeUndefined()
    expect([deviceKey(member), deviceKey(other), deviceAmong(member, [member]), deviceAmong(member, [member, other])]).toEqual(['1', 'dax1.0', '/dev/dax3.0', 'device 1'])
    expect([devicesWords([other, member]), devicesWords([member, { name: '', fsDevindex: 0 }]), devicesWords([other])]).toEqual(['device 1 and /dev/dax1.0', 'devices 1 and 0', '/dev/dax1.0'])
  })

  it('of no file system has addresses, too', () => {
    const devices = [{ ...member, devindex: 0, baseBytes: 0, sizeBytes: MIB }, { ...other, devindex: 1, baseBytes: MIB, sizeBytes: MIB }]
    expect([placeText(devices, MIB + 16), briefPlace(devices, MIB + 16)]).toEqual(['/dev/dax1.0, byte 0x00000010', 'dax1.0:0x00000010'])
    for (const text of ['dax1.0:16', '/dev/dax1.0:0x10', briefPlace(devices, MIB + 16)]) expect(offsetAsked(text, 0, 2 * MIB, devices)).toEqual({ value: MIB + 16 })
    const pieces = [{ offsetBytes: MIB, lengthBytes: 1 }, { offsetBytes: 0, lengthBytes: 1 }]
    expect(piecesText(devices, pieces, 'extent')).toBe('in 2 extents on device 1 and /dev/dax1.0')
    expect([piecesText(devices, pieces.slice(0, 1), 'extent'), piecesText(devices.slice(0, 1), [{ offsetBytes: 16, lengthBytes: 1 }], 'extent')]).toEqual(['at /dev/dax1.0, byte 0x0', 'at 0x10'])
  })
})
