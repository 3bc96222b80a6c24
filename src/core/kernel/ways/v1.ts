// The standalone module: tools push each file's map through an ioctl when replay makes the file, and the maps of all files
// stay in the kernel. What it has taken is sound; whether its devices are here is looked at when the file is opened. A file
// without a map has none to be asked for.

import { assert } from '../../base/assert.ts'
import { mapLimit, mapUnfit } from '../../base/mapLimit.ts'
import { fail, failBy, type Failure, ok } from '../../base/result.ts'
import { type Fmap, piecesOf } from '../../fmap/fmap.ts'
import { walkingResolver } from '../../fmap/wideResolve.ts'
import { wideOf } from '../../fmap/wide.ts'
import { abi43, ABI43_MOST, IOCTL_BYTES_MOST, type MapAbi } from '../../fuse/ioctlMap.ts'
import type { Ioctl } from '../../fuse/wire.ts'
import { refuseDevices, refusePushed } from '../checks.ts'
import type { FileAsk, KernelName, MapReason, MapWay, WayContext, WayMaker } from '../way.ts'

/** Stands around an ioctl, for those who watch: it calls `act`, and answers what that answers. */
export type Around = (name: Ioctl, node: number, request: Uint8Array, act: () => Refused) => Refused
type Refused = Failure<MapReason> | undefined

export const v1 = v1Way('v1', abi43)

export function v1Way(kernel: KernelName, abi: MapAbi, around?: Around): WayMaker {
  return { kernel, make: (context) => newV1(context, kernel, abi, around) }
}

function newV1(context: WayContext, kernel: KernelName, abi: MapAbi, around: Around | undefined): MapWay {
  const maps = new PushedMaps()
  // One message at a time, in the same bytes.
  const message = new DataView(new ArrayBuffer(IOCTL_BYTES_MOST))

  const create = (ask: FileAsk, sent: DataView<ArrayBuffer>, lengthBytes: number): Refused => {
    const decoded = abi.decode(sent, lengthBytes)
    if ('trouble' in decoded) return refusal(kernel, ask.path, decoded)
    const { map } = decoded
    const refused = refusePushed(ask, map, context.unitBytes)
    if (refused) return refused
    maps.set(ask.node, map)
    return undefined
  }
  return {
    kernel,
    push(ask, map) {
      const { path } = ask
      const what = abi.unsayable(map)
      if (what !== undefined) return failBy(mapUnfit, 'map_unfit', { path, kernel, what }).failure
      // More than the log holds is sent all the same: it is the kernel that refuses it.
      const isUsual = piecesOf(map).length <= ABI43_MOST.extents
      const sent = isUsual ? message : new DataView(new ArrayBuffer(IOCTL_BYTES_MOST + bytesOf(map)))
      const lengthBytes = abi.encode(map, sent)
      if (!around) return create(ask, sent, lengthBytes)
      return around(abi.create, ask.node, new Uint8Array(sent.buffer, 0, lengthBytes), () => create(ask, sent, lengthBytes))
    },
    get(node) {
      const map = maps.get(node)
      if (!map) return undefined
      const decoded = abi.decode(message, abi.encode(map, message))
      assert('map' in decoded, 'what the kernel has taken is what it tells')
      return decoded.map
    },
    open({ node, path }) {
      const map = maps.get(node)
      if (!map) return fail('no_file_map', { path })
      const wide = wideOf(map)
      const failure = refuseDevices(context, path, wide)
      return failure ? { ok: false, failure } : ok(walkingResolver(wide))
    },
    forget: (node) => maps.forget(node),
    residentBytes: () => maps.residentBytes,
  }
}

function refusal(kernel: KernelName, path: string, { trouble, isLimit }: { trouble: string; isLimit: boolean }): Failure<MapReason> {
  return (isLimit ? failBy(mapLimit, 'map_limit', { path, kernel, what: trouble }) : failBy(mapUnfit, 'map_unfit', { path, kernel, what: trouble })).failure
}

/** Three numbers for each piece, and what belongs to a striped one. */
function bytesOf(map: Fmap): number {
  return (map.kind === 'simple' ? 0 : 24) + piecesOf(map).length * 24
}

const CELLS = 4
const CELLS_FIRST = 64 * CELLS

/** By node, which a module counts up from 1. The usual map, one extent, is four numbers of a table: the maps of all files stay. */
class PushedMaps {
  residentBytes = 0
  /** Of each node: the file's size, then device, offset and length of its extent. The length is 0 where there is none. */
  #cells = new Float64Array(CELLS_FIRST)
  readonly #others = new Map<number, Fmap>()

  set(node: number, map: Fmap): void {
    this.forget(node)
    this.residentBytes += bytesOf(map)
    const extent = map.kind === 'simple' && map.extents.length === 1 ? map.extents[0] : undefined
    if (!extent) return void this.#others.set(node, map)
    const at = node * CELLS
    if (at >= this.#cells.length) this.#growBeyond(at)
    this.#cells[at] = map.sizeBytes
    this.#cells[at + 1] = extent.devindex
    this.#cells[at + 2] = extent.offsetBytes
    this.#cells[at + 3] = extent.lengthBytes
  }

  get(node: number): Fmap | undefined {
    const at = node * CELLS
    const lengthBytes = this.#cells[at + 3] ?? 0
    if (lengthBytes === 0) return this.#others.get(node)
    const extent = { devindex: this.#cells[at + 1] as number, offsetBytes: this.#cells[at + 2] as number, lengthBytes }
    return { kind: 'simple', sizeBytes: this.#cells[at] as number, extents: [extent] }
  }

  forget(node: number): void {
    const map = this.get(node)
    if (!map) return
    this.residentBytes -= bytesOf(map)
    if (!this.#others.delete(node)) this.#cells[node * CELLS + 3] = 0
  }

  #growBeyond(at: number): void {
    const grown = new Float64Array(at * 2)
    grown.set(this.#cells)
    this.#cells = grown
  }
}
