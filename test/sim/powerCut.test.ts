// Power may fail at any write. After it: a device is formatted, or it isn't famfs; the log replays to what was logged, up
// to some point; nothing that was acknowledged is lost; and the owner's next lock makes the counters agree.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { cloneFile, createDirectory, createFile, logDaxdev } from '../../src/core/fs/create.ts'
import { logRawFile } from '../helpers/rawFile.ts'
import { fsck } from '../../src/core/fs/fsck.ts'
import { mkfs } from '../../src/core/fs/mkfs.ts'
import { killSuperblock } from '../../src/core/fs/superblocks.ts'
import { buildBitmap, type LogLock, newVolume } from '../../src/core/fs/volume.ts'
import { entryOffset, readLayout } from '../../src/core/log/layout.ts'
import type { PlayedFile } from '../../src/core/log/replay.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES, NEXT_INDEX_OFFSET, NEXT_SEQNUM_OFFSET } from '../../src/core/omf/log.ts'
import { powerCutsLeast, printCount } from '../counts.ts'
import { type Call, recording, unflushed, untilCut } from '../helpers/recordingMemory.ts'
import { countersOf, directory, file, fileOptions, format, listing, lock, METADATA_BYTES, metadataHash, newMemory, OWNER, replayed } from '../helpers/volumes.ts'

const AU = 2 * MIB
const FS = '0f000000-0000-4000-8000-000000000001'
const DEVICE = '0f000000-0000-4000-8000-000000000002'
const SEQNUM_AT = LOG_OFFSET_BYTES + NEXT_SEQNUM_OFFSET
const INDEX_AT = LOG_OFFSET_BYTES + NEXT_INDEX_OFFSET
/** Nothing of the write that the cut meets, half a cache line, and some lines of it. */
const TORN = [0, 32, 192]

function mkfsOn(memory: Memory, force: boolean): void {
  const fresh = [FS, DEVICE]
  must(runNow(mkfs(memory, { systemUuid: OWNER, newUuid: () => fresh.shift()!, relaxed: true, force })))
}

/** A log with something in every 64 KiB of it. */
function oldFileSystem(): Memory {
  const memory = newMemory()
  format(memory)
  const held = lock(newVolume(memory))
  while (held.nextIndex < held.layout.slotCount) must(createDirectory(held, directory(`m${held.nextIndex}`)))
  return memory
}

function copyOf(memory: Memory): Memory {
  return newMemory(memory.device.sizeBytes, memory.window(0, METADATA_BYTES).slice().buffer)
}

describe.each([
  ['a fresh device', () => newMemory(), powerCutsLeast.mkfsFresh],
  ['an old file system', oldFileSystem, powerCutsLeast.mkfsOverOld],
])('mkfs on %s', (name, make, least) => {
  const before = make()
  const whole = copyOf(before)
  const wholeRun = recording(whole)
  mkfsOn(wholeRun.memory, true)
  const writes = wholeRun.writeCount()
  const expected = metadataHash(whole)

  it('leaves it formatted or not famfs, wherever power fails, and the next mkfs mends it', () => {
    const memory = copyOf(before)
    for (let cut = 0; cut <= writes; cut++) {
      memory.write(0, before.window(0, METADATA_BYTES))
      const { memory: failing } = recording(memory, cut, TORN[cut % TORN.length])
      expect([cut, untilCut(() => mkfsOn(failing, true))]).toEqual([cut, cut === writes])
      const layout = readLayout(memory)
      const state = layout.ok ? layout.value.fsUuid : layout.failure.reason
      const untouched = readLayout(before)
      const old = untouched.ok ? untouched.value.fsUuid : 'not_famfs'
      expect([cut, state]).toEqual([cut, cut === 0 ? old : cut === writes ? FS : 'not_famfs'])
      // Nothing valid is there, so no force is needed.
      mkfsOn(memory, cut === 0 || cut === writes)
      expect([cut, metadataHash(memory)]).toEqual([cut, expected])
    }
    printCount(`power cuts in mkfs on ${name}`, writes + 1)
    expect(writes).toBeGreaterThanOrEqual(least)
  })

  it('flushes every write before the one that makes it count', () => {
    const { calls } = wholeRun
    const magicWrites = calls.flatMap((call, i) => (call.what === 'write' && call.offsetBytes === 0 ? [i] : []))
    expect(magicWrites).toHaveLength(2)
    expect(unflushed(calls.slice(0, magicWrites[0]! + 2))).toEqual([])
    expect(unflushed(calls.slice(0, magicWrites[1]))).toEqual([])
    expect(unflushed(calls)).toEqual([])
    // The magic goes first, and comes last.
    expect([magicWrites[0], calls.at(-2)]).toEqual([calls.findIndex((call) => call.what === 'write'), { what: 'write', offsetBytes: 0, lengthBytes: 8 }])
  })
})

it('kill is one flushed write', () => {
  const run = recording(copyOf(oldFileSystem()))
  killSuperblock(run.memory)
  expect([run.writeCount(), unflushed(run.calls), readLayout(run.memory)]).toEqual([1, [], expect.objectContaining({ ok: false })])
})

type Act = (held: LogLock, made: PlayedFile[]) => void
const acts: Act[] = [
  (held) => void must(createDirectory(held, directory('d'))),
  (held, made) => void made.push(must(createFile(held, file('d/a', 3 * AU), fileOptions()))),
  (held, made) => void made.push(must(createFile(held, file('d/é', 1), fileOptions()))),
  (held) => void must(createFile(held, file('striped', 8 * MIB, { interleave: { bucketCount: 4, stripCount: 3, chunkBytes: AU } }), fileOptions())),
  (held) => void must(createDirectory(held, directory('d/e'))),
  (held) => void must(logDaxdev(held, { sizeBytes: 2n ** 32n, uuid: OWNER, devindex: 1 })),
  (held, made) => void must(cloneFile(held, made[0]!, 'clone')),
  (held) => void must(logRawFile(held, { path: 'raw', mode: 0, uid: 1, gid: 2, map: { kind: 'simple', sizeBytes: AU, extents: [{ devindex: 0, offsetBytes: 200 * MIB, lengthBytes: AU }] } })),
  (held) => void must(createFile(held, file('d/e/b', 5 * AU + 1), fileOptions())),
  (held) => void must(createDirectory(held, directory('z'))),
]

/** @returns how many operations came back to their caller */
function runActs(memory: Memory): number {
  let acknowledged = 0
  const made: PlayedFile[] = []
  untilCut(() => {
    const held = lock(newVolume(memory))
    for (const act of acts) {
      act(held, made)
      acknowledged++
    }
  })
  return acknowledged
}

describe('creat, mkdir, clone and the rest', () => {
  const formatted = newMemory()
  format(formatted)
  const whole = copyOf(formatted)
  const wholeRun = recording(whole)
  runActs(wholeRun.memory)
  const writes = wholeRun.writeCount()
  const entriesAfter = acts.map((_, i) => i + 1)

  /** What replay shows when the first `count` entries are counted. */
  const expectedListing = (count: number): string[] => {
    const cut = copyOf(whole)
    cut.store64(INDEX_AT, BigInt(count))
    return listing(replayed(cut).tree)
  }

  it('lose nothing that was acknowledged, wherever power fails', () => {
    for (let cut = 0; cut <= writes; cut++) {
      const memory = copyOf(formatted)
      const acknowledged = runActs(recording(memory, cut, TORN[cut % TORN.length]).memory)
      const { tree, report } = replayed(memory)
      expect([cut, report.stopped, report.nextIndex - acknowledged]).toEqual([cut, undefined, 0])
      expect(listing(tree)).toEqual(expectedListing(report.nextIndex))
      expectMended(memory, acknowledged)
    }
    printCount('power cuts in operations', writes + 1)
    expect(writes).toBeGreaterThanOrEqual(powerCutsLeast.operations)
  })

  it('are mended even when power fails in the mending', () => {
    let tried = 0
    for (const entries of entriesAfter) {
      for (let cut = 0; cut <= 2; cut++) {
        const memory = copyOf(whole)
        // As a cut between the two counters leaves it.
        memory.store64(SEQNUM_AT, BigInt(entries))
        memory.store64(INDEX_AT, BigInt(entries - 1))
        untilCut(() => void lock(newVolume(recording(memory, cut).memory)))
        expectMended(memory, entries)
        tried++
      }
    }
    printCount('power cuts in mending the counters', tried)
    expect(tried).toBe(3 * acts.length)
  })

  it('an entry that is not whole is not counted: the sequence number steps back', () => {
    const memory = copyOf(whole)
    memory.store64(SEQNUM_AT, 4n)
    memory.store64(INDEX_AT, 3n)
    memory.write(entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, 3) + 500, new Uint8Array(40))
    memory.write(entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, 3) + 40, Uint8Array.of(0x58))
    expect(lock(newVolume(memory)).nextIndex).toBe(3)
    expect(countersOf(memory)).toEqual([3, 3])
  })

  it.each([
    [5, 3],
    [2, 3],
    [0, 1],
    [15_421, 15_420],
    [15_421, 15_421],
  ])('counters that no cut leaves are not touched: %i and %i', (seqnum, index) => {
    const memory = copyOf(whole)
    memory.store64(SEQNUM_AT, BigInt(seqnum))
    memory.store64(INDEX_AT, BigInt(index))
    expect(() => lock(newVolume(memory))).toThrow('log_counters')
    expect(countersOf(memory)).toEqual([seqnum, index])
  })

  it('publish in order: the entry, flushed; then seqnum, then index, flushed', () => {
    const writesAndFlushes = wholeRun.calls.filter((call) => call.what !== 'invalidate')
    const expected = acts.flatMap((_, index): Call[] => {
      const offsetBytes = entryOffset({ logOffsetBytes: LOG_OFFSET_BYTES }, index)
      return [
        { what: 'write', offsetBytes, lengthBytes: LOG_ENTRY_BYTES },
        { what: 'flush', offsetBytes, lengthBytes: LOG_ENTRY_BYTES },
        { what: 'store64', offsetBytes: SEQNUM_AT, lengthBytes: 8 },
        { what: 'store64', offsetBytes: INDEX_AT, lengthBytes: 8 },
        { what: 'flush', offsetBytes: LOG_OFFSET_BYTES, lengthBytes: LOG_HEADER_BYTES },
      ]
    })
    expect(writesAndFlushes).toEqual(expected)
  })
})

/** The owner's next lock: counters agree, nothing acknowledged is gone, the bitmap is the log's, and work goes on. */
function expectMended(memory: Memory, acknowledged: number): void {
  const held = lock(newVolume(memory))
  const [seqnum, index] = countersOf(memory)
  expect([seqnum, index - held.nextIndex]).toEqual([index, 0])
  expect([acknowledged, acknowledged + 1]).toContain(index)
  expect(buildBitmap(memory, held.layout, index).bitmap.equals(held.space.bitmap)).toBe(true)
  const collisions = runNow(fsck(memory)).scan!.collisionCount
  must(createFile(held, file('afterwards', AU), fileOptions()))
  const { tree, report } = replayed(memory)
  expect([report.nextIndex, report.stopped, tree.lookup('afterwards')?.entryIndex]).toEqual([index + 1, undefined, index])
  // What comes after a crash lies on nobody's bytes.
  expect(runNow(fsck(memory)).scan!.collisionCount).toBe(collisions)
}
