// The latest event, said once to those who can't see it appear: the sentence of its trace row.

import { sentence } from './format.ts'
import { useSnapshot } from './session.tsx'

export function Announcer() {
  const { trace } = useSnapshot()
  const latest = trace.at(-1)
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {latest && `${sentence(latest.sentence)}${latest.failure ? ` ${sentence(latest.failure.next)}` : ''}`}
    </div>
  )
}
