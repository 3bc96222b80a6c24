// What a daemon in another thread answers from. The files that say where maps are lie with its kernel, so the kernel's thread
// tells it ahead of each request what that may look at, as it is at that moment: only what the daemon doesn't know already.
// Of maps it knows the one that was asked for last, so that neither side keeps more than that however many files there are.

import { assert } from '../base/assert.ts'
import { bytesOfText, textOf } from '../base/plain.ts'
import type { Extent } from '../fmap/fmap.ts'
import { newColumns, pushExtent, type WideMap } from '../fmap/wide.ts'
import { isSameWideMap } from '../fmap/widePulled.ts'
import { DaxdevRequest, DEVICES_MOST } from './messages.ts'
import type { Feed, RingLink } from './ring.ts'
import type { DaemonLink, MapStore, Opcode } from './wire.ts'

/**
 * What is fed: a file's map by its node, a device's name by its index. No bytes say that there is none. MOVED and PROGRAM
 * are changes that the daemon tells its kernel of by itself: a file's map, and the program from now on.
 */
export const STORED = { MAP: 1, DAXDEV: 2, MOVED: 3, PROGRAM: 4 } as const

const SIMPLE = 0
const INTERLEAVED = 1
const CELLS_PER_EXTENT = 3
const NOTHING = new Uint8Array(0)

/** A ring's link, where the daemon at the other end answers from the store, whose maps are replaced and never changed. */
export function fedLink(link: DaemonLink & Pick<RingLink, 'feed'>, store: MapStore): DaemonLink {
  const feed = newFeed(store, link.feed)
  return {
    get failed() {
      return link.failed
    },
    call(opcode, node, request) {
      feed(opcode, node, request)
      return link.call(opcode, node, request)
    },
    forget: (node) => link.forget(node),
    hear: (notify) => link.hear(notify),
    poll: () => link.poll(),
  }
}

type ChangeLink = Pick<RingLink, 'feed' | 'call'>

/** A file's map is another one: when this returns, the kernel has heard of it, if its daemon tells such things. */
export function feedMoved(link: ChangeLink, node: number, map: WideMap): void {
  link.feed(STORED.MOVED, node, encodeMap(map))
  settle(link)
}

export function feedProgram(link: ChangeLink, source: string): void {
  link.feed(STORED.PROGRAM, 0, bytesOfText(source))
  settle(link)
}

/** A question that no daemon makes sense of: what was fed before it is served before it, and notices come before its answer. */
function settle(link: ChangeLink): void {
  link.call('GET_DAXDEV', 0, NOTHING)
}

function newFeed(store: MapStore, send: Feed): (opcode: Opcode, node: number, request: Uint8Array) => void {
  let told: { node: number; map: WideMap } | undefined
  const names = new Map<number, string>()
  const tellMap = (node: number): void => {
    const map = store.map(node)
    if (map && told?.node === node && isSameWideMap(told.map, map)) return
    if (told && !(map && told.node === node)) send(STORED.MAP, told.node, NOTHING)
    if (map) send(STORED.MAP, node, encodeMap(map))
    told = map && { node, map }
  }
  const tellDevice = (devindex: number): void => {
    const name = store.daxdev(devindex)
    if (names.get(devindex) === name) return
    put(names, devindex, name)
    send(STORED.DAXDEV, devindex, name === undefined ? NOTHING : bytesOfText(name))
  }
  return (opcode, node, request) => {
    if (opcode === 'INIT') {
      for (let devindex = 0; devindex < DEVICES_MOST; devindex++) tellDevice(devindex)
    } else if (opcode !== 'GET_DAXDEV') tellMap(node)
    else if (request.length === DaxdevRequest.sizeBytes) tellDevice(DaxdevRequest.decode(request).devindex)
  }
}

/** The daemon's end: what it was fed, and what it began with. */
export class FedStore implements MapStore {
  readonly #maps: Map<number, WideMap>
  readonly #names: Map<number, string>

  constructor(maps: Iterable<readonly [number, WideMap]>, names: Iterable<readonly [number, string]>) {
    this.#maps = new Map(maps)
    this.#names = new Map(names)
  }

  map(node: number): WideMap | undefined {
    return this.#maps.get(node)
  }

  daxdev(devindex: number): string | undefined {
    return this.#names.get(devindex)
  }

  take(code: number, node: number, bytes: Uint8Array): void {
    assert(code === STORED.MAP || code === STORED.MOVED || code === STORED.DAXDEV, 'maps and names are stored')
    if (code !== STORED.DAXDEV) put(this.#maps, node, bytes.length === 0 ? undefined : decodeMap(bytes))
    else put(this.#names, node, bytes.length === 0 ? undefined : textOf(bytes.slice()))
  }
}

function put<V>(known: Map<number, V>, key: number, value: V | undefined): void {
  if (value === undefined) known.delete(key)
  else known.set(key, value)
}

/** Cells of eight bytes, as this machine writes numbers: both ends are on it. */
function encodeMap(map: WideMap): Uint8Array {
  const cells = map.kind === 'simple' ? [SIMPLE, map.sizeBytes, map.columns.count] : [INTERLEAVED, map.sizeBytes, map.interleaved.length]
  if (map.kind === 'simple') {
    const { count, devindices, offsets, lengths } = map.columns
    for (let i = 0; i < count; i++) cells.push(devindices[i] as number, offsets[i] as number, lengths[i] as number)
  } else {
    for (const { sizeBytes, chunkBytes, strips } of map.interleaved) {
      cells.push(sizeBytes, chunkBytes, strips.length)
      for (const { devindex, offsetBytes, lengthBytes } of strips) cells.push(devindex, offsetBytes, lengthBytes)
    }
  }
  return new Uint8Array(Float64Array.from(cells).buffer)
}

function decodeMap(bytes: Uint8Array): WideMap {
  const cells = new Float64Array(bytes.slice().buffer)
  let at = 0
  const next = (): number => {
    assert(at < cells.length, 'a map is fed whole')
    return cells[at++] as number
  }
  const [kind, sizeBytes, count] = [next(), next(), next()]
  if (kind === SIMPLE) {
    assert(cells.length === at + count * CELLS_PER_EXTENT, 'a list is fed whole')
    const columns = newColumns(count)
    for (let i = 0; i < count; i++) pushExtent(columns, next(), next(), next())
    return { kind: 'simple', sizeBytes, columns }
  }
  const interleaved = Array.from({ length: count }, () => {
    const [partBytes, chunkBytes, stripCount] = [next(), next(), next()]
    const strips = Array.from({ length: stripCount }, (): Extent => ({ devindex: next(), offsetBytes: next(), lengthBytes: next() }))
    return { sizeBytes: partBytes, chunkBytes, strips }
  })
  return { kind: 'interleaved', sizeBytes, interleaved }
}
