// Bash scripts in the style of smoke tests, as `npm run script` runs them: they pass where all is well, and fail, each with
// its reason, when what they check is broken on purpose. And the tool itself: what it copies in, and what it refuses.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { GIB } from '../../src/core/base/align.ts'
import type { FleetMode } from '../helpers/fleet.ts'
import { runScript } from '../helpers/scriptRun.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = fileURLToPath(new URL('../scripts', import.meta.url))
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'famfs-scripts-')))
afterAll(() => rmSync(scratch, { recursive: true }))

async function script(name: string, args: string[] = [], mode?: FleetMode) {
  const said = { stdout: '', stderr: '' }
  const exit = await runScript({
    path: join(folder, name), args, deviceBytes: 4 * GIB, relaxed: false, mode, folders: [],
    out: (text) => void (said.stdout += text), err: (text) => void (said.stderr += text),
  })
  return { exit, ...said }
}

describe.each<FleetMode>(['standalone', 'fuse'])('on a %s mount', (mode) => {
  const kind = mode === 'fuse' ? 'fuse' : 'v1'

  it('files.sh passes', async () => {
    expect(await script('files.sh', [], mode)).toEqual({ exit: 0, stdout: `files: 13 names, 5121 KiB copied\n:== files.sh passed, 42 checks (${kind})\n`, stderr: '' })
  })

  it('hosts.sh passes', async () => {
    expect(await script('hosts.sh', [], mode)).toEqual({ exit: 0, stdout: `hosts: B saw 12 files of A\n:== hosts.sh passed, 23 checks (${kind})\n`, stderr: '' })
  })

  it('trouble.sh passes', async () => {
    const { exit, stdout, stderr } = await script('trouble.sh', [], mode)
    const checks = mode === 'fuse' ? 22 : 31
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toBe(`trouble: full at 4086 MiB\ntrouble: the log repaired what was removed\n:== trouble.sh passed, ${checks} checks (${kind})\n`)
  })
})

it.each([
  ['files.sh', 'data', /^FAIL: verifying odd: '.* verify -S 22 .*' ended with 1: /],
  ['files.sh', 'size', /^FAIL: comparing the copy: 'cmp .*' ended with 1: cmp: EOF on /],
  ['files.sh', 'gone', /^FAIL: the names after mounting again: /],
  ['files.sh', 'wood', /^FAIL: there is no damage called wood$/m],
  ['hosts.sh', 'quiet', /^FAIL: a file after its log was played: 'there test -e .*' ended with 1/],
  ['hosts.sh', 'early', /^FAIL: the names there: '1', not '12'$|^FAIL: the names there: '0', not '12'$/m],
  ['trouble.sh', 'signal', /^FAIL: the exit code of what was killed: '0', not '143'$/m],
  ['trouble.sh', 'space', /^FAIL: one file more: '.* creat -s 1M .*' ended with 0, not 1: /],
  ['trouble.sh', 'repair', /^FAIL: the log did not bring the file back$/m],
])('%s notices when its %s is broken', async (name, broken, says) => {
  const { exit, stdout, stderr } = await script(name, [broken])
  expect({ exit, passed: stdout.includes('passed') }).toEqual({ exit: 1, passed: false })
  expect(stderr).toMatch(says)
})

describe('npm run script', () => {
  const write = (path: string, text: string, mode = 0o644): string => {
    writeFileSync(join(scratch, path), text)
    chmodSync(join(scratch, path), mode)
    return path
  }
  const tool = (...args: string[]) => {
    const tsx = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'test/tools/script.ts')]
    const { stdout, stderr, status } = spawnSync(process.execPath, [...tsx, ...args], { cwd: scratch, encoding: 'utf8', input: 'not for the script\n' })
    return { stdout, stderr, status }
  }

  it('brings the script’s folder and others, and gives back output and exit code', () => {
    mkdirSync(join(scratch, 'a/lib'), { recursive: true })
    mkdirSync(join(scratch, 'data/deep'), { recursive: true })
    write('a/lib/say', '#!/bin/bash\necho "said $*"\n', 0o755)
    write('data/deep/bytes', 'x'.repeat(5000), 0o640)
    symlinkSync('deep/bytes', join(scratch, 'data/link'))
    write('a/main.sh', `
      echo "$0 in $PWD with $#: $1, $2"
      ./lib/say hello
      stat -c '%a %s' /opt/data/deep/bytes
      readlink /opt/data/link; cmp /opt/data/link /opt/data/deep/bytes && echo same
      cat; echo "device $(daxctl list | jq '.[0].size')"
      on B hostname
      echo 'to stderr' >&2
      exit 42
    `)
    const { stdout, stderr, status } = tool('--device', '256M', '--relaxed', '--dir', 'data:/opt/data', 'a/main.sh', '--', 'one', 'two words')
    const said = [`${scratch}/a/main.sh in ${scratch}/a with 2: one, two words`, 'said hello', '640 5000', 'deep/bytes', 'same', 'device 268435456', 'B']
    expect({ stdout: stdout.trimEnd().split('\n'), stderr, status }).toEqual({ stdout: said, stderr: 'to stderr\n', status: 42 })
  })

  it('keeps to the real limits, unless relaxed', () => {
    write('mkfs.sh', 'mkfs.famfs "$@" /dev/dax0.0 > /dev/null\n')
    expect(tool('--device', '256M', 'mkfs.sh')).toMatchObject({ status: 2, stderr: expect.stringContaining('4294967296') as string })
    expect(tool('--device', '256M', '--relaxed', 'mkfs.sh')).toMatchObject({ status: 0, stderr: '' })
    expect(tool('mkfs.sh')).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([
    [['missing.sh'], 'there is no script missing.sh'],
    [['.'], '. is not a file'],
    [[], 'no script is named'],
    [['x.sh', 'y'], 'what is for the script (y) goes behind --'],
    [['--device', '4X', 'x.sh'], '--device takes a size such as 256M or 4G, not “4X”'],
    [['--device', '0', 'x.sh'], '--device takes a size'],
    [['--mode', 'v2', 'x.sh'], '--mode takes standalone or fuse, not “v2”'],
    [['--dir', 'a', 'x.sh'], '--dir takes LOCAL:INSIDE'],
    [['--dir', 'nowhere:/x', 'x.sh'], '--dir: nowhere is not a folder'],
    [['--colour', 'x.sh'], '--colour'],
  ])('runs nothing with %j', (args, says) => {
    write('x.sh', 'echo ran')
    const { stdout, stderr, status } = tool(...args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toMatch(/^script: /)
    expect(stderr).toContain(says)
    expect(stderr).toMatch(/^usage: /m)
  })
})
