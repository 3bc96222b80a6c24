// Help where it was asked for; its words come when it is first asked for.

import { useEffect } from 'react'
import type { HelpTopic } from './helpTitles.ts'
import { lateModule } from './late.tsx'

const HelpBox = lateModule(() => import('./HelpBox.tsx')).part(({ HelpBox: Part }) => Part)

export function LateHelp({ id, topic, onClose }: { id: string; topic: HelpTopic; onClose: () => void }) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [onClose])
  return (
    <div id={id} className="help" role="note">
      <HelpBox topic={topic} />
    </div>
  )
}
