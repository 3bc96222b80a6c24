// What stands beside the scene: dumps, and pages of their own. Here is only which there are, and which one shows; what opens
// and closes them, and what draws them, is loaded with the first.

import { type ReactNode, useSyncExternalStore } from 'react'
import type { Playground } from '../../playground/types.ts'
import type { Trouble } from '../trouble.ts'

/** A dump, or a page of its own that stands beside the scene as dumps do. */
export interface DumpHandle {
  readonly id: number
  readonly name: string
  readonly playground?: Playground
  readonly page?: (close: () => void) => ReactNode
}

export interface DumpsState {
  readonly list: readonly DumpHandle[]
  /** The dump that shows; undefined: the scene does. */
  readonly activeId: number | undefined
  /** Names of what is being opened. */
  readonly opening: readonly string[]
  readonly troubles: readonly { readonly id: number; readonly trouble: Trouble }[]
  /** What happened last, for those who don't see it. */
  readonly told: string
}

const NOTHING: DumpsState = { list: [], activeId: undefined, opening: [], troubles: [], told: '' }

export class Beside {
  readonly #listeners = new Set<() => void>()
  #state = NOTHING

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): DumpsState => this.#state

  /** @param id undefined for the scene */
  readonly show = (id: number | undefined): void => {
    const name = this.#state.list.find((dump) => dump.id === id)?.name
    this.set({ activeId: name === undefined ? undefined : id, told: name ?? 'The scene' })
  }

  set(change: Partial<DumpsState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}

export const beside = new Beside()

export function useDumps(): DumpsState {
  return useSyncExternalStore(beside.subscribe, beside.state)
}
