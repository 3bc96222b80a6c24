// What the map lab draws and says, as pure numbers and words: scales, arrows, figures, fields of messages, presets.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IomapEntry } from '../../../src/core/fuse/iomapMessages.ts'
import { IoctlExtent, IoctlInterleaved, IoctlMap43 } from '../../../src/core/fuse/ioctlMessages.ts'
import { IomapBegin } from '../../../src/core/fuse/iomapMessages.ts'
import { DaxdevRequest, FmapHeader, FmapProbe } from '../../../src/core/fuse/messages.ts'
import { encodePage, FmapPageRequest } from '../../../src/core/fuse/pagedMessages.ts'
import { encodeTable } from '../../../src/core/fuse/programMessages.ts'
import { columnsOf } from '../../../src/core/fmap/wide.ts'
import { CARDS, KERNELS } from '../../../src/ui/lab/cards.ts'
import { countsWord, countsOf, curveText, growthText, MEASURES, plotOf } from '../../../src/ui/lab/curve.ts'
import { fieldAt, fieldsIn, runsOf, structsText } from '../../../src/ui/lab/decode.ts'
import { drawn, endUs, ladderOf, rungsIn, stripOf, stripPath } from '../../../src/ui/lab/ladder.ts'
import { EXTENT_STEPS, EXTENTS_MOST, firstSetup, MOVE_STEPS, PRESETS, presetOf } from '../../../src/ui/lab/presets.ts'
import { decadesUpTo, logAxis, nearestStep, powersOfTwo, tickText } from '../../../src/ui/lab/scales.ts'
import { capText, errnoText, figuresOf, KERNEL_TITLES, nsText, percentText, spreadText, usText } from '../../../src/ui/lab/text.ts'
import { propertyRuns } from '../../counts.ts'
import { curveOf, fmapReply, messageOf, sideOf, stripedReply } from '../../helpers/labRuns.ts'

describe('scales', () => {
  it('sliders go up evenly in proportion, from end to end', () => {
    expect(decadesUpTo(100)).toEqual([1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100])
    expect(decadesUpTo(4)).toEqual([1, 2, 3, 4])
    expect([EXTENT_STEPS[0], EXTENT_STEPS.at(-1)]).toEqual([1, EXTENTS_MOST])
    expect(powersOfTwo(4096, 32_768)).toEqual([4096, 8192, 16_384, 32_768])
    const steps = decadesUpTo(1_000_000)
    for (let i = 1; i < steps.length; i++) expect(steps[i]! / steps[i - 1]!).toBeLessThanOrEqual(2)
  })

  it('the nearest step of a step is itself, and nearness is in proportion', () => {
    expect(EXTENT_STEPS.map((step) => nearestStep(EXTENT_STEPS, step))).toEqual(EXTENT_STEPS.map((_, i) => i))
    expect(EXTENT_STEPS[nearestStep(EXTENT_STEPS, 16)]).toBe(20)
    expect(nearestStep(EXTENT_STEPS, 0)).toBe(0)
    expect(nearestStep(EXTENT_STEPS, 10 ** 9)).toBe(EXTENT_STEPS.length - 1)
  })

  it('an axis holds all its values between whole powers', () => {
    const values = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1 })
    fc.assert(fc.property(values, fc.constantFrom(10, 16), (some, base) => {
      const { least, most, ticks, at } = logAxis(some, base)
      expect(least).toBeLessThanOrEqual(Math.min(...some) * (1 + 1e-9))
      expect(most).toBeGreaterThanOrEqual(Math.max(...some) * (1 - 1e-9))
      expect([at(least), at(most)]).toEqual([0, 1])
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      const ordered = [...some].sort((a, b) => a - b).map(at)
      expect(ordered).toEqual([...ordered].sort((a, b) => a - b))
    }), { numRuns: propertyRuns.usual })
    expect(logAxis([1, 1000])).toMatchObject({ least: 1, most: 1000, ticks: [1, 10, 100, 1000] })
    // Sizes are told in binary units.
    expect(logAxis([20, 5_000_000], 16).ticks.map(capText)).toEqual(['16 B', '256 B', '4 KiB', '64 KiB', '1 MiB', '16 MiB'])
    expect(logAxis([16 ** 5, 16 ** 5], 16).ticks).toEqual([16 ** 5, 16 ** 6])
    expect(logAxis([])).toMatchObject({ least: 1, most: 10 })
    expect(logAxis([0, 5]).at(0)).toBe(0)
  })

  it('ticks are short', () => {
    expect([1, 1000, 10_000, 1_000_000].map(tickText)).toEqual(['1', '1,000', '10 k', '1 M'])
  })
})

describe('arrows', () => {
  const notice = messageOf({ from: 'daemon', name: 'INVAL', answer: undefined, sentUs: 40, answeredUs: 40 })
  const pushed = messageOf({ from: 'tools', name: 'MAP_CREATE_V2' })
  const refused = messageOf({ answer: { errno: 5, bytes: new Uint8Array(0) } })

  it('a request goes out and its answer comes back, a notice goes one way', () => {
    const { rungs, rowCount } = ladderOf([messageOf(), notice, pushed, refused])
    expect(rungs.map(({ topRow, rowCount: rows }) => [topRow, rows])).toEqual([[0, 2], [2, 1], [3, 2], [5, 2]])
    expect(rowCount).toBe(7)
    expect(rungs.map(({ arrows }) => arrows.map(({ toRight, isAnswer }) => [toRight, isAnswer]))).toEqual([
      [[true, false], [false, true]], [[false, false]], [[false, false], [true, true]], [[true, false], [false, true]],
    ])
    expect(rungs.map(({ arrows }) => arrows.some(({ failed }) => failed))).toEqual([false, false, false, true])
    expect(rungs.map(({ waits }) => waits !== undefined)).toEqual([true, false, true, true])
  })

  it('time goes down: no arrow begins before the one above it ends', () => {
    const any = fc.array(fc.constantFrom(messageOf(), notice, pushed, refused), { maxLength: 40 })
    fc.assert(fc.property(any, (messages) => {
      let at = 0
      const { rungs, rowCount } = ladderOf(messages)
      for (const { fromRow, toRow } of rungs.flatMap(({ arrows }) => arrows)) {
        expect(fromRow).toBeGreaterThanOrEqual(at)
        expect(toRow).toBeGreaterThan(fromRow)
        at = toRow
      }
      expect(rowCount).toBeGreaterThanOrEqual(at)
    }), { numRuns: propertyRuns.dear })
  })

  it('a head points where the arrow goes', () => {
    const right = drawn({ fromRow: 0, toRow: 1, toRight: true }, 10, 210, 30)
    expect([right.x1, right.y1]).toEqual([10, 0])
    expect(right.x2).toBeGreaterThan(200)
    expect(right.head.startsWith('210,30 ')).toBe(true)
    expect(drawn({ fromRow: 0, toRow: 1, toRight: false }, 10, 210, 30).head.startsWith('10,30 ')).toBe(true)
  })

  it('the strip is to scale', () => {
    expect(endUs([messageOf({ sentUs: 0, answeredUs: 30 }), notice])).toBe(40)
    expect(stripOf([messageOf({ sentUs: 50, answeredUs: 75 })], 100)).toEqual([{ leftPart: 0.5, widthPart: 0.25 }])
    expect(stripOf([messageOf({ sentUs: 0, answeredUs: 0 })], 0)).toEqual([{ leftPart: 0, widthPart: 0 }])
  })

  it('the strip is one shape: a pixel for each at least, and what touches is drawn once', () => {
    expect(stripPath([{ leftPart: 0.5, widthPart: 0.25 }], 200, 12)).toBe('M100 0H150V12H100Z')
    expect(stripPath([{ leftPart: 0, widthPart: 0 }, { leftPart: 0.002, widthPart: 0.1 }, { leftPart: 1, widthPart: 0 }], 200, 12)).toBe('M0 0H20.4V12H0ZM199 0H200V12H199Z')
    expect([stripPath([], 200, 12), stripPath([{ leftPart: 0.5, widthPart: 0 }], 0, 12)]).toEqual(['', ''])
    const any = fc.array(fc.tuple(fc.nat(10_000), fc.nat(500)), { minLength: 1, maxLength: 300 })
    fc.assert(fc.property(any, fc.integer({ min: 20, max: 2000 }), (times, widthPx) => {
      const messages = times.sort(([a], [b]) => a - b).map(([sentUs, tookUs]) => messageOf({ sentUs, answeredUs: sentUs + tookUs }))
      const ticks = stripOf(messages, endUs(messages))
      const drawnBars = [...stripPath(ticks, widthPx, 12).matchAll(/M([\d.]+) 0H([\d.]+)V12H\1Z/g)].map(([, from, to]) => [Number(from), Number(to)] as const)
      for (const { leftPart, widthPart } of ticks) {
        const covers = drawnBars.some(([from, to]) => from <= leftPart * widthPx + 0.01 && to >= (leftPart + widthPart) * widthPx - 0.01)
        expect(covers).toBe(true)
      }
      drawnBars.forEach(([from, to], i) => {
        expect(to - from).toBeGreaterThan(0.98)
        expect(from).toBeGreaterThanOrEqual(drawnBars[i - 1]?.[1] ?? 0)
        expect(to).toBeLessThanOrEqual(widthPx + 0.01)
      })
    }), { numRuns: propertyRuns.usual })
  })

  it('of thousands only the rungs in sight are drawn, cut ones included', () => {
    const any = fc.array(fc.constantFrom(messageOf(), notice), { maxLength: 60 })
    fc.assert(fc.property(any, fc.integer({ min: -10, max: 130 }), fc.integer({ min: 1, max: 30 }), (messages, fromRow, count) => {
      const { rungs } = ladderOf(messages)
      const inSight = rungs.filter(({ topRow, rowCount }) => topRow < fromRow + count && topRow + rowCount > fromRow)
      expect(rungsIn(rungs, fromRow, fromRow + count)).toEqual(inSight)
    }), { numRuns: propertyRuns.usual })
  })
})

describe('numbers as text', () => {
  it('has three digits and a unit', () => {
    expect([0, 0.25, 12.34, 123.4, 1234, 12_345_678, 2e9].map(nsText)).toEqual(['0 ns', '0.25 ns', '12.3 ns', '123 ns', '1.23 µs', '12.3 ms', '2.00 s'])
    expect([usText(0), usText(1.5), usText(2500)]).toEqual(['0 µs', '1.50 µs', '2.50 ms'])
    expect([4096, 1_048_576, 64].map(capText)).toEqual(['4 KiB', '1 MiB', '64 B'])
  })

  it('the larger of two figures has the whole bar', () => {
    const figures = figuresOf([sideOf('fuse', { roundTripCount: 3, failedCount: 0, servedCount: 500 }), sideOf('program', { roundTripCount: 12, failedCount: 0, nsPerResolve: 1250 })])
    const byName = new Map(figures.map((figure) => [figure.name, figure]))
    expect(byName.get('Round trips')).toMatchObject({ texts: ['3', '12'], parts: [0.25, 1] })
    expect(byName.get('Failed')).toMatchObject({ texts: ['0', '0'], parts: [0, 0] })
    expect(byName.get('Served without asking')?.texts).toEqual(['50.0 %', '99.0 %'])
    expect(byName.get('Time per resolve')?.texts).toEqual(['12.5 ns', '1.25 µs'])
    for (const { parts } of figures) for (const part of parts) expect(part >= 0 && part <= 1).toBe(true)
  })

  it('what wasn’t measured is no figure: a dash, and why', () => {
    const nothing = sideOf('fuse', { nsPerResolve: undefined, openUs: undefined, resolveCount: 0, servedCount: 0, failedCount: 1000 })
    const figures = figuresOf([nothing, sideOf('v1', { waitedUs: 12, resolveSpread: { least: 11, median: 12.5, most: 14, sampleCount: 9 } })])
    const of = (name: string) => figures.find((figure) => figure.name === name)
    expect(of('Time per resolve')).toMatchObject({ texts: ['–', '12.5 ns'], notes: ['nothing was resolved from what it held', '11.0 to 14.0 ns in 9 samples'], parts: [0, 1] })
    expect(of('Time to open')).toMatchObject({ texts: ['–', '18.0 µs'], notes: ['no file could be opened', 'its map is there: it was pushed when the file was made'] })
    expect(of('Served without asking')).toMatchObject({ texts: ['–', '99.0 %'], notes: ['no fault came to an end', ''] })
    expect(of('Waited in all')).toMatchObject({ texts: ['15.0 µs', '–'], notes: ['', 'it has nobody to ask'] })
    expect(spreadText({ least: 1, median: 1, most: 1, sampleCount: 1 }, nsText)).toBe('')
    expect(spreadText({ least: 850, median: 900, most: 1200, sampleCount: 9 }, nsText)).toBe('850 ns to 1.20 µs in 9 samples')
  })

  it('what changed during a run has rows of its own, where anything did', () => {
    const names = (change: Parameters<typeof sideOf>[1]): string[] => figuresOf([sideOf('fuse'), sideOf('fuse-iomap', change)]).map(({ name }) => name)
    expect(names({ noticeCount: 0, wrongCount: 0, revalidationCount: 0 }).at(-1)).toBe('Failed')
    expect(names({ noticeCount: 4, wrongCount: 0, revalidationCount: 2 }).slice(-2)).toEqual(['Notices', 'Looked again'])
    expect(names({ wrongCount: 1 }).at(-1)).toBe('Wrong bytes')
  })

  it('all is only what is all, and none only what is none', () => {
    expect([100, 99.99, 99.95, 99.9, 99.5, 12.34, 0.01, 0.005, 0].map(percentText)).toEqual(['100 %', 'over 99.9 %', 'over 99.9 %', '99.9 %', '99.5 %', '12.3 %', '0.01 %', 'under 0.01 %', '0 %'])
    const asked = figuresOf([sideOf('v1', { resolveCount: 10_000, servedCount: 10_000 }), sideOf('fuse-unrolled', { resolveCount: 10_000, servedCount: 9999 })])
    expect(asked.find(({ name }) => name === 'Served without asking')?.texts).toEqual(['100 %', 'over 99.9 %'])
  })

  it('a refusal has a name and words', () => {
    expect([7, 22, 27, 12, 250].map(errnoText)).toEqual(['E2BIG, more pieces than it takes', 'EINVAL, a form that it doesn’t take', 'EFBIG, a longer message than it takes', 'ENOMEM, “Cannot allocate memory”', 'errno 250'])
  })
})

describe('fields of a message', () => {
  const kinds: [string, Parameters<typeof runsOf>, string][] = [
    ['a list', ['fuse', messageOf(), 'answer'], 'famfs_fmap_header, 3 × famfs_fmap_extent'],
    ['a striped file', ['fuse', messageOf({ answer: { errno: 0, bytes: stripedReply(4) } }), 'answer'], 'famfs_fmap_header, famfs_fmap_interleaved, 4 × famfs_fmap_extent'],
    ['a probe', ['fuse-unrolled', messageOf({ request: FmapProbe.encode({ buffer_bytes: 32 }) }), 'request'], FmapProbe.name],
    ['a page', ['fuse-paged', messageOf({ answer: { errno: 0, bytes: encodePage({ sizeBytes: 8192, mappings: columnsOf([{ devindex: 0, offsetBytes: 0, lengthBytes: 8192 }]), nextIndex: undefined }) } }), 'answer'],
      'famfs_fmap_header, famfs_fmap_extent, famfs_fmap_page_end'],
    ['a device', ['fuse', messageOf({ name: 'GET_DAXDEV', request: DaxdevRequest.encode({ devindex: 3 }) }), 'request'], DaxdevRequest.name],
    ['mappings', ['fuse-iomap', messageOf({ name: 'UPSERT', from: 'daemon', request: new Uint8Array(80), answer: undefined }), 'request'], `2 × ${IomapEntry.name}`],
    ['a table', ['program', messageOf({ name: 'TABLE', from: 'daemon', request: encodeTable({ firstCell: 7, spans: [{ devindex: 0, offsetBytes: 4096, lengthBytes: 4096 }], cells: new Uint8Array(24) }), answer: undefined }), 'request'],
      'famfs_program_table, famfs_fmap_extent, 3 × cell'],
    ['an ioctl of extents', ['v1', messageOf({ name: 'MAP_CREATE_V2', from: 'tools', request: ioctl(0, 2) }), 'request'], `${IoctlMap43.name}, 2 × ${IoctlExtent.name}`],
    ['an ioctl of strips', ['v1', messageOf({ name: 'MAP_CREATE_V2', from: 'tools', request: ioctl(1, 2) }), 'request'], `${IoctlMap43.name}, ${IoctlInterleaved.name}, 2 × ${IoctlExtent.name}`],
  ]
  it.each(kinds)('%s is described from its first byte to its last', (_, [kernel, message, half], says) => {
    const bytes = half === 'request' ? message.request : message.answer!.bytes
    const runs = runsOf(kernel, message, half)
    expect(structsText(runs)).toBe(says)
    const fields = fieldsIn(runs, bytes, 0, bytes.length)
    let at = 0
    for (const { offsetBytes, sizeBytes } of fields) {
      expect(offsetBytes).toBe(at)
      at += sizeBytes
    }
    expect(at).toBe(bytes.length)
  })

  it('what is cut short, or counts more than it has, is described as far as it is there', () => {
    const whole = stripedReply(4)
    fc.assert(fc.property(fc.nat(whole.length), fc.nat(0xffff_ffff), (length, count) => {
      const bytes = whole.slice(0, length)
      if (length >= FmapHeader.sizeBytes) new DataView(bytes.buffer).setUint32(FmapHeader.offsetOf('nextents'), count, true)
      const runs = runsOf('fuse', messageOf({ answer: { errno: 0, bytes } }), 'answer')
      for (const { offsetBytes, sizeBytes } of fieldsIn(runs, bytes, 0, bytes.length)) expect(offsetBytes + sizeBytes).toBeLessThanOrEqual(length)
    }), { numRuns: propertyRuns.usual })
  })

  it('a window of a long message has the fields that touch it, under their own numbers', () => {
    const bytes = fmapReply(100_000)
    const runs = runsOf('fuse-unrolled', messageOf({ answer: { errno: 0, bytes } }), 'answer')
    const from = 32 + 24 * 50_000
    const fields = fieldsIn(runs, bytes, from, from + 48)
    expect(fields.map(({ path }) => path)).toEqual(['se_devindex', 'pad0', 'se_offset', 'se_len'].flatMap((name) => [`extent 50000: ${name}`]).concat(['se_devindex', 'pad0', 'se_offset', 'se_len'].map((name) => `extent 50001: ${name}`)))
    expect(fields[2]?.value).toBe(`0x${(0x20_0000 + 50_000 * 8192).toString(16)}`)
    expect(fieldAt(fields, from + 9)).toBe(2)
    expect(fieldAt(fields, from - 1)).toBe(-1)
  })

  it('places are hexadecimal with the decimal number beside, lengths and indices are decimal', () => {
    const viewed = (kernel: Parameters<typeof runsOf>[0], message: Parameters<typeof runsOf>[1]) => {
      const fields = fieldsIn(runsOf(kernel, message, 'request'), message.request, 0, message.request.length)
      return Object.fromEntries(fields.map(({ path, value, meaning }) => [path.replace(/^.*: /, ''), [value, meaning.split(':')[0]]]))
    }
    const entry = IomapEntry.encode({ addr: 0x20_0000n, offset: 4096n, length: 8192n, type: 2, flags: 0, devindex: 1, cookie: 4097n })
    expect(viewed('fuse-iomap', messageOf({ name: 'UPSERT', from: 'daemon', request: entry, answer: undefined }))).toMatchObject({ addr: ['0x200000', '2,097,152'], offset: ['0x1000', '4,096'], length: ['8,192', expect.any(String)], cookie: ['4,097', expect.any(String)] })
    const begin = IomapBegin.encode({ pos: 65_536n, length: 65_536n, flags: 0, cookie: 0n })
    expect(viewed('fuse-iomap', messageOf({ name: 'IOMAP_BEGIN', request: begin }))).toMatchObject({ pos: ['0x10000', '65,536'] })
    const asked = viewed('fuse-paged', messageOf({ name: 'GET_FMAP', request: FmapPageRequest.encode({ fmap_offset: 3000n }) }))
    expect(asked).toMatchObject({ fmap_offset: ['3,000', expect.any(String)] })
  })
})

describe('presets and cards', () => {
  it('each preset is found again by what it sets, and changing anything leaves it', () => {
    expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length)
    for (const preset of PRESETS) {
      expect(presetOf({ ...preset.setup })).toBe(preset)
      expect(presetOf({ ...preset.setup, seed: 99 })).toBeUndefined()
      expect(preset.setup.kernels[0]).not.toBe(preset.setup.kernels[1])
    }
    expect(presetOf(firstSetup())).toBe(PRESETS[0])
    expect([MOVE_STEPS[0], nearestStep(MOVE_STEPS, 0), MOVE_STEPS[nearestStep(MOVE_STEPS, 5)]]).toEqual([0, 0, 5])
  })

  it('there are eight kernels on six cards, each with all that a card says', () => {
    expect(CARDS).toHaveLength(6)
    expect([...KERNELS].sort()).toEqual(Object.keys(KERNEL_TITLES).sort())
    for (const { whose, how, gains, costs } of CARDS) for (const says of [whose, how, gains, ...costs]) expect(says).toMatch(/\.$/)
  })
})

describe('curves', () => {
  const [resolve] = MEASURES

  it('each point stands inside the plot, more extents further right', () => {
    const { lines } = plotOf([curveOf('fuse'), curveOf('program'), curveOf('v1')], resolve!)
    expect(lines.map(({ points }) => points.length)).toEqual([2, 7, 7])
    for (const { points } of lines) {
      for (const { x, y } of points) expect([x >= 0 && x <= 1, y >= 0 && y <= 1]).toEqual([true, true])
      expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((a, b) => a - b))
    }
  })

  it('say whether they grow, and why they end', () => {
    expect(growthText(curveOf('program'), resolve!)).toBe('does not grow')
    expect(growthText(curveOf('v1'), resolve!)).toMatch(/^grows [\d.,]+-fold from end to end$/)
    expect(growthText({ ...curveOf('v1'), points: [] }, resolve!)).toBe('nothing to measure')
    expect(growthText({ ...curveOf('v1'), points: curveOf('v1').points.slice(0, 1) }, resolve!)).toBe('one point only')
    expect(curveText(curveOf('fuse'), resolve!)).toBe('fuse: from 10.0 ns at 1 to 13.0 ns at 10, then E2BIG')
    expect(curveText({ kernel: 'fuse', points: [], endsBecause: curveOf('fuse').endsBecause }, resolve!)).toBe('fuse: nothing to measure, then E2BIG')
  })

  const through = (...values: (number | undefined)[]) => ({ ...curveOf('v1'), points: values.map((nsPerResolve, i) => ({ extentCount: 10 ** i, nsPerResolve, openUs: 1, residentBytes: 1, roundTripCount: 0 })) })
  const withSpread = (ns: number, least: number, most: number, i: number) => ({ extentCount: 10 ** i, nsPerResolve: ns, resolveSpread: { least, median: ns, most, sampleCount: 9 }, openUs: 1, residentBytes: 1, roundTripCount: 0 })

  it('nothing stays nothing, and grows to something', () => {
    const trips = MEASURES.find(({ id }) => id === 'trips')!
    expect(growthText(through(1, 1), trips)).toBe('stays at none')
    expect([growthText(through(0, 5), resolve!), growthText(through(5, 0), resolve!), growthText(through(8, 2), resolve!), growthText(through(8, 8), resolve!)]).toEqual(['grows', 'falls to 0 %', 'falls to 25.0 %', 'does not grow'])
  })

  it('growth is what goes beyond the samples', () => {
    const noisy = { ...curveOf('v1'), points: [withSpread(8, 5, 40, 0), withSpread(35, 30, 60, 5)] }
    expect(growthText(noisy, resolve!)).toBe('does not grow beyond what its samples differ by')
    expect(growthText({ ...noisy, points: [withSpread(8, 7, 9, 0), withSpread(35, 30, 60, 5)] }, resolve!)).toMatch(/^grows 4.38-fold/)
    expect(growthText({ ...noisy, points: [withSpread(20, 5, 40, 0), withSpread(30, 30, 60, 5)] }, resolve!)).toBe('does not grow beyond what its samples differ by')
    const { lines: [line], y } = plotOf([noisy], resolve!)
    expect([y.least, y.most]).toEqual([1, 100])
    for (const { y: at, range } of line?.points ?? []) expect(range && range.least <= at && at <= range.most).toBe(true)
  })

  it('less than twice as much is growth where no sample of one end is among those of the other, and is told where there are none', () => {
    const apart = (from: [number, number, number], to: [number, number, number]) => growthText({ ...curveOf('v1'), points: [withSpread(...from, 0), withSpread(...to, 5)] }, resolve!)
    expect(apart([62.5, 55, 65], [107, 105, 118])).toBe('grows 1.71-fold from end to end')
    expect(apart([50, 49, 51], [99, 98, 101])).toBe('grows 1.98-fold from end to end')
    expect(apart([99, 98, 101], [50, 49, 51])).toBe('falls to 50.5 %')
    expect(apart([50, 49, 51], [60, 59, 61])).toBe('does not grow')
    expect(growthText(through(50, 99), resolve!)).toBe('stays within a factor of 1.98')
    expect(growthText(through(99, 50), resolve!)).toBe('stays within a factor of 1.98')
    // What is counted is no matter of chance.
    const memory = MEASURES.find(({ id }) => id === 'memory')!
    const kept = (...bytes: number[]) => growthText({ ...curveOf('v1'), points: bytes.map((residentBytes, i) => ({ extentCount: 10 ** i, nsPerResolve: 1, residentBytes, openUs: 1, roundTripCount: 1 })) }, memory)
    expect([kept(64, 88), kept(1000, 1001), kept(200, 100)]).toEqual(['grows 1.38-fold from end to end', 'does not grow', 'falls to 50.0 %'])
  })

  it('what is said of growth bears what was measured', () => {
    const end = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(1000), fc.nat(1000)).map(([ns, less, more]) => [ns, Math.max(0.5, ns - less), ns + more] as const)
    fc.assert(fc.property(end, end, (from, to) => {
      const says = growthText({ ...curveOf('v1'), points: [withSpread(...from, 0), withSpread(...to, 5)] }, resolve!)
      const times = Math.max(to[0] / from[0], from[0] / to[0])
      const overlaps = from[1] <= to[2] && to[1] <= from[2]
      const bears = times < 1.25 ? /^does not grow$/ : overlaps ? /^does not grow beyond / : to[0] > from[0] ? /^grows / : /^falls to /
      expect(says).toMatch(bears)
    }), { numRuns: propertyRuns.usual })
  })

  it('what wasn’t measured has no point, and a kernel without one no line', () => {
    const { lines } = plotOf([{ ...curveOf('v1-abi42'), points: [] }, through(undefined, 4, undefined)], resolve!)
    expect(lines.map(({ kernel, points }) => [kernel, points.map(({ extentCount }) => extentCount)])).toEqual([['v1', [10]]])
    expect(curveText(through(undefined, 4, 9), resolve!)).toBe('v1, the module: from 4.00 ns at 10 to 9.00 ns at 100')
    expect(countsOf([through(1, 2)])).toEqual([1, 10])
  })

  it('the axis counts chunks where files are striped', () => {
    expect([countsWord([], true), countsWord([], false), countsWord([{ ...curveOf('fuse'), counts: 'chunks' }], false)]).toEqual(['chunks', 'extents', 'chunks'])
  })
})

function ioctl(extType: 0 | 1, count: number): Uint8Array {
  const headBytes = IoctlMap43.sizeBytes
  const head = IoctlMap43.encode({ fioc_file_size: 8192n, fioc_file_type: 0, fioc_ext_type: extType, fioc_nextents: extType === 0 ? count : 1, fioc_pointer: BigInt(headBytes) })
  const record = extType === 0 ? new Uint8Array(0) : IoctlInterleaved.encode({ ie_nstrips: BigInt(count), ie_chunk_size: 4096n, ie_nbytes: 8192n, ie_pointer: BigInt(headBytes + IoctlInterleaved.sizeBytes) })
  const extents = Array.from({ length: count }, () => IoctlExtent.encode({ devindex: 0n, offset: 4096n, len: 4096n }))
  return Uint8Array.from([head, record, ...extents].flatMap((part) => [...part]))
}
