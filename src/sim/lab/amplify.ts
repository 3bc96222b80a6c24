// Read amplification, the reason for having no page cache: the same accesses once by cache line, as a processor reaches
// shared memory, and once by page, through a page cache that reads ahead. Both caches drop what was used longest ago.
// Left out on both sides: what a processor fetches ahead, and the copy from a page cache to the reader.

import { MIB } from '../../core/base/align.ts'
import { accessesOf } from './accesses.ts'
import { labFiles } from './files.ts'
import type { Amplification, LabSetup } from './types.ts'

export const AMPLIFY = { lineBytes: 64, lineCacheBytes: MIB, pageBytes: 4096, pageCacheBytes: 16 * MIB, readAheadBytes: 128 * 1024 } as const

export interface Sizes {
  lineBytes: number
  lineCacheBytes: number
  pageBytes: number
  pageCacheBytes: number
  readAheadBytes: number
}

export function amplificationOf(setup: LabSetup, sizes: Sizes = AMPLIFY): Amplification {
  const fileSizes = labFiles(setup).files.map(({ map }) => map.sizeBytes)
  const { count, fileIndices, offsets, lengths } = accessesOf(setup, fileSizes)
  const lines = new Cache(sizes.lineCacheBytes / sizes.lineBytes)
  const pages = new Cache(sizes.pageCacheBytes / sizes.pageBytes)
  const aheadCount = sizes.readAheadBytes / sizes.pageBytes
  let askedBytes = 0
  // Where the access before ended: one that begins there, or on the page behind it, is read in order.
  let lastKey = NO_KEY
  for (let i = 0; i < count; i++) {
    const fileIndex = fileIndices[i] as number
    const offsetBytes = offsets[i] as number
    const lengthBytes = lengths[i] as number
    askedBytes += lengthBytes
    const endBytes = offsetBytes + lengthBytes
    const pageCount = Math.ceil((fileSizes[fileIndex] as number) / sizes.pageBytes)
    const firstKey = keyOf(fileIndex, Math.floor(offsetBytes / sizes.pageBytes))
    const isInOrder = firstKey === lastKey || firstKey === lastKey + 1
    for (let line = Math.floor(offsetBytes / sizes.lineBytes); line * sizes.lineBytes < endBytes; line++) lines.touch(keyOf(fileIndex, line))
    for (let page = Math.floor(offsetBytes / sizes.pageBytes); page * sizes.pageBytes < endBytes; page++) {
      lastKey = keyOf(fileIndex, page)
      if (pages.touch(lastKey) || !isInOrder) continue
      for (let ahead = 1; ahead <= aheadCount && page + ahead < pageCount; ahead++) pages.bring(lastKey + ahead)
    }
  }
  return {
    pattern: setup.pattern,
    accessCount: count,
    askedBytes,
    lineBytes: sizes.lineBytes,
    lineMovedBytes: lines.movedCount * sizes.lineBytes,
    lineTouchCount: lines.touchCount,
    lineHitCount: lines.hitCount,
    lineCacheBytes: sizes.lineCacheBytes,
    pageBytes: sizes.pageBytes,
    pageMovedBytes: pages.movedCount * sizes.pageBytes,
    pageCacheBytes: sizes.pageCacheBytes,
    readAheadBytes: sizes.readAheadBytes,
    pageTouchCount: pages.touchCount,
    pageHitCount: pages.hitCount,
  }
}

/** A file has fewer lines than this. */
const KEYS_A_FILE = 2 ** 32
const NO_KEY = -2

function keyOf(fileIndex: number, index: number): number {
  return fileIndex * KEYS_A_FILE + index
}

/** So many entries; a Set keeps them in the order of their last use. */
class Cache {
  readonly #mostCount: number
  readonly #entries = new Set<number>()
  touchCount = 0
  hitCount = 0
  movedCount = 0

  constructor(mostCount: number) {
    this.#mostCount = mostCount
  }

  /** @returns whether it was there */
  touch(key: number): boolean {
    this.touchCount++
    const wasThere = this.#entries.delete(key)
    if (wasThere) {
      this.hitCount++
      this.#entries.add(key)
    } else this.bring(key)
    return wasThere
  }

  /** From the device, unless it is there: then it isn't used by that. */
  bring(key: number): void {
    if (this.#entries.has(key)) return
    this.movedCount++
    this.#entries.add(key)
    if (this.#entries.size <= this.#mostCount) return
    for (const oldest of this.#entries) {
      this.#entries.delete(oldest)
      return
    }
  }
}
