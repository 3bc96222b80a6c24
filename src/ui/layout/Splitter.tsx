// The line between two panes: dragged, or moved by arrow keys; Enter and a double click bring the usual size back. While it
// is dragged only a CSS variable moves, and React hears of it at the end.

import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { LEAST_PERCENT, type LayoutControl, MOST_PERCENT, type Split, within } from './sizes.ts'

const STEP_PERCENT = 2

export function Splitter({ split, label, upright, layout }: {
  split: Split
  label: string
  /** The line stands upright: panes are side by side. */
  upright: boolean
  layout: LayoutControl
}) {
  const root = useRef<HTMLDivElement>(null)
  const dragged = useRef<number>(undefined)
  const percent = layout.percent[split]

  // Each split is named after the pane that comes after it.
  const percentAt = (event: PointerEvent): number => {
    const box = root.current?.parentElement?.getBoundingClientRect()
    if (!box) return percent
    return within(100 * (upright ? (box.right - event.clientX) / box.width : (box.bottom - event.clientY) / box.height))
  }
  const onPointerDown = (event: PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId)
    dragged.current = percent
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (dragged.current === undefined) return
    dragged.current = percentAt(event)
    root.current?.parentElement?.style.setProperty(`--${split}`, String(dragged.current))
  }
  const onPointerUp = (): void => {
    if (dragged.current !== undefined) layout.resize(split, dragged.current)
    dragged.current = undefined
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') return layout.reset(split)
    const [more, less] = upright ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    const to = { [more]: percent + STEP_PERCENT, [less]: percent - STEP_PERCENT, Home: LEAST_PERCENT, End: MOST_PERCENT }[event.key]
    if (to === undefined) return
    event.preventDefault()
    layout.resize(split, to)
  }
  return (
    <div ref={root} className="splitter" data-upright={upright || undefined} role="separator" tabIndex={0} aria-label={label} aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(percent)} aria-valuemin={LEAST_PERCENT} aria-valuemax={MOST_PERCENT} aria-valuetext={`${Math.round(percent)} %`}
      onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={onPointerUp} onDoubleClick={() => layout.reset(split)} onKeyDown={onKeyDown} />
  )
}
