// Where each host stands in the whole log, beside the rows and to the same scale as their scrollbar. Hosts that stand close
// together share a mark; a press goes there.

import { type CSSProperties, memo, useRef } from 'react'
import type { HostView } from '../playground/types.ts'
import { standsOf } from './logFilter.ts'
import { useSize } from './size.ts'

/** Height of a mark. */
const MARK_REM = 1.125

export const LogPlaces = memo(function LogPlaces({ hosts, onGo }: { hosts: readonly HostView[]; onGo: (playedCount: number) => void }) {
  const root = useRef<HTMLDivElement>(null)
  const { heightPx, remPx } = useSize(root)
  const least = heightPx === 0 ? 1 : (MARK_REM * remPx) / heightPx
  return (
    <div ref={root} className="log-places" role="group" aria-label="Where hosts stand in the log" style={{ '--hosts': hosts.length } as CSSProperties}>
      {heightPx > 0 && standsOf(hosts, least).map(({ names, playedCount, at, says }) => (
        <button key={names.join()} type="button" className="log-place" title={`${says}.`} aria-label={`${says}: show`} style={{ '--at': at } as CSSProperties} data-behind={at < 1 || undefined}
          onClick={() => onGo(playedCount)}>
          {names.join('\u2009')}
        </button>
      ))}
    </div>
  )
})
