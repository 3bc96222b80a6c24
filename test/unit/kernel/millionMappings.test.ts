// A file of 1,000,000 mappings: a striped file with chunks of 4 KiB on four devices, unrolled by its daemon. It reaches the
// paged kernel 1,000 mappings at a time and the mapping cache as it is read; what is held stays under its cap; bytes are
// right. The file has 4 GB of memory behind it, of which only what is marked is ever touched.

import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src/core/base/random.ts'
import { must } from '../../../src/core/base/result.ts'
import type { Fmap } from '../../../src/core/fmap/fmap.ts'
import { DEVINDEX, newAnswer, OFFSET, LENGTH, type Resolver } from '../../../src/core/fmap/resolve.ts'
import { resolverOf } from '../../../src/core/fmap/mapResolve.ts'
import { wideOf } from '../../../src/core/fmap/wide.ts'
import { IomapDaemon } from '../../../src/core/fuse/daemonIomap.ts'
import { pagedFmap } from '../../../src/core/fuse/daemonPaged.ts'
import { decodePage, decodePageRequest } from '../../../src/core/fuse/pagedMessages.ts'
import { FileBytes } from '../../../src/core/kernel/fileBytes.ts'
import type { MapWay } from '../../../src/core/kernel/way.ts'
import { iomapWay } from '../../../src/core/kernel/ways/iomap.ts'
import { pagedWay } from '../../../src/core/kernel/ways/paged.ts'
import { printCount } from '../../counts.ts'
import { Bench, UNIT_BYTES } from '../../helpers/pulledMaps.ts'

const MAPPING_COUNT = 1_000_000
const DEVICE_COUNT = 4
const NODE = 7
const CAP_BYTES = 64 * 1024
const SIZE_BYTES = MAPPING_COUNT * UNIT_BYTES - 100
const STRIP_BYTES = (MAPPING_COUNT / DEVICE_COUNT) * UNIT_BYTES

/** Strips begin elsewhere on each device, and their order isn't that of the devices. */
const file: Fmap = {
  kind: 'interleaved',
  sizeBytes: SIZE_BYTES,
  chunkBytes: UNIT_BYTES,
  strips: [2, 0, 3, 1].map((devindex) => ({ devindex, offsetBytes: devindex * 3 * UNIT_BYTES, lengthBytes: STRIP_BYTES })),
}

function newBench(): Bench {
  const bench = new Bench(DEVICE_COUNT, STRIP_BYTES + 16 * UNIT_BYTES)
  bench.maps.set(NODE, wideOf(file))
  return bench
}

function opened(way: MapWay): Resolver {
  return must(way.open({ node: NODE, path: 'f', sizeBytes: SIZE_BYTES }))
}

/** Every mapping once, or the first so many, in order, and the most that was held. @returns how many were elsewhere than arithmetic says */
function sweep(way: MapWay, resolver: Resolver, mappingCount = MAPPING_COUNT): { wrongCount: number; mostBytes: number } {
  const naive = resolverOf(file)
  const answer = newAnswer()
  const expected = newAnswer()
  let wrongCount = 0
  let mostBytes = 0
  for (let index = 0; index < mappingCount; index++) {
    const at = index * UNIT_BYTES + (index % UNIT_BYTES)
    const isInside = naive.resolve(at, expected)
    const isSame = resolver.resolve(at, answer) === isInside && [DEVINDEX, OFFSET, LENGTH].every((i) => !isInside || answer[i] === expected[i])
    if (!isSame) wrongCount++
    if (index % 64 === 0) mostBytes = Math.max(mostBytes, way.residentBytes())
  }
  return { wrongCount, mostBytes }
}

/** Marks some bytes where arithmetic says they are, and reads them through the kernel in another order. */
function readMarks(bench: Bench, resolver: Resolver): boolean {
  const random = new SeededRandom(5)
  const naive = resolverOf(file)
  const answer = newAnswer()
  const marks = new Map<number, number>()
  while (marks.size < 2000) marks.set(random.below(SIZE_BYTES / 4) * 4, (marks.size % 255) + 1)
  for (const [at, value] of marks) {
    naive.resolve(at, answer)
    bench.memories[answer[DEVINDEX]!]!.window(answer[OFFSET]!, 1)[0] = value
  }
  const bytes = new FileBytes({ path: 'f', invalid: false }, resolver, bench.context.devices)
  return [...marks].reverse().every(([at, value]) => bytes.window(at, 1)?.[0] === value)
}

describe('a file of 1,000,000 mappings', () => {
  it('reaches the paged kernel 1,000 at a time', { timeout: 120_000 }, () => {
    const bench = newBench()
    bench.handlers = { GET_FMAP: pagedFmap(bench) }
    const seen: (number | undefined)[] = []
    bench.bend = (answered, opcode, request) => {
      if (opcode !== 'GET_FMAP' || seen.length >= 1000) return answered
      const decoded = decodePage(answered.bytes)
      if ('page' in decoded && decoded.page.mappings.count === 1000) seen.push(decodePageRequest(request))
      return answered
    }
    const way = bench.make(pagedWay(bench.direct.link, { cacheCapBytes: CAP_BYTES }))
    const resolver = opened(way)
    expect(bench.counts).toEqual({ GET_FMAP: 1000, GET_DAXDEV: DEVICE_COUNT - 1 })
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i * 1000))
    expect(way.residentBytes()).toBeLessThanOrEqual(CAP_BYTES)
    const swept = sweep(way, resolver)
    expect(swept.wrongCount).toBe(0)
    expect(swept.mostBytes).toBeLessThanOrEqual(CAP_BYTES)
    expect(readMarks(bench, resolver)).toBe(true)
    expect(way.residentBytes()).toBeLessThanOrEqual(CAP_BYTES)
    printCount('pages fetched of a file of 1,000,000 mappings', bench.counts.GET_FMAP!)
  })

  it.each([['the kernel', false, MAPPING_COUNT], ['the server', true, MAPPING_COUNT / 10]])('reaches the mapping cache piecemeal as it is read, cookies kept by %s', { timeout: 120_000 }, (_, isShared, mappingCount) => {
    const bench = newBench()
    const cookies = isShared ? new Int32Array(new SharedArrayBuffer(64)) : undefined
    const server = new IomapDaemon(bench, bench.direct.notify, { cookies })
    bench.handlers = { IOMAP_BEGIN: (node, request) => server.begin(node, request) }
    const way = bench.make(iomapWay(bench.direct.link, { cacheCapBytes: CAP_BYTES, cookies }))
    const resolver = opened(way)
    expect([bench.counts, way.residentBytes()]).toEqual([{}, 0])
    const swept = sweep(way, resolver, mappingCount)
    expect(swept.wrongCount).toBe(0)
    expect(swept.mostBytes).toBeLessThanOrEqual(CAP_BYTES)
    // Each miss asks for what follows in its 64 KiB, which are 16 mappings.
    expect(bench.counts.IOMAP_BEGIN).toBe(mappingCount / 16)
    expect(readMarks(bench, resolver)).toBe(true)
    expect(way.residentBytes()).toBeLessThanOrEqual(CAP_BYTES)
  })

  it('the last of them is found without the others', () => {
    const bench = newBench()
    const handler = pagedFmap(bench)
    const request = new Uint8Array(8)
    new DataView(request.buffer).setUint32(0, MAPPING_COUNT - 1, true)
    const { errno, bytes } = handler(NODE, request)
    expect(errno).toBe(0)
    const decoded = decodePage(bytes)
    expect(decoded).toMatchObject({ page: { sizeBytes: SIZE_BYTES, nextIndex: undefined, mappings: { count: 1 } } })
  })
})
