// Where the golden images themselves lie beside the repository, they are compared field by field and byte for byte, by
// the code of `npm run golden`. Where they don't, facts.test.ts proves the same from hashes and nothing is registered here
// but the sentence that says so.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenImages, printCount } from '../counts.ts'
import { dumpOf, jsonLine, logplayExit } from '../tools/golden/dump.ts'
import { answersOf, referenceReport } from '../tools/golden/facts.ts'
import { type Image, loadImage } from '../tools/golden/image.ts'
import { readDump, readFmapHex, readManifest, readReport, readYaml } from '../tools/golden/reference.ts'
import { recipeOf, sha256Of, writeImage } from '../tools/golden/write.ts'
import { decodeFmap, encodeFmap } from '../../src/core/fuse/fmapMessage.ts'
import { ShadowTree } from '../helpers/shadowTree.ts'

const folder = fileURLToPath(new URL('../../../shared/golden', import.meta.url))
const images = existsSync(join(folder, 'manifest.json')) ? readManifest(folder) : []

it('the images are all there, or none is', () => {
  printCount('golden images compared with the originals', images.length)
  expect([0, goldenImages]).toContain(images.length)
})

describe.each(images.map((image) => [image.name, image] as const))('%s', (_, image) => {
  const dump = readDump(folder, image.name)
  const report = readReport(folder, image.name)
  const asked = { name: image.name, local_system_uuid: image.local_system_uuid, bucketCount: report.bucketCount }
  let loaded: Image | undefined
  beforeAll(() => void (loaded = loadImage(join(folder, `${image.name}.img.gz`))))
  // 256 MiB and more: not all at once.
  afterAll(() => void (loaded = undefined))

  it('is dumped as the reference dumps it', () => {
    const { name, collisions, bad_entries, fsck_exit, dry_logplay_exit, ...fields } = JSON.parse(jsonLine(dumpOf(loaded!.name, loaded!.memory))) as typeof image
    expect(fields).toEqual(dump)
    expect({ name, collisions, bad_entries, fsck_exit, dry_logplay_exit }).toEqual({
      name: image.name,
      bad_entries: image.bad_entries,
      fsck_exit: image.fsck_exit,
      dry_logplay_exit: image.dry_logplay_exit,
      collisions: image.collisions,
    })
    expect(logplayExit(loaded!.memory, new ShadowTree())).toBe(image.dry_shadow_logplay_exit)
  })

  it('is reported as the reference reports it', () => {
    expect(referenceReport({ ...asked, memory: loaded!.memory })).toBe(report.text)
  })

  it('has the same maps and shadow files', () => {
    const indices = image.fmap_yaml_entries
    const { fmaps, yamls } = answersOf({ ...asked, memory: loaded!.memory }, indices)
    expect(fmaps).toEqual(Object.fromEntries(indices.map((index) => [index, readFmapHex(folder, image.name, index)])))
    for (const text of Object.values(fmaps)) {
      const decoded = decodeFmap(Buffer.from(text, 'hex'))
      expect('map' in decoded && Buffer.from(encodeFmap(decoded.map)).toString('hex')).toBe(text)
    }
    expect(yamls).toEqual(Object.fromEntries(indices.map((index) => [index, readYaml(folder, image.name, index)])))
  })

  it('is written byte for byte', () => {
    const written = writeImage(recipeOf(image, dump))
    expect(written.presentBytes).toBe(loaded!.bytes.length)
    expect(Buffer.compare(written.window(0, written.presentBytes), loaded!.bytes)).toBe(0)
    expect(sha256Of(written)).toBe(image.metadata_sha256)
  })
})
