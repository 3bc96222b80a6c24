// Lines of pixels, told with a letter for each: what is there shows, at every scale and on every kind of media.

import { expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/core/base/align.ts'
import type { MediaFile } from '../../../src/playground/types.ts'
import { CLASH, FILE, fillLine, FREE, LOG_FREE, LOG_USED, makeLine, NOTHING, PAST_END, RIVALS, SECOND_CHUNK, SUPERBLOCK, UNKNOWN } from '../../../src/ui/map/bands.ts'
import { type MapModel, mapModel } from '../../../src/ui/map/model.ts'
import { deviceOf, fileOf } from './mapLayouts.ts'

const LETTERS: Record<number, string> = { [NOTHING]: ' ', [FREE]: '.', [SUPERBLOCK]: 'S', [LOG_USED]: 'L', [LOG_FREE]: 'l', [RIVALS]: '!', [UNKNOWN]: '?' }

/** Files by their colour; a second chunk in letters a to h, what is past the end as -. */
function letter(code: number): string {
  if (code >= FILE + PAST_END) return '-'
  return LETTERS[code] ?? (code >= FILE + SECOND_CHUNK ? 'abcdefgh'.charAt(code - FILE - SECOND_CHUNK) : String(code - FILE))
}

function lineOf(model: MapModel, startBytes: number, bytesPerPixel: number, pixelCount: number, isFine = false, leastPixels = 0): string {
  const line = makeLine(pixelCount)
  fillLine(model, { startBytes, bytesPerPixel, pixelCount, isFine, leastPixels }, line)
  return Array.from(line.codes, letter).join('')
}

function modelOf(files: MediaFile[], entryCount = files.length): MapModel {
  return mapModel({ device: deviceOf(64 * MIB, { entryCount }), files })
}

const small = fileOf(3, '/small', [[20 * MIB, 2 * MIB]])

it('a unit is a pixel', () => {
  expect(lineOf(modelOf([fileOf(0, '/a', [[10 * MIB, 4 * MIB]]), small], 2), 0, 2 * MIB, 34)).toBe('SLlll00...3.....................  ')
})

it('a log of few entries still shows, and a fuller one by its share', () => {
  expect(lineOf(modelOf([], 1), 0, MIB / 4, 44, false, 2)).toBe(`${'S'.repeat(8)}LL${'l'.repeat(30)}....`)
  expect(lineOf(modelOf([], 7710), 0, MIB / 4, 44, false, 2)).toMatch(/^S{8}L{16,17}l{15,16}\.{4}$/)
})

it('a file far smaller than a pixel shows, and the larger of two wins', () => {
  const tiny = (index: number, from: number, length: number): MediaFile => fileOf(index, `/${index}`, [[from * MIB, length * MIB]])
  expect(lineOf(modelOf([tiny(1, 36, 2), tiny(2, 40, 4), tiny(4, 60, 2)], 0), 32 * MIB, 16 * MIB, 2)).toBe('24')
})

it('what is before a stretch and after the device doesn’t', () => {
  expect(lineOf(modelOf([small]), 18 * MIB, MIB, 6)).toBe('..33..')
  expect(lineOf(modelOf([small]), 21 * MIB, MIB, 4)).toBe('3...')
  expect(lineOf(modelOf([fileOf(0, '/beyond', [[60 * MIB, 900 * MIB]])]), 58 * MIB, 2 * MIB, 5)).toBe('.00  ')
})

it('finer than units, the file ends where its data does', () => {
  const short = fileOf(0, '/short', [[20 * MIB, 2 * MIB]], undefined, 512 * KIB)
  expect(lineOf(modelOf([short]), 20 * MIB, 256 * KIB, 9, true)).toBe('00------.')
  expect(lineOf(modelOf([short]), 20 * MIB, 256 * KIB, 9, false)).toBe('00000000.')
})

it('chunks alternate where they can be seen, and their strips are told', () => {
  const striped = fileOf(0, '/striped', [[20 * MIB, 4 * MIB], [40 * MIB, 4 * MIB]], MIB, 7 * MIB)
  const model = modelOf([striped])
  expect(lineOf(model, 20 * MIB, 256 * KIB, 17, true)).toBe('0000aaaa0000aaaa.')
  // The last chunk of all holds nothing.
  expect(lineOf(model, 40 * MIB, 256 * KIB, 17, true)).toBe('0000aaaa0000----.')
  expect(lineOf(model, 40 * MIB + 512 * KIB, 256 * KIB, 4, true)).toBe('00aa')
  expect(lineOf(model, 40 * MIB, MIB, 5)).toBe('0000.')
  const line = makeLine(30)
  fillLine(model, { startBytes: 18 * MIB, bytesPerPixel: MIB, pixelCount: 30, isFine: false, leastPixels: 0 }, line)
  expect(Array.from(line.strips).join('')).toBe('001111000000000000000022220000')
})

it('what two files claim is neither’s', () => {
  const model = modelOf([fileOf(0, '/a', [[20 * MIB, 4 * MIB]]), fileOf(1, '/b', [[22 * MIB, 4 * MIB]])])
  expect(lineOf(model, 20 * MIB, 2 * MIB, 4)).toBe('0!1.')
  const line = makeLine(2)
  fillLine(model, { startBytes: 22 * MIB, bytesPerPixel: 2 * MIB, pixelCount: 2, isFine: false, leastPixels: 0 }, line)
  expect(Array.from(line.strips)).toEqual([CLASH, 0])
})

it('no file system, no colours', () => {
  expect(lineOf(mapModel({ device: { ...deviceOf(8 * MIB), filesystem: undefined }, files: [] }), 0, 2 * MIB, 6)).toBe('????  ')
})

it('a line is made anew each time', () => {
  const line = makeLine(4)
  const stretch = { startBytes: 20 * MIB, bytesPerPixel: MIB, pixelCount: 4, isFine: false, leastPixels: 0 }
  fillLine(modelOf([small]), stretch, line)
  fillLine(modelOf([]), stretch, line)
  expect(Array.from(line.codes, letter).join('')).toBe('....')
})
