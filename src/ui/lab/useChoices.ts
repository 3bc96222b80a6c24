// How components read the lab's state: one store, handed down, of which each takes the part that it shows. Runs tell how far
// they are many times a second, and whoever writes changes the source with each key: nothing else is drawn again for that.

import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Chooser, Choices } from './choices.ts'

const ChooserContext = createContext<Chooser | undefined>(undefined)
export const ChooserProvider = ChooserContext.Provider

export function useChooser(): Chooser {
  const chooser = useContext(ChooserContext)
  if (!chooser) throw new Error('broken assumption: every part of the lab stands inside a ChooserProvider')
  return chooser
}

/** @param read takes a part that is the same one as long as it hasn't changed: only then its component is drawn again */
export function useChoice<T>(read: (choices: Choices) => T): T {
  const chooser = useChooser()
  return useSyncExternalStore(chooser.subscribe, () => read(chooser.state()))
}
