// What a terminal shows of a line and beside it: when it asks for more, where the cursor stands, lists and bars.

import { describe, expect, it } from 'vitest'
import { isIncomplete } from '../../../src/ui/terminal/incomplete.ts'
import { layoutOf, redraw, widthOf } from '../../../src/ui/terminal/layout.ts'
import { barOf, colouredPrompt, columnsOf, leafOf } from '../../../src/ui/terminal/text.ts'

describe('more is asked for', () => {
  it.each([
    "echo 'a", 'echo "a', 'echo "a $(b', 'echo "${a', 'echo `a', 'echo $((1', '((1 +', 'echo $(a', 'echo a \\', "echo $'a", 'a |', 'a &&', 'a ||', 'a && # and then',
    'for i in 1 2', 'for i in 1 2; do', 'for i in 1 2\ndo echo', 'while true; do', 'if true', 'if true; then a; else', 'case $a in', 'case $a in\nb) c;;',
    '{ a', '( a', 'f() {', 'f()', 'function f {', 'cat <<EOF', 'cat <<EOF\na', "cat <<-'EOF'\na\n EOF", 'a=(1 2', 'if a; then for b in c; do d; done', 'sudo bash -c "\n',
  ])('%j', (text) => {
    expect(isIncomplete(text)).toBe(true)
  })

  it.each([
    '', 'ls', "echo 'a'", 'echo "a"', "echo it\\'s", 'echo "it\'s"', "echo '\"'", 'echo "$(a "b")"', 'echo ${a:-"b c"}', "echo $'it\\'s'", 'echo a # it\'s', 'echo a#\'b\'',
    'a | b', 'a && b', 'a || b', 'for i in 1 2; do echo $i; done', 'if a; then b; elif c; then d; fi', 'case $a in b) c;; *) d;; esac', '{ a; }', '(a; b)', 'f() { a; }', 'function f { a; }',
    'cat <<EOF\na\nEOF', 'cat <<-EOF\na\n\tEOF', "cat <<'EOF' | b\nit's\nEOF", 'cat <<< "a"', 'a=(1 2)', 'echo done', 'echo if for {', 'echo $((1 << 2))', 'echo $((1*(2+3)))', '((i++))', '((i = 1 << 2)) && a', 'echo ${#a}', 'echo a;', 'a &',
    'echo )', 'echo "a\nb"', 'x=$(for i in 1; do echo "$i"; done)', 'while read -r a; do echo "$a"; done < b', 'echo $#', 'do"ne"',
  ])('not after %j', (text) => {
    expect(isIncomplete(text)).toBe(false)
  })
})

describe('a line on a grid', () => {
  const at = (text: string, cursor = text.length, columns = 10, prompt = '$ ') => {
    const { endRow, cursorRow, cursorColumn } = layoutOf({ prompt, text, cursor }, columns)
    return [endRow, cursorRow, cursorColumn]
  }

  it('ends where the terminal’s cursor will be', () => {
    expect(at('')).toEqual([0, 0, 2])
    expect(at('abc')).toEqual([0, 0, 5])
    expect(at('abcdefg')).toEqual([0, 0, 9])
    expect(at('abcdefgh')).toEqual([1, 1, 0])
    expect(at('abcdefghi')).toEqual([1, 1, 1])
    expect(at('abcdefghi', 8)).toEqual([1, 1, 0])
    expect(at('日本語', 3)).toEqual([0, 0, 8])
    expect(at('a日本語x')).toEqual([1, 1, 0])
    expect(at('abcdefg日')).toEqual([1, 1, 2])
    expect(at('a\nb')).toEqual([1, 1, 3])
    expect(at('abcdefgh\nb', 8)).toEqual([1, 0, 9])
    expect(at('e\u0301\u0301')).toEqual([0, 0, 3])
    expect(at('a\tb')).toEqual([0, 0, 6])
    expect(at('a', 1, 10, '\x1b[1;32mroot\x1b[0m# ')).toEqual([0, 0, 7])
  })

  it('typing at the end writes what was typed', () => {
    const before = layoutOf({ prompt: '$ ', text: 'l', cursor: 1 }, 10)
    expect(redraw(before, layoutOf({ prompt: '$ ', text: 'ls', cursor: 2 }, 10))).toBe('s')
    expect(redraw(before, layoutOf({ prompt: '$ ', text: 'xl', cursor: 1 }, 10))).toBe('\r\x1b[J$ xl\r\x1b[3C')
  })
})

describe('beside the line', () => {
  it('lists stand in columns, read downwards', () => {
    expect(columnsOf(['a', 'bb', 'ccc', 'd'], 12)).toBe('a    ccc\nbb   d')
    expect(columnsOf(['日本', 'b'], 4)).toBe('日本\nb')
    expect(columnsOf(Array.from({ length: 300 }, (_, i) => `f${i}`), 80)).toMatch(/and 100 more$/)
    expect(['/mnt/famfs/a', '/mnt/famfs/', 'ls'].map(leafOf)).toEqual(['a', 'famfs/', 'ls'])
  })

  it.each([20, 46, 80, 200])('a bar fits into %i columns', (columns) => {
    for (const doneBytes of [0, 1, 5e7, 1e8]) {
      const bar = barOf({ label: '/mnt/famfs/a-rather-long-name.bin', doneBytes, totalBytes: 1e8 }, columns)
      expect(widthOf(bar)).toBeLessThan(columns)
      expect(bar).not.toContain('\n')
    }
    expect(barOf({ label: 'x', doneBytes: 0, totalBytes: 0 }, columns)).toContain('0')
  })

  it('a prompt keeps its letters', () => {
    for (const prompt of ['root@A:/mnt/famfs# ', 'user@B:~$ ', '> ', '', 'odd prompt']) expect(colouredPrompt(prompt).replaceAll(/\x1b\[[0-9;]*m/g, '')).toBe(prompt)
  })
})
