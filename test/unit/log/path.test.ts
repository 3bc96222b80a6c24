// A path in the log is relative, has no odd parts, and fits its field: 79 bytes pass, 80 are refused, and bytes count, not
// characters.

import * as fc from 'fast-check'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loggablePath, nameOf, normalizedPath, parentOf } from '../../../src/core/log/path.ts'
import { propertyRuns } from '../../counts.ts'

describe('normalizedPath', () => {
  it.each([
    ['a', 'a'],
    ['a/b', 'a/b'],
    ['/a', 'a'],
    ['//a///b//', 'a/b'],
    ['./a/./b/.', 'a/b'],
    ['a/../b', 'b'],
    ['a/b/../../c', 'c'],
    ['a/..', ''],
    ['', ''],
    ['.', ''],
    ['/', ''],
    ['..', undefined],
    ['a/../..', undefined],
    ['../a', undefined],
    ['/../a', undefined],
    ['...', '...'],
    ['a/...', 'a/...'],
    ['.a', '.a'],
    ['..a/b..', '..a/b..'],
    ['a/.b/..c', 'a/.b/..c'],
    [' ', ' '],
    ['.meta/.alloc.cfg', '.meta/.alloc.cfg'],
  ])('%j is %j', (given, expected) => {
    expect(normalizedPath(given)).toBe(expected)
  })

  it('is what a plainer walk gives, and normal for good', () => {
    const part = fc.constantFrom('', '.', '..', 'a', 'b', '...', '.a', 'a.', '..b')
    const property = fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
      const given = parts.join('/')
      const path = normalizedPath(given)
      const leaves = depths(parts).some((depth) => depth < 0)
      expect(path).toBe(leaves ? undefined : posix.normalize(`/${given}`).replace(/^\/|\/$/g, ''))
      expect(normalizedPath(path ?? '..')).toBe(path)
    })
    fc.assert(property, { numRuns: propertyRuns.cheap })
  })
})

describe('loggablePath', () => {
  const reason = (path: string): string => {
    const result = loggablePath(path)
    return result.ok ? `ok ${result.value}` : result.failure.reason
  }

  it.each([
    ['a'.repeat(79), `ok ${'a'.repeat(79)}`],
    ['a'.repeat(80), 'path_too_long'],
    [`${'é'.repeat(39)}a`, `ok ${'é'.repeat(39)}a`],
    ['é'.repeat(40), 'path_too_long'],
    ['😀'.repeat(19) + 'abc', `ok ${'😀'.repeat(19)}abc`],
    ['😀'.repeat(20), 'path_too_long'],
    [`//${'a'.repeat(79)}/./`, `ok ${'a'.repeat(79)}`],
    [`x/../${'a'.repeat(79)}`, `ok ${'a'.repeat(79)}`],
    ['', 'bad_path'],
    ['/', 'bad_path'],
    ['a/..', 'bad_path'],
    ['../a', 'bad_path'],
    ['a\0b', 'bad_path'],
    ['a b\tc\n', 'ok a b\tc\n'],
  ])('%j: %s', (given, expected) => {
    expect(reason(given)).toBe(expected)
  })

  it('says how long it is in bytes', () => {
    expect(loggablePath('é'.repeat(40))).toMatchObject({ failure: { errno: 'ENAMETOOLONG', says: expect.stringContaining('has 80 bytes, and a log entry holds 79') } })
  })
})

it('parent and name', () => {
  expect([parentOf('a'), parentOf('a/b'), parentOf('a/b/c'), nameOf('a'), nameOf('a/b/c')]).toEqual(['', 'a', 'a/b', 'a', 'c'])
})

/** How deep each step of a walk is below the mount point. */
function depths(parts: string[]): number[] {
  let depth = 0
  return parts.map((part) => (part === '..' ? --depth : part === '' || part === '.' ? depth : ++depth))
}
