// Where prompt and line stand on the terminal's grid, and what to write so that they stand there. Widths are those of the
// terminal (Unicode 6): were they others, the cursor would be beside the letter that it is on.

export interface Edited {
  /** May hold colours; they take no room. */
  prompt: string
  text: string
  /** Index into the text. */
  cursor: number
}

export interface Layout extends Edited {
  columns: number
  /** What shows it all, from the first column of its first row. */
  written: string
  endRow: number
  cursorRow: number
  cursorColumn: number
}

export const CONTINUED = '> '
const COLOURS = /\x1b\[[0-9;]*m/g

export function layoutOf(edited: Edited, columns: number): Layout {
  const { prompt, text, cursor } = edited
  const pen = new Pen(columns)
  pen.colours(prompt)
  let cursorRow = 0
  let cursorColumn = 0
  let at = 0
  const mark = (): void => {
    if (at !== cursor) return
    const wraps = pen.column >= columns && text.charAt(at) !== '\n'
    cursorRow = wraps ? pen.row + 1 : pen.row
    cursorColumn = wraps ? 0 : Math.min(pen.column, columns - 1)
  }
  for (const character of text) {
    mark()
    if (character === '\n') pen.newline(CONTINUED)
    else pen.put(shownOf(character))
    at += character.length
  }
  mark()
  pen.settle()
  return { ...edited, columns, written: pen.written, endRow: pen.row, cursorRow, cursorColumn }
}

/** What to write to turn one into the other; `before` is where the terminal's cursor stands now. */
export function redraw(before: Layout | undefined, after: Layout): string {
  const grown = before && grownBy(before, after)
  if (grown !== undefined) return grown
  return `${before ? erase(before) : ''}${after.written}${back(after)}`
}

/** Takes it off the screen; the cursor is then where it began. */
export function erase({ cursorRow }: Layout): string {
  return `${up(cursorRow)}\r\x1b[J`
}

/** From the cursor to the row beneath everything. */
export function leave({ endRow, cursorRow }: Layout): string {
  return `${endRow > cursorRow ? `\x1b[${endRow - cursorRow}B` : ''}\r\n`
}

/** Columns that it takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text.replaceAll(COLOURS, '')) width += characterWidth(character)
  return width
}

/** Typing at the end writes what was typed and no more: nothing flickers, and a screen reader hears only that. */
function grownBy(before: Layout, after: Layout): string | undefined {
  const atEnd = before.cursor === before.text.length && after.cursor === after.text.length
  if (!atEnd || before.columns !== after.columns || !after.written.startsWith(before.written)) return undefined
  const added = after.written.slice(before.written.length)
  return /[\r\n]/.test(added) ? undefined : added
}

function back({ endRow, cursorRow, cursorColumn }: Layout): string {
  return `${up(endRow - cursorRow)}\r${cursorColumn > 0 ? `\x1b[${cursorColumn}C` : ''}`
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : ''
}

/** Control characters as a terminal echoes them. */
function shownOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 32) return `^${String.fromCharCode(code + 64)}`
  return code === 127 ? '^?' : character
}

class Pen {
  written = ''
  row = 0
  column = 0
  readonly #columns: number

  constructor(columns: number) {
    this.#columns = columns
  }

  colours(text: string): void {
    let at = 0
    for (const found of text.matchAll(COLOURS)) {
      this.put(text.slice(at, found.index))
      this.written += found[0]
      at = found.index + found[0].length
    }
    this.put(text.slice(at))
  }

  put(text: string): void {
    for (const character of text) {
      const width = characterWidth(character)
      if (this.column + width > this.#columns) {
        this.row++
        this.column = 0
      }
      this.column += width
      this.written += character
    }
  }

  newline(prefix: string): void {
    this.written += '\r\n'
    this.row++
    this.column = 0
    this.put(prefix)
  }

  /** A full row leaves the terminal's cursor on its last letter: a blank moves it on. */
  settle(): void {
    if (this.column < this.#columns) return
    this.written += ' \r'
    this.row++
    this.column = 0
  }
}

const COMBINING = /^[\p{Mn}\p{Me}\p{Cf}]$/u
/** First and last of each range that is two columns wide. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2329, 0x232a], [0x2e80, 0x303e], [0x3040, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff],
  [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x20000, 0x2fffd], [0x30000, 0x3fffd],
]

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (COMBINING.test(character) || (code >= 0x1160 && code <= 0x11ff)) return 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}
