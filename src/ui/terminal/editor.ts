// The line that is being typed: keys go in, text and cursor change, and what is more than editing comes out as a request.
// Knows no terminal and no shell. Keys are readline's. The cursor never stands inside a letter that is made of several.

import { isIncomplete } from './incomplete.ts'
import type { Key } from './keys.ts'

export type Request =
  | { kind: 'run'; line: string }
  /** @param again the second time in a row: show what there is */
  | { kind: 'complete'; again: boolean }
  | { kind: 'abandon' }
  | { kind: 'close' }
  | { kind: 'clear' }
  | { kind: 'bell' }

export interface Completion {
  start: number
  candidates: readonly string[]
}

interface Search {
  query: string
  /** Index into the history of what was found. */
  at: number | undefined
  failed: boolean
  /** What was there before. */
  before: { text: string; cursor: number }
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export class LineEditor {
  text = ''
  cursor = 0
  readonly #history: readonly string[]
  /** Where in the history the line comes from; its length for a new line. */
  #at: number
  #draft = ''
  #killed = ''
  #killing = false
  #tabbed = false
  #search: Search | undefined

  /** @param history oldest first; whoever owns it may add to it between lines */
  constructor(history: readonly string[]) {
    this.#history = history
    this.#at = history.length
  }

  /** What stands in the prompt's place while the history is searched. */
  get searching(): string | undefined {
    const search = this.#search
    return search && `(${search.failed ? 'failed ' : ''}reverse-i-search)\`${search.query}': `
  }

  /** Begins a new line. */
  reset(): void {
    this.text = ''
    this.cursor = 0
    this.#at = this.#history.length
    this.#draft = ''
    this.#search = undefined
    this.#killing = false
    this.#tabbed = false
  }

  press(key: Key): Request | undefined {
    if (this.#search && this.#searched(key)) return undefined
    const wasKilling = this.#killing
    const wasTabbed = this.#tabbed
    this.#killing = false
    this.#tabbed = false
    if (key.kind !== 'press') return this.#insert(key.text)
    if (key.name === 'tab') {
      this.#tabbed = true
      return { kind: 'complete', again: wasTabbed }
    }
    const kill = KILLS[key.name]
    if (kill) return this.#kill(kill(this.text, this.cursor), wasKilling, !LETTERS.has(key.name))
    const move = MOVES[key.name]
    if (move) {
      this.cursor = move(this.text, this.cursor)
      return undefined
    }
    return this.#other(key.name)
  }

  /** Puts what all candidates have in common in place. @returns false if that was there already, and there are several */
  complete({ start, candidates }: Completion): boolean {
    const [only] = candidates
    if (only === undefined) return false
    const common = candidates.length === 1 && !only.endsWith('/') ? `${only} ` : commonStart(candidates)
    const typed = this.text.slice(start, this.cursor)
    if (candidates.length > 1 && common.length <= typed.length) return false
    this.text = this.text.slice(0, start) + common + this.text.slice(this.cursor)
    this.cursor = start + common.length
    return true
  }

  #other(name: string): Request | undefined {
    switch (name) {
      case 'enter':
        return this.#enter()
      case 'up':
      case 'ctrl-p':
        return this.#vertical(-1)
      case 'down':
      case 'ctrl-n':
        return this.#vertical(1)
      case 'ctrl-y':
        return this.#insert(this.#killed)
      case 'ctrl-t':
        return this.#transpose()
      case 'alt-.':
        return this.#insert(this.#history.at(-1)?.split(/\s+/).findLast((word) => word !== '') ?? '')
      case 'ctrl-r':
        this.#search = { query: '', at: undefined, failed: false, before: { text: this.text, cursor: this.cursor } }
        return undefined
      case 'ctrl-c':
        return { kind: 'abandon' }
      case 'ctrl-d':
        return this.#deleteOrClose()
      case 'ctrl-l':
        return { kind: 'clear' }
      default:
        return undefined
    }
  }

  #insert(text: string): undefined {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor)
    this.cursor += text.length
  }

  #enter(): Request | undefined {
    this.cursor = this.text.length
    if (isIncomplete(this.text)) return this.#insert('\n')
    return { kind: 'run', line: this.text }
  }

  #deleteOrClose(): Request | undefined {
    if (this.text === '') return { kind: 'close' }
    return this.#kill([this.cursor, after(this.text, this.cursor)], false, false)
  }

  /** @param keeps what was cut can be put back with Ctrl-Y */
  #kill([from, to]: readonly [number, number], goesOn: boolean, keeps: boolean): undefined {
    const cut = this.text.slice(from, to)
    if (keeps && to - from > 0) {
      const backwards = to === this.cursor
      this.#killed = !goesOn ? cut : backwards ? cut + this.#killed : this.#killed + cut
      this.#killing = true
    }
    this.text = this.text.slice(0, from) + this.text.slice(to)
    this.cursor = from
  }

  #transpose(): undefined {
    const end = this.cursor < this.text.length ? after(this.text, this.cursor) : this.cursor
    const middle = before(this.text, end)
    const from = before(this.text, middle)
    if (from === middle) return
    this.text = this.text.slice(0, from) + this.text.slice(middle, end) + this.text.slice(from, middle) + this.text.slice(end)
    this.cursor = end
  }

  /** Through the rows of a line that has several; beyond its first and last, through the history. */
  #vertical(step: -1 | 1): undefined {
    const rowStart = this.text.lastIndexOf('\n', this.cursor - 1) + 1
    const column = this.cursor - rowStart
    const rowEnd = endOfRow(this.text, this.cursor)
    if (step < 0 && rowStart > 0) {
      const start = this.text.lastIndexOf('\n', rowStart - 2) + 1
      this.cursor = onLetter(this.text, Math.min(start + column, rowStart - 1))
    } else if (step > 0 && rowEnd < this.text.length) {
      this.cursor = onLetter(this.text, Math.min(rowEnd + 1 + column, endOfRow(this.text, rowEnd + 1)))
    } else this.#recall(this.#at + step)
  }

  #recall(at: number): void {
    if (at < 0 || at > this.#history.length) return
    if (this.#at === this.#history.length) this.#draft = this.text
    this.#at = at
    this.text = this.#history[at] ?? this.#draft
    this.cursor = this.text.length
  }

  /** @returns false for a key that ends the search and is still to be done */
  #searched(key: Key): boolean {
    const search = this.#search
    if (!search) return false
    if (key.kind !== 'press') return this.#look({ ...search, query: search.query + key.text }, search.at ?? this.#history.length - 1)
    if (key.name === 'ctrl-r') return this.#look(search, search.at === undefined ? this.#history.length - 1 : search.at - 1)
    if (key.name === 'backspace') return this.#look({ ...search, query: search.query.slice(0, before(search.query, search.query.length)) }, this.#history.length - 1)
    this.#search = undefined
    if (key.name === 'ctrl-c' || key.name === 'ctrl-g') {
      this.text = search.before.text
      this.cursor = search.before.cursor
      return true
    }
    this.#at = search.at ?? this.#history.length
    return key.name === 'escape'
  }

  #look(search: Search, from: number): true {
    const { query } = search
    const at = query === '' ? -1 : this.#history.findLastIndex((line, index) => index <= from && line.includes(query))
    const found = this.#history[at]
    this.#search = { ...search, at: found === undefined ? search.at : at, failed: query !== '' && found === undefined }
    if (found === undefined) return true
    this.text = found
    this.cursor = found.indexOf(query)
    return true
  }
}

type Move = (text: string, cursor: number) => number

const MOVES: Record<string, Move> = {
  left: before,
  'ctrl-b': before,
  right: after,
  'ctrl-f': after,
  home: startOfRow,
  'ctrl-a': startOfRow,
  end: endOfRow,
  'ctrl-e': endOfRow,
  'alt-b': wordBefore,
  'alt-left': wordBefore,
  'ctrl-left': wordBefore,
  'alt-f': wordAfter,
  'alt-right': wordAfter,
  'ctrl-right': wordAfter,
}

/** They take a letter, which nobody wants back. */
const LETTERS = new Set(['backspace', 'ctrl-h', 'delete'])

/** What each takes away: from, to. */
const KILLS: Record<string, (text: string, cursor: number) => readonly [number, number]> = {
  backspace: (text, cursor) => [before(text, cursor), cursor],
  'ctrl-h': (text, cursor) => [before(text, cursor), cursor],
  delete: (text, cursor) => [cursor, after(text, cursor)],
  'ctrl-k': (text, cursor) => [cursor, endOfRow(text, cursor)],
  'ctrl-u': (text, cursor) => [startOfRow(text, cursor), cursor],
  'ctrl-w': (text, cursor) => [blankBefore(text, cursor), cursor],
  'alt-backspace': (text, cursor) => [wordBefore(text, cursor), cursor],
  'ctrl-backspace': (text, cursor) => [wordBefore(text, cursor), cursor],
  'alt-d': (text, cursor) => [cursor, wordAfter(text, cursor)],
  'ctrl-delete': (text, cursor) => [cursor, wordAfter(text, cursor)],
  'alt-delete': (text, cursor) => [cursor, wordAfter(text, cursor)],
}

function before(text: string, cursor: number): number {
  if (cursor <= 0) return 0
  // No letter is so long, and looking at the whole of a long line for each key would be slow.
  const from = Math.max(0, cursor - 32)
  return from + ([...graphemes.segment(text.slice(from, cursor))].at(-1)?.index ?? 0)
}

function after(text: string, cursor: number): number {
  const [next] = graphemes.segment(text.slice(cursor, cursor + 32))
  return cursor + (next?.segment.length ?? 0)
}

function onLetter(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}

function startOfRow(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1
}

function endOfRow(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

function wordBefore(text: string, cursor: number): number {
  return cursor - (/[\p{L}\p{N}]*[^\p{L}\p{N}]*$/u.exec(text.slice(0, cursor))?.[0].length ?? 0)
}

function wordAfter(text: string, cursor: number): number {
  return cursor + (/^[^\p{L}\p{N}]*[\p{L}\p{N}]*/u.exec(text.slice(cursor))?.[0].length ?? 0)
}

function blankBefore(text: string, cursor: number): number {
  return cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0)
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const text of others) {
    let same = 0
    while (same < length && text.charAt(same) === first.charAt(same)) same++
    length = same
  }
  const common = first.slice(0, onLetter(first, length))
  // A backslash alone would quote what is typed next.
  return /(?<!\\)(?:\\\\)*\\$/.test(common) ? common.slice(0, -1) : common
}
