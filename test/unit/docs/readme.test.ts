// What the README shows works: its commands exist, its program runs and prints what it says, its header lists are ours.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isolationHeaders } from '../../helpers/headers.ts'
import { runScript } from '../../helpers/scriptRun.ts'

const readme = readFileSync('README.md', 'utf8')
const scripts = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts)

/** Fenced blocks of a language, '' for those without one. */
function blocks(language: string): string[] {
  const fences = readme.split(/^```/m)
  // What stands between fences alternates with what they hold.
  return fences.filter((_, i) => i % 2 === 1).flatMap((block) => {
    const [first = '', ...lines] = block.split('\n')
    return first === language ? [lines.join('\n')] : []
  })
}

describe('README', () => {
  it('names only commands that exist', () => {
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?)?([a-z][a-z-]*)/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((name) => name !== 'run' && !scripts.includes(name))).toEqual([])
  })

  it('points only to files that exist', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '')
    expect(targets.length).toBeGreaterThan(2)
    expect(targets.filter((target) => !existsSync(target))).toEqual([])
  })

  it('has a row for each room of the house, and for no other', () => {
    const named = [...readme.matchAll(/^\| `((?:src|test)[^`]*)` \|/gm)].map((match) => match[1] ?? '')
    const foldersOf = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => `${folder}/${name}`)
    const rooms = [...foldersOf('src').flatMap((folder) => (folder === 'src/core' ? foldersOf(folder) : [folder])), 'test']
    expect(named.toSorted()).toEqual(rooms.toSorted())
  })

  it('lists the headers that we send, twice', () => {
    const plain = blocks('').find((block) => block.startsWith('Cross-Origin'))
    expect(plain?.trim().split('\n')).toEqual(Object.entries(isolationHeaders).map(([name, value]) => `${name}: ${value}`))
    const nginx = [...(blocks('nginx')[0] ?? '').matchAll(/add_header (\S+) (\S+) always;/g)].map((match) => [match[1], match[2]])
    expect(Object.fromEntries(nginx)).toEqual(isolationHeaders)
  })

  it('shows a session that a host runs to its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'readme-'))
    const path = join(folder, 'session.sh')
    writeFileSync(path, `set -e\n${blocks('bash')[0] ?? 'false'}`)
    let said = ''
    const keep = (text: string): void => void (said += text)
    try {
      const exit = await runScript({ path, args: [], deviceBytes: [256 * 1024 * 1024], relaxed: true, mode: undefined, folders: [], out: keep, err: keep })
      expect({ exit, said }).toMatchObject({ exit: 0 })
      expect(said.match(/Success: verified 4194304 bytes/g)).toHaveLength(2)
      expect(said.match(/1 new files/g)).toHaveLength(2)
      expect(said).toContain('No allocation errors found')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows a program that runs', () => {
    const program = blocks('ts')[0] ?? ''
    const file = 'readme-example.tmp.ts'
    writeFileSync(file, program)
    try {
      const printed = execFileSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8' })
      expect(printed).toMatch(/ok: true/)
      expect(printed).toMatch(/sizeBytes: 4096/)
      expect(printed).toContain(`mode: ${0o444}`)
      expect(printed).toMatch(/^0\.5$/m)
      expect(printed).toMatch(/reason: 'unmounted',\s+errno: 'ENODEV'/)
    } finally {
      rmSync(file)
    }
  })
})
