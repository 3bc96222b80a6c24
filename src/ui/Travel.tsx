// When a host plays the log, a mark travels from the log to its lane: the only motion on the page that isn't a row coming
// in. It shows cause and nothing else; with reduced motion the lane's new rows say it alone.

import { useEffect, useRef } from 'react'
import { useSnapshot } from './session.tsx'

const TRAVEL_MS = 250

export function Travel() {
  const { hosts, ready } = useSnapshot()
  const known = useRef(new Map<string, number>())
  useEffect(() => {
    const before = known.current
    known.current = new Map(hosts.map((host) => [host.name, host.playedCount]))
    for (const host of hosts) {
      const played = before.get(host.name)
      // While the scene is being set up nobody asked for anything.
      if (ready && played !== undefined && host.playedCount > played) travel(host.name)
    }
  }, [hosts, ready])
  return null
}

function travel(host: string): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const from = document.querySelector('[data-log-anchor]')?.getBoundingClientRect()
  const to = document.querySelector(`[data-lane="${CSS.escape(host)}"] .played`)?.getBoundingClientRect()
  if (!from || !to) return
  const mark = document.createElement('span')
  mark.className = 'courier'
  mark.setAttribute('aria-hidden', 'true')
  document.body.append(mark)
  const at = (box: DOMRect): string => `translate(${box.left + box.width / 2}px, ${box.top + box.height / 2}px)`
  const animation = mark.animate(
    [{ transform: `${at(from)} scale(1)`, opacity: 1 }, { transform: `${at(to)} scale(1.4)`, opacity: 0.9 }],
    { duration: TRAVEL_MS, easing: 'cubic-bezier(0.3, 0, 0.2, 1)' },
  )
  const leave = (): void => mark.remove()
  animation.addEventListener('finish', leave)
  animation.addEventListener('cancel', leave)
}
