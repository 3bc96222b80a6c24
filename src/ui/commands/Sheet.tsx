// A panel above the page that hides nothing for good and keeps nobody: Escape, its button and a press elsewhere close it, and
// so does the focus when it goes on into the page. When it closes by keys, the focus goes back to where it was.

import './commands.css'
import { X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useCallback, useId, useLayoutEffect, useRef } from 'react'
import { type Look, useLookStore } from '../look.tsx'

/** Where the focus was when the sheet opened, and how to close it. */
export function useSheet(): { root: RefObject<HTMLElement | null>; close: () => void } {
  const look = useLookStore()
  const root = useRef<HTMLElement>(null)
  const before = useRef<Element | null>(null)
  const close = useCallback(() => {
    giveBack(before.current)
    look.set({ sheet: undefined })
  }, [look])

  // As soon as it shows, not a moment later: it may have been waited for, and the key pressed at once.
  useLayoutEffect(() => {
    // One sheet may follow another: what had the focus before the first is where it belongs.
    const had = document.activeElement
    if (had && !had.closest('.sheet')) lastBefore.set(look, had)
    before.current = lastBefore.get(look) ?? null
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) look.set({ sheet: undefined })
    }
    // What it lies over can't be seen. Messages lie over it, and come and go.
    let hadFocus = false
    const onFocus = ({ target }: FocusEvent): void => {
      if (root.current?.contains(target as Node)) hadFocus = true
      else if (hadFocus && target instanceof Element && !target.closest('.sheet, .toasts')) look.set({ sheet: undefined })
    }
    // Before anybody else hears of it: what is open on top is what the key is meant for.
    const onEscape = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Escape' || root.current?.contains(document.activeElement)) return
      event.stopPropagation()
      look.set({ sheet: undefined })
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('keydown', onEscape, true)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('keydown', onEscape, true)
    }
  }, [look])
  // Before it is taken away, whoever closes it: afterwards nobody knows that the focus was in it. Behind the listeners above,
  // which are gone by then: to them a focus that leaves is somebody who goes on.
  useLayoutEffect(() => {
    const element = root.current
    return () => {
      if (element?.contains(document.activeElement)) giveBack(before.current)
    }
  }, [])

  return { root, close }
}

const lastBefore = new WeakMap<Look, Element>()

function giveBack(element: Element | null): void {
  if (element instanceof HTMLElement && element !== document.body && element.isConnected) return element.focus()
  // It was nowhere. Said so, or the page finds a new place for a focus that got lost.
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
}

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export function Sheet({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  const { root, close } = useSheet()
  const id = useId()
  useLayoutEffect(() => root.current?.focus(), [root])
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it wherever in it the focus is
    <section ref={root} className="sheet" aria-labelledby={id} tabIndex={-1} onKeyDown={onKey}>
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        <span className="head-tools">
          {tools}
          <button type="button" className="icon" aria-label={`Close: ${title}`} onClick={close}><X aria-hidden /></button>
        </span>
      </header>
      <div className="sheet-body" {...SCROLLS} role="group" aria-labelledby={id}>{children}</div>
    </section>
  )
}
