// The structure tree over snapshots: what it shows, that every row is the node that it says, and that each byte has a node.

import { array, assert, boolean, infiniteStream, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/core/base/align.ts'
import { slotCountOf } from '../../../src/core/omf/log.ts'
import type { Extent, MediaFile, PoolDeviceView, Snapshot } from '../../../src/playground/types.ts'
import { entryOffset } from '../../../src/ui/addresses.ts'
import { placeAt } from '../../../src/ui/overlay.ts'
import { freeOf, gapAround, pieceAt } from '../../../src/ui/inspector/pieces.ts'
import { keyAt, nodeOf, openAtFirst, parentOf, rowNamed, rowsOf, type Tree, treeOf } from '../../../src/ui/inspector/tree.ts'

const UNIT = 2 * MIB
const LOG_BYTES = 8 * MIB

function file(entryIndex: number, path: string, extents: Extent[], chunkBytes?: number): MediaFile {
  return { entryIndex, path, sizeBytes: 100, colour: entryIndex % 8, extents, chunkBytes }
}

function extent(unit: number, count = 1): Extent {
  return { offsetBytes: unit * UNIT, lengthBytes: count * UNIT }
}

/** As much of a snapshot as the tree reads. */
function snapshotOf(files: MediaFile[], entryCount = files.length, sizeBytes = 256 * MIB): Snapshot {
  const filesystem = { logOffsetBytes: 2 * MIB, logLengthBytes: LOG_BYTES, slotCount: slotCountOf(LOG_BYTES), entryCount }
  return { device: { sizeBytes, devices: [] as PoolDeviceView[], filesystem }, files } as Snapshot
}

const two = snapshotOf([file(0, 'a.bin', [extent(5)]), file(2, 'wide.bin', [extent(10), extent(20)], 4096)], 3)

function textOf(tree: Tree, open: ReadonlySet<string>): string[] {
  const rows = rowsOf(tree, open)
  return Array.from({ length: rows.count }, (_, row) => {
    const node = nodeOf(tree, rows.keyAt(row) ?? '')
    return `${' '.repeat((node?.level ?? 0) - 1)}${node?.title}`
  })
}

describe('the tree', () => {
  it('has the device in its order, short groups open, strips shut', () => {
    const tree = treeOf(two)
    expect(textOf(tree, openAtFirst(tree))).toEqual([
      'Superblock', 'Rest of its region', 'Log header', 'Log entries (3)', ' Entry 0 a.bin', ' Entry 1', ' Entry 2 wide.bin', 'Free slots (15,417)',
      'File data (2)', ' a.bin', ' wide.bin', 'Free space (3)', ' 8.0 MiB', ' 18.0 MiB', ' 214.0 MiB',
    ])
    expect(textOf(tree, new Set(['files', 'files:1']))).toEqual([
      'Superblock', 'Rest of its region', 'Log header', 'Log entries (3)', 'Free slots (15,417)', 'File data (2)', ' a.bin', ' wide.bin', '  Strip 0', '  Strip 1', 'Free space (3)',
    ])
  })

  it('finds the node of any byte, and shows what it is in while that is shut', () => {
    const tree = treeOf(two)
    const keys = [0, 199, 200, 2 * MIB, entryOffset(two, 1) + 7, entryOffset(two, 3), 5 * UNIT + 3, 20 * UNIT + 9, 6 * UNIT, 255 * MIB].map((offset) => keyAt(tree, offset))
    expect(keys).toEqual(['superblock', 'superblock', 'rest', 'header', 'entries:1', 'slots', 'files:0', 'files:1:1', 'free:0', 'free:2'])
    expect(rowsOf(tree, new Set()).shownFor('files:1:1')).toBe('files')
    expect(rowsOf(tree, new Set(['files'])).shownFor('files:1:1')).toBe('files:1')
    expect(rowsOf(tree, new Set(['files', 'files:1'])).shownFor('files:1:1')).toBe('files:1:1')
    expect(parentOf('files:1:1')).toBe('files:1')
    expect(parentOf('files')).toBeUndefined()
  })

  it('says what there is without a file system, and when a full log has no free slot', () => {
    const bare = { device: { sizeBytes: 256 * MIB, devices: [] as PoolDeviceView[], filesystem: undefined }, files: [] as MediaFile[] } as Snapshot
    expect(textOf(treeOf(bare), new Set())).toEqual(['Superblock', 'Rest of its region', 'Log header', 'No file system'])
    expect(keyAt(treeOf(bare), 100 * MIB)).toBe('unknown')
    const full = treeOf(snapshotOf([], slotCountOf(LOG_BYTES)))
    expect(textOf(full, openAtFirst(full))).toEqual(['Superblock', 'Rest of its region', 'Log header', 'Log entries (15,420)', 'Free space'])
    const rows = rowsOf(full, new Set(['entries']))
    expect(rows.count).toBe(15_425)
    expect(nodeOf(full, rows.keyAt(15_423) ?? '')).toMatchObject({ title: 'Entry 15419', position: 15_419, siblingCount: 15_420, level: 2 })
  })

  it('leads by a letter to the next row that begins with it, and around', () => {
    const tree = treeOf(two)
    const rows = rowsOf(tree, new Set(['entries', 'files', 'files:1', 'free']))
    const led = (letter: string, from: string): string | undefined => rowNamed(tree, rows, letter, rows.rowOf(from) ?? 0)
    expect([led('S', 'superblock'), led('w', 'superblock'), led('e', 'entries:2'), led('l', 'header'), led('2', 'files:0'), led('z', 'rest')])
      .toEqual(['files:1:0', 'files:1', 'entries:0', 'entries', 'free:2', undefined])
  })

  it('leads from each row to its node and back, whatever is open', () => {
    const shapes = array(integer({ min: 1, max: 4 }), { maxLength: 12 })
    assert(property(shapes, infiniteStream(boolean()), (counts, coin) => {
      let unit = 5
      const files = counts.map((count, i) => file(i, `f${i}`, Array.from({ length: count }, () => extent((unit += 2))), 4096))
      const tree = treeOf(snapshotOf(files))
      const open = new Set(['entries', 'files', 'free', ...files.map((_, i) => `files:${i}`)].filter(() => coin.next().value === true))
      const rows = rowsOf(tree, open)
      const keys = Array.from({ length: rows.count }, (_, row) => rows.keyAt(row) ?? '')
      expect(keys.map(rows.rowOf)).toEqual(keys.map((_, row) => row))
      const leaves = keys.flatMap((key) => nodeOf(tree, key) ?? []).filter((node) => node.childCount === 0 && node.level > 1)
      expect(leaves.map((node) => keyAt(tree, node.startBytes))).toEqual(leaves.map((node) => node.key))
      expect(rows.keyAt(rows.count)).toBeUndefined()
    }))
  })
})

describe('pieces of files', () => {
  it('are found by their bytes, the one from further ahead where files overlap', () => {
    const media = snapshotOf([file(0, 'old', [extent(10, 10)]), file(1, 'new', [extent(12)]), file(2, 'last', [extent(30)])], 3, 40 * UNIT)
    expect([10, 12, 19, 20, 30, 31].map((unit) => pieceAt(media, unit * UNIT)?.file.path)).toEqual(['old', 'old', 'old', undefined, 'last', undefined])
    expect(freeOf(media)).toEqual({ gaps: [extent(5, 5), extent(20, 10), extent(31, 9)], totalBytes: 24 * UNIT })
    expect(freeOf(media)).toBe(freeOf({ ...media }))
    expect(gapAround(media, 25 * UNIT)).toEqual(extent(20, 10))
    expect(gapAround(media, 6 * UNIT)).toEqual(extent(5, 5))
    expect(gapAround(media, 39 * UNIT)).toEqual(extent(31, 9))
  })

  it('make places of the device: a strip, and the free space around a byte', () => {
    expect(placeAt(two, 20 * UNIT + 1)).toMatchObject({ kind: 'file', title: 'wide.bin, strip 1', piece: 1, startBytes: 20 * UNIT })
    expect(placeAt(two, 7 * UNIT)).toMatchObject({ kind: 'rest', title: 'Free space', startBytes: 6 * UNIT, lengthBytes: 4 * UNIT })
  })
})
