// What was typed on a host, oldest first: remembered where the browser lets us, shared by nobody else.

import { recall, remember } from '../preferences.ts'

const KEPT_MOST = 500

export class History {
  readonly lines: string[]
  readonly #key: string

  constructor(host: string) {
    this.#key = `history.${host}`
    this.lines = linesOf(recall(this.#key))
  }

  /** A line that begins with a blank, or repeats the one before, is not kept. */
  add(line: string): void {
    if (line.trim() === '' || line.startsWith(' ') || line === this.lines.at(-1)) return
    this.lines.push(line)
    this.lines.splice(0, this.lines.length - KEPT_MOST)
    remember(this.#key, JSON.stringify(this.lines))
  }
}

function linesOf(stored: string | null): string[] {
  try {
    const lines: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string').slice(-KEPT_MOST) : []
  } catch {
    return []
  }
}
