// The standalone module: logplay pushes each file's map through an ioctl, and the maps of all files stay in the kernel. A
// file without a map has none to be asked for.

import { fail, ok } from '../../base/result.ts'
import { walkingResolver } from '../../fmap/wideResolve.ts'
import { residentBytesOf, type WideMap, wideOf } from '../../fmap/wide.ts'
import { refuseMap } from '../checks.ts'
import type { MapWay, WayContext, WayMaker } from '../way.ts'

export const v1: WayMaker = {
  kernel: 'v1',
  make(context: WayContext): MapWay {
    const maps = new Map<number, WideMap>()
    return {
      kernel: 'v1',
      push({ node }, map) {
        maps.set(node, wideOf(map))
        return undefined
      },
      open({ node, path }) {
        const map = maps.get(node)
        if (!map) return fail('no_file_map', { path })
        const refused = refuseMap(context, path, map)
        return refused ? { ok: false, failure: refused } : ok(walkingResolver(map))
      },
      forget: (node) => void maps.delete(node),
      residentBytes: () => [...maps.values()].reduce((sum, map) => sum + residentBytesOf(map), 0),
    }
  },
}
