// npm run golden takes any file: it never crashes or hangs, says in a sentence on stderr what is wrong, ends with a code
// that isn't zero, and still does the other files. Stdout holds results and nothing else.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../src/core/base/align.ts'
import { must } from '../../src/core/base/result.ts'
import { createDirectory } from '../../src/core/fs/create.ts'
import { directory, lock, newFormatted } from '../helpers/volumes.ts'
import { parseFacts, recipeOfFacts, sha256OfText } from '../tools/golden/facts.ts'
import { writeImage } from '../tools/golden/write.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const facts = parseFacts(readFileSync(new URL('facts.json', import.meta.url), 'utf8'))
const KEYS = ['name', 'superblock', 'log', 'entries', 'collisions', 'bad_entries', 'fsck_exit', 'dry_logplay_exit']
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'famfs-golden-'))
  for (const name of ['one-4m', 'ileave-4of8-2m', 'bad-magic', 'client-role']) {
    const memory = writeImage(recipeOfFacts(imageFacts(name)))
    writeFileSync(join(folder, `${name}.img.gz`), gzipSync(memory.window(0, memory.presentBytes)))
  }
  const good = readFileSync(join(folder, 'one-4m.img.gz'))
  writeFileSync(join(folder, 'empty.img.gz'), '')
  writeFileSync(join(folder, 'cut.img.gz'), good.subarray(0, good.length / 2))
  writeFileSync(join(folder, 'damaged.img.gz'), Buffer.concat([good.subarray(0, 20), Buffer.alloc(500, 0xa5), good.subarray(520)]))
  writeFileSync(join(folder, 'header-only.img.gz'), Buffer.from([0x1f, 0x8b]))
  writeFileSync(join(folder, 'text.img'), 'this is no image\n'.repeat(1000))
  writeFileSync(join(folder, 'ones.img'), Buffer.alloc(2 ** 21 + 5000, 0xff))
  mkdirSync(join(folder, 'folder.img.gz'))
  writeFileSync(join(folder, 'none.json'), '[]')
  writeFileSync(join(folder, 'one.json'), '{"name":"x"}')
  const volume = newFormatted()
  must(createDirectory(lock(volume), directory('d')))
  writeFileSync(join(folder, 'directory.img'), volume.memory.window(0, volume.memory.presentBytes))
  // A gzip file may hold several archives, one behind the other: 1 GiB and one byte.
  const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 1 })
  writeFileSync(join(folder, 'large.img.gz'), Buffer.concat([...Array.from({ length: 16 }, () => zeros), gzipSync('x')]))
  writeFileSync(join(folder, 'large.img'), '')
  truncateSync(join(folder, 'large.img'), GIB + 1)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('dump', () => {
  it('prints one line of JSON for each image, with the keys of the dump files and the verdicts', () => {
    const { lines, status, stderr } = golden('one-4m.img.gz', 'bad-magic.img.gz')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(['one-4m', 'bad-magic'])
    for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toEqual(KEYS)
  })

  it('looks at any bytes, complains of each bad file in a sentence, and does the others', () => {
    const bad = ['empty.img.gz', 'cut.img.gz', 'damaged.img.gz', 'header-only.img.gz', 'text.img', 'ones.img', 'missing.img.gz', 'folder.img.gz']
    const { lines, status, stderr } = golden(...bad, 'one-4m.img.gz')
    expect(status).toBe(1)
    const complaints = stderr.trimEnd().split('\n')
    expect(complaints).toHaveLength(bad.length)
    complaints.forEach((complaint, i) => expect(complaint).toMatch(new RegExp(`^golden: .*${bad[i]}.*: .*\\w.*[.]$`)))
    const names = lines.map((line) => (JSON.parse(line) as { name: string }).name)
    expect(names).toEqual(['empty', 'cut', 'header-only', 'text', 'ones', 'one-4m'])
  })
})

describe('--fsck', () => {
  it('prints the reference’s report with --reference, and the manifest beside the image names the looking host', () => {
    const { name, answers, local_system_uuid, bucketCount } = imageFacts('client-role')
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ name, local_system_uuid }]))
    const { stdout, status } = golden('--fsck', '--reference', 'client-role.img.gz')
    expect(bucketCount).toBe(0)
    expect(sha256OfText(stdout)).toBe(answers.report_sha256)
    expect(status).toBe(0)
    expect(golden('--fsck', '--local-uuid', imageFacts('one-4m').owner_system_uuid, 'one-4m.img.gz').stdout).toContain('role of this node: Owner')
  })

  it('reports buckets, with the reference’s figures or the true ones', () => {
    const { answers, local_system_uuid } = imageFacts('ileave-4of8-2m')
    const args = ['--fsck', '--buckets', '8', '--local-uuid', local_system_uuid, 'ileave-4of8-2m.img.gz']
    expect(sha256OfText(golden('--reference', ...args).stdout)).toBe(answers.report_sha256)
    const { stdout } = golden(...args)
    expect(stdout).toContain('Stripe bucket info:')
    expect(sha256OfText(stdout)).not.toBe(answers.report_sha256)
  })

  it('says why there is nothing to report', () => {
    const { stdout, stderr, status } = golden('--fsck', 'bad-magic.img.gz')
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 })
    expect(stderr).toMatch(/^golden: bad-magic: there is no famfs superblock here.*\.\n$/)
  })
})

describe('--fmap and --yaml', () => {
  it('print just that', () => {
    const { fmaps, yamls } = imageFacts('ileave-4of8-2m').answers
    expect(golden('--fmap', '4', 'ileave-4of8-2m.img.gz')).toMatchObject({ stdout: `${fmaps[4]}\n`, stderr: '', status: 0 })
    expect(golden('--yaml', '4', 'ileave-4of8-2m.img.gz')).toMatchObject({ stdout: yamls[4], stderr: '', status: 0 })
  })

  it.each([
    [['--fmap', '1', 'one-4m.img.gz'], 'one-4m has no entry 1', 1],
    [['--yaml', '0', 'directory.img'], 'entry 0 of directory is no file, so it has no map', 1],
    [['--yaml', 'x', 'one-4m.img.gz'], 'the entry takes a whole number', 2],
    [['--fmap', '0', 'one-4m.img.gz', 'text.img'], 'this option takes one image', 2],
    [['--yaml', '0', 'missing.img.gz'], 'missing.img.gz', 1],
    [['--fsck', '--buckets', '65', 'one-4m.img.gz'], '--buckets takes a whole number up to 64', 2],
    [['--fsck', '--local-uuid', 'x', 'one-4m.img.gz'], '--local-uuid: “x” is not a UUID', 2],
    [['--local-uuid', 'x', 'one-4m.img.gz'], '--local-uuid: “x” is not a UUID', 2],
    [['--yaml', '0', '--local-uuid', 'x', 'one-4m.img.gz'], '--local-uuid: “x” is not a UUID', 2],
    [['--write', 'manifest.json', '--local-uuid', 'x'], '--local-uuid: “x” is not a UUID', 2],
    [['--reference', 'one-4m.img.gz'], '--reference goes with --fsck alone', 2],
    [['--fmap', '0', '--buckets', '8', 'one-4m.img.gz'], '--buckets goes with --fsck alone', 2],
    [['--fmap', '0', '--yaml', '0', 'one-4m.img.gz'], "--fmap and --yaml don't go together", 2],
    [['--fsck', '--write', 'manifest.json', 'one-4m.img.gz'], "--fsck and --write don't go together", 2],
    [['--yaml', '0', 'large.img.gz'], 'large unpacks to more than 1 GiB', 1],
    [['--fsck', 'large.img'], 'large is more than 1 GiB', 1],
    [['--no-such-option'], 'no-such-option', 2],
    [[], 'no image is named', 2],
    [['--write', 'missing.json'], 'missing.json', 1],
    [['--write', 'manifest.json', 'nobody'], 'manifest.json has no image nobody', 2],
    [['--write', 'manifest.json'], 'client-role: it has no device_size, log_len, ', 1],
    [['--write', 'none.json'], 'none.json is no manifest', 1],
    [['--write', 'one.json'], 'one.json is no manifest', 1],
    [['--write', 'text.img'], 'text.img is not JSON: ', 1],
  ])('or say what is wrong: %j', (args, says, code) => {
    const { stdout, stderr, status } = golden(...args)
    expect({ stdout, status }).toEqual({ stdout: '', status: code })
    expect(stderr).toMatch(/^golden: /)
    expect(stderr).toContain(says)
    // The usage is for who wrote the command wrongly.
    expect(stderr).toMatch(code === 2 ? /^usage: /m : /^[^\n]+\.\n$/)
    expect(stderr).not.toMatch(/^ +at /m)
  })
})

function imageFacts(name: string) {
  const found = facts.images.find((image) => image.name === name)
  if (!found) throw new Error(`facts.json has no ${name}`)
  return found
}

/** Arguments that are files lie in the folder; it is where the tool runs. */
function golden(...args: string[]) {
  const tsx = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'test/tools/golden.ts')]
  const { stdout, stderr, status } = spawnSync(process.execPath, [...tsx, ...args], { cwd: folder, encoding: 'utf8', timeout: 50_000 })
  return { stdout, stderr, status, lines: stdout.trimEnd().split('\n') }
}
