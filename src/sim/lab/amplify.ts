// Read amplification, the reason for having no page cache: the same accesses once by cache line, as a processor reaches
// shared memory, and once by page, through a page cache that reads ahead. Both caches drop what was used longest ago.
// Left out on both sides: what a processor fetches ahead, and the copy from a page cache to the reader.

import { MIB } from '../../core/base/align.ts'
import { accessesOf } from './accesses.ts'
import { labFiles } from './files.ts'
import { LruCache } from './lru.ts'
import type { Amplification, LabProgress, LabSetup } from './types.ts'
import { countWords } from './words.ts'

export const AMPLIFY = { lineBytes: 64, lineCacheBytes: MIB, pageBytes: 4096, pageCacheBytes: 16 * MIB, readAheadBytes: 128 * 1024 } as const

export interface Sizes {
  lineBytes: number
  lineCacheBytes: number
  pageBytes: number
  pageCacheBytes: number
  readAheadBytes: number
}

/** Of lines and pages: between two looks at whether anybody still wants to know. */
const TOUCHES_A_STEP = 200_000

/** In steps, of which each says how many accesses are done. */
export function* amplificationOf(setup: LabSetup, sizes: Sizes = AMPLIFY): Generator<LabProgress, Amplification, void> {
  const fileSizes = labFiles(setup).files.map(({ map }) => map.sizeBytes)
  const { count, fileIndices, offsets, lengths } = accessesOf(setup, fileSizes)
  const lines = new LruCache(sizes.lineCacheBytes / sizes.lineBytes)
  const pages = new LruCache(sizes.pageCacheBytes / sizes.pageBytes)
  const aheadCount = sizes.readAheadBytes / sizes.pageBytes
  let askedBytes = 0
  // Where the access before ended: one that begins there, or on the page behind it, is read in order.
  let lastKey = NO_KEY
  let yieldedCount = 0
  for (let i = 0; i < count; i++) {
    if (i === 0 || lines.touchCount + pages.touchCount - yieldedCount >= TOUCHES_A_STEP) {
      yieldedCount = lines.touchCount + pages.touchCount
      yield { what: 'read amplification', doneCount: i, totalCount: count }
    }
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
    says: `${BEGINS[setup.pattern]} ${perAccess(lines.touchCount, count, 'line')} of ${sizes.lineBytes} bytes and ${perAccess(pages.touchCount, count, 'page')} on average.`,
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

const BEGINS: Record<LabSetup['pattern'], string> = {
  in_order: 'Each access begins where the last one ended, and touches',
  random: 'Accesses begin at any byte, not at the beginning of a line, and touch',
  stride: 'Accesses begin at one byte of a line or another, as the stride has it, and touch',
}

function perAccess(touchCount: number, accessCount: number, what: string): string {
  return countWords(Number((touchCount / accessCount).toPrecision(3)), what)
}

/** A file has fewer lines than this. */
const KEYS_A_FILE = 2 ** 32
const NO_KEY = -2

function keyOf(fileIndex: number, index: number): number {
  return fileIndex * KEYS_A_FILE + index
}
