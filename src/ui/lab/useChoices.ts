// How components read the lab's state: one store, handed down.

import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Chooser, Choices } from './choices.ts'

const ChooserContext = createContext<Chooser | undefined>(undefined)
export const ChooserProvider = ChooserContext.Provider

export function useChooser(): Chooser {
  const chooser = useContext(ChooserContext)
  if (!chooser) throw new Error('broken assumption: every part of the lab stands inside a ChooserProvider')
  return chooser
}

export function useChoices(): Choices {
  const chooser = useChooser()
  return useSyncExternalStore(chooser.subscribe, chooser.state)
}
