// A kernel that runs programs finds every byte where a plain walk finds it, whatever the map; table and program change
// while files are open; and each resolve allocates nothing.

import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { newAnswer } from '../../../../src/core/fmap/resolve.ts'
import { walkingResolver } from '../../../../src/core/fmap/wideResolve.ts'
import type { WideMap } from '../../../../src/core/fmap/wide.ts'
import { encodeTable, FILE_CELLS_MOST, NOTICE_CELLS_MOST, TABLE_CELLS_MOST } from '../../../../src/core/fuse/programMessages.ts'
import { programDaemon } from '../../../../src/core/fuse/daemonProgram.ts'
import { FileBytes } from '../../../../src/core/kernel/fileBytes.ts'
import { MappedFile } from '../../../../src/core/kernel/mappedFile.ts'
import { ProgramFile } from '../../../../src/core/kernel/program/file.ts'
import { PAGE_BYTES, type Sandbox } from '../../../../src/core/kernel/program/sandbox.ts'
import { programWay } from '../../../../src/core/kernel/ways/program.ts'
import { makeSandbox } from '../../../../src/host/sandbox.ts'
import { programExamples } from '../../../../src/core/kernel/program/examples.ts'
import { propertyRuns } from '../../../counts.ts'
import { collectionsOf } from '../../../helpers/collections.ts'
import { valueOf } from '../../../helpers/outcome.ts'
import { answersOf, type ProgramBench, probesOf, programBench } from '../../../helpers/programBench.ts'
import { anyMap, Bench, DEVICE_UNITS, resolved, simpleMap, simplePlan, UNIT_BYTES, walked } from '../../../helpers/pulledMaps.ts'

const deviceBytes = 4 * DEVICE_UNITS * UNIT_BYTES
const sourceOf = (name: string): string => programExamples.find((example) => example.name === name)!.source

const walkedAnswers = (map: WideMap): unknown[] => probesOf(map).map((at) => [at, walked(map, at)])

const striped = (chunkBytes: number, chunkCount: number, stripCount: number): WideMap => {
  const rows = Math.ceil(chunkCount / stripCount)
  const strips = Array.from({ length: stripCount }, (_, i) => ({ devindex: 0, offsetBytes: (stripCount - 1 - i) * (rows + 1) * chunkBytes, lengthBytes: rows * chunkBytes }))
  const sizeBytes = chunkCount * chunkBytes
  return { kind: 'interleaved', sizeBytes, interleaved: [{ sizeBytes, chunkBytes, strips }] }
}

describe('every byte is where a plain walk finds it', () => {
  it('with the program for both kinds', () => {
    fc.assert(fc.property(anyMap(), ({ map, deviceCount }) => {
      expect(answersOf(programBench({ deviceCount, deviceBytes }).open(map), map)).toEqual(walkedAnswers(map))
    }), { numRuns: propertyRuns.dear })
  })

  it('with the list', () => {
    fc.assert(fc.property(simplePlan(), ({ map, deviceCount }) => {
      expect(answersOf(programBench({ deviceCount, deviceBytes, source: sourceOf('list') }).open(map), map)).toEqual(walkedAnswers(map))
    }), { numRuns: propertyRuns.dear })
  })

  it('with the interleave, as core’s own resolver answers', () => {
    const plans = fc.record({ chunkBits: fc.integer({ min: 12, max: 14 }), chunkCount: fc.integer({ min: 1, max: 40 }), stripCount: fc.integer({ min: 1, max: 16 }), cutBytes: fc.nat({ max: UNIT_BYTES - 1 }) })
    fc.assert(fc.property(plans, ({ chunkBits, chunkCount, stripCount, cutBytes }) => {
      const whole = striped(2 ** chunkBits, chunkCount, stripCount)
      const map = { ...whole, sizeBytes: whole.sizeBytes - cutBytes } as WideMap
      const bench = programBench({ deviceBytes: 4 * 1024 * 1024, source: sourceOf('interleave') })
      expect(answersOf(bench.open(map), map)).toEqual(answersOf(walkingResolver(map), map))
    }), { numRuns: propertyRuns.dear })
  })

  it('and nowhere outside of the file', () => {
    const map = striped(UNIT_BYTES, 7, 3)
    const resolver = programBench().open(map)
    for (const at of [-1, map.sizeBytes, 2 ** 53, 0.5, Number.NaN, Infinity]) expect(resolved(resolver, at)).toBeUndefined()
    expect(resolver.trouble).toBeUndefined()
    expect(resolved(resolver, 0)).toEqual(walked(map, 0))
  })

  it('with a hundred thousand extents, told in parts, and a file beside it', () => {
    const count = 100_000
    const extents = Array.from({ length: count }, (_, i) => ({ devindex: 0, offsetBytes: ((i * 7919) % count) * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
    const { open } = programBench({ deviceBytes: count * UNIT_BYTES })
    const found: number[] = []
    const other = open(striped(UNIT_BYTES, 9, 2), 2)
    const map = simpleMap(extents)
    const resolver = open(map, 1)
    for (let at = 0; at < count; at += 97) found.push(resolved(resolver, at * UNIT_BYTES + 5)![1])
    expect(found).toEqual(Array.from({ length: Math.ceil(count / 97) }, (_, i) => extents[i * 97]!.offsetBytes + 5))
    expect(resolved(other, 0)).toEqual(walked(striped(UNIT_BYTES, 9, 2), 0))
    expect((2 + count * 3) / NOTICE_CELLS_MOST).toBeGreaterThan(30)
  })
})

describe('a fault serves whole units, however few bytes were answered', () => {
  const pieces = [{ devindex: 0, offsetBytes: 9 * UNIT_BYTES, lengthBytes: 3 * UNIT_BYTES }, { devindex: 0, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES }]
  const map = { ...simpleMap(pieces), sizeBytes: 4 * UNIT_BYTES - 100 }
  /** As the program for lists, with that for length and bytes before. */
  const answering = (length: string, before: string): string =>
    `setup { for i in 0..cells { file[i] = table[i] } }\nresolve { let at = offset if at < file[4] { answer(file[2], file[3] + at, ${length}, ${before}) }\nanswer(file[5], file[6] + at - file[4], ${length}, ${before}) }`

  it.each([
    ['1', '0'],
    ['2', 'offset % 2'],
    ['4096 - offset % 4096', '0'],
    ['1', 'offset % 4096'],
  ])('%s bytes and %s before', (length, before) => {
    const resolver = programBench({ source: answering(length, before) }).open(map)
    for (const [unit, placeUnits] of [9, 10, 11, 2].entries()) {
      for (const within of [0, 1, 2000, 3995]) {
        const leftBytes = Math.min(UNIT_BYTES, map.sizeBytes - unit * UNIT_BYTES) - within
        expect(resolved(resolver, unit * UNIT_BYTES + within)).toEqual([0, placeUnits * UNIT_BYTES + within, leftBytes, within])
      }
    }
  })

  it('so that a program runs once for each unit that is read, and no byte is another', () => {
    let runCount = 0
    const sandbox = (): Sandbox => {
      const made = makeSandbox()
      const load: Sandbox['load'] = (module) => {
        const running = made.load(module)
        return { setup: running.setup.bind(running), resolve: (...given) => (runCount++, running.resolve(...given)) }
      }
      return { get buffer() { return made.buffer }, grow: (pageCount) => made.grow(pageCount), load }
    }
    const bench = new Bench(1, deviceBytes)
    bench.handlers = programDaemon(bench, bench.direct.notify, answering('1', '0')).handlers
    bench.maps.set(1, map)
    const resolver = valueOf(bench.make(programWay(bench.direct.link, { sandbox })).open({ node: 1, path: 'f', sizeBytes: map.sizeBytes }))
    const [memory] = bench.memories
    for (let at = 0; at < deviceBytes; at += 64) memory!.write(at, Uint8Array.of(at / 64 % 251, at >> 14))
    const file = new FileBytes({ path: 'f', invalid: false }, resolver, bench.context.devices)
    const read = new Uint8Array(map.sizeBytes)
    for (let at = 0; at < read.length; ) {
      const part = file.window(at, read.length - at)
      if (!part) throw new Error(file.failure.says)
      read.set(part, at)
      at += part.length
    }
    expect(runCount).toBe(4)
    const expected = pieces.flatMap(({ offsetBytes, lengthBytes }) => [...memory!.window(offsetBytes, lengthBytes)])
    expect(Buffer.compare(read, Uint8Array.from(expected.slice(0, read.length)))).toBe(0)
  })
})

describe('limits', () => {
  it('more cells than a file may have is E2BIG, and nothing is kept', () => {
    const { refusal, way, bench } = programBench({ deviceBytes: 64 * UNIT_BYTES })
    const before = way.residentBytes()
    const count = Math.ceil(FILE_CELLS_MOST / 3)
    const failure = refusal(simpleMap(Array.from({ length: count }, () => ({ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES }))))
    expect(failure).toMatchObject({ reason: 'map_limit', errno: 'E2BIG' })
    expect(failure?.says).toContain(`${2 + count * 3} cells of the table, and ${FILE_CELLS_MOST} are the most`)
    expect(way.residentBytes()).toBe(before)
    expect(bench.counts.OPEN).toBe(1)
  })

  it('as many as it may have are set up within the fuel', () => {
    const count = Math.floor((FILE_CELLS_MOST - 2) / 3)
    const extents = Array.from({ length: count }, (_, i) => ({ devindex: 0, offsetBytes: i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
    const resolver = programBench({ deviceBytes: count * UNIT_BYTES }).open(simpleMap(extents))
    expect(resolved(resolver, (count - 1) * UNIT_BYTES)).toEqual([0, (count - 1) * UNIT_BYTES, UNIT_BYTES, 0])
  })
})

describe('what is kept', () => {
  it('is counted as long as it is there: the sandbox, the table, ranges in use and ranges that were told', () => {
    const sandboxes: Sandbox[] = []
    const count = 60_000
    const map = simpleMap(Array.from({ length: count }, (_, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    const bench = new Bench(1, 2 * count * UNIT_BYTES)
    bench.handlers = programDaemon(bench, bench.direct.notify).handlers
    bench.maps.set(1, map)
    const way = bench.make(programWay(bench.direct.link, { sandbox: () => sandboxes[sandboxes.push(makeSandbox()) - 1]! }))
    expect(way.residentBytes()).toBe(PAGE_BYTES)
    const ask = { node: 1, path: 'f', sizeBytes: map.sizeBytes }
    const opened = valueOf(way.open(ask))
    const cellsBytes = (2 + 3 * count) * 8
    const keptBytes = way.residentBytes()
    const tableBytes = keptBytes - sandboxes[0]!.buffer.byteLength - count * 20
    expect(tableBytes).toBeGreaterThanOrEqual(cellsBytes)
    expect(tableBytes).toBeLessThan(cellsBytes * 2)
    // Its own cells, and those of the table while it was set up.
    expect(sandboxes[0]!.buffer.byteLength).toBeGreaterThan(2 * cellsBytes)
    const told = Array.from({ length: 2000 }, (_, i) => ({ devindex: 9, offsetBytes: i, lengthBytes: 1 }))
    expect(bench.direct.notify('TABLE', 1, encodeTable({ firstCell: 0, spans: told, cells: new Uint8Array(0) }))).toBe(0)
    expect(way.residentBytes()).toBe(keptBytes + told.length * 20)
    way.forget(1)
    expect([way.residentBytes(), sandboxes.length, sandboxes[1]?.buffer.byteLength]).toEqual([PAGE_BYTES, 2, PAGE_BYTES])
    expect(resolved(opened, 5 * UNIT_BYTES)).toEqual([0, 10 * UNIT_BYTES, UNIT_BYTES, 0])
    expect(way.residentBytes()).toBe(keptBytes)
  })
})

it('what is kept is added up as files come and go: whoever asks after each of ten thousand walks through none of them', () => {
  const { open, way } = programBench()
  const map = simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES }, { devindex: 0, offsetBytes: 3 * UNIT_BYTES, lengthBytes: UNIT_BYTES }])
  for (let node = 1; node <= 3; node++) open(map, node)
  const looked = vi.spyOn(ProgramFile.prototype, 'residentBytes', 'get')
  const threeBytes = way.residentBytes()
  expect(looked).not.toHaveBeenCalled()
  looked.mockRestore()
  way.forget(2)
  expect(threeBytes - way.residentBytes()).toBe(2 * 20)
})

describe('ranges that touch', () => {
  const range = (devindex: number, unit: number, unitCount = 1) => ({ devindex, offsetBytes: unit * UNIT_BYTES, lengthBytes: unitCount * UNIT_BYTES })
  /** Answers with all of the file from its first place on. */
  const source = `setup { file[0] = table[2] file[1] = table[3] }\nresolve { answer(file[0], file[1] + offset, size - offset, offset) }`

  it('are one to an answer, and are kept as one', () => {
    const { open, way } = programBench({ source })
    const before = way.residentBytes()
    const resolver = open(simpleMap([range(0, 4), range(0, 5), range(0, 6, 2)]))
    const keptBytes = way.residentBytes() - before
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 4 * UNIT_BYTES, 0])
    expect(resolved(resolver, 2 * UNIT_BYTES + 7)).toEqual([0, 6 * UNIT_BYTES + 7, 2 * UNIT_BYTES - 7, 2 * UNIT_BYTES + 7])
    const apart = programBench({ source })
    apart.open(simpleMap([range(0, 4), range(0, 6), range(0, 8, 2)]))
    // The same program, cells and table: two ranges less.
    expect(apart.way.residentBytes() - before).toBe(keptBytes + 2 * 20)
  })

  it.each([
    ['with a gap between', [range(0, 4), range(0, 6)]],
    ['of another device', [range(0, 4), range(1, 5)]],
  ])('%s they are two, and an answer for both is none', (_, ranges) => {
    const resolver = programBench({ deviceCount: 2, source }).open(simpleMap(ranges))
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'program_failed' })
  })

  it('can be added to by as many as were told, and not by as many as are left', () => {
    const { open, bench } = programBench({ source })
    const resolver = open(simpleMap([range(0, 4), range(0, 5)]))
    const more = (firstSpan: number) => bench.direct.notify('TABLE', 1, encodeTable({ firstCell: 0, firstSpan, spans: [range(0, 6)], cells: new Uint8Array(0) }))
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
    expect(more(1)).toBe(22)
    expect(more(2)).toBe(0)
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
    // What was added counts, too.
    expect(more(2)).toBe(22)
  })
})

describe('while files are open', () => {
  const first = simpleMap([{ devindex: 0, offsetBytes: 4 * UNIT_BYTES, lengthBytes: 2 * UNIT_BYTES }])
  const second = simpleMap([{ devindex: 0, offsetBytes: 9 * UNIT_BYTES, lengthBytes: 2 * UNIT_BYTES }])

  it('another program takes over at the next fault, without a question', () => {
    const { open, daemon, bench } = programBench()
    const resolver = open(first)
    const lists = open(second, 2)
    expect(resolved(resolver, 5)).toEqual([0, 4 * UNIT_BYTES + 5, 2 * UNIT_BYTES - 5, 5])
    // Shows one page at a time.
    expect(daemon.upload('setup { file[0] = table[3] }\nresolve { let page = offset % 4096\nanswer(0, file[0] + offset, 4096 - page, page) }')).toBe(0)
    expect(resolved(resolver, UNIT_BYTES + 5)).toEqual([0, 5 * UNIT_BYTES + 5, UNIT_BYTES - 5, 5])
    expect(resolved(lists, 0)).toEqual([0, 9 * UNIT_BYTES, UNIT_BYTES, 0])
    expect(bench.counts).toMatchObject({ OPEN: 2, INIT: 1 })
  })

  it('another program, and another file, find their own cells 0', () => {
    const { open, daemon, way } = programBench()
    const resolver = open(first)
    // The program before left the number of extents in the second cell.
    daemon.upload(`setup { }\nresolve { answer(0, ${4 * UNIT_BYTES} + file[1] * ${UNIT_BYTES} + offset, 4096, 0)\n}`)
    expect(resolved(resolver, 0)?.[1]).toBe(4 * UNIT_BYTES)
    daemon.upload(`setup { file[1] = 1 }\nresolve { answer(0, ${4 * UNIT_BYTES} + file[1] * ${UNIT_BYTES} + offset, 4096, 0)\n}`)
    expect(resolved(resolver, 0)?.[1]).toBe(5 * UNIT_BYTES)
    const held = open(second, 2)
    way.forget(1)
    daemon.upload(`setup { }\nresolve { answer(0, ${9 * UNIT_BYTES} + file[1] * ${UNIT_BYTES} + offset, 4096, 0)\n}`)
    for (const each of [held, open(second, 3)]) expect(resolved(each, 0)?.[1]).toBe(9 * UNIT_BYTES)
  })

  it('one that doesn’t compile is refused, and the old one goes on', () => {
    const { open, daemon, bench } = programBench()
    const resolver = open(first)
    expect(bench.direct.notify('PROGRAM', 0, new Uint8Array(64 * 1024 + 1))).toBe(7)
    daemon.upload('setup { } resolve { answer(1) }')
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
    bench.direct.notify('PROGRAM', 0, Uint8Array.of(0xff, 0xfe))
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
  })

  it('another table takes over at the next fault, without a question', () => {
    const { open, daemon, bench } = programBench()
    const resolver = open(first)
    expect(resolved(resolver, 0)?.[1]).toBe(4 * UNIT_BYTES)
    bench.maps.set(1, second)
    expect(daemon.refill(1)).toBe(0)
    expect(resolved(resolver, 0)?.[1]).toBe(9 * UNIT_BYTES)
    expect(bench.counts.OPEN).toBe(1)
    expect(daemon.refill(77)).toBe(2)
  })

  it('of many programs only the newest is compiled, when it is needed', () => {
    let loadCount = 0
    const sandbox = (): Sandbox => {
      const made = makeSandbox()
      return { get buffer() { return made.buffer }, grow: (pageCount) => made.grow(pageCount), load: (module) => (loadCount++, made.load(module)) }
    }
    const bench = new Bench(1, deviceBytes)
    const daemon = programDaemon(bench, bench.direct.notify)
    bench.handlers = daemon.handlers
    bench.maps.set(1, first)
    const opened = bench.make(programWay(bench.direct.link, { sandbox })).open({ node: 1, path: 'f', sizeBytes: first.sizeBytes })
    if (!opened.ok) throw new Error(opened.failure.says)
    expect(loadCount).toBe(1)
    for (let i = 0; i < 1000; i++) daemon.upload(`setup { }\nresolve { answer(0, ${4 * UNIT_BYTES} + offset, ${i + UNIT_BYTES - 998}, 0) }`)
    expect(loadCount).toBe(1)
    // All but the last of them answer one unit.
    expect(resolved(opened.value, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
    expect(resolved(opened.value, UNIT_BYTES)).toEqual([0, 5 * UNIT_BYTES, UNIT_BYTES, 0])
    expect(loadCount).toBe(2)
  })

  it.each<[string, (bench: ProgramBench) => void]>([
    ['table', ({ bench, daemon }) => {
      bench.maps.set(1, second)
      daemon.refill(1)
    }],
    ['program', ({ daemon }) => void daemon.upload(`setup { }\nresolve { answer(0, ${5 * UNIT_BYTES} + offset, 4096 - offset % 4096, offset % 4096) }`)],
  ])('another %s moves what was mapped before', (_, change) => {
    const bench = programBench()
    const resolver = bench.open(first)
    const file = new MappedFile('f', new FileBytes({ path: 'f', invalid: false }, resolver, bench.bench.context.devices), true)
    valueOf(file.setUint8(0, 1))
    change(bench)
    const now = resolved(resolver, 0)![1]
    expect(now).not.toBe(4 * UNIT_BYTES)
    valueOf(file.setUint8(0, 66))
    const bytes = bench.bench.memories[0]!.window(0, deviceBytes / 4)
    expect([bytes[4 * UNIT_BYTES], bytes[now], file.getUint8(0)]).toEqual([1, 66, 66])
  })

  it('a program that failed is mended by another one', () => {
    const { open, daemon } = programBench({ source: sourceOf('endless loop'), fuel: 50_000 })
    const resolver = open(first)
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble?.reason).toBe('program_failed')
    daemon.upload(sourceOf('list'))
    expect(resolved(resolver, 0)).toEqual([0, 4 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
    expect(resolver.trouble).toBeUndefined()
  })

  it('a file that was forgotten gives its memory back, and a mapping that is left goes on', () => {
    const { open, way } = programBench()
    const resolver = open(first)
    const held = way.residentBytes()
    way.forget(1)
    expect(way.residentBytes()).toBeLessThan(held)
    expect(resolved(resolver, 0)?.[1]).toBe(4 * UNIT_BYTES)
    expect(way.residentBytes()).toBe(held)
    way.forget(1)
    way.forget(99)
    // Opened again it is in the same cells, with more of them in others.
    open(second)
    expect(way.residentBytes()).toBe(held)
    expect(resolved(open(striped(UNIT_BYTES, 5, 4)), UNIT_BYTES)).toEqual(walked(striped(UNIT_BYTES, 5, 4), UNIT_BYTES))
  })

  it('files that come and go leave nothing, however many: not in the table, nor in the kernel', () => {
    const { open, way, bench } = programBench({ deviceBytes: 100_000 * UNIT_BYTES })
    const before = way.residentBytes()
    // Together more than the table has cells, and of as many sizes.
    for (let node = 1; node <= 30; node++) {
      const map = simpleMap(Array.from({ length: 50_000 + node }, (_, i) => ({ devindex: 0, offsetBytes: i * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
      expect(resolved(open(map, node), 5 * UNIT_BYTES)).toEqual([0, 5 * UNIT_BYTES, UNIT_BYTES, 0])
      way.forget(node)
      bench.maps.delete(node)
      expect(way.residentBytes()).toBe(before)
    }
    expect(bench.counts).toMatchObject({ OPEN: 30, FORGET: 30 })
    expect(30 * 50_000 * 3).toBeGreaterThan(TABLE_CELLS_MOST)
  })

  it('a file that was forgotten hears no notices any more: what was mapped of it is looked for again', () => {
    const { open, way, bench, daemon } = programBench()
    const resolver = open(first)
    const before = resolver.validity!()
    way.forget(1)
    bench.maps.set(1, second)
    daemon.refill(1)
    expect(resolver.validity!()).not.toBe(before)
    expect(resolved(resolver, 0)?.[1]).toBe(9 * UNIT_BYTES)
    way.forget(1)
    bench.maps.delete(1)
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble).toMatchObject({ reason: 'daemon_failed' })
  })

  it('a device that comes after the mount is asked for', () => {
    const { bench, refusal, open } = programBench()
    const map = simpleMap([{ devindex: 1, offsetBytes: UNIT_BYTES, lengthBytes: UNIT_BYTES }])
    expect(refusal(map)).toMatchObject({ reason: 'device_missing', errno: 'ENODEV' })
    bench.memories.push(new Bench(2, deviceBytes).memories[1]!)
    expect(resolved(open(map), 0)).toEqual([1, UNIT_BYTES, UNIT_BYTES, 0])
    expect(bench.counts.INIT).toBe(3)
  })
})

it.each([
  ['a list', simpleMap(Array.from({ length: 16 }, (_, i) => ({ devindex: 0, offsetBytes: ((i * 5) % 16) * 2 ** 20, lengthBytes: 2 ** 20 })))],
  ['a striped file', striped(UNIT_BYTES, 1024, 4)],
])('no resolve allocates: %s', (_, map) => {
  const resolver = programBench({ deviceBytes: 2 ** 24 }).open(map)
  const answer = newAnswer()
  const run = (): number => {
    let found = 0
    for (let i = 0; i < 2_000_000; i++) if (resolver.resolve((i * 104_729) % map.sizeBytes, answer)) found++
    return found
  }
  expect(run()).toBe(2_000_000)
  // One number that is boxed per call would be some 32 MB, and several collections.
  expect(collectionsOf(run)).toBeLessThanOrEqual(1)
})
