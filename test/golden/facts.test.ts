// Our bytes are the reference's bytes: every image is written here by our own code from what was asked of the reference,
// and what we then read of it is what the reference answered. Nothing outside the repository is needed.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../src/core/base/random.ts'
import { decodeFmap, encodeFmap } from '../../src/core/fuse/fmapMessage.ts'
import { goldenImages, printCount } from '../counts.ts'
import { answersOf, parseFacts, recipeOfFacts } from '../tools/golden/facts.ts'
import { writeImage } from '../tools/golden/write.ts'
import { createHash } from 'node:crypto'

const facts = parseFacts(readFileSync(new URL('facts.json', import.meta.url), 'utf8'))

describe('written by our code, then read', () => {
  it.each(facts.images.map((image) => [image.name, image] as const))('%s', (_, image) => {
    const memory = writeImage(recipeOfFacts(image))
    const indices = Object.keys(image.answers.fmaps).map(Number)
    expect(answersOf({ ...image, memory }, indices)).toEqual(image.answers)
  })

  it('are all there', () => {
    printCount('golden images written from facts', facts.images.length)
    expect(facts.images.length).toBe(goldenImages)
    const shown = facts.images.flatMap((image) => Object.keys(image.answers.yamls))
    expect(shown.length).toBe(32)
    expect(new Set(facts.images.map((image) => image.answers.metadata_sha256)).size).toBe(goldenImages)
  })
})

describe('file-map messages', () => {
  const messages = facts.images.flatMap(({ name, answers }) => Object.entries(answers.fmaps).map(([index, text]) => [`${name}, entry ${index}`, text] as const))

  it('are all there', () => expect(messages.length).toBe(32))

  it.each(messages)('%s: read and written again, by the kernel’s reader and the daemon’s writer', (_, text) => {
    const decoded = decodeFmap(Buffer.from(text, 'hex'))
    expect('map' in decoded && hex(encodeFmap(decoded.map))).toBe(text)
  })
})

describe('seeded data is the reference’s', () => {
  it.each(facts.randomize.map((row) => [`seed ${row.seed}, ${row.len} bytes`, row] as const))('%s', (_, row) => {
    const bytes = new Uint8Array(row.len)
    new SeededRandom(BigInt(row.seed)).fillBytes(bytes)
    expect(hex(bytes.subarray(0, 64))).toBe(row.first64)
    expect(hex(bytes.subarray(Math.max(0, bytes.length - 16)))).toBe(row.last16)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(row.sha256)
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
