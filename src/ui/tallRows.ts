// Rows of one height over up to 4 GiB: more than any element may be tall. Up to TALL_MOST_PX the scrollbar is exact;
// beyond, it says roughly where we are, and wheel, touch and keys move by rows.

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useSize } from './size.ts'

// Firefox stops at about 17 million pixels.
const TALL_MOST_PX = 4_000_000
// A row that fits but for a fraction of a pixel fits.
const ROUNDING = 0.02

export interface TallRows {
  scroller: RefObject<HTMLDivElement | null>
  onScroll: () => void
  /** Items per row. */
  columns: number
  /** Height of the element that makes the scrollbar. */
  spacerPx: number
  topRow: number
  /** Whole rows that fit: one that is cut in half would say nothing. */
  visibleCount: number
  goTo: (row: number) => void
  /** Moves as little as possible so that the row shows. */
  reveal: (row: number) => void
}

/**
 * @param columnsFor items per row, for a width in rem; 0 until it is known
 * @param headRem height of a head inside the scroller, which stays at its top
 */
export function useTallRows(itemCount: number, rowRem: number, columnsFor: (widthRem: number) => number = oneColumn, headRem = 0): TallRows {
  const scroller = useRef<HTMLDivElement>(null)
  const box = useSize(scroller)
  const [top, setTop] = useState(0)
  const { widthPx, remPx } = box
  const heightPx = Math.max(0, box.heightPx - headRem * remPx)
  const columns = columnsFor(widthPx / remPx)
  const rowCount = Math.ceil(itemCount / columns)
  const rowPx = remPx * rowRem
  const wholeCount = Math.max(1, Math.floor(heightPx / rowPx + ROUNDING))
  const topMost = Math.max(0, rowCount - wholeCount)
  const topRow = Math.min(top, topMost)
  const spacerPx = Math.max(1, Math.min(rowCount * rowPx, TALL_MOST_PX))
  const scaled = rowCount * rowPx > TALL_MOST_PX
  const pxPerRow = scaled ? (spacerPx - heightPx) / Math.max(1, topMost) : rowPx
  const boxPx = box.heightPx
  const now = useRef({ topRow, topMost, pxPerRow, scaled, wholeCount, rowPx, boxPx })
  useEffect(() => {
    now.current = { topRow, topMost, pxPerRow, scaled, wholeCount, rowPx, boxPx }
  })
  // Where the scrollbar was left last. Our own scrollTop comes back rounded, or cut short where the box has not grown yet.
  const ownPx = useRef(-1)
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || Math.abs(element.scrollTop - topRow * pxPerRow) <= pxPerRow / 2 + 1) return
    element.scrollTop = topRow * pxPerRow
    ownPx.current = element.scrollTop
  }, [topRow, pxPerRow, heightPx, spacerPx])

  const goTo = useCallback((row: number) => {
    const target = Math.min(Math.max(0, Math.round(row)), now.current.topMost)
    now.current.topRow = target
    setTop(target)
    if (!scroller.current) return
    scroller.current.scrollTop = target * now.current.pxPerRow
    ownPx.current = scroller.current.scrollTop
  }, [])

  const reveal = useCallback((row: number) => {
    const { topRow: first, wholeCount: whole } = now.current
    if (row < first) goTo(row)
    else if (row >= first + whole) goTo(row - whole + 1)
  }, [goTo])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const { pxPerRow: px, topRow: known, boxPx: knownPx } = now.current
    // A change of size moves the scrollbar by itself, and so do we: neither was made by hand.
    if (element.clientHeight !== knownPx || Math.abs(element.scrollTop - ownPx.current) <= 1) return
    ownPx.current = element.scrollTop
    if (Math.abs(element.scrollTop - known * px) > 1) setTop(Math.round(element.scrollTop / px))
  }, [])

  useMoveByRows(scroller, now, goTo)

  return { scroller, onScroll, columns, spacerPx, topRow, visibleCount: Math.min(wholeCount, rowCount - topRow), goTo, reveal }
}

/** Where the scrollbar isn't exact, a notch of the wheel or a finger must still move a few rows, not thousands. */
function useMoveByRows(
  scroller: RefObject<HTMLDivElement | null>,
  now: RefObject<{ topRow: number; scaled: boolean; rowPx: number }>,
  goTo: (row: number) => void,
): void {
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let rest = 0
    let fingerY: number | undefined
    const move = (px: number): void => {
      rest += px / now.current.rowPx
      const rows = Math.trunc(rest)
      rest -= rows
      if (rows !== 0) goTo(now.current.topRow + rows)
    }
    const onWheel = (event: WheelEvent): void => {
      if (!now.current.scaled || event.ctrlKey || event.deltaY === 0) return
      event.preventDefault()
      move(event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * now.current.rowPx : event.deltaY)
    }
    const onTouchStart = (event: TouchEvent): void => {
      fingerY = event.touches[0]?.clientY
    }
    const onTouchMove = (event: TouchEvent): void => {
      const y = event.touches[0]?.clientY
      if (!now.current.scaled || y === undefined || fingerY === undefined) return
      event.preventDefault()
      move(fingerY - y)
      fingerY = y
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('touchstart', onTouchStart, { passive: true })
    element.addEventListener('touchmove', onTouchMove, { passive: false })
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('touchstart', onTouchStart)
      element.removeEventListener('touchmove', onTouchMove)
    }
  }, [scroller, now, goTo])
}

function oneColumn(): number {
  return 1
}
