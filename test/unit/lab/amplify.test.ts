// What an access pattern moves from the device, counted again by the plainest model there is: lists that are searched.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessesOf, STRIDE_BYTES } from '../../../src/sim/lab/accesses.ts'
import { AMPLIFY, amplificationOf as amplified, type Sizes } from '../../../src/sim/lab/amplify.ts'
import { labFiles } from '../../../src/sim/lab/files.ts'
import { labNow } from '../../../src/sim/lab/run.ts'
import type { Amplification, LabSetup } from '../../../src/sim/lab/types.ts'
import { propertyRuns } from '../../counts.ts'
import { anySetup, setupOf } from '../../helpers/lab.ts'

const amplificationOf = (setup: LabSetup, sizes?: Sizes): Amplification => labNow(amplified(setup, sizes))

/** Most recently used last. */
class NaiveCache {
  readonly #most: number
  #keys: string[] = []
  moved = 0
  hits = 0
  touches = 0

  constructor(most: number) {
    this.#most = most
  }

  touch(key: string): boolean {
    this.touches++
    const wasThere = this.#keys.includes(key)
    if (wasThere) this.hits++
    else this.moved++
    this.#keys = [...this.#keys.filter((other) => other !== key), key].slice(-this.#most)
    return wasThere
  }

  ahead(key: string): void {
    if (this.#keys.includes(key)) return
    this.moved++
    this.#keys = [...this.#keys, key].slice(-this.#most)
  }
}

function naive(setup: LabSetup, sizes: Sizes): Amplification {
  const fileSizes = labFiles(setup).files.map(({ map }) => map.sizeBytes)
  const accesses = accessesOf(setup, fileSizes)
  const lines = new NaiveCache(sizes.lineCacheBytes / sizes.lineBytes)
  const pages = new NaiveCache(sizes.pageCacheBytes / sizes.pageBytes)
  let askedBytes = 0
  let before: { file: number; page: number } | undefined
  for (let i = 0; i < accesses.count; i++) {
    const file = accesses.fileIndices[i] ?? 0
    const bytes = Array.from({ length: accesses.lengths[i] ?? 0 }, (_, at) => (accesses.offsets[i] ?? 0) + at)
    askedBytes += bytes.length
    for (const line of new Set(bytes.map((at) => Math.floor(at / sizes.lineBytes)))) lines.touch(`${file}:${line}`)
    const touched = [...new Set(bytes.map((at) => Math.floor(at / sizes.pageBytes)))]
    const [first = 0] = touched
    const follows = before?.file === file && (before.page === first || before.page + 1 === first)
    for (const page of touched) {
      before = { file, page }
      if (pages.touch(`${file}:${page}`) || !follows) continue
      for (let next = page + 1; next <= page + sizes.readAheadBytes / sizes.pageBytes; next++) {
        if (next * sizes.pageBytes < (fileSizes[file] ?? 0)) pages.ahead(`${file}:${next}`)
      }
    }
  }
  return {
    pattern: setup.pattern,
    accessCount: accesses.count,
    askedBytes,
    lineBytes: sizes.lineBytes,
    lineMovedBytes: lines.moved * sizes.lineBytes,
    lineTouchCount: lines.touches,
    lineHitCount: lines.hits,
    lineCacheBytes: sizes.lineCacheBytes,
    pageBytes: sizes.pageBytes,
    pageMovedBytes: pages.moved * sizes.pageBytes,
    pageCacheBytes: sizes.pageCacheBytes,
    readAheadBytes: sizes.readAheadBytes,
    pageTouchCount: pages.touches,
    pageHitCount: pages.hits,
  }
}

describe('read amplification', () => {
  it('is what a naive model counts, with small caches too', () => {
    const sizes = fc.record({
      lineBytes: fc.constant(64),
      lineCacheBytes: fc.integer({ min: 1, max: 40 }).map((count) => count * 64),
      pageBytes: fc.constant(4096),
      pageCacheBytes: fc.integer({ min: 1, max: 20 }).map((count) => count * 4096),
      readAheadBytes: fc.integer({ min: 0, max: 8 }).map((count) => count * 4096),
    })
    fc.assert(
      fc.property(anySetup, sizes, (setup, given) => {
        const { says, ...counted } = amplificationOf(setup, given)
        expect(counted).toEqual(naive(setup, given))
        expect(says).toMatch(/ lines? of 64 bytes and [\d.,]+ pages? on average\.$/)
      }),
      { numRuns: propertyRuns.dear },
    )
  })

  it('of small random reads is a page against two lines each: they begin at any byte', () => {
    const setup = setupOf({ extentCount: 100_000, pattern: 'random', accessCount: 1000, accessBytes: 64 })
    const { askedBytes, lineMovedBytes, pageMovedBytes, lineTouchCount, lineHitCount, pageHitCount, pageTouchCount, says } = amplificationOf(setup)
    expect(lineTouchCount).toBeGreaterThan(1960)
    expect(lineTouchCount).toBeLessThanOrEqual(2000)
    expect(lineMovedBytes).toBe((lineTouchCount - lineHitCount) * 64)
    expect(pageMovedBytes).toBe((pageTouchCount - pageHitCount) * 4096)
    expect(says).toMatch(/^Accesses begin at any byte, not at the beginning of a line, and touch 1\.9\d lines of 64 bytes and 1\.0\d pages? on average\.$/)
    expect(lineHitCount).toBeLessThan(10)
    expect(pageHitCount).toBeLessThan(30)
    expect(askedBytes).toBeGreaterThan(63_000)
  })

  it('of reads in order is none, but for what is read ahead', () => {
    const setup = setupOf({ extentCount: 1000, pattern: 'in_order', accessCount: 8192, accessBytes: 64 })
    const { askedBytes, lineMovedBytes, pageMovedBytes } = amplificationOf(setup)
    expect(askedBytes).toBe(8192 * 64)
    expect(lineMovedBytes).toBe(askedBytes)
    expect(pageMovedBytes - askedBytes).toBeGreaterThanOrEqual(0)
    expect(pageMovedBytes - askedBytes).toBeLessThanOrEqual(AMPLIFY.readAheadBytes)
  })

  it('of strides beyond a page is a page for each access', () => {
    const setup = setupOf({ extentCount: 10_000, pattern: 'stride', accessCount: 1000, accessBytes: 8 })
    const { askedBytes, lineMovedBytes, pageMovedBytes } = amplificationOf(setup)
    expect(STRIDE_BYTES).toBeGreaterThan(4096)
    expect({ askedBytes, lineMovedBytes }).toEqual({ askedBytes: 8000, lineMovedBytes: 64_000 })
    expect(pageMovedBytes).toBeGreaterThanOrEqual(1000 * 4096)
  })

  it('is quick, however long an access is, and can be stopped on the way', () => {
    const setup = setupOf({ extentCount: 10, fileCount: 1000, pattern: 'in_order', accessCount: 10_000, accessBytes: 65_536 })
    const told = [...amplified(setup)].map(({ doneCount }) => doneCount)
    expect(told.length).toBeGreaterThan(20)
    expect(told).toEqual(told.toSorted((one, other) => one - other))
  })
})
