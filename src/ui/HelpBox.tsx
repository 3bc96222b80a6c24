// What a panel says about itself.

import { HELP } from './help.ts'
import type { HelpTopic } from './helpTitles.ts'

export function HelpBox({ topic }: { topic: HelpTopic }) {
  const { says, term, means, where } = HELP[topic]
  return (
    <>
      <p>{says}</p>
      <p><strong>{term}</strong>: {means} <span className="quiet">{where}</span></p>
    </>
  )
}
