// The defaults file is read strictly: what it means is taken, and whatever else stands there is told.

import { describe, expect, it } from 'vitest'
import { parseAllocConfig } from '../../../src/core/fs/allocConfig.ts'

const interleave = { bucketCount: 8, stripCount: 6, chunkBytes: 2 ** 21 }

describe('a defaults file', () => {
  it.each([
    'interleaved_alloc:\n  nbuckets: 8\n  nstrips: 6\n  chunk_size: 2m\n',
    '---\ninterleaved_alloc:\n  chunk_size: 0x200000\n  nstrips: 06\n  nbuckets: 0x8\n...\n',
    '# defaults\n\n---\n\ninterleaved_alloc: # all\n    nbuckets: "8" # of 8\n    nstrips: \'6\'\n    "chunk_size": 2M\n',
    'interleaved_alloc:\r\n  nbuckets: 8\r\n  nstrips: 6\r\n  chunk_size: 2048K\r\n',
  ])('%j', (text) => expect(parseAllocConfig(text)).toEqual({ interleave }))

  it('may ask for one piece', () => {
    expect(parseAllocConfig('interleaved_alloc:\n  nbuckets: 0\n  nstrips: 0\n  chunk_size: 0\n')).toEqual({ interleave: { bucketCount: 0, stripCount: 0, chunkBytes: 0 } })
  })

  it.each([
    ['', 'the document is empty'],
    ['# nothing\n', 'the document is empty'],
    ['hello\n', '“hello” stands where interleaved_alloc: is expected'],
    ['interleaved_alloc: {nbuckets: 8}\n', '“interleaved_alloc: {nbuckets: 8}” stands where interleaved_alloc: is expected'],
    ['interleaved_alloc:\n', 'nbuckets is missing'],
    ['interleaved_alloc:\n  nbuckets: 8\n  nstrips: 6\n', 'chunk_size is missing'],
    ['interleaved_alloc:\n  nbuckets: 8\n  nbuckets: 8\n', 'nbuckets stands there twice'],
    ['interleaved_alloc:\n  nbuckets: 8\n  strips: 6\n', '“strips: 6” is not one of its keys'],
    ['interleaved_alloc:\nnbuckets: 8\n', '“nbuckets: 8” is not one of its keys'],
    ['interleaved_alloc:\n  nbuckets: 8\n   nstrips: 6\n', '“nstrips: 6” is not one of its keys'],
    ['interleaved_alloc:\n  nbuckets: 8k\n', '“8k” is no value for nbuckets'],
    ['interleaved_alloc:\n  chunk_size: 2mb\n', '“2mb” is no value for chunk_size'],
    ['interleaved_alloc:\n  nstrips: 09\n', '“09” is no value for nstrips'],
    ['interleaved_alloc:\n  nstrips: -1\n', '“-1” is no value for nstrips'],
    ['interleaved_alloc:\n  nstrips:\n', '“” is no value for nstrips'],
  ])('%j is told', (text, trouble) => expect(parseAllocConfig(text)).toEqual({ trouble }))
})
