// Permission as Linux does it, and modes as ls shows them.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayAccess, modeText } from '../../../src/core/kernel/user.ts'
import { propertyRuns } from '../../counts.ts'

describe('mayAccess', () => {
  const node = { uid: 1000, gid: 100 }

  it.each([
    ['the owner', { uid: 1000, gid: 5 }, 6],
    ['the group', { uid: 7, gid: 100 }, 3],
    ['others', { uid: 7, gid: 7 }, 0],
  ])('%s have their own class of bits, and only that', (_, user, shift) => {
    for (let mode = 0; mode < 0o1000; mode++) {
      const bits = (mode >> shift) & 7
      const may = (want: { read?: boolean; write?: boolean }): boolean => mayAccess(user, { ...node, mode }, want)
      expect([may({}), may({ read: true }), may({ write: true }), may({ read: true, write: true })]).toEqual([
        true, (bits & 4) !== 0, (bits & 2) !== 0, (bits & 6) === 6,
      ])
    }
  })

  it('root passes', () => {
    for (let mode = 0; mode < 0o1000; mode++) expect(mayAccess({ uid: 0, gid: 9 }, { ...node, mode }, { read: true, write: true })).toBe(true)
  })
})

describe('modeText', () => {
  it.each([
    ['file', 0o644, '-rw-r--r--'],
    ['directory', 0o755, 'drwxr-xr-x'],
    ['file', 0, '----------'],
    ['file', 0o7777, '-rwsrwsrwt'],
    ['file', 0o7000, '---S--S--T'],
    ['directory', 0o1777, 'drwxrwxrwt'],
  ] as const)('a %s of mode %o', (kind, mode, text) => {
    expect(modeText(kind, mode)).toBe(text)
  })

  it('loses no bit', () => {
    const seen = new Set(Array.from({ length: 0o10000 }, (_, mode) => modeText('file', mode)))
    expect(seen.size).toBe(0o10000)
    const property = fc.property(fc.nat({ max: 0xffff_ffff }), (mode) => {
      expect(modeText('directory', mode)).toHaveLength(10)
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
  })
})
