// What the map says, at every level and on layouts made by hand.

import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/core/base/align.ts'
import { LOG_ENTRY_BYTES, LOG_HEADER_BYTES } from '../../../src/core/omf/log.ts'
import type { Level } from '../../../src/ui/map/levels.ts'
import { mapModel } from '../../../src/ui/map/model.ts'
import { cellSentence, cellText, crumbsOf, layoutText, levelText, restText, zoomSentence } from '../../../src/ui/map/tell.ts'
import { deviceOf, fileOf } from './mapLayouts.ts'

const units: Level = { name: 'device', cellBytes: 2 * MIB }
const far: Level = { name: 'device', cellBytes: 8 * MIB }
const blocks: Level = { name: 'blocks', cellBytes: 64 * KIB }
const pages: Level = { name: 'pages', cellBytes: 4 * KIB }
const bytes: Level = { name: 'bytes', cellBytes: 1 }

const notes = fileOf(0, '/notes.txt', [[10 * MIB, 2 * MIB]], undefined, 5000)
const striped = fileOf(1, '/striped', [[16 * MIB, 2 * MIB], [64 * MIB, 2 * MIB], [128 * MIB, 2 * MIB], [192 * MIB, 2 * MIB]], 256 * KIB)
const hand = fileOf(2, '/hand', [[12 * MIB, 2 * MIB], [20 * MIB, 2 * MIB]])
const model = mapModel({ device: deviceOf(256 * MIB, { entryCount: 3 }), files: [notes, striped, hand] })
const entries = 2 * MIB + LOG_HEADER_BYTES

describe('a cell is told', () => {
  it.each([
    [units, 0, 'unit 0 at 0x00000000: superblock'],
    [units, 2 * MIB, 'unit 1 at 0x00200000: log, 3 entries of 15,420 slots'],
    [units, 10 * MIB, 'unit 5 at 0x00a00000: /notes.txt'],
    [units, 64 * MIB, 'unit 32 at 0x04000000: /striped, strip 1, chunks 1, 5 … 29'],
    [units, 20 * MIB, 'unit 10 at 0x01400000: /hand, extent 1'],
    [units, 24 * MIB, 'unit 12 at 0x01800000: free, 2.0 MiB'],
    [far, 10 * MIB, 'units 4 to 7 at 0x00800000: /notes.txt; also log; also /hand'],
    [far, 15 * MIB, 'units 4 to 7 at 0x00800000: free, 2.0 MiB; also log; also /notes.txt and /hand'],
    [blocks, 10 * MIB + 70 * KIB, '64 KiB at 0x00a10000: /notes.txt, past the end of the file'],
    [blocks, 64 * MIB + 300 * KIB, '64 KiB at 0x04040000: /striped, strip 1, chunk 5, from byte 1,310,720 of the file'],
    [pages, 10 * MIB, 'page 0x00a00000: /notes.txt, from byte 0 of the file'],
    [pages, 100, 'page 0x00000000: superblock'],
    [pages, 8192, 'page 0x00002000: rest of the superblock region'],
    [pages, 2 * MIB, 'page 0x00200000: log header; 3 entries of 15,420 slots'],
    [pages, entries + 10, 'page 0x00200000: log entry 0, for /notes.txt, up to entry 2'],
    [pages, entries + 3 * LOG_ENTRY_BYTES, 'page 0x00200000: free log slot 3'],
    [bytes, entries + LOG_ENTRY_BYTES, `byte 0x${(entries + LOG_ENTRY_BYTES).toString(16).padStart(8, '0')}: log entry 1, for /striped`],
    [bytes, 10 * MIB + 4999, 'byte 0x00a01387: /notes.txt, byte 4,999 of the file'],
    [bytes, 10 * MIB + 5000, 'byte 0x00a01388: /notes.txt, past the end of the file'],
    [bytes, 20 * MIB, 'byte 0x01400000: /hand, extent 1, byte 2,097,152 of the file'],
    [units, 256 * MIB, ''],
  ])('%o at %d', (level, offset, expected) => {
    expect(cellText(model, level, offset)).toBe(expected)
  })

  it('with its value, once that is read', () => {
    expect(cellText(model, bytes, 10 * MIB, 0x41)).toBe('byte 0x00a00000 is 0x41 “A”: /notes.txt, byte 0 of the file')
    expect(cellText(model, bytes, 10 * MIB, 0)).toBe('byte 0x00a00000 is 0x00: /notes.txt, byte 0 of the file')
    expect(cellSentence(model, bytes, 10 * MIB, 0)).toBe('Byte 0x00a00000 is 0x00: /notes.txt, byte 0 of the file.')
  })

  it('where two files claim it', () => {
    const bad = mapModel({ device: deviceOf(256 * MIB), files: [notes, fileOf(1, '/thief', [[10 * MIB, 4 * MIB]])] })
    expect(cellText(bad, units, 10 * MIB)).toBe('unit 5 at 0x00a00000: /notes.txt, claimed by /thief too')
    expect(cellText(bad, units, 12 * MIB)).toBe('unit 6 at 0x00c00000: /thief')
  })

  it('where there is no file system, and where no device', () => {
    const device = { ...deviceOf(256 * MIB), filesystem: undefined }
    const none = mapModel({ device, files: [] })
    expect(cellText(none, units, 4 * MIB)).toBe('unit 2 at 0x00400000: no file system says what this is')
    expect(cellText(none, bytes, 4, 0x7f)).toBe('byte 0x00000004 is 0x7f: no file system says what this is')
    expect(cellText(mapModel({ device: { ...device, sizeBytes: 0 }, files: [] }), units, 0)).toBe('')
  })

  it('of an empty file system', () => {
    const empty = mapModel({ device: deviceOf(16 * MIB), files: [] })
    expect(cellText(empty, units, 2 * MIB)).toBe('unit 1 at 0x00200000: log, 0 entries of 15,420 slots')
    expect(cellText(empty, far, 8 * MIB)).toBe('units 4 to 7 at 0x00800000: log, 0 entries of 15,420 slots')
  })
})

describe('the way in', () => {
  it('names what one went through', () => {
    const levels = [units, blocks, pages, bytes]
    const at = 10 * MIB + 64 * KIB + 8 * KIB
    expect(crumbsOf(model, levels, 3, at).map(({ text }) => text)).toEqual(['Device', 'unit 5, /notes.txt', '64 KiB at 0x00a10000', 'page 0x00a12000'])
    expect(crumbsOf(model, levels, 0, at)).toEqual([{ text: 'Device', level: 0 }])
    expect(crumbsOf(model, [far, units, pages], 2, 24 * MIB)).toEqual([
      { text: 'Device', level: 0 }, { text: 'units 12 to 15', level: 1 }, { text: 'unit 12, free', level: 2 },
    ])
    expect(crumbsOf(model, levels, 1, 3 * MIB).at(-1)?.text).toBe('unit 1, log')
  })

  it('says how much a cell is', () => {
    expect([units, far, blocks, pages, bytes].map((level) => levelText(model, level))).toEqual(['units of 2 MiB', 'cells of 8 MiB', 'cells of 64 KiB', 'pages of 4 KiB', 'bytes'])
    expect(zoomSentence(model, pages)).toBe('Zoomed to pages of 4 KiB.')
    expect(restText(model, units)).toMatch(/^One cell is 2 MiB, one allocation unit\. /)
  })
})

it('a layout is told where there is one to tell', () => {
  expect(layoutText(notes)).toBeUndefined()
  expect(layoutText(hand)).toBe('/hand is in 2 extents, one after the other in file order')
  expect(layoutText(striped)).toBe('/striped has 4 strips, chunks of 256 KiB: chunk 0 on strip 0, chunk 1 on strip 1, chunk 2 on strip 2, ..., and chunk 4 on strip 0 again')
})
