// npm run golden-facts [-- FOLDER]: writes test/golden/facts.json out of a folder of golden data. For maintainers, when
// that data changes. Every answer is the reference's; none is computed by our code.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonical, type Facts, factsText, type ImageFacts, nearlyFull, sha256OfText } from './golden/facts.ts'
import { readDump, readFmapHex, readManifest, readRandomize, readReport, type ReferenceImage, readYaml } from './golden/reference.ts'
import { type Operation, recipeOf } from './golden/write.ts'

const target = fileURLToPath(new URL('../golden/facts.json', import.meta.url))
const folder = process.argv[2] ?? '../shared/golden'
const facts: Facts = { images: readManifest(folder).map(imageFacts), randomize: readRandomize(folder) }
writeFileSync(target, factsText(facts))
console.log(`${facts.images.length} images, ${readFileSync(target).length} bytes`)

function imageFacts(image: ReferenceImage): ImageFacts {
  const { name, fmap_yaml_entries: indices } = image
  const dump = readDump(folder, name)
  const report = readReport(folder, name)
  const each = (read: (folder: string, name: string, index: number) => string): Record<string, string> =>
    Object.fromEntries(indices.map((index) => [index, read(folder, name, index)]))
  const recipe = recipeOf(image, dump)
  return {
    ...recipe,
    sessions: sessionsOf(recipe.sessions, typeof image.sessions === 'string', join(folder, name)),
    local_system_uuid: image.local_system_uuid,
    bucketCount: report.bucketCount,
    answers: {
      metadata_sha256: image.metadata_sha256,
      check_super_rc: image.check_super_rc,
      log_header_rc: image.log_header_rc,
      entries: image.entries,
      bad_entries: image.bad_entries,
      collisions: image.collisions,
      fsck_exit: image.fsck_exit,
      dry_logplay_exit: image.dry_logplay_exit,
      dry_shadow_logplay_exit: image.dry_shadow_logplay_exit,
      dump_sha256: sha256OfText(canonical(dump)),
      report_sha256: report.text === undefined ? null : sha256OfText(report.text),
      fmaps: each(readFmapHex),
      yamls: each(readYaml),
    },
  }
}

/** Operations that the manifest leaves out must follow the pattern that stands in for them. */
function sessionsOf(sessions: Operation[][], omitted: boolean, what: string): ImageFacts['sessions'] {
  if (!omitted) return sessions
  if (canonical(sessions.flat()) !== canonical(nearlyFull())) throw new Error(`${what} doesn't follow its pattern any more`)
  return 'nearlyFull'
}
