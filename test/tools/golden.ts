// npm run golden: reads, judges and writes images of the metadata region. Stdout holds results only; whatever is wrong
// with a file or an option goes to stderr in a sentence, and the others are still done.

import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { runNow } from '../../src/core/base/task.ts'
import { parseUuid } from '../../src/core/base/uuid.ts'
import { fsck } from '../../src/core/fs/fsck.ts'
import { fsckReport } from '../../src/core/fs/fsckReport.ts'
import { roleOf } from '../../src/core/fs/role.ts'
import { shadowYaml } from '../../src/core/fs/shadowYaml.ts'
import { BUCKETS_MOST } from '../../src/core/omf/constants.ts'
import type { LogFileMeta } from '../../src/core/omf/log.ts'
import { dumpOf, entriesHere, jsonLine } from './golden/dump.ts'
import { fmapHex } from './golden/facts.ts'
import { type Image, loadImage } from './golden/image.ts'
import { readDump } from './golden/reference.ts'
import { type ManifestImage, recipeOf, sha256Of, writeImage } from './golden/write.ts'

const USAGE = `usage: npm run golden -- [--local-uuid UUID] FILE.img.gz ...
       npm run golden -- --fmap N FILE | --yaml N FILE
       npm run golden -- --fsck [--reference] [--buckets N] [--local-uuid UUID] FILE
       npm run golden -- --write MANIFEST.json [NAME ...]
Without --local-uuid the manifest.json beside an image names the host that looks at it; without one it is the owner.`

/** What an image can't be written without. */
const WRITTEN_BY = ['device_size', 'log_len', 'devname', 'owner_system_uuid', 'metadata_sha256', 'sessions', 'alterations', 'crc_refreshed'] as const satisfies (keyof ManifestImage)[]

const MODES = ['fmap', 'yaml', 'fsck', 'write'] as const

/** The command can't be understood: answered with the usage, before any file is looked at. */
class UsageError extends Error {}

type Options = ReturnType<typeof parse>['values']

function main(): void {
  const { values, positionals } = parse()
  if (values.help) return void process.stdout.write(`${USAGE}\n`)
  const { localUuid, bucketCount } = checked(values)
  if (values.write !== undefined) return writeAll(values.write, positionals)
  const [path] = positionals
  if (path === undefined) throw new UsageError('no image is named')
  const entry = values.fmap ?? values.yaml
  if (positionals.length > 1 && (entry !== undefined || values.fsck)) throw new UsageError('this option takes one image')
  if (entry !== undefined) {
    const index = numberOf(entry, 'the entry', Number.MAX_SAFE_INTEGER)
    const file = fileOf(loadImage(path), index)
    return print(values.fmap === undefined ? shadowYaml(file) : `${fmapHex(file)}\n`)
  }
  if (values.fsck) return report(path, { localUuid, bucketCount, reference: values.reference ?? false })
  for (const each of positionals) attempt(each, () => dump(each))
}

/** What holds in every mode, whether it takes the option or not. */
function checked(values: Options): { localUuid: string | undefined; bucketCount: number } {
  const modes = MODES.filter((mode) => values[mode] !== undefined)
  if (modes.length > 1) throw new UsageError(`--${modes.join(' and --')} don't go together`)
  for (const option of ['reference', 'buckets'] as const) {
    if (values[option] !== undefined && !values.fsck) throw new UsageError(`--${option} goes with --fsck alone`)
  }
  const bucketCount = values.buckets === undefined ? 0 : numberOf(values.buckets, '--buckets', BUCKETS_MOST)
  const given = values['local-uuid']
  if (given === undefined) return { localUuid: undefined, bucketCount }
  const parsed = parseUuid(given)
  if (!parsed.ok) throw new UsageError(`--local-uuid: ${parsed.failure.says}. ${parsed.failure.next}`)
  return { localUuid: parsed.value, bucketCount }
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'local-uuid': { type: 'string' },
        fmap: { type: 'string' },
        yaml: { type: 'string' },
        fsck: { type: 'boolean' },
        reference: { type: 'boolean' },
        buckets: { type: 'string' },
        write: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

function dump(path: string): void {
  const image = loadImage(path)
  print(`${jsonLine(dumpOf(image.name, image.memory))}\n`)
  if (image.trouble !== undefined) complain(`${path}: ${image.trouble}`)
}

function report(path: string, options: { localUuid: string | undefined; bucketCount: number; reference: boolean }): void {
  const image = loadImage(path)
  const verdict = runNow(fsck(image.memory))
  const failure = verdict.superblockFailure ?? verdict.headerFailure
  if (!verdict.scan || failure) {
    complain(`${image.name}: ${failure ? `${failure.says}. ${failure.next}` : 'nothing to report'}`)
    return
  }
  const { superblock } = verdict.scan
  const { bucketCount, reference } = options
  const localUuid = options.localUuid ?? uuidBeside(path, image.name) ?? superblock.ts_system_uuid
  print(fsckReport(verdict.scan, { role: roleOf(superblock, localUuid), bucketCount, reference }))
}

/** The looking host's, as the manifest beside the image has it. */
function uuidBeside(path: string, name: string): string | undefined {
  const manifest = join(dirname(path), 'manifest.json')
  if (!existsSync(manifest)) return undefined
  return readManifest<{ name: string; local_system_uuid?: string }>(manifest).find((image) => image.name === name)?.local_system_uuid
}

function fileOf(image: Image, index: number): LogFileMeta {
  for (const here of entriesHere(image.memory)) {
    if (here.index !== index) continue
    const file = here.entry.body.famfs_fm
    if (!file) throw new Error(`entry ${index} of ${image.name} is no file, so it has no map`)
    return file
  }
  throw new Error(`${image.name} has no entry ${index}`)
}

function writeAll(manifestPath: string, names: string[]): void {
  const images = readManifest<ManifestImage>(manifestPath)
  const unknown = names.filter((name) => !images.some((image) => image.name === name))
  if (unknown.length > 0) throw new UsageError(`${basename(manifestPath)} has no image ${unknown.join(', ')}`)
  for (const image of images) {
    if (names.length > 0 && !names.includes(image.name)) continue
    attempt(image.name, () => {
      const lacking = WRITTEN_BY.filter((key) => image[key] === undefined)
      if (lacking.length > 0) throw new Error(`it has no ${lacking.join(', ')}`)
      const sha256 = sha256Of(writeImage(recipeOf(image, readDump(dirname(manifestPath), image.name))))
      const equal = sha256 === image.metadata_sha256
      print(`${JSON.stringify({ name: image.name, sha256, equal })}\n`)
      if (!equal) process.exitCode = 1
    })
  }
}

/** Names are all that is sure of its images. */
function readManifest<T extends { name: string }>(path: string): T[] {
  const images = jsonOf(path)
  const isNamed = (image: unknown): boolean => typeof image === 'object' && image !== null && 'name' in image && typeof image.name === 'string'
  if (!Array.isArray(images) || images.length === 0 || !images.every(isNamed)) throw new Error(`${path} is no manifest: it is to be a list of images, each with its name`)
  return images as T[]
}

function jsonOf(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON: ${messageOf(error)}`, { cause: error })
  }
}

/** One bad file doesn't keep the others from being looked at. */
function attempt(name: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (error instanceof UsageError) throw error
    complain(`${name}: ${messageOf(error)}`)
  }
}

function numberOf(text: string, what: string, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) throw new UsageError(`${what} takes a whole number up to ${most}, not “${text}”`)
  return value
}

function print(text: string): void {
  process.stdout.write(text)
}

function complain(sentence: string): void {
  process.stderr.write(`golden: ${sentence}${/[.!?\n]$/.test(sentence) ? '' : '.'}\n`)
  process.exitCode = 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

try {
  main()
} catch (error) {
  complain(error instanceof UsageError ? `${error.message}\n${USAGE}` : messageOf(error))
  if (error instanceof UsageError) process.exitCode = 2
}
