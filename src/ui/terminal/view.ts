// One xterm in one box of the page: its keys, its clipboard, its size and its colours. It gives typed data away and takes
// text; what a shell is it doesn't know.

import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Terminal } from '@xterm/xterm'
import { onThemeChange } from '../paint.ts'
import { onRemChange } from '../rem.ts'
import { leaveUnanswered } from './questions.ts'
import { fontOf, letterPx, themeOf } from './theme.ts'

const SCROLLBACK_ROWS = 5000
/** A word that may be a file's name. */
const NOT_A_NAME = /[\s'"`|;&<>()]/

export interface ViewOptions {
  name: string
  describedBy: string
  screenReader: boolean
  onData: (data: string) => void
  /** Ctrl-Shift-F. */
  onFind: () => void
  /** Escape was pressed: the next Tab leaves. */
  onLeaving: (leaving: boolean) => void
}

export class TerminalBox {
  readonly term: Terminal
  readonly #search = new SearchAddon()
  readonly #fit = new FitAddon()
  readonly #box: HTMLElement
  readonly #endings: (() => void)[] = []

  constructor(box: HTMLElement, options: ViewOptions) {
    this.#box = box
    this.term = new Terminal({
      convertEol: true,
      cursorBlink: false,
      cursorStyle: 'block',
      fontFamily: fontOf(box),
      fontSize: letterPx(isNarrow()),
      lineHeight: 1.2,
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader,
      scrollback: SCROLLBACK_ROWS,
      theme: themeOf(box),
      macOptionIsMeta: true,
      // Bytes that are no text are what a person asked for with cat: nothing for a console.
      logLevel: 'off',
    })
    leaveUnanswered(this.term)
    this.term.loadAddon(this.#fit)
    this.term.loadAddon(this.#search)
    this.term.open(box)
    // What is pasted comes as a paste, and is told from what is typed.
    this.term.write('\x1b[?2004h')
    const { textarea } = this.term
    textarea?.setAttribute('aria-label', options.name)
    textarea?.setAttribute('aria-describedby', options.describedBy)
    this.term.onData(options.onData)
    this.#takeKeys(options)
    this.#follow()
  }

  focus(): void {
    this.term.focus()
  }

  find(text: string, step: 1 | -1): boolean {
    if (text === '') {
      this.#search.clearDecorations()
      this.term.clearSelection()
      return true
    }
    return step > 0 ? this.#search.findNext(text) : this.#search.findPrevious(text)
  }

  speak(on: boolean): void {
    this.term.options.screenReaderMode = on
  }

  /** What is selected, or else the word under the pointer. */
  nameAt(clientX: number, clientY: number): string {
    const selected = this.term.getSelection().trim()
    if (selected !== '') return NOT_A_NAME.test(selected) ? '' : selected
    const screen = this.#box.querySelector('.xterm-screen')?.getBoundingClientRect()
    if (!screen) return ''
    const column = Math.floor(((clientX - screen.left) / screen.width) * this.term.cols)
    const row = Math.floor(((clientY - screen.top) / screen.height) * this.term.rows)
    const line = this.term.buffer.active.getLine(this.term.buffer.active.viewportY + row)
    return wordAt(line?.translateToString(true) ?? '', column)
  }

  async copy(): Promise<void> {
    const text = this.term.getSelection()
    if (text === '') return
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // The terminal itself answers the browser's own copy with what is selected.
      this.focus()
      document.execCommand('copy')
    }
    this.term.clearSelection()
  }

  /** @returns false where the browser gives the clipboard only to its own keys */
  async paste(): Promise<boolean> {
    try {
      this.term.paste(await navigator.clipboard.readText())
      return true
    } catch {
      return false
    }
  }

  dispose(): void {
    for (const end of this.#endings) end()
    this.term.dispose()
  }

  #takeKeys({ onFind, onLeaving }: ViewOptions): void {
    let leaving = false
    const set = (now: boolean): void => {
      if (now === leaving) return
      leaving = now
      onLeaving(now)
    }
    this.term.attachCustomKeyEventHandler((event) => {
      if (event.type !== 'keydown' || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return true
      // The browser moves the focus on, as it does everywhere else.
      if (event.key === 'Tab' && leaving) return false
      set(event.key === 'Escape')
      const control = event.ctrlKey && !event.altKey && !event.metaKey
      const key = event.key.toLowerCase()
      if (control && event.shiftKey && key === 'f') return done(event, onFind)
      if (control && key === 'c' && (event.shiftKey || this.term.hasSelection())) return done(event, () => void this.copy())
      // The browser's own paste comes back as one.
      return !(control && key === 'v')
    })
    this.term.textarea?.addEventListener('blur', () => set(false))
  }

  #follow(): void {
    const fit = (): void => {
      if (this.#box.clientWidth === 0 || this.#box.clientHeight === 0) return
      this.term.options.fontSize = letterPx(isNarrow())
      this.#fit.fit()
    }
    fit()
    const sizes = new ResizeObserver(fit)
    sizes.observe(this.#box)
    this.#endings.push(() => sizes.disconnect(), onRemChange(fit), onThemeChange(() => (this.term.options.theme = themeOf(this.#box))))
  }
}

function isNarrow(): boolean {
  return document.querySelector('.page[data-narrow]') !== null
}

function done(event: KeyboardEvent, work: () => void): false {
  event.preventDefault()
  work()
  return false
}

function wordAt(line: string, column: number): string {
  if (NOT_A_NAME.test(line.charAt(column) || ' ')) return ''
  let from = column
  let to = column
  while (from > 0 && !NOT_A_NAME.test(line.charAt(from - 1))) from--
  while (to < line.length && !NOT_A_NAME.test(line.charAt(to))) to++
  // Neither a prompt around it nor the stop of a sentence behind it is part of a name.
  return line.slice(from, to).replace(/^[\w.-]+@[\w.-]+:/, '').replace(/[#$:,]+$/, '')
}
