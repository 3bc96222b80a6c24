// Bash scripts in the style of smoke tests, as `npm run script` runs them: they pass where all is well, and fail, each with
// its reason, when what they check is broken on purpose.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { GIB } from '../../src/core/base/align.ts'
import type { FleetMode } from '../helpers/fleet.ts'
import { runScript } from '../helpers/scriptRun.ts'

const folder = fileURLToPath(new URL('../scripts', import.meta.url))

async function script(name: string, args: string[] = [], mode?: FleetMode) {
  const said = { stdout: '', stderr: '' }
  const exit = await runScript({
    path: join(folder, name), args, deviceBytes: [4 * GIB], relaxed: false, mode, folders: [],
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
