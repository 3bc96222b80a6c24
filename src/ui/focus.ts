// The keyboard's place on the page is never lost: when what has the focus goes away, the focus moves to what is left beside it.

import { useEffect } from 'react'

const FOCUSABLE = 'button, input:not([hidden]), select, [tabindex="0"]'

export function useKeptFocus(): void {
  useEffect(() => {
    // What has the focus, and all that it stands in.
    let trail: Element[] = []
    const remember = (event: FocusEvent): void => {
      trail = []
      for (let element = event.target instanceof Element ? event.target : null; element && element !== document.body; element = element.parentElement) trail.push(element)
    }
    // A press beside everything gives the focus up on purpose.
    const forget = (): void => {
      trail = []
    }
    const observer = new MutationObserver(() => {
      const [gone, ...around] = trail
      if (!gone || gone.isConnected || document.activeElement !== document.body) return
      trail = []
      for (const element of around) {
        if (!element.isConnected) continue
        const next = element.querySelector<HTMLElement>(FOCUSABLE)
        if (next) return next.focus()
      }
    })
    document.addEventListener('focusin', remember)
    document.addEventListener('pointerdown', forget, true)
    observer.observe(document.body, { subtree: true, childList: true })
    return () => {
      document.removeEventListener('focusin', remember)
      document.removeEventListener('pointerdown', forget, true)
      observer.disconnect()
    }
  }, [])
}
