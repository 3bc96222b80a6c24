// What a run of the lab may be asked for: numbers in their ranges, and files that fit into as much memory as a browser gives.

import { GIB, KIB, MIB } from '../../core/base/align.ts'
import { failLate } from '../../core/base/late.ts'
import type { Failure } from '../../core/base/result.ts'
import { SMALL_ALLOC_UNIT_BYTES } from '../../core/omf/constants.ts'
import type { LabSetup } from './types.ts'

export const LAB_UNIT_BYTES = SMALL_ALLOC_UNIT_BYTES
/** Where data begins on each device: as behind a superblock region. */
export const LAB_DATA_BYTES = 2 * MIB
/** Of all devices together. Untouched memory costs nothing, and no more than this can be had everywhere. */
const FILES_MOST_BYTES = 4 * GIB - 64 * MIB
const READ_MOST_BYTES = GIB

const RANGES = {
  extentCount: { least: 1, most: 1_000_000, what: 'extents' },
  stripCount: { least: 1, most: 16, what: 'strips' },
  fileCount: { least: 1, most: 10_000, what: 'files' },
  deviceCount: { least: 1, most: 16, what: 'devices' },
  cacheCapBytes: { least: 4 * KIB, most: GIB, what: 'bytes of cache' },
  accessCount: { least: 1, most: 1_000_000, what: 'accesses' },
  accessBytes: { least: 1, most: MIB, what: 'bytes an access' },
  seed: { least: 0, most: 0xffff_ffff, what: 'as a seed' },
} as const satisfies Partial<Record<keyof LabSetup, { least: number; most: number; what: string }>>

/** @returns undefined for a setup that can be run */
export function refuseSetup(setup: LabSetup): Failure | undefined {
  for (const name in RANGES) {
    const value = setup[name as keyof typeof RANGES]
    const { least, most, what } = RANGES[name as keyof typeof RANGES]
    if (Number.isInteger(value) && value >= least && value <= most) continue
    return failLate('lab_setup', { what: `${value} ${what}`, wanted: `${least} to ${most}` }).failure
  }
  const readBytes = setup.accessCount * setup.accessBytes
  if (readBytes > READ_MOST_BYTES) return failLate('lab_setup', { what: `${readBytes} bytes to read`, wanted: `at most ${READ_MOST_BYTES}` }).failure
  const needBytes = setup.fileCount * setup.extentCount * meanExtentBytes(setup)
  if (needBytes <= FILES_MOST_BYTES) return undefined
  return failLate('lab_setup', { what: `${needBytes} bytes of files`, wanted: `at most ${FILES_MOST_BYTES}` }).failure
}

/** Mixed lengths are one and two units by turns of chance; never more than two. */
function meanExtentBytes({ shape, isUniform }: LabSetup): number {
  return shape === 'simple' && !isUniform ? LAB_UNIT_BYTES * 1.6 : LAB_UNIT_BYTES
}
