// Brings the keyboard to a pane. Panes are found by their headings, `NAME-heading`; one that is loaded when first shown is
// waited for.

import type { Pane } from '../look.tsx'

const WAIT_FRAMES = 60

export function focusPane(pane: Pane, framesLeft = WAIT_FRAMES): void {
  const region = document.getElementById(`${pane}-heading`)?.closest('section')
  if (!region) {
    if (framesLeft > 0) requestAnimationFrame(() => focusPane(pane, framesLeft - 1))
    return
  }
  // The region itself: what is read out then is its name, and the next Tab comes to its first control.
  if (!region.hasAttribute('tabindex')) region.tabIndex = -1
  region.focus()
  region.scrollIntoView({ block: 'nearest' })
}
