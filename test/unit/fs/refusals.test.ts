// What is refused changes nothing: after every refusal the device's bytes, the owner's bitmap, the counters and what replay
// makes of the log are what they were before.

import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { fail, must } from '../../../src/core/base/result.ts'
import type { Result } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { cloneFile, createDirectory, createFile, logDaxdev } from '../../../src/core/fs/create.ts'
import { logRawFile } from '../../helpers/rawFile.ts'
import { mkfs, type MkfsOptions } from '../../../src/core/fs/mkfs.ts'
import { buildBitmap, lockLog, type LogLock, newVolume } from '../../../src/core/fs/volume.ts'
import type { PlayedFile } from '../../../src/core/log/replay.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { directory, file, fileOptions, format, listing, lock, metadataHash, newFormatted, newMemory, nextUuid, OTHER, OWNER, replayed } from '../../helpers/volumes.ts'

const AU = 2 * MIB
const rawSpec = (path: string) => ({ path, mode: 0o644, uid: 0, gid: 0, map: { kind: 'simple' as const, sizeBytes: 1, extents: [{ devindex: 0, offsetBytes: 10 * MIB, lengthBytes: AU }] } })

/** All that a refusal might have spoilt. */
function pictureOf({ memory, layout, space, kept, nextIndex }: LogLock) {
  const rebuilt = buildBitmap(memory, layout, nextIndex).bitmap
  const same = [rebuilt.equals(space.bitmap), kept.bitmap === space.bitmap, kept.seenCount === nextIndex]
  return { hash: metadataHash(memory), used: space.bitmap.usedCount, cursor: space.cursorUnit, nextIndex, same, tree: listing(replayed(memory).tree) }
}

/** @returns the reason of a refusal that left everything alone; anything else says what happened */
function refused(held: LogLock, act: () => Result<unknown>): string {
  const before = pictureOf(held)
  const result = act()
  const after = pictureOf(held)
  if (result.ok) return 'not refused'
  const spoilt = before.same.includes(false) || JSON.stringify(after) !== JSON.stringify(before)
  return spoilt ? `${result.failure.reason}, but something changed` : result.failure.reason
}

/** With a directory and a file in it, so that there is something to spoil. */
function small(sizeBytes?: number): { held: LogLock; source: PlayedFile } {
  const held = lock(newFormatted(sizeBytes))
  must(createDirectory(held, directory('d')))
  return { held, source: must(createFile(held, file('d/a', 3 * AU), fileOptions())) }
}

const tooLong = ['a'.repeat(80), 'é'.repeat(40), `d/${'😀'.repeat(19)}xy`, `./${'a'.repeat(80)}//`]
const longest = ['a'.repeat(79), `${'é'.repeat(39)}a`, `d/${'😀'.repeat(19)}x`]

const makers: [string, (held: LogLock, source: PlayedFile, path: string) => Result<unknown>][] = [
  ['creat', (held, _, path) => createFile(held, file(path, 1), fileOptions())],
  ['mkdir', (held, _, path) => createDirectory(held, directory(path))],
  ['clone', (held, source, path) => cloneFile(held, source, path)],
]

describe.each(makers)('%s', (_, make) => {
  it('takes a path of 79 bytes and no longer one', () => {
    const { held, source } = small()
    for (const path of tooLong) expect(refused(held, () => make(held, source, path))).toBe('path_too_long')
    for (const path of longest) expect([path, make(held, source, path).ok]).toEqual([path, true])
    expect(listing(replayed(held.memory).tree).map((line) => line.split(' ')[1]).slice(-longest.length)).toEqual(longest)
  })

  it('refuses a path that is none', () => {
    const { held, source } = small()
    for (const path of ['', '/', '..', 'd/../..', 'a\0b']) expect(refused(held, () => make(held, source, path))).toBe('bad_path')
  })

  it('is refused on a client', () => {
    const volume = newFormatted()
    const before = metadataHash(volume.memory)
    for (const systemUuid of [OTHER, undefined]) {
      expect(lockLog(volume, { systemUuid, what: 'create files' })).toMatchObject({
        ok: false,
        failure: { reason: 'not_master', errno: 'EPERM', says: 'this host is a client, and only the master may create files', next: expect.stringContaining('play the log here') },
      })
    }
    expect([metadataHash(volume.memory), volume.kept]).toEqual([before, undefined])
  })
})

describe('a full log', () => {
  const volume = newFormatted(256 * MIB)
  const held = lock(volume)
  const source = must(createFile(held, file('f', 1), fileOptions()))
  while (held.nextIndex < held.layout.slotCount) must(createDirectory(held, directory(`m${held.nextIndex}`)))

  it('has 15,420 entries, and all of them are played', () => {
    expect([held.nextIndex, replayed(held.memory).report.nextIndex]).toEqual([15_420, 15_420])
  })

  it.each([...makers, ['add-daxdev', (its: LogLock) => logDaxdev(its, { sizeBytes: 1n, uuid: OWNER, devindex: 1 })] satisfies (typeof makers)[number]])('refuses %s', (_, make) => {
    expect(refused(held, () => make(held, source, 'one more'))).toBe('log_full')
  })

  it('is the same for the next hold of the lock', () => {
    const again = lock(newVolume(volume.memory))
    expect(refused(again, () => createFile(again, file('one more', 1), fileOptions()))).toBe('log_full')
  })
})

describe('space', () => {
  it('a file larger than what is free in one piece', () => {
    const { held } = small(64 * MIB)
    must(createFile(held, file('most', 46 * MIB), fileOptions()))
    expect(refused(held, () => createFile(held, file('more', 2 * AU), fileOptions()))).toBe('no_space')
    expect(createFile(held, file('the last unit', AU), fileOptions()).ok).toBe(true)
    expect(refused(held, () => createFile(held, file('nothing left', 1), fileOptions()))).toBe('no_space')
  })

  it('says what there is', () => {
    const { held } = small(64 * MIB)
    must(logRawFile(held, { ...rawSpec('wedge'), map: { kind: 'simple', sizeBytes: 1, extents: [{ devindex: 0, offsetBytes: 40 * MIB, lengthBytes: AU }] } }))
    expect(createFile(held, file('more', 40 * MIB), fileOptions())).toMatchObject({
      failure: { says: `no room for ${40 * MIB} bytes: ${46 * MIB} are free, ${24 * MIB} in one piece; nothing was made` },
    })
  })

  it('the part of a unit at the device’s end is never given out', () => {
    const { held } = small(20 * MIB - 1)
    must(createFile(held, file('b', AU), fileOptions()))
    expect(refused(held, () => createFile(held, file('c', 1), fileOptions()))).toBe('no_space')
  })

  it('strips that don’t all find room give back those that did, and the cursor stays', () => {
    const { held } = small(64 * MIB)
    const interleave = { bucketCount: 4, stripCount: 4, chunkBytes: AU }
    // Buckets of 8 units; superblock, log and d/a fill the first one.
    expect(refused(held, () => createFile(held, file('striped', 8 * MIB, { interleave }), fileOptions()))).toBe('no_strips')
    expect(refused(held, () => createFile(held, file('fallback', AU * 60, { interleave: { ...interleave, chunkBytes: 128 * MIB } }), fileOptions()))).toBe('no_space')
    expect(createFile(held, file('three', 6 * MIB, { interleave: { ...interleave, stripCount: 3 } }), fileOptions()).ok).toBe(true)
  })
})

describe('whoever can’t take what is about to be logged', () => {
  const learn = () => fail('not_in_famfs', { path: 'f' })
  const interleave = { bucketCount: 4, stripCount: 2, chunkBytes: AU }

  it.each([
    ['in one piece', { sizeBytes: 5 * AU }],
    ['in strips', { sizeBytes: 8 * AU, interleave }],
    ['smaller than a chunk, from the start', { sizeBytes: 1, interleave }],
  ])('nothing is kept of a file %s: space, cursor and log are as they were', (_, { sizeBytes, ...more }) => {
    const { held } = small(64 * MIB)
    expect(refused(held, () => createFile(held, file('f', sizeBytes, more), { ...fileOptions(), learn }))).toBe('not_in_famfs')
    const [first, again] = [0, 1].map((i) => must(createFile(small(64 * MIB).held, file(`f${i}`, sizeBytes, more), fileOptions())).map)
    expect([must(createFile(held, file('f', sizeBytes, more), fileOptions())).map, again]).toEqual([first, first])
  })

  it('nor of a clone or a directory', () => {
    const { held, source } = small()
    expect(refused(held, () => cloneFile(held, source, 'f', learn))).toBe('not_in_famfs')
    expect(refused(held, () => createDirectory(held, directory('f'), learn))).toBe('not_in_famfs')
  })

  it('is asked before anything of it is on the media', () => {
    const { held } = small()
    const before = metadataHash(held.memory)
    const seen: unknown[] = []
    const made = must(createFile(held, file('f', 1), { ...fileOptions(), learn: (taken) => void seen.push(taken, metadataHash(held.memory)) }))
    expect(seen).toEqual([made, before])
    expect([made.entryIndex, held.nextIndex, metadataHash(held.memory) === before]).toEqual([2, 3, false])
  })
})

describe('sizes', () => {
  it.each([
    [0, 'size_zero'],
    [-1, 'bad_size'],
    [0.5, 'bad_size'],
    [2 ** 53, 'bad_size'],
    [Number.NaN, 'bad_size'],
    [Infinity, 'bad_size'],
    [2 ** 53 - 1, 'no_space'],
  ])('%d', (size, reason) => {
    const { held } = small()
    expect(refused(held, () => createFile(held, file('x', size), fileOptions()))).toBe(reason)
  })
})

describe('interleave parameters', () => {
  it.each([
    ['no chunk', { bucketCount: 4, stripCount: 2, chunkBytes: 0 }],
    ['a chunk of three units', { bucketCount: 4, stripCount: 2, chunkBytes: 3 * AU }],
    ['a chunk below a unit', { bucketCount: 4, stripCount: 2, chunkBytes: MIB }],
    ['a chunk that is no number', { bucketCount: 4, stripCount: 2, chunkBytes: Number.NaN }],
    ['no strip', { bucketCount: 4, stripCount: 0, chunkBytes: AU }],
    ['seventeen strips', { bucketCount: 64, stripCount: 17, chunkBytes: AU }],
    ['half a strip', { bucketCount: 4, stripCount: 1.5, chunkBytes: AU }],
    ['more strips than buckets', { bucketCount: 2, stripCount: 3, chunkBytes: AU }],
    ['no bucket', { bucketCount: 0, stripCount: 0, chunkBytes: AU }],
    ['sixty-five buckets', { bucketCount: 65, stripCount: 2, chunkBytes: AU }],
    ['a number of buckets below zero', { bucketCount: -1, stripCount: -1, chunkBytes: AU }],
  ])('%s', (_, interleave) => {
    const { held } = small()
    expect(refused(held, () => createFile(held, file('x', 8 * MIB, { interleave }), fileOptions()))).toBe('bad_interleave')
  })

  it('buckets below 1 GiB, unless relaxed', () => {
    const { held } = small()
    const spec = file('x', 8 * MIB, { interleave: { bucketCount: 4, stripCount: 2, chunkBytes: AU } })
    expect(refused(held, () => createFile(held, spec, { ...fileOptions(), relaxed: false }))).toBe('bad_interleave')
    expect(createFile(held, spec, fileOptions()).ok).toBe(true)
  })

  it('all zero asks for a plain file', () => {
    const { held } = small()
    const plain = must(createFile(held, file('x', 1, { interleave: { bucketCount: 0, stripCount: 0, chunkBytes: 0 } }), fileOptions()))
    expect(plain.map.kind).toBe('simple')
  })
})

describe('a clone of an interleaved file, and a raw file whose extents don’t hold it', () => {
  it('are refused', () => {
    const { held } = small()
    const striped = must(createFile(held, file('s', 8 * MIB, { interleave: { bucketCount: 4, stripCount: 2, chunkBytes: AU } }), fileOptions()))
    expect(refused(held, () => cloneFile(held, striped, 'c'))).toBe('cloned_interleaved')
    expect(refused(held, () => logRawFile(held, { ...rawSpec('r'), map: { kind: 'simple', sizeBytes: AU + 1, extents: rawSpec('r').map.extents } }))).toBe('bad_map')
  })
})

describe('mkfs', () => {
  const run = (memory: Memory, options: Partial<MkfsOptions> = {}) => runNow(mkfs(memory, { systemUuid: OWNER, newUuid: nextUuid, relaxed: true, ...options }))

  const formatted = (): Memory => {
    const { held } = small()
    return held.memory
  }
  const otherVersion = (): Memory => {
    const memory = formatted()
    memory.write(8, Uint8Array.of(49))
    return memory
  }

  it.each([
    ['formatted already', formatted, {}, 'already_formatted'],
    ['formatted by another version', otherVersion, {}, 'already_formatted'],
    ['owned by another host', formatted, { systemUuid: OTHER }, 'owned_by_other'],
    ['a log that is no power of two', formatted, { force: true, logLengthBytes: 9 * MIB }, 'bad_log_length'],
    ['a log below 8 MiB', formatted, { force: true, logLengthBytes: 4 * MIB }, 'bad_log_length'],
    ['a log that is no number', formatted, { force: true, logLengthBytes: Number.NaN }, 'bad_log_length'],
    ['a log as long as the device', formatted, { force: true, logLengthBytes: 256 * MIB }, 'log_too_long'],
    ['a log that leaves no unit', () => newMemory(10 * MIB), {}, 'log_too_long'],
    ['a log longer than the image', formatted, { force: true, logLengthBytes: 16 * MIB }, 'not_on_image'],
    ['a small device', () => newMemory(4 * GIB - 1), { relaxed: false }, 'device_too_small'],
    ['more small units than a bitmap counts', () => newMemory(129 * GIB), { unitBytes: 4096 }, 'bad_geometry'],
    ['a unit that there isn’t', formatted, { force: true, unitBytes: 8192 }, 'bad_alloc_unit'],
  ])('%s', (_, make, options, reason) => {
    const memory = make()
    const before = metadataHash(memory)
    expect(run(memory, options)).toMatchObject({ ok: false, failure: { reason } })
    expect(metadataHash(memory)).toBe(before)
  })

  it('a device name that leaves no room for its NUL', () => {
    const memory = newMemory()
    memory.device.name = `/dev/${'x'.repeat(59)}`
    expect(run(memory)).toMatchObject({ ok: false, failure: { reason: 'bad_path' } })
    memory.device.name = `/dev/${'x'.repeat(58)}`
    expect(run(memory).ok).toBe(true)
  })

  it('a log length, with advice that can be typed as it is', () => {
    const memory = formatted()
    expect(run(memory, { force: true, logLengthBytes: 9 * MIB })).toMatchObject({ failure: { next: `Use 8m, 16m, 32m and so on: mkfs.famfs --loglen 16m ${memory.device.name}.` } })
  })

  it('in the reference’s order: length, owner, size, formatted', () => {
    const memory = formatted()
    const reasons = [{ systemUuid: OTHER, relaxed: false, logLengthBytes: 1 }, { systemUuid: OTHER, relaxed: false }, { relaxed: false }, {}].map((options) => {
      const result = run(memory, options)
      return result.ok ? 'ok' : result.failure.reason
    })
    expect(reasons).toEqual(['bad_log_length', 'owned_by_other', 'device_too_small', 'already_formatted'])
  })

  it('with force it is another file system, and the old one’s locks see that', () => {
    const volume = newFormatted()
    const first = lock(volume)
    must(createFile(first, file('a', AU), fileOptions()))
    format(volume.memory)
    const used = first.space.bitmap.usedCount
    const second = lock(volume)
    expect([second.nextIndex, second.space.bitmap.usedCount, second.kept === first.kept]).toEqual([0, used - 1, false])
    expect(lockLog(volume, { systemUuid: OWNER, fsUuid: first.layout.fsUuid, what: 'x' })).toMatchObject({ failure: { reason: 'other_filesystem' } })
  })

  it('a bitmap kept from before is not mistaken for the new file system’s, however many entries that has', () => {
    const volume = newFormatted()
    must(createFile(lock(volume), file('a', 9 * AU), fileOptions()))
    format(volume.memory)
    const meanwhile = lock(newVolume(volume.memory))
    for (const path of ['b', 'c', 'd']) must(createFile(meanwhile, file(path, AU), fileOptions()))
    const held = lock(volume)
    expect([held.nextIndex, held.space.bitmap.usedCount, pictureOf(held).same]).toEqual([3, 8, [true, true, true]])
  })
})
