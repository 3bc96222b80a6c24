// Every change of a device is found, however little of it changed, and nothing else.

import { expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { ChangeFinder } from '../../../src/playground/changes.ts'

const chunk = (index: number) => ({ offsetBytes: index * 2 * MIB, lengthBytes: 2 * MIB })

it('finds the chunks that changed since the last look', async () => {
  const buffer = new SharedArrayBuffer(40 * MIB)
  const values = new Float64Array(buffer)
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i)
  const finder = new ChangeFinder()
  // The first look learns.
  expect(await finder.look(buffer)).toEqual([])
  expect(await finder.look(buffer)).toEqual([])
  const bytes = new Uint8Array(buffer)
  bytes[0] = 0x7f
  bytes[2 * MIB - 1] = (bytes[2 * MIB - 1] ?? 0) ^ 0x80
  bytes[39 * MIB] = (bytes[39 * MIB] ?? 0) ^ 1
  expect(await finder.look(buffer)).toEqual([chunk(0), chunk(19)])
  // Signs of two values, and two values that changed places.
  const at = (3 * 2 * MIB) / 8
  values[at] = -(values[at] ?? 0)
  values[at + 1] = -(values[at + 1] ?? 0)
  const [one = 0, two = 0] = [values[at * 2], values[at * 2 + 1]]
  values[at * 2] = two
  values[at * 2 + 1] = one
  expect(await finder.look(buffer)).toEqual([chunk(3), chunk(6)])
  expect(await finder.look(buffer)).toEqual([])
})

it('another device is learnt anew, and looks come one after the other', async () => {
  const [first, second] = [new SharedArrayBuffer(4 * MIB), new ArrayBuffer(6 * MIB + 4)]
  const finder = new ChangeFinder()
  const looks = [finder.look(first), finder.look(second)]
  expect(await Promise.all(looks)).toEqual([[], []])
  new Uint8Array(second).fill(1, 6 * MIB)
  expect(await finder.look(second)).toEqual([{ offsetBytes: 6 * MIB, lengthBytes: 4 }])
})
