// A table that doesn't fit its struct is refused when it is made, not when it is used.

import { describe, expect, it } from 'vitest'
import { array, choice, nested, pad, struct, text, u16, u32, u64, u8, uuid } from '../../../src/core/omf/struct.ts'

const Pair = struct('pair', 8, { a: u32('first'), b: u32('second') })

describe('a table is refused', () => {
  it.each([
    ['when a field is misaligned', () => struct('x', 9, { a: u8('a'), b: u64('b') }), 'x.b is aligned to 8 at 1'],
    ['when a 16-bit field is', () => struct('x', 3, { a: u8('a'), b: u16('b') }), 'x.b is aligned to 2 at 1'],
    ['when a struct in it is', () => struct('x', 12, { a: u8('a'), b: pad(1), c: nested(Pair, ''), d: pad(2) }), 'x.c is aligned to 4 at 2'],
    ['when an array in it is', () => struct('x', 9, { a: u8('a'), b: array(Pair, 1) }), 'x.b is aligned to 4 at 1'],
    ['when it is too short', () => struct('x', 8, { a: u32('a') }), 'x is 8 bytes long, its fields 4'],
    ['when it is too long', () => struct('x', 4, { a: u32('a'), b: u8('b') }), 'x is 4 bytes long, its fields 5'],
    ['when it ends in the middle of its alignment', () => struct('x', 12, { a: u64('a'), b: u32('b') }), 'x ends on a multiple of its alignment, 8'],
    ['when a variant is larger than its union', () => choice(4, 't', { 0: ['p', nested(Pair, '')] }), 'p fits its union of 4 bytes'],
  ])('%s', (_, make, says) => {
    expect(make).toThrow(says)
  })
})

describe('a table', () => {
  const Shape = struct('shape', 64, {
    kind: u32('selects'),
    count: u32('of pairs'),
    id: uuid('an id'),
    body: choice(24, 'kind', { 1: ['pairs', array(Pair, 3, 'count')], 2: ['one', nested(Pair, 'a pair')] }),
    name: text(16, 'a name'),
  })
  const id = '00112233-4455-6677-8899-aabbccddeeff'

  it('knows offsets by path', () => {
    expect(['kind', 'id', 'pairs', 'pairs[0].b', 'one.b', 'name'].map((path) => Shape.offsetOf(path))).toEqual([0, 8, 24, 28, 28, 48])
    expect(() => Shape.offsetOf('nothing')).toThrow('shape has a field nothing')
  })

  it('reads the variant that its selector names, and as many elements as are in use', () => {
    const value = { kind: 1, count: 2, id, body: { pairs: [{ a: 1, b: 2 }, { a: 3, b: 4 }] }, name: 'x' }
    expect(Shape.decode(Shape.encode(value))).toEqual(value)
    const other = { kind: 2, count: 9, id, body: { one: { a: 5, b: 6 } }, name: '' }
    expect(Shape.decode(Shape.encode(other))).toEqual(other)
    expect(Shape.decode(Shape.encode({ kind: 7, count: 0, id, body: {}, name: '' })).body).toEqual({})
  })

  it('shows each byte once, the unused as such', () => {
    const bytes = Shape.encode({ kind: 1, count: 1, id, body: { pairs: [{ a: 1, b: 2 }] }, name: 'x' })
    expect(Shape.rows(bytes).map((row) => [row.path, row.offsetBytes, row.sizeBytes, row.kind])).toEqual([
      ['kind', 0, 4, 'u32'],
      ['count', 4, 4, 'u32'],
      ['id', 8, 16, 'uuid'],
      ['pairs[0].a', 24, 4, 'u32'],
      ['pairs[0].b', 28, 4, 'u32'],
      ['pairs (unused)', 32, 16, 'unused'],
      ['name', 48, 16, 'text'],
    ])
  })

  it('asserts what its writer promised', () => {
    const four = Array.from({ length: 4 }, () => ({ a: 0, b: 0 }))
    expect(() => Shape.encode({ kind: 1, count: 4, id, body: { pairs: four }, name: '' })).toThrow('pair comes at most 3 times')
    expect(() => Shape.encode({ kind: 1, count: 0, id, body: {}, name: '' })).toThrow('kind promises pairs')
    expect(() => Pair.encodeAt({ a: 0, b: 0 }, new Uint8Array(8), 1)).toThrow('pair fits its target')
  })
})
