// A path below a mount point has one spelling once it is normalized, and none where it leaves the mount.

import * as fc from 'fast-check'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { normalizedPath, parentOf } from '../../../src/core/base/path.ts'
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

it('the parent of a path is what stands before its last part', () => {
  expect(['a', 'a/b', 'a/b/c'].map(parentOf)).toEqual(['', 'a', 'a/b'])
})

/** How deep each step of a walk is below the mount point. */
function depths(parts: string[]): number[] {
  let depth = 0
  return parts.map((part) => (part === '..' ? --depth : part === '' || part === '.' ? depth : ++depth))
}
