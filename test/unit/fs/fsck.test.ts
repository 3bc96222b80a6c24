// fsck tells the truth: extents outside the device and true bucket figures without --reference, the reference's own words
// and errors with it. Its ratios are rounded as C's printf rounds.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { must } from '../../../src/core/base/result.ts'
import { runNow } from '../../../src/core/base/task.ts'
import { cloneFile, createDirectory, createFile } from '../../../src/core/fs/create.ts'
import { logRawFile } from '../../helpers/rawFile.ts'
import { fsck, type FsckScan } from '../../../src/core/fs/fsck.ts'
import { verdictExit } from '../../helpers/verdictExit.ts'
import { fsckReport, type ReportOptions } from '../../../src/core/fs/fsckReport.ts'
import type { Volume } from '../../../src/core/fs/volume.ts'
import { ENTRY_FILE } from '../../../src/core/omf/constants.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../../src/core/omf/log.ts'
import { propertyRuns } from '../../counts.ts'
import { appendBody, directory, file, fileOptions, lock, newFormatted } from '../../helpers/volumes.ts'

const AU = 2 * MIB
const scanOf = (volume: Volume): FsckScan => {
  const { scan } = runNow(fsck(volume.memory))
  if (!scan) throw new Error('there is nothing to scan')
  return scan
}
const reportOf = (volume: Volume, options: Partial<ReportOptions> = {}): string => fsckReport(scanOf(volume), { role: 'master', ...options })
const raw = (path: string, extents: [offset: number, length: number][], devindex = 0) => ({
  path,
  mode: 0o644,
  uid: 0,
  gid: 0,
  map: { kind: 'simple' as const, sizeBytes: 1, extents: extents.map(([offsetBytes, lengthBytes]) => ({ devindex, offsetBytes, lengthBytes })) },
})

describe('extents outside the device', () => {
  const volume = newFormatted(64 * MIB)
  const held = lock(volume)
  must(createFile(held, file('inside', 1), fileOptions()))
  must(logRawFile(held, raw('over the end', [[62 * MIB, 2 * AU]])))
  must(logRawFile(held, raw('far out', [[2 ** 40, AU]])))
  must(logRawFile(held, raw('another device', [[AU, AU]], 1)))
  const se = [{ se_devindex: 0n, se_offset: 2n ** 63n, se_len: 2n ** 63n }]
  appendBody(held, ENTRY_FILE, {
    famfs_fm: { fm_size: 1n, fm_flags: 2, fm_uid: 0, fm_gid: 0, fm_mode: 0, fm_relpath: 'no number', fm_fmap: { fmap_ext_type: 0, fmap_nextents: 1, list: { se } } },
  })

  it('are counted, and take only what lies on it', () => {
    const scan = scanOf(volume)
    expect(scan).toMatchObject({ fileCount: 5, outsideCount: 4, collisionCount: 0, allocatedBytes: BigInt(10 * MIB + 2 * AU) })
    expect(scan.outside).toEqual([
      'entry 1: over the end has 4194304 bytes at 65011712 of device 0',
      'entry 2: far out has 2097152 bytes at 1099511627776 of device 0',
      'entry 3: another device has 2097152 bytes at 2097152 of device 1',
      'entry 4: no number has an extent beyond 2^53 bytes',
    ])
  })

  it('are errors in the true report, and not mentioned in the reference’s', () => {
    expect(reportOf(volume)).toContain('ERROR: 4 EXTENTS OUTSIDE THE DEVICE\n  entry 1: over the end')
    expect(reportOf(volume, { reference: true })).not.toContain('OUTSIDE')
    expect(reportOf(newFormatted(64 * MIB))).not.toContain('OUTSIDE')
  })

  it('count as allocated in the reference’s report, past all there is', () => {
    const full = newFormatted(256 * MIB)
    const its = lock(full)
    must(createFile(its, file('rest', 246 * MIB - 43 * AU), fileOptions()))
    must(logRawFile(its, raw('a100', [[256 * MIB - 43 * AU, 80 * AU]])))
    const text = reportOf(full, { reference: true })
    expect(text).toContain('No allocation errors found')
    expect(text).toContain('Free space:             -77594624\n')
    expect(text).toContain('Percent used:            128.9%\n')
    expect(reportOf(full)).toContain('Free space:             0\n')
  })

  it('collide with each other there as well', () => {
    const twice = newFormatted(64 * MIB)
    const its = lock(twice)
    must(logRawFile(its, raw('one', [[64 * MIB, 3 * AU]])))
    must(logRawFile(its, raw('two', [[64 * MIB + AU, 3 * AU]])))
    expect(scanOf(twice)).toMatchObject({ collisionCount: 2, outsideCount: 2 })
  })

  it('are listed up to twenty', () => {
    const many = newFormatted(64 * MIB)
    const its = lock(many)
    for (let i = 0; i < 23; i++) must(logRawFile(its, raw(`f${i}`, [[2 ** 40, AU]])))
    const text = reportOf(many)
    expect(text).toContain('ERROR: 23 EXTENTS OUTSIDE THE DEVICE\n')
    expect(text).toContain('entry 19: f19')
    expect(text).not.toContain('entry 20: f20')
    expect(text).toContain('  and 3 more\n')
  })
})

describe('bad entries', () => {
  it('are left out of all sums, and make the verdict bad', () => {
    const volume = newFormatted()
    const held = lock(volume)
    for (const name of ['a', 'b', 'c']) must(createFile(held, file(name, AU), fileOptions()))
    const before = scanOf(volume)
    // A byte of padding in the middle entry.
    volume.memory.write(AU + LOG_HEADER_BYTES + LOG_ENTRY_BYTES + 12, Uint8Array.of(1))
    const after = scanOf(volume)
    expect(after).toMatchObject({ badEntries: [1], fileCount: 2, fileBytes: before.fileBytes - BigInt(AU), allocatedBytes: before.allocatedBytes - BigInt(AU) })
    expect([verdictExit(runNow(fsck(volume.memory))), reportOf(volume)]).toEqual([1, expect.stringContaining('  1 bad log entries detected\n  2 files\n')])
  })

  it('collisions are counted by unit, once more for each file over it', () => {
    const volume = newFormatted()
    const held = lock(volume)
    const first = must(createFile(held, file('a', 3 * AU), fileOptions()))
    must(cloneFile(held, first, 'b'))
    must(cloneFile(held, first, 'c'))
    must(createDirectory(held, directory('d')))
    expect(scanOf(volume)).toMatchObject({ collisionCount: 6, fileCount: 3, directoryCount: 1, fileBytes: BigInt(9 * AU), allocatedBytes: BigInt(10 * MIB + 3 * AU) })
    expect(reportOf(volume)).toContain('ERROR: 6 ALLOCATION COLLISIONS FOUND\nFamfs log:')
  })
})

describe('buckets', () => {
  // 64 MiB and a bit: 32 whole units; 3 buckets of 10 units leave 2 over.
  const volume = newFormatted(64 * MIB + 4096)
  const held = lock(volume)
  // Units 0..4 are superblock and log. 5 and 6, then 8, 9: bucket 0 has one unit free, bucket 1 all but its 11th.
  must(logRawFile(held, raw('a', [[5 * AU, 2 * AU], [8 * AU, 2 * AU], [11 * AU, AU]])))
  const bucketsOf = (reference: boolean): string[] => reportOf(volume, { bucketCount: 3, reference }).split('Stripe bucket info:\n')[1]!.split('\n')

  it('have true figures', () => {
    expect(bucketsOf(false).slice(0, 15)).toEqual([
      // The reference's figure under its label, and what no bucket has under ours.
      `  Wasted overhang: ${(64 * MIB + 4096) % 3} bytes (0 au)`,
      `  In no bucket: ${2 * AU + 4096} bytes (2 au)`,
      '  Bitmap range 0',
      `    Size:   ${10 * AU}`,
      `    In use: ${9 * AU}`,
      `    Free:   ${AU}`,
      '    Free fragments: 1',
      `    Largest frag:   ${AU}`,
      `    Smallest frag:  ${AU}`,
      '  Bitmap range 1',
      `    Size:   ${10 * AU}`,
      `    In use: ${AU}`,
      `    Free:   ${9 * AU}`,
      '    Free fragments: 2',
      `    Largest frag:   ${8 * AU}`,
    ])
  })

  it('or the reference’s: twice in use, the largest always all that is free, the smallest always 0', () => {
    expect(bucketsOf(true).slice(8, 15)).toEqual([
      '  Bitmap range 1',
      `    Size:   ${10 * AU}`,
      `    In use: ${2 * AU}`,
      `    Free:   ${9 * AU}`,
      '    Free fragments: 2',
      `    Largest frag:   ${9 * AU}`,
      '    Smallest frag:  0',
    ])
    expect(bucketsOf(true)[0]).toBe(`  Wasted overhang: ${(64 * MIB + 4096) % 3} bytes (0 au)`)
  })

  it('a full bucket has no fragment', () => {
    must(logRawFile(held, raw('b', [[7 * AU, AU]])))
    expect(bucketsOf(false).slice(5, 9)).toEqual(['    Free:   0', '    Free fragments: 0', '    Largest frag:   0', '    Smallest frag:  0'])
  })
})

describe('ratios', () => {
  const scan = scanOf(newFormatted())
  const amplification = (allocatedBytes: bigint, fileBytes: bigint): string => {
    const text = fsckReport({ ...scan, allocatedBytes, fileBytes }, { role: 'master', reference: true })
    return /Space amplification: {5}(.*)/.exec(text)![1] as string
  }

  it.each([
    ['an exact tie goes to the even digit, down', 9n, 8n, '1.12'],
    ['an exact tie goes to the even digit, up', 11n, 8n, '1.38'],
    ['0.125', 1n, 8n, '0.12'],
    ['0.375', 3n, 8n, '0.38'],
    ['0.005 as a float is below a tie', 1n, 200n, '0.00'],
    ['0.015 as a float is below a tie', 3n, 200n, '0.01'],
    ['0.045 as a float is above a tie', 9n, 200n, '0.05'],
    ['nothing in files', 1n, 0n, 'inf'],
    ['a whole', 7n, 7n, '1.00'],
    ['more than a float holds exactly', 2n ** 60n + 1n, 3n, '384307179655528448.00'],
  ])('%s', (_, allocated, files, text) => {
    expect(amplification(allocated, files)).toBe(text)
  })

  it('are rounded as exact arithmetic on the float rounds', () => {
    const size = fc.bigInt({ min: 1n, max: 2n ** 46n })
    const halves = fc.integer({ min: 0, max: 4000 }).map((n): [bigint, bigint] => [BigInt(2 * n + 1), 8n])
    const property = fc.property(fc.oneof(fc.tuple(size, size), halves), ([allocated, files]) => {
      const ratio = Math.fround(Math.fround(Number(allocated)) / Math.fround(Number(files)))
      expect(amplification(allocated, files)).toBe(exactly(ratio, 2))
    })
    fc.assert(property, { numRuns: propertyRuns.cheap })
  })

  it('human units are GiB with two digits', () => {
    const text = fsckReport({ ...scan, fileBytes: BigInt(GIB) * 3n / 2n }, { role: 'client', human: true })
    expect(text).toContain('  Device capacity:        0.25G\n')
    expect(text).toContain('  Sum of file sizes:      1.50G\n')
    expect(text).toContain('  role of this node: Client\n')
  })
})

/** C's %.Nf by whole numbers: value = mantissa x 2^exponent, rounded half to even. */
function exactly(value: number, digits: number): string {
  let exponent = 0
  let mantissa = value
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    exponent++
  }
  const scaled = BigInt(mantissa) * 10n ** BigInt(digits)
  const whole = 2n ** BigInt(exponent)
  const rest = (scaled % whole) * 2n
  const floor = scaled / whole
  const rounded = rest > whole || (rest === whole && floor % 2n === 1n) ? floor + 1n : floor
  const text = rounded.toString().padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
