// Replay, over any make of Memory: the tree is the same whether the log is played at once or bit by bit, damage stops it
// and what was played stays, and a log that isn't the one that was played is noticed.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { NIL_UUID } from '../../src/core/base/uuid.ts'
import { createDirectory, createFile, logDaxdev } from '../../src/core/fs/create.ts'
import { logRawFile } from '../helpers/rawFile.ts'
import { lockLog, type LogLock, newVolume } from '../../src/core/fs/volume.ts'
import { entryOffset, type Layout, readLayout } from '../../src/core/log/layout.ts'
import { logplay, type ReplayReport, type ReplayTarget } from '../../src/core/log/replay.ts'
import { ShadowTree } from '../helpers/shadowTree.ts'
import { daxdev } from '../../src/core/mem/daxdev.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { ENTRY_DELETE, ENTRY_FILE, ENTRY_MKDIR, LOG_OFFSET_BYTES } from '../../src/core/omf/constants.ts'
import { NEXT_INDEX_OFFSET } from '../../src/core/omf/log.ts'
import { printCount, propertyRuns } from '../counts.ts'
import { appendBody, directory, file, fileOptions, format, listing, lock, METADATA_BYTES, OWNER } from '../helpers/volumes.ts'
import type { MakeMemory } from './memory.contract.ts'

const AU = 2 * MIB

export function replayContract(name: string, make: MakeMemory): void {
  const world = (): { master: Memory; client: Memory; held: LogLock } => {
    const device = daxdev({ name: '/dev/dax0.0', uuid: NIL_UUID, buffer: new SharedArrayBuffer(METADATA_BYTES), sizeBytes: 1024 * MIB })
    const master = make(device)
    format(master)
    return { master, client: make(device), held: lock(newVolume(master)) }
  }
  const play = (memory: Memory, target: ReplayTarget | undefined, from = 0): ReplayReport => must(runNow(logplay(memory, layoutOf(memory), target, from)))
  const layoutOf = (memory: Memory): Layout => must(readLayout(memory))
  const treeOf = (memory: Memory): string[] => {
    const tree = new ShadowTree()
    play(memory, tree)
    return listing(tree)
  }
  /** Media that go bad under everyone: written and seen at once. */
  const spoil = ({ master, client }: { master: Memory; client: Memory }, index: number, at: number, bytes: Uint8Array): void => {
    const offset = entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, index) + at
    master.write(offset, bytes)
    master.flush(offset, bytes.length)
    client.invalidate(offset, bytes.length)
  }

  describe(`replay over ${name} memory`, () => {
    it('at once or bit by bit, the tree is the same', () => {
      let steps = 0
      const one = world()
      const property = fc.property(fc.array(fc.tuple(fc.constantFrom('d', 'd/e', 'd/f', 'x', 'x/y', 'd/e/z'), fc.boolean(), fc.boolean()), { maxLength: 14 }), (operations) => {
        format(one.master)
        const held = lock(newVolume(one.master))
        const tail = new ShadowTree()
        let played = 0
        for (const [path, isFile, playNow] of operations) {
          if (isFile) must(createFile(held, file(path, AU), fileOptions()))
          else must(createDirectory(held, directory(path)))
          if (!playNow) continue
          played = play(one.client, tail, played).nextIndex
          steps++
        }
        const last = play(one.client, tail, played)
        expect(last.nextIndex).toBe(operations.length)
        expect(listing(tail)).toEqual(treeOf(one.client))
        // Played again from the start nothing is new, but for what had to wait for a directory that was logged later.
        const { fileErrors, directoryErrors } = play(one.client, new ShadowTree())
        const again = play(one.client, tail)
        expect(again.entriesPlayed).toBe(operations.length)
        expect(again.newFiles + again.newDirectories).toBeLessThanOrEqual(fileErrors + directoryErrors)
      })
      fc.assert(property, { numRuns: propertyRuns.dear })
      printCount('partial replays compared with whole ones', steps)
      expect(steps).toBeGreaterThan(100)
    })

    it('counts what it did', () => {
      const { client, held } = world()
      must(createDirectory(held, directory('d')))
      must(createFile(held, file('d/a', AU), fileOptions()))
      must(logDaxdev(held, { sizeBytes: 1n, uuid: OWNER, devindex: 1 }))
      must(createFile(held, file('d/a', AU), fileOptions()))
      must(createDirectory(held, directory('d/a')))
      must(createFile(held, file('nowhere/b', AU), fileOptions()))
      must(createFile(held, file('d', AU), fileOptions()))
      must(createDirectory(held, directory('d')))
      const tree = new ShadowTree()
      expect(play(client, tree)).toEqual({
        nextIndex: 8,
        entriesPlayed: 8,
        newFiles: 1,
        newDirectories: 1,
        existingFiles: 1,
        existingDirectories: 1,
        fileErrors: 2,
        directoryErrors: 1,
        troubles: [4, 5, 6].map((index) => expect.stringContaining(`entry ${index}: `)),
        stopped: undefined,
      })
      expect(listing(tree)).toHaveLength(2)
      // A dry run looks at paths and maps alone.
      expect(play(client, undefined)).toMatchObject({ entriesPlayed: 8, newFiles: 0, fileErrors: 0, directoryErrors: 0 })
    })

    it.each([
      ['a wrong checksum', 200, Uint8Array.of(0xff), 'wrong checksum'],
      ['padding that isn’t zero', 12, Uint8Array.of(1), 'wrong checksum'],
      ['an upper bit in the checksum’s field', 540, Uint8Array.of(1), 'wrong checksum'],
      ['a wrong sequence number', 0, Uint8Array.of(9), 'wrong checksum and sequence number'],
    ])('%s stops it, and what was played stays', (_, at, bytes, what) => {
      const its = world()
      for (const path of ['a', 'b', 'c', 'd']) must(createFile(its.held, file(path, AU), fileOptions()))
      const good = treeOf(its.client)
      spoil(its, 2, at, bytes)
      const tree = new ShadowTree()
      const report = play(its.client, tree)
      expect(report).toMatchObject({ nextIndex: 2, entriesPlayed: 2, newFiles: 2, stopped: { reason: 'bad_log_entry', errno: 'EUCLEAN' } })
      expect(report.stopped?.says).toContain(`log entry 2 is damaged (${what})`)
      expect(listing(tree)).toEqual(good.slice(0, 2))
      // Going on from there stops there again.
      expect(play(its.client, tree, report.nextIndex)).toMatchObject({ nextIndex: 2, entriesPlayed: 0, stopped: { reason: 'bad_log_entry' } })
    })

    it('goes on when the media are good again', () => {
      const its = world()
      for (const path of ['a', 'b', 'c']) must(createFile(its.held, file(path, AU), fileOptions()))
      const good = treeOf(its.client)
      const offset = entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, 1)
      const kept = new Uint8Array(8)
      its.master.read(offset + 40, kept)
      spoil(its, 1, 40, Uint8Array.of(0x78))
      const tree = new ShadowTree()
      const first = play(its.client, tree)
      spoil(its, 1, 40, kept)
      expect(play(its.client, tree, first.nextIndex)).toMatchObject({ nextIndex: 3, entriesPlayed: 2, stopped: undefined })
      expect(listing(tree)).toEqual(good)
    })

    it('refuses paths that aren’t relative, extents over the superblock and maps that can’t be, one by one', () => {
      const { client, held } = world()
      const meta = (fm_relpath: string, se_offset: bigint, fm_size = 1n) => ({
        famfs_fm: { fm_size, fm_flags: 2, fm_uid: 0, fm_gid: 0, fm_mode: 0o644, fm_relpath, fm_fmap: { fmap_ext_type: 0, fmap_nextents: 1, list: { se: [{ se_devindex: 0n, se_offset, se_len: BigInt(AU) }] } } },
      })
      appendBody(held, ENTRY_FILE, meta('', 10n))
      appendBody(held, ENTRY_FILE, meta('/abs', 10n))
      appendBody(held, ENTRY_FILE, meta('over/superblock', 0n))
      appendBody(held, ENTRY_FILE, meta('/both', 0n))
      appendBody(held, ENTRY_FILE, meta('too large', 10n, 2n ** 60n))
      appendBody(held, ENTRY_FILE, meta('../out', BigInt(AU)))
      appendBody(held, ENTRY_MKDIR, { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0, md_relpath: '/abs' } })
      appendBody(held, ENTRY_DELETE, {})
      must(createFile(held, file('good', AU), fileOptions()))
      for (const path of ['.meta/.log', 'a/../.meta/.superblock.17']) appendBody(held, ENTRY_FILE, meta(path, BigInt(AU)))
      appendBody(held, ENTRY_MKDIR, { famfs_md: { md_uid: 0, md_gid: 0, md_mode: 0, md_relpath: '.meta/.superblock.1' } })
      const strip = (devindex: number, unit: number) => ({ devindex, offsetBytes: unit * AU, lengthBytes: AU })
      must(logRawFile(held, { path: 'striped', mode: 0, uid: 0, gid: 0, map: { kind: 'interleaved', sizeBytes: 3 * AU, chunkBytes: AU, strips: [strip(0, 7), strip(1, 0), strip(2, 0)] } }))
      const tree = new ShadowTree()
      const report = play(client, tree)
      expect(report).toMatchObject({ entriesPlayed: 13, newFiles: 1, fileErrors: 11, directoryErrors: 2 })
      expect(report.troubles.slice(-4)).toEqual([
        'entry 9: “.meta/.log” is the name of a superblock or of the log, which are in no log',
        'entry 10: “a/../.meta/.superblock.17” is the name of a superblock or of the log, which are in no log',
        'entry 11: “.meta/.superblock.1” is the name of a superblock or of the log, which are in no log',
        'entry 12: striped has 2 strips at offset 0, where the superblock is',
      ])
      expect(play(client, undefined)).toMatchObject({ fileErrors: 10, directoryErrors: 2 })
      expect(listing(tree)).toHaveLength(1)
    })

    it('an odd but sound file takes the long way and comes out the same', () => {
      const { client, held } = world()
      const extents = [[20, 1], [30, 2]].map(([at, count]) => ({ devindex: 0, offsetBytes: at! * AU, lengthBytes: count! * AU }))
      must(logRawFile(held, { path: 'zwei-Stücke', mode: 0o640, uid: 7, gid: 8, map: { kind: 'simple', sizeBytes: 3 * AU - 5, extents } }))
      const tree = new ShadowTree()
      play(client, tree)
      expect(tree.lookup('zwei-Stücke')).toEqual({ kind: 'file', path: 'zwei-Stücke', mode: 0o640, uid: 7, gid: 8, entryIndex: 0, map: { kind: 'simple', sizeBytes: 3 * AU - 5, extents } })
    })

    it('notices a log that shrank, counts beyond the log, and another file system', () => {
      const { master, client, held } = world()
      must(createDirectory(held, directory('d')))
      const layout = layoutOf(client)
      expect(runNow(logplay(client, layout, undefined, 2))).toMatchObject({ ok: false, failure: { reason: 'log_shrank', errno: 'ESTALE' } })
      master.store64(LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET, 15_421n)
      master.flush(LOG_OFFSET_BYTES, 48)
      expect(runNow(logplay(client, layout, undefined))).toMatchObject({ ok: false, failure: { reason: 'log_counters' } })
      format(master)
      expect(layoutOf(client).fsUuid).not.toBe(layout.fsUuid)
      expect(lockLog(newVolume(master), { systemUuid: OWNER, fsUuid: layout.fsUuid, what: 'x' })).toMatchObject({ failure: { reason: 'other_filesystem', errno: 'ESTALE' } })
    })

    it('takes its time in pieces of a thousand entries', () => {
      const { client, held } = world()
      for (let i = 0; i < 2500; i++) must(createDirectory(held, directory(`d${i}`)))
      const task = logplay(client, layoutOf(client), new ShadowTree())
      const progress = []
      for (let step = task.next(); !step.done; step = task.next()) progress.push(step.value)
      expect(progress).toEqual([1000, 2000].map((doneCount) => ({ doneCount, totalCount: 2500, unit: 'entries' })))
    })
  })
}
