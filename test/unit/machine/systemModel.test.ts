// Whatever is done to the tree, it stays what a naive table of paths says, and every refusal has the errno of the table's
// rules: names, directories, hard links and renames, without links and permissions.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { System } from '../../../src/core/machine/system.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { errnoOf, get, newSystem, put, rootAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')
const TOP = '/srv'

interface ModelFile {
  text: string
}

/** Every path below TOP; a directory is undefined. */
type Model = Map<string, ModelFile | undefined>

interface Act {
  kind: 'mkdir' | 'put' | 'unlink' | 'rmdir' | 'rename' | 'link'
  path: string
  other: string
  text: string
}

const anyPath = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => `${TOP}/${parts.join('/')}`)
const anyAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('mkdir', 'mkdir', 'put', 'unlink', 'rmdir', 'rename', 'rename', 'link'),
  path: anyPath,
  other: anyPath,
  text: fc.string({ maxLength: 5, unit: 'grapheme-ascii' }),
})

function actOn(system: System, { kind, path, other, text }: Act): string {
  if (kind === 'mkdir') return errnoOf(system.mkdir(path, 0o755, ROOT))
  if (kind === 'unlink') return errnoOf(system.unlink(path, ROOT))
  if (kind === 'rmdir') return errnoOf(system.rmdir(path, ROOT))
  if (kind === 'rename') return errnoOf(system.rename(path, other, ROOT))
  if (kind === 'link') return errnoOf(system.link(path, other, ROOT))
  const tried = system.open(path, { write: true, create: 0o644 }, ROOT)
  if (!tried.ok) return tried.failure.errno
  tried.value.close()
  put(system, path, text, ROOT)
  return 'ok'
}

function actOnModel(model: Model, { kind, path, other, text }: Act): string {
  const missing = wayTo(model, path)
  if (missing) return missing
  const there = model.get(path)
  const isDirectory = model.has(path) && !there
  if (kind === 'mkdir') {
    if (model.has(path)) return 'EEXIST'
    model.set(path, undefined)
    return 'ok'
  }
  if (kind === 'put') {
    if (isDirectory) return 'EISDIR'
    if (there) there.text = text
    else model.set(path, { text })
    return 'ok'
  }
  if (!model.has(path)) return 'ENOENT'
  if (kind === 'unlink') {
    if (isDirectory) return 'EISDIR'
    model.delete(path)
    return 'ok'
  }
  if (kind === 'rmdir') {
    if (!isDirectory) return 'ENOTDIR'
    if (below(model, path).length > 0) return 'ENOTEMPTY'
    model.delete(path)
    return 'ok'
  }
  const missingOther = wayTo(model, other)
  if (missingOther) return missingOther
  if (kind === 'rename') return renameInModel(model, path, other)
  if (model.has(other)) return 'EEXIST'
  if (isDirectory) return 'EPERM'
  model.set(other, there)
  return 'ok'
}

function renameInModel(model: Model, from: string, to: string): string {
  const node = model.get(from)
  if (to.startsWith(`${from}/`)) return 'EINVAL'
  if (from.startsWith(`${to}/`)) return 'ENOTEMPTY'
  if (from === to || (node && model.get(to) === node)) return 'ok'
  if (model.has(to)) {
    if (node && !model.get(to)) return 'EISDIR'
    if (!node && model.get(to)) return 'ENOTDIR'
    if (below(model, to).length > 0) return 'ENOTEMPTY'
  }
  for (const path of [from, ...below(model, from)]) {
    model.set(to + path.slice(from.length), model.get(path))
    model.delete(path)
  }
  return 'ok'
}

/** Why there is no way to a path. */
function wayTo(model: Model, path: string): string | undefined {
  for (let slash = path.indexOf('/', TOP.length + 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const above = path.slice(0, slash)
    if (!model.has(above)) return 'ENOENT'
    if (model.get(above)) return 'ENOTDIR'
  }
  return undefined
}

function below(model: Model, path: string): string[] {
  return [...model.keys()].filter((other) => other.startsWith(`${path}/`))
}

function modelOf(system: System, directory = TOP, found: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const entries = valueOf(system.readdir(directory, ROOT))
  const { linkCount } = valueOf(system.stat(directory, ROOT))
  expect(linkCount).toBe(2 + entries.filter(({ kind }) => kind === 'directory').length)
  for (const { name, kind } of entries) {
    const path = `${directory}/${name}`
    found[path] = kind === 'file' ? get(system, path, ROOT) : undefined
    if (kind === 'directory') modelOf(system, path, found)
  }
  return found
}

describe('the tree', () => {
  it('is what a table of paths says, after whatever was done to it', () => {
    fc.assert(fc.property(fc.array(anyAct, { maxLength: 60 }), (acts) => {
      const system = newSystem()
      const usedBytes = system.rootFs.budget.usedBytes
      const model: Model = new Map()
      for (const one of acts) expect([one.kind, one.path, one.other, actOn(system, one)]).toEqual([one.kind, one.path, one.other, actOnModel(model, one)])
      expect(modelOf(system)).toEqual(Object.fromEntries([...model].map(([name, file]) => [name, file?.text])))
      for (const [name, file] of model) {
        if (!file) continue
        const names = [...model.values()].filter((other) => other === file)
        expect(valueOf(system.stat(name, ROOT)).linkCount).toBe(names.length)
      }
      for (const name of [...model.keys()].toSorted().toReversed()) {
        const removed = model.get(name) ? system.unlink(name, ROOT) : system.rmdir(name, ROOT)
        expect(errnoOf(removed)).toBe('ok')
      }
      expect(system.rootFs.budget.usedBytes).toBe(usedBytes)
    }), { numRuns: 150 })
  })
})
