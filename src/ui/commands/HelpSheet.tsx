// One topic of help, called from anywhere: the same words that its panel's head shows.

import { HelpBox } from '../HelpBox.tsx'
import { HELP_TITLES, type HelpTopic } from '../helpTitles.ts'
import { Sheet } from './Sheet.tsx'

export function HelpSheet({ topic }: { topic: HelpTopic }) {
  return (
    <Sheet key={topic} title={HELP_TITLES[topic]}>
      <div className="help-words"><HelpBox topic={topic} /></div>
    </Sheet>
  )
}
