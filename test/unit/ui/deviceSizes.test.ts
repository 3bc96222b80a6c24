// What the form that formats offers is what Chromium was seen to give: one buffer of almost 16 GiB, and two of less in all.

import { expect, it } from 'vitest'
import { GIB, MIB } from '../../../src/core/base/align.ts'
import { fitsBeside } from '../../../src/ui/deviceSizes.ts'

it.each([
  [256 * MIB, 8, GIB, true],
  [256 * MIB, 3, 4 * GIB, true],
  [256 * MIB, 4, 4 * GIB, false],
  [4 * GIB, 2, 4 * GIB, true],
  [4 * GIB, 3, 4 * GIB, false],
  [8 * GIB, 8, GIB, false],
  [12 * GIB, 3, GIB, true],
  [12 * GIB, 1, 4 * GIB, false],
])('beside %d bytes, %d devices of %d each: %s', (nowBytes, count, eachBytes, fits) => {
  expect(fitsBeside(nowBytes, count, eachBytes)).toBe(fits)
})
