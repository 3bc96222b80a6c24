// The daemon's answers about maps and devices, for kernels that pull a whole map: as it is, or unrolled with a size probe.
// A request that isn't one, and a map that the message has no room for, are answered with EINVAL.

import { errnos } from '../base/errno.ts'
import { bytesOfText } from '../base/plain.ts'
import type { WideMap } from '../fmap/wide.ts'
import { unrolled, unrolledCount } from '../fmap/widePulled.ts'
import { answer, refusal } from './directLink.ts'
import { encodeFmap, encodeSized, headerAlone, sizedBytesOf } from './fmapMessage.ts'
import { DAXDEV_NAME_BYTES, DaxdevReply, DaxdevRequest, FmapProbe } from './messages.ts'
import { reservedCheck } from './records.ts'
import type { Answered, Handler, MapStore } from './wire.ts'

const [ENOENT] = errnos.ENOENT
const [EINVAL] = errnos.EINVAL
const [ENODEV] = errnos.ENODEV
const isProbeClean = reservedCheck(FmapProbe)
const U16_MOST = 0xffff
const U32_MOST = 0xffff_ffff

/** GET_FMAP, the whole map in one answer. */
export function answerFmap(store: MapStore): Handler {
  return (node, request) => {
    if (request.length !== 0) return refusal(EINVAL)
    const map = store.map(node)
    if (!map) return refusal(ENOENT)
    return hasRoom(map) ? answer(encodeFmap(map)) : refusal(EINVAL)
  }
}

/** GET_FMAP with size probe: a simple list, whatever the file is. */
export function answerProbe(store: MapStore): Handler {
  return (node, request) => {
    if (request.length !== FmapProbe.sizeBytes || !isProbeClean(request)) return refusal(EINVAL)
    const map = store.map(node)
    if (!map) return refusal(ENOENT)
    const extentCount = unrolledCount(map)
    // As many as the header's fields have room for.
    return sizedBytesOf(extentCount) > U32_MOST ? refusal(EINVAL) : probed(map, extentCount, FmapProbe.decode(request).buffer_bytes)
  }
}

/** GET_DAXDEV, whichever kernel asks. */
export function answerDaxdev(store: MapStore): Handler {
  return (_, request) => {
    if (request.length !== DaxdevRequest.sizeBytes) return refusal(EINVAL)
    const { devindex } = DaxdevRequest.decode(request)
    const name = store.daxdev(devindex)
    if (name === undefined || devindex > U16_MOST) return refusal(ENODEV)
    if (bytesOfText(name).length >= DAXDEV_NAME_BYTES) return refusal(EINVAL)
    return answer(DaxdevReply.encode({ index: devindex, name }))
  }
}

/** A list that doesn't fit isn't made: the header says how long it would be. */
function probed(map: WideMap, extentCount: number, bufferBytes: number): Answered {
  const { sizeBytes } = map
  if (sizedBytesOf(extentCount) > bufferBytes) return answer(headerAlone(sizeBytes, extentCount))
  return answer(encodeSized({ kind: 'simple', sizeBytes, columns: unrolled(map) }))
}

function hasRoom(map: WideMap): boolean {
  return map.kind === 'simple' || map.interleaved.every(({ chunkBytes }) => chunkBytes <= U32_MOST)
}
