// Help where it was asked for; its words come when it is first asked for.

import { lazy, Suspense } from 'react'
import type { HelpTopic } from './helpTitles.ts'

const HelpBox = lazy(async () => ({ default: (await import('./HelpBox.tsx')).HelpBox }))

export function LateHelp({ id, topic }: { id: string; topic: HelpTopic }) {
  return (
    <div id={id} className="help" role="note">
      <Suspense><HelpBox topic={topic} /></Suspense>
    </div>
  )
}
