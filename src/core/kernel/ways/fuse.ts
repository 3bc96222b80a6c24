// The whole map of a file comes once, at open, in one answer of at most 4096 bytes; so do devices that aren't known. A map
// that can't be used leaves nothing behind: the next open asks again.

import { failLate } from '../../base/late.ts'
import { fail, ok } from '../../base/result.ts'
import { walkingResolver } from '../../fmap/wideResolve.ts'
import { decodeFmap } from '../../fuse/fmapMessage.ts'
import type { DaemonLink } from '../../fuse/wire.ts'
import { refuseDevices, refuseShape } from '../checks.ts'
import { limits, refuseBeyond } from '../limits.ts'
import type { WayMaker } from '../way.ts'
import { ask, KeptMaps, pullDevices } from './pull.ts'

const NOTHING = new Uint8Array(0)

export function fuseWay(link: DaemonLink): WayMaker {
  return {
    kernel: 'fuse',
    make(context) {
      const kept = new KeptMaps()
      const { messageBytesMost = Infinity } = limits.fuse
      return {
        kernel: 'fuse',
        open(file) {
          const { node, path } = file
          const answered = ask(link, 'GET_FMAP', file, NOTHING)
          if (!answered.ok) return answered
          const { length } = answered.value
          if (length > messageBytesMost) return failLate('map_unfit', { path, kernel: 'fuse', what: `its message has ${length} bytes, and ${messageBytesMost} are the most` })
          const decoded = decodeFmap(answered.value)
          if ('trouble' in decoded) return fail('bad_map', { path, what: decoded.trouble })
          const { map } = decoded
          const failure = refuseBeyond('fuse', path, map) ?? refuseShape(file, map, context.unitBytes)
            ?? pullDevices(context, link, path, map) ?? refuseDevices(context, path, map)
          if (failure) return { ok: false, failure }
          kept.keep(node, map)
          return ok(walkingResolver(map))
        },
        forget: (node) => kept.forget(node),
        residentBytes: () => kept.residentBytes,
      }
    },
  }
}
