// Messages that bring a whole map, devices by name, and the module's ioctls: as answers that a kernel gets, and as requests
// that a daemon gets.

import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { answerDaxdev, answerFmap, answerProbe } from '../../../src/core/fuse/daemonFmap.ts'
import { answer, directLink } from '../../../src/core/fuse/directLink.ts'
import { decodeFmap, encodeFmap, encodeSized } from '../../../src/core/fuse/fmapMessage.ts'
import { abi43, IOCTL_BYTES_MOST, type MapAbi } from '../../../src/core/fuse/ioctlMap.ts'
import { abi42 } from '../../../src/core/fuse/ioctlMap42.ts'
import { IoctlMap42, IoctlMap43 } from '../../../src/core/fuse/ioctlMessages.ts'
import { DaxdevReply, DaxdevRequest, FmapExtent, FmapHeader, FmapProbe } from '../../../src/core/fuse/messages.ts'
import type { Handler, Handlers, MapStore } from '../../../src/core/fuse/wire.ts'
import type { KernelName, WayMaker } from '../../../src/core/kernel/way.ts'
import { fuseWay } from '../../../src/core/kernel/ways/fuse.ts'
import { unrolledWay } from '../../../src/core/kernel/ways/unrolled.ts'
import { v1Way } from '../../../src/core/kernel/ways/v1.ts'
import type { DaemonLink } from '../../../src/core/fuse/wire.ts'
import type { Chance } from './chance.ts'
import { Broken } from './exercise.ts'
import { someFmap, someList, someSimple, someWide } from './messageMaps.ts'
import { type MessageType, nameOf, newContext, NODE, outcomeOf, type Sound, tell } from './messageType.ts'

const ask = (sizeBytes: number) => ({ node: NODE, path: 'f', sizeBytes })
const store = (map: Fmap): MapStore => ({ map: (node) => (node === NODE ? wideOf(map) : undefined), daxdev: (devindex) => (devindex < 3 ? nameOf(devindex) : undefined) })
const STORED: Fmap = { kind: 'interleaved', sizeBytes: 100_000, chunkBytes: 4096, strips: [{ devindex: 0, offsetBytes: 0, lengthBytes: 53248 }, { devindex: 1, offsetBytes: 4096, lengthBytes: 53248 }] }

/** Opens the file at a kernel whose daemon answers so. */
export function opened(way: (link: DaemonLink) => WayMaker, handlers: Handlers, sizeBytes: number, chance: Chance): string {
  const context = newContext()
  const GET_DAXDEV = answerDaxdev(store(STORED))
  const made = way(directLink(() => ({ GET_DAXDEV, ...handlers })).link).make(context)
  const result = made.open(ask(sizeBytes))
  if (!result.ok && made.residentBytes() !== 0) throw new Broken('what was refused is kept')
  return outcomeOf(context, result, chance)
}

/** Header, counts and lengths as they should be, for as many whole records as there are. */
function mendFmap(bytes: Uint8Array<ArrayBuffer>, { sizeBytes }: Sound, isSized: boolean): Uint8Array<ArrayBuffer> {
  const { ext_type, nextents } = FmapHeader.decode(bytes)
  const isSimple = isSized || ext_type !== 1
  const recordCount = Math.max(1, Math.floor((bytes.length - FmapHeader.sizeBytes) / FmapExtent.sizeBytes))
  const whole = new Uint8Array(FmapHeader.sizeBytes + recordCount * FmapExtent.sizeBytes)
  whole.set(bytes.subarray(0, whole.length))
  const record = { file_type: 0, fmap_version: 1, ext_type: isSimple ? 0 : 1, nextents: isSimple ? recordCount : nextents, fmap_bytes: isSized ? whole.length : 0, file_size: BigInt(sizeBytes) }
  FmapHeader.encodeAt(record, whole)
  return whole
}

const fmapReply: MessageType = {
  name: 'GET_FMAP, answer',
  make(chance) {
    const map = someWide(chance)
    return { bytes: encodeFmap(map), sizeBytes: map.sizeBytes }
  },
  mend: (bytes, sound) => mendFmap(bytes, sound, false),
  isForm(bytes) {
    const decoded = decodeFmap(bytes)
    // What was read is what is written: nothing of a message goes unseen but padding.
    if ('map' in decoded && encodeFmap(decoded.map).length !== bytes.length) throw new Broken('a message is read as another')
    return 'map' in decoded
  },
  judge: (bytes, { sizeBytes }, chance) => opened(fuseWay, { GET_FMAP: () => answer(bytes) }, sizeBytes, chance),
}

const probeReply: MessageType = {
  name: 'GET_FMAP with size probe, answer',
  make(chance) {
    const map = someList(chance)
    return { bytes: encodeSized(map), sizeBytes: map.sizeBytes }
  },
  mend: (bytes, sound) => mendFmap(bytes, sound, true),
  isForm: (bytes) => 'map' in decodeFmap(bytes, true),
  judge(bytes, { sizeBytes }, chance) {
    const sized: Handler = (_, request) => answer(FmapProbe.decode(request).buffer_bytes < bytes.length ? bytes.slice(0, FmapHeader.sizeBytes) : bytes)
    // A daemon that takes no heed of the buffer, too.
    return opened(unrolledWay, { GET_FMAP: chance.oneIn(2) ? sized : () => answer(bytes) }, sizeBytes, chance)
  },
}

const daxdevReply: MessageType = {
  name: 'GET_DAXDEV, answer',
  make: () => ({ bytes: DaxdevReply.encode({ index: 1, name: nameOf(1) }), sizeBytes: 4096 }),
  mend(bytes, _, chance) {
    const whole = new Uint8Array(DaxdevReply.sizeBytes)
    whole.set(bytes.subarray(0, whole.length))
    new DataView(whole.buffer).setUint16(0, 1, true)
    if (chance.oneIn(2)) whole[whole.length - 1] = 0
    return whole
  },
  isForm: (bytes) => bytes.length === DaxdevReply.sizeBytes && DaxdevReply.decode(bytes).index === 1,
  judge(bytes, { sizeBytes }, chance) {
    const map = wideOf({ kind: 'simple', sizeBytes, extents: [{ devindex: 1, offsetBytes: 8192, lengthBytes: 4096 }] })
    return opened(fuseWay, { GET_FMAP: () => answer(encodeFmap(map)), GET_DAXDEV: () => answer(bytes) }, sizeBytes, chance)
  },
}

/** What a daemon is asked: it answers with an errno, or with what the kernel's reader takes. */
export function requestType(name: string, request: Uint8Array<ArrayBuffer>, handler: Handler, isSound: (reply: Uint8Array) => boolean, isForm = (bytes: Uint8Array) => bytes.length === request.length): MessageType {
  return {
    name,
    make: () => ({ bytes: request.slice(), sizeBytes: 0 }),
    mend(bytes) {
      const whole = new Uint8Array(request.length)
      whole.set(bytes.subarray(0, whole.length))
      return whole
    },
    isForm,
    judge(bytes, _, chance) {
      const { errno, bytes: reply } = handler(chance.oneIn(4) ? chance.u32() : NODE, bytes)
      if (errno !== 0) return `errno ${errno}`
      if (!isSound(reply)) throw new Broken(`an answer of ${reply.length} bytes is none`)
      return 'answered'
    },
  }
}

function ioctlType(name: string, kernel: KernelName, abi: MapAbi, make: (chance: Chance) => Fmap, mend: MessageType['mend']): MessageType {
  const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    name,
    make(chance) {
      const map = make(chance)
      const message = new Uint8Array(IOCTL_BYTES_MOST)
      return { bytes: message.slice(0, abi.encode(map, viewOf(message))), sizeBytes: map.sizeBytes }
    },
    mend,
    isForm: (bytes) => 'map' in abi.decode(viewOf(bytes), bytes.length),
    judge(bytes, { sizeBytes }, chance) {
      const decoded = abi.decode(viewOf(bytes), bytes.length)
      if ('trouble' in decoded) return decoded.isLimit ? 'limit' : 'no such message'
      const context = newContext(true)
      tell(context)
      const way = v1Way(kernel, abi).make(context)
      const refused = way.push?.(ask(sizeBytes), decoded.map)
      return refused ? refused.reason : outcomeOf(context, way.open(ask(sizeBytes)), chance)
    },
  }
}

const create43 = ioctlType('MAP_CREATE v2', 'v1', abi43, someFmap, (bytes, { sizeBytes }) => {
  const whole = new Uint8Array(Math.max(bytes.length, 112))
  whole.set(bytes)
  const { fioc_ext_type, fioc_nextents } = IoctlMap43.decode(whole)
  const isStriped = fioc_ext_type === 1
  const view = new DataView(whole.buffer)
  const record = { fioc_file_size: BigInt(sizeBytes), fioc_file_type: 0, fioc_ext_type: isStriped ? 1 : 0, fioc_nextents: isStriped ? 1 : Math.min(fioc_nextents, 18), fioc_pointer: 32n }
  IoctlMap43.encodeAt(record, whole)
  if (isStriped) {
    view.setBigUint64(48, BigInt(sizeBytes), true)
    view.setBigUint64(56, 64n, true)
  }
  return whole
})

const create42 = ioctlType('MAP_CREATE', 'v1-abi42', abi42, (chance) => someSimple(chance, 2, true), (bytes, { sizeBytes }, chance) => {
  const whole = new Uint8Array(IoctlMap42.sizeBytes)
  whole.set(bytes.subarray(0, whole.length))
  IoctlMap42.encodeAt({ ...IoctlMap42.decode(whole), extent_type: 0, file_type: 0, file_size: BigInt(sizeBytes), ext_list_count: BigInt(chance.below(4)) }, whole)
  return whole
})

export const mapMessageTypes: readonly MessageType[] = [
  fmapReply,
  probeReply,
  daxdevReply,
  requestType('GET_FMAP, request', new Uint8Array(0), answerFmap(store(STORED)), (reply) => 'map' in decodeFmap(reply)),
  requestType('GET_FMAP with size probe, request', FmapProbe.encode({ buffer_bytes: 4096 }), answerProbe(store(STORED)), (reply) => reply.length === FmapHeader.sizeBytes || 'map' in decodeFmap(reply, true)),
  requestType('GET_DAXDEV, request', DaxdevRequest.encode({ devindex: 1 }), answerDaxdev(store(STORED)), (reply) => reply.length === DaxdevReply.sizeBytes),
  create43,
  create42,
]
