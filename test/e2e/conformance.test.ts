// Every scenario with hosts in workers in Chromium, by the tool that people use for it.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { countsText } from '../conformance/report.ts'
import { conformance, printCount } from '../counts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = fileURLToPath(new URL('../conformance/scenarios', import.meta.url))

it('all scenarios pass in workers', () => {
  const files = readdirSync(folder).map((file) => join(folder, file))
  const { lines, stderr, status } = tool(...files)
  printCount('conformance in Chromium', lines.at(-1) ?? '')
  expect({ lines, stderr, status }).toEqual({ lines: [countsText({ runs: conformance.runs, passed: conformance.steps, failed: 0, skipped: 0 })], stderr: '', status: 0 })
})

/** In a process of its own: in this one, Vitest's NODE_ENV would make it a development build. */
function tool(...files: string[]) {
  const { NODE_ENV: _, ...env } = process.env
  const args = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'test/tools/conformance.ts'), '--browser', ...files]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: 170_000 })
  return { lines: stdout.trimEnd().split('\n'), stderr, status }
}
