// Every golden image opens with the verdict that its description calls for: always the ones that our own code writes from
// the facts, byte for byte the originals; and the originals themselves, as they are shipped, where they are.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { must } from '../../../src/core/base/result.ts'
import { openDump } from '../../../src/playground/dump.ts'
import type { Snapshot } from '../../../src/playground/types.ts'
import { goldenImages, printCount } from '../../counts.ts'
import { goldenSayings } from '../../helpers/dumps.ts'
import { parseFacts, recipeOfFacts } from '../../tools/golden/facts.ts'
import { writeImage } from '../../tools/golden/write.ts'

const facts = parseFacts(readFileSync(new URL('../../golden/facts.json', import.meta.url), 'utf8'))
const folder = fileURLToPath(new URL('../../../../shared/golden', import.meta.url))
const originals = existsSync(join(folder, 'manifest.json')) ? facts.images : []

async function snapshotOf(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Snapshot> {
  return must(await openDump([new File([bytes], name)])).snapshot()
}

function expectSaid({ dump, device, files, problems }: Snapshot, image: (typeof facts.images)[number]): void {
  const { answers, name } = image
  const said = goldenSayings[name]
  expect(said).toBeDefined()
  expect(dump).toMatchObject({ state: said?.state, verdict: said?.verdict, presentBytes: 2 ** 21 + image.log_len })
  expect(said?.state === 'sound').toBe(answers.fsck_exit === 0)
  expect(device.sizeBytes).toBe(image.device_size)
  const readable = answers.check_super_rc === 0 && answers.log_header_rc === 0
  expect(device.filesystem?.entryCount).toBe(readable ? answers.entries : undefined)
  expect(device.filesystem?.badEntryCount).toBe(readable ? answers.bad_entries.length : undefined)
  expect(device.filesystem?.ownerUuid).toBe(readable ? image.owner_system_uuid : undefined)
  expect(problems.count > 0).toBe(answers.fsck_exit !== 0)
  const daxdevs = name === 'add-daxdev' ? 3 : 0
  const namedCount = files.length + (dump?.directories.length ?? 0) + answers.bad_entries.length + daxdevs
  expect(namedCount).toBe(readable ? answers.entries : answers.bad_entries.length)
}

describe('written from the facts', () => {
  it.each(facts.images.map((image) => [image.name, image] as const))('%s', async (_, image) => {
    const memory = writeImage(recipeOfFacts(image))
    const snapshot = await snapshotOf(new Uint8Array(memory.window(0, memory.presentBytes)), `${image.name}.img`)
    expect(snapshot.dump?.form).toBe('raw')
    expectSaid(snapshot, image)
  })
})

describe('the originals', () => {
  it('are all there, or none is', () => {
    printCount('golden images opened as dumps', originals.length)
    expect([0, goldenImages]).toContain(originals.length)
  })

  it('open by what is in them', async () => {
    for (const image of originals) {
      const snapshot = await snapshotOf(new Uint8Array(readFileSync(join(folder, `${image.name}.img.gz`))), image.name)
      expect(snapshot.dump?.form).toBe('gzip')
      expectSaid(snapshot, image)
    }
    expect(Object.keys(goldenSayings).length).toBe(goldenImages)
  })
})
