// What a kernel holds a map against before the first byte of memory is reached by it, whoever sent it: a map never gives
// access outside of the file's devices.

import { fail, type Failure } from '../base/result.ts'
import type { WideMap } from '../fmap/wide.ts'
import type { MapReason, WayContext } from './way.ts'

/** @returns undefined for a map that can be used */
export function refuseMap({ devices }: WayContext, path: string, map: WideMap): Failure<MapReason> | undefined {
  const judge = (devindex: number, offsetBytes: number, lengthBytes: number): Failure<MapReason> | undefined => {
    const device = devices.device(devindex)
    if (!device?.memory) return devices.missing(devindex, path)
    const endBytes = offsetBytes + lengthBytes
    const { presentBytes, device: { sizeBytes } } = device.memory
    if (endBytes > sizeBytes) return fail('bad_map', { path, what: `it ends at byte ${endBytes} of a device of ${sizeBytes}` }).failure
    return endBytes > presentBytes ? fail('not_on_image', { offsetBytes, presentBytes }).failure : undefined
  }
  if (map.kind === 'interleaved') {
    for (const { strips } of map.interleaved) {
      for (const { devindex, offsetBytes, lengthBytes } of strips) {
        const refused = judge(devindex, offsetBytes, lengthBytes)
        if (refused) return refused
      }
    }
    return undefined
  }
  const { count, devindices, offsets, lengths } = map.columns
  for (let i = 0; i < count; i++) {
    const refused = judge(devindices[i] as number, offsets[i] as number, lengths[i] as number)
    if (refused) return refused
  }
  return undefined
}
