// The selected bytes, as all panes share them, and the range behind them, which only the bytes view needs: its anchor is
// where a selection that is being extended began.

import { useCallback, useRef, useState } from 'react'
import type { Playground } from '../../playground/types.ts'
import { type Look, showBytes, useLook, useLookStore } from '../look.tsx'
import { placeAt } from '../overlay.ts'
import { usePlayground } from '../session.tsx'
import { type Mark, markOf, moved, type Range, rangeOf } from './range.ts'

export interface Selection {
  /** The current byte. */
  cursor: number
  mark: Mark
  /** To a byte, or to a value of so many bytes. */
  move: (offsetBytes: number, how?: { extend?: boolean; unitBytes?: number }) => void
  /** These bytes, wherever they are; the view moves as little as it can. */
  take: (mark: Mark) => void
  /** The same, and the view goes there. */
  show: (mark: Mark) => void
  /** Only the current byte stays selected. */
  drop: () => void
}

export function useSelection(): Selection {
  const playground = usePlayground()
  const look = useLookStore()
  const startBytes = useLook((state) => state.selectedBytes)
  const lengthBytes = useLook((state) => state.selectedLength)
  const [made, setMade] = useState<Range>()
  const madeNow = useRef<Range>(undefined)
  const mark = { startBytes, lengthBytes: Math.max(1, lengthBytes) }
  const range = rangeOf(mark, made)

  const move = useCallback((offsetBytes: number, { extend = false, unitBytes = 1 }: { extend?: boolean; unitBytes?: number } = {}) => {
    const { selectedBytes, selectedLength } = look.get()
    // A drag moves more often than React draws.
    const next = moved(rangeOf({ startBytes: selectedBytes, lengthBytes: Math.max(1, selectedLength) }, madeNow.current), offsetBytes, extend, unitBytes)
    madeNow.current = next
    setMade(next)
    const selected = markOf(next)
    look.set({ selectedBytes: selected.startBytes, selectedLength: selected.lengthBytes, ...entryUnder(playground, next.head) })
  }, [look, playground])
  const take = useCallback(({ startBytes: selectedBytes, lengthBytes: selectedLength }: Mark) => {
    look.set({ selectedBytes, selectedLength, ...entryUnder(playground, selectedBytes) })
  }, [look, playground])
  const show = useCallback((next: Mark) => {
    showBytes(look, next.startBytes, next.lengthBytes)
    look.set(entryUnder(playground, next.startBytes))
  }, [look, playground])
  return { cursor: range.head, mark, move, take, show, drop: () => move(range.head) }
}

/** The log's table follows the bytes. */
function entryUnder(playground: Playground, offsetBytes: number): Partial<ReturnType<Look['get']>> {
  const { kind, entryIndex } = placeAt(playground.snapshot(), offsetBytes)
  return kind === 'log_entry' && entryIndex !== undefined ? { entryIndex } : {}
}
