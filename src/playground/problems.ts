// What is wrong, in words: fsck over the device whenever its metadata may have changed, and what hosts show on top of it.
// Here is only when to look; what looks is loaded with the first look, so that the first picture doesn't wait for it.

import type { Memory } from '../core/mem/memory.ts'
import type { HostView, PoolDeviceView, ProblemsView } from './types.ts'

/** A look waits for a pause in the changes, but not for long. */
const QUIET_MS = 150
const PATIENCE_MS = 500

const BEFORE: ProblemsView = { list: [], count: 0, checking: true, sentence: 'fsck has not looked at the device yet.' }

type Desk = import('./problemDesk.ts').ProblemDesk

export class Problems {
  readonly #changed: () => void
  #memories: { primary: Memory; others: readonly Memory[] } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #firstMs = 0
  #lastMs = 0
  #desk: Desk | undefined
  #looking = false
  /** Why nothing could look: what looks could not be loaded, or stumbled. */
  #broken: string | undefined
  #stopped = false

  /** @param changed told when the view has changed */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Bytes on the device may have changed: looks again, soon and in pieces. */
  deviceChanged(primary: Memory, others: readonly Memory[] = []): void {
    this.#memories = { primary, others }
    this.#lastMs = performance.now()
    if (this.#timer !== undefined || this.#stopped) return
    this.#firstMs = this.#lastMs
    this.#timer = setTimeout(this.#ripe, QUIET_MS)
  }

  view(hosts: readonly HostView[], devices: readonly PoolDeviceView[] = []): ProblemsView {
    if (this.#broken !== undefined) return { ...BEFORE, checking: false, sentence: `fsck could not look at the device: ${this.#broken}. Reload the page to try again.` }
    return this.#desk?.view(hosts, devices) ?? BEFORE
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** One timer for all changes: it is set once more where some came while it ran. */
  readonly #ripe = (): void => {
    const nowMs = performance.now()
    const waitMs = Math.min(this.#lastMs + QUIET_MS, this.#firstMs + PATIENCE_MS) - nowMs
    if (this.#looking || waitMs > 1) {
      this.#timer = setTimeout(this.#ripe, Math.max(waitMs, QUIET_MS / 2))
      return
    }
    this.#timer = undefined
    void this.#look()
  }

  async #look(): Promise<void> {
    const memories = this.#memories
    if (!memories || this.#stopped) return
    this.#looking = true
    try {
      this.#desk ??= new (await import('./problemDesk.ts')).ProblemDesk(this.#changed)
      await this.#desk.look(memories.primary, memories.others)
      this.#broken = undefined
    } catch (error) {
      this.#broken = error instanceof Error ? error.message : String(error)
      this.#changed()
    } finally {
      this.#looking = false
    }
  }
}
