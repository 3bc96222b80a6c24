// npm run bench says what is wrong with a command before it builds or measures anything.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

it.each([
  [['--only', 'nope'], /^bench: there is no row nope\. There are mkfs, .*, resolve_walk_100000, .*, first_move_4x, page_hover_map, .*\nusage: /],
  [['--only', 'resolve_*_1'], /^bench: there is no row resolve_\*_1\. /],
  [['--bogus'], /^bench: Unknown option '--bogus'.*\nusage: /],
  [['--json'], /^bench: .*--json.*\nusage: /],
  [['--json', '/nope/dir/x.json', '--only', 'mkfs'], /^bench: --json: .*\/nope\/dir\/x\.json.*\nusage: /],
])('%j', (args, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'test/tools/bench.ts', ...args], { cwd: root, encoding: 'utf8', timeout: 50_000 })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(says)
  expect(stderr).not.toMatch(/^ +at /m)
  expect(existsSync('/nope')).toBe(false)
})
