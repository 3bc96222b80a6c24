// Several devices as the page has them: places are told on the device that they are on, each device begins a row of the map,
// and what the hardware says of one is said wherever it shows.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/core/base/align.ts'
import type { HostView, LostDevice, MediaFile, Snapshot, TraceEvent } from '../../../src/playground/types.ts'
import { briefPlace, deviceAt, placeText, steadyDevices } from '../../../src/ui/addresses.ts'
import { rangeAsked, rangeAt, rangeText } from '../../../src/ui/devices/poisonRange.ts'
import { healthText } from '../../../src/ui/health.ts'
import { offsetAsked } from '../../../src/ui/inspector/asking.ts'
import { freeOf } from '../../../src/ui/inspector/pieces.ts'
import { keyAt, nodeOf, treeOf } from '../../../src/ui/inspector/tree.ts'
import { fillLine, makeLine, PAST_END, SUPERBLOCK } from '../../../src/ui/map/bands.ts'
import { cellOf, cellStart, gridFor, type Level, levelsFor, moved, offsetAt, rowOf, rowStretch, rowTopPx, rowsBetween, spansOf } from '../../../src/ui/map/levels.ts'
import { freeAt, lotOf, mapModel, modelKeeper, thingAt } from '../../../src/ui/map/model.ts'
import { beyondOf, beyondText } from '../../../src/ui/map/pointing.ts'
import { cellText, crumbsOf, zoomSentence } from '../../../src/ui/map/tell.ts'
import { memoryAdvice } from '../../../src/ui/memoryGuide.ts'
import { placeAt } from '../../../src/ui/overlay.ts'
import { propertyRuns } from '../../counts.ts'
import { devicesOf, fileOf } from './mapLayouts.ts'

const EACH = 64 * MIB
const units: Level = { name: 'units', cellBytes: 2 * MIB }
const wide = fileOf(2, 'wide', [[16 * MIB, 4 * MIB], [EACH + 2 * MIB, 4 * MIB], [2 * EACH + 8 * MIB, 4 * MIB]], 2 * MIB)
const device = devicesOf([EACH, EACH, EACH], { 1: { poison: [{ offsetBytes: EACH + 2 * MIB, lengthBytes: 128 }] }, 2: { isStopped: true } }, { entryCount: 3 })
const media = { device, files: [wide] }
const model = mapModel(media)

describe('places', () => {
  it('are told on their device, and as ever where there is one', () => {
    const alone = devicesOf([EACH]).devices
    expect([placeText(alone, 0xa00000), briefPlace(alone, 0xa00000), placeText([], 16)]).toEqual(['0x00a00000', '0x00a00000', '0x00000010'])
    expect([placeText(device.devices, 0), placeText(device.devices, EACH - 1), briefPlace(device.devices, EACH)]).toEqual(['device 0, byte 0x00000000', 'device 0, byte 0x03ffffff', '1:0x00000000'])
    expect([deviceAt(alone, 5), deviceAt(device.devices, 2 * EACH)?.devindex]).toEqual([undefined, 2])
  })

  it('are the same list while the same devices lie there', () => {
    const first = steadyDevices(device.devices)
    expect(steadyDevices(devicesOf([EACH, EACH, EACH]).devices)).toBe(first)
    expect(steadyDevices(devicesOf([EACH, EACH]).devices)).toHaveLength(2)
  })

  it('are understood as they are told', () => {
    const { devices } = device
    fc.assert(fc.property(fc.integer({ min: 0, max: 3 * EACH - 1 }), (offset) => {
      expect(offsetAsked(briefPlace(devices, offset), 7, 3 * EACH, devices)).toEqual({ value: offset })
    }), { numRuns: propertyRuns.usual })
    expect(offsetAsked('3:0', 0, 3 * EACH, devices)).toEqual({ mistake: 'No device is called “3”: there are devices 0, 1 and 2.' })
    expect(offsetAsked('1:64m', 0, 3 * EACH, devices)).toHaveProperty('mistake')
    expect(offsetAsked('1:0', 0, EACH)).toHaveProperty('mistake')
  })
})

describe('the map', () => {
  it('knows what is on each device', () => {
    const kinds = [EACH, EACH + 200, EACH + 2 * MIB, EACH + 6 * MIB, 2 * EACH].map((at) => thingAt(model, at).kind)
    expect(kinds).toEqual(['superblock', 'superblock_rest', 'file', 'free', 'superblock'])
    expect(thingAt(model, 40 * MIB)).toMatchObject({ kind: 'free', startBytes: 20 * MIB, endBytes: EACH })
    expect(thingAt(model, EACH + 10 * MIB)).toMatchObject({ kind: 'free', startBytes: EACH + 6 * MIB, endBytes: 2 * EACH })
    expect(freeAt(mapModel({ device, files: [fileOf(0, 'all', [[10 * MIB, 54 * MIB]])] }))).toBe(EACH + 2 * MIB)
    const stranger = { ...device, devices: device.devices.map((each) => (each.devindex === 2 ? { ...each, fsDevindex: undefined } : each)) }
    expect(thingAt(mapModel({ device: stranger, files: [] }), 2 * EACH + 5)).toMatchObject({ kind: 'unknown', startBytes: 2 * EACH, endBytes: 3 * EACH })
  })

  it('draws a secondary’s superblock, its file, and nothing behind its end', () => {
    const line = makeLine(40)
    fillLine(model, { startBytes: EACH, limitBytes: 2 * EACH, bytesPerPixel: 2 * MIB, pixelCount: 40, isFine: false, leastPixels: 0 }, line)
    expect(line.codes[0]).toBe(SUPERBLOCK)
    expect(line.strips.slice(0, 4)).toEqual(Uint8Array.of(0, 2, 2, 0))
    expect(line.codes.slice(31, 34)).toEqual(Uint8Array.of(1, 0, 0))
    expect(line.codes.every((code) => code < PAST_END)).toBe(true)
  })

  it('says on which device a cell is, and what the hardware says of it', () => {
    expect(cellText(model, units, EACH + 2 * MIB)).toBe('device 1, unit 1 at 0x00200000: wide, strip 1, chunk 1; 128 B of it poisoned')
    expect(cellText(model, { name: 'bytes', cellBytes: 1 }, EACH + 2 * MIB)).toBe('device 1, byte 0x00200000: wide, strip 1, chunk 1, byte 2,097,152 of the file; poisoned')
    expect(cellText(model, units, 2 * EACH + 20 * MIB)).toBe('device 2, unit 10 at 0x01400000: free, 2.0 MiB; the device does not answer')
    expect(cellText(model, units, 0)).toBe('device 0, unit 0 at 0x00000000: superblock')
    expect(crumbsOf(model, [{ name: 'device', cellBytes: 2 * MIB }, { name: 'pages', cellBytes: 4 * KIB }], 1, EACH).map(({ text }) => text)).toEqual(['3 devices', 'device 1, unit 0, superblock'])
    expect(zoomSentence(model, { name: 'device', cellBytes: 2 * MIB })).toBe('All devices, units of 2 MiB.')
  })

  it('is another one when the hardware says something else', () => {
    const keep = modelKeeper()
    const files = [wide]
    const sound = keep({ device: devicesOf([EACH, EACH]), files })
    expect(keep({ device: devicesOf([EACH, EACH]), files })).toBe(sound)
    expect(keep({ device: devicesOf([EACH, EACH], { 1: { isStopped: true } }), files })).not.toBe(sound)
    expect([lotOf(mapModel({ device: devicesOf([EACH]), files })).isCaptioned, lotOf(mapModel({ device: devicesOf([EACH], { 0: { isStopped: true } }), files })).isCaptioned]).toEqual([false, true])
  })
})

describe('rows of the map', () => {
  const box = { widthPx: 800, heightPx: 240, remPx: 16 }

  it('each device begins one, beside its caption', () => {
    const grid = gridFor(units, 3 * EACH, { ...box, widthPx: 536 }, lotOf(model))
    expect(grid).toMatchObject({ columns: 16, rows: 6, cellCount: 96, gutterPx: 80, gapPx: 2, stepXPx: 28.5 })
    expect(grid.parts.map(({ firstCell, firstRow, topPx }) => [firstCell, firstRow, topPx])).toEqual([[0, 0, 0], [32, 2, 50], [64, 4, 100]])
    expect([0, 1, 2].map((row) => rowTopPx(grid, row))).toEqual([0, 24, 50])
    expect(rowStretch(grid, 3)).toEqual({ startBytes: EACH + 32 * MIB, endBytes: 2 * EACH })
    // A caption is its row's first cell; between two devices there is nothing.
    expect([offsetAt(grid, -1, 5, 0), offsetAt(grid, 5, 30, 0), offsetAt(grid, 80, 49, 0), offsetAt(grid, 80 + 57, 0, 50)]).toEqual([undefined, 32 * MIB, undefined, EACH + 4 * MIB])
    expect(rowsBetween(grid, 0, 49)).toEqual({ first: 0, end: 2 })
    expect(rowsBetween(grid, 30, 60)).toEqual({ first: 1, end: 3 })
    expect(spansOf(grid, EACH - 2 * MIB, EACH + 2 * MIB, 0, 9)).toEqual([{ row: 1, fromPx: 427.5, toPx: 456 }, { row: 2, fromPx: 0, toPx: 28.5 }])
  })

  it('keys go from device to device', () => {
    const uneven = lotOf(mapModel({ device: devicesOf([20 * MIB, EACH]), files: [] }))
    const grid = gridFor(units, 20 * MIB + EACH, { ...box, widthPx: 276 }, uneven)
    expect([grid.columns, grid.parts.map(({ rowCount }) => rowCount)]).toEqual([8, [2, 4]])
    const to = (key: string, cell: number): number | undefined => moved(key, grid, cell, 2)
    // A row of two, then the next device: down goes to where the row ends, and on in that column.
    expect([to('ArrowRight', 9), to('ArrowDown', 7), to('ArrowDown', 9), to('ArrowUp', 17), to('PageDown', 1), to('End', 0), to('ArrowDown', 41), to('ArrowUp', 3)]).toEqual([10, 9, 11, 9, 11, 41, 41, 0])
  })

  it('of any devices: a cell, its byte and its point are one, and all of it fits', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }), fc.integer({ min: 90, max: 1400 }), fc.integer({ min: 260, max: 700 }), fc.nat(), (sizes, widthPx, heightPx, pick) => {
      const devices = devicesOf(sizes.map((count) => count * 2 * MIB))
      const lot = lotOf(mapModel({ device: devices, files: [] }))
      const [level = units] = levelsFor(devices.sizeBytes, 2 * MIB, { widthPx, heightPx, remPx: 16 }, lot)
      const grid = gridFor(level, devices.sizeBytes, { widthPx, heightPx, remPx: 16 }, lot)
      expect(grid.heightPx).toBeLessThanOrEqual(heightPx + 0.001)
      expect(grid.gutterPx + grid.columns * grid.stepXPx).toBeLessThanOrEqual(widthPx + 0.001)
      const cell = pick % grid.cellCount
      const start = cellStart(grid, cell)
      const row = rowOf(grid, start)
      expect(cellOf(grid, start)).toBe(cell)
      const column = (start - rowStretch(grid, row).startBytes) / grid.cellBytes
      const at = offsetAt(grid, grid.gutterPx + (column + 0.01) * grid.stepXPx, rowTopPx(grid, row) + grid.stepYPx / 2, 0)
      expect(at === undefined ? undefined : cellOf(grid, at)).toBe(cell)
    }), { numRuns: propertyRuns.usual })
  })
})

describe('eight devices', () => {
  const eight = devicesOf(Array.from({ length: 8 }, () => 256 * MIB), { 6: { poison: [{ offsetBytes: 6 * 256 * MIB, lengthBytes: 64 }] } })
  const all = mapModel({ device: eight, files: [] })
  const shown = (widthPx: number, heightPx: number) => {
    const box = { widthPx, heightPx, remPx: 16 }
    const [level = units] = levelsFor(eight.sizeBytes, 2 * MIB, box, lotOf(all))
    return { box, grid: gridFor(level, eight.sizeBytes, box, lotOf(all)) }
  }

  it('have rows that can be read where there is room for that, and fit as long as they can', () => {
    for (const [widthPx, heightPx, least] of [[773, 133, 14], [1200, 144, 16], [330, 256, 14], [773, 112, 12]] as const) {
      const { box, grid } = shown(widthPx, heightPx)
      expect(grid.stepYPx).toBeGreaterThanOrEqual(least)
      expect(grid.heightPx).toBeLessThanOrEqual(heightPx)
      for (const side of ['above', 'below'] as const) expect(beyondOf(all, grid, 0, box, side)).toBeUndefined()
    }
  })

  it('that are scrolled away are told, and the nearest is where to go', () => {
    const { box, grid } = shown(773, 52)
    const below = beyondOf(all, grid, 0, box, 'below')
    expect(below).toEqual({ deviceCount: 4, poisonedCount: 1, stoppedCount: 0, nearestBytes: 4 * 256 * MIB })
    expect(beyondOf(all, grid, 0, box, 'above')).toBeUndefined()
    expect(beyondOf(all, grid, grid.heightPx - 52, box, 'above')).toMatchObject({ deviceCount: 4, poisonedCount: 0, nearestBytes: 3 * 256 * MIB })
    expect([below && beyondText(below, 'below'), beyondText({ deviceCount: 3, poisonedCount: 0, stoppedCount: 2, nearestBytes: 0 }, 'above')]).toEqual(['4 more below, 1 with poison', '3 more above, 2 do not answer'])
  })
})

describe('the inspector', () => {
  it('finds superblocks of all devices, and free space on each', () => {
    expect(placeAt(media, EACH + 5)).toMatchObject({ kind: 'superblock', title: 'Superblock of device 1', startBytes: EACH })
    expect(placeAt(media, EACH + 300)).toMatchObject({ kind: 'rest', title: 'Rest of the superblock region' })
    expect(placeAt(media, EACH + 7 * MIB)).toMatchObject({ title: 'Free space', startBytes: EACH + 6 * MIB, lengthBytes: EACH - 6 * MIB })
    expect(freeOf(media).gaps.map(({ offsetBytes, lengthBytes }) => [offsetBytes / MIB, lengthBytes / MIB])).toEqual([[10, 6], [20, 44], [70, 58], [130, 6], [140, 52]])
  })

  it('has every byte of every device in its tree', () => {
    const tree = treeOf(media as unknown as Snapshot)
    fc.assert(fc.property(fc.integer({ min: 0, max: 3 * EACH - 1 }), (offset) => {
      expect(nodeOf(tree, keyAt(tree, offset))).toBeDefined()
    }), { numRuns: propertyRuns.usual })
    expect([keyAt(tree, EACH), keyAt(tree, 2 * EACH + 400), keyAt(tree, EACH + 7 * MIB), keyAt(tree, EACH + 2 * MIB)]).toEqual(['devices:0', 'devices:1', 'free:2', 'files:0:1'])
    expect(nodeOf(tree, 'devices:1')).toMatchObject({ title: 'Device 2 /dev/dax2.0', startBytes: 2 * EACH })
  })
})

describe('poison', () => {
  it('takes whole lines of one device', () => {
    const { devices } = device
    expect(rangeAt(devices, { startBytes: EACH + 70, lengthBytes: 2 })).toEqual({ devindex: 1, offsetBytes: 64, lengthBytes: 64, mark: { startBytes: EACH + 64, lengthBytes: 64 } })
    expect(rangeAt(devices, { startBytes: EACH - 8, lengthBytes: 100 })).toMatchObject({ devindex: 0, lengthBytes: 64 })
    expect(rangeAsked(devices, '2:0x100', '1k')).toMatchObject({ devindex: 2, offsetBytes: 0x100, lengthBytes: 1024 })
    expect([rangeAsked(devices, 'here', '64'), rangeAsked(devices, '0', 'much'), rangeAsked(devices, '0', '0')].every((asked) => 'mistake' in asked)).toBe(true)
    const range = rangeAt(devices, { startBytes: EACH, lengthBytes: 128 })
    expect(range && rangeText(devices, range)).toBe('128 bytes from device 1, byte 0x00000000 on')
  })

  it('and what else the hardware says is told in words', () => {
    expect(device.devices.map(({ health }) => healthText(health))).toEqual(['', '128 B poisoned', 'does not answer'])
    expect(healthText({ isStopped: true, configuration: 2, poison: [{ offsetBytes: 0, lengthBytes: 64 }, { offsetBytes: 640, lengthBytes: 64 }] })).toBe('does not answer, reconfigured 2 times, 128 B poisoned in 2 places')
  })
})

describe('the guide', () => {
  const one = fileOf(2, 'one', [[EACH + 8 * MIB, MIB]])
  const two = fileOf(3, 'two', [[2 * EACH + 8 * MIB, MIB]])
  const far = fileOf(4, 'far', [[20 * MIB, MIB]])
  const files = [one, two, far]
  const lost = (devindex: number, why: LostDevice['why'], endsMount = false): LostDevice => ({ devindex, why, endsMount })
  const hostOf = (name: string, failed: MediaFile[] = [], more: Partial<HostView> = {}) =>
    ({ name, status: 'up', lacks: [], lost: [], files: files.map((file) => (failed.includes(file) ? { ...file, fault: more.lost ? 'memory' : 'failing' } : file)), ...more }) as unknown as HostView
  const poison = (...offsets: number[]) => ({ poison: offsets.map((offsetBytes) => ({ offsetBytes, lengthBytes: 64 })) })
  const advice = (hosts: HostView[], health: Parameters<typeof devicesOf>[1] = {}, sizes = [EACH, EACH, EACH]) => memoryAdvice({ device: devicesOf(sizes, health), hosts, files, trace: [], history: { position: 0, stepCount: 0 } } as unknown as Snapshot)
  const onOne = poison(EACH + 8 * MIB)
  const onTwo = poison(2 * EACH + 8 * MIB)

  it('is silent when all is well', () => {
    expect(advice([hostOf('A')])).toBeUndefined()
  })

  it('judges each device by what lies on it: nobody has met anything, and no mount is to be made anew', () => {
    expect(advice([hostOf('A', [one, two]), hostOf('B', [one, two])], { 1: onOne, 2: onTwo })).toMatchObject({
      says: 'Memory of device 1 is poisoned under one: read it on a host and see the error, then read another file. Clear poison on device 1, which makes it zeros; who met it mounts again. 1 range of device 2 is poisoned, too.',
      remount: undefined, read: { host: 'B', path: 'one' }, bad: { devindex: 1 },
    })
    expect(advice([hostOf('A', [one, two])], { 1: onOne, 2: { isStopped: true } })).toMatchObject({
      says: 'Device 2 does not answer: nobody reaches two. Let device 2 answer again, and mount again where that was met. 1 range of device 1 is poisoned, too.',
      remount: undefined, read: { host: 'A', path: 'two' }, bad: { devindex: 2 },
    })
  })

  it('a mount that has lost more than what fails is made anew, and that is said of what it met', () => {
    const whole = hostOf('A', files, { lost: [lost(1, 'poison', true)] })
    expect(advice([whole, hostOf('B', [one])], { 1: onOne })).toMatchObject({
      says: 'Memory of device 1 is poisoned under one: read it on a host and see the error, then read another file. Clear poison on device 1, which makes it zeros; who met it mounts again. A met poison on device 1, and its whole mount is broken: umount and mount in its terminal, or reboot A, and two and far are back.',
      remount: 'A', read: undefined,
    })
    expect(advice([whole], {})).toMatchObject({ says: expect.stringMatching(/^A met poison on device 1, and its whole mount is broken: .* or reboot A, and one and 2 more are back\.$/), remount: 'A', bad: undefined })
    expect(advice([hostOf('A', [two], { lost: [lost(2, 'stopped')] })])).toMatchObject({ says: 'A touched device 2, which did not answer, and it can’t reach two: umount and mount in its terminal, or reboot A, and two is back.' })
    // It has met it, and nothing else is lost: there is nothing to meet, and nothing that another mount brings back.
    expect(advice([hostOf('A', [one], { lost: [lost(1, 'poison')] })], { 1: onOne })).toMatchObject({
      says: 'Memory of device 1 is poisoned under one, and A met it. Clear poison on device 1, which makes it zeros, and mount again.', remount: undefined, read: undefined,
    })
    expect(advice([{ ...whole, status: 'down' }], {})).toBeUndefined()
  })

  it('a stopped device ends mounts, too: what lies elsewhere comes back', () => {
    const ended = hostOf('A', files, { lost: [lost(2, 'stopped', true)] })
    expect(advice([ended], { 2: { isStopped: true } })).toMatchObject({ says: expect.stringMatching(/^Device 2 does not answer: nobody reaches two\. .* A touched device 2, .* and one and far are back\.$/), remount: 'A' })
  })

  it('that a device was reconfigured costs a mount nothing before it touches it', () => {
    const another = { 1: { configuration: 1 } }
    expect(advice([hostOf('A'), hostOf('B', [one], { lost: [lost(1, 'reconfigured')] })], another)).toMatchObject({
      says: 'Device 1 was reconfigured under the mount of B, and it can’t reach one: umount and mount in its terminal, or reboot B, and one is back.', remount: 'B', bad: undefined,
    })
    const ahead = (name: string) => ({ ...hostOf(name, [one]), outdated: [1] })
    const again = 'Umount and mount in a terminal, or reboot, and it is the new one that is mounted.'
    expect(advice([ahead('A'), hostOf('B')], another)).toMatchObject({ says: `Device 1 was reconfigured under the mount of A: read one on A and see the error. ${again}`, remount: undefined, read: { host: 'A', path: 'one' } })
    // There is no file on it: nothing to read, and a mount to be made anew all the same.
    const bare = { ...hostOf('B'), outdated: [1] }
    expect(advice([bare], another)).toMatchObject({ says: `Device 1 was reconfigured under the mount of B: whoever touches it there gets an error. ${again}`, remount: 'B', read: undefined })
    expect(advice([{ ...bare, status: 'down' }], another)).toBeUndefined()
    expect(advice([ahead('A')], { ...another, 2: { isStopped: true } })?.says).toMatch(/^Device 2 does not answer: .* Device 1 was reconfigured under its mounts\.$/)
  })

  it('superblock and log are no free space, and without them a mount isn’t made anew', () => {
    const ended = hostOf('A', files, { lost: [lost(0, 'poison', true)] })
    for (const [at, what] of [[64, 'superblock'], [2 * MIB, 'log'], [10 * MIB - 64, 'log']] as const) {
      expect(advice([ended], { 0: poison(at), 1: onOne })).toMatchObject({
        says: `Memory of device 0 is poisoned under the ${what}: no host can mount, play the log or make a file. ${what === 'log' && at > 4 * MIB ? 'Clear poison on device 0, which makes it zeros' : 'Cleared it is zeros, and only a format helps then'}. 1 range of device 1 is poisoned, too.`, remount: undefined, bad: { devindex: 0 },
      })
    }
    expect(advice([ended], { 0: { isStopped: true } })).toMatchObject({ says: expect.stringMatching(/^Device 0 does not answer: superblock and log are on it, so that no host can mount/), remount: undefined })
    expect(advice([], { 1: poison(EACH) })?.says).toMatch(/^Memory of device 1 is poisoned under its superblock: hosts that mount from now on do without it\./)
    for (const at of [4096, EACH + 4096]) expect(advice([], { [at < EACH ? 0 : 1]: poison(at) })?.says).toMatch(/^Memory of device [01] is poisoned behind its superblock, where no file can lie: nobody meets it\.$/)
    expect(advice([], { 2: poison(3 * EACH - 64) })?.says).toMatch(/^Memory of device 2 is poisoned where no file lies: the next file may get it\./)
  })

  it('a host that lacks devices, and one device by its name', () => {
    const without = (lacks: number[]) => ({ ...hostOf('B'), lacks, files: [{ ...one, fault: 'missing' }] }) as unknown as HostView
    expect(advice([without([1])])?.says).toBe('B runs without device 1: files on it are errors there (ENODEV), all others go on. Give it back in the menu of B.')
    expect(advice([without([1, 2])])?.says).toBe('B runs without devices 1 and 2: files on them are errors there (ENODEV), all others go on. Give them back in the menu of B.')
    expect(advice([], { 0: poison(20 * MIB) }, [EACH])?.says).toMatch(/^Memory of \/dev\/dax0\.0 is poisoned under far[:.]/)
  })

  it('says of all devices what fails on them', () => {
    const sizes = [EACH, EACH, EACH, EACH, EACH]
    expect(advice([], { 1: onOne, 2: poison(2 * EACH + 8 * MIB, 2 * EACH + 9 * MIB), 3: poison(3 * EACH + 8 * MIB) }, sizes)?.says).toMatch(/^Memory of device 1 .* 3 ranges of devices 2 and 3 are poisoned, too\.$/)
    expect(advice([], { 1: { isStopped: true }, 2: { isStopped: true }, 4: { isStopped: true } }, sizes)?.says).toMatch(/^Device 1 .* Devices 2 and 4 do not answer, either\.$/)
  })

  it('where a device doesn’t answer, and whoever has its files met that, somebody still reads another one', () => {
    const met = hostOf('B', files, { lost: [lost(2, 'stopped', true)], lacks: [] })
    const stopped = { 2: { isStopped: true } }
    expect(advice([hostOf('A', [two]), met], stopped)).toMatchObject({ remount: 'B', read: undefined })
    const apart = hostOf('A', [two], { lost: [lost(2, 'stopped')] })
    expect(advice([apart], stopped)).toMatchObject({ says: 'Device 2 does not answer: nobody reaches two. A still reads one. Let device 2 answer again, and mount again where that was met.', read: { host: 'A', path: 'one' } })
    expect(advice([{ ...apart, status: 'down' }], stopped)).toMatchObject({ says: expect.not.stringContaining('still reads'), read: undefined })
  })

  it('offers a step back where that was the last thing done, and made that device fail', () => {
    const done = (kind: TraceEvent['kind'], more: Partial<TraceEvent> = {}): TraceEvent =>
      ({ index: 1, kind, host: undefined, sentence: 'B ran `cxl inject-media-poison dax1.0`.', command: undefined, failure: undefined, bytes: undefined, step: 4, ...more })
    const of = (health: Parameters<typeof devicesOf>[1], ...trace: TraceEvent[]) => memoryAdvice({ device: devicesOf([EACH, EACH, EACH], health), hosts: [], files, trace, history: { position: 5, stepCount: 5 } } as unknown as Snapshot)
    const undoes = (...trace: TraceEvent[]) => of({ 1: onOne }, ...trace)?.undoes
    const bytes = { offsetBytes: EACH + 8 * MIB, lengthBytes: 64 }
    const poisoning = done('memory', { bytes, command: 'sudo cxl inject-media-poison /dev/dax1.0 --address 0x800000 --length 64' })
    expect([undoes(poisoning), undoes(done('shell')), undoes(poisoning, done('history', { step: undefined }))]).toEqual(['poison on device 1', 'poison on device 1', 'poison on device 1'])
    expect(of({ 1: onOne }, poisoning)?.says).toMatch(/ Step back, or clear poison on device 1, which makes it zeros\.$/)
    expect([undoes(), undoes({ ...poisoning, step: undefined }), undoes({ ...poisoning, step: 5 })]).toEqual([undefined, undefined, undefined])
    expect([undoes(poisoning, done('create')), undoes(done('shell', { sentence: 'B ran `ls`.' })), undoes({ ...poisoning, bytes: { offsetBytes: 2 * EACH, lengthBytes: EACH } })]).toEqual([undefined, undefined, undefined])
    // What healed it, or only looked.
    const starting = done('memory', { bytes: { offsetBytes: EACH, lengthBytes: EACH }, command: 'sudo daxctl enable-device /dev/dax1.0' })
    expect([undoes(starting), undoes(done('shell', { sentence: 'B ran `cxl list`.' })), undoes(done('shell', { sentence: 'B ran `daxctl disable-device dax1.0`.' }))]).toEqual([undefined, undefined, undefined])
    const stopping = { ...starting, command: 'sudo daxctl disable-device /dev/dax1.0' }
    expect(of({ 1: { isStopped: true } }, stopping)).toMatchObject({ undoes: 'device 1 stopped', says: expect.stringContaining('Step back, or let device 1 answer again') })
  })
})
