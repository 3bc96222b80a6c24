// What hosts show, and when the device is looked at: a burst of changes is one look, a look that finds what was known
// changes nothing, and a view is the same object until something in it has changed.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { must } from '../../../src/core/base/result.ts'
import { createFile } from '../../../src/core/fs/create.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { viewOf } from '../../../src/playground/problemCheck.ts'
import { hostProblems } from '../../../src/playground/problemHosts.ts'
import { memoryProblems } from '../../../src/playground/problemMemory.ts'
import { Problems } from '../../../src/playground/problems.ts'
import type { HostFile, HostView, LostDevice, PoolDeviceView } from '../../../src/playground/types.ts'
import { file, fileOptions, lock, newFormatted } from '../../helpers/volumes.ts'
import { devicesOf } from '../ui/mapLayouts.ts'

function host(more: Partial<HostView> = {}): HostView {
  return {
    name: 'B',
    systemUuid: '',
    status: 'up',
    why: undefined,
    role: 'client',
    mountpoint: '/mnt/famfs',
    mountTrouble: undefined,
    playedCount: 2,
    entryCount: 2,
    files: [],
    lacks: [],
    lost: [],
    unseen: [],
    removed: [],
    appending: false,
    seatedFrom: 0,
    stale: false, stranded: false,
    ...more,
  }
}

function node(path: string, fault: HostFile['fault'], entryIndex = 0, extents: HostFile['extents'] = []): HostFile {
  return { kind: 'file', path, sizeBytes: 1, modeText: '0644', uid: 0, gid: 0, entryIndex, extents, chunkBytes: undefined, ...(fault && { fault }) }
}

function said(more: Partial<HostView>, devices: readonly PoolDeviceView[] = []): string[] {
  return hostProblems([host(more)], devices).map(({ severity, says, next }) => `${severity}: ${says} ${next}`)
}

describe('hosts', () => {
  it('one that has played all there is shows nothing, and neither does one that is starting or at work', () => {
    expect(said({})).toEqual([])
    expect(said({ status: 'starting', mountpoint: undefined })).toEqual([])
    expect(said({ appending: true, playedCount: 1 })).toEqual([])
    expect(said({ mountpoint: undefined, entryCount: 0 })).toEqual([])
  })

  it('being behind is a note: that is how famfs works', () => {
    expect(said({ playedCount: 1, unseen: ['tides.f64'] })).toEqual(['note: B is one log entry behind: it can’t see tides.f64. Play log on B.'])
    expect(said({ playedCount: 0, entryCount: 10_000, unseen: ['a', 'b', 'c', 'd'] })).toEqual([
      'note: B is 10,000 log entries behind: it can’t see a, b and 2 more. Play log on B.',
    ])
    expect(hostProblems([host({ playedCount: 1 })], [])[0]).toMatchObject({ id: 'host-B-behind', host: 'B', entryIndex: 1, bytes: undefined })
  })

  it('down, not mounted, mounted and gone, could not mount', () => {
    expect(said({ status: 'down', why: 'it was killed' })).toEqual(['warning: B is down: it was killed. Reboot B: the device kept its bytes, and the log brings its files back.'])
    expect(said({ mountpoint: undefined })).toEqual(['note: Nothing is mounted on B: it sees no file. In a terminal of B: famfs mount.'])
    expect(said({ stale: true })).toEqual([expect.stringContaining('error: B has a file system mounted that is not on the device any more')])
    expect(said({ mountpoint: undefined, mountTrouble: 'the superblock is damaged.' })).toEqual([expect.stringContaining('error: B could not mount the device: the superblock is damaged.')])
  })

  it('what went on one host alone', () => {
    expect(said({ removed: ['a'] })).toEqual(['warning: Removed or renamed on B alone: a. The log still has it, and so have the other hosts. Play log on B: it comes back.'])
    expect(said({ files: [node('cut', 'resized'), node('bare', 'no_map'), node('own', 'no_map', -1), node('good', undefined)] })).toEqual([
      'warning: On B, cut has another size than its map: nothing can read or write it there. In a terminal of B: rm it, then play the log.',
      'warning: On B, bare has no map: nothing can read or write it there. In a terminal of B: rm it, then play the log.',
      'warning: A plain tool made own on B alone: no log has it. Remove it on B, and make it with famfs creat or famfs cp on the master.',
    ])
  })
})

describe('hosts and memory that failed', () => {
  const EACH = 64 * MIB
  const on = (devindex: number, path = 'x') => node(path, 'memory', 0, [{ offsetBytes: devindex * EACH + 4 * MIB, lengthBytes: MIB }])
  const poison = (offsetBytes: number) => ({ poison: [{ offsetBytes, lengthBytes: 64 }] })
  const well = devicesOf([EACH, EACH, EACH]).devices
  const poisoned = devicesOf([EACH, EACH, EACH], { 1: poison(EACH + 4 * MIB), 2: poison(2 * EACH + 9 * MIB) }).devices
  const stopped = devicesOf([EACH, EACH, EACH], { 1: { isStopped: true } }).devices
  const lost = (why: LostDevice['why'], endsMount = false): LostDevice[] => [{ devindex: 1, why, endsMount }]
  const AGAIN = 'n a terminal of B: umount /mnt/famfs, then famfs mount it again.'

  it.each<[string, Partial<HostView>, readonly PoolDeviceView[], string]>([
    ['poison was met', { files: [on(1)], lost: lost('poison') }, poisoned, `the mount met poison on device 1. Under Devices: Clear poison on device 1; then i${AGAIN}`],
    ['it was met, and is healed', { files: [on(1)], lost: lost('poison', true) }, well, `the mount met poison on device 1. I${AGAIN}`],
    ['it was met, and still does not answer', { files: [on(1)], lost: lost('stopped') }, stopped, `device 1 did not answer when it was touched. Under Devices: Let device 1 answer again; then i${AGAIN}`],
    ['it answers again', { files: [on(1)], lost: lost('stopped') }, well, `device 1 did not answer when it was touched. I${AGAIN}`],
    ['there is nothing to heal', { files: [on(1)], lost: lost('reconfigured') }, well, `device 1 was reconfigured under the mount. I${AGAIN}`],
  ])('say what brings a file back: %s', (_, more, devices, text) => {
    expect(said(more, devices)).toEqual([`warning: On B, x can’t be read or written: ${text}`])
  })

  it('are a note as long as nothing has touched it: no mount is to be made anew', () => {
    const unmet = (path = 'x') => ({ ...on(1, path), fault: 'failing' as const })
    expect(said({ files: [unmet()] }, poisoned)).toEqual(['note: Who touches the failed memory behind x on B gets an error. Nothing there has yet. Under Devices: Clear poison on device 1.'])
    expect(said({ files: [unmet(), unmet('y')] }, stopped)).toEqual(['note: Who touches the failed memory behind x and y on B gets an error. Nothing there has yet. Under Devices: Let device 1 answer again.'])
    // Another mount has the device as it is by now, whoever reads it first.
    const outdated = 'note: Device 1 was reconfigured under the mount of B: who touches x there gets an error. Nothing there has yet.'
    expect(said({ files: [unmet()], outdated: [1] }, well)).toEqual([`${outdated} I${AGAIN}`])
    expect(said({ files: [unmet()], outdated: [1] }, poisoned)).toEqual([`${outdated} Under Devices: Clear poison on device 1; then i${AGAIN}`])
  })

  it('a device that is missing comes back as it went', () => {
    const was = 'warning: On B, x can’t be read or written: a device of it was not there when B mounted.'
    const files = [node('x', 'missing')]
    expect(said({ files, lacks: [1] }, well)).toEqual([`${was} In its menu, or under Devices: Give device 1 back to B.`])
    expect(said({ files }, stopped)).toEqual([`${was} Under Devices: Let device 1 answer again; then in a terminal of B: famfs daxdev resolve /mnt/famfs.`])
    expect(said({ files }, devicesOf([EACH, EACH], { 1: poison(EACH + 64) }).devices)).toEqual([`${was} The superblock of device 1 is poisoned, and clearing that makes it zeros: step back if it was done here, else copy the other files out and format again.`])
    const refused = ['device 1: /dev/dax1.0 and /dev/dax2.0 each say that they are it: detach the copies']
    expect(said({ files, refused }, well)).toEqual([`warning: On B, x can’t be read or written: ${refused[0]}. Put that right; then in a terminal of B: famfs daxdev resolve /mnt/famfs.`])
    // Cleared, it is zeros: resolving finds nothing there.
    const cleared = well.map((device) => ({ ...device, fsDevindex: device.devindex === 1 ? undefined : device.fsDevindex }))
    expect(said({ files }, cleared)).toEqual([`${was} Nothing says any more which device /dev/dax1.0 is, and resolving finds only what has a superblock: step back if it was done here, else copy the other files out and format again.`])
    // Poison elsewhere is no reason.
    expect(said({ files }, poisoned)).toEqual([`${was} In a terminal of B: famfs daxdev resolve /mnt/famfs.`])
  })

  it('where the device doesn’t answer, nobody has looked at it now', () => {
    const check = { problems: [], count: 0, sentence: 'fsck: superblock and log header are sound; the log is empty.' }
    expect(viewOf(check, memoryProblems(stopped), false, true).sentence).toBe('1 error. As last seen, before the device stopped answering: fsck: superblock and log header are sound; the log is empty.')
    expect(viewOf(check, memoryProblems(stopped), false).sentence).toBe('1 error. fsck: superblock and log header are sound; the log is empty.')
  })

  it('devices name the button that heals them, and so many ranges one by one', () => {
    expect(memoryProblems(well)).toEqual([])
    expect(memoryProblems(stopped)).toMatchObject([{ says: 'Device 1 does not answer: nobody reaches what is on it.', next: 'Under Devices: Let device 1 answer again. Hosts that saw it fail have to mount again.', bytes: { offsetBytes: EACH, lengthBytes: EACH } }])
    const ranges = (count: number) => Array.from({ length: count }, (_, i) => ({ offsetBytes: EACH + i * 4096, lengthBytes: 64 }))
    const saidOf = (count: number) => memoryProblems(devicesOf([EACH, EACH], { 1: { poison: ranges(count) } }).devices).map(({ says }) => says)
    expect(saidOf(8)).toEqual(ranges(8).map(({ offsetBytes }) => `Device 1 has poisoned memory: 64 bytes at 0x${(offsetBytes - EACH).toString(16)}.`))
    expect(saidOf(11)).toEqual([...saidOf(8).slice(0, 7), 'Device 1 has poisoned memory: 64 bytes at 0x7000. 3 more ranges of it are, too.'])
    expect(memoryProblems(poisoned)[1]).toMatchObject({ next: 'Under Devices: Clear poison on device 2, which makes it zeros. Hosts that saw it fail have to mount again.', bytes: { offsetBytes: 2 * EACH + 9 * MIB, lengthBytes: 64 } })
  })

  it('no button is named that would end the file system: zeros are no superblock, and no log entry', () => {
    const nextOf = (place: number, offsetBytes: number) => memoryProblems(devicesOf([EACH, EACH], { [place]: { poison: [{ offsetBytes: place * EACH + offsetBytes, lengthBytes: 64 }] } }).devices, 3).map(({ next }) => next.includes('Clear poison'))
    // The fourth entry is not in use, and a secondary has no log.
    expect([nextOf(0, 0), nextOf(1, 128), nextOf(0, 2 * MIB), nextOf(0, 2 * MIB + 48 + 2 * 544), nextOf(0, 2 * MIB + 64 * Math.ceil((48 + 3 * 544) / 64)), nextOf(1, 2 * MIB), nextOf(0, 64 * 4)]).toEqual([[false], [false], [false], [false], [true], [true], [true]])
  })
})

/** Problems over a small device, and a way to wait for its next word. */
function watched() {
  const volume = newFormatted(64 * MIB)
  let heard = 0
  let wake = (): void => {}
  const problems = new Problems(() => {
    heard++
    wake()
  })
  const word = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  return { volume, problems, word, heard: () => heard }
}

describe('looking', () => {
  it('nothing is said before the first look has ended', () => {
    const { problems, heard } = watched()
    expect(problems.view([])).toMatchObject({ list: [], count: 0, checking: true })
    expect(heard()).toBe(0)
    problems.stop()
  })

  it('a burst of changes is one look; what is found is merged with the hosts, errors first', async () => {
    const { volume, problems, word, heard } = watched()
    for (let i = 0; i < 1000; i++) problems.deviceChanged(volume.memory)
    await word()
    expect(heard()).toBe(1)
    const hosts = [host({ playedCount: 1 }), host({ name: 'C', status: 'down' })]
    expect(problems.view([])).toMatchObject({ list: [], checking: false, sentence: 'fsck: superblock and log header are sound; the log is empty.' })
    expect(problems.view(hosts)).toMatchObject({
      count: 2,
      list: [{ severity: 'warning', host: 'C' }, { severity: 'note', host: 'B' }],
      sentence: '1 warning. fsck: superblock and log header are sound; the log is empty.',
    })
    volume.memory.write(LOG_OFFSET_BYTES, Uint8Array.of(0))
    problems.deviceChanged(volume.memory)
    await word()
    expect(problems.view(hosts)).toMatchObject({ count: 3, list: [{ severity: 'error', id: 'device-log_magic' }, { host: 'C' }, { host: 'B' }] })
    expect(problems.view(hosts).sentence).toMatch(/^2 problems: 1 error, 1 warning\. fsck read superblock and log header/)
    problems.stop()
  })

  it('a view is the same object until something in it has changed', async () => {
    const { volume, problems, word } = watched()
    problems.deviceChanged(volume.memory)
    await word()
    const files: HostFile[] = []
    const first = problems.view([host({ files })])
    expect(problems.view([host({ files })])).toBe(first)
    expect(problems.view([host({ files: [node('cut', 'resized')] })])).not.toBe(first)
    must(createFile(lock(volume), file('a', 1), fileOptions()))
    problems.deviceChanged(volume.memory)
    await word()
    expect(problems.view([host({ files })])).not.toBe(first)
    problems.stop()
  })

  it('changes that go on are looked at nevertheless', async () => {
    const { volume, problems, word } = watched()
    const busy = setInterval(() => problems.deviceChanged(volume.memory), 20)
    await word()
    clearInterval(busy)
    expect(problems.view([]).checking).toBe(false)
    problems.stop()
  })
})
