// Saves by itself, a moment after the last change, and only chunks that may have changed: all that was ever written on a
// new device is marked, so that nobody looks through what is zeros. A chunk stays marked until a save that began after its
// last change has ended well. Nothing is saved before the session is ready: what it has until then is half of what is stored,
// and must not take its place.

import type { Result } from '../core/base/result.ts'
import { ok } from '../core/base/result.ts'
import { Turns } from '../host/turns.ts'
import type { ImageStore, StoreReason } from '../store/imageStore.ts'
import type { ImageFacts } from '../store/manifest.ts'
import { CHUNK_BYTES } from '../store/chunks.ts'
import type { Extent, StorageState, StorageView } from './types.ts'

const QUIET_MS = 400
/** A device that never comes to rest is saved all the same. */
const WAIT_MOST_MS = 2000

export interface Saved {
  facts: ImageFacts
  buffer: SharedArrayBuffer | ArrayBuffer
}

const SENTENCES: Record<StorageState, string> = {
  saved: 'Saved in this browser: a reload brings the device back.',
  unsaved: 'Changed since the last save; it is saved in a moment.',
  saving: 'Being saved in this browser.',
  read_only: 'Another tab has this image open, so this one only looks and saves nothing. Close the other tab and reload to work here.',
  off: 'Not saved: this browser gives the page no storage, so the device lives as long as this tab.',
}

const BEFORE: StorageView = { state: 'saving', sentence: 'What is stored is being looked for; until it is back, nothing is saved in its place.' }

export class Saver {
  readonly #store: ImageStore
  readonly #current: () => Saved
  readonly #changed: () => void
  #state: StorageState = 'unsaved'
  #begun = false
  #why: string | undefined
  /** What is stored can't be read: it is left alone until the person replaces it. */
  #damaged = false
  #dirty = new Set<number>()
  /** Another device than the stored one: what isn't dirty is zeros. */
  #whole = true
  /** Moves when bytes of the device have changed, or may have. */
  markCount = 0
  /** Whether anything changed since the last save began: chunks, or facts beside them such as the hosts. */
  #changedSince = true
  #isStopped = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the first change that isn't saved yet was marked. */
  #waitingSince: number | undefined
  #saving: Promise<Result<undefined, StoreReason>> | undefined

  /** @param current what there is to save now; @param changed told when the mark may have moved */
  constructor(store: ImageStore, current: () => Saved, changed: () => void) {
    this.#store = store
    this.#current = current
    this.#changed = changed
  }

  get view(): StorageView {
    if (!this.#begun && !this.#off()) return BEFORE
    return { state: this.#state, sentence: this.#why ?? SENTENCES[this.#state] }
  }

  get mayChange(): boolean {
    return this.#state !== 'read_only'
  }

  /** The session is ready: what it has is whole, and may be saved. */
  begin(): void {
    this.#begun = true
    if (this.#changedSince) this.#schedule()
    else this.#changed()
  }

  /** Nothing is saved from now on. @param damaged what is stored can't be brought back, so that another device may replace it */
  switchOff(state: 'read_only' | 'off', why?: string, damaged = false): void {
    this.#damaged = damaged
    this.#set(state, why)
  }

  /** Another device, put in place by the person. */
  replace(): void {
    this.#begun = true
    if (this.#damaged && this.#state === 'off') this.#set('unsaved')
    this.another([])
  }

  /** Another device than the stored one. @param written all of it that isn't zeros; what is written later is marked */
  another(written: Iterable<Extent>): void {
    this.#dirty.clear()
    this.#whole = true
    this.mark(written)
  }

  /** What is in memory is what is stored. */
  isStored(): void {
    this.#dirty.clear()
    this.#whole = false
    this.#changedSince = false
    this.#set('saved')
  }

  mark(ranges: Iterable<Extent>): void {
    for (const { offsetBytes, lengthBytes } of ranges) {
      this.markCount++
      const end = offsetBytes + lengthBytes
      for (let chunk = Math.floor(offsetBytes / CHUNK_BYTES); chunk * CHUNK_BYTES < end; chunk++) this.#dirty.add(chunk)
    }
    this.#schedule()
  }

  /** Saves now what is marked; a save under way is waited for first. */
  async save(): Promise<Result<undefined, StoreReason>> {
    clearTimeout(this.#timer)
    // Several may have waited for one save, and the first of them has begun the next.
    while (this.#saving) await this.#saving
    if (!this.#begun || this.#off() || this.#state === 'saved') return ok()
    this.#saving = this.#saveMarked()
    const saved = await this.#saving
    this.#saving = undefined
    return saved
  }

  /** Nothing is saved by itself any more. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #saveMarked(): Promise<Result<undefined, StoreReason>> {
    const { facts, buffer } = this.#current()
    const whole = this.#whole
    const dirty = this.#dirty
    this.#dirty = new Set()
    this.#whole = false
    this.#changedSince = false
    this.#waitingSince = undefined
    this.#set('saving')
    const turns = new Turns()
    const saved = await this.#store.save(facts, buffer, dirty, whole, () => turns.take())
    turns.close()
    if (saved.ok) {
      if (this.#off()) return saved
      // A change in the meantime has its own save coming.
      this.#set(this.#changedSince ? 'unsaved' : 'saved')
      return saved
    }
    for (const chunk of dirty) this.#dirty.add(chunk)
    this.#whole ||= whole
    this.#set('unsaved', `Not saved: ${saved.failure.says}. ${saved.failure.next}`)
    return saved
  }

  #schedule(): void {
    if (this.#off() || this.#isStopped) return
    this.#changedSince = true
    if (this.#state !== 'saving') this.#set('unsaved')
    if (!this.#begun) return
    clearTimeout(this.#timer)
    const now = performance.now()
    this.#waitingSince ??= now
    const leftMs = Math.max(0, this.#waitingSince + WAIT_MOST_MS - now)
    this.#timer = setTimeout(() => void this.save(), Math.min(QUIET_MS, leftMs))
  }

  #off(): boolean {
    return this.#state === 'read_only' || this.#state === 'off'
  }

  #set(state: StorageState, why?: string): void {
    this.#state = state
    this.#why = why
    this.#changed()
  }
}
