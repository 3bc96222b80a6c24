// How large a map may be, kernel by kernel: what is answered beyond it, and a sentence for people, which takes its errnos from
// there. Where a number is missing there is no limit of that kind. The kernels are held to it, errno by errno.

import type { Errno } from '../base/failureRow.ts'
import { failLate } from '../base/late.ts'
import type { Failure } from '../base/result.ts'
import type { WideMap } from '../fmap/wide.ts'
import { ABI43_MOST } from '../fuse/ioctlMap.ts'
import { ABI42_EXTENTS_MOST } from '../fuse/ioctlMap42.ts'
import type { KernelName, MapReason } from './way.ts'

interface KernelLimits {
  /** Simple extents of one map. */
  extentsMost?: number
  /** Interleaved extents of one map; 0 where the kernel's interface knows none. */
  interleavedMost?: number
  /** Strips of one interleaved extent. */
  stripsMost?: number
  /** Of the message that brings a whole map. */
  messageBytesMost?: number
  /** The daemon makes a simple list of a striped file before it answers. */
  isUnrolled?: boolean
  errnos: LimitErrnos
  says: string
}

/** What more pieces, a longer message, or a kind of map that the kernel doesn't know is answered with: where that can be. */
export type LimitErrnos = Readonly<Partial<Record<'count' | 'message' | 'kind', Errno>>>

/** Of GET_FMAP's answer where it comes in one piece. */
const FMAP_REPLY_BYTES = 4096
const UNROLLED_BYTES = 16 * 1024 * 1024
const AS_NEEDED = 'As many mappings as a file has: they come as they are needed, with some that lie ahead, and the cache drops what it has no room for. A mapping is held against those that are there, not against those that were dropped.'

export const limits: Readonly<Record<KernelName, KernelLimits>> = {
  v1: limit({ count: 'E2BIG' }, ({ count }) => `16 extents, or one interleaved extent of 16 strips: as many as a log entry holds. More is ${count}.`,
    { extentsMost: ABI43_MOST.extents, interleavedMost: ABI43_MOST.interleaved, stripsMost: ABI43_MOST.strips }),
  'v1-abi42': limit({ count: 'E2BIG', kind: 'EINVAL' }, ({ count, kind }) => `Two simple extents on the first device, more is ${count}. The older ioctl knows no striping and no other devices: ${kind}.`,
    { extentsMost: ABI42_EXTENTS_MOST, interleavedMost: 0 }),
  fuse: limit({ count: 'E2BIG', message: 'EINVAL' }, ({ count, message }) => `32 extents, or 32 interleaved extents of 32 strips each; more is ${count}. An answer above 4096 bytes is ${message}.`,
    { extentsMost: 32, interleavedMost: 32, stripsMost: 32, messageBytesMost: FMAP_REPLY_BYTES }),
  'fuse-paged': limit({ count: 'E2BIG' }, ({ count }) => `As many mappings as a file has: they come a page at a time, and pages that aren’t used are dropped. Where the list of pages alone is longer than what may be kept: ${count}.`),
  'fuse-iomap': limit({}, () => AS_NEEDED),
  'fuse-iomap-shared': limit({}, () => AS_NEEDED),
  program: limit({ count: 'E2BIG' }, ({ count }) => `524,288 cells of the table, which is 174,762 extents; more is ${count}.`),
  'fuse-unrolled': limit({ message: 'EFBIG', kind: 'EINVAL' }, ({ message, kind }) => `A message of 16 MiB, which is 699,049 extents; more is ${message}. Simple lists only, since the daemon unrolls striping; anything else is ${kind}.`,
    { interleavedMost: 0, messageBytesMost: UNROLLED_BYTES, isUnrolled: true }),
}

function limit<E extends LimitErrnos>(errnos: E, says: (errnos: E) => string, numbers: Omit<KernelLimits, 'errnos' | 'says'> = {}): KernelLimits {
  return { ...numbers, errnos, says: says(errnos) }
}

/** Why a kernel that got this map whole doesn't take it: by its numbers, not by how long the message was. */
export function refuseBeyond(kernel: KernelName, path: string, map: WideMap): Failure<MapReason> | undefined {
  const { extentsMost = Infinity, interleavedMost = Infinity, stripsMost = Infinity } = limits[kernel]
  if (map.kind === 'simple') return refuseCount(kernel, path, map.columns.count, 'extents', extentsMost)
  const { interleaved } = map
  if (interleavedMost === 0) return failLate('map_unfit', { path, kernel, what: 'it is striped, and this kernel takes simple lists only' }).failure
  const most = Math.max(0, ...interleaved.map(({ strips }) => strips.length))
  return refuseCount(kernel, path, interleaved.length, 'interleaved extents', interleavedMost) ?? refuseCount(kernel, path, most, 'strips', stripsMost)
}

function refuseCount(kernel: KernelName, path: string, count: number, what: string, most: number): Failure<MapReason> | undefined {
  return count > most ? failLate('map_limit', { path, kernel, what: `${count} ${what}, and ${most} are the most` }).failure : undefined
}
