// A path in the log is relative, has no odd parts, and fits its field: 79 bytes pass, 80 are refused, and bytes count, not
// characters.

import { describe, expect, it } from 'vitest'
import { loggablePath } from '../../../src/core/log/path.ts'

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
