// What is known of the golden images, without the images: how each was made, and what the reference answers about it.
// test/golden/facts.json holds it, so that a clone by itself proves that our bytes are the reference's bytes.

import { createHash } from 'node:crypto'
import { runNow } from '../../../src/core/base/task.ts'
import { fsck } from '../../../src/core/fs/fsck.ts'
import { fsckReport } from '../../../src/core/fs/fsckReport.ts'
import { roleOf } from '../../../src/core/fs/role.ts'
import { shadowYaml } from '../../../src/core/fs/shadowYaml.ts'
import { fmapOf } from '../../../src/core/fmap/fmap.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { encodeFmap } from '../../../src/core/fuse/fmapMessage.ts'
import { ShadowTree } from '../../helpers/shadowTree.ts'
import type { Memory } from '../../../src/core/mem/memory.ts'
import type { LogFileMeta } from '../../../src/core/omf/log.ts'
import { dumpOf, entriesHere, jsonLine, logplayExit } from './dump.ts'
import { type Operation, type Recipe, sha256Of } from './write.ts'
import type { RandomizeRow } from './reference.ts'

export interface Facts {
  images: ImageFacts[]
  randomize: RandomizeRow[]
}

/** The name of a pattern stands in for operations that are too many to list. */
export interface ImageFacts extends Omit<Recipe, 'sessions'> {
  sessions: Operation[][] | 'nearlyFull'
  local_system_uuid: string
  bucketCount: number
  answers: Answers
}

export interface Answers {
  metadata_sha256: string
  check_super_rc: number
  log_header_rc: number
  entries: number
  bad_entries: number[]
  /** Null where superblock or header keep it from counting. */
  collisions: number | null
  fsck_exit: number
  dry_logplay_exit: number
  dry_shadow_logplay_exit: number
  /** Of the dump's canonical JSON. */
  dump_sha256: string
  /** Of the scan report, known errors included; null where there is none. */
  report_sha256: string | null
  fmaps: Record<string, string>
  yamls: Record<string, string>
}

interface OurDump extends Pick<Answers, 'collisions' | 'bad_entries' | 'fsck_exit' | 'dry_logplay_exit'> {
  superblock: { check_super_rc: number }
  log: { header_rc: number }
  entries: object[]
}

/** @param indices the entries whose map and shadow YAML are asked for */
export function answersOf(image: { name: string; memory: Memory; local_system_uuid: string; bucketCount: number }, indices: number[]): Answers {
  const { memory } = image
  const whole = JSON.parse(jsonLine(dumpOf(image.name, memory))) as OurDump
  const { superblock, log, entries, collisions, bad_entries, fsck_exit, dry_logplay_exit } = whole
  const report = referenceReport(image)
  const files = [...entriesHere(memory)].flatMap(({ index, entry }) => {
    const file = entry.body.famfs_fm
    return file && indices.includes(index) ? [{ index, file }] : []
  })
  return {
    metadata_sha256: sha256Of(memory),
    check_super_rc: superblock.check_super_rc,
    log_header_rc: log.header_rc,
    entries: entries.length,
    bad_entries,
    collisions,
    fsck_exit,
    dry_logplay_exit,
    dry_shadow_logplay_exit: logplayExit(memory, new ShadowTree()),
    dump_sha256: sha256OfText(canonical({ superblock, log, entries })),
    report_sha256: report === undefined ? null : sha256OfText(report),
    fmaps: Object.fromEntries(files.map(({ index, file }) => [index, fmapHex(file)])),
    yamls: Object.fromEntries(files.map(({ index, file }) => [index, shadowYaml(file)])),
  }
}

/** The whole answer to GET_FMAP for a file of the log. */
export function fmapHex(file: LogFileMeta): string {
  const made = fmapOf(file)
  if ('trouble' in made) throw new Error(`${file.fm_relpath} has no map that can be: ${made.trouble}`)
  return Buffer.from(encodeFmap(wideOf(made.map))).toString('hex')
}

/** What the reference prints, or undefined where superblock or header keep it from scanning. */
export function referenceReport(image: { memory: Memory; local_system_uuid: string; bucketCount: number }): string | undefined {
  const { scan } = runNow(fsck(image.memory))
  if (!scan) return undefined
  return fsckReport(scan, { role: roleOf(scan.superblock, image.local_system_uuid), bucketCount: image.bucketCount, reference: true })
}

export function recipeOfFacts(facts: ImageFacts): Recipe {
  return { ...facts, sessions: facts.sessions === 'nearlyFull' ? [nearlyFull()] : facts.sessions }
}

/** 15,419 entries: a directory, 300 files of 2 MiB, then directories at the top and in `deep` by turns. */
export function nearlyFull(): Operation[] {
  const filler = 'abcdefgh'.repeat(8)
  return Array.from({ length: 15_419 }, (_, i): Operation => {
    if (i === 0) return { op: 'mkdir', path: 'deep', mode: '0755', uid: 0, gid: 0 }
    const number = i - 1
    if (i <= 300) return { op: 'creat', path: `f${String(number).padStart(5, '0')}`, size: 2 ** 21, mode: '0644', uid: number % 5, gid: number % 3 }
    if (i % 2 === 0) return { op: 'mkdir', path: `m${i}`, mode: '0711', uid: 0, gid: 0 }
    return { op: 'mkdir', path: `deep/${filler.slice(0, i % 66)}${String(i).padStart(4, '0')}`, mode: '0755', uid: 0, gid: 0 }
  })
}

/** The same text for the same values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** One image a line, so that a change shows where it is. */
export function factsText(facts: Facts): string {
  const lines = (items: unknown[]): string => items.map((item) => JSON.stringify(item)).join(',\n')
  return `{"images":[\n${lines(facts.images)}\n],"randomize":[\n${lines(facts.randomize)}\n]}\n`
}

export function parseFacts(text: string): Facts {
  return JSON.parse(text) as Facts
}
