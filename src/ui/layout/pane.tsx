// What a panel's head needs to know of the pane it stands in: how to fold it away, and the tabs it shares the pane with.

import { ChevronDown, ChevronRight, ChevronUp, ChevronLeft } from 'lucide-react'
import { createContext, type ReactNode, useEffect, useRef } from 'react'

export interface PaneFrame {
  /** Undefined where the pane can't be folded. */
  fold: (() => void) | undefined
  /** Which way it goes: its edge. */
  edge: 'right' | 'bottom' | 'left'
  /** Stands in the place of the heading. */
  tabs: ReactNode
}

export const PaneContext = createContext<PaneFrame>({ fold: undefined, edge: 'bottom', tabs: undefined })

export function FoldIcon({ edge }: { edge: PaneFrame['edge'] }) {
  return edge === 'right' ? <ChevronRight aria-hidden /> : edge === 'left' ? <ChevronLeft aria-hidden /> : <ChevronDown aria-hidden />
}

/** What is left of a folded pane: its name, and the way back. */
export function Folded({ title, edge, focuses, onUnfold }: { title: string; edge: PaneFrame['edge']; focuses: boolean; onUnfold: () => void }) {
  const root = useRef<HTMLButtonElement>(null)
  // Whoever folded it by keys finds the way back under the same key.
  useEffect(() => {
    if (focuses) root.current?.focus()
  }, [focuses])
  return (
    <button type="button" ref={root} className="folded" data-edge={edge} onClick={onUnfold}>
      {edge === 'bottom' ? <ChevronUp aria-hidden /> : edge === 'right' ? <ChevronLeft aria-hidden /> : <ChevronRight aria-hidden />} <span>Show {title.toLowerCase()}</span>
    </button>
  )
}
