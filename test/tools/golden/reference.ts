// Reads what the reference said of its images, as it lies in the folder of golden data: manifest, dumps, reports, maps.
// Nothing is judged or changed here.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Dump, ManifestImage } from './write.ts'

export interface ReferenceImage extends ManifestImage {
  local_system_uuid: string
  entries: number
  check_super_rc: number
  log_header_rc: number
  bad_entries: number[]
  collisions: number | null
  fsck_exit: number
  dry_logplay_exit: number
  dry_shadow_logplay_exit: number
  fmap_yaml_entries: number[]
}

interface ReferenceReport {
  bucketCount: number
  /** The text between the `----` lines; undefined where superblock or header failed. */
  text: string | undefined
}

export interface RandomizeRow {
  /** In digits: no number holds them all. */
  seed: string
  len: number
  sha256: string
  first64: string
  last16: string
}

export function readManifest(folder: string): ReferenceImage[] {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ReferenceImage[]
}

export function readDump(folder: string, name: string): Dump {
  const path = join(folder, `${name}.dump.json`)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8')
  return JSON.parse(text) as Dump
}

export function readReport(folder: string, name: string): ReferenceReport {
  const whole = readFileSync(join(folder, `${name}.fsck.txt`), 'utf8')
  const text = /^---- scan ----\n(.*?)^---- end scan ----$/ms.exec(whole)?.[1]
  return { bucketCount: Number(/^\(scan run with (\d+) buckets\)$/m.exec(whole)?.[1] ?? 0), text }
}

export function readFmapHex(folder: string, name: string, index: number): string {
  return readFileSync(join(folder, `${name}.${index}.fmap.hex`), 'utf8').trim()
}

export function readYaml(folder: string, name: string, index: number): string {
  return readFileSync(join(folder, `${name}.${index}.yaml`), 'utf8')
}

export function readRandomize(folder: string): RandomizeRow[] {
  const text = readFileSync(join(folder, 'randomize.json'), 'utf8')
  return JSON.parse(text.replaceAll(/"seed":\s*(\d+)/g, '"seed":"$1"')) as RandomizeRow[]
}
