// What is wrong, in words: fsck over the device whenever its metadata may have changed, and what hosts show on top of it.

import type { Memory } from '../core/mem/memory.ts'
import type { HostView, ProblemsView } from './types.ts'

export class Problems {
  readonly #changed: () => void

  /** @param changed told when the view has changed */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Bytes on the device may have changed: looks again, soon and in pieces. */
  deviceChanged(_memory: Memory): void {
    void this.#changed
  }

  view(_hosts: readonly HostView[]): ProblemsView {
    return { list: [], count: 0, checking: false, sentence: 'Nothing has been checked yet.' }
  }

  stop(): void {}
}
