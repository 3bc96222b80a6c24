// Every change of a device is found, however little of it changed, and nothing else; what is kept of it is what was there.

import { expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/core/base/align.ts'
import type { Pages } from '../../../src/playground/acts.ts'
import { ChangeFinder, PAGE_BYTES } from '../../../src/playground/changes.ts'

const page = (index: number, count = 1) => ({ offsetBytes: index * PAGE_BYTES, lengthBytes: count * PAGE_BYTES })

async function expectKept(pages: Pages | undefined, buffer: SharedArrayBuffer | ArrayBuffer, runs: Pages['runs']): Promise<void> {
  expect(pages?.runs).toEqual(runs)
  const there = runs.flatMap(({ offsetBytes, lengthBytes }) => Array.from(new Uint8Array(buffer, offsetBytes, lengthBytes)))
  const kept = await Promise.all((pages?.bytes ?? []).map(async (blob) => Array.from(new Uint8Array(await blob.arrayBuffer()))))
  expect(kept.flat()).toEqual(there)
}

it('finds the pages that changed since the last look, and keeps them', async () => {
  const buffer = new SharedArrayBuffer(40 * MIB)
  const bytes = new Uint8Array(buffer)
  const finder = new ChangeFinder()
  // What was never looked at is taken to be zeros.
  expect(await finder.take(buffer)).toBeUndefined()
  bytes[0] = 0x7f
  bytes[2 * PAGE_BYTES - 1] = 0x80
  bytes[39 * MIB] = 1
  await expectKept(await finder.take(buffer), buffer, [page(0, 2), page((39 * MIB) / PAGE_BYTES)])
  expect(await finder.take(buffer)).toBeUndefined()
  // Signs of two values, two values that changed places, and one bit back again.
  const values = new Float64Array(buffer, 8 * MIB, 4)
  values.set([1.5, 2.5, 3.5, 4.5])
  expect((await finder.take(buffer))?.runs).toEqual([page(2048)])
  values.set([-1.5, -2.5])
  expect((await finder.take(buffer))?.runs).toEqual([page(2048)])
  values.set([4.5, 3.5], 2)
  expect((await finder.take(buffer))?.runs).toEqual([page(2048)])
  bytes[0] = 0
  await expectKept(await finder.take(buffer), buffer, [page(0)])
})

it('looks only where it is asked to, and takes what acts have written for no change', async () => {
  const buffer = new SharedArrayBuffer(4 * MIB)
  const bytes = new Uint8Array(buffer)
  const finder = new ChangeFinder()
  bytes.fill(1, 0, 16 * KIB)
  bytes[MIB] = 1
  expect((await finder.take(buffer, [{ offsetBytes: MIB - 1, lengthBytes: 2 }]))?.runs).toEqual([page(256)])
  finder.expect(buffer, [{ offsetBytes: 0, lengthBytes: 12 * KIB + 1 }])
  expect(finder.sum(buffer)).toBeUndefined()
  await finder.learn(buffer, () => true)
  const sum = finder.sum(buffer)
  expect(sum).toBeTypeOf('number')
  expect(await finder.take(buffer)).toBeUndefined()
  bytes[5] = 9
  // Someone is at work: what can't be learnt counts as changed.
  finder.expect(buffer, [page(1)])
  await finder.learn(buffer, () => false)
  expect((await finder.take(buffer))?.runs).toEqual([page(0, 2)])
  expect(finder.sum(buffer)).not.toBe(sum)
  bytes[5] = 1
  await finder.take(buffer)
  expect(finder.sum(buffer)).toBe(sum)
})

it('another device is seen anew, whatever its length, and looks come one after the other', async () => {
  const [first, second] = [new SharedArrayBuffer(4 * MIB), new ArrayBuffer(6 * MIB + 6)]
  const finder = new ChangeFinder()
  expect(await Promise.all([finder.take(first), finder.take(second)])).toEqual([undefined, undefined])
  new Uint8Array(second).fill(1, 6 * MIB - 1)
  await expectKept(await finder.take(second), second, [{ offsetBytes: 6 * MIB - PAGE_BYTES, lengthBytes: PAGE_BYTES + 6 }])
  expect(await finder.take(second)).toBeUndefined()
  // The last word is half a word.
  new Uint8Array(second)[6 * MIB + 5] = 2
  expect((await finder.take(second))?.runs).toEqual([{ offsetBytes: 6 * MIB, lengthBytes: 6 }])
  expect(await finder.take(second)).toBeUndefined()
})

it('what is said of another device while one is looked at is kept apart', async () => {
  const [first, second] = [new SharedArrayBuffer(40 * MIB), new SharedArrayBuffer(40 * MIB)]
  for (const [i, buffer] of [first, second].entries()) new Uint8Array(buffer).fill(i + 1, 20 * MIB, 21 * MIB)
  const finder = new ChangeFinder()
  expect((await finder.take(second))?.runs).toEqual([page(5120, 256)])
  const looking = finder.take(first)
  await Promise.resolve()
  finder.expect(second, [page(9)])
  await expectKept(await looking, first, [page(5120, 256)])
  expect((await finder.take(second))?.runs).toEqual([page(9)])
  expect([await finder.take(first), await finder.take(second)]).toEqual([undefined, undefined])
})
