// What a log of several devices may say, and what fsck makes of it: figures over all devices and for each, extents on
// devices that nobody knows, and entries that add what can't be.

import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { must } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { UNITS_MOST } from '../../../src/core/alloc/bitmap.ts'
import { createFile, logDaxdev } from '../../../src/core/fs/create.ts'
import { logRawFile } from '../../helpers/rawFile.ts'
import { addDevices } from '../../../src/core/fs/devadd.ts'
import { fsck, type FsckScan } from '../../../src/core/fs/fsck.ts'
import { fsckReport } from '../../../src/core/fs/fsckReport.ts'
import { buildBitmap, newVolume } from '../../../src/core/fs/volume.ts'
import { readLayout } from '../../../src/core/log/layout.ts'
import { logplay } from '../../../src/core/log/replay.ts'
import type { PlayedDaxdev } from '../../../src/core/log/daxdevs.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import { DAXDEVS_MOST } from '../../../src/core/omf/constants.ts'
import { formatAll, newMemories } from '../../helpers/severalVolumes.ts'
import { file, fileOptions, format, lock, newFormatted, nextUuid, OWNER } from '../../helpers/volumes.ts'

const AU = 2 * MIB
const SIZES = [64 * MIB, 32 * MIB, 48 * MIB + 5]

function newSeveral(): { memories: Memory[]; primary: Memory; others: Memory[] } {
  const memories = newMemories(SIZES)
  formatAll(memories)
  const [primary, ...others] = memories as [Memory, ...Memory[]]
  return { memories, primary, others }
}

function scanOf(primary: Memory, memories: readonly Memory[] = []): FsckScan {
  const { scan } = runNow(fsck(primary, memories))
  if (!scan) throw new Error('there is nothing to scan')
  return scan
}

const raw = (path: string, devindex: number, offsetBytes: number, lengthBytes: number) => ({
  path, mode: 0o644, uid: 0, gid: 0, map: { kind: 'simple' as const, sizeBytes: 1, extents: [{ devindex, offsetBytes, lengthBytes }] },
})

describe('fsck', () => {
  const { primary, others, memories } = newSeveral()
  const held = lock(newVolume(primary, () => memories))
  must(createFile(held, file('striped', 6 * AU, { interleave: { bucketCount: 3, stripCount: 3, chunkBytes: AU } }), fileOptions()))
  must(createFile(held, file('plain', 30 * MIB), fileOptions()))

  it('has the sums of all devices, and what each has of them', () => {
    const text = fsckReport(scanOf(primary, memories), { role: 'master' })
    expect(text).toContain(`  Device capacity:        ${64 * MIB + 32 * MIB + 48 * MIB + 5}\n  Bitmap capacity:        ${(32 + 16 + 25) * AU}\n`)
    const allocated = 10 * MIB + 2 * AU + 6 * AU + 15 * AU
    expect(text).toContain(`  Allocated bytes:        ${allocated}\n  Free space:             ${(32 + 16 + 25) * AU - allocated}\n`)
    expect(text).toContain('Devices: 3, of which 0 are not on this host\n  device 0: /dev/dax0.0\n')
    const figures = [...text.matchAll(/ {2}device (\d): (.*)\n.*\n {4}Device capacity: +(\d+)\n {4}Allocated bytes: +(\d+)\n {4}Free space: +(\d+)\n {4}Percent used: +(.*)\n/g)].map((match) => match.slice(1))
    expect(figures).toEqual([
      ['0', '/dev/dax0.0', String(64 * MIB), String(10 * MIB + 2 * AU + 15 * AU), String(64 * MIB - 10 * MIB - 17 * AU), '68.8%'],
      ['1', '/dev/dax1.0', String(32 * MIB), String(3 * AU), String(13 * AU), '18.8%'],
      ['2', '/dev/dax2.0', String(48 * MIB + 5), String(3 * AU), String(22 * AU), '12.0%'],
    ])
  })

  it('reports on the buckets of each', () => {
    const text = fsckReport(scanOf(primary, memories), { role: 'master', bucketCount: 2 })
    expect([...text.matchAll(/Stripe bucket info.*:/g)].map(String)).toEqual(['Stripe bucket info:', 'Stripe bucket info of device 1:', 'Stripe bucket info of device 2:'])
  })

  it('says which device is not here, and counts it all the same', () => {
    const text = fsckReport(scanOf(primary, others.slice(1)), { role: 'master' })
    expect(text).toContain('Devices: 3, of which 1 is not on this host\n')
    expect(text).toContain('  device 1: NOT ON THIS HOST\n')
    expect(text.replace('NOT ON THIS HOST', '/dev/dax1.0').replace('1 is', '0 are')).toBe(fsckReport(scanOf(primary, memories), { role: 'master' }))
  })

  it('says of a secondary device whose it is', () => {
    const [second] = others as [Memory]
    expect(readLayout(second)).toMatchObject({ failure: { reason: 'secondary_device', says: expect.stringContaining(held.layout.fsUuid) } })
    expect(runNow(fsck(second))).toMatchObject({ superblockFailure: { reason: 'secondary_device' }, scan: undefined })
  })

  it('repeats of the reference what it says of one device', () => {
    const text = fsckReport(scanOf(primary, memories), { role: 'master', reference: true, bucketCount: 2 })
    expect(text).toContain(`  Device capacity:        ${64 * MIB}\n`)
    expect(text).not.toMatch(/Devices:|of device/)
  })
})

it('fsck counts collisions on every device, and extents on devices that nobody knows as outside', () => {
  const { primary, memories } = newSeveral()
  const held = lock(newVolume(primary, () => memories))
  must(logRawFile(held, raw('a', 1, 4 * AU, 3 * AU)))
  must(logRawFile(held, raw('b', 1, 5 * AU, 3 * AU)))
  must(logRawFile(held, raw('on the superblock', 2, 0 + AU / 2, AU / 2)))
  must(logRawFile(held, raw('over the end', 1, 30 * MIB, 2 * AU)))
  must(logRawFile(held, raw('nowhere', 3, AU, AU)))
  const scan = scanOf(primary, memories)
  expect(scan).toMatchObject({ collisionCount: 3, outsideCount: 2, daxdevs: [{ collisionCount: 2 }, { collisionCount: 1 }] })
  expect(scan.outside).toEqual([
    'entry 5: over the end has 4194304 bytes at 31457280 of device 1',
    'entry 6: nowhere has 2097152 bytes at 2097152 of device 3',
  ])
  expect(fsckReport(scan, { role: 'master' })).toContain('    ERROR: 2 allocation collisions\n')
})

describe('entries that add a device', () => {
  const add = (devindex: number, uuid: string, sizeBytes = 32 * MIB) => ({ devindex, uuid, sizeBytes: BigInt(sizeBytes) })
  const [one, two, three] = [nextUuid(), nextUuid(), nextUuid()] as [string, string, string]

  it('count once, in order, and as far as bitmaps go; everyone passes over the same ones', () => {
    const volume = newFormatted(64 * MIB)
    const held = lock(volume)
    const { ts_dev_uuid } = held.layout.superblock
    const entries = [
      add(2, two), add(1, one), add(1, one), add(1, two), add(2, one), add(2, ts_dev_uuid), add(0, two), add(2, two, MIB), add(2, two, 0),
      { devindex: 2, uuid: two, sizeBytes: 2n ** 63n }, add(2, two, UNITS_MOST * AU), add(2, two), add(3, three, (UNITS_MOST - 63) * AU), add(3, three),
    ]
    for (const entry of entries) must(logDaxdev(held, entry))
    const kept = [add(1, one), add(2, two), add(3, three)].map(({ devindex, uuid, sizeBytes }, i) => ({ devindex, uuid, sizeBytes: Number(sizeBytes), entryIndex: [1, 11, 13][i] }))
    expect(held.kept.daxdevs.list).toEqual(kept)
    expect(buildBitmap(volume.memory, held.layout, held.nextIndex).daxdevs.list).toEqual(kept)
    expect(scanOf(volume.memory).daxdevs.map(({ devindex, uuid }) => [devindex, uuid])).toEqual([[1, one], [2, two], [3, three]])
    // None of them is here.
    expect(lock(volume).spaces).toHaveLength(1)
  })

  it('are told in order to whoever wants to know, and are no errors to whoever does not', () => {
    const volume = newFormatted(64 * MIB)
    const held = lock(volume)
    for (const entry of [add(1, one), { devindex: 2, uuid: two, sizeBytes: 2n ** 63n }, add(7, three)]) must(logDaxdev(held, entry))
    const told: PlayedDaxdev[] = []
    const tree = { addFile: () => 'made' as const, addDirectory: () => 'made' as const }
    const listening = { ...tree, addDaxdev: (daxdev: PlayedDaxdev) => (told.push(daxdev) === 1 ? ('made' as const) : ('error' as const)) }
    const report = must(runNow(logplay(volume.memory, held.layout, listening)))
    expect(told.map(({ devindex, entryIndex }) => [devindex, entryIndex])).toEqual([[1, 0], [7, 2]])
    expect(report).toMatchObject({ nextIndex: 3, fileErrors: 0, directoryErrors: 0, stopped: undefined })
    expect(report.troubles.map((trouble) => trouble.slice(0, 8))).toEqual(['entry 1:', 'entry 2:'])
    expect(must(runNow(logplay(volume.memory, held.layout, tree))).troubles).toEqual([])
  })

  it('are not more than can be', () => {
    const memories = newMemories([64 * MIB, ...Array.from({ length: DAXDEVS_MOST + 1 }, () => 2 * AU)])
    const [primary, ...others] = memories as [Memory, ...Memory[]]
    format(primary)
    const held = lock(newVolume(primary, () => memories))
    const options = { systemUuid: OWNER, relaxed: true, newUuid: nextUuid }
    expect(addDevices(held, others, options)).toMatchObject({ failure: { reason: 'daxdev_refused', says: expect.stringContaining('32 devices') } })
    expect(held.nextIndex).toBe(0)
    expect(must(addDevices(held, others.slice(1), options))).toHaveLength(DAXDEVS_MOST)
    expect(lock(newVolume(primary, () => memories)).spaces).toHaveLength(1 + DAXDEVS_MOST)
  })
})

it('devadd touches nothing where a device is unfit, or the log has no slot for all', () => {
  const memories = newMemories([64 * MIB, 2 * AU, AU, 64 * MIB])
  const [primary, fit, tiny, formatted] = memories as [Memory, Memory, Memory, Memory]
  format(primary)
  formatAll([...newMemories([64 * MIB]), formatted])
  const held = lock(newVolume(primary, () => memories))
  const options = { systemUuid: OWNER, relaxed: true, newUuid: nextUuid }
  const tried = (added: readonly Memory[], more = {}) => {
    const result = addDevices(held, added, { ...options, ...more })
    return result.ok ? 'ok' : result.failure.reason
  }
  expect(tried([fit, tiny])).toBe('device_too_small')
  expect(tried([fit, formatted])).toBe('already_formatted')
  expect(tried([fit, formatted], { systemUuid: nextUuid() })).toBe('owned_by_other')
  expect(tried([fit], { relaxed: false })).toBe('device_too_small')
  expect(tried([fit, fit])).toBe('daxdev_refused')
  expect(tried([primary])).toBe('daxdev_refused')
  held.nextIndex = held.layout.slotCount - 1
  expect(tried([fit, formatted], { force: true })).toBe('log_full')
  expect(fit.window(0, 4096).every((byte) => byte === 0)).toBe(true)
  expect(scanOf(primary).superblock.ts_sb_flags).toBe(0)
})
