// Every kind of trouble that a device can have is made on a real one, by real operations and a few bytes: fsck names the
// entry, the bytes and what to do now. A sound device has none, and each golden image has what its own facts say.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { must } from '../../../src/core/base/result.ts'
import { cloneFile, createDirectory, createFile } from '../../../src/core/fs/create.ts'
import { logRawFile } from '../../helpers/rawFile.ts'
import type { LogLock, Volume } from '../../../src/core/fs/volume.ts'
import { fileEntry } from '../../../src/core/log/append.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { logEntryCrc } from '../../../src/core/omf/check.ts'
import { ENTRY_ADD_DAXDEV, ENTRY_DELETE, ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_ENTRY_CRC_OFFSET, LOG_HEADER_BYTES, NEXT_INDEX_OFFSET } from '../../../src/core/omf/log.ts'
import { checkDevice, DeviceChecker } from '../../../src/playground/problemCheck.ts'
import { type Problem, PROBLEMS_MOST } from '../../../src/playground/types.ts'
import { printCount } from '../../counts.ts'
import { PowerCut, recording } from '../../helpers/recordingMemory.ts'
import { appendBody, directory, file, fileOptions, lock, newFormatted, newMemory } from '../../helpers/volumes.ts'
import { parseFacts, recipeOfFacts } from '../../tools/golden/facts.ts'
import { writeImage } from '../../tools/golden/write.ts'

const UNIT = 2 * MIB
const SLOTS = 15_420
const entryAt = (index: number): number => LOG_OFFSET_BYTES + LOG_HEADER_BYTES + index * LOG_ENTRY_BYTES

async function found(memory: Memory, isDump = false): Promise<Problem[]> {
  return (await checkDevice(memory, { isDump })).problems
}

async function said(memory: Memory): Promise<string[]> {
  return (await found(memory)).map(({ severity, says }) => `${severity}: ${says}`)
}

function flip(memory: Memory, offsetBytes: number): void {
  const byte = new Uint8Array(1)
  memory.read(offsetBytes, byte)
  memory.write(offsetBytes, Uint8Array.of((byte[0] ?? 0) ^ 1))
}

function withFiles(...names: string[]): { volume: Volume; memory: Memory; held: LogLock } {
  const volume = newFormatted(64 * MIB)
  const held = lock(volume)
  for (const name of names) must(createFile(held, file(name, UNIT), fileOptions()))
  return { volume, memory: volume.memory, held }
}

function raw(path: string, extents: [offsetBytes: number, lengthBytes: number][], devindex = 0) {
  const map = { kind: 'simple' as const, sizeBytes: 1, extents: extents.map(([offsetBytes, lengthBytes]) => ({ devindex, offsetBytes, lengthBytes })) }
  return { path, mode: 0o644, uid: 0, gid: 0, map }
}

function fileBody(path: string, extents: [offset: bigint, length: bigint][], more: { size?: bigint; type?: number; count?: number } = {}) {
  const se = extents.map(([se_offset, se_len]) => ({ se_devindex: 0n, se_offset, se_len }))
  const fmap = { fmap_ext_type: more.type ?? 0, fmap_nextents: more.count ?? se.length, list: { se } }
  return { famfs_fm: { fm_size: more.size ?? 1n, fm_flags: 2, fm_uid: 0, fm_gid: 0, fm_mode: 0, fm_relpath: path, fm_fmap: fmap } }
}

describe('a sound device', () => {
  it('has no problem, and a sentence that says what was checked', async () => {
    const { memory, held } = withFiles('a')
    must(createDirectory(held, directory('d')))
    must(createFile(held, file('d/b', 5), fileOptions()))
    expect(await checkDevice(memory)).toEqual({ problems: [], count: 0, sentence: 'fsck: superblock, log header and 3 entries are sound.' })
    expect((await checkDevice(newFormatted(64 * MIB).memory)).sentence).toBe('fsck: superblock and log header are sound; the log is empty.')
    expect((await checkDevice(withFiles('a').memory)).sentence).toBe('fsck: superblock, log header and 1 entry are sound.')
  })

  it('with small units and an interleaved file has none, either', async () => {
    const volume = newFormatted(64 * MIB, { unitBytes: 4096 })
    const held = lock(volume)
    for (let i = 0; i < 300; i++) must(createFile(held, file(`f${i}`, 5000), fileOptions()))
    must(createFile(held, file('striped', 8 * MIB, { interleave: { stripCount: 4, bucketCount: 4, chunkBytes: 4096 } }), fileOptions()))
    expect(await found(volume.memory)).toEqual([])
  })
})

describe('superblock', () => {
  it('a blank device is to be formatted', async () => {
    expect(await found(newMemory(64 * MIB))).toEqual([
      expect.objectContaining({ id: 'device-blank', severity: 'warning', says: 'There is no file system on /dev/dax0.0: where the superblock would be, all bytes are zero.', next: 'Format the device.' }),
    ])
  })

  it('a byte changed breaks magic, version, checksum or size, each in its own words', async () => {
    const wrong = async (offsetBytes: number): Promise<string[]> => {
      const { memory } = withFiles('a')
      flip(memory, offsetBytes)
      return said(memory)
    }
    expect(await wrong(0)).toEqual(['error: There is no famfs superblock here: ts_magic is 0x87b282fe, not 0x87b282ff.'])
    expect(await wrong(8)).toEqual(['error: The superblock has version 49, and only 48 is understood.'])
    expect(await wrong(50)).toEqual(['error: The superblock is damaged: its checksum does not match its bytes.'])
    expect(await wrong(116)).toEqual([expect.stringContaining('The superblock describes an impossible layout: a device of 4362076160 bytes')])
    // Flags are outside the checksum.
    expect(await wrong(104)).toEqual([])
  })

  it('advice for a device here begins with the way back; a dump can’t be stepped back', async () => {
    const { memory } = withFiles('a')
    flip(memory, 50)
    const place = { bytes: { offsetBytes: 0, lengthBytes: 200 }, entryIndex: undefined, host: undefined, id: 'device-superblock_crc' }
    expect(await found(memory)).toEqual([
      expect.objectContaining({ ...place, next: 'If something done here broke it, step back. Otherwise restore the superblock from a copy, or format again: mkfs.famfs --force DEVICE.' }),
    ])
    expect((await found(memory, true))[0]?.next).toBe('Restore the superblock from a copy, or format again: mkfs.famfs --force DEVICE.')
  })
})

describe('log header', () => {
  it('a byte changed breaks magic or checksum', async () => {
    const wrong = async (offsetInLog: number): Promise<string[]> => {
      const { memory } = withFiles('a')
      flip(memory, LOG_OFFSET_BYTES + offsetInLog)
      return said(memory)
    }
    expect(await wrong(0)).toEqual([expect.stringContaining('error: The log header is damaged: its magic is 0x')])
    expect(await wrong(16)).toEqual(['error: The log header is damaged: its checksum does not match its bytes.'])
  })

  it('both it and the superblock are judged', async () => {
    const { memory } = withFiles('a')
    flip(memory, 50)
    flip(memory, LOG_OFFSET_BYTES)
    expect((await found(memory)).map(({ id }) => id)).toEqual(['device-superblock_crc', 'device-log_magic'])
  })

  it('a crash between the two counters is told with what the master will do', async () => {
    const { volume, held } = withFiles('a')
    const before = await found(volume.memory)
    // The entry, and next_seqnum; then the power goes.
    const { memory } = recording(volume.memory, 2)
    expect(() => createFile({ ...held, memory }, file('b', 1), fileOptions())).toThrow(PowerCut)
    const [problem, ...others] = await found(volume.memory)
    expect([before, others]).toEqual([[], []])
    expect(problem).toMatchObject({ severity: 'warning', says: expect.stringContaining('next_seqnum is 2, next_index 1') as string, bytes: { offsetBytes: entryAt(1), lengthBytes: LOG_ENTRY_BYTES } })
    expect(problem?.next).toContain('Entry 1 is whole.')
    flip(volume.memory, entryAt(1) + 20)
    expect((await found(volume.memory))[0]?.next).toContain('Slot 1 holds no whole entry.')
    // What the advice says comes true.
    must(createFile(lock(volume), file('c', 1), fileOptions()))
    expect(await found(volume.memory)).toEqual([])
  })

  it('counters that no crash explains are errors', async () => {
    const { memory } = withFiles('a', 'b', 'c')
    memory.store64(LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, 1n)
    expect(await said(memory)).toEqual(['error: The two counters of the log header disagree: next_seqnum is 3, next_index 1.'])
    memory.store64(LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, 99_999n)
    expect((await said(memory))[0]).toBe('error: The log header counts more entries than the log has slots: next_seqnum is 3, next_index 99999, and there are 15,420 slots.')
  })
})

describe('entries', () => {
  it('a byte changed is a wrong checksum, and hosts that have not played it never will', async () => {
    const { memory } = withFiles('a', 'b', 'c')
    flip(memory, entryAt(1) + 300)
    expect(await found(memory)).toEqual([
      {
        id: 'entry-1-bad',
        severity: 'error',
        says: 'Entry 1, b, has a wrong checksum: its bytes are not those that were logged.',
        next: 'If something done here broke it, step back. Otherwise hosts that have not played it and the entry behind it never will: logplay stops here. Copy out what they still have, then format again.',
        bytes: { offsetBytes: entryAt(1), lengthBytes: LOG_ENTRY_BYTES },
        entryIndex: 1,
        host: undefined,
      },
    ])
  })

  it('a sealed entry with another sequence number, and one with both wrong', async () => {
    const { memory } = withFiles('a', 'b', 'c')
    const entry = fileEntry(9, raw('b', [[10 * MIB + UNIT, UNIT]])).slice()
    memory.write(entryAt(1), entry)
    flip(memory, entryAt(2))
    expect(await said(memory)).toEqual([
      'error: Entry 1, b, has sequence number 9 where 1 belongs.',
      'error: Entry 2, c, has a wrong checksum: its bytes are not those that were logged, and has sequence number 3 where 2 belongs.',
    ])
  })

  it('a path that is no text is left out of the sentence', async () => {
    const { memory } = withFiles('a')
    memory.write(entryAt(0) + 40, Uint8Array.of(1, 2, 3, 255))
    expect(await said(memory)).toEqual(['error: Entry 0 has a wrong checksum: its bytes are not those that were logged.'])
  })

  it('paths that lead nowhere, twice to the same place, or into nothing', async () => {
    const { memory, held } = withFiles('a')
    appendBody(held, ENTRY_FILE, fileBody('/etc/passwd', [[12n * 2n ** 20n, BigInt(UNIT)]]))
    appendBody(held, ENTRY_MKDIR, { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0o755, md_relpath: '../up' } })
    must(logRawFile(held, raw('a', [[14 * MIB, UNIT]])))
    must(logRawFile(held, raw('no/such', [[16 * MIB, UNIT]])))
    must(createDirectory(held, directory('d')))
    appendBody(held, ENTRY_MKDIR, { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0o755, md_relpath: 'd' } })
    expect(await said(memory)).toEqual([
      'error: Entry 1, /etc/passwd, has no path inside the mount.',
      'error: Entry 2, ../up, has no path inside the mount.',
      'warning: Entry 3, a, has the path that entry 0 has already.',
      'warning: Entry 4, no/such, lies in no, which no entry before it makes a directory.',
    ])
  })

  it('a type that no host plays is a note', async () => {
    const { memory, held } = withFiles('a')
    appendBody(held, ENTRY_DELETE, {})
    appendBody(held, 77, {})
    expect(await said(memory)).toEqual(['note: Entry 1 is of type 2 (delete).', 'note: Entry 2 is of type 77, which means nothing.'])
    expect((await checkDevice(memory)).sentence).toBe('fsck: superblock, log header and 3 entries are sound.')
  })

  it('maps that can’t be', async () => {
    const { memory, held } = withFiles('a')
    appendBody(held, ENTRY_FILE, fileBody('short', [[12n * 2n ** 20n, 4096n]], { size: 9000n }))
    appendBody(held, ENTRY_FILE, fileBody('far', [[2n ** 63n, 2n ** 63n]]))
    expect(await said(memory)).toEqual([
      'error: Entry 1, short, has a map that can’t be: extents of 4096 bytes for a file of 9000.',
      'error: Entry 2, far, has a map that can’t be: an extent beyond any device.',
      'error: Entry 2, far, has an extent beyond any device: its offset or length is above 2^53 bytes.',
    ])
  })
})

describe('space', () => {
  it('files that share units are named in pairs, with the place', async () => {
    const volume = newFormatted(64 * MIB)
    const held = lock(volume)
    const first = must(createFile(held, file('table', 3 * UNIT), fileOptions()))
    must(cloneFile(held, first, 'copy'))
    must(logRawFile(held, raw('over', [[10 * MIB + 2 * UNIT, 2 * UNIT]])))
    expect(await said(volume.memory)).toEqual([
      'error: Entry 1, copy, and entry 0, table, share 3 units (6 MiB at 0xa00000).',
      'error: Entry 2, over, and entry 0, table, share 1 unit (2 MiB at 0xe00000).',
      'error: Entry 2, over, and entry 1, copy, share 1 unit (2 MiB at 0xe00000).',
    ])
    // Metadata only: the shared bytes aren't there to be shown, the entry is.
    expect((await found(volume.memory))[0]).toMatchObject({ bytes: { offsetBytes: entryAt(1), lengthBytes: LOG_ENTRY_BYTES }, entryIndex: 1 })
  })

  it('where the bytes are here, they are what is shown', async () => {
    const memory = newMemory(64 * MIB, new ArrayBuffer(64 * MIB))
    const held = lock(newFormattedOn(memory))
    const first = must(createFile(held, file('table', UNIT), fileOptions()))
    must(cloneFile(held, first, 'copy'))
    expect((await found(memory))[0]).toMatchObject({ bytes: { offsetBytes: 10 * MIB, lengthBytes: UNIT }, entryIndex: 1 })
  })

  it('a map that has a unit twice', async () => {
    const { memory, held } = withFiles('a')
    must(logRawFile(held, raw('twice', [[20 * MIB, UNIT], [20 * MIB, UNIT]])))
    expect(await said(memory)).toEqual(['error: Entry 1, twice, has 1 unit (2 MiB at 0x1400000) twice in its own map.'])
  })

  it('extents outside the device, on another one, and over superblock and log', async () => {
    const { memory, held } = withFiles('a')
    appendBody(held, ENTRY_ADD_DAXDEV, { famfs_dd: { dd_size: 2n ** 30n, dd_uuid: '00000000-0000-4000-8000-000000000001', dd_index: 1 } })
    must(logRawFile(held, raw('over the end', [[62 * MIB, 2 * UNIT]])))
    must(logRawFile(held, raw('far out', [[2 ** 40, UNIT]])))
    must(logRawFile(held, raw('added', [[UNIT, UNIT]], 1)))
    must(logRawFile(held, raw('unknown', [[UNIT, UNIT]], 2)))
    must(logRawFile(held, raw('on the log', [[LOG_OFFSET_BYTES, UNIT]])))
    appendBody(held, ENTRY_FILE, fileBody('on the superblock', [[0n, 4096n]]))
    expect(await said(memory)).toEqual([
      'error: Entry 2, over the end, has 4 MiB at 0x3e00000, which is not wholly on the device of 64 MiB.',
      'error: Entry 3, far out, has 2 MiB at 0x10000000000, which is not wholly on the device of 64 MiB.',
      'error: Entry 4, added, has 2 MiB at 0x200000 of device 1, which the log knows and which is not here.',
      'error: Entry 5, unknown, has 2 MiB at 0x200000 of device 2, which no entry before it adds.',
      'error: Entry 6, on the log, has 2 MiB at 0x200000, where the log is.',
      'error: Entry 7, on the superblock, has 4 KiB at 0x0, where the superblock is.',
    ])
  })

  it('a full log and a full device', async () => {
    const volume = newFormatted(64 * MIB)
    const held = lock(volume)
    must(createFile(held, file('rest', 54 * MIB), fileOptions()))
    for (let i = 1; i < SLOTS; i++) appendBody(held, ENTRY_MKDIR, { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0o755, md_relpath: `d${i}` } })
    expect(await said(volume.memory)).toEqual([
      'warning: The log is full: all 15,420 slots are used, and no file or directory can be made.',
      'note: Every unit of the device is used, and no file can be made.',
    ])
  })
})

describe('very much that is wrong', () => {
  it('is listed as far as can be shown, errors first, and counted to the end', async () => {
    const { memory, held } = withFiles('a')
    must(logRawFile(held, raw('a', [[20 * MIB, UNIT]])))
    const many = PROBLEMS_MOST + 200
    for (let i = 0; i < many; i++) must(logRawFile(held, raw(`f${i}`, [[20 * MIB, UNIT]])))
    const { problems, count } = await checkDevice(memory)
    expect(problems.length).toBe(PROBLEMS_MOST)
    expect(problems.every(({ severity }) => severity === 'error')).toBe(true)
    expect(count).toBeGreaterThan(many)
    expect(new Set(problems.map(({ id }) => id)).size).toBe(PROBLEMS_MOST)
  })

  it('is no reason to fail, whatever the bytes', async () => {
    const { memory } = withFiles('a', 'b')
    const { problems } = await checkDevice(memory)
    expect(problems).toEqual([])
    for (let i = 0; i < 2 * LOG_ENTRY_BYTES; i += 3) flip(memory, entryAt(0) + i)
    for (const index of [0, 1]) {
      const bytes = new Uint8Array(LOG_ENTRY_BYTES)
      memory.read(entryAt(index), bytes)
      const view = new DataView(bytes.buffer)
      view.setBigUint64(0, BigInt(index), true)
      view.setUint32(8, index, true)
      view.setBigUint64(LOG_ENTRY_CRC_OFFSET, logEntryCrc(bytes), true)
      memory.write(entryAt(index), bytes)
    }
    expect((await found(memory)).length).toBeGreaterThan(0)
  })
})

describe('a part of a device', () => {
  it('is checked as far as it is here', async () => {
    const { memory, held } = withFiles('a', 'b', 'c', 'd')
    expect(held.nextIndex).toBe(4)
    const part = new Uint8Array(entryAt(2))
    memory.read(0, part)
    const short = newMemory(64 * MIB, part.buffer)
    expect(await said(short)).toEqual(['warning: Only 2 of 4 log entries are in these bytes.'])
    const stub = newMemory(64 * MIB, part.buffer.slice(0, 100))
    expect((await said(stub)).length).toBeGreaterThan(0)
  })
})

describe('looking again', () => {
  it('costs a sum and no check while only file data has changed', async () => {
    const memory = newMemory(64 * MIB, new ArrayBuffer(64 * MIB))
    const volume = newFormattedOn(memory)
    must(createFile(lock(volume), file('a', UNIT), fileOptions()))
    const checker = new DeviceChecker()
    let begun = 0
    const look = (): Promise<boolean> => checker.look(memory, () => begun++)
    expect([await look(), begun]).toEqual([true, 1])
    memory.write(10 * MIB, Uint8Array.of(1, 2, 3))
    expect([await look(), begun]).toEqual([false, 1])
    // Another entry is looked at, and is no news: all is still sound, but for the number of entries.
    must(createFile(lock(volume), file('b', UNIT), fileOptions()))
    expect([await look(), begun, checker.check?.sentence]).toEqual([true, 2, 'fsck: superblock, log header and 2 entries are sound.'])
    flip(memory, entryAt(0) + 200)
    expect([await look(), begun, checker.check?.count]).toEqual([true, 3, 1])
    flip(memory, entryAt(0) + 200)
    expect([await look(), begun, checker.check?.count]).toEqual([true, 4, 0])
    // Another device with the same bytes is looked at as well.
    expect([await checker.look(coherentMemory(memory.device), () => begun++), begun]).toEqual([false, 5])
  })
})

describe('golden images', () => {
  const facts = parseFacts(readFileSync(new URL('../../golden/facts.json', import.meta.url), 'utf8'))

  it.each(facts.images.map((image) => [image.name, image] as const))('%s', async (name, image) => {
    const problems = await found(writeImage(recipeOfFacts(image)), true)
    const { bad_entries, fsck_exit, check_super_rc, log_header_rc, collisions } = image.answers
    const errors = problems.filter(({ severity }) => severity === 'error')
    expect(errors.length > 0).toBe(fsck_exit !== 0)
    expect(errors.filter(({ id }) => id.endsWith('-bad')).map(({ entryIndex }) => entryIndex)).toEqual(bad_entries)
    expect(errors.some(({ id }) => /superblock|famfs|version|unit$/.test(id))).toBe(check_super_rc !== 0)
    expect(errors.some(({ id }) => id.startsWith('device-log_'))).toBe(log_header_rc !== 0)
    const shared = errors.flatMap(({ says }) => /share (\d+) unit/.exec(says)?.[1] ?? [])
    expect(shared.reduce((sum, units) => sum + Number(units), 0)).toBe(collisions ?? 0)
    expect(problems.length > 0).toBe(fsck_exit !== 0)
    printCount(`problems of ${name}`, problems.length)
  })
})

function newFormattedOn(memory: Memory): Volume {
  const volume = newFormatted(64 * MIB)
  const bytes = new Uint8Array(volume.memory.presentBytes)
  volume.memory.read(0, bytes)
  memory.write(0, bytes)
  return { ...volume, memory }
}
