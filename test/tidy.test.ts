// The rules of the house hold for every file, and every rule is seen to fail on a made-up bad file.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isolationHeaders } from './helpers/headers.ts'
import { codeProblems, testProblems } from './helpers/tidy/code.ts'
import { cycleProblems, importProblems, undeclaredProblems } from './helpers/tidy/imports.ts'
import {
  declaredPackages,
  filesOf,
  isCode,
  isText,
  lockProblems,
  machineProblems,
  projectProblems,
  registryProblems,
  textOfFile,
  versionProblems,
} from './helpers/tidy/repo.ts'
import { readSource } from './helpers/tidy/source.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = filesOf(root)
const read = (path: string): string => textOfFile(root, path)
const sources = files.filter(isCode).map((path) => readSource(path, read(path)))
const housed = sources.filter(({ path }) => /^(src|test\/tools)\//.test(path))
const texts = files.filter(isText)

describe('every file', () => {
  it('was found', () => {
    expect(housed.length).toBeGreaterThan(10)
    expect(files).toContain('src/core/base/plain.ts')
    expect(files).toContain('.ci/run')
  })

  it('imports only what its room may', () => {
    expect(housed.flatMap(importProblems)).toEqual([])
  })

  it('uses only packages that package.json names', () => {
    const declared = declaredPackages(read('package.json'))
    expect(sources.flatMap((source) => undeclaredProblems(source, declared))).toEqual([])
  })

  it('is in no cycle', () => {
    expect(cycleProblems(sources)).toEqual([])
  })

  it('keeps to the rules for code', () => {
    expect(housed.flatMap(codeProblems)).toEqual([])
  })

  it('silences neither types nor tests', () => {
    expect(sources.filter(({ path }) => path.startsWith('test/')).flatMap(testProblems)).toEqual([])
  })

  it('is run, if it is a test', () => {
    expect(files.flatMap(projectProblems)).toEqual([])
  })

  it('names no place of a machine and no registry', () => {
    expect(texts.flatMap((path) => machineProblems(path, read(path)))).toEqual([])
    expect(texts.flatMap((path) => registryProblems(path, read(path)))).toEqual([])
  })
})

describe('the repository', () => {
  it('pins exact versions', () => {
    expect(versionProblems(read('package.json'))).toEqual([])
  })

  it('locks all packages, without saying where they come from', () => {
    expect(lockProblems(read('package-lock.json'))).toEqual([])
  })

  it('gives static hosts the same headers as our own servers', () => {
    const lines = Object.entries(isolationHeaders).map(([name, value]) => `  ${name}: ${value}`)
    expect(read('public/_headers').split('\n').slice(1)).toEqual(['/*', ...lines, ''])
  })

  it('has a page without inline scripts', () => {
    expect(read('index.html').match(/<script(?![^>]*\ssrc=)|\son\w+=|<style/g)).toBeNull()
  })
})

const imports = (path: string, text: string): string[] => importProblems(readSource(path, text))
const code = (path: string, text: string): string[] => codeProblems(readSource(path, text))
const opened = (text: string): string => `// What must stay true.\n${text}\n`
const ui = 'it may import ui, playground, lessons, core/base, core/omf, core/fuse messages; '

describe('a bad import is told', () => {
  it('when the room is out of reach', () => {
    expect(imports('src/cli/mkfs.ts', "import { mkfs } from '../core/fs/mkfs.ts'")).toEqual([
      'src/cli/mkfs.ts may not import src/core/fs/mkfs.ts; it may import cli, core/machine, core/base; no packages',
    ])
  })

  it.each([
    ["import type { Mkfs } from '../core/fs/mkfs.ts'"],
    ["export { mkfs } from '../core/fs/mkfs.ts'"],
    ["export * from '../core/fs/mkfs.ts'"],
    ["let x: import('../core/fs/mkfs.ts').Mkfs"],
    ["void import('../core/fs/mkfs.ts')"],
    ["import x from '../core/fs/mkfs.ts?raw'"],
    ["new URL('../core/fs/data.bin', import.meta.url)"],
  ])('in every form: %s', (text) => {
    expect(imports('src/ui/App.tsx', text)).toEqual([expect.stringMatching(/^src\/ui\/App\.tsx may not import src\/core\/fs\//)])
    expect(imports('src/ui/App.tsx', text)[0]).toContain(ui)
  })

  it('when the package is not for that room', () => {
    expect(imports('src/store/images.ts', "import React from 'react'")).toEqual([
      'src/store/images.ts may not import react; it may import store, core/base, core/omf; packages idb-keyval, fflate, hash-wasm',
    ])
    expect(imports('src/core/log/append.ts', "import { readFileSync } from 'node:fs'")).toEqual([
      'src/core/log/append.ts may not import node:fs; it may import core/log, core/base, core/mem, core/omf, core/fmap, core/alloc; no packages',
    ])
  })

  it('when a kernel reaches for the daemon', () => {
    expect(imports('src/core/kernel/fuse.ts', "import { reply } from '../fuse/daemon.ts'")).toEqual([
      'src/core/kernel/fuse.ts may not import src/core/fuse/daemon.ts; it may import core/kernel, core/base, core/mem, core/fmap, core/fuse messages; no packages',
    ])
    expect(imports('src/core/kernel/fuse.ts', "import { encode } from '../fuse/messages.ts'")).toEqual([])
  })

  it('when more than types cross', () => {
    expect(imports('src/embed/element.ts', "import { version } from './protocol.ts'")).toEqual([
      'src/embed/element.ts may not import src/embed/protocol.ts; it may import embed/element, types of embed/protocol; no packages',
    ])
    expect(imports('src/embed/element.ts', "import type { Load } from './protocol.ts'")).toEqual([])
  })

  it('when it leaves src, or has no room', () => {
    expect(imports('src/ui/App.tsx', "import x from '../../test/counts.ts'")[0]).toContain('may not import test/counts.ts')
    expect(imports('test/tools/drive.ts', "import { App } from '../../src/ui/App.tsx'")[0]).toContain('may not import src/ui/App.tsx')
    expect(imports('src/attic/old.ts', '')).toEqual(['src/attic/old.ts is in no room: give it one in test/helpers/tidy/rooms.ts'])
  })

  it('when its shape is wrong', () => {
    expect(imports('src/ui/App.tsx', "import { Lane } from './Lane'")).toEqual(['src/ui/App.tsx imports ./Lane: write its extension'])
    expect(imports('src/host/spawn.ts', "new Worker(new URL('./host.ts', import.meta.url))")).toEqual([
      'src/host/spawn.ts starts src/host/host.ts: a file that runs as a worker is named *.worker.ts',
    ])
    expect(imports('src/host/spawn.ts', "import type { Api } from './host.worker.ts'")).toEqual([
      "src/host/spawn.ts imports src/host/host.worker.ts: a worker's own file is only reached by new URL",
    ])
  })

  it('when nobody asked for the package', () => {
    expect(undeclaredProblems(readSource('src/ui/App.tsx', "import x from '@a/b/c'"), new Set(['@a/x']))).toEqual([
      "src/ui/App.tsx imports @a/b, which package.json doesn't name",
    ])
  })

  it('and text that only looks like one is not', () => {
    expect(imports('src/core/base/x.ts', "// import '../fs/mkfs.ts'\nexport const s = \"import '../fs/mkfs.ts'\"")).toEqual([])
  })
})

it('a cycle is told once, type imports included', () => {
  const ring = [
    readSource('src/ui/a.ts', "import { b } from './b.ts'"),
    readSource('src/ui/b.ts', "import type { C } from './c.ts'"),
    readSource('src/ui/c.ts', "export const a = import('./a.ts')"),
    readSource('src/ui/d.ts', "import { a } from './a.ts'"),
  ]
  expect(cycleProblems(ring)).toEqual(['cycle: src/ui/a.ts -> src/ui/b.ts -> src/ui/c.ts -> src/ui/a.ts'])
})

describe('bad code is told', () => {
  const gated = 'src/ui/hex.ts'
  it.each([
    ['src/ui/a.ts', 'export const a = 1', "doesn't open with a comment on what must stay true in it"],
    ['src/ui/a.ts', '/// <reference types="node" />', "doesn't open with a comment on what must stay true in it"],
    ['src/ui/a.ts', opened('\n'.repeat(449) + 'export const a = 1'), 'has 451 lines, more than 450: it probably has two rooms in it'],
    ['src/ui/index.ts', opened('export const a = 1'), 'is called index: barrel files are for src/lib only'],
    ['src/ui/all.ts', opened("export * from './a.ts'\nexport { b } from './b.ts'"), 'only re-exports: barrel files are for src/lib only'],
    ['src/ui/all.ts', opened("import { b } from './b.ts'\nexport { b }"), 'only re-exports: barrel files are for src/lib only'],
    ['src/ui/a.ts', opened('export const a = 1 as any'), 'uses any: say what it is, or unknown'],
    ['src/ui/a.ts', opened('// @ts-expect-error\nexport const a = 1'), 'uses @ts-expect-error: fix the type instead'],
    ['src/core/fs/a.ts', opened('export const a = Date.now()'), 'uses Date.now: take time from Outside'],
    ['src/core/fs/a.ts', opened('export const a = new Date()'), 'uses Date: take time from Outside'],
    ['src/core/fs/a.ts', opened('export const a = performance.now()'), 'uses performance.now: take time from Outside'],
    ['src/sim/a.ts', opened('export const a = Math.random()'), 'uses Math.random: take chance from Outside or a seed'],
    ['src/core/fs/a.ts', opened('export const a = window.name'), 'uses window.name: take it from Outside'],
    ['src/core/fs/a.ts', opened('export const a = document.title'), 'uses document.title: take it from Outside'],
    ['src/cli/a.ts', opened('export const a = navigator.gpu'), 'uses navigator.gpu: take it from Outside'],
    [gated, opened('new TextDecoder()'), 'uses TextDecoder: only src/core/base/plain.ts may, others use its textOf'],
    [gated, opened("encoder.encodeInto('x', view)"), 'uses encodeInto: only src/core/base/plain.ts may'],
    [gated, opened("crypto.subtle.digest('SHA-256', view)"), 'may call crypto.subtle only as digest(name, toPlain(...))'],
    [gated, opened("globalThis.crypto.subtle.sign('x', key, toPlain(view))"), 'may call crypto.subtle only as digest(name, toPlain(...))'],
    [gated, opened('crypto.getRandomValues(view)'), 'may call getRandomValues only with an array made in place'],
    [gated, opened('new Blob([toPlain(a), b])'), 'gives Blob something else than toPlain(...) or text written in place'],
    [gated, opened('new Blob(parts.map(half))'), 'gives Blob something else than toPlain(...) or text written in place'],
    [gated, opened('new Blob(parts)'), 'gives Blob something else than toPlain(...) or text written in place'],
    [gated, opened("new File([a], 'name')"), 'gives File something else than toPlain(...) or text written in place'],
    [gated, opened('new Response(a)'), 'gives Response something else than toPlain(...) or text written in place'],
  ])('%s %#', (path, text, says) => {
    expect(code(path, text)).toEqual([`${path} ${says}`])
  })

  it.each([
    [gated, opened('new Blob(parts.map(toPlain))')],
    [gated, opened("new Blob([toPlain(a), 'text', `${b}`], { type: 'x' })")],
    [gated, opened("crypto.subtle.digest('SHA-256', toPlain(view))")],
    [gated, opened('crypto.getRandomValues(new Uint8Array(16))')],
    [gated, opened('export const text = "new TextDecoder()" // new Blob(x)')],
    ['src/ui/a.ts', opened('export const now = performance.now()')],
    ['src/core/log/a.ts', opened('export const a = (window: Log) => window.load()')],
    ['src/core/base/plain.ts', opened('export const decoder = new TextDecoder()')],
    ['src/lib/core.ts', opened("export * from '../core/machine/machine.ts'")],
    ['src/ui/App.tsx', "/* Don't. */\nexport const App = () => <p>Don't // `ask`</p>"],
  ])('and good code is not: %s %#', (path, text) => {
    expect(code(path, text)).toEqual([])
  })
})

it('a test that is kept from running is told', () => {
  const says = (text: string): string[] => testProblems(readSource('test/unit/a.test.ts', text))
  expect(says("it.skip('x', f)")).toEqual(['test/unit/a.test.ts uses it.skip: a test runs or goes'])
  expect(says("describe.concurrent.only('x', f)")).toEqual(['test/unit/a.test.ts uses describe.only: a test runs or goes'])
  expect(says("test.todo('x')")).toEqual(['test/unit/a.test.ts uses test.todo: a test runs or goes'])
  expect(says('// @ts-ignore\nconst a: any = 1')).toEqual([
    'test/unit/a.test.ts uses @ts-ignore: fix the type instead',
    'test/unit/a.test.ts uses any: say what it is, or unknown',
  ])
  expect(says("it.skipIf(!present)('x', f); it.each([1])('x', f)")).toEqual([])
  expect(projectProblems('test/misc/a.test.ts')).toEqual(['test/misc/a.test.ts is run by no project of vitest.config.ts'])
  expect(projectProblems('src/core/fs/a.test.ts')).toEqual(['src/core/fs/a.test.ts is run by no project of vitest.config.ts'])
  expect(projectProblems('test/browser/a.test.ts')).toEqual([])
})

describe('a trace of a machine is told', () => {
  // Put together here, so that this file holds none itself.
  const place = (...names: string[]): string => ['', ...names].join('/')

  it.each([[place('home', 'ann')], [place('root', 'src')], [place('Users', 'ann')], [place('mnt', 'disk')]])('%s', (path) => {
    expect(machineProblems('a.md', `see ${path} there`)).toEqual([`a.md names ${path}, a place on someone's machine`])
    expect(machineProblems('a.md', `see "file:${path}"`)).toHaveLength(1)
  })

  it('and places of the simulated hosts are not', () => {
    expect(machineProblems('a.md', '/mnt/famfs/a /mnt/famfs_2 /dev/dax0.0 /tmp/x /opt/famfs/x /usr/bin/chromium https://x.org/home/ann')).toEqual([])
  })

  it('as is a registry', () => {
    const host = ['registry', 'example', 'org'].join('.')
    expect(registryProblems('a.md', `from https://${host}/x`)).toEqual([
      `a.md names a package registry (${host}): which one to use is the machine's business`,
    ])
    expect(registryProblems('.npmrc', ['registry', 'http://localhost'].join('='))).toHaveLength(1)
    expect(registryProblems('a.md', 'a registry of files')).toEqual([])
  })
})

it('a loose version and a bad lock are told', () => {
  expect(versionProblems('{"dependencies": {"a": "^1.0.0", "b": "1.0.0"}, "devDependencies": {"c": "latest"}}')).toEqual([
    'package.json asks for a ^1.0.0: pin one exact version',
    'package.json asks for c latest: pin one exact version',
  ])
  expect(lockProblems('{"packages": {"node_modules/a": {"resolved": "x"}}}')).toEqual([
    'package-lock.json holds "resolved" addresses: install with the settings of .npmrc',
  ])
  expect(lockProblems('{"packages": {"node_modules/a": {"optionalDependencies": {"b": "1.0.0"}}}}')).toEqual([
    'package-lock.json has no entry for b, which node_modules/a names: npm ci would refuse it',
  ])
})
