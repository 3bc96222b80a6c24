// A bad program fails its file, and a bad server its open; neither reaches a byte that isn't the file's, and the mount goes
// on. Each failure says what it was.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeInitReply, encodeOpenReply, encodeTable, TABLE_CELLS_MOST } from '../../../../src/core/fuse/programMessages.ts'
import type { Opcode } from '../../../../src/core/fuse/wire.ts'
import { programExamples } from '../../../../src/core/kernel/program/examples.ts'
import { SPARE_CELLS } from '../../../../src/core/kernel/program/file.ts'
import { printCount, propertyRuns } from '../../../counts.ts'
import { failureOf, programBench } from '../../../helpers/programBench.ts'
import { Bench, resolved, simpleMap, UNIT_BYTES } from '../../../helpers/pulledMaps.ts'

const KIB = 1024
/** Two extents with other files' bytes before, between and behind. */
const map = simpleMap([
  { devindex: 0, offsetBytes: 2 * UNIT_BYTES, lengthBytes: 2 * UNIT_BYTES },
  { devindex: 1, offsetBytes: 8 * UNIT_BYTES, lengthBytes: UNIT_BYTES },
])
const answering = (four: string): string => `setup { }\nresolve { answer(${four}) }`

describe('a program that fails', () => {
  const failing = programExamples.filter(({ fails }) => fails)

  it.each([
    ['endless loop', 'line 7: out of fuel after 1000 steps'],
    ['outside of the table', 'line 3: table[8] is outside of the table, where this file has 8 cells'],
    ['division by zero', 'line 6: division by zero'],
    ['someone else’s bytes', 'for byte 0 it answered 12288 bytes at 0 of device 0, 0 before them, which this file doesn’t have there'],
  ])('%s: EIO, and why', (name, what) => {
    const { source } = failing.find((example) => example.name === name)!
    const bench = programBench({ deviceCount: 2, source, fuel: 1000 })
    const says = `the program that finds the bytes of file1 failed: ${what}`
    for (let i = 0; i < 2; i++) expect(failureOf(bench, map, 0)).toMatchObject({ reason: 'program_failed', errno: 'EIO', says })
  })

  it('has an example for each way', () => {
    expect(failing).toHaveLength(4)
  })

  it.each([
    ['setup { file[100] = 1 }\nresolve { fail(1) }', `line 1: file[100] is outside of what the file keeps, which is ${8 + SPARE_CELLS} cells`],
    ['setup { }\nresolve { let a = file[0 - 1] }', `line 2: file[-1] is outside of what the file keeps, which is ${8 + SPARE_CELLS} cells`],
    ['setup { }\nresolve { fail(offset + 7) }', 'line 2: it gave up with fail(7)'],
    ['setup { fail(-3) }\nresolve { }', 'line 1: it gave up with fail(-3)'],
    ['setup { }\nresolve { }', 'resolve ended without an answer'],
    ['setup { let a = 1 % table[0] }\nresolve { }', 'line 1: division by zero'],
  ])('%j', (source, what) => {
    expect(failureOf(programBench({ deviceCount: 2, source }), map, 0)?.says).toBe(`the program that finds the bytes of file1 failed: ${what}`)
  })

  it('fails its file alone', () => {
    const { open } = programBench({ source: 'setup { file[0] = table[1]\nfile[1] = table[3] }\nresolve { for i in 1..file[0] { for j in 0..0x7fffffffffffffff { } }\nanswer(0, file[1] + offset, size, offset) }' })
    const bad = open(simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES }, { devindex: 0, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES }]), 1)
    const good = open(simpleMap([{ devindex: 0, offsetBytes: 5 * UNIT_BYTES, lengthBytes: UNIT_BYTES }]), 2)
    for (let i = 0; i < 2; i++) {
      expect(resolved(bad, 0)).toBeUndefined()
      expect(resolved(good, 9)).toEqual([0, 5 * UNIT_BYTES + 9, UNIT_BYTES - 9, 9])
    }
  })

  // What a loop's passes cost isn't one step each: else a long body would take minutes.
  it.each([
    ['divisions', 'x = y / 3 ', 16 + 1],
    ['remainders', 'x = y % 3 ', 16 + 1],
    ['cells', 'x = file[0] ', 4 + 1],
    ['choices', 'x = min(y, max(y, 3)) ', 2 * 3 + 1],
    ['signs', 'x = -~y ', 2 + 1],
    ['truths', 'x = y && !y ', 2 + 1],
    ['branches', 'if y { x = y } ', 1 + 3 + 1],
    ['loops', 'for k in 0..1 { x = y } ', 1 + 2 * 3 + 2],
  ])('a long line is paid for by the work in it: %s', (_, statement, steps) => {
    const count = 400
    const passes = 10
    const source = `setup { }\nresolve { let x = 0 let y = offset + 5\nfor i in 0..${passes} { ${statement.repeat(count)} }\nanswer(0, 8192 + offset, 1, 0) }`
    const enough = (passes + 2) * (steps * count + 3) + 20
    const answered = (fuel: number) => failureOf(programBench({ deviceCount: 2, source, fuel }), map, 0)?.says
    expect(answered(enough)).toBeUndefined()
    const tooLittle = Math.floor(passes * steps * count * 0.9)
    expect(answered(tooLittle)).toBe(`the program that finds the bytes of file1 failed: line 3: out of fuel after ${tooLittle} steps`)
  })

  it('and a hook that is one long line too', () => {
    const line = `let x = size ${'x = x / 3 '.repeat(500)}`
    for (const source of [`setup { ${line} }\nresolve { answer(0, 8192, 1, 0) }`, `setup { }\nresolve { ${line} answer(0, 8192, 1, 0) }`]) {
      expect(failureOf(programBench({ deviceCount: 2, source, fuel: 9000 }), map, 0)).toBeUndefined()
      expect(failureOf(programBench({ deviceCount: 2, source, fuel: 8000 }), map, 0)?.says).toContain('out of fuel after 8000 steps')
    }
  })

  it('or can’t be compiled from the start: each open says why, until another comes', () => {
    const { refusal, daemon, open } = programBench({ source: 'setup { }\nresolve { answer(1) }' })
    const one = simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES }])
    expect(refusal(one)).toMatchObject({ errno: 'EIO', says: 'the program that finds the bytes of file1 failed: line 2, column 19: expected “,”, but there is “)”' })
    expect(daemon.upload(answering('0, offset, 1, 0'))).toBe(0)
    expect(resolved(open(one), 3)).toEqual([0, 3, UNIT_BYTES - 3, 3])
  })
})

describe('whatever a program answers', () => {
  it.each([
    ['bytes of another file', '0, 0, 1, 0'],
    ['one byte too many before', '0, 8192, 1, 1'],
    ['one byte too many behind', '0, 8192, 8193, 0'],
    ['another device', '1, 8192, 1, 0'],
    ['a device that isn’t there', '9, 8192, 1, 0'],
    ['a device below 0', '-1, 8192, 1, 0'],
    ['no bytes', '0, 8192, 0, 0'],
    ['fewer than none', '0, 8192, -1, 0'],
    ['more before than there is of the file', '0, 12288, 1, 4096'],
    ['less than none before', '0, 8192, 1, -1'],
    ['a byte within a unit for its start', '0, 8193, 1, 0'],
    ['below the device', '0, -4096, 1, 0'],
    ['beyond all numbers', '0, 0x7fffffffffffffff, 1, 0'],
    ['a length beyond all numbers and a start in the last byte', '0, 0x7ffffffffffffc00, 0x7fffffffffffffff, 0'],
  ])('%s is none of the file’s', (_, four) => {
    const resolver = programBench({ deviceCount: 2, source: answering(four) }).open(map)
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble?.reason).toBe('program_failed')
  })

  it.each([17, 5000])('is none of another file’s that lies between its %i pieces', (count) => {
    const mine = Array.from({ length: count }, (_, i) => ({ devindex: 0, offsetBytes: 2 * i * UNIT_BYTES, lengthBytes: UNIT_BYTES }))
    const { open, daemon } = programBench({ deviceBytes: 2 * count * UNIT_BYTES })
    const resolver = open(simpleMap(mine))
    for (const unit of [0, 1, 2, count - 1, count, 2 * count - 2, 2 * count - 1]) {
      daemon.upload(answering(`0, ${unit * UNIT_BYTES} + offset % 4096, 1, 0`))
      expect([unit, resolved(resolver, 7)?.[1]]).toEqual([unit, unit % 2 === 0 ? unit * UNIT_BYTES + 7 : undefined])
    }
  })

  it('is cut at the file’s end', () => {
    const short = simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: 2 * UNIT_BYTES }], UNIT_BYTES + 3)
    const resolver = programBench({ source: answering('0, offset, 8192 - offset, offset') }).open(short)
    expect(resolved(resolver, UNIT_BYTES)).toEqual([0, UNIT_BYTES, 3, UNIT_BYTES])
  })

  it('keeps it inside of the file’s own extents', () => {
    const { open, daemon } = programBench({ deviceCount: 2 })
    const resolver = open(map)
    let acceptedCount = 0
    const near = (...units: number[]) => fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...units).map((count) => count * UNIT_BYTES) }, { weight: 1, arbitrary: fc.integer({ min: -5000, max: 50_000 }) })
    const answers = fc.record({ devindex: fc.integer({ min: -1, max: 2 }), offset: near(1, 2, 3, 4, 7, 8, 9), length: near(0, 1, 2, 3), before: near(0, 0, 1, 2), at: fc.nat({ max: map.sizeBytes - 1 }) })
    fc.assert(fc.property(answers, ({ devindex, offset, length, before, at }) => {
      daemon.upload(answering(`${devindex}, ${offset} + offset % 4096, ${length} - offset % 4096, ${before} + offset % 4096`))
      const place = resolved(resolver, at)
      expect(resolver.trouble === undefined).toBe(place !== undefined)
      if (!place) return
      acceptedCount++
      const [gotDevice, gotOffset, gotLength, gotBefore] = place
      const [startBytes, endBytes] = [[2, 4], [8, 9]][gotDevice]!.map((units) => units * UNIT_BYTES) as [number, number]
      const isInside = gotOffset - gotBefore >= startBytes && gotOffset + gotLength <= endBytes && gotBefore <= at && gotLength >= 1 && at + gotLength <= map.sizeBytes
      if (!isInside) throw new Error(`accepted ${place.join(' ')}`)
    }), { numRuns: propertyRuns.cheap })
    printCount('random answers that were the file’s', acceptedCount)
    expect(acceptedCount).toBeGreaterThan(10)
  })
})

describe('a hostile server', () => {
  const open = (sizeBytes: number, firstCell: number, cellCount: number) => ({ errno: 0, bytes: encodeOpenReply({ sizeBytes, firstCell, cellCount }) })

  it.each([
    ['an errno', { errno: 5, bytes: new Uint8Array(0) }, 'daemon_failed'],
    ['nothing', { errno: 0, bytes: new Uint8Array(0) }, 'bad_map'],
    ['half an answer', { errno: 0, bytes: encodeOpenReply({ sizeBytes: map.sizeBytes, firstCell: 0, cellCount: 8 }).subarray(0, 12) }, 'bad_map'],
    ['a byte too many', { errno: 0, bytes: new Uint8Array(17) }, 'bad_map'],
    ['another size', open(map.sizeBytes + 1, 0, 8), 'bad_map'],
    ['a size beyond numbers', { errno: 0, bytes: new Uint8Array(16).fill(0xff) }, 'bad_map'],
    ['cells beyond the table', open(map.sizeBytes, TABLE_CELLS_MOST - 7, 8), 'bad_map'],
    ['too many cells', open(map.sizeBytes, 0, 1024 * KIB), 'map_limit'],
  ])('answers OPEN with %s', (_, answered, reason) => {
    const { bench, refusal, way } = programBench({ deviceCount: 2 })
    bench.bend = (sound, opcode) => (opcode === 'OPEN' ? answered : sound)
    const failure = refusal(map)
    expect(failure?.reason).toBe(reason)
    bench.bend = (sound) => sound
    expect(refusal(map)).toBeUndefined()
    expect(way.open({ node: 1, path: 'a', sizeBytes: map.sizeBytes - 1 })).toMatchObject({ ok: false, failure: { reason: 'bad_map' } })
  })

  const span = (devindex: number, offsetUnits: number, lengthUnits: number) => ({ devindex, offsetBytes: offsetUnits * UNIT_BYTES, lengthBytes: lengthUnits * UNIT_BYTES })

  it.each([
    ['no ranges', [], 'bad_map'],
    ['ranges that overlap', [span(0, 0, 2), span(0, 1, 2)], 'bad_map'],
    ['ranges that are shorter than the file', [span(0, 0, 2)], 'bad_map'],
    ['a range beyond its device', [span(0, 254, 3)], 'bad_map'],
    ['a range within a unit', [{ devindex: 0, offsetBytes: 512, lengthBytes: 3 * UNIT_BYTES }], 'bad_map'],
    ['ranges in no order', [span(0, 4, 2), span(0, 0, 2)], 'bad_map'],
    ['an empty range', [span(0, 0, 3), span(1, 0, 0)], 'bad_map'],
    ['a device that nobody has', [span(7, 0, 3)], 'device_missing'],
  ])('says where a file is with %s', (_, spans, reason) => {
    const { bench, refusal } = programBench({ deviceCount: 2 })
    const cells = new Uint8Array(64)
    const table = { firstCell: 0, spans, cells }
    bench.handlers = { ...bench.handlers, OPEN: (node) => ({ errno: bench.direct.notify('TABLE', node, encodeTable(table)), bytes: open(map.sizeBytes, 0, 8).bytes }) }
    expect(refusal(map)?.reason).toBe(reason)
  })

  it('moves an open file to ranges that aren’t good: it fails, until they are', () => {
    const { bench, open: openFile, daemon } = programBench({ deviceCount: 2 })
    const resolver = openFile(map)
    expect(bench.direct.notify('TABLE', 1, encodeTable({ firstCell: 0, spans: [span(0, 300, 3)], cells: new Uint8Array(0) }))).toBe(0)
    expect(resolved(resolver, 0)).toBeUndefined()
    expect(resolver.trouble?.reason).toBe('bad_map')
    expect(daemon.refill(1)).toBe(0)
    expect(resolved(resolver, 0)).toEqual([0, 2 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
  })

  describe('adds a range of a superblock to those that were good', () => {
    const reserving = (deviceCount: number) => {
      const made = programBench({ deviceCount, source: answering('0, offset, 1, 0') })
      made.bench.context.isReserved = (_path, _devindex, offsetBytes) => offsetBytes < 2 * UNIT_BYTES
      const add = () => made.bench.direct.notify('TABLE', 1, encodeTable({ firstCell: 0, firstSpan: 2, spans: [span(0, 0, 2)], cells: new Uint8Array(0) }))
      return { ...made, add }
    }
    const says = expect.stringContaining('in its superblock or log') as string

    it('while it is asked for devices', () => {
      const { bench, refusal, add } = reserving(1)
      bench.memories.push(new Bench(2, 1024 * KIB).memories[1]!)
      let errno: number | undefined
      bench.bend = (sound, opcode) => {
        if (opcode === 'INIT') errno = add()
        return sound
      }
      expect(refusal(map)).toMatchObject({ reason: 'bad_map', says })
      expect([errno, bench.counts.INIT]).toEqual([0, 2])
    })

    it.each([['before it was looked at', false], ['when it was refused', true]])('and doesn’t answer the next open, %s', (_, isLookedAt) => {
      const { bench, open: openFile, refusal, add } = reserving(2)
      const resolver = openFile(map)
      expect(resolved(resolver, 0)).toBeUndefined()
      expect(resolver.trouble?.reason).toBe('program_failed')
      expect(add()).toBe(0)
      const looked = isLookedAt ? resolved(resolver, 0) : undefined
      expect(looked).toBeUndefined()
      bench.handlers = { ...bench.handlers, OPEN: () => ({ errno: 5, bytes: new Uint8Array(0) }) }
      expect(refusal(map)?.reason).toBe('daemon_failed')
      expect([resolved(resolver, 0), resolver.trouble?.says]).toEqual([undefined, says])
    })
  })

  it('sends notices that aren’t any: they are refused', () => {
    const { bench, open: openFile } = programBench({ deviceCount: 2 })
    const resolver = openFile(map)
    const { notify } = bench.direct
    const sound = encodeTable({ firstCell: 0, spans: [span(0, 0, 1)], cells: new Uint8Array(16) })
    const changed = (at: number, value: number) => sound.map((byte, i) => (i === at ? value : byte))
    expect(notify('TABLE', 2, sound)).toBe(2)
    expect(notify('TABLE', 1, sound.subarray(0, 15))).toBe(22)
    expect(notify('TABLE', 1, sound.subarray(0, sound.length - 1))).toBe(22)
    // More cells than there are, a place beyond the table, more ranges than there are, ranges that go on where none ended, and one of no number.
    expect([changed(4, 3), changed(3, 0x7f), changed(9, 9), changed(12, 1), changed(16 + 8 + 6, 0xff)].map((bytes) => notify('TABLE', 1, bytes))).toEqual([22, 22, 22, 22, 22])
    expect(notify('UPSERT', 1, sound)).toBe(38)
    expect(resolved(resolver, 0)).toEqual([0, 2 * UNIT_BYTES, 2 * UNIT_BYTES, 0])
  })

  it.each([
    ['an errno', { errno: 5, bytes: new Uint8Array(0) }],
    ['nothing', { errno: 0, bytes: new Uint8Array(0) }],
    ['more devices than it names', { errno: 0, bytes: encodeInitReply([{ devindex: 1, name: '/dev/dax1.0' }]).map((byte, i) => (i === 4 ? 2 : byte)) }],
    ['thousands of devices', { errno: 0, bytes: encodeInitReply([]).map((byte, i) => (i === 5 ? 9 : byte)) }],
    ['another version', { errno: 0, bytes: encodeInitReply([]).map((byte, i) => (i === 0 ? 9 : byte)) }],
    ['devices that this host doesn’t have', { errno: 0, bytes: encodeInitReply([{ devindex: 1, name: '/dev/dax9.0' }]) }],
  ])('answers INIT with %s: files on such devices fail', (_, answered) => {
    const { bench, refusal } = programBench()
    bench.memories.push(bench.memories[0]!)
    bench.bend = (sound, opcode: Opcode) => (opcode === 'INIT' ? answered : sound)
    expect(refusal(map)).toMatchObject({ reason: 'device_missing', errno: 'ENODEV' })
    expect(refusal(simpleMap([{ devindex: 0, offsetBytes: 0, lengthBytes: UNIT_BYTES }]), 2)).toBeUndefined()
  })

  it('has two indices for one device: the second is none', () => {
    const { bench, refusal } = programBench()
    bench.bend = (sound, opcode: Opcode) => (opcode === 'INIT' ? { errno: 0, bytes: encodeInitReply([0, 1].map((devindex) => ({ devindex, name: '/dev/dax0.0' }))) } : sound)
    const twice = simpleMap([0, 1].map((devindex) => ({ devindex, offsetBytes: 2 * UNIT_BYTES, lengthBytes: UNIT_BYTES })))
    expect(refusal(twice)).toMatchObject({ reason: 'device_missing', errno: 'ENODEV' })
    expect(bench.context.devices.list().map(({ devindex }) => devindex)).toEqual([0])
  })

  it('gets requests that aren’t any: they are refused', () => {
    const { bench } = programBench()
    const { link } = bench.direct
    expect(link.call('INIT', 0, new Uint8Array(3)).errno).toBe(22)
    expect(link.call('OPEN', 1, new Uint8Array(9)).errno).toBe(22)
    expect(link.call('OPEN', 99, new Uint8Array(8)).errno).toBe(2)
  })
})
