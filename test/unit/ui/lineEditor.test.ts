// The line editor alone: keys as a terminal sends them go in; text, cursor and requests come out.

import { describe, expect, it } from 'vitest'
import { LineEditor, type Request } from '../../../src/ui/terminal/editor.ts'
import { keysOf, typedOf } from '../../../src/ui/terminal/keys.ts'

const UP = '\x1b[A'
const DOWN = '\x1b[B'
const LEFT = '\x1b[D'
const RIGHT = '\x1b[C'

function feed(editor: LineEditor, data: string): Request[] {
  return keysOf(data).flatMap((key) => (key.kind === 'paste' ? typedOf(key.text) : [key])).flatMap((key) => editor.press(key) ?? [])
}

/** The text with a bar where the cursor is. */
function shown({ text, cursor }: LineEditor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

function typed(data: string, history: string[] = []): string {
  const editor = new LineEditor(history)
  feed(editor, data)
  return shown(editor)
}

describe('editing', () => {
  it.each([
    ['abc', 'abc|'],
    [`abc${LEFT}${LEFT}x`, 'ax|bc'],
    [`abc\x1b[H x${RIGHT}y`, ' xay|bc'],
    [`abc\x01x\x05y`, 'xabcy|'],
    [`abc\x1b[Hx\x1b[Fy`, 'xabcy|'],
    [`abc${LEFT}\x7f`, 'a|c'],
    [`abc${LEFT}\x1b[3~`, 'ab|'],
    [`abc${LEFT}\x04`, 'ab|'],
    ['one two\x17x', 'one x|'],
    ['one two-three\x1b\x7f', 'one two-|'],
    ['one two\x08', 'one |'],
    ['one two\x15x', 'x|'],
    [`one two\x1bb\x0b`, 'one |'],
    ['one two\x1bb\x1bb\x1bf!', 'one!| two'],
    ['one two\x1b[1;5D\x1b[1;5Dx', 'x|one two'],
    ['one two\x01\x1bd', '| two'],
    ['ab\x14', 'ba|'],
    ['a日本\x7f', 'a日|'],
    ['e\u0301x\x1b[D\x7f', '|x'],
    ['👩‍👩‍👧\x7f', '|'],
    [`a\u{1f600}b${LEFT}${LEFT}x`, 'ax|\u{1f600}b'],
  ])('%j gives %j', (data, expected) => {
    expect(typed(data)).toBe(expected)
  })

  it('what was cut comes back, and cuts in a row are one', () => {
    expect(typed('one two three\x17\x17\x19')).toBe('one two three|')
    expect(typed('one two\x01\x0b\x19\x19')).toBe('one twoone two|')
    expect(typed('one two\x17x\x17\x19')).toBe('one x|')
    // A letter that was taken back isn't kept.
    expect(typed('one\x15ab\x7f\x19')).toBe('aone|')
  })

  it('asks for what is more than editing', () => {
    const editor = new LineEditor([])
    expect(feed(editor, 'ls\r')).toEqual([{ kind: 'run', line: 'ls' }])
    expect(feed(editor, '\x03')).toEqual([{ kind: 'abandon' }])
    editor.reset()
    expect(feed(editor, '\x04')).toEqual([{ kind: 'close' }])
    expect(feed(editor, '\x0c')).toEqual([{ kind: 'clear' }])
  })

  it('a terminal’s own answers are not typed', () => {
    expect(typed('a\x1b[?1;2c\x1b[0nb\x1b[5;7R')).toBe('ab|')
  })
})

describe('several rows', () => {
  it('an open line goes on, from its end', () => {
    const editor = new LineEditor([])
    expect(feed(editor, `for i in 1 2; do${LEFT}\r`)).toEqual([])
    expect(shown(editor)).toBe('for i in 1 2; do\n|')
    expect(feed(editor, 'echo $i\rdone\r')).toEqual([{ kind: 'run', line: 'for i in 1 2; do\necho $i\ndone' }])
  })

  it('the cursor goes up and down in them', () => {
    expect(typed(`cat <<X\r12345\rab${UP}!`)).toBe('cat <<X\n12!|345\nab')
    expect(typed(`cat <<X\r12345\rab${UP}${UP}${DOWN}${DOWN}!`)).toBe('cat <<X\n12345\nab!|')
    expect(typed(`cat <<X\r12345\rab${UP}${UP}${UP}`, ['before'])).toBe('before|')
  })

  it('a paste runs line by line, and its last line waits', () => {
    const editor = new LineEditor([])
    expect(feed(editor, '\x1b[200~cd /mnt\r\nls\twide\nlast\x1b[201~')).toEqual([{ kind: 'run', line: 'cd /mnt' }, { kind: 'run', line: 'cd /mntls\twide' }])
    expect(editor.text).toContain('last')
  })
})

describe('history', () => {
  const history = ['famfs mount', 'ls -l', 'famfs creat one', 'cat one']

  it.each([
    [UP, 'cat one|'],
    [`${UP}${UP}`, 'famfs creat one|'],
    [`mine${UP}${UP}${DOWN}${DOWN}`, 'mine|'],
    [`${UP.repeat(9)}`, 'famfs mount|'],
    [`${DOWN}x`, 'x|'],
    ['\x10\x10\x0e', 'cat one|'],
    ['echo \x1b.', 'echo one|'],
  ])('%j gives %j', (data, expected) => {
    expect(typed(data, history)).toBe(expected)
  })

  it('is searched backwards', () => {
    const editor = new LineEditor(history)
    feed(editor, 'mine\x12fam')
    expect(shown(editor)).toBe('|famfs creat one')
    expect(editor.searching).toBe("(reverse-i-search)`fam': ")
    feed(editor, '\x12')
    expect(shown(editor)).toBe('|famfs mount')
    feed(editor, '\x12')
    expect(editor.searching).toBe("(failed reverse-i-search)`fam': ")
    feed(editor, '\x7f')
    expect(shown(editor)).toBe('|famfs creat one')
    expect(feed(editor, '\r')).toEqual([{ kind: 'run', line: 'famfs creat one' }])
    editor.reset()
    feed(editor, 'mine\x12ls\x03')
    expect(shown(editor)).toBe('mine|')
    feed(editor, '\x12ls\x05 /mnt')
    expect(shown(editor)).toBe('ls -l /mnt|')
    expect(editor.searching).toBeUndefined()
    // What is found has its place in the history.
    feed(editor, `\x15\x12moun\x1b${DOWN}`)
    expect(shown(editor)).toBe('ls -l|')
  })
})

describe('completion', () => {
  it('asks once, and the second time for a list', () => {
    expect(feed(new LineEditor([]), 'fa\t\tx\t')).toEqual([
      { kind: 'complete', again: false },
      { kind: 'complete', again: true },
      { kind: 'complete', again: false },
    ])
  })

  it.each<[string, number, string[], boolean, string]>([
    ['cat no', 4, ['notes.txt'], true, 'cat notes.txt |'],
    ['cd /mn', 3, ['/mnt/'], true, 'cd /mnt/|'],
    ['cat n', 4, ['notes.txt', 'notebook'], true, 'cat note|'],
    ['cat note', 4, ['notes.txt', 'notebook'], false, 'cat note|'],
    ['cat x', 4, [], false, 'cat x|'],
    ['cat a', 4, ['ab\\ c', 'ab\\(d'], true, 'cat ab|'],
    ['cat a', 4, ['ab\\\\c', 'ab\\\\d'], true, 'cat ab\\\\|'],
  ])('%j from %i with %j', (text, start, candidates, changes, expected) => {
    const editor = new LineEditor([])
    feed(editor, text)
    expect(editor.complete({ start, candidates })).toBe(changes)
    expect(shown(editor)).toBe(expected)
  })
})
