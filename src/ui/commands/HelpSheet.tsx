// One topic of help, called from anywhere: the same words that its panel's head shows.

import { HELP, type HelpTopic } from '../help.ts'
import { Sheet } from './Sheet.tsx'

export function HelpSheet({ topic }: { topic: HelpTopic }) {
  const { title, says, term, means, where } = HELP[topic]
  return (
    <Sheet key={topic} title={title}>
      <div className="help-words">
        <p>{says}</p>
        <p><strong>{term}</strong>: {means}</p>
        <p className="quiet">{where}</p>
      </div>
    </Sheet>
  )
}
