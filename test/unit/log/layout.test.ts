// Where superblock and log are comes from judged bytes alone, and nothing behind the end of an image is ever touched.

import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { NIL_UUID } from '../../../src/core/base/uuid.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { fsck } from '../../../src/core/fs/fsck.ts'
import { readCounters, readEntryCount, readLayout } from '../../../src/core/log/layout.ts'
import { logplay } from '../../../src/core/log/replay.ts'
import { daxdev } from '../../../src/core/mem/daxdev.ts'
import { coherentMemory, type Memory } from '../../../src/core/mem/memory.ts'
import { superblockCrc } from '../../../src/core/omf/check.ts'
import { LOG_OFFSET_BYTES } from '../../../src/core/omf/constants.ts'
import { Superblock, SUPERBLOCK_CRC_OFFSET } from '../../../src/core/omf/superblock.ts'
import { directory, format, lock, METADATA_BYTES, newMemory } from '../../helpers/volumes.ts'
import { createDirectory } from '../../../src/core/fs/create.ts'
import { newVolume } from '../../../src/core/fs/volume.ts'

const SIZE = 256 * MIB
const good = newMemory(SIZE)
format(good)
createDirectory(lock(newVolume(good)), directory('d'))

/** The first bytes of a good image, on a device as large as ever. */
function cutOff(presentBytes: number): Memory {
  return newMemory(SIZE, good.window(0, presentBytes).slice().buffer)
}

/** With one superblock field changed and the checksum right again; the device is as large as the superblock says. */
function altered(field: string, value: bigint): Memory {
  const bytes = good.window(0, METADATA_BYTES).slice()
  const view = new DataView(bytes.buffer)
  view.setBigUint64(Superblock.offsetOf(field), value, true)
  view.setBigUint64(SUPERBLOCK_CRC_OFFSET, superblockCrc(bytes), true)
  const sizeBytes = field === 'ts_daxdev.dd_size' ? Number(value) : SIZE
  return coherentMemory(daxdev({ name: 'image', uuid: NIL_UUID, buffer: bytes.buffer, sizeBytes }))
}

const reasonOf = (memory: Memory): string => {
  const layout = readLayout(memory)
  return layout.ok ? 'ok' : `${layout.failure.reason}: ${layout.failure.says}`
}

describe('an image cut off anywhere', () => {
  const lengths = [0, 1, 8, 95, 104, 199, 200, LOG_OFFSET_BYTES - 1, ...Array.from({ length: 60 }, (_, i) => LOG_OFFSET_BYTES + i), LOG_OFFSET_BYTES + 592, METADATA_BYTES - 1]

  it.each(lengths)('after %i bytes is looked at and refused', (presentBytes) => {
    const memory = cutOff(presentBytes)
    expect(reasonOf(memory)).toMatch(presentBytes < 8 ? /^not_famfs/ : presentBytes < 104 ? /^(other_version|superblock_crc)/ : /^bad_geometry/)
    // Those who look without a layout: the tools.
    const present = presentBytes >= LOG_OFFSET_BYTES + 48 ? 1 : 0
    expect(readCounters(memory).nextIndex).toBe(BigInt(present))
    expect(readEntryCount(memory, { logOffsetBytes: LOG_OFFSET_BYTES, slotCount: 5 })).toEqual({ ok: true, value: present })
    const fits = presentBytes >= LOG_OFFSET_BYTES + 592 ? 1 : 0
    expect(runNow(logplay(memory, { logOffsetBytes: LOG_OFFSET_BYTES, slotCount: fits }, undefined)).ok).toBe(present === fits)
    expect(runNow(fsck(memory)).scan?.scannedCount ?? 0).toBe(fits)
  })

  it('and whole it is good', () => {
    expect(reasonOf(cutOff(METADATA_BYTES))).toBe('ok')
  })
})

describe('a superblock that is sound by its checksum, and impossible', () => {
  it.each([
    ['ts_log_len', 0n, 'a log of 0 bytes, shorter than its header'],
    ['ts_log_len', 47n, 'a log of 47 bytes, shorter than its header'],
    ['ts_log_len', BigInt(8 * MIB + 1), 'ends beyond the bytes that are here'],
    ['ts_log_len', 2n ** 63n, 'ends beyond the bytes that are here'],
    ['ts_daxdev.dd_size', 2n ** 53n - 1n, 'more than 33554432 of them'],
    ['ts_daxdev.dd_size', 2n ** 46n + 1n, 'more than 33554432 of them'],
  ])('%s %i', (field, value, says) => {
    expect(reasonOf(altered(field, value))).toMatch(new RegExp(`^bad_geometry: .*${says}`))
  })

  it('a device that isn’t the one here', () => {
    const elsewhere = newMemory(SIZE + 1, good.window(0, METADATA_BYTES).slice().buffer)
    expect(reasonOf(elsewhere)).toMatch(/^bad_geometry: .* where this one has/)
  })

  it('the largest device that can be is good', () => {
    expect(reasonOf(altered('ts_daxdev.dd_size', BigInt(64 * 1024 * GIB)))).toBe('ok')
  })

  it('a log shorter than its header says has fewer slots', () => {
    const layout = readLayout(altered('ts_log_len', 48n + 3n * 544n + 543n))
    expect(layout).toMatchObject({ ok: true, value: { slotCount: 3 } })
  })
})
