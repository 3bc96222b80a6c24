// What the map knows, without drawing: who owns a byte, also on media that make no sense, and how far in one may go.

import { describe, expect, it } from 'vitest'
import { GIB, KIB, MIB } from '../../../src/core/base/align.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../../src/core/omf/log.ts'
import type { DeviceView, MediaFile } from '../../../src/playground/types.ts'
import { cellOf, gridFor, levelsFor, moved, offsetAt, spansOf } from '../../../src/ui/map/levels.ts'
import { entryAt, fileOffset, mapModel, modelKeeper, slotAt, thingAt } from '../../../src/ui/map/model.ts'
import { firstFree, pieceAt, type Segments, segmentsOf } from '../../../src/ui/map/segments.ts'
import { deviceOf, fileOf } from './mapLayouts.ts'

const room = { startBytes: 10 * MIB, endBytes: 256 * MIB, unitBytes: 2 * MIB }

/** Pieces in MiB: "from-to owner[/extent][!rival]". */
function told({ count, startBytes, endBytes, owner, extent, rival }: Segments): string[] {
  return Array.from({ length: count }, (_, i) => {
    const strip = extent[i] ? `/${extent[i]}` : ''
    return `${(startBytes[i] ?? 0) / MIB}-${(endBytes[i] ?? 0) / MIB} ${owner[i]}${strip}${(rival[i] ?? -1) < 0 ? '' : `!${rival[i]}`}`
  })
}

function filesOf(...extents: [number, number][][]): MediaFile[] {
  return extents.map((list, i) => fileOf(i, `/${i}`, list.map(([from, to]) => [from * MIB, (to - from) * MIB])))
}

describe('segments', () => {
  it('stand in the order of the device, whatever the order of the log', () => {
    expect(told(segmentsOf(filesOf([[100, 104]], [[10, 12], [50, 52]], [[20, 22]]), room))).toEqual(['10-12 1', '20-22 2', '50-52 1/1', '100-104 0'])
  })

  it('of no file there are none', () => {
    const none = segmentsOf([], room)
    expect(told(none)).toEqual([])
    expect(pieceAt(none, 20 * MIB)).toBe(-1)
    expect(firstFree(none)).toBe(10 * MIB)
  })

  it('take whole units, and nothing outside the room', () => {
    expect(told(segmentsOf(filesOf([[12, 12.5]], [[0, 14]], [[250, 900]], [[400, 500]]), room))).toEqual(['10-12 1', '12-14 1!0', '250-256 2'])
  })

  it.each([
    ['the second begins in the first', [[[10, 16]], [[14, 20]]], ['10-14 0', '14-16 0!1', '16-20 1']],
    ['the second is in the first', [[[10, 20]], [[12, 14]]], ['10-12 0', '12-14 0!1', '14-20 0']],
    ['both are the same', [[[10, 14]], [[10, 14]]], ['10-14 0!1']],
    ['three at once', [[[10, 20]], [[12, 18]], [[14, 22]]], ['10-12 0', '12-18 0!1', '18-20 0!2', '20-22 2']],
    ['a file with itself', [[[10, 14], [12, 16]]], ['10-12 0', '12-14 0', '14-16 0/1']],
  ] as [string, [number, number][][], string[]][])('never overlap: %s', (_, extents, expected) => {
    expect(told(segmentsOf(filesOf(...extents), room))).toEqual(expected)
  })

  it('that grew are those made anew', () => {
    const files = filesOf([[100, 104]], [[10, 12]], [[20, 22]], [[12, 24]], [[30, 32]])
    let grown = segmentsOf(files.slice(0, 1), room)
    for (let count = 2; count <= files.length; count++) grown = segmentsOf(files.slice(0, count), room, grown)
    expect(told(grown)).toEqual(told(segmentsOf(files, room)))
  })

  it('start over when a file is another one, or the room is', () => {
    const before = segmentsOf(filesOf([[10, 12]], [[20, 22]]), room)
    expect(told(segmentsOf(filesOf([[30, 32]]), room, before))).toEqual(['30-32 0'])
    expect(told(segmentsOf(before.files, { ...room, endBytes: 20 * MIB }, before))).toEqual(['10-12 0'])
  })

  it('are found by any of their bytes', () => {
    const many = segmentsOf(filesOf(...Array.from({ length: 60 }, (_, i): [number, number][] => [[10 + i * 4, 12 + i * 4]])), room)
    for (let i = 0; i < 60; i++) {
      const start = (10 + i * 4) * MIB
      expect([start - 1, start, start + 2 * MIB - 1, start + 2 * MIB].map((at) => pieceAt(many, at))).toEqual([-1, i, i, -1])
    }
  })

  it('are right on a device so large that offsets need 47 bits', () => {
    const huge = { startBytes: 10 * MIB, endBytes: 2 ** 47, unitBytes: 2 * MIB }
    const starts = [2 ** 46 + 4 * MIB, 2 ** 46, 10 * MIB, 2 ** 45]
    const files = starts.map((start, i) => fileOf(i, `/${i}`, [[start, 2 * MIB]]))
    expect(Array.from(segmentsOf(files, huge).startBytes)).toEqual(starts.toSorted((a, b) => a - b))
  })
})

describe('a model', () => {
  const striped = fileOf(1, '/striped', [[16 * MIB, 4 * MIB], [64 * MIB, 4 * MIB], [128 * MIB, 4 * MIB]], 1 * MIB, 11 * MIB)
  const model = mapModel({ device: deviceOf(256 * MIB, { entryCount: 2 }), files: [fileOf(0, '/a', [[10 * MIB, 2 * MIB]]), striped] })
  const kindAt = (offset: number): string => thingAt(model, offset).kind

  it('knows what every byte is', () => {
    const entries = 2 * MIB + LOG_HEADER_BYTES
    expect([0, 199, 200, 2 * MIB, entries, entries + 2 * LOG_ENTRY_BYTES, 10 * MIB - 1, 10 * MIB, 12 * MIB, 256 * MIB - 1].map(kindAt)).toEqual([
      'superblock', 'superblock', 'superblock_rest', 'log_header', 'log_used', 'log_free', 'log_rest', 'file', 'free', 'free',
    ])
    expect(thingAt(model, 13 * MIB)).toMatchObject({ kind: 'free', startBytes: 12 * MIB, endBytes: 16 * MIB })
  })

  it('knows slots and entries', () => {
    const entries = 2 * MIB + LOG_HEADER_BYTES
    expect([entries - 1, entries, entries + LOG_ENTRY_BYTES, 10 * MIB].map((at) => slotAt(model, at))).toEqual([undefined, 0, 1, undefined])
    expect([entries, entries + 5 * LOG_ENTRY_BYTES, 65 * MIB, 12 * MIB].map((at) => entryAt(model, at))).toEqual([0, undefined, 1, undefined])
  })

  it('finds a striped file’s bytes in file order', () => {
    const at = (strip: number, offset: number): number | undefined => fileOffset(striped, strip, offset)
    expect([at(0, 16 * MIB), at(1, 64 * MIB), at(2, 128 * MIB), at(0, 17 * MIB + 5)]).toEqual([0, 1 * MIB, 2 * MIB, 3 * MIB + 5])
    expect(at(0, 20 * MIB)).toBeUndefined()
  })

  it('lets superblock and log win over bad extents', () => {
    const bad = mapModel({ device: deviceOf(64 * MIB), files: [fileOf(0, '/bad', [[0, 12 * MIB], [60 * MIB, 100 * MIB]])] })
    expect([0, 3 * MIB, 10 * MIB, 12 * MIB, 63 * MIB].map((at) => thingAt(bad, at).kind)).toEqual(['superblock', 'log_free', 'file', 'free', 'file'])
  })

  it('knows nothing where there is no file system, and nothing of no device', () => {
    const device: DeviceView = { ...deviceOf(64 * MIB), filesystem: undefined }
    expect(thingAt(mapModel({ device, files: [] }), 20 * MIB)).toMatchObject({ kind: 'unknown', startBytes: 0, endBytes: 64 * MIB })
    expect(mapModel({ device: { ...device, sizeBytes: 0 }, files: [] }).sizeBytes).toBe(0)
  })

  it('is kept for as long as nothing on the map changes', () => {
    const keep = modelKeeper()
    const files = [fileOf(0, '/a', [[10 * MIB, 2 * MIB]])]
    const first = keep({ device: deviceOf(256 * MIB, { entryCount: 1 }), files })
    expect(keep({ device: deviceOf(256 * MIB, { entryCount: 1 }), files })).toBe(first)
    expect(keep({ device: deviceOf(256 * MIB, { entryCount: 2 }), files: [...files, striped] }).segments.count).toBe(first.segments.count + 3)
  })
})

describe('levels', () => {
  const box = { widthPx: 800, heightPx: 200, remPx: 16 }
  const namesOf = (size: number, unit: number): string[] => levelsFor(size, unit, box).map(({ name, cellBytes }) => `${name} ${cellBytes}`)

  it.each([
    ['units fit', 256 * MIB, 2 * MIB, ['device 2097152', 'blocks 65536', 'pages 4096', 'bytes 1']],
    ['units don’t', 64 * GIB, 2 * MIB, ['device 33554432', 'units 2097152', 'blocks 65536', 'pages 4096', 'bytes 1']],
    ['units are pages', 4 * GIB, 4 * KIB, ['device 2097152', 'blocks 65536', 'units 4096', 'bytes 1']],
    ['hardly anything', 64 * KIB, 4 * KIB, ['device 4096', 'bytes 1']],
  ])('lead from the device to bytes: %s', (_, size, unit, expected) => {
    expect(namesOf(size, unit)).toEqual(expected)
  })

  it.each([[256 * MIB, 2 * MIB], [4 * GIB, 4 * KIB], [4 * GIB, 2 * MIB], [10 * MIB, 2 * MIB], [3 * GIB + 4 * KIB, 4 * KIB]])('the device fits: %d in units of %d', (size, unit) => {
    for (const { widthPx, heightPx } of [box, { widthPx: 300, heightPx: 96 }, { widthPx: 1400, heightPx: 700 }, { widthPx: 90, heightPx: 400 }]) {
      const fitting = { widthPx, heightPx, remPx: 16 }
      const [first] = levelsFor(size, unit, fitting)
      const grid = gridFor(first ?? { name: 'device', cellBytes: 0 }, size, fitting)
      expect(grid.rows * grid.stepYPx).toBeLessThanOrEqual(heightPx + 0.001)
      expect(grid.columns * grid.stepXPx).toBeLessThanOrEqual(widthPx + 0.001)
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(grid.cellCount)
    }
  })

  it('nothing is measured yet: still a grid', () => {
    expect(gridFor({ name: 'device', cellBytes: 1 }, 0, { widthPx: 0, heightPx: 0, remPx: 16 })).toMatchObject({ columns: 1, stepXPx: 1, stepYPx: 1, cellCount: 0 })
  })

  it('a point and its byte are one', () => {
    const grid = gridFor({ name: 'pages', cellBytes: 4096 }, 256 * MIB, box)
    expect(grid).toMatchObject({ columns: 32, stepXPx: 25, stepYPx: 24 })
    expect(offsetAt(grid, 25, 0, 0)).toBe(4096)
    expect(offsetAt(grid, 0, 1, 240)).toBe(10 * 32 * 4096)
    expect(offsetAt(grid, 12.5, 0, 0)).toBe(2048)
    expect([offsetAt(grid, 801, 0, 0), offsetAt(grid, -1, 0, 0), offsetAt(grid, 0, 0, 1e9)]).toEqual([undefined, undefined, undefined])
    expect(cellOf(grid, 4097)).toBe(1)
  })

  it('keys move within the device', () => {
    const grid = gridFor({ name: 'pages', cellBytes: 4096 }, 256 * MIB, box)
    const last = 65535
    const to = (key: string, cell: number): number | undefined => moved(key, grid, cell, 7)
    expect([to('ArrowRight', 0), to('ArrowLeft', 0), to('ArrowDown', 5), to('ArrowUp', 40), to('PageDown', 0), to('End', 3), to('Home', 9), to('PageDown', last), to('x', 0)])
      .toEqual([1, 0, 37, 8, 224, last, 0, last, undefined])
  })

  it('a stretch stands in rows', () => {
    const grid = gridFor({ name: 'pages', cellBytes: 4096 }, 256 * MIB, box)
    expect(spansOf(grid, 31 * 4096, 33.5 * 4096, 0, 9)).toEqual([{ row: 0, fromPx: 775, toPx: 800 }, { row: 1, fromPx: 0, toPx: 37.5 }])
    expect(spansOf(grid, 31.5 * 4096, 33.5 * 4096, 1, 9, true)).toEqual([{ row: 1, fromPx: 0, toPx: 50 }])
    expect(spansOf(grid, 4096, 4096, 0, 9)).toEqual([])
  })
})
