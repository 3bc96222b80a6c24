// Brings what somebody waited for into sight, and takes nothing away: nothing moves where it is in sight, where the focus has
// gone elsewhere meanwhile, and nothing glides for whoever asked for no motion. The focus stays where it is.

const SLACK_PX = 1

export function bringIntoSight(element: Element): void {
  if (isInSight(element)) return
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  element.scrollIntoView({ block: 'start', behavior: still ? 'auto' : 'smooth' })
}

/** All of it, or its beginning at the top where it is taller than what can be seen. */
function isInSight(element: Element): boolean {
  const { top, bottom, height } = element.getBoundingClientRect()
  const pane = scrollerOf(element)
  const seen = pane?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight, height: innerHeight }
  const from = Math.max(0, seen.top)
  const to = Math.min(innerHeight, seen.bottom)
  return top >= from - SLACK_PX && (bottom <= to + SLACK_PX || (height > to - from && top <= from + SLACK_PX))
}

function scrollerOf(element: Element): Element | undefined {
  for (let at = element.parentElement; at && at !== document.documentElement; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at
  }
  return undefined
}
