// Reserved fields are zero in every message (golden/README.md): one byte of them that isn't makes it no message, whoever reads it.

import { expect, it } from 'vitest'
import { columnsOf, type WideMap, wideOf } from '../../../src/core/fmap/wide.ts'
import { answerProbe } from '../../../src/core/fuse/daemonFmap.ts'
import { directLink } from '../../../src/core/fuse/directLink.ts'
import { decodeFmap, encodeFmap, encodeSized } from '../../../src/core/fuse/fmapMessage.ts'
import { decodeIomapBegin, encodeIomapBegin, IomapBegin } from '../../../src/core/fuse/iomapMessages.ts'
import { abi43 } from '../../../src/core/fuse/ioctlMap.ts'
import { IoctlMap43 } from '../../../src/core/fuse/ioctlMessages.ts'
import { DaxdevReply, FmapExtent, FmapHeader, FmapInterleaved, FmapProbe } from '../../../src/core/fuse/messages.ts'
import { decodePage, encodePage } from '../../../src/core/fuse/pagedMessages.ts'
import { decodeInitReply, decodeTable, encodeInitReply, encodeOpen, encodeTable, isOpen, ProgramDaxdev, ProgramInitReply, ProgramOpen, ProgramTable } from '../../../src/core/fuse/programMessages.ts'
import { pullDevice } from '../../../src/core/kernel/ways/pull.ts'
import { Bench, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const extents = [0, 1].map((devindex) => ({ devindex, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
const simple: WideMap & { kind: 'simple' } = { kind: 'simple', sizeBytes: 2 * UNIT_BYTES, columns: columnsOf(extents) }
const striped = wideOf({ kind: 'interleaved', sizeBytes: 2 * UNIT_BYTES, chunkBytes: UNIT_BYTES, strips: extents })
const ioctl = new Uint8Array(IoctlMap43.sizeBytes + 48)
abi43.encode({ kind: 'simple', sizeBytes: 2 * UNIT_BYTES, extents }, new DataView(ioctl.buffer))

type Table = Pick<typeof FmapHeader, 'rows' | 'sizeBytes'>

function learns(reply: Uint8Array): boolean {
  const bench = new Bench(2, 8 * UNIT_BYTES)
  const { link } = directLink(() => ({ GET_DAXDEV: () => ({ errno: 0, bytes: reply }) }))
  return pullDevice(bench.context, link, 'f', 1) === undefined
}

const kinds: [name: string, bytes: Uint8Array, tables: Table[], reservedBytes: number, isTaken: (bytes: Uint8Array) => boolean][] = [
  ['GET_FMAP, a list', encodeFmap(simple), [FmapHeader, FmapExtent, FmapExtent], 17, (bytes) => 'map' in decodeFmap(bytes)],
  ['GET_FMAP, striped', encodeFmap(striped), [FmapHeader, FmapInterleaved, FmapExtent, FmapExtent], 25, (bytes) => 'map' in decodeFmap(bytes)],
  ['GET_FMAP with its size', encodeSized(simple), [FmapHeader, FmapExtent, FmapExtent], 17, (bytes) => 'map' in decodeFmap(bytes, true)],
  ['GET_FMAP, a page', encodePage({ sizeBytes: simple.sizeBytes, mappings: simple.columns, nextIndex: 2 }), [FmapHeader, FmapExtent, FmapExtent], 17, (bytes) => 'page' in decodePage(bytes)],
  ['the size probe', FmapProbe.encode({ buffer_bytes: 4096 }), [FmapProbe], 4, (bytes) => answerProbe({ map: () => simple, daxdev: () => undefined })(1, bytes).errno === 0],
  ['GET_DAXDEV', DaxdevReply.encode({ index: 1, name: '/dev/dax1.0' }), [DaxdevReply], 22, learns],
  ['IOMAP_BEGIN', encodeIomapBegin({ fileOffsetBytes: 1, lengthBytes: 2, cookie: 3 }), [IomapBegin], 4, (bytes) => decodeIomapBegin(bytes) !== undefined],
  ['INIT', encodeInitReply([0, 1].map((devindex) => ({ devindex, name: 'd' }))), [ProgramInitReply, ProgramDaxdev, ProgramDaxdev], 8, (bytes) => 'devices' in decodeInitReply(bytes)],
  ['OPEN', encodeOpen(), [ProgramOpen], 4, isOpen],
  ['TABLE', encodeTable({ firstCell: 1, spans: extents, cells: new Uint8Array(8) }), [ProgramTable, FmapExtent, FmapExtent], 8, (bytes) => 'cells' in decodeTable(bytes)],
  ['MAP_CREATE v2', ioctl, [IoctlMap43], 4, (bytes) => 'map' in abi43.decode(new DataView(bytes.buffer), bytes.length)],
]

it.each(kinds)('%s', (_, bytes, tables, reservedBytes, isTaken) => {
  expect(isTaken(bytes.slice())).toBe(true)
  const places: number[] = []
  let startBytes = 0
  for (const { rows, sizeBytes } of tables) {
    for (const hole of rows().filter(({ kind }) => kind === 'unused')) for (let i = 0; i < hole.sizeBytes; i++) places.push(startBytes + hole.offsetBytes + i)
    startBytes += sizeBytes
  }
  expect(places).toHaveLength(reservedBytes)
  const taken = places.filter((place) => {
    const bent = bytes.slice()
    bent[place] = 1
    return isTaken(bent)
  })
  expect(taken).toEqual([])
})
