// Power may fail at any write while a file system gets its devices. After it: a file system has all devices that its log
// names, each with a whole superblock, or there is no file system; and doing it again mends it.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { runNow } from '../../src/core/base/task.ts'
import { piecesOf } from '../../src/core/fmap/fmap.ts'
import { createDirectory, createFile } from '../../src/core/fs/create.ts'
import { addDevices } from '../../src/core/fs/devadd.ts'
import { fsck } from '../../src/core/fs/fsck.ts'
import { newVolume } from '../../src/core/fs/volume.ts'
import { lookForDaxdev, secondarySuperblock } from '../../src/core/log/daxdevs.ts'
import { entryOffset, readLayout } from '../../src/core/log/layout.ts'
import type { Memory } from '../../src/core/mem/memory.ts'
import { LOG_OFFSET_BYTES } from '../../src/core/omf/constants.ts'
import { powerCutsLeast, printCount } from '../counts.ts'
import { recording, type Recording, unflushed, untilCut } from '../helpers/recordingMemory.ts'
import { backedBytes, copyOfAll, formatAll, newMemories } from '../helpers/severalVolumes.ts'
import { directory, file, fileOptions, listing, lock, OWNER, replayed } from '../helpers/volumes.ts'

const AU = 2 * MIB
const SIZES = [64 * MIB, 48 * MIB, 32 * MIB, 40 * MIB]
/** Nothing of the write that the cut meets, half a cache line, and some lines of it. */
const TORN = [0, 32, 192]
const STRIPED = { bucketCount: 3, stripCount: 3, chunkBytes: AU }

/** The same ones each time. */
function uuids(): () => string {
  let count = 0
  return () => `0f000000-0000-4000-8000-00000000000${++count}`
}

const FS = uuids()()

function failing(memories: readonly Memory[], cut: number): { memories: Memory[]; writeCount: () => number } {
  const power = { writeCount: 0 }
  return { memories: memories.map((memory) => recording(memory, cut, TORN[cut % TORN.length], power).memory), writeCount: () => power.writeCount }
}

function hashOf(memories: readonly Memory[]): string {
  const hash = createHash('sha256')
  for (const [i, memory] of memories.entries()) hash.update(memory.window(0, backedBytes(i)))
  return hash.digest('hex')
}

/** The file system that is on the primary, or why there is none. */
function stateOf(primary: Memory): string {
  const layout = readLayout(primary)
  return layout.ok ? layout.value.fsUuid : layout.failure.reason
}

/** Every device that the log names is there, whole. */
function expectComplete(memories: readonly Memory[]): number {
  const [primary, ...others] = memories
  const held = lock(newVolume(primary as Memory, () => others))
  const { list } = held.kept.daxdevs
  expect(list.map((daxdev) => lookForDaxdev(others, held.layout, daxdev).memory?.device.sizeBytes)).toEqual(list.map(({ sizeBytes }) => sizeBytes))
  expect(held.spaces).toHaveLength(1 + list.length)
  return list.length
}

function usedFileSystem(): Memory[] {
  const memories = newMemories(SIZES)
  formatAll(memories)
  const held = lock(newVolume(memories[0] as Memory, () => memories))
  must(createDirectory(held, directory('d')))
  must(createFile(held, file('d/striped', 6 * AU, { interleave: STRIPED }), fileOptions()))
  return memories
}

describe.each([
  ['fresh devices', () => newMemories(SIZES)],
  ['devices that were one file system', usedFileSystem],
])('mkfs on %s', (name, make) => {
  it('leaves a file system with all its devices or none, and the next mkfs mends it', () => {
    const before = make()
    const whole = copyOfAll(before)
    const run = failing(whole, Infinity)
    formatAll(run.memories, uuids())
    const writes = run.writeCount()
    for (let cut = 0; cut <= writes; cut++) {
      const memories = copyOfAll(before)
      const [primary, ...others] = memories as [Memory, ...Memory[]]
      expect([cut, untilCut(() => formatAll(failing(memories, cut).memories, uuids()))]).toEqual([cut, cut === writes])
      expect([cut, stateOf(primary)]).toEqual([cut, cut === 0 ? stateOf(before[0] as Memory) : cut === writes ? FS : 'not_famfs'])
      // A superblock that counts is one of before, or whole.
      const halves = others.filter((other, i) => {
        const there = secondarySuperblock(other)
        return there && there.ts_uuid !== secondarySuperblock(before[i + 1] as Memory)?.ts_uuid && secondarySuperblock(whole[i + 1] as Memory)?.ts_dev_uuid !== there.ts_dev_uuid
      })
      expect([cut, halves.length, cut < writes || expectComplete(memories)]).toEqual([cut, 0, cut < writes || 3])
      formatAll(memories, uuids())
      expect([cut, hashOf(memories)]).toEqual([cut, hashOf(whole)])
    }
    printCount(`power cuts in mkfs of four devices on ${name}`, writes + 1)
    expect(writes).toBeGreaterThanOrEqual(powerCutsLeast.mkfsSeveral)
  })
})

it('devadd leaves a device in the file system or out of it, loses nothing, and goes on where it was', () => {
  const before = newMemories(SIZES.slice(0, 3))
  formatAll(before.slice(0, 1))
  must(createFile(lock(newVolume(before[0] as Memory)), file('old', 3 * AU), fileOptions()))
  const add = (memories: readonly Memory[], added: readonly Memory[], newUuid: () => string): void => {
    const held = lock(newVolume(memories[0] as Memory, () => memories))
    must(addDevices(held, added, { systemUuid: OWNER, relaxed: true, newUuid }))
  }
  const counting = failing(copyOfAll(before), Infinity)
  add(counting.memories, counting.memories.slice(1), uuids())
  const writes = counting.writeCount()
  const seen = new Set<number>()
  for (let cut = 0; cut <= writes; cut++) {
    const memories = copyOfAll(before)
    const [primary, ...others] = memories as [Memory, ...Memory[]]
    const cutOff = failing(memories, cut).memories
    expect([cut, untilCut(() => add(cutOff, cutOff.slice(1), uuids()))]).toEqual([cut, cut === writes])
    const knownCount = expectComplete(memories)
    seen.add(knownCount)
    expect([cut, replayed(primary).report.stopped, listing(replayed(primary).tree)]).toEqual([cut, undefined, listing(replayed(before[0] as Memory).tree)])
    // Without force: what was left half-way is nobody's.
    if (knownCount < others.length) add(memories, others.slice(knownCount), uuidsFrom(50))
    expect([cut, expectComplete(memories)]).toEqual([cut, 2])
    const held = lock(newVolume(primary, () => others))
    const striped = must(createFile(held, file('new', 6 * AU, { interleave: STRIPED }), fileOptions()))
    expect([cut, piecesOf(striped.map).map(({ devindex }) => devindex).toSorted()]).toEqual([cut, [0, 1, 2]])
    const scan = runNow(fsck(primary, others)).scan
    expect([cut, scan?.collisionCount, scan?.outsideCount, scan?.superblock.ts_sb_flags, scan?.daxdevs.map(({ deviceName }) => deviceName)]).toEqual([cut, 0, 0, 1, ['/dev/dax1.0', '/dev/dax2.0']])
  }
  printCount('power cuts in devadd', writes + 1)
  expect([...seen].toSorted()).toEqual([0, 1, 2])
  expect(writes).toBeGreaterThanOrEqual(powerCutsLeast.devadd)
})

it('what makes a device count is written when all that it counts on is flushed', () => {
  const memories = newMemories(SIZES)
  const recorded = memories.map((memory) => recording(memory))
  const [first, ...rest] = recorded
  const seen: [offsetBytes: number, unflushedCount: number][] = []
  const watched: Memory = {
    ...(first as Recording).memory,
    write(offsetBytes, bytes) {
      seen.push([offsetBytes, rest.reduce((sum, { calls }) => sum + unflushed(calls).length, 0)])
      first?.memory.write(offsetBytes, bytes)
    },
  }
  const [, second, third, fourth] = recorded.map(({ memory }) => memory) as [Memory, Memory, Memory, Memory]
  formatAll([watched, second, third])
  const held = lock(newVolume(watched, () => memories))
  must(addDevices(held, [fourth], { systemUuid: OWNER, relaxed: true, newUuid: uuids() }))
  const entries = [0, 1, 2].map((index) => entryOffset(held.layout, index))
  // Its magic twice, first and last; the header; an entry for each device.
  expect(seen.map(([offsetBytes]) => offsetBytes)).toEqual([0, LOG_OFFSET_BYTES, entries[0], entries[1], 8, 0, entries[2]])
  expect(seen.filter(([, count]) => count > 0)).toEqual([])
  expect(recorded.map(({ calls }) => unflushed(calls))).toEqual(recorded.map(() => []))
})

function uuidsFrom(first: number): () => string {
  let count = first
  return () => `0f000000-0000-4000-8000-0000000000${count++}`
}
