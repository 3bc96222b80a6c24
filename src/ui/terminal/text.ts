// Text that the terminal itself shows beside the shell's: lists of candidates, the bar of work under way, the prompt's colours.

import { sizeText } from '../format.ts'
import { widthOf } from './layout.ts'

const SHOWN_MOST = 200
const GAP = 2

export interface Busy {
  label: string
  doneBytes: number
  totalBytes: number
}

/** In columns, read downwards as `ls` and bash do. */
export function columnsOf(names: readonly string[], columns: number): string {
  const shown = names.slice(0, SHOWN_MOST)
  const width = Math.max(...shown.map(widthOf)) + GAP
  const across = Math.max(1, Math.floor((columns + GAP) / width))
  const rows = Math.ceil(shown.length / across)
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = shown.filter((_name, i) => i % rows === row)
    return cells.map((name, i) => (i === cells.length - 1 ? name : name + ' '.repeat(width - widthOf(name)))).join('')
  })
  const more = names.length - shown.length
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

/** The part of a candidate that tells it from the others in its directory. */
export function leafOf(candidate: string): string {
  return /[^/]*\/?$/.exec(candidate.trimEnd())?.[0] ?? candidate
}

/** One row, one column less than there is room for: nothing wraps. */
export function barOf({ label, doneBytes, totalBytes }: Busy, columns: number): string {
  const room = columns - 1
  const part = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0
  const figures = ` ${String(Math.floor(part * 100)).padStart(3)} %  ${sizeText(doneBytes)} of ${sizeText(totalBytes)}`
  const name = fitted(label, Math.max(8, Math.floor(room / 3)))
  const length = Math.min(40, room - widthOf(name) - widthOf(figures) - 1)
  if (length < 4) return fitted(`${name}${figures}`, room)
  const done = Math.round(part * length)
  return `${name} \x1b[34m${'━'.repeat(done)}\x1b[90m${'─'.repeat(length - done)}\x1b[39m${figures}`
}

/** `root@A:/mnt/famfs# ` with who and where in colours, as Debian shows it. */
export function colouredPrompt(prompt: string): string {
  const found = /^([\w.-]+@[\w.-]+)(:)(.*?)([#$%>] ?)$/.exec(prompt)
  return found ? `\x1b[1;32m${found[1]}\x1b[0m${found[2]}\x1b[1;34m${found[3]}\x1b[0m${found[4]}` : prompt
}

export function quiet(text: string): string {
  return `\x1b[90m${text}\x1b[39m`
}

export function alarming(text: string): string {
  return `\x1b[31m${text}\x1b[39m`
}

function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) >= width) break
    kept += character
  }
  return `${kept}…`
}

/**
 * Takes back whatever output did to the terminal: an unfinished sequence is cancelled; margins, colours, letters, mouse
 * reports and the other screen are as at the start.
 */
export const SANE = '\x18\x1b[!p\x1b[?47;1000;1002;1003;1006l\x1b(B\x0f'
