// File maps as messages: what the tables say is what the writers by hand do, any map comes back as it was sent, and whatever
// else the bytes are, reading them says so and throws nothing.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Extent, Fmap } from '../../../src/core/fmap/fmap.ts'
import { columnsOf, type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import { decodeFmap, encodeFmap, encodeSized, headerAlone, sizeOfWhole } from '../../../src/core/fuse/fmapMessage.ts'
import { abi43, IOCTL_BYTES_MOST, type MapAbi } from '../../../src/core/fuse/ioctlMap.ts'
import { abi42 } from '../../../src/core/fuse/ioctlMap42.ts'
import { IoctlExtent, IoctlInterleaved, IoctlMap42, IoctlMap43 } from '../../../src/core/fuse/ioctlMessages.ts'
import { DaxdevReply, DaxdevRequest, FmapExtent, FmapHeader, FmapInterleaved, FmapProbe } from '../../../src/core/fuse/messages.ts'
import { propertyRuns } from '../../counts.ts'

const SAFE = Number.MAX_SAFE_INTEGER
const exact = fc.maxSafeNat()
const extent = fc
  .record({ devindex: fc.nat({ max: 0xffff_ffff }), offsetBytes: exact, lengthBytes: exact })
  .map((drawn): Extent => ({ ...drawn, lengthBytes: Math.min(drawn.lengthBytes, SAFE - drawn.offsetBytes) }))
const part = fc.record({ sizeBytes: exact, chunkBytes: fc.nat({ max: 0xffff_ffff }), strips: fc.array(extent, { maxLength: 20 }) })
const anyWide: fc.Arbitrary<WideMap> = fc.oneof(
  fc.record({ sizeBytes: exact, extents: fc.array(extent, { maxLength: 40 }) }).map(({ sizeBytes, extents }): WideMap => ({ kind: 'simple', sizeBytes, columns: columnsOf(extents) })),
  fc.record({ sizeBytes: exact, interleaved: fc.array(part, { maxLength: 4 }) }).map((drawn): WideMap => ({ kind: 'interleaved', ...drawn })),
)
const anyFmap: fc.Arbitrary<Fmap> = fc.oneof(
  fc.record({ sizeBytes: exact, extents: fc.array(extent, { minLength: 1, maxLength: 16 }) }).map((drawn): Fmap => ({ kind: 'simple', ...drawn })),
  fc.record({ sizeBytes: exact, chunkBytes: exact, strips: fc.array(extent, { minLength: 1, maxLength: 16 }) }).map((drawn): Fmap => ({ kind: 'interleaved', ...drawn })),
)

function sent(abi: MapAbi, map: Fmap): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(IOCTL_BYTES_MOST)
  return message.slice(0, abi.encode(map, new DataView(message.buffer)))
}

const read = (abi: MapAbi, bytes: Uint8Array): ReturnType<MapAbi['decode']> => abi.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length)

describe('sizes are the ones of the protocol', () => {
  it.each([
    [FmapHeader, 32], [FmapExtent, 24], [FmapInterleaved, 24], [FmapProbe, 8], [DaxdevRequest, 4], [DaxdevReply, 280], [IoctlMap42, 56], [IoctlMap43, 32],
    [IoctlExtent, 24], [IoctlInterleaved, 32],
  ] as const)('%o', (table, sizeBytes) => expect(table.sizeBytes).toBe(sizeBytes))

  it('and a device’s name lies where it should', () => expect(DaxdevReply.offsetOf('name')).toBe(24))
})

describe('GET_FMAP', () => {
  it('brings any map as it is', () => {
    fc.assert(fc.property(anyWide, (map) => void expect(decodeFmap(encodeFmap(map))).toEqual({ map })), { numRuns: propertyRuns.usual })
  })

  it('with its size in front, where the kernel asks with a buffer', () => {
    const map: WideMap & { kind: 'simple' } = { kind: 'simple', sizeBytes: 5000, columns: columnsOf([{ devindex: 3, offsetBytes: 8192, lengthBytes: 8192 }]) }
    const bytes = encodeSized(map)
    expect([bytes.length, FmapHeader.decode(bytes).fmap_bytes, sizeOfWhole(bytes)]).toEqual([56, 56, 56])
    expect(decodeFmap(bytes, true)).toEqual({ map })
    expect(decodeFmap(bytes)).toEqual({ trouble: 'a message of 56 bytes that says it has 56' })
    expect(decodeFmap(encodeFmap(map), true)).toEqual({ trouble: 'a message of 56 bytes that says it has 0' })
    const alone = headerAlone(5000, 1)
    expect([alone.length, sizeOfWhole(alone)]).toEqual([32, 56])
    expect(decodeFmap(alone, true)).toEqual({ trouble: 'a message of 32 bytes that says it has 56' })
  })

  it.each<[string, (bytes: Uint8Array<ArrayBuffer>, view: DataView) => Uint8Array | undefined, string]>([
    ['cut short', (bytes) => bytes.subarray(0, 31), 'a message of 31 bytes has no whole header'],
    ['another version', (_, view) => void view.setUint16(2, 2, true), 'version 2'],
    ['another file type', (_, view) => void view.setUint8(0, 1), 'file type 1'],
    ['an extent type that isn’t', (_, view) => void view.setUint32(4, 2, true), 'extent type 2'],
    ['a size that no number holds', (_, view) => void view.setBigUint64(16, 1n << 53n, true), 'a size of 9007199254740992 bytes'],
    ['more strips than there are bytes', (_, view) => void view.setUint32(32, 0xffff_ffff, true), '4294967295 strips in a message of 104 bytes'],
    ['more extents than there are bytes', (_, view) => void view.setUint32(8, 3, true), '3 interleaved extents in a message of 104 bytes'],
    ['a strip beyond any device', (_, view) => void view.setBigUint64(64, (1n << 53n) - 1n, true), 'strip 0 is beyond any device'],
    ['a byte too many', (bytes) => Uint8Array.of(...bytes, 0), '1 bytes behind the last record'],
    ['a list that has no such length', (_, view) => void view.setUint32(4, 0, true), '1 extents in a message of 104 bytes'],
  ])('refuses %s', (_, damage, trouble) => {
    const map = wideOf({ kind: 'interleaved', sizeBytes: 5000, chunkBytes: 4096, strips: [0, 1].map((i) => ({ devindex: i, offsetBytes: 8192, lengthBytes: 4096 })) })
    const bytes = encodeFmap(map)
    expect(decodeFmap(damage(bytes, new DataView(bytes.buffer)) ?? bytes)).toEqual({ trouble })
  })

  it('throws for no bytes at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, sized) => void expect(Object.keys(decodeFmap(bytes, sized))).toHaveLength(1)), { numRuns: propertyRuns.cheap })
  })
})

describe('the ioctl, ABI 43', () => {
  it('brings any map that a log can hold as it is', () => {
    fc.assert(fc.property(anyFmap, (map) => void expect(read(abi43, sent(abi43, map))).toEqual({ map })), { numRuns: propertyRuns.usual })
  })

  it('lies on the bytes as its tables do', () => {
    const strips = [0, 1, 2].map((i) => ({ devindex: i, offsetBytes: 2 ** 33 + i, lengthBytes: 2 ** 34 + i }))
    const simple = sent(abi43, { kind: 'simple', sizeBytes: 2 ** 40 + 1, extents: strips })
    expect(IoctlMap43.decode(simple)).toEqual({ fioc_file_size: 2n ** 40n + 1n, fioc_file_type: 0, fioc_ext_type: 0, fioc_nextents: 3, fioc_pointer: 32n })
    expect(IoctlExtent.decode(simple, 32 + 24)).toEqual({ devindex: 1n, offset: 2n ** 33n + 1n, len: 2n ** 34n + 1n })
    const striped = sent(abi43, { kind: 'interleaved', sizeBytes: 2 ** 40 + 1, chunkBytes: 2 ** 32, strips })
    expect(IoctlMap43.decode(striped)).toMatchObject({ fioc_ext_type: 1, fioc_nextents: 1, fioc_pointer: 32n })
    expect(IoctlInterleaved.decode(striped, 32)).toEqual({ ie_nstrips: 3n, ie_chunk_size: 2n ** 32n, ie_nbytes: 2n ** 40n + 1n, ie_pointer: 64n })
    expect(IoctlExtent.decode(striped, 64 + 48)).toEqual({ devindex: 2n, offset: 2n ** 33n + 2n, len: 2n ** 34n + 2n })
    expect([simple.length, striped.length]).toEqual([32 + 72, 64 + 72])
  })

  it.each<[string, (view: DataView) => void, string, boolean]>([
    ['17 extents', (view) => view.setUint32(16, 17, true), '17 extents, and 16 are the most', true],
    ['a pointer into the header', (view) => view.setBigUint64(24, 8n, true), '2 extents at byte 8 of 80', false],
    ['a pointer behind the message', (view) => view.setBigUint64(24, 1n << 40n, true), '2 extents at byte 1099511627776 of 80', false],
    ['a pointer that no number holds', (view) => view.setBigUint64(24, (1n << 64n) - 1n, true), '2 extents at byte -1 of 80', false],
    ['a device that has no 32-bit index', (view) => view.setBigUint64(32, 1n << 32n, true), 'extent 0 is beyond any device', false],
    ['a place beyond any device', (view) => view.setBigUint64(40, (1n << 53n) - 1n, true), 'extent 0 is beyond any device', false],
    ['another file type', (view) => view.setUint32(8, 2, true), 'file type 2', false],
    ['an extent type that isn’t', (view) => view.setUint32(12, 2, true), 'extent type 2', false],
  ])('refuses %s', (_, damage, trouble, isLimit) => {
    const bytes = sent(abi43, { kind: 'simple', sizeBytes: 5000, extents: [1, 2].map((i) => ({ devindex: 0, offsetBytes: i * 4096, lengthBytes: 4096 })) })
    damage(new DataView(bytes.buffer))
    expect(read(abi43, bytes)).toEqual({ trouble, isLimit })
  })

  it('refuses more than one interleaved extent, more than 16 strips, and a part of a file', () => {
    const strips = Array.from({ length: 17 }, (_, i) => ({ devindex: 0, offsetBytes: i * 4096, lengthBytes: 4096 }))
    expect(read(abi43, sent(abi43, { kind: 'interleaved', sizeBytes: 5000, chunkBytes: 4096, strips }))).toEqual({ trouble: '17 strips, and 16 are the most', isLimit: true })
    const bytes = sent(abi43, { kind: 'interleaved', sizeBytes: 5000, chunkBytes: 4096, strips: strips.slice(0, 2) })
    const view = new DataView(bytes.buffer)
    view.setBigUint64(48, 4999n, true)
    expect(read(abi43, bytes)).toMatchObject({ isLimit: false })
    view.setUint32(16, 2, true)
    expect(read(abi43, bytes)).toEqual({ trouble: '2 interleaved extents, and 1 are the most', isLimit: true })
  })
})

describe('the older ioctl, ABI 42', () => {
  const two: Fmap = { kind: 'simple', sizeBytes: 5000, extents: [1, 2].map((i) => ({ devindex: 0, offsetBytes: i * 4096, lengthBytes: 4096 })) }

  it('brings two extents on the first device', () => {
    expect(sent(abi42, two).length).toBe(56)
    expect(IoctlMap42.decode(sent(abi42, two))).toEqual({
      extent_type: 0, file_type: 0, file_size: 5000n, ext_list_count: 2n, ext_list: [{ offset: 4096n, len: 4096n }, { offset: 8192n, len: 4096n }],
    })
    expect(read(abi42, sent(abi42, two))).toEqual({ map: two })
  })

  it('has no room for more, and no word for striping and other devices', () => {
    const three = { ...two, extents: [...two.extents, { devindex: 0, offsetBytes: 16384, lengthBytes: 4096 }] }
    expect(read(abi42, sent(abi42, three))).toEqual({ trouble: '3 extents, and 2 are the most', isLimit: true })
    const striped: Fmap = { kind: 'interleaved', sizeBytes: 5000, chunkBytes: 4096, strips: two.extents }
    expect(read(abi42, sent(abi42, striped))).toEqual({ trouble: "extent type 1 (striped), which this ioctl doesn't know", isLimit: false })
    expect(abi42.unsayable(two)).toBeUndefined()
    expect(abi42.unsayable({ ...two, extents: [{ devindex: 1, offsetBytes: 0, lengthBytes: 8192 }] })).toContain('no device index')
  })
})

it('no ioctl’s bytes make its reader throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(abi42, abi43), (bytes, abi) => void expect(Object.keys(read(abi, bytes))[0]).toMatch(/^(map|trouble)$/)), { numRuns: propertyRuns.cheap })
})
