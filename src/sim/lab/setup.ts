// What a run of the lab may be asked for: numbers in their ranges, and files that fit into as much memory as a browser gives.

import { GIB, KIB, MIB } from '../../core/base/align.ts'
import { failLate } from '../../core/base/late.ts'
import type { Failure } from '../../core/base/result.ts'
import { AHEAD_BYTES } from '../../core/kernel/ways/iomap.ts'
import { SMALL_ALLOC_UNIT_BYTES } from '../../core/omf/constants.ts'
import type { LabSetup } from './types.ts'
import { numberWords, sizeWords } from './words.ts'

export const LAB_UNIT_BYTES = SMALL_ALLOC_UNIT_BYTES
/** Where data begins on each device: as behind a superblock region. */
export const LAB_DATA_BYTES = 2 * MIB
/** Of all devices together. Untouched memory costs nothing, and no more than this can be had everywhere. */
const FILES_MOST_BYTES = 4 * GIB - 64 * MIB
const READ_MOST_BYTES = GIB

/** Work that a minute or so is enough for, on a slow machine. */
const WORK_MOST_US = 60_000_000

/** Each by the name that the page has for it. */
const RANGES = {
  extentCount: { least: 1, most: 1_000_000, what: 'extents' },
  stripCount: { least: 1, most: 16, what: 'strips' },
  fileCount: { least: 1, most: 10_000, what: 'files' },
  deviceCount: { least: 1, most: 16, what: 'devices' },
  cacheCapBytes: { least: 4 * KIB, most: GIB, what: 'of cache cap' },
  accessCount: { least: 1, most: 1_000_000, what: 'accesses' },
  accessBytes: { least: 1, most: MIB, what: 'for each access' },
  moveCount: { least: 0, most: 100, what: 'moves of files' },
  aheadBytes: { least: 1, most: GIB, what: 'to look ahead' },
  seed: { least: 0, most: 0xffff_ffff, what: 'as a seed' },
} as const satisfies Partial<Record<keyof LabSetup, { least: number; most: number; what: string }>>

/** @returns undefined for a setup that can be run */
export function refuseSetup(setup: LabSetup): Failure | undefined {
  for (const name in RANGES) {
    const value = setup[name as keyof typeof RANGES]
    const { least, most, what } = RANGES[name as keyof typeof RANGES]
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue
    const textOf = name.endsWith('Bytes') ? sizeWords : numberWords
    return refused(`${textOf(value)} ${what}`, `${textOf(least)} to ${textOf(most)}`)
  }
  const readBytes = setup.accessCount * setup.accessBytes
  if (readBytes > READ_MOST_BYTES) return refused(`${sizeWords(readBytes)} to read`, `at most ${sizeWords(READ_MOST_BYTES)}, so set fewer accesses, or fewer bytes for each`)
  // A file that moves needs room at both places.
  const moveCount = setup.moveCount ?? 0
  const needBytes = (setup.fileCount + moveCount) * setup.extentCount * meanExtentBytes(setup)
  if (needBytes > FILES_MOST_BYTES) return refused(`${sizeWords(needBytes)} of files`, `at most ${sizeWords(FILES_MOST_BYTES)}, so set fewer extents or files${moveCount > 0 ? ', or fewer moves' : ''}`)
  const workUs = workUsOf(setup)
  if (workUs <= WORK_MOST_US) return undefined
  return refused(`about ${Math.ceil(workUs / 60_000_000)} minutes of work`, `at most about one, so set fewer accesses${setup.daemon === 'worker' ? ', or the daemon beside its kernel' : ''}${moveCount > 0 ? ', or fewer moves' : ''}, or a larger cache cap`)
}

function refused(what: string, wanted: string): Failure {
  return failLate('lab_setup', { what, wanted }).failure
}

/** Mixed lengths are one and two units by turns of chance; never more than two. */
function meanExtentBytes({ shape, isUniform }: LabSetup): number {
  return shape === 'simple' && !isUniform ? LAB_UNIT_BYTES * 1.6 : LAB_UNIT_BYTES
}

/** Rough, and rather too much: reading a byte, an access, a question to the daemon, a mapping that an answer holds. */
const COST_US = { byte: 0.01, access: 4, ask: 15, askInWorker: 60, mapping: 0.4 }
/** A cached mapping takes no more. */
const MAPPING_BYTES = 80
/** One page of a paged map. */
const PAGE_MAPPINGS = 1000

/** At worst: a kernel with a cache that is too small asks at each access. */
function workUsOf({ kernels, fileCount, extentCount, cacheCapBytes, accessCount, accessBytes, aheadBytes = AHEAD_BYTES, daemon, moveCount = 0 }: LabSetup): number {
  const askUs = daemon === 'worker' ? COST_US.askInWorker : COST_US.ask
  // What is read of a file is stored at two places by each move of it, for each kernel.
  const movedBytes = moveCount * Math.min((accessCount * accessBytes) / fileCount, extentCount * 2 * LAB_UNIT_BYTES)
  let us = movedBytes * 4 * COST_US.byte
  for (const kernel of kernels) {
    us += accessCount * (COST_US.access + accessBytes * COST_US.byte)
    const isCached = kernel === 'fuse-paged' || kernel.startsWith('fuse-iomap')
    if (!isCached || fileCount * extentCount * MAPPING_BYTES <= cacheCapBytes) continue
    const mappingCount = Math.min(extentCount, kernel === 'fuse-paged' ? PAGE_MAPPINGS : Math.ceil(aheadBytes / LAB_UNIT_BYTES))
    const asksAnAccess = Math.ceil(Math.min(accessBytes, extentCount * LAB_UNIT_BYTES) / (mappingCount * LAB_UNIT_BYTES))
    us += accessCount * asksAnAccess * (askUs + mappingCount * COST_US.mapping)
  }
  return us
}
