// How large each pane is, and whether it is folded away: remembered, and never to nothing. What was remembered in another
// window is cut to what is possible; the lanes can't be folded at all.

import { useCallback, useEffect, useState } from 'react'
import type { Pane } from '../look.tsx'
import { recall, remember } from '../preferences.ts'

export type Split = 'inspector' | 'foot' | 'device' | 'side'
export type Foldable = 'inspector' | 'device' | 'log' | 'side'

export interface Layout {
  /** Part of its container that a split gives to the pane it is named after, in percent. */
  percent: Readonly<Record<Split, number>>
  folded: readonly Foldable[]
}

const USUAL: Layout = { percent: { inspector: 44, foot: 27, device: 41, side: 42 }, folded: [] }
export const LEAST_PERCENT = 12
export const MOST_PERCENT = 80
const FOLDABLE: readonly Foldable[] = ['inspector', 'device', 'log', 'side']

export interface LayoutControl extends Layout {
  resize: (split: Split, percent: number) => void
  reset: (split: Split) => void
  fold: (pane: Foldable, folded: boolean) => void
}

export function useLayout(): LayoutControl {
  const [layout, setLayout] = useState(() => layoutOf(recall('layout')))
  useEffect(() => remember('layout', JSON.stringify(layout)), [layout])
  const resize = useCallback((split: Split, percent: number) => setLayout((now) => ({ ...now, percent: { ...now.percent, [split]: within(percent) } })), [])
  const reset = useCallback((split: Split) => resize(split, USUAL.percent[split]), [resize])
  const fold = useCallback((pane: Foldable, folded: boolean) => {
    setLayout((now) => ({ ...now, folded: [...now.folded.filter((other) => other !== pane), ...(folded ? [pane] : [])] }))
  }, [])
  return { ...layout, resize, reset, fold }
}

/** What must be unfolded for a panel to show. */
export function paneOf(pane: Pane): Foldable | undefined {
  return pane === 'hosts' ? undefined : pane === 'trace' || pane === 'problems' ? 'side' : pane
}

/** @param stored what an earlier page, or somebody's hand, left: anything at all */
export function layoutOf(stored: string | null): Layout {
  const { percent, folded } = parsed(stored)
  const given: Partial<Record<Split, unknown>> = typeof percent === 'object' && percent !== null ? percent : {}
  const part = (split: Split): number => (typeof given[split] === 'number' ? within(given[split]) : USUAL.percent[split])
  return {
    percent: { inspector: part('inspector'), foot: part('foot'), device: part('device'), side: part('side') },
    folded: Array.isArray(folded) ? FOLDABLE.filter((pane) => folded.includes(pane)) : [],
  }
}

function parsed(stored: string | null): { percent?: unknown; folded?: unknown } {
  try {
    const value: unknown = JSON.parse(stored ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // Nothing is lost but the habit.
    return {}
  }
}

export function within(percent: number): number {
  return Number.isFinite(percent) ? Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, Math.round(percent * 10) / 10)) : LEAST_PERCENT
}
