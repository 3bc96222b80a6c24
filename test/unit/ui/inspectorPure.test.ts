// What the inspector computes without a page: selections, what is typed, what is copied, values as text, and how files lie.

import { describe, expect, it } from 'vitest'
import { bytesOfCell } from '../../../src/playground/cells.ts'
import { bytesAsked, hexBytes, offsetAsked } from '../../../src/ui/inspector/asking.ts'
import { columnsFor } from '../../../src/ui/inspector/columns.ts'
import { copyText } from '../../../src/ui/inspector/copying.ts'
import { chunksText, deviceOffsetOf, extentText, layoutText, type Mapped, spotOf, spotText } from '../../../src/ui/inspector/fileMap.ts'
import { columnRange, columnsOf, markOf, moved, rangeOf, walked } from '../../../src/ui/inspector/range.ts'
import { rowOf, runesOf } from '../../../src/ui/inspector/runes.ts'
import { CELL_KINDS, exactText, extremesOf, numbersOf, parseValue, valuesOf, valueText } from '../../../src/ui/values.ts'

describe('a selection', () => {
  it('runs from its anchor to its head, both included', () => {
    expect(markOf({ anchor: 5, head: 2 })).toEqual({ startBytes: 2, lengthBytes: 4 })
    expect(markOf({ anchor: 2, head: 2 })).toEqual({ startBytes: 2, lengthBytes: 1 })
  })

  it('keeps its anchor while it is extended, and loses it when something else was selected', () => {
    const extended = moved(moved({ anchor: 10, head: 10 }, 12, true), 7, true)
    expect(extended).toEqual({ anchor: 10, head: 7 })
    expect(rangeOf(markOf(extended), extended)).toBe(extended)
    expect(rangeOf({ startBytes: 100, lengthBytes: 8 }, extended)).toEqual({ anchor: 100, head: 100 })
  })

  it('takes whole values on either side of the anchor', () => {
    const value = moved({ anchor: 0, head: 0 }, 16, false, 8)
    expect(markOf(value)).toEqual({ startBytes: 16, lengthBytes: 8 })
    expect(markOf(moved(value, 32, true, 8))).toEqual({ startBytes: 16, lengthBytes: 24 })
    expect(markOf(moved(value, 8, true, 8))).toEqual({ startBytes: 8, lengthBytes: 16 })
  })

  it('walks by bytes or by values, stays in its column, and never leaves the device', () => {
    const walk = { rowBytes: 16, pageBytes: 64, endBytes: 100, unitBytes: 1, far: false }
    expect(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) => walked(key, 18, walk))).toEqual([19, 17, 34, 2, 82, 2, 16, 31, undefined])
    expect(walked('ArrowUp', 2, walk)).toBe(2)
    expect(walked('ArrowDown', 90, walk)).toBe(99)
    expect(walked('ArrowLeft', 0, walk)).toBe(0)
    expect(walked('ArrowRight', 99, walk)).toBe(99)
    expect(walked('End', 18, { ...walk, far: true })).toBe(99)
    expect(walked('Home', 18, { ...walk, far: true })).toBe(0)
    expect(walked('ArrowRight', 19, { ...walk, unitBytes: 8 })).toBe(24)
    expect(walked('End', 19, { ...walk, unitBytes: 8 })).toBe(24)
    // 100 bytes hold 12 values of 8; the last begins at 88.
    expect(walked('End', 19, { ...walk, unitBytes: 8, far: true })).toBe(88)
  })

  it('is told to each row as the columns that it covers there', () => {
    const mark = { startBytes: 14, lengthBytes: 20 }
    expect([0, 16, 32, 48].map((from) => columnsOf(mark, from, 16))).toEqual(['14-16', '0-16', '0-2', ''])
    expect(columnRange('14-16')).toEqual([14, 16])
    expect(columnRange('')).toEqual([0, 0])
  })
})

describe('what is typed', () => {
  it.each([
    ['0x200', 512], ['512', 512], ['2k', 2048], ['1 MiB', 1048576], ['+0x10', 1016], ['-1000', 0], [' + 8', 1008],
  ])('%s is an offset', (text, offset) => {
    expect(offsetAsked(text, 1000, 2 ** 32)).toEqual({ value: offset })
  })

  it.each(['', 'far', '-1001', '4g', '+4g', '0x'])('%s is none', (text) => {
    expect(offsetAsked(text, 1000, 2 ** 32)).toEqual({ mistake: expect.stringMatching(/^Give 0x….*below 4\.0 GiB\.$/) })
  })

  it.each(['ff82b287', 'FF 82 b2 87', '0xff, 0x82, 0xb2, 0x87', 'ff:82:b2:87'])('%s is four bytes', (text) => {
    expect(hexBytes(text)).toEqual({ value: Uint8Array.of(0xff, 0x82, 0xb2, 0x87) })
  })

  it('is a sentence where it is no hex, or nothing at all', () => {
    for (const text of ['', 'xy', 'fff', '0x']) expect([text, hexBytes(text)]).toEqual([text, { mistake: 'Give pairs of hex digits, such as ff 82 b2 87.' }])
    expect(hexBytes('0 1 ff')).toEqual({ value: Uint8Array.of(0, 1, 255) })
    expect(bytesAsked('', 'text')).toEqual({ mistake: 'Type what to look for.' })
    expect(bytesAsked('é ', 'text')).toEqual({ value: Uint8Array.of(0xc3, 0xa9, 0x20) })
  })
})

describe('what is copied', () => {
  it('is hex, base64 or text, also when it is long', () => {
    const bytes = Uint8Array.from({ length: 65536 }, (_, i) => (i * 7) % 256)
    expect(copyText(Uint8Array.of(0, 255, 16), 'hex')).toBe('00 ff 10')
    expect(copyText(bytes, 'base64')).toBe(Buffer.from(bytes).toString('base64'))
    expect(hexBytes(copyText(bytes, 'hex'))).toEqual({ value: bytes })
    expect(copyText(new TextEncoder().encode('Grüße'), 'text')).toBe('Grüße')
  })
})

describe('values', () => {
  it.each(CELL_KINDS)('of %s are the same after a way through text', (cell) => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 11)
    for (const value of valuesOf(bytes, cell)) {
      const parsed = parseValue(exactText(value, cell), cell)
      expect(parsed).toEqual({ value })
      if (Number.isNaN(value)) continue
      expect('value' in parsed && bytesOfCell(cell, parsed.value)).toEqual(bytesOfCell(cell, value))
    }
  })

  it('of 64 bits are exact', () => {
    const bytes = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255)
    expect(valuesOf(bytes, 'BigUint64')[0]).toBe(18446744073709551615n)
    expect(valuesOf(bytes, 'BigInt64')[0]).toBe(-1n)
    expect(valueText(18446744073709551615n, 'BigUint64')).toBe('18446744073709551615')
    expect(parseValue('18446744073709551615', 'BigUint64')).toEqual({ value: 18446744073709551615n })
    expect(parseValue('0xffffffffffffffff', 'BigUint64')).toEqual({ value: 18446744073709551615n })
    expect(parseValue('18446744073709551616', 'BigUint64')).toEqual({ mistake: 'Give a whole number from 0 to 18446744073709551615.' })
    expect(extremesOf(BigInt64Array.of(3n, 9007199254740993n, -9007199254740993n))).toEqual({ low: -9007199254740993n, high: 9007199254740993n })
    expect(numbersOf(BigInt64Array.of(2n))).toEqual(Float64Array.of(2))
  })

  it('show what is odd in floating point', () => {
    expect([Number.NaN, -0, 0, Infinity, -Infinity].map((value) => exactText(value, 'Float64'))).toEqual(['NaN', '-0', '0', 'Infinity', '-Infinity'])
    expect([Number.NaN, -0, 0, Infinity].map((value) => valueText(value, 'Float32'))).toEqual(['NaN', '-0', '0', 'Infinity'])
    expect(exactText(Math.fround(0.1), 'Float32')).toBe('0.1')
    expect(exactText(0.1 + 0.2, 'Float64')).toBe('0.30000000000000004')
    expect(valueText(0.1 + 0.2, 'Float64')).toBe('0.3')
    expect(parseValue('-0', 'Float64')).toEqual({ value: -0 })
    expect(parseValue('nan', 'Float32')).toEqual({ value: Number.NaN })
    expect(extremesOf(Float64Array.of(Number.NaN, 2, Infinity, 1))).toEqual({ low: 1, high: 2 })
    expect(extremesOf(Float64Array.of(Number.NaN, Infinity))).toBeUndefined()
    expect(extremesOf(Float64Array.of())).toBeUndefined()
  })

  it('leave out a rest that is too short for one', () => {
    expect(valuesOf(Uint8Array.of(1, 0, 0, 0, 9), 'Uint32')).toEqual(Float64Array.of(1))
    expect(valuesOf(new Uint8Array(7), 'BigInt64')).toEqual(new BigInt64Array(0))
  })

  it.each([
    ['', 'Uint8', 'Give a number.'], ['many', 'Uint8', 'Give a number.'], ['1.5', 'Uint8', 'Give a whole number from 0 to 255.'], ['256', 'Uint8', 'Give a whole number from 0 to 255.'],
    ['-129', 'Int8', 'Give a whole number from -128 to 127.'], ['1e999', 'Float64', 'Give a number that 64 bits can hold: at most about 1.8e308.'],
    ['1e39', 'Float32', 'Give a number that 32 bits can hold: at most about 3.4e38.'], ['', 'Float64', 'Give a number.'],
  ] as const)('“%s” is no %s', (text, cell, mistake) => {
    expect(parseValue(text, cell)).toEqual({ mistake })
  })
})

describe('bytes as text', () => {
  it('have one place each, and characters stand where their bytes do', () => {
    expect(runesOf(new TextEncoder().encode('aé€😀\n'))).toEqual(['a', 'é', '', '€', '', '', '😀', '', '', '', '↵'])
    expect(runesOf(Uint8Array.of(0xff, 0, 0xc3, 0x41, 0xe2, 0x82))).toEqual(['·', '·', '·', 'A', '·', '·'])
    // A control character in two bytes, and a surrogate that UTF-8 doesn't have.
    expect(runesOf(Uint8Array.of(0xc2, 0x85, 0xed, 0xa0, 0x80)).join('')).not.toMatch(/[\u0085\uFFFD]/)
  })

  it('fill a row where they are known, and leave blanks before and behind', () => {
    expect(rowOf(['a', 'é', '', 'z'], -2, 4)).toEqual([' ', ' ', 'a', 'é'])
    expect(rowOf(['a', 'é', '', 'z'], 2, 4)).toEqual(['', 'z', ' ', ' '])
  })
})

describe('rows of hex', () => {
  it('are as wide as fits, and never narrower than a value', () => {
    expect([0, 36, 30, 14, 5].map((rem) => columnsFor(rem, 'text'))).toEqual([16, 16, 8, 4, 4])
    // Of several devices, addresses are longer.
    expect([columnsFor(35.5, 'text'), columnsFor(35.5, 'text', 17)]).toEqual([16, 8])
    expect([60, 36, 20].map((rem) => columnsFor(rem, 'Float64'))).toEqual([16, 8, 8])
    expect([80, 36, 22].map((rem) => columnsFor(rem, 'Int8'))).toEqual([16, 8, 4])
  })
})

describe('how a file lies', () => {
  const striped: Mapped = {
    path: 'wide.bin', sizeBytes: 9 * 4096 + 100, chunkBytes: 4096,
    extents: [{ offsetBytes: 100 * 4096, lengthBytes: 4 * 4096 }, { offsetBytes: 300 * 4096, lengthBytes: 4 * 4096 }, { offsetBytes: 200 * 4096, lengthBytes: 4 * 4096 }],
  }
  const pieces: Mapped = { path: 'two.bin', sizeBytes: 5000, chunkBytes: undefined, extents: [{ offsetBytes: 8192, lengthBytes: 4096 }, { offsetBytes: 65536, lengthBytes: 4096 }] }

  it('goes from a byte of the device to a byte of the file and back', () => {
    for (let fileBytes = 0; fileBytes < striped.sizeBytes; fileBytes += 97) {
      const offset = deviceOffsetOf(striped, fileBytes) ?? -1
      const strip = Math.floor(fileBytes / 4096) % 3
      expect(spotOf(striped, strip, offset)).toEqual({ fileBytes, piece: strip, chunk: Math.floor(fileBytes / 4096) })
    }
    expect(deviceOffsetOf(pieces, 4097)).toBe(65537)
    expect(spotOf(pieces, 1, 65537)).toEqual({ fileBytes: 4097, piece: 1, chunk: undefined })
    expect(deviceOffsetOf(pieces, 8192)).toBeUndefined()
  })

  it('is told in words', () => {
    expect([0, 1, 2].map((strip) => chunksText(striped, strip))).toEqual(['chunks 0, 3, 6, 9', 'chunks 1, 4, 7', 'chunks 2, 5, 8'])
    expect(chunksText({ ...striped, sizeBytes: 100 * 4096 }, 2)).toBe('chunks 2, 5, 8 … 98')
    expect(chunksText({ ...striped, sizeBytes: 4097 }, 1)).toBe('chunk 1')
    expect(chunksText({ ...striped, sizeBytes: 4097 }, 2)).toBe('no chunk: the file ends before')
    expect(extentText(pieces, 1)).toBe('bytes 4,096 to 4,999')
    expect(extentText({ ...pieces, sizeBytes: 10 }, 1)).toBe('no byte: the file ends before')
    expect(layoutText(striped)).toBe('wide.bin is striped: chunks of 4.0 KiB go to 3 strips in turn, so that 3 strips share the load.')
    expect(layoutText(pieces)).toBe('two.bin lies in 2 extents, one after the other.')
    expect(spotText(striped, spotOf(striped, 1, 301 * 4096 + 5))).toBe('Byte 16,389 of wide.bin is on strip 1, chunk 4.')
    expect(spotText(pieces, spotOf(pieces, 1, 65536 + 904))).toBe('Behind the end of two.bin, which has 5,000 bytes: its last unit is not full.')
  })
})
