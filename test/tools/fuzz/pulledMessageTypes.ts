// Messages of kernels that take a map in parts: pages, and mappings with cookies, as answers, notices and requests.

import { columnsOf, type WideMap } from '../../../src/core/fmap/wide.ts'
import { answerDaxdev } from '../../../src/core/fuse/daemonFmap.ts'
import { IomapDaemon } from '../../../src/core/fuse/daemonIomap.ts'
import { pagedFmap } from '../../../src/core/fuse/daemonPaged.ts'
import { answer, directLink } from '../../../src/core/fuse/directLink.ts'
import { decodeIomapBegin, decodeIomapEntries, decodeIomapInval, encodeIomapBegin, encodeIomapEntries, encodeIomapInval, IomapEntry, newIomapEntries } from '../../../src/core/fuse/iomapMessages.ts'
import { FmapExtent, FmapHeader } from '../../../src/core/fuse/messages.ts'
import { decodePage, decodePageRequest, encodePage, encodePageRequest, FmapPageEnd } from '../../../src/core/fuse/pagedMessages.ts'
import type { MapStore } from '../../../src/core/fuse/wire.ts'
import { iomapWay } from '../../../src/core/kernel/ways/iomap.ts'
import { pagedWay } from '../../../src/core/kernel/ways/paged.ts'
import type { Chance } from './chance.ts'
import { opened, requestType } from './mapMessageTypes.ts'
import { someList } from './messageMaps.ts'
import { type MessageType, nameOf, newContext, NODE, outcomeOf, type Sound, UNIT_BYTES } from './messageType.ts'

const STORED: WideMap = {
  kind: 'simple', sizeBytes: 6 * UNIT_BYTES - 100,
  columns: columnsOf([{ devindex: 0, offsetBytes: UNIT_BYTES, lengthBytes: 2 * UNIT_BYTES }, { devindex: 1, offsetBytes: 0, lengthBytes: 4 * UNIT_BYTES }]),
}
const store: MapStore = { map: (node) => (node === NODE ? STORED : undefined), daxdev: (devindex) => (devindex < 3 ? nameOf(devindex) : undefined) }

const pageReply: MessageType = {
  name: 'GET_FMAP in pages, answer',
  make(chance) {
    const { sizeBytes, columns } = someList(chance)
    return { bytes: encodePage({ sizeBytes, mappings: columns, nextIndex: undefined }), sizeBytes }
  },
  mend(bytes, { sizeBytes }, chance) {
    const endBytes = FmapPageEnd.sizeBytes
    const count = Math.max(1, Math.floor((bytes.length - FmapHeader.sizeBytes - endBytes) / FmapExtent.sizeBytes))
    const whole = new Uint8Array(FmapHeader.sizeBytes + count * FmapExtent.sizeBytes + endBytes)
    whole.set(bytes.subarray(0, whole.length))
    FmapHeader.encodeAt({ file_type: 0, fmap_version: 1, ext_type: 0, nextents: count, fmap_bytes: 0, file_size: BigInt(sizeBytes) }, whole)
    const next_offset = chance.oneIn(4) ? BigInt(count) : (1n << 64n) - 1n
    FmapPageEnd.encodeAt({ next_offset }, whole, whole.length - endBytes)
    return whole
  },
  isForm: (bytes) => 'page' in decodePage(bytes),
  judge(bytes, { sizeBytes }, chance) {
    // So little room that pages are asked for again; the answer to that may be another.
    const cacheCapBytes = chance.oneIn(2) ? 64 : 4096
    const other = bytes.slice()
    if (chance.oneIn(4) && other.length > 48) other[40] = (other[40] as number) ^ 0x10
    let count = 0
    return opened((link) => pagedWay(link, { cacheCapBytes }), { GET_FMAP: () => answer(count++ < 3 ? bytes : other) }, sizeBytes, chance)
  },
}

function entriesOf({ columns: { count, devindices, offsets, lengths } }: WideMap & { kind: 'simple' }): Uint8Array<ArrayBuffer> {
  const entries = newIomapEntries(count)
  for (let i = 0, at = 0; i < count; i++) {
    entries.fileOffsets[i] = at
    entries.lengths[i] = lengths[i] as number
    entries.offsets[i] = offsets[i] as number
    entries.devindices[i] = devindices[i] as number
    entries.types[i] = 2
    at += lengths[i] as number
  }
  entries.count = count
  return encodeIomapEntries(entries)
}

/** Whole entries that are mapped, without flags, under the first cookie. */
function mendEntries(bytes: Uint8Array<ArrayBuffer>, cookie: bigint): Uint8Array<ArrayBuffer> {
  const count = Math.max(1, Math.floor(bytes.length / IomapEntry.sizeBytes))
  const whole = new Uint8Array(count * IomapEntry.sizeBytes)
  whole.set(bytes.subarray(0, whole.length))
  for (let at = 0; at < whole.length; at += IomapEntry.sizeBytes) {
    IomapEntry.encodeAt({ ...IomapEntry.decode(whole, at), type: 2, flags: 0, cookie }, whole, at)
  }
  return whole
}

const iomapReply: MessageType = {
  name: 'IOMAP_BEGIN, answer',
  make(chance) {
    const map = someList(chance)
    return { bytes: entriesOf(map), sizeBytes: map.sizeBytes }
  },
  mend: (bytes) => mendEntries(bytes, 0n),
  isForm: (bytes) => decodeIomapEntries(bytes) !== undefined,
  judge: (bytes, { sizeBytes }, chance) => opened((link) => iomapWay(link, { cacheCapBytes: chance.oneIn(2) ? 256 : 65536 }), { IOMAP_BEGIN: () => answer(bytes) }, sizeBytes, chance),
}

/** A file that is open at a kernel and was read, then the notice, then read again. */
function noticeType(name: string, notice: 'UPSERT' | 'INVAL', make: (chance: Chance) => Uint8Array<ArrayBuffer>, mend: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>, isForm: (bytes: Uint8Array) => boolean): MessageType {
  return {
    name,
    make: (chance): Sound => ({ bytes: make(chance), sizeBytes: STORED.sizeBytes }),
    mend,
    isForm,
    judge(bytes, { sizeBytes }, chance) {
      const direct = directLink(() => ({ IOMAP_BEGIN: (node, request) => daemon.begin(node, request), GET_DAXDEV: answerDaxdev(store) }))
      const daemon = new IomapDaemon(store, direct.notify)
      const context = newContext()
      const way = iomapWay(direct.link).make(context)
      const file = way.open({ node: NODE, path: 'f', sizeBytes })
      // Devices are known by what was read: a mapping on another one isn't taken unasked.
      if (notice === 'UPSERT' || chance.oneIn(2)) outcomeOf(context, file, chance)
      const errno = direct.notify(notice, NODE, bytes)
      const outcome = outcomeOf(context, file, chance)
      return errno === 0 ? outcome : `errno ${errno}, ${outcome}`
    },
  }
}

const upsert = noticeType('UPSERT', 'UPSERT', () => entriesOf(STORED), (bytes) => mendEntries(bytes, 1n), (bytes) => decodeIomapEntries(bytes) !== undefined)

const inval = noticeType('INVAL', 'INVAL', (chance) => encodeIomapInval({ fileOffsetBytes: chance.below(8) * UNIT_BYTES, lengthBytes: UNIT_BYTES }), (bytes) => {
  const whole = new Uint8Array(16)
  whole.set(bytes.subarray(0, 16))
  return whole
}, (bytes) => decodeIomapInval(bytes) !== undefined)

const begin = new IomapDaemon(store, () => 0)

export const pulledMessageTypes: readonly MessageType[] = [
  pageReply,
  requestType('GET_FMAP in pages, request', encodePageRequest(1), pagedFmap(store), (reply) => 'page' in decodePage(reply), (bytes) => decodePageRequest(bytes) !== undefined),
  iomapReply,
  requestType('IOMAP_BEGIN, request', encodeIomapBegin({ fileOffsetBytes: 5000, lengthBytes: 65536, cookie: 0 }), (node, request) => begin.begin(node, request), (reply) => decodeIomapEntries(reply) !== undefined, (bytes) => decodeIomapBegin(bytes) !== undefined),
  upsert,
  inval,
]
