// Which dumps are open, and the tree that one of them shows.

import { describe, expect, it } from 'vitest'
import { fail, type Result } from '../../../src/core/base/result.ts'
import { openDump } from '../../../src/playground/dump.ts'
import type { MediaFile, Playground } from '../../../src/playground/types.ts'
import { Beside } from '../../../src/ui/dump/beside.ts'
import { Dumps, notesOf } from '../../../src/ui/dump/dumps.ts'
import { openAtFirst, rowByLetter, rowsOf, treeOf } from '../../../src/ui/dump/treeRows.ts'
import { metaFiles, soundImage } from '../../helpers/dumps.ts'

const sound = soundImage()

function image(name: string): File {
  return new File([sound], name)
}

function fileAt(entryIndex: number, path: string): MediaFile {
  return { entryIndex, path, sizeBytes: 1, colour: 0, extents: [], chunkBytes: undefined }
}

describe('dumps', () => {
  it('are added, shown and closed, and none takes the place of another', async () => {
    const beside = new Beside()
    const dumps = new Dumps(openDump, beside)
    let told = 0
    beside.subscribe(() => void told++)
    await dumps.openFiles([image('a')])
    await dumps.openFiles([image('a')])
    const [first, second] = beside.state().list
    expect(beside.state().list.map(({ name }) => name)).toEqual(['a', 'a'])
    expect([beside.state().activeId, beside.state().opening, beside.state().told]).toEqual([second?.id, [], expect.stringMatching(/^a is open\. Sound: /)])
    beside.show(first!.id)
    expect(beside.state().activeId).toBe(first?.id)
    dumps.close(second!.id)
    expect(beside.state().activeId).toBe(first?.id)
    beside.show(99)
    expect(beside.state().activeId).toBeUndefined()
    dumps.close(first!.id)
    dumps.close(first!.id)
    expect(beside.state().list).toEqual([])
    expect(told).toBeGreaterThan(5)
  })

  it('two files are a pair, or two dumps, or two sentences', async () => {
    const beside = new Beside()
    const dumps = new Dumps(openDump, beside)
    await dumps.openFiles(metaFiles(sound).toReversed())
    await dumps.openFiles([image('a'), image('b')])
    await dumps.openFiles([image('c'), image('d'), image('e')])
    expect(beside.state().list.map(({ name }) => name)).toEqual(['.superblock and .log', 'a', 'b', 'c', 'd', 'e'])
    expect(beside.state().troubles).toEqual([])
    await dumps.openFiles([image('f'), new File(['hello'], 'g')])
    expect(beside.state().list.at(-1)?.name).toBe('f')
    expect(beside.state().troubles.map(({ trouble }) => trouble.says)).toEqual(['g is text, and begins with “hello”'])
    dumps.dismiss([beside.state().troubles[0]!.id])
    expect(beside.state().troubles).toEqual([])
    await dumps.openFiles([])
    expect(beside.state().list.length).toBe(7)
  })

  it('a mistake of our own is told, and what is being opened is named meanwhile', async () => {
    const during: string[][] = []
    const beside = new Beside()
    const dumps = new Dumps((): Promise<Result<Playground>> => {
      during.push([...beside.state().opening])
      return during.length === 1 ? Promise.reject(new Error('oh')) : Promise.resolve(fail('no_memory', { sizeBytes: 1 }))
    }, beside)
    await dumps.openFiles([image('a')])
    await dumps.openFiles([image('b'), image('c')])
    expect(during).toEqual([['a'], ['b and c']])
    expect(beside.state().troubles.map(({ trouble }) => trouble.says)).toEqual(['This page made a mistake: oh', 'the browser gives no 0.01 GiB of memory at once'])
    for (let i = 0; i < 9; i++) await dumps.openFiles([image('a')])
    expect(beside.state().troubles.length).toBe(2)
  })
})

describe('what could not be opened', () => {
  const trouble = (id: number, says: string, next: string) => ({ id, trouble: { says, next } })

  it('is one note for one advice, and tells the newest', () => {
    const same = [1, 2, 3, 4].map((id) => trouble(id, `file ${id} is text`, 'open an image'))
    expect(notesOf([...same, trouble(5, 'x is cut', 'dump more')])).toEqual({
      notes: [{ ids: [1, 2, 3, 4], says: 'file 2 is text. file 3 is text. file 4 is text. And 1 more.', next: 'open an image' }, { ids: [5], says: 'x is cut.', next: 'dump more' }],
      moreCount: 0,
    })
    const many = [1, 2, 3, 4, 5].map((id) => trouble(id, 'It failed', `do ${id}`))
    expect(notesOf(many).notes.map(({ next }) => next)).toEqual(['do 3', 'do 4', 'do 5'])
    expect(notesOf(many).moreCount).toBe(2)
    expect(notesOf([])).toEqual({ notes: [], moreCount: 0 })
  })
})

describe('the tree', () => {
  const files = [fileAt(1, 'b/two'), fileAt(2, 'a'), fileAt(3, 'x/y/deep'), fileAt(5, 'a'), fileAt(6, '/'), fileAt(7, 'b/one')]
  const roots = treeOf(files, [{ entryIndex: 0, path: 'b' }, { entryIndex: 4, path: 'x' }, { entryIndex: 8, path: 'b' }])
  const lines = (open: ReadonlySet<string>): string[] => rowsOf(roots, open).map(({ node, position, siblingCount }) => `${'  '.repeat(node.level - 1)}${node.name} ${node.entryIndex ?? '-'} ${position}/${siblingCount}`)

  it('has directories first, those without an entry too, and every entry once', () => {
    expect(lines(openAtFirst(roots))).toEqual([
      'b 0 1/6', '  one 7 1/2', '  two 1 2/2', 'b 8 2/6', 'x 4 3/6', '  y - 1/1', '    deep 3 1/1', ' 6 4/6', 'a 2 5/6', 'a 5 6/6',
    ])
    const keys = rowsOf(roots, openAtFirst(roots)).map(({ node }) => node.key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('shows what is open, and finds by letter', () => {
    const rows = rowsOf(roots, new Set())
    expect(rows.map(({ node }) => node.name)).toEqual(['b', 'b', 'x', '', 'a', 'a'])
    expect([rowByLetter(rows, 0, 'B'), rowByLetter(rows, 1, 'b'), rowByLetter(rows, 5, 'a'), rowByLetter(rows, 0, 'q'), rowByLetter([], 0, 'q')]).toEqual([1, 0, 4, undefined, undefined])
  })

  it('starts closed where there is much, and takes very many', () => {
    const many = treeOf(Array.from({ length: 15_000 }, (_, i) => fileAt(i, `d${i % 10}/e${i % 100}/f${i}`)), [])
    expect(openAtFirst(many).size).toBe(0)
    expect(rowsOf(many, new Set()).length).toBe(10)
    expect(rowsOf(many, new Set(['d3', 'd3/e13'])).length).toBe(10 + 10 + 150)
  })
})
