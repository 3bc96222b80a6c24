// A burst of changes is one announcement: listeners hear of it when the burst is over. Where one burst calls forth the
// next, as many actions at once do, there are only so many announcements before the page has its turn: a listener draws
// each of them at once, and React gives up on what never comes to rest.

import { Turns } from '../host/turns.ts'

/** One action by itself has a few. */
const SAID_MOST = 8

export class Announcer {
  readonly listeners = new Set<() => void>()
  readonly #turns = new Turns()
  #due = false
  /** Since the page had its last turn. */
  #saidCount = 0

  announce(): void {
    if (this.#due) return
    this.#due = true
    if (this.#saidCount < SAID_MOST) queueMicrotask(this.#say)
  }

  readonly #say = (): void => {
    if (!this.#due) return
    this.#due = false
    if (this.#saidCount++ === 0) void this.#turns.take().then(this.#rested)
    for (const listener of this.listeners) listener()
  }

  readonly #rested = (): void => {
    this.#turns.close()
    this.#saidCount = 0
    this.#say()
  }
}
