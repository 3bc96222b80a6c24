// A dump opens whatever its damage, says what is wrong, shows what is there, and lets nobody change it.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { bytesOfText } from '../../../src/core/base/plain.ts'
import { must } from '../../../src/core/base/result.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { NEXT_INDEX_OFFSET } from '../../../src/core/omf/log.ts'
import { Superblock } from '../../../src/core/omf/superblock.ts'
import { openDump } from '../../../src/playground/dump.ts'
import type { DumpView, Playground } from '../../../src/playground/types.ts'
import { changed, crossLinked, entryAt, metaFiles, sealSuperblock, severalDevices, soundImage, zipped } from '../../helpers/dumps.ts'
import { formatAll, newMemories } from '../../helpers/severalVolumes.ts'
import { METADATA_BYTES } from '../../helpers/volumes.ts'

const sound = soundImage()
const SOUND = 'Sound: superblock, log header and all 5 log entries are valid, and no unit is claimed twice.'

async function opened(...bytes: Uint8Array<ArrayBuffer>[]): Promise<Playground> {
  return must(await openDump(bytes.map((each, i) => new File([each], `dump${i}.img`))))
}

function dumpIn(playground: Playground): DumpView {
  const { dump } = playground.snapshot()
  if (!dump) throw new Error('a dump says of itself that it is one')
  return dump
}

describe('a sound image', () => {
  it('has all that a session has but hosts and file data', async () => {
    const playground = await opened(sound)
    const { device, files, hosts, storage, problems, ready } = playground.snapshot()
    expect(dumpIn(playground)).toMatchObject({ name: 'dump0.img', form: 'raw', state: 'sound', verdict: SOUND, presentBytes: METADATA_BYTES })
    expect(dumpIn(playground).notes).toEqual(['File data is not here: only superblock and log are.'])
    expect(dumpIn(playground).directories).toEqual([{ entryIndex: 0, path: 'logs' }])
    expect(files.map(({ entryIndex, path }) => [entryIndex, path])).toEqual([[1, 'one.bin'], [2, 'logs/two.bin'], [3, 'three.bin'], [4, 'four.bin']])
    expect(device).toMatchObject({ name: '/dev/dax0.0', sizeBytes: 256 * MIB, verdict: SOUND })
    expect(device.filesystem).toMatchObject({ entryCount: 5, slotCount: 15_420, usedUnitCount: 5 + 4 * 2, unitCount: 128, badEntryCount: 0, ownerName: undefined })
    expect([hosts, ready, storage.state]).toEqual([[], true, 'off'])
    expect(storage.sentence).toMatch(/isn’t stored/)
    expect(problems).toMatchObject({ count: 0, checking: false })
    expect(dumpIn(playground).fsckText).toMatch(/^Famfs Superblock:\n[^]*role of this node: Client\n[^]*No allocation errors found[^]*5 of 15420 entries used\n {2}0 bad log entries detected\n {2}4 files\n {2}1 directories/)
  })

  it('is the same as gzip, whatever its name, and as two meta files in any order and with any names', async () => {
    const raw = (await opened(sound)).snapshot()
    const gzip = await opened(zipped(sound))
    const meta = await Promise.all([metaFiles(sound), metaFiles(sound, ['b', 'a']).toReversed()].map((files) => openDump(files).then(must)))
    for (const [playground, form, name] of [[gzip, 'gzip', 'dump0.img'], [meta[0], 'meta', '.superblock and .log'], [meta[1], 'meta', 'b and a']] as const) {
      const snapshot = playground!.snapshot()
      expect(snapshot.dump).toEqual({ ...raw.dump, form, name })
      expect({ ...snapshot, dump: undefined }).toEqual({ ...raw, dump: undefined })
      expect(must(await playground!.peek({ kind: 'device' }, entryAt(2), 544))).toEqual(sound.slice(entryAt(2), entryAt(3)))
    }
    const bothZipped = metaFiles(sound).map(async (file) => new File([zipped(new Uint8Array(await file.arrayBuffer()))], `${file.name}.gz`))
    const [one, two] = await Promise.all(bothZipped)
    expect(dumpIn(must(await openDump([one!, two!]))).verdict).toBe(SOUND)
  })

  it('keeps file data that comes with it', async () => {
    const bytes = new Uint8Array(sound.length + 3 * MIB)
    bytes.set(sound)
    bytes.set(bytesOfText('the first bytes of one.bin'), METADATA_BYTES)
    const playground = await opened(bytes)
    expect(dumpIn(playground).notes).toEqual(['Of file data only what lies before byte 13,631,488 is here.'])
    expect(must(await playground.search({ fromBytes: 0, bytes: bytesOfText('of one.bin') }))).toBe(METADATA_BYTES + 16)
  })

  it('is looked at within what is here, searched, and its entries are found', async () => {
    const playground = await opened(sound)
    expect(must(await playground.peek({ kind: 'device' }, METADATA_BYTES - 8, 64)).length).toBe(8)
    const beyond = await playground.peek({ kind: 'device' }, METADATA_BYTES + 1, 64)
    expect(beyond).toMatchObject({ ok: false, failure: { reason: 'not_on_image', says: `byte ${METADATA_BYTES + 1} is not in this image, which holds the first ${METADATA_BYTES} bytes of the device` } })
    expect(must(await playground.search({ fromBytes: 0, bytes: bytesOfText('logs/two.bin') }))).toBe(entryAt(2) + 40)
    expect(must(await playground.search({ fromBytes: 0, bytes: bytesOfText('nowhere') }))).toBeUndefined()
    expect(await playground.findEntries({ text: 'LOGS', kind: 'all' })).toEqual([0, 2])
    expect(await playground.findEntries({ text: '', kind: 'directory' })).toEqual([0])
  })

  it('is changed by nothing', async () => {
    const playground = await opened(sound)
    const before = playground.snapshot()
    const host = 'A'
    const path = 'x'
    const tried = await Promise.all([
      playground.format({ force: true }), playground.newFile({ path, sizeBytes: 1 }), playground.newDirectory({ path }), playground.dropFiles(host, []), playground.playLog(host),
      playground.addHost(), playground.removeHost(host), playground.killHost(host), playground.rebootHost(host), playground.poke({ host, path, index: 0, cell: 'Uint8', value: 1 }),
      playground.edit({ host, offsetBytes: 0, bytes: new Uint8Array(1) }), playground.stepTo(0), playground.save(), playground.startOver(),
    ])
    for (const result of tried) expect(result).toMatchObject({ ok: false, failure: { reason: 'only_a_dump', errno: 'EROFS', next: 'Go back to the scene, where there are hosts.' } })
    const onHosts = await Promise.all([playground.peek({ kind: 'file', host, path }, 0, 1), playground.takeFile(host, path), playground.sha256(host, path), playground.openShell(host)])
    for (const result of onHosts) expect(result).toMatchObject({ ok: false, failure: { reason: 'no_host' } })
    playground.cancelTask(1)
    expect(playground.snapshot()).toBe(before)
    expect(must(await playground.peek({ kind: 'device' }, 0, 4096))).toEqual(sound.slice(0, 4096))
    await playground.dispose()
  })
})

describe('damage is shown', () => {
  it.each([
    ['one entry', changed(sound, entryAt(2) + 40), 'Not sound: log entry 2 of 5 has a wrong checksum; a host that plays this log stops after entry 1.', 3],
    ['the first entry', changed(sound, entryAt(0) + 20), 'Not sound: log entry 0 of 5 has a wrong checksum; a host that plays this log sees nothing.', 4],
    ['two entries', changed(changed(sound, entryAt(1)), entryAt(4)), 'Not sound: 2 of 5 log entries are wrong (1, 4); a host that plays this log stops after entry 0.', 2],
    ['the log header', changed(sound, LOG_OFFSET_BYTES + 8), 'Not sound: the log header is damaged: its checksum does not match its bytes; the superblock is valid.', 0],
    ['the log’s magic', changed(sound, LOG_OFFSET_BYTES), 'Not sound: the log header is damaged: its magic is 0xbadcafef04d, not 0xbadcafef00d; the superblock is valid.', 0],
    ['the superblock', changed(sound, 50), 'Not sound: the superblock is damaged: its checksum does not match its bytes; the log header is valid.', 0],
    ['the superblock’s magic', changed(sound, 0), 'Not sound: there is no famfs superblock here: ts_magic is 0x87b282bf, not 0x87b282ff; the log header is valid.', 0],
    ['both magics', changed(changed(sound, 0), LOG_OFFSET_BYTES), 'Not sound: there is no famfs superblock here: ts_magic is 0x87b282bf, not 0x87b282ff; the log header is damaged: its magic is 0xbadcafef04d, not 0xbadcafef00d.', 0],
    ['the counter', changed(sound, LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET + 3), 'Not sound: the log header counts wrongly: next_seqnum 5, next_index 1073741829, 15420 slots.', 0],
    ['allocation', crossLinked(), 'Not sound: 1 allocation unit is claimed twice.', 2],
  ])('%s', async (_, bytes, verdict, fileCount) => {
    const playground = await opened(bytes)
    const { device, files, problems } = playground.snapshot()
    expect(dumpIn(playground)).toMatchObject({ state: 'damaged', verdict })
    expect([device.verdict, files.length]).toEqual([verdict, fileCount])
    expect(problems.count).toBeGreaterThan(0)
    expect(dumpIn(playground).fsckText).not.toBe('')
    // The bytes are there to be looked at.
    expect(must(await playground.peek({ kind: 'device' }, 0, 200))).toEqual(bytes.slice(0, 200))
    expect((await playground.findEntries({ text: '', kind: 'bad' })).length).toBe(device.filesystem?.badEntryCount ?? 0)
  })

  it('of the meta files: what one of them has lost, the other and the lengths make up for', async () => {
    for (const bytes of [changed(sound, 0), changed(sound, LOG_OFFSET_BYTES)]) {
      const playground = must(await openDump(metaFiles(bytes).toReversed()))
      expect(dumpIn(playground)).toMatchObject({ form: 'meta', state: 'damaged' })
      expect(must(await playground.peek({ kind: 'device' }, LOG_OFFSET_BYTES, 48))).toEqual(bytes.slice(LOG_OFFSET_BYTES, LOG_OFFSET_BYTES + 48))
    }
  })

  it('an impossible layout', async () => {
    const bytes = sound.slice()
    const superblock = Superblock.decode(bytes)
    const daxdev = { ...superblock.ts_daxdev, dd_size: 2n ** 60n }
    Superblock.encodeAt({ ...superblock, ts_log_offset: 4096n, ts_daxdev: daxdev }, bytes)
    sealSuperblock(bytes)
    const playground = await opened(bytes)
    expect(dumpIn(playground).verdict).toMatch(/^Not sound: the superblock describes an impossible layout: a device of 1152921504606846976 bytes, where this one has 10485760[.;]/)
    expect(dumpIn(playground).notes).toEqual([expect.stringMatching(/^ts_log_offset says 4096; famfs reads the log at 2097152/), expect.stringMatching(/^The size of the device is no number/)])
  })
})

describe('what is cut off', () => {
  it('opens with the entries that are here', async () => {
    const playground = await opened(sound.slice(0, entryAt(3) + 100))
    expect(dumpIn(playground)).toMatchObject({ state: 'cut', verdict: 'Cut off: the dump ends after byte 2,098,932, and 2 of the 5 log entries are behind that.' })
    expect(dumpIn(playground).notes.at(-1)).toMatch(/^The dump ends after byte 2,098,932, before the log does\. From a pmem device: dd if=\/dev\/pmem0 of=dump\.img bs=1M count=10\. A devdax device can’t be read by dd: copy MOUNTPOINT\/\.meta\/\.superblock/)
    const { files, device } = playground.snapshot()
    expect(files.map(({ path }) => path)).toEqual(['one.bin', 'logs/two.bin'])
    expect(device.filesystem).toMatchObject({ entryCount: 3, badEntryCount: 0 })
    expect(must(await playground.peek({ kind: 'device' }, entryAt(3), 544)).length).toBe(100)
  })

  it('is sound where nothing that is counted is missing', async () => {
    const playground = await opened(sound.slice(0, entryAt(5)))
    expect(dumpIn(playground)).toMatchObject({ state: 'sound', verdict: SOUND })
    expect(dumpIn(playground).notes.at(-1)).toMatch(/before the log does\. Nothing that is counted is missing\./)
  })

  it('in a meta file is said, and nothing is called sound', async () => {
    const metaOf = async (superblockBytes: number, logBytes: number): Promise<DumpView> => {
      const [superblock, log] = metaFiles(sound)
      return dumpIn(must(await openDump([new File([superblock.slice(0, superblockBytes)], '.superblock'), new File([log.slice(0, logBytes)], '.log')])))
    }
    expect(await metaOf(LOG_OFFSET_BYTES, 40)).toMatchObject({ state: 'cut', verdict: expect.stringMatching(/^Cut off: \.log ends inside the log header, after 40 of its 48 bytes\.$/) as string })
    expect((await metaOf(LOG_OFFSET_BYTES, 40)).notes.join(' ')).not.toContain('Nothing that is counted is missing')
    expect(await metaOf(LOG_OFFSET_BYTES, 20)).toMatchObject({ state: 'damaged', verdict: expect.stringMatching(/^Not sound: .*; \.log ends inside the log header, after 20 of its 48 bytes\.$/) as string })
    const { sizeBytes } = Superblock
    expect(await metaOf(sizeBytes - 50, METADATA_BYTES)).toMatchObject({ state: 'cut', verdict: `Cut off: .superblock ends inside the superblock, after ${sizeBytes - 50} of its ${sizeBytes} bytes.` })
    expect(await metaOf(sizeBytes, METADATA_BYTES)).toMatchObject({ state: 'sound', verdict: SOUND })
  })

  it('is damaged where what is here is damaged too', async () => {
    const playground = await opened(changed(sound, entryAt(1)).slice(0, entryAt(3)))
    expect(dumpIn(playground)).toMatchObject({ state: 'damaged', verdict: expect.stringMatching(/^Not sound: log entry 1 of 5 has .*; the dump ends after byte 2,098,832, and 2 of the 5 log entries are behind that\.$/) as string })
  })

  it('an archive gives what it has, and that is said', async () => {
    const whole = zipped(sound)
    const cut = await opened(whole.slice(0, whole.length - 3000))
    expect(dumpIn(cut).notes[0]).toBe('The archive dump0.img ends too early; what could be unpacked before that is here.')
    expect(dumpIn(cut).presentBytes).toBeGreaterThan(LOG_OFFSET_BYTES)
    expect(dumpIn(cut).presentBytes).toBeLessThan(METADATA_BYTES)
    const noEnd = await opened(whole.slice(0, -4))
    expect(dumpIn(noEnd)).toMatchObject({ state: 'sound', presentBytes: METADATA_BYTES, notes: [expect.stringMatching(/checksum|too early/) as string, 'File data is not here: only superblock and log are.'] })
    const badSum = await opened(changed(whole, whole.length - 6))
    expect(dumpIn(badSum)).toMatchObject({ state: 'sound', notes: [expect.stringMatching(/^The archive dump0\.img does not match its own checksum/) as string, expect.anything() as string] })
    const twoMembers = new Uint8Array([...zipped(sound.slice(0, 3 * MIB)), ...zipped(sound.slice(3 * MIB))])
    expect(dumpIn(await opened(twoMembers))).toMatchObject({ state: 'sound', presentBytes: METADATA_BYTES, notes: ['File data is not here: only superblock and log are.'] })
  })
})

describe('several devices', () => {
  it('has the devices of its own file system alone, however many lie behind it', async () => {
    const formatted = () => {
      const memories = newMemories([16 * MIB, 8 * MIB, 8 * MIB])
      formatAll(memories)
      return memories
    }
    const [own, other] = [formatted(), formatted()]
    const countOf = async (...places: (Memory | undefined)[]): Promise<number> => {
      const memories = places.filter((memory) => memory !== undefined)
      const bytes = new Uint8Array(memories.reduce((sum, { device }) => sum + device.sizeBytes, 0))
      let at = 0
      for (const memory of memories) {
        bytes.set(memory.window(0, memory.presentBytes), at)
        at += memory.device.sizeBytes
      }
      return (await opened(bytes)).snapshot().device.devices.length
    }
    expect(await countOf(...own)).toBe(3)
    expect([await countOf(own[0], own[1], other[2]), await countOf(own[0], other[1], own[2]), await countOf(own[0], own[0], own[1])]).toEqual([2, 1, 1])
  })

  it('the primary opens, and says who is missing', async () => {
    const playground = await opened(severalDevices())
    expect(dumpIn(playground).notes.at(-1)).toBe('2 other devices belong to this file system, and are not here; this is the primary one. 1 file has extents there.')
    const { files } = playground.snapshot()
    expect(files.map(({ path, extents }) => [path, extents.length])).toEqual([['here.bin', 1], ['both.bin', 0]])
  })
})
