// What stands on one terminal, below what has scrolled by: output, then either the line that is being typed or a bar of
// work under way. Whatever is printed goes above those two, and neither ever becomes part of the output.

import type { Terminal } from '@xterm/xterm'
import { countText } from '../format.ts'
import { type Edited, erase, type Layout, layoutOf, leave, redraw } from './layout.ts'
import { barOf, type Busy, quiet, SANE } from './text.ts'

/** Letters that may wait to be drawn: beyond fifty million the terminal itself would throw, and nobody can read so many. */
const WAITING_MOST = 4_000_000

export class Screen {
  readonly #term: Terminal
  #line: Layout | undefined
  #busy: Busy | undefined
  #barShown = false
  #waiting = 0
  #leftOut = 0
  /** Whether the output so far ends with a whole row. */
  #atStart = true

  constructor(term: Terminal) {
    this.#term = term
    // The terminal leaves the cursor's own row as it was: it is drawn anew in the new width.
    term.onResize(({ cols }) => {
      const line = this.#line
      if (!line || line.columns === cols) return
      this.#line = layoutOf(line, cols)
      term.write(`${erase(line)}${redraw(undefined, this.#line)}`)
    })
  }

  get columns(): number {
    return this.#term.cols
  }

  /** Shows the line as it is now. A prompt begins its own row. */
  edit(edited: Edited): void {
    const before = this.#line
    const after = layoutOf(edited, this.#term.cols)
    this.#term.write(`${before ? '' : SANE + this.#freshRow()}${redraw(before, after)}`)
    this.#line = after
  }

  /** The line stays where it is, and what follows comes beneath it. */
  finishLine(mark = ''): void {
    if (!this.#line) return
    this.#term.write(`${mark}${leave(this.#line)}`)
    this.#line = undefined
    this.#atStart = true
  }

  /** Output as it comes. */
  print(text: string): void {
    if (text === '') return
    if (this.#waiting > WAITING_MOST) {
      this.#leftOut += text.length
      return
    }
    this.#waiting += text.length
    this.#term.write(`${this.#takeOff()}${text}`, () => this.#drawn(text.length))
    this.#atStart = /[\n\r]$/.test(text)
    this.#putBack()
  }

  /** A sentence of the page's own, on a row of its own. */
  say(text: string): void {
    this.#term.write(`${this.#takeOff()}${this.#freshRow()}${text}\r\n`)
    this.#atStart = true
    this.#putBack()
  }

  busy(busy: Busy | undefined): void {
    // Heard again and again it would drown the output; and a line that is being typed is no place for it.
    if (this.#line || (busy && this.#term.options.screenReaderMode)) return
    const off = this.#barOff()
    this.#busy = busy
    if (off !== '') this.#term.write(off)
    this.#putBack()
  }

  clear(): void {
    const line = this.#line
    this.#line = undefined
    this.#barShown = false
    this.#atStart = true
    this.#term.write('\x1b[H\x1b[2J\x1b[3J')
    if (line) this.edit(line)
  }

  #drawn(letters: number): void {
    this.#waiting -= letters
    if (this.#waiting > 0 || this.#leftOut === 0) return
    const count = this.#leftOut
    this.#leftOut = 0
    this.say(quiet(`… ${countText(count)} more letters came faster than they could be drawn, and are not shown.`))
  }

  #takeOff(): string {
    return `${this.#barOff()}${this.#line ? erase(this.#line) : ''}`
  }

  #barOff(): string {
    if (!this.#barShown) return ''
    this.#barShown = false
    return '\r\x1b[K'
  }

  #putBack(): void {
    if (this.#line) {
      this.#line = layoutOf(this.#line, this.#term.cols)
      this.#term.write(`${this.#freshRow()}${redraw(undefined, this.#line)}`)
      return
    }
    // A bar would write over half a row of output.
    if (!this.#busy || !this.#atStart) return
    this.#term.write(barOf(this.#busy, this.#term.cols))
    this.#barShown = true
  }

  #freshRow(): string {
    if (this.#atStart) return ''
    this.#atStart = true
    return `${quiet('⏎')}\r\n`
  }
}
