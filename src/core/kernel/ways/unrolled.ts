// The whole map of a file comes at open as a simple list, however long: the kernel asks with the buffer it has, and once
// more with the one that the answer says is needed. An answer that has grown meanwhile is refused. A list of equal powers of
// two is found by a shift, others by a walk.

import { failLate } from '../../base/late.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { shiftResolver } from '../../fmap/shiftResolve.ts'
import { walkingResolver } from '../../fmap/wideResolve.ts'
import { decodeFmap, sizeOfWhole } from '../../fuse/fmapMessage.ts'
import { FmapProbe } from '../../fuse/messages.ts'
import type { DaemonLink } from '../../fuse/wire.ts'
import { refuseDevices, refuseShape } from '../checks.ts'
import { limits, refuseBeyond } from '../limits.ts'
import type { FileAsk, MapReason, WayMaker } from '../way.ts'
import { ask, KeptMaps, pullDevices } from './pull.ts'

const KERNEL = 'fuse-unrolled'
/** What the kernel has room for before it knows better. */
const FIRST_BUFFER_BYTES = 4096

export function unrolledWay(link: DaemonLink): WayMaker {
  return {
    kernel: KERNEL,
    make(context) {
      const kept = new KeptMaps()
      return {
        kernel: KERNEL,
        open(file) {
          const { node, path } = file
          const message = wholeMessage(link, file)
          if (!message.ok) return message
          const decoded = decodeFmap(message.value, true)
          if ('trouble' in decoded) return fail('bad_map', { path, what: decoded.trouble })
          const { map } = decoded
          const failure = refuseBeyond(KERNEL, path, map) ?? refuseShape(file, map, context.unitBytes)
            ?? pullDevices(context, link, path, map) ?? refuseDevices(context, path, map)
          if (failure) return { ok: false, failure }
          kept.keep(node, map)
          const shifting = map.kind === 'simple' ? shiftResolver(map.sizeBytes, map.columns) : undefined
          return ok(shifting ?? walkingResolver(map))
        },
        forget: (node) => kept.forget(node),
        residentBytes: () => kept.residentBytes,
      }
    },
  }
}

function wholeMessage(link: DaemonLink, file: FileAsk): Result<Uint8Array, MapReason> {
  const { path } = file
  const first = probe(link, file, FIRST_BUFFER_BYTES)
  if (!first.ok || first.value.wholeBytes <= FIRST_BUFFER_BYTES) return first.ok ? ok(first.value.bytes) : first
  const { wholeBytes } = first.value
  const limitBytes = limits[KERNEL].messageBytesMost ?? Infinity
  if (wholeBytes > limitBytes) return failLate('map_too_large', { path, bytes: wholeBytes, limitBytes })
  const second = probe(link, file, wholeBytes)
  if (!second.ok) return second
  if (second.value.wholeBytes <= wholeBytes) return ok(second.value.bytes)
  return fail('bad_map', { path, what: `its message has grown from ${wholeBytes} bytes to ${second.value.wholeBytes} since it was asked for` })
}

function probe(link: DaemonLink, file: FileAsk, bufferBytes: number): Result<{ bytes: Uint8Array; wholeBytes: number }, MapReason> {
  const { path } = file
  const answered = ask(link, 'GET_FMAP', file, FmapProbe.encode({ buffer_bytes: bufferBytes }))
  if (!answered.ok) return answered
  const bytes = answered.value
  const wholeBytes = sizeOfWhole(bytes)
  if (wholeBytes === undefined) return fail('bad_map', { path, what: `a message of ${bytes.length} bytes has no whole header` })
  if (bytes.length > bufferBytes) return fail('bad_map', { path, what: `a message of ${bytes.length} bytes for a buffer of ${bufferBytes}` })
  return ok({ bytes, wholeBytes })
}
