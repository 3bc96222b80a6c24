// Messages of kernels that take maps in parts: what was written is read back, layouts are as they were agreed on, and no
// bytes whatever make a decoder throw.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/core/fmap/wide.ts'
import { decodeIomapBegin, decodeIomapEntries, decodeIomapInval, encodeIomapBegin, encodeIomapEntries, encodeIomapInval, IomapBegin, IomapEntry, IomapInval, newIomapEntries } from '../../../src/core/fuse/iomapMessages.ts'
import { decodePage, decodePageRequest, encodePage, encodePageRequest, FmapPageEnd, FmapPageRequest } from '../../../src/core/fuse/pagedMessages.ts'
import { propertyRuns } from '../../counts.ts'

const exact = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const extent = fc.record({ devindex: fc.nat({ max: 2 ** 32 - 1 }), offsetBytes: exact, lengthBytes: exact })
const extents = fc.array(extent.map((drawn) => ({ ...drawn, lengthBytes: Math.min(drawn.lengthBytes, Number.MAX_SAFE_INTEGER - drawn.offsetBytes) })), { maxLength: 20 })

const spaceless = (text: string): string => text.replaceAll(' ', '')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('a page of a map', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(extents, exact, fc.option(exact, { nil: undefined }), (list, sizeBytes, nextIndex) => {
      const page = { sizeBytes, mappings: columnsOf(list), nextIndex }
      expect(decodePage(encodePage(page))).toEqual({ page })
    }), { numRuns: propertyRuns.usual })
    fc.assert(fc.property(exact, (index) => void expect(decodePageRequest(encodePageRequest(index))).toBe(index)), { numRuns: propertyRuns.usual })
  })

  it('is laid out as a header, whole records and the next offset', () => {
    const mappings = columnsOf([{ devindex: 3, offsetBytes: 0x20_0000, lengthBytes: 0x1000 }])
    const header = spaceless('00 00 0100 00000000 01000000 00000000 0010000000000000 0000000000000000')
    const record = spaceless('03000000 00000000 0000200000000000 0010000000000000')
    expect(hex(encodePage({ sizeBytes: 4096, mappings, nextIndex: undefined }))).toBe(`${header}${record}${'f'.repeat(16)}`)
    expect(hex(encodePage({ sizeBytes: 4096, mappings, nextIndex: 1000 }))).toBe(`${header}${record}e803000000000000`)
    expect(hex(encodePageRequest(1000))).toBe('e803000000000000')
    expect([FmapPageRequest.sizeBytes, FmapPageEnd.sizeBytes]).toEqual([8, 8])
  })
})

describe('entries of a mapping cache', () => {
  it('are read as they were written, with what is asked and taken back', () => {
    const entry = fc.tuple(exact, exact, exact, fc.nat({ max: 65_535 }), fc.nat({ max: 65_535 }), fc.nat({ max: 2 ** 32 - 1 }), exact)
    fc.assert(fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (list) => {
      const entries = newIomapEntries(list.length)
      entries.count = list.length
      list.forEach(([offset, fileOffset, length, type, flags, devindex, cookie], i) => {
        entries.offsets[i] = offset
        entries.fileOffsets[i] = fileOffset
        entries.lengths[i] = length
        entries.types[i] = type
        entries.flags[i] = flags
        entries.devindices[i] = devindex
        entries.cookies[i] = cookie
      })
      expect(decodeIomapEntries(encodeIomapEntries(entries))).toEqual(entries)
    }), { numRuns: propertyRuns.usual })
    fc.assert(fc.property(exact, exact, exact, (fileOffsetBytes, lengthBytes, cookie) => {
      expect(decodeIomapBegin(encodeIomapBegin({ fileOffsetBytes, lengthBytes, cookie }))).toEqual({ fileOffsetBytes, lengthBytes, cookie })
      expect(decodeIomapInval(encodeIomapInval({ fileOffsetBytes, lengthBytes }))).toEqual({ fileOffsetBytes, lengthBytes })
    }), { numRuns: propertyRuns.usual })
  })

  it('are 40 bytes each, as they were agreed on', () => {
    const fields = ['addr', 'offset', 'length', 'type', 'flags', 'devindex', 'cookie']
    expect(fields.map((field) => IomapEntry.offsetOf(field))).toEqual([0, 8, 16, 24, 26, 28, 32])
    expect([IomapEntry.sizeBytes, IomapBegin.sizeBytes, IomapInval.sizeBytes]).toEqual([40, 32, 16])
  })
})

describe('any bytes', () => {
  it('are decoded to something or to nothing, never to an exception', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(8, 16, 32, 40, 64, 80).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })))
    fc.assert(fc.property(bytes, (any) => {
      const page = decodePage(any)
      expect('page' in page || page.trouble.length > 0).toBe(true)
      for (const decode of [decodePageRequest, decodeIomapBegin, decodeIomapEntries, decodeIomapInval]) decode(any)
    }), { numRuns: propertyRuns.cheap })
  })

  it('with numbers that nothing holds exactly are refused', () => {
    const page = encodePage({ sizeBytes: 4096, mappings: columnsOf([{ devindex: 0, offsetBytes: 0, lengthBytes: 4096 }]), nextIndex: undefined })
    for (const at of [16, 40, 48]) {
      const bent = page.slice()
      bent[at + 7] = 0x40
      expect(decodePage(bent)).toEqual({ trouble: expect.stringMatching(/file of|beyond any device/) })
    }
    const next = page.slice()
    next[page.length - 1] = 0x40
    expect(decodePage(next)).toEqual({ trouble: expect.stringMatching(/^the next mapping/) })
    expect(decodePageRequest(new Uint8Array(8).fill(255))).toBeUndefined()
  })
})
