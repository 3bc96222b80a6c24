// Attributes time out and are asked for again; what the kernel holds of a file's map goes only where the file is another one,
// or its map moved.

import { beforeEach, expect, it } from 'vitest'
import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { pagedFmap } from '../../../src/core/fuse/daemonPaged.ts'
import { type FileInode, type FoundNode, KernelMount } from '../../../src/core/kernel/mount.ts'
import { pagedWay } from '../../../src/core/kernel/ways/paged.ts'
import { valueOf } from '../../helpers/outcome.ts'
import { Bench, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const TIMEOUT_MS = 1000
const extents = Array.from({ length: 30 }, (_, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
const usual: Fmap = { kind: 'simple', sizeBytes: 30 * UNIT_BYTES, extents }
const attributes = { mode: 0o644, uid: 0, gid: 0, modifiedMs: 0 }
const PAGES = 3

let bench: Bench
let mount: KernelMount
let nowMs: number
let found: FoundNode & { kind: 'file' }

beforeEach(() => {
  bench = new Bench(1, 128 * UNIT_BYTES)
  bench.handlers = { GET_FMAP: pagedFmap(bench, 10) }
  nowMs = 0
  tell({})
  const way = pagedWay(bench.direct.link, { mappingsPerReply: 10 })
  const source = { lookup: (path: string): FoundNode => (path === '' ? { kind: 'directory', ino: 1, ...attributes } : found), list: () => ['f'] }
  mount = new KernelMount(bench.memories[0]!, { dropWriteBits: false, now: () => nowMs, unitBytes: UNIT_BYTES, way, openDevice: bench.context.openDevice, source, timeoutMs: TIMEOUT_MS })
})

/** What the daemon says from now on. */
function tell(changes: Partial<typeof found>): void {
  found = { kind: 'file', ino: 5, map: structuredClone(usual), ...attributes, ...changes }
  bench.maps.clear()
  bench.maps.set(found.ino, wideOf(found.map))
}

/** Looks at it and uses it, when attributes have timed out. @returns how many pages that took */
function look(): { inode: FileInode; pages: number } {
  const before = bench.counts.GET_FMAP ?? 0
  nowMs += TIMEOUT_MS + 1
  const inode = mount.lookup('f')
  if (inode?.kind !== 'file') throw new Error('there is no f')
  valueOf(mount.access(inode))
  return { inode, pages: (bench.counts.GET_FMAP ?? 0) - before }
}

it('costs no question about the map where that is as it was, whatever else changed', () => {
  expect(look().pages).toBe(PAGES)
  expect([1, 2, 3].map(() => look().pages)).toEqual([0, 0, 0])
  tell({ mode: 0o600, uid: 7, gid: 8, modifiedMs: 9 })
  const { inode, pages } = look()
  expect([pages, inode]).toEqual([0, expect.objectContaining({ mode: 0o600, uid: 7, gid: 8, modifiedMs: 9 })])
})

const simple = (changes: Partial<Fmap & { kind: 'simple' }>): Fmap => ({ kind: 'simple', sizeBytes: usual.sizeBytes, extents, ...changes })
const striped = (chunkBytes: number): Fmap => ({ kind: 'interleaved', sizeBytes: usual.sizeBytes, chunkBytes, strips: [0, 1].map((i) => ({ devindex: 0, offsetBytes: 32 * i * UNIT_BYTES, lengthBytes: 16 * UNIT_BYTES })) })

it.each<[string, Partial<FoundNode & { kind: 'file' }>]>([
  ['the file', { ino: 6 }],
  ['its size', { map: simple({ sizeBytes: usual.sizeBytes - 1 }) }],
  ['one of its extents', { map: simple({ extents: extents.with(4, { devindex: 0, offsetBytes: 100 * UNIT_BYTES, lengthBytes: UNIT_BYTES }) }) }],
  ['how many they are', { map: simple({ extents: [...extents, { devindex: 0, offsetBytes: 100 * UNIT_BYTES, lengthBytes: UNIT_BYTES }], sizeBytes: usual.sizeBytes + 1 }) }],
  ['how it is laid out', { map: striped(UNIT_BYTES) }],
])('asks again where %s is another, and then no more', (_, changes) => {
  look()
  tell(changes)
  expect(look().pages).toBeGreaterThan(0)
  expect(look().pages).toBe(0)
})

it('asks again where a file is striped otherwise, and where its size was changed on this host', () => {
  tell({ map: striped(UNIT_BYTES) })
  look()
  tell({ map: striped(2 * UNIT_BYTES) })
  const { inode, pages } = look()
  expect(pages).toBeGreaterThan(0)
  mount.setSize(inode, 3)
  expect(look()).toMatchObject({ inode: { sizeBytes: usual.sizeBytes } })
})
