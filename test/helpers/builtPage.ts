// The page as it is deployed: `dist`, built anew when a source is younger than it, and copied for each test file, so that a
// build beside the tests can't take files away from under them.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'dist')

/** A folder with the built page; it goes with the test file that asked for it. */
export function builtPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'famfs-dist-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  if (isFresh()) cpSync(dist, folder, { recursive: true })
  else buildInto(folder)
  return folder
}

/** In a process of its own: in this one, Vitest's NODE_ENV would make it a development build. */
function buildInto(folder: string): void {
  const { NODE_ENV: _, ...env } = process.env
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  execFileSync(process.execPath, [vite, 'build', '--logLevel', 'error', '--outDir', folder, '--emptyOutDir'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

function isFresh(): boolean {
  const page = join(dist, 'index.html')
  if (!existsSync(page)) return false
  const builtAt = statSync(page).mtimeMs
  const sources = ['index.html', 'package.json', 'vite.config.ts', ...filesIn('src'), ...filesIn('public')]
  return sources.every((path) => statSync(join(root, path)).mtimeMs <= builtAt)
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
}
